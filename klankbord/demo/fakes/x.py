"""X's API v2 as its pages and its OpenAPI description tell it: recent search, counts, mentions, lookup."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from html import escape
from threading import Lock
from typing import Any

from klankbord.demo.fakes import Fakery
from klankbord.demo.fakes.x_query import Meets, QueryRefusedError, Searched, meets
from klankbord.demo.loopback import Asked, Loopback, Reply

ENVIRONMENT = {"KLANKBORD_DEMO_X_TOKEN": "demo-AAAAAAAAAAAAAAAAAAAAAMLheAAAAAAA0"}
_TOKEN = ENVIRONMENT["KLANKBORD_DEMO_X_TOKEN"]
#: requests in a window of fifteen minutes, for an app
_SECONDS = 900
_LIMITS = {"search": 450, "counts": 300, "mentions": 450, "lookup": 3_500}
_WINDOW = timedelta(days=7)
_SHORT = 280
_BEGIN, _BITS = 1_288_834_974_657, 22
_PROBLEMS = "https://api.twitter.com/2/problems/"
_DEFAULT = ("id", "text", "edit_history_tweet_ids")
_FIELDS = {*_DEFAULT, "author_id", "conversation_id", "created_at", "lang", "note_tweet", "referenced_tweets"}
_EXPANSIONS = {
    "author_id",
    "referenced_tweets.id",
    "referenced_tweets.id.author_id",
    "edit_history_tweet_ids",
}
#: names in OpenAPI 2.168, where they differ from those of its pages
_NEW_NAMES = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
}


class _RefusedError(Exception):
    def __init__(self, message: str, **parameters: str) -> None:
        super().__init__(message)
        self.message, self.parameters = message, {name: [value] for name, value in parameters.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    id: str
    text: str
    at: datetime
    author: str
    lang: str
    references: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class XFake:
    """Posts in versions; what it bills is counted, so that a test can check a collector's own sum."""

    #: the moment from which the seven days count; None: nothing is too old
    now: datetime | None = None
    #: sends the field names of OpenAPI 2.168
    new_names: bool = False
    #: posts, posts that came along, users, counts: what X would bill
    billed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("post", "own", "user", "count"), 0))
    limits: dict[str, int] = field(default_factory=lambda: dict(_LIMITS))
    _posts: dict[str, list[_Version]] = field(default_factory=dict)
    _deleted: set[str] = field(default_factory=set)
    _closed: set[str] = field(default_factory=set)
    _used: dict[str, int] = field(default_factory=dict)
    _window: int = 0
    _last: int = 0
    _lock: Lock = field(default_factory=Lock)

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """Somebody writes."""
        return self.write(text, at=at, author=author)

    def write(
        self,
        text: str,
        *,
        at: datetime,
        author: str = "Wieneke Planteman",
        lang: str = "nl",
        refers: tuple[tuple[str, str], ...] = (),
    ) -> str:
        """Somebody writes, perhaps in answer: `refers` holds pairs like ("replied_to", key)."""
        with self._lock:
            references = tuple((kind, self._posts[key][-1].id) for kind, key in refers)
            made = _Version(
                id=self._next_id(at), text=text, at=at, author=author, lang=lang, references=references
            )
            self._posts[made.id] = [made]
            return made.id

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """A new version under a new id, as X makes it; the key stays."""
        with self._lock:
            old = self._posts[key][-1]
            self._posts[key].append(
                _Version(
                    id=self._next_id(at),
                    text=text,
                    at=at,
                    author=old.author,
                    lang=old.lang,
                    references=old.references,
                )
            )

    def delete(self, key: str) -> None:
        """All versions go."""
        self._deleted.add(key)

    def close(self, key: str) -> None:
        """Its author protects the account."""
        self._closed.add(key)

    def settings(self, address: str) -> dict[str, object]:
        """The table of this fake; reading it costs nothing, so its prices are zero."""
        return {
            "kind": "x",
            "base_url": address,
            "allow_addresses": ["127.0.0.0/8"],
            "token": "env:KLANKBORD_DEMO_X_TOKEN",
            "prices": {"post": 0.0, "user": 0.0, "count": 0.0, "own_mention": 0.0},
        }

    def answer(self, asked: Asked) -> Reply:
        """One reply, with the headers of the endpoint's own limit."""
        with self._lock:
            mentions = re.fullmatch(r"/2/users/(\d{1,19})/mentions", asked.path)
            does: dict[str, tuple[str, Callable[[Mapping[str, str]], dict[str, Any]]]] = {
                "/2/tweets/search/recent": ("search", self._search),
                "/2/tweets/counts/recent": ("counts", self._counts),
                "/2/tweets": ("lookup", self._lookup),
            }
            if mentions:
                does[asked.path] = ("mentions", self._mentions)
            if asked.headers.get("authorization") != f"Bearer {_TOKEN}":
                return _problem(401, "Unauthorized", "Unauthorized", "about:blank", {})
            if asked.method != "GET" or asked.path not in does:
                return _problem(404, "Not Found", "Not Found", "about:blank", {})
            return self._within_limits(*does[asked.path], asked.query)

    def _within_limits(
        self, name: str, work: Callable[[Mapping[str, str]], dict[str, Any]], query: Mapping[str, str]
    ) -> Reply:
        if (window := int(time.time()) // _SECONDS) != self._window:
            self._window, self._used = window, {}
        used = self._used.get(name, 0)
        left = self.limits[name] - used
        headers = {
            "x-rate-limit-limit": str(self.limits[name]),
            "x-rate-limit-remaining": str(max(0, left - 1)),
            "x-rate-limit-reset": str((window + 1) * _SECONDS),
        }
        if left <= 0:
            return _problem(429, "Too Many Requests", "Too Many Requests", "about:blank", headers)
        self._used[name] = used + 1
        try:
            return _json(200, work(query), headers)
        except _RefusedError as refused:
            detail = "One or more parameters to your request was invalid."
            errors = [{"parameters": refused.parameters, "message": refused.message}]
            return _problem(
                400, "Invalid Request", detail, _PROBLEMS + "invalid-request", headers, errors=errors
            )

    def _search(self, query: Mapping[str, str]) -> dict[str, Any]:
        return self._paged(query, _meets(query), "next_token", "post")

    def _mentions(self, query: Mapping[str, str]) -> dict[str, Any]:
        return self._paged(query, lambda _: True, "pagination_token", "own")

    def _paged(self, query: Mapping[str, str], wanted: Meets, token: str, billed: str) -> dict[str, Any]:
        size = _number(query, "max_results", 10, 100)
        since, start = self._range(query)
        below = int(query[token][4:], 32) if token in query else 1 << 63
        found = [
            one
            for one in self._standing()
            if since < int(one.id) < below and (start is None or one.at >= start) and wanted(_searched(one))
        ]
        found.sort(key=lambda one: -int(one.id))
        page = found[:size]
        answer = self._shown(page, query, billed)
        answer["meta"] = {"result_count": len(page)}
        if page:
            answer["meta"] |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
        if len(found) > size:
            answer["meta"]["next_token"] = "b26v" + _base32(int(page[-1].id))
        return answer

    def _range(self, query: Mapping[str, str]) -> tuple[int, datetime | None]:
        since, start = query.get("since_id", ""), query.get("start_time", "")
        if since and start:
            message = (
                "Invalid use of 'since_id' or 'until_id' in conjunction with 'start_time' or 'end_time'."
            )
            raise _RefusedError(message, since_id=since)
        if since and not re.fullmatch(r"\d{1,19}", since):
            raise _RefusedError("'since_id' is not a valid id", since_id=since)
        moment = datetime.fromisoformat(start) if start else None
        lowest = (self.now - _WINDOW) if self.now else None
        if lowest and since and int(since) < _id_at(lowest):
            said = f"'since_id' must be a tweet id created after [{lowest:%Y-%m-%dT%H:%MZ}]."
            raise _RefusedError(said + " Please use a 'since_id' that is larger.", since_id=since)
        if lowest and moment and moment < lowest:
            raise _RefusedError(
                f"'start_time' must be on or after {lowest:%Y-%m-%dT%H:%MZ}.", start_time=start
            )
        return int(since or 0), moment or lowest

    def _counts(self, query: Mapping[str, str]) -> dict[str, Any]:
        self.billed["count"] += 1
        wanted = _meets(query)
        times = [one.at for one in self._standing() if wanted(_searched(one))]
        last = self.now or max(times, default=datetime(2026, 1, 1, tzinfo=UTC))
        end = last.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        days = [(end - timedelta(days=ago + 1), end - timedelta(days=ago)) for ago in range(7, -1, -1)]
        rows = [
            {
                "start": _iso(begin),
                "end": _iso(until),
                "tweet_count": sum(begin <= at < until for at in times),
            }
            for begin, until in days
        ]
        return {
            "data": rows,
            "meta": {"total_tweet_count": sum(int(str(row["tweet_count"])) for row in rows)},
        }

    def _lookup(self, query: Mapping[str, str]) -> dict[str, Any]:
        ids = query.get("ids", "").split(",")
        if not 1 <= len(ids) <= 100 or not all(re.fullmatch(r"\d{1,19}", one) for one in ids):
            raise _RefusedError("size must be between 1 and 100", ids=query.get("ids", ""))
        found, errors = [], []
        for one in ids:
            version, error = self._looked_up(one)
            found += [version] if version else []
            errors += [error] if error else []
        answer = self._shown(found, query, "post")
        return answer | ({"errors": errors} if errors else {})

    def _looked_up(self, post_id: str) -> tuple[_Version | None, dict[str, str] | None]:
        for key, versions in self._posts.items():
            version = next((one for one in versions if one.id == post_id), None)
            if version is None or key in self._deleted:
                continue
            if key not in self._closed:
                return version, None
            said = f"Sorry, you are not authorized to see the Tweet with ids: [{post_id}]."
            return None, _missing(post_id, "Authorization Error", said, "not-authorized-for-resource")
        said = f"Could not find tweet with ids: [{post_id}]."
        return None, _missing(post_id, "Not Found Error", said, "resource-not-found")

    def _standing(self) -> list[_Version]:
        return [
            versions[-1]
            for key, versions in self._posts.items()
            if key not in self._deleted and key not in self._closed
        ]

    def _shown(self, page: list[_Version], query: Mapping[str, str], billed: str) -> dict[str, Any]:
        fields = _listed(query, "tweet.fields", _FIELDS) | set(_DEFAULT)
        expansions = _listed(query, "expansions", _EXPANSIONS)
        self.billed[billed] += len(page)
        along, errors = self._along(page) if "referenced_tweets.id" in expansions else ([], [])
        authors = sorted({one.author for one in page}) if "author_id" in expansions else []
        self.billed["post"] += len(along)
        self.billed["user"] += len(authors)
        answer: dict[str, Any] = {"data": [self._as_json(one, fields) for one in page]} if page else {}
        includes: dict[str, Any] = {}
        if along:
            includes["tweets"] = [self._as_json(one, fields) for one in along]
        if authors:
            includes["users"] = [_user(author) for author in authors]
        return answer | ({"includes": includes} if includes else {}) | ({"errors": errors} if errors else {})

    def _along(self, page: list[_Version]) -> tuple[list[_Version], list[dict[str, str]]]:
        wanted = dict.fromkeys(post_id for one in page for _, post_id in one.references)
        looked_up = [self._looked_up(post_id) for post_id in wanted]
        return [one for one, _ in looked_up if one], [error for _, error in looked_up if error]

    def _as_json(self, one: _Version, fields: set[str]) -> dict[str, Any]:
        chain = next(versions for versions in self._posts.values() if one in versions)
        # X escapes three signs and cuts what is long
        short = one.text if len(one.text) <= _SHORT else one.text[: _SHORT - 1] + "…"
        whole: dict[str, Any] = {
            "id": one.id,
            "text": escape(short, quote=False),
            "edit_history_tweet_ids": [version.id for version in chain],
            "author_id": _user(one.author)["id"],
            "conversation_id": one.references[0][1] if one.references else chain[0].id,
            "created_at": _iso(one.at),
            "lang": one.lang,
        }
        if len(one.text) > _SHORT:
            whole["note_tweet"] = {"text": escape(one.text, quote=False)}
        if one.references:
            whole["referenced_tweets"] = [{"type": kind, "id": post_id} for kind, post_id in one.references]
        named = _NEW_NAMES if self.new_names else {}
        return {named.get(name, name): value for name, value in whole.items() if name in fields}

    def _next_id(self, at: datetime) -> str:
        """Ids rise with every post, whatever moment a test gives it: on X nobody can write in the past."""
        self._last = max(self._last + 1, _id_at(min(at, datetime(2075, 1, 1, tzinfo=UTC))))
        return str(self._last)


def _meets(query: Mapping[str, str]) -> Meets:
    try:
        return meets(query.get("query", ""))
    except QueryRefusedError as refused:
        raise _RefusedError(str(refused), query=query.get("query", "")) from refused


def _searched(one: _Version) -> Searched:
    kinds = frozenset(kind for kind, _ in one.references)
    return Searched(text=one.text, lang=one.lang, references=kinds, author=_user(one.author)["username"])


def _user(author: str) -> dict[str, str]:
    number = int.from_bytes(blake2b(author.encode(), digest_size=7).digest())
    return {"id": str(number), "name": author, "username": re.sub(r"\W+", "_", author.lower())[:15]}


def _listed(query: Mapping[str, str], name: str, known: set[str]) -> set[str]:
    given = set(filter(None, query.get(name, "").split(",")))
    for one in sorted(given - known):
        raise _RefusedError(f"The `{name}` query parameter value [{one}] is not one of [{','.join(known)}]")
    return given


def _number(query: Mapping[str, str], name: str, least: int, most: int) -> int:
    value = query.get(name, str(least))
    if not value.isdecimal() or not least <= int(value) <= most:
        said = f"The `{name}` query parameter value [{value}] is not between {least} and {most}"
        raise _RefusedError(said, max_results=value)
    return int(value)


def _id_at(moment: datetime) -> int:
    return max(0, int(moment.timestamp() * 1000) - _BEGIN) << _BITS


def _base32(number: int) -> str:
    digits = ""
    while number:
        digits = "0123456789abcdefghijklmnopqrstuv"[number % 32] + digits
        number //= 32
    return digits or "0"


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def _missing(post_id: str, title: str, detail: str, kind: str) -> dict[str, str]:
    return {
        "value": post_id,
        "resource_id": post_id,
        "parameter": "ids",
        "resource_type": "tweet",
        "title": title,
        "detail": detail,
        "type": _PROBLEMS + kind,
    }


def _problem(
    status: int, title: str, detail: str, kind: str, headers: dict[str, str], errors: object = None
) -> Reply:
    told: dict[str, Any] = {"title": title, "detail": detail, "type": kind, "status": status}
    return _json(status, told | ({"errors": errors} if errors else {}), headers)


def _json(status: int, content: dict[str, Any], headers: dict[str, str]) -> Reply:
    sent = {"Content-Type": "application/json; charset=utf-8", **headers}
    return Reply(status=status, body=json.dumps(content, ensure_ascii=False).encode(), headers=sent)


FAKERY = Fakery(make=XFake, stand=Loopback)
