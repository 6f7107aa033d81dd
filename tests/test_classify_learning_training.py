"""Own rows move what is said, not the borders; a challenger that is worse stays out; what is gone leaves."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from builders import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from learning_scene import ORGANISATIONS, ground, row, written

from classify.heads import CLAUSES, GUARD, HEADS, PLACE, TEXT_GOES, TOUCHING
from classify.learning.comparing import Asked, Said, area, compared
from classify.learning.contest import contest, of_corpus, of_rows, said
from classify.learning.doubts import doubts
from classify.learning.forgetting import GONE, own_rows, without
from classify.learning.rows import Answer, labels_of, labels_of_example, matrix
from classify.learning.stories import stories
from classify.model import Model
from classify.model_file import Learnt, learnt_of, load, save
from classify.training import Rehearsed, rehearse
from klankbord.settings.examples import OwnExample

COFFEE = "de koffieautomaat van Voorbeeld BV wordt volgende maand vervangen door thee"
TEA = "op de afdeling van Voorbeeld BV vertelde men dat de koffieautomaat verdwijnt"
POSITIVES = {"C02": 40}


def trained(*rows: object) -> Rehearsed:
    return rehearse(written(), POSITIVES, NOW, lambda _: None, rows)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def champion() -> Model:
    return trained().model


def score(model: Model, text: str, lens: Literal["plain", "sharp"] = "plain") -> float:
    _, shown = of_rows([row(text)])
    return float(said(model, shown, lens).decided[0, PLACE["C02"]])


@pytest.mark.parametrize("lens", ["plain", "sharp"])
def test_a_confirmed_post_lifts_others_like_it_and_a_dismissed_one_lowers_them(
    champion: Model, lens: Literal["plain", "sharp"]
) -> None:
    up = trained(row(COFFEE, C02=1.0)).model
    down = trained(row(COFFEE, C02=0.0)).model
    assert score(down, TEA, lens) < score(champion, TEA, lens) < score(up, TEA, lens)


def test_own_rows_leave_the_vocabulary_and_the_student_as_they_were(champion: Model) -> None:
    taught = trained(row(COFFEE, C02=1.0), row(COFFEE + " ja", "post:c:d", C02=1.0)).model
    assert taught.vectoriser.vocabulary == champion.vectoriser.vocabulary
    assert not any("koffie" in name for name in taught.vectoriser.vocabulary)
    assert np.array_equal(taught.student.weights, champion.student.weights)
    assert taught.fingerprint != champion.fingerprint


def test_without_own_rows_the_model_is_the_same_to_the_last_byte(champion: Model) -> None:
    assert trained().model.fingerprint == champion.fingerprint


def test_a_row_without_a_vector_stands_where_the_student_puts_it() -> None:
    given_ = trained(replace(row(COFFEE, C02=1.0), vector=None)).model
    guessed = given_.plain.centres[-1]
    twice = np.concatenate((guessed, guessed)) / np.sqrt(2.0)
    assert np.allclose(given_.sharp.centres[-1], twice, atol=1e-6)


def test_a_dismissal_says_nothing_of_other_clauses_nor_of_the_guard() -> None:
    told = labels_of([Answer(clause="C02", touches=False)])
    assert told == {"C02": 0.0}
    asked = matrix([replace(row(COFFEE), labels=told)])
    assert np.isnan(np.delete(asked[0], PLACE["C02"])).all()


def test_what_answers_say() -> None:
    assert labels_of([Answer(clause="C05", touches=True)]) == {TOUCHING: 1.0, "C05": 1.0}
    # C12 borrows the head of C02: to touch it says something of C02, not to touch it says nothing.
    assert labels_of([Answer(clause="C12", touches=True)]) == {TOUCHING: 1.0, "C02": 1.0}
    assert labels_of([Answer(clause="C12", touches=False)]) == {}
    assert labels_of([Answer(clause="C01", touches=False)]) == {}
    nothing = labels_of([Answer(clause="C02", touches=False, of_all=True)])
    assert nothing == dict.fromkeys((TOUCHING, *CLAUSES), 0.0)


def test_what_an_own_sentence_says() -> None:
    touching = OwnExample(text=COFFEE, lang="nl", clause="C02", touching=True)
    assert labels_of_example(touching) == {TOUCHING: 1.0, "C02": 1.0}
    assert labels_of_example(replace(touching, touching=False)) == {"C02": 0.0}
    union = OwnExample(text=COFFEE, lang="nl", protected="P02", touching=False)
    assert labels_of_example(union) == {TOUCHING: 0.0, GUARD: 1.0, TEXT_GOES: 1.0, "P02": 1.0}
    assert labels_of_example(replace(union, protected="P08")) == {TOUCHING: 0.0}


def test_near_duplicates_and_threads_are_one_story() -> None:
    texts = [COFFEE, COFFEE + "!", "iets heel anders over het weer", "nog iets anders", "", ""]
    found = stories(texts, ["", "", "t1", "t1", "", ""])
    assert found == ["story:0", "story:0", "story:2", "story:2", "story:4", "story:5"]
    assert stories([], []) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=12))
def test_every_text_has_a_story_and_equal_texts_share_it(texts: list[str]) -> None:
    found = stories(texts, [""] * len(texts))
    assert len(found) == len(texts)
    for first, one in enumerate(texts):
        for second, other in enumerate(texts):
            if one == other and one.strip():
                assert found[first] == found[second]


def test_what_is_held_out_is_not_answered_by_its_own_story() -> None:
    pair = [row(COFFEE, "post:a:1", C02=1.0), row(COFFEE + " dus", "post:b:1", C02=1.0)]
    together = trained(*pair).held_out["plain"][-2:, PLACE["C02"]]
    apart = trained(pair[0], replace(pair[1], group="story:1")).held_out["plain"][-2:, PLACE["C02"]]
    assert (together < apart).all()


def test_a_row_that_must_go_leaves_no_byte_of_itself_in_the_file(tmp_path: Path) -> None:
    secret = replace(row(COFFEE, "post:kfbqkfbqkfbqkfbq:rev1", C02=1.0), group="story:9")
    kept = row(TEA, "post:mnpqmnpqmnpqmnpq:rev1", "story:8", C02=1.0)
    model = trained(secret, kept).model
    file = tmp_path / "model.skops"
    save(model, file, Learnt(rows=2))
    places = [lens.centres[-2].tobytes() for lens in (model.plain, model.sharp)]
    pulls = [lens.pulls[-2].tobytes() for lens in (model.plain, model.sharp)]
    traces = [b"kfbqkfbqkfbqkfbq", b"koffie", *places, *pulls]
    assert [trace in file.read_bytes() for trace in traces] == [True, False, True, True, True, True]
    cleaned = without(model, {"post:kfbqkfbqkfbqkfbq:rev1"})
    save(cleaned, file, Learnt(rows=2))
    assert [trace in file.read_bytes() for trace in traces] == [False] * 6
    back = load(file)
    assert own_rows(back) == ("post:mnpqmnpqmnpqmnpq:rev1",)
    assert back.posts[-2] == GONE
    assert back.fingerprint == cleaned.fingerprint != model.fingerprint
    assert np.isfinite(score(back, TEA))


def test_nothing_to_forget_changes_nothing(champion: Model) -> None:
    assert without(champion, {"post:x:y"}) is champion
    assert own_rows(champion) == ()


def test_the_file_says_what_was_learnt_without_opening_it(tmp_path: Path, champion: Model) -> None:
    file = tmp_path / "model.skops"
    learnt = Learnt(rows=3, of="abc", until=NOW.isoformat())
    save(champion, file, learnt)
    assert learnt_of(file) == learnt
    save(champion, file)
    assert learnt_of(file) == Learnt()


def test_a_first_model_takes_over_and_the_same_again_is_not_worse(champion: Model) -> None:
    first = contest(ground(), None, [], [], NOW, lambda _: None)
    assert (first.promoted, first.figures) == (True, ())
    again = contest(ground(), champion, [], [], NOW, lambda _: None)
    assert again.promoted
    assert {one.what for one in again.figures} == {"C02 AUC", "guard recall", "guard cost"}
    assert {(one.low, one.high) for one in again.figures} == {(0.0, 0.0)}


def test_a_challenger_that_was_told_nonsense_is_not_promoted(champion: Model) -> None:
    nonsense = [
        row(post.text, f"post:{number}:r", f"story:{number}", C02=float(not post.clauses))
        for number, post in enumerate(written(1).corpus.examples)
        if post.org == "post"
    ]
    outcome = contest(ground(), champion, nonsense * 4, [], NOW, lambda _: None)
    assert not outcome.promoted
    assert "C02 AUC" in {one.what for one in outcome.figures if one.worse}


def test_thirty_new_verdicts_are_compared_on_and_fewer_are_not(champion: Model) -> None:
    rows = [
        row(f"{COFFEE} {number}" if number % 2 else f"{TEA} {number}", f"post:{number}:r", f"story:{number}")
        for number in range(40)
    ]
    rows = [replace(one, labels={"C02": float(number % 2)}) for number, one in enumerate(rows)]
    told: list[str] = []
    some = contest(ground(), champion, rows, rows[-30:], NOW, told.append)
    assert some.held_out == 30
    assert {one.what for one in some.figures if one.where == "held-out verdicts"} == {"C02 AUC"}
    assert "a second training, without the newest verdicts, to compare on them" in told
    assert contest(ground(), champion, rows, rows[-29:], NOW, lambda _: None).held_out == 0


def say(guarded: list[bool], *, c02: list[float] | None = None) -> Said:
    decided = np.zeros((len(guarded), len(HEADS)), dtype=np.float32)
    decided[:, PLACE[GUARD]] = guarded
    decided[:, PLACE["C02"]] = c02 or [0.0] * len(guarded)
    return Said(decided=decided, guard_from=0.5)


def asked(core: list[bool]) -> Asked:
    labels = np.full((len(core), len(HEADS)), np.nan)
    labels[:, PLACE[TOUCHING]] = [float(not one) for one in core]
    return Asked(where="shipped test part", labels=labels, core=np.array(core))


def test_a_guard_below_what_the_law_asks_is_worse_however_little() -> None:
    core = [True] * 100 + [False] * 100
    good, poor = say([True] * 96 + [False] * 104), say([True] * 94 + [False] * 106)
    figures = {one.what: one for one in compared(asked(core), good, poor)}
    assert figures["guard recall"].worse
    assert not {one.what: one for one in compared(asked(core), good, good)}["guard recall"].worse
    # Where the champion itself falls short, the next must not fall further.
    assert not {one.what: one for one in compared(asked(core), poor, poor)}["guard recall"].worse


def test_a_guard_that_holds_back_more_touching_posts_is_worse() -> None:
    core = [True] * 20 + [False] * 200
    few, many = say([True] * 30 + [False] * 190), say([True] * 80 + [False] * 140)
    assert {one.what for one in compared(asked(core), few, many) if one.worse} == {"guard cost"}
    assert {one.what for one in compared(asked(core), many, few) if one.worse} == set()


def test_the_area_counts_ties_half() -> None:
    positive = np.array([True, True, False, False])
    assert area(positive, np.array([2.0, 1.0, 1.0, 0.0])) == 0.875
    assert np.isnan(area(np.array([True]), np.array([1.0])))


def test_labels_that_look_wrong_are_listed_and_stay_as_they_are() -> None:
    pytest.importorskip("cleanlab")
    wrong = row(
        "intern hoorde ik op balie dat Voorbeeld BV de vestiging sluit, nog niet bekend", "post:w:r", C02=0.0
    )
    rehearsed = trained(wrong)
    found = doubts(rehearsed, "plain", 5)
    assert ("post:w:r", "C02", False) in {(one.row, one.head, one.said) for one in found}
    assert rehearsed.labels[-1, PLACE["C02"]] == 0.0


def test_the_test_part_is_read_as_each_organisation_would() -> None:
    labels, shown = of_corpus(written(1))
    assert len(labels.labels) == len(shown.documents) == len(ORGANISATIONS) * 4 * 7
    assert labels.core.sum() == 2 * 4 * 2
