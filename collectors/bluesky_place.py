"""Where we are in Bluesky's stream: read from and written to the JSON text of a cursor. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from klankbord.mention import short_hash
from klankbord.ports import Cursor, Search

_VERSION = 1
#: seqs read again: about five seconds of the whole network
OVERLAP = 5_000
_OVERLAP = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A stretch that the stream no longer held, being searched for."""

    from_at: str
    to_at: str
    #: when it was found out
    begun: str
    #: which of the searches comes next, and which page of it
    search: int = 0
    page: str = ""
    pages: int = 0
    #: posts found so far
    found: int = 0
    #: the search asked to be left alone until then
    wait: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is remembered between two polls."""

    #: hash of the stream's address: another server counts otherwise
    stream: str
    #: hash of what is searched for: other words mean that what was passed over is read again
    words: str
    #: everything up to here is stored; 0: not known
    seq: int = 0
    #: how far the last poll got, where it was cut off: it goes on from there. 0: it was read to the end, and
    #: the next one reads a little again; if a cut one did so too, it could go in circles
    walked: int = 0
    #: when the server saw that event, ISO
    at: str
    #: nothing was read before `at`, so nothing can be missing there
    first: bool = False
    fill: Fill | None = None

    @classmethod
    def read(cls, cursor: Cursor | None, stream: str, searches: Sequence[Search], since: datetime) -> "Place":
        """The remembered place; one at `since` where there is none that can be used."""
        words = short_hash(*(f"{one.text}\x1e{one.phrase}{one.prefix}" for one in searches))
        fresh = cls(stream=short_hash(stream), words=words, at=since.isoformat(), first=True)
        found = _fields(cursor)
        if found is None:
            return fresh
        if found.words != words:
            at = min(found.moment, since)
            fill = replace(found.fill, search=0, page="", pages=0) if found.fill else None
            return replace(fresh, at=at.isoformat(), first=at == since, fill=fill)
        return found if found.stream == fresh.stream else replace(found, stream=fresh.stream, seq=0, walked=0)

    def write(self) -> Cursor:
        """The cursor as text."""
        return Cursor(json.dumps({"v": _VERSION, **asdict(self)}))

    @property
    def moment(self) -> datetime:
        """`at` as a moment."""
        return datetime.fromisoformat(self.at)

    def positions(self) -> tuple[int | None, ...]:
        """Where to ask the stream to begin: the first that it takes. None: at what happens now."""
        by_time = int((self.moment - _OVERLAP).timestamp() * 1_000_000)
        by_seq = self.walked or max(1, self.seq - OVERLAP)
        return (*((by_seq,) if self.seq else ()), by_time, None)

    def moved(self, seq: int, time: str, now: datetime) -> "Place":
        """The place after an event; a server's odd clock moves no time backwards or ahead of ours."""
        try:
            at = datetime.fromisoformat(time).astimezone(UTC)
        except (ValueError, OverflowError):
            at = self.moment
        at = max(self.moment, min(at, now))
        return replace(self, seq=max(self.seq, seq), walked=seq, at=at.isoformat(), first=False)


def _fields(cursor: Cursor | None) -> Place | None:
    try:
        found: Any = json.loads(cursor or "")
        if found.pop("v") != _VERSION:
            return None
        fill = Fill(**given) if (given := found.pop("fill")) else None
        place = Place(**found, fill=fill)
        moments = [place.at, *((fill.from_at, fill.to_at, fill.begun) if fill else ())]
        moments += [fill.wait] if fill and fill.wait else []
        sound = all(datetime.fromisoformat(moment).tzinfo for moment in moments)
        numbers = [place.seq, place.walked, *((fill.search, fill.pages, fill.found) if fill else ())]
        sound = sound and all(type(number) is int and number >= 0 for number in numbers)
        sound = sound and isinstance(place.first, bool) and (not fill or isinstance(fill.page, str))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None
    return place if sound and isinstance(place.words, str) and isinstance(place.stream, str) else None
