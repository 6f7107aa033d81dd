"""Run by hand as `python -m benchmarks.spikes [SEEDS]`: false alarms a week and minutes to detection.

Sixteen simulated weeks for each seed, after weeks that only teach what is usual: eight quiet ones and eight
with an event in each. Posts follow the day and the weekend; some days are louder, a few are holidays, posts
draw replies, and each week one article is copied to dozens of sites within hours. Beside it: a z-score of the
last hour against the last 24, as many tools have it, with and without copies.
"""

import math
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from statistics import fmean, median, stdev
from zoneinfo import ZoneInfo

from klankbord.spikes import MEASURES, Heard, Sensitivity, spikes

ZONE = ZoneInfo("Europe/Amsterdam")
#: a Monday, six weeks before summer time ends
START = datetime(2026, 9, 14, tzinfo=ZONE).astimezone(UTC)
TESTED = 8
STEP, WEEK, HOUR = timedelta(minutes=15), timedelta(weeks=1), timedelta(hours=1)
#: alarms closer to each other than this are one
SAME = timedelta(hours=12)
#: posts a day, as a rule
SOURCES = {"news": 30, "forum": 90, "social": 300}
#: posts by hour of the day
DAY = (1, 1, 1, 1, 1, 2, 4, 8, 11, 12, 12, 12, 13, 12, 12, 12, 12, 12, 13, 14, 14, 11, 7, 3)
#: two-sided 95 % of Student's t, by number of seeds less one
T = {
    1: 12.71,
    2: 4.30,
    3: 3.18,
    4: 2.78,
    5: 2.57,
    6: 2.45,
    7: 2.36,
    8: 2.31,
    9: 2.26,
    11: 2.20,
    14: 2.14,
    19: 2.09,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What one source had, and when something happened."""

    #: copies counted once
    moments: Sequence[datetime]
    #: every post
    all_moments: Sequence[datetime]
    events: Sequence[tuple[datetime, datetime]]
    tested_from: datetime


Alarm = Callable[[datetime], bool]


def scene(dice: Random, daily: float, weeks_known: int, *, eventful: bool) -> Scene:
    """So many weeks to learn from and eight to be tested on."""
    weeks = weeks_known + TESTED
    posts: list[datetime] = []
    for day in range(weeks * 7):
        local = START.astimezone(ZONE) + timedelta(days=day)
        loud = math.exp(dice.gauss(0, 0.25)) * (0.55 if local.weekday() >= 5 else 1)
        loud *= 0.45 if dice.random() < 1 / 40 else 1  # a holiday
        for hour, share in enumerate(DAY):
            begin = local.replace(hour=hour).astimezone(UTC)
            posts += (
                begin + HOUR * dice.random()
                for _ in range(poisson(dice, loud * daily * share / sum(DAY) / 1.3))
            )
    tested_from = START + weeks_known * WEEK
    events = (
        [happened(dice, tested_from + week * WEEK, daily, posts) for week in range(TESTED)]
        if eventful
        else []
    )
    # some posts draw replies within the hour
    posts += [post + HOUR * dice.random() * 2 for post in tuple(posts) for _ in range(geometric(dice, 0.3))]
    copies = [at for week in range(weeks) for at in copied(dice, START + week * WEEK)]
    return Scene(
        moments=sorted(posts), all_moments=sorted(posts + copies), events=events, tested_from=tested_from
    )


def happened(dice: Random, week: datetime, daily: float, posts: list[datetime]) -> tuple[datetime, datetime]:
    """An event at any hour of the week: 4 to 12 times an average hour more, 12 at least, fading slowly."""
    begin = week + WEEK * dice.uniform(0.02, 0.9)
    strength = max(12.0, daily / 24 * dice.uniform(4, 12))
    posts += [begin + HOUR * dice.expovariate(1 / 3) for _ in range(poisson(dice, strength * 4))]
    return begin, begin + 12 * HOUR


def copied(dice: Random, week: datetime) -> list[datetime]:
    """One article a week on 15 to 40 sites, within three hours, in the daytime."""
    begin = week + timedelta(days=dice.randrange(5), hours=dice.uniform(7, 15))
    return [begin + HOUR * dice.uniform(0, 3) for _ in range(dice.randint(15, 40))]


def poisson(dice: Random, mean: float) -> int:
    """Knuth's way for small means, a rounded normal for large ones."""
    if mean > 60:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, count, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        count, product = count + 1, product * dice.random()
    return count


def geometric(dice: Random, mean: float) -> int:
    count = 0
    while dice.random() < mean / (1 + mean):
        count += 1
    return count


def ours(moments: Sequence[datetime], since: datetime, sensitivity: Sensitivity) -> Alarm:
    heard = Heard(group="x", since=since, moments=moments)
    return lambda now: bool(spikes((heard,), now, sensitivity, ZONE))


def last_day(moments: Sequence[datetime], limit: float) -> Alarm:
    """The last hour against the 24 before: mean and standard deviation."""

    def alarm(now: datetime) -> bool:
        borders = [bisect_right(moments, now - HOUR * back) for back in range(26)]
        hours = [after - before for after, before in pairwise(borders)]
        said, usual = hours[0], hours[1:]
        return said >= 6 and said > fmean(usual) + limit * max(stdev(usual), 1.0)

    return alarm


def played(found: Scene, alarm: Alarm) -> tuple[int, list[float]]:
    """False alarms, and minutes until each event was seen; infinite: it was not."""
    fired: list[datetime] = []
    false = 0
    now, last = found.tested_from, found.tested_from - WEEK
    while now < found.tested_from + TESTED * WEEK:
        if alarm(now):
            inside = any(begin <= now <= end + SAME for begin, end in found.events)
            fired.append(now)
            false += not inside and now - last > SAME
            last = now
        now += STEP
    waits = []
    for begin, end in found.events:
        seen = [at for at in fired if begin <= at <= end]
        waits.append((seen[0] - begin) / timedelta(minutes=1) if seen else math.inf)
    return false, waits


def interval(values: Sequence[float]) -> str:
    """Mean and its 95 % interval over the seeds."""
    if len(values) < 2:
        return f"{fmean(values):.2f}"
    near = T[max(key for key in T if key <= len(values) - 1)]
    return f"{fmean(values):.2f} ± {near * stdev(values) / math.sqrt(len(values)):.2f}"


def ways(found: Scene) -> dict[str, Alarm]:
    """What is compared."""
    return {
        **{f"klankbord, {name}": ours(found.moments, START, name) for name in MEASURES},
        "klankbord, normal, 4 weeks known": ours(found.moments, found.tested_from - 4 * WEEK, "normal"),
        "klankbord, normal, every post": ours(found.all_moments, START, "normal"),
        "z-score of 24 h > 3, copies once": last_day(found.moments, 3),
        "z-score of 24 h > 3, every post": last_day(found.all_moments, 3),
        "z-score of 24 h > 5, copies once": last_day(found.moments, 5),
    }


def main(seeds: int) -> None:
    """Print a table."""
    quiet: dict[str, list[float]] = {}
    busy: dict[str, list[float]] = {}
    waits: dict[str, list[list[float]]] = {}
    for seed in range(seeds):
        false_quiet: dict[str, int] = {}
        false_busy: dict[str, int] = {}
        seen: dict[str, list[float]] = {}
        for name, daily in SOURCES.items():
            for eventful in (False, True):
                found = scene(Random(f"{seed} {name} {eventful}"), daily, 8, eventful=eventful)
                for way, alarm in ways(found).items():
                    false, minutes = played(found, alarm)
                    into = false_busy if eventful else false_quiet
                    into[way] = into.get(way, 0) + false
                    seen.setdefault(way, []).extend(minutes)
        for way, minutes in seen.items():
            quiet.setdefault(way, []).append(false_quiet[way] / TESTED)
            busy.setdefault(way, []).append(false_busy[way] / TESTED)
            waits.setdefault(way, []).append(minutes)
    print(f"{seeds} seeds, {len(SOURCES)} sources together; mean and 95 % interval over the seeds")
    print(
        f"{'':34} {'false a quiet week':>20} {'false a busy week':>20} {'minutes, median':>18} {'seen %':>14}"
    )
    for way, each in waits.items():
        print(
            f"{way:34} {interval(quiet[way]):>20} {interval(busy[way]):>20} "
            f"{interval([median(one) for one in each]):>18} "
            f"{interval([100 * sum(map(math.isfinite, one)) / len(one) for one in each]):>14}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
