"""A question to a Mastodon server comes in, what it tells through Mastodon.py goes out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from collectors.answers import refusal
from collectors.mastodon_walks import PAGE, Walk
from klankbord.errors import CollectError, PermanentError, TransientError

if TYPE_CHECKING:
    from datetime import datetime

    from collectors.line import Line
    from collectors.mastodon_status import Status

#: how the name of a walk begins
TAG, SEARCH = "tag:", "search:"
#: statuses that one request may ask for without an account
_SEVERAL = 20


@dataclass(slots=True)
class Server:
    """What one poll or recheck asks of the server, through Mastodon.py."""

    line: Line
    #: ids that the server gave an answer about
    told: list[str] = field(default_factory=list)
    client: Any = None

    def one(self, endpoint: str, **query: object) -> dict[str, Any]:
        """One object."""
        found = self._ask(endpoint, _mastopy_type="AttribAccessDict", **query)
        if not isinstance(found, dict):
            raise TransientError("the server answered something else than was asked for")
        return found

    def listed(self, endpoint: str, **query: object) -> list[Status]:
        """One list of statuses."""
        found = self._ask(endpoint, _mastopy_type="PaginatableList[AttribAccessDict]", **query)
        # the client makes a list of whatever came
        if self.line.last is None or not self.line.last.body.lstrip().startswith(b"["):
            raise TransientError("the server answered something else than a list of posts")
        return _statuses(found)

    def _ask(self, endpoint: str, **query: object) -> object:
        """One request; `timeline_hashtag` and `search` would first ask the server what it is."""
        from mastodon import Mastodon
        from mastodon.errors import MastodonAPIError

        source, line = self.line.source, self.line
        token = getattr(source, "token", None)
        with line.translated():
            if self.client is None:
                self.client = Mastodon(
                    api_base_url=source.url,
                    ratelimit_method="throw",
                    request_timeout=10,
                    session=line.session(),
                )
                # given to the constructor, a token that looks like a path would be read as a file
                self.client.access_token = line.workshop.secrets.read(token) if token else None
            page = {"_pagination_method": "GET", "_pagination_endpoint": endpoint, **query}
            try:
                return self.client.fetch_next(page)
            except MastodonAPIError as error:
                if line.last and line.last.status == 200:
                    # its message quotes the whole answer
                    raise TransientError(f"no JSON came from {endpoint}") from error
                raise

    def page(self, name: str, walk: Walk) -> list[Status]:
        """One page of a tag or a search."""
        after = str(walk.start(self.line.now))
        if name.startswith(TAG):
            tag = name.removeprefix(TAG)
            return self.listed(f"/api/v1/timelines/tag/{tag}", min_id=after, limit=PAGE)
        words = name.removeprefix(SEARCH)
        found = self.one(
            "/api/v2/search", q=words, type="statuses", min_id=after, limit=PAGE, offset=walk.offset
        )
        return _statuses(found.get("statuses"))

    def answered(self, statuses: list[Status]) -> dict[str, Status]:
        """The posts that these answer, for one request where the budget has one to spare."""
        known = {str(status.get("id")): status for status in statuses}
        wanted = list(dict.fromkeys(p for status in statuses if (p := parent_of(status)) and p not in known))
        if wanted and self.line.left > 1:
            # a page without its parents is better than none; what is really wrong shows at the next request
            with suppress(CollectError):
                found = self.listed("/api/v1/statuses", **{"id[]": wanted[:_SEVERAL]})
                known |= {str(status.get("id")): status for status in found}
        return known

    def several(self, numbers: list[str], into: dict[str, Status]) -> None:
        """Statuses by id, as far as the budget goes."""
        for start in range(0, len(numbers), _SEVERAL):
            some = numbers[start : start + _SEVERAL]
            if self.line.left <= 0:
                return
            try:
                found = {str(s.get("id")): s for s in self.listed("/api/v1/statuses", **{"id[]": some})}
            except PermanentError:
                # before Mastodon 4.3 only one could be asked for
                self._one_by_one(some, into)
                continue
            if not found:
                # all gone at once is rare: ask for each, so that a server that hides them erases nothing
                self._one_by_one(some, into)
                continue
            into |= found
            self.told += some

    def _one_by_one(self, numbers: list[str], into: dict[str, Status]) -> None:
        for number in numbers[: max(0, self.line.left)]:
            try:
                status = self.one(f"/api/v1/statuses/{number}")
            except PermanentError:
                if self.line.last is None or self.line.last.status not in {404, 410}:
                    raise
            else:
                into |= {number: status} if status.get("id") else {}
            self.told.append(number)

    def exhausted_until(self) -> datetime | None:
        """When the server's limit begins anew, where the last answer used it up."""
        last = self.line.last
        if last is None or last.header("x-ratelimit-remaining").strip() != "0":
            return None
        limited = refusal(replace(last, status=429), self.line.now)
        return limited.until if limited else None


def parent_of(status: Status) -> str:
    """Id of the post that this one answers."""
    return str(status.get("in_reply_to_id") or "")


def _statuses(found: object) -> list[Status]:
    if not isinstance(found, list):
        raise TransientError("the server answered something else than a list of posts")
    return [status for status in found if isinstance(status, dict) and status.get("id")]
