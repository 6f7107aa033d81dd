"""Code and bytes come in, what a child process with limits makes of them goes out."""

import subprocess
import sys
import time
from threading import Event, Thread

from collectors.polite import StoppedError
from klankbord.errors import TransientError

_LOOK = 0.1
_MEMORY = 1_500_000_000


def in_child(
    code: str, body: bytes, stop: Event, seconds: float, *, what: str = "page", told: str = ""
) -> bytes:
    """What the child writes.

    Args:
        code: what it runs, once it has limited itself.
        body: what it reads from stdin.
        stop: ends it early.
        seconds: it may take.
        what: the word for the body in an error.
        told: its one argument.

    Raises:
        TransientError: it took too long, or broke down.
    """
    # -I: neither the current folder nor PYTHON* variables decide what is imported
    command = [sys.executable, "-I", "-c", f"from collectors.child import limited; limited(); {code}", told]
    out: list[bytes] = []
    with subprocess.Popen(  # noqa: S603 - our own interpreter, fixed code
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        talk = Thread(target=lambda: out.append(child.communicate(body)[0]), name=what, daemon=True)
        talk.start()
        try:
            _wait(talk, stop, seconds, what)
        finally:
            child.kill()
            talk.join()
    if not out or not out[0]:
        raise TransientError(f"the {what} could not be read: it needs more memory or time than one may have")
    return out[0]


def _wait(talk: Thread, stop: Event, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while talk.is_alive():
        talk.join(_LOOK)
        if stop.is_set():
            raise StoppedError(f"stopped while the {what} was read")
        if time.monotonic() > deadline:
            raise TransientError(f"the {what} could not be read within {seconds:g} seconds")


def limited() -> None:
    """What the child does first: limit itself."""
    import resource  # only the child limits itself

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
