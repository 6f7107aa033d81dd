"""What an organisation query means, and what a person is told when it cannot be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import query_ast
from classify.folding import _TABLE, _latin, fold, fold_all, positions
from classify.matcher_post import Post
from classify.query import each_line, parse, parse_list
from classify.query_lint import lint, vocabulary_of
from classify.query_person import person_terms
from classify.query_phrases import PHRASES
from classify.query_remark import Language, QueryMistakes, Remark
from classify.query_words import described
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
    ("a1 NOT b1 OR c1", 1, 1, "a1 NOT (b1 OR c1)"),
    ("foo OR bar NEAR/2 baz", 1, 1, "foo OR (bar NEAR/2 baz)"),
    ("foo OF bar", 1, 5, "OR"),
    ('"foo', 1, 1, "not closed"),
    ("(foo", 1, 1, "add )"),
    ("foo)", 1, 4, "opening"),
    ("*", 1, 1, "prefix*"),
    ("f*", 1, 2, "two letters"),
    ("a*b*c*d", 1, 2, "too many wildcards"),
    ("NOT foo", 1, 1, "must not"),
    ("-foo -bar", 1, 1, "must not"),
    ("foo OR NOT bar", 1, 1, "must not"),
    ("foo AND", 1, 5, "both sides"),
    ("()", 1, 2, "both sides"),
    ('""', 1, 1, "empty phrase"),
    ("foo NEAR/x bar", 1, 5, "NEAR/5"),
    ("author:jan", 1, 1, "follows no persons"),
    ("foo from:jan", 1, 5, "follows no persons"),
    ("url:nieuws", 1, 1, "not supported"),
    ("foo & bar", 1, 5, "write AND"),
    ("foo\nOR (bar", 2, 4, "add )"),
    ("(" * 60 + "a" + ")" * 60, 1, 41, "deep"),
    ("foo AND )bar", 1, 9, "line 1, column 9"),
    ("site:nu.nl/artikel foo", 1, 1, "site:example.org"),
    ("lang:nederlands foo", 1, 1, "lang:nl"),
    ("title:(foo site:nu.nl)", 1, 12, "outside"),
    ("#a-b foo", 1, 1, "hashtag"),
    ("foo~ bar", 1, 1, "four letters"),
    ('"foo"~2', 1, 1, "two to eight"),
    ("/" + "a" * 301 + "/", 1, 1, "301 characters"),
    ("a" * 600, 1, 1, "too long"),
    (" OR ".join(["foo"] * 600), 1, 1, "more than 500 words"),
    ("x" * 20_001, 1, 1, "20001 characters"),
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


def test_a_very_long_query_is_read() -> None:
    expression = " OR ".join(f"naam{number}" for number in range(500))
    assert parse(expression).spans("bij naam499 dus") == ((4, 11),)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(QueryMistakes) as raised:
        parse("foo OF (bar\n author:jan f*")
    assert [(one.code, one.line, one.column) for one in raised.value.remarks] == [
        ("operator_case", 1, 5),
        ("bracket_open", 1, 8),
        ("author", 2, 2),
        ("stem", 2, 14),
    ]
    assert "line 2, column 2" in raised.value.problem


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("code", sorted(PHRASES))
def test_every_remark_has_both_halves_in_both_languages(code: str, language: Language) -> None:
    remark = Remark(code=code, line=1, column=1, quoted=("een", "twee", "drie"))
    assert remark.read(language)
    assert remark.meant(language)
    assert "{" not in remark.words(language)


def test_every_code_that_is_used_has_its_words_and_no_other_has() -> None:
    sources = "".join(file.read_text("utf-8") for file in Path(query_ast.__file__).parent.glob("query*.py"))
    used = set(re.findall(r"""(?:add|refuse)\(\s*"([a-z_]+)\"""", sources)) | {"stem", "no_letter"}
    assert used == set(PHRASES)


DOUBTS = [
    ("klant gegevens", None, [("bare_words", 1)]),
    ("voorbeeld en klacht", None, [("bare_words", 1), ("lower_case", 11)]),
    ("klant gegevens NEAR/3 lek", None, [("near_beside", 1)]),
    ("storing NEAR app", None, [("near_default", 9)]),
    ("wat?", None, [("question", 1), ("wildcard", 1)]),
    ("Yahoo!", None, [("signs", 1)]),
    ("ns", None, [("short_word", 1)]),
    ("verkoop* OR klant", None, []),
    ("ver* OR klant", None, [("wildcard", 1)]),
    ("court*", None, [("wildcard", 1)]),
    ("verkoop* OR klant", 40, [("wildcard_counted", 1)]),
    ("verkoop* OR klant", 3, []),
]


@pytest.mark.parametrize(("expression", "words", "doubts"), DOUBTS)
def test_a_doubt_is_told_with_its_place(
    expression: str, words: int | None, doubts: list[tuple[str, int]]
) -> None:
    known = vocabulary_of(f"Verkoop{number}" for number in range(words)) if words else None
    assert [(one.code, one.column) for one in lint(parse(expression), known)] == doubts


def test_a_wildcard_tells_how_many_words_it_stands_for_and_shows_some() -> None:
    [remark] = lint(parse("ver*"), vocabulary_of(["Verkoop", "verlof", "café", "verre", "vér"]))
    assert remark.read("nl") == (
        "ver* is gelezen als elk woord van die vorm: 4 woorden in de bewaarde berichten (ver, verkoop, verlof, …)"
    )


DESCRIBED = [
    (
        '("Example Energy" OR examply*) NOT (foto OR "golden hour")',
        (
            "minstens één van: de woorden “Example Energy” na elkaar, een woord dat begint met “examply”;"
            " maar niet: minstens één van: “foto”, de woorden “golden hour” na elkaar"
        ),
        (
            "at least one of: the words “Example Energy” in a row, a word that begins with “examply”;"
            " but not: at least one of: “foto”, the words “golden hour” in a row"
        ),
    ),
    (
        "directeur ONEAR/3 ontslag",
        "[“directeur”] en daarna [“ontslag”], met hooguit 3 woorden ertussen",
        "[“directeur”] and after it [“ontslag”], with at most 3 words in between",
    ),
    (
        "aa NEAR/1 bb",
        "[“aa”] en [“bb”], in welke volgorde ook, met hooguit 1 woord ertussen",
        "[“aa”] and [“bb”], in any order, with at most 1 word in between",
    ),
    ("aa NEAR/0 bb", "[“aa”] en [“bb”] direct naast elkaar", "[“aa”] and [“bb”] right beside each other"),
    (
        "title:ING lang:nl -site:nu.nl source:blog",
        (
            "alle: in de titel: “ING”, het bericht is in de taal “nl”, het bericht komt uit de bron blog;"
            " maar niet: het bericht staat op nu.nl"
        ),
        (
            "all of: in the title: “ING”, the post is in the language “nl”, the post comes from the source blog;"
            " but not: the post stands on nu.nl"
        ),
    ),
    (
        'raw:ING AND #xy AND @ing AND *gegevens AND wo?d AND "wo?d xyz"',
        (
            "alle: precies “ING”, met deze hoofdletters en tekens, de hashtag #xy, het account @ing, een woord dat"
            " eindigt op “gegevens”, een woord van de vorm “wo?d” (* is nul of meer letters, ? is één letter),"
            " woorden na elkaar van de vorm “wo?d xyz” (* is nul of meer letters, ? is één letter)"
        ),
        (
            "all of: exactly “ING”, with these capitals and signs, the hashtag #xy, the account @ing, a word that"
            " ends in “gegevens”, a word of the shape “wo?d” (* is any number of letters, ? is one letter),"
            " words in a row of the shape “wo?d xyz” (* is any number of letters, ? is one letter)"
        ),
    ),
    (
        'klantgegevens~ OR "phone mobile"~2 OR /lek+/',
        (
            "minstens één van: “klantgegevens”, ook met een spatie of streepje erin, de woorden “mobile”, “phone”, in"
            " welke volgorde ook, met hooguit 2 andere ertussen, wat past op de reguliere expressie /lek+/"
        ),
        (
            "at least one of: “klantgegevens”, also with a space or hyphen inside, the words “mobile”, “phone”, in"
            " any order, with at most 2 others among them, what fits the regular expression /lek+/"
        ),
    ),
]


@pytest.mark.parametrize(("expression", "dutch", "english"), DESCRIBED)
def test_what_was_read_is_echoed_in_words(expression: str, dutch: str, english: str) -> None:
    query = parse(expression)
    assert (described(query, "nl"), described(query, "en")) == (dutch, english)


FIELDS = Post(
    title="Storing bij Noord",
    text="Het duurt lang",
    context="@noord",
    site="blog.nu.nl",
    source="Town",
    lang="nl-NL",
)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("title:noord", True),
        ("title:duurt", False),
        ("title:(storing NOT duurt)", True),
        ('title:"storing bij"', True),
        ("noord site:nu.nl", True),
        ("noord site:u.nl", False),
        ("noord -site:blog.nu.nl", False),
        ("noord source:town", True),
        ("noord lang:nl", True),
        ("noord lang:en", False),
        ("noord NEAR/9 duurt", False),
        ('"noord het"', False),
        ("@noord", True),
        ("/noord\\s+het/", False),
    ],
)
def test_fields_of_a_post_are_held_apart(expression: str, expected: bool) -> None:  # noqa: FBT001
    assert (parse(expression).places(FIELDS) is not None) == expected


def test_a_query_names_no_person_but_an_official_account() -> None:
    query = parse("noord\nAND (@jan.jansen OR mention:Noord_Help)")
    assert [(one.text, one.line, one.column) for one in person_terms(query, ["@noord_help"])] == [
        ("@jan.jansen", 2, 6)
    ]
    assert "official_accounts" in person_terms(query)[0].reason
    assert person_terms(parse("noord")) == ()


def test_the_lines_of_a_list_can_be_counted_apart() -> None:
    query = parse_list("Voorbeeld BV\nverkoop*\n", required="klacht", excluded="vacature")
    lines = list(each_line(query))
    assert [(shown, line.spans("Voorbeeld BV") is not None) for shown, line in lines] == [
        ("Voorbeeld BV", True),
        ("verkoop*", False),
    ]
    assert [shown for shown, _ in each_line(parse("foo"))] == ["foo"]
    assert [shown for shown, _ in each_line(parse('(foo NEAR/2 bar) OR "a b"'))] == ["foo NEAR/2 bar", "a b"]


@settings(max_examples=200, deadline=None)
@given(st.text("()\"“”*?~/-#@:a b'\n\x00\ud800éANDORT.NEAR/3", max_size=60))
def test_whatever_is_typed_is_read_or_refused_with_a_place(expression: str) -> None:
    for read in (parse, parse_list):
        try:
            query = read(expression)
        except QueryError as error:
            assert min(error.line, error.column) >= 1  # noqa: PT017 - most are refused, some are read
        else:
            query.places(Post(title="a b", text="ab a'b"))
            assert described(query, "nl")
            assert lint(query) is not None


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 9000,
        "NOT " * 4000 + "a",
        "-" * 15000,
        '"' * 19999,
        "a OR " * 250_000,
        "/(a{1000}){1000}/",
        "(a NEAR/3 " * 1000,
    ],
)
def test_a_hostile_query_is_refused(expression: str) -> None:
    with pytest.raises(QueryError):
        parse(expression)


def test_a_pattern_that_ruins_others_is_quick() -> None:
    assert parse("/(a+)+$/ b1").spans("b1 " + "a" * 5000 + "!") is None


ODD = st.text(
    st.one_of(
        st.sampled_from(
            "aA`İßẞΣ\u03c3ς\u017fﬁĳéK™\u0301\u00ad\u1fef\uff40\ud800_- \u043e\u0410\u0418o\ufe0f\u0132"
        ),
        st.characters(),
    )
)


def plainly(text: str) -> list[tuple[str, int]]:
    """Each folded character with the place it came from, sign by sign."""
    seen: list[tuple[str, int]] = []
    for place, sign in enumerate(_latin(text)[0]):
        code = _TABLE[ord(sign)]
        seen += [(one, place) for one in (chr(code) if isinstance(code, int) else code or "")]
    return seen


@given(ODD)
def test_folding_is_the_table_sign_by_sign_with_the_way_back(text: str) -> None:
    assert fold(text) == "".join(sign for sign, _ in plainly(text))
    places = positions(text)
    assert (places or list(range(len(text) + 1))) == [*(place for _, place in plainly(text)), len(text)]


@given(ODD)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.lists(ODD, max_size=5))
def test_folding_many_is_folding_each(texts: list[str]) -> None:
    assert fold_all(texts) == [fold(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("V\u043e\u043erbeeld", "voorbeeld"),
        ("\u0399NG", "ing"),
        ("новости", "новости"),
        ("Voorbeeld™", "voorbeeld™"),
        ("Ĳsselmeer Straße Łódź", "ijsselmeer strasse lodz"),
        ("\U0001d4e5oorb\ufe0feeld", "voorbeeld"),
    ],
)
def test_disguises_are_seen_through(text: str, folded: str) -> None:
    assert fold(text) == folded
