"""What a platform says of a stored post, compared with what was stored."""

from dataclasses import replace

import pytest
from builders import NOW, mention

from collectors.asked_again import changed, gone, without_author
from klankbord.mention import State, short_hash


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("Storing bij Voorbeeld BV", "Storing bij  Voorbeeld BV\n"),
        ("Dank [author], het werkt", "Dank Wieneke Planteman, het werkt"),
        ("[author] en [author]: ja", "Wieneke en Joost: ja"),
        ("Groet, [author]", "Groet, Wieneke"),
        ("[author]", "Wieneke"),
    ],
)
def test_the_same_words_with_a_name_that_was_taken_out_are_no_edit(stored: str, told: str) -> None:
    before = mention(text=stored)
    assert changed(before, replace(before, text=told, revision="other")) is None


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("Storing bij Voorbeeld BV", "Storing bij Voorbeeld BV!"),
        ("Dank [author], het werkt", "Dank Wieneke, het werkt niet"),
        ("Dank [author], het werkt", "Wieneke, het werkt"),
        ("Groet, [author]", "Groet, " + "een heel ander slot " * 10),
        ("aa [author] aa", "aa a"),
    ],
)
def test_other_words_are_an_edit_that_keeps_what_it_was_found_by(stored: str, told: str) -> None:
    before = mention(text=stored, matched=("organisation",))
    after = changed(before, replace(before, text=told, revision="other", matched=()))
    assert after is not None
    assert (after.text, after.revision, after.matched) == (told, "other", ("organisation",))


def test_an_account_that_is_gone_takes_the_pseudonym_once_and_leaves_the_stored_words() -> None:
    before = mention(text="Groet, [author]", author="ab" * 10)
    told = replace(before, author=None, text="Groet, Wieneke", revision="other")
    after = changed(before, told)
    assert after is not None
    assert (after.author, after.text) == (None, "Groet, [author]")
    assert after.revision == without_author(short_hash(before.title, before.text))
    assert changed(after, told) is None
    # also where whoever stored it kept the pseudonym
    assert changed(replace(after, author=before.author), told) is None


def test_what_is_gone_is_told_with_its_platform_and_moment() -> None:
    change = gone(mention(), NOW, State.REMOVED)
    assert (change.platform, change.native_id, change.state, change.at) == (
        mention().platform,
        mention().native_id,
        State.REMOVED,
        NOW,
    )
