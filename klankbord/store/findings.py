"""Judgements and verdicts come in; findings with their history are kept and read back."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from klankbord.finding import ClauseScore, Decision, Finding, FindingId, FindingState, Verdict, finding_id
from klankbord.mention import Mention, MentionId, State
from klankbord.policy import Mode
from klankbord.store import copies, drawn, schema
from klankbord.store.mentions import parts, selected
from klankbord.store.rows import evidence_text, finding_of, mention_of
from klankbord.week import Week

_FINDING_COLUMNS = tuple(column.label(f"f_{column.name}") for column in schema.finding.c)


_MARK = (
    update(schema.mention)
    .where(schema.mention.c.id == bindparam("key"), schema.mention.c.revision == bindparam("of"))
    .values(judged_revision=bindparam("of"), judged_by=bindparam("version"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of the clauses of one mention."""

    #: findings that were not there before, or rose to alert mode
    raised: tuple[FindingId, ...] = ()
    kept: tuple[FindingId, ...] = ()


def judged(
    connection: Connection,
    mention: Mention,
    scores: Sequence[ClauseScore],
    versions: tuple[str, str],
    near: copies.Neighbours,
    now: datetime,
) -> Made:
    """Keep the findings of one mention; those that no longer stand are withdrawn.

    Args:
        connection: an open transaction.
        mention: as it was judged.
        scores: every rule clause's score; SILENT ones are no finding.
        versions: policy and classifier.
        near: the findings that it may be a copy of.
        now: this moment.
    """
    held = {
        row["id"]: row
        for row in connection.execute(
            select(schema.finding).where(schema.finding.c.mention_id == mention.id)
        ).mappings()
    }
    raised: list[FindingId] = []
    kept: list[FindingId] = []
    found = [score for score in scores if score.mode is not Mode.SILENT]
    for score in found:
        key = finding_id(mention.id, score.clause_id)
        values = _values(score, versions, now)
        before = held.pop(key, None)
        first = _first(near, mention, score, before)
        if first is None:
            _write(connection, mention.id, score, values, before)
            near.added(mention, score.clause_id, score.mode)
            risen = _rises(before, score.mode)
        elif _asks_more(score.mode, first):
            copies.give_way(connection, first, mention.id, values)
            near.changed()
            risen = _rises(first, score.mode)
        else:
            copies.keep(connection, mention.id, first, values)
            continue
        (raised if risen else kept).append(key)
    copies.drop_others(connection, mention.id, [score.clause_id for score in found])
    withdrawn = [key for key, row in held.items() if row["state"] == FindingState.OPEN]
    if withdrawn:
        copies.succeed(connection, withdrawn)
        near.changed()
        connection.execute(
            update(schema.finding)
            .where(schema.finding.c.id.in_(withdrawn))
            .values(state=FindingState.WITHDRAWN.value)
        )
    if mention.state is State.EDITED:
        copies.no_longer_alike(connection, mention)
    return Made(raised=tuple(raised), kept=tuple(kept))


def _first(
    near: copies.Neighbours, mention: Mention, score: ClauseScore, before: RowMapping | None
) -> RowMapping | None:
    """The finding that a mention shares; None where it has one of its own, or is the first to say this."""
    if before is not None and before["state"] != FindingState.WITHDRAWN:
        return None
    return near.first(mention, score.clause_id, score.mode)


def _asks_more(mode: Mode, first: RowMapping) -> bool:
    """Whether a copy calls for an alert where the finding that nobody answered yet does not."""
    return bool(mode > first["mode"] and first["state"] == FindingState.OPEN)


def _rises(before: RowMapping | None, mode: Mode) -> bool:
    """Whether a finding is new, or asks for an alert now and did not when it was last judged."""
    if before is None:
        return True
    asked = before["mode"] >= Mode.ALERT and before["state"] != FindingState.WITHDRAWN
    return mode is Mode.ALERT and not asked


def _values(score: ClauseScore, versions: tuple[str, str], now: datetime) -> dict[str, Any]:
    # A finding that is only counted keeps no spans: nobody may look at it one by one.
    counted = score.mode is Mode.COUNT
    return {
        "score": 0.0 if counted else score.score,
        "mode": int(score.mode),
        "evidence": evidence_text(() if counted else score.evidence),
        "details": "{}" if counted else json.dumps(dict(score.details), sort_keys=True),
        "policy_version": versions[0],
        "model_version": versions[1],
        "found_at": now,
    }


def _write(
    connection: Connection,
    mention: MentionId,
    score: ClauseScore,
    values: dict[str, Any],
    before: RowMapping | None,
) -> None:
    key = finding_id(mention, score.clause_id)
    copies.drop(connection, mention, (score.clause_id,))
    if before is None:
        place = {"id": key, "mention_id": mention, "clause_id": score.clause_id}
        connection.execute(insert(schema.finding).values(**values | place, state=FindingState.OPEN.value))
        return
    again = {"found_at": before["found_at"]}
    if before["state"] == FindingState.WITHDRAWN:
        again["state"] = FindingState.OPEN.value
    connection.execute(update(schema.finding).where(schema.finding.c.id == key).values(**values | again))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the store held of some mentions before they were judged."""

    #: judged for the first time
    fresh: frozenset[str]
    #: a finding, a copy or a drawn row is held of them
    rows: frozenset[str]


def standing(connection: Connection, ids: Sequence[MentionId]) -> Standing:
    """Asked once for a whole batch: of most mentions nothing is held, and nothing has to be taken back."""
    mention, fresh, rows = schema.mention.c, set[str](), set[str]()
    for part in parts(ids):
        new = select(mention.id).where(mention.id.in_(part), mention.judged_by.is_(None))
        fresh.update(connection.execute(new).scalars())
        for table in (schema.finding, schema.finding_copy, schema.drawn):
            held = select(table.c.mention_id).where(table.c.mention_id.in_(part))
            rows.update(connection.execute(held).scalars())
    return Standing(fresh=frozenset(fresh), rows=frozenset(rows))


def mark_judged(connection: Connection, mentions: Sequence[Mention], version: str, now: datetime) -> None:
    """These revisions were judged by this classifier."""
    if not mentions:
        return
    connection.execute(_MARK, [{"key": one.id, "of": one.revision, "version": version} for one in mentions])
    told = {"at": now, "what": "classified", "finding_id": None, "detail": version[:120]}
    connection.execute(insert(schema.change), [told | {"mention_id": one.id} for one in mentions])


def drop_text(connection: Connection, mention: Mention) -> None:
    """The source's terms let the text be judged but not kept; its revision stays, so that an edit shows."""
    connection.execute(
        update(schema.mention).where(schema.mention.c.id == mention.id).values(title="", text="", context="")
    )


def get(connection: Connection, prefix: str) -> list[Finding]:
    """The findings whose id begins with these letters; at most ten."""
    escaped = prefix.lower().replace("\\", "").replace("%", "").replace("_", "")
    return _read(connection, (schema.finding.c.id.like(f"{escaped}%"),), 10)


def find(
    connection: Connection,
    *,
    state: FindingState | None,
    clause: str | None,
    between: tuple[datetime, datetime] | None,
    least: Mode,
    limit: int,
) -> list[Finding]:
    """Findings that may be looked at one by one, strongest first."""
    conditions: list[Any] = [schema.finding.c.mode >= int(least)]
    if state is not None:
        conditions.append(schema.finding.c.state == state.value)
    if clause is not None:
        conditions.append(schema.finding.c.clause_id.like(f"{clause}%"))
    if between is not None:
        conditions.append(schema.mention.c.published_at >= between[0])
        conditions.append(schema.mention.c.published_at < between[1])
    return _read(connection, conditions, limit)


def by_id(connection: Connection, keys: Sequence[FindingId]) -> list[Finding]:
    """The findings of these ids, strongest first."""
    found: list[Finding] = []
    for part in parts(keys):
        found += _read(connection, (schema.finding.c.id.in_(part),), len(part))
    return found


def found_late(connection: Connection, week: Week, limit: int) -> list[Finding]:
    """Findings made since the week began, on older mentions, that stood in no other week's digest.

    Its own edition does not count: a digest that is built again must come out the same.
    """
    table = schema.change
    digested = (
        select(table.c.id)
        .where(
            table.c.finding_id == schema.finding.c.id,
            table.c.what == "digested",
            table.c.detail != week.name,
        )
        .exists()
    )
    # In two steps: joined at once, a database may choose to walk all mentions older than the week.
    fresh = connection.execute(
        select(schema.finding.c.id).where(
            schema.finding.c.found_at >= week.start_at,
            schema.finding.c.mode >= int(Mode.DIGEST),
            schema.finding.c.state == FindingState.OPEN.value,
            ~digested,
        )
    ).scalars()
    found: list[Finding] = []
    for part in parts(sorted(fresh)):
        older = (schema.finding.c.id.in_(part), schema.mention.c.published_at < week.start_at)
        found += _read(connection, older, limit)
    return sorted(found, key=lambda one: (-one.mode, -one.score, one.id))[:limit]


def _read(connection: Connection, conditions: Iterable[Any], limit: int) -> list[Finding]:
    statement = (
        selected()
        .add_columns(*_FINDING_COLUMNS)
        .join(schema.finding, schema.finding.c.mention_id == schema.mention.c.id)
        .where(*conditions)
        .order_by(schema.finding.c.mode.desc(), schema.finding.c.score.desc(), schema.finding.c.id)
        .limit(limit)
    )
    return [finding_of(row, mention_of(row)) for row in connection.execute(statement).mappings()]


def answer(connection: Connection, verdict: Verdict, clause_id: str) -> None:
    """Keep a verdict and close the finding, or leave it open where the reviewer is unsure."""
    connection.execute(
        insert(schema.verdict).values(
            finding_id=verdict.finding_id,
            clause_id=clause_id,
            decision=verdict.decision.value,
            reason=verdict.reason,
            outcome=verdict.outcome,
            note=verdict.note,
            by=verdict.by,
            at=verdict.at,
        )
    )
    drawn.follow(connection, verdict, clause_id)
    state = FindingState.OPEN if verdict.decision is Decision.UNSURE else FindingState.CLOSED
    _turn(connection, verdict.finding_id, state, "judged", verdict.decision.value, verdict.at)


def reopen(connection: Connection, key: FindingId, now: datetime) -> None:
    """Undo the last verdict; its row stays."""
    drawn.take_back(connection, key)
    _turn(connection, key, FindingState.OPEN, "judged", "reopened", now)


def links_shown(connection: Connection, key: FindingId, by: str, now: datetime) -> None:
    """Somebody asked for the links of a finding's posts, which show who wrote them (law.md C6)."""
    connection.execute(
        insert(schema.change).values(at=now, what="opened", mention_id=None, finding_id=key, detail=by[:120])
    )


def _turn(
    connection: Connection, key: FindingId, state: FindingState, what: str, detail: str, now: datetime
) -> None:
    connection.execute(update(schema.finding).where(schema.finding.c.id == key).values(state=state.value))
    connection.execute(
        insert(schema.change).values(at=now, what=what, mention_id=None, finding_id=key, detail=detail)
    )


def history(connection: Connection, finding: Finding) -> list[tuple[datetime, str, str]]:
    """What happened to a finding and its mention, oldest first: (moment, what, detail)."""
    table = schema.change
    rows = connection.execute(
        select(table.c.at, table.c.what, table.c.detail)
        .where((table.c.finding_id == finding.id) | (table.c.mention_id == finding.mention.id))
        .order_by(table.c.id)
    )
    return [(at, what, detail) for at, what, detail in rows]


def verdicts(connection: Connection, key: FindingId) -> list[Verdict]:
    """Every verdict on a finding, oldest first."""
    table = schema.verdict
    rows = connection.execute(select(table).where(table.c.finding_id == key).order_by(table.c.id)).mappings()
    return [
        Verdict(
            finding_id=key,
            decision=Decision(row["decision"]),
            reason=row["reason"],
            outcome=row["outcome"],
            note=row["note"],
            by=row["by"],
            at=row["at"],
        )
        for row in rows
    ]


def answered(connection: Connection, clause_id: str) -> tuple[int, int]:
    """Of the findings on a clause that people answered, how many they confirmed and how many dismissed."""
    table = schema.verdict
    rows = connection.execute(
        select(table.c.finding_id, table.c.decision)
        .where(table.c.clause_id == clause_id)
        .order_by(table.c.id)
    )
    last = [decision for _, decision in {key: (key, decision) for key, decision in rows}.values()]
    return last.count(Decision.CONFIRMED.value), last.count(Decision.DISMISSED.value)


def log_digested(connection: Connection, findings: Sequence[Finding], week: str, now: datetime) -> None:
    """These findings stood in the digest of a week; told once for each."""
    table = schema.change
    told: set[str] = set()
    for part in parts([finding.id for finding in findings]):
        rows = connection.execute(
            select(table.c.finding_id).where(
                table.c.what == "digested", table.c.detail == week, table.c.finding_id.in_(part)
            )
        )
        told.update(rows.scalars())
    fresh = [
        {"at": now, "what": "digested", "mention_id": None, "finding_id": finding.id, "detail": week}
        for finding in findings
        if finding.id not in told
    ]
    if fresh:
        connection.execute(insert(table), fresh)
