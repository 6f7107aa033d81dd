"""Editions of digests are kept: the counts each was made of, and which posts stood in it, not their words."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from klankbord.finding import Finding, FindingId, FindingState
from klankbord.mention import Mention, MentionId
from klankbord.store import findings, schema, week_posts
from klankbord.week import Week, WeekFacts, WeekPost

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_STANDING = ("live", "edited")


class Opening(Protocol):
    """The store's own way of reading or writing."""

    def __call__(self) -> AbstractContextManager[Connection]:
        """One transaction."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One making of a week's digest."""

    id: int
    #: ISO name: `2026-W47`
    week: str
    made_at: datetime
    late: bool
    fingerprint: str


class Editions:
    """The store as the digest sees it; each method is one transaction."""

    def __init__(self, reading: Opening, writing: Opening) -> None:
        """Use a store's own way of reading and writing."""
        self._reading, self._writing = reading, writing

    def posts(self, week: Week) -> tuple[list[WeekPost], int]:
        """What was said in a week and the one before, and how many posts the week has."""
        with self._reading() as connection:
            return week_posts.posts(connection, week)

    def texts(self, facts: WeekFacts) -> WeekFacts:
        """The facts with the posts that their talk names."""
        named = [one.mention_id for one in facts.talk.notable]
        named += [MentionId(one.example) for one in facts.talk.themes if one.example]
        with self._reading() as connection:
            return replace(facts, posts=tuple(week_posts.by_id(connection, named)))

    def mentions(self, ids: Sequence[MentionId]) -> list[Mention]:
        """Posts by their ids."""
        with self._reading() as connection:
            return week_posts.by_id(connection, ids)

    def newest(self, week: str) -> Edition | None:
        """The last edition of a week."""
        table = schema.edition
        statement = select(table).where(table.c.week == week).order_by(table.c.id.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(statement).first()
        return _edition(row) if row else None

    def every(self) -> list[Edition]:
        """All editions, the newest week first and of each week the newest."""
        table = schema.edition
        with self._reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.week.desc(), table.c.id.desc()))
            return [_edition(row) for row in rows]

    def keep(self, facts: WeekFacts, fingerprint: str, now: datetime, *, late: bool) -> None:
        """A digest was written from these facts; its findings stood in it."""
        week, stood = facts.week.name, (*facts.findings, *facts.found_late)
        table, posts = schema.edition, schema.edition_post
        with self._writing() as connection:
            _first(connection, week, now, late=late)
            findings.log_digested(connection, stood, week, now)
            # Only the newest edition is ever drawn again.
            older = select(table.c.id).where(table.c.week == week)
            connection.execute(delete(posts).where(posts.c.edition_id.in_(older)))
            key = connection.execute(
                insert(table)
                .values(week=week, made_at=now, late=late, fingerprint=fingerprint, facts=_text_of(facts))
                .returning(table.c.id)
            ).scalar_one()
            if rows := _rows(facts, key):
                connection.execute(insert(posts), rows)

    def stale(self) -> list[Edition]:
        """The editions in which something stood that is gone, or reads differently now."""
        table, post = schema.edition, schema.edition_post.c
        with self._reading() as connection:
            keys = select(post.edition_id).select_from(_joined()).where(_gone()).distinct()
            return [
                _edition(row)
                for row in connection.execute(
                    select(table).where(table.c.id.in_(keys)).order_by(table.c.week)
                )
            ]

    def facts(self, edition: Edition) -> WeekFacts:
        """What an edition was made of, with what still stands of the posts that stood in it."""
        table, post = schema.edition, schema.edition_post.c
        with self._reading() as connection:
            text = connection.execute(select(table.c.facts).where(table.c.id == edition.id)).scalar_one()
            rows = connection.execute(
                select(post.mention_id, post.finding_id)
                .select_from(_joined())
                .where(post.edition_id == edition.id, ~_gone())
            ).all()
            stood = sorted(FindingId(row.finding_id) for row in rows if row.finding_id)
            found = findings.by_id(connection, stood)
            named = [MentionId(row.mention_id) for row in rows if not row.finding_id]
            mentions = week_posts.by_id(connection, named)
        kept: WeekFacts = _facts_json().validate_json(text)
        # They were open when it was made, whatever was answered since.
        opened = [replace(one, state=FindingState.OPEN) for one in found]
        late = [one for one in opened if one.mention.published_at < kept.week.start_at]
        early = [one for one in opened if one.mention.published_at >= kept.week.start_at]
        return replace(kept, findings=tuple(early), found_late=tuple(late), posts=tuple(mentions))

    def redrawn(self, edition: Edition, fingerprint: str) -> None:
        """An edition was drawn again without what is gone."""
        table, post = schema.edition, schema.edition_post
        gone = (
            select(post.c.mention_id).select_from(_joined()).where(post.c.edition_id == edition.id, _gone())
        )
        with self._writing() as connection:
            ids = list(connection.execute(gone).scalars())
            connection.execute(
                delete(post).where(post.c.edition_id == edition.id, post.c.mention_id.in_(ids))
            )
            connection.execute(update(table).where(table.c.id == edition.id).values(fingerprint=fingerprint))

    def written(self) -> set[str]:
        """The weeks whose digest was written at least once."""
        with self._reading() as connection:
            return set(connection.execute(select(schema.digest.c.week)).scalars())


def _first(connection: Connection, week: str, now: datetime, *, late: bool) -> None:
    table = schema.digest
    if connection.execute(select(table.c.week).where(table.c.week == week)).first() is None:
        connection.execute(insert(table).values(week=week, built_at=now, late=late))


def _rows(facts: WeekFacts, key: int) -> list[dict[str, Any]]:
    def row(mention_id: str, revision: str, finding: Finding | None = None) -> dict[str, Any]:
        return {
            "edition_id": key,
            "mention_id": mention_id,
            "finding_id": finding.id if finding else "",
            "revision": revision,
        }

    both = (*facts.findings, *facts.found_late)
    stood = {one.id: one for one in both if one.state is FindingState.OPEN}
    rows = [row(one.mention.id, one.mention.revision, one) for one in stood.values()]
    return [*rows, *(row(one.id, one.revision) for one in facts.posts)]


def _joined() -> Any:  # noqa: ANN401 - SQLAlchemy's own
    post, mention, finding = schema.edition_post, schema.mention, schema.finding
    return post.outerjoin(mention, mention.c.id == post.c.mention_id).outerjoin(
        finding, finding.c.id == post.c.finding_id
    )


def _gone() -> ColumnElement[bool]:
    """The post is not there, reads differently, or its finding does not stand: it turned out protected."""
    post, mention, finding = schema.edition_post.c, schema.mention.c, schema.finding.c
    no_post = mention.id.is_(None) | (mention.revision != post.revision) | mention.state.not_in(_STANDING)
    no_finding = finding.id.is_(None) | (finding.state == FindingState.WITHDRAWN.value)
    return no_post | ((post.finding_id != "") & no_finding)


def _edition(row: Any) -> Edition:  # noqa: ANN401 - a row
    return Edition(id=row.id, week=row.week, made_at=row.made_at, late=row.late, fingerprint=row.fingerprint)


def _text_of(facts: WeekFacts) -> str:
    bare = replace(facts, findings=(), found_late=(), posts=())
    return _facts_json().dump_json(bare).decode()


@cache
def _facts_json() -> "TypeAdapter[WeekFacts]":
    from pydantic import TypeAdapter

    return TypeAdapter(WeekFacts)
