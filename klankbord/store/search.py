"""What search asks comes in; mentions go out, newest first, by an index that forgets when they go."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, and_, column, func, insert, not_, select, table, text

from klankbord.finding import FindingId, FindingState
from klankbord.mention import Mention, MentionId
from klankbord.policy import Mode
from klankbord.store import schema
from klankbord.store.mentions import parts, selected
from klankbord.store.rows import mention_of
from klankbord.store.search_index import Words, behind, fill, make, stands

_mention, _finding, _change = schema.mention.c, schema.finding.c, schema.change.c
_index = table("search_index", column("rowid"))
_DAY = timedelta(hours=24)


class Key(NamedTuple):
    """The place of a mention among the others: newest first."""

    at: datetime
    id: MentionId


class Said(NamedTuple):
    """What a query looks at of a mention, without the rest: most are looked at and left."""

    at: datetime
    id: MentionId
    source_id: str
    lang: str | None
    url: str
    title: str
    text: str
    context: str

    @property
    def key(self) -> Key:
        """Its place among the others."""
        return Key(self.at, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Which mentions are looked at."""

    since: datetime | None = None
    #: this moment itself does not count
    until: datetime | None = None
    source_id: str | None = None
    #: with a finding on a clause whose id begins so
    clause: str | None = None
    #: only what comes after this one, so older
    after: Key | None = None


_SAID = select(
    _mention.published_at,
    _mention.id,
    _mention.source_id,
    _mention.lang,
    func.coalesce(func.nullif(_mention.canonical_url, ""), _mention.url),
    _mention.title,
    _mention.text,
    _mention.context,
)


class SearchIndex:
    """The part of the store that search uses."""

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        writing: Callable[[], AbstractContextManager[Connection]],
        keyed: Callable[[str, str], str],
    ) -> None:
        """Use the store's transactions, and its keyed hash for what the log may say of a query."""
        self._reading, self._writing, self._keyed = reading, writing, keyed

    def catch_up(self, words: Words, most: int = 2_000) -> int:
        """Take judged mentions that the index does not hold yet into it; returns how many.

        What waits to be judged is left out, so that the guard has nothing to take out again (law.md D3).
        """
        with self._reading() as connection:
            if connection.dialect.name != "sqlite" or not behind(connection, words):
                return 0
        with self._writing() as connection:
            make(connection, words.version)
            return fill(connection, words, most)

    def keys(self, match: str, within: Bounds, most: int) -> list[Key] | None:
        """Mentions that the index finds or does not hold, newest first; None: no index, or too many."""
        found = _within(
            select(_mention.published_at, _mention.id)
            .join_from(_index, schema.mention, _mention.search_id == _index.c.rowid)
            .where(text("search_index MATCH :match")),
            within,
        )
        unheld = _within(
            select(_mention.published_at, _mention.id).where(_mention.search_id.is_(None)), within
        )
        with self._reading() as connection:
            if not stands(connection):
                return None
            rows = connection.execute(found.limit(most + 1), {"match": match}).all()
            rows = [*rows, *connection.execute(unheld.limit(most + 1)).all()]
        return sorted((Key(*row) for row in rows), reverse=True) if len(rows) <= most else None

    def said(self, keys: Sequence[Key]) -> list[Said]:
        """The texts of these keys, in their order; what went meanwhile is left out."""
        held: dict[str, Said] = {}
        with self._reading() as connection:
            for part in parts([key.id for key in keys]):
                rows = connection.execute(_SAID.where(_mention.id.in_(part)))
                held.update((row.id, Said._make(row)) for row in rows)
        return [held[key.id] for key in keys if key.id in held]

    def mentions(self, keys: Sequence[Key]) -> list[Mention]:
        """The mentions of these keys, in their order; what went meanwhile is left out."""
        held: dict[str, Mention] = {}
        with self._reading() as connection:
            for part in parts([key.id for key in keys]):
                rows = connection.execute(selected().where(_mention.id.in_(part))).mappings()
                held.update((row["id"], mention_of(row)) for row in rows)
        return [held[key.id] for key in keys if key.id in held]

    def page(self, within: Bounds, size: int) -> list[Said]:
        """The newest texts within the bounds, at most so many."""
        newest = _within(_SAID, within).order_by(_mention.published_at.desc(), _mention.id.desc())
        with self._reading() as connection:
            return [Said._make(row) for row in connection.execute(newest.limit(size))]

    def findings(self, ids: Sequence[MentionId]) -> dict[MentionId, tuple[FindingId, ...]]:
        """The findings of these mentions that may be looked at one by one."""
        found: dict[MentionId, tuple[FindingId, ...]] = {}
        with self._reading() as connection:
            for part in parts(ids):
                rows = connection.execute(
                    select(_finding.mention_id, _finding.id)
                    .where(_finding.mention_id.in_(part), *_LISTED)
                    .order_by(_finding.score.desc(), _finding.id)
                )
                for mention, finding in rows:
                    key = MentionId(mention)
                    found[key] = (*found.get(key, ()), FindingId(finding))
        return found

    def log(self, expression: str, by: str, now: datetime) -> int:
        """Write down that somebody searched; returns how often in the last 24 hours, this time included.

        The log holds who, when and a keyed hash of the query: whoever has the words can show that they were
        searched for, whoever has the log cannot read the words (law.md J3).
        """
        # not without the installation's key: short queries are soon guessed
        detail = f"{self._keyed('search', expression)[:16]} {' '.join(by.split())[:100]}"
        with self._writing() as connection:
            connection.execute(
                insert(schema.change).values(
                    at=now, what="searched", mention_id=None, finding_id=None, detail=detail
                )
            )
            rows = connection.execute(
                select(_change.detail).where(_change.at > now - _DAY, _change.what == "searched")
            )
            return sum(row.detail[17:] == detail[17:] for row in rows)


_LISTED = (_finding.mode >= int(Mode.DIGEST), _finding.state != FindingState.WITHDRAWN.value)


def _within(statement: Select[Any], bounds: Bounds) -> Select[Any]:
    # What waits to be judged is nobody's to read yet: the guard goes first (law.md D1).
    statement = statement.where(_mention.judged_revision.is_not(None))
    if bounds.since is not None:
        statement = statement.where(_mention.published_at >= bounds.since)
    if bounds.until is not None:
        statement = statement.where(_mention.published_at < bounds.until)
    if bounds.source_id is not None:
        statement = statement.where(_mention.source_id == bounds.source_id)
    if bounds.clause is not None:
        on_clause = (
            _finding.mention_id == _mention.id,
            _finding.clause_id.startswith(bounds.clause, autoescape=True),
        )
        found = select(_finding.id).where(*on_clause, *_LISTED).correlate(schema.mention)
        statement = statement.where(found.exists())
    if bounds.after is not None:
        at, key = bounds.after
        # said so that the index on the moment is used
        statement = statement.where(
            _mention.published_at <= at, not_(and_(_mention.published_at == at, _mention.id >= key))
        )
    return statement
