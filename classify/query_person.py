"""A query comes in; what in it names a person instead of the organisation goes out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from classify.folding import fold
from classify.query import Query
from classify.query_ast import Handle, walk


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonTerm:
    """A part of a query that would follow a person (law.md A4); line and column count from 1."""

    text: str
    line: int
    column: int

    @property
    def reason(self) -> str:
        """Why it is refused, and what is allowed."""
        return (
            f"{self.text} is an account: queries name the organisation, never a person;"
            " list it under official_accounts if it speaks for the organisation"
        )


def person_terms(query: Query, official_accounts: Iterable[str] = ()) -> tuple[PersonTerm, ...]:
    """The accounts that a query looks for and that are not the organisation's own.

    `author:` and `from:` never come this far: the reading of a query refuses them.
    """
    own = {fold(account).strip().lstrip("@") for account in official_accounts}
    found = [node for node in walk(query.root) if isinstance(node, Handle) and node.name not in own]
    return tuple(_told(query.expression, node) for node in found)


def _told(expression: str, node: Handle) -> PersonTerm:
    start = node.at[0]
    line = expression.count("\n", 0, start) + 1
    column = start - expression.rfind("\n", 0, start)
    return PersonTerm(text=f"@{node.name}", line=line, column=column)
