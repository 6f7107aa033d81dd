"""delivery.toml: what is wrong in it is told with file and key, all at once."""

import re
import tomllib
from pathlib import Path

import pytest

from klankbord.errors import SettingsError
from klankbord.settings import DeliverySettings, load
from klankbord.settings.delivery import delivery_ends

STARTER = Path(__file__).parent.parent / "config" / "delivery.toml"
HEAD = """
[[channel]]
id = "mail"
kind = "smtp"
host = "mail.example.org"
sender = "k@example.org"
to = ["team@example.org"]
"""


def told(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    (tmp_path / "delivery.toml").write_text(HEAD + text)
    with pytest.raises(SettingsError) as error:
        load(tmp_path)
    return [mistake.key for mistake in error.value.mistakes]


def test_what_is_commented_out_in_the_starter_file_is_config() -> None:
    text = re.sub(r"(?m)^# (?=\[\[|[a-z_]+ = )", "", STARTER.read_text("utf-8"))
    delivery = DeliverySettings.model_validate(tomllib.loads(text))
    assert delivery_ends(delivery, []) == []
    assert [rule.id for rule in delivery.rule] == ["confidential", "sources"]


def test_every_name_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    text = """
[digest]
channels = ["post"]
[alerts]
channels = ["bell"]
[[person]]
id = "anna"
channel = "pigeon"
[[rule]]
id = "rare"
kind = "finding"
to = ["zoe"]
sources = ["nowhere"]
source_kinds = ["forum", "telex"]
clauses = ["C02", "C99"]
escalate_after = "5m"
escalate_to = ["yan"]
"""
    assert told(tmp_path, text) == [
        "digest.channels",
        "alerts.channels",
        "person.1.channel",
        "rule.1.to",
        "rule.1.escalate_to",
        "rule.1.sources",
        "rule.1.source_kinds",
        "rule.1.clauses",
    ]


def test_a_person_on_a_mail_channel_needs_an_address_and_a_name_of_their_own(tmp_path: Path) -> None:
    text = '[[person]]\nid = "mail"\nchannel = "mail"\n'
    assert told(tmp_path, text) == ["person.1.address", "person.1.id"]


def test_two_rules_of_one_name_are_told(tmp_path: Path) -> None:
    assert told(tmp_path, '[[rule]]\nid = "a"\nkind = "model"\n' * 2) == ["rule.2.id"]


@pytest.mark.parametrize(
    "line",
    [
        'kind = "source"\nclauses = ["C02"]',
        'kind = "finding"\nsensitivity = "keen"',
        'kind = "model"\nsources = ["blog"]',
        'kind = "finding"\nwhen = ["silent"]',
        'kind = "finding"\nescalate_after = "5m"',
        'kind = "finding"\nescalate_to = ["mail"]',
    ],
)
def test_a_key_that_does_not_fit_the_kind_of_rule_is_told(tmp_path: Path, line: str) -> None:
    assert told(tmp_path, f'[[rule]]\nid = "r"\n{line}\n') == ["rule.1"]


@pytest.mark.parametrize("hours", ["22-07", "22:00", "24:00-07:00", "07:00-07:00", "22:00-7:00", "later"])
def test_quiet_hours_are_two_times_of_day(tmp_path: Path, hours: str) -> None:
    assert told(tmp_path, f'[alerts]\nquiet = "{hours}"\n') == ["alerts.quiet"]


def test_a_week_has_at_least_one_day_that_is_not_quiet(tmp_path: Path) -> None:
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    text = f'[[person]]\nid = "anna"\nchannel = "mail"\naddress = "a@b.example"\nquiet_days = {days}\n'
    assert told(tmp_path, text.replace("'", '"')) == ["person.1.quiet_days"]
