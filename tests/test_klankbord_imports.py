"""Column mappings: given at the terminal, kept in imports.toml, used by name, refused with all mistakes told."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from klankbord.errors import NotFoundError, SettingsError
from klankbord.importing import mapping_from, mapping_named
from klankbord.settings.imports import ImportColumns, ImportSettings, mappings, save_mapping

KLANKBORD = Path(sys.executable).parent / "klankbord"
Run = Callable[..., subprocess.CompletedProcess[str]]
OURS = ImportSettings(
    id="ours",
    columns=ImportColumns(text=("Hit Sentence", "Opening Text"), url=("URL",)),
    date_format="%d-%m-%Y",
    timezone="Europe/Amsterdam",
)


def test_a_mapping_is_kept_and_read_again_with_the_comments_around_it(tmp_path: Path) -> None:
    (tmp_path / "imports.toml").write_text(
        '# ours\n[[import]]\nid = "a"\n[import.columns]\ntext = "Bericht" # words\n'
    )
    save_mapping(tmp_path, OURS)
    assert [one.id for one in mappings(tmp_path)] == ["a", "ours"]
    assert mappings(tmp_path)[1] == OURS
    save_mapping(tmp_path, OURS.model_copy(update={"date_format": ""}))
    assert [one.date_format for one in mappings(tmp_path)] == ["", ""]
    written = (tmp_path / "imports.toml").read_text()
    assert "# ours" in written
    assert "# words" in written


def test_a_first_mapping_makes_the_file(tmp_path: Path) -> None:
    assert mappings(tmp_path) == ()
    save_mapping(tmp_path, OURS)
    assert mappings(tmp_path) == (OURS,)


def test_every_mistake_in_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "imports.toml").write_text(
        '[[import]]\nid = "Met Spatie"\n[import.columns]\nwords = "x"\n[[import]]\nid = "b"\n'
    )
    with pytest.raises(SettingsError) as raised:
        mappings(tmp_path)
    assert [mistake.key for mistake in raised.value.mistakes] == [
        "import.1.id",
        "import.1.columns.words",
        "import.2",
    ]
    (tmp_path / "imports.toml").write_text("[[import")
    with pytest.raises(SettingsError, match="TOML"):
        mappings(tmp_path)
    with pytest.raises(SettingsError):
        save_mapping(tmp_path, OURS)
    assert (tmp_path / "imports.toml").read_text() == "[[import"


def test_a_name_means_a_kept_mapping_before_a_known_export(tmp_path: Path) -> None:
    assert mapping_named(tmp_path, "coosto").columns.text == ("bericht tekst",)
    save_mapping(tmp_path, OURS.model_copy(update={"id": "coosto"}))
    assert mapping_named(tmp_path, "coosto").columns.text == ("Hit Sentence", "Opening Text")
    with pytest.raises(NotFoundError, match="there are: brandwatch, coosto, meltwater"):
        mapping_named(tmp_path, "iets")


def test_a_mapping_is_made_from_pairs_on_top_of_another() -> None:
    made = mapping_from(["text=Zin", "text = Tekst", "author=Door = wie"], OURS, "nieuw")
    assert (made.columns.text, made.columns.author) == (("Zin", "Tekst"), ("Door = wie",))
    assert (made.columns.url, made.date_format) == (("URL",), "%d-%m-%Y")
    for pairs in (["words=x"], ["text="], ["text"], ["url=x"]):
        with pytest.raises(SettingsError):
            mapping_from(pairs, None, "nieuw")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "organisation.toml").write_text('name = "Voorbeeld BV"\n')

    def go(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "COLUMNS": "140"}
        command = [str(KLANKBORD), "import", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    return go


def test_an_export_is_suggested_shown_kept_and_read_again_by_name(run: Run, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(
        "Date,Headline,URL,Opening Text,Hit Sentence,Influencer\n"
        "2026-11-17,Storing,https://a.example/1,,Voorbeeld BV ligt eruit zegt Jan Jansen,Jan Jansen\n"
        "2026-11-17,Anders,https://a.example/2,,Over niets,Piet\n"
    )
    told = run("export.csv")
    assert (told.returncode, "give --mapping meltwater" in told.stderr) == (2, True)
    dry = run("export.csv", "--mapping", "meltwater", "--dry-run")
    assert dry.returncode == 0
    assert "would keep 1 new" in dry.stdout
    assert "Voorbeeld BV ligt eruit zegt [author]" in dry.stdout
    kept = run(
        "export.csv",
        "--map",
        "text=Hit Sentence",
        "--map",
        "title=Headline",
        "--save-mapping",
        "mine",
        "--json",
    )
    assert json.loads(kept.stdout)["new"] == 1
    assert [one.id for one in mappings(tmp_path / "config")] == ["mine"]
    assert json.loads(run("export.csv", "--mapping", "mine", "--json").stdout)["unchanged"] == 1


def test_a_wrong_mapping_is_told_in_a_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("a,b\n1,2\n")
    for arguments in (["--mapping", "iets"], ["--map", "x=y"], ["--mapping", "coosto"]):
        told = run("export.csv", *arguments)
        assert (told.returncode, "Traceback" in told.stderr) == (2, False)
    assert not (tmp_path / "config" / "imports.toml").exists()
