"""The keywords commands as a person uses them: a whole session of tuning, exit codes, JSON."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from listing import LIST, installed, stored

KLANKBORD = Path(sys.executable).parent / "klankbord"
Run = Callable[..., subprocess.CompletedProcess[str]]
DRAFT = LIST.replace("interne memo", "interne mail\ndienstrooster")


@pytest.fixture
def run(tmp_path: Path, model_file: Path) -> Run:
    opened = installed(tmp_path, model=model_file, inside=LIST)
    stored(
        opened,
        ("Voorbeeld BV: uit de groepsapp, niks aan de hand", "confirmed"),
        ("Voorbeeld BV: een interne memo over koffie", "confirmed"),
        ("Voorbeeld BV: het dienstrooster hangt er", "not_touching"),
        ("Voorbeeld BV: lekker weer", ""),
    )
    opened.close()
    (tmp_path / "draft.toml").write_text(DRAFT)

    def go(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": "140"}
        return subprocess.run(
            [str(KLANKBORD), "keywords", *arguments],
            cwd=tmp_path,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return go


def test_a_session_of_tuning(run: Run, tmp_path: Path) -> None:
    listed = json.loads(run("list", "--json").stdout)
    assert [(one["list"], one["terms"], one["version"]) for one in listed] == [("inside", 2, 1)]
    told = run("backtest", "inside", "--draft", "draft.toml", "--judge", "0")
    assert told.returncode == 0
    assert "1 new, 1 lost" in told.stdout
    assert "confirmed findings lost: 1 of 2 that can still be read" in told.stdout
    signed = ("--by", "ann", "--reason", "try", "--judge", "0")
    refused = run("save", "inside", "--draft", "draft.toml", *signed)
    assert (refused.returncode, "--accept-loss" in refused.stderr) == (2, True)
    assert "een interne memo over koffie" in refused.stdout
    saved = run("save", "inside", "--draft", "draft.toml", *signed, "--accept-loss", "--json")
    assert (saved.returncode, json.loads(saved.stdout)["version"]) == (0, 2)
    assert (tmp_path / "config" / "keywords" / "inside.toml").read_text() == DRAFT
    assert "+dienstrooster" in run("diff", "inside").stdout
    back = run("restore", "inside", "1", *signed)
    assert (back.returncode, "saved as version 3" in back.stdout) == (0, True)
    history = json.loads(run("history", "inside", "--json").stdout)
    assert [(one["version"], one["by"]) for one in history] == [(1, "unknown"), (2, "ann"), (3, "ann")]
    assert history[0]["content"] == history[2]["content"]


def test_a_backtest_with_judging_tells_findings_and_minutes(run: Run) -> None:
    told = run("backtest", "inside", "--draft", "-", "--json", stdin=DRAFT)
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["judged"]["posts"] == found["judged"]["of"] == 3
    assert found["span"]["posts"] == 4
    assert found["predicted"]["findings_a_week"] == round(found["judged"]["draft"]["findings"], 2)
    assert all(set(one["confirmed"]) == {"hits", "n", "interval"} for one in found["terms"])


def test_a_text_is_tried_without_a_store(run: Run, tmp_path: Path) -> None:
    told = run("try", "Een interne memo in de groepsapp")
    assert "inside (C03, weight 0.4): Een »interne memo« in de »groepsapp«" in told.stdout
    piped = json.loads(run("try", "-", "--json", stdin="De groepsapp").stdout)
    assert piped[0]["terms"][0]["spans"] == [{"start": 3, "end": 12, "text": "groepsapp"}]
    assert run("try", "niets").stdout == "no list hits this text\n"


def test_a_list_that_ships_is_taken_by_name(run: Run) -> None:
    told = run("save", "c03-internal-nl", "--draft", "starter", "--by", "a", "--reason", "r", "--judge", "0")
    assert (told.returncode, "saved as version 1 of c03-internal-nl" in told.stdout) == (0, True), told.stderr


def test_suggest_and_lint_speak_and_print_json(run: Run) -> None:
    assert (
        "from 2 confirmed and 1 dismissed findings, beside 4 stored posts" in run("suggest", "inside").stdout
    )
    assert json.loads(run("suggest", "inside", "--json").stdout)["dead"] == []
    assert run("lint").stdout == "nothing to remark on 1 lists\n"
    assert json.loads(run("lint", "inside", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("backtest", "nope"), "no list 'nope'"),
        (("lint", "nope"), "there are: inside"),
        (("history", "nope"), "no version of it was ever kept"),
        (("restore", "inside", "9", "--by", "a", "--reason", "r"), "no version"),
        (("save", "inside", "--by", "a", "--reason", "r"), "--draft"),
        (("save", "inside", "--draft", "draft.toml", "--reason", "r"), "--by"),
        (("save", "inside", "--draft", "draft.toml", "--by", "a"), "--reason"),
        (("save", "other", "--draft", "draft.toml", "--by", "a", "--reason", "r"), "keywords/other.toml"),
        (("backtest", "inside", "--draft", "gone.toml"), "gone.toml"),
        (("diff", "inside", "--to", "2", "--draft", "draft.toml"), "not both"),
    ],
)
def test_wrong_use_is_told_clearly(run: Run, arguments: tuple[str, ...], said: str) -> None:
    told = run(*arguments)
    assert (said in told.stderr, "Traceback" in told.stderr) == (True, False), told.stderr
    assert told.returncode == 2


def test_every_command_has_an_example(run: Run) -> None:
    for name in ("list", "try", "lint", "backtest", "suggest", "save", "history", "diff", "restore"):
        told = run(name, "--help")
        assert (told.returncode, f"klankbord keywords {name}" in " ".join(told.stdout.split())) == (0, True)
