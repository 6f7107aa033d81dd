"""How far each question to X was read: from and to the JSON text of a cursor, and where to go on. Pure.

A walk goes from X's newest post back to the last one that is known, page by page. Its `high` moves only when
the walk is complete; a walk that was cut resumes from the token of the page after the last one stored.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from klankbord.ports import Cursor, Gap

#: X's recent search goes back seven days; an older since_id is refused
WINDOW = timedelta(days=7)
#: kept away from the window's edge: their clock is not ours
_EDGE = timedelta(minutes=10)
_REFUSED_EDGE = timedelta(hours=1)
#: posts younger than this may still turn up below a newer one
_OVERLAP = timedelta(minutes=2)
_FIRST_LOOK = timedelta(days=1)
#: X's ids hold their moment: milliseconds since this one, then 22 bits
_BEGIN = 1_288_834_974_657
_BITS = 22

_Id = Annotated[str, Field(pattern=r"^\d{0,19}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A walk under way: what it was asked with, and the page to ask for next."""

    begun_at: AwareDatetime
    #: either of the two: X refuses both together
    since: _Id = ""
    start: AwareDatetime | None = None
    #: the newest id of the first page
    newest: _Id = ""
    token: str = ""
    #: posts that came so far
    seen: int = 0

    @property
    def lower(self) -> datetime:
        """The moment that the walk goes back to."""
        return time_of(self.since) if self.since else self.start or self.begun_at

    def after(self, newest: str, token: str, count: int) -> "Pending":
        """The walk after one more page; only the first page's newest id counts."""
        repeated = token == self.token
        return replace(
            self,
            newest=self.newest or newest,
            token="" if repeated else token,
            seen=self.seen + count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far one question was read."""

    #: since_id of the next walk
    high: _Id = ""
    #: when the last complete walk began
    read_at: AwareDatetime | None = None
    pending: Pending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class XCursor:
    """All questions; a question that is no longer asked is forgotten, one that changed is a new one."""

    v: Literal[1] = 1
    walks: Mapping[str, Walk] = field(default_factory=dict)
    #: the UTC day on which it was told that the budget is used
    stopped_on: str = ""

    @classmethod
    def read(cls, cursor: Cursor | None) -> "XCursor":
        """The remembered state; a fresh one where it is of another version, unreadable or absent."""
        return state_in(cursor, _FORM) or cls()

    def write(self) -> Cursor:
        """The cursor as text."""
        return cursor_of(self, _FORM)

    def walked(self, key: str, walk: Walk) -> "XCursor":
        """The state after a page."""
        return replace(self, walks={**self.walks, key: walk})

    def only(self, keys: Collection[str]) -> tuple["XCursor", datetime | None]:
        """Without other questions than these, and the earliest moment up to which one of those was read."""
        dropped = [walk.read_at for key, walk in self.walks.items() if key not in keys and walk.read_at]
        kept = {key: walk for key, walk in self.walks.items() if key in keys}
        return replace(self, walks=kept), min(dropped, default=None)


_FORM = TypeAdapter(XCursor)


def begun(walk: Walk, now: datetime, before: datetime | None = None) -> tuple[Pending, Gap | None]:
    """What to ask: the rest of a walk that was cut, else for what is new; and the time that is lost.

    Args:
        walk: how far the question was read.
        now: the moment of this poll.
        before: up to when questions were read that are no longer asked: this one may stand for them.
    """
    if walk.pending:
        return walk.pending, None
    floor = now - WINDOW + _EDGE
    if walk.high and time_of(walk.high) > floor:
        return Pending(begun_at=now, since=walk.high), None
    last = walk.read_at or before
    # a quiet question's newest post may be older than the window: the moment of the last read serves as well
    wanted = walk.read_at - _OVERLAP if walk.read_at else min(now - _FIRST_LOOK, before or now)
    return Pending(begun_at=now, start=max(wanted, floor)), _lost(last, floor)


def afresh(pending: Pending, now: datetime) -> tuple[Pending, Gap | None]:
    """What to ask after X refused the id or token that we came with: by moment, as far back as X goes."""
    floor = now - WINDOW + _REFUSED_EDGE
    return Pending(begun_at=now, start=max(pending.lower, floor)), _lost(pending.lower, floor)


def _lost(last: datetime | None, floor: datetime) -> Gap | None:
    if last is None or last >= floor:
        return None
    return Gap(from_at=last, to_at=floor, reason="X's search goes back seven days, the last read was earlier")


def finished(walk: Walk, pending: Pending) -> Walk:
    """How far the question was read once the last page is stored."""
    # late posts: the next walk begins two minutes before this one did, unless nothing came since
    latest = id_at(pending.begun_at - _OVERLAP)
    high = str(min(int(pending.newest), latest)) if pending.newest else walk.high
    return Walk(high=high, read_at=pending.begun_at)


def time_of(post_id: str) -> datetime:
    """The moment at which X gave an id."""
    return datetime.fromtimestamp(((int(post_id) >> _BITS) + _BEGIN) / 1000, UTC)


def id_at(moment: datetime) -> int:
    """The lowest id of a moment."""
    return max(0, int(moment.timestamp() * 1000) - _BEGIN) << _BITS
