"""Queries and what is confidential come in; the words that a platform may be asked for go out. Pure."""

from collections.abc import Collection, Sequence
from functools import lru_cache

from classify.folding import fold
from classify.query import parse
from classify.query_search import sendable
from klankbord.ports import Search
from klankbord.settings import Organisation, QuerySettings


def searches_of(
    queries: Sequence[QuerySettings], organisation: Organisation, wanted: Collection[str] = ()
) -> tuple[Search, ...]:
    """What a source may be asked for, each text once, in the order of the queries.

    Args:
        queries: all of them; a confidential one gives nothing.
        organisation: no search holds a term of its confidential topics, whoever wrote it into a query.
        wanted: ids of the queries that apply to the source; none: all.
    """
    secret = tuple(fold(term) for topic in organisation.topic for term in (*topic.terms_nl, *topic.terms_en))
    found: dict[tuple[str, bool], Search] = {}
    for query in queries:
        if query.confidential or (wanted and query.id not in wanted):
            continue
        for search in _of(query):
            folded = fold(search.text)
            if not any(term in folded for term in secret):
                found.setdefault((folded, search.prefix), search)
    return tuple(found.values())


# Asked for at every poll of every source that searches, and reading a query costs milliseconds.
@lru_cache(maxsize=256)
def _of(query: QuerySettings) -> tuple[Search, ...]:
    if query.search:
        return tuple(Search(query_id=query.id, text=text, phrase=" " in text) for text in query.search)
    return tuple(
        Search(query_id=query.id, text=term.text, phrase=term.phrase, prefix=term.prefix)
        for term in sendable(parse(query.expression))
    )
