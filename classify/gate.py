"""A mention comes in; the ids of the queries it meets go out. Pure."""

from collections.abc import Sequence

from classify.language import detect
from classify.matcher import Match, Matcher
from classify.matcher_post import Place, Post, joined, post_of
from classify.query import parse, term
from klankbord.mention import Mention
from klankbord.settings import Organisation, QuerySettings

#: id under which the names of rivals stand in their own matcher
_RIVAL = "rival"


class OrganisationGate:
    """Decides which mentions are about the organisation; implements `klankbord.ports.Gate`."""

    def __init__(self, queries: Sequence[QuerySettings], organisation: Organisation) -> None:
        """Read every query once.

        Raises:
            QueryError: a query cannot be read.
        """
        self._languages = {query.id: query.language for query in queries}
        self._matcher = Matcher((query.id, parse(query.expression)) for query in queries)
        self._rivals = Matcher((_RIVAL, term(name)) for name in organisation.competitors)

    def matched(self, mention: Mention) -> tuple[str, ...]:
        """Ids of the queries that the mention's title, text or context meets; none: not a mention."""
        return self.matched_many((mention,))[0]

    def matched_many(self, mentions: Sequence[Mention]) -> list[tuple[str, ...]]:
        """As `matched`, for many at once: far cheaper than one by one."""
        posts = [post_of(mention) for mention in mentions]
        found = self._matcher.matches_many(posts)
        return [self._kept(post, matches) for post, matches in zip(posts, found, strict=True)]

    def _kept(self, post: Post, matches: tuple[Match, ...]) -> tuple[str, ...]:
        if not matches:
            return ()
        names = [place for match in self._rivals.matches(post) for place in match.places]
        ours = [match.id for match in matches if not _inside(match.places, names)]
        return tuple(query_id for query_id in ours if self._language_fits(query_id, post))

    def _language_fits(self, query_id: str, post: Post) -> bool:
        language = self._languages[query_id]
        if not language:
            return True
        # A text whose language nobody can tell passes: the guard stops it, nothing is lost here.
        lang = post.lang or detect(joined(post))
        return not lang or lang[:2].lower() == language


def _inside(places: Sequence[Place], names: Sequence[Place]) -> bool:
    """Whether every hit lies inside the longer name of a rival ("Noord" in "Noord Bank")."""
    return bool(names) and all(
        any(
            name.field == place.field
            and name.start <= place.start
            and place.end <= name.end
            and place.end - place.start < name.end - name.start
            for name in names
        )
        for place in places
    )
