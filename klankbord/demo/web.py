"""Posts come in and are served on loopback as feeds and pages; what the webhook receives is remembered."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from email.utils import format_datetime
from html import escape
from threading import Lock
from types import TracebackType
from typing import Self

from klankbord.demo.feeds import PLACES, feed_of
from klankbord.demo.loopback import Asked, Loopback, Reply
from klankbord.demo.platforms import FORUM, forum_of
from klankbord.demo.posts import Post

#: a place whose server always answers 500
DEAD = "buurtforum"
#: bytes of a webhook that are looked at
_MOST = 100_000


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
        self._standing = Loopback(self, port)

    def show(self, posts: Sequence[Post]) -> None:
        """From now on serve these posts."""
        with self._lock:
            self._posts = {place: [post for post in posts if post.place == place] for place in PLACES}
            self._forum = forum_of(self._posts[FORUM])

    @property
    def address(self) -> str:
        """Where it is reached: `http://127.0.0.1:PORT`."""
        return self._standing.address

    def __enter__(self) -> Self:
        self._standing.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._standing.__exit__(kind, error, trace)

    def answer(self, asked: Asked) -> Reply:
        """The reply of whichever place was asked."""
        if asked.method == "POST":
            return self._received(asked)
        place, _, rest = asked.path.lstrip("/").partition("/")
        if place == DEAD:
            return _said(500, "text/plain", b"out of order")
        if place not in PLACES:
            return self._from_forum(asked)
        posts = self._posts_of(place)
        return _feed(place, posts, asked) if rest == "feed" else _page(posts, rest)

    def _received(self, asked: Asked) -> Reply:
        with self._lock:
            self.received.append(asked.headers.get("idempotency-key", ""))
        return _said(200 if _is_json(asked.body[:_MOST]) else 400, "text/plain", b"")

    def _from_forum(self, asked: Asked) -> Reply:
        with self._lock:
            self.requests += 1
            return self._forum.answer(asked)

    def _posts_of(self, place: str) -> list[Post]:
        with self._lock:
            self.requests += 1
            return list(self._posts.get(place, ()))


def _feed(place: str, posts: Sequence[Post], asked: Asked) -> Reply:
    kind, body = feed_of(place, posts)
    content = body.encode()
    etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    newest = max(post.at for post in posts).replace(microsecond=0)
    modified = format_datetime(newest.astimezone(UTC), usegmt=True)
    headers = {"ETag": etag, "Last-Modified": modified, "Cache-Control": "max-age=0"}
    if asked.headers.get("if-none-match") == etag:
        return _said(304, kind, b"", headers)
    return _said(200, kind, content, headers)


def _page(posts: Sequence[Post], rest: str) -> Reply:
    number = rest.removeprefix("p/")
    post = next((post for post in posts if str(post.number) == number), None)
    if post is None:
        return _said(404, "text/html", b"<p>gone</p>")
    page = f"<!doctype html><article id='post-{post.number}'><p>{escape(post.text)}</p></article>"
    return _said(200, "text/html; charset=utf-8", page.encode())


def _said(status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status=status, body=body, headers={"Content-Type": kind} | (headers or {}))


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
