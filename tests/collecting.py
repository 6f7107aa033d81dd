"""Support for the collectors' tests: a source on a FakeSite, a workshop with keys, one call to collect."""

from datetime import datetime
from pathlib import Path
from threading import Event

from builders import NOW
from fakes import FakeSite

from collectors import Workshop, collector_for, workshop_of
from collectors.parse import parsed
from collectors.plain_feed import plain_feed
from klankbord.mention import Mention
from klankbord.ports import Batch, Budget, Collector, Cursor, Search
from klankbord.pseudonym import Pseudonyms
from klankbord.settings import SourceSettings
from klankbord.settings.models import SourcesFile

HOST = "https://blog.example"
#: what may be sent to a platform's search in the tests
SEARCHES = (
    Search(query_id="organisation", text="Voorbeeld BV", phrase=True),
    Search(query_id="organisation", text="VoorbeeldPlus"),
)
#: what servers say about feeds, right and wrong
CONTENT_TYPES = (
    "",
    "application/xml",
    "application/rss+xml; charset=utf-8",
    'application/atom+xml; charset="UTF-8"',
    "text/xml",
    "text/html; charset=iso-8859-1",
    "application/octet-stream",
)


def workshop(folder: Path, *keep: str) -> Workshop:
    """A workshop with keys of its own."""
    return workshop_of(
        "Klankbord-test/1 (+https://example.org)",
        Pseudonyms(folder / "keys.json"),
        folder / "inbox",
        keep_handles=keep,
        searches=lambda _: SEARCHES,
    )


def source(site: FakeSite, path: str = "/feed", **given: object) -> SourceSettings:
    """A source that lives at blog.example and is read from the fake site."""
    fields: dict[str, object] = {
        "id": "blog",
        "kind": "feed",
        "url": HOST + path,
        "base_url": site.url,
        "allow_addresses": ("127.0.0.0/8",),
        "timeout": 10.0,
    } | given
    return SourcesFile.model_validate({"source": [fields]}).source[0]


def collector(site: FakeSite, folder: Path, path: str = "/feed", **given: object) -> Collector:
    """The collector of such a source."""
    return collector_for(source(site, path, **given), workshop(folder))


def batches(
    one: Collector, cursor: Cursor | None = None, now: datetime = NOW, budget: Budget | None = None
) -> list[Batch]:
    """Everything one poll yields."""
    return list(one.poll(cursor, budget or Budget(), now, Event()))


def mentions(found: list[Batch]) -> list[Mention]:
    """The mentions of all batches."""
    return [mention for batch in found for mention in batch.mentions]


def texts(found: list[Batch]) -> list[str]:
    """Their texts."""
    return [mention.text for mention in mentions(found)]


def disagreements(body: bytes) -> list[str]:
    """The content types under which the two read a body differently."""
    return [
        kind for kind in CONTENT_TYPES if (quick := plain_feed(body, kind)) and quick != parsed(body, kind)
    ]
