"""Support for the tests of X: a fake on loopback, the collector that reads it, and what both cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import NOW
from collecting import batches, workshop

from collectors import Workshop, collector_for
from klankbord.demo.fakes.x import ENVIRONMENT, XFake
from klankbord.demo.loopback import Asked, Loopback
from klankbord.ports import Batch, Budget, Collector, Cursor
from klankbord.settings import XSource
from klankbord.settings.models import SourcesFile

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PRICES = {"post": 0.005, "user": 0.010, "count": 0.005, "own_mention": 0.001}
RICH = Budget(requests=20, micros=100_000_000)
SEARCH = "/2/tweets/search/recent"


class Scene:
    """A fake X on loopback, and the collector that reads it."""

    def __init__(self, fake: XFake, line: Loopback, folder: Path) -> None:
        self.fake, self.line, self.folder = fake, line, folder
        self.workshop: Workshop = workshop(folder)

    def source(self, **given: Any) -> XSource:
        fields = self.fake.settings(self.line.address) | {"id": "x", "timeout": 5.0, "prices": PRICES} | given
        made = SourcesFile.model_validate({"source": [fields]}).source[0]
        assert isinstance(made, XSource)
        return made

    def collector(self, **given: Any) -> Collector:
        return collector_for(self.source(**given), self.workshop)

    def poll(self, cursor: Cursor | None = None, budget: Budget = RICH, **given: Any) -> list[Batch]:
        now = given.pop("now", NOW)
        return batches(self.collector(**given), cursor, now, budget)

    def asked(self, path: str) -> list[Asked]:
        return [asked for asked in self.line.asked if asked.path == path]


@contextmanager
def standing(folder: Path, environment: pytest.MonkeyPatch) -> Iterator[Scene]:
    """A scene whose fake stands."""
    for name, value in ENVIRONMENT.items():
        environment.setenv(name, value)
    fake = XFake()
    with Loopback(fake) as line:
        yield Scene(fake, line, folder)


def cost(found: list[Batch]) -> int:
    return sum(batch.spent.micros for batch in found)


def billed(fake: XFake) -> int:
    each = {"post": 5_000, "own": 1_000, "user": 10_000, "count": 5_000}
    return sum(each[name] * count for name, count in fake.billed.items())
