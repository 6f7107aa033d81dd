"""A stretch of weeks comes in, how people answered the findings of each keyword list in it goes out."""

import json
from collections import Counter
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from klankbord.finding import Decision, FindingState
from klankbord.sample import Stratum
from klankbord.store import schema
from klankbord.week import Answers, ListAnswers

#: daily counts of verdicts whose finding is gone, by decision and keyword list
ANSWER = "answer:"
_KEYWORD = "keyword:"
_SETTLED = frozenset((Decision.CONFIRMED.value, Decision.DISMISSED.value))


def answers(connection: Connection, start_at: datetime, end_at: datetime, first: date, last: date) -> Answers:
    """The last verdict on each finding, given in a stretch of time.

    Args:
        connection: an open transaction.
        start_at: when it begins.
        end_at: when it ends.
        first: its first local day.
        last: the local day after its last.
    """
    newest = _newest(connection, start_at, end_at)
    total, lists = Counter(decision for decision, _ in newest), Counter[tuple[str, str]]()
    for decision, evidence in newest:
        lists.update((name, decision) for name in lists_of(evidence))
    table = schema.tally
    rows = connection.execute(
        select(table.c.name, func.sum(table.c.n))
        .where(
            table.c.day >= first,
            table.c.day < last,
            table.c.name.like(f"{ANSWER}%"),
        )
        .group_by(table.c.name)
    )
    for name, n in rows:
        decision, _, list_id = name.removeprefix(ANSWER).partition(":")
        lists[list_id, decision] += int(n)
    sample = _sample(connection, start_at, end_at)
    return Answers(
        confirmed=total[Decision.CONFIRMED.value],
        dismissed=total[Decision.DISMISSED.value],
        lists=tuple(
            ListAnswers(
                list_id=name,
                confirmed=lists[name, Decision.CONFIRMED.value],
                dismissed=lists[name, Decision.DISMISSED.value],
            )
            for name in sorted({name for name, _ in lists})
        ),
        sampled=sample.total(),
        relevant=sample[Decision.CONFIRMED.value],
    )


def _sample(connection: Connection, start_at: datetime, end_at: datetime) -> Counter[str]:
    """What people said of posts that were drawn by lot and in which nothing had been found."""
    drawn = schema.drawn.c
    rows = connection.execute(
        select(drawn.decision, func.count())
        .where(
            drawn.answered_at >= start_at,
            drawn.answered_at < end_at,
            drawn.stratum == Stratum.RANDOM.value,
            drawn.flagged.is_(False),
            drawn.decision.in_(sorted(_SETTLED)),
        )
        .group_by(drawn.decision)
    )
    return Counter({str(row[0]): int(row[1]) for row in rows})


def lists_of(evidence: str) -> set[str]:
    """The keyword lists that voted, from the evidence as it is kept."""
    signals = (signal for _, _, _, signal in json.loads(evidence or "[]"))
    return {signal.removeprefix(_KEYWORD) for signal in signals if signal.startswith(_KEYWORD)}


def _newest(connection: Connection, start_at: datetime, end_at: datetime) -> list[tuple[str, str]]:
    """Decision and evidence of every finding whose last verdict in the stretch settled it."""
    verdict, finding = schema.verdict.c, schema.finding.c
    rows = connection.execute(
        select(verdict.finding_id, verdict.decision, finding.state, finding.evidence)
        .outerjoin_from(schema.verdict, schema.finding, finding.id == verdict.finding_id)
        .where(verdict.at >= start_at, verdict.at < end_at)
        .order_by(verdict.id)
    )
    newest = {key: (decision, state, evidence or "") for key, decision, state, evidence in rows}
    return [
        (decision, evidence)
        for _, (decision, state, evidence) in sorted(newest.items())
        # A finding that was reopened keeps the row of its old verdict.
        if decision in _SETTLED and state != FindingState.OPEN.value
    ]
