"""A Line comes in, what Stack Exchange's API 2.3 answers goes out; its quota and its backoff are obeyed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from collectors.answers import Answer, refusal
from klankbord.errors import (
    AuthError,
    CollectError,
    ForbiddenError,
    PermanentError,
    RateLimitedError,
    TransientError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.line import Line
    from klankbord.settings import StackExchangeSource

#: items on a page, and ids in one request
PAGE = 100
_VERSION = "2.3"
_DAY = timedelta(days=1)
#: how long we stay away where a throttle does not say how long
_UNSAID = timedelta(minutes=15)
_SECONDS = re.compile(r"(?i)available in (\d{1,7}) second")
_THROTTLED = 502
# error_id -> what it means for us; others are transient
_MEANT: dict[int, type[CollectError]] = {
    400: PermanentError,
    401: AuthError,
    402: AuthError,
    403: ForbiddenError,
    404: PermanentError,
    405: AuthError,
    406: AuthError,
    407: ForbiddenError,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """One page of an answer."""

    items: tuple[dict[str, Any], ...]
    more: bool


class StackExchange:
    """Asks one site for one poll or recheck."""

    def __init__(self, source: StackExchangeSource, line: Line) -> None:
        """Read the key, where there is one.

        Raises:
            AuthError: it is not where the settings say.
        """
        self._line = line
        self._base = f"{source.url.rstrip('/')}/{_VERSION}/"
        self._every: dict[str, str | int] = {"site": source.site, "pagesize": PAGE, "filter": "withbody"}
        if source.key:
            self._every["key"] = line.workshop.secrets.read(source.key)
        #: when each method may be asked again
        self._rests: dict[str, datetime] = {}

    def rest(self, method: str = "") -> datetime | None:
        """Until when a method, or the whole API, may not be asked; with no method: until when any may not."""
        names = {method, "all"} if method else set(self._rests)
        return max((until for name, until in self._rests.items() if name in names), default=None)

    def ask(self, method: str, path: str, query: Mapping[str, str | int]) -> Items:
        """One page of one method.

        Raises:
            CollectError: one of its five subclasses.
        """
        answer = self._line.ask(f"{self._base}{path}?{urlencode({**self._every, **query})}")
        told = _content(answer, self._line.now)
        self._heed(method, told)
        items = told.get("items")
        if not isinstance(items, list):
            raise TransientError("Stack Exchange sent no items")
        return Items(
            items=tuple(item for item in items if isinstance(item, dict)), more=told.get("has_more") is True
        )

    def _heed(self, method: str, told: Mapping[str, Any]) -> None:
        now, backoff, left = self._line.now, told.get("backoff"), told.get("quota_remaining")
        if isinstance(backoff, int) and backoff > 0:
            # users of the API were throttled for waiting exactly as long as asked
            self._rests[method] = now + min(timedelta(seconds=backoff + 2), _DAY)
        if isinstance(left, int) and left <= 0:
            self._rests["all"] = _tomorrow(now)


def _content(answer: Answer, now: datetime) -> dict[str, Any]:
    """The wrapper around the items; a refusal is told in the body, with status 400 whatever it is."""
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and told.get("error_id") is not None:
        raise _refused(told, now)
    if refused := refusal(answer, now):
        raise refused
    if not isinstance(told, dict):
        raise TransientError("Stack Exchange sent no JSON object")
    return told


def _refused(told: Mapping[str, Any], now: datetime) -> CollectError:
    number = told["error_id"] if isinstance(told["error_id"], int) else 0
    said = " ".join(str(told.get("error_message") or told.get("error_name") or "")[:200].split())
    problem = f"Stack Exchange answered error {number}: {said}"
    if number == _THROTTLED:
        wait = _SECONDS.search(said)
        return RateLimitedError(
            problem, until=now + (min(timedelta(seconds=int(wait[1]) + 1), _DAY) if wait else _UNSAID)
        )
    return _MEANT.get(number, TransientError)(problem)


def _tomorrow(now: datetime) -> datetime:
    """When the quota begins anew: midnight UTC."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
