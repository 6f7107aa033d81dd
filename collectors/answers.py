"""What a web server answered comes in; whether, why and until when it refused goes out. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from klankbord.errors import (
    AuthError,
    CollectError,
    ForbiddenError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from klankbord.ports import Spend

_DAY = timedelta(days=1)
_LEAST = timedelta(seconds=1)
#: how long a server that says "too many" without saying until when is left alone
_UNSAID = timedelta(minutes=15)
#: X; Bluesky and others (IETF draft); Reddit and Mastodon
_RESETS = ("x-rate-limit-reset", "ratelimit-reset", "x-ratelimit-reset")
#: a larger number is a moment, not a wait
_EPOCH = 1_000_000_000
_MAX_AGE = re.compile(r"(?i)(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, after redirects."""

    status: int
    body: bytes = b""
    #: names in lower case
    headers: Mapping[str, str]
    #: the address that answered, as the world knows it
    url: str
    #: where the asked address says it lives from now on (301, 308)
    permanent_url: str | None = None
    spent: Spend = field(default_factory=Spend)

    def header(self, name: str) -> str:
        """A header's value, whatever the case of its name; empty where there is none."""
        return self.headers.get(name.lower(), "")


def refusal(answer: Answer, now: datetime) -> CollectError | None:
    """The error that a status stands for; None for an answer that can be used."""
    status = answer.status
    if 200 <= status < 300 or status == 304:
        return None
    said = f"the server answered {status}"
    if status == 429 or (status == 503 and answer.header("retry-after")):
        return _limited(answer, now, said)
    if status == 401:
        return AuthError(said + ": it asks for a login")
    if status in {403, 451}:
        return ForbiddenError(said + ": reading is not allowed")
    if status in {404, 410}:
        return PermanentError(said + (": gone for good" if status == 410 else ": nothing is there"))
    return PermanentError(said) if 400 <= status < 500 and status not in {408, 425} else TransientError(said)


def _limited(answer: Answer, now: datetime, said: str) -> CollectError:
    wait = _asked_wait(answer, now)
    if wait is None and answer.status != 429:
        return TransientError(said)
    wait = _UNSAID if wait is None else min(max(wait, _LEAST), _DAY)
    return RateLimitedError(f"{said}: it asks to wait", until=now + wait)


def _asked_wait(answer: Answer, now: datetime) -> timedelta | None:
    """Retry-After as a duration; a date in it is measured on the server's own clock."""
    server_now = _http_date(answer.header("date")) or now
    asked = answer.header("retry-after").strip()
    if asked.isdecimal():
        return timedelta(seconds=min(int(asked[:9]), _DAY.total_seconds()))
    if until := _http_date(asked):
        return until - server_now
    resets = (_reset(answer.header(name).strip(), server_now) for name in _RESETS)
    return next((wait for wait in resets if wait is not None), None)


def _reset(said: str, server_now: datetime) -> timedelta | None:
    """When a limit begins anew: seconds from now, a Unix moment, or an ISO moment, as each platform likes."""
    try:
        if "T" in said:
            return datetime.fromisoformat(said).astimezone(UTC) - server_now
        number = float(said)
        seconds = number - server_now.timestamp() if number > _EPOCH else number
        return timedelta(seconds=min(max(seconds, 0.0), _DAY.total_seconds()))
    except (ValueError, OverflowError):
        return None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def not_before(answer: Answer, now: datetime) -> datetime | None:
    """Until when the server says its answer stays fresh (Cache-Control: max-age), at most a day."""
    found = _MAX_AGE.search(answer.header("cache-control"))
    return now + min(timedelta(seconds=int(found[1])), _DAY) if found and int(found[1]) else None


def looks_like_login(url: str) -> bool:
    """Whether the path of an address is one where people sign in."""
    return (
        re.search(
            r"(?i)/(?:log[-_]?in|sign[-_]?in|wp-login|inloggen|aanmelden|auth|sso|session)(?=[/?#.]|$)", url
        )
        is not None
    )
