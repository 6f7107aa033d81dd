"""Sending is killed at fifty random moments: each alert arrives, and what comes twice carries the same key.

The window that no sender can close lies between the receiver taking a message and our commit that says so.
A process killed in it sends that one message again, under the key it had the first time.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

import pytest
from builders import mention

from klankbord import clock
from klankbord.finding import ClauseScore, Evidence, Judgement, finding_id
from klankbord.installation import Installation
from klankbord.mention import SourceId
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor
from klankbord.settings import load
from klankbord.store.kept import Versions

KILLS, CASES = 50, 180
C02 = ClauseId("C02-confidential")

#: loads everything once, then has a child of its own do each run: starting Python costs more than sending
NURSERY = """
import os, sys
from pathlib import Path
import reports.alert, reports.channels, urllib3.connection
from klankbord import clock, lock
from klankbord.installation import Installation
from klankbord.settings import load
settings = load(Path(sys.argv[1]))
house = Installation(settings, clock.now)
house.compose(house.store.outbox.due(clock.now())[0])
# no connection outlives this: each child opens its own
house.close()
print("ready", flush=True)
for _ in sys.stdin:
    child = os.fork()
    if not child:
        with lock.held(settings.data_dir):
            house.store.outbox.release()
            os.write(1, b"sends %d\\n" % os.getpid())
            house.tell()
        os._exit(0)
    os.waitpid(child, 0)
    print("over", flush=True)
"""

DELIVERY = """
[alerts]
channels = ["hook", "files"]

[[channel]]
id = "hook"
kind = "webhook"
url = "http://127.0.0.1:{port}/hook"
allow_addresses = ["127.0.0.0/8"]

[[channel]]
id = "files"
kind = "folder"
path = "files"
"""


@pytest.fixture
def taken() -> Iterator[tuple[int, list[str]]]:
    """A receiver's port, and the key of each message it took."""
    keys: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            keys.append(self.headers["Idempotency-Key"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.server_address[1], keys
        server.shutdown()
        thread.join(5)


def house_with_alerts(folder: Path, port: int) -> tuple[Installation, set[str]]:
    config = folder / "config"
    config.mkdir()
    (config / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    (config / "delivery.toml").write_text(DELIVERY.format(port=port))
    house, now = Installation(load(config), clock.now), clock.now()
    posts = [mention(f"Voorbeeld {n}", native_id=str(n), published_at=now) for n in range(CASES)]
    house.store.keep(SourceId("blog"), Batch(mentions=tuple(posts), next=Cursor("1")), posts, now)
    evidence = (Evidence(start=0, end=8, signal="confidential_topic"),)
    score = ClauseScore(clause_id=C02, score=0.9, mode=Mode.ALERT, evidence=evidence)
    judged = [(post, Judgement(mention_id=post.id, about=True, clauses=(score,))) for post in posts]
    versions = Versions(policy="1", classifier="1")
    house.store.keep_judgements(judged, versions, house.alerts.rules, now - timedelta(days=1), now)
    return house, {f"alert-{finding_id(post.id, C02)}" for post in posts}


def one_run(told: IO[str], asked: IO[str], wait: float | None) -> None:
    """One process that sends; killed after so many seconds, or left to end."""
    asked.write("run\n")
    asked.flush()
    word, _, child = told.readline().partition(" ")
    assert word == "sends"
    if wait is not None:
        time.sleep(wait)
        os.kill(int(child), signal.SIGKILL)
    assert told.readline() == "over\n"


def test_fifty_kills_lose_nothing_and_repeat_only_under_the_same_key(
    tmp_path: Path, taken: tuple[int, list[str]]
) -> None:
    port, keys = taken
    house, cases = house_with_alerts(tmp_path, port)
    chance = random.Random(50)
    command = [sys.executable, "-c", NURSERY, str(tmp_path / "config")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        assert nursery.stdout.readline() == "ready\n"
        for _ in range(KILLS):
            one_run(nursery.stdout, nursery.stdin, chance.uniform(0, 0.04))
        left = len(house.store.outbox.due(clock.now())) + len(house.store.outbox.listed(states=("claimed",)))
        one_run(nursery.stdout, nursery.stdin, None)
        nursery.stdin.close()
    repeats = {key: times - 1 for key, times in Counter(keys).items() if times > 1}
    # the fiftieth kill still found something to send
    assert left > 0
    assert set(keys) == cases
    # no kill can make more than the one message that was under way come again; measured: 7 of 50 did
    assert sum(repeats.values()) <= KILLS
    assert {file.stem for file in (tmp_path / "data" / "files").iterdir()} == cases
    assert {row["state"] for row in house.store.outbox.listed(2 * CASES)} == {"sent"}
    house.close()
