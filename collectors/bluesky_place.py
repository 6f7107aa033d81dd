"""Where we are in Bluesky's stream: read from and written to the JSON text of a cursor. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, NonNegativeInt, TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from klankbord.mention import short_hash
from klankbord.ports import Cursor, Search

#: seqs read again: about five seconds of the whole network
OVERLAP = 5_000
_OVERLAP = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A stretch that the stream no longer held, being searched for."""

    from_at: AwareDatetime
    to_at: AwareDatetime
    #: when it was found out
    begun: AwareDatetime
    #: which of the searches comes next, and which page of it
    search: NonNegativeInt = 0
    page: str = ""
    pages: NonNegativeInt = 0
    #: posts found so far
    found: NonNegativeInt = 0
    #: the search asked to be left alone until then
    wait: AwareDatetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is remembered between two polls."""

    v: Literal[1] = 1
    #: hash of the stream's address: another server counts otherwise
    stream: str
    #: hash of what is searched for: other words mean that what was passed over is read again
    words: str
    #: everything up to here is stored; 0: not known
    seq: NonNegativeInt = 0
    #: how far the last poll got, where it was cut off: it goes on from there. 0: it was read to the end, and
    #: the next one reads a little again; if a cut one did so too, it could go in circles
    walked: NonNegativeInt = 0
    #: when the server saw that event
    at: AwareDatetime
    #: nothing was read before `at`, so nothing can be missing there
    first: bool = False
    fill: Fill | None = None

    @classmethod
    def read(cls, cursor: Cursor | None, stream: str, searches: Sequence[Search], since: datetime) -> "Place":
        """The remembered place; one at `since` where there is none that can be used."""
        words = short_hash(*(f"{one.text}\x1e{one.phrase}{one.prefix}" for one in searches))
        fresh = cls(stream=short_hash(stream), words=words, at=since, first=True)
        found = state_in(cursor, _FORM)
        if found is None:
            return fresh
        if found.words != words:
            at = min(found.at, since)
            fill = replace(found.fill, search=0, page="", pages=0) if found.fill else None
            return replace(fresh, at=at, first=at == since, fill=fill)
        return found if found.stream == fresh.stream else replace(found, stream=fresh.stream, seq=0, walked=0)

    def write(self) -> Cursor:
        """The cursor as text."""
        return cursor_of(self, _FORM)

    def positions(self) -> tuple[int | None, ...]:
        """Where to ask the stream to begin: the first that it takes. None: at what happens now."""
        by_time = int((self.at - _OVERLAP).timestamp() * 1_000_000)
        by_seq = self.walked or max(1, self.seq - OVERLAP)
        return (*((by_seq,) if self.seq else ()), by_time, None)

    def moved(self, seq: int, time: str, now: datetime) -> "Place":
        """The place after an event; a server's odd clock moves no time backwards or ahead of ours."""
        try:
            at = datetime.fromisoformat(time).astimezone(UTC)
        except (ValueError, OverflowError):
            at = self.at
        at = max(self.at, min(at, now))
        return replace(self, seq=max(self.seq, seq), walked=seq, at=at, first=False)


_FORM = TypeAdapter(Place)
