"""Hacker News, faked: Algolia's search by date and the item API.

As hn.algolia.com/api (algolia/hn-search, `app/views/pages/api.html.haml`) and github.com/HackerNews/API
describe them, as stored in 2026.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape
from typing import Any, cast

from klankbord.demo.fakes import Fake, Fakery, Standing
from klankbord.demo.loopback import Asked, Loopback, Reply

ENVIRONMENT: dict[str, str] = {}
_FIRST = 40_000_000
#: results that a search shows at most
_SHOWN = 1_000
_BOUND = re.compile(r"created_at_i(>=|<=|>|<)(-?\d+)")
_ITEM = re.compile(r"/v0/item/(\d+)\.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    id: int
    text: str
    author: str
    at: int
    title: str = ""
    url: str = ""
    #: 0: a story
    parent: int = 0
    story: int = 0
    #: "", "deleted" or "dead"
    gone: str = ""


@dataclass(slots=True)
class HackerNewsFake:
    """Stories and comments; the first story holds what `post` writes."""

    #: requests of this hour that are still answered
    left: int = 1_000
    posts: dict[int, _Post] = field(default_factory=dict)

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """A comment under the first story, which the first call makes."""
        if not self.posts:
            self.story("Ask HN: Who changed their app?", at=at, author="storyteller")
        return self.comment(str(next(iter(self.posts))), text, at=at, author=author)

    def story(
        self,
        title: str,
        text: str = "",
        *,
        at: datetime,
        author: str = "Wieneke Planteman",
        url: str = "",
    ) -> str:
        """Somebody submits a story."""
        name = _FIRST + len(self.posts)
        self.posts[name] = _Post(
            id=name, title=title, text=text, author=author, at=int(at.timestamp()), url=url, story=name
        )
        return str(name)

    def comment(self, parent: str, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """Somebody comments on a story or a comment."""
        name, above = _FIRST + len(self.posts), self.posts[int(parent)]
        self.posts[name] = _Post(
            id=name, text=text, author=author, at=int(at.timestamp()), parent=above.id, story=above.story
        )
        return str(name)

    def edit(self, key: str, text: str, *, at: datetime) -> None:  # noqa: ARG002 - not shown by either API
        """The post now says this."""
        self.posts[int(key)] = replace(self.posts[int(key)], text=text)

    def delete(self, key: str) -> None:
        """Its writer deletes the post."""
        self.posts[int(key)] = replace(self.posts[int(key)], gone="deleted")

    def kill(self, key: str) -> None:
        """Others flag the post until it is dead."""
        self.posts[int(key)] = replace(self.posts[int(key)], gone="dead")

    def settings(self, address: str) -> dict[str, object]:
        """A source that searches here."""
        return {
            "kind": "hackernews",
            "url": address,
            "items": address,
            "allow_addresses": ["127.0.0.0/8"],
        }

    def answer(self, asked: Asked) -> Reply:
        """A search or an item."""
        if found := _ITEM.fullmatch(asked.path):
            return _json(self._item(int(found[1])))
        if asked.path != "/api/v1/search_by_date":
            return Reply(status=404, body=b"not here")
        self.left -= 1
        if self.left < 0:
            return _json({"message": "Too Many Requests", "status": 429}, 429)
        return _json(self._search(asked.query))

    def _search(self, query: Mapping[str, str]) -> dict[str, Any]:
        words = query.get("query", "")
        found = [post for post in self.posts.values() if not post.gone and self._meets(post, words)]
        for sign, bound in _BOUND.findall(query.get("numericFilters", "")):
            found = [post for post in found if _holds(post.at, sign, int(bound))]
        found.sort(key=lambda post: post.at, reverse=True)
        size, page = int(query.get("hitsPerPage", "20")), int(query.get("page", "0"))
        shown = found[:_SHOWN][page * size : (page + 1) * size]
        return {
            "hits": [self._hit(post) for post in shown],
            "nbHits": len(found),
            "page": page,
            "nbPages": -(-min(len(found), _SHOWN) // size),
            "hitsPerPage": size,
            "processingTimeMS": 1,
            "query": words,
            "params": "",
        }

    def _meets(self, post: _Post, words: str) -> bool:
        """Algolia looks at the words of a post and of the story it stands under."""
        said = f"{post.title} {post.text} {self.posts[post.story].title}".casefold()
        if words.startswith('"'):
            return words.strip('"').casefold() in said
        return all(word in said for word in words.casefold().split())

    def _hit(self, post: _Post) -> dict[str, Any]:
        story = self.posts[post.story]
        moment = datetime.fromtimestamp(post.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        hit: dict[str, Any] = {
            "objectID": str(post.id),
            "created_at": moment,
            "created_at_i": post.at,
            "updated_at": moment,
            "author": _handle(post.author),
            "story_id": post.story,
            "_tags": ["comment" if post.parent else "story", f"author_{_handle(post.author)}"],
            "_highlightResult": {"author": {"value": _handle(post.author), "matchLevel": "none"}},
        }
        if post.parent:
            return hit | {
                "comment_text": _html(post.text),
                "parent_id": post.parent,
                "story_title": story.title,
                "story_url": story.url,
            }
        text = {"story_text": _html(post.text)} if post.text else {}
        return hit | {"title": post.title, "url": post.url, "points": 1, "num_comments": 0} | text

    def _item(self, name: int) -> dict[str, Any] | None:
        post = self.posts.get(name)
        if not post:
            return None
        item: dict[str, Any] = {
            "id": name,
            "type": "comment" if post.parent else "story",
            "time": post.at,
        } | ({"parent": post.parent} if post.parent else {})
        if post.gone:
            return item | {post.gone: True}
        title = {"title": post.title, "url": post.url, "score": 1} if post.title else {}
        return item | {"by": _handle(post.author), "text": _html(post.text)} | title


def _handle(author: str) -> str:
    """Names of Hacker News are one word."""
    return author.replace(" ", "_")


def _html(text: str) -> str:
    return "<p>".join(escape(part) for part in text.split("\n\n"))


def _holds(moment: int, sign: str, bound: int) -> bool:
    return {">": moment > bound, ">=": moment >= bound, "<": moment < bound, "<=": moment <= bound}[sign]


def _json(body: Any, status: int = 200) -> Reply:  # noqa: ANN401 - null is an answer too
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status=status, body=json.dumps(body).encode(), headers=headers)


def _standing(fake: Fake) -> Standing:
    return cast("Standing", Loopback(cast("HackerNewsFake", fake)))


FAKERY = Fakery(make=HackerNewsFake, stand=_standing)
