"""A small web on loopback for tests: say what each path answers, then count what was asked.

with FakeSite() as site:
    site.feed("/feed", entry("Storing!", author="Jan")).etag('"1"')
    site.redirect("/old", "/feed", status=301)
"""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

_DAY = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
_NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:thr="http://purl.org/syndication/thread/1.0"'
)


def entry(
    text: str = "Al drie dagen storing bij Voorbeeld BV.",
    *,
    title: str = "Storing",
    id: str | None = "1",  # noqa: A002 - the feed's own word
    link: str | None = None,
    at: datetime | str | None = _DAY,
    author: str | None = None,
    more: str = "",
) -> str:
    """One RSS item; None leaves a field out."""
    date = format_datetime(at) if isinstance(at, datetime) else at
    fields = {
        "title": title,
        "guid": id,
        "link": link,
        "pubDate": date,
        "dc:creator": author,
        "description": text,
    }
    return (
        "<item>"
        + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in fields.items() if v is not None)
        + more
        + "</item>"
    )


def rss(*entries: str, title: str = "Blog", language: str = "nl") -> bytes:
    """A whole feed."""
    head = f"<title>{escape(title)}</title>" + (f"<language>{language}</language>" if language else "")
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {_NAMESPACES}><channel>{head}'
        f"{''.join(entries)}</channel></rss>"
    ).encode()


@dataclass(kw_only=True)
class Route:
    """What one path answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    #: writes the answer instead of the fields above
    act: Callable[[BaseHTTPRequestHandler], None] | None = None

    def etag(self, value: str) -> "Route":
        """Answer 304 to who has this version."""
        self.headers["ETag"] = value
        return self

    def header(self, name: str, value: str) -> "Route":
        """Send one more header."""
        self.headers[name] = value
        return self

    def packed(self) -> "Route":
        """Send the body as gzip."""
        self.body, self.headers["Content-Encoding"] = gzip.compress(self.body), "gzip"
        return self


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One request that came in."""

    path: str
    headers: dict[str, str]


class FakeSite:
    """A web server on a free port of 127.0.0.1 for the time of a `with`."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._routes: dict[str, Route] = {}
        self._over = threading.Event()

    def __enter__(self) -> Self:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(seen.path == path for seen in self.seen)

    def route(self, path: str, route: Route) -> Route:
        """Let a path answer so from now on."""
        self._routes[path] = route
        return route

    def feed(self, path: str, *entries: str, title: str = "Blog", language: str = "nl") -> Route:
        """A path that answers a feed of these entries."""
        return self.body(path, rss(*entries, title=title, language=language), "application/rss+xml")

    def body(self, path: str, body: bytes, content_type: str = "text/html; charset=utf-8") -> Route:
        """A path that answers these bytes."""
        headers = {"Content-Type": content_type} if content_type else {}
        return self.route(path, Route(body=body, headers=headers))

    def status(self, path: str, status: int, **headers: str) -> Route:
        """A path that answers a bare status; header names with `_` for `-`."""
        return self.route(
            path, Route(status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})
        )

    def redirect(self, path: str, to: str, status: int = 302) -> Route:
        """A path that sends on."""
        return self.route(path, Route(status=status, headers={"Location": to}))

    def hang(self, path: str) -> Route:
        """A path that takes the request and says nothing."""

        def wait(_: BaseHTTPRequestHandler) -> None:
            self._over.wait(30)

        return self.route(path, Route(act=wait))

    def slow_drip(self, path: str, *, head: bytes = b"HTTP/1.0 200 OK\r\n\r\n", every: float = 0.05) -> Route:
        """A path that sends one byte at a time, for ever."""

        def drip(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(head)
            while not self._over.wait(every):
                handler.wfile.write(b"x")

        return self.route(path, Route(act=drip))

    def gzip_bomb(self, path: str, megabytes: int = 500) -> Route:
        """A path whose small answer unpacks to that much."""
        piece = gzip.compress(b"\x00" * 1_000_000 * 10, compresslevel=9)

        def bomb(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Encoding", "gzip")
            handler.end_headers()
            for _ in range(megabytes // 10):
                handler.wfile.write(piece)

        return self.route(path, Route(act=bomb))

    def cut_short(self, path: str, body: bytes) -> Route:
        """A path that promises more bytes than it sends."""

        def cut(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body) + 100))
            handler.end_headers()
            handler.wfile.write(body)

        return self.route(path, Route(act=cut))

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.seen.append(Seen(path=handler.path, headers={k.lower(): v for k, v in handler.headers.items()}))
        route = self._routes.get(handler.path) or Route(status=404)
        try:
            if route.act:
                route.act(handler)
                return
            known = route.headers.get("ETag")
            same = known is not None and handler.headers.get("If-None-Match") == known
            self._send(handler, route, same=same)
        except OSError:
            # the client went away, as some tests want
            handler.close_connection = True

    def _send(self, handler: BaseHTTPRequestHandler, route: Route, *, same: bool) -> None:
        handler.send_response(304 if same else route.status)
        for name, value in route.headers.items():
            handler.send_header(name, value)
        if not same:
            handler.send_header("Content-Length", str(len(route.body)))
        handler.end_headers()
        if not same:
            handler.wfile.write(route.body)
