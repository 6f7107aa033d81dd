"""A fake Bluesky: posts come in, events as Jetstream v2 tells them and answers of the search go out.

The field names are those of the lexicons network.bsky.jetstream.subscribeEvents and
app.bsky.feed.searchPosts; tests check them against the published schema and with atproto's own reader.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Condition
from typing import TYPE_CHECKING, Any, cast

from klankbord.demo.fakes import Fakery
from klankbord.demo.loopback import Reply

if TYPE_CHECKING:
    from klankbord.demo.fakes import Fake, Standing
    from klankbord.demo.loopback import Asked

#: environment variables that its settings name, and what stands in them
ENVIRONMENT = {"KLANKBORD_DEMO_BLUESKY_PASSWORD": "demo-app-password"}
USER = "voorbeeld-searches.example"
_POSTS = "app.bsky.feed.post"
_EVENT = "network.bsky.jetstream.subscribeEvents#"
#: as Bluesky limits logins: 30 in 5 minutes
_LOGINS = 30
_TID = "234567abcdefghijklmnopqrstuvwxyz"
_PAGE = 25


@dataclass(slots=True, kw_only=True)
class _Held:
    uri: str
    cid: str
    author: str
    record: dict[str, Any]


@dataclass(slots=True)
class FakeBluesky:
    """Holds posts and everything that ever happened to them, in order."""

    #: what a subscriber may be sent, oldest first: the payloads of frames
    events: list[dict[str, Any]] = field(default_factory=list)
    #: events below this seq are no longer kept
    floor: int = 1
    #: a reader is dropped as too slow after so many frames
    too_slow_after: int | None = None
    #: where the search stands, once it does
    search_address: str = ""
    logins: int = 0
    changed: Condition = field(default_factory=Condition)
    _posts: dict[str, _Held] = field(default_factory=dict)
    _last: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    #: tokens made by logins; tests empty it to have them refused
    tokens: set[str] = field(default_factory=set)

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman", **more: object) -> str:
        """Somebody writes; returns the at:// uri. `more` goes into the record: reply, embed, langs."""
        record = {"$type": _POSTS, "text": text, "createdAt": _iso(at), "langs": ["nl"], **more}
        with self.changed:
            rkey = _tid(len(self.events), at)
            uri = f"at://{did_of(author)}/{_POSTS}/{rkey}"
            self._posts[uri] = _Held(uri=uri, cid=_cid(record), author=author, record=record)
            self._commit(uri, "create", at, record)
        return uri

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """The post now says this."""
        with self.changed:
            held = self._posts[key]
            record = {**held.record, "text": text}
            self._posts[key] = replace(held, record=record, cid=_cid(record))
            self._commit(key, "update", at, record)

    def delete(self, key: str) -> None:
        """Its author takes it away."""
        with self.changed:
            del self._posts[key]
            self._commit(key, "delete", self._last, None)

    def account(self, author: str, status: str, *, at: datetime | None = None) -> None:
        """An account is deleted, takendown, suspended or deactivated; "active": it is back."""
        with self.changed:
            at, did = at or self._last, did_of(author)
            told: dict[str, Any] = {"seq": 1, "did": did, "time": _iso(at), "active": status == "active"}
            if status != "active":
                told["status"] = status
            self._tell("account", did, at, account=told)

    def renamed(self, author: str, *, at: datetime | None = None) -> None:
        """An identity event: the author's handle is told anew."""
        with self.changed:
            at, did = at or self._last, did_of(author)
            told = {"seq": 1, "did": did, "time": _iso(at), "handle": handle_of(author)}
            self._tell("identity", did, at, identity=told)

    def like(self, *, at: datetime, author: str = "Iemand Anders") -> None:
        """An event of another collection."""
        with self.changed:
            uri = f"at://{did_of(author)}/app.bsky.feed.like/{_tid(len(self.events), at)}"
            self._commit(uri, "create", at, {"$type": "app.bsky.feed.like", "createdAt": _iso(at)})

    def forget_before(self, at: datetime) -> None:
        """The window moves on: older events are no longer kept."""
        with self.changed:
            kept = [event["seq"] for event in self.events if event["witnessedAt"] >= _iso(at)]
            self.floor = min(kept, default=len(self.events) + 1)

    def settings(self, address: str) -> dict[str, object]:
        """The [[source]] table that reads this fake."""
        return {
            "kind": "bluesky",
            "stream": f"{address}/xrpc",
            "url": self.search_address or address.replace("ws://", "http://"),
            "allow_addresses": ["127.0.0.0/8"],
            "user": USER,
            "password": f"env:{next(iter(ENVIRONMENT))}",
            "listen": 10.0,
            "quiet": 0.5,
            "look_back": "30d",
        }

    def answer(self, asked: Asked) -> Reply:
        """The part that is no stream: logging in and searching."""
        if asked.path == "/xrpc/com.atproto.server.createSession" and asked.method == "POST":
            return self._login(json.loads(asked.body))
        if asked.path != "/xrpc/app.bsky.feed.searchPosts":
            return _refused(501, "MethodNotImplemented")
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if not token:
            return _refused(403, "Forbidden")
        if token not in self.tokens:
            return _refused(400, "ExpiredToken")
        return self._searched(dict(asked.query))

    def _commit(self, uri: str, what: str, at: datetime, record: dict[str, Any] | None) -> None:
        did, collection, rkey = uri.removeprefix("at://").split("/")
        told: dict[str, Any] = {"rev": _tid(len(self.events) + 1, at), "operation": what}
        told |= {"collection": collection, "rkey": rkey}
        if record is not None:
            told |= {"record": record, "cid": _cid(record)}
        self._tell("commit", did, at, **told)

    def _tell(self, kind: str, did: str, at: datetime, **told: object) -> None:
        # what is witnessed is in order, whatever a post says of itself
        self._last = max(self._last, at)
        moment = _iso(self._last)
        event = {"$type": _EVENT + kind, "seq": len(self.events) + 1, "did": did, "time": moment}
        self.events.append({**event, "witnessedAt": moment, **told})
        self.changed.notify_all()

    def _login(self, given: dict[str, str]) -> Reply:
        self.logins += 1
        limits = {
            "ratelimit-limit": str(_LOGINS),
            "ratelimit-remaining": str(max(0, _LOGINS - self.logins)),
            "ratelimit-reset": str(int((self._last + timedelta(minutes=5)).timestamp())),
            "ratelimit-policy": f"{_LOGINS};w=300",
        }
        if self.logins > _LOGINS:
            return _refused(429, "RateLimitExceeded", limits)
        if given.get("identifier") != USER or given.get("password") not in ENVIRONMENT.values():
            return _refused(401, "AuthenticationRequired", limits)
        token = _jwt(self.logins)
        self.tokens.add(token)
        session = {"accessJwt": token, "refreshJwt": _jwt(-self.logins), "handle": USER, "did": did_of(USER)}
        return _json(session, headers=limits)

    def _searched(self, query: dict[str, str]) -> Reply:
        wanted = query.get("q", "").casefold()
        words = re.findall(r'"([^"]+)"', wanted) or wanted.split()
        since, until = query.get("since", ""), query.get("until", "~")
        with self.changed:
            newest = sorted(self._posts.values(), key=lambda held: held.record["createdAt"], reverse=True)
        found = [
            held
            for held in newest
            if since <= held.record["createdAt"] < until
            and all(word in held.record["text"].casefold() for word in words)
        ]
        begin, size = int(query.get("cursor") or 0), int(query.get("limit") or _PAGE)
        answer: dict[str, object] = {"posts": [_view(held) for held in found[begin : begin + size]]}
        if begin + size < len(found):
            answer["cursor"] = str(begin + size)
        return _json({**answer, "hitsTotal": len(found)})


def did_of(author: str) -> str:
    """The opaque id of an author."""
    letters = base64.b32encode(hashlib.sha256(author.encode()).digest()).decode().lower()
    return f"did:plc:{letters[:24]}"


def handle_of(author: str) -> str:
    """The name by which an author is addressed."""
    return "-".join(re.findall(r"[a-z0-9]+", author.casefold())) + ".bsky.social"


def _view(held: _Held) -> dict[str, Any]:
    author = {"did": did_of(held.author), "handle": handle_of(held.author), "displayName": held.author}
    counts = dict.fromkeys(("replyCount", "repostCount", "likeCount", "quoteCount"), 0)
    indexed = held.record["createdAt"]
    return {
        "uri": held.uri,
        "cid": held.cid,
        "author": author,
        "record": held.record,
        "indexedAt": indexed,
        **counts,
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _tid(number: int, at: datetime) -> str:
    """A key as the protocol makes them: 13 letters that grow with time; `number` keeps them apart."""
    left = (int(at.timestamp() * 1_000_000) << 10) + number % 1024
    return "".join(_TID[left >> 5 * place & 31] for place in reversed(range(13)))


def _cid(record: dict[str, Any]) -> str:
    """A content id in its right shape (CIDv1, dag-cbor, sha-256), though of the JSON."""
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).digest()
    return "b" + base64.b32encode(b"\x01\x71\x12\x20" + digest).decode().lower().rstrip("=")


def _jwt(number: int) -> str:
    parts = ({"alg": "HS256", "typ": "at+jwt"}, {"exp": 4_000_000_000, "jti": str(number)})
    made = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join((*made, "c2lnbmVk"))


def _json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(status=status, body=json.dumps(content).encode(), headers=kind | (headers or {}))


def _refused(status: int, error: str, headers: dict[str, str] | None = None) -> Reply:
    return _json({"error": error, "message": f"{error} (fake)"}, status, headers)


def _stand(fake: Fake) -> Standing:
    from klankbord.demo.fakes.jetstream import JetstreamStand

    return JetstreamStand(cast("FakeBluesky", fake))


FAKERY = Fakery(make=FakeBluesky, stand=_stand)
