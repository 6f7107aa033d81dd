"""An event, the rules and what was told before come in; who is told what and when goes out. Pure.

Nothing is lost and nothing comes twice: a recipient whom a rule names gets exactly one row for a case. It is
sent, waits out quiet hours, is held for a summary once the day's number is full, or is left for the digest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from klankbord.alerting.event import Event, Kind
from klankbord.alerting.rules import Reach, Recipient, Rule, Rules

#: a summary waits this long for more of the same
SUMMARY_WAIT = timedelta(hours=1)


class How(StrEnum):
    """What becomes of an alert for one recipient."""

    SEND = "send"
    #: the day's number is full: told in the summary
    HELD = "held"
    #: this recipient, or every rule that met, leaves it for the digest
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One alert for one recipient: a row of the outbox."""

    key: str
    subject: str
    recipient: Recipient
    rule: str
    how: How
    due_at: datetime
    #: the local day it counts for
    day: date
    escalate_at: datetime | None = None
    #: day of the summary that tells it, and when that is due
    summary_day: date | None = None
    summary_at: datetime | None = None

    @property
    def summary(self) -> str:
        """Key of that summary; empty: it is told by itself."""
        return summary_key(self.summary_day) if self.summary_day else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What somebody was told, or is about to be told, of the same subject."""

    key: str
    recipient: Recipient
    planned_at: datetime
    #: it came across, or may still; not one that was given up or withdrawn
    stands: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What stands in the outbox that bears on one subject and its recipients."""

    past: tuple[Past, ...] = ()
    #: alerts for a recipient on a local day
    counts: Mapping[tuple[Recipient, date], int] = field(default_factory=dict)
    #: summaries that left, or are leaving: nothing can be added to them
    closed: frozenset[tuple[Recipient, date]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A case of which nobody said in time that they have seen it."""

    event: Event
    key: str
    rule: str
    #: who has it, or is about to
    has: frozenset[Recipient]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    event: Event
    key: str
    rules: Rules
    state: State
    now: datetime


def summary_key(day: date) -> str:
    """The key of a day's summary."""
    return f"overflow-{day.isoformat()}"


def decide(event: Event, rules: Rules, state: State, now: datetime) -> tuple[Planned, ...]:
    """Who is told of an event, and when.

    Args:
        event: what happened.
        rules: who wants to hear of what.
        state: what was told before, as far as it bears on this.
        now: this moment.
    """
    case = _Case(event=event, key=_key(event, state.past), rules=rules, state=state, now=now)
    return tuple(
        _placed(case, recipient, met)
        for recipient, met in rules.told(event).items()
        if not _told_already(case, recipient, met)
    )


def escalate(waiting: Waiting, rules: Rules, state: State, now: datetime) -> tuple[Planned, ...]:
    """Whom else to tell of a case that nobody said they have seen; each at most once."""
    rule = rules.named(waiting.rule)
    if rule is None:
        return ()
    case = _Case(event=waiting.event, key=waiting.key, rules=rules, state=state, now=now)
    # told on, and no further from there
    return tuple(
        replace(_placed(case, recipient, [rule]), escalate_at=None)
        for recipient in dict.fromkeys(rule.escalate_to)
        if recipient not in waiting.has
    )


def _key(event: Event, past: Sequence[Past]) -> str:
    """A finding that rises to alert mode again is the same case, told as its second time."""
    if event.kind is not Kind.FINDING:
        return event.key
    times = len({one.key for one in past})
    return event.key if not times else f"{event.key}.{times + 1}"


def _told_already(case: _Case, recipient: Recipient, met: Sequence[Rule]) -> bool:
    cooldown = min(rule.settings.cooldown for rule in met)
    mine = [one for one in case.state.past if one.recipient == recipient]
    return any(one.key == case.key or (one.stands and case.now - one.planned_at < cooldown) for one in mine)


def _placed(case: _Case, recipient: Recipient, met: Sequence[Rule]) -> Planned:
    reach = case.rules.reach.get(recipient, Reach())
    urgent = [rule for rule in met if rule.settings.urgent]
    due_at = case.now if urgent else reach.quiet.over_at(case.now, case.rules.zone)
    day = due_at.astimezone(case.rules.zone).date()
    how = _how(met, reach, case.state.counts.get((recipient, day), 0))
    summary = _summary(case, recipient, reach, due_at, urgent=bool(urgent)) if how is How.HELD else None
    escalating = min((rule for rule in met if rule.settings.escalate_after), key=_patience, default=None)
    told_at = summary[1] if summary else due_at
    return Planned(
        key=case.key,
        subject=case.event.subject,
        recipient=recipient,
        rule=(escalating or (urgent or met)[0]).label,
        how=how,
        due_at=due_at,
        day=day,
        escalate_at=told_at + _patience(escalating) if escalating and how is not How.LEFT else None,
        summary_day=summary[0] if summary else None,
        summary_at=summary[1] if summary else None,
    )


def _patience(rule: Rule) -> timedelta:
    return rule.settings.escalate_after or timedelta.max


def _how(met: Sequence[Rule], reach: Reach, count: int) -> How:
    if reach.digest_only or all(rule.settings.digest_only for rule in met):
        return How.LEFT
    return How.HELD if reach.cap is not None and count >= reach.cap else How.SEND


def _summary(
    case: _Case, recipient: Recipient, reach: Reach, due_at: datetime, *, urgent: bool
) -> tuple[date, datetime]:
    """One summary a day: the first that opens, or the next day's once that one has left."""
    day = due_at.astimezone(case.rules.zone).date()
    at = due_at + SUMMARY_WAIT
    while (recipient, day) in case.state.closed:
        day += timedelta(days=1)
        at = max(due_at, datetime.combine(day, time(0), case.rules.zone).astimezone(UTC))
    return day, at if urgent else reach.quiet.over_at(at, case.rules.zone)
