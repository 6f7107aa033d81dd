"""Versions of keyword lists are kept; stored texts and verdicts are handed out to try a list on."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, String, func, insert, select, type_coerce

from klankbord.finding import Decision, FindingState
from klankbord.mention import Mention, MentionId
from klankbord.policy import Mode
from klankbord.store import schema
from klankbord.store.mentions import parts, selected
from klankbord.store.rows import mention_of

#: rows handed out at a time: enough for one scan of the matcher, few enough to keep memory flat
_ROWS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A keyword list as it once stood."""

    list_id: str
    #: counts from 1 in each list
    number: int
    at: datetime
    by: str
    reason: str
    #: the file; empty: it was taken away
    content: str
    #: what the change was expected to do; empty where nobody asked beforehand
    predicted: Mapping[str, float] = field(default_factory=dict)


class Said(NamedTuple):
    """What a stored post says, and where; nothing of who wrote it."""

    id: MentionId
    source_id: str
    url: str
    lang: str | None
    title: str
    text: str
    context: str
    #: as the database holds it: of most posts nobody asks
    published: str | datetime

    @property
    def published_at(self) -> datetime:
        """When it was published."""
        moment = datetime.fromisoformat(self.published) if isinstance(self.published, str) else self.published
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


class Answered(NamedTuple):
    """What became of one clause of one post."""

    clause_id: str
    mode: Mode
    #: confirmed, dismissed, unsure; empty: nobody answered yet
    decision: str
    reason: str


Opening = Callable[[], AbstractContextManager[Connection]]


class Shelf:
    """The store as the tuning of keyword lists sees it; each method is one transaction."""

    def __init__(self, reading: Opening, writing: Opening) -> None:
        """Use a store's own way of reading and writing."""
        self._reading, self._writing = reading, writing

    # versions

    def history(self, list_id: str) -> list[Version]:
        """Every version of a list, oldest first."""
        table = schema.keyword_version
        statement = select(table).where(table.c.list_id == list_id).order_by(table.c.number)
        with self._reading() as connection:
            return [_version(row) for row in connection.execute(statement)]

    def newest(self, before: datetime | None = None) -> dict[str, Version]:
        """The last version of every list, at a moment or now."""
        table = schema.keyword_version
        newest = select(table.c.list_id, func.max(table.c.number).label("number")).group_by(table.c.list_id)
        if before is not None:
            newest = newest.where(table.c.at < before)
        last = newest.subquery()
        statement = select(table).join(
            last, (table.c.list_id == last.c.list_id) & (table.c.number == last.c.number)
        )
        with self._reading() as connection:
            found = [_version(row) for row in connection.execute(statement.order_by(table.c.list_id))]
        return {version.list_id: version for version in found}

    def changed(self, since: datetime, until: datetime) -> list[Version]:
        """The versions made in a stretch of time, oldest first."""
        table = schema.keyword_version
        statement = (
            select(table)
            .where(table.c.at >= since, table.c.at < until)
            .order_by(table.c.at, table.c.list_id, table.c.number)
        )
        with self._reading() as connection:
            return [_version(row) for row in connection.execute(statement)]

    def add(self, version: Version, beside: Callable[[], None] = lambda: None) -> Version:
        """Keep a version under the next number of its list.

        Args:
            version: its own number does not count.
            beside: done before the version stands; if it fails, nothing is kept.
        """
        table = schema.keyword_version
        with self._writing() as connection:
            last = connection.execute(
                select(func.max(table.c.number)).where(table.c.list_id == version.list_id)
            ).scalar()
            number = int(last or 0) + 1
            connection.execute(
                insert(table).values(
                    list_id=version.list_id,
                    number=number,
                    at=version.at,
                    by=version.by[:120],
                    reason=version.reason[:2000],
                    content=version.content,
                    predicted=json.dumps(dict(version.predicted)) if version.predicted else "",
                )
            )
            beside()
        return replace(version, number=number)

    # what a list is tried on

    def said(self, since: datetime, until: datetime) -> Iterator[Sequence[Said]]:
        """The posts published in a stretch of time whose source lets them be judged, some at a time."""
        mention = schema.mention.c
        statement = select(
            mention.id, mention.source_id, mention.canonical_url, mention.lang, mention.title, mention.text,
            mention.context, type_coerce(mention.published_at, String), mention.terms,
        ).where(mention.published_at >= since, mention.published_at < until)  # fmt: skip
        with self._reading() as connection:
            found = connection.execution_options(yield_per=_ROWS).execute(statement)
            for rows in found.partitions():
                yield [Said(*row[:-1]) for row in rows if _may_be_judged(row[-1])]

    def answers(self) -> dict[MentionId, list[Answered]]:
        """For each post with a finding that may be looked at: the clauses, and the newest verdict on each."""
        finding, verdict = schema.finding.c, schema.verdict.c
        # Two plain reads: a join over "the newest of each" has no index to go by.
        given = select(verdict.finding_id, verdict.decision, verdict.reason).order_by(verdict.id)
        standing = select(
            finding.id, finding.mention_id, finding.clause_id, finding.mode, finding.state
        ).where(finding.mode >= int(Mode.DIGEST), finding.state != FindingState.WITHDRAWN.value)
        found: dict[MentionId, list[Answered]] = defaultdict(list)
        with self._reading() as connection:
            newest = {key: (decision, reason or "") for key, decision, reason in connection.execute(given)}
            for key, mention_id, clause_id, mode, state in connection.execute(standing):
                said = newest.get(key, ("", ""))
                # A finding that was reopened has its old verdict's row still.
                holds = state == FindingState.CLOSED.value or said[0] == Decision.UNSURE.value
                found[mention_id].append(Answered(clause_id, Mode(mode), *(said if holds else ("", ""))))
        return dict(found)

    def gone(self, clause: str) -> int:
        """Confirmed findings of a clause whose text is there no more."""
        verdict, finding = schema.verdict.c, schema.finding.c
        last = select(func.max(verdict.id)).group_by(verdict.finding_id)
        statement = select(func.count()).where(
            verdict.id.in_(last),
            verdict.decision == "confirmed",
            verdict.clause_id.like(f"{clause}%"),
            verdict.finding_id.not_in(select(finding.id)),
        )
        with self._reading() as connection:
            return int(connection.execute(statement).scalar_one())

    def published(self, ids: Sequence[MentionId]) -> dict[MentionId, datetime]:
        """When posts were published."""
        mention = schema.mention.c
        found: dict[MentionId, datetime] = {}
        with self._reading() as connection:
            for part in parts(list(ids)):
                rows = connection.execute(
                    select(mention.id, mention.published_at).where(mention.id.in_(part))
                )
                found.update({MentionId(key): at for key, at in rows})
        return found

    def mentions(self, ids: Sequence[MentionId]) -> list[Mention]:
        """Posts by their ids."""
        found: list[Mention] = []
        with self._reading() as connection:
            for part in parts(list(ids)):
                rows = connection.execute(
                    selected().where(schema.mention.c.id.in_(part)).order_by(schema.mention.c.id)
                )
                found += [mention_of(row) for row in rows.mappings()]
        return found


def _version(row: Row[Any]) -> Version:
    return Version(
        list_id=row.list_id,
        number=row.number,
        at=row.at,
        by=row.by,
        reason=row.reason,
        content=row.content,
        predicted=json.loads(row.predicted) if row.predicted else {},
    )


@lru_cache(maxsize=256)
def _may_be_judged(terms: str) -> bool:
    return bool(json.loads(terms).get("classify", True))
