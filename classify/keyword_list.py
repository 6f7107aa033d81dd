"""The table of a keyword list comes in; its terms and boxes, read and checked, go out. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classify.query import Query, each_line, parse, parse_list
from classify.query_person import person_terms
from classify.query_remark import QueryMistakes
from klankbord.errors import Mistake, QueryError, SettingsError
from klankbord.settings import Exclusion, KeywordList, Organisation, Settings


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
