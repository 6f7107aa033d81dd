"""YouTube's answer to a call comes in; what its refusal means goes out. Pure."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from collectors.answers import Answer, refusal
from klankbord.errors import AuthError, CollectError, RateLimitedError, TransientError

#: the quota of 10,000 units begins anew at midnight there
_PACIFIC = ZoneInfo("America/Los_Angeles")
_SPENT = {"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"}
_TOO_FAST = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_KEY = {
    "keyInvalid",
    "keyExpired",
    "accessNotConfigured",
    "ipRefererBlocked",
    "API_KEY_INVALID",
    "API_KEY_SERVICE_BLOCKED",
    "API_KEY_IP_ADDRESS_BLOCKED",
    "SERVICE_DISABLED",
}
#: reasons that concern one video and not us -> what the run remarks
_ONE_VIDEO = {
    "commentsDisabled": "its comments are switched off",
    "videoNotFound": "it is gone",
    "forbidden": "its comments may not be read",
}
_PAUSE = timedelta(minutes=15)


def reasons(answer: Answer) -> tuple[str, ...]:
    """The words by which YouTube names why it refused; none where the body does not say."""
    try:
        error = json.loads(answer.body)["error"]
        listed = [one.get("reason") for key in ("errors", "details") for one in error.get(key) or ()]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ()
    return tuple(reason for reason in listed if isinstance(reason, str))


def of_one_video(answer: Answer) -> tuple[str, str] | None:
    """Reason and words, where a refusal concerns only the video that was asked for."""
    if answer.status not in {403, 404}:
        return None
    told = reasons(answer)
    if answer.status == 403 and b'"youtube.commentThread"' not in answer.body and "forbidden" in told:
        # the same word without that domain means that the key may not do this at all
        return None
    return next(((reason, _ONE_VIDEO[reason]) for reason in told if reason in _ONE_VIDEO), None)


def is_bad_page(answer: Answer) -> bool:
    """Whether a page token is not, or no longer, taken."""
    return answer.status == 400 and not _KEY.intersection(reasons(answer))


def refused(answer: Answer, now: datetime) -> CollectError | None:
    """The error that an answer stands for; None for one that can be used."""
    told = set(reasons(answer))
    if answer.status in {403, 429} and told & _SPENT:
        return RateLimitedError("the day's quota of YouTube units is used up", until=_midnight(now))
    if answer.status in {403, 429} and told & _TOO_FAST:
        return RateLimitedError("YouTube asks to go slower", until=now + _PAUSE)
    if answer.status in {400, 403} and told & _KEY:
        return AuthError(f"YouTube does not take the key: {', '.join(sorted(told & _KEY))}")
    return refusal(answer, now)


def content_of(answer: Answer, now: datetime) -> dict[str, Any]:
    """What an answer of the API holds: at least a list of items.

    Raises:
        CollectError: YouTube refused, or what came is something else.
    """
    if error := refused(answer, now):
        raise error
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise TransientError("no JSON came from YouTube") from error
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise TransientError("YouTube answered without a list of items")
    return found


def _midnight(now: datetime) -> datetime:
    day = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=_PACIFIC).astimezone(now.tzinfo)
