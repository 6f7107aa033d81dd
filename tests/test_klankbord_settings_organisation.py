"""What the organisation tells: names with a second meaning, who speaks for it, what is public already."""

from datetime import date
from pathlib import Path

import pytest

from klankbord.errors import SettingsError
from klankbord.settings import Ambiguous, Organisation, Public, Speaker, load, starter_folder

TOLD = """
name = "Roerdomp Systems"
aliases = ["Roerdomp"]
official_accounts = ["@roerdomp"]

[[ambiguous]]
name = "Roerdomp"
means = "a bird of the reed beds"
ours = ["wafer"]
other = ["riet"]

[[speaker]]
account = "@bo"
platform = "mastodon"
consented_on = 2026-09-01
role = "webcare"

[[public]]
text = "Roerdomp opens an office in Helmond in May."
since = 2026-03-12
url = "https://example.org/news"
"""


def told(folder: Path, text: str) -> Organisation:
    (folder / "organisation.toml").write_text(text, "utf-8")
    return load(folder).organisation


def mistakes(folder: Path, text: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as error:
        told(folder, text)
    return {f"{one.file} {one.key}": f"{one.found} | {one.allowed}" for one in error.value.mistakes}


def test_every_table_is_read(tmp_path: Path) -> None:
    organisation = told(tmp_path, TOLD)
    assert organisation.ambiguous == (
        Ambiguous(name="Roerdomp", means="a bird of the reed beds", ours=("wafer",), other=("riet",)),
    )
    assert organisation.speaker == (
        Speaker(account="@bo", platform="mastodon", consented_on=date(2026, 9, 1), role="webcare"),
    )
    assert organisation.public == (
        Public(
            text="Roerdomp opens an office in Helmond in May.",
            since=date(2026, 3, 12),
            url="https://example.org/news",
        ),
    )
    assert organisation.voices == ("@roerdomp", "@bo")


def test_a_name_alone_is_enough(tmp_path: Path) -> None:
    assert told(tmp_path, 'name = "Voorbeeld BV"\n') == Organisation(name="Voorbeeld BV")


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    wrong = TOLD + (
        '[[ambiguous]]\nname = "Karekiet"\nmeans = "another bird"\n'
        '[[ambiguous]]\nname = "Roerdomp"\nmeans = "a street"\nours = ["riet", "Roerdomp"]\nother = ["Riet"]\n'
        '[[speaker]]\naccount = "BO"\nplatform = "mastodon"\nconsented_on = 2026-09-02\nrole = "press"\n'
        '[[topic]]\nid = "a"\nmeaning = "first one"\n[[topic]]\nid = "a"\nmeaning = "second one"\n'
    )
    found = mistakes(tmp_path, wrong.replace("aliases", 'competitors = ["roerdomp"]\naliases'))
    assert found == {
        "organisation.toml ambiguous.2.name": "'Karekiet' | the name, or one of aliases or products",
        "organisation.toml ambiguous.3.other": "'Riet', which stands in ours as well | a word of one side only",
        "organisation.toml ambiguous.3.ours": "the ambiguous name | words that stand beside the name",
        "organisation.toml competitors": "our own name 'roerdomp' | names of others",
        "organisation.toml topic.2.id": "what topic.1 has as well | each once",
        "organisation.toml speaker.2.account": "what speaker.1 has as well | each once",
    }


def test_nobody_speaks_without_a_day_of_consent(tmp_path: Path) -> None:
    found = mistakes(tmp_path, TOLD.replace("consented_on = 2026-09-01\n", ""))
    assert found == {"organisation.toml speaker.1.consented_on": "nothing | this key is needed"}


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    found = mistakes(tmp_path, TOLD.replace('other = ["riet"]', 'others = ["riet"]'))
    assert found == {"organisation.toml ambiguous.1.others": "an unknown key | only documented keys"}


def test_one_account_may_speak_on_two_platforms(tmp_path: Path) -> None:
    again = '[[speaker]]\naccount = "@bo"\nplatform = "x"\nconsented_on = 2026-09-01\nrole = "webcare"\n'
    assert told(tmp_path, TOLD + again).voices == ("@roerdomp", "@bo")


def test_the_examples_of_the_starter_file_hold(tmp_path: Path) -> None:
    lines = (starter_folder() / "organisation.toml").read_text("utf-8").splitlines()
    examples = [line.removeprefix("# ") for line in lines[1:]]
    organisation = told(tmp_path, "\n".join(examples))
    assert len(organisation.ambiguous) == len(organisation.speaker) == len(organisation.public) == 1
    assert len(organisation.topic) == len(organisation.fact) == 1
