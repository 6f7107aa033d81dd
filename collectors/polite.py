"""An address and its limits come in, one answer goes out: the only place that speaks to web servers.

Every hop is checked before it is made, and the connection goes to the very address that was checked, so that
a name cannot point elsewhere a moment later. The work is done on a thread of its own that is left behind when
time is up or `stop` is set: a server that drips one byte at a time cannot hold a collector.
"""

import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from threading import Event
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

from collectors.addresses import addresses_of, checked, mirrored
from collectors.answers import Answer, not_before, refusal
from collectors.links import redacted
from klankbord.errors import CollectError, ForbiddenError, PermanentError, TransientError
from klankbord.ports import Spend

__all__ = ["Answer", "Fetcher", "Request", "StoppedError", "not_before", "redacted"]

_REDIRECTS = 5
#: seconds one connect or read may take
_SOCKET = 10.0
#: seconds between two looks at `stop`
_LOOK = 0.2
_CHUNK = 65_536
_GONE_OVER = {301, 302, 303, 307, 308}
_FOR_GOOD = {301, 308}
_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
_TROUBLE = (
    OSError,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    zlib.error,
    ValueError,
    AttributeError,
)


class StoppedError(TransientError):
    """We were asked to stop; nothing is wrong with the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One address to read, and what it may cost."""

    url: str
    now: datetime
    stop: Event
    #: seconds for the whole call, redirects included
    timeout: float = 30.0
    #: bytes over the wire
    max_raw: int = 10_000_000
    #: bytes after unpacking
    max_bytes: int = 20_000_000
    #: requests, redirects included
    max_requests: int = _REDIRECTS + 1
    #: replaces scheme, host and port of addresses on the host of `url`
    base_url: str | None = None
    #: private networks that may be read
    networks: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


class Fetcher:
    """Fetches politely; holds no state between two fetches, so every thread may use one."""

    def __init__(self, user_agent: str) -> None:
        """Name ourselves to the servers we read."""
        self._user_agent = user_agent

    def fetch(self, request: Request) -> Answer:
        """Read one address; a 304 is an answer.

        Raises:
            CollectError: one of its five subclasses, `StoppedError` when `request.stop` was set.
        """
        answer = self.ask(request)
        if error := refusal(answer, request.now):
            raise error
        return answer

    def ask(self, request: Request) -> Answer:
        """As `fetch`, but whatever the status, the answer is returned."""
        call = _Call(request, self._user_agent)
        try:
            return _in_time(call, request)
        except CollectError as error:
            raise type(error)(redacted(error.problem), until=error.until) from error.__cause__
        except _TROUBLE as error:
            said = redacted(str(error))[:300]
            raise TransientError(f"{type(error).__name__}: {said}") from error


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading the certificates takes 30 ms."""
    return ssl.create_default_context()


def _in_time(call: "_Call", request: Request) -> Answer:
    """Run the call on a thread, and leave it behind at the time limit or a stop."""
    future: Future[Answer] = Future()
    over = Event()
    threading.Thread(target=_settle, args=(call.run, future, over), name="fetch", daemon=True).start()
    deadline = time.monotonic() + request.timeout
    while not over.wait(min(_LOOK, max(0.0, deadline - time.monotonic()))):
        if request.stop.is_set():
            call.abandon()
            raise StoppedError("stopped before an answer came")
        if time.monotonic() >= deadline:
            call.abandon()
            raise TransientError(f"no whole answer within {request.timeout:g} seconds")
    return future.result()


def _settle(work: Callable[[], Answer], future: Future[Answer], over: Event) -> None:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
        future.set_exception(error)
    finally:
        over.set()


class _Call:
    """One fetch under way: follows redirects, counts what it costs."""

    def __init__(self, request: Request, user_agent: str) -> None:
        self._request, self._user_agent = request, user_agent
        self._open: HTTPConnection | None = None
        self._left = False
        self._deadline = time.monotonic() + request.timeout

    def abandon(self) -> None:
        """Wake the thread that waits for this server, so that it ends."""
        self._left = True
        if (connection := self._open) and (sock := connection.sock):
            with suppress(OSError, AttributeError, ValueError):
                sock.shutdown(socket.SHUT_RDWR)

    def run(self) -> Answer:
        """Follow the address until something answers that is no redirect."""
        url, permanent, spent = self._request.url, True, Spend()
        moved: str | None = None
        host = checked(url)[1]
        for _ in range(min(_REDIRECTS + 1, self._request.max_requests)):
            answer = self._one(url, mirrored(url, host, self._request.base_url))
            spent += answer.spent
            target = answer.header("location")
            if answer.status not in _GONE_OVER or not target:
                return replace(answer, permanent_url=moved, spent=spent)
            url = _joined(url, target)
            permanent = permanent and answer.status in _FOR_GOOD
            moved = url if permanent else moved
        raise PermanentError(f"more redirects than {_REDIRECTS}, or than the budget allows")

    def _one(self, url: str, address: str) -> Answer:
        scheme, host, port, path = checked(address)
        connection = self._connected(scheme, host, port)
        try:
            connection.request(
                "GET",
                path,
                headers=self._headers(scheme, host, port),
                preload_content=False,
                decode_content=False,
            )
            with closing(connection.getresponse()) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                wanted = response.status not in (_GONE_OVER | {304})
                body, raw = self._body(response, headers) if wanted else (b"", 0)
                spent = Spend(requests=1, bytes=raw)
                return Answer(status=response.status, body=body, headers=headers, url=url, spent=spent)
        finally:
            connection.close()

    def _headers(self, scheme: str, host: str, port: int) -> dict[str, str]:
        name = f"[{host}]" if ":" in host else host
        usual = port == (443 if scheme == "https" else 80)
        own = {
            "Host": name if usual else f"{name}:{port}",
            "User-Agent": self._user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        return own | dict(self._request.headers)

    def _connected(self, scheme: str, host: str, port: int) -> HTTPConnection:
        """A connection to the first of the checked addresses that takes it."""
        trouble: Exception = TransientError(f"{host}: no address found")
        for number in addresses_of(host, port, self._request.networks):
            self._look()
            limit = min(_SOCKET, max(0.1, self._deadline - time.monotonic()))
            connection = (
                HTTPSConnection(number, port, timeout=limit, ssl_context=_tls(), server_hostname=host)
                if scheme == "https"
                else HTTPConnection(number, port, timeout=limit)
            )
            self._open = connection
            try:
                connection.connect()
            except (OSError, urllib3.exceptions.HTTPError) as error:
                connection.close()
                trouble = error
            else:
                return connection
        raise trouble

    def _body(self, response: BaseHTTPResponse, headers: dict[str, str]) -> tuple[bytes, int]:
        unpack = _unpacker(headers.get("content-encoding", ""), self._request.max_bytes)
        raw, body = 0, bytearray()
        while chunk := response.read1(_CHUNK):
            self._look()
            raw += len(chunk)
            if raw > self._request.max_raw:
                raise PermanentError(f"the answer is larger than {self._request.max_raw:,} bytes")
            body += unpack(chunk)
        body += unpack(b"")
        return bytes(body), raw

    def _look(self) -> None:
        if self._left:
            raise StoppedError("left behind")


def _joined(url: str, target: str) -> str:
    joined = urljoin(url, target.strip())
    if urlsplit(joined).scheme not in {"http", "https"}:
        raise ForbiddenError(f"a redirect to {joined[:100]!r} is not followed")
    return joined


def _unpacker(encoding: str, limit: int) -> Callable[[bytes], bytes]:
    """A function that unpacks piece by piece and never holds more than `limit` bytes in all; b"" ends it."""
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return _Plain(limit)
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return _Zlib(limit)
    raise TransientError(f"the answer is packed in a way we did not ask for: {encoding[:40]!r}")


class _Plain:
    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0

    def __call__(self, piece: bytes) -> bytes:
        self._size += len(piece)
        if self._size > self._limit:
            raise PermanentError(f"the answer is larger than {self._limit:,} bytes")
        return piece


class _Zlib:
    """Unpacks gzip, also in several members, and deflate with or without the zlib header."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._stream = zlib.decompressobj(wbits=47)
        self._begun = False

    def __call__(self, piece: bytes) -> bytes:
        if not piece:
            if self._begun and not self._stream.eof:
                raise TransientError("the packed answer was cut short")
            return b""
        out = bytearray()
        while piece:
            out += self._some(piece)
            if self._size > self._limit:
                raise PermanentError(f"the answer is larger than {self._limit:,} bytes after unpacking")
            piece = self._stream.unconsumed_tail
            if self._stream.eof:
                piece = self._next_member()
        return bytes(out)

    def _some(self, piece: bytes) -> bytes:
        room = self._limit - self._size + 1
        try:
            got = self._stream.decompress(piece, room)
        except zlib.error:
            if self._begun:
                raise
            self._stream = zlib.decompressobj(wbits=-15)
            got = self._stream.decompress(piece, room)
        self._begun = True
        self._size += len(got)
        return got

    def _next_member(self) -> bytes:
        rest = self._stream.unused_data
        if not rest.startswith(b"\x1f\x8b"):
            # padding after the last member is allowed and common
            return b""
        self._stream = zlib.decompressobj(wbits=47)
        return rest
