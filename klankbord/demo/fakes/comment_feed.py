"""A WordPress site comes in as a fake: its comment feed, the pages of its posts, its REST API for comments.

Spelled as WordPress 6 does in Dutch: titles, "Als antwoord op", what the API says of a comment that is gone
(`rest_comment_invalid_id`) or in the bin (`rest_cannot_read`), and validators that know nothing of edits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from threading import Lock

from klankbord.demo.fakes import Fakery
from klankbord.demo.fakes.feed import with_validators
from klankbord.demo.loopback import Asked, Loopback, Reply

#: secrets that its settings name: none
ENVIRONMENT: dict[str, str] = {}
HOME = "https://dorpsblog.example"
_PAGE = "/2026/11/storing-aan-de-dorpsstraat/"
_TOPIC = "Storing aan de Dorpsstraat"
_COMMENTS = "/wp-json/wp/v2/comments"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
    f"<channel><title>Reacties voor Dorpsblog</title><link>{HOME}</link>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One comment."""

    number: int
    text: str
    at: datetime
    author: str
    #: number of the comment it answers; 0: none
    answers: int = 0
    approved: bool = True


class CommentFeedFake:
    """A WordPress site whose comments are read."""

    def __init__(self, window: int = 500, *, edits_change_etag: bool = True, api: bool = True) -> None:
        """Hold no comments yet.

        Args:
            window: comments that the feed shows.
            edits_change_etag: WordPress's own validators do not change with an edit; a cache before it may.
            api: whether the REST API is there; plugins switch it off.
        """
        self._window, self._edits_change_etag, self._api = window, edits_change_etag, api
        self._comments: dict[int, Comment] = {}
        self._written, self._lock = 0, Lock()

    def post(
        self, text: str, *, at: datetime, author: str = "Wieneke Planteman", answers: str | None = None
    ) -> str:
        """Somebody comments, perhaps on another comment."""
        with self._lock:
            self._written += 1
            self._comments[self._written] = Comment(
                number=self._written, text=text, at=at, author=author, answers=int(answers or 0)
            )
            return str(self._written)

    def edit(self, key: str, text: str, *, at: datetime) -> None:  # noqa: ARG002 - WordPress keeps the first date
        """The comment now says this; its date stays."""
        with self._lock:
            self._comments[int(key)] = replace(self._comments[int(key)], text=text)

    def delete(self, key: str) -> None:
        """The comment is gone for good."""
        with self._lock:
            del self._comments[int(key)]

    def bin(self, key: str) -> None:
        """The comment goes to the bin: hidden, not gone."""
        with self._lock:
            self._comments[int(key)] = replace(self._comments[int(key)], approved=False)

    def settings(self, address: str) -> dict[str, object]:
        """The [[source]] table that reads this site at `address`."""
        return {
            "kind": "comment_feed",
            "url": f"{HOME}/comments/feed/",
            "base_url": address,
            "allow_addresses": ["127.0.0.0/8"],
            "timeout": 5.0,
        }

    def answer(self, asked: Asked) -> Reply:
        """The comment feed, the post's page or the API."""
        with self._lock:
            comments = dict(self._comments)
        shown = [one for one in comments.values() if one.approved]
        if asked.path == "/comments/feed/":
            return with_validators(asked, _feed(shown, comments, self._window), self._etag(shown))
        if asked.path == _PAGE:
            return _html(_page(shown, api=self._api))
        if asked.path == _COMMENTS and self._api:
            return _listed(asked, shown)
        if asked.path.startswith(f"{_COMMENTS}/") and self._api:
            return _single(asked.path.rpartition("/")[2], comments)
        return Reply(status=404, headers={"Content-Type": "text/html"})

    def _etag(self, shown: list[Comment]) -> str:
        if self._edits_change_etag:
            return ""
        newest = max((one.at for one in shown), default=datetime(2000, 1, 1, tzinfo=UTC))
        return f'"{newest:%Y%m%d%H%M%S}"'


def _link(number: int) -> str:
    return f"{HOME}{_PAGE}#comment-{number}"


def _feed(shown: list[Comment], everyone: dict[int, Comment], window: int) -> bytes:
    newest = sorted(shown, key=lambda one: (one.at, one.number), reverse=True)[:window]
    items = "".join(_item(one, everyone.get(one.answers)) for one in newest)
    return f"{_HEAD}{items}</channel></rss>".encode()


def _item(one: Comment, answered: Comment | None) -> str:
    who = f'<a href="{_link(answered.number)}">{escape(answered.author)}</a>' if answered else ""
    before = f"<p>Als antwoord op {who}.</p>\n" if answered else ""
    plain = f"Als antwoord op {answered.author}. {one.text}" if answered else one.text
    return (
        f"<item><title>Reactie op {_TOPIC} door {escape(one.author)}</title><link>{_link(one.number)}</link>"
        f"<dc:creator><![CDATA[{one.author}]]></dc:creator>"
        f"<pubDate>{format_datetime(one.at.astimezone(UTC))}</pubDate>"
        f'<guid isPermaLink="false">{HOME}/?p=1#comment-{one.number}</guid>'
        f"<description>{escape(plain)}</description>"
        f"<content:encoded><![CDATA[{before}<p>{escape(one.text)}</p>\n]]></content:encoded></item>"
    )


def _page(shown: list[Comment], *, api: bool) -> str:
    link = f'<link rel="https://api.w.org/" href="{HOME}/wp-json/" />' if api else ""
    comments = "".join(f'<li id="comment-{one.number}"><p>{escape(one.text)}</p></li>' for one in shown)
    return f"<!doctype html><html><head><title>{_TOPIC}</title>{link}</head><body><ol>{comments}</ol>"


def _html(page: str) -> Reply:
    return Reply(body=page.encode(), headers={"Content-Type": "text/html; charset=UTF-8"})


def _listed(asked: Asked, shown: list[Comment]) -> Reply:
    wanted = {int(number) for number in asked.query.get("include", "").split(",") if number.isdigit()}
    most = int(asked.query.get("per_page", "10"))
    found = [one for one in shown if one.number in wanted or not wanted]
    return _json([_told(one) for one in found[:most]], **{"X-WP-Total": str(len(found))})


def _single(number: str, comments: dict[int, Comment]) -> Reply:
    one = comments.get(int(number)) if number.isdigit() else None
    if one is None:
        return _refused(404, "rest_comment_invalid_id", "Ongeldig reactie-ID.")
    if not one.approved:
        return _refused(401, "rest_cannot_read", "Je hebt geen rechten om deze reactie te lezen.")
    return _json(_told(one))


def _told(one: Comment) -> dict[str, object]:
    return {
        "id": one.number,
        "author_name": one.author,
        "content": {"rendered": f"<p>{escape(one.text)}</p>\n"},
        "link": _link(one.number),
        "status": "approved",
    }


def _refused(status: int, code: str, message: str) -> Reply:
    return replace(_json({"code": code, "message": message, "data": {"status": status}}), status=status)


def _json(content: object, **headers: str) -> Reply:
    said = {"Content-Type": "application/json; charset=UTF-8"} | headers
    return Reply(body=json.dumps(content).encode(), headers=said)


FAKERY = Fakery(make=CommentFeedFake, stand=Loopback)
