"""How reading each source went comes in and is kept: cursor, errors, gaps, spend."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, func, insert, select, update

from klankbord.errors import CollectError
from klankbord.ports import Cursor, Gap
from klankbord.store import schema

_LONGEST = 500
_source = schema.source.c
_CURSOR, _NOT_BEFORE, _TROUBLE = (
    select(*columns).where(_source.id == bindparam("of"))
    for columns in ((_source.cursor,), (_source.not_before,), (_source.failing_since, _source.error_word))
)


def cursor(connection: Connection, source_id: str) -> Cursor | None:
    """Where the collector was, or None when it never read."""
    held = connection.execute(_CURSOR, {"of": source_id}).scalar()
    return Cursor(held) if held else None


def not_before(connection: Connection, source_id: str) -> datetime | None:
    """The moment before which the source must not be asked."""
    return connection.execute(_NOT_BEFORE, {"of": source_id}).scalar()


def advance(
    connection: Connection, source_id: str, next_cursor: Cursor, not_before: datetime | None, now: datetime
) -> None:
    """A batch was kept: the cursor moves with it."""
    _set(connection, source_id, cursor=next_cursor, not_before=not_before, last_attempt_at=now)


def succeed(connection: Connection, source_id: str, now: datetime, *, new: bool) -> None:
    """A run ended well; a stretch in which nothing could be read becomes a gap."""
    trouble = connection.execute(_TROUBLE, {"of": source_id}).first()
    if trouble and trouble.failing_since:
        note_gap(
            connection, source_id, Gap(from_at=trouble.failing_since, to_at=now, reason=trouble.error_word)
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
    given = {f"new_{name}": value for name, value in values.items()}
    if connection.execute(_setting(tuple(values)), given | {"of": source_id}).rowcount == 0:
        defaults: dict[str, object] = {"failures": 0, "error_word": "", "error": ""}
        connection.execute(insert(schema.source), {"id": source_id} | defaults | values)


@cache
def _setting(names: tuple[str, ...]) -> Update:
    """The statement that sets these columns of a source, made once."""
    return (
        update(schema.source)
        .where(_source.id == bindparam("of"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
