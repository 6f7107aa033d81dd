"""How the figures are made, and floors below which no change may bring them."""

from functools import cache

import numpy as np
from test_classify_judge import POLICY
from test_classify_model_file import shared_model, trained  # noqa: F401 - a fixture of every test here

from classify import corpus
from classify.corpus import Example
from classify.evaluate import Judged, Report, auc, evaluate, rendered, share
from classify.judging_corpus import judged
from klankbord.policy import Strictness

NOTHING: dict[Strictness, frozenset[str]] = dict.fromkeys(Strictness, frozenset())


@cache
def measured() -> Report:
    return evaluate(judged(corpus.load("test"), trained(), POLICY))


def post(**given: object) -> Example:
    fields: dict[str, object] = {"id": "x-1", "org": "o", "lang": "nl", "text": "tekst"} | given
    return Example(**fields)  # type: ignore[arg-type]


def test_the_area_counts_ties_half() -> None:
    positive = np.array([True, True, False, False])
    assert auc(positive, np.array([0.9, 0.8, 0.1, 0.2])).value == 1.0
    assert auc(positive, np.array([0.5, 0.5, 0.5, 0.5])).value == 0.5
    assert auc(positive, np.array([0.1, 0.9, 0.5, 0.5])).value == 0.5


def test_a_share_of_nothing_says_so() -> None:
    assert str(share([])) == "0.000 [0.000-1.000] n=0"
    assert share([True, False]).value == 0.5


def test_what_no_query_let_in_is_counted_and_left_out() -> None:
    posts = [
        Judged(example=post(clause="C02"), guarded=False, scores={"C02": 0.9}, found=NOTHING),
        Judged(example=post(protected="P01"), guarded=True, scores={}, found=NOTHING),
        Judged(example=post(), about=False, guarded=False, scores={}, found=NOTHING),
    ]
    report = evaluate(posts)
    assert (report.left_out, report.ranking.n, report.ranking.value) == (1, 2, 1.0)
    assert report.guard_recall["P01 nl"].value == 1.0
    assert "left out of all figures: 1" in rendered(report)


def test_touching_posts_rank_above_the_rest_and_above_signals_alone() -> None:
    report = measured()
    assert report.ranking.value >= 0.83
    assert report.ranking_unguarded.value >= report.ranking_words_only.value - 0.005
    assert report.ranking_unguarded.value >= 0.9
    assert report.ranking.value > report.ranking_signals_only.value + 0.1


def test_the_guard_holds_back_protected_posts_of_organisations_it_never_saw() -> None:
    assert measured().guard_recall["core"].value >= 0.95
    assert measured().guard_cost.value <= 0.20
    assert measured().guard_ordinary.value <= 0.45


def test_hardly_any_protected_or_ordinary_post_becomes_a_finding() -> None:
    report = measured()
    assert report.protected_flagged[Strictness.STANDARD].value <= 0.02
    assert report.protected_flagged[Strictness.STRICT].value <= 0.02
    assert report.ordinary_flagged[Strictness.STANDARD].value <= 0.03
    assert report.touching_flagged[Strictness.STANDARD].value >= 0.32


def test_each_clause_points_rightly_more_often_than_not() -> None:
    for clause, precision in measured().clause_precision.items():
        assert precision.value >= 0.7, clause
    for clause, figure in measured().clause_auc.items():
        assert figure.value >= 0.68, clause
