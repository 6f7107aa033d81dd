"""A body comes in, its entries go out, in bounded time: what may take long goes to a child that is killed."""

import json
from threading import Event

from collectors.child import in_child
from collectors.parse import RawFeed, from_json, parsed
from collectors.plain_feed import plain_feed
from klankbord.errors import TransientError

#: bytes, and signs that begin a tag or an entity, up to which a body is parsed here: about 0.3 s
_TAME_BYTES = 2_000_000
_TAME_SIGNS = 30_000
_SECONDS = 20.0
_CHILD = "from collectors.parse import serve; serve()"


def parsed_safely(body: bytes, content_type: str, stop: Event, seconds: float = _SECONDS) -> RawFeed:
    """Read a body: here where it is plain or small, else in a child with limits.

    Raises:
        TransientError: the parser broke down on it, or took too long.
    """
    if (plain := plain_feed(body, content_type)) is not None:
        return plain
    if len(body) <= _TAME_BYTES and body.count(b"<") + body.count(b"&") <= _TAME_SIGNS:
        return parsed(body, content_type)
    return _record(in_child(_CHILD, body, stop, seconds, what="feed", told=content_type))


def _record(out: bytes) -> RawFeed:
    if "entries" not in (fields := json.loads(out)):
        raise TransientError(str(fields.get("problem")))
    return from_json(out)
