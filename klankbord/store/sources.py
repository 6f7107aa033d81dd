"""How reading each source went comes in and is kept: cursor, errors, gaps, spend."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from klankbord.errors import CollectError
from klankbord.ports import Cursor, Gap
from klankbord.store import schema

_LONGEST = 500


def cursor(connection: Connection, source_id: str) -> Cursor | None:
    """Where the collector was, or None when it never read."""
    held = connection.execute(select(schema.source.c.cursor).where(schema.source.c.id == source_id)).scalar()
    return Cursor(held) if held else None


def not_before(connection: Connection, source_id: str) -> datetime | None:
    """The moment before which the source must not be asked."""
    return connection.execute(
        select(schema.source.c.not_before).where(schema.source.c.id == source_id)
    ).scalar()


def advance(
    connection: Connection, source_id: str, next_cursor: Cursor, not_before: datetime | None, now: datetime
) -> None:
    """A batch was kept: the cursor moves with it."""
    _set(connection, source_id, cursor=next_cursor, not_before=not_before, last_attempt_at=now)


def succeed(connection: Connection, source_id: str, now: datetime, *, new: bool) -> None:
    """A run ended well; a stretch in which nothing could be read becomes a gap."""
    row = connection.execute(select(schema.source).where(schema.source.c.id == source_id)).mappings().first()
    if row and row["failing_since"]:
        note_gap(
            connection, source_id, Gap(from_at=row["failing_since"], to_at=now, reason=row["error_word"])
        )
    values: dict[str, Any] = {"last_attempt_at": now, "last_success_at": now}
    values |= {"failures": 0, "error_word": "", "error": "", "failing_since": None}
    if new:
        values["last_new_at"] = now
    _set(connection, source_id, **values)


def fail(connection: Connection, source_id: str, error: CollectError, now: datetime) -> int:
    """A run failed; returns how often it did since the last success."""
    row = connection.execute(select(schema.source).where(schema.source.c.id == source_id)).mappings().first()
    failures = (row["failures"] if row else 0) + 1
    since = (row["failing_since"] or row["last_success_at"]) if row else None
    _set(
        connection,
        source_id,
        last_attempt_at=now,
        failures=failures,
        failing_since=since or now,
        error_word=error.word,
        error=error.problem[:_LONGEST],
        not_before=error.until,
    )
    return failures


def note_gap(connection: Connection, source_id: str, gap: Gap) -> None:
    """Keep a stretch that could not be read; the same stretch once."""
    table = schema.gap
    reason = gap.reason[:_LONGEST]
    same = (table.c.source_id == source_id) & (table.c.from_at == gap.from_at) & (table.c.reason == reason)
    if connection.execute(update(table).where(same).values(to_at=gap.to_at)).rowcount == 0:
        connection.execute(
            insert(table).values(source_id=source_id, from_at=gap.from_at, to_at=gap.to_at, reason=reason)
        )


def states(connection: Connection) -> list[dict[str, Any]]:
    """Each source's row with the number of its mentions."""
    counted = connection.execute(
        select(schema.mention.c.source_id, func.count()).group_by(schema.mention.c.source_id)
    )
    counts: dict[str, int] = {name: number for name, number in counted}  # noqa: C416 - rows are not pairs to mypy
    rows = connection.execute(select(schema.source)).mappings()
    return [dict(row) | {"mentions": counts.get(row["id"], 0)} for row in rows]


def gaps(connection: Connection, from_at: datetime, to_at: datetime) -> Iterable[Any]:
    """Gaps that touch a stretch of time."""
    table = schema.gap
    return connection.execute(
        select(table)
        .where(table.c.to_at > from_at, table.c.from_at < to_at)
        .order_by(table.c.from_at, table.c.source_id)
    ).mappings()


def _set(connection: Connection, source_id: str, **values: object) -> None:
    table = schema.source
    if connection.execute(update(table).where(table.c.id == source_id).values(**values)).rowcount == 0:
        defaults: dict[str, object] = {"failures": 0, "error_word": "", "error": ""}
        connection.execute(insert(table).values(id=source_id, **(defaults | values)))
