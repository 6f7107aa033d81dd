"""An address and its limits come in, one answer goes out: the only place that speaks to web servers.

Every hop is checked before it is made, and the connection goes to the very address that was checked, so that
a name cannot point elsewhere a moment later. The work is done on another thread that is left behind when time
is up or `stop` is set: a server that drips one byte at a time cannot hold a collector.
"""

import http.client
import socket
import ssl
import time
import zlib
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from threading import Event
from urllib.parse import urljoin, urlsplit
from weakref import finalize

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import BaseHTTPResponse

from collectors.addresses import addresses_of, checked, mirrored
from collectors.answers import Answer, not_before, refusal
from collectors.errands import Errands
from collectors.links import redacted
from collectors.unpack import unpacker
from collectors.wires import Wire, Wires
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
#: answers whose body is not read
_BARE = _GONE_OVER | {304}
#: of the caller's headers, what another host may see as well: versions of a text, which open nothing
_OPEN_TO_ALL = {"if-none-match", "if-modified-since", "accept", "accept-language"}
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
    method: str = "GET"
    body: bytes | None = None


class Fetcher:
    """Fetches politely; holds nothing but connections between two fetches, so every thread may use one."""

    def __init__(self, user_agent: str) -> None:
        """Name ourselves to the servers we read."""
        self._user_agent = user_agent
        self._wires = Wires()
        self._errands = Errands(self._wires.sweep)
        finalize(self, self._wires.close)

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
        call = _Call(request, self._user_agent, self._wires)
        try:
            return _in_time(call, request, self._errands)
        except CollectError as error:
            raise type(error)(redacted(error.problem), until=error.until) from error.__cause__
        except _TROUBLE as error:
            said = redacted(str(error))[:300]
            raise TransientError(f"{type(error).__name__}: {said}") from error


@cache
def _tls() -> ssl.SSLContext:
    """Made once: reading the certificates takes 30 ms."""
    return ssl.create_default_context()


def _in_time(call: "_Call", request: Request, errands: Errands) -> Answer:
    """Have the call done on another thread, and leave it behind at the time limit or a stop."""
    errand = errands.begin(call.run)
    deadline = time.monotonic() + request.timeout
    while not errand.ended(min(_LOOK, max(0.0, deadline - time.monotonic()))):
        if request.stop.is_set():
            call.abandon()
            raise StoppedError("stopped before an answer came")
        if time.monotonic() >= deadline:
            call.abandon()
            raise TransientError(f"no whole answer within {request.timeout:g} seconds")
    return errand.result()


class _Call:
    """One fetch under way: follows redirects, counts what it costs."""

    def __init__(self, request: Request, user_agent: str, wires: Wires) -> None:
        self._request, self._user_agent, self._wires = request, user_agent, wires
        self._open: HTTPConnection | None = None
        self._left = False
        self._requests = 0
        self._most = min(_REDIRECTS + 1, request.max_requests)
        self._deadline = time.monotonic() + request.timeout

    def abandon(self) -> None:
        """Wake the thread that waits for this server, so that it ends."""
        self._left = True
        if (connection := self._open) and (sock := connection.sock):
            with suppress(OSError, AttributeError, ValueError):
                sock.shutdown(socket.SHUT_RDWR)

    def run(self) -> Answer:
        """Follow the address until something answers that is no redirect."""
        request, url, permanent, size = self._request, self._request.url, True, 0
        moved: str | None = None
        host = checked(url)[1]
        home = checked(mirrored(url, host, request.base_url))[:3]
        while self._requests < self._most:
            place = checked(mirrored(url, host, request.base_url))
            answer = self._one(url, place, home=place[:3] == home)
            size += answer.spent.bytes
            target = answer.header("location")
            # only a GET is sent on: what a POST carries was meant for the first address
            if answer.status not in _GONE_OVER or not target or request.method != "GET":
                spent = Spend(requests=self._requests, bytes=size)
                return replace(answer, permanent_url=moved, spent=spent)
            url = _joined(url, target)
            permanent = permanent and answer.status in _FOR_GOOD
            moved = url if permanent else moved
        raise PermanentError(f"more redirects than {_REDIRECTS}, or than the budget allows")

    def _one(self, url: str, place: tuple[str, str, int, str], *, home: bool) -> Answer:
        scheme, host, port, path = place
        headers = self._headers(scheme, host, port, home=home)
        wire, response = self._heard(scheme, host, port, path, headers)
        whole = False
        try:
            with closing(response):
                found = {name.lower(): value for name, value in response.headers.items()}
                body, raw = self._body(response, found) if response.status not in _BARE else (b"", 0)
            # the body of a redirect is not waited for, so what comes next on the connection is not known
            whole = response.status not in _GONE_OVER
            spent = Spend(requests=1, bytes=raw)
            return Answer(status=response.status, body=body, headers=found, url=url, spent=spent)
        finally:
            self._open = None
            # a connection that the server ends has no socket any more
            if whole and wire.connection.sock and not self._left:
                self._wires.give(wire)
            else:
                wire.connection.close()

    def _heard(
        self, scheme: str, host: str, port: int, path: str, headers: dict[str, str]
    ) -> tuple[Wire, BaseHTTPResponse]:
        """The head of an answer, on a connection that was kept where there is one.

        Who answers at a name is looked up and checked each time: a kept connection is used only where its
        address may be used now.
        """
        numbers = addresses_of(host, port, self._request.networks)
        if kept := self._kept(scheme, host, port, numbers):
            try:
                return kept, self._said(kept, path, headers)
            except (ConnectionError, http.client.BadStatusLine):
                # The server ended it in the meantime; that is no trouble, and a GET may be asked twice.
                if self._left or self._requests >= self._most:
                    raise
        wire = self._fresh(scheme, host, port, numbers)
        return wire, self._said(wire, path, headers)

    def _kept(self, scheme: str, host: str, port: int, numbers: tuple[str, ...]) -> Wire | None:
        if self._request.method != "GET":
            return None
        found = (self._wires.take((scheme, number, host, port)) for number in numbers)
        return next((wire for wire in found if wire), None)

    def _said(self, wire: Wire, path: str, headers: dict[str, str]) -> BaseHTTPResponse:
        connection = self._open = wire.connection
        connection.timeout = self._limit()
        self._look()
        self._requests += 1
        try:
            connection.request(
                self._request.method,
                path,
                body=self._request.body,
                headers=headers,
                preload_content=False,
                decode_content=False,
            )
            return connection.getresponse()
        except BaseException:
            connection.close()
            raise

    def _headers(self, scheme: str, host: str, port: int, *, home: bool) -> dict[str, str]:
        """Ours and the caller's; keys and tokens only for the place that the caller named."""
        name = f"[{host}]" if ":" in host else host
        usual = port == (443 if scheme == "https" else 80)
        own = {
            "Host": name if usual else f"{name}:{port}",
            "User-Agent": self._user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip",
        }
        return own | {
            key: value for key, value in self._request.headers if home or key.lower() in _OPEN_TO_ALL
        }

    def _fresh(self, scheme: str, host: str, port: int, numbers: tuple[str, ...]) -> Wire:
        """A connection to the first of the checked addresses that takes it."""
        trouble: Exception = TransientError(f"{host}: no address found")
        for number in numbers:
            self._look()
            connection = (
                HTTPSConnection(number, port, timeout=self._limit(), ssl_context=_tls(), server_hostname=host)
                if scheme == "https"
                else HTTPConnection(number, port, timeout=self._limit())
            )
            self._open = connection
            try:
                connection.connect()
            except (OSError, urllib3.exceptions.HTTPError) as error:
                connection.close()
                trouble = error
            else:
                return Wire(place=(scheme, number, host, port), connection=connection)
        raise trouble

    def _limit(self) -> float:
        """Seconds that the next connect or read may take."""
        return min(_SOCKET, max(0.1, self._deadline - time.monotonic()))

    def _body(self, response: BaseHTTPResponse, headers: dict[str, str]) -> tuple[bytes, int]:
        unpack = unpacker(headers.get("content-encoding", ""), self._request.max_bytes)
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
