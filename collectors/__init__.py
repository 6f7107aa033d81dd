"""The outside world comes in, Mentions go out; one file a kind of source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from klankbord.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from collectors.polite import Fetcher
    from klankbord.ports import Collector
    from klankbord.pseudonym import Pseudonyms
    from klankbord.settings import SourceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What every collector works with; one for the whole process, safe for threads."""

    fetcher: Fetcher
    pseudonyms: Pseudonyms
    #: the organisation's own accounts and names: these are not masked and not taken for an author's name
    keep_handles: tuple[str, ...] = ()


def workshop_of(user_agent: str, pseudonyms: Pseudonyms, keep_handles: Iterable[str] = ()) -> Workshop:
    """A workshop whose fetcher names itself `user_agent`."""
    from collectors.polite import Fetcher  # urllib3 is loaded only by who fetches

    return Workshop(fetcher=Fetcher(user_agent), pseudonyms=pseudonyms, keep_handles=tuple(keep_handles))


def _feed(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.feeds import FeedCollector

    return FeedCollector(source, workshop)


#: every kind of source; the kind stands in sources.toml and becomes the platform of its mentions
KINDS: dict[str, Callable[[SourceSettings, Workshop], Collector]] = {
    "feed": _feed,
    "comment_feed": _feed,
}


def collector_for(source: SourceSettings, workshop: Workshop) -> Collector:
    """The collector of a source.

    Raises:
        SettingsError: there is no such kind.
    """
    if source.kind not in KINDS:
        allowed = ", ".join(sorted(KINDS))
        raise SettingsError.one("sources.toml", f"source.{source.id}.kind", repr(source.kind), allowed)
    return KINDS[source.kind](source, workshop)
