"""Posts that were drawn for review come in and are kept with their probability; answers find them again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from klankbord.finding import Decision, FindingId, FindingState, Verdict
from klankbord.mention import MentionId
from klankbord.policy import ClauseId
from klankbord.sample import Drawn, Stratum
from klankbord.store import schema

_table = schema.drawn


def keep(connection: Connection, drawn: Sequence[Drawn], older_than: datetime) -> None:
    """Keep a draw; draws from before a moment go."""
    connection.execute(delete(_table).where(_table.c.drawn_at < older_than))
    rows = [
        {
            "week": one.week,
            "mention_id": one.mention_id,
            "clause_id": one.clause_id,
            "stratum": one.stratum.value,
            "chance": one.chance,
            "score": one.score,
            "flagged": one.flagged,
            "drawn_at": one.drawn_at,
            "decision": None if one.decision is None else one.decision.value,
            "reason": one.reason,
            "note": "",
            "by": one.by,
            "answered_at": one.answered_at,
        }
        for one in drawn
    ]
    if rows:
        connection.execute(insert(_table), rows)


def gone(connection: Connection, week: str, between: tuple[datetime, datetime], now: datetime) -> list[Drawn]:
    """Findings that were answered in a stretch of time and are gone: people were pointed at them."""
    verdict = schema.verdict
    stands = select(schema.finding.c.id).where(schema.finding.c.id == verdict.c.finding_id)
    rows = connection.execute(
        select(verdict)
        .where(verdict.c.at >= between[0], verdict.c.at < between[1], ~stands.exists())
        .order_by(verdict.c.id)
    ).mappings()
    last = {row["finding_id"]: row for row in rows}
    return [
        Drawn(
            week=week,
            mention_id=None,
            clause_id=ClauseId(row["clause_id"]),
            stratum=Stratum.TOP,
            chance=1.0,
            score=0.0,
            flagged=True,
            drawn_at=now,
            decision=Decision(row["decision"]),
            reason=row["reason"],
            by=row["by"],
            answered_at=row["at"],
        )
        for row in last.values()
        if row["decision"] != Decision.UNSURE.value
    ]


def settle(connection: Connection, week: str) -> None:
    """Verdicts that were given before the draw answer it too."""
    verdict, finding = schema.verdict, schema.finding
    rows = connection.execute(
        select(verdict)
        .join(finding, finding.c.id == verdict.c.finding_id)
        .join(_table, _table.c.mention_id == finding.c.mention_id)
        .where(_table.c.week == week, finding.c.state == FindingState.CLOSED.value)
        .order_by(verdict.c.id)
    ).mappings()
    for row in rows.all():
        given = Verdict(
            finding_id=FindingId(row["finding_id"]),
            decision=Decision(row["decision"]),
            reason=row["reason"],
            outcome=row["outcome"],
            note=row["note"],
            by=row["by"],
            at=row["at"],
        )
        follow(connection, given, row["clause_id"])


def listed(connection: Connection, week: str | None = None) -> list[Drawn]:
    """What was drawn from a week, or ever; in the order it was drawn."""
    statement = select(_table).order_by(_table.c.id)
    if week is not None:
        statement = statement.where(_table.c.week == week)
    return [_drawn(row) for row in connection.execute(statement).mappings()]


def found(connection: Connection, prefix: str) -> list[Drawn]:
    """Drawn posts that still stand and are answered by an id that begins so."""
    statement = select(_table).where(_table.c.mention_id.is_not(None)).order_by(_table.c.id)
    standing = [_drawn(row) for row in connection.execute(statement).mappings()]
    return [one for one in standing if (one.finding_id or "").startswith(prefix.lower())]


def answer(connection: Connection, drawn: Drawn, verdict: Verdict, clause_id: ClauseId) -> None:
    """Keep the answer about a post on which no finding stands."""
    connection.execute(
        update(_table)
        .where(_table.c.week == drawn.week, _table.c.mention_id == drawn.mention_id)
        .values(clause_id=clause_id, **_answered(verdict))
    )
    detail = f"drawn: {verdict.decision.value}"
    connection.execute(
        insert(schema.change).values(
            at=verdict.at, what="judged", mention_id=drawn.mention_id, finding_id=None, detail=detail
        )
    )


def follow(connection: Connection, verdict: Verdict, clause_id: str) -> None:
    """A finding was answered; if its post was drawn, that answers the draw as well.

    Nothing is asked of a draw any more once its post is gone, so it is told at once.
    """
    of_finding = select(schema.finding.c.mention_id).where(schema.finding.c.id == verdict.finding_id)
    statement = update(_table).where(_table.c.mention_id == of_finding.scalar_subquery())
    if verdict.decision is not Decision.CONFIRMED:
        # About the clause that was asked; and what another clause of the post was confirmed for stands.
        statement = statement.where(
            _table.c.clause_id == clause_id,
            _table.c.decision.is_distinct_from(Decision.CONFIRMED.value),
        )
    connection.execute(statement.values(**_answered(verdict)))


def take_back(connection: Connection, key: FindingId) -> None:
    """A verdict on a finding was undone."""
    of_finding = select(schema.finding.c.mention_id).where(schema.finding.c.id == key)
    connection.execute(
        update(_table)
        .where(_table.c.mention_id == of_finding.scalar_subquery())
        .values(decision=None, reason=None, outcome=None, note="", by="", answered_at=None)
    )


def _answered(verdict: Verdict) -> dict[str, object]:
    return {
        "decision": verdict.decision.value,
        "reason": verdict.reason,
        "outcome": verdict.outcome,
        "note": verdict.note,
        "by": verdict.by,
        "answered_at": verdict.at,
    }


def _drawn(row: RowMapping) -> Drawn:
    return Drawn(
        week=row["week"],
        mention_id=None if row["mention_id"] is None else MentionId(row["mention_id"]),
        clause_id=ClauseId(row["clause_id"]),
        stratum=Stratum(row["stratum"]),
        chance=row["chance"],
        score=row["score"],
        flagged=row["flagged"],
        drawn_at=row["drawn_at"],
        decision=None if row["decision"] is None else Decision(row["decision"]),
        reason=row["reason"],
        by=row["by"],
        answered_at=row["answered_at"],
    )
