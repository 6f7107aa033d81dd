"""Judged posts come in; how well each clause is told goes out, by language and length of the text. Pure."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from classify.evaluate_ranking import story
from classify.heads import CLAUSES
from classify.judging_corpus import Judged
from classify.measures import (
    NOTHING,
    Bools,
    Figure,
    Floats,
    area,
    average_precision,
    calibration_error,
    resampled,
    share,
)
from classify.report import Row, Section
from klankbord.policy import Strictness

#: characters below which a text is short, and above which it is long
SHORT, LONG = 80, 240
ALL = "all clauses"


def length(post: Judged) -> str:
    """short, medium or long."""
    count = len(post.example.text)
    return "short" if count < SHORT else "long" if count > LONG else "medium"


def slices(posts: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    """All posts, then those of each language and length."""
    yield "", list(posts)
    for lang in ("nl", "en"):
        yield f" {lang}", [post for post in posts if post.example.lang == lang]
    for name in ("short", "medium", "long"):
        yield f" {name}", [post for post in posts if length(post) == name]


def clauses_found(posts: Sequence[Judged], way: str) -> Section:
    """Precision and recall of findings at each strictness."""
    rows = []
    for clause in (ALL, *CLAUSES):
        for name, mine in slices(posts):
            pairs = [_found(mine, clause, way, level) for level in Strictness]
            figures = (*(precision for precision, _ in pairs), *(recall for _, recall in pairs))
            rows.append(Row(name=f"{clause}{name}", figures=figures))
    return Section(
        id="clauses",
        title="Findings by clause, language and length of the text",
        how=f"{way}; precision on this test part, where far more posts touch a clause than in a stream;"
        f" short: under {SHORT} characters, long: over {LONG}",
        columns=tuple(f"{what} {level}" for what in ("precision", "recall") for level in Strictness),
        rows=tuple(rows),
    )


def clause_scores(posts: Sequence[Judged], way: str, draws: int) -> Section:
    """How well a clause's own score tells its posts from all others."""
    rows = []
    for clause in CLAUSES:
        for name, mine in slices(posts):
            rows.append(Row(name=f"{clause}{name}", figures=_scored(mine, clause, way, draws)))
    return Section(
        id="clause scores",
        title="Scores by clause, language and length of the text",
        how=f"{way}, the clause's posts against all others, without the guard; `share` is how many are, and"
        " so what an average precision by chance would be; `calibration error`: of the printed score where"
        " the guard let the post by, over ten bins of equally many posts",
        columns=("share", "AUC", "average precision", "calibration error"),
        rows=tuple(rows),
    )


def calibration(posts: Sequence[Judged], ways: Sequence[str], draws: int) -> Section:
    """How far scores are from what holds."""
    rows = []
    for way in ways:
        told = [(post, clause) for post in posts for clause in CLAUSES if clause in post.by[way].scores]
        best = [(post, _best(post, way)) for post in posts if post.by[way].scores]
        rows.append(Row(name=way, figures=(_off(told, way, draws), _off(best, way, draws))))
    return Section(
        id="calibration",
        title="Calibration error of printed scores",
        how="ten bins of equally many scores, mean of the distance between score and share that is right;"
        " `each clause`: every score of every post that the guard let by; `highest`: each post's highest"
        " score against whether it touches that clause. Calibrated for written posts, of which far more"
        " touch a clause than of a stream: there, scores are too high",
        columns=("each clause", "highest"),
        rows=tuple(rows),
    )


def _best(post: Judged, way: str) -> str:
    scores = post.by[way].scores
    return max(scores, key=lambda clause: scores[clause])


def _off(told: Sequence[tuple[Judged, str]], way: str, draws: int) -> Figure:
    if not told:
        return NOTHING
    positive = np.array([clause in post.example.clauses for post, clause in told], dtype=np.bool_)
    scores = np.array([post.by[way].scores[clause] for post, clause in told])
    return _error(positive, scores, [story(post) for post, _ in told], draws)


def _found(posts: Sequence[Judged], clause: str, way: str, level: Strictness) -> tuple[Figure, Figure]:
    asked = CLAUSES if clause == ALL else (clause,)
    pairs = [
        (one in post.example.clauses, one in post.by[way].found.get(level, ()))
        for post in posts
        for one in asked
    ]
    return share([is_so for is_so, found in pairs if found]), share(
        [found for is_so, found in pairs if is_so]
    )


def _scored(posts: Sequence[Judged], clause: str, way: str, draws: int) -> tuple[Figure, ...]:
    positive = np.array([clause in post.example.clauses for post in posts], dtype=np.bool_)
    if not positive.any():
        return (share([]),) * 4
    chances = np.array([post.by[way].chances.get(clause, 0.0) for post in posts])
    stories = [story(post) for post in posts]
    open_ones = [place for place, post in enumerate(posts) if clause in post.by[way].scores]
    scores = np.array([posts[place].by[way].scores[clause] for place in open_ones])
    return (
        share(positive.tolist()),
        _measured(area, positive, chances, stories, draws),
        _measured(average_precision, positive, chances, stories, draws),
        _error(positive[open_ones], scores, [stories[place] for place in open_ones], draws),
    )


def _measured(
    measure: Callable[[Bools, Floats], float],
    positive: Bools,
    scores: Floats,
    stories: Sequence[tuple[str, str]],
    draws: int,
) -> Figure:
    return resampled(lambda rows: measure(positive[rows], scores[rows]), stories, resamples=draws)


def _error(positive: Bools, scores: Floats, stories: Sequence[tuple[str, str]], draws: int) -> Figure:
    if not stories:
        return NOTHING
    return resampled(
        lambda rows: calibration_error(positive[rows], scores[rows]), stories, resamples=draws, pivoted=True
    )
