"""The quick matcher finds what the slow one finds, for many queries and posts at once."""

import os

import builders
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matcher_reference import reference

from classify.matcher import Match, Matcher
from classify.matcher_post import BORDER, Place, Post, post_of, site_of
from classify.query import parse, parse_list

#: by hand: KLANKBORD_EXAMPLES=2000
EXAMPLES = int(os.environ.get("KLANKBORD_EXAMPLES", "30"))

WORDS = [
    "ab",
    "b",
    "abc",
    "ing",
    "s",
    "t",
    "don",
    "foto",
    "klant",
    "gegevens",
    "klantgegevens",
    "e",
    "mail",
    "email",
    "neill",
    "o",
    "1",
    "2a",
    "ING",
    "Ing",
    "Klant",
    "café",
    "cafe",
    "cafés",
    "ŭo",
    "ĳs",
    "ijs",
    "straße",
    "voorbeeld",
    "vo\u200bór",
    "\u0430b",
    "иng",
    "новости",
    "łodz",
    "#ab",
    "#a_b",
    "@ab",
    "@ab.nl",
    "t's",
]
GAPS = (
    " ",
    " ",
    " ",
    "-",
    "'",
    "\u2019",
    " & ",
    "&",
    ", ",
    "_",
    "\n",
    "  -  ",
    "",
    ". ",
    " 😀 ",
    " '",
    "\u00ad",
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(WORDS), max_size=9))
    gaps = draw(st.lists(st.sampled_from(GAPS), min_size=len(words), max_size=len(words)))
    return "".join(word + gap for word, gap in zip(words, gaps, strict=True))


posts = st.builds(
    Post,
    title=st.one_of(st.just(""), texts()),
    text=texts(),
    context=st.one_of(st.just(""), st.just(""), texts()),
    site=st.sampled_from(("", "nu.nl", "blog.nu.nl", "u.nl")),
    source=st.sampled_from(("", "blog")),
    lang=st.sampled_from((None, "nl", "en", "nl-BE")),
)
plain = st.sampled_from([word for word in WORDS if word[0] not in "#@" and word != "t's"])
shapes = st.sampled_from(
    ("kl*", "*gegevens", "kl*ns", "?ng", "a?c", "in?*", "fo?o", "*ai*", "voor*", "cafe?")
)
leaves = st.one_of(
    plain,
    plain,
    shapes,
    st.lists(st.one_of(plain, plain, shapes), min_size=2, max_size=3).map(lambda some: f'"{" ".join(some)}"'),
    st.sampled_from(
        ("a&b", "ab&b", "o'neill", "foto's", "don't", "e-mail", "'s-ab", "t's", '"ab, b"', '"b. b"')
    ),
    st.sampled_from(("email~", "klantgegevens~", "klant-gegevens~", '"klant gegevens"~', '"a b abc"~')),
    st.sampled_from(
        ("raw:ING", "raw:Klant", "raw:café", "raw:b&", 'raw:"ING ab"', "#ab", "#a_b", "@ab", "@ab.nl")
    ),
    st.tuples(st.lists(plain, min_size=2, max_size=3), st.integers(0, 4)).map(
        lambda some: f'"{" ".join(some[0])}"~{some[1]}'
    ),
)
nears = st.sampled_from(("NEAR/0", "NEAR/1", "NEAR/3", "NEAR/2f", "ONEAR/1", "NEAR/0f", "NEAR/30"))


def joined(sign: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, min_size=2, max_size=5).map(lambda some: f"({f' {sign} '.join(some)})")


ors = joined("OR", leaves)
near_leaves = st.one_of(leaves, ors)
pairs = st.tuples(near_leaves, nears, near_leaves).map(lambda some: f"({' '.join(some)})")
nested = st.tuples(st.one_of(pairs, ors), nears, st.one_of(pairs, leaves)).map(
    lambda some: f"({' '.join(some)})"
)
inner = st.one_of(
    leaves, leaves, ors, pairs, nested, st.sampled_from(("site:nu.nl", "source:blog", "lang:nl"))
)
trees = st.recursive(
    inner,
    lambda below: st.one_of(
        joined("AND", below),
        joined("OR", below),
        below.map(lambda one: f"(ab NOT {one})"),
        st.tuples(leaves, below).map(lambda some: f"({some[0]} AND NOT ({some[1]}))"),
        st.one_of(leaves, ors, pairs).map(lambda one: f"title:{one}" if one[0] == "(" else f"title:({one})"),
    ),
    max_leaves=5,
)


def spans_of(match: Match | None, post: Post) -> set[tuple[int, int]] | None:
    """Places as spans in the joined text, as the reference tells them."""
    if match is None:
        return None
    begins = {"title": 0, "text": 0, "context": 0}
    if post.title or post.context:
        begins["text"] = len(post.title) + len(BORDER)
        begins["context"] = begins["text"] + len(post.text) + len(BORDER)
    return {(begins[place.field] + place.start, begins[place.field] + place.end) for place in match.places}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(trees, min_size=1, max_size=6), st.lists(posts, min_size=1, max_size=6))
def test_every_query_finds_what_the_slow_matcher_finds(
    expressions: list[str], given_posts: list[Post]
) -> None:
    queries = [
        (str(number), parse(f"{text} AND (ab OR b OR ing)")) for number, text in enumerate(expressions)
    ]
    found = Matcher(queries).matches_many(given_posts)
    for post, matches in zip(given_posts, found, strict=True):
        by_id = {match.id: match for match in matches}
        for query_id, query in queries:
            expected = reference(query.root, post)
            assert spans_of(by_id.get(query_id), post) == expected, (query.expression, post)
            places = query.places(post)
            assert (None if places is None else set(places)) == (
                set(by_id[query_id].places) if query_id in by_id else None
            )


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(leaves, min_size=1, max_size=8), st.lists(posts, min_size=1, max_size=3))
def test_every_term_of_a_big_or_is_found(terms: list[str], given_posts: list[Post]) -> None:
    query = parse(" OR ".join(terms))
    for post, matches in zip(given_posts, Matcher([("all", query)]).matches_many(given_posts), strict=True):
        assert spans_of(matches[0] if matches else None, post) == reference(query.root, post)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(posts, max_size=12))
def test_one_by_one_or_many_at_once_is_the_same(given_posts: list[Post]) -> None:
    matcher = Matcher(
        [("a", parse("ab OR ing")), ("b", parse("klant* NEAR/3 b")), ("c", parse("новости OR b"))]
    )
    assert matcher.matches_many(given_posts) == [matcher.matches(post) for post in given_posts]


def test_a_match_names_the_field_and_the_place_in_the_text_as_given() -> None:
    matcher = Matcher([("org", parse('"voorbeeld bv" OR ing'))])
    post = Post(title="\uff29\uff2e\uff27?", text="Zo\u0301: V\u043eorb\u00adeeld-BV", context="bij ING's")
    assert matcher.matches(post) == (
        Match(id="org", places=(Place("title", 0, 3), Place("text", 5, 18), Place("context", 4, 7))),
    )
    assert post.text[5:18] == "V\u043eorb\u00adeeld-BV"


def test_queries_lists_and_expressions_that_no_literal_stands_for_work_side_by_side() -> None:
    matcher = Matcher(
        [
            ("list", parse_list("storing\nklant gegevens")),
            ("regex", parse("/sto+ring/")),
            ("word", parse("новости")),
        ]
    )
    found = matcher.matches_many(
        [Post(text="Stoooring"), Post(text="storing"), Post(text="Новости!"), Post()]
    )
    assert [tuple(match.id for match in matches) for matches in found] == [
        ("regex",), ("list", "regex"), ("word",), (),
    ]  # fmt: skip


def test_a_matcher_without_queries_matches_nothing() -> None:
    assert Matcher([]).matches_many([Post(text="x")] * 3) == [()] * 3
    assert Matcher([("a", parse("abc"))]).matches_many([]) == []


def test_many_posts_are_scanned_in_pieces_and_stay_in_order() -> None:
    given_posts = [
        Post(text=f"{'woord ' * 40}nummer{number} " + "é" * (number % 2)) for number in range(3000)
    ]
    found = Matcher([("one", parse("nummer2999 OR nummer0 OR nummer1500"))]).matches_many(given_posts)
    assert [place for place, matches in enumerate(found) if matches] == [0, 1500, 2999]


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.NU.nl/artikel?x=1", "nu.nl"),
        ("https://blog.example.org:8080/", "blog.example.org"),
        ("", ""),
        ("geen adres", ""),
        ("http://[kapot", ""),
    ],
)
def test_the_site_of_an_address_is_its_host(url: str, site: str) -> None:
    assert site_of(url) == site


def test_a_mention_becomes_a_post() -> None:
    seen = post_of(builders.mention("Hallo", title="T", canonical_url="https://www.nu.nl/a"))
    assert seen == Post(title="T", text="Hallo", site="nu.nl", source="blog", lang="nl")


def test_a_hostile_text_costs_its_length_only() -> None:
    query = parse('((ab NEAR/30 b) NEAR/30 (ab NEAR/5 b)) OR "a a b" OR aa* OR "ab ab b"~9')
    assert query.spans("ab b " * 400) is not None
    assert parse('"a a b" OR aa* OR *bcd OR a*b*c').spans("a " * 20_000 + "a" * 20_000) is None
