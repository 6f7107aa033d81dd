"""A mention comes in; the ids of the queries it meets go out. Pure."""

from collections.abc import Sequence

from classify.folding import fold
from classify.language import detect
from classify.query import Query, Span, parse, term
from klankbord.mention import Mention
from klankbord.settings import Organisation, QuerySettings

#: stands between title, text and context, so that a phrase cannot run from one into the other
_BORDER = "\n¶\n"


class OrganisationGate:
    """Decides which mentions are about the organisation; implements `klankbord.ports.Gate`."""

    def __init__(self, queries: Sequence[QuerySettings], organisation: Organisation) -> None:
        """Read every query once.

        Raises:
            QueryError: a query cannot be read.
        """
        self._queries: tuple[tuple[str, str | None, Query], ...] = tuple(
            (query.id, query.language, parse(query.expression)) for query in queries
        )
        self._rivals = tuple(term(name) for name in organisation.competitors)

    def matched(self, mention: Mention) -> tuple[str, ...]:
        """Ids of the queries that the mention's title, text or context meets; none: not a mention."""
        text = _BORDER.join((mention.title, mention.text, mention.context))
        folded = fold(text)
        found: list[str] = []
        lang = mention.lang
        for query_id, language, query in self._queries:
            spans = query.spans_in(text, folded)
            if not spans or self._only_rival(text, folded, spans):
                continue
            if language:
                lang = lang or detect(text)
                # A text whose language nobody can tell passes: the guard stops it, nothing is lost here.
                if lang and lang[:2].lower() != language:
                    continue
            found.append(query_id)
        return tuple(found)

    def _only_rival(self, text: str, folded: str, spans: tuple[Span, ...]) -> bool:
        """Whether every hit lies inside the longer name of a rival ("Noord" in "Noord Bank")."""
        if not self._rivals or len(folded) != len(text):
            return False
        names = [hit for rival in self._rivals for hit in rival.hits(folded) or ()]
        return bool(names) and all(
            any(start <= low and high <= end and high - low < end - start for start, end in names)
            for low, high in spans
        )
