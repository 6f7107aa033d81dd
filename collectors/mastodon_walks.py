"""The cursor of a Mastodon source comes in, where each tag and each search is to be read on goes out. Pure.

A tag is walked forward (`min_id`: the oldest unread page first), so every page that was read is done with.
A search only goes backward, by offset, so its newest ids count once its walk has reached the end.
Mastodon gives a post that arrives late an id as old as the post: a walk therefore begins at the 20th newest
id that was read, and at the latest half an hour back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from klankbord.mention import short_hash
from klankbord.ports import Cursor

#: newest ids that are remembered of a walk, and read again by the next
RING = 20
#: posts on a page; the server allows no more
PAGE = 40
#: posts that this account hides leave a page short, so only one as short as this is the last
_LAST = PAGE // 2
_LOOK_BACK = timedelta(days=7)
_LATE = timedelta(minutes=30)
#: search engines answer nothing beyond 10,000 posts
DEEPEST = 9_960


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Where one tag, or one search, was."""

    #: hash of what is walked, so that no search word stands in the cursor
    key: str
    #: id below which the first read did not look
    floor: int
    #: newest ids of the walks that were finished, newest first
    ring: tuple[int, ...] = ()
    #: tag: last id of an unfinished walk; search: where it began
    at: int = 0
    #: search: posts of an unfinished walk that were read
    offset: int = 0
    #: search: newest ids that an unfinished walk has met
    met: tuple[int, ...] = ()

    def start(self, now: datetime) -> int:
        """The id after which to read."""
        return self.at or min(self.ring[-1] if len(self.ring) == RING else self.floor, id_at(now - _LATE))

    def read_on(self, ids: Sequence[int], now: datetime, *, search: bool) -> "tuple[Walk, bool]":
        """The state after one more page, and whether that was the last."""
        last = len(ids) < _LAST or self.offset >= DEEPEST
        if not search:
            ring = _newest((*self.ring, *ids))
            return replace(self, ring=ring, at=0 if last else max(ids)), last
        met = _newest((*self.met, *ids))
        if last:
            return replace(self, ring=_newest((*self.ring, *met)), at=0, offset=0, met=()), True
        return replace(self, at=self.start(now), offset=self.offset + len(ids), met=met), False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walks:
    """What is remembered between two polls: all walks, what was read longest ago first."""

    v: Literal[1] = 1
    walks: tuple[Walk, ...] = ()


_FORM = TypeAdapter(_Walks)


def id_at(moment: datetime) -> int:
    """The id that a post of this moment would have: milliseconds, and 16 bits that tell twins apart."""
    return int(moment.timestamp() * 1000) << 16


def moment_of(number: int) -> datetime:
    """When a post with this id was written."""
    return datetime.fromtimestamp((number >> 16) / 1000, UTC)


def _newest(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(ids), reverse=True)[:RING])


def walks_of(cursor: Cursor | None, wanted: Sequence[str], now: datetime) -> dict[str, Walk]:
    """A walk for everything that is wanted, what was read longest ago first; what is new begins anew."""
    keys = {short_hash(name): name for name in wanted}
    stored = state_in(cursor, _FORM) or _Walks()
    kept = {keys[walk.key]: walk for walk in stored.walks if walk.key in keys}
    floor = id_at(now - _LOOK_BACK)
    fresh = {name: Walk(key=key, floor=floor) for key, name in keys.items() if name not in kept}
    return fresh | kept


def written(walks: dict[str, Walk]) -> Cursor:
    """The walks as text, in their order."""
    return cursor_of(_Walks(walks=tuple(walks.values())), _FORM)
