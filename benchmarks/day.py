"""A day with 300 sources that go wrong now and then, and a reader that is killed at random.

`python benchmarks/day.py [--sources 300] [--hours 24] [--kills 60] [--seed 1]`. Minutes pass on a clock of
the benchmark's own. A second process reads, as the service does; it is killed with SIGKILL in the middle of
its work and started again. At the end the troubles cease, and every post that was ever published is looked
for: lost without a gap that covers it, or kept twice, is a failure (exit code 1).
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import IO, Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.staging import BEGAN, NAME, Clock, fakery, reader_in
from klankbord.demo.fakes import Fake, Standing
from klankbord.demo.loopback import Asked, Loopback, Reply, Trouble
from klankbord.polling import Pace, in_turn, next_poll
from klankbord.rounds import Rounds
from klankbord.settings.models import SourcesFile

#: platforms of which there is one in the world: their ids are their own, so one source of each
ONCE = ("bluesky", "hackernews", "reddit", "stackexchange", "x", "youtube")
#: kinds of which there are many; linkedin is told things, and nothing can be refused it
MANY = ("comment_feed", "forum", "mastodon", "wiki")
#: entries a feed shows; what scrolls off while a feed cannot be read is lost, and must be told as a gap
_SHOWN = 15
_MINUTE = timedelta(minutes=1)


@dataclass
class DayFeed:
    """A feed with a short memory; implements the part of `Fake` that the day needs."""

    number: int
    posts: list[tuple[str, datetime]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def post(self, text: str, *, at: datetime) -> str:
        """An entry more."""
        with self.lock:
            self.posts.append((text, at))
        return text

    def answer(self, asked: Asked) -> Reply:
        """The newest entries, with a validator."""
        with self.lock:
            shown = self.posts[-_SHOWN:][::-1]
        items = "".join(
            f"<item><guid>{text}</guid><title>{text}</title><pubDate>{format_datetime(at)}</pubDate></item>"
            for text, at in shown
        )
        etag = f'"{len(self.posts)}"'
        if asked.headers.get("if-none-match") == etag:
            return Reply(status=304, headers={"ETag": etag})
        body = f'<rss version="2.0"><channel><title>{self.number}</title>{items}</channel></rss>'
        return Reply(body=body.encode(), headers={"Content-Type": "application/rss+xml", "ETag": etag})

    def settings(self, address: str) -> dict[str, object]:
        """The source that reads it."""
        return {"kind": "feed", "url": f"{address}/feed", "allow_addresses": ["127.0.0.0/8"]}


@dataclass
class Place:
    """One source of the day."""

    id: str
    fake: Fake | DayFeed
    standing: Standing
    #: minutes between two posts, on average
    pace: float
    published: list[tuple[str, datetime]] = field(default_factory=list)


def places_of(number: int, chance: random.Random) -> list[Place]:
    """Mostly feeds; one source in six is of another kind."""
    places = []
    others = iter([*ONCE, *(MANY * number)])
    for count in range(number):
        kind = next(others) if count % 6 == 0 else "feed"
        # a few busy places, many quiet ones
        pace = chance.choice([10.0, 60.0, 240.0, 240.0, 700.0])
        if kind == "feed":
            feed = DayFeed(number=count)
            places.append(Place(id=f"feed-{count}", fake=feed, standing=Loopback(feed), pace=pace))
        else:
            faked = fakery(kind)
            fake = faked.make()
            name = f"{kind.replace('_', '-')}-{count}"
            places.append(Place(id=name, fake=fake, standing=faked.stand(fake), pace=pace))
    return places


def trouble_of(chance: random.Random, now: datetime) -> Reply | Trouble:
    """Something that goes wrong."""
    skewed = format_datetime(now + timedelta(minutes=chance.randint(-90, 90)))
    troubles: list[Reply | Trouble] = [
        Reply(status=429),
        Reply(status=429, headers={"Retry-After": str(chance.randint(0, 600))}),
        Reply(status=429, headers={"Retry-After": skewed, "Date": skewed}),
        Reply(status=500),
        Reply(status=502, body=b"<html>bad gateway</html>"),
        Reply(status=503, headers={"Retry-After": "30"}),
        Trouble.RESET,
        Trouble.GARBAGE,
        Trouble.CUT,
        Trouble.HANG,
    ]
    return chance.choice(troubles)


class Day:
    """The world outside, minute by minute."""

    def __init__(self, places: list[Place], chance: random.Random) -> None:
        self.places, self._chance = places, chance
        self.now, self._written = BEGAN, 0
        self._broken: dict[str, datetime] = {}
        self.troubles: Counter[str] = Counter()

    def pass_minute(self, *, well: bool) -> None:
        """People post, servers break down and are mended."""
        self.now += _MINUTE
        for place in self.places:
            if not well:
                self._publish(place)
            self._break_or_mend(place, well=well)

    def _publish(self, place: Place) -> None:
        if self._chance.random() >= 1 / place.pace:
            return
        for _ in range(self._chance.choice([1, 1, 1, 2, 5])):
            self._written += 1
            text = f"Bericht {self._written} over {NAME}"
            # within the minute that passed; clocks of writers differ a little
            at = self.now - timedelta(seconds=self._chance.uniform(0, 50))
            place.fake.post(text, at=at.replace(microsecond=0))
            place.published.append((text, at))

    def _break_or_mend(self, place: Place, *, well: bool) -> None:
        until = self._broken.get(place.id)
        if until and (well or until <= self.now):
            place.standing.well()
            del self._broken[place.id]
        elif not well and not until and self._chance.random() < 0.004:
            trouble = trouble_of(self._chance, self.now)
            self.troubles[trouble.name if isinstance(trouble, Trouble) else str(trouble.status)] += 1
            place.standing.always(trouble)
            lasts = self._chance.choice([5, 20, 60, 180])
            self._broken[place.id] = self.now + lasts * _MINUTE


class ReaderProcess:
    """The process that reads; it can be killed at any moment."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.kills = folder, 0
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, __file__, "--read", str(self._folder)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self, now: datetime, kill_after: float | None) -> None:
        """Read what is due at this moment; with `kill_after` seconds left to live."""
        _pipe(self._process.stdin).write(f"{now.isoformat()}\n")
        _pipe(self._process.stdin).flush()
        if kill_after is None:
            if not _pipe(self._process.stdout).readline():
                raise RuntimeError("the reader died by itself")
            return
        time.sleep(kill_after)
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self.kills += 1
        self._process = self._start()

    def end(self) -> None:
        """Let it go."""
        _pipe(self._process.stdin).close()
        self._process.wait(timeout=60)


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def read_when_told(folder: Path) -> None:
    """The reader: for each moment on stdin, read what is due and say so."""
    tables = json.loads((folder / "sources.json").read_text())
    sources = SourcesFile.model_validate({"source": tables}).source
    clock = Clock()
    reader = reader_in(folder, clock)
    rounds = Rounds(reader.read, 16)
    for line in sys.stdin:
        clock.now = datetime.fromisoformat(line.strip())
        paces = reader.store.paces()
        due = [one for one in sources if next_poll(one, paces.get(one.id, Pace()), clock.now) <= clock.now]
        left = rounds.offer(in_turn(due))
        under_way = len(due) - len(left)
        while under_way:
            under_way -= len(list(rounds.ended_by_now(0.5)))
            waiting, left = left, rounds.offer(left)
            under_way += len(waiting) - len(left)
        print("done", flush=True)
    rounds.close()
    reader.store.close()


def judged(folder: Path, places: list[Place]) -> dict[str, Any]:
    """What became of every post."""
    with sqlite3.connect(folder / "klankbord.db") as connection:
        kept = Counter(
            (source, text.strip() or title)
            for source, title, text in connection.execute("SELECT source_id, title, text FROM mention")
        )
        gaps = [
            (
                source,
                datetime.fromisoformat(start).replace(tzinfo=UTC),
                datetime.fromisoformat(stop).replace(tzinfo=UTC),
            )
            for source, start, stop in connection.execute("SELECT source_id, from_at, to_at FROM gap")
        ]
    lost, in_gaps, published = [], 0, 0
    for place in places:
        for text, at in place.published:
            published += 1
            if kept[place.id, text]:
                continue
            # a post is told to the second, a gap begins when a source was read last
            if any(
                name == place.id and start - _MINUTE <= at <= stop + _MINUTE for name, start, stop in gaps
            ):
                in_gaps += 1
            else:
                lost.append((place.id, text, at.isoformat()))
    twice = [key for key, number in kept.items() if number > 1]
    known = {(place.id, text) for place in places for text, _ in place.published}
    strange = [key for key in kept if key not in known and key[1].startswith("Bericht")]
    return {
        "published": published,
        "kept": sum(kept.values()),
        "scrolled_off_in_a_noted_gap": in_gaps,
        "lost": lost[:20],
        "lost_number": len(lost),
        "lost_by_kind": dict(Counter(place.rpartition("-")[0] for place, _, _ in lost)),
        "twice": twice[:20],
        "never_published": strange[:20],
        "gaps_noted": len(gaps),
    }


def main() -> int:
    """Live the day."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", type=Path)
    asked = parser.parse_args()
    if asked.read:
        read_when_told(asked.read)
        return 0
    chance = random.Random(asked.seed)
    places = places_of(asked.sources, chance)
    with TemporaryDirectory() as name:
        folder = Path(name)
        for place in places:
            place.standing.__enter__()
        (folder / "sources.json").write_text(json.dumps([_table(place) for place in places]))
        began = time.monotonic()
        day, reader = Day(places, chance), ReaderProcess(folder)
        minutes = int(asked.hours * 60)
        killed_at = set(chance.sample(range(minutes), min(asked.kills, minutes)))
        for minute in range(minutes):
            day.pass_minute(well=False)
            reader.read(day.now, chance.uniform(0.05, 1.5) if minute in killed_at else None)
        # everybody is mended; waits of up to a day and a silent feed's six hours pass
        for _ in range(26 * 12):
            for _ in range(5):
                day.pass_minute(well=True)
            reader.read(day.now, None)
        reader.end()
        told = judged(folder, places) | {
            "sources": len(places),
            "hours": asked.hours,
            "kills": reader.kills,
            "troubles": dict(day.troubles),
            "requests": sum(place.standing.requests for place in places),
            "seconds": round(time.monotonic() - began),
            "reader_cpu_seconds": round(os.times().children_user + os.times().children_system),
        }
        for place in places:
            place.standing.__exit__(None, None, None)
    print(json.dumps(told, indent=1))
    return 1 if told["lost_number"] or told["twice"] or told["never_published"] else 0


def _table(place: Place) -> dict[str, object]:
    table: dict[str, object] = {"id": place.id, "timeout": 0.5, "budget": {"money_per_day": 1000.0}}
    table |= place.fake.settings(place.standing.address)
    if table["kind"] == "bluesky":
        # a stream is listened to in real time, and this day's minutes are shorter
        table |= {"every": "10m", "quiet": 0.2}
    return table


if __name__ == "__main__":
    sys.exit(main())
