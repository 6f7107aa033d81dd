"""What is drawn for review has a known probability, and what follows from the answers holds for all posts."""

from dataclasses import replace
from random import Random

from builders import NOW
from hypothesis import given
from hypothesis import strategies as st

from classify.learning.estimates import estimates
from classify.learning.sampling import Candidate, draw
from klankbord.finding import Decision, FindingId
from klankbord.mention import MentionId
from klankbord.policy import ClauseId
from klankbord.sample import Drawn, Stratum

C02 = ClauseId("C02-confidential")


def candidate(number: int, score: float, *, flagged: bool | None = None) -> Candidate:
    return Candidate(
        mention_id=MentionId(f"m{number}"),
        finding_id=FindingId(f"f{number}"),
        clause_id=C02,
        score=score,
        doubt=abs(score - 0.6),
        flagged=score >= 0.6 if flagged is None else flagged,
    )


def drawn_from(candidates: list[Candidate], size: int, week: str) -> list[Drawn]:
    return [
        Drawn(
            week=week,
            mention_id=one.candidate.mention_id,
            clause_id=C02,
            stratum=one.stratum,
            chance=one.chance,
            score=one.candidate.score,
            flagged=one.candidate.flagged,
            drawn_at=NOW,
        )
        for one in draw(candidates, size, week)
    ]


def answered(drawn: list[Drawn], touching: set[str]) -> list[Drawn]:
    return [
        replace(one, decision=Decision.CONFIRMED if one.mention_id in touching else Decision.DISMISSED)
        for one in drawn
    ]


def population(rng: Random, posts: int, week: int) -> tuple[list[Candidate], set[str]]:
    """A stream in which few posts touch a clause, and most of those, not all, score high."""
    found, touching = [], set()
    for place in range(posts):
        touches = rng.random() < 0.02
        score = rng.betavariate(5, 3) if touches else rng.betavariate(1.2, 9)
        found.append(candidate(week * 100_000 + place, score))
        if touches:
            touching.add(f"m{week * 100_000 + place}")
    return found, touching


def test_half_are_the_highest_scores_three_tenths_are_in_doubt_and_a_fifth_are_by_lot() -> None:
    found = draw([candidate(number, number / 1000) for number in range(1000)], 50, "2026-W46")
    counts = {stratum: [one for one in found if one.stratum is stratum] for stratum in Stratum}
    assert {stratum: len(ones) for stratum, ones in counts.items()} == {
        Stratum.TOP: 25,
        Stratum.UNCERTAIN: 15,
        Stratum.RANDOM: 10,
    }
    assert min(one.candidate.score for one in counts[Stratum.TOP]) == 0.975
    assert {one.chance for one in counts[Stratum.TOP] + counts[Stratum.UNCERTAIN]} == {1.0}
    assert {one.chance for one in counts[Stratum.RANDOM]} == {10 / 960}


@given(st.lists(st.floats(0, 1), max_size=120), st.integers(0, 60), st.text(max_size=8))
def test_a_draw_is_made_once_for_each_post_stands_for_all_and_can_be_made_again(
    scores: list[float], size: int, week: str
) -> None:
    candidates = [candidate(number, score) for number, score in enumerate(scores)]
    found = draw(candidates, size, week)
    names = [one.candidate.mention_id for one in found]
    assert len(names) == len(set(names)) == min(size, len(candidates))
    assert draw(candidates[::-1], size, week) == found
    if any(one.stratum is Stratum.RANDOM for one in found):
        assert round(sum(1 / one.chance for one in found), 6) == len(candidates)


def test_another_week_is_another_lot() -> None:
    candidates = [candidate(number, 0.1) for number in range(500)]
    lots = [
        {one.candidate.mention_id for one in draw(candidates, 50, week) if one.stratum is Stratum.RANDOM}
        for week in ("2026-W46", "2026-W47")
    ]
    assert lots[0] != lots[1]


def test_everybody_answered_and_drawn_is_a_count_and_not_an_estimate() -> None:
    candidates = [candidate(1, 0.9), candidate(2, 0.8), candidate(3, 0.2), candidate(4, 0.1)]
    found = estimates(answered(drawn_from(candidates, 4, "2026-W46"), {"m1", "m3"}))
    assert found.prevalence
    assert found.recall
    assert found.precision
    assert (found.prevalence.value, found.recall.value, found.precision.value) == (0.5, 0.5, 0.5)
    assert (found.weeks, found.drawn, found.answered, found.posts) == (1, 4, 4, 4)


def test_a_lot_that_nobody_answered_lets_nothing_be_said() -> None:
    drawn = drawn_from([candidate(number, number / 100) for number in range(100)], 20, "2026-W46")
    half = [
        one if one.stratum is Stratum.RANDOM else replace(one, decision=Decision.CONFIRMED) for one in drawn
    ]
    assert estimates(half).recall is None
    assert estimates(half).weeks == 0
    assert estimates([]).prevalence is None


def test_unsure_is_no_answer() -> None:
    drawn = drawn_from([candidate(number, number / 10) for number in range(10)], 10, "2026-W46")
    unsure = [replace(one, decision=Decision.UNSURE) for one in drawn]
    assert estimates(unsure).answered == 0


def test_nothing_found_by_lot_is_not_certain() -> None:
    candidates = [candidate(number, number / 1000) for number in range(1000)]
    found = estimates(answered(drawn_from(candidates, 50, "2026-W46"), {"m999", "m998"}))
    assert found.recall
    assert (found.recall.value, found.recall.high) == (1.0, 1.0)
    assert found.recall.low < 0.5


def test_the_estimates_are_unbiased_and_their_intervals_hold_in_simulated_streams() -> None:
    rng = Random(7)
    truths, recalls, prevalences, held = [], [], [], 0
    rounds = 60
    for _ in range(rounds):
        drawn: list[Drawn] = []
        touching: set[str] = set()
        flagged: set[str] = set()
        posts = 0
        for week in range(6):
            candidates, these = population(rng, 400, week)
            drawn += answered(drawn_from(candidates, 50, f"2026-W{40 + week}-{rng.random()}"), these)
            touching |= these
            flagged |= {one.mention_id for one in candidates if one.flagged}
            posts += len(candidates)
        found = estimates(drawn)
        assert found.recall
        assert found.prevalence
        truth = len(touching & flagged) / len(touching)
        truths.append(truth)
        recalls.append(found.recall.value)
        prevalences.append(found.prevalence.value * posts / len(touching))
        held += found.recall.low <= truth <= found.recall.high
    bias = sum(recalls) / rounds - sum(truths) / rounds
    assert abs(bias) < 0.05
    assert 0.9 < sum(prevalences) / rounds < 1.1
    assert held >= 0.9 * rounds
