"""How far a Stack Exchange site was searched: from and to the JSON text of a cursor. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from klankbord.mention import short_hash
from klankbord.ports import Cursor, Search

_VERSION = 1
#: what was read before and is read again: the site's search finds a post some minutes to hours after it came
OVERLAP = timedelta(days=2)
#: how far a first read looks back
_LOOK_BACK = timedelta(days=7)
#: without a login Stack Exchange gives no page after this one
LAST_PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A post that a search found; it is read by its id."""

    post: int
    question: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where a walk over all searches is."""

    #: Unix moments: posts written before `since` are not asked for; `began` is where the next walk begins
    since: int
    began: int
    #: position of the search, and its page
    search: int = 0
    page: int = 1
    #: what the page holds; empty: the page is still to be asked for
    found: tuple[Found, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCursor:
    """What is remembered between two polls."""

    #: hash of site and search words: other words are another walk
    what: str
    #: Unix moment up to which everything was read; 0: never read
    high: int = 0
    walk: Walk | None = None

    @classmethod
    def read(cls, cursor: Cursor | None, site: str, searches: Sequence[Search]) -> "SiteCursor":
        """The remembered state; a fresh one where it is of other words, unreadable or absent."""
        fresh = cls(what=short_hash(site, *(query(search) for search in searches)))
        try:
            found: Any = json.loads(cursor or "{}")
            if found.get("v") != _VERSION or found["what"] != fresh.what:
                return fresh
            walk = found["walk"]
            return replace(fresh, high=int(found["high"]), walk=_walk(walk, len(searches)) if walk else None)
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError, OverflowError):
            return fresh

    def write(self) -> Cursor:
        """The cursor as text."""
        return Cursor(json.dumps({"v": _VERSION, **asdict(self)}))

    def begun(self, now: datetime) -> Walk:
        """The walk under way, or a new one."""
        overlap = self.high - int(OVERLAP.total_seconds())
        since = overlap if self.high else int((now - _LOOK_BACK).timestamp())
        return self.walk or Walk(since=since, began=int(now.timestamp()))

    def stepped(self, walk: Walk, searches: int) -> "SiteCursor":
        """The state after a page was read: at the next page, the next search, or the end."""
        if walk.more and walk.page < LAST_PAGE:
            return replace(self, walk=replace(walk, page=walk.page + 1, found=(), more=False))
        if walk.search + 1 < searches:
            return replace(self, walk=replace(walk, search=walk.search + 1, page=1, found=(), more=False))
        return replace(self, high=max(self.high, walk.began), walk=None)


def query(search: Search) -> str:
    """A search as the site's own syntax spells it."""
    text = " ".join(search.text.replace('"', " ").split())
    if search.phrase:
        return f'"{text}"'
    return f"{text}*" if search.prefix and " " not in text else text


def _walk(found: Any, searches: int) -> Walk:  # noqa: ANN401 - JSON can be anything
    walk = Walk(
        since=int(found["since"]),
        began=int(found["began"]),
        search=int(found["search"]),
        page=int(found["page"]),
        found=tuple(Found(post=int(one["post"]), question=int(one["question"])) for one in found["found"]),
        more=bool(found["more"]),
    )
    if not (0 <= walk.search < searches and 1 <= walk.page <= LAST_PAGE):
        raise ValueError(walk.search)
    return walk
