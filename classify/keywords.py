"""Keyword lists come in; for each post the lists and terms that hit it, with their places, go out. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from classify.language import detect
from classify.matcher import Match, Matcher
from classify.matcher_post import Place, Post, post_of
from classify.query import Query, each_line, parse, parse_list
from classify.query_person import person_terms
from classify.query_remark import QueryMistakes
from klankbord.errors import Mistake, QueryError, SettingsError
from klankbord.mention import Mention
from klankbord.settings import Exclusion, KeywordList, Organisation, Settings

#: the evidence of a list carries this before the list's id
SIGNAL = "keyword:"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledList:
    """A list that was read and checked."""

    table: KeywordList
    #: each term as it was written, with its query
    terms: tuple[tuple[str, Query], ...]
    required: Query | None = None
    #: the excluded box and the templates; one that matches is enough
    excluded: tuple[Query, ...] = ()
    #: every text of the file as it was read, by its key, with what there is to remark
    boxes: tuple[tuple[str, Query], ...] = ()

    @property
    def queries(self) -> tuple[Query, ...]:
        """Everything in it that a person wrote."""
        boxes = (self.required,) if self.required else ()
        return (*(query for _, query in self.terms), *boxes, *self.excluded)


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


def lang_of(mention: Mention) -> str | None:
    """What the words themselves say; only where they say nothing, what the source says."""
    told = mention.lang[:2].lower() if mention.lang else None
    return detect(f"{mention.title} {mention.text}") or told


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


def compile_all(settings: Settings) -> tuple[CompiledList, ...]:
    """Every list, read.

    Raises:
        SettingsError: with every mistake in them.
    """
    done: list[CompiledList] = []
    mistakes: list[Mistake] = []
    for table in settings.keyword_lists:
        try:
            done.append(compiled(table, settings.exclusions, settings.organisation))
        except SettingsError as error:
            mistakes += error.mistakes
    if mistakes:
        raise SettingsError(tuple(mistakes))
    return tuple(done)


def compiled(table: KeywordList, exclusions: Sequence[Exclusion], organisation: Organisation) -> CompiledList:
    """One list, read.

    Raises:
        SettingsError: with every mistake in it, each with its line or term.
    """
    box = _Box(table.file, organisation)
    terms = [pair for query in box.read("terms", table.terms) for pair in each_line(query)]
    for number, one in enumerate(table.term, start=1):
        key = f"term.{number}"
        read = box.read(f"{key}.text", one.text) or box.read(f"{key}.query", one.query, boolean=True)
        terms += [(one.shown, query) for query in read]
    required = box.read("required", table.required)
    excluded = box.read("excluded", table.excluded)
    for exclusion in exclusions:
        if exclusion.id in table.exclude_templates:
            excluded += template(exclusion, organisation)
    if not terms and not box.mistakes:
        box.mistakes.append(Mistake(file=table.file, key="terms", found="no term", allowed="at least one"))
    if box.mistakes:
        raise SettingsError(tuple(box.mistakes))
    return CompiledList(
        table=table,
        terms=tuple(terms),
        required=required[0] if required else None,
        excluded=tuple(excluded),
        boxes=tuple(box.read_so_far),
    )


def template(exclusion: Exclusion, organisation: Organisation) -> list[Query]:
    """An exclusion template for one organisation.

    Raises:
        SettingsError: with every mistake in it.
    """
    lines = [
        line.replace("{name}", re.sub(r'["“”#~*?@]', " ", name))
        for line in exclusion.excluded.splitlines()
        for name in (organisation.names if "{name}" in line else ("",))
    ]
    box = _Box(exclusion.file, organisation)
    read = box.read("excluded", "\n".join(lines))
    if box.mistakes:
        raise SettingsError(tuple(box.mistakes))
    return read


class _Box:
    """Reads the texts of one file and gathers what is wrong with them."""

    def __init__(self, file: str, organisation: Organisation) -> None:
        self._file, self._accounts = file, organisation.official_accounts
        self.mistakes: list[Mistake] = []
        self.read_so_far: list[tuple[str, Query]] = []

    def read(self, key: str, text: str, *, boolean: bool = False) -> list[Query]:
        """The query of a text; none where it is empty or wrong."""
        if not "".join(line.partition("# ")[0] for line in text.splitlines()).strip():
            return []
        try:
            query = parse(text) if boolean else parse_list(text)
        except QueryMistakes as error:
            for one in error.remarks:
                self._note(key, one.line, one.column, one.words("en"))
            return []
        except QueryError as error:
            self._note(key, error.line, error.column, error.problem)
            return []
        persons = person_terms(query, self._accounts)
        for person in persons:
            self._note(key, person.line, person.column, person.reason)
        self.read_so_far.append((key, query))
        return [] if persons else [query]

    def _note(self, key: str, line: int, column: int, problem: str) -> None:
        found = f"line {line}, column {column}"
        self.mistakes.append(Mistake(file=self._file, key=key, found=found, allowed=problem))
