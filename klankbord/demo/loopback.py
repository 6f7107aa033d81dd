"""A fake service comes in and stands on a loopback port; it can be told to misbehave as real ones do."""

import socket
import struct
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, ClassVar, Protocol, Self
from urllib.parse import parse_qs, urlsplit

_KEPT = 2_000
_LARGEST = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as the service sees it."""

    method: str
    path: str
    query: Mapping[str, str]
    #: names in lower case
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Trouble(Enum):
    """Ways of going wrong that are no answer at all."""

    HANG = "takes the request and says nothing"
    RESET = "closes the connection at once"
    CUT = "promises more bytes than it sends"
    GARBAGE = "answers 200 with bytes that mean nothing"


class Service(Protocol):
    """Answers as one platform does, from what it holds."""

    def answer(self, asked: Asked) -> Reply:
        """The reply to one request; called from many threads."""
        ...


class Loopback:
    """One service on one port of 127.0.0.1; remembers what was asked of it."""

    def __init__(self, service: Service, port: int = 0) -> None:
        """Take a port, any free one for 0; requests are answered once it is entered."""
        self._service, self._lock, self._over = service, Lock(), Event()
        self._next: deque[Reply | Trouble] = deque()
        self._always: Reply | Trouble | None = None
        #: the newest requests
        self.asked: deque[Asked] = deque(maxlen=_KEPT)
        self.requests = 0
        handler = type("Handler", (_Handler,), {"loopback": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        """Where it is reached: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def always(self, trouble: Reply | Trouble) -> None:
        """From now on go wrong like this."""
        self._always = trouble

    def next(self, *troubles: Reply | Trouble) -> None:
        """Go wrong like these, one a request; then be well."""
        with self._lock:
            self._next.extend(troubles)

    def well(self) -> None:
        """Answer as the service does."""
        with self._lock:
            self._next.clear()
        self._always = None

    def replied(self, asked: Asked) -> Reply | Trouble:
        """What this request gets."""
        with self._lock:
            self.requests += 1
            self.asked.append(asked)
            trouble = self._next.popleft() if self._next else self._always
        return trouble or self._service.answer(asked)

    def wait(self) -> None:
        """Hang until the end, or for half a minute."""
        self._over.wait(30)


class _Handler(BaseHTTPRequestHandler):
    loopback: ClassVar[Loopback]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._reply()

    def do_POST(self) -> None:
        self._reply()

    def do_DELETE(self) -> None:
        self._reply()

    def _reply(self) -> None:
        size = min(int(self.headers.get("Content-Length") or 0), _LARGEST)
        parts = urlsplit(self.path)
        asked = Asked(
            method=self.command,
            path=parts.path,
            query={
                name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
            },
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(size),
        )
        reply = self.loopback.replied(asked)
        try:
            if isinstance(reply, Trouble):
                self._go_wrong(reply)
            else:
                self._send(reply)
        except OSError:
            # the client went away, as some tests want
            self.close_connection = True

    def _send(self, reply: Reply, *, missing: int = 0) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body) + missing))
        self.end_headers()
        self.wfile.write(reply.body)

    def _go_wrong(self, trouble: Trouble) -> None:
        self.close_connection = True
        if trouble is Trouble.HANG:
            self.loopback.wait()
        elif trouble is Trouble.RESET:
            # linger 0: the peer sees a reset, not an end
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        elif trouble is Trouble.CUT:
            self._send(Reply(body=b'{"data":['), missing=500)
        else:
            self._send(Reply(body=b"\x00\xff\xfe{<garbage", headers={"Content-Type": "application/json"}))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - http.server's signature
        """Stay silent: the terminal belongs to the demo."""
