"""Which words a platform is asked for, so that nothing a query matches is missed."""

import pytest

from classify.query import parse
from classify.query_search import SearchTerm, sendable

SEARCHES = [
    ("voorbeeld", ["voorbeeld"]),
    ('"Voorbeeld BV"', ['"Voorbeeld BV"']),
    ("verkoop*", ["verkoop*"]),
    ("a1 OR b1", ["a1", "b1"]),
    ("a1 OR a1", ["a1"]),
    ("a1 AND langer", ["langer"]),
    ("(a1 OR b1 OR c1) AND word", ["word"]),
    ("word NOT (a1 OR b1)", ["word"]),
    ('("Example Energy" OR Examply*) NOT (photo OR "golden hour")', ['"Example Energy"', "Examply*"]),
    ("(a1 OR b1) AND (c1 OR d1 OR e1)", ["a1", "b1"]),
]


def shown(term: SearchTerm) -> str:
    text = f'"{term.text}"' if term.phrase else term.text
    return text + "*" * term.prefix


@pytest.mark.parametrize(("expression", "searches"), SEARCHES)
def test_a_platform_is_asked_for_the_fewest_words_that_miss_nothing(
    expression: str, searches: list[str]
) -> None:
    assert [shown(term) for term in sendable(parse(expression))] == searches
