"""A Jetstream address and a position come in, the frames of one websocket connection go out, all bounded.

Not through atproto's JetstreamClient (0.0.73), because it cannot be bounded: one event without a `rev` makes
it raise, and raise again at the same place each time; it looks the host up itself, so that a checked address
need not be the one it speaks to; it obeys proxies from the environment and redirects; it sleeps up to 64
seconds between tries and cannot be woken. Here nothing is read ahead but a few frames: while a batch is
stored, the server's frames wait in the network, and no queue of ours can grow or be lost.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from collectors.addresses import addresses_of, checked
from collectors.answers import Answer, refusal
from collectors.polite import StoppedError
from klankbord.errors import CollectError, PermanentError, TransientError
from klankbord.ports import Spend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from collectors.line import Line
    from klankbord.settings import BlueskySource

_METHOD = "network.bsky.jetstream.subscribeEvents"
POSTS = "app.bsky.feed.post"
#: seconds for name, connection, TLS and handshake together
_OPENING = 10.0
#: seconds between two looks at `stop`
_LOOK = 0.1
#: bytes; larger events are left out by the server, so that no single one can hold us up for ever
_LARGEST_EVENT = 1_000_000
_LARGEST_FRAME = 4_000_000
#: frames read ahead
_AHEAD = 64


class TooOldError(Exception):
    """The server no longer holds the events of this position."""


class BrokenError(Exception):
    """The connection ended; what was read of it stands."""


class Stream:
    """One open connection."""

    def __init__(self, connection: ClientConnection, line: Line) -> None:
        """Read from `connection`, on the account of `line`."""
        self._connection, self._line = connection, line

    def frame(self, wait: float) -> bytes | None:
        """The next frame; None where none came in `wait` seconds.

        Raises:
            BrokenError: the connection ended.
        """
        try:
            found = self._connection.recv(wait, decode=False)
        except TimeoutError:
            return None
        except (WebSocketException, OSError) as error:
            raise BrokenError(f"the stream broke off ({type(error).__name__}: {error})"[:200]) from error
        self._line.spent += Spend(bytes=len(found))
        return found


def address(stream: str, position: int | None) -> str:
    """Where posts and account events are told from `position` on: a seq, or microseconds since 1970. Pure."""
    asked = [("kinds", "commit"), ("kinds", "account"), ("collections", POSTS)]
    asked.append(("maxMessageSizeBytes", str(_LARGEST_EVENT)))
    if position is not None:
        asked.append(("cursor", str(position)))
    return f"{stream.rstrip('/')}/{_METHOD}?{urlencode(asked)}"


@contextmanager
def opened(line: Line, source: BlueskySource, position: int | None) -> Iterator[Stream]:
    """One connection, closed at the end whatever happens.

    Raises:
        TooOldError: the position lies before what the server keeps.
        CollectError: no connection could be had, or we were asked to stop.
    """
    line.spent += Spend(requests=1)
    opening = _Opening(line, source, position)
    threading.Thread(target=opening.run, name="jetstream", daemon=True).start()
    deadline = time.monotonic() + min(source.timeout, _OPENING)
    while not opening.over.wait(_LOOK):
        if line.stop.is_set():
            opening.abandon()
            raise StoppedError("stopped before the stream was open")
        if time.monotonic() >= deadline:
            opening.abandon()
            raise TransientError("the stream did not open in time")
    with opening.result() as connection:
        yield Stream(connection, line)


class _Opening:
    """Opens a connection on a thread of its own, which is left behind when it takes too long."""

    def __init__(self, line: Line, source: BlueskySource, position: int | None) -> None:
        self._line, self._source = line, source
        self._url = address(source.stream, position)
        self.over = threading.Event()
        self._left = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._stack = ExitStack()
        self._connection: ClientConnection | None = None
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            with ExitStack() as stack:
                connection = self._connected(stack)
                with self._lock:
                    if not self._left:
                        self._connection, self._stack = connection, stack.pop_all()
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            self._error = error
        finally:
            self.over.set()

    def abandon(self) -> None:
        """Wake the thread, so that it ends."""
        with self._lock:
            self._left = True
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._stack.close()

    @contextmanager
    def result(self) -> Iterator[ClientConnection]:
        if self._error or not self._connection:
            raise _refused(self._error or TransientError("no stream"), self._line) from self._error
        with self._stack:
            yield self._connection

    def _connected(self, stack: ExitStack) -> ClientConnection:
        scheme, host, port, _ = checked("http" + self._url.removeprefix("ws"))
        sock = self._socket = _reached(host, port, self._source.allow_addresses)
        stack.callback(sock.close)
        # a given socket: the name is not looked up again, no proxy is asked, no redirect is followed
        return stack.enter_context(
            connect(
                self._url,
                sock=sock,
                ssl=_tls() if scheme == "https" else None,
                server_hostname=host if scheme == "https" else None,
                proxy=None,
                compression=None,
                subprotocols=[Subprotocol("xrpc.v1.json")],
                user_agent_header=self._line.workshop.fetcher._user_agent,  # noqa: SLF001 - it has no other name
                open_timeout=_OPENING,
                # a store that takes its time must not look like a dead line; a silent one is left soon anyway
                ping_interval=None,
                close_timeout=0.1,
                max_size=_LARGEST_FRAME,
                max_queue=_AHEAD,
            )
        )


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading the certificates takes 30 ms."""
    return ssl.create_default_context()


def _reached(host: str, port: int, networks: tuple[str, ...]) -> socket.socket:
    """A connection to the first of the checked addresses that takes it."""
    trouble: Exception = TransientError(f"{host}: no address found")
    for number in addresses_of(host, port, networks):
        try:
            sock = socket.create_connection((number, port), timeout=_OPENING)
        except OSError as error:
            trouble = error
        else:
            # websockets sets limits of its own; a limit on the socket would end a quiet stream
            sock.settimeout(None)
            return sock
    raise trouble


def _refused(error: BaseException, line: Line) -> Exception:
    """What a failed opening means."""
    if isinstance(error, CollectError):
        return error
    if isinstance(error, InvalidStatus):
        response = error.response
        headers = {name.lower(): value for name, value in response.headers.raw_items()}
        body = bytes(response.body or b"")
        answer = Answer(status=response.status_code, body=body, headers=headers, url=line.source.host)
        if answer.status == 400 and b"CursorTooOld" in body:
            return TooOldError("the server no longer holds the events of this position")
        if 300 <= answer.status < 400:
            return PermanentError(f"the stream has moved (the server answered {answer.status})")
        found = refusal(answer, line.now)
        return found or TransientError(f"the server answered {answer.status} and opened no stream")
    return TransientError(f"the stream could not be opened ({type(error).__name__}: {error})"[:300])
