"""How reading each source went comes in and is kept: cursor, errors, gaps, spend."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Update,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    update,
)

from klankbord.errors import CollectError
from klankbord.mention import Precision, SourceId
from klankbord.polling import Pace, usual
from klankbord.ports import Batch, Cursor, Gap, Spend
from klankbord.standing import Ledger
from klankbord.store import schema
from klankbord.store.engine import spelled, straight
from klankbord.week import GapRow

_LONGEST = 500
#: mentions of a source on which its lag is measured
_LAGS = 200
_source = schema.source.c
_CURSOR, _TROUBLE = (
    select(*columns).where(_source.id == bindparam("of"))
    for columns in (
        (_source.cursor,),
        (_source.failing_since, _source.error_word, _source.last_news_at, _source.news_every),
    )
)
# What nearly every run ends with: all was well before, and nothing came.
_STILL_WELL = (
    update(schema.source)
    .where(_source.id == bindparam("of"), _source.failing_since.is_(None))
    .values(last_attempt_at=bindparam("now"), last_success_at=bindparam("now"))
)
_QUIET_END = spelled(_STILL_WELL.values(cursor=bindparam("next"), not_before=bindparam("rest")))
_PACES = select(
    _source.id, _source.last_attempt_at, _source.not_before, _source.last_news_at, _source.news_every
)
#: what reading costs, as the daily tallies name it
SPENDS = ("requests", "bytes", "parse_ms", "micros")
_of_today = and_(
    schema.tally.c.source_id == bindparam("of"),
    schema.tally.c.day == bindparam("on"),
    # spelled out in the statement: a list of parameters would be written into it anew each time
    schema.tally.c.name.in_([literal_column(f"'{name}'") for name in SPENDS]),
)
_SPENT = (
    select(schema.tally.c.name, func.sum(schema.tally.c.n)).where(_of_today).group_by(schema.tally.c.name)
)
_nothing = select(literal_column("1").label("one")).subquery()
_OLDEST = (
    select(func.min(schema.mention.c.checked_at))
    .where(schema.mention.c.source_id == bindparam("of"))
    .scalar_subquery()
)
# One statement, since a thousand sources that have no news ask nothing else; a row for each kind of spend.
_OUTSET = spelled(
    select(
        _source.cursor,
        _source.not_before,
        schema.breaker.c.key.label("held_against"),
        schema.breaker.c.open_until,
        _OLDEST.label("oldest_check"),
        schema.tally.c.name,
        schema.tally.c.n,
    ).select_from(
        _nothing.join(schema.source, _source.id == bindparam("of"), isouter=True)
        .join(schema.breaker, schema.breaker.c.key == bindparam("host"), isouter=True)
        .join(schema.tally, _of_today, isouter=True)
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outset:
    """What a run of a source begins with."""

    #: where the collector was; None: it never read
    cursor: Cursor | None = None
    #: the moment before which the source must not be asked
    not_before: datetime | None = None
    #: its host failed lately
    host_failed: bool = False
    #: it failed so often that it is left alone
    host_open: bool = False
    #: today, so far
    spent: Spend = field(default_factory=Spend)
    #: when that mention of it which was not looked at for longest was seen to stand; None: it has none
    oldest_check: datetime | None = None


def cursor(connection: Connection, source_id: str) -> Cursor | None:
    """Where the collector was, or None when it never read."""
    held = connection.execute(_CURSOR, {"of": source_id}).scalar()
    return Cursor(held) if held else None


def outset(connection: Connection, source_id: str, host: str, day: date) -> Outset:
    """What a run of a source begins with, on a day."""
    asked = {"of": source_id, "host": host, "on": day.isoformat()}
    rows = straight(connection, _OUTSET, asked).fetchall()
    cursor, not_before, held_against, open_until, oldest_check, _, _ = rows[0]
    # a language is a part of a tally's key, but what is spent has none: a name stands here once
    spends = {name: number for *_, name, number in rows if name}
    return Outset(
        cursor=Cursor(cursor) if cursor else None,
        not_before=schema.moment_of(not_before),
        host_failed=held_against is not None,
        host_open=open_until is not None,
        spent=Spend(**spends),
        oldest_check=schema.moment_of(oldest_check),
    )


def advance(connection: Connection, source_id: str, batch: Batch, now: datetime, *, ends: bool) -> None:
    """A batch was kept: the cursor moves with it, and where the run `ends` well with it that is noted too."""
    rest, moment = schema.kept_moment(batch.not_before), schema.kept_moment(now)
    given = {"of": source_id, "next": batch.next, "rest": rest, "now": moment}
    if ends and straight(connection, _QUIET_END, given).rowcount:
        return
    _set(connection, source_id, cursor=batch.next, not_before=batch.not_before, last_attempt_at=now)
    if ends:
        succeed(connection, source_id, now, new=False, news=False)


def succeed(connection: Connection, source_id: str, now: datetime, *, new: bool, news: bool) -> None:
    """A run ended well; a stretch in which nothing could be read becomes a gap.

    Args:
        connection: an open transaction.
        source_id: which source.
        now: this moment.
        new: it gave mentions that were not known.
        news: it gave anything that it had not given before.
    """
    values: dict[str, Any] = {"last_attempt_at": now, "last_success_at": now}
    if not (new or news) and connection.execute(_STILL_WELL, {"of": source_id, "now": now}).rowcount:
        return
    trouble = connection.execute(_TROUBLE, {"of": source_id}).first()
    if trouble and trouble.failing_since:
        note_gap(
            connection, source_id, Gap(from_at=trouble.failing_since, to_at=now, reason=trouble.error_word)
        )
    values |= {"failures": 0, "error_word": "", "error": "", "failing_since": None}
    if new:
        values["last_new_at"] = now
    if news:
        last, known = (trouble.last_news_at, trouble.news_every) if trouble else (None, None)
        values |= {"last_news_at": now, "news_every": _rhythm(last, known, now)}
    _set(connection, source_id, **values)


def _rhythm(last: datetime | None, known: float | None, now: datetime) -> float | None:
    if last is None or last >= now:
        return known
    return usual(timedelta(seconds=known) if known else None, now - last).total_seconds()


def paces(connection: Connection) -> dict[str, Pace]:
    """The rhythm of every source that was ever asked."""
    return {
        row.id: Pace(
            last_attempt_at=row.last_attempt_at,
            not_before=row.not_before,
            last_news_at=row.last_news_at,
            news_every=timedelta(seconds=row.news_every) if row.news_every else None,
        )
        for row in connection.execute(_PACES)
    }


def spent(connection: Connection, source_id: str, day: date) -> Spend:
    """What reading a source cost on a day."""
    rows = connection.execute(_SPENT, {"of": source_id, "on": day})
    return Spend(**{row[0]: int(row[1]) for row in rows})


def ledger(connection: Connection, day: date, since: datetime) -> Ledger:
    """What was noted of all sources.

    Args:
        connection: an open transaction.
        day: the day whose spend is told.
        since: lags are measured on mentions collected after this moment.
    """
    return Ledger(
        paces=paces(connection),
        lags=_lags(connection, since),
        gaps=_newest_gaps(connection),
        spent=_spent_on(connection, day),
        hosts_open_until={
            row.key: row.open_until for row in connection.execute(select(schema.breaker)) if row.open_until
        },
    )


def _lags(connection: Connection, since: datetime) -> dict[str, timedelta]:
    """Of mentions whose moment the source gave exactly: the time within which 95 % were collected.

    What was there before a source was read for the first time tells nothing of how late it is seen.
    """
    table = schema.mention.c
    begun = (
        select(table.source_id.label("of"), func.min(table.collected_at).label("at"))
        .group_by(table.source_id)
        .subquery()
    )
    place = func.row_number().over(partition_by=table.source_id, order_by=table.collected_at.desc())
    newest = (
        select(table.source_id, table.published_at, table.collected_at, place.label("place"))
        .join(begun, (begun.c.of == table.source_id) & (table.published_at > begun.c.at))
        .where(table.published_precision == Precision.EXACT.value, table.collected_at >= since)
        .subquery()
    )
    rows = connection.execute(select(newest).where(newest.c.place <= _LAGS))
    waits: defaultdict[str, list[timedelta]] = defaultdict(list)
    for row in rows:
        waits[row.source_id].append(row.collected_at - row.published_at)
    return {name: sorted(found)[int(0.95 * (len(found) - 1))] for name, found in waits.items()}


def _newest_gaps(connection: Connection) -> dict[str, GapRow]:
    table = schema.gap
    newest = select(func.max(table.c.id)).group_by(table.c.source_id)
    return {
        row.source_id: GapRow(
            source_id=SourceId(row.source_id), from_at=row.from_at, to_at=row.to_at, reason=row.reason
        )
        for row in connection.execute(select(table).where(table.c.id.in_(newest)))
    }


def _spent_on(connection: Connection, day: date) -> dict[str, Spend]:
    table = schema.tally.c
    rows = connection.execute(
        select(table.source_id, table.name, func.sum(table.n))
        .where(table.day == day, table.name.in_(SPENDS))
        .group_by(table.source_id, table.name)
    )
    spends: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for source_id, name, number in rows:
        spends[source_id][name] = int(number)
    return {source_id: Spend(**parts) for source_id, parts in spends.items()}


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
