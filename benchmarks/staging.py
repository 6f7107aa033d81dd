"""A kind of source comes in; its fake stands on loopback and a reader with a clock of its own reads it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

from collectors import collector_for, workshop_of
from klankbord.demo.fakes import Fake, Fakery, Standing
from klankbord.mention import Mention
from klankbord.ports import Search
from klankbord.pseudonym import Pseudonyms
from klankbord.reading import Reader
from klankbord.settings import SourceSettings
from klankbord.settings.models import SourcesFile
from klankbord.store import Store

BEGAN = datetime(2026, 11, 18, 0, 0, tzinfo=UTC)
NAME = "Wadlicht Energie"


class Clock:
    """A clock that only the benchmark moves."""

    def __init__(self, now: datetime = BEGAN) -> None:
        """Stand still at a moment."""
        self.now = now

    def __call__(self) -> datetime:
        """The moment."""
        return self.now


class EveryGate:
    """Lets everything in."""

    def matched_many(self, mentions: Sequence[Mention]) -> list[tuple[str, ...]]:
        """Always the one query."""
        return [("organisation",)] * len(mentions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A kind that is ready to be read."""

    fake: Fake
    standing: Standing
    source: SourceSettings
    reader: Reader
    clock: Clock


def fakery(kind: str) -> Fakery:
    """How a kind is faked; the credentials that its fake takes are set."""
    module = import_module(f"klankbord.demo.fakes.{kind}")
    os.environ.update(getattr(module, "ENVIRONMENT", {}))
    found = module.FAKERY
    assert isinstance(found, Fakery)
    return found


def reader_in(folder: Path, clock: Clock) -> Reader:
    """A reader that lets everything in, its keys and store in the folder; its user closes the store."""
    zone, pseudonyms = ZoneInfo("Europe/Amsterdam"), Pseudonyms(folder / "pseudonyms.key")
    searches = (Search(query_id="organisation", text=NAME, phrase=True),)
    workshop = workshop_of(
        "Klankbord-benchmark/1 (+https://example.org/klankbord)",
        pseudonyms,
        folder / "inbox",
        keep_handles=(NAME,),
        searches=lambda _: searches,
    )
    return Reader(
        make=lambda one: collector_for(one, workshop),
        gate=EveryGate(),
        store=Store.open(f"sqlite:///{folder / 'klankbord.db'}", pseudonyms.forgotten, zone),
        clock=clock,
        stop=Event(),
        zone=zone,
    )


@contextmanager
def staged(kind: str, folder: Path) -> Iterator[Staged]:
    """One kind, its fake standing, and an empty store in the folder."""
    faked, clock = fakery(kind), Clock()
    fake = faked.make()
    with faked.stand(fake) as standing:
        table: dict[str, object] = {"id": kind.replace("_", "-"), "budget": {"money_per_day": 100.0}}
        table |= fake.settings(standing.address)
        source = SourcesFile.model_validate({"source": [table]}).source[0]
        reader = reader_in(folder, clock)
        try:
            yield Staged(fake=fake, standing=standing, source=source, reader=reader, clock=clock)
        finally:
            reader.store.close()
