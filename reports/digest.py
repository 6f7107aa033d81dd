"""The facts of a week come in, the digest as a tree of records goes out. Pure."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from klankbord.finding import Finding, FindingId, FindingState
from klankbord.mention import short_hash
from klankbord.policy import Lang, Mode, Policy
from klankbord.week import WeekFacts
from reports import phrase
from reports.answers import ageing_of, handled_of
from reports.changes import changes_of, weeks_of, weeks_sentence
from reports.cluster import Cluster, clusters_of
from reports.counted import counted, hidden
from reports.coverage import coverage_of
from reports.dates import day, days, moment, number
from reports.judgement import judgement_of
from reports.numbers import ENOUGH, numbers_of
from reports.plain import one_line
from reports.quality import quality_of
from reports.quote import LIMIT, may_leave, quote_of
from reports.record import Change, Decision, Digest, RuleChange, Watched
from reports.talk import notable_of, themes_note, themes_of
from reports.words import Words, words

#: decisions asked in one digest
DECISIONS = 3
#: lines of evidence beside them
LINES = 10
#: rows of change that always stand there: mentions and findings in all
_TOTALS = 2
#: characters quoted in such a line
_SHORT = 110


def digest_of(
    facts: WeekFacts,
    policy: Policy,
    organisation_name: str,
    language: Lang,
    now: datetime,
    desk_url: str = "",
    *,
    due_at: datetime | None = None,
) -> Digest:
    """Sum a week up.

    Args:
        facts: what the store knows of the week and the eight before.
        policy: the policy in force; its words are used.
        organisation_name: as the reader knows it.
        language: of every generated word; quotes stay as they are.
        now: the moment of making; ages are counted to it.
        desk_url: where findings are opened; empty: a command is named.
        due_at: when it should have left, where it is late.
    """
    say = words(language)
    numbers = numbers_of(facts)
    coverage = coverage_of(facts, language, now)
    late = _late(facts)
    # Alerts first, and among equals the week: the history that a first edition reads back comes after.
    clusters = sorted(
        clusters_of(_open(facts)),
        key=lambda cluster: (cluster.first.mode < Mode.ALERT, cluster.first.id in late),
    )
    decide, watch = clusters[:DECISIONS], clusters[DECISIONS:]
    urgent = sum(cluster.first.mode is Mode.ALERT for cluster in clusters)
    changes = changes_of(numbers, policy, say)
    view = _View(facts, policy, say, now, desk_url)
    notable = notable_of(facts, say, now, desk_url)
    judgement = judgement_of(urgent, decide, (len(watch), len(notable)), numbers, coverage, say)
    short = judgement.level == "quiet"
    signals, quality = quality_of(facts, say)
    digest = Digest(
        organisation=one_line(organisation_name, 80),
        language=language,
        week=facts.week.name,
        number=facts.week.number,
        days=days(facts.week.monday, facts.week.monday + timedelta(days=6), language),
        built_at=now.astimezone(facts.week.zone),
        judgement=judgement,
        busier=numbers.busier,
        decisions=tuple(view.decision(cluster) for cluster in decide),
        decisions_more=say.many("decisions_more", urgent - DECISIONS) if urgent > DECISIONS else "",
        figures=_figures(numbers.mentions.this, len(decide), len(watch), say),
        changes=_kept(changes, short=short),
        changes_notes=_changes_notes(facts, numbers.full, changes, now, say),
        weeks=weeks_of(numbers, say),
        weeks_sentence=weeks_sentence(numbers, say),
        watched=tuple(view.watched(cluster) for cluster in watch[:LINES]),
        watched_total=len(watch),
        watched_more=_more(len(watch) - LINES, desk_url, say),
        handled=handled_of(facts.verdicts, now, say),
        quality=quality,
        coverage=coverage,
        rules_changed=_rules(facts, say),
        limits=(say("limits.reach"), say("limits.people"), say("limits.themes")),
        footer=_footer(policy, say),
        short=short,
        first=numbers.full == 0,
        late=say("made_late", due=moment(due_at, facts.week.zone, language)) if due_at else "",
        themes=themes_of(facts, say),
        themes_note=themes_note(facts, say),
        notable=notable,
        notable_more=_notable_more(facts, say),
        ageing=ageing_of(facts.verdicts, say),
        signals=signals,
        rules=_rule_rows(facts, say),
    )
    return replace(digest, fingerprint=_fingerprint(digest))


def _kept(changes: tuple[Change, ...], *, short: bool) -> tuple[Change, ...]:
    """In a quiet week the totals and the clauses that had anything."""
    return tuple(row for place, row in enumerate(changes) if not short or place < _TOTALS or row.this != "0")


def _fingerprint(digest: Digest) -> str:
    """The same for the same content."""
    return short_hash(json.dumps(asdict(digest), sort_keys=True, default=str))


def _notable_more(facts: WeekFacts, say: Words) -> str:
    rest = facts.talk.notable_total - len(facts.talk.notable)
    return say("notable.more", n=counted(rest, say)) if rest > 0 else ""


class _View:
    """Shows one group of findings in words."""

    def __init__(self, facts: WeekFacts, policy: Policy, say: Words, now: datetime, desk_url: str) -> None:
        self._policy, self._say, self._now, self._desk_url = policy, say, now, desk_url
        self._names: dict[str, str] = {source.source_id: source.name for source in facts.sources}
        self._late = _late(facts)

    def decision(self, cluster: Cluster) -> Decision:
        finding, policy, language = cluster.first, self._policy, self._say.language
        number, title = phrase.number_and_title(policy, finding, language)
        quote = quote_of(finding, LIMIT) if may_leave(finding) else None
        return Decision(
            id=finding.id[:8],
            clause=number,
            title=title,
            confidence=phrase.confidence_of(policy, finding.score, language),
            source=self._source(finding),
            age=phrase.age_of(finding.mention.published_at, self._now, language),
            remarks=self._remarks(cluster),
            sentence=phrase.sentence_of(policy, finding, language),
            quote=quote,
            no_quote="" if quote else phrase.no_quote_of(finding, language),
            why=phrase.why_of(finding, language, quote=may_leave(finding)),
            unknown=self._say("unknown"),
            innocent=phrase.innocent_of(policy, finding, language),
            next_step=phrase.next_step_of(policy, finding, language),
            door=phrase.door_of(finding, self._desk_url),
        )

    def watched(self, cluster: Cluster) -> Watched:
        finding, policy, language = cluster.first, self._policy, self._say.language
        number, title = phrase.number_and_title(policy, finding, language)
        quote = quote_of(finding, _SHORT) if may_leave(finding) else None
        return Watched(
            id=finding.id[:8],
            clause=number,
            title=title,
            confidence=phrase.confidence_of(policy, finding.score, language),
            source=self._source(finding),
            age=phrase.age_of(finding.mention.published_at, self._now, language),
            remarks=self._remarks(cluster),
            quote=quote,
            no_quote="" if quote else phrase.no_quote_of(finding, language),
            door=phrase.door_of(finding, self._desk_url),
        )

    def _source(self, finding: Finding) -> str:
        source_id = finding.mention.source_id
        return one_line(self._names.get(source_id, source_id), 60)

    def _remarks(self, cluster: Cluster) -> tuple[str, ...]:
        say, remarks = self._say, []
        if cluster.copies:
            remarks.append(say.many("copies", cluster.copies))
        if cluster.other_clauses:
            remarks.append(say("also", clauses=", ".join(cluster.other_clauses)))
        if cluster.first.id in self._late:
            remarks.append(say("late"))
        return tuple(remarks)


def _late(facts: WeekFacts) -> set[FindingId]:
    """Findings on posts from before the week."""
    return {finding.id for finding in facts.found_late} - {finding.id for finding in facts.findings}


def _open(facts: WeekFacts) -> list[Finding]:
    """What still waits for an answer, found in time or late."""
    both = (*facts.findings, *facts.found_late)
    return [item for item in both if item.state is FindingState.OPEN and item.mode >= Mode.DIGEST]


def _figures(mentions: int, decide: int, watched: int, say: Words) -> tuple[tuple[str, str], ...]:
    # What waits for the reader is told as it is; of what people said, few is few.
    first = say("few.short") if hidden(mentions) else number(mentions, say.language)
    rest = tuple(
        (number(n, say.language), say.many(f"figure.{key}", n))
        for key, n in (("decide", decide), ("watch", watched))
    )
    return ((first, say.many("figure.mentions", 2 if hidden(mentions) else mentions)), *rest)


def _changes_notes(
    facts: WeekFacts, full: int, changes: Sequence[Change], now: datetime, say: Words
) -> tuple[str, ...]:
    notes: Sequence[str] = ()
    if full == 0:
        notes = (say("changes.first"),)
    elif full < ENOUGH:
        notes = (say.many("changes.early", full),)
    elif not any(row.word for row in changes):
        notes = (say("changes.usual"),)
    if now < facts.week.end_at:
        notes = (*notes, say("changes.running"))
    return tuple(notes)


def _more(rest: int, desk_url: str, say: Words) -> str:
    if rest <= 0:
        return ""
    where = say("where.desk", address=desk_url) if desk_url else say("where.command")
    return say.many("watched_more", rest, where=where)


def _rules(facts: WeekFacts, say: Words) -> tuple[str, ...]:
    rows = _rule_rows(facts, say)
    lines = tuple(say("rule.changed", day=row.day, role=row.role, what=row.what) for row in rows)
    return lines or (say("rules.none"),)


def _rule_rows(facts: WeekFacts, say: Words) -> tuple[RuleChange, ...]:
    def told(posts: float | None) -> str:
        return "" if posts is None else counted(round(posts), say)

    return tuple(
        RuleChange(
            day=day(row.day, say.language),
            role=say("role.system") if row.role == "system" else one_line(row.role, 40),
            what=one_line(row.what, 200),
            predicted=told(row.predicted),
            actual=told(row.got),
        )
        for row in facts.rules_changed
    )


def _footer(policy: Policy, say: Words) -> tuple[str, ...]:
    level = say(f"strictness.{policy.strictness.value}")
    return (
        phrase.footer_of(policy, say.language),
        say("footer.policy", version=policy.version, strictness=level, fingerprint=policy.fingerprint),
        say("footer.adopted") if policy.adopted else say("footer.not_adopted"),
    )
