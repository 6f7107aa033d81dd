"""A body comes in, its entries go out, in bounded time: what may take long goes to a child that is killed."""

import json
import subprocess
import sys
import time
from threading import Event, Thread

from collectors.parse import RawFeed, from_json, parsed
from collectors.plain_feed import plain_feed
from collectors.polite import StoppedError
from klankbord.errors import TransientError

#: bytes, and signs that begin a tag or an entity, up to which a body is parsed here: about 0.3 s
_TAME_BYTES = 2_000_000
_TAME_SIGNS = 30_000
_SECONDS = 20.0
_LOOK = 0.2
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
    return _in_child(body, content_type, stop, seconds)


def _in_child(body: bytes, content_type: str, stop: Event, seconds: float) -> RawFeed:
    # -I: neither the current folder nor PYTHON* variables decide what is imported
    command = [sys.executable, "-I", "-c", _CHILD, content_type]
    out: list[bytes] = []
    with subprocess.Popen(  # noqa: S603 - our own interpreter, fixed code
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        talk = Thread(target=lambda: out.append(child.communicate(body)[0]), name="parse", daemon=True)
        talk.start()
        try:
            _wait(talk, stop, seconds)
        finally:
            child.kill()
            talk.join()
    return _record(out[0] if out else b"")


def _wait(talk: Thread, stop: Event, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while talk.is_alive():
        talk.join(_LOOK)
        if stop.is_set():
            raise StoppedError("stopped while a feed was parsed")
        if time.monotonic() > deadline:
            raise TransientError(f"the feed could not be parsed within {seconds:g} seconds")


def _record(out: bytes) -> RawFeed:
    if not out:
        raise TransientError("the feed could not be parsed: it needs more memory or time than one may have")
    if "entries" not in (fields := json.loads(out)):
        raise TransientError(str(fields.get("problem")))
    return from_json(out)
