"""A Line comes in, X's API goes out: each answer as a Page, each call paid for and within the budget.

The only module that knows tweepy. It is never told to wait: with `wait_on_rate_limit` and a reset moment in
the past it asks again and again without a pause.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import tweepy
from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter

from collectors.line import Line
from collectors.x_cursor import Pending
from collectors.x_page import Page, page_of
from klankbord.errors import ForbiddenError, PermanentError, RateLimitedError, TransientError
from klankbord.ports import Spend
from klankbord.settings import XSource

#: fewest and most posts that a page may hold
LEAST, MOST = 10, 100
#: tweepy knows one home only
_TWEEPYS_HOME = "https://api.twitter.com"
_FIELDS = [
    "author_id",
    "conversation_id",
    "created_at",
    "edit_history_tweet_ids",
    "lang",
    "note_tweet",
    "referenced_tweets",
]
#: a post may answer one and quote another: both come along, and are billed
_MOST_ALONG = 2

# At level DEBUG tweepy writes the token and every text to the log.
logging.getLogger("tweepy").setLevel(logging.INFO)


class RefusedError(PermanentError):
    """X does not take what it was asked (400): the id or token is too old, or the query is wrong."""


class XService:
    """Calls to X; `left` and every method's price are in millionths of a dollar."""

    def __init__(self, source: XSource, line: Line) -> None:
        """Read the token and make the client; nothing is asked yet.

        Raises:
            AuthError: there is no token.
        """
        self.line, self._source, prices = line, source, source.prices
        self.post, self.user, self.count, self.own = (
            round(price * 1_000_000) for price in (prices.post, prices.user, prices.count, prices.own_mention)
        )
        self._client = tweepy.Client(
            bearer_token=line.workshop.secrets.read(source.token),
            return_type=dict,
            wait_on_rate_limit=False,
        )
        self._client.session = line.session()
        self._client.session.mount(_TWEEPYS_HOME, _Home(self._client.session, source.url))

    @property
    def left(self) -> int:
        """What this run may still cost."""
        return self.line.budget.micros - self.line.spent.micros

    def room(self, price: int) -> int:
        """How many posts of this price may be asked for: all that may come with them must fit as well."""
        worst = price + _MOST_ALONG * self.post + (self.user if self._source.author_names else 0)
        return min(MOST, max(0, self.left) // worst) if worst else MOST

    def search(self, query: str, walk: Pending, size: int) -> Page:
        """One page of recent posts that meet a query, newest first.

        Raises:
            CollectError: it could not be had.
        """
        asked = {**self._whole(), **_range(walk), "next_token": walk.token or None, "max_results": size}
        return self._paid(self.post, lambda: self._client.search_recent_tweets(query, **asked))

    def mentions(self, account_id: str, walk: Pending, size: int) -> Page:
        """One page of posts that name the organisation's own account, newest first.

        Raises:
            CollectError: it could not be had.
        """
        asked = {**self._whole(), **_range(walk), "pagination_token": walk.token or None, "max_results": size}
        return self._paid(self.own, lambda: self._client.get_users_mentions(account_id, **asked))

    def versions(self, ids: Sequence[str]) -> Page:
        """Posts by id, with no more than the ids of their versions.

        Raises:
            CollectError: they could not be had.
        """
        return self._paid(
            self.post,
            lambda: self._client.get_tweets(list(ids), tweet_fields=["created_at", "edit_history_tweet_ids"]),
        )

    def posts(self, ids: Sequence[str]) -> Page:
        """Posts by id, as a search gives them.

        Raises:
            CollectError: they could not be had.
        """
        return self._paid(self.post, lambda: self._client.get_tweets(list(ids), **self._whole()))

    def counted(self, query: str) -> int:
        """How many posts met a query in the last seven days.

        Raises:
            CollectError: it could not be had.
        """
        answer = self._asked(lambda: self._client.get_recent_tweets_count(query, granularity="day"))
        self.line.spent += Spend(micros=self.count)
        meta = answer.get("meta")
        total = meta.get("total_tweet_count") if isinstance(meta, dict) else None
        if not isinstance(total, int) or total < 0:
            raise TransientError("X's count could not be read: no total_tweet_count")
        return total

    def _whole(self) -> dict[str, Any]:
        # Names are billed, and needed: without them a signed post would be kept with its author's name.
        expansions = ["referenced_tweets.id", *(["author_id"] if self._source.author_names else [])]
        return {"tweet_fields": _FIELDS, "expansions": expansions}

    def _paid(self, price: int, ask: Callable[[], Any]) -> Page:
        page = page_of(self._asked(ask))
        posts, along, people = page.counts
        self.line.spent += Spend(micros=posts * price + along * self.post + people * self.user)
        return page

    def _asked(self, ask: Callable[[], Any]) -> Mapping[str, Any]:
        with self.line.translated():
            try:
                answer = ask()
            except tweepy.HTTPException as error:
                if plain := _meant(error, self.line):
                    raise plain from error
                raise
        if not isinstance(answer, dict):
            raise TransientError("X's answer could not be read: no JSON object")
        return answer


def midnight_after(now: datetime) -> datetime:
    """When X's next day begins, and with it the next day's budget."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


def _range(walk: Pending) -> dict[str, Any]:
    return {"since_id": walk.since or None, "start_time": None if walk.since else walk.start}


def _meant(
    error: tweepy.HTTPException, line: Line
) -> RefusedError | ForbiddenError | RateLimitedError | None:
    """What X means by some answers; the others mean what their status says."""
    said = line.workshop.secrets.masked("; ".join(map(str, error.api_messages)))[:300]
    status = error.response.status_code
    if status == 400:
        return RefusedError(f"X refused what it was asked: {said or 'no reason given'}")
    if status == 402:
        return ForbiddenError("X answered 402: the account has no credits left; add them in X's console")
    if status == 429 and "usage-capped" in error.response.text:
        return RateLimitedError("X's own cap on this account is reached", until=midnight_after(line.now))
    return None


class _Home(BaseAdapter):
    """Sends what tweepy asks of its only home to the address in the settings."""

    def __init__(self, session: Session, home: str) -> None:
        super().__init__()
        self._through, self._home = session.get_adapter(_TWEEPYS_HOME), home.rstrip("/")

    def send(self, request: PreparedRequest, *_: object, **__: object) -> Response:
        """What the client wants of timeouts and proxies goes no further: the line has its own rules."""
        request.url = self._home + str(request.url).removeprefix(_TWEEPYS_HOME)
        return self._through.send(request)

    def close(self) -> None:
        """Nothing is kept open."""
