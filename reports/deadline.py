"""A connection comes in; it is cut when its time is over, however slowly the other side drips."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer


@contextmanager
def deadline(seconds: float, connected: Callable[[], socket.socket | None]) -> Iterator[Event]:
    """Cut the socket after so many seconds.

    Socket timeouts bound one read; a server that sends a byte at a time would hold the run for ever.

    Args:
        seconds: for the whole exchange.
        connected: gives the socket that is in use at that moment, or None.

    Yields:
        An event that is set once the time was over.
    """
    over = Event()

    def cut() -> None:
        over.set()
        if (line := connected()) is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
