"""Requests of LinkedIn's webhook come in, notes go into the inbox: the door that LinkedIn knocks on.

It stands on loopback only, behind the administrator's reverse proxy, which brings TLS: LinkedIn calls
nothing else. It asks LinkedIn nothing. The contract: learn.microsoft.com, LinkedIn,
shared/api-guide/webhook-validation, read in a copy of 2026-08-13.
"""

import hashlib
import hmac
import json
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import BoundedSemaphore, Event, Thread, Timer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from collectors.linkedin_inbox import Inbox
from collectors.linkedin_notes import notes_of
from klankbord.errors import AuthError

#: a delivery holds ten notifications at most
LARGEST = 1_000_000
#: LinkedIn signs this and the body; the header holds only the signature
_PREFIX = b"hmacsha256="
#: the signature of a challenge answers any code: only codes of the documented shape may be signed, or whoever
#: asks for a "code" that reads hmacsha256={…} could sign deliveries of his own
_CODE = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: seconds for one read, for a whole request, and between two looks at `stop`
_READ, _WHOLE, _LOOK = 5.0, 15.0, 0.2
_AT_ONCE = 16

#: status, headers, body
Replied = tuple[int, dict[str, str], bytes]


def replied(  # noqa: PLR0917 - a request has these parts
    method: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: bytes,
    secret: str,
    inbox: Inbox,
    now: datetime,
) -> Replied:
    """The answer to one request; what a signed delivery tells is in the inbox when it is a 200.

    Args:
        method: GET asks to prove the endpoint, POST delivers.
        query: parameters of the address.
        headers: names in lower case.
        body: exactly as it came: the signature is over these bytes.
        secret: the app's client secret.
        inbox: where notes are kept.
        now: the moment.
    """
    if method == "GET":
        return _proved(query.get("challengeCode", ""), secret)
    if method != "POST":
        return _told(405, "only GET and POST are answered")
    if len(body) > LARGEST:
        return _told(413, "too large")
    if not signed(body, headers.get("x-li-signature", ""), secret):
        return _told(401, "the signature does not fit")
    return _delivered(body, inbox, now)


def signature(body: bytes, secret: str) -> str:
    """What X-LI-Signature holds for a body."""
    return hmac.new(secret.encode(), _PREFIX + body, hashlib.sha256).hexdigest()


def signed(body: bytes, given: str, secret: str) -> bool:
    """Whether the header fits the body; compared in constant time."""
    given = given.strip().lower().removeprefix(_PREFIX.decode())
    return hmac.compare_digest(signature(body, secret).encode(), given.encode("utf-8", "replace"))


def _proved(code: str, secret: str) -> Replied:
    if not _CODE.fullmatch(code):
        return _told(400, "challengeCode is no code of LinkedIn's")
    response = hmac.new(secret.encode(), code.encode(), hashlib.sha256).hexdigest()
    return _json(200, {"challengeCode": code, "challengeResponse": response})


def _delivered(body: bytes, inbox: Inbox, now: datetime) -> Replied:
    try:
        notes, odd = notes_of(json.loads(body), inbox, now)
    except (ValueError, KeyError, TypeError, RecursionError):
        return _told(400, "no notifications")
    try:
        new = inbox.put(notes)
    except OSError:
        # LinkedIn tries again every five minutes for eight hours
        return _told(503, "cannot be kept now")
    return _json(200, {"kept": new, "unreadable": odd})


def _told(status: int, words: str) -> Replied:
    return _json(status, {"problem": words})


def _json(status: int, content: Mapping[str, object]) -> Replied:
    return status, {"Content-Type": "application/json"}, json.dumps(content).encode()


def serve_inbox(
    secret: Callable[[], str],
    inbox: Inbox,
    *,
    port: int,
    stop: Event,
    clock: Callable[[], datetime],
    ready: Callable[[int], None] = lambda _: None,
) -> None:
    """Answer LinkedIn on 127.0.0.1 until `stop` is set.

    Args:
        secret: gives the app's client secret; asked anew for each request, so that a new one counts at once.
        inbox: where notes are kept.
        port: 0: any free one.
        stop: ends the serving within a second.
        clock: the moment.
        ready: told the port once requests are answered.

    Raises:
        OSError: the port is taken.
    """
    handler = type("Handler", (_Handler,), {"desk": _Desk(secret=secret, inbox=inbox, clock=clock)})
    with _Server(("127.0.0.1", port), handler) as server:
        serving = Thread(target=server.serve_forever, args=(_LOOK,), name="linkedin", daemon=True)
        serving.start()
        ready(server.server_address[1])
        stop.wait()
        server.shutdown()
        serving.join(timeout=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    secret: Callable[[], str]
    inbox: Inbox
    clock: Callable[[], datetime]

    def reply(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Replied:
        try:
            secret = self.secret()
        except AuthError:
            return _told(503, "the client secret is missing here")
        query = dict(parse_qsl(urlsplit(path).query))
        named = {name.lower(): value for name, value in headers.items()}
        return replied(method, query, named, body, secret, self.inbox, self.clock())


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._places = BoundedSemaphore(_AT_ONCE)
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's signature
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        # whoever sends a byte now and then is cut off: a place is held for a bounded time
        limit = Timer(_WHOLE, _cut, (request,))
        limit.daemon = True
        limit.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            limit.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """A client that went away is no news."""


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    desk: ClassVar[_Desk]
    timeout = _READ
    server_version, sys_version = "klankbord", ""

    def do_GET(self) -> None:
        self._reply(b"")

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "")
        if not size.isdecimal():
            self._send(_told(411, "Content-Length is missing"))
        elif len(size) > 12 or int(size) > LARGEST:
            self._send(_told(413, "too large"))
        elif len(body := self.rfile.read(int(size))) == int(size):
            self._reply(body)

    def _reply(self, body: bytes) -> None:
        self._send(self.desk.reply(self.command, self.path, dict(self.headers), body))

    def _send(self, reply: Replied) -> None:
        status, headers, body = reply
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - http.server's signature
        """Stay silent: an address holds the challenge."""
