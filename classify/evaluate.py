"""Written posts and what was judged of them come in; figures with their n and 95 % intervals go out. Pure.

A post's score is the highest of its clauses, and nothing where the guard held it back: what a reviewer's list
would be ranked by. Every figure stands beside signals without the model and the model without signals.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from classify.corpus import Example
from klankbord.policy import Strictness

Floats = NDArray[np.float64]
#: two-sided 95 % of the normal distribution
_NORMAL = 1.959964
_RESAMPLES = 300
CORE = ("P01", "P02", "P03", "P05")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One written post and what came out."""

    example: Example
    #: whether the query let it in: no other post is judged
    about: bool = True
    guarded: bool
    #: clause number -> score; empty where guarded
    scores: Mapping[str, float]
    #: clauses that became a finding, by strictness
    found: Mapping[Strictness, frozenset[str]]
    #: baselines: most signals that voted for one clause, and the highest head alone
    signals_only: float = 0.0
    words_only: float = 0.0
    #: the highest fused score, also where the guard held the post back: what the guard costs the ranking
    unguarded: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value, the number of posts behind it, and its 95 % interval."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}-{self.high:.3f}] n={self.n}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that is said about quality."""

    #: touching posts against all others that look or are like them: hard negatives and protected posts
    ranking: Figure
    ranking_signals_only: Figure
    ranking_words_only: Figure
    #: the same scores without the guard
    ranking_unguarded: Figure
    #: clause number -> figure
    clause_auc: Mapping[str, Figure] = field(default_factory=dict)
    clause_precision: Mapping[str, Figure] = field(default_factory=dict)
    clause_recall: Mapping[str, Figure] = field(default_factory=dict)
    #: posts with any finding among protected posts, and among ordinary ones, by strictness
    protected_flagged: Mapping[Strictness, Figure] = field(default_factory=dict)
    ordinary_flagged: Mapping[Strictness, Figure] = field(default_factory=dict)
    touching_flagged: Mapping[Strictness, Figure] = field(default_factory=dict)
    #: "P01", "P01 nl" … -> share held back; "core" is P01, P02, P03 and P05 together
    guard_recall: Mapping[str, Figure] = field(default_factory=dict)
    #: touching posts the guard held back
    guard_cost: Figure
    #: ordinary posts the guard held back: they stay ordinary mentions
    guard_ordinary: Figure
    #: posts that name neither the organisation nor a product, so that no query lets them in
    left_out: int = 0


def evaluate(posts: Sequence[Judged]) -> Report:
    """Measure over the posts that the organisation's query let in."""
    left_out = sum(not post.about for post in posts)
    posts = [post for post in posts if post.about]
    touching = np.array([bool(post.example.clause) for post in posts])
    best = np.array([max(post.scores.values(), default=0.0) for post in posts])
    protected = [post for post in posts if post.example.guarded]
    ordinary = [post for post in posts if not post.example.guarded and not post.example.clause]
    touched = [post for post in posts if post.example.clause]
    clauses = sorted({post.example.clause for post in touched})
    return Report(
        ranking=auc(touching, best),
        ranking_signals_only=auc(touching, np.array([post.signals_only for post in posts])),
        ranking_words_only=auc(touching, np.array([post.words_only for post in posts])),
        ranking_unguarded=auc(touching, np.array([post.unguarded for post in posts])),
        clause_auc={clause: _clause_auc(clause, posts) for clause in clauses},
        clause_precision={clause: _precision(clause, posts) for clause in clauses},
        clause_recall={clause: _recall(clause, posts) for clause in clauses},
        protected_flagged={level: _flagged(protected, level) for level in Strictness},
        ordinary_flagged={level: _flagged(ordinary, level) for level in Strictness},
        touching_flagged={level: _flagged(touched, level) for level in Strictness},
        guard_recall=_guard_recall(protected),
        guard_cost=share([post.guarded for post in touched]),
        guard_ordinary=share([post.guarded for post in ordinary]),
        left_out=left_out,
    )


def auc(positive: NDArray[np.bool_], scores: Floats) -> Figure:
    """Area under the ROC curve; ties count half."""
    return _resampled(lambda rows: _area(positive[rows], scores[rows]), len(scores))


def share(hits: Sequence[bool]) -> Figure:
    """A share with Wilson's interval: resampling would call three of three certain.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    count = len(hits)
    if not count:
        return Figure(value=0.0, low=0.0, high=1.0, n=0)
    value, square = sum(hits) / count, _NORMAL**2
    centre = (value + square / (2 * count)) / (1 + square / count)
    spread = (_NORMAL / (1 + square / count)) * sqrt(value * (1 - value) / count + square / (4 * count**2))
    return Figure(value=value, low=max(0.0, centre - spread), high=min(1.0, centre + spread), n=count)


def _area(positive: NDArray[np.bool_], scores: Floats) -> float:
    wins, others = scores[positive], np.sort(scores[~positive])
    if not len(wins) or not len(others):
        return float("nan")
    below = np.searchsorted(others, wins, side="left")
    upto = np.searchsorted(others, wins, side="right")
    return float((below + upto).sum() / (2.0 * len(wins) * len(others)))


def _resampled(measure: Callable[[NDArray[np.int64]], float], count: int) -> Figure:
    rng = np.random.default_rng(0)
    drawn = [measure(rng.integers(0, count, count)) for _ in range(_RESAMPLES)]
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return Figure(value=measure(np.arange(count)), low=float(low), high=float(high), n=count)


def _clause_auc(clause: str, posts: Sequence[Judged]) -> Figure:
    positive = np.array([post.example.clause == clause for post in posts])
    return auc(positive, np.array([post.scores.get(clause, 0.0) for post in posts]))


def _precision(clause: str, posts: Sequence[Judged]) -> Figure:
    return share(
        [post.example.clause == clause for post in posts if clause in post.found[Strictness.STANDARD]]
    )


def _recall(clause: str, posts: Sequence[Judged]) -> Figure:
    return share(
        [clause in post.found[Strictness.STANDARD] for post in posts if post.example.clause == clause]
    )


def _flagged(posts: Sequence[Judged], level: Strictness) -> Figure:
    return share([bool(post.found[level]) for post in posts])


def _guard_recall(protected: Sequence[Judged]) -> dict[str, Figure]:
    found = {"core": share([post.guarded for post in protected if post.example.protected in CORE])}
    for category in sorted({post.example.protected for post in protected}):
        mine = [post for post in protected if post.example.protected == category]
        found[category] = share([post.guarded for post in mine])
        for lang in ("nl", "en"):
            found[f"{category} {lang}"] = share([post.guarded for post in mine if post.example.lang == lang])
    return found


def rendered(report: Report) -> str:
    """The report as plain text."""
    lines = [
        f"touching against the rest, AUC: {report.ranking}",
        f"  signals only:                 {report.ranking_signals_only}",
        f"  words only, no guard:         {report.ranking_words_only}",
        f"  words and signals, no guard:  {report.ranking_unguarded}",
    ]
    for clause, figure in report.clause_auc.items():
        lines.append(
            f"{clause}: AUC {figure}; at standard: precision {report.clause_precision[clause]}, "
            f"recall {report.clause_recall[clause]}"
        )
    lines += [
        f"{level}: touching flagged {report.touching_flagged[level]}; protected flagged "
        f"{report.protected_flagged[level]}; ordinary flagged {report.ordinary_flagged[level]}"
        for level in Strictness
    ]
    lines += [f"guard recall {name}: {figure}" for name, figure in report.guard_recall.items()]
    lines.append(f"touching posts the guard holds back: {report.guard_cost}")
    lines.append(f"ordinary posts the guard holds back: {report.guard_ordinary}")
    lines.append(f"posts no query let in, left out of all figures: {report.left_out}")
    return "\n".join(lines) + "\n"
