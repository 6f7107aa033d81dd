"""The outbox: what is to be told comes in with the finding, is claimed, sent and settled as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from klankbord.errors import DeliveryError
from klankbord.finding import FindingId, Judgement, finding_id
from klankbord.policy import Mode
from klankbord.store import schema

#: after this a claim counts as left behind by a process that died
LEASE = timedelta(minutes=10)
#: waits between tries: about a day in all, then given up visibly
BACKOFF = (1, 5, 15, 60, 240, 480, 720)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A message that waits to be sent over one channel."""

    key: str
    channel_id: str
    kind: str
    finding_id: str | None
    attempts: int


def queue(
    connection: Connection,
    key: str,
    channels: Sequence[str],
    kind: str,
    finding_id: str | None,
    now: datetime,
) -> None:
    """Write a message for each channel; one that stands already is left as it is: once per case."""
    table = schema.message
    for channel in channels:
        same = (table.c.key == key) & (table.c.channel_id == channel)
        if connection.execute(select(table.c.key).where(same)).first() is None:
            connection.execute(
                insert(table).values(
                    key=key,
                    channel_id=channel,
                    kind=kind,
                    finding_id=finding_id,
                    state="pending",
                    attempts=0,
                    due_at=now,
                    error="",
                )
            )


def queue_alerts(
    connection: Connection,
    judgement: Judgement,
    raised: Sequence[FindingId],
    channels: Sequence[str],
    now: datetime,
) -> None:
    """Write an alert for each finding of a judgement that is new in alert mode, or rose to it."""
    for score in judgement.clauses:
        key = finding_id(judgement.mention_id, score.clause_id)
        if score.mode is Mode.ALERT and key in raised:
            queue(connection, f"alert-{key}", channels, "alert", key, now)


def due(connection: Connection, now: datetime, limit: int = 100) -> list[Due]:
    """Messages to send now: waiting ones, and claims whose owner died."""
    table = schema.message
    waiting = (table.c.state == "pending") & (table.c.due_at <= now)
    left = (table.c.state == "claimed") & (table.c.claimed_at <= now - LEASE)
    rows = connection.execute(
        select(table).where(waiting | left).order_by(table.c.due_at, table.c.key).limit(limit)
    )
    return [
        Due(
            key=row["key"],
            channel_id=row["channel_id"],
            kind=row["kind"],
            finding_id=row["finding_id"],
            attempts=row["attempts"],
        )
        for row in rows.mappings()
    ]


def claim(connection: Connection, message: Due, now: datetime) -> bool:
    """Take a message; False when another process has it."""
    table = schema.message
    result = connection.execute(
        update(table)
        .where(
            table.c.key == message.key,
            table.c.channel_id == message.channel_id,
            table.c.attempts == message.attempts,
            table.c.state.in_(("pending", "claimed")),
        )
        .values(state="claimed", claimed_at=now, attempts=table.c.attempts + 1)
    )
    return result.rowcount == 1


def release(connection: Connection) -> int:
    """Give back every claim: only for a process that holds the instance lock and so knows nobody sends."""
    table = schema.message
    return connection.execute(
        update(table).where(table.c.state == "claimed").values(state="pending")
    ).rowcount


def sent(connection: Connection, message: Due, now: datetime) -> None:
    """The channel took it."""
    _settle(connection, message, state="sent", sent_at=now, error="")
    if message.finding_id:
        connection.execute(
            insert(schema.change).values(
                at=now,
                what="alerted",
                mention_id=None,
                finding_id=message.finding_id,
                detail=message.channel_id,
            )
        )


def dropped(connection: Connection, message: Due, reason: str) -> None:
    """There is nothing left to tell: the finding was withdrawn or its mention is gone."""
    _settle(connection, message, state="failed", error=reason)


def failed(connection: Connection, message: Due, error: DeliveryError, now: datetime) -> None:
    """The channel did not take it: try later, or give up where waiting does not help."""
    tries = message.attempts + 1
    if error.permanent or tries > len(BACKOFF):
        _settle(connection, message, state="failed", error=error.problem[:500])
        return
    wait = timedelta(minutes=BACKOFF[tries - 1])
    _settle(connection, message, state="pending", due_at=now + wait, error=error.problem[:500])


def stands(connection: Connection, key: str) -> bool:
    """Whether a message of that key was ever queued."""
    return (
        connection.execute(select(schema.message.c.key).where(schema.message.c.key == key)).first()
        is not None
    )


def retry(connection: Connection, now: datetime) -> int:
    """Messages that were given up wait again, with all their tries; withdrawn ones stay as they are."""
    table = schema.message
    given_up = (table.c.state == "failed") & table.c.error.not_like("withdrawn:%")
    result = connection.execute(update(table).where(given_up).values(state="pending", attempts=0, due_at=now))
    return result.rowcount


def listed(connection: Connection, limit: int) -> list[dict[str, object]]:
    """The newest messages with what became of them."""
    table = schema.message
    rows = connection.execute(
        select(table).order_by(table.c.due_at.desc(), table.c.key).limit(limit)
    ).mappings()
    return [dict(row) for row in rows]


def _settle(connection: Connection, message: Due, **values: object) -> None:
    table = schema.message
    connection.execute(
        update(table)
        .where(table.c.key == message.key, table.c.channel_id == message.channel_id)
        .values(**values)
    )
