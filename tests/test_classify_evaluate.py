"""How the figures are made, on made-up judgements with known answers."""

import json
from dataclasses import asdict
from functools import cache
from typing import Any

import pytest

from classify.card import card
from classify.corpus import Corpus, Example
from classify.evaluate import evaluate
from classify.judging_corpus import CASCADE, PLAIN, Judged, Outcome
from classify.measures import Figure
from classify.report import Made, Report, Row, Section, rendered, shown
from klankbord.policy import Strictness

MADE = Made(
    model="0123456789abcdef",
    trained_on="2026-11-22",
    train="training-print",
    test="test-print",
    encoder="meaning/1",
    used_encoder="meaning/1",
    policy="1.0.0+x",
    posts=5,
    left_out=1,
    versions=(("klankbord", "0.1.0"),),
)


def example(name: str, **given: Any) -> Example:
    fields: dict[str, Any] = {"id": name, "org": "o", "lang": "nl", "text": "tekst " * 20} | given
    return Example(**fields)


def outcome(*, guarded: bool = False, found: tuple[str, ...] = (), **scores: float) -> Outcome:
    printed = {} if guarded else scores
    levels = dict.fromkeys(Strictness, frozenset(found))
    return Outcome(guarded=guarded, scores=printed, chances=scores, found=levels)


def post(name: str, one: Outcome, *, about: bool = True, named: bool = True, **given: Any) -> Judged:
    doubt = given.pop("in_doubt", False)
    baseline = {key: given.pop(key) for key in ("rules", "words", "lot") if key in given}
    return Judged(
        example=example(name, **given),
        about=about,
        named=named,
        in_doubt=doubt,
        by={PLAIN: one, CASCADE: one},
        **baseline,
    )


POSTS = (
    post("t3-1", outcome(C02=0.9, C05=0.2, found=("C02",)), clauses=("C02",), words=0.3, rules=2.0, lot=0.1),
    post(
        "t3-2", outcome(guarded=True, C05=0.8), clauses=("C05",), lang="en", text="kort", words=0.2, lot=0.9
    ),
    post("t3-3", outcome(guarded=True, C02=0.95), protected="P01", words=0.9, lot=0.5),
    post("t5-1", outcome(C02=0.6, C05=0.1, found=("C02",)), words=0.1, lot=0.4),
    post("t5-2", outcome(C02=0.1, C05=0.1), protected="P02", lang="en", words=0.1, lot=0.2),
    post("t5-3", outcome(), about=False, named=False, words=0.0),
)


@cache
def usual() -> Report:
    return evaluate(POSTS, MADE, quick=True)


def report(*posts: Judged, behaviour: Section | None = None) -> Report:
    return evaluate(posts or POSTS, MADE, behaviour, quick=True)


def value(section: str, row: str, column: str, told: Report | None = None) -> Figure:
    figure = (told or usual()).figure(section, row, column)
    assert figure is not None, (section, row, column)
    return figure


def test_a_post_that_was_held_back_ranks_last_as_printed_and_by_its_heads_without_the_guard() -> None:
    printed = value("ranking", CASCADE, "printed")
    assert printed.value == pytest.approx(3.5 / 6)
    assert printed.n == 5
    assert value("ranking", CASCADE, "no guard").value == pytest.approx(4 / 6)
    assert value("ranking", CASCADE, "protected, no guard").value == pytest.approx(2 / 4)
    assert value("ranking", CASCADE, "everyday, printed").value == pytest.approx(2 / 4)


def test_baselines_stand_beside_it() -> None:
    assert value("ranking", "words alone", "printed").value == pytest.approx(4 / 6)
    assert value("ranking", "rules alone", "printed").value == pytest.approx((3 + 1.5) / 6)
    assert value("ranking", "random order", "printed").value == pytest.approx(3 / 6)
    without = report(*(Judged(example=one.example, by=one.by) for one in POSTS))
    assert without.figure("ranking", "words alone", "printed") is None


def test_what_no_query_let_in_is_left_out_of_every_figure() -> None:
    assert value("ranking", PLAIN, "printed").n == 5
    assert value("flagged", "cascade standard", "everyday").n == 2


def test_a_finding_is_flagged_by_what_kind_of_post_it_is() -> None:
    row = "cascade strict"
    assert value("flagged", row, "touching").value == 0.5
    assert value("flagged", row, "protected").value == 0.0
    assert value("flagged", row, "ordinary").value == 1.0
    assert value("flagged", row, "clause right").value == 1.0
    assert value("flagged", row, "right of all").value == 0.5
    assert value("flagged", row, "right at 0.5 %").value == pytest.approx(0.0025 / (0.0025 + 0.4975))


def test_the_load_weighs_both_kinds_to_the_stream() -> None:
    assert value("load", "cascade standard", "at 0.5 %").value == pytest.approx(1000 * (0.0025 + 0.4975))
    assert value("load", "cascade standard", "at 5 %").value == pytest.approx(1000 * (0.025 + 0.475))


def test_clauses_are_told_by_language_and_length() -> None:
    assert value("clauses", "C02", "recall standard").value == 1.0
    assert value("clauses", "C02", "precision standard").value == 0.5
    assert value("clauses", "C05 en", "recall standard").value == 0.0
    assert value("clauses", "C05 short", "recall strict").n == 1
    assert value("clauses", "C05 nl", "recall strict").n == 0
    assert value("clauses", "all clauses", "recall liberal").value == 0.5
    assert value("clause scores", "C05", "AUC").value == 1.0
    assert value("clause scores", "C05", "share").value == pytest.approx(0.2)


def test_the_guard_is_told_by_kind_and_language() -> None:
    assert value("guard", "P01 nl", CASCADE).value == 1.0
    assert value("guard", "P02 en", CASCADE).value == 0.0
    assert value("guard", "core", CASCADE).value == 0.5
    assert value("guard", "touching", CASCADE).value == 0.5
    assert value("guard", "everyday", CASCADE).n == 1


def test_only_posts_named_in_doubt_tell_whether_it_is_about_the_organisation() -> None:
    told = report(
        post("t3-1", outcome(), in_doubt=True),
        post("t3-2", outcome(), in_doubt=True, about=False),
        Judged(example=example("t3-3", about=False), in_doubt=True, by=POSTS[0].by),
        *POSTS,
    )
    assert value("about", "all", "recall", told).value == 0.5
    assert value("about", "all", "precision", told).value == 0.5
    assert value("about", "nl", "others kept out", told).value == 0.0
    assert value("about", "en", "recall", told).n == 0


def test_what_was_wanted_stands_beside_what_was_found() -> None:
    told = {one.what: one for one in usual().targets}
    assert told["ranking, words and votes (AUC)"].met is False
    assert told["protected posts flagged at strict"].met is True
    assert told["touching posts the guard holds back"].figure.value == 0.5


def test_without_an_encoder_the_plain_way_is_the_one_that_ships() -> None:
    plain = report(*(Judged(example=one.example, by={PLAIN: one.by[PLAIN]}) for one in POSTS))
    assert plain.shipped == PLAIN
    assert not any("encoder" in one.what for one in plain.targets)


def test_the_report_is_plain_text_and_json_and_says_where_there_is_nothing_to_measure() -> None:
    told = usual()
    text = rendered(told)
    assert "model 0123456789abcdef of 2026-11-22, encoder meaning/1" in text
    assert "C05 nl: precision liberal nothing to measure" in text
    assert "NO   touching posts the guard holds back: at most 0.08" in text
    json.dumps(asdict(told), allow_nan=False)


def test_posts_are_counted_with_one_digit_and_shares_with_three() -> None:
    told = Figure(value=12.345, low=1.0, high=20.0, n=7)
    assert shown(told, "posts") == "12.3 [1.0-20.0] n=7"
    assert shown(Figure(value=0.5, low=0.25, high=0.75, n=4)) == "0.500 [0.250-0.750] n=4"


def test_no_posts_at_all_give_a_report_of_nothing() -> None:
    told = evaluate([], MADE, quick=True)
    assert told.section("ranking") is not None
    assert all(not one.figure.n for one in told.targets)


BEHAVIOUR = Section(
    id="behaviour",
    title="Behaviour",
    how="posts, changed",
    columns=(PLAIN,),
    rows=(
        Row(name="quoted: nothing rises", figures=(Figure(value=1.0, low=0.9, high=1.0, n=40),)),
        Row(name="informal spelling: moves", figures=(Figure(value=0.8, low=0.7, high=0.9, n=40),)),
    ),
)


@cache
def page() -> str:
    corpus = Corpus(examples=tuple(one.example for one in POSTS), organisations={}, fingerprint="test-print")
    return card(report(behaviour=BEHAVIOUR), corpus, corpus, "2026-11-22")


def test_the_card_says_what_it_is_for_and_what_not_with_every_figure_and_its_n() -> None:
    told = page()
    for heading in (
        "What it is for",
        "What it may not be used for",
        "How it works",
        "Known failures",
        "Figures",
    ):
        assert f"## {heading}\n" in told
    assert (
        "| touching posts the guard holds back | at most 0.08 | 0.500 [0.095-0.905] n=2 | **missed** |"
        in told
    )
    assert "| test part | `test-print`; 5 posts, 1 that met no query left out |" in told
    assert "| touch a clause | 2 | 2 |" in told


def test_known_failures_come_from_the_figures() -> None:
    told = page()
    assert "- C05 is found least often: 0.000 [0.000-0.793] n=1 of its posts at standard strictness." in told
    assert "- Less than half of the posts are found of: C05 0.00." in told
    assert "informal spelling: moves: 0.800" in told
    assert "does not always behave: quoted" not in told


def test_every_table_of_the_card_has_as_many_cells_as_its_head() -> None:
    widths: list[int] = []
    for line in page().splitlines():
        if not line.startswith("|"):
            widths = []
            continue
        widths.append(line.count("|"))
        assert len(set(widths)) == 1, line
