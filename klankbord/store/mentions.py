"""A collector's batch comes in; mentions, state changes, cursor and spend are kept in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.sql.selectable import Select

from klankbord.mention import Mention, MentionId, State, StateChange, mention_id
from klankbord.store import schema
from klankbord.store.engine import spelled, straight
from klankbord.store.rows import EDITED, clean, mention_of, mention_row
from klankbord.store.week_answers import ANSWER, lists_of

#: SQLite allows 32,766 parameters in a statement; PostgreSQL 65,535
_MANY = 5_000
_COLUMNS = tuple(
    column
    for column in schema.mention.c
    if column.name not in {"judged_revision", "judged_by", "checked_at", "search_id"}
)
_mention, _tally = schema.mention.c, schema.tally.c
# Statements of every batch and every run are made once: building one costs more than running it.
_KNOWN = select(_mention.id, _mention.revision, _mention.matched).where(
    _mention.id.in_(bindparam("ids", expanding=True))
)
_FORGOTTEN = select(schema.forgotten.c.key).where(
    schema.forgotten.c.key.in_(bindparam("keys", expanding=True))
)
_NEW, _LOG, _NEW_TALLY = insert(schema.mention), insert(schema.change), insert(schema.tally)
_CHECKED = (
    update(schema.mention)
    .where(_mention.id.in_(bindparam("ids", expanding=True)))
    .values(checked_at=bindparam("now"))
)
_MORE = spelled(
    update(schema.tally)
    .where(
        _tally.day == bindparam("on"),
        _tally.name == bindparam("what"),
        _tally.source_id == bindparam("of"),
        _tally.lang == bindparam("language"),
    )
    .values(n=_tally.n + bindparam("more"))
)
_FLAGGED = (
    select(schema.finding.c.id)
    .where(schema.finding.c.mention_id == _mention.id, schema.finding.c.state == "open")
    .exists()
)
_DUE = (
    select(*_COLUMNS)
    .where(
        _mention.source_id == bindparam("of"),
        _mention.checked_at < bindparam("latest"),
        (_mention.checked_at < bindparam("before"))
        | ((_mention.checked_at < bindparam("flagged_before")) & _FLAGGED)
        | (
            (_mention.checked_at == _mention.collected_at)
            & (_mention.collected_at < bindparam("early_before"))
            & _FLAGGED
        ),
    )
    .order_by(_FLAGGED.desc(), _mention.checked_at, _mention.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store already holds of a post."""

    revision: str
    matched: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done with the posts of a batch."""

    new: tuple[Mention, ...] = ()
    edited: tuple[Mention, ...] = ()
    #: same content, found by another query as well
    widened: tuple[Mention, ...] = ()
    unchanged: int = 0


def plan(mentions: Iterable[Mention], known: Mapping[MentionId, Known], gone: frozenset[MentionId]) -> Plan:
    """Decide what each post of a batch is to the store. Pure."""
    new: dict[MentionId, Mention] = {}
    edited: dict[MentionId, Mention] = {}
    widened: dict[MentionId, Mention] = {}
    unchanged = 0
    for mention in mentions:
        held = known.get(mention.id)
        if mention.id in gone:
            unchanged += 1
        elif held is None:
            new[mention.id] = mention
        elif held.revision != mention.revision:
            edited[mention.id] = mention
        elif extra := set(mention.matched) - set(held.matched.split()):
            both = tuple(sorted(extra | set(held.matched.split())))
            widened[mention.id] = replace(mention, matched=both)
        else:
            unchanged += 1
    return Plan(
        new=tuple(new.values()),
        edited=tuple(edited.values()),
        widened=tuple(widened.values()),
        unchanged=unchanged,
    )


def known(connection: Connection, ids: Sequence[MentionId]) -> dict[MentionId, Known]:
    """What is held of these posts."""
    held: dict[MentionId, Known] = {}
    for part in parts(ids):
        rows = connection.execute(_KNOWN, {"ids": part})
        held.update(
            {MentionId(key): Known(revision=revision, matched=matched) for key, revision, matched in rows}
        )
    return held


def forgotten(connection: Connection, keys: Mapping[str, MentionId]) -> frozenset[MentionId]:
    """Which of these posts must not come back, by their forgetting key."""
    gone: set[MentionId] = set()
    for part in parts(list(keys)):
        found = connection.execute(_FORGOTTEN, {"keys": part})
        gone.update(keys[key] for key in found.scalars())
    return frozenset(gone)


def write(connection: Connection, plan: Plan, now: datetime) -> None:
    """Carry a plan out, with a change row for each post it touches."""
    if plan.new:
        connection.execute(_NEW, [mention_row(mention) for mention in plan.new])
        log(connection, "collected", plan.new, now)
    if plan.edited:
        statement = update(schema.mention).where(schema.mention.c.id == bindparam("key"))
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in EDITED}
        connection.execute(
            statement.values(**values, state=State.EDITED.value, edited_at=now, judged_revision=None),
            [
                {"key": m.id}
                | {f"new_{n}": clean(v) if isinstance(v := getattr(m, n), str) else v for n in EDITED}
                for m in plan.edited
            ],
        )
        # who wrote it stays as it was first kept, but an account that is gone leaves no pseudonym behind
        gone = [mention.id for mention in plan.edited if mention.author is None]
        connection.execute(update(schema.mention).where(schema.mention.c.id.in_(gone)).values(author=None))
        log(connection, "edited", plan.edited, now)
    for mention in plan.widened:
        connection.execute(
            update(schema.mention)
            .where(schema.mention.c.id == mention.id)
            .values(matched=" ".join(mention.matched))
        )


def log(connection: Connection, what: str, mentions: Iterable[Mention], now: datetime) -> None:
    """One change row for each mention; the detail is the revision it now has."""
    connection.execute(
        _LOG,
        [
            {
                "at": now,
                "what": what,
                "mention_id": mention.id,
                "finding_id": None,
                "detail": mention.revision,
            }
            for mention in mentions
        ],
    )


def unjudged(connection: Connection, limit: int) -> list[Mention]:
    """The mentions that wait to be judged, in the order they came."""
    rows = connection.execute(
        selected()
        .where(schema.mention.c.judged_revision.is_(None))
        .order_by(schema.mention.c.collected_at, schema.mention.c.id)
        .limit(limit)
    )
    return [mention_of(row) for row in rows.mappings()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecks:
    """Which mentions are due to be asked for: those last seen before a moment."""

    before: datetime
    #: with an open finding
    flagged_before: datetime
    #: with an open finding, and never asked for since they were collected
    early_before: datetime

    @property
    def latest(self) -> datetime:
        """What was seen after this moment is not due, whatever was found in it."""
        return max(self.before, self.flagged_before, self.early_before)


def to_recheck(connection: Connection, source_id: str, due: Rechecks, limit: int) -> list[Mention]:
    """Mentions of a source that are due: those with an open finding first."""
    # one bound that always holds, so that the index on (source, checked) tells at once where none is due
    asked = {
        "of": source_id,
        "before": due.before,
        "latest": due.latest,
        "flagged_before": due.flagged_before,
        "early_before": due.early_before,
        "most": limit,
    }
    return [mention_of(row) for row in connection.execute(_DUE, asked).mappings()]


def by_native_id(connection: Connection, platform: str, native_ids: Sequence[str]) -> list[Mention]:
    """The mentions a source knows by these ids."""
    return _held(connection, [mention_id(platform, native_id) for native_id in native_ids])


def of_changes(connection: Connection, changes: Sequence[StateChange]) -> list[Mention]:
    """The mentions that these changes are about, each once."""
    ids = dict.fromkeys(mention_id(change.platform, change.native_id) for change in changes)
    return _held(connection, list(ids))


def _held(connection: Connection, ids: Sequence[MentionId]) -> list[Mention]:
    found: list[Mention] = []
    for part in parts(ids):
        rows = connection.execute(
            selected().where(schema.mention.c.id.in_(part)).order_by(schema.mention.c.id)
        )
        found += [mention_of(row) for row in rows.mappings()]
    return found


def by_authors(connection: Connection, source_id: str, authors: Sequence[str]) -> list[Mention]:
    """What these pseudonyms wrote on the platform of a source."""
    platform = select(_mention.platform).where(_mention.source_id == source_id).limit(1).scalar_subquery()
    found: list[Mention] = []
    for part in parts(list(authors)):
        rows = connection.execute(
            selected().where(_mention.author.in_(part), _mention.platform == platform).order_by(_mention.id)
        )
        found += [mention_of(row) for row in rows.mappings()]
    return found


def checked(connection: Connection, ids: Sequence[MentionId], now: datetime) -> None:
    """These posts were seen to stand."""
    for part in parts(ids):
        connection.execute(_CHECKED, {"ids": part, "now": now})


def selected() -> Select[Any]:
    """The columns a Mention is made of."""
    return select(*_COLUMNS)


def parts(ids: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Lists short enough for one statement."""
    return (ids[start : start + _MANY] for start in range(0, len(ids), _MANY))


def forget(
    connection: Connection,
    rows: Sequence[tuple[Mention, str]],
    day_of: "DayOf",
    now: datetime,
    *,
    traceless: bool,
) -> None:
    """Take posts out for good: an anonymous count and a key against their return stay.

    Args:
        connection: an open transaction.
        rows: each mention with its forgetting key.
        day_of: the local day of a moment, on which a mention is counted.
        now: this moment.
        traceless: also remove the change rows, so that nothing says this post was ever seen (law.md D3).
    """
    ids = [mention.id for mention, _ in rows]
    if not traceless:
        counted = {mention.id: mention for mention, _ in rows if not mention.terms.traceless}
        _tally_findings(connection, counted, day_of)
    for part in parts([one.id for one, _ in rows if traceless or one.terms.traceless]):
        erase_findings(connection, part)
        connection.execute(delete(schema.change).where(schema.change.c.mention_id.in_(part)))
    for part in parts(ids):
        # Foreign keys cascade from mention to finding.
        connection.execute(delete(schema.mention).where(schema.mention.c.id.in_(part)))
    for mention, key in rows:
        if mention.terms.traceless and not traceless:
            continue
        held = connection.execute(select(schema.forgotten.c.key).where(schema.forgotten.c.key == key)).first()
        if held is None:
            connection.execute(insert(schema.forgotten).values(key=key, day=day_of(now)))
        add(connection, day_of(mention.published_at), "mention", mention.source_id, mention.lang)


def erase_findings(connection: Connection, ids: Sequence[MentionId]) -> None:
    """Posts that turned out protected keep no finding, nor any row that names one (law.md D3)."""
    finding = schema.finding
    named = select(finding.c.id).where(finding.c.mention_id.in_(ids))
    for table in (schema.change, schema.verdict, schema.message):
        connection.execute(delete(table).where(table.c.finding_id.in_(named)))
    connection.execute(delete(finding).where(finding.c.mention_id.in_(ids)))
    connection.execute(delete(schema.drawn).where(schema.drawn.c.mention_id.in_(ids)))


def _tally_findings(connection: Connection, rows: Mapping[MentionId, Mention], day_of: "DayOf") -> None:
    """Weeks that are summed up keep their numbers of findings, and of verdicts, after the texts are gone."""
    table = schema.finding
    for part in parts(list(rows)):
        found = connection.execute(
            select(table.c.id, table.c.mention_id, table.c.clause_id, table.c.mode, table.c.evidence).where(
                table.c.mention_id.in_(part), table.c.state != "withdrawn"
            )
        ).all()
        for _, key, clause, mode, _ in found:
            add(connection, day_of(rows[MentionId(key)].published_at), f"finding:{mode}:{clause}")
        _tally_answers(connection, {key: evidence for key, _, _, _, evidence in found}, day_of)


def _tally_answers(connection: Connection, evidence: Mapping[str, str], day_of: "DayOf") -> None:
    """Which keyword lists stood behind the findings that people answered: the verdict's row tells no list."""
    table = schema.verdict
    for part in parts(sorted(evidence)):
        given = connection.execute(
            select(table.c.finding_id, table.c.decision, table.c.at)
            .where(table.c.finding_id.in_(part))
            .order_by(table.c.id)
        )
        for key, (decision, at) in {key: (decision, at) for key, decision, at in given}.items():
            for name in sorted(lists_of(evidence[key])):
                add(connection, day_of(at), f"{ANSWER}{decision}:{name}"[:96])


def add(
    connection: Connection, day: date, name: str, source_id: str = "", lang: str | None = "", n: int = 1
) -> None:
    """Add to an anonymous daily count."""
    if n == 0:
        return
    counted = {"on": day.isoformat(), "what": name, "of": source_id, "language": lang or "", "more": n}
    if straight(connection, _MORE, counted).rowcount == 0:
        connection.execute(
            _NEW_TALLY, {"day": day, "name": name, "source_id": source_id, "lang": lang or "", "n": n}
        )


class DayOf:
    """The local day of a moment."""

    def __init__(self, zone: Any) -> None:  # noqa: ANN401 - any tzinfo
        """Keep the zone in which days begin."""
        self._zone = zone

    def __call__(self, moment: datetime) -> date:
        """The day by the local clock."""
        return moment.astimezone(self._zone).date()
