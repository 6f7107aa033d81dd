"""The outside world comes in, Mentions go out; one file a kind of source."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from klankbord.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from collectors.polite import Fetcher
    from klankbord.credential import Secrets
    from klankbord.ports import Collector, Search
    from klankbord.pseudonym import Pseudonyms
    from klankbord.settings import (
        BlueskySource,
        FeedSource,
        ForumSource,
        HackerNewsSource,
        LinkedInSource,
        MastodonSource,
        RedditSource,
        SourceSettings,
        StackExchangeSource,
        WikiSource,
        XSource,
        YouTubeSource,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What every collector works with; one for the whole process, safe for threads."""

    fetcher: Fetcher
    pseudonyms: Pseudonyms
    secrets: Secrets
    #: what may be sent to a platform's search, of the queries that apply to a source
    searches: Callable[[SourceSettings], tuple[Search, ...]]
    #: where collectors that are told things, instead of asking, find what they were told
    inbox: Path
    #: the organisation's own accounts and names: these are not masked and not taken for an author's name
    keep_handles: tuple[str, ...] = ()


def workshop_of(
    user_agent: str,
    pseudonyms: Pseudonyms,
    inbox: Path,
    *,
    keep_handles: Iterable[str] = (),
    searches: Callable[[SourceSettings], tuple[Search, ...]] = lambda _: (),
    secrets: Secrets | None = None,
) -> Workshop:
    """A workshop whose fetcher names itself `user_agent`."""
    from collectors.polite import Fetcher  # urllib3 is loaded only by who fetches
    from klankbord.credential import Secrets

    return Workshop(
        fetcher=Fetcher(user_agent),
        pseudonyms=pseudonyms,
        secrets=secrets or Secrets(),
        searches=searches,
        inbox=inbox,
        keep_handles=tuple(keep_handles),
    )


# One maker a kind: a client library is loaded when the first source of its kind is read.


def _feed(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.feeds import FeedCollector

    return FeedCollector(cast("FeedSource", source), workshop)


def _x(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.x import XCollector

    return XCollector(cast("XSource", source), workshop)


def _reddit(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.reddit import RedditCollector

    return RedditCollector(cast("RedditSource", source), workshop)


def _forum(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.forum import ForumCollector

    return ForumCollector(cast("ForumSource", source), workshop)


def _bluesky(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.bluesky import BlueskyCollector

    return BlueskyCollector(cast("BlueskySource", source), workshop)


def _mastodon(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.mastodon import MastodonCollector

    return MastodonCollector(cast("MastodonSource", source), workshop)


def _wiki(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.wiki import WikiCollector

    return WikiCollector(cast("WikiSource", source), workshop)


def _youtube(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.youtube import YouTubeCollector

    return YouTubeCollector(cast("YouTubeSource", source), workshop)


def _hackernews(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.hackernews import HackerNewsCollector

    return HackerNewsCollector(cast("HackerNewsSource", source), workshop)


def _stackexchange(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.stackexchange import StackExchangeCollector

    return StackExchangeCollector(cast("StackExchangeSource", source), workshop)


def _linkedin(source: SourceSettings, workshop: Workshop) -> Collector:
    from collectors.linkedin import LinkedInCollector

    return LinkedInCollector(cast("LinkedInSource", source), workshop)


#: every kind of source; the kind stands in sources.toml and becomes the platform of its mentions
KINDS: dict[str, Callable[[SourceSettings, Workshop], Collector]] = {
    "feed": _feed,
    "comment_feed": _feed,
    "x": _x,
    "reddit": _reddit,
    "forum": _forum,
    "bluesky": _bluesky,
    "mastodon": _mastodon,
    "wiki": _wiki,
    "youtube": _youtube,
    "hackernews": _hackernews,
    "stackexchange": _stackexchange,
    "linkedin": _linkedin,
}


#: the package that a kind's client library comes in; a kind that is not here needs none
_PACKAGES = {
    "x": "tweepy",
    "reddit": "praw",
    "bluesky": "websockets",
    "mastodon": "mastodon",
    "wiki": "mwclient",
}


def collector_for(source: SourceSettings, workshop: Workshop) -> Collector:
    """The collector of a source.

    Raises:
        PermanentError: its client library is not installed.
    """
    package = _PACKAGES.get(source.kind, "")
    if getattr(source, "articles_from", ()):
        package = "trafilatura"
    # looked for, not imported: that waits until something is read
    if package and find_spec(package) is None:
        raise PermanentError(f"{package} is not installed; pip install 'klankbord[sources]'")
    return KINDS[source.kind](source, workshop)
