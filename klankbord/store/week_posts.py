"""A week comes in, what its posts and those of the week before say goes out; never who wrote them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from klankbord.mention import Mention, MentionId
from klankbord.policy import Mode
from klankbord.store import schema
from klankbord.store.mentions import parts, selected
from klankbord.store.rows import may_classify, may_quote, mention_of
from klankbord.week import Week, WeekPost

#: posts read of each week: ids are hashes, so the first of them in order are a fair sample
MOST = 8_000
#: characters read of a post
_READ = 400
_QUOTABLE = ("live", "edited")


def posts(connection: Connection, week: Week, *, most: int = MOST) -> tuple[list[WeekPost], int]:
    """What was said in a week and the one before, by id, and how many posts the week has."""
    flagged, answered = _flagged(connection, week), _answered(connection, week)
    before = week.later(-1)
    now, of = _said(connection, week, most)
    earlier, _ = _said(connection, before, most)
    found = []
    for rows, early in ((now, False), (earlier, True)):
        for row in rows:
            if not may_classify(row.terms):
                continue
            found.append(
                WeekPost(
                    id=MentionId(row.id),
                    lang=row.lang,
                    title=row.title,
                    text=row.text,
                    earlier=early,
                    quotable=row.state in _QUOTABLE and may_quote(row.terms),
                    unflagged=row.judged_revision is not None and row.id not in flagged,
                    reply=row.parent_id is not None,
                    answered=(row.platform, row.native_id) in answered,
                )
            )
    return found, of


def by_id(connection: Connection, ids: Sequence[MentionId]) -> list[Mention]:
    """Posts as they stand now, in the order of their ids."""
    found: list[Mention] = []
    for part in parts(sorted(set(ids))):
        rows = connection.execute(
            selected().where(schema.mention.c.id.in_(part)).order_by(schema.mention.c.id)
        )
        found += [mention_of(row) for row in rows.mappings()]
    return found


def _said(connection: Connection, week: Week, most: int) -> tuple[Sequence[Any], int]:
    mention = schema.mention.c
    within = (mention.published_at >= week.start_at, mention.published_at < week.end_at)
    of = int(connection.execute(select(func.count()).where(*within)).scalar_one())
    statement = select(
        mention.id, mention.lang, func.substr(mention.title, 1, 300).label("title"),
        func.substr(mention.text, 1, _READ).label("text"), mention.terms, mention.state,
        mention.judged_revision, mention.parent_id, mention.platform, mention.native_id,
    ).where(*within)  # fmt: skip
    if of > most:
        statement = statement.where(
            mention.id.in_(select(mention.id).where(*within).order_by(mention.id).limit(most))
        )
    rows = connection.execute(statement).all()
    return sorted(rows, key=lambda row: str(row.id)), of


def _flagged(connection: Connection, week: Week) -> set[str]:
    """Posts with a finding that stands, even one that is only counted, and their copies."""
    mention, finding = schema.mention.c, schema.finding.c
    rows = connection.execute(
        select(finding.mention_id)
        .join(schema.mention, mention.id == finding.mention_id)
        .where(
            mention.published_at >= week.start_at,
            mention.published_at < week.end_at,
            finding.mode > int(Mode.SILENT),
            finding.state != "withdrawn",
        )
    )
    copy = schema.finding_copy.c
    copies = connection.execute(
        select(copy.mention_id)
        .join(schema.mention, mention.id == copy.mention_id)
        .where(mention.published_at >= week.start_at, mention.published_at < week.end_at)
    )
    return {*rows.scalars(), *copies.scalars()}


def _answered(connection: Connection, week: Week) -> set[tuple[str, str]]:
    """Posts, by platform and native id, to which an answer was read since the week began."""
    mention = schema.mention.c
    rows = connection.execute(
        select(mention.platform, mention.parent_id).where(
            mention.published_at >= week.start_at,
            mention.published_at < week.later(1).end_at,
            mention.parent_id.is_not(None),
        )
    )
    return {(platform, parent) for platform, parent in rows}
