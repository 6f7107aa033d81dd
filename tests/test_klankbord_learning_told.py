"""A jump of the scores pauses alerts; and what the commands of learning print."""
# ruff: noqa: F811, F401 - fixtures come in by their names

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from builders import NOW, mention
from learning_scene import ground
from test_klankbord_learning import (
    COFFEE,
    MONDAY,
    at,
    house,
    monday,
    put,
    save_shipped,
    say,
    stream,
)
from typer.testing import CliRunner

from classify.learning.comparing import Compared
from classify.model_file import Learnt
from klankbord.cli import app
from klankbord.cli.learning_rows import figure_cells, figure_row, training_row
from klankbord.drift import BINS, WeekScores
from klankbord.installation import Installation
from klankbord.learning import train
from klankbord.lessons import lessons_of
from klankbord.policy import ClauseId
from klankbord.reviewing import watch

CONFIG = Path(__file__).parent.parent / "config"
C02 = ClauseId("C02-confidential")


# drift


def scores(number: int, flagged: int = 4) -> WeekScores:
    counts = (200, *[0] * (BINS - 1))
    return WeekScores(week=f"2026-W{number}", lang="nl", version="1", counts=counts, flagged=flagged)


def test_a_jump_pauses_alerts_until_somebody_resumes_them(at: Callable[[datetime], Installation]) -> None:
    house = at(MONDAY)
    learning = house.store.learning
    learning.note([scores(number) for number in range(39, 47)])
    learning.note([scores(47, flagged=60)])
    looked = watch(house)
    assert looked.drift
    assert looked.drift.week == "2026-W47"
    paused = learning.paused()
    assert paused
    assert (paused.since_at, paused.drift.kind) == (MONDAY, "rate")
    watch(house)
    assert len(learning.pauses()) == 1
    assert learning.resume("ann", MONDAY)
    assert learning.paused() is None
    assert not learning.resume("ann", MONDAY)
    # It is how it is now: the same week pauses nothing again.
    assert watch(house).drift is None
    assert learning.paused() is None


def test_two_calm_weeks_lift_a_pause(at: Callable[[datetime], Installation]) -> None:
    learning = at(MONDAY).store.learning
    learning.note([*(scores(number) for number in range(39, 47)), scores(47, flagged=60)])
    watch(at(MONDAY))
    learning.note([scores(48)])
    assert not watch(at(MONDAY + timedelta(days=7))).resumed
    learning.note([scores(49)])
    assert watch(at(MONDAY + timedelta(days=14))).resumed
    assert learning.paused() is None


def test_a_shift_that_stays_keeps_alerts_paused(at: Callable[[datetime], Installation]) -> None:
    learning = at(MONDAY).store.learning
    learning.note([*(scores(number) for number in range(39, 47)), scores(47, flagged=60)])
    for weeks in range(3):
        learning.note([scores(48 + weeks, flagged=60)])
        assert watch(at(MONDAY + timedelta(days=7 * weeks))).drift
    assert learning.paused()


def test_judging_counts_scores_by_week_and_language_once_for_each_post(monday: Installation) -> None:
    put(monday, *stream(), judged_at=MONDAY - timedelta(days=4))
    old = mention("Voorbeeld BV ooit 90%", published_at=MONDAY - timedelta(days=60))
    put(monday, old, judged_at=MONDAY)
    monday.store.judge_again("another")
    posts = monday.store.unjudged(500)
    put(monday, *posts, judged_at=MONDAY)
    (held,) = monday.store.learning.weeks()
    assert (held.week, held.lang, held.posts, held.flagged) == ("2026-W47", "nl", 50, 0)
    assert held.counts == (8, 8, 9, 8, 8, 9, 0, 0, 0, 0)


# the commands


def run(house: Installation, *arguments: str) -> tuple[int, str]:
    told = CliRunner().invoke(app, [*arguments, "--config", str(house.settings.folder)])
    return told.exit_code, told.output


def test_estimates_of_nothing_are_not_known_yet(house: Installation) -> None:
    assert run(house, "sample", "--estimate")[1].count("not known yet") == 3
    assert '"recall": null' in run(house, "sample", "--estimate", "--json")[1]


def test_alerts_are_resumed_by_a_command_that_says_why_they_paused(house: Installation) -> None:
    assert run(house, "alerts", "resume", "--by", "ann") == (0, "alerts are not paused\n")
    house.store.learning.note([*(scores(number) for number in range(38, 46)), scores(46, flagged=60)])
    assert watch(house).drift
    code, told = run(house, "alerts", "resume", "--by", "ann")
    assert code == 0
    assert told.startswith("Alerts are paused since week 2026-W46 (Dutch posts)")
    assert told.endswith("alerts go out again\n")
    assert house.store.learning.pauses()[0].lifted_by == "ann"


def test_a_draw_from_an_empty_week_is_empty_and_needs_no_model(house: Installation) -> None:
    assert run(house, "sample") == (0, "To review: none\n")
    assert not house.model_file.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "--back", "--doubts"),
        ("sample", "--estimate", "--week", "2026-W40"),
        ("sample", "--week", "2999-W01"),
        ("sample", "--week", "soon"),
    ],
)
def test_wrong_usage_is_told(house: Installation, arguments: tuple[str, ...]) -> None:
    assert run(house, *arguments)[0] == 2


def test_a_figure_is_told_with_its_interval() -> None:
    figure = Compared(
        where="held-out verdicts",
        what="C02 AUC",
        champion=0.81234,
        challenger=0.8,
        low=-0.03,
        high=0.01,
        n=31,
        worse=False,
    )
    assert figure_row(figure)["difference"] == [-0.03, 0.01]
    assert figure_cells(figure) == (
        "C02 AUC",
        "held-out verdicts",
        "0.812",
        "0.800",
        "-0.030 to +0.010",
        31,
        "",
    )


def test_what_was_learnt_tells_no_post(house: Installation) -> None:
    post = mention(COFFEE)
    put(house, post)
    say(house, post, "confirmed")
    learnt = lessons_of(house).learnt
    assert (learnt.rows, learnt.until) == (1, NOW.isoformat())
    assert post.id not in learnt.of
    assert learnt != Learnt()


def test_a_training_is_told_as_json_with_its_figures(house: Installation) -> None:
    save_shipped(house)
    post = mention(COFFEE)
    put(house, post)
    say(house, post, "confirmed")
    told = training_row(train(house, ground(), dry_run=True), written=False)
    figures = told.pop("figures")
    assert isinstance(figures, list)
    assert {row["what"] for row in figures} == {"C02 AUC", "guard recall", "guard cost"}
    assert (told["promoted"], told["written"], told["rows"], told["verdicts"]) == (True, False, 1, 1)
