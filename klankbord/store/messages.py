"""The outbox: what is to be told comes in with the finding, is claimed, sent and settled as rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from klankbord.alerting.rules import Recipient
from klankbord.errors import DeliveryError
from klankbord.finding import FindingState
from klankbord.policy import Mode
from klankbord.store import schema

#: after this a claim counts as left behind by a process that died
LEASE = timedelta(minutes=10)
#: waits between tries: about a day in all, then given up visibly
BACKOFF = (1, 5, 15, 60, 240, 480, 720)
#: kind of the row that tells everything held over the day's number
OVERFLOW = "overflow"

_table = schema.message


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A message that waits to be sent to one recipient."""

    key: str
    channel_id: str
    #: a person or address of the channel; empty: the channel as it is
    recipient: str = ""
    kind: str
    finding_id: str | None
    #: rule and version that sent it
    rule: str = ""
    #: figures and names, as JSON
    detail: str = ""
    attempts: int

    @property
    def to(self) -> Recipient:
        """Who it is for."""
        return Recipient(channel_id=self.channel_id, name=self.recipient)

    @property
    def told_as(self) -> str:
        """`key -> recipient`, for people."""
        return f"{self.key} -> {self.to}"


def queue(
    connection: Connection, key: str, recipients: Iterable[Recipient], kind: str, now: datetime
) -> None:
    """Write a message for each recipient; one that stands already is left as it is."""
    for recipient in recipients:
        insert_once(connection, key, recipient, kind=kind, state="pending", planned_at=now, due_at=now)


def insert_once(connection: Connection, key: str, recipient: Recipient, **values: object) -> None:
    """Write a row, unless one stands for this case and recipient."""
    if connection.execute(select(_table.c.key).where(_at(key, recipient))).first() is None:
        place = {"key": key, "channel_id": recipient.channel_id, "recipient": recipient.name}
        empty = {"subject": "", "rule": "", "detail": "", "summary": "", "error": "", "attempts": 0}
        connection.execute(insert(_table).values(**empty | place | values))


def due(
    connection: Connection,
    now: datetime,
    without: Iterable[str] = (),
    paused: Iterable[str] = (),
    limit: int = 100,
) -> list[Due]:
    """Messages to send now: waiting ones, and claims whose owner died.

    Args:
        connection: an open transaction.
        now: this moment.
        without: channels that rest.
        paused: kinds of message that wait.
        limit: how many at most.
    """
    waiting = (_table.c.state == "pending") & (_table.c.due_at <= now)
    left = (_table.c.state == "claimed") & (_table.c.claimed_at <= now - LEASE)
    rows = connection.execute(
        select(_table)
        .where(
            waiting | left,
            _table.c.channel_id.not_in(list(without)),
            _table.c.kind.not_in(list(paused)),
        )
        .order_by(_table.c.due_at, _table.c.key, _table.c.channel_id, _table.c.recipient)
        .limit(limit)
    )
    names = ("key", "channel_id", "recipient", "kind", "finding_id", "rule", "detail", "attempts")
    return [Due(**{name: row[name] for name in names}) for row in rows.mappings()]


def claim(connection: Connection, message: Due, now: datetime) -> bool:
    """Take a message; False when another process has it."""
    result = connection.execute(
        update(_table)
        .where(
            _at(message.key, message.to),
            _table.c.attempts == message.attempts,
            _table.c.state.in_(("pending", "claimed")),
        )
        .values(state="claimed", claimed_at=now, attempts=_table.c.attempts + 1)
    )
    taken = result.rowcount == 1
    # What a summary tells is settled with its first try: every further try is the same mail.
    if taken and message.kind == OVERFLOW and not message.attempts:
        _bundle(connection, message)
    return taken


def _bundle(connection: Connection, summary: Due) -> None:
    held = _in_summary(summary) & (_table.c.state == "held")
    connection.execute(
        update(_table)
        .where(held, _table.c.finding_id.is_not(None), ~standing(_table.c.finding_id))
        .values(state="withdrawn", error="the finding no longer stands")
    )
    connection.execute(update(_table).where(held).values(state="bundled"))


def standing(finding_id: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Whether a finding is still open and in alert mode."""
    finding = schema.finding
    return (
        select(finding.c.id)
        .where(
            finding.c.id == finding_id,
            finding.c.state == FindingState.OPEN.value,
            finding.c.mode == int(Mode.ALERT),
        )
        .exists()
    )


def bundled(connection: Connection, summary: Due) -> list[Due]:
    """What a summary tells, in the order it came."""
    rows = connection.execute(
        select(_table)
        .where(_in_summary(summary), _table.c.state.in_(("held", "bundled", "sent")))
        .order_by(_table.c.planned_at, _table.c.key)
    )
    names = ("key", "channel_id", "recipient", "kind", "finding_id", "rule", "detail", "attempts")
    return [Due(**{name: row[name] for name in names}) for row in rows.mappings()]


def release(connection: Connection) -> int:
    """Give back every claim: only for a process that holds the instance lock and so knows nobody sends."""
    return connection.execute(
        update(_table).where(_table.c.state == "claimed").values(state="pending")
    ).rowcount


def sent(connection: Connection, message: Due, now: datetime) -> None:
    """The channel took it."""
    told = [message.finding_id]
    if message.kind == OVERFLOW:
        told = [one.finding_id for one in bundled(connection, message)]
        _settle_bundle(connection, message, state="sent", sent_at=now)
    _settle(connection, message, state="sent", sent_at=now, error="")
    rows = [
        {"at": now, "what": "alerted", "mention_id": None, "finding_id": one, "detail": str(message.to)[:120]}
        for one in told
        if one
    ]
    if rows:
        connection.execute(insert(schema.change), rows)


def dropped(connection: Connection, message: Due, reason: str) -> None:
    """There is nothing left to tell: the finding was withdrawn or its mention is gone."""
    _settle(connection, message, state="withdrawn", error=reason)
    if message.kind == OVERFLOW:
        _settle_bundle(connection, message, state="withdrawn", error=reason)


def failed(connection: Connection, message: Due, error: DeliveryError, now: datetime) -> None:
    """The channel did not take it: try later, or give up where waiting does not help."""
    tries = message.attempts + 1
    problem = error.problem[:500]
    if error.permanent or tries > len(BACKOFF):
        _settle(connection, message, state="failed", error=problem)
        if message.kind == OVERFLOW:
            _settle_bundle(connection, message, state="failed", error=problem)
        return
    wait = timedelta(minutes=BACKOFF[tries - 1])
    _settle(connection, message, state="pending", due_at=now + wait, error=problem)


def stands(connection: Connection, key: str) -> bool:
    """Whether a message of that key was ever queued."""
    return connection.execute(select(_table.c.key).where(_table.c.key == key)).first() is not None


def retry(connection: Connection, now: datetime) -> int:
    """Messages that were given up wait again, with all their tries."""
    given_up = _table.c.state == "failed"
    connection.execute(
        update(_table).where(given_up, _table.c.summary != "").values(state="bundled", error="")
    )
    result = connection.execute(
        update(_table).where(given_up).values(state="pending", attempts=0, due_at=now)
    )
    return result.rowcount


def listed(connection: Connection, limit: int, states: Sequence[str] = ()) -> list[dict[str, object]]:
    """The newest messages, in these states or in any, with what became of them."""
    conditions = [_table.c.state.in_(list(states))] if states else []
    rows = connection.execute(
        select(_table).where(*conditions).order_by(_table.c.due_at.desc(), _table.c.key).limit(limit)
    ).mappings()
    return [dict(row) for row in rows]


def _at(key: str, recipient: Recipient) -> ColumnElement[bool]:
    return (
        (_table.c.key == key)
        & (_table.c.channel_id == recipient.channel_id)
        & (_table.c.recipient == recipient.name)
    )


def _in_summary(summary: Due) -> ColumnElement[bool]:
    return (
        (_table.c.summary == summary.key)
        & (_table.c.channel_id == summary.channel_id)
        & (_table.c.recipient == summary.recipient)
    )


def _settle(connection: Connection, message: Due, **values: object) -> None:
    connection.execute(update(_table).where(_at(message.key, message.to)).values(**values))


def _settle_bundle(connection: Connection, summary: Due, **values: object) -> None:
    connection.execute(
        update(_table).where(_in_summary(summary), _table.c.state == "bundled").values(**values)
    )
