"""The demo's run is killed at ten random moments and resumed: the same store, findings and alerts as unkilled."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import create_engine, text

from klankbord import clock
from klankbord.demo.posts import written
from klankbord.demo.show import write_config
from klankbord.demo.web import SmallWeb

#: one run of the whole road; "ready" tells that everything slow to load is loaded
CHILD = """
import sys
from pathlib import Path
from klankbord import clock, lock
from klankbord.installation import Installation
from klankbord.settings import load
from klankbord.week import Week
house = Installation(load(Path(sys.argv[1])), clock.now)
with lock.held(house.settings.data_dir):
    house.store.outbox.release()
    house.classifier
    print("ready", flush=True)
    list(house.collect(force=True))
    list(house.classify())
    house.write_digest(Week.of(clock.now(), house.settings.zone).later(-1), send=True)
    house.tell()
print("done", flush=True)
"""

#: what must be the same; moments and the spend of interrupted runs differ
QUESTIONS = (
    """SELECT id, source_id, native_id, revision, author IS NULL, title, text, context, published_at, state,
       judged_revision, judged_by FROM mention ORDER BY id""",
    "SELECT id, mention_id, clause_id, score, mode, evidence, details, state FROM finding ORDER BY id",
    "SELECT key, channel_id, kind, state FROM message ORDER BY key, channel_id",
    "SELECT what, mention_id, finding_id, detail FROM change ORDER BY what, mention_id, finding_id, detail",
    "SELECT name, day, source_id, n FROM tally WHERE name IN ('mention', 'guarded') ORDER BY 1, 2, 3",
    "SELECT week FROM digest",
)


@pytest.fixture
def folders(tmp_path: Path, model_file: Path) -> tuple[Path, Path]:
    made = []
    for name in ("unkilled", "killed"):
        data = tmp_path / name / "data"
        data.mkdir(parents=True)
        for part in model_file.parent.glob(model_file.name + "*"):
            copy(part, data / part.name)
        made.append(tmp_path / name)
    return made[0], made[1]


def start(config: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", CHILD, str(config)], stdout=subprocess.PIPE, text=True)


def run_through(config: Path) -> float:
    with start(config) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        begun = time.monotonic()
        assert child.stdout.readline() == "done\n"
        return time.monotonic() - begun


def answers(folder: Path) -> list[list[tuple[object, ...]]]:
    engine = create_engine(f"sqlite:///{folder}/data/klankbord.db")
    with engine.connect() as connection:
        found = [[tuple(row) for row in connection.execute(text(question))] for question in QUESTIONS]
    engine.dispose()
    return found


def test_ten_kills_change_nothing(folders: tuple[Path, Path]) -> None:
    unkilled, killed = folders
    posts = written(clock.now())
    chance = random.Random(47)
    with SmallWeb(posts) as web:
        took = run_through(write_config(unkilled, web.address))
        alerts = Counter(web.received)
        config = write_config(killed, web.address)
        for kill in range(10):
            with start(config) as child:
                assert child.stdout is not None
                assert child.stdout.readline() == "ready\n"
                # The first kill falls near the start and the last near the end, whatever the machine's speed.
                time.sleep(took * (kill + chance.random()) / 10)
                child.send_signal(signal.SIGKILL)
        run_through(config)
        received = Counter(web.received) - alerts
    assert answers(killed) == answers(unkilled)
    assert received == alerts
    assert sorted(file.name for file in (killed / "data" / "outbox").iterdir()) == sorted(
        file.name for file in (unkilled / "data" / "outbox").iterdir()
    )
