"""Weeks like those before are calm; a jump of the share or of the scores is seen."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klankbord.drift import BINS, Drift, WeekScores, calm_since, drift_of, histogram, sentence_of, stability


def week(
    rng: Random, number: int, posts: int, share: float = 0.02, *, shifted: bool = False, lang: str = "nl"
) -> WeekScores:
    """A simulated week; its volume and its share go up and down a little, as they do."""
    posts = max(1, round(posts * rng.uniform(0.7, 1.3)))
    share = min(1.0, share * rng.uniform(0.8, 1.25))
    scores = [rng.betavariate(3, 4) if shifted else rng.betavariate(1.2, 8) for _ in range(posts)]
    flagged = sum(rng.random() < share for _ in range(posts))
    return WeekScores(
        week=f"2026-W{number:02}", lang=lang, version="1", counts=histogram(scores), flagged=flagged
    )


def steady(number: int, flagged: int = 4, posts: int = 200, **fields: object) -> WeekScores:
    given_: dict[str, object] = {"week": f"2026-W{number:02}", "lang": "nl", "version": "1"} | fields
    return WeekScores(counts=(posts, *[0] * (BINS - 1)), flagged=flagged, **given_)  # type: ignore[arg-type]


def test_calm_weeks_hardly_ever_pause_and_real_jumps_do() -> None:
    rng, rounds = Random(3), 300
    false = sum(
        drift_of([week(rng, number, posts) for number in range(1, 10)]) is not None
        for posts in (60, 200, 1000)
        for _ in range(rounds // 3)
    )
    jumps = sum(
        drift_of([*(week(rng, number, 400) for number in range(1, 9)), week(rng, 9, 400, 0.10)]) is not None
        for _ in range(50)
    )
    spreads = sum(
        drift_of(
            [
                *(week(rng, number, 400) for number in range(1, 9)),
                week(rng, 9, 400, shifted=True),
                week(rng, 10, 400, shifted=True),
            ]
        )
        is not None
        for _ in range(50)
    )
    assert false <= 0.02 * rounds
    assert jumps >= 48
    assert spreads == 50


def test_a_jump_tells_the_week_the_language_and_both_shares() -> None:
    found = drift_of([*(steady(number) for number in range(1, 9)), steady(9, flagged=40)])
    assert found
    assert (found.week, found.lang, found.kind) == ("2026-W09", "nl", "rate")
    assert (found.share, found.before) == (0.2, 0.02)
    assert found.value > 3.0


def test_a_fall_is_a_jump_too() -> None:
    found = drift_of([*(steady(number, flagged=40) for number in range(1, 9)), steady(9, flagged=0)])
    assert found
    assert found.value < -3.0


def test_one_more_among_few_is_no_jump() -> None:
    assert drift_of([*(steady(number, 0, 40) for number in range(1, 9)), steady(9, 2, 40)]) is None


def test_scores_that_are_spread_otherwise_must_stay_so_for_two_weeks() -> None:
    rng = Random(5)
    calm = [week(rng, number, 400) for number in range(1, 9)]
    odd, odder = week(rng, 9, 400, shifted=True), week(rng, 10, 400, shifted=True)
    assert drift_of([*calm, odd]) is None
    found = drift_of([*calm, odd, odder])
    assert found
    assert found.kind == "scores"


def test_few_weeks_few_posts_and_another_policy_say_nothing() -> None:
    jump = steady(9, flagged=40)
    assert drift_of([]) is None
    assert drift_of([*(steady(number) for number in range(6, 9)), jump]) is None
    assert drift_of([*(steady(number, 0, 20) for number in range(1, 9)), steady(9, 20, 20)]) is None
    assert drift_of([*(steady(number, version="0") for number in range(1, 9)), jump]) is None


def test_each_language_is_looked_at_by_itself() -> None:
    english = [steady(number, lang="en") for number in range(1, 10)]
    dutch = [steady(number, flagged=40 if number == 9 else 4) for number in range(1, 10)]
    found = drift_of([*english, *dutch])
    assert found
    assert found.lang == "nl"


def test_a_week_that_lay_outside_is_no_measure_for_later_ones() -> None:
    calm = [steady(number) for number in range(1, 9)]
    out = steady(9, flagged=40, drifted=True)
    assert drift_of([*calm, out, steady(10, flagged=40)]) is not None
    assert drift_of([*calm, out, steady(10)]) is None


def test_calm_weeks_are_counted_from_the_last_that_was_not() -> None:
    weeks = [steady(9, drifted=True), steady(10), steady(11)]
    assert calm_since(weeks, "2026-W09") == 2
    assert calm_since([*weeks, steady(12, drifted=True), steady(13)], "2026-W09") == 1
    assert calm_since(weeks[:1], "2026-W09") == 0


@given(st.lists(st.floats(0, 1), max_size=200))
def test_every_score_is_in_one_tenth(scores: list[float]) -> None:
    assert sum(histogram(scores)) == len(scores)


@given(st.lists(st.integers(0, 500), min_size=BINS, max_size=BINS))
def test_a_spread_does_not_differ_from_itself(counts: list[int]) -> None:
    assert stability(counts, counts) <= 0.0


@pytest.mark.parametrize(("score", "place"), [(0.0, 0), (0.37, 3), (0.999, 9), (1.0, 9)])
def test_a_score_falls_in_its_tenth(score: float, place: int) -> None:
    assert histogram([score]).index(1) == place


def test_a_pause_is_told_in_both_languages_with_both_shares() -> None:
    rate = Drift(week="2026-W47", lang="nl", kind="rate", value=4.0, share=0.083, before=0.02)
    assert sentence_of(rate, "nl") == (
        "Meldingen staan stil sinds week 2026-W47 (Nederlandse berichten): het aandeel berichten dat om een "
        "blik vraagt sprong van 2,0 % naar 8,3 %."
    )
    spread = Drift(week="2026-W47", lang="", kind="scores", value=0.5, share=0.1, before=0.1)
    assert sentence_of(spread, "en") == (
        "Alerts are paused since week 2026-W47 (posts): for two weeks scores have been spread quite differently "
        "from the weeks before."
    )
