"""A blog that is asked for its feed comes in as a fake: RSS with validators, and a page for each post."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from threading import Lock

from klankbord.demo.fakes import Fakery
from klankbord.demo.loopback import Asked, Loopback, Reply

#: secrets that its settings name: none
ENVIRONMENT: dict[str, str] = {}
HOME = "https://buurtblog.example"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
    f"<title>Buurtblog</title><link>{HOME}/</link><language>nl</language>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One post of the blog."""

    number: int
    text: str
    at: datetime
    author: str
    title: str = ""


class FeedFake:
    """A blog with a feed that shows its newest posts."""

    def __init__(self, window: int = 500) -> None:
        """Hold no posts yet; the feed shows the newest `window`."""
        self._window, self._lock = window, Lock()
        self._posts: dict[str, Entry] = {}
        self._written = 0

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """Somebody writes a post."""
        with self._lock:
            self._written += 1
            key = f"/p/{self._written}"
            title = " ".join(text.split()[:6])
            self._posts[key] = Entry(number=self._written, text=text, at=at, author=author, title=title)
        return key

    def edit(self, key: str, text: str, *, at: datetime) -> None:  # noqa: ARG002 - a blog keeps the first date
        """The post now says this; its date stays."""
        with self._lock:
            self._posts[key] = replace(self._posts[key], text=text)

    def delete(self, key: str) -> None:
        """The post leaves the feed, and its page answers 404."""
        with self._lock:
            del self._posts[key]

    def settings(self, address: str) -> dict[str, object]:
        """The [[source]] table that reads this blog at `address`."""
        return {
            "kind": "feed",
            "url": f"{HOME}/feed.xml",
            "base_url": address,
            "allow_addresses": ["127.0.0.0/8"],
            "timeout": 5.0,
        }

    def answer(self, asked: Asked) -> Reply:
        """The feed, a post's page, or nothing."""
        with self._lock:
            posts = dict(self._posts)
        if asked.path == "/feed.xml":
            return with_validators(asked, _feed(posts, self._window))
        if post := posts.get(asked.path):
            page = f"<!doctype html><title>{escape(post.title)}</title><p>{escape(post.text)}"
            return Reply(body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})
        return Reply(status=404, headers={"Content-Type": "text/html"})


def _feed(posts: dict[str, Entry], window: int) -> bytes:
    newest = sorted(posts.items(), key=lambda pair: (pair[1].at, pair[1].number), reverse=True)[:window]
    items = "".join(
        f"<item><title>{escape(post.title)}</title><link>{HOME}{key}</link>"
        f'<guid isPermaLink="false">{HOME}/?p={post.number}</guid>'
        f"<pubDate>{format_datetime(post.at.astimezone(UTC))}</pubDate>"
        f"<dc:creator>{escape(post.author)}</dc:creator><description>{escape(post.text)}</description></item>"
        for key, post in newest
    )
    return f"{_HEAD}{items}</channel></rss>".encode()


def with_validators(asked: Asked, body: bytes, etag: str = "") -> Reply:
    """The body with an ETag, or 304 for who has that version already."""
    etag = etag or f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
    headers = {"ETag": etag, "Content-Type": "application/rss+xml; charset=UTF-8"}
    if asked.headers.get("if-none-match") == etag:
        return Reply(status=304, headers=headers)
    return Reply(body=body, headers=headers)


FAKERY = Fakery(make=FeedFake, stand=Loopback)
