"""An installation and a week come in: what to review is drawn, and whether scores jumped is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from classify.heads import SHARED
from classify.learning.sampling import Candidate, draw
from classify.modes import Circumstances
from klankbord.drift import Drift, calm_since, drift_of
from klankbord.finding import Judgement, Protection, finding_id
from klankbord.installation import Installation
from klankbord.mention import Mention
from klankbord.policy import Clause, Mode
from klankbord.sample import Drawn
from klankbord.week import Week

#: posts of a week that are scored at most: an even part of them, which is some ten seconds' work
_MOST = 20_000
_BATCH = 1_000
#: weeks in a row without a jump after which alerts go out again
_CALM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ToReview:
    """A drawn post, and its text where that stands."""

    drawn: Drawn
    mention: Mention | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What looking at a week's scores led to."""

    week: str
    #: a jump, and alerts pause
    drift: Drift | None = None
    #: calm weeks lifted the pause
    resumed: bool = False


def to_review(opened: Installation, week: Week, size: int) -> list[ToReview]:
    """What was drawn from a week; drawn now if it was not before, and never again.

    Args:
        opened: the installation.
        week: a week that is over.
        size: posts to draw.
    """
    learning = opened.store.learning
    if not learning.draws(week.name):
        learning.keep_draw(drawn_from(opened, week, size), week, opened.clock())
    drawn = learning.draws(week.name)
    texts = learning.mentions([one.mention_id for one in drawn if one.mention_id])
    return [
        ToReview(drawn=one, mention=texts.get(one.mention_id) if one.mention_id else None) for one in drawn
    ]


def drawn_from(opened: Installation, week: Week, size: int) -> list[Drawn]:
    """A draw from the posts of a week that may be shown; protected posts are never among them."""
    posts = list(scored(opened, week))
    if not posts:
        return []
    now, allowed = opened.clock(), circumstances_of(opened)
    candidates = [
        candidate
        for mention, judgement in posts
        if (candidate := candidate_of(mention, judgement, allowed)) is not None
    ]
    return [
        Drawn(
            week=week.name,
            mention_id=one.candidate.mention_id,
            clause_id=one.candidate.clause_id,
            stratum=one.stratum,
            chance=one.chance,
            score=one.candidate.score,
            flagged=one.candidate.flagged,
            drawn_at=now,
        )
        for one in draw(candidates, size, week.name)
    ]


def scored(opened: Installation, week: Week) -> Iterator[tuple[Mention, Judgement]]:
    """The posts of a week as the model of today judges them.

    Without those of sources that keep texts so briefly that some of the week are gone: what stays are mostly
    findings, and they would stand for all.
    """
    age = (opened.clock() - week.start_at) / timedelta(days=1)
    mentions = [
        mention
        for mention in opened.store.learning.said_in(week, _MOST)
        if mention.terms.retention_days >= age
    ]
    for start in range(0, len(mentions), _BATCH):
        part = mentions[start : start + _BATCH]
        yield from zip(part, opened.classifier.judge(part, opened.store.embeddings(part)), strict=True)


def circumstances_of(opened: Installation) -> Circumstances:
    """What policy, organisation and model allow."""
    positives = opened.model.metrics.test_positives
    shared = {number: positives.get(head, 0) for number, head in SHARED.items()}
    return Circumstances(
        policy=opened.settings.policy,
        small=opened.settings.organisation.small,
        test_positives={**positives, **shared},
    )


def candidate_of(mention: Mention, judgement: Judgement, allowed: Circumstances) -> Candidate | None:
    """A post with the clause it comes nearest to, among the clauses that people may be shown. Pure.

    None where nothing may be shown: it is protected, its terms forbid it, or every clause is only counted.
    """
    if not judgement.about or judgement.protection is not Protection.NONE or not mention.terms.classify:
        return None
    open_to_people = [
        (score, clause)
        for score in judgement.clauses
        if allowed.ceiling(clause := allowed.policy.clause(score.clause_id), mention.terms) >= Mode.DIGEST
    ]
    if not open_to_people:
        return None
    # A finding in force comes first: it is what the reviewer has before them.
    nearest, clause = max(open_to_people, key=lambda one: (one[0].mode, one[0].score, one[0].clause_id))
    return Candidate(
        mention_id=mention.id,
        finding_id=finding_id(mention.id, nearest.clause_id),
        clause_id=nearest.clause_id,
        score=nearest.score,
        doubt=_doubt(nearest.score, clause, allowed),
        flagged=nearest.mode >= Mode.DIGEST,
    )


def _doubt(score: float, clause: Clause, allowed: Circumstances) -> float:
    threshold = allowed.threshold(clause)
    return abs(score - (0.5 if threshold is None else threshold))


def watch(opened: Installation) -> Watched:
    """Pause alerts when the scores of the last week that is over jumped; resume them after two calm weeks."""
    learning, now = opened.store.learning, opened.clock()
    last = Week.of(now, opened.settings.zone).later(-1)
    # What a person accepted is how it is now: nothing before it is compared with.
    since = max((one.drift.week for one in learning.pauses() if one.lifted_by), default="")
    weeks = [one for one in learning.weeks() if since <= one.week <= last.name]
    drift = drift_of(weeks)
    if drift is not None and drift.week == last.name:
        learning.pause(drift, now)
        return Watched(week=last.name, drift=drift)
    held = learning.paused()
    if held is not None and calm_since(weeks, held.drift.week) >= _CALM:
        return Watched(week=last.name, resumed=learning.resume("", now))
    return Watched(week=last.name)
