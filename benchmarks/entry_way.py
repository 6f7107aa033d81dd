"""Feeds come in, the microseconds that one entry spends at each station on its way to the store go out."""

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from typing import TypeVar
from zoneinfo import ZoneInfo

from benchmarks.corpus import NAME, NOW, Feed, feeds
from benchmarks.feed_to_store import parse_only
from benchmarks.ours import gate_of, shelf_workshop, sources_of, store_of
from benchmarks.printing import show
from benchmarks.shelf import Shelf, ShelfFetcher
from collectors import collector_for
from collectors.entries import Frame, harvest
from collectors.parse import RawFeed
from collectors.sandbox import parsed_safely
from collectors.text import MAX_TITLE, plain
from klankbord.masking import masked
from klankbord.mention import SourceId, Terms
from klankbord.ports import Budget
from klankbord.pseudonym import Pseudonyms
from klankbord.reading import admitted
from klankbord.store import Store
from klankbord.store.mentions import Rechecks

T = TypeVar("T")
_TITLE = "one entry's way, CPU microseconds per entry"


@dataclass(slots=True)
class Clockwork:
    """CPU seconds by station, in one round."""

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, station: str, work: Callable[[], T]) -> T:
        """Do the work and add what it cost."""
        start = time.process_time()
        done = work()
        self.seconds[station] = self.seconds.get(station, 0.0) + time.process_time() - start
        return done


def main() -> int:
    """Run the rounds and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=40, help="feeds in a round (40)")
    parser.add_argument("--entries", type=int, default=50, help="entries of a feed (50)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the median is told (5)")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    given = parser.parse_args()
    _round(feeds(4, given.entries, -1))
    rounds = [_round(feeds(given.feeds, given.entries, edition)) for edition in range(given.rounds)]
    show(_TITLE, list(_rows(rounds, given.feeds * given.entries)), as_json=given.json)
    return 0


def _rows(rounds: list[dict[str, float]], entries: int) -> Iterator[dict[str, object]]:
    whole = median(sum(v for k, v in one.items() if not k.startswith(("of which", "("))) for one in rounds)
    for station in rounds[0]:
        middle = median(one[station] for one in rounds)
        yield {
            "station": station,
            "us/entry": round(middle / entries * 1e6, 1),
            "share": "" if station.startswith("(") else f"{middle / whole:.0%}",
        }
    yield {"station": "sum", "us/entry": round(whole / entries * 1e6, 1), "share": "100%"}


def _round(corpus: tuple[Feed, ...]) -> dict[str, float]:
    """The stations of `pipeline.collect_source`; "of which" is a part of the one above, "(" is not done."""
    gc.collect()
    clock = Clockwork()
    with TemporaryDirectory() as name:
        folder = Path(name)
        for feed in corpus:
            _harvest(clock, feed, Pseudonyms(folder / "pseudonyms.key"))
        _kept(clock, folder, corpus)
    return clock.seconds


def _harvest(clock: Clockwork, feed: Feed, pseudonyms: Pseudonyms) -> None:
    raw = clock.time("parse", partial(parsed_safely, feed.body, feed.content_type, Event()))
    clock.time("(feedparser would take)", partial(parse_only, [feed]))
    clock.time("harvest", partial(harvest, raw, _frame(feed, pseudonyms)))
    texts = clock.time("of which plain text", partial(_texts, raw))
    clock.time("of which masking", lambda: [masked(text, keep=(NAME, "Wadlicht")) for text in texts])


def _texts(raw: RawFeed) -> list[str]:
    return [text for entry in raw.entries for text in (plain(entry.title, MAX_TITLE), plain(entry.text))]


def _frame(feed: Feed, pseudonyms: Pseudonyms) -> Frame:
    return Frame(
        source_id=SourceId(f"feed-{feed.number}"),
        platform="feed",
        url=feed.url,
        zone=ZoneInfo("Europe/Amsterdam"),
        language=None,
        terms=Terms(),
        keep=(NAME, "Wadlicht"),
        now=NOW,
        pseudonym=lambda name: pseudonyms.of(f"feed-{feed.number}", name, NOW),
    )


def _kept(clock: Clockwork, folder: Path, corpus: tuple[Feed, ...]) -> None:
    """Gate and store, with the batches a real collector makes."""
    pseudonyms = Pseudonyms(folder / "pseudonyms.key")
    store, gate = store_of(folder, pseudonyms), gate_of()
    workshop = shelf_workshop(ShelfFetcher(Shelf(corpus)), pseudonyms, folder)
    for source in sources_of(corpus):
        for batch in collector_for(source, workshop).poll(None, Budget(), NOW, Event()):
            through = clock.time("gate", partial(admitted, batch, gate))
            clock.time("store: keep", partial(store.keep, source.id, batch, through, NOW))
        clock.time("store: the rest of a run", partial(_around, store, source.id))
    store.close()


def _around(store: Store, source_id: str) -> None:
    """What a run asks of the store besides: where it was, what to recheck, that it went well."""
    store.cursor(source_id)
    store.to_recheck(
        source_id,
        Rechecks(
            before=NOW - timedelta(days=7),
            flagged_before=NOW - timedelta(days=1),
            early_before=NOW - timedelta(days=365),
        ),
        100,
    )
    store.succeeded(source_id, "blog.example", NOW, new=True, news=True)


if __name__ == "__main__":
    sys.exit(main())
