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
from collections.abc import Callable, Iterator
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


class Taken:
    """The key of each message the receiver took, in the order they came."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.port = 0
        self._more = threading.Condition()

    def take(self, key: str) -> None:
        with self._more:
            self.keys.append(key)
            self._more.notify_all()

    def wait_for(self, number: int) -> None:
        """Until so many have come in all, or nothing more seems to come."""
        with self._more:
            self._more.wait_for(lambda: len(self.keys) >= number, timeout=5)


@pytest.fixture
def taken() -> Iterator[Taken]:
    """What a receiver on loopback took."""
    found = Taken()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            found.take(self.headers["Idempotency-Key"])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        found.port = server.server_address[1]
        yield found
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


def one_run(told: IO[str], asked: IO[str], wait: Callable[[], None] | None) -> None:
    """One process that sends; killed after a wait, or left to end."""
    asked.write("run\n")
    asked.flush()
    word, _, child = told.readline().partition(" ")
    assert word == "sends"
    if wait is not None:
        wait()
        os.kill(int(child), signal.SIGKILL)
    assert told.readline() == "over\n"


def test_fifty_kills_lose_nothing_and_repeat_only_under_the_same_key(tmp_path: Path, taken: Taken) -> None:
    house, cases = house_with_alerts(tmp_path, taken.port)
    chance = random.Random(50)

    def a_moment() -> None:
        # some messages on, and then anywhere in the sending of the next, however busy the machine is
        taken.wait_for(len(taken.keys) + chance.randint(0, 2))
        time.sleep(chance.uniform(0, 0.02))

    command = [sys.executable, "-c", NURSERY, str(tmp_path / "config")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        assert nursery.stdout.readline() == "ready\n"
        for _ in range(KILLS):
            one_run(nursery.stdout, nursery.stdin, a_moment)
        left = house.store.outbox.due(clock.now() + timedelta(hours=1))
        one_run(nursery.stdout, nursery.stdin, None)
        nursery.stdin.close()
    repeats = {key: times - 1 for key, times in Counter(taken.keys).items() if times > 1}
    # the fiftieth kill still found something to send
    assert left != []
    assert set(taken.keys) == cases
    # no kill can make more than the one message that was under way come again
    assert sum(repeats.values()) <= KILLS
    assert {file.stem for file in (tmp_path / "data" / "files").iterdir()} == cases
    assert {row["state"] for row in house.store.outbox.listed(2 * CASES)} == {"sent"}
    house.close()
