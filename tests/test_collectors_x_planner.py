"""Keywords become queries that X takes, and nothing but the keywords is asked for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.x_planner import LONGEST, PlannedQuery, plan
from klankbord.demo.fakes.x_query import QueryRefusedError, Searched, meets
from klankbord.ports import Search


def search(text: str, **given: bool) -> Search:
    return Search(query_id="organisation", text=text, **given)


def test_words_and_phrases_stand_in_one_query_with_the_suffix() -> None:
    assert plan((search("VoorbeeldPlus"), search("Voorbeeld BV", phrase=True)), "-is:retweet") == (
        PlannedQuery(
            query='(VoorbeeldPlus OR "Voorbeeld BV") -is:retweet', keywords=("VoorbeeldPlus", "Voorbeeld BV")
        ),
    )


def test_one_keyword_needs_no_group_and_languages_only_narrow() -> None:
    assert plan((search("Voorbeeld"),), "-is:retweet", ("nl", "en"))[0].query == (
        "Voorbeeld (lang:nl OR lang:en) -is:retweet"
    )


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("and", '"and"'),
        ("OR", '"OR"'),
        ("-korting", '"-korting"'),
        ("from:jan", '"from:jan"'),
        ("@voorbeeld", '"@voorbeeld"'),
        ("e-mail", '"e-mail"'),
        ("'s-Hertogenbosch", '"\'s-Hertogenbosch"'),
        ('Voorbeeld "Plus" BV', '"Voorbeeld Plus BV"'),
        ("Voorbeeld\\", '"Voorbeeld"'),
        ("„Voorbeeld”", '"Voorbeeld"'),
        ("#voorbeeld", "#voorbeeld"),
        ("#1", '"#1"'),
        ("AT&T", '"AT&T"'),
        ("Energieën", "Energieën"),
        ("🍕", '"🍕"'),
    ],
)
def test_no_keyword_becomes_an_operator(text: str, sent: str) -> None:
    if sent == '"Voorbeeld"':
        sent = "Voorbeeld"
    assert [one.query for one in plan((search(text),))] == [sent]


def test_many_keywords_are_spread_over_queries_and_one_more_changes_only_the_last() -> None:
    searches = tuple(search(f"Voorbeeld Dienst {number}") for number in range(60))
    planned = plan(searches, "-is:retweet")
    assert len(planned) == 3
    assert all(len(one.query) <= LONGEST for one in planned)
    assert [word for one in planned for word in one.keywords] == [one.text for one in searches]
    assert plan((*searches, search("Nieuw")), "-is:retweet")[:2] == planned[:2]


def test_a_keyword_is_asked_once_whatever_its_case() -> None:
    assert plan((search("Voorbeeld"), search("VOORBEELD")))[0].keywords == ("Voorbeeld",)


def test_a_prefix_is_asked_as_a_whole_word_and_that_is_told() -> None:
    (one,) = plan((search("verkoop", prefix=True),))
    assert (one.query, one.keywords) == ("verkoop", ("verkoop*",))
    assert one.notes == ("verkoop*: X finds this as a whole word only",)


def test_what_x_cannot_be_asked_for_is_shown_as_such() -> None:
    planned = plan((search("lang " * 120), search("&&"), search("Voorbeeld")), "-is:retweet")
    assert [one.query for one in planned] == ["Voorbeeld -is:retweet", "", ""]
    assert planned[2].notes == ("&&: not asked for, no word that X knows",)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=40))
def test_every_query_is_taken_and_finds_each_of_its_keywords(texts: list[str]) -> None:
    for one in plan(tuple(search(text) for text in texts), "-is:retweet"):
        if one.query:
            assert len(one.query.encode()) <= LONGEST
            found = meets(one.query)
            for word in one.keywords:
                if any(sign.isalnum() for sign in word):
                    assert found(Searched(text=f"Gisteren {word} gezien")) or not word.isascii()


@pytest.mark.parametrize("query", ["", "a -(b OR c)", "(a", "a and b", "-a", "lang:nl", 'a "b', "x" * 513])
def test_the_fake_refuses_what_x_refuses(query: str) -> None:
    with pytest.raises(QueryRefusedError):
        meets(query)
