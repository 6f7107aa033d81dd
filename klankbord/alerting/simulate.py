"""Events of past weeks and the rules come in; what would have been sent, to whom and when, goes out. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from klankbord.alerting.decide import How, Past, Planned, State, decide
from klankbord.alerting.event import Event
from klankbord.alerting.rules import Recipient, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSimulated:
    """What one recipient would have got."""

    recipient: Recipient
    alerts: int = 0
    #: of these: told in a summary
    held: int = 0
    summaries: int = 0
    #: left for the digest
    left: int = 0
    #: waited for the end of quiet hours
    waited: int = 0
    #: the most on one local day
    busiest: int = 0
    #: local hour of the day, 0 to 23 -> messages
    hours: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What these rules would have done."""

    events: int
    #: events that nobody would have heard of at once
    untold: int
    #: rule and version -> alerts
    rules: Mapping[str, int]
    people: tuple[PersonSimulated, ...]


def simulate(events: Iterable[Event], rules: Rules) -> Simulation:
    """Play past events through the rules, each at its own moment."""
    plan: list[Planned] = []
    memory = _Memory()
    count = untold = 0
    for event in sorted(events, key=lambda one: one.at):
        planned = decide(event, rules, memory.state(event, rules), event.at)
        memory.keep(planned, event.at)
        plan += planned
        count += 1
        untold += not any(one.how is not How.LEFT for one in planned)
    told = Counter(one.rule for one in plan if one.how is not How.LEFT)
    people = sorted({one.recipient for one in plan})
    return Simulation(
        events=count,
        untold=untold,
        rules=dict(sorted(told.items())),
        people=tuple(
            _person(one, [row for row in plan if row.recipient == one], rules, memory) for one in people
        ),
    )


class _Memory:
    """What an outbox would hold by now."""

    def __init__(self) -> None:
        self.past: dict[str, list[Past]] = {}
        self.counts: Counter[tuple[Recipient, date]] = Counter()
        self.summaries: dict[tuple[Recipient, date], datetime] = {}
        self.moments: dict[tuple[str, Recipient], datetime] = {}

    def state(self, event: Event, rules: Rules) -> State:
        mine = set(rules.told(event))
        return State(
            past=tuple(self.past.get(event.subject, ())),
            counts={key: n for key, n in self.counts.items() if key[0] in mine},
            closed=frozenset(
                key for key, due_at in self.summaries.items() if key[0] in mine and due_at <= event.at
            ),
        )

    def keep(self, planned: Iterable[Planned], now: datetime) -> None:
        for one in planned:
            past = Past(key=one.key, recipient=one.recipient, planned_at=now)
            self.past.setdefault(one.subject, []).append(past)
            self.moments[one.key, one.recipient] = now
            if one.how is How.SEND:
                self.counts[one.recipient, one.day] += 1
            if one.summary_day and one.summary_at:
                place = (one.recipient, one.summary_day)
                self.summaries[place] = min(self.summaries.get(place, one.summary_at), one.summary_at)


def _person(recipient: Recipient, rows: list[Planned], rules: Rules, memory: _Memory) -> PersonSimulated:
    single = [row.due_at for row in rows if row.how is How.SEND]
    summaries = [due_at for (one, _), due_at in memory.summaries.items() if one == recipient]
    local = [moment.astimezone(rules.zone) for moment in (*single, *summaries)]
    days = Counter(moment.date() for moment in local)
    return PersonSimulated(
        recipient=recipient,
        alerts=sum(row.how is not How.LEFT for row in rows),
        held=sum(row.how is How.HELD for row in rows),
        summaries=len(summaries),
        left=sum(row.how is How.LEFT for row in rows),
        waited=sum(row.how is How.SEND and row.due_at > memory.moments[row.key, recipient] for row in rows),
        busiest=max(days.values(), default=0),
        hours=dict(sorted(Counter(moment.hour for moment in local).items())),
    )
