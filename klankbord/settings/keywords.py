"""config/keywords: keyword lists and exclusion templates, one TOML file each, come in as checked tables."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, Field, model_validator

from klankbord.errors import Mistake
from klankbord.settings.values import Key, Table

#: a list under this name says what is about the organisation, instead of touching a clause
ORGANISATION = "organisation"
#: folder of the lists in a config folder, and of the templates in that
FOLDER, TEMPLATES = "keywords", "exclusions"
#: characters of one list file: a version keeps the whole of it
LARGEST = 200_000

Sentences = tuple[Annotated[str, Field(min_length=2, max_length=2000)], ...]
_Model = TypeVar("_Model", bound=BaseModel)
#: reads one file, and notes its mistakes
Read = Callable[[Path, type[_Model], list[Mistake]], _Model | None]


class ListedTerm(Table):
    """[[term]] in a list: one term with sentences that prove it."""

    #: a word or phrase, as on a line of `terms`
    text: str = Field(default="", max_length=500)
    #: instead of `text`: a boolean expression
    query: str = Field(default="", max_length=5000)
    #: sentences that the term must find
    must_match: Sentences = ()
    #: sentences that it must leave alone
    must_not_match: Sentences = ()
    #: why it is there, for your colleagues
    note: str = Field(default="", max_length=2000)

    @model_validator(mode="after")
    def _one(self) -> "ListedTerm":
        if bool(self.text.strip()) == bool(self.query.strip()):
            raise ValueError("`text` or `query`, one of the two")
        return self

    @property
    def shown(self) -> str:
        """As it was written."""
        return " ".join((self.text or self.query).split())


class KeywordList(Table):
    """keywords/ID.toml: a named list of terms for a clause."""

    #: the name of the file without .toml
    id: Key
    #: number of the clause, such as C02, or "organisation": what is about the organisation
    clause: str = Field(pattern=r"^(C\d{2}|organisation)$")
    #: counts in texts of this language; one whose language is not clear passes
    language: Literal["nl", "en", "both"] = "both"
    #: how much a match says by itself: it lifts a score to 1 - (1 - score) x (1 - weight)
    weight: float = Field(default=0.3, ge=0, le=1)
    #: its terms are matched on this machine only
    confidential: bool = False
    #: one word or phrase a line; `# ` begins a comment
    terms: str = Field(default="", max_length=100_000)
    #: the tables [[term]]: terms with sentences that prove them
    term: tuple[ListedTerm, ...] = Field(default=(), max_length=2000)
    #: at least one of these lines must stand in the post as well
    required: str = Field(default="", max_length=100_000)
    #: none of these lines may stand in the post
    excluded: str = Field(default="", max_length=100_000)
    #: names of exclusion templates
    exclude_templates: tuple[Key, ...] = ()
    #: sentences that the list as a whole must find, boxes included
    must_match: Sentences = ()
    #: sentences that it must leave alone
    must_not_match: Sentences = ()
    #: what the list is for
    note: str = Field(default="", max_length=2000)

    @model_validator(mode="after")
    def _not_empty(self) -> "KeywordList":
        if not self.terms.strip() and not self.term:
            raise ValueError("at least one term, under `terms` or as [[term]]")
        return self

    @property
    def file(self) -> str:
        """The file as a person knows it."""
        return f"{FOLDER}/{self.id}.toml"


class Exclusion(Table):
    """keywords/exclusions/ID.toml: lines that several lists leave out."""

    #: the name of the file without .toml
    id: Key
    #: one word or phrase a line; {name} stands for each name of the organisation
    excluded: str = Field(min_length=2, max_length=20_000)
    #: sentences that it must leave out
    must_match: Sentences = ()
    #: sentences that it must let pass
    must_not_match: Sentences = ()
    #: what it leaves out
    note: str = Field(default="", max_length=2000)

    @property
    def file(self) -> str:
        """The file as a person knows it."""
        return f"{FOLDER}/{TEMPLATES}/{self.id}.toml"


def read_lists(
    config: Path, starter: Path, read: Read[BaseModel], mistakes: list[Mistake]
) -> tuple[tuple[KeywordList, ...], tuple[Exclusion, ...]]:
    """Every list of a config folder, and the templates that they may name; those that ship are always there.

    Args:
        config: the config folder; its own template goes before one that ships.
        starter: the config that ships.
        read: reads one file.
        mistakes: gets every mistake.
    """
    folder = config / FOLDER
    lists = _tables(folder, KeywordList, read, mistakes)
    own = _tables(folder / TEMPLATES, Exclusion, read, mistakes)
    named = {one.id for one in own}
    shipped = _tables(starter / FOLDER / TEMPLATES, Exclusion, read, mistakes)
    exclusions = (*own, *(one for one in shipped if one.id not in named))
    mistakes += _loose(lists, [one.id for one in exclusions])
    return tuple(lists), exclusions


def _tables(
    folder: Path, model: type[_Model], read: Read[BaseModel], mistakes: list[Mistake]
) -> list[_Model]:
    found: list[_Model] = []
    for file in sorted(folder.glob("*.toml")):
        wrong: list[Mistake] = []
        name = str(file.relative_to(folder.parent if folder.name == FOLDER else folder.parents[1]))
        if file.stat().st_size > LARGEST:
            wrong.append(Mistake(file=name, key="-", found="a larger file", allowed=f"{LARGEST} bytes"))
        elif isinstance(table := read(file, model, wrong), model):
            found.append(table)
            if (given := getattr(table, "id", "")) != file.stem:
                wrong.append(
                    Mistake(file=name, key="id", found=repr(given), allowed=f"{file.stem!r}, the file's name")
                )
        mistakes += [replace(one, file=name) for one in wrong]
    return found


def _loose(lists: Sequence[KeywordList], known: Sequence[str]) -> list[Mistake]:
    return [
        Mistake(file=one.file, key="exclude_templates", found=repr(name), allowed=f"one of {sorted(known)}")
        for one in lists
        for name in one.exclude_templates
        if name not in known
    ]
