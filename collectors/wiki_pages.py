"""The cursor of a wiki source comes in, which pages are watched and from where goes out. Pure.

A page's edits are read forward from the 20th newest that was read: edits of the same second are there then,
and so are most of those that an import puts into the past.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote

from pydantic import TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from klankbord.mention import short_hash
from klankbord.ports import Cursor

_RING = 20
#: pages found by search that are watched; those edited longest ago go
_MOST = 300
_LOOK_BACK = timedelta(days=7)
#: characters of titles in one address; servers take 8,000 or so in all
_ADDRESS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Where one page was."""

    #: as the settings or the search spell it
    title: str
    #: named in the settings, not found
    named: bool = False
    #: where the first read began, ISO
    since: str
    #: newest revision and last change of any sort at the last whole read
    last: int = 0
    touched: str = ""
    #: moment and id of the newest revisions that were read, oldest first
    ring: tuple[tuple[str, int], ...] = ()

    @property
    def start(self) -> str:
        """The moment from which to read."""
        return self.ring[0][0] if len(self.ring) == _RING else self.since

    @property
    def known(self) -> frozenset[int]:
        """Revisions that were read."""
        return frozenset(number for _, number in self.ring)

    def with_edit(self, at: str, number: int) -> "Watched":
        """The state after one more revision."""
        return replace(self, ring=tuple(sorted({*self.ring, (at, number)})[-_RING:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """All watched pages, what was read longest ago first."""

    v: Literal[1] = 1
    #: by their titles
    pages: Mapping[str, Watched]
    #: hash of what is searched for
    searches: str
    #: the search that is next
    turn: int = 0

    @classmethod
    def read(
        cls, cursor: Cursor | None, named: Sequence[str], searches: Sequence[str], now: datetime
    ) -> "Pages":
        """The watched pages; found ones are forgotten when something else is searched for."""
        key = short_hash(*searches)
        stored = state_in(cursor, _FORM)
        same = stored is not None and stored.searches == key
        kept = {
            title: replace(page, named=title in named)
            for title, page in (stored.pages.items() if stored else ())
            if title in named or (same and searches and not page.named)
        }
        fresh = {title: _fresh(title, now, named=True) for title in named if title not in kept}
        return cls(pages=fresh | kept, searches=key, turn=stored.turn if stored and same else 0)

    def found(self, titles: Iterable[str], now: datetime) -> "Pages":
        """The state after a search: pages that were not known are watched, the newest first."""
        new = {title: _fresh(title, now) for title in titles if title not in self.pages}
        pages = new | dict(self.pages)
        spare = [title for title in sorted(pages, key=lambda title: pages[title].touched) if title not in new]
        for title in [title for title in spare if not pages[title].named][: max(0, len(pages) - _MOST)]:
            del pages[title]
        return replace(self, pages=pages, turn=self.turn + 1)

    def put(self, page: Watched) -> "Pages":
        """The state with a page as it is now, at the end of the row."""
        rest = {title: other for title, other in self.pages.items() if title != page.title}
        return replace(self, pages=rest | {page.title: page})

    def write(self) -> Cursor:
        """The cursor as text."""
        return cursor_of(self, _FORM)


_FORM = TypeAdapter(Pages)


def in_lots(titles: Sequence[str], most: int) -> Iterator[list[str]]:
    """The titles, as many together as one request and its address may hold."""
    lot: list[str] = []
    for title in titles:
        if lot and (len(lot) == most or len(quote("|".join((*lot, title)))) > _ADDRESS):
            yield lot
            lot = []
        lot.append(title)
    if lot:
        yield lot


def _fresh(title: str, now: datetime, *, named: bool = False) -> Watched:
    return Watched(title=title, named=named, since=f"{now - _LOOK_BACK:%Y-%m-%dT%H:%M:%SZ}")
