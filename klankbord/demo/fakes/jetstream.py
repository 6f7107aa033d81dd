"""A fake Bluesky comes in and stands on two loopback ports: its stream on one, its search on the other."""

from __future__ import annotations

import json
import logging
import socket
import struct
from collections import deque
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Self, cast
from urllib.parse import parse_qs, urlsplit

from klankbord.demo.loopback import Asked, Loopback, Reply, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from websockets.http11 import Request, Response
    from websockets.sync.server import Server, ServerConnection

    from klankbord.demo.fakes.bluesky import FakeBluesky

_METHOD = "network.bsky.jetstream.subscribeEvents"
_NAME = f"/xrpc/{_METHOD}"
_KINDS = {"commit", "identity", "account", "sync"}
#: from here on a cursor is a time in microseconds
_SEQ_END = 10**15
_KEPT = 2_000
_LOOK = 0.05


class JetstreamStand:
    """The stream of a fake Bluesky, as `Loopback` is for what speaks HTTP; its search stands beside it."""

    def __init__(self, fake: FakeBluesky, port: int = 0) -> None:
        """Take a port, any free one for 0; it listens once it is entered."""
        from websockets.sync.server import serve
        from websockets.typing import Subprotocol

        silent = logging.getLogger("klankbord.demo.jetstream")
        silent.addHandler(logging.NullHandler())
        silent.propagate = False
        self.fake, self._lock, self._over = fake, Lock(), Event()
        self._next: deque[Reply | Trouble] = deque()
        self._always: Reply | Trouble | None = None
        #: the newest requests, those to the search as well
        self.asked: deque[Asked] = deque(maxlen=_KEPT)
        self.requests = 0
        #: for troubles of the search alone
        self.search = Loopback(self)
        self._server: Server = serve(
            self._subscribed,
            "127.0.0.1",
            port,
            process_request=self._opened,
            subprotocols=[Subprotocol("xrpc.v1.json")],
            compression=None,
            ping_interval=None,
            close_timeout=0.2,
            logger=silent,
        )
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """Where its stream is reached: `ws://127.0.0.1:PORT`."""
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self.search.__enter__()
        self.fake.search_address = self.search.address
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        with self.fake.changed:
            self.fake.changed.notify_all()
        self._server.shutdown()
        self._thread.join(timeout=5)
        self.search.__exit__(None, None, None)

    def always(self, trouble: Reply | Trouble) -> None:
        """From now on the stream goes wrong like this."""
        self._always = trouble

    def next(self, *troubles: Reply | Trouble) -> None:
        """The stream goes wrong like these, one a connection; then it is well."""
        with self._lock:
            self._next.extend(troubles)

    def well(self) -> None:
        """Answer as the service does."""
        with self._lock:
            self._next.clear()
        self._always = None

    def answer(self, asked: Asked) -> Reply:
        """The search's part."""
        self._noted(asked)
        return self.fake.answer(asked)

    def _noted(self, asked: Asked) -> None:
        with self._lock:
            self.requests += 1
            self.asked.append(asked)

    def _opened(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse before the upgrade, as Jetstream does, or let the connection be opened."""
        parts = urlsplit(request.path)
        query = parse_qs(parts.query)
        headers = {name.lower(): value for name, value in request.headers.raw_items()}
        told = {name: ",".join(values) for name, values in query.items()}
        self._noted(Asked(method="GET", path=parts.path, query=told, headers=headers))
        with self._lock:
            trouble = self._next.popleft() if self._next else self._always
        if isinstance(trouble, Reply):
            return _response(trouble)
        if trouble in {Trouble.HANG, Trouble.RESET}:
            self._go_wrong(connection, cast("Trouble", trouble))
        connection.trouble = trouble  # type: ignore[attr-defined]
        refusal = _refusal(parts.path, query, self.fake)
        return _response(Reply(status=400, body=json.dumps(refusal).encode())) if refusal else None

    def _go_wrong(self, connection: ServerConnection, trouble: Trouble) -> None:
        if trouble is Trouble.HANG:
            self._over.wait(30)
        # linger 0: the peer sees a reset, not an end
        with suppress(OSError):
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.socket.shutdown(socket.SHUT_RD)
            connection.socket.close()

    def _subscribed(self, connection: ServerConnection) -> None:
        from websockets.exceptions import ConnectionClosed

        request = connection.request
        query = parse_qs(urlsplit(request.path if request else "").query)
        trouble = getattr(connection, "trouble", None)
        with suppress(ConnectionClosed, OSError):
            if trouble is Trouble.GARBAGE:
                for frame in ("\x00\ufffd{<garbage", b"\x00\xff\xfe", '{"$type":"message"}', "[[[["):
                    connection.send(frame)
            elif trouble is Trouble.CUT:
                # a frame that promises 500 bytes, and an end in the middle of it
                connection.socket.sendall(b"\x81\x7e\x01\xf4" + b'{"$type":"message","payload":{')
                connection.socket.shutdown(socket.SHUT_RDWR)
            else:
                self._tell(connection, query)

    def _tell(self, connection: ServerConnection, query: dict[str, list[str]]) -> None:
        for sent, payload in enumerate(self._payloads(query, lambda: _alive(connection))):
            if self.fake.too_slow_after is not None and sent >= self.fake.too_slow_after:
                said = {"$type": "error", "error": "ConsumerTooSlow", "message": "reading too slowly"}
                connection.send(json.dumps(said))
                return
            connection.send(json.dumps({"$type": "message", "payload": payload}))

    def _payloads(self, query: dict[str, list[str]], alive: Callable[[], bool]) -> Iterator[dict[str, Any]]:
        fake = self.fake
        at, notice = _begin(query, fake)
        if notice:
            yield {"$type": f"{_METHOD}#info", "name": notice, "message": f"resumed at seq {at + 1}"}
        kinds, collections = query.get("kinds") or _KINDS, query.get("collections")
        largest = int(query.get("maxMessageSizeBytes", ["0"])[0])
        while not self._over.is_set() and alive():
            with fake.changed:
                if at >= len(fake.events):
                    fake.changed.wait(_LOOK)
                events = fake.events[at : at + 500]
            at += len(events)
            for event in events:
                kind = event["$type"].rpartition("#")[2]
                other = kind == "commit" and collections and event["collection"] not in collections
                too_large = largest and len(json.dumps(event)) > largest
                if kind in kinds and not other and not too_large:
                    yield event


def _alive(connection: ServerConnection) -> bool:
    try:
        connection.recv(timeout=0)
    except TimeoutError:
        return True
    # a subscriber that says something is cut off
    return False


def _begin(query: dict[str, list[str]], fake: FakeBluesky) -> tuple[int, str]:
    """How many events lie before the first to tell, and the notice that comes before it."""
    if "cursor" not in query:
        return len(fake.events), ""
    cursor = int(query["cursor"][0])
    if cursor < _SEQ_END:
        beyond = cursor > len(fake.events) + 1
        return (len(fake.events), "FutureCursor") if beyond else (cursor - 1, "")
    micros = [_micros(event["witnessedAt"]) for event in fake.events]
    first = next((place for place, moment in enumerate(micros) if moment >= cursor), len(micros))
    if first < fake.floor - 1:
        return fake.floor - 1, "OutdatedCursor"
    return first, ""


def _micros(moment: str) -> int:
    from datetime import datetime

    return round(datetime.fromisoformat(moment).timestamp() * 1_000_000)


def _refusal(path: str, query: dict[str, list[str]], fake: FakeBluesky) -> dict[str, str] | None:
    kinds = set(query.get("kinds", []))
    if path != _NAME:
        return {"error": "MethodNotImplemented", "message": "no such method"}
    if kinds - _KINDS or {"wantedCollections", "wantedDids"} & query.keys():
        return {"error": "InvalidRequest", "message": "unknown kind, or a name of the first version"}
    if kinds and "commit" not in kinds and "collections" in query:
        return {"error": "InvalidRequest", "message": "collections without commits"}
    cursor = int(query.get("cursor", ["0"])[0])
    if "cursor" in query and cursor < min(fake.floor, _SEQ_END):
        return {"error": "CursorTooOld", "message": f"the oldest seq is {fake.floor}"}
    return None


def _response(reply: Reply) -> Response:
    from websockets.datastructures import Headers
    from websockets.http11 import Response

    headers = Headers(
        [*reply.headers.items(), ("Content-Length", str(len(reply.body))), ("Connection", "close")]
    )
    return Response(reply.status, "", headers, reply.body)
