"""A slip or doubt about a query, with its place, becomes a sentence in Dutch or English. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from classify.query_phrases import PHRASES
from klankbord.errors import QueryError

Language = Literal["nl", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to tell about a query; line and column count from 1."""

    #: stable name, for a screen or a test
    code: str
    line: int
    column: int
    #: the query cannot be used as it is
    refused: bool = False
    #: what the sentences quote, in order
    quoted: tuple[str, ...] = ()

    def read(self, language: Language) -> str:
        """What was read, or what is wrong."""
        return PHRASES[self.code][language][0].format(*self.quoted)

    def meant(self, language: Language) -> str:
        """What else could have been meant, or what to write instead."""
        return PHRASES[self.code][language][1].format(*self.quoted)

    def words(self, language: Language) -> str:
        """Both, as one sentence."""
        return f"{self.read(language)}; {self.meant(language)}"


class QueryMistakes(QueryError):  # noqa: N818 - it is an error by descent, and holds several
    """A query that cannot be read; its place is that of the first mistake, `remarks` holds all."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        """Tell every mistake, the first one first."""
        first, *others = self.remarks = tuple(sorted(remarks, key=lambda one: (one.line, one.column)))
        told = [f"line {other.line}, column {other.column}: {other.words('en')}" for other in others[:_TOLD]]
        if len(others) > _TOLD:
            told.append(f"and {len(others) - _TOLD} more")
        super().__init__(" - ".join([first.words("en"), *told]), line=first.line, column=first.column)


#: further mistakes written out in one error
_TOLD = 4
#: remarks gathered on one query; a hostile one has thousands
_MOST = 100


def short(text: str, longest: int = 60) -> str:
    """A text to quote, on one line and not too long."""
    flat = " ".join(text[: 4 * longest].split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


class Remarks:
    """Gathers remarks about one expression."""

    def __init__(self, expression: str) -> None:
        """Nothing to remark yet."""
        self._expression = expression
        self._all: list[Remark] = []

    def add(self, code: str, at: int, *quoted: str, refused: bool = False) -> None:
        """Remark on what stands at an offset."""
        if len(self._all) >= _MOST:
            return
        line = self._expression.count("\n", 0, at) + 1
        column = at - self._expression.rfind("\n", 0, at)
        cut = tuple(short(text, 300) for text in quoted)
        self._all.append(Remark(code=code, line=line, column=column, refused=refused, quoted=cut))

    def refuse(self, code: str, at: int, *quoted: str) -> None:
        """Remark on what makes the query unusable."""
        if len(self._all) >= _MOST and not self.refused:
            self._all.pop()
        self.add(code, at, *quoted, refused=True)

    def settle(self) -> tuple[Remark, ...]:
        """The doubts, when nothing was refused.

        Raises:
            QueryMistakes: with every mistake.
        """
        if mistakes := [one for one in self._all if one.refused]:
            raise QueryMistakes(mistakes)
        return tuple(sorted(self._all, key=lambda one: (one.line, one.column)))

    @property
    def refused(self) -> bool:
        """Whether anything makes the query unusable."""
        return any(one.refused for one in self._all)
