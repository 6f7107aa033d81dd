"""How far a Stack Exchange site was searched: from and to the JSON text of a cursor. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from klankbord.mention import short_hash
from klankbord.ports import Cursor, Search

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
    #: of the question, as plain text: only the search tells it for answers
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where a walk over all searches is."""

    #: Unix moments: posts written before `since` are not asked for; `began` is where the next walk begins
    since: int
    began: int
    #: position of the search, and its page
    search: Annotated[int, Field(ge=0)] = 0
    page: Annotated[int, Field(ge=1, le=LAST_PAGE)] = 1
    #: what the page holds; empty: the page is still to be asked for
    found: tuple[Found, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCursor:
    """What is remembered between two polls."""

    v: Literal[1] = 1
    #: hash of site and search words: other words are another walk
    what: str
    #: Unix moment up to which everything was read; 0: never read
    high: int = 0
    walk: Walk | None = None

    @classmethod
    def read(cls, cursor: Cursor | None, site: str, searches: Sequence[Search]) -> "SiteCursor":
        """The remembered state; a fresh one where it is of other words, unreadable or absent."""
        fresh = cls(what=short_hash(site, *(query(search) for search in searches)))
        found = state_in(cursor, _FORM)
        if found is None or found.what != fresh.what or (found.walk and found.walk.search >= len(searches)):
            return fresh
        return found

    def write(self) -> Cursor:
        """The cursor as text."""
        return cursor_of(self, _FORM)

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


_FORM = TypeAdapter(SiteCursor)
