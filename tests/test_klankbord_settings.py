"""Settings: unknown keys are refused, every mistake is told at once, and the shipped config stands."""

import shutil
from pathlib import Path

import pytest

from klankbord.errors import SettingsError
from klankbord.policy import Mode, Strictness
from klankbord.settings import load, policy_of

CONFIG = Path(__file__).parent.parent / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "config"
    shutil.copytree(CONFIG, copy)
    return copy


def mistakes(folder: Path) -> dict[str, str]:
    with pytest.raises(SettingsError) as told:
        load(folder)
    return {f"{one.file} {one.key}": f"{one.found} | {one.allowed}" for one in told.value.mistakes}


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text("utf-8") + text, "utf-8")


def test_the_shipped_config_stands() -> None:
    settings = load(CONFIG)
    assert [clause.number for clause in settings.policy.clauses] == [f"C{n:02}" for n in range(1, 13)]
    assert [category.id[:3] for category in settings.policy.protected] == [f"P{n:02}" for n in range(1, 10)]
    assert len(settings.policy.rules) == 8
    assert not settings.policy.adopted


def test_modes_per_strictness_are_those_of_the_policy() -> None:
    policy = policy_of(CONFIG / "policy.toml")
    per_level = {
        level: [sum(clause.levels[level] is mode for clause in policy.rules) for mode in Mode]
        for level in Strictness
    }
    # silent / count / digest / alert for the eight enabled rules
    assert per_level == {
        Strictness.LIBERAL: [4, 1, 1, 2],
        Strictness.STANDARD: [0, 2, 4, 2],
        Strictness.STRICT: [0, 0, 5, 3],
    }


def test_every_mistake_in_every_file_is_told_at_once(folder: Path) -> None:
    append(folder / "klankbord.toml", 'colour = "red"\n')
    (folder / "organisation.toml").write_text('name = "A"\n')
    append(folder / "sources.toml", '[[source]]\nid = "a"\nkind = "feed"\nurl = "ftp://x"\nevery = "soon"\n')
    append(folder / "delivery.toml", '[[channel]]\nid = "mail"\nkind = "smtp"\n')
    found = mistakes(folder)
    assert found["klankbord.toml colour"] == "an unknown key | only documented keys"
    assert found["organisation.toml name"].startswith("'A'")
    assert found["sources.toml source.1.url"] == "'ftp://x' | an address that starts with http:// or https://"
    assert found["sources.toml source.1.every"].startswith("'soon' | a duration")
    assert "host, sender, to" in found["delivery.toml channel.2"]


def test_keys_that_point_nowhere_are_told(folder: Path) -> None:
    append(
        folder / "sources.toml",
        '[[source]]\nid = "a"\nkind = "feed"\nurl = "https://x.example/f"\nqueries = ["nope"]\n' * 2,
    )
    delivery = (folder / "delivery.toml").read_text("utf-8")
    (folder / "delivery.toml").write_text(delivery.replace('channels = ["outbox"]', 'channels = ["gone"]', 1))
    found = mistakes(folder)
    assert found["sources.toml source.2.id"] == "'a' a second time | each id once"
    assert "nope" in found["sources.toml source.1.queries"]
    assert "gone" in found["delivery.toml digest.channels"]


def test_broken_toml_names_its_place(folder: Path) -> None:
    (folder / "queries.toml").write_text("[[query]\nid = ")
    assert "line 1" in mistakes(folder)["queries.toml -"]


def test_bytes_that_are_no_text_are_told(folder: Path) -> None:
    (folder / "klankbord.toml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in mistakes(folder)["klankbord.toml -"]


def test_only_the_organisation_must_be_told(tmp_path: Path) -> None:
    (tmp_path / "organisation.toml").write_text('name = "Voorbeeld BV"\nproducts = ["Zonnepas"]\n')
    settings = load(tmp_path)
    assert settings.queries[0].expression == '"Voorbeeld BV" OR "Zonnepas"'
    assert len(settings.policy.rules) == 8


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    assert "no such folder" in next(iter(mistakes(tmp_path / "none").values()))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('id = "P09-allowed-work-talk"', 'id = "P19-other"', "never removed"),
        ("standard = 0.8,", "standard = 0.5,", "greater than or equal to 0.7"),
        (
            'levels = {liberal = "alert", standard = "alert"',
            'levels = {liberal = "alert", standard = "count"',
            "rise",
        ),
        ('strictness = "standard"', 'strictness = "ruthless"', "liberal"),
        ('"P02-collective", ', "", "they win over every rule"),
        ('purpose = "protect-confidentiality"', 'purpose = "watch-people"', "reputation-and-service"),
    ],
)
def test_a_policy_that_breaks_its_own_rules_is_refused(
    folder: Path, before: str, after: str, told: str
) -> None:
    policy = (folder / "policy.toml").read_text("utf-8")
    assert before in policy
    (folder / "policy.toml").write_text(policy.replace(before, after, 1), "utf-8")
    assert told in " ".join(mistakes(folder).values())


def test_a_listed_organisation_has_the_clause_on_price_sensitive_information(folder: Path) -> None:
    organisation = (folder / "organisation.toml").read_text("utf-8")
    (folder / "organisation.toml").write_text(
        organisation.replace("listed = false", "listed = true"), "utf-8"
    )
    assert "C12" in [clause.number for clause in load(folder).policy.rules]


def test_a_change_in_the_policy_changes_its_fingerprint(folder: Path) -> None:
    before = load(folder).policy.fingerprint
    append(folder / "policy.toml", "\n# a remark\n")
    assert load(folder).policy.fingerprint != before
