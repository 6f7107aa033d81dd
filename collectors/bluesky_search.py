"""A stretch that Bluesky's stream no longer held comes in; posts that its search finds there go out.

Bluesky asks that its search be used for what a person looks for, not for collecting (atproto issue 3423), so
it is asked for such stretches only. atproto's bare client, not its `Client`: that one moves on to whatever
server the login answer names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from collectors.bluesky_posts import mention, words_of
from collectors.bluesky_tally import PASSED
from klankbord.errors import AuthError, CollectError, ForbiddenError, PermanentError
from klankbord.ports import Batch, Gap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from collectors.bluesky_place import Fill, Place
    from collectors.line import Line
    from collectors.sieve import Sieve
    from klankbord.mention import Mention
    from klankbord.ports import Search
    from klankbord.settings import BlueskySource

_PAGE = 100
#: a stretch that could not be searched within this time is told as missed
_PATIENCE = timedelta(hours=24)
#: how long an undisturbed search is left alone after a trouble that said nothing of time
_REST = timedelta(minutes=5)
#: pages of one search of one stretch: beyond it the search goes in circles
_PAGES = 100
#: logins are few (30 in 5 minutes, 300 a day), so one is used until it is refused; in memory only
_TOKENS: dict[tuple[str, str], str] = {}
_LOCK = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    mentions: tuple[Mention, ...]
    after: str


def filled(
    place: Place, line: Line, source: BlueskySource, searches: Sequence[Search], sieve: Sieve
) -> Iterator[Batch]:
    """Search the stretch page by page, as far as the budget goes; each batch remembers how far."""
    client = _Client(line, source)
    while (fill := place.fill) and line.left > 1 and not _waits(fill, line.now):
        if fill.search >= len(searches):
            place = replace(place, fill=None)
            said = f"search found {fill.found} posts of {fill.from_at} to {fill.to_at}: {PASSED}"
            yield Batch(next=place.write(), spent=line.took(), remarks=(said,))
            return
        try:
            with line.translated():
                page = client.page(searches[fill.search], fill, sieve)
        except CollectError as error:
            yield _troubled(place, fill, error, line)
            return
        place = replace(place, fill=_after(fill, page))
        yield Batch(mentions=page.mentions, next=place.write(), spent=line.took())


def _waits(fill: Fill, now: datetime) -> bool:
    return fill.wait is not None and fill.wait > now


def _after(fill: Fill, page: _Page) -> Fill:
    found = fill.found + len(page.mentions)
    if page.after and page.after != fill.page and fill.pages < _PAGES:
        return replace(fill, page=page.after, pages=fill.pages + 1, found=found, wait=None)
    return replace(fill, search=fill.search + 1, page="", pages=0, found=found, wait=None)


def _troubled(place: Place, fill: Fill, error: CollectError, line: Line) -> Batch:
    """The stream goes on whatever becomes of the search: its trouble is a remark, at the end a gap."""
    hopeless = isinstance(error, AuthError | ForbiddenError | PermanentError)
    said = f"the search for what the stream missed failed: {error.problem}"
    if hopeless or line.now - fill.begun > _PATIENCE:
        gap = Gap(from_at=fill.from_at, to_at=fill.to_at, reason=f"{PASSED}, and {said}")
        return Batch(next=replace(place, fill=None).write(), spent=line.took(), gap=gap, remarks=(said,))
    wait = max(error.until or line.now, line.now + _REST)
    waiting = replace(place, fill=replace(fill, wait=wait))
    return Batch(next=waiting.write(), spent=line.took(), remarks=(said,))


class _Client:
    def __init__(self, line: Line, source: BlueskySource) -> None:
        self._line, self._source = line, source
        self._raw: Any = None

    def page(self, search: Search, fill: Fill, sieve: Sieve) -> _Page:
        from atproto_client.models.utils import get_model_as_dict  # type: ignore[import-untyped]

        answer = self._asked(
            {
                "q": f'"{search.text}"' if search.phrase else search.text,
                "sort": "latest",
                "since": _utc(fill.from_at),
                "until": _utc(fill.to_at),
                "limit": _PAGE,
                **({"cursor": fill.page} if fill.page else {}),
            }
        )
        found = [self._mention(get_model_as_dict(post), sieve) for post in answer.posts]
        return _Page(mentions=tuple(filter(None, found)), after=answer.cursor or "" if found else "")

    def _asked(self, params: dict[str, Any]) -> Any:  # noqa: ANN401 - atproto is not typed
        token = _TOKENS.get(self._account) or self._login()
        try:
            return self._search(params, token)
        except Exception:
            if not self._refused_token() or self._line.left <= 1:
                raise
            return self._search(params, self._login())

    def _search(self, params: dict[str, Any], token: str) -> Any:  # noqa: ANN401 - atproto is not typed
        return self._client.app.bsky.feed.search_posts(
            params=params, headers={"Authorization": f"Bearer {token}"}
        )

    def _login(self) -> str:
        password = self._line.workshop.secrets.read(self._source.password or "")
        given = {"identifier": self._source.user, "password": password}
        with _LOCK:
            _TOKENS.pop(self._account, None)
            token = str(self._client.com.atproto.server.create_session(given).access_jwt)
            _TOKENS[self._account] = token
        # it stands for the password, so no text may leave with it either
        self._line.workshop.secrets.remember(token)
        return token

    def _refused_token(self) -> bool:
        last = self._line.last
        return last is not None and last.status in {400, 401} and b"Token" in last.body[:500]

    @property
    def _account(self) -> tuple[str, str]:
        return self._source.url, self._source.user

    @property
    def _client(self) -> Any:  # noqa: ANN401 - atproto is not typed
        if self._raw is None:
            from atproto_client.client.raw import ClientRaw  # type: ignore[import-untyped]
            from atproto_client.request import Request  # type: ignore[import-untyped]

            request = Request(transport=self._line.transport(), trust_env=False)
            self._raw = ClientRaw(base_url=self._source.url, request=request)
        return self._raw

    def _mention(self, post: dict[str, Any], sieve: Sieve) -> Mention | None:
        record, author = post["record"], post["author"]
        if not any(sieve.holds(words) for words in words_of(record)):
            return None
        names = tuple(filter(None, (author.get("handle"), author.get("displayName"))))
        line = self._line
        return mention(post["uri"], post["cid"], record, self._source, line.workshop, line.now, names=names)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
