"""The conformance table: what listening tools promise for each operator, and sixty Dutch cases of our own."""

import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from classify.query import parse, parse_list
from classify.query_lint import lint
from classify.query_remark import QueryMistakes


class Case(NamedTuple):
    face: str
    query: str
    text: str
    #: "yes", "no", "refused CODE" or "lint CODE"
    outcome: str


TABLE = Path(__file__).parent / "data" / "queries" / "conformance.toml"
CASES = [Case(**row) for row in tomllib.loads(TABLE.read_text("utf-8"))["case"]]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{number}-{case.query[:40]}" for number, case in enumerate(CASES)]
)
def test_a_query_of_the_table_does_what_the_table_says(case: Case) -> None:
    read = parse_list if case.face == "list" else parse
    word, _, code = case.outcome.partition(" ")
    if word == "refused":
        with pytest.raises(QueryMistakes) as raised:
            read(case.query)
        assert code in [remark.code for remark in raised.value.remarks]
        return
    query = read(case.query)
    if word == "lint":
        assert code in [remark.code for remark in lint(query)]
    else:
        assert (query.spans(case.text) is not None) == (word == "yes")


def test_the_table_holds_every_row_and_sixty_cases_of_our_own() -> None:
    assert len(CASES) >= 17 + 60
    assert len(set(CASES)) == len(CASES)


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("@spotler", "mention:spotler"),
        ("#x", "hashtag:x"),
        ("a1 NOT b1", "a1 AND NOT b1"),
        ("a1 NOT b1", "a1 -b1"),
        ("a1 ONEAR/2 b1", "a1 NEAR/2f b1"),
        ("“klant gegevens”", '"klant gegevens"'),
        ("Café", "cafe"),
        ('site:"https://www.mysite.com/"', "site:mysite.com"),
    ],
)
def test_two_spellings_make_one_tree(query: str, same: str) -> None:
    first, second = (parse(f"{text} zaak") if "site" in text else parse(text) for text in (query, same))
    assert first.root == second.root


def test_a_list_and_a_boolean_query_make_one_tree() -> None:
    boxes = parse_list("Voorbeeld BV\nverkoop*", required="klacht\nstoring", excluded="vacature")
    assert boxes.root == parse('("Voorbeeld BV" OR verkoop*) AND (klacht OR storing) NOT vacature').root


def test_both_readings_of_mixed_operators_are_spelled_out() -> None:
    with pytest.raises(QueryMistakes, match="reads two ways") as raised:
        parse("aap NOT noot OR mies")
    [remark] = raised.value.remarks
    assert remark.quoted == ("(aap NOT noot) OR mies", "aap NOT (noot OR mies)")
