"""Counts of verdicts come in; what was handled, what waits, and shares with their interval go out. Pure."""

from datetime import datetime

from klankbord.week import VerdictCounts
from reports.dates import number
from reports.phrase import age_of
from reports.record import Ageing, Share
from reports.words import Words

#: verdicts from which a share says anything
ENOUGH = 10
#: 95 % of the normal distribution
_Z = 1.96


def handled_of(verdicts: VerdictCounts, now: datetime, say: Words) -> tuple[str, ...]:
    """What people answered, what was done, and what waits."""
    aged = [say.many("handled.aged", row.findings, age=row.label) for row in ageing_of(verdicts, say)]
    overdue = [line for line, row in zip(aged, ageing_of(verdicts, say), strict=True) if row.overdue]
    return (*_given(verdicts, say), _waiting(verdicts, now, say), *overdue)


def ageing_of(verdicts: VerdictCounts, say: Words) -> tuple[Ageing, ...]:
    """Open findings by age, the oldest first; ages without one are left out."""
    named = zip(("week", "two", "four", "older"), verdicts.ages, strict=True)
    rows = [
        Ageing(label=say(f"ageing.{name}"), findings=count, overdue=name in {"four", "older"})
        for name, count in named
        if count
    ]
    return tuple(reversed(rows))


def share_of(hits: int, n: int) -> Share | None:
    """So many of n; with an interval only from ten on, and None of nothing."""
    if not n:
        return None
    if n < ENOUGH:
        return Share(hits=hits, n=n)
    low, high = wilson(hits, n)
    return Share(hits=hits, n=n, percent=round(100 * hits / n), low=round(100 * low), high=round(100 * high))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share."""
    share, square = hits / n, _Z**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * (share * (1 - share) / n + square / (4 * n * n)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def _given(verdicts: VerdictCounts, say: Words) -> list[str]:
    n = verdicts.confirmed + verdicts.dismissed + verdicts.unsure
    if not n:
        return [say("handled.none")]
    lines = [
        say.many(
            "handled.verdicts",
            n,
            confirmed=verdicts.confirmed,
            dismissed=verdicts.dismissed,
            unsure=verdicts.unsure,
        )
    ]
    done = sorted(
        ((count, key) for key, count in verdicts.outcomes.items() if count), key=lambda p: (-p[0], p[1])
    )
    if done:
        named = ", ".join(f"{say.either(f'outcome.{key}', 'outcome.other')} {count}" for count, key in done)
        lines.append(say("handled.outcomes", outcomes=named))
    if verdicts.hours_to_verdict is not None:
        lines.append(say("handled.hours", hours=number(round(verdicts.hours_to_verdict, 1), say.language)))
    return lines


def _waiting(verdicts: VerdictCounts, now: datetime, say: Words) -> str:
    if not verdicts.open:
        return say("handled.open.none")
    age = age_of(verdicts.oldest_open_at or now, now, say.language)
    return say.many("handled.open", verdicts.open, age=age)
