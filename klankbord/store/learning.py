"""The store as learning sees it: answers with texts that stand, draws for review, weekly scores, pauses."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select

from klankbord.drift import Drift, WeekScores
from klankbord.finding import Decision, Embedding, FindingState, Verdict
from klankbord.mention import Mention, MentionId, State
from klankbord.policy import ClauseId, Mode
from klankbord.sample import Drawn
from klankbord.store import drawn, embeddings, findings, pauses, schema
from klankbord.store.mentions import parts, selected
from klankbord.store.pauses import Pause
from klankbord.store.rows import mention_of
from klankbord.week import Week

Opening = Callable[[], AbstractContextManager[Connection]]
#: draws stay as long as the audit rows that tell who answered them
_DRAWS = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a reviewer said of a text that still stands as it was read."""

    mention: Mention
    clause_id: ClauseId
    decision: Decision
    reason: str | None
    at: datetime
    #: asked was whether it touches any clause, not this one alone
    of_all: bool = False


class Lessons:
    """Each method is one transaction."""

    def __init__(self, reading: Opening, writing: Opening) -> None:
        """Use a store's own way of reading and writing."""
        self._reading, self._writing = reading, writing

    # what people said

    def told(self) -> list[Told]:
        """The last answer on each finding and drawn post whose text stands, in the order they were given."""
        with self._reading() as connection:
            edited = _edits(connection)
            found = [*_verdicts(connection), *_draws(connection)]
        stands = [one for one in found if edited.get(one.mention.id, one.at) <= one.at]
        return sorted(stands, key=lambda one: (one.at, one.mention.id, one.clause_id))

    def standing(self, ids: Sequence[MentionId]) -> dict[MentionId, str]:
        """The revision of each of these mentions whose text stands."""
        table, found = schema.mention, dict[MentionId, str]()
        with self._reading() as connection:
            for part in parts(list(ids)):
                rows = connection.execute(
                    select(table.c.id, table.c.revision).where(table.c.id.in_(part), _has_text())
                )
                found.update((MentionId(key), revision) for key, revision in rows)
        return found

    def embeddings(self, ids: Sequence[MentionId]) -> dict[MentionId, Embedding]:
        """The vectors that are held of these mentions."""
        with self._reading() as connection:
            return embeddings.kept(connection, ids)

    # what to review

    def said_in(self, week: Week, most: int) -> list[Mention]:
        """Posts of a week whose text stands; of very many an even part, since ids are hashes."""
        table = schema.mention
        with self._reading() as connection:
            rows = connection.execute(
                selected()
                .where(table.c.published_at >= week.start_at, table.c.published_at < week.end_at, _has_text())
                .order_by(table.c.id)
                .limit(most)
            )
            return [mention_of(row) for row in rows.mappings()]

    def mentions(self, ids: Sequence[MentionId]) -> dict[MentionId, Mention]:
        """Those of these mentions whose text stands."""
        found: dict[MentionId, Mention] = {}
        with self._reading() as connection:
            for part in parts(list(ids)):
                rows = connection.execute(selected().where(schema.mention.c.id.in_(part), _has_text()))
                found.update((one.id, one) for one in map(mention_of, rows.mappings()))
        return found

    def keep_draw(self, chosen: Sequence[Drawn], week: Week, now: datetime) -> None:
        """Keep what was drawn from a week, with the answers that were given already.

        Findings that were answered in the week and whose text is gone since belong to it as well: without
        them, who dismisses quickly would seem to be shown little that is dismissed.
        """
        with self._writing() as connection:
            gone = drawn.gone(connection, week.name, (week.start_at, week.end_at), now)
            drawn.keep(connection, [*chosen, *gone], now - _DRAWS)
            drawn.settle(connection, week.name)

    def draws(self, week: str | None = None) -> list[Drawn]:
        """What was drawn from a week, or ever."""
        with self._reading() as connection:
            return drawn.listed(connection, week)

    def drawn(self, prefix: str) -> list[Drawn]:
        """Drawn posts that stand and are answered by an id that begins so."""
        with self._reading() as connection:
            return drawn.found(connection, prefix)

    def answer(
        self,
        verdicts: Sequence[tuple[Verdict, ClauseId]],
        about_drawn: Sequence[tuple[Drawn, Verdict, ClauseId]],
    ) -> None:
        """Keep answers on findings and on drawn posts without one: all of them or none."""
        with self._writing() as connection:
            for verdict, clause_id in verdicts:
                findings.answer(connection, verdict, clause_id)
            for one, verdict, clause_id in about_drawn:
                drawn.answer(connection, one, verdict, clause_id)

    # drift

    def note(self, scores: Sequence[WeekScores]) -> None:
        """Add scores to those of their weeks."""
        with self._writing() as connection:
            for one in scores:
                pauses.add(connection, one)

    def weeks(self) -> list[WeekScores]:
        """Every week's scores, oldest first."""
        with self._reading() as connection:
            return pauses.weeks(connection)

    def pauses(self) -> list[Pause]:
        """Every pause of alerts, newest first."""
        with self._reading() as connection:
            return pauses.listed(connection)

    def paused(self) -> Pause | None:
        """The pause that holds."""
        return next((one for one in self.pauses() if one.lifted_at is None), None)

    def pause(self, drift: Drift, now: datetime) -> None:
        """Alerts pause from now on; the week does not count as a week before others."""
        with self._writing() as connection:
            pauses.drifted(connection, drift)
            pauses.begin(connection, drift, now)

    def resume(self, by: str, now: datetime) -> bool:
        """End the pause; False where none holds.

        Args:
            by: who; what lay outside is then the measure of later weeks. Empty: calm weeks did.
            now: this moment.
        """
        with self._writing() as connection:
            if by:
                pauses.accept(connection)
            return pauses.lift(connection, by, now)


def _has_text() -> ColumnElement[bool]:
    table = schema.mention.c
    return ((table.text != "") | (table.title != "")) & table.state.not_in(
        (State.DELETED.value, State.REMOVED.value)
    )


def _edits(connection: Connection) -> dict[str, datetime]:
    """When each edited mention was last edited: an answer given before is about another text."""
    table = schema.change
    rows = connection.execute(
        select(table.c.mention_id, table.c.at).where(table.c.what == "edited").order_by(table.c.id)
    )
    return {key: at for key, at in rows if key is not None}


def _verdicts(connection: Connection) -> list[Told]:
    verdict, finding = schema.verdict, schema.finding
    rows = connection.execute(
        selected()
        .add_columns(
            finding.c.id.label("f_id"),
            finding.c.clause_id.label("f_clause"),
            verdict.c.decision.label("v_decision"),
            verdict.c.reason.label("v_reason"),
            verdict.c.at.label("v_at"),
        )
        .join(finding, finding.c.mention_id == schema.mention.c.id)
        .join(verdict, verdict.c.finding_id == finding.c.id)
        .where(finding.c.state == FindingState.CLOSED.value, _has_text())
        .order_by(verdict.c.id)
    ).mappings()
    last = {row["f_id"]: row for row in rows}
    return [
        Told(
            mention=mention_of(row),
            clause_id=ClauseId(row["f_clause"]),
            decision=Decision(row["v_decision"]),
            reason=row["v_reason"],
            at=row["v_at"],
        )
        for row in last.values()
    ]


def _draws(connection: Connection) -> list[Told]:
    """Answers on drawn posts on which no finding stood: those of findings are verdicts already."""
    table, finding = schema.drawn, schema.finding
    seen = select(finding.c.id).where(
        finding.c.mention_id == schema.mention.c.id, finding.c.mode >= int(Mode.DIGEST)
    )
    rows = connection.execute(
        selected()
        .add_columns(
            table.c.clause_id.label("d_clause"),
            table.c.decision.label("d_decision"),
            table.c.reason.label("d_reason"),
            table.c.answered_at.label("d_at"),
            table.c.flagged.label("d_flagged"),
        )
        .join(table, table.c.mention_id == schema.mention.c.id)
        .where(table.c.decision.is_not(None), ~seen.correlate(schema.mention).exists(), _has_text())
        .order_by(table.c.id)
    ).mappings()
    return [
        Told(
            mention=mention_of(row),
            clause_id=ClauseId(row["d_clause"]),
            decision=Decision(row["d_decision"]),
            reason=row["d_reason"],
            at=row["d_at"],
            # A copy of a finding's post was asked about that clause.
            of_all=not row["d_flagged"],
        )
        for row in rows
    ]
