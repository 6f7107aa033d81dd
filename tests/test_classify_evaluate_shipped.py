"""The shipped model on the shipped test part: floors below which no change may bring it, and its card.

No post of that part is shown here, or anywhere: its figures alone.
"""

from functools import cache
from pathlib import Path

import pytest
from test_classify_judge import POLICY
from test_classify_model_file import shared_model, trained  # noqa: F401 - a fixture of every test here

from classify import corpus
from classify.report import Report, shown
from classify.shipped_report import Asked, report_on

CARD = Path(__file__).parents[1] / "docs" / "reference" / "model-card.md"


@cache
def measured() -> Report:
    return report_on(trained(), POLICY, Asked(quick=True), lambda _: None)


def value(section: str, row: str, column: str) -> float:
    figure = measured().figure(section, row, column)
    assert figure is not None, (section, row, column)
    return figure.value


def test_touching_posts_rank_above_the_rest_and_above_rules_alone() -> None:
    assert value("ranking", "plain", "printed") >= 0.83
    assert value("ranking", "cascade", "printed") >= value("ranking", "plain", "printed") - 0.01
    assert value("ranking", "plain", "no guard") >= 0.88
    assert value("ranking", "plain", "printed") > value("ranking", "rules alone", "printed") + 0.1
    assert abs(value("ranking", "random order", "printed") - 0.5) < 0.06


def test_the_guard_holds_back_protected_posts_of_organisations_it_never_saw() -> None:
    for way in ("plain", "cascade"):
        assert value("guard", "core", way) >= 0.9
        assert value("guard", "touching", way) <= 0.25


def test_hardly_any_protected_or_ordinary_post_becomes_a_finding() -> None:
    assert value("flagged", "cascade standard", "protected") <= 0.03
    assert value("flagged", "cascade strict", "protected") <= 0.05
    assert value("flagged", "cascade standard", "ordinary") <= 0.05
    assert value("flagged", "cascade standard", "clause right") >= 0.75


def card_says(what: str) -> str:
    if not CARD.exists():
        pytest.skip("no model card is shipped yet")
    lines = [line for line in CARD.read_text("utf-8").splitlines() if line.startswith(f"| {what} |")]
    assert lines, f"the model card has no line for {what}"
    return lines[0]


def test_the_shipped_card_is_of_the_shipped_posts() -> None:
    assert f"`{corpus.load('train').fingerprint}`" in card_says("training part"), (
        "run klankbord evaluate --markdown"
    )
    assert f"`{corpus.load('test').fingerprint}`" in card_says("test part"), (
        "run klankbord evaluate --markdown"
    )


def test_the_shipped_card_has_the_figures_of_the_shipped_model() -> None:
    if f"`{trained().fingerprint}`" not in card_says("model"):
        pytest.skip(
            "the model of this run is another: other library versions, or a card that waits for a new one"
        )
    figure = measured().figure("flagged", "cascade standard", "protected")
    assert figure is not None
    assert shown(figure) in card_says("protected posts flagged at standard")
    figure = measured().figure("guard", "touching", "cascade")
    assert figure is not None
    assert shown(figure) in card_says("touching posts the guard holds back")
