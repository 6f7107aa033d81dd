"""Support for the tests of Bluesky: a fake that stands, and collectors that read it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from collecting import workshop

from collectors import Workshop, bluesky_search, collector_for
from klankbord.demo.fakes.bluesky import ENVIRONMENT, FakeBluesky
from klankbord.demo.fakes.jetstream import JetstreamStand
from klankbord.errors import CollectError
from klankbord.ports import Batch, Collector, Cursor
from klankbord.settings.models import SourcesFile

HOUR = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class Room:
    """A fake that stands, and the making of collectors that read it."""

    fake: FakeBluesky
    stand: JetstreamStand
    workshop: Workshop

    def collector(self, **given: object) -> Collector:
        fields = {"id": "bsky"} | self.fake.settings(self.stand.address) | {"quiet": 0.2} | given
        return collector_for(SourcesFile.model_validate({"source": [fields]}).source[0], self.workshop)

    def anonymous(self) -> Collector:
        return self.collector(user="", password=None)


@contextmanager
def standing(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Room]:
    """A room with its credentials in the environment and no login left over."""
    bluesky_search._TOKENS.clear()
    for name, value in ENVIRONMENT.items():
        patch.setenv(name, value)
    fake = FakeBluesky()
    with JetstreamStand(fake) as stand:
        yield Room(fake=fake, stand=stand, workshop=workshop(folder, "voorbeeldbv"))


def last(found: list[Batch]) -> Cursor:
    return found[-1].next


def place(cursor: Cursor) -> dict[str, object]:
    known: dict[str, object] = json.loads(cursor)
    return known


def changed(found: list[Batch]) -> list[str]:
    return [change.native_id for batch in found for change in batch.changes]


def raised(poll: Callable[[], object]) -> CollectError:
    with pytest.raises(CollectError) as found:
        poll()
    return found.value
