"""A week comes in, what the store knows of it and the eight before goes out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from sqlalchemy import Connection, case, func, select
from sqlalchemy.sql.elements import ColumnElement

from klankbord.drift import Drift
from klankbord.finding import Decision, Finding, FindingState
from klankbord.mention import SourceId
from klankbord.policy import ClauseId, Mode
from klankbord.store import copies, findings, pauses, schema, sources
from klankbord.store.week_answers import answers
from klankbord.week import FindingCount, GapRow, MentionCount, SourceHealth, VerdictCounts, Week, WeekFacts

_BACK = 8
#: more findings than this in one week are counted, not carried along
_MOST = 500
#: weeks by which open findings are told apart
_AGES = (1, 2, 4)


def facts(connection: Connection, week: Week, sources_known: Sequence[SourceHealth]) -> WeekFacts:
    """Everything the digest of a week is made of."""
    weeks = [week.later(step) for step in range(-_BACK, 1)]
    day_range = (week.monday, week.later(1).monday)
    return WeekFacts(
        week=week,
        mentions=_mentions(connection, weeks),
        findings_counted=_counted(connection, weeks),
        findings=_with_copies(
            connection,
            findings.find(
                connection,
                state=None,
                clause=None,
                between=(week.start_at, week.end_at),
                least=Mode.DIGEST,
                limit=_MOST,
            ),
        ),
        found_late=_with_copies(connection, findings.found_late(connection, week, _MOST)),
        sources=tuple(health(connection, sources_known, counted=False)),
        gaps=tuple(
            GapRow(
                source_id=SourceId(row["source_id"]),
                from_at=row["from_at"],
                to_at=row["to_at"],
                reason=row["reason"],
            )
            for row in sources.gaps(connection, week.start_at, week.end_at)
        ),
        verdicts=_verdicts(connection, week),
        guarded=_tally(connection, "guarded", day_range),
        given_up=_given_up(connection, week),
        paused=_paused(connection, week),
        collecting_since=collecting_since(connection),
        answers=answers(connection, weeks[1].start_at, week.end_at, weeks[1].monday, day_range[1]),
    )


def collecting_since(connection: Connection) -> datetime | None:
    """The first moment anything was collected, as far back as change rows are kept."""
    table = schema.change
    # The oldest row is nearly always such a one: in order, and no further than the first.
    first = select(table.c.at).where(table.c.what == "collected").order_by(table.c.at).limit(1)
    return connection.execute(first).scalar()


def health(
    connection: Connection, known: Sequence[SourceHealth], *, counted: bool = True
) -> list[SourceHealth]:
    """How reading each configured source went; `counted`: also all it ever gave, which is a long look."""
    if counted:
        rows = sources.states(connection)
    else:
        rows = [dict(row) for row in connection.execute(select(schema.source)).mappings()]
    states = {row["id"]: row for row in rows}
    healths = []
    for source in known:
        row: dict[str, Any] = states.get(source.source_id, {})
        healths.append(
            SourceHealth(
                source_id=source.source_id,
                name=source.name,
                kind=source.kind,
                enabled=source.enabled,
                last_attempt_at=row.get("last_attempt_at"),
                last_success_at=row.get("last_success_at"),
                last_new_at=row.get("last_new_at"),
                failures=row.get("failures", 0),
                error_word=row.get("error_word", ""),
                error=row.get("error", ""),
                not_before=row.get("not_before"),
                mentions=row.get("mentions", 0),
            )
        )
    return healths


def _week_number(column: ColumnElement[Any], weeks: Sequence[Week]) -> ColumnElement[int]:
    """Which of the weeks a moment falls in: their borders are local midnights, known here, not in SQL."""
    return case(*((column < week.end_at, place) for place, week in enumerate(weeks)), else_=-1)


def _mentions(connection: Connection, weeks: Sequence[Week]) -> tuple[MentionCount, ...]:
    table = schema.mention
    number = _week_number(table.c.published_at, weeks).label("number")
    rows = connection.execute(
        select(number, table.c.source_id, table.c.lang, func.count())
        .where(table.c.published_at >= weeks[0].start_at, table.c.published_at < weeks[-1].end_at)
        .group_by(number, table.c.source_id, table.c.lang)
    )
    counts: Counter[tuple[date, str, str]] = Counter()
    for place, source_id, lang, number_of in rows:
        counts[weeks[place].monday, source_id, lang or ""] += number_of
    gone = schema.tally
    forgotten = connection.execute(
        select(gone.c.day, gone.c.source_id, gone.c.lang, gone.c.n).where(
            gone.c.name == "mention", gone.c.day >= weeks[0].monday, gone.c.day < weeks[-1].later(1).monday
        )
    )
    for day, source_id, lang, number_of in forgotten:
        counts[_monday(day), source_id, lang] += number_of
    return tuple(
        MentionCount(monday=monday, source_id=SourceId(source_id), lang=lang or None, mentions=number_of)
        for (monday, source_id, lang), number_of in sorted(counts.items())
    )


def _counted(connection: Connection, weeks: Sequence[Week]) -> tuple[FindingCount, ...]:
    number = _week_number(schema.mention.c.published_at, weeks).label("number")
    table = schema.finding
    rows = connection.execute(
        select(number, table.c.clause_id, table.c.mode, func.count())
        .join(schema.mention, schema.mention.c.id == table.c.mention_id)
        .where(
            table.c.state != FindingState.WITHDRAWN.value,
            schema.mention.c.published_at >= weeks[0].start_at,
            schema.mention.c.published_at < weeks[-1].end_at,
        )
        .group_by(number, table.c.clause_id, table.c.mode)
    )
    counts: Counter[tuple[date, str, int]] = Counter()
    for place, clause, mode, number_of in rows:
        counts[weeks[place].monday, clause, mode] += number_of
    gone = schema.tally
    forgotten = connection.execute(
        select(gone.c.day, gone.c.name, gone.c.n).where(
            gone.c.name.like("finding:%"),
            gone.c.day >= weeks[0].monday,
            gone.c.day < weeks[-1].later(1).monday,
        )
    )
    for day, name, number_of in forgotten:
        _, mode, clause = name.split(":", 2)
        counts[_monday(day), clause, int(mode)] += number_of
    return tuple(
        FindingCount(monday=monday, clause_id=ClauseId(clause), mode=Mode(mode), findings=number_of)
        for (monday, clause, mode), number_of in sorted(counts.items())
    )


def _monday(day: date) -> date:
    return date.fromordinal(day.toordinal() - day.weekday())


def _verdicts(connection: Connection, week: Week) -> VerdictCounts:
    table = schema.verdict
    rows = (
        connection.execute(
            select(table, schema.finding.c.found_at)
            .outerjoin(schema.finding, schema.finding.c.id == table.c.finding_id)
            .where(table.c.at >= week.start_at, table.c.at < week.end_at)
            .order_by(table.c.id)
        )
        .mappings()
        .all()
    )
    decisions = Counter(row["decision"] for row in rows)
    hours = [(row["at"] - row["found_at"]).total_seconds() / 3600 for row in rows if row["found_at"]]
    found_at = schema.finding.c.found_at
    ages = [
        func.coalesce(func.sum(case((found_at >= week.end_at - timedelta(weeks=back), 1), else_=0)), 0)
        for back in _AGES
    ]
    waiting = connection.execute(
        select(func.count(), func.min(found_at), *ages).where(
            schema.finding.c.state == FindingState.OPEN.value, schema.finding.c.mode >= int(Mode.DIGEST)
        )
    ).one()
    younger = [0, *(int(count) for count in waiting[2:]), waiting[0]]
    one, two, four, older = (after - before for before, after in pairwise(younger))
    return VerdictCounts(
        confirmed=decisions[Decision.CONFIRMED.value],
        dismissed=decisions[Decision.DISMISSED.value],
        unsure=decisions[Decision.UNSURE.value],
        outcomes=dict(sorted(Counter(row["outcome"] for row in rows if row["outcome"]).items())),
        open=waiting[0],
        ages=(one, two, four, older),
        oldest_open_at=waiting[1],
        hours_to_verdict=median(hours) if hours else None,
    )


def _given_up(connection: Connection, week: Week) -> int:
    table = schema.message
    within = (table.c.due_at >= week.start_at, table.c.due_at < week.end_at)
    total = connection.execute(select(func.count()).where(table.c.state == "failed", *within)).scalar()
    return int(total or 0)


def _with_copies(connection: Connection, found: Sequence[Finding]) -> tuple[Finding, ...]:
    counts = {key: len(of) for key, of in copies.listed(connection, [one.id for one in found]).items()}
    return tuple(replace(one, copies=counts.get(one.id, 0)) for one in found)


def _paused(connection: Connection, week: Week) -> Drift | None:
    held = (
        one.drift
        for one in pauses.listed(connection)
        if one.since_at < week.end_at and (one.lifted_at is None or one.lifted_at >= week.start_at)
    )
    return next(held, None)


def _tally(connection: Connection, name: str, days: tuple[date, date]) -> int:
    table = schema.tally
    total = connection.execute(
        select(func.sum(table.c.n)).where(table.c.name == name, table.c.day >= days[0], table.c.day < days[1])
    ).scalar()
    return int(total or 0)
