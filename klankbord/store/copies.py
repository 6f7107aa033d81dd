"""Posts that say the same as a finding's post come in; they share that finding, and one succeeds it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from klankbord.copies import Copy, Said, alike, said
from klankbord.finding import FindingId, FindingState, finding_id
from klankbord.mention import Mention, MentionId, SourceId
from klankbord.policy import ClauseId, Mode
from klankbord.store import schema
from klankbord.store.mentions import parts, selected
from klankbord.store.rows import mention_of

#: findings that a post is compared with: those of its clause, so old at most and so many, newest first
_AGE, _COMPARED = timedelta(days=30), 500
#: copies told of one finding
_TOLD = 500
_finding, _copy, _mention = schema.finding, schema.finding_copy, schema.mention
_STANDING = _finding.c.state != FindingState.WITHDRAWN.value
#: what a copy keeps for the day that it has a finding of its own
_VALUES = ("score", "mode", "evidence", "details", "policy_version", "model_version", "found_at")


class Neighbours:
    """The findings that posts of one transaction are compared with; each is read once."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        """Use an open transaction."""
        self._connection, self._now = connection, now
        self._read: dict[tuple[str, bool], list[tuple[FindingId, MentionId, Said]]] = {}

    def first(self, mention: Mention, clause_id: ClauseId, mode: Mode) -> RowMapping | None:
        """The oldest finding on the same clause whose post says the same; None where there is none.

        What is only counted is never shown beside what people look at, so the two do not mix.
        """
        counted = mode is Mode.COUNT
        if (clause_id, counted) not in self._read:
            self._read[clause_id, counted] = self._near(clause_id, counted=counted)
        own = said(_text(mention.title, mention.text))
        for key, of, text in self._read[clause_id, counted]:
            if of != mention.id and alike(own, text):
                found = select(_finding).where(_finding.c.id == key, _STANDING)
                if (row := self._connection.execute(found).mappings().first()) is not None:
                    return row
        return None

    def added(self, mention: Mention, clause_id: ClauseId, mode: Mode) -> None:
        """A finding of its own was made for a post."""
        known = self._read.get((clause_id, mode is Mode.COUNT))
        if known is not None:
            text = said(_text(mention.title, mention.text))
            known.append((finding_id(mention.id, clause_id), mention.id, text))

    def changed(self) -> None:
        """Findings went or changed places: they are read again."""
        self._read.clear()

    def _near(self, clause_id: ClauseId, *, counted: bool) -> list[tuple[FindingId, MentionId, Said]]:
        visible = _finding.c.mode == int(Mode.COUNT) if counted else _finding.c.mode > int(Mode.COUNT)
        rows = self._connection.execute(
            select(_finding.c.id, _mention.c.id, _mention.c.title, _mention.c.text)
            .join(_mention, _mention.c.id == _finding.c.mention_id)
            .where(_finding.c.clause_id == clause_id, _STANDING, visible)
            .where(_finding.c.found_at >= self._now - _AGE)
            .order_by(_finding.c.found_at.desc(), _finding.c.id.desc())
            .limit(_COMPARED)
        ).all()
        return [(key, of, said(_text(title, text))) for key, of, title, text in reversed(rows)]


def _text(title: str, text: str) -> str:
    return text if text.strip() else title


def keep(connection: Connection, mention: MentionId, first: RowMapping, values: dict[str, Any]) -> None:
    """A post is a copy of a finding's post; what happened to a finding of its own belongs to that one now."""
    drop(connection, mention, (first["clause_id"],))
    own = finding_id(mention, first["clause_id"])
    if connection.execute(delete(_finding).where(_finding.c.id == own)).rowcount:
        _move(connection, own, first["id"])
    place = {"mention_id": mention, "clause_id": first["clause_id"], "finding_id": first["id"]}
    connection.execute(insert(_copy).values(**values | place))


def drop(connection: Connection, mention: MentionId, clauses: Collection[str]) -> None:
    """A post is no copy on these clauses any more."""
    if clauses:
        connection.execute(delete(_copy).where(_copy.c.mention_id == mention, _copy.c.clause_id.in_(clauses)))


def drop_others(connection: Connection, mention: MentionId, clauses: Collection[str]) -> None:
    """A post is a copy on these clauses at most."""
    connection.execute(delete(_copy).where(_copy.c.mention_id == mention, _copy.c.clause_id.not_in(clauses)))


def give_way(connection: Connection, first: RowMapping, mention: MentionId, values: dict[str, Any]) -> None:
    """A copy asks for more than the finding it says the same as: it stands, and the first is its copy."""
    key = finding_id(mention, first["clause_id"])
    connection.execute(delete(_finding).where(_finding.c.id == key))
    drop(connection, mention, (first["clause_id"],))
    kept = {name: first[name] for name in _VALUES}
    _stand(connection, first, mention, values)
    place = {"mention_id": first["mention_id"], "clause_id": first["clause_id"], "finding_id": key}
    connection.execute(delete(_finding).where(_finding.c.id == first["id"]))
    connection.execute(insert(_copy).values(**kept | place))


def succeed(connection: Connection, keys: Sequence[str]) -> list[str]:
    """These findings go: the strongest of its copies, or the oldest, takes the place of each; nobody is told.

    Returns:
        Those that have a successor.
    """
    done: list[str] = []
    for part in parts(keys):
        for row in connection.execute(select(_finding).where(_finding.c.id.in_(part))).mappings().all():
            heirs = connection.execute(
                select(_copy)
                .join(_mention, _mention.c.id == _copy.c.mention_id)
                .where(_copy.c.finding_id == row["id"])
                .order_by(_copy.c.mode.desc(), _mention.c.published_at, _copy.c.mention_id)
                .limit(1)
            ).mappings()
            if (heir := heirs.first()) is not None:
                drop(connection, heir["mention_id"], (row["clause_id"],))
                _stand(connection, row, heir["mention_id"], {name: heir[name] for name in _VALUES})
                done.append(row["id"])
    return done


def _stand(connection: Connection, row: RowMapping, mention: MentionId, values: dict[str, Any]) -> None:
    """A case goes on under another post: its state, its age and all that happened to it."""
    key = finding_id(mention, row["clause_id"])
    own = {"id": key, "mention_id": mention, "clause_id": row["clause_id"]}
    case = {"found_at": row["found_at"], "state": row["state"]}
    connection.execute(insert(_finding).values(**values | own | case))
    connection.execute(update(_copy).where(_copy.c.finding_id == row["id"]).values(finding_id=key))
    _move(connection, row["id"], key)


def _move(connection: Connection, old: str, new: str) -> None:
    for table in (schema.change, schema.verdict, schema.message):
        connection.execute(update(table).where(table.c.finding_id == old).values(finding_id=new))
    # By its subject the outbox knows what was told before.
    subject = schema.message.c.subject
    connection.execute(update(schema.message).where(subject == f"alert-{old}").values(subject=f"alert-{new}"))


def leave(connection: Connection, gone: Sequence[Mention], *, traceless: bool) -> None:
    """Posts go: their findings go on under a copy, or nothing of them stays and the copies are judged again.

    Args:
        connection: an open transaction.
        gone: deleted at their source, protected, or no mentions after all.
        traceless: nothing may say that any of them was ever there.
    """
    for part in parts([mention.id for mention in gone]):
        connection.execute(delete(_copy).where(_copy.c.mention_id.in_(part)))
    ask_again(connection, [one.id for one in gone if traceless or one.terms.traceless])
    for part in parts([one.id for one in gone if not (traceless or one.terms.traceless)]):
        keys = select(_finding.c.id).where(_finding.c.mention_id.in_(part), _STANDING)
        # Left behind, a case that goes on would be counted twice.
        done = succeed(connection, connection.execute(keys).scalars().all())
        connection.execute(delete(_finding).where(_finding.c.id.in_(done)))


def ask_again(connection: Connection, firsts: Iterable[MentionId]) -> None:
    """Posts turned out protected, or leave no trace: what said the same is judged as if it had just come."""
    for part in parts(list(firsts)):
        of = select(_finding.c.id).where(_finding.c.mention_id.in_(part))
        released(connection, _copy.c.finding_id.in_(of))


def no_longer_alike(connection: Connection, mention: Mention) -> None:
    """A finding's post was edited: copies that do not say what it says now are judged again."""
    own = said(_text(mention.title, mention.text))
    rows = connection.execute(
        select(_copy.c.mention_id, _mention.c.title, _mention.c.text)
        .join(_finding, _finding.c.id == _copy.c.finding_id)
        .join(_mention, _mention.c.id == _copy.c.mention_id)
        .where(_finding.c.mention_id == mention.id)
    )
    apart = [key for key, title, text in rows if not alike(own, said(_text(title, text)))]
    of = select(_finding.c.id).where(_finding.c.mention_id == mention.id)
    for part in parts(apart):
        released(connection, _copy.c.mention_id.in_(part) & _copy.c.finding_id.in_(of))


def released(connection: Connection, which: Any) -> None:  # noqa: ANN401 - a condition
    """These are copies no longer, and wait to be judged."""
    waiting = select(_copy.c.mention_id).where(which)
    connection.execute(update(_mention).where(_mention.c.id.in_(waiting)).values(judged_revision=None))
    connection.execute(delete(_copy).where(which))


def expired_with(connection: Connection, gone: Sequence[Mention]) -> list[Mention]:
    """Posts whose time is over take along those that share a finding people saw, and no other.

    The text of a dismissed finding goes within a day (law.md F1), and so does what says the same.
    """
    found: dict[MentionId, Mention] = {}
    for part in parts([mention.id for mention in gone]):
        of = select(_finding.c.id).where(_finding.c.mention_id.in_(part))
        seen = of.where(_finding.c.mode > int(Mode.COUNT))
        own = select(_finding.c.id).where(_finding.c.mention_id == _mention.c.id, _STANDING)
        other = select(_copy.c.finding_id).where(
            _copy.c.mention_id == _mention.c.id, _copy.c.finding_id.not_in(of)
        )
        copies = select(_copy.c.mention_id).where(_copy.c.finding_id.in_(seen))
        rows = connection.execute(
            selected().where(
                _mention.c.id.in_(copies),
                ~own.correlate(_mention).exists(),
                ~other.correlate(_mention).exists(),
            )
        ).mappings()
        found |= {one.id: one for one in map(mention_of, rows)}
        connection.execute(delete(_copy).where(_copy.c.finding_id.in_(of)))
    return [found[key] for key in sorted(found)]


def listed(connection: Connection, keys: Sequence[FindingId]) -> dict[FindingId, tuple[Copy, ...]]:
    """The copies of each of these findings, oldest first; those that are only counted are not told."""
    found: dict[FindingId, list[Copy]] = {}
    for part in parts(keys):
        rows = connection.execute(
            select(
                _copy.c.finding_id,
                _mention.c.id,
                _mention.c.source_id,
                _mention.c.platform,
                _mention.c.published_at,
                _mention.c.url,
            )
            .join(_mention, _mention.c.id == _copy.c.mention_id)
            .where(_copy.c.finding_id.in_(part), _copy.c.mode > int(Mode.COUNT))
            .order_by(_mention.c.published_at, _mention.c.id)
        )
        for key, mention, source_id, platform, published_at, url in rows:
            if len(copies := found.setdefault(FindingId(key), [])) < _TOLD:
                copies.append(
                    Copy(
                        mention_id=MentionId(mention),
                        source_id=SourceId(source_id),
                        platform=platform,
                        published_at=published_at,
                        url=url,
                    )
                )
    return {key: tuple(copies) for key, copies in found.items()}
