"""Rows whose time is over come in and are taken out for good (law.md F1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, select

from klankbord.finding import Decision, FindingState
from klankbord.mention import Mention
from klankbord.policy import Mode
from klankbord.store import schema
from klankbord.store.mentions import DayOf, selected
from klankbord.store.rows import mention_of

#: the text of a dismissed finding goes within a day
_DISMISSED = timedelta(hours=24)
#: anonymous daily counts; keys against return outlive every text they guard against
_TALLY = timedelta(days=1095)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long each class of row stays."""

    #: days an unflagged text stays, by source; other sources follow `default_days`
    text_days: Mapping[str, int]
    default_days: int = 30
    open_days: int = 60
    closed_days: int = 30
    audit_days: int = 400


def expired(connection: Connection, limits: Limits, now: datetime, most: int = 5_000) -> list[Mention]:
    """Mentions whose text must go by now."""
    table = schema.mention
    listed = _findings()
    still_open = listed.where(
        schema.finding.c.state == FindingState.OPEN.value,
        schema.finding.c.found_at >= now - timedelta(days=limits.open_days),
    )
    still_closed = listed.where(
        schema.finding.c.state == FindingState.CLOSED.value,
        _answered(Decision.CONFIRMED, now - timedelta(days=limits.closed_days))
        | _answered(Decision.DISMISSED, now - _DISMISSED),
    )
    rows: list[Mention] = []
    by_source = [(table.c.source_id == name, days) for name, days in sorted(limits.text_days.items())]
    by_source.append((table.c.source_id.not_in(sorted(limits.text_days)), limits.default_days))
    for which, days in by_source:
        old = table.c.collected_at < now - timedelta(days=days)
        statement = (
            selected()
            .where(which, ~still_open.exists(), ~still_closed.exists(), listed.exists() | old)
            .order_by(table.c.id)
            .limit(most)
        )
        rows += [mention_of(row) for row in connection.execute(statement).mappings()]
    return rows


def _findings() -> Select[Any]:
    """The findings of a mention that may be looked at one by one."""
    finding = schema.finding
    return (
        select(finding.c.id)
        .where(
            finding.c.mention_id == schema.mention.c.id,
            finding.c.state != FindingState.WITHDRAWN.value,
            finding.c.mode >= int(Mode.DIGEST),
        )
        .correlate(schema.mention)
    )


def _answered(decision: Decision, since: datetime) -> ColumnElement[bool]:
    """The newest verdict on the finding is this one, given since a moment."""
    verdict, newer = schema.verdict, schema.verdict.alias("newer")
    later = select(newer.c.id).where(newer.c.finding_id == verdict.c.finding_id, newer.c.id > verdict.c.id)
    return (
        select(verdict.c.id)
        .where(
            verdict.c.finding_id == schema.finding.c.id,
            verdict.c.decision == decision.value,
            verdict.c.at >= since,
            ~later.exists(),
        )
        .correlate(schema.finding)
        .exists()
    )


def prune(connection: Connection, limits: Limits, now: datetime, day_of: DayOf) -> None:
    """Old change rows, verdicts, sent messages, gaps and daily counts go."""
    old = now - timedelta(days=limits.audit_days)
    connection.execute(delete(schema.change).where(schema.change.c.at < old))
    connection.execute(
        delete(schema.message).where(
            schema.message.c.state.in_(("sent", "failed", "withdrawn", "left")), schema.message.c.due_at < old
        )
    )
    connection.execute(delete(schema.verdict).where(schema.verdict.c.at < old))
    connection.execute(delete(schema.gap).where(schema.gap.c.to_at < old))
    connection.execute(delete(schema.edition).where(schema.edition.c.made_at < now - _TALLY))
    for table in (schema.tally, schema.forgotten):
        connection.execute(delete(table).where(table.c.day < day_of(now - _TALLY)))
