"""Posts come in and are served on loopback as feeds and pages; what the webhook receives is remembered."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qs, urlsplit

from klankbord.demo.feeds import PLACES, feed_of
from klankbord.demo.loopback import Asked, Reply
from klankbord.demo.platforms import FORUM, forum_of
from klankbord.demo.posts import Post

#: a place whose server always answers 500
DEAD = "buurtforum"


class SmallWeb:
    """Feeds with their pages, a Discourse forum, a dead site and a webhook receiver on one loopback port."""

    def __init__(self, posts: Sequence[Post], port: int = 0) -> None:
        """Serve these posts; port 0 takes any free one."""
        self._lock = Lock()
        #: Idempotency-Keys in the order in which the webhook received them
        self.received: list[str] = []
        self.requests = 0
        self._posts: dict[str, list[Post]] = {}
        self.show(posts)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"web": self}))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, name="small-web", daemon=True)

    def show(self, posts: Sequence[Post]) -> None:
        """From now on serve these posts."""
        with self._lock:
            self._posts = {place: [post for post in posts if post.place == place] for place in PLACES}
            self._forum = forum_of(self._posts[FORUM])

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
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def posts_of(self, place: str) -> list[Post]:
        """What a place shows now."""
        with self._lock:
            self.requests += 1
            return list(self._posts.get(place, ()))

    def forum(self, asked: Asked) -> Reply:
        """What the forum's own software answers."""
        with self._lock:
            self.requests += 1
            return self._forum.answer(asked)

    def receive(self, key: str) -> None:
        """Remember a message by its key."""
        with self._lock:
            self.received.append(key)


class _Handler(BaseHTTPRequestHandler):
    web: ClassVar[SmallWeb]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        place, _, rest = self.path.lstrip("/").partition("/")
        if place == DEAD:
            self._answer(500, "text/plain", b"out of order")
        elif place not in PLACES:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(method="GET", path=parts.path, query=query, headers=headers)
            reply = self.web.forum(asked)
            self._answer(reply.status, "", reply.body, dict(reply.headers))
        elif rest == "feed":
            self._feed(place)
        else:
            self._page(place, rest)

    def do_POST(self) -> None:
        size = min(int(self.headers.get("Content-Length") or 0), 100_000)
        body = self.rfile.read(size)
        self.web.receive(self.headers.get("Idempotency-Key") or "")
        self._answer(200 if _is_json(body) else 400, "text/plain", b"")

    def _feed(self, place: str) -> None:
        posts = self.web.posts_of(place)
        kind, body = feed_of(place, posts)
        content = body.encode()
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        newest = max(post.at for post in posts).replace(microsecond=0)
        modified = format_datetime(newest.astimezone(UTC), usegmt=True)
        headers = {"ETag": etag, "Last-Modified": modified, "Cache-Control": "max-age=0"}
        if self.headers.get("If-None-Match") == etag:
            self._answer(304, kind, b"", headers)
        else:
            self._answer(200, kind, content, headers)

    def _page(self, place: str, rest: str) -> None:
        number = rest.removeprefix("p/")
        post = next((post for post in self.web.posts_of(place) if str(post.number) == number), None)
        if post is None:
            self._answer(404, "text/html", b"<p>gone</p>")
            return
        page = f"<!doctype html><article id='post-{post.number}'><p>{escape(post.text)}</p></article>"
        self._answer(200, "text/html; charset=utf-8", page.encode())

    def _answer(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (({"Content-Type": kind} if kind else {}) | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - http.server's signature
        """Stay silent: the terminal belongs to the demo."""


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
