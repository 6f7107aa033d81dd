"""A Line comes in, Reddit's listings and single posts go out: praw, without its sleeps, files and retries.

praw is told every setting, so that no praw.ini and no environment can tell it another. Its requestor is ours:
a refusal becomes one of the five errors before prawcore can retry it, the access token is kept between polls,
and prawcore is not shown the rate limit, since it would sleep for up to ten minutes on it.
"""

import json
import re
from collections.abc import Sequence
from configparser import ConfigParser
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import praw
import requests
from praw.config import Config
from prawcore import Requestor
from prawcore.const import ACCESS_TOKEN_PATH

from collectors.answers import Answer, refusal
from collectors.line import Line
from collectors.reddit_listings import PAGE, Listing
from collectors.reddit_posts import Thing, thing_of
from klankbord.errors import (
    AuthError,
    CollectError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from klankbord.mention import short_hash
from klankbord.settings import RedditSource

_API = "https://oauth.reddit.com"
_WORLD = "https://www.reddit.com"
_LIMITS = "x-ratelimit-"
_REASON = re.compile(r"[a-z_ -]{1,40}")
#: a token is asked for anew this long before Reddit would refuse it
_EARLY = timedelta(seconds=60)
_LONGEST = timedelta(days=1)
# What praw would read from praw.ini, given here; names of kinds are Reddit's own.
_FIXED: dict[str, Any] = {
    "check_for_async": False,
    "check_for_updates": False,
    "comment_kind": "t1",
    "message_kind": "t4",
    "password": None,
    "ratelimit_seconds": 0,
    "redditor_kind": "t2",
    "redirect_uri": None,
    "refresh_token": None,
    "short_url": "https://redd.it",
    "submission_kind": "t3",
    "subreddit_kind": "t5",
    "timeout": 16,
    "trophy_kind": "t6",
    "user_agent": "klankbord",
    "username": None,
    "window_size": 600,
}


class UsedUpError(TransientError):
    """The run's requests are used up: nothing is wrong with the source."""


@dataclass(slots=True)
class Account:
    """What is remembered of an app within this process."""

    #: Reddit's answer that holds the access token
    token: bytes = b""
    token_until: datetime | None = None
    #: Reddit said that nothing may be asked before
    rest_until: datetime | None = None


_ACCOUNTS: dict[str, Account] = {}
_LOCK = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing."""

    things: tuple[Thing, ...]
    #: where the next page begins; empty: there is none
    after: str


class RedditClient:
    """Asks Reddit for one poll or recheck."""

    def __init__(self, source: RedditSource, line: Line) -> None:
        """Read the credentials; nothing is asked yet.

        Raises:
            AuthError: there are none.
        """
        secrets = line.workshop.secrets
        client_id, client_secret = secrets.read(source.client_id), secrets.read(source.client_secret)
        self._line = line
        self._account = _account(client_id, client_secret, source.base_url or source.url)
        with Config.LOCK:
            # praw would look for praw.ini in the working folder and the home folder, and fail on a bad one
            Config.CONFIG = ConfigParser(interpolation=None)
        self._praw = praw.Reddit(
            "DEFAULT",
            requestor_class=_LineRequestor,
            requestor_kwargs={"session": line.session(), "line": line, "account": self._account},
            client_id=client_id,
            client_secret=client_secret,
            oauth_url=source.url.rstrip("/") + "/",
            reddit_url=_WORLD if source.url.rstrip("/") == _API else source.url.rstrip("/"),
            **_FIXED,
        )

    @property
    def rest_until(self) -> datetime | None:
        """Until when Reddit wants no more requests of this app, if it does."""
        until = self._account.rest_until
        return until if until and until > self._line.now else None

    def page(self, listing: Listing, after: str) -> Page:
        """One page.

        Raises:
            CollectError: one of its five subclasses.
        """
        params: dict[str, str | int] = {**dict(listing.params), "limit": PAGE}
        if after:
            params["after"] = after
        with self._line.translated():
            found = self._praw.get(listing.path, params=params)
            if not isinstance(found, praw.models.Listing):
                raise TypeError(f"a listing was asked for, {type(found).__name__} came")
            return Page(things=_things(found.children), after=str(found.after or ""))

    def info(self, fullnames: Sequence[str]) -> tuple[Thing, ...]:
        """What still stands of up to 100 posts; what is not among them is gone.

        Raises:
            CollectError: one of its five subclasses.
        """
        with self._line.translated():
            return _things(list(self._praw.info(fullnames=fullnames)))


def _things(models: Sequence[object]) -> tuple[Thing, ...]:
    return tuple(thing for model in models if (thing := thing_of(model)))


def _account(client_id: str, client_secret: str, address: str) -> Account:
    with _LOCK:
        return _ACCOUNTS.setdefault(short_hash(client_id, client_secret, address), Account())


class _LineRequestor(Requestor):
    def __init__(self, *, line: Line, account: Account, **given: Any) -> None:  # noqa: ANN401 - prawcore's own
        super().__init__(**given)
        self._line, self._account = line, account
        #: whether the token was given in this very run
        self._fresh = False

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        """What prawcore asks: a token from memory where one is kept, else over the line."""
        token = str(args[1]).endswith(ACCESS_TOKEN_PATH)
        if token and self._kept():
            return _response(self._account.token)
        if self._line.left <= 0:
            raise UsedUpError("the requests of this run are used up")
        if not token and self._account.rest_until and self._account.rest_until > self._line.now:
            raise RateLimitedError("Reddit's limit for this app is used up", until=self._account.rest_until)
        response = super().request(*args, timeout=timeout, **kwargs)
        if token:
            self._keep(response)
        else:
            self._look(response, str(args[1]))
        for name in [name for name in response.headers if name.lower().startswith(_LIMITS)]:
            del response.headers[name]
        return response

    def _kept(self) -> bool:
        until = self._account.token_until
        return bool(self._account.token and until and self._line.now < until)

    def _keep(self, response: requests.Response) -> None:
        if (answer := self._line.last) and (refused := refusal(answer, self._line.now)):
            raise refused
        told = response.json()
        if "access_token" not in told:
            raise AuthError(f"Reddit refused the app's id or secret: {_reason(told.get('error'))}")
        lasts = min(timedelta(seconds=float(told["expires_in"])), _LONGEST)
        with _LOCK:
            self._account.token = response.content
            self._account.token_until = self._line.now + lasts - _EARLY
        self._fresh = True

    def _look(self, response: requests.Response, url: str) -> None:
        answer = self._line.last
        if answer is None:
            return
        self._account.rest_until = _rest(answer, self._line.now)
        if answer.status == requests.codes.unauthorized:
            raise self._unauthorized()
        if refused := refusal(answer, self._line.now):
            raise type(refused)(_told(refused, answer), until=refused.until)
        if urlsplit(str(response.url)).path.strip("/") != urlsplit(url).path.strip("/"):
            raise PermanentError(
                f"{urlsplit(url).path}: Reddit knows no subreddit of that name, or sends elsewhere"
            )

    def _unauthorized(self) -> CollectError:
        """A token that was good before may be asked for once more; one that was never good may not."""
        with _LOCK:
            self._account.token, self._account.token_until = b"", None
        if self._fresh:
            return AuthError("Reddit does not take the access token it just gave")
        return TransientError("Reddit no longer takes the access token: the next read asks for another")


def _response(body: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code, response.raw = 200, BytesIO(body)
    return response


def _rest(answer: Answer, now: datetime) -> datetime | None:
    """When something may be asked again; None while something is left, or where Reddit does not say."""
    try:
        left, reset = (float(answer.header(_LIMITS + name)) for name in ("remaining", "reset"))
        wait = min(max(timedelta(seconds=reset), timedelta(seconds=1)), _LONGEST)
    except (ValueError, OverflowError):
        return None
    return now + wait if left < 1 else None


def _told(refused: CollectError, answer: Answer) -> str:
    """The refusal with Reddit's own reason: "private", "quarantined", "banned"."""
    try:
        reason = _reason(json.loads(answer.body).get("reason"))
    except (ValueError, AttributeError, RecursionError):
        reason = ""
    return f"{refused.problem} ({reason})" if reason else refused.problem


def _reason(said: object) -> str:
    return said if isinstance(said, str) and _REASON.fullmatch(said) else ""
