"""Feeds come in, entries stored per CPU second go out: Klankbord beside lemon24/reader on the same feeds."""

import argparse
import gc
import io
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import feedparser

from benchmarks.corpus import Feed, feeds
from benchmarks.ours import Klankbord
from benchmarks.printing import show
from benchmarks.shelf import Shelf
from benchmarks.theirs import Reader

_TITLE = "feed text -> stored entry, one thread, from memory into one SQLite file on disk"
_LIMIT = "feedparser alone, sanitising off"
_STEPS = ("first update", "nothing new (304)", "new ETag, same body")


class Side(Protocol):
    """What is compared."""

    def update(self) -> None:
        """Read every feed once."""
        ...

    def count(self) -> int:
        """How many entries are held."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...


Opener = Callable[[Path, Sequence[Feed], Shelf], Side]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One step of one side in one round."""

    side: str
    step: str
    #: CPU seconds of the whole process
    seconds: float
    parses: int


def main() -> int:
    """Run the rounds and print medians."""
    given = _arguments()
    sides: dict[str, Opener] = {"Klankbord": Klankbord}
    if not given.alone:
        sides["reader"] = Reader
    try:
        _round(sides, feeds(4, given.entries, -1), again=True)
        timings = list(_timings(sides, given))
    except ModuleNotFoundError as missing:
        print(f"{missing}; install reader (see docs/explanation/performance.md) or give --alone")
        return 1
    show(_TITLE, list(_rows(timings, given.feeds * given.entries, given.feeds)), as_json=given.json)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=100, help="feeds in a round (100)")
    parser.add_argument("--entries", type=int, default=50, help="entries of a feed (50)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the median is told (5)")
    parser.add_argument("--seconds", type=float, default=110.0, help="begin no round that ends later (110)")
    parser.add_argument("--alone", action="store_true", help="without reader, where it is not installed")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    return parser.parse_args()


def _timings(sides: dict[str, Opener], given: argparse.Namespace) -> Iterator[Timing]:
    """Rounds until there are enough or time is short; every second one begins with the other side."""
    start, longest = time.monotonic(), 0.0
    for edition in range(given.rounds):
        began = time.monotonic()
        if edition and began - start + longest > given.seconds:
            print(f"stopped after {edition} rounds: time is short", file=sys.stderr)
            return
        print(f"round {edition + 1} of {given.rounds}", file=sys.stderr)
        order = dict(reversed(sides.items())) if edition % 2 else sides
        # Other feeds each round: what a cache kept of the last one must not help.
        yield from _round(order, feeds(given.feeds, given.entries, edition), again=edition == 0)
        longest = max(longest, time.monotonic() - began) if edition else 0.0


def _round(sides: dict[str, Opener], corpus: tuple[Feed, ...], *, again: bool) -> list[Timing]:
    """One round; `again`: also read everything a second and a third time."""
    timings = [_timed(_LIMIT, _STEPS[0], lambda: parse_only(corpus))]
    for name, opener in sides.items():
        with TemporaryDirectory() as folder:
            timings += _side(name, opener, Path(folder), corpus, again=again)
    return timings


def parse_only(corpus: Sequence[Feed]) -> None:
    """Feedparser as our collectors call it, and nothing else."""
    for feed in corpus:
        feedparser.parse(
            io.BytesIO(feed.body),
            response_headers={"content-type": feed.content_type},
            sanitize_html=False,
            resolve_relative_uris=False,
        )


def _side(name: str, opener: Opener, folder: Path, corpus: tuple[Feed, ...], *, again: bool) -> list[Timing]:
    shelf = Shelf(corpus)
    side = opener(folder, corpus, shelf)
    try:
        timings = [_timed(name, _STEPS[0], side.update)]
        if again:
            timings.append(_timed(name, _STEPS[1], side.update))
            shelf.relabel()
            timings.append(_timed(name, _STEPS[2], side.update))
        expected = sum(feed.body.count(b"<item>") + feed.body.count(b"<entry>") for feed in corpus)
        if side.count() != expected:
            raise RuntimeError(f"{name} holds {side.count()} of {expected} entries")
    finally:
        side.close()
    return timings


def _timed(side: str, step: str, work: Callable[[], None]) -> Timing:
    gc.collect()
    with _counted() as calls:
        start = time.process_time()
        work()
        seconds = time.process_time() - start
    return Timing(side=side, step=step, seconds=seconds, parses=len(calls))


@contextmanager
def _counted() -> Iterator[list[None]]:
    """How often feedparser is called: ours and the copy that reader carries."""
    calls: list[None] = []
    copies = [
        module for name in ("feedparser", "reader._vendor.feedparser") if (module := sys.modules.get(name))
    ]
    kept = [(module, module.parse) for module in copies]

    def counting(parse: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - feedparser has no types
            calls.append(None)
            return parse(*given, **named)

        return counted

    for module, parse in kept:
        vars(module)["parse"] = counting(parse)
    try:
        yield calls
    finally:
        for module, parse in kept:
            vars(module)["parse"] = parse


def _rows(timings: Sequence[Timing], entries: int, count: int) -> Iterator[dict[str, object]]:
    # dict.fromkeys: each once, in the order they came
    for side, step in dict.fromkeys((one.side, one.step) for one in timings):
        own = [one for one in timings if (one.side, one.step) == (side, step)]
        middle = median(one.seconds for one in own)
        yield {
            "side": side,
            "step": step,
            "rounds": len(own),
            "entries/CPU-s": round(entries / middle),
            "us/entry": round(middle / entries * 1e6, 1),
            "ms/feed": round(middle / count * 1e3, 2),
            "parses": own[0].parses,
            "least CPU-s": round(min(one.seconds for one in own), 3),
            "most CPU-s": round(max(one.seconds for one in own), 3),
        }


if __name__ == "__main__":
    sys.exit(main())
