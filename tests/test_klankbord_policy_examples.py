"""Sentences of an organisation's own: from examples.toml and from its policy, checked like all settings."""

from pathlib import Path

import pytest

from klankbord.errors import SettingsError
from klankbord.settings import OwnExample, examples_of, load, starter_folder

STARTER = (starter_folder() / "policy.toml").read_text("utf-8")


def config(tmp_path: Path, examples: str = "", policy: str = "") -> Path:
    (tmp_path / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    if examples:
        (tmp_path / "examples.toml").write_text(examples)
    if policy:
        (tmp_path / "policy.toml").write_text(policy)
    return tmp_path


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert examples_of(load(config(tmp_path))) == ()
    assert examples_of(load(config(tmp_path, policy=STARTER))) == ()


def test_sentences_are_read_for_clauses_and_for_protected_speech(tmp_path: Path) -> None:
    found = examples_of(
        load(
            config(
                tmp_path,
                '[[example]]\ntext = "De nieuwe prijzen liggen al klaar."\nlanguage = "nl"\nclause = "C02"\n'
                '[[example]]\ntext = "Prices went up again."\nlanguage = "en"\nclause = "C02"\ntouching = false\n'
                '[[example]]\ntext = "We staken maandag."\nlanguage = "nl"\nprotected = "P02"\n',
            )
        )
    )
    assert found == (
        OwnExample(text="De nieuwe prijzen liggen al klaar.", lang="nl", clause="C02", touching=True),
        OwnExample(text="Prices went up again.", lang="en", clause="C02", touching=False),
        OwnExample(text="We staken maandag.", lang="nl", protected="P02", touching=False),
    )


def test_a_sentence_written_into_the_policy_counts_once(tmp_path: Path) -> None:
    policy = STARTER.replace(
        'nl = ["Druk weekje bij Voorbeeld BV, veel nieuwe klanten!"]',
        'nl = ["Druk weekje bij Voorbeeld BV, veel nieuwe klanten!", "Ik mag niks zeggen, maar mooi wordt het."]',
    )
    [found] = examples_of(load(config(tmp_path, policy=policy)))
    assert found == OwnExample(
        text="Ik mag niks zeggen, maar mooi wordt het.", lang="nl", clause="C02", touching=False
    )
    again = f'[[example]]\ntext = "{found.text}"\nlanguage = "nl"\nclause = "C02"\ntouching = false\n'
    assert examples_of(load(config(tmp_path, again, policy))) == (found,)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    wrong = (
        '[[example]]\ntext = "Bel mij op @jansen dan."\nlanguage = "nl"\nclause = "C02"\n'
        '[[example]]\ntext = "Zomaar een zin."\nlanguage = "nl"\nclause = "C04"\n'
        '[[example]]\ntext = "zomaar  een ZIN."\nlanguage = "nl"\nprotected = "P77"\n'
    )
    with pytest.raises(SettingsError) as caught:
        load(config(tmp_path, wrong))
    assert [one.key for one in caught.value.mistakes] == [
        "example.1.text", "example.2.clause", "example.3.protected", "example.3.text",
    ]  # fmt: skip
    assert {one.file for one in caught.value.mistakes} == {"examples.toml"}


@pytest.mark.parametrize(
    "wrong",
    [
        'text = "Een zin."\nlanguage = "nl"\n',
        'text = "Een zin."\nlanguage = "nl"\nclause = "C02"\nprotected = "P02"\n',
        'text = "Een zin."\nlanguage = "nl"\nprotected = "P02"\ntouching = true\n',
        'text = "Een zin."\nlanguage = "de"\nclause = "C02"\n',
        'text = "Een zin."\nlanguage = "nl"\nclause = "C02"\nauthor = "x"\n',
    ],
)
def test_a_sentence_is_of_one_thing(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"examples\.toml: example\.1"):
        load(config(tmp_path, f"[[example]]\n{wrong}"))
