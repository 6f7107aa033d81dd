"""A kind of source on its stage: its fake on a port, its collector, a store, and a clock that tests move."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import NOW
from collecting import SEARCHES

from collectors import Workshop, collector_for, workshop_of
from klankbord.demo.fakes import Fake, Fakery, Standing
from klankbord.mention import Mention
from klankbord.ports import Batch, Budget, Collector, Recheck, Search
from klankbord.pseudonym import Pseudonyms
from klankbord.reading import Reader, SourceRun
from klankbord.settings import SourceSettings
from klankbord.settings.models import SourcesFile
from klankbord.store import Store

ZONE = ZoneInfo("Europe/Amsterdam")
#: what every kind whose platform wants it is given
RECORD = {"terms_read_on": NOW.date(), "approval": "test"}


class WordGate:
    """Lets in what says "Voorbeeld" itself: some fakes hold more, such as the video that is commented on."""

    def matched_many(self, mentions: Sequence[Mention]) -> list[tuple[str, ...]]:
        return [self._one(mention) for mention in mentions]

    def _one(self, mention: Mention) -> tuple[str, ...]:
        return ("organisation",) if "Voorbeeld" in mention.text else ()


@dataclass
class Stage:
    """Everything one kind needs to be read."""

    kind: str
    fake: Fake
    standing: Standing
    source: SourceSettings
    workshop: Workshop
    folder: Path
    now: datetime = NOW
    stop: Event = field(default_factory=Event)
    stores: list[Store] = field(default_factory=list)

    def collector(self) -> Collector:
        return collector_for(self.source, self.workshop)

    def store(self, name: str = "k") -> Store:
        """A store of that name; the same file each time."""
        opened = Store.open(f"sqlite:///{self.folder}/{name}.db", self.workshop.pseudonyms.forgotten, ZONE)
        self.stores.append(opened)
        return opened

    def reader(self, store: Store) -> Reader:
        return Reader(
            make=lambda _: self.collector(),
            gate=WordGate(),
            store=store,
            clock=lambda: self.now,
            stop=self.stop,
            zone=ZONE,
        )

    def read(self, store: Store) -> SourceRun:
        """One run, as the service does it."""
        return self.reader(store).read(self.source, force=True)

    def read_out(self, store: Store, most: int = 40) -> None:
        """Run after run until two in a row bring nothing new; every one must end well."""
        quiet = 0
        for _ in range(most):
            run = self.read(store)
            assert run.error is None, run.error
            quiet = 0 if run.kept.new or run.kept.edited or run.kept.deleted else quiet + 1
            self.now += timedelta(minutes=1)
            if quiet == 2:
                return
        raise AssertionError(f"{self.kind} still brings something after {most} runs")

    def batches(self, cursor: Any = None, budget: Budget | None = None) -> list[Batch]:
        """One poll."""
        return list(self.collector().poll(cursor, budget or Budget(micros=10**9), self.now, self.stop))

    def rechecked(self, store: Store) -> Recheck:
        """Ask for everything that is held, and follow the answer."""
        held = held_in(store)
        budget = Budget(requests=len(held) + 5, micros=10**9)
        told = self.collector().recheck(held, budget, self.now, self.stop)
        store.rechecked(self.source.id, told, self.kind, self.now)
        return told

    def texts(self, store: Store) -> list[str]:
        return sorted(mention.text for mention in held_in(store))


def held_in(store: Store) -> list[Mention]:
    """Every mention that a store holds and nobody judged."""
    return store.unjudged(10_000)


def fakery(kind: str) -> Fakery:
    """How a kind is faked."""
    found = import_module(f"klankbord.demo.fakes.{kind}").FAKERY
    assert isinstance(found, Fakery)
    return found


@contextmanager
def staged(
    kind: str,
    folder: Path,
    environment: pytest.MonkeyPatch,
    *,
    searches: tuple[Search, ...] = SEARCHES,
    **given: object,
) -> Iterator[Stage]:
    """The stage of a kind, its fake standing."""
    faked = fakery(kind)
    for name, value in getattr(import_module(f"klankbord.demo.fakes.{kind}"), "ENVIRONMENT", {}).items():
        environment.setenv(name, value)
    fake = faked.make()
    with faked.stand(fake) as standing:
        pseudonyms = Pseudonyms(folder / "keys.json")
        workshop = workshop_of(
            "Klankbord-test/1 (+https://example.org)",
            pseudonyms,
            folder / "inbox",
            keep_handles=("Voorbeeld BV",),
            searches=lambda _: searches,
        )
        table = {"id": kind.replace("_", "-"), "timeout": 10.0, "budget": {"money_per_day": 1000.0}}
        table |= fake.settings(standing.address) | given
        table["terms"] = RECORD | dict(table.get("terms", {}))  # type: ignore[call-overload]
        source = SourcesFile.model_validate({"source": [table]}).source[0]
        on = Stage(kind=kind, fake=fake, standing=standing, source=source, workshop=workshop, folder=folder)
        if hasattr(standing, "into"):
            # it delivers instead of being asked
            standing.into(workshop)
        try:
            yield on
        finally:
            for store in on.stores:
                store.close()
