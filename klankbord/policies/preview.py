"""Judged posts come in one batch after another; what a dial would give beside today's goes out. Pure.

Memory stays the same however much is replayed: counts, a histogram of scores and the strongest changes.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from klankbord.finding import ClauseScore, Decision, Finding, FindingId, Judgement, Protection
from klankbord.mention import Mention, MentionId, SourceId
from klankbord.policies.choosing import Histogram
from klankbord.policies.dial import Dial, Setting, dial_of
from klankbord.policies.locked import FEW
from klankbord.policy import ClauseId, Mode, Policy, Strictness
from klankbord.store.keywords import Answered
from klankbord.tuning.record import Load, Span
from reports.quote import may_leave, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A finding that would come, or go."""

    finding_id: FindingId
    clause_id: ClauseId
    source_id: SourceId
    published_at: datetime
    score: float
    before: Mode
    after: Mode
    #: words that voted; None: the post's terms, or the clause, keep its words in
    words: tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClausePreview:
    """What a dial does to one clause."""

    clause_id: ClauseId
    before: Setting
    after: Setting
    now: Load
    then: Load
    #: at every strictness of the policy
    levels: Mapping[Strictness, Load]
    #: posts that are only counted, in the whole span; None: fewer than five
    counted_now: int | None = None
    counted_then: int | None = None
    come: int = 0
    go: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the stored weeks would have asked of people."""

    span: Span
    clauses: tuple[ClausePreview, ...]
    #: the strongest first, as many as were asked for; none of a clause that is not listed as it stands
    come: tuple[Changed, ...]
    go: tuple[Changed, ...]
    histograms: Mapping[ClauseId, Histogram] = field(default_factory=dict)

    def total(self, when: str) -> Load:
        """All clauses together, `now` or `then`."""
        loads = [one.now if when == "now" else one.then for one in self.clauses]
        return Load(findings=sum(one.findings for one in loads), alerts=sum(one.alerts for one in loads))


class Replay:
    """Adds up judged posts; the classifier judged under `let_through`."""

    def __init__(
        self,
        policy: Policy,
        wished: Dial,
        answers: Mapping[MentionId, Sequence[Answered]],
        *,
        most: int,
        only: frozenset[ClauseId] | None = None,
    ) -> None:
        """Compare the policy as it stands with a dial.

        Args:
            policy: as it stands.
            wished: how it could be set.
            answers: what people said of findings.
            most: changes written out, of each sort.
            only: these clauses; None: all.
        """
        self._now, self._then = dial_of(policy), wished
        self._levels = {level: dial_of(policy, level) for level in Strictness}
        self._answers, self._most = answers, most
        self._clauses = [clause.id for clause in policy.rules if only is None or clause.id in only]
        self._counts: dict[tuple[ClauseId, str], list[int]] = defaultdict(lambda: [0] * len(Mode))
        self._histograms = {key: Histogram() for key in self._clauses}
        self._changes: dict[str, list[Changed]] = {"come": [], "go": []}
        self._numbers: dict[tuple[ClauseId, str], int] = defaultdict(int)
        self._posts, self._begins = 0, None

    _begins: datetime | None

    def add(self, mentions: Sequence[Mention], judged: Sequence[Judgement]) -> None:
        """Count a batch. A protected post changes nothing at any strictness and is left out (law.md D6)."""
        for mention, one in zip(mentions, judged, strict=True):
            self._posts += 1
            self._begins = min(self._begins or mention.published_at, mention.published_at)
            if not one.about or one.protection is not Protection.NONE:
                continue
            for score in one.clauses:
                if score.mode > Mode.SILENT and score.clause_id in self._histograms:
                    self._count(mention, score)

    def _count(self, mention: Mention, score: ClauseScore) -> None:
        key = score.clause_id
        before, after = self._now[key].mode(score), self._then[key].mode(score)
        self._counts[key, "now"][before] += 1
        self._counts[key, "then"][after] += 1
        for level, dial in self._levels.items():
            self._counts[key, level][dial[key].mode(score)] += 1
        if score.mode >= Mode.DIGEST:
            self._histograms[key].add(score.score, score.mode, self._answer(mention, key))
        if before < Mode.DIGEST <= after:
            self._keep("come", mention, score, (before, after))
        elif after < Mode.DIGEST <= before:
            self._keep("go", mention, score, (before, after))

    def _answer(self, mention: Mention, clause: ClauseId) -> bool | None:
        for one in self._answers.get(mention.id, ()):
            if one.clause_id == clause and one.reason != "duplicate":
                return {Decision.CONFIRMED.value: True, Decision.DISMISSED.value: False}.get(one.decision)
        return None

    def _keep(self, sort: str, mention: Mention, score: ClauseScore, modes: tuple[Mode, Mode]) -> None:
        self._numbers[score.clause_id, sort] += 1
        if not self._now[score.clause_id].listed:
            # What is only counted today stands in no list, nor in a preview: first the policy changes.
            return
        kept = self._changes[sort]
        kept.append(_changed(mention, score, modes))
        if len(kept) > 4 * self._most + 100:
            self._changes[sort] = self._strongest(sort)

    def _strongest(self, sort: str) -> list[Changed]:
        found = sorted(self._changes[sort], key=lambda one: (-one.score, one.finding_id))
        return found[: self._most]

    def told(self, asked: datetime, ends: datetime) -> Preview:
        """Everything that was added, over a stretch of time that was asked for."""
        begins = max(asked, min(self._begins or ends, ends))
        span = Span(asked=asked, begins=begins, ends=ends, posts=self._posts)
        return Preview(
            span=span,
            clauses=tuple(self._clause(key, span.weeks) for key in self._clauses),
            come=tuple(self._strongest("come")),
            go=tuple(self._strongest("go")),
            histograms=self._histograms,
        )

    def _clause(self, key: ClauseId, weeks: float) -> ClausePreview:
        return ClausePreview(
            clause_id=key,
            before=self._now[key],
            after=self._then[key],
            now=self._load(key, "now", weeks),
            then=self._load(key, "then", weeks),
            levels={level: self._load(key, level, weeks) for level in Strictness},
            counted_now=_enough(self._counts[key, "now"][Mode.COUNT]),
            counted_then=_enough(self._counts[key, "then"][Mode.COUNT]),
            come=self._numbers[key, "come"],
            go=self._numbers[key, "go"],
        )

    def _load(self, key: ClauseId, which: str, weeks: float) -> Load:
        counts = self._counts[key, which]
        return Load(
            findings=(counts[Mode.DIGEST] + counts[Mode.ALERT]) / weeks, alerts=counts[Mode.ALERT] / weeks
        )


def _enough(n: int) -> int | None:
    return n if n >= FEW or n == 0 else None


def _changed(mention: Mention, score: ClauseScore, modes: tuple[Mode, Mode]) -> Changed:
    finding = Finding(
        mention=mention,
        clause_id=score.clause_id,
        score=score.score,
        mode=max(modes),
        evidence=score.evidence,
        policy_version="",
        model_version="",
        found_at=mention.published_at,
    )
    signals = dict.fromkeys(piece.signal for piece in score.evidence)
    words = dict.fromkeys(word for signal in signals for word in words_of(finding, signal))
    return Changed(
        finding_id=finding.id,
        clause_id=score.clause_id,
        source_id=mention.source_id,
        published_at=mention.published_at,
        score=score.score,
        before=modes[0],
        after=modes[1],
        words=tuple(words)[:5] if may_leave(finding) else None,
    )
