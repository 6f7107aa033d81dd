"""How reading went so far comes in; when a source is asked next, and in which order, goes out. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from klankbord.settings import FeedSource, SourceSettings

#: a feed that is always silent is still asked this often, or as seldom as its own `every` says
LONGEST = timedelta(hours=6)
#: a source is asked this many times within the time that usually passes between two pieces of news
_LOOKS = 4
#: how much one stretch between two pieces of news weighs against all before it
_WEIGHT = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What is known of a source's rhythm."""

    last_attempt_at: datetime | None = None
    #: a server or our own waiting after a failure
    not_before: datetime | None = None
    #: the last run that was given something not given before
    last_news_at: datetime | None = None
    #: usual time between two pieces of news; None: not known yet
    news_every: timedelta | None = None


def next_poll(source: SourceSettings, pace: Pace, now: datetime) -> datetime:
    """When a source is asked next; a moment in the past means now."""
    if pace.last_attempt_at is None:
        return now
    planned = pace.last_attempt_at + interval(source, pace, now)
    # A clock that was wrong must not silence a source: nobody asks for more than a day.
    if pace.last_attempt_at > now:
        planned = now
    if pace.not_before and pace.not_before < now + timedelta(hours=25):
        return max(planned, pace.not_before)
    return planned


def interval(source: SourceSettings, pace: Pace, now: datetime) -> timedelta:
    """The time between two looks: `every` while there is news, longer for a feed that is usually silent."""
    if not isinstance(source, FeedSource) or pace.last_news_at is None or pace.news_every is None:
        return source.every
    silence = max(pace.news_every, now - pace.last_news_at)
    return min(max(source.every, silence / _LOOKS), max(source.every, LONGEST))


def usual(before: timedelta | None, stretch: timedelta) -> timedelta:
    """The usual time between two pieces of news, after one more stretch."""
    return stretch if before is None else before + (stretch - before) * _WEIGHT


def in_turn(sources: Iterable[SourceSettings]) -> list[SourceSettings]:
    """The sources in an order in which no host has two turns before every other host had one."""
    by_host: defaultdict[str, list[SourceSettings]] = defaultdict(list)
    for source in sources:
        by_host[source.host].append(source)
    rows: Iterable[Sequence[SourceSettings | None]] = zip_longest(*by_host.values())
    return [source for source in chain.from_iterable(rows) if source is not None]
