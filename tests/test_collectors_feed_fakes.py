"""The fake blog and the fake WordPress site, read by the real collector: new, edited, deleted, unchanged."""

from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import batches, disagreements, mentions, texts, workshop

from collectors import collector_for
from klankbord.demo.fakes import Fakery
from klankbord.demo.fakes.comment_feed import FAKERY as COMMENTS
from klankbord.demo.fakes.feed import FAKERY as FEED
from klankbord.demo.loopback import Asked, Trouble
from klankbord.errors import CollectError
from klankbord.mention import State
from klankbord.ports import Budget, Collector
from klankbord.settings.models import SourcesFile

HOUR = timedelta(hours=1)
BOTH = pytest.mark.parametrize("fakery", [FEED, COMMENTS], ids=["feed", "comment_feed"])


def collector(settings: dict[str, object], folder: Path) -> Collector:
    source = SourcesFile.model_validate({"source": [{"id": "bron", **settings}]}).source[0]
    return collector_for(source, workshop(folder))


@BOTH
def test_a_fake_is_read_as_its_kind_is(fakery: Fakery, tmp_path: Path) -> None:
    fake = fakery.make()
    with fakery.stand(fake) as stand:
        one = collector(fake.settings(stand.address), tmp_path)
        keys = [
            fake.post(f"Bericht {n} van Wieneke Planteman", at=NOW - n * HOUR, author="Wieneke Planteman")
            for n in (3, 2, 1)
        ]
        first = batches(one)
        assert texts(first) == [f"Bericht {n} van [author]" for n in (1, 2, 3)]
        assert "Planteman" not in repr(first)
        assert mentions(batches(one, first[-1].next, NOW + HOUR)) == []
        fake.edit(keys[0], "Bericht 3, anders", at=NOW)
        fake.delete(keys[1])
        second = batches(one, first[-1].next, NOW + HOUR)
        ids = {found.text: found.native_id for found in mentions(first)}
        assert second[-1].vanished == (ids["Bericht 2 van [author]"],)
        edited = next(found for found in mentions(second) if "anders" in found.text)
        assert edited.native_id == ids["Bericht 3 van [author]"]
        told = one.recheck(mentions(first), Budget(), NOW + HOUR, Event())
    assert [(change.native_id, change.state) for change in told.changes] == [
        (ids["Bericht 2 van [author]"], State.DELETED)
    ]


@BOTH
@pytest.mark.parametrize("trouble", [Trouble.RESET, Trouble.GARBAGE, Trouble.CUT])
def test_trouble_costs_one_request_a_poll(fakery: Fakery, trouble: Trouble, tmp_path: Path) -> None:
    fake = fakery.make()
    with fakery.stand(fake) as stand:
        stand.always(trouble)
        with pytest.raises(CollectError):
            batches(collector(fake.settings(stand.address), tmp_path))
        assert stand.requests == 1


@BOTH
def test_what_a_fake_sends_is_a_plain_feed(fakery: Fakery) -> None:
    fake = fakery.make()
    fake.post("Een & ander <b>", at=NOW)
    path = "/feed.xml" if fakery is FEED else "/comments/feed/"
    reply = fake.answer(Asked(method="GET", path=path, query={}, headers={}))  # type: ignore[attr-defined]
    assert disagreements(reply.body) == []
