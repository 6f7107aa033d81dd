"""Requests to Stack Exchange's API 2.3 come in, answers as it gives them go out: a fake with posts."""

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from threading import Lock

from klankbord.demo.fakes import Fakery
from klankbord.demo.loopback import Asked, Loopback, Reply

#: the fake needs no key; one that is given must be this
ENVIRONMENT = {"KLANKBORD_DEMO_STACKEXCHANGE_KEY": "voorbeeld-app-key"}
_SITE = "stackoverflow"
_QUOTA, _QUOTA_WITH_KEY = 300, 10_000
_LICENCE = "CC BY-SA 4.0"
_TITLE = "Waar kan ik dit & meer vragen?"


@dataclass(slots=True, kw_only=True)
class _Post:
    """A question, answer or comment."""

    id: int
    #: "question", "answer" or "comment"
    sort: str
    title: str
    text: str
    author: str
    at: datetime
    edited: datetime | None = None
    #: the question answered, or the post commented on
    under: "_Post | None" = None
    gone: bool = False

    @property
    def question(self) -> "_Post":
        return self.under.question if self.under else self


@dataclass(slots=True)
class StackExchangeFake:
    """Holds posts of one site; answers searches, posts by id and their comments."""

    #: requests left today
    quota: int = _QUOTA
    #: method -> seconds: told once, in the next answer of that method
    backoff: dict[str, int] = field(default_factory=dict)
    _posts: dict[int, _Post] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """Somebody asks a question."""
        return self._add(sort="question", title=_TITLE, text=text, author=author, at=at)

    def reply(self, text: str, *, at: datetime, under: str, author: str = "Wieneke Planteman") -> str:
        """Somebody answers a question."""
        asked = self._posts[int(under)]
        return self._add(sort="answer", title="", text=text, author=author, at=at, under=asked)

    def comment(self, text: str, *, at: datetime, under: str, author: str = "Wieneke Planteman") -> str:
        """Somebody comments on a question or answer."""
        post = self._posts[int(under)]
        return self._add(sort="comment", title="", text=text, author=author, at=at, under=post)

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """The post now says this."""
        self._posts[int(key)].text, self._posts[int(key)].edited = text, at

    def delete(self, key: str) -> None:
        """The API says nothing of it any more."""
        self._posts[int(key)].gone = True

    def settings(self, address: str) -> dict[str, object]:
        """The table that reads this fake."""
        return {"kind": "stackexchange", "base_url": address, "allow_addresses": ["127.0.0.0/8"]}

    def answer(self, asked: Asked) -> Reply:
        """What the API says."""
        with self._lock:
            if asked.query.get("site") != _SITE:
                return _refused(400, "bad_parameter", "No site found for name")
            key = asked.query.get("key")
            if key and key != ENVIRONMENT["KLANKBORD_DEMO_STACKEXCHANGE_KEY"]:
                return _refused(400, "bad_parameter", "`key` doesn't match a known application")
            if self.quota <= 0:
                said = "too many requests from this IP, more requests available in 3600 seconds"
                return _refused(502, "throttle_violation", said)
            self.quota -= 1
            return self._method(asked, _QUOTA_WITH_KEY if key else _QUOTA)

    def _method(self, asked: Asked, quota: int) -> Reply:
        parts = asked.path.removeprefix("/2.3/").split("/")
        ids = {int(one) for one in parts[1].split(";") if one.isdecimal()} if len(parts) > 1 else set()
        if parts == ["search", "excerpts"]:
            return self._page("search/excerpts", asked.query, _finds(asked.query["q"]), _excerpt, quota)
        if parts[0] == "posts" and parts[2:] == ["comments"]:
            return self._page(
                "posts/comments",
                asked.query,
                lambda one: one.sort == "comment" and one.under is not None and one.under.id in ids,
                _comment,
                quota,
            )
        if parts[0] == "posts":
            return self._page("posts", asked.query, _among(ids, "question", "answer"), _body, quota)
        if parts[0] == "comments":
            return self._page("comments", asked.query, _among(ids, "comment"), _comment, quota)
        return _refused(404, "no_method", "this method cannot be called this way")

    def _page(
        self,
        method: str,
        query: Mapping[str, str],
        wanted: Callable[[_Post], bool],
        shown: Callable[[_Post], dict[str, object]],
        quota: int,
    ) -> Reply:
        since, page = int(query.get("fromdate", "0")), int(query.get("page", "1"))
        size = min(int(query.get("pagesize", "30")), 100)
        if page > 25:
            return _refused(403, "access_denied", "page above 25 requires access token or app key")
        all_of = [
            one
            for one in self._posts.values()
            if not one.gone and one.at.timestamp() >= since and wanted(one)
        ]
        all_of.sort(key=lambda one: (one.at, one.id), reverse=True)
        start = (page - 1) * size
        content: dict[str, object] = {
            "items": [shown(one) for one in all_of[start : start + size]],
            "has_more": start + size < len(all_of),
            "quota_max": quota,
            "quota_remaining": self.quota,
        }
        if method in self.backoff:
            content["backoff"] = self.backoff.pop(method)
        return _packed(200, content)

    def _add(self, **given: object) -> str:
        with self._lock:
            number = 79_000_000 + len(self._posts)
            self._posts[number] = _Post(id=number, **given)  # type: ignore[arg-type] # fields of _Post
            return str(number)


def _finds(query: str) -> Callable[[_Post], bool]:
    groups = [quoted or bare.rstrip("*") for quoted, bare in re.findall(r'"([^"]+)"|(\S+)', query)]
    words = [group.casefold() for group in groups]
    return lambda one: (
        one.sort != "comment" and all(word in f"{one.title} {one.text}".casefold() for word in words)
    )


def _among(ids: set[int], *sorts: str) -> Callable[[_Post], bool]:
    return lambda one: one.id in ids and one.sort in sorts


def _excerpt(one: _Post) -> dict[str, object]:
    found: dict[str, object] = {
        "item_type": one.sort,
        "question_id": one.question.id,
        "title": escape(one.question.title, quote=True),
        "excerpt": f'<span class="highlight">{escape(one.text[:100])}</span>&hellip;',
        "body": one.text,
        "score": 1,
        "tags": ["voorbeeld"],
        "creation_date": int(one.at.timestamp()),
        "last_activity_date": int((one.edited or one.at).timestamp()),
        "is_answered": False,
    }
    return found | (
        {"answer_id": one.id, "is_accepted": False} if one.sort == "answer" else {"answer_count": 0}
    )


def _body(one: _Post) -> dict[str, object]:
    place = "q" if one.sort == "question" else "a"
    found: dict[str, object] = {
        "post_id": one.id,
        "post_type": one.sort,
        "owner": _owner(one.author),
        "score": 1,
        "creation_date": int(one.at.timestamp()),
        "last_activity_date": int((one.edited or one.at).timestamp()),
        "content_license": _LICENCE,
        "link": f"https://stackoverflow.com/{place}/{one.id}",
        "body": f"<p>{escape(one.text)}</p>\n",
    }
    return found | ({"last_edit_date": int(one.edited.timestamp())} if one.edited else {})


def _comment(one: _Post) -> dict[str, object]:
    return {
        "comment_id": one.id,
        "post_id": one.under.id if one.under else 0,
        "owner": _owner(one.author),
        "edited": one.edited is not None,
        "score": 0,
        "creation_date": int(one.at.timestamp()),
        "content_license": _LICENCE,
        "body": escape(one.text),
    }


def _owner(name: str) -> dict[str, object]:
    if not name:
        return {"user_type": "does_not_exist", "display_name": "user4711"}
    number = sum(ord(sign) * 31**place for place, sign in enumerate(name[:6]))
    slug = re.sub(r"\W+", "-", name.casefold())
    return {
        "user_id": number,
        "user_type": "registered",
        "reputation": 101,
        "display_name": escape(name),
        "link": f"https://stackoverflow.com/users/{number}/{slug}",
    }


def _refused(number: int, name: str, message: str) -> Reply:
    # whatever the error is, the status is 400
    return _packed(400, {"error_id": number, "error_name": name, "error_message": message})


def _packed(status: int, content: object) -> Reply:
    headers = {"Content-Type": "application/json; charset=utf-8", "Content-Encoding": "gzip"}
    return Reply(status=status, body=gzip.compress(json.dumps(content).encode()), headers=headers)


FAKERY = Fakery(make=StackExchangeFake, stand=Loopback)
