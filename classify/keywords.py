"""Keyword lists come in; for each post the lists and terms that hit it, with their places, go out. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from classify.keyword_list import CompiledList, compile_all
from classify.matcher import Match, Matcher
from classify.matcher_post import Place, Post, post_of
from classify.query import Query
from klankbord.mention import Mention
from klankbord.settings import KeywordList, Settings

#: the evidence of a list carries this before the list's id
SIGNAL = "keyword:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHit:
    """A list that hits a post."""

    table: KeywordList
    #: (number of the term in the list, its places)
    terms: tuple[tuple[int, tuple[Place, ...]], ...]

    @property
    def signal(self) -> str:
        """The name under which it votes."""
        return SIGNAL + self.table.id

    @property
    def places(self) -> tuple[Place, ...]:
        """Where its terms stand, in order, each once."""
        return tuple(sorted({place for _, places in self.terms for place in places}))


class Keywords:
    """Holds compiled lists against posts, all at once."""

    def __init__(self, lists: Iterable[CompiledList]) -> None:
        """Prepare the lists; they may be two versions of one."""
        self.lists = tuple(lists)
        #: for each query of the matcher: its list, and which term it is (None: required or excluded)
        self._roles: dict[str, tuple[int, int | None, bool]] = {}
        self._matcher = Matcher(self._numbered())

    def _numbered(self) -> Iterable[tuple[str, Query]]:
        for number, one in enumerate(self.lists):
            boxes = [(query, False) for query in one.excluded]
            boxes += [(one.required, True)] if one.required else []
            given: list[tuple[Query, int | None, bool]] = [(query, None, wanted) for query, wanted in boxes]
            given += [(query, place, True) for place, (_, query) in enumerate(one.terms)]
            for query, place, wanted in given:
                name = str(len(self._roles))
                self._roles[name] = (number, place, wanted)
                yield name, query

    def hits_many(
        self, posts: Sequence[Post], lang_of: Callable[[int], str | None]
    ) -> list[tuple[tuple[int, ListHit], ...]]:
        """For each post the lists that hit it, each with its number.

        Args:
            posts: what is looked at.
            lang_of: the language of a post by its place; asked only where a list wants to know.
        """
        if not self.lists:
            return [()] * len(posts)
        found = self._matcher.matches_many(posts)
        return [self._hits(matches, place, lang_of) if matches else () for place, matches in enumerate(found)]

    def hits(self, post: Post, lang: str | None) -> tuple[ListHit, ...]:
        """The lists that hit one post."""
        return tuple(hit for _, hit in self.hits_many((post,), lambda _: lang)[0])

    def _hits(
        self, matches: tuple[Match, ...], place: int, lang_of: Callable[[int], str | None]
    ) -> tuple[tuple[int, ListHit], ...]:
        terms: dict[int, list[tuple[int, tuple[Place, ...]]]] = {}
        met: set[int] = set()
        barred: set[int] = set()
        for match in matches:
            number, term, wanted = self._roles[match.id]
            if term is not None:
                terms.setdefault(number, []).append((term, match.places))
            else:
                (met if wanted else barred).add(number)
        return tuple(
            (number, ListHit(table=one.table, terms=tuple(found)))
            for number, found in sorted(terms.items())
            if number not in barred
            and ((one := self.lists[number]).required is None or number in met)
            and _speaks(one.table, place, lang_of)
        )


def _speaks(table: KeywordList, place: int, lang_of: Callable[[int], str | None]) -> bool:
    return table.language == "both" or lang_of(place) in (table.language, None)


def post_for(mention: Mention, *, whole: bool = False) -> Post:
    """What a list looks at: what the post itself says; `whole`: also the post that it answers."""
    post = post_of(mention)
    return post if whole else replace(post, context="")


def keywords_of(settings: Settings) -> Keywords:
    """The lists of clauses, ready.

    Raises:
        SettingsError: with every mistake in them.
    """
    return Keywords(one for one in compile_all(settings) if one.table.clause != "organisation")
