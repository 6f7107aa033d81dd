"""Where a feed was: read from and written to the JSON text of a cursor. Pure."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from klankbord.mention import short_hash
from klankbord.ports import Cursor

_VERSION = 1
#: ids remembered: more than any feed shows at once
WINDOW = 300
_ADOPT_AFTER = timedelta(hours=24)
_ADOPT_TIMES = 3
_READ_WHOLE_EVERY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCursor:
    """What is remembered of a feed between two reads."""

    #: hash of the address in the settings: another address means other validators
    address: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    #: ISO moments; empty: never
    read_at: str = ""
    read_whole_at: str = ""
    #: where the feed says it lives from now on, how often it said so, since when
    moved_url: str = ""
    moved_times: int = 0
    moved_since: str = ""
    #: ids of the last body, newest first
    window: tuple[str, ...] = ()
    #: hashes of keys that more than one entry had
    shared: tuple[str, ...] = field(default=())

    @classmethod
    def read(cls, cursor: Cursor | None, url: str) -> "FeedCursor":
        """The remembered state; a fresh one where it is of another version, unreadable or absent."""
        found = _fields(cursor)
        address = short_hash(url)
        if found is None or found.address != address:
            kept = (found.window, found.shared) if found else ((), ())
            return cls(address=address, window=kept[0], shared=kept[1])
        return found

    def write(self) -> Cursor:
        """The cursor as text."""
        # not asdict: it copies every id, which took a third of the time of an unchanged feed
        held = ((name, getattr(self, name)) for name in self.__slots__)
        return Cursor(json.dumps({"v": _VERSION} | {name: value for name, value in held if value}))

    def conditions(self, now: datetime) -> tuple[tuple[str, str], ...]:
        """Headers of a conditional request; none once a day, since edits are invisible to those."""
        if not self.read_whole_at or now - datetime.fromisoformat(self.read_whole_at) >= _READ_WHOLE_EVERY:
            return ()
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.last_modified))
        return tuple(pair for pair in pairs if pair[1])

    def current_url(self, url: str, now: datetime) -> str:
        """The address to ask: the new one once it was told three times in a day or more."""
        return self.moved_url if self._adopted(now) else url

    def _adopted(self, now: datetime) -> bool:
        return (
            self.moved_times >= _ADOPT_TIMES
            and now - datetime.fromisoformat(self.moved_since) >= _ADOPT_AFTER
        )

    def told(self, permanent_url: str | None, asked_url: str, url: str, now: datetime) -> "FeedCursor":
        """The state after an answer that came from, or did not come from, a new address."""
        if asked_url != url:
            # the adopted address answered; one that moves on again starts counting anew
            return self if permanent_url is None else self._counted(permanent_url, now)
        return self._counted(permanent_url, now)

    def _counted(self, permanent_url: str | None, now: datetime) -> "FeedCursor":
        if permanent_url is None:
            return replace(self, moved_url="", moved_times=0, moved_since="")
        if permanent_url != self.moved_url:
            return replace(self, moved_url=permanent_url, moved_times=1, moved_since=now.isoformat())
        return replace(self, moved_times=min(self.moved_times + 1, _ADOPT_TIMES))


def _fields(cursor: Cursor | None) -> FeedCursor | None:
    try:
        found: Any = json.loads(cursor or "")
        if found.pop("v") != _VERSION:
            return None
        window, shared = (tuple(map(str, found.pop(name, ()))) for name in ("window", "shared"))
        state = FeedCursor(**found, window=window, shared=shared)
        for moment in filter(None, (state.read_at, state.read_whole_at, state.moved_since)):
            if datetime.fromisoformat(moment).tzinfo is None:
                return None
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None
    return state if _sound(state) else None


def _sound(state: FeedCursor) -> bool:
    words = (state.address, state.etag, state.last_modified, state.body_hash, state.moved_url)
    counted = isinstance(state.moved_times, int) and bool(state.moved_since) >= bool(state.moved_times)
    return counted and all(isinstance(word, str) for word in words)
