"""What an organisation query means, and what a person is told when it cannot be read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.folding import _TABLE, fold
from classify.query import parse, term
from klankbord.errors import QueryError

MATCHES = [
    ("voorbeeld", "Al drie dagen storing bij Voorbeeld.", True),
    ("voorbeeld", "Een voorbeeldig bedrijf", False),
    ("Voorbeeld", "VOORBEELD!!", True),
    ("café", "Naar het CAFE", True),
    ("cafe", "naar het café", True),
    ("cafe", "naar het cafe\u0301", True),
    ("foo bar", "bar then foo", True),
    ("foo bar", "only foo", False),
    ("foo AND bar", "bar foo", True),
    ("foo OR bar", "just bar", True),
    ("foo OR bar", "neither", False),
    ("foo NOT bar", "foo alone", True),
    ("foo NOT bar", "foo and bar", False),
    ("foo AND NOT bar", "foo and bar", False),
    ("foo -bar", "foo and bar", False),
    ("foo -bar", "foo alone", True),
    ("(foo OR baz) AND bar", "baz bar", True),
    ("foo NOT (bar OR baz)", "foo baz", False),
    ('"klant gegevens"', "De klant-gegevens lagen op straat", True),
    ("klant-gegevens", "klant gegevens", True),
    ('"klant gegevens"', "klant. Gegevens", False),
    ('"Example Ltd"', "at example  ltd", True),
    ('"Example Ltd"', "Ltd example", False),
    ("verkoop*", "verkoopcijfers zijn dramatisch", True),
    ("verkoop*", "de aanverkoop", False),
    ('"new plan*"', "our new planning", True),
    ("T-Mobile", "bij t-mobile gewerkt", True),
    ("C&A", "in de C&A aan de markt", True),
    ("C&A", "de C, A en B", False),
    ("#voorbeeld", "geen service #Voorbeeld", True),
    ('"and"', "salt and pepper", True),
    ("foo\nAND\nbar", "foo bar", True),
    ("o'neill", "O\u2019Neill opent een winkel", True),
    ("zieken\u00adhuis", "het ziekenhuis", True),
    ("ing", "lasting pain", False),
    ("NOT vacature foo", "foo", True),
]
REFUSED = [
    ("", 1, 1, "empty"),
    ("foo OR bar baz", 1, 1, "(foo OR bar) AND baz"),
    ("foo OR bar baz", 1, 1, "foo OR (bar AND baz)"),
    ("a1 NOT b1 OR c1", 1, 1, "(a1 NOT b1) OR c1"),
    ("foo and bar", 1, 5, "AND"),
    ("foo en bar", 1, 5, "AND"),
    ("foo of bar", 1, 5, "OR"),
    ("foo niet bar", 1, 5, "NOT"),
    ("foo OF bar", 1, 5, "OR"),
    ("\u201cfoo\u201d", 1, 1, "straight"),
    ('"foo', 1, 1, "not closed"),
    ("(foo", 1, 1, "add )"),
    ("foo)", 1, 4, "opening"),
    ("*", 1, 1, "prefix*"),
    ("*foo", 1, 1, "prefix*"),
    ("f*", 1, 2, "two letters"),
    ("fo*o", 1, 3, "end of a word"),
    ("NOT foo", 1, 1, "must not"),
    ("-foo -bar", 1, 1, "must not"),
    ("foo OR NOT bar", 1, 1, "must not"),
    ("foo AND", 1, 5, "both sides"),
    ("()", 1, 2, "both sides"),
    ('""', 1, 1, "empty phrase"),
    ("foo NEAR/3 bar", 1, 5, "NEAR"),
    ("author:jan", 1, 1, "not supported"),
    ("foo & bar", 1, 5, "letter or digit"),
    ("foo\nOR (bar", 2, 4, "add )"),
    ("(" * 60 + "a" + ")" * 60, 1, 41, "deep"),
]


@pytest.mark.parametrize(("expression", "text", "expected"), MATCHES)
def test_a_query_matches_what_its_words_say(expression: str, text: str, expected: bool) -> None:  # noqa: FBT001
    assert (parse(expression).spans(text) is not None) == expected


@pytest.mark.parametrize(("expression", "line", "column", "told"), REFUSED)
def test_a_slip_is_told_with_its_place(expression: str, line: int, column: int, told: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(expression)
    assert (raised.value.line, raised.value.column) == (line, column)
    assert told in raised.value.problem


def test_spans_are_positions_in_the_text_as_given() -> None:
    text = "Zo\u0301 vaak: Voorb\u00adeeld BV"
    spans = parse('"voorbeeld bv"').spans(text)
    assert spans is not None
    assert [text[start:end] for start, end in spans] == ["Voorb\u00adeeld BV"]


def test_every_hit_of_a_word_is_told_and_what_must_not_stand_there_is_not() -> None:
    assert parse("foo NOT bar").spans("foo foo") == ((0, 3), (4, 7))


def test_a_hostile_text_is_searched_in_its_length_only() -> None:
    assert parse('"a a b" OR aa*').spans("a " * 50_000) is None


def test_a_very_long_query_is_read() -> None:
    expression = " OR ".join(f"naam{number}" for number in range(1500))
    assert parse(expression).spans("bij naam1499 dus") == ((4, 12),)


ODD = st.text(st.one_of(st.sampled_from("aA`İßẞΣσςſﬁé\u0301\u00ad\u1fef\uff40K\ud800_-"), st.characters()))


@given(ODD)
def test_folding_is_the_table_sign_by_sign(text: str) -> None:
    assert fold(text) == (text.lower() if text.isascii() else text.translate(_TABLE))


@given(
    st.sampled_from(["ab", "a-b", "c&a", "o'neill", "_x", "#ab", "ab*", '"ab cd*"', "é"]),
    st.text("ab-c& do'neil_x#é\u0301\n", max_size=30),
)
def test_a_word_is_found_where_a_pattern_that_looks_back_first_finds_it(words: str, text: str) -> None:
    found = term(words.strip('"').rstrip("*"), prefix="*" in words)
    # the pattern begins with its word and the look behind it: the plain way is to look behind first
    begin = re.match(r"((?:\\.|[^(\\\[])+)\(\?<!\\w\1\)", found.pattern.pattern)
    plain = r"(?<!\w)" + begin[1] + found.pattern.pattern[begin.end() :] if begin else found.pattern.pattern
    folded = fold(text)
    assert (found.hits(folded) or []) == [hit.span() for hit in re.finditer(plain, folded)]
