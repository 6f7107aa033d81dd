"""Weekly counts of scores and pauses of alerts are kept and read back; no row is about a post."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from klankbord.drift import Drift, WeekScores, histogram
from klankbord.finding import Judgement
from klankbord.mention import Mention
from klankbord.policy import Mode
from klankbord.store import schema
from klankbord.store.mentions import DayOf

_RECENT = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A stretch in which no alert leaves, because scores jumped."""

    since_at: datetime
    drift: Drift
    #: None: it holds
    lifted_at: datetime | None = None
    #: empty: calm weeks lifted it
    lifted_by: str = ""


def count(
    connection: Connection,
    judged: Sequence[tuple[Mention, Judgement]],
    version: str,
    day_of: DayOf,
    now: datetime,
) -> None:
    """Add what was judged for the first time to the scores of the week it was published in.

    Args:
        connection: an open transaction.
        judged: each mention with its judgement, none of them judged before.
        version: of the policy.
        day_of: the local day of a moment.
        now: older posts than two weeks before are a first read of a source, and no news.
    """
    found: dict[tuple[str, str], list[Judgement]] = {}
    for mention, one in judged:
        # Of a platform of whose deleted posts nothing may stay, not even a count is made.
        counts = now - _RECENT <= mention.published_at and not mention.terms.traceless
        if counts and one.about and one.clauses:
            year, week, _ = day_of(mention.published_at).isocalendar()
            found.setdefault((f"{year}-W{week:02}", one.lang or ""), []).append(one)
    for (name, lang), ones in found.items():
        scores = histogram([max(score.score for score in one.clauses) for one in ones])
        flagged = sum(any(score.mode > Mode.SILENT for score in one.clauses) for one in ones)
        add(connection, WeekScores(week=name, lang=lang, version=version, counts=scores, flagged=flagged))


def add(connection: Connection, more: WeekScores) -> None:
    """Add counts to those of the same week, language and version."""
    table = schema.week_score
    same = (table.c.week == more.week, table.c.lang == more.lang, table.c.version == more.version)
    held = connection.execute(select(table.c.counts, table.c.flagged).where(*same)).first()
    if held is None:
        row = {"week": more.week, "lang": more.lang, "version": more.version, "flagged": more.flagged}
        connection.execute(insert(table).values(**row, counts=json.dumps(more.counts), drifted=more.drifted))
        return
    counts = [old + new for old, new in zip(json.loads(held.counts), more.counts, strict=True)]
    connection.execute(
        update(table).where(*same).values(counts=json.dumps(counts), flagged=held.flagged + more.flagged)
    )


def weeks(connection: Connection) -> list[WeekScores]:
    """Every week's scores, oldest first."""
    table = schema.week_score
    rows = connection.execute(select(table).order_by(table.c.week, table.c.lang, table.c.version)).mappings()
    return [
        WeekScores(
            week=row["week"],
            lang=row["lang"],
            version=row["version"],
            counts=tuple(json.loads(row["counts"])),
            flagged=row["flagged"],
            drifted=row["drifted"],
        )
        for row in rows
    ]


def drifted(connection: Connection, drift: Drift) -> None:
    """A week lay outside: later weeks are not compared with it."""
    table = schema.week_score
    connection.execute(
        update(table).where(table.c.week == drift.week, table.c.lang == drift.lang).values(drifted=True)
    )


def listed(connection: Connection) -> list[Pause]:
    """Every pause, newest first."""
    table = schema.pause
    rows = connection.execute(select(table).order_by(table.c.id.desc())).mappings()
    return [
        Pause(
            since_at=row["since_at"],
            drift=Drift(
                week=row["week"],
                lang=row["lang"],
                kind="rate" if row["kind"] == "rate" else "scores",
                value=row["value"],
                share=row["share"],
                before=row["before"],
            ),
            lifted_at=row["lifted_at"],
            lifted_by=row["lifted_by"],
        )
        for row in rows
    ]


def begin(connection: Connection, drift: Drift, now: datetime) -> None:
    """Pause, unless a pause holds."""
    table = schema.pause
    if connection.execute(select(table.c.id).where(table.c.lifted_at.is_(None))).first() is not None:
        return
    connection.execute(
        insert(table).values(
            since_at=now,
            week=drift.week,
            lang=drift.lang,
            kind=drift.kind,
            value=drift.value,
            share=drift.share,
            before=drift.before,
            lifted_by="",
        )
    )


def lift(connection: Connection, by: str, now: datetime) -> bool:
    """End the pause that holds; False where none does."""
    table = schema.pause
    statement = update(table).where(table.c.lifted_at.is_(None)).values(lifted_at=now, lifted_by=by[:120])
    return bool(connection.execute(statement).rowcount)


def accept(connection: Connection) -> None:
    """A person looked: what lay outside is how it is now."""
    connection.execute(update(schema.week_score).values(drifted=False))
