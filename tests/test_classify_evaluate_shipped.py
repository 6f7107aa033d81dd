"""`klankbord evaluate` on the shipped test part: floors below which no change may bring it, and its card.

No post of that part is shown here, or anywhere: its figures alone.
"""

import json
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from typer.testing import CliRunner

from classify import corpus
from classify.measures import Figure
from classify.report import shown
from klankbord.cli import app

SHIPPED = sorted((Path(__file__).parents[1] / "docs" / "reference").glob("model-card.md"))


@pytest.fixture(scope="module")
def evaluated(model_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """The report as JSON and the card, of one quick run of the command."""
    folder = tmp_path_factory.mktemp("evaluated")
    (folder / "config").mkdir()
    (folder / "data").mkdir()
    (folder / "config" / "organisation.toml").write_text('name = "Voorbeeld BV"\n', "utf-8")
    copy(model_file, folder / "data" / "model.skops")
    card = folder / "card.md"
    command = ["evaluate", "--config", str(folder / "config"), "--quick", "--json", "--markdown", str(card)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), card.read_text("utf-8")


@pytest.fixture(scope="module")
def report(evaluated: tuple[dict[str, Any], str]) -> dict[str, Any]:
    return evaluated[0]


def figure(report: dict[str, Any], section: str, row: str, column: str) -> Figure:
    part = next(one for one in report["sections"] if one["id"] == section)
    line = next(one for one in part["rows"] if one["name"] == row)
    return Figure(**line["figures"][part["columns"].index(column)])


def test_touching_posts_rank_above_the_rest_and_above_rules_alone(report: dict[str, Any]) -> None:
    plain, rules = (figure(report, "ranking", name, "printed").value for name in ("plain", "rules alone"))
    assert plain >= 0.83
    open_, ruled = (figure(report, "ranking", name, "no guard").value for name in ("plain", "rules alone"))
    assert open_ > ruled + 0.1
    assert plain > rules
    assert figure(report, "ranking", "cascade", "printed").value >= plain - 0.01
    assert figure(report, "ranking", "plain", "no guard").value >= 0.88
    assert abs(figure(report, "ranking", "random order", "printed").value - 0.5) < 0.06


def test_the_guard_holds_back_protected_posts_of_organisations_it_never_saw(report: dict[str, Any]) -> None:
    for way in ("plain", "cascade"):
        assert figure(report, "guard", "core", way).value >= 0.9
        assert figure(report, "guard", "touching", way).value <= 0.25


def test_hardly_any_protected_or_ordinary_post_becomes_a_finding(report: dict[str, Any]) -> None:
    assert figure(report, "flagged", "cascade standard", "protected").value <= 0.03
    assert figure(report, "flagged", "cascade strict", "protected").value <= 0.05
    assert figure(report, "flagged", "cascade standard", "ordinary").value <= 0.05
    assert figure(report, "flagged", "cascade standard", "clause right").value >= 0.75


def test_the_command_writes_a_card_of_its_own_figures(evaluated: tuple[dict[str, Any], str]) -> None:
    report, card = evaluated
    silenced = figure(report, "guard", "touching", "cascade")
    assert shown(silenced) in card_line(card, "touching posts the guard holds back")
    assert f"`{report['made']['model']}`" in card_line(card, "model")


@pytest.mark.parametrize("card", SHIPPED, ids=lambda file: file.name)
def test_the_shipped_card_is_of_the_shipped_posts(card: Path) -> None:
    text = card.read_text("utf-8")
    again = "make it anew: klankbord evaluate --markdown"
    assert f"`{corpus.load('train').fingerprint}`" in card_line(text, "training part"), again
    assert f"`{corpus.load('test').fingerprint}`" in card_line(text, "test part"), again


@pytest.mark.parametrize("card", SHIPPED, ids=lambda file: file.name)
def test_the_shipped_card_has_the_figures_of_the_shipped_model(card: Path, report: dict[str, Any]) -> None:
    text = card.read_text("utf-8")
    # With other libraries the last digits of a model differ, and with them its name and some figures.
    if f"`{report['made']['model']}`" in card_line(text, "model"):
        for what, place in (
            ("protected posts flagged at standard", ("flagged", "cascade standard", "protected")),
            ("touching posts the guard holds back", ("guard", "touching", "cascade")),
        ):
            assert shown(figure(report, *place)) in card_line(text, what)


def card_line(card: str, what: str) -> str:
    lines = [line for line in card.splitlines() if line.startswith(f"| {what} |")]
    assert lines, f"the model card has no line for {what}"
    return lines[0]
