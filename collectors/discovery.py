"""A site's address comes in, the sources that can be read there go out; a feed is read before it is told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pydantic import ValidationError
from selectolax.lexbor import LexborHTMLParser

from collectors.json_feed import json_feed
from collectors.line import line_to
from collectors.links import canonical, redacted
from collectors.permission import Leave, leave_for
from collectors.platforms import USUAL, Known, Place, Platform, known_by, made_with, youtube_channel
from collectors.polite import StoppedError
from collectors.refused import is_page, no_feed
from collectors.sandbox import parsed_safely
from collectors.text import MAX_TITLE, plain
from klankbord.errors import CollectError, RateLimitedError, SettingsError
from klankbord.ports import Budget

if TYPE_CHECKING:
    from datetime import datetime
    from threading import Event

    from collectors import Workshop
    from collectors.answers import Answer
    from collectors.line import Line
    from collectors.parse import RawFeed

#: requests that one look at a site may cost, redirects included
MOST_REQUESTS = 8
#: characters of a page that are looked at
_MOST_PAGE = 300_000
_MOST_NAMED = 5
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
#: an address that is meant for programs: robots.txt speaks of pages
_FEED_LIKE = re.compile(
    r"(?i)/(?:alerts/feeds/|feeds?(?:[/.?]|$)|rss|atom)|\.(?:rss|atom|xml|rdf|json)(?:\?|$)"
)
_CHANNEL = re.compile(
    r"(?:youtube\.com/channel/|\"(?:channelId|externalId)\":\"|itemprop=\"(?:identifier|channelId)\" "
    r"content=\")(UC[\w-]{22})"
)
_EDIT_URI = re.compile(
    r"""(?i)rel=["']EditURI["'][^>]{0,200}href=["'](?:https?:)?//[^/"']{1,250}([^"']{1,200})api\.php"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One source that could be added."""

    #: empty where the kind has one home in the world
    url: str
    kind: str
    title: str = ""
    #: what led to it, in words for a person
    why: str
    #: more keys of its [[source]] table
    keys: tuple[tuple[str, str | tuple[str, ...]], ...] = ()


@dataclass(slots=True, kw_only=True)
class _Look:
    """One look at a site under way."""

    line: Line
    begun: int
    #: what the site's robots.txt lets us read
    leave: Leave = field(default_factory=Leave)
    candidates: dict[str, Candidate] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    @property
    def left(self) -> int:
        return min(self.line.left, MOST_REQUESTS - (self.line.spent.requests - self.begun))

    def add(self, candidate: Candidate) -> None:
        key = canonical(candidate.url) if candidate.kind in {"feed", "comment_feed"} else candidate.kind
        self.candidates.setdefault(key, candidate)


def found(url: str, line: Line) -> tuple[Candidate, ...]:
    """The sources at an address, best first: what the page itself names, then what its software usually has.

    Args:
        url: a site's address, a page's, or a feed's; without a scheme, https is meant.
        line: what is spoken through; at most eight requests.

    Raises:
        CollectError: the page could not be read, or robots.txt forbids it, and the address tells nothing.
    """
    url = _whole(url)
    look = _Look(line=line, begun=line.spent.requests)
    known = known_by(url)
    if known:
        look.add(_from(known, url))
    if not known or known.look_further:
        try:
            _read_site(look, url)
        except CollectError:
            if not look.candidates:
                raise
    return tuple(look.candidates.values())


def looked_up(
    url: str, workshop: Workshop, now: datetime, stop: Event, networks: tuple[str, ...] = ()
) -> tuple[Candidate, ...]:
    """As `found`, for an address that belongs to no source yet; `networks` may be private ones.

    Raises:
        CollectError: as `found`.
        SettingsError: it is no web address.
    """
    from klankbord.settings import FeedSource

    try:
        source = FeedSource(id="discovery", kind="feed", url=_whole(url), allow_addresses=networks)
    except ValidationError as error:
        allowed = "an address that starts with https:// or http://"
        raise SettingsError.one("sources", "address", repr(url[:200]), allowed) from error
    return found(url, line_to(source, workshop, Budget(requests=MOST_REQUESTS), now, stop))


def _whole(url: str) -> str:
    url = url.strip()
    return url if re.match(r"(?i)https?://", url) else f"https://{url}"


def _read_site(look: _Look, url: str) -> None:
    if not _FEED_LIKE.search(url):
        look.leave = leave_for(look.line, url, pages=False).asked(url)
    page = look.line.fetch(url)
    look.tried.add(canonical(page.url))
    if (feed := _feed_in(page, look)) is not None:
        look.add(_candidate(page, feed, "feed", "the address is a feed"))
        return
    if urlsplit(page.url).netloc != urlsplit(url).netloc or _FEED_LIKE.search(url):
        look.leave = leave_for(look.line, page.url, pages=False).asked(page.url)
    text = page.body[:_MOST_PAGE].decode("utf-8", "replace")
    platform = made_with(text, page.header("set-cookie"))
    if platform and platform.kind:
        _add_by_api(look, platform, page, text)
    if (urlsplit(page.url).hostname or "").endswith("youtube.com") and (channel := _CHANNEL.search(text)):
        look.add(_from(youtube_channel(channel[1], _title_of(text)), page.url))
        _try(look, Place(path=f"/feeds/videos.xml?channel_id={channel[1]}"), page.url, "the channel's feed")
        return
    for href, why in _named(text):
        _try(look, Place(path=href, kind=_kind_of(href)), page.url, why)
    if platform:
        _try_places(look, platform, page.url)
    if not look.candidates:
        for place in USUAL:
            _try(look, place, _site(page.url), "a usual place", guessed=True)


def _try_places(look: _Look, platform: Platform, url: str) -> None:
    """Where the software of a page has feeds: beside that page and at the site's root."""
    places, why = platform.places, f"made with {platform.name}, which has a feed here"
    if platform.name == "Mastodon":
        path = urlsplit(url).path.rstrip("/")
        places = (Place(path=f"{path}.rss"),) if re.match(r"/(?:@|tags/)", path) else ()
    # beside one post WordPress has a feed of that post's comments
    bases = (_site(url), url) if platform.name == "WordPress" else (url, _site(url))
    for place in places:
        for base in bases:
            if _try(look, place, base, why, guessed=True):
                break


def _try(look: _Look, place: Place, base: str, why: str, *, guessed: bool = False) -> bool:
    """Ask for a feed, and note it as a candidate where it is one; whether it is."""
    try:
        url = urljoin(base, place.path)
        key = canonical(url)
    except ValueError:
        return False
    if look.left <= 0 or key in look.tried or not url.startswith(("http://", "https://")):
        return key in look.candidates
    if guessed and look.leave.why_not(url):
        return False
    look.tried.add(key)
    try:
        answer = look.line.fetch(url)
        feed = _feed_in(answer, look)
    except (StoppedError, RateLimitedError):
        raise
    except CollectError:
        return False
    if feed is not None:
        look.add(_candidate(answer, feed, place.kind, why))
    return feed is not None


def _feed_in(answer: Answer, look: _Look) -> RawFeed | None:
    """The feed in an answer; None where it holds something else."""
    if (feed := json_feed(answer.body)) is not None:
        return feed
    if not answer.body.strip() or is_page(answer.body):
        return None
    feed = parsed_safely(answer.body, answer.header("content-type"), look.line.stop)
    return None if no_feed(feed, answer.body) else feed


def _candidate(answer: Answer, feed: RawFeed, kind: str, why: str) -> Candidate:
    title = plain(feed.title, MAX_TITLE)
    if kind == "feed" and re.match(r"(?i)(?:reacties|comments|kommentare|commentaires)\b", title):
        kind = "comment_feed"
    return Candidate(url=redacted(answer.url), kind=kind, title=title, why=why)


def _from(known: Known, url: str) -> Candidate:
    title = known.title or (urlsplit(url).hostname or "")
    return Candidate(url=known.url, kind=known.kind, title=title, why=known.why, keys=known.keys)


def _add_by_api(look: _Look, platform: Platform, page: Answer, text: str) -> None:
    """Software that is read by its API: no feed is needed."""
    why = f"made with {platform.name}, read by its API"
    keys: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    if platform.kind == "wiki" and (path := _EDIT_URI.search(text)):
        keys = (("path", path[1]),)
    look.add(
        Candidate(
            url=_site(page.url).rstrip("/"), kind=platform.kind, title=_title_of(text), why=why, keys=keys
        )
    )


def _named(page: str) -> list[tuple[str, str]]:
    """Feeds that a page names in its head, feeds of the whole site before those of one page's comments."""
    tree = LexborHTMLParser(page)
    named: list[tuple[str, str]] = []
    for link in tree.css("link[rel~=alternate i][href]"):
        kind = (link.attributes.get("type") or "").partition(";")[0].strip().lower()
        href = (link.attributes.get("href") or "").strip()
        if href and kind in _FEED_TYPES:
            said = plain(link.attributes.get("title") or "", 80)
            named.append((href, f"the page names it{f' as “{said}”' if said else ''}"))
    named.sort(key=lambda one: _kind_of(one[0]) == "comment_feed")
    return list(dict(named).items())[:_MOST_NAMED]


def _kind_of(href: str) -> str:
    """Whether an address looks like that of a feed of comments."""
    return (
        "comment_feed"
        if re.search(r"(?i)/comments?/|comments-rss2|/reacties/|/[^/?]+/feed/?$", href)
        else "feed"
    )


def _title_of(page: str) -> str:
    title = LexborHTMLParser(page).css_first("title")
    return plain(title.text(), MAX_TITLE) if title else ""


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
