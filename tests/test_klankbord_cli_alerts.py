"""The commands on alerts as a person uses them: what was sent, what was not, and what rules would send."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import mention
from fakes_mail import FakeMailServer

from klankbord import clock
from klankbord.cli import main
from klankbord.cli.opening import installation
from klankbord.finding import ClauseScore, Evidence, Judgement
from klankbord.mention import SourceId
from klankbord.policy import ClauseId, Mode
from klankbord.ports import Batch, Cursor
from klankbord.store.kept import Versions

#: exit code, stdout, stderr
Run = Callable[..., tuple[int, str, str]]
C02 = ClauseId("C02-confidential")
DELIVERY = """
[alerts]
channels = ["files"]

[[channel]]
id = "files"
kind = "folder"
path = "files"

[[channel]]
id = "mail"
kind = "smtp"
host = "127.0.0.1"
port = {port}
security = "none"
sender = "k@voorbeeld.example"
to = ["anna@voorbeeld.example", "ben@voorbeeld.example"]

[[person]]
id = "carla"
channel = "mail"
address = "carla@voorbeeld.example"
cap_per_day = 3

[[rule]]
id = "rare"
kind = "finding"
clauses = ["C02"]
to = ["files", "carla"]
"""


@pytest.fixture
def server() -> Iterator[FakeMailServer]:
    with FakeMailServer() as opened:
        yield opened


@pytest.fixture
def config(tmp_path: Path, server: FakeMailServer) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    (folder / "delivery.toml").write_text(DELIVERY.format(port=server.port))
    return folder


@pytest.fixture
def run(config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def go(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["klankbord", *arguments, "-c", str(config)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        said = capsys.readouterr()
        return (code if isinstance(code, int) else 0), said.out, said.err

    return go


@pytest.fixture
def alerts(config: Path) -> int:
    """Five findings that ask for an alert."""
    now = clock.now()
    posts = [mention(f"Voorbeeld {n}", native_id=str(n), published_at=now) for n in range(5)]
    score = ClauseScore(
        clause_id=C02,
        score=0.9,
        mode=Mode.ALERT,
        evidence=(Evidence(start=0, end=8, signal="confidential_topic"),),
    )
    judged = [(post, Judgement(mention_id=post.id, about=True, clauses=(score,))) for post in posts]
    with installation(config) as opened:
        opened.store.keep(SourceId("blog"), Batch(mentions=tuple(posts), next=Cursor("1")), posts, now)
        opened.store.keep_judgements(
            judged, Versions(policy="1", classifier="1"), opened.alerts.rules, now - timedelta(days=1), now
        )
    return len(posts)


def as_json(text: str) -> Any:
    return json.loads(text)


def test_a_test_tells_for_each_recipient_whether_it_was_taken(run: Run, server: FakeMailServer) -> None:
    server.answers["RCPT TO:<ben@voorbeeld.example>"] = "550 no such user"
    code, told, _ = run("alerts", "test", "mail")
    assert code == 3
    assert told.splitlines() == [
        "mail (anna@voorbeeld.example): taken",
        "mail (ben@voorbeeld.example): refused for ben@voorbeeld.example: 550 no such user",
    ]
    assert [to for _, to, _ in server.mails] == [["anna@voorbeeld.example"]]


def test_a_test_to_a_person_writes_to_that_person_only(run: Run, server: FakeMailServer) -> None:
    code, told, _ = run("alerts", "test", "carla", "--json")
    assert (code, as_json(told)) == (
        0,
        [{"channel": "mail", "recipient": "carla", "taken": True, "problem": ""}],
    )
    assert [to for _, to, _ in server.mails] == [["carla@voorbeeld.example"]]


def test_a_test_of_something_unknown_names_what_there_is(run: Run) -> None:
    code, _, told = run("alerts", "test", "pigeon")
    assert code == 2
    assert told == "no channel or person 'pigeon' in delivery.toml; there are: files, mail, carla\n"


def test_a_test_that_nobody_took_failed(run: Run, server: FakeMailServer) -> None:
    server.answers["MAIL"] = "451 not now"
    assert run("alerts", "test", "mail")[0] == 1


def test_what_was_given_up_is_listed_and_tried_again(run: Run, alerts: int, server: FakeMailServer) -> None:
    server.answers["RCPT TO:<carla@voorbeeld.example>"] = "550 no such user"
    code, told, _ = run("alerts", "--json")
    assert (code, len(as_json(told)["sent"]), len(as_json(told)["failed"])) == (3, alerts, 3)
    _, listed, _ = run("alerts", "list", "--failed", "--json")
    assert {(row["recipient"], row["state"], row["attempts"]) for row in as_json(listed)} == {
        ("carla", "failed", 1)
    }
    server.answers.clear()
    code, told, _ = run("alerts", "retry", "--json")
    assert (code, len(as_json(told)["sent"])) == (0, 3)
    assert run("alerts", "list", "--failed")[1] == "Messages that were given up: none\n"
    assert run("alerts", "list")[1].split()[:2] == ["Messages", "message"]


def test_a_simulation_tells_what_each_would_get_and_sends_nothing(
    run: Run, alerts: int, server: FakeMailServer
) -> None:
    code, told, _ = run("alerts", "simulate", "--weeks", "8", "--json")
    found = as_json(told)
    assert (code, found["events"], found["untold"]) == (0, alerts, 0)
    assert list(found["rules"].values()) == [2 * alerts]
    files, carla = found["recipients"]
    assert (files["channel"], files["alerts"], files["held"]) == ("files", 5, 0)
    assert (carla["recipient"], carla["alerts"], carla["held"], carla["summaries"]) == ("carla", 5, 2, 1)
    assert (sum(carla["hours"].values()), server.mails) == (4, [])
    _, shown, _ = run("alerts", "simulate")
    assert "5 findings asked for an alert in 8 weeks" in shown


def test_a_code_from_a_mail_says_that_a_case_was_seen(run: Run, alerts: int, server: FakeMailServer) -> None:
    run("alerts")
    mail = server.mails[0][2].decode().replace("=\r\n", "")
    code = next(line.split()[-1] for line in mail.splitlines() if "alerts acknowledge" in line)
    status, told, _ = run("alerts", "acknowledge", code.replace("=3D", "="))
    assert (status, ": seen by mail (carla) at " in told) == (0, True)
    seen = [row for row in as_json(run("alerts", "list", "--json")[1]) if row["acknowledged_at"]]
    assert [row["recipient"] for row in seen] == ["carla"]
    assert alerts == 5
    status, _, problem = run("alerts", "acknowledge", "alert-nothing")
    assert (status, "no code from an alert" in problem) == (2, True)


def test_what_would_be_sent_can_be_looked_at_first(run: Run, alerts: int, server: FakeMailServer) -> None:
    code, told, _ = run("alerts", "--dry-run", "--json")
    assert (code, len(as_json(told))) == (0, alerts + 3)
    assert server.mails == []
