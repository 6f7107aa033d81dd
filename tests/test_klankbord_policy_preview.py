"""A preview judges stored posts again: what another dial gives, without keeping or showing what it must not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW, mention
from hypothesis import given, settings
from hypothesis import strategies as st
from listing import config, stored
from scoring import ScoreClassifier

from klankbord.installation import Installation
from klankbord.mention import Mention, Terms
from klankbord.policies.choosing import Histogram, choices, for_load, for_precision
from klankbord.policies.dial import dial_of, let_through
from klankbord.policies.preview import Preview, Replay
from klankbord.policies.replaying import replayed
from klankbord.policy import ClauseId, Mode, Strictness
from klankbord.ports import Batch, Cursor
from klankbord.settings import load, policy_of, starter_folder

POLICY = policy_of(starter_folder() / "policy.toml")
C02, C07 = ClauseId("C02-confidential"), ClauseId("C07-wrong-advice")
CLASSIFIER = ScoreClassifier(let_through(POLICY))


def post(text: str, days: float = 1, **given: object) -> Mention:
    at = NOW - timedelta(days=days)
    return mention(text, published_at=at, collected_at=at, **given)


def looked_at(
    *posts: Mention,
    strictness: Strictness | None = Strictness.STRICT,
    thresholds: dict[str, float] | None = None,
    ceilings: dict[str, Mode] | None = None,
    most: int = 20,
) -> Preview:
    classifier = ScoreClassifier(let_through(POLICY), ceilings=ceilings or {})
    replay = Replay(POLICY, dial_of(POLICY, strictness, thresholds), {}, most=most)
    replay.add(posts, classifier.judge(posts))
    return replay.told(NOW - timedelta(weeks=4), NOW)


def words(found: Preview) -> tuple[list[str], list[str]]:
    """Clauses of what comes and of what goes."""
    return [one.clause_id[:3] for one in found.come], [one.clause_id[:3] for one in found.go]


def test_a_stricter_dial_tells_what_comes() -> None:
    found = looked_at(post("C02=0.75"), post("C02=0.85"), post("C07=0.72"), post("C03=0.60"))
    assert words(found) == (["C02", "C07"], [])
    assert [(one.before, one.after) for one in found.come] == [
        (Mode.SILENT, Mode.ALERT), (Mode.SILENT, Mode.ALERT),
    ]  # fmt: skip
    assert [one.come for one in found.clauses if one.come] == [1, 1]


def test_a_milder_dial_tells_what_goes() -> None:
    found = looked_at(post("C02=0.85"), post("C03=0.95"), strictness=Strictness.LIBERAL)
    assert words(found) == ([], ["C03", "C02"])


def test_one_threshold_is_tried_and_never_under_070() -> None:
    found = looked_at(post("C02=0.76"), post("C07=0.72"), strictness=None, thresholds={"C02": 0.75})
    assert words(found) == (["C02"], [])
    lowest = looked_at(post("C02=0.70"), post("C02=0.69"), strictness=None, thresholds={"C02": 0.1})
    assert words(lowest) == (["C02"], [])


def test_protected_posts_and_others_never_appear() -> None:
    found = looked_at(post("vakbond C02=0.75"), post("buiten C02=0.75"))
    assert words(found) == ([], [])
    assert all(one.now == one.then for one in found.clauses)
    assert found.span.posts == 2


def test_what_is_only_counted_is_a_number_from_five_and_never_a_row() -> None:
    capped = {"C02": Mode.COUNT}
    four = looked_at(*(post(f"C02=0.75 {n}") for n in range(4)), ceilings=capped)
    five = looked_at(*(post(f"C02=0.75 {n}") for n in range(5)), ceilings=capped)
    assert (words(four), words(five)) == (([], []), ([], []))
    assert [(one.counted_now, one.counted_then) for one in (four.clauses[0], five.clauses[0])] == [
        (0, None),
        (0, 5),
    ]


def test_words_are_shown_only_where_the_terms_allow_it() -> None:
    shut = post("tarieven van C02=0.75", terms=Terms(export=False))
    spread = post("De receptionist C08=0.80 is ziek")
    quoted = {one.clause_id[:3]: one.words for one in looked_at(post("tarieven C02=0.75"), spread).come}
    assert quoted == {"C02": ("tarieven",), "C08": None}
    assert [one.words for one in looked_at(shut).come] == [None]


def test_a_clause_that_is_not_listed_today_gives_numbers_and_no_rows() -> None:
    found = looked_at(post("C06=0.90"), post("C09=0.78"))
    assert words(found) == ([], [])
    assert {one.clause_id[:3]: one.come for one in found.clauses if one.come} == {"C06": 1, "C09": 1}


def test_the_strongest_are_written_out_and_all_are_counted() -> None:
    found = looked_at(*(post(f"C02=0.7{n % 10} {n}") for n in range(300)), most=3)
    assert [one.score for one in found.come] == [0.79, 0.79, 0.79]
    assert found.clauses[0].come == 300


SCORES = st.lists(
    st.tuples(
        st.sampled_from(["C02", "C03", "C05", "C07", "C11"]), st.integers(50, 100).map(lambda n: n / 100)
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(SCORES, st.sampled_from(Strictness), st.sampled_from(Mode))
def test_one_pass_tells_what_judging_at_that_strictness_would_give(
    scores: list[tuple[str, float]], level: Strictness, ceiling: Mode
) -> None:
    posts = [post(f"{name}={score:.2f} {n}") for n, (name, score) in enumerate(scores)]
    wide = ScoreClassifier(let_through(POLICY), ceilings={"C02": ceiling})
    replay = Replay(POLICY, dial_of(POLICY, level), {}, most=100)
    replay.add(posts, wide.judge(posts))
    found = replay.told(NOW - timedelta(weeks=1), NOW)
    at_level = ScoreClassifier(replace(POLICY, strictness=level), ceilings={"C02": ceiling})
    expected = [
        one.mode for judged in at_level.judge(posts) for one in judged.clauses if one.mode >= Mode.DIGEST
    ]
    weeks = found.span.weeks
    assert found.total("then").findings * weeks == pytest.approx(len(expected))
    assert found.total("then").alerts * weeks == pytest.approx(expected.count(Mode.ALERT))
    assert found.total("then") == replace(
        found.total("then"), findings=sum(one.levels[level].findings for one in found.clauses)
    )


@settings(max_examples=40, deadline=None)
@given(SCORES)
def test_a_stricter_dial_never_takes_a_finding_away(scores: list[tuple[str, float]]) -> None:
    posts = [post(f"{name}={score:.2f} {n}") for n, (name, score) in enumerate(scores)]
    assert looked_at(*posts).go == ()


# thresholds for a load or a share


def histogram(*scores: float, right: int = 0) -> Histogram:
    made = Histogram()
    for place, score in enumerate(scores):
        made.add(score, Mode.ALERT, True if place < right else None)
    return made


def test_a_load_is_met_by_one_cut_through_all_clauses() -> None:
    both = {C02: histogram(0.95, 0.9, 0.75, 0.72), C07: histogram(0.91, 0.71, 0.7)}
    assert for_load(both, 1.0, 3) == {C02: 0.90, C07: 0.90}
    assert for_load(both, 1.0, 100) == {C02: 0.70, C07: 0.70}
    assert for_load({C02: Histogram()}, 1.0, 3) == {}


def test_a_share_is_promised_by_the_scores_or_not_at_all() -> None:
    assert for_precision({C02: histogram(0.9, 0.7), C07: histogram(0.72)}, 0.8) == {C02: 0.70}
    assert for_precision({C02: histogram(0.95, 0.71, 0.71)}, 0.9) == {C02: 0.72}


def test_each_choice_says_what_it_gives() -> None:
    found = list(choices({C02: histogram(0.91, 0.8, 0.74, right=2)}, {C02: Mode.DIGEST}, 2.0, {C02: 0.82}))
    assert [(one.threshold, one.load.findings, one.chosen) for one in found] == [
        (0.70, 1.5, False), (0.75, 1.0, False), (0.80, 1.0, False), (0.82, 0.5, True),
        (0.85, 0.5, False), (0.90, 0.5, False), (0.95, 0.0, False),
    ]  # fmt: skip
    assert {one.load.alerts for one in found} == {0.0}
    assert [(one.answered.hits, one.answered.n) for one in found][:4] == [(2, 2), (2, 2), (2, 2), (1, 1)]
    assert found[-1].expected is None


@given(st.integers(70, 100), st.lists(st.integers(700, 1000), max_size=20))
def test_a_histogram_counts_as_comparing_does(hundredths: int, thousandths: list[int]) -> None:
    threshold, scores = hundredths / 100, [one / 1000 for one in thousandths]
    assert histogram(*scores).above(threshold)[0] == sum(score >= threshold for score in scores)


# over a store


def test_the_stored_weeks_are_replayed_and_nothing_is_kept(tmp_path: Path) -> None:
    opened = Installation(load(config(tmp_path)), lambda: NOW)
    stored(opened, ("Voorbeeld C02=0.75", ""), ("Voorbeeld C02=0.90", "confirmed"), clause=C02)
    old = post("Voorbeeld C02=0.80", days=20)
    unread = post("Voorbeeld C02=0.81", terms=Terms(classify=False))
    dropped = post("", terms=Terms(store=False), native_id="gone")
    opened.store.keep(
        "blog", Batch(mentions=(old, unread, dropped), next=Cursor("2")), (old, unread, dropped), NOW
    )
    before = (opened.store.counts(), opened.store.findings(state=None, clause=None, week=None, limit=99))
    dial = dial_of(opened.settings.policy, Strictness.STRICT)
    classifier = ScoreClassifier(let_through(opened.settings.policy))
    found = replayed(opened, classifier, dial, weeks=4, most=5)
    assert (found.span.posts, [one.score for one in found.come]) == (3, [0.75])
    assert round(found.span.weeks) == 3
    assert (found.histograms[C02].answered(0.7).hits, found.histograms[C02].answered(0.95).n) == (1, 0)
    short = replayed(opened, classifier, dial, weeks=1, most=5, only=frozenset([C07]))
    assert (short.span.posts, [one.clause_id for one in short.clauses]) == (2, [C07])
    assert (
        opened.store.counts(),
        opened.store.findings(state=None, clause=None, week=None, limit=99),
    ) == before
    opened.close()


def test_posts_are_judged_some_at_a_time(tmp_path: Path) -> None:
    opened = Installation(load(config(tmp_path)), lambda: NOW)
    many = tuple(post(f"Voorbeeld {n}") for n in range(2_300))
    opened.store.keep("blog", Batch(mentions=many, next=Cursor("1")), many, NOW)
    classifier, steps = ScoreClassifier(let_through(POLICY)), list[int]()
    found = replayed(opened, classifier, dial_of(POLICY), weeks=2, most=5, step=steps.append)
    assert (found.span.posts, max(classifier.seen), sum(steps)) == (2_300, 1_000, 2_300)
    opened.close()
