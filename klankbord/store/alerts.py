"""What happened comes in; who is told of it stands in the outbox, in the same transaction."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, func, select, tuple_, update

from klankbord.alerting.decide import How, Past, Planned, State, Waiting, decide, escalate
from klankbord.alerting.event import Event, Kind, finding_event
from klankbord.alerting.rules import Recipient, Rules
from klankbord.errors import NotFoundError
from klankbord.finding import Finding, FindingId, Judgement, finding_id
from klankbord.mention import Mention
from klankbord.policy import Mode
from klankbord.store import findings, messages, schema

_table = schema.message
#: kind of the row of a finding; older than the other kinds of alert
ALERT = "alert"
_STATES = {How.SEND: "pending", How.HELD: "held", How.LEFT: "left"}
#: rows that came across, or still may
_STANDING = ("pending", "claimed", "sent", "held", "bundled", "left")


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """A message that did not reach its recipient, and that nobody tries any more."""

    key: str
    recipient: Recipient
    kind: str
    tries: int
    at: datetime
    problem: str


def raise_alerts(
    connection: Connection,
    mention: Mention,
    judgement: Judgement,
    raised: Collection[FindingId],
    rules: Rules,
    now: datetime,
) -> None:
    """Write the alerts for each finding of a judgement that is new in alert mode, or rose to it."""
    for score in judgement.clauses:
        key = finding_id(judgement.mention_id, score.clause_id)
        if score.mode is Mode.ALERT and key in raised:
            event = finding_event(
                key,
                clause=score.clause_id.split("-", 1)[0],
                language=judgement.lang or mention.lang,
                source_id=mention.source_id,
                at=now,
            )
            tell(connection, event, rules, now)


def tell(connection: Connection, event: Event, rules: Rules, now: datetime) -> int:
    """Write a row for each recipient of an event; returns how many are new."""
    recipients = tuple(rules.told(event))
    if not recipients:
        return 0
    state = _state(connection, event.subject, recipients, now)
    planned = decide(event, rules, state, now)
    for one in planned:
        _write(connection, event, one, now)
    return len(planned)


def escalate_due(connection: Connection, rules: Rules, standing: Collection[str], now: datetime) -> int:
    """Tell others of cases nobody said they have seen; returns how many rows that made.

    Args:
        connection: an open transaction.
        rules: who else is told.
        standing: keys of cases about sources and models that still stand.
        now: this moment.
    """
    due = select(_table.c.key).where(_table.c.escalate_at <= now).distinct()
    made = 0
    for key in connection.execute(due).scalars().all():
        rows = connection.execute(select(_table).where(_table.c.key == key)).mappings().all()
        made += sum(
            _escalated(connection, one, rows, rules, now) for one in _unseen(connection, rows, standing, now)
        )
        connection.execute(
            update(_table).where(_table.c.key == key, _table.c.escalate_at <= now).values(escalate_at=None)
        )
    return made


def _unseen(
    connection: Connection, rows: Sequence[RowMapping], standing: Collection[str], now: datetime
) -> list[RowMapping]:
    """One row for each rule that waited in vain."""
    if any(row["acknowledged_at"] for row in rows) or not _still(connection, rows[0], standing):
        return []
    waited = [row for row in rows if row["escalate_at"] and row["escalate_at"] <= now]
    return list({row["rule"]: row for row in waited if row["state"] not in {"withdrawn", "left"}}.values())


def _still(connection: Connection, row: RowMapping, standing: Collection[str]) -> bool:
    if row["finding_id"]:
        asked = select(messages.standing(_table.c.finding_id)).where(
            _table.c.key == row["key"], _table.c.finding_id == row["finding_id"]
        )
        return bool(connection.execute(asked.limit(1)).scalar())
    return row["kind"] != Kind.SOURCE.value or row["key"] in standing


def _escalated(
    connection: Connection, row: RowMapping, rows: Sequence[RowMapping], rules: Rules, now: datetime
) -> int:
    kind = Kind.FINDING if row["kind"] == ALERT else Kind(row["kind"])
    event = Event(
        kind=kind,
        subject=row["subject"],
        at=now,
        finding_id=row["finding_id"],
        detail=json.loads(row["detail"] or "{}"),
    )
    waiting = Waiting(
        event=event, key=row["key"], rule=row["rule"], has=frozenset(_recipient(one) for one in rows)
    )
    rule = rules.named(row["rule"])
    state = _state(connection, row["subject"], rule.escalate_to if rule else (), now)
    planned = escalate(waiting, rules, state, now)
    for one in planned:
        _write(connection, event, one, now)
    return len(planned)


def _state(connection: Connection, subject: str, recipients: Sequence[Recipient], now: datetime) -> State:
    """What stands in the outbox that bears on a subject and these recipients."""
    past = connection.execute(
        select(
            _table.c.key, _table.c.channel_id, _table.c.recipient, _table.c.planned_at, _table.c.state
        ).where(_table.c.subject == subject)
    ).mappings()
    yesterday = (now - timedelta(days=1)).date()
    mine = tuple_(_table.c.channel_id, _table.c.recipient).in_(
        [(one.channel_id, one.name) for one in recipients]
    )
    recent = (mine, _table.c.day >= yesterday)
    counts = connection.execute(
        select(_table.c.channel_id, _table.c.recipient, _table.c.day, func.count().label("n"))
        .where(*recent, _table.c.kind != messages.OVERFLOW, _table.c.summary == "")
        .where(_table.c.state.in_(("pending", "claimed", "sent", "failed")))
        .group_by(_table.c.channel_id, _table.c.recipient, _table.c.day)
    ).mappings()
    closed = connection.execute(
        select(_table.c.channel_id, _table.c.recipient, _table.c.day)
        .where(*recent, _table.c.kind == messages.OVERFLOW)
        .where((_table.c.state != "pending") | (_table.c.attempts > 0))
    ).mappings()
    return State(
        past=tuple(
            Past(
                key=row["key"],
                recipient=_recipient(row),
                planned_at=row["planned_at"],
                stands=row["state"] in _STANDING,
            )
            for row in past
        ),
        counts={(_recipient(row), row["day"]): row["n"] for row in counts},
        closed=frozenset((_recipient(row), row["day"]) for row in closed),
    )


def _recipient(row: RowMapping) -> Recipient:
    return Recipient(channel_id=row["channel_id"], name=row["recipient"])


def _write(connection: Connection, event: Event, planned: Planned, now: datetime) -> None:
    messages.insert_once(
        connection,
        planned.key,
        planned.recipient,
        kind=ALERT if event.kind is Kind.FINDING else event.kind.value,
        subject=planned.subject,
        finding_id=event.finding_id,
        rule=planned.rule,
        detail=json.dumps(dict(event.detail), sort_keys=True) if event.detail else "",
        state=_STATES[planned.how],
        summary=planned.summary,
        day=planned.day,
        planned_at=now,
        due_at=planned.due_at,
        escalate_at=planned.escalate_at,
    )
    if planned.summary_day and planned.summary_at:
        _open_summary(connection, planned, planned.summary_at, now)


def _open_summary(connection: Connection, planned: Planned, due_at: datetime, now: datetime) -> None:
    messages.insert_once(
        connection,
        planned.summary,
        planned.recipient,
        kind=messages.OVERFLOW,
        state="pending",
        day=planned.summary_day,
        planned_at=now,
        due_at=due_at,
    )
    # an urgent one among those held does not wait for the others' quiet hours
    connection.execute(
        update(_table)
        .where(
            _table.c.key == planned.summary,
            _table.c.channel_id == planned.recipient.channel_id,
            _table.c.recipient == planned.recipient.name,
            _table.c.due_at > due_at,
        )
        .values(due_at=due_at)
    )


def holders(connection: Connection, key: str) -> list[Recipient]:
    """Everybody who was told of a case, or is about to be."""
    rows = connection.execute(
        select(_table.c.channel_id, _table.c.recipient)
        .where(_table.c.key == key, _table.c.state.not_in(("withdrawn", "left")))
        .order_by(_table.c.channel_id, _table.c.recipient)
    )
    return [_recipient(row) for row in rows.mappings()]


def acknowledge(connection: Connection, key: str, recipient: Recipient, now: datetime) -> datetime:
    """Somebody has seen a case: nobody else is told for want of an answer; returns when it was first said.

    Raises:
        NotFoundError: the case is gone, as its post was deleted or its time was over.
    """
    here = (
        (_table.c.key == key)
        & (_table.c.channel_id == recipient.channel_id)
        & (_table.c.recipient == recipient.name)
    )
    row = connection.execute(select(_table.c.acknowledged_at, _table.c.finding_id).where(here)).first()
    if row is None:
        raise NotFoundError("the case this code was made for is gone")
    if row.acknowledged_at is not None:
        said: datetime = row.acknowledged_at
        return said
    connection.execute(update(_table).where(here).values(acknowledged_at=now))
    connection.execute(update(_table).where(_table.c.key == key).values(escalate_at=None))
    if row.finding_id:
        connection.execute(
            schema.change.insert().values(
                at=now,
                what="acknowledged",
                mention_id=None,
                finding_id=row.finding_id,
                detail=str(recipient)[:120],
            )
        )
    return now


def given_up(connection: Connection, since: datetime, until: datetime) -> list[GivenUp]:
    """Messages planned in this time that did not reach somebody and are not tried any more."""
    rows = connection.execute(
        select(_table)
        .where(
            _table.c.state == "failed",
            _table.c.summary == "",
            _table.c.planned_at >= since,
            _table.c.planned_at < until,
        )
        .order_by(_table.c.planned_at, _table.c.key)
    ).mappings()
    return [
        GivenUp(
            key=row["key"],
            recipient=_recipient(row),
            kind=row["kind"],
            tries=row["attempts"],
            at=row["planned_at"],
            problem=row["error"],
        )
        for row in rows
    ]


def findings_since(connection: Connection, since: datetime) -> list[Finding]:
    """The findings in alert mode that were made since, in the order they were."""
    table = schema.finding
    keys = connection.execute(
        select(table.c.id).where(table.c.found_at >= since, table.c.mode == int(Mode.ALERT))
    ).scalars()
    return sorted(findings.by_id(connection, keys.all()), key=lambda one: (one.found_at, one.id))
