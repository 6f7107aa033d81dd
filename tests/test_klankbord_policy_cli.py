"""The policy commands as a person uses them: answers, exit codes, JSON, and what a preview prints."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from builders import NOW, mention
from scoring import ScoreClassifier

from klankbord.cli import main, policy_shown
from klankbord.policies.choosing import choices, for_load
from klankbord.policies.dial import dial_of, let_through
from klankbord.policies.preview import Preview, Replay
from klankbord.policy import Mode, Strictness
from klankbord.settings import load, policy_of, starter_folder

KLANKBORD = Path(sys.executable).parent / "klankbord"
Run = Callable[..., "Done"]
STARTER = starter_folder() / "policy.toml"
POLICY = policy_of(STARTER)
ZONE = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The program in this very process: starting Python forty times takes longer than all it does."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KLANKBORD_CONFIG", raising=False)
    monkeypatch.setenv("COLUMNS", "140")

    def go(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["klankbord", "policy", *arguments])
        before, code = os.umask(0o077), 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        finally:
            os.umask(before)
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return go


def test_from_a_few_answers_to_a_policy_and_a_protocol(run: Run, tmp_path: Path) -> None:
    facts = ("--name", "Stroom BV", "--contact", "privacy@example.org", "--listed", "--public-sector")
    made = run("new", "config", *facts, "--strictness", "liberal", "--languages", "nl", "--yes", "--json")
    assert made.returncode == 0, made.stderr
    assert [Path(one).name for one in json.loads(made.stdout)["written"]] == [
        "policy.toml", "organisation.toml", "social-media-protocol.nl.md", "social-media-protocol.nl.html",
    ]  # fmt: skip
    settings = load(tmp_path / "config")
    assert (settings.policy.strictness, settings.policy.contact) == ("liberal", "privacy@example.org")
    organisation = settings.organisation
    assert (organisation.name, organisation.aliases, organisation.listed) == ("Stroom BV", (), True)
    assert (organisation.small, organisation.public_sector) == (False, True)
    assert "# the dial: liberal | standard | strict" in (tmp_path / "config" / "policy.toml").read_text(
        "utf-8"
    )
    page = (tmp_path / "config" / "social-media-protocol.nl.md").read_text("utf-8")
    assert "Stroom BV" in page
    assert run("show", "--as", "protocol", "--lang", "nl").stdout == page
    html = (tmp_path / "config" / "social-media-protocol.nl.html").read_text("utf-8")
    assert run("show", "--as", "protocol", "--lang", "nl", "--format", "html").stdout == html


def test_a_policy_is_never_written_over_unasked_and_facts_stay(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    told = '# ours\nname = "Stroom BV"\nsmall = true # for now\n\n[[topic]]\nid = "t"\nmeaning = "The new rates"\n'
    (config / "organisation.toml").write_text(told)
    assert run("new", "--yes", "--public-sector").returncode == 0
    changed = told.replace("# for now\n", "# for now\npublic_sector = true\n")
    assert (config / "organisation.toml").read_text() == changed
    before = (config / "policy.toml").read_text("utf-8")
    refused = run("new", "--yes", "--strictness", "strict")
    assert (refused.returncode, "--replace" in refused.stderr) == (2, True)
    assert (config / "policy.toml").read_text("utf-8") == before
    assert run("new", "--yes", "--strictness", "strict", "--replace").returncode == 0
    diff = json.loads(run("diff", "starter", "current", "--json").stdout)
    assert [(one["key"], one["after"], one["material"]) for one in diff] == [
        ("id", "stroom-bv", False), ("strictness", "strict", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--yes",), "--name"),
        (("--name", "A BV", "--strictness", "harsh"), "liberal, standard, strict"),
        (("--name", "A BV", "--works-council", "consented"), "--works-council-on"),
        (("--name", "A BV", "--works-council", "not_applicable"), "the reason"),
        (("--name", "A BV", "--languages", "fr"), "nl, en, both"),
        (("--name", "A"), "organisation.toml"),
    ],
)
def test_an_answer_that_cannot_stand_is_refused(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    refused = run("new", "config", *arguments)
    assert (refused.returncode, said in refused.stderr) == (2, True), refused.stderr
    assert not (tmp_path / "config" / "policy.toml").exists()


def test_what_is_not_given_is_asked_at_a_terminal(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    answers = "strict\nStroom BV\nprivacy@example.org\n\nopen\nn\ny\nn\nen\n"
    os.write(ours, answers.encode())
    done = subprocess.run(
        [str(KLANKBORD), "policy", "new", "config"],
        cwd=tmp_path,
        stdin=theirs,
        capture_output=True,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    settings = load(tmp_path / "config")
    assert (settings.policy.strictness, settings.organisation.small) == ("strict", True)
    assert (settings.policy.contact, settings.policy.whistleblower_url) == ("privacy@example.org", "")


def test_a_check_tells_mistakes_and_advice_apart(run: Run, tmp_path: Path) -> None:
    bad = STARTER.read_text("utf-8").replace(
        "standard = 0.8, strict = 0.7}", "standard = 0.95, strict = 0.6}", 1
    )
    (tmp_path / "bad.toml").write_text(bad, "utf-8")
    told = run("check", "bad.toml")
    assert told.returncode == 2
    assert "bad.toml: clause.2.thresholds.standard: found 0.95; allowed: at most 0.9" in told.stderr
    found = json.loads(run("check", "bad.toml", "--json").stdout)
    assert {one["key"] for one in found["mistakes"]} == {
        "clause.2.thresholds.standard", "clause.2.thresholds.strict",
    }  # fmt: skip
    well = run("check", "starter", "--json")
    assert (well.returncode, json.loads(well.stdout)["mistakes"]) == (0, [])
    assert any("contact" in one for one in json.loads(well.stdout)["advice"])
    assert run("check", "nowhere.toml").returncode == 2


def test_a_difference_is_told_in_dutch(run: Run, tmp_path: Path) -> None:
    text = STARTER.read_text("utf-8").replace("strict = 0.7}", "strict = 0.75}", 1)
    (tmp_path / "new.toml").write_text(text, "utf-8")
    told = run("diff", "starter", "new.toml", "--lang", "nl")
    assert told.stdout == "C02\n    De drempel bij streng gaat van 0,7 naar 0,75: minder signalen.\n"
    assert run("diff", "starter", "starter").stdout == "no difference\n"
    assert run("diff", "starter", "starter", "--lang", "fr").returncode == 2


def test_a_clause_is_shown_with_what_keeps_it_low(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "organisation.toml").write_text('name = "Stroom BV"\n')
    told = run("show", "C05", "--lang", "en").stdout
    assert "C05 No promotion under another flag (rule)" in told
    assert "standard: in the weekly digest ≥ 0.80 <" in told
    assert "now: at most only counted: the adoption record is open" in told
    [row] = json.loads(run("show", "c05", "--json").stdout)
    assert row["caps"] == [{"reason": "adoption", "mode": "count", "detail": ""}]
    assert (row["modes"]["strict"], row["thresholds"]["strict"]) == ("digest", 0.7)
    assert len(json.loads(run("show", "--json").stdout)) == len(POLICY.clauses)
    assert run("show", "C99").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--threshold", "C02=0.69"), "none is ever under 0.70"),
        (("--threshold", "C02"), "none is ever under 0.70"),
        (("--threshold", "C04=0.8"), "a rule of the policy"),
        (("--clause", "C99"), "a rule of the policy"),
        (("--strictness", "harsh"), "liberal, standard or strict"),
        (("--load", "5", "--precision", "0.8"), "not both"),
    ],
)
def test_a_preview_refuses_what_makes_no_sense(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "organisation.toml").write_text('name = "Stroom BV"\n')
    refused = run("preview", *arguments)
    assert (refused.returncode, said in " ".join(refused.stderr.split())) == (2, True), refused.stderr


# what a preview prints


def found(*texts: str, strictness: Strictness = Strictness.STRICT) -> Preview:
    posts = [
        mention(f"{text} {n}", published_at=NOW - timedelta(days=7), collected_at=NOW)
        for n, text in enumerate(texts)
    ]
    replay = Replay(POLICY, dial_of(POLICY, strictness), {}, most=2)
    replay.add(posts, ScoreClassifier(let_through(POLICY)).judge(posts))
    return replay.told(NOW - timedelta(weeks=4), NOW)


def test_a_preview_prints_the_week_and_what_comes(capsys: pytest.CaptureFixture[str]) -> None:
    policy_shown.told(found("C02=0.75", "C02=0.76", "C02=0.77"), ZONE, changed=True, limit=2)
    told = capsys.readouterr().out
    assert "3 stored posts, 2026-11-11 to 2026-11-18 (1.0 weeks)" in told
    assert "asked from 2026-10-21: older posts are not kept" in told
    assert "Would come: 3, the 2 strongest" in told
    assert "Would go: 0: none" in told
    assert "about 0 minutes a week now, 6 then" in told
    policy_shown.told(found("C06=0.95"), ZONE, changed=True, limit=2)
    told = capsys.readouterr().out
    assert "Would come: 0: none" in told
    assert "C06: 1 would come; only numbers" in told


def test_without_a_wish_all_three_strictnesses_stand_beside_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy_shown.told(found("C02=0.75", "C02=0.95"), ZONE, changed=False, limit=2)
    told = capsys.readouterr().out
    row = next(line for line in told.splitlines() if line.startswith("C02"))
    assert row.split() == ["C02", "1.0", "(1.0)", "1.0", "(1.0)", "2.0", "(2.0)"]


def test_a_wanted_load_prints_the_choice_and_how_to_look_at_it(capsys: pytest.CaptureFixture[str]) -> None:
    preview = found("C02=0.75", "C02=0.85", "C07=0.95")
    some = {key: one for key, one in preview.histograms.items() if key[:3] in ("C02", "C07")}
    chosen = for_load(some, preview.span.weeks, 2)
    table = list(choices(some, dict.fromkeys(some, Mode.ALERT), preview.span.weeks, chosen))
    policy_shown.choices(preview, table, chosen, load=2, strictness="strict")
    told = capsys.readouterr().out
    assert "for about 2 findings a week: 2.0 at the thresholds marked <" in told
    assert "klankbord policy preview --strictness strict --threshold C02=0.85 --threshold C07=0.85" in told
    row = policy_shown.rows(preview, POLICY, table)
    assert json.loads(json.dumps(row, default=str))["choices"][0]["clause"] == "C02-confidential"
    policy_shown.choices(preview, table, {}, load=2)
    assert "no threshold gives that" in capsys.readouterr().out


def test_weeks_from_which_posts_went_already_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    preview = found("C02=0.75")
    policy_shown.faded(preview, 30)
    assert capsys.readouterr().out == ""
    policy_shown.faded(preview, 5)
    assert "go after 5 days" in capsys.readouterr().out
