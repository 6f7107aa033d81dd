"""How far each listing of a Reddit source was read: from and to the JSON text of a cursor. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from klankbord.ports import Cursor

#: posts after which a walk ends, whatever Reddit says: its listings hold about 1,000
_LONGEST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A whole walk of one listing."""

    #: Unix moment of its newest post
    high: float
    #: ids of its first page, newest first: the overlap of the next read
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A walk that a kill or the run's budget may cut: where its next page begins."""

    listing: str
    after: str
    high: float
    #: ids of the walk's first page
    known: tuple[str, ...]
    #: posts read so far
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RedditCursor:
    """What is remembered between two polls."""

    v: Literal[1] = 1
    marks: Mapping[str, Mark] = field(default_factory=dict)
    pending: Pending | None = None
    #: the listing whose walk ended last: a run that was cut goes on with the one after it
    turn: str = ""

    @classmethod
    def read(cls, cursor: Cursor | None, listings: Collection[str]) -> "RedditCursor":
        """The remembered state of listings that are still read; a fresh one where it cannot be read."""
        found = state_in(cursor, _FORM) or cls()
        pending = found.pending if found.pending and found.pending.listing in listings else None
        marks = {key: mark for key, mark in found.marks.items() if key in listings}
        return cls(marks=marks, pending=pending, turn=found.turn)

    def write(self) -> Cursor:
        """The cursor as text."""
        return cursor_of(self, _FORM)

    def stepped(self, listing: str, seen: "Seen", now: float) -> "RedditCursor":
        """The state after one page of a listing: further in its walk, or at its end."""
        before, walk = self.marks.get(listing), self.pending
        high = walk.high if walk else min(max(seen.created, default=0.0), now)
        high = max(high, before.high if before else 0.0)
        known = walk.known if walk else seen.ids or (before.known if before else ())
        count = (walk.count if walk else 0) + len(seen.ids)
        stuck = not seen.ids or count >= _LONGEST or (walk is not None and walk.after == seen.after)
        if seen.reached or not seen.after or stuck:
            marks = {**self.marks, listing: Mark(high=high, known=known)}
            return RedditCursor(marks=marks, turn=listing)
        pending = Pending(listing=listing, after=seen.after, high=high, known=known, count=count)
        return replace(self, pending=pending)

    def passed(self, listing: str) -> "RedditCursor":
        """The state after a listing that cannot be read: how far it was read stays, the next has its turn."""
        return replace(self, pending=None, turn=listing)

    def left_of(self, listings: Sequence[str]) -> Sequence[str]:
        """The listings that are still to be read: those before had their turn in a run that was cut."""
        if self.pending:
            return listings[listings.index(self.pending.listing) :]
        done = listings.index(self.turn) + 1 if self.turn in listings else 0
        return listings[done:] or listings


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One page of a listing."""

    #: newest first
    ids: tuple[str, ...]
    #: Unix moments, in the same order
    created: tuple[float, ...]
    #: where the next page begins; empty: there is none
    after: str
    #: the page goes back to what was read before
    reached: bool


_FORM = TypeAdapter(RedditCursor)
