"""`klankbord digest` builds, shows, sends and lists; what it prints is data."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from typer.testing import CliRunner

from klankbord.cli import app

CONFIG = Path(__file__).parent.parent / "config"
Run = Callable[..., Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = tmp_path / "config"
    config.mkdir()
    for file in CONFIG.glob("*.toml"):
        copy(file, config / file.name)
    return config


@pytest.fixture
def run(folder: Path) -> Run:
    return lambda *words: CliRunner().invoke(app, [*words, "--config", str(folder)])


def test_a_digest_is_written_under_the_name_of_its_week(run: Run, folder: Path) -> None:
    told = run("digest", "build", "--week", "2026-W40")
    files = [Path(line).name for line in told.stdout.split()]
    assert (told.exit_code, files) == (0, ["2026-W40.html", "2026-W40.txt"])
    assert (folder.parent / "data" / "digests" / "2026-W40.html").exists()


def test_the_same_bytes_come_out_twice_and_the_list_holds_one_edition(run: Run, folder: Path) -> None:
    run("digest", "build", "--week", "2026-W40")
    file = folder.parent / "data" / "digests" / "2026-W40.html"
    first = file.read_bytes()
    told = json.loads(run("digest", "build", "--week", "2026-W40", "--json").stdout)
    listed = json.loads(run("digest", "list", "--json").stdout)
    assert file.read_bytes() == first
    assert [(one["week"], one["fingerprint"]) for one in listed] == [("2026-W40", told["fingerprint"])]


def test_forms_and_a_folder_of_choice(run: Run, tmp_path: Path) -> None:
    to = tmp_path / "elsewhere"
    told = run(
        "digest", "build", "--week", "2026-W40", "--format", "json", "--format", "html", "--to", str(to)
    )
    assert told.exit_code == 0
    assert sorted(file.name for file in to.iterdir()) == ["2026-W40.html", "2026-W40.json"]
    assert json.loads((to / "2026-W40.json").read_bytes())["week"] == "2026-W40"


def test_a_preview_writes_nothing(run: Run, folder: Path) -> None:
    told = run("digest", "preview", "--week", "2026-W40", "--format", "json")
    assert json.loads(told.stdout)["week"] == "2026-W40"
    assert not (folder.parent / "data" / "digests").exists()
    assert json.loads(run("digest", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("build", "--week", "2026-40"), "no week such as"),
        (("build", "--format", "stone"), "is none of"),
        (("send", "--week", "2026-W40", "--to", "nowhere"), "no channel"),
        (("send", "--week", "2099-W01"), "has not ended yet"),
    ],
)
def test_what_is_wrong_is_named(run: Run, words: tuple[str, ...], problem: str) -> None:
    told = run("digest", *words)
    assert told.exit_code == 2
    assert problem in " ".join(told.output.replace("│", " ").split())


def test_a_digest_goes_once_over_the_channel_that_was_named(run: Run, folder: Path) -> None:
    first = json.loads(run("digest", "send", "--week", "2026-W40", "--to", "outbox", "--json").stdout)
    again = json.loads(run("digest", "send", "--week", "2026-W40", "--to", "outbox", "--json").stdout)
    assert (len(first["sent"]), again["sent"]) == (1, [])
    assert len(list((folder.parent / "data" / "outbox").glob("digest-*.eml"))) == 1
