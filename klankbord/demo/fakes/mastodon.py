"""Statuses come in, what a Mastodon 4.5 server answers goes out: tag timelines, search, statuses."""

import json
import re
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlencode

from klankbord.demo.fakes import Fakery
from klankbord.demo.loopback import Asked, Loopback, Reply, Service, _Handler

#: what must stand in the environment for the fake to be read
ENVIRONMENT = {"KLANKBORD_DEMO_MASTODON_TOKEN": "demo-mastodon-token-5f2c"}
#: the tag in the settings
TAG = "voorbeeldbv"
_MOST, _USUAL, _SEVERAL = 40, 20, 20
_HASHTAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"@(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who writes, and what they allow."""

    id: str
    name: str
    note: str = ""
    indexable: bool | None = True
    noindex: bool | None = False

    @property
    def handle(self) -> str:
        """The name as an account."""
        return re.sub(r"\W+", "", self.name).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One post."""

    id: int
    text: str
    at: datetime
    account: Account
    edited: datetime | None = None
    spoiler: str = ""
    visibility: str = "public"
    language: str | None = "nl"
    answers: int | None = None
    quotes: int | None = None


class FakeMastodon:
    """A server with one token; counts requests as Mastodon does, in windows that here last a second."""

    def __init__(self, *, limit: int = 300, several: bool = True) -> None:
        """Start empty.

        Args:
            limit: requests a window.
            several: whether statuses may be asked for by more than one id (Mastodon 4.3).
        """
        self._statuses: dict[int, Status] = {}
        self._accounts: dict[str, Account] = {}
        self._limit, self._several = limit, several
        self._left, self._window = limit, 0.0
        self._address = "http://127.0.0.1"
        self._lock = Lock()

    def post(
        self,
        text: str,
        *,
        at: datetime,
        author: str = "Wieneke Planteman",
        **more: Any,  # noqa: ANN401 - fields of a record
    ) -> str:
        """Somebody writes; `more` are fields of Status, and `account` for fields of Account."""
        with self._lock:
            account = self._account(author, more.pop("account", {}))
            number = int(at.timestamp() * 1000) << 16
            while number in self._statuses:
                number += 1
            for name in ("answers", "quotes"):
                more[name] = int(more[name]) if more.get(name) else None
            self._statuses[number] = Status(id=number, text=text, at=at, account=account, **more)
            return str(number)

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """The author changes the words."""
        with self._lock:
            self._statuses[int(key)] = replace(self._statuses[int(key)], text=text, edited=at)

    def change(self, key: str, **fields: Any) -> None:  # noqa: ANN401 - fields of a record
        """Any field of a status changes, as it does when a moderator or its author wants so."""
        with self._lock:
            self._statuses[int(key)] = replace(self._statuses[int(key)], **fields)

    def delete(self, key: str) -> None:
        """The status is gone: 404, and out of every list."""
        with self._lock:
            del self._statuses[int(key)]

    def settings(self, address: str) -> dict[str, object]:
        """One tag, and search with the token."""
        self._address = address
        return {
            "kind": "mastodon",
            "url": address,
            "allow_addresses": ["127.0.0.0/8"],
            "tags": [TAG],
            "token": "env:KLANKBORD_DEMO_MASTODON_TOKEN",
        }

    def answer(self, asked: Asked) -> Reply:
        """What the API says, with its rate-limit headers."""
        with self._lock:
            headers = self._counted()
            if self._left < 0:
                return _json(429, {"error": "Too many requests"}, headers)
            token = asked.headers.get("authorization", "").removeprefix("Bearer ")
            if token and token not in ENVIRONMENT.values():
                return _json(401, {"error": "The access token is invalid"}, headers)
            return self._found(asked, headers, known=bool(token))

    def _found(self, asked: Asked, headers: dict[str, str], *, known: bool) -> Reply:
        path = asked.path.rstrip("/")
        if path.startswith("/api/v1/timelines/tag/"):
            return self._timeline(path.rpartition("/")[2].casefold(), asked, headers)
        if path == "/api/v1/statuses" and self._several:
            return self._by_ids(asked, headers)
        status, body = 404, dict[str, Any](error="Record not found")
        if path == "/api/v2/search":
            status, body = 401, {"error": "This method requires an authenticated user"}
            if known:
                status, body = 200, {"accounts": [], "statuses": self._search(asked), "hashtags": []}
        elif path == "/api/v2/instance":
            status, body = 200, {"version": "4.5.0", "api_versions": {"mastodon": 7}}
        elif path.startswith("/api/v1/statuses/"):
            one = self._statuses.get(int(path.rpartition("/")[2]))
            if one and one.visibility in {"public", "unlisted"}:
                status, body = 200, self._body(one)
        return _json(status, body, headers)

    def _timeline(self, tag: str, asked: Asked, headers: dict[str, str]) -> Reply:
        limit = min(_MOST, int(asked.query.get("limit", _USUAL)))
        listed = sorted(n for n, s in self._statuses.items() if tag in _tags(s) and s.visibility == "public")
        if after := int(asked.query.get("min_id", 0)):
            # the oldest page after it, newest first
            page = [n for n in listed if n > after][:limit][::-1]
        else:
            before = int(asked.query.get("max_id", 0)) or 1 << 80
            since = int(asked.query.get("since_id", 0))
            page = [n for n in listed if since < n < before][::-1][:limit]
        if page:
            here = f"{self._address}{asked.path}?limit={limit}"
            headers["Link"] = f'<{here}&max_id={page[-1]}>; rel="next", <{here}&min_id={page[0]}>; rel="prev"'
        return _json(200, [self._body(self._statuses[n]) for n in page], headers)

    def _search(self, asked: Asked) -> list[dict[str, Any]]:
        limit, skipped = (int(asked.query.get(name, usual)) for name, usual in (("limit", 20), ("offset", 0)))
        words = re.findall(r'"[^"]*"|\S+', asked.query.get("q", "").casefold())
        # the server turns min_id into "after:" the moment of that id
        after = int(asked.query.get("min_id", 0)) >> 16
        found = sorted(
            (
                number
                for number, status in self._statuses.items()
                if status.visibility == "public"
                and status.account.indexable
                and number >> 16 > after
                and all(word.strip('"') in status.text.casefold() for word in words)
            ),
            reverse=True,
        )
        return [self._body(self._statuses[n]) for n in found[skipped : skipped + min(limit, _MOST)]]

    def _by_ids(self, asked: Asked, headers: dict[str, str]) -> Reply:
        wanted = asked.query.get("id[]", "")
        numbers = [int(number) for number in wanted.split(",") if number]
        if len(numbers) > _SEVERAL:
            return _json(422, {"error": "Too many ids"}, headers)
        shown = (self._statuses.get(number) for number in numbers)
        return _json(
            200, [self._body(s) for s in shown if s and s.visibility in {"public", "unlisted"}], headers
        )

    def _counted(self) -> dict[str, str]:
        now = time.time()
        if now >= self._window + 1:
            self._window, self._left = now, self._limit
        self._left -= 1
        ends = datetime.fromtimestamp(self._window, UTC) + timedelta(seconds=1)
        return {
            "X-RateLimit-Limit": str(self._limit),
            "X-RateLimit-Remaining": str(max(0, self._left)),
            "X-RateLimit-Reset": ends.isoformat().replace("+00:00", "Z"),
        }

    def _account(self, author: str, fields: dict[str, Any]) -> Account:
        known = self._accounts.get(author) or Account(id=str(1000 + len(self._accounts)), name=author)
        self._accounts[author] = replace(known, **fields)
        return self._accounts[author]

    def _body(self, status: Status) -> dict[str, Any]:
        own, account = f"{self._address}/@{status.account.handle}", self._about(status.account)
        parent = self._statuses.get(status.answers) if status.answers else None
        quoted = self._statuses.get(status.quotes) if status.quotes else None
        return {
            "id": str(status.id),
            "created_at": _iso(status.at),
            "in_reply_to_id": str(status.answers) if status.answers else None,
            "in_reply_to_account_id": parent.account.id if parent else None,
            "sensitive": bool(status.spoiler),
            "spoiler_text": status.spoiler,
            "visibility": status.visibility,
            "language": status.language,
            "uri": f"{self._address}/users/{status.account.handle}/statuses/{status.id}",
            "url": f"{own}/{status.id}",
            "replies_count": 0,
            "reblogs_count": 0,
            "favourites_count": 0,
            "edited_at": _iso(status.edited) if status.edited else None,
            "content": self._content(status, quoted),
            "reblog": None,
            "account": account,
            "media_attachments": [],
            "mentions": [],
            "tags": [{"name": t, "url": f"{self._address}/tags/{t}"} for t in _tags(status)],
            "emojis": _emojis(status.text),
            "quote": {"state": "accepted", "quoted_status": self._body(quoted)} if quoted else None,
            "card": None,
            "poll": None,
        }

    def _content(self, status: Status, quoted: Status | None) -> str:
        words = escape(status.text).replace("\n", "<br />")
        words = _HASHTAG.sub(
            lambda m: (
                f'<a href="{self._address}/tags/{m[1]}" class="mention hashtag">#<span>{m[1]}</span></a>'
            ),
            words.replace("&#x27;", "&apos;"),
        )
        words = _MENTION.sub(
            lambda m: f'<a href="{self._address}/@{m[1]}" class="u-url mention">@<span>{m[1]}</span></a>',
            words,
        )
        link = f"{self._address}/@{quoted.account.handle}/{quoted.id}" if quoted else ""
        before = f'<p class="quote-inline">RE: <a href="{link}">{link}</a></p>' if quoted else ""
        return f"{before}<p>{words}</p>"

    def _about(self, account: Account) -> dict[str, Any]:
        return {
            "id": account.id,
            "username": account.handle,
            "acct": account.handle,
            "display_name": account.name,
            "locked": False,
            "bot": False,
            "indexable": account.indexable,
            "noindex": account.noindex,
            "created_at": "2024-01-01T00:00:00.000Z",
            "note": f"<p>{account.note}</p>" if account.note else "",
            "url": f"{self._address}/@{account.handle}",
            "uri": f"{self._address}/users/{account.handle}",
            "emojis": _emojis(account.name),
            "fields": [],
        }


def _tags(status: Status) -> list[str]:
    return list(dict.fromkeys(tag.casefold() for tag in _HASHTAG.findall(status.text)))


def _emojis(words: str) -> list[dict[str, Any]]:
    names = dict.fromkeys(re.findall(r":(\w{2,}):", words))
    return [{"shortcode": name, "url": "", "static_url": "", "visible_in_picker": True} for name in names]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json(status: int, body: object, headers: dict[str, str]) -> Reply:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status=status, body=json.dumps(body).encode(), headers=headers | kind)


class _Handed(_Handler):
    """Rails takes a list as `id[]=1&id[]=2`; what is asked here has one value a name: `id[]=1,2`."""

    def parse_request(self) -> bool:
        well = super().parse_request()
        if well and "id%5B%5D=" in self.path:
            path, _, query = self.path.partition("?")
            ids = ",".join(value for name, value in parse_qsl(query) if name == "id[]")
            self.path = f"{path}?{urlencode({'id[]': ids})}"
        return well


class MastodonLoopback(Loopback):
    """A Loopback that lets a list of ids through."""

    def __init__(self, service: Service, port: int = 0) -> None:
        """Take a port."""
        super().__init__(service, port)
        self._server.RequestHandlerClass = type("Handler", (_Handed,), {"loopback": self})


FAKERY = Fakery(make=FakeMastodon, stand=MastodonLoopback)
