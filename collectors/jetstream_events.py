"""A Jetstream frame comes in, the event it tells of goes out. Pure.

Field names are those of the lexicon network.bsky.jetstream.subscribeEvents; everything may be of another type
than it says there, since it was written by strangers: what cannot be read is None and counted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from collectors.jetstream import POSTS

if TYPE_CHECKING:
    from collections.abc import Mapping

_PREFIX = "network.bsky.jetstream.subscribeEvents#"
#: from here on a cursor is a time: no seq is as large
_SEQ_END = 10**15
#: accounts whose posts are not shown any more; "deactivated" is the author's own wish, so it counts as well.
#: "desynchronized" and "throttled" are troubles between servers, and "active" tells of a return.
_GONE = {"deleted", "takendown", "suspended", "deactivated"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, in the server's order."""

    seq: int
    did: str
    #: when the server saw it, as it writes it: UTC, six decimals, so that text order is time order
    time: str
    #: "create", "update", "delete", "gone" (the account), or "" for what does not concern us
    what: str = ""
    rkey: str = ""
    cid: str = ""
    record: Mapping[str, Any] = field(default_factory=dict)

    @property
    def uri(self) -> str:
        """The post's name in the protocol; holds the author's id, so it stays in memory."""
        return f"at://{self.did}/{POSTS}/{self.rkey}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the stream itself."""

    #: "OutdatedCursor", "FutureCursor" …
    name: str
    #: it ends the stream
    fatal: bool = False


def read(frame: bytes) -> Event | Notice | None:
    """What a frame says; None where it cannot be read."""
    try:
        outer = json.loads(frame)
        if outer["$type"] == "error":
            return Notice(str(outer.get("error"))[:60], fatal=True)
        if outer["$type"] != "message":
            return None
        inner = outer["payload"]
        return _told(inner, inner["$type"].removeprefix(_PREFIX))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _told(inner: dict[str, Any], kind: str) -> Event | Notice | None:
    if kind == "info":
        return Notice(str(inner["name"])[:60])
    seq, did, time = inner["seq"], inner["did"], inner.get("witnessedAt") or inner["time"]
    if (
        type(seq) is not int
        or not 0 < seq < _SEQ_END
        or not isinstance(did, str)
        or not isinstance(time, str)
    ):
        return None
    if kind == "commit":
        return _commit(inner, seq, did, time)
    if kind == "account":
        account = inner["account"]
        left = account["active"] is False and account.get("status") in _GONE
        return Event(seq, did, time, "gone" if left else "")
    return Event(seq, did, time)


def _commit(inner: dict[str, Any], seq: int, did: str, time: str) -> Event:
    what, rkey, cid, record = (inner.get(name) for name in ("operation", "rkey", "cid", "record"))
    readable = inner.get("collection") == POSTS and isinstance(rkey, str)
    if readable and what == "delete":
        return Event(seq, did, time, "delete", rkey or "")
    if readable and what in {"create", "update"} and isinstance(record, dict) and isinstance(cid, str):
        return Event(seq, did, time, what, rkey or "", cid, record)
    return Event(seq, did, time)
