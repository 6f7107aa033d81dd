"""Measures prove themselves on answers that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from classify.measures import (
    NOTHING,
    Figure,
    area,
    average_precision,
    calibration_error,
    recall_in_top,
    resampled,
    share,
    share_right,
    to_read,
)

HITS = st.lists(st.booleans(), min_size=1, max_size=200)
ROWS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9])), min_size=4, max_size=60
)


def figure(value: float, low: float, high: float, n: int = 100) -> Figure:
    return Figure(value=value, low=low, high=high, n=n)


@given(HITS)
def test_a_share_lies_in_its_interval_and_the_interval_between_none_and_all(hits: list[bool]) -> None:
    told = share(hits)
    assert 0.0 <= told.low <= told.value <= told.high <= 1.0
    assert told.n == len(hits)


@given(HITS)
def test_ten_times_the_posts_give_a_narrower_interval(hits: list[bool]) -> None:
    once, often = share(hits), share(hits * 10)
    assert often.high - often.low < once.high - once.low


@given(HITS)
def test_the_share_of_misses_mirrors_that_of_hits(hits: list[bool]) -> None:
    hit, missed = share(hits), share([not one for one in hits])
    assert hit.low == pytest.approx(1 - missed.high, abs=1e-9)


def test_wilson_gives_what_its_table_says() -> None:
    told = share([True] * 8 + [False] * 2)
    assert (round(told.low, 3), round(told.high, 3)) == (0.490, 0.943)
    assert share([]) == NOTHING


@given(ROWS)
def test_areas_are_those_of_scikit_learn(rows: list[tuple[bool, float]]) -> None:
    positive = np.array([one for one, _ in rows])
    scores = np.array([score for _, score in rows])
    if positive.all() or not positive.any():
        assert np.isnan(area(positive, scores))
        return
    assert area(positive, scores) == pytest.approx(roc_auc_score(positive, scores))
    assert average_precision(positive, scores) == pytest.approx(average_precision_score(positive, scores))


def test_an_average_precision_at_a_prevalence_is_that_of_so_many_more_others() -> None:
    positive = np.array([True, False, True, False])
    scores = np.array([0.9, 0.8, 0.7, 0.1])
    often = np.concatenate([positive, np.zeros(36, dtype=bool)])
    others = np.concatenate([scores, np.repeat([0.8, 0.1], 18)])
    assert average_precision(positive, scores, 0.05) == pytest.approx(average_precision(often, others))


def test_the_top_of_a_stream_holds_what_its_weights_say() -> None:
    positive = np.array([True, True, *[False] * 100])
    scores = np.array([0.9, 0.2, *[0.5] * 2, *[0.1] * 98])
    # 2 % of the stream: 0.25 % the first post, 1.75 % of the 1.99 % at 0.5; the second post lies below
    assert recall_in_top(positive, scores, 0.005, 0.02) == pytest.approx(0.5)
    assert recall_in_top(positive, scores, 0.005, 0.03) == pytest.approx(1.0)


def test_of_a_tie_at_the_border_a_part_counts() -> None:
    positive = np.array([True, *[False] * 9])
    assert recall_in_top(positive, np.zeros(10), 0.005, 0.02) == pytest.approx(0.02)


@given(ROWS)
def test_a_recall_in_the_top_grows_with_the_top(rows: list[tuple[bool, float]]) -> None:
    positive = np.array([True, False, *[one for one, _ in rows]])
    scores = np.array([0.5, 0.5, *[score for _, score in rows]])
    found = [recall_in_top(positive, scores, 0.01, top) for top in (0.02, 0.1, 0.5, 1.0)]
    assert found == sorted(found)
    assert found[-1] == pytest.approx(1.0)


def test_scores_that_say_what_holds_have_no_calibration_error() -> None:
    scores = np.repeat(np.arange(10) / 10, 10)
    positive = np.array([place % 10 < score * 10 for place, score in enumerate(scores)])
    assert calibration_error(positive, scores) == pytest.approx(0.0)
    assert calibration_error(np.ones(20, dtype=bool), np.full(20, 0.3)) == pytest.approx(0.7)


@given(ROWS, st.integers(min_value=1, max_value=8))
def test_a_resampled_interval_holds_its_value(rows: list[tuple[bool, float]], groups: int) -> None:
    positive = np.array([True, False, *[one for one, _ in rows]])
    scores = np.array([0.9, 0.1, *[score for _, score in rows]])
    names = [f"story {place % groups}" for place in range(len(scores))]
    told = resampled(lambda of: area(positive[of], scores[of]), names, resamples=20)
    assert 0.0 <= told.low <= told.value <= told.high <= 1.0
    assert told == resampled(lambda of: area(positive[of], scores[of]), names, resamples=20)


def test_posts_of_one_story_are_drawn_together() -> None:
    values = np.array([0.0] * 50 + [1.0] * 50)
    apart = resampled(lambda of: float(values[of].mean()), list(range(100)))
    together = resampled(lambda of: float(values[of].mean()), ["one"] * 50 + ["other"] * 50)
    assert together.high - together.low > 3 * (apart.high - apart.low)


def test_what_cannot_be_told_is_nothing() -> None:
    assert resampled(lambda _: float("nan"), ["a", "b"]) == NOTHING


def test_an_error_that_resampling_enlarges_gets_its_interval_on_the_other_side() -> None:
    rng = np.random.default_rng(1)
    scores = rng.random(200)
    positive = rng.random(200) < scores
    told = resampled(
        lambda of: calibration_error(positive[of], scores[of]), list(range(200)), resamples=100, pivoted=True
    )
    assert told.value - told.low > told.high - told.value


def test_a_review_load_counts_both_kinds_at_their_weight() -> None:
    touching, others = figure(0.5, 0.4, 0.6), figure(0.01, 0.0, 0.02)
    told = to_read(touching, others, 0.005)
    assert told.value == pytest.approx(2.5 + 9.95)
    assert told.low == pytest.approx(2.0)
    assert told.high == pytest.approx(3.0 + 19.9)
    assert to_read(NOTHING, others, 0.005) == NOTHING


def test_the_share_that_is_right_falls_with_every_other_post_that_is_pointed_at() -> None:
    touching, others = figure(0.5, 0.4, 0.6), figure(0.01, 0.0, 0.02)
    told = share_right(touching, others, 0.005)
    assert told.value == pytest.approx(2.5 / 12.45)
    assert told.low == pytest.approx(2.0 / 21.9)
    assert told.high == 1.0
    assert share_right(touching, NOTHING, 0.005) == NOTHING
    assert share_right(figure(0, 0, 0), figure(0, 0, 0), 0.5).value == 0.0
