"""When something was posted comes in; where far more is said than at this time of other weeks goes out. Pure.

What is usual is what the last weeks had at the same time of the same day, an hour early and late included, by
the clock on the wall. Its middle and its spread are a median and a median deviation, so that one loud week
moves neither. Counts are compared by their square roots, which makes a few posts at night and a hundred at
noon vary alike; their spread is never taken for less than chance alone would give.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import sqrt
from statistics import median
from typing import Literal

Sensitivity = Literal["calm", "normal", "keen"]

#: weeks that make up what is usual, and how few of them are enough
WEEKS, FEWEST = 8, 3
#: a loud hour, and a morning or evening that was louder all along
_WINDOWS = (timedelta(hours=1), timedelta(hours=6))
_HOUR = timedelta(hours=1)
_SHIFTS = (-_HOUR, timedelta(), _HOUR)
#: how far back the beginning of a spike is looked for
LONGEST = timedelta(days=7)
#: times the median deviation gives the standard deviation, where chance is normal
_DEVIATION = 1.4826


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What it takes to call something a spike; all three are needed."""

    #: as many times what is usual
    times: float
    #: so many posts more than is usual
    more: int
    #: so many spreads above what is usual
    spreads: float


#: in plain words, see docs/how-to/set-up-alerts.md
MEASURES: dict[Sensitivity, Measure] = {
    "calm": Measure(times=4, more=15, spreads=6.5),
    "normal": Measure(times=2.5, more=10, spreads=5),
    "keen": Measure(times=1.8, more=6, spreads=3.5),
}
#: a spike goes on as long as it stays above this
_GOES_ON = Measure(times=1.4, more=3, spreads=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """When something was posted in one source, or in one kind of source."""

    #: the source or kind; empty: everything together
    group: str
    #: from here on nothing is missing
    since: datetime
    #: one for each post, in order; what is a copy of another is left out
    moments: Sequence[datetime]

    def count(self, start: datetime, end: datetime) -> int:
        """Posts after `start`, up to and with `end`."""
        return bisect_right(self.moments, end) - bisect_right(self.moments, start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spike:
    """Far more is said than usual."""

    group: str
    #: the hour in which it began: the same for as long as it lasts
    since: datetime
    #: posts in the stretch of time that shows it
    said: int
    #: posts in as long a stretch at this time of the week, as a rule
    usual: float
    #: that stretch
    within: timedelta
    #: the settings of sensitivity at which it shows
    sensitivities: frozenset[Sensitivity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unready:
    """A source that has not been read for long enough to know what is usual."""

    group: str
    #: whole weeks known
    weeks: int
    #: when that will be enough
    ready_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Usual:
    """What a stretch of time usually has."""

    middle: float
    #: in square roots
    root: float
    spread: float

    def exceeded(self, said: int, measure: Measure) -> bool:
        more = said - self.middle
        return (
            more >= measure.more
            and said >= measure.times * self.middle
            and (_root(said) - self.root) >= measure.spreads * self.spread
        )


def spikes(
    history: Iterable[Heard], now: datetime, sensitivity: Sensitivity = "normal", zone: tzinfo = UTC
) -> tuple[Spike, ...]:
    """Where far more is said than usual, at this moment.

    Args:
        history: of the last weeks; a group that was read for fewer than three has no spikes, see `unready`.
        now: this moment.
        sensitivity: how much it takes.
        zone: by whose clock people post.
    """
    found = (_spike(heard, now, zone) for heard in history)
    return tuple(spike for spike in found if spike is not None and sensitivity in spike.sensitivities)


def unready(history: Iterable[Heard], now: datetime) -> tuple[Unready, ...]:
    """Groups of which nothing can be said yet, and from when on it can."""
    wanted = FEWEST * timedelta(weeks=1) + _WINDOWS[-1] + _HOUR
    return tuple(
        Unready(
            group=heard.group,
            weeks=max(0, (now - heard.since) // timedelta(weeks=1)),
            ready_at=heard.since + wanted,
        )
        for heard in history
        if heard.since + wanted > now
    )


def _spike(heard: Heard, now: datetime, zone: tzinfo) -> Spike | None:
    best: tuple[frozenset[Sensitivity], int, float, timedelta] | None = None
    for within in _WINDOWS:
        said = heard.count(now - within, now)
        if said < MEASURES["keen"].more:
            continue
        usual = _usual(heard, now, within, zone)
        if usual is None:
            return None
        shows = frozenset(name for name, measure in MEASURES.items() if usual.exceeded(said, measure))
        if shows and (best is None or len(shows) > len(best[0])):
            best = (shows, said, usual.middle, within)
    if best is None:
        return None
    shows, said, middle, within = best
    began_at = _began_at(heard, now, zone)
    return Spike(
        group=heard.group, since=began_at, said=said, usual=middle, within=within, sensitivities=shows
    )


def _began_at(heard: Heard, now: datetime, zone: tzinfo) -> datetime:
    """The first hour of those, without a break of six hours, in which more was said than usual."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    began_at = hour
    while hour > now - LONGEST and began_at - hour <= _WINDOWS[-1]:
        hour -= _HOUR
        said = heard.count(hour, hour + _HOUR)
        if said < _GOES_ON.more:
            continue
        usual = _usual(heard, hour + _HOUR, _HOUR, zone)
        if usual is not None and usual.exceeded(said, _GOES_ON):
            began_at = hour
    return began_at


def _usual(heard: Heard, end: datetime, within: timedelta, zone: tzinfo) -> _Usual | None:
    """What the same stretch of the week had before; None where too few weeks are known."""
    exact: list[int] = []
    around: list[int] = []
    for earlier in _same_time(end, zone):
        if earlier - within - _HOUR < heard.since:
            break
        exact.append(heard.count(earlier - within, earlier))
        around += (heard.count(earlier + shift - within, earlier + shift) for shift in _SHIFTS)
    if len(exact) < FEWEST:
        return None
    # the hours around steady what few weeks say; they say nothing where all comes at nine sharp
    middle = max(median(exact), median(around))
    spread = max(1.0, _spread(exact), _spread(around))
    return _Usual(middle=middle, root=_root(middle), spread=spread)


def _spread(counts: Sequence[int]) -> float:
    roots = [_root(count) for count in counts]
    middle = median(roots)
    return _DEVIATION * median(abs(one - middle) for one in roots)


def _root(count: float) -> float:
    """Twice the root of a count: what chance alone does to it has a standard deviation of one (Anscombe)."""
    return 2 * sqrt(count + 3 / 8)


def _same_time(moment: datetime, zone: tzinfo) -> Iterator[datetime]:
    """The same weekday and time of day of each week before, on the wall: summer time moves no rhythm."""
    local = moment.astimezone(zone)
    for week in range(1, WEEKS + 1):
        yield (local - timedelta(weeks=week)).astimezone(UTC)


def heard_by(group: str, since: datetime, until: datetime, moments: Iterable[datetime]) -> Heard:
    """A history in order; what lies outside it, as a clock that runs ahead gives, is left out."""
    ordered = sorted(moments)
    within = ordered[bisect_left(ordered, since) : bisect_right(ordered, until)]
    return Heard(group=group, since=since, moments=within)
