"""The sieve is never stricter than the gate, and still lets little through."""

import pytest

from collectors.sieve import Sieve
from klankbord.ports import Search


def sieve(*words: str, prefix: bool = False) -> Sieve:
    return Sieve(Search(query_id="q", text=word, prefix=prefix) for word in words)


@pytest.mark.parametrize(
    "text",
    [
        "VOORBEELD BV staakt",
        "de Voorbeeld-BV app",
        "voorbeeld\u00a0\u2013 bv",
        "Vóórbeeld BV",
        "#VoorbeeldBV",
        "Voor\u200bbeeld\u00adBV",
        "Voorbee\u0142d BV, met een letter die men als l typt",
        "V\u043e\u043erbeeld BV met Cyrillische letters",
        "V\u200b\u043e\u200b\u043e\u200brbeeld BV, waarvan men de scheiding niet ziet",
        "Voor\u3164beeld\u1160 BV",
        "\uff36\uff4f\uff4f\uff52\uff42\uff45\uff45\uff4c\uff44 BV breed geschreven",
    ],
)
def test_disguises_pass(text: str) -> None:
    assert sieve("Voorbeeld BV").holds(text)


@pytest.mark.parametrize("text", ["Voorbeeld van een bv", "niets", "", "новости дня", "日本語", "😀"])
def test_other_texts_do_not_pass(text: str) -> None:
    assert not sieve("Voorbeeld BV", "VoorbeeldPlus").holds(text)


def test_short_words_count_only_as_words() -> None:
    short = sieve("NS")
    assert [short.holds(text) for text in ("de NS rijdt", "#ns", "N.S. staakt", "dansen", "ons", "nsx")] == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
    assert sieve("NS", prefix=True).holds("nsx")


@pytest.mark.parametrize("text", ["NS\u2122 staakt", "NS\u2121", "de NS\u02bc en"])
def test_signs_that_would_grow_onto_a_word_do_not_hide_it(text: str) -> None:
    assert sieve("NS").holds(text)
    assert sieve("McDonald's").holds("bij McDonald\u02bcs")


def test_wildcards_stand_for_anything() -> None:
    assert sieve("voorbeeld*cijfers").holds("de voorbeeldverkoopcijfers")


def test_a_search_without_letters_lets_nothing_through() -> None:
    assert not sieve("!!!").holds("wat!!!")
    assert not Sieve(()).holds("iets")
