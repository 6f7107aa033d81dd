"""A mention comes in; the ids of the queries it meets go out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from classify.aboutness import Aboutness
from classify.language import detect
from classify.matcher import Match, Matcher
from classify.matcher_post import Place, Post, joined, post_of
from classify.query import parse, term
from klankbord.mention import Mention
from klankbord.settings import Organisation, QuerySettings

#: id under which the names of rivals stand in their own matcher
_RIVAL = "rival"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the gate found on one mention."""

    #: ids of the queries that let it in; none: not a mention
    queries: tuple[str, ...] = ()
    #: ids of those that hit nothing but an ambiguous name, in a post that is not about the organisation
    not_about: tuple[str, ...] = ()


_OUTSIDE = Entry()


class OrganisationGate:
    """Decides which mentions are about the organisation; implements `klankbord.ports.Gate`."""

    def __init__(self, queries: Sequence[QuerySettings], organisation: Organisation) -> None:
        """Read every query once.

        Raises:
            QueryError: a query cannot be read.
        """
        self._languages = {query.id: query.language for query in queries}
        self._matcher = Matcher((query.id, parse(query.expression)) for query in queries)
        self._aboutness = Aboutness(organisation)
        self._rivals = Matcher((_RIVAL, term(name)) for name in organisation.competitors)

    def matched(self, mention: Mention) -> tuple[str, ...]:
        """Ids of the queries that the mention's title, text or context meets; none: not a mention."""
        return self.matched_many((mention,))[0]

    def matched_many(self, mentions: Sequence[Mention]) -> list[tuple[str, ...]]:
        """As `matched`, for many at once: far cheaper than one by one."""
        return [entry.queries for entry in self.entries(mentions)]

    def entries(self, mentions: Sequence[Mention]) -> list[Entry]:
        """As `matched_many`, with what was left out as not about the organisation, so that it is counted."""
        posts = [post_of(mention) for mention in mentions]
        found = self._matcher.matches_many(posts)
        return [
            self._entry(post, matches) if matches else _OUTSIDE
            for post, matches in zip(posts, found, strict=True)
        ]

    def _entry(self, post: Post, matches: tuple[Match, ...]) -> Entry:
        names = [place for match in self._rivals.matches(post) for place in match.places]
        ours = [
            match
            for match in matches
            if not _inside(match.places, names) and self._language_fits(match.id, post)
        ]
        doubted = self._doubted(post, ours)
        if not doubted or self._aboutness.about(
            "\n".join(filter(None, (post.title, post.text, post.context)))
        ):
            return Entry(queries=tuple(match.id for match in ours))
        return Entry(
            queries=tuple(match.id for match in ours if match.id not in doubted),
            not_about=tuple(doubted),
        )

    def _doubted(self, post: Post, matches: Sequence[Match]) -> list[str]:
        """Ids of the queries whose every hit is an ambiguous name: more words in a query settle it."""
        if not self._aboutness.doubts:
            return []
        return [
            match.id
            for match in matches
            if match.places and all(self._aboutness.doubtful(_words(post, place)) for place in match.places)
        ]

    def _language_fits(self, query_id: str, post: Post) -> bool:
        language = self._languages[query_id]
        if not language:
            return True
        # A text whose language nobody can tell passes: the guard stops it, nothing is lost here.
        lang = post.lang or detect(joined(post))
        return not lang or lang[:2].lower() == language


def _words(post: Post, place: Place) -> str:
    field: str = getattr(post, place.field)
    return field[place.start : place.end]


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
