"""Requests to Reddit's API come in, answers as Reddit gives them go out: a fake with posts of its own."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

from klankbord.demo.fakes import Fakery
from klankbord.demo.loopback import Asked, Loopback, Reply

#: what the fake app's credentials are
ENVIRONMENT = {
    "KLANKBORD_DEMO_REDDIT_ID": "voorbeeld-app-id",
    "KLANKBORD_DEMO_REDDIT_SECRET": "voorbeeld-app-secret",
}
SUBREDDIT = "voorbeeld"
_TOKEN = "fake-access-token"  # noqa: S105 - what the fake hands out
#: requests in ten minutes
_ALLOWED = 1000.0
_WINDOW = 600
_PAGE = 100
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_JSON = {"Content-Type": "application/json; charset=UTF-8"}
_QUOTED = re.compile(r'"([^"]+)"')


@dataclass(slots=True, kw_only=True)
class _Thing:
    """A submission or comment."""

    number: int
    submission: bool
    title: str
    text: str
    author: str
    at: datetime
    subreddit: str
    edited: datetime | None = None
    link: "_Thing | None" = None
    parent: "_Thing | None" = None
    #: "", "deleted", "removed" or "absent"
    gone: str = ""

    @property
    def id(self) -> str:
        return _base36(self.number)

    @property
    def name(self) -> str:
        return ("t3_" if self.submission else "t1_") + self.id


@dataclass(slots=True)
class RedditFake:
    """Holds submissions and comments; answers searches, comment listings and requests by id."""

    #: a listing holds no more than these
    longest: int = 1000
    private: frozenset[str] = frozenset({"besloten"})
    quarantined: frozenset[str] = frozenset({"quarantaine"})
    #: requests left in this window
    remaining: float = _ALLOWED
    #: tokens handed out
    tokens: int = 0
    _things: dict[str, _Thing] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """Somebody submits a text to r/voorbeeld; the key is its fullname."""
        return self._add(submission=True, title="Wat vinden jullie hiervan?", text=text, author=author, at=at)

    def comment(
        self, text: str, *, at: datetime, author: str = "Wieneke Planteman", under: str = "", parent: str = ""
    ) -> str:
        """Somebody comments under a submission, or answers a comment."""
        link = self._things[under or self.post("Een draad", at=at)]
        answered = self._things[parent] if parent else link
        return self._add(
            submission=False, title="", text=text, author=author, at=at, link=link, parent=answered
        )

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """The text now says this; a submission's title cannot be edited."""
        self._things[key].text, self._things[key].edited = text, at

    def delete(self, key: str) -> None:
        """Its author deletes it: no listing shows it, and by its id it says "[deleted]"."""
        self._things[key].gone = "deleted"

    def remove(self, key: str) -> None:
        """A moderator removes it."""
        self._things[key].gone = "removed"

    def vanish(self, key: str) -> None:
        """It is not even answered by its id."""
        self._things[key].gone = "absent"

    def leave(self, key: str) -> None:
        """Its author's account is deleted; the words stay."""
        self._things[key].author = ""

    def settings(self, address: str) -> dict[str, object]:
        """The table that reads this fake."""
        return {
            "kind": "reddit",
            "base_url": address,
            "allow_addresses": ["127.0.0.0/8"],
            "client_id": "env:KLANKBORD_DEMO_REDDIT_ID",
            "client_secret": "env:KLANKBORD_DEMO_REDDIT_SECRET",
            "subreddits": [SUBREDDIT],
        }

    def answer(self, asked: Asked) -> Reply:
        """What Reddit says."""
        if asked.path == "/api/v1/access_token":
            return self._token(asked)
        if asked.headers.get("authorization") != f"bearer {_TOKEN}":
            return _refused(401, "Unauthorized", **{"WWW-Authenticate": 'Bearer error="invalid_token"'})
        with self._lock:
            if self.remaining < 1:
                return _refused(429, "Too Many Requests", **self._limits(), **{"Retry-After": str(_WINDOW)})
            self.remaining -= 1
            reply = self._listed(asked)
        return Reply(status=reply.status, body=reply.body, headers={**reply.headers, **self._limits()})

    def _add(self, **given: Any) -> str:  # noqa: ANN401 - fields of _Thing
        with self._lock:
            thing = _Thing(number=36**6 + len(self._things), subreddit=SUBREDDIT, **given)
            self._things[thing.name] = thing
            return thing.name

    def _token(self, asked: Asked) -> Reply:
        pair = ":".join(ENVIRONMENT.values()).encode()
        if asked.headers.get("authorization") != f"Basic {base64.b64encode(pair).decode()}":
            return _refused(401, "Unauthorized")
        if parse_qs(asked.body.decode()).get("grant_type") != ["client_credentials"]:
            return _json({"error": "unsupported_grant_type"})
        self.tokens += 1
        return _json({"access_token": _TOKEN, "token_type": "bearer", "expires_in": 3600, "scope": "*"})

    def _limits(self) -> dict[str, str]:
        return {
            "x-ratelimit-remaining": str(self.remaining),
            "x-ratelimit-used": str(int(_ALLOWED - self.remaining)),
            "x-ratelimit-reset": "480",
        }

    def _listed(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").split("/")
        if parts == ["api", "info"]:
            return self._info(asked.query.get("id", "").split(","))
        if parts == ["search"]:
            return self._page(asked.query, lambda one: one.submission and _meets(one, asked.query["q"]))
        if len(parts) == 3 and parts[0] == "r":
            return self._subreddit(asked, parts[1].casefold().split("+"), parts[2])
        return _refused(404, "Not Found")

    def _subreddit(self, asked: Asked, names: list[str], what: str) -> Reply:
        if self.private & set(names):
            return _refused(403, "Forbidden", reason="private")
        if self.quarantined & set(names):
            return _refused(403, "Forbidden", reason="quarantined")
        if SUBREDDIT not in names:
            where = f"/subreddits/search?q={names[0]}"
            return Reply(status=302, headers={"Location": where})
        if what == "search":
            return self._page(asked.query, lambda one: one.submission and _meets(one, asked.query["q"]))
        return self._page(asked.query, lambda one: not one.submission)

    def _info(self, names: list[str]) -> Reply:
        found = [self._things[name] for name in names[:_PAGE] if name in self._things]
        return _listing([_child(one) for one in found if one.gone != "absent"], None)

    def _page(self, query: Mapping[str, str], wanted: Callable[[_Thing], bool]) -> Reply:
        shown = [one for one in self._things.values() if not one.gone and wanted(one)]
        shown.sort(key=lambda one: (one.at, one.number), reverse=True)
        names = [one.name for one in shown[: self.longest]]
        after = query.get("after", "")
        if after and after not in names:
            return _listing([], None)
        start = names.index(after) + 1 if after else 0
        size = min(int(query.get("limit", "25")), _PAGE)
        page = names[start : start + size]
        more = page[-1] if start + size < len(names) else None
        return _listing([_child(self._things[name], listed=True) for name in page], more)


def _meets(one: _Thing, query: str) -> bool:
    said = f"{one.title} {one.text}".casefold()
    groups = (_QUOTED.findall(group) for group in query.split(" OR "))
    return any(group and all(words.casefold() in said for words in group) for group in groups)


def _child(one: _Thing, *, listed: bool = False) -> dict[str, object]:
    """As Reddit says it, for the fields that matter; the names of fields are checked against recordings."""
    words = f"[{one.gone}]" if one.gone else one.text
    author = "[deleted]" if one.gone or not one.author else one.author
    fields: dict[str, object] = {
        "id": one.id,
        "name": one.name,
        "author": author,
        "created_utc": one.at.timestamp(),
        "edited": one.edited.timestamp() if one.edited else False,
        "subreddit": one.subreddit,
        "score": 1,
        "archived": False,
        "stickied": False,
    }
    if author != "[deleted]":
        fields["author_fullname"] = "t2_" + "".join(_DIGITS[ord(sign) % 36] for sign in one.author)
    if one.submission:
        fields |= {"title": one.title, "selftext": words, "is_self": True, "num_comments": 0}
        fields |= {"permalink": f"/r/{one.subreddit}/comments/{one.id}/_/", "url": ""}
        return {"kind": "t3", "data": fields}
    assert one.link is not None  # noqa: S101 - a comment has its submission
    assert one.parent is not None  # noqa: S101 - and answers something
    fields |= {"body": words, "link_id": one.link.name, "parent_id": one.parent.name, "replies": ""}
    if listed:
        # told in listings only, not by id
        fields |= {"link_title": one.link.title, "link_author": one.link.author, "link_url": ""}
    return {"kind": "t1", "data": fields}


def _base36(number: int) -> str:
    signs = ""
    while number:
        number, rest = divmod(number, 36)
        signs = _DIGITS[rest] + signs
    return signs


def _listing(children: list[dict[str, object]], after: str | None) -> Reply:
    return _json({"kind": "Listing", "data": {"children": children, "after": after, "before": None}})


def _json(content: object) -> Reply:
    return Reply(body=json.dumps(content).encode(), headers=_JSON)


def _refused(status: int, message: str, reason: str = "", **headers: str) -> Reply:
    said = {"message": message, "error": status} | ({"reason": reason} if reason else {})
    return Reply(status=status, body=json.dumps(said).encode(), headers={**_JSON, **headers})


FAKERY = Fakery(make=RedditFake, stand=Loopback)
