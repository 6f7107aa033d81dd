"""How far each listing of a Reddit source was read: from and to the JSON text of a cursor. Pure."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from klankbord.ports import Cursor

_VERSION = 1
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

    marks: Mapping[str, Mark] = field(default_factory=dict)
    pending: Pending | None = None
    #: the listing whose walk ended last: a run that was cut goes on with the one after it
    turn: str = ""

    @classmethod
    def read(cls, cursor: Cursor | None, listings: Collection[str]) -> "RedditCursor":
        """The remembered state of listings that are still read; a fresh one where it cannot be read."""
        try:
            return _read(json.loads(cursor or "{}"), listings)
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
            return cls()

    def write(self) -> Cursor:
        """The cursor as text."""
        marks = {key: asdict(mark) for key, mark in self.marks.items()}
        pending = asdict(self.pending) if self.pending else None
        return Cursor(json.dumps({"v": _VERSION, "marks": marks, "pending": pending, "turn": self.turn}))

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


def _read(found: Any, listings: Collection[str]) -> RedditCursor:  # noqa: ANN401 - JSON can be anything
    if found.get("v") != _VERSION:
        return RedditCursor()
    marks = {
        str(key): Mark(high=float(mark["high"]), known=_ids(mark["known"]))
        for key, mark in found["marks"].items()
        if key in listings
    }
    walk = found["pending"]
    if not walk or walk["listing"] not in listings:
        return RedditCursor(marks=marks, turn=str(found["turn"]))
    pending = Pending(
        listing=str(walk["listing"]),
        after=str(walk["after"]),
        high=float(walk["high"]),
        known=_ids(walk["known"]),
        count=int(walk["count"]),
    )
    return RedditCursor(marks=marks, pending=pending, turn=str(found["turn"]))


def _ids(found: Any) -> tuple[str, ...]:  # noqa: ANN401 - JSON can be anything
    if not isinstance(found, list):
        raise TypeError(type(found).__name__)
    return tuple(map(str, found))
