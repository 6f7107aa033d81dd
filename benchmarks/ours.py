"""A folder and feeds come in; Klankbord collects them into a store there, as an installation would."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from benchmarks.corpus import NAME, NOW, Feed
from benchmarks.shelf import Shelf, ShelfFetcher
from classify.gate import OrganisationGate
from collectors import Workshop, collector_for, workshop_of
from klankbord import clock
from klankbord.pipeline import collect
from klankbord.pseudonym import Pseudonyms
from klankbord.reading import Reader
from klankbord.settings import FeedSource, Organisation, QuerySettings, SourceSettings
from klankbord.store import Store

if TYPE_CHECKING:
    from collectors.polite import Fetcher

#: as an organisation would write it: its name, spellings, and what must not be taken for it
_QUERY = '("Wadlicht Energie" OR wadlicht* OR "wad licht") NOT "wadlicht camping"'
_AGENT = "Klankbord-benchmark/1 (+https://example.org/klankbord)"


def gate_of() -> OrganisationGate:
    """The real gate, with a rival to tell apart."""
    organisation = Organisation(name=NAME, aliases=("Wadlicht",), competitors=("Wadlicht Lampen",))
    return OrganisationGate([QuerySettings(id="organisation", expression=_QUERY)], organisation)


def store_of(folder: Path, pseudonyms: Pseudonyms) -> Store:
    """The real store, in one SQLite file."""
    zone = ZoneInfo("Europe/Amsterdam")
    return Store.open(f"sqlite:///{folder / 'klankbord.db'}", pseudonyms.forgotten, zone)


def shelf_workshop(fetcher: object, pseudonyms: Pseudonyms, folder: Path) -> Workshop:
    """A workshop around anything that fetches."""
    made = workshop_of(_AGENT, pseudonyms, folder / "inbox", keep_handles=(NAME, "Wadlicht"))
    return replace(made, fetcher=cast("Fetcher", fetcher))


def reader_of(store: Store, workshop: Workshop, now: Callable[[], datetime] = clock.now) -> Reader:
    """The real reader."""
    return Reader(
        make=lambda source: collector_for(source, workshop),
        gate=gate_of(),
        store=store,
        clock=now,
        stop=Event(),
        zone=ZoneInfo("Europe/Amsterdam"),
    )


def sources_of(feeds: Iterable[Feed], base_url: str | None = None) -> list[SourceSettings]:
    """A source for each feed; with `base_url` it is asked there, on loopback."""
    networks = ("127.0.0.0/8",) if base_url else ()
    return [
        FeedSource(
            id=f"feed-{feed.number}",
            kind="feed",
            url=feed.url,
            base_url=base_url,
            allow_addresses=networks,
        )
        for feed in feeds
    ]


class Klankbord:
    """One side of the comparison."""

    def __init__(self, folder: Path, feeds: Sequence[Feed], shelf: Shelf) -> None:
        """Open an empty store; nothing is read yet."""
        pseudonyms = Pseudonyms(folder / "pseudonyms.key")
        self._store = store_of(folder, pseudonyms)
        workshop = shelf_workshop(ShelfFetcher(shelf), pseudonyms, folder)
        self._reader = reader_of(self._store, workshop, self._clock)
        self._sources = sources_of(feeds)
        self._now = NOW

    def update(self) -> None:
        """Read every source once, a minute after the last time."""
        self._now += timedelta(minutes=1)
        for source in self._sources:
            run = self._reader.read(source)
            if run.error:
                raise run.error

    def _clock(self) -> datetime:
        return self._now

    def count(self) -> int:
        """How many entries are held."""
        return self._store.counts()["mention"]

    def close(self) -> None:
        """Give the store back."""
        self._store.close()


def collect_all(folder: Path, feeds: Iterable[Feed], address: str) -> int:
    """Collect feeds that are served at an address, eight at a time; returns how many mentions are held."""
    pseudonyms = Pseudonyms(folder / "pseudonyms.key")
    store = store_of(folder, pseudonyms)
    reader = reader_of(store, workshop_of(_AGENT, pseudonyms, folder / "inbox"))
    try:
        for run in collect(sources_of(feeds, address), reader):
            if run.error:
                raise run.error
        return store.counts()["mention"]
    finally:
        store.close()
