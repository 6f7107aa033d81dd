"""Judged posts come in; how well they are ranked goes out, and what that asks of a reviewer. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from classify.judging_corpus import Judged
from classify.measures import (
    NOTHING,
    Bools,
    Figure,
    Floats,
    area,
    average_precision,
    recall_in_top,
    resampled,
    share,
    share_right,
    to_read,
)
from classify.report import Row, Section
from klankbord.policy import Strictness

#: writers of everyday mentions: what most of a stream is
EVERYDAY = frozenset(("t5",))
#: share of a stream that touches a clause: what is common, and what a leak in the news may bring
PREVALENCE, HIGH_PREVALENCE = 0.005, 0.05
_TOP = 0.02
Score = Callable[[Judged], float]


def touches(post: Judged) -> bool:
    """Whether its writer says that it touches a clause."""
    return bool(post.example.clauses)


def everyday(post: Judged) -> bool:
    """Whether it is an ordinary mention of a stream, opinions and private posts among them."""
    return post.example.writer in EVERYDAY and not touches(post)


def ordinary(post: Judged) -> bool:
    """Whether it neither touches a clause nor is protected."""
    return not touches(post) and not post.example.guarded


def story(post: Judged) -> tuple[str, str]:
    """What is drawn together: posts of one organisation about one story."""
    return post.example.org, post.example.scenario or post.example.id


def contenders(posts: Sequence[Judged], ways: Sequence[str]) -> Mapping[str, tuple[Score, Score]]:
    """Name -> score as printed, and without the guard."""

    def of(way: str) -> tuple[Score, Score]:
        return (lambda post: post.by[way].score), (lambda post: post.by[way].unguarded)

    baselines: dict[str, Score] = {
        "random order": lambda post: post.lot,
        "rules alone": lambda post: post.rules,
    }
    if posts and posts[0].words is not None:
        baselines["words alone"] = lambda post: post.words or 0.0
    return {name: (score, score) for name, score in baselines.items()} | {way: of(way) for way in ways}


def ranking(posts: Sequence[Judged], ways: Sequence[str], draws: int) -> Section:
    """Touching posts against others: area under the curve."""
    others: Mapping[str, tuple[Callable[[Judged], bool], bool]] = {
        "printed": (lambda _: True, True),
        "no guard": (lambda _: True, False),
        "hard, no guard": (lambda post: ordinary(post) and not everyday(post), False),
        "protected, no guard": (lambda post: post.example.guarded, False),
        "everyday, printed": (everyday, True),
        "everyday, no guard": (everyday, False),
    }
    rows = [
        Row(
            name=name,
            figures=tuple(
                _auc([post for post in posts if touches(post) or among(post)], pair[not guarded], draws)
                for among, guarded in others.values()
            ),
        )
        for name, pair in contenders(posts, ways).items()
    ]
    return Section(
        id="ranking",
        title="Ranking: touching posts against all others (area under the ROC curve)",
        how="a post's highest score; `printed`: nothing where the guard held it back, against all posts that"
        " touch nothing, protected ones among them; `hard`: of the writers who were asked for look-alikes,"
        " what neither touches nor is protected; `everyday`: of the writer who was asked for a usual stream;"
        " intervals by drawing stories again; `words alone`: TF-IDF and logistic regression",
        columns=tuple(others),
        rows=tuple(rows),
    )


def stream(posts: Sequence[Judged], ways: Sequence[str], draws: int) -> Section:
    """A stream in which one in two hundred posts touches a clause."""
    usual = [post for post in posts if touches(post) or everyday(post)]
    rows = []
    for name, (score, _) in contenders(posts, ways).items():
        rows.append(
            Row(
                name=name,
                figures=(
                    _weighed(usual, score, draws, _in_top),
                    _weighed(posts, score, draws, _in_top),
                    _weighed(usual, score, draws, _precision),
                ),
            )
        )
    return Section(
        id="stream",
        title="A stream in which 0.5 % touches a clause",
        how="printed scores; every touching post weighs 0.5 % together and the everyday posts of one writer"
        " 99.5 %; `hard background`: all posts that touch nothing instead, look-alikes and protected ones far"
        " more often than in life; ties at the border count in part",
        columns=("top 2 %", "top 2 %, hard background", "average precision"),
        rows=tuple(rows),
    )


def load(posts: Sequence[Judged], ways: Sequence[str]) -> Section:
    """What a reviewer is asked to read at the thresholds."""
    rows = []
    for way in ways:
        for level in Strictness:
            touched = _flagged(posts, touches, way, level)
            usual, hard = _flagged(posts, everyday, way, level), _flagged(posts, _others, way, level)
            low = to_read(touched, usual, PREVALENCE), to_read(touched, hard, PREVALENCE)
            high = to_read(touched, usual, HIGH_PREVALENCE)
            rows.append(Row(name=f"{way} {level}", figures=(*low, high)))
    return Section(
        id="load",
        title="Posts to read of a thousand mentions",
        how="shares of touching and of everyday posts with a finding, weighed to 0.5 % and 5 % touching;"
        " `hard`: all posts that touch nothing as background; the interval joins the ends of both intervals",
        columns=("at 0.5 %", "at 0.5 %, hard", "at 5 %"),
        rows=tuple(rows),
        unit="posts",
    )


def right(posts: Sequence[Judged], way: str, level: Strictness) -> tuple[Figure, Figure]:
    """Share of flagged posts that touch a clause, at either prevalence."""
    touched, usual = _flagged(posts, touches, way, level), _flagged(posts, everyday, way, level)
    return share_right(touched, usual, PREVALENCE), share_right(touched, usual, HIGH_PREVALENCE)


def organisations(posts: Sequence[Judged], way: str, draws: int) -> Section:
    """The same ranking within each organisation: how far one may fall from the mean."""
    names = sorted({post.example.org for post in posts})
    score, unguarded = contenders(posts, (way,))[way]
    rows = []
    for number, name in enumerate(names, start=1):
        mine = [post for post in posts if post.example.org == name]
        rows.append(
            Row(
                name=f"organisation {number}",
                figures=(_auc(mine, score, draws), _auc(mine, unguarded, draws)),
            )
        )
    return Section(
        id="organisations",
        title="Ranking within each organisation",
        how=f"area under the curve, {way}; none of them, nor its trade, was seen in training",
        columns=("printed", "no guard"),
        rows=tuple(rows),
    )


def _others(post: Judged) -> bool:
    return not touches(post)


def _flagged(
    posts: Collection[Judged], among: Callable[[Judged], bool], way: str, level: Strictness
) -> Figure:
    return share([bool(post.by[way].found.get(level)) for post in posts if among(post)])


def _auc(posts: Sequence[Judged], score: Score, draws: int) -> Figure:
    if not posts:
        return NOTHING
    positive, scores = _arrays(posts, score)
    return resampled(
        lambda rows: area(positive[rows], scores[rows]), [story(post) for post in posts], resamples=draws
    )


def _in_top(positive: Bools, scores: Floats) -> float:
    return recall_in_top(positive, scores, PREVALENCE, _TOP)


def _precision(positive: Bools, scores: Floats) -> float:
    return average_precision(positive, scores, PREVALENCE)


def _weighed(
    posts: Sequence[Judged], score: Score, draws: int, measure: Callable[[Bools, Floats], float]
) -> Figure:
    if not posts:
        return NOTHING
    positive, scores = _arrays(posts, score)
    return resampled(
        lambda rows: measure(positive[rows], scores[rows]), [story(post) for post in posts], resamples=draws
    )


def _arrays(posts: Sequence[Judged], score: Score) -> tuple[Bools, Floats]:
    positive = np.array([touches(post) for post in posts], dtype=np.bool_)
    return positive, np.array([score(post) for post in posts], dtype=np.float64)
