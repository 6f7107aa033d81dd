"""Posts come in, a Discourse forum that answers for them goes out: newest and single posts, search, limits.

As `posts_controller.rb` and `latest_posts_query.rb` of discourse/discourse have it in 2026.
`old` answers as forums did until 2025, by windows of 50 ids.
"""

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from threading import Lock
from typing import Any, cast

from klankbord.demo.fakes import Fake, Fakery
from klankbord.demo.loopback import Asked, Loopback, Reply, Service

#: what the settings of this fake refer to
ENVIRONMENT: dict[str, str] = {"KLANKBORD_DEMO_FORUM_KEY": "demo-forum-key-5f2a"}
_PAGE = 50
_ROBOTS = """# See http://www.robotstxt.org/robotstxt.html
User-agent: *
Disallow: /admin/
Disallow: /auth/
Disallow: /email/
Disallow: /session
Disallow: /user-api-key
Disallow: /*?api_key*
Disallow: /*?*api_key*
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    id: int
    number: int
    topic: int
    title: str
    text: str
    author: str
    user: int
    at: datetime
    updated: datetime
    answers: int | None = None
    version: int = 1
    hidden: bool = False
    user_deleted: bool = False
    deleted: bool = False
    private: bool = False


@dataclass(slots=True)
class FakeDiscourse:
    """A forum with topics and posts."""

    #: requests a window allows; 0: no limit
    limit: int = 0
    #: answers as forums did until 2025
    old: bool = False
    #: with a key: who has none gets no answer
    closed: bool = False
    robots: str = _ROBOTS
    posts: dict[int, _Post] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    lock: Lock = field(default_factory=Lock)

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """Somebody answers in the topic that everybody answers in."""
        return self.say(text, at=at, author=author)

    def say(
        self,
        text: str,
        *,
        at: datetime,
        author: str = "Wieneke Planteman",
        topic: int = 1,
        title: str = "Ervaringen met leveranciers",
        answers: int | None = None,
        markup: str = "",
    ) -> str:
        """Somebody writes in a topic; `markup` instead of text where the forum would have made some."""
        with self.lock:
            key = max(self.posts, default=100) + 1
            number = 1 + max((one.number for one in self.posts.values() if one.topic == topic), default=0)
            user = self.users.setdefault(author, len(self.users) + 1)
            cooked = markup or "".join(f"<p>{escape(part, quote=False)}</p>" for part in text.split("\n"))
            self.posts[key] = _Post(
                id=key, number=number, topic=topic, title=title, text=cooked, author=author, user=user,
                at=at, updated=at, answers=answers,
            )  # fmt: skip
            return str(key)

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """The post says something else, in a new version."""
        with self.lock:
            old = self.posts[int(key)]
            cooked = f"<p>{escape(text, quote=False)}</p>"
            self.posts[old.id] = replace(old, text=cooked, updated=at, version=old.version + 1)

    def change(self, key: str, **fields: Any) -> None:  # noqa: ANN401 - any field of a post
        """The post is hidden, made private, taken back, moved."""
        with self.lock:
            self.posts[int(key)] = replace(self.posts[int(key)], **fields)

    def delete(self, key: str) -> None:
        """The post is gone from lists and answers 404."""
        self.change(key, deleted=True)

    def settings(self, address: str) -> dict[str, object]:
        """The table that reads this forum."""
        key = {"key": "env:KLANKBORD_DEMO_FORUM_KEY", "key_user": "lezer"} if self.closed else {}
        return {"kind": "forum", "url": address, "allow_addresses": ["127.0.0.0/8"], **key}

    def answer(self, asked: Asked) -> Reply:
        """The reply to one request."""
        if asked.path == "/robots.txt":
            return Reply(body=self.robots.encode(), headers={"Content-Type": "text/plain; charset=utf-8"})
        with self.lock:
            self.asked += 1
            if self.limit and self.asked > self.limit:
                return _too_many()
            if self.closed and asked.headers.get("api-key") != ENVIRONMENT["KLANKBORD_DEMO_FORUM_KEY"]:
                return _error(403, "not_logged_in", "You need to be logged in to do that.")
            return self._answer(asked)

    def _answer(self, asked: Asked) -> Reply:
        if asked.path == "/posts.json":
            return _said({"latest_posts": [_listed(one) for one in self._latest(asked)]})
        if asked.path == "/search.json":
            return self._search(asked.query.get("q", ""))
        if found := re.fullmatch(r"/posts/(\d+)\.json", asked.path):
            return self._single(int(found[1]))
        return _error(404, "not_found", "The requested URL or resource could not be found.")

    def _public(self) -> list[_Post]:
        shown = [one for one in self.posts.values() if not (one.deleted or one.private or one.hidden)]
        return sorted(shown, key=lambda one: one.id, reverse=True)

    def _latest(self, asked: Asked) -> list[_Post]:
        before = int(asked.query.get("before") or 0)
        if self.old:
            top = before or max(self.posts, default=0)
            return [one for one in self._public() if top - _PAGE < one.id <= top]
        return [one for one in self._public() if not before or one.id < before][:_PAGE]

    def _search(self, query: str) -> Reply:
        words = re.sub(r"\b(?:after|order):\S+", "", query).strip()
        wanted = [words.strip('"')] if words.startswith('"') else words.split()
        found = [
            one for one in self._public() if all(word.casefold() in one.text.casefold() for word in wanted)
        ][:_PAGE]
        topics = {one.topic: {"id": one.topic, "title": one.title, "slug": _slug(one)} for one in found}
        return _said(
            {
                "posts": [
                    {
                        "id": one.id,
                        "name": one.author,
                        "username": _handle(one),
                        "created_at": _moment(one.at),
                        "like_count": 0,
                        "blurb": re.sub(r"<[^>]*>", "", one.text)[:200],
                        "post_number": one.number,
                        "topic_id": one.topic,
                    }
                    for one in found
                ],
                "topics": list(topics.values()),
                "grouped_search_result": {"term": query, "post_ids": [one.id for one in found]},
            }
        )

    def _single(self, number: int) -> Reply:
        one = self.posts.get(number)
        if one is None or one.deleted:
            return _error(404, "not_found", "The requested URL or resource could not be found.")
        if one.private:
            return _error(403, "invalid_access", "You are not permitted to view the requested resource.")
        listed = _listed(one)
        return _said({name: value for name, value in listed.items() if not name.startswith("topic_title")})


def _handle(post: _Post) -> str:
    return re.sub(r"\W+", "_", post.author).lower()


def _slug(post: _Post) -> str:
    return re.sub(r"\W+", "-", post.title).lower().strip("-")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _listed(post: _Post) -> dict[str, object]:
    notice = "<p>Post flagged by community and temporarily hidden.</p>" if post.hidden else ""
    taken_back = "<p>(post deleted by author)</p>" if post.user_deleted else ""
    return {
        "id": post.id,
        "name": post.author,
        "username": _handle(post),
        "created_at": _moment(post.at),
        "cooked": taken_back or notice or post.text,
        "post_number": post.number,
        "post_type": 1,
        "updated_at": _moment(post.updated),
        "reply_to_post_number": post.answers,
        "topic_id": post.topic,
        "topic_slug": _slug(post),
        "topic_title": post.title,
        "version": post.version,
        "user_id": post.user,
        "hidden": post.hidden,
        "deleted_at": None,
        "user_deleted": post.user_deleted,
    }


def _said(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    known = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-cache, no-store"}
    return Reply(status=status, body=json.dumps(content).encode(), headers=known | (headers or {}))


def _error(status: int, kind: str, words: str) -> Reply:
    return _said({"errors": [words], "error_type": kind}, status)


def _too_many() -> Reply:
    words = "You have performed this action too many times. Please wait 24 seconds before trying again."
    content = {"errors": [words], "error_type": "rate_limit", "extras": {"wait_seconds": 24}}
    return _said(content, 429, {"Discourse-Rate-Limit-Error-Code": "ip_10_secs_limit"})


FAKERY = Fakery(make=FakeDiscourse, stand=lambda fake: Loopback(cast("Service", fake)))
__all__ = ["ENVIRONMENT", "FAKERY", "Fake", "FakeDiscourse"]
