"""The store's door: each method is one transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from threading import Lock

from sqlalchemy import Connection, Engine, func, select, update

from klankbord.alerting.rules import Rules
from klankbord.copies import Copy
from klankbord.errors import CollectError, NotFoundError
from klankbord.finding import Embedding, Finding, FindingId, FindingState, Judgement, Protection, Verdict
from klankbord.mention import Mention, MentionId, State, StateChange, mention_id
from klankbord.policy import Mode
from klankbord.polling import Pace
from klankbord.ports import Batch, Cursor, Recheck, Spend
from klankbord.standing import Ledger
from klankbord.store import (
    breakers,
    copies,
    embeddings,
    findings,
    mentions,
    pauses,
    retention,
    schema,
    sources,
    weeks,
)
from klankbord.store.alerts import raise_alerts
from klankbord.store.editions import Editions
from klankbord.store.engine import begin, opened, told_plainly
from klankbord.store.kept import Kept, Versions
from klankbord.store.keywords import Shelf
from klankbord.store.learning import Lessons
from klankbord.store.mentions import Rechecks
from klankbord.store.outbox import Outbox
from klankbord.store.retention import Limits
from klankbord.store.search import SearchIndex
from klankbord.store.search_index import sweep
from klankbord.store.sources import Outset
from klankbord.week import SourceHealth, Week, WeekFacts


class Store:
    """Everything that is kept; made for one installation."""

    def __init__(self, engine: Engine, forgetting_key: Callable[[str, str], str], zone: tzinfo) -> None:
        """Use an engine whose schema is the newest.

        Args:
            engine: from `Store.open`, or a test.
            forgetting_key: keyed hash of (platform, native id), see `Pseudonyms.forgotten`.
            zone: where days begin.
        """
        self._engine, self._forgetting_key = engine, forgetting_key
        self._day_of = mentions.DayOf(zone)
        self._pen = Lock()

    @classmethod
    def open(cls, url: str, forgetting_key: Callable[[str, str], str], zone: tzinfo) -> "Store":
        """Open a store, making or renewing its schema.

        Raises:
            StoreError: it cannot be opened, or was made by a newer Klankbord.
        """
        return cls(opened(url), forgetting_key, zone)

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told_plainly(), self._engine.connect() as connection:
            begin(connection, to_write=False)
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        # SQLite lets one write at a time, and who finds it busy sleeps: better to wait in line here.
        with told_plainly(), self._pen, self._engine.begin() as connection:
            begin(connection, to_write=True)
            yield connection
            sweep(connection)

    @property
    def search(self) -> SearchIndex:
        """What search asks of the store."""
        return SearchIndex(self._reading, self._writing, self._forgetting_key)

    # collecting

    def cursor(self, source_id: str) -> Cursor | None:
        """Where the collector of a source was."""
        with self._reading() as connection:
            return sources.cursor(connection, source_id)

    def outset(self, source_id: str, host: str, now: datetime) -> Outset:
        """What a run of a source, at a host and with a credential of that key, begins with; read at once."""
        with self._reading() as connection:
            return sources.outset(connection, source_id, host, self._day_of(now))

    def paces(self) -> dict[str, Pace]:
        """The rhythm of every source that was ever asked."""
        with self._reading() as connection:
            return sources.paces(connection)

    def ledger(self, now: datetime) -> Ledger:
        """What was noted of all sources: rhythm, lag, gaps, today's spend, hosts left alone."""
        with self._reading() as connection:
            return sources.ledger(connection, self._day_of(now), now - timedelta(days=7))

    def resting_hosts(self, now: datetime) -> frozenset[str]:
        """Hosts, each with its credential, that are left alone at this moment."""
        with self._reading() as connection:
            return breakers.resting(connection, now)

    def spend(self, source_id: str, spent: Spend, now: datetime) -> None:
        """Something was spent outside a batch."""
        with self._writing() as connection:
            self._spend(connection, source_id, spent, now)

    def spent(self, source_id: str, now: datetime) -> Spend:
        """What reading a source cost today."""
        with self._reading() as connection:
            return sources.spent(connection, source_id, self._day_of(now))

    def host_open_until(self, key: str, now: datetime) -> datetime | None:
        """Until when a host is left alone; None: this caller may ask it, perhaps as the one probe."""
        with self._reading() as connection:
            until = breakers.open_until(connection, key)
        if until is None or breakers.rests(until, now):
            return until
        with self._writing() as connection:
            return None if breakers.claimed(connection, key, until, now) else now + breakers.PROBE

    def keep(
        self, source_id: str, batch: Batch, admitted: Sequence[Mention], now: datetime, *, ends: bool = False
    ) -> Kept:
        """Keep a batch: the mentions among its posts, its state changes, cursor and spend, together.

        Args:
            source_id: which source.
            batch: what its collector read.
            admitted: those of its posts that are about the organisation.
            now: this moment.
            ends: the run ended well with it and brought nothing new; no `succeeded` is to follow.
        """
        keys = {self._forgetting_key(m.platform, m.native_id): m.id for m in admitted}
        with self._writing() as connection:
            gone = mentions.forgotten(connection, keys)
            plan = mentions.plan(admitted, mentions.known(connection, list(keys.values())), gone)
            mentions.write(connection, plan, now)
            # A post that stands in the source's window stands: no need to ask for it.
            fresh = {mention.id for mention in plan.new}
            mentions.checked(connection, [key for key in keys.values() if key not in fresh], now)
            deleted = self._forget_changed(connection, batch.changes, now)
            self._spend(connection, source_id, batch.spent, now)
            deleted += self._forget_authors(connection, source_id, batch.authors_gone, now)
            if batch.gap:
                sources.note_gap(connection, source_id, batch.gap)
            sources.advance(connection, source_id, batch, now, ends=ends)
        return Kept(
            new=len(plan.new),
            edited=len(plan.edited),
            unchanged=plan.unchanged,
            dropped=len(batch.mentions) - len(admitted),
            deleted=deleted,
        )

    def _spend(self, connection: Connection, source_id: str, spent: Spend, now: datetime) -> None:
        day = self._day_of(now)
        for name in sources.SPENDS:
            mentions.add(connection, day, name, source_id, n=getattr(spent, name))

    def _forget_authors(
        self, connection: Connection, source_id: str, authors: Sequence[str], now: datetime
    ) -> int:
        """Everything that authors who left a platform wrote goes, whichever source of it brought it."""
        held = mentions.by_authors(connection, source_id, authors) if authors else []
        changes = [
            StateChange(platform=one.platform, native_id=one.native_id, state=State.DELETED, at=now)
            for one in held
        ]
        return self._forget_changed(connection, changes, now)

    def _forget_changed(self, connection: Connection, changes: Sequence[StateChange], now: datetime) -> int:
        # a stream tells of thousands of deletions, nearly all of posts that were never kept
        gone = mentions.of_changes(connection, changes)
        counted = [mention for mention in gone if not mention.terms.traceless]
        if counted:
            mentions.log(connection, "deleted", counted, now)
        for mention in counted:
            mentions.add(connection, self._day_of(now), "deleted", mention.source_id)
        if gone:
            self._forget(connection, gone, now, traceless=False)
        return len(gone)

    def _forget(
        self, connection: Connection, gone: Sequence[Mention], now: datetime, *, traceless: bool
    ) -> None:
        copies.leave(connection, gone, traceless=traceless)
        rows = [(mention, self._forgetting_key(mention.platform, mention.native_id)) for mention in gone]
        mentions.forget(connection, rows, self._day_of, now, traceless=traceless)

    def succeeded(self, source_id: str, host: str, now: datetime, *, new: bool, news: bool) -> None:
        """A run ended well, see `sources.succeed`; so is its host, if anything was held against it."""
        with self._writing() as connection:
            sources.succeed(connection, source_id, now, new=new, news=news)
            if host:
                breakers.well(connection, host)

    def failed(
        self, source_id: str, error: CollectError, now: datetime, *, host: str = "", requests: int = 0
    ) -> int:
        """A run of a source failed; returns how often since the last success.

        Args:
            source_id: which source.
            error: why.
            now: this moment.
            host: key of the host and credential whose fault it may be; empty: not the host's.
            requests: made for nothing.
        """
        with self._writing() as connection:
            self._spend(connection, source_id, Spend(requests=requests), now)
            if host:
                breakers.failed(connection, host, now, error.until)
            return sources.fail(connection, source_id, error, now)

    def plan_next(self, source_id: str, not_before: datetime, now: datetime) -> None:
        """Ask a failing source later."""
        with self._writing() as connection:
            connection.execute(
                update(schema.source)
                .where(schema.source.c.id == source_id)
                .values(not_before=not_before, last_attempt_at=now)
            )

    def to_recheck(self, source_id: str, due: Rechecks, limit: int) -> list[Mention]:
        """Mentions of a source that are due to be asked for; those with an open finding first, and sooner."""
        with self._reading() as connection:
            return mentions.to_recheck(connection, source_id, due, limit)

    def held(self, platform: str, native_ids: Sequence[str]) -> list[Mention]:
        """The mentions a source knows by these ids."""
        with self._reading() as connection:
            return mentions.by_native_id(connection, platform, native_ids)

    def rechecked(self, source_id: str, asked: Recheck, platform: str, now: datetime) -> Kept:
        """Follow what a recheck found."""
        with self._writing() as connection:
            standing = [mention_id(platform, native_id) for native_id in asked.standing]
            edited = [mention.id for mention in asked.edited]
            mentions.checked(connection, [*standing, *edited], now)
            self._spend(connection, source_id, asked.spent, now)
            plan = mentions.plan(asked.edited, mentions.known(connection, edited), frozenset())
            mentions.write(connection, replace(plan, new=()), now)
            deleted = self._forget_changed(connection, asked.changes, now)
        return Kept(edited=len(plan.edited), deleted=deleted)

    # judging

    def unjudged(self, limit: int) -> list[Mention]:
        """The mentions that wait to be judged, in the order they came."""
        with self._reading() as connection:
            return mentions.unjudged(connection, limit)

    def embeddings(self, waiting: Sequence[Mention]) -> dict[MentionId, Embedding]:
        """The vectors that are held of these mentions."""
        with self._reading() as connection:
            return embeddings.kept(connection, [mention.id for mention in waiting])

    def judge_again(self, version: str) -> int:
        """Put every mention that another classifier judged back in the queue; returns how many."""
        table = schema.mention
        with self._writing() as connection:
            result = connection.execute(
                update(table)
                .where(table.c.judged_revision.is_not(None), table.c.judged_by != version)
                .values(judged_revision=None)
            )
            return result.rowcount

    def keep_judgements(
        self,
        judged: Sequence[tuple[Mention, Judgement]],
        versions: Versions,
        alerts: Rules,
        alert_since: datetime,
        now: datetime,
    ) -> list[FindingId]:
        """Keep judgements, their findings and the alerts these call for, together.

        Args:
            judged: each mention with its judgement.
            versions: policy and classifier.
            alerts: who is told of a finding in alert mode.
            alert_since: older posts wait for the digest: a first read of a source is no news.
            now: this moment.

        Returns:
            The findings that are new or rose to alert mode.
        """
        raised: list[FindingId] = []
        with self._writing() as connection:
            embeddings.keep(
                connection,
                [(mention.id, one.embedding if mention.terms.store else None) for mention, one in judged],
            )
            before = findings.standing(connection, [mention.id for mention, _ in judged])
            fresh = [pair for pair in judged if pair[0].id in before.fresh]
            pauses.count(connection, fresh, versions.policy, self._day_of, now)
            near = copies.Neighbours(connection, now)
            stay = [pair for pair in judged if pair[1].about and pair[1].protection is not Protection.NO_TEXT]
            for mention, judgement in judged:
                guarded = judgement.about and judgement.protection is not Protection.NONE
                if guarded and mention.id in before.fresh:
                    mentions.add(connection, self._day_of(now), "guarded")
                if not judgement.about or judgement.protection is Protection.NO_TEXT:
                    self._set_aside(connection, mention, judgement, now)
            for mention, judgement in stay:
                if judgement.protection is Protection.NO_FINDING and mention.id in before.rows:
                    copies.ask_again(connection, [mention.id])
                    mentions.erase_findings(connection, [mention.id])
                if not mention.terms.store:
                    findings.drop_text(connection, mention)
                if mention.id not in before.rows and _nothing_to_say(mention, judgement):
                    continue
                pair = (versions.policy, versions.classifier)
                made = findings.judged(connection, mention, judgement.clauses, pair, near, now)
                raised += made.raised
                if mention.published_at >= alert_since:
                    raise_alerts(connection, mention, judgement, made.raised, alerts, now)
            findings.mark_judged(connection, [mention for mention, _ in stay], versions.classifier, now)
        return raised

    def _set_aside(
        self, connection: Connection, mention: Mention, judgement: Judgement, now: datetime
    ) -> None:
        self._forget(connection, [mention], now, traceless=True)
        if not judgement.about:
            # It was no mention after all: the week must not count it as one.
            day = self._day_of(mention.published_at)
            mentions.add(connection, day, "mention", mention.source_id, mention.lang, n=-1)

    def findings(
        self,
        *,
        state: FindingState | None = None,
        clause: str | None = None,
        week: Week | None = None,
        limit: int = 200,
    ) -> list[Finding]:
        """Findings in digest or alert mode, strongest first."""
        between = (week.start_at, week.end_at) if week else None
        with self._reading() as connection:
            return findings.find(
                connection, state=state, clause=clause, between=between, least=Mode.DIGEST, limit=limit
            )

    def finding(self, prefix: str) -> Finding:
        """The one finding whose id begins so.

        Raises:
            NotFoundError: none does, or several do.
        """
        with self._reading() as connection:
            found = findings.get(connection, prefix) if prefix else []
        if len(found) != 1:
            what = "no finding begins with" if not found else "several findings begin with"
            raise NotFoundError(f"{what} {prefix!r}")
        return found[0]

    def copies(self, keys: Sequence[FindingId]) -> dict[FindingId, tuple[Copy, ...]]:
        """The posts that share each of these findings, oldest first."""
        with self._reading() as connection:
            return copies.listed(connection, keys)

    def answered(self, clause_id: str) -> tuple[int, int]:
        """How many findings on a clause people confirmed, and how many they dismissed."""
        with self._reading() as connection:
            return findings.answered(connection, clause_id)

    def links_shown(self, finding_id: FindingId, by: str, now: datetime) -> None:
        """Note that somebody asked for the links of a finding's posts."""
        with self._writing() as connection:
            findings.links_shown(connection, finding_id, by, now)

    def history(self, finding: Finding) -> tuple[list[tuple[datetime, str, str]], list[Verdict]]:
        """What happened to a finding, and every verdict on it, oldest first."""
        with self._reading() as connection:
            return findings.history(connection, finding), findings.verdicts(connection, finding.id)

    def answer(self, verdicts: Sequence[tuple[Verdict, str]]) -> None:
        """Keep a reviewer's verdicts, each with the clause it is about: all of them or none."""
        with self._writing() as connection:
            for verdict, clause_id in verdicts:
                findings.answer(connection, verdict, clause_id)

    def reopen(self, finding_id: FindingId, now: datetime) -> None:
        """Undo the last verdict on a finding; the verdict's row stays."""
        with self._writing() as connection:
            findings.reopen(connection, finding_id, now)

    # telling

    @property
    def outbox(self) -> Outbox:
        """Messages on their way, and what became of them."""
        return Outbox(self._reading, self._writing)

    def collecting_since(self) -> datetime | None:
        """The first moment anything was collected; None in an empty store."""
        with self._reading() as connection:
            return weeks.collecting_since(connection)

    def week(self, week: Week, known: Sequence[SourceHealth]) -> WeekFacts:
        """Everything the digest of a week is made of."""
        with self._reading() as connection:
            return weeks.facts(connection, week, known)

    def health(self, known: Sequence[SourceHealth]) -> list[SourceHealth]:
        """How reading each configured source went."""
        with self._reading() as connection:
            return weeks.health(connection, known)

    @property
    def editions(self) -> Editions:
        """What the digest asks of the store, and what it leaves there."""
        return Editions(self._reading, self._writing)

    @property
    def learning(self) -> Lessons:
        """What people answered, what is drawn for review, and how scores drift."""
        return Lessons(self._reading, self._writing)

    @property
    def keywords(self) -> Shelf:
        """Versions of keyword lists, and what a list is tried on."""
        return Shelf(self._reading, self._writing)

    # keeping house

    def purge(self, limits: Limits, now: datetime) -> int:
        """Take out every text whose time is over; returns how many."""
        gone = 0
        while True:
            with self._writing() as connection:
                expired = retention.expired(connection, limits, now)
                over = {mention.id for mention in expired}
                along = copies.expired_with(connection, expired)
                expired += [mention for mention in along if mention.id not in over]
                self._forget(connection, expired, now, traceless=False)
            gone += len(expired)
            if not expired:
                break
        with self._writing() as connection:
            retention.prune(connection, limits, now, self._day_of)
        return gone

    def counts(self) -> Mapping[str, int]:
        """How many rows each table holds."""
        with self._reading() as connection:
            return {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in schema.metadata.sorted_tables
            }


def _nothing_to_say(mention: Mention, judgement: Judgement) -> bool:
    """No finding, and no edit that could part a copy from its first."""
    return mention.state is not State.EDITED and all(one.mode is Mode.SILENT for one in judgement.clauses)
