"""The commands as a person uses them: exit codes, JSON, clear errors, nothing on the wrong stream."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest

KLANKBORD = Path(sys.executable).parent / "klankbord"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def here(tmp_path: Path, model_file: Path) -> Path:
    """A folder with a config and a trained model."""
    data = tmp_path / "data"
    data.mkdir()
    for part in model_file.parent.glob(model_file.name + "*"):
        copy(part, data / part.name)
    config = tmp_path / "config"
    config.mkdir()
    (config / "organisation.toml").write_text(
        'name = "Voorbeeld BV"\naliases = ["Example Ltd"]\n'
        '[[topic]]\nid = "tarieven"\nmeaning = "New tariffs for 2027"\n'
        'terms_nl = ["tarieven 2027"]\nterms_en = ["2027 rates"]\n'
    )
    return tmp_path


@pytest.fixture
def run(here: Path) -> Run:
    def go(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(here), "COLUMNS": "140"}
        return subprocess.run(
            [str(KLANKBORD), *arguments],
            cwd=here,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return go


def test_help_names_every_command(run: Run) -> None:
    told = run("--help")
    assert told.returncode == 0
    for command in [
        "init",
        "run",
        "demo",
        "collect",
        "import",
        "classify",
        "score",
        "train",
        "sources",
        "findings",
        "digest",
        "alerts",
        "doctor",
        "config",
    ]:
        assert command in told.stdout


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys, klankbord.cli; "
        "print([m for m in ('sklearn', 'pandas', 'sqlalchemy', 'feedparser', 'jinja2', 'apscheduler', 'pydantic') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("collect", "-c", "nowhere"), 2, "no such folder"),
        (("collect", "no-such-source"), 2, "no source 'no-such-source'"),
        (("findings", "list", "--state", "odd"), 2, "open, closed"),
        (("findings", "list", "--week", "2026-99"), 2, "2026-W47"),
        (("findings", "show", "zzzz"), 2, "no finding begins with 'zzzz'"),
        (("findings", "judge", "zzzz"), 2, "verdict"),
        (("score", "missing.jsonl"), 2, "missing.jsonl"),
        (("alerts", "test", "nope"), 2, "no channel or person 'nope'"),
        (("digest", "send", "--week", "2031-W01"), 2, "has not ended yet"),
        (("findings", "judge", "zzzz", "dismissed", "--undo"), 2, "give a finding"),
        (("frobnicate",), 2, "No such command"),
    ],
)
def test_wrong_use_is_told_clearly(run: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    told = run(*arguments)
    assert (told.returncode, said in told.stderr, "Traceback" in told.stderr) == (code, True, False), (
        told.stderr
    )


def test_config_check_tells_every_mistake_as_json_too(run: Run, here: Path) -> None:
    (here / "config" / "klankbord.toml").write_text('colour = "red"\nlanguage = "fr"\n')
    told = run("config", "check", "--json")
    assert told.returncode == 2
    assert {one["key"] for one in json.loads(told.stdout)["mistakes"]} == {"colour", "language"}


def test_config_check_points_at_the_character_of_a_wrong_query(run: Run, here: Path) -> None:
    (here / "config" / "queries.toml").write_text('[[query]]\nid = "q"\nexpression = "(Voorbeeld OR"\n')
    told = run("config", "check")
    assert (told.returncode, "queries.toml: query.1.expression: found line 1" in told.stderr) == (2, True)


def test_init_writes_a_config_that_stands(run: Run, here: Path) -> None:
    told = run(
        "init", "mine", "--name", "Zonnehof", "--feed", "https://blog.example/feed", "--language", "en"
    )
    assert told.returncode == 0
    checked = run("config", "check", "-c", "mine", "--json")
    assert json.loads(checked.stdout)["ok"] is True
    again = run("init", "mine", "--name", "Zonnehof", "--language", "en")
    assert (again.returncode, "already" in again.stderr) == (2, True)


def test_score_reads_posts_and_prints_a_line_each(run: Run, here: Path) -> None:
    posts = [
        {
            "id": "a",
            "text": "De tarieven 2027 van Voorbeeld BV liggen hier al op mijn bureau, 31,4 cent, nog niet bekend.",
        },
        {
            "id": "b",
            "text": "Morgen staken wij bij Voorbeeld BV voor een fatsoenlijke cao, kom naar de poort.",
        },
        {"id": "c", "text": "Mooi weer vandaag in Zwolle."},
        {"id": "d"},
        {
            "id": "e",
            "title": "Voorbeeld BV opzeggen?",
            "text": "Weet iemand hoe dat moet?",
            "lang": "nl",
            "platform": "x",
        },
    ]
    (here / "posts.jsonl").write_text("".join(json.dumps(post) + "\n" for post in posts))
    told = run("score", "posts.jsonl")
    lines = {line["id"]: line for line in map(json.loads, told.stdout.splitlines())}
    assert told.returncode == 3
    assert "line 4" in told.stderr
    assert list(lines) == ["a", "b", "c", "e"]
    assert [lines[key]["about_organisation"] for key in "abce"] == [True, True, False, True]
    assert (lines["b"]["guarded"], lines["b"]["clauses"]) == (True, {})
    first = lines["a"]["clauses"]["C02-confidential"]
    spans = [posts[0]["text"][one["start"] : one["end"]] for one in first["evidence"]]
    assert first["mode"] == "alert"
    assert "tarieven 2027" in spans


def test_import_keeps_good_rows_and_tells_bad_ones(run: Run, here: Path) -> None:
    (here / "old.csv").write_text(
        "id;text;author\n1;Voorbeeld BV is fijn;jan\n;geen nummer;piet\n3;over iets anders;kees\n"
    )
    dry = json.loads(run("import", "old.csv", "--dry-run", "--json").stdout)
    assert (dry["new"], dry["dropped"], len(dry["bad_rows"]), dry["kept"]) == (1, 1, 1, False)
    told = run("import", "old.csv", "--json")
    assert (told.returncode, json.loads(told.stdout)["new"]) == (3, 1)
    assert json.loads(run("import", "old.csv", "--json").stdout)["unchanged"] == 1


def test_a_roster_of_staff_is_refused(run: Run, here: Path) -> None:
    (here / "staff.csv").write_text("employee_id,name,department\n1,Jan,Sales\n")
    told = run("import", "staff.csv")
    assert (told.returncode, "Traceback" in told.stderr) == (2, False)


def test_the_whole_way_from_file_to_verdict(run: Run, here: Path) -> None:
    post = {
        "id": "a",
        "text": "De tarieven 2027 van Voorbeeld BV liggen hier al op mijn bureau, 31,4 cent, nog niet bekend.",
    }
    (here / "posts.jsonl").write_text(json.dumps(post) + "\n")
    run("import", "posts.jsonl")
    judged = json.loads(run("classify", "--json").stdout)
    assert judged["mentions"] == 1
    (found,) = json.loads(run("findings", "list", "--json").stdout)
    shown = run("findings", "show", found["finding"][:6])
    assert "C02" in shown.stdout
    wrong = run("findings", "judge", found["finding"], "dismissed", "--reason", "because")
    assert (wrong.returncode, "public_already" in wrong.stderr) == (2, True)
    run("findings", "judge", found["finding"], "dismissed", "--reason", "public_already", "--by", "ann")
    assert json.loads(run("findings", "list", "--json").stdout) == []
    run("findings", "judge", found["finding"], "--undo")
    (here / "answers.csv").write_text(f"finding,verdict,outcome\n{found['finding']},confirmed,limit_harm\n")
    told = run("findings", "judge", "--csv", "answers.csv", "--json")
    assert json.loads(told.stdout) == [{"finding": found["finding"], "verdict": "confirmed"}]


def test_a_bulk_answer_with_one_wrong_row_keeps_none(run: Run, here: Path) -> None:
    (here / "answers.csv").write_text("finding,verdict\nzzzz,confirmed\nyyyy,maybe\n")
    told = run("findings", "judge", "--csv", "answers.csv")
    assert (told.returncode, "row 1" in told.stderr, "row 2" in told.stderr) == (2, True, True)


def test_an_empty_store_has_a_digest_all_the_same(run: Run) -> None:
    told = run("digest", "preview", "--week", "2026-W40")
    assert (told.returncode, "Voorbeeld BV" in told.stdout) == (0, True)


def test_doctor_looks_at_every_part(run: Run) -> None:
    told = json.loads(run("doctor", "--json").stdout)
    assert {"packages", "config", "keys", "store", "model"} <= {one["part"] for one in told}


def test_two_at_work_on_one_folder_are_kept_apart(run: Run, here: Path) -> None:
    from klankbord import lock

    with lock.held(here / "data"):
        told = run("classify")
    assert (told.returncode, "another klankbord" in told.stderr) == (1, True)


def test_mistakes_of_every_kind_are_told_at_once(run: Run, here: Path) -> None:
    config = here / "config"
    (config / "klankbord.toml").write_text('store = "postgresql://x"\n')
    (config / "sources.toml").write_text(
        '[[source]]\nid = "a"\nkind = "telepathy"\nurl = "https://a.example/f"\n'
    )
    (config / "queries.toml").write_text('[[query]]\nid = "q"\nexpression = "@jan OR ((("\n')
    (config / "delivery.toml").write_text('[digest]\nchannels = ["gone"]\n')
    told = json.loads(run("config", "check", "--json").stdout)
    assert {one["key"] for one in told["mistakes"]} == {
        "store",
        "source.1.kind",
        "query.1.expression",
        "digest.channels",
    }


@pytest.mark.parametrize("name", ['O\'Neill "Bouw"', "A'''B", "C:\\D"])
def test_init_takes_any_name_it_can_write(run: Run, name: str) -> None:
    assert run("init", "odd", "--name", name, "--language", "nl").returncode == 0
    assert run("config", "check", "-c", "odd").returncode == 0


def test_init_refuses_what_its_own_check_would(run: Run, here: Path) -> None:
    told = run("init", "odd", "--name", "Zonnehof", "--feed", "not a url", "--language", "nl")
    assert (told.returncode, "Traceback" in told.stderr, (here / "odd").exists()) == (2, False, False)


def test_a_csv_that_a_spreadsheet_made_is_read(run: Run, here: Path) -> None:
    rows = 'sep=;\nfinding;verdict;note\nzzzz;unsure;"een\ntwee"\n'
    (here / "answers.csv").write_bytes(rows.encode("utf-16"))
    told = run("findings", "judge", "--csv", "answers.csv")
    assert (told.returncode, "no finding begins with 'zzzz'" in told.stderr) == (2, True)
    (here / "open.csv").write_text('finding,verdict,note\nzzzz,unsure,"never closed\nyyyy,unsure,\n')
    assert "no CSV that can be read" in run("findings", "judge", "--csv", "open.csv").stderr
