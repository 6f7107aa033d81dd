"""An organisation query comes in as text; a Query that finds its words in posts goes out. Pure.

Operators in capitals: `AND`, `OR`, `NOT` (or a leading `-`), brackets, `"a phrase"`, `prefix*`. Words side by
side mean AND. A word is a whole word; case and accents do not count; a space in a phrase also stands for a
hyphen. OR beside AND must carry brackets: vendors read it differently, so it is asked, never guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Union, cast

from classify.folding import fold, unfolded
from classify.query_lint import lint
from klankbord.errors import QueryError

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

    Branch = Tree[Token]

Span = tuple[int, int]
Node = Union["Term", "Not", "And", "Or"]

_GRAMMAR = r"""
start: either
either: both (_OR both)*
both: one (_AND? one)*
?one: (NOT | DASH) one -> negated
    | "(" either ")" -> group
    | PHRASE -> phrase
    | WORD -> word
_OR.3: /OR(?![^\s()"])/
_AND.3: /AND(?![^\s()"])/
NOT.3: /NOT(?![^\s()"])/
DASH.2: /-(?=[^\s-])/
PHRASE: /"[^"]*"/
WORD: /[^\s()"-][^\s()"]*/
%ignore /\s+/
"""
#: hyphen, non-breaking hyphen, figure, en and em dash
_DASHES = "-\u2010\u2011\u2012\u2013\u2014"
_SPACE = rf"[\s{re.escape(_DASHES)}_]{{1,4}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word, phrase or prefix."""

    shown: str
    #: folded text that must occur somewhere: cheap to look for, so it goes first
    literal: str
    pattern: re.Pattern[str]

    def hits(self, folded: str) -> list[Span] | None:
        """Where it stands, or None."""
        if self.literal not in folded:
            return None
        return [match.span() for match in self.pattern.finditer(folded)] or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """What must not stand there."""

    child: Node

    def hits(self, folded: str) -> list[Span] | None:
        """Nothing to show when it holds."""
        return None if self.child.hits(folded) is not None else []


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """Everything must hold."""

    children: tuple[Node, ...]

    def hits(self, folded: str) -> list[Span] | None:
        """Spans of all, or None as soon as one fails."""
        found: list[Span] = []
        for child in self.children:
            hits = child.hits(folded)
            if hits is None:
                return None
            found += hits
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """One is enough."""

    children: tuple[Node, ...]

    def hits(self, folded: str) -> list[Span] | None:
        """Spans of each that holds, or None."""
        found = [hits for child in self.children if (hits := child.hits(folded)) is not None]
        return [span for hits in found for span in hits] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query that was read and checked."""

    expression: str
    root: Node

    def spans(self, text: str) -> tuple[Span, ...] | None:
        """Where the words that count stand in the text (code points), or None: no match."""
        return self.spans_in(text, fold(text))

    def spans_in(self, text: str, folded: str) -> tuple[Span, ...] | None:
        """As `spans`, for who has folded the text already."""
        hits = self.root.hits(folded)
        if hits is None:
            return None
        return tuple(sorted(set(hits if len(folded) == len(text) else unfolded(text, hits))))


def parse(expression: str) -> Query:
    """Read a query.

    Raises:
        QueryError: with line, column and what to write instead.
    """
    from lark.exceptions import UnexpectedInput

    lint(expression)
    try:
        tree = _parser().parse(expression)
    except UnexpectedInput as error:
        line, column = _place(expression, error)
        raise QueryError(
            "something is missing or too much here; an operator needs words or brackets on both sides",
            line=line,
            column=column,
        ) from error
    root = _node(_branches(tree)[0])
    if not _anchored(root):
        raise QueryError("only says what must not stand there; add a word that must", line=1, column=1)
    return Query(expression=expression, root=root)


def term(words: str, *, prefix: bool = False) -> Term:
    """A word or phrase as a query would find it: whole words, case and accents aside."""
    parts = re.split(r"([^\w]+)", fold(" ".join(words.split())))
    pieces = [_piece(part) for part in parts if part]
    literal = max(re.findall(r"\w+", " ".join(parts)) or [fold(words)], key=len)
    if parts[0]:
        # a pattern that begins with plain letters is searched for far quicker than one that looks back first
        pieces[0] += rf"(?<!\w{pieces[0]})"
    end = r"\w*" if prefix else r"(?!\w)" if parts[-1] else ""
    return Term(shown=words, literal=literal, pattern=re.compile("".join(pieces) + end))


def _piece(part: str) -> str:
    if part[0].isalnum() or part[0] == "_":
        return re.escape(part)
    return (
        _SPACE
        if not part.strip(f" {_DASHES}")
        else r"\s?".join(re.escape(sign) for sign in part if sign != " ") + r"\s?"
    )


@cache
def _parser() -> "Lark":
    from lark import Lark

    return Lark(_GRAMMAR, parser="lalr", propagate_positions=True, maybe_placeholders=False)


def _place(expression: str, error: object) -> tuple[int, int]:
    line, column = getattr(error, "line", -1), getattr(error, "column", -1)
    if isinstance(line, int) and isinstance(column, int) and line > 0 and column > 0:
        return line, column
    lines = expression.split("\n")
    return len(lines), len(lines[-1]) + 1


def _branches(branch: "Branch") -> "list[Branch]":
    """The parts of a branch that are no bare sign."""
    return [cast("Branch", child) for child in branch.children if hasattr(child, "data")]


def _node(branch: "Branch") -> Node:
    if branch.data == "phrase":
        return _quoted(branch)
    if branch.data == "word":
        word = str(branch.children[0])
        return term(word.rstrip("*"), prefix=word.endswith("*"))
    children = _branches(branch)
    if branch.data == "negated":
        return Not(child=_node(children[0]))
    if branch.data == "group":
        return _node(children[0])
    if branch.data == "either":
        _refuse_mixed(branch, children)
    nodes = tuple(_node(child) for child in children)
    if len(nodes) == 1:
        return nodes[0]
    return Or(children=nodes) if branch.data == "either" else And(children=nodes)


def _quoted(branch: "Branch") -> Term:
    words = str(branch.children[0])[1:-1].strip()
    if not re.search(r"\w", words):
        meta = branch.meta
        raise QueryError(
            "an empty phrase; write words between the quotes", line=meta.line, column=meta.column
        )
    return term(words.rstrip("*"), prefix=words.endswith("*"))


def _refuse_mixed(branch: "Branch", sides: "list[Branch]") -> None:
    mixed = next((side for side in sides if len(side.children) > 1), None)
    if len(sides) < 2 or mixed is None:
        return
    parts = [_shown(side) for side in sides]
    first = " OR ".join(
        f"({part})" if len(side.children) > 1 else part for part, side in zip(parts, sides, strict=True)
    )
    place = sides.index(mixed)
    pieces = [_shown_one(child) for child in _branches(mixed)]
    before, after = [*parts[:place], pieces[0]], [pieces[-1], *parts[place + 1 :]]
    left = f"({' OR '.join(before)})" if len(before) > 1 else before[0]
    right = f"({' OR '.join(after)})" if len(after) > 1 else after[0]
    second = " AND ".join([left, *pieces[1:-1], right]).replace("AND NOT", "NOT")
    raise QueryError(
        f"OR beside AND (or words side by side) reads two ways: {first} - or - {second}; add brackets",
        line=branch.meta.line,
        column=branch.meta.column,
    )


def _shown(side: "Branch") -> str:
    return " AND ".join(_shown_one(child) for child in _branches(side)).replace("AND NOT", "NOT")


def _shown_one(branch: "Branch") -> str:
    words = list(_tokens(branch))
    text = " ".join(words).replace("( ", "(").replace(" )", ")")
    return text if len(text) <= 60 else text[:59] + "…"


def _tokens(branch: "Branch") -> Iterator[str]:
    marks = {"negated": ("NOT", ""), "group": ("(", ")")}.get(str(branch.data), ("", ""))
    if marks[0]:
        yield marks[0]
    if branch.data in ("phrase", "word"):
        yield str(branch.children[0])
    for place, child in enumerate(_branches(branch)):
        if place and branch.data in ("either", "both"):
            yield "OR" if branch.data == "either" else "AND"
        yield from _tokens(child)
    if marks[1]:
        yield marks[1]


def _anchored(node: Node) -> bool:
    """Whether a match always rests on a word that stands in the text."""
    match node:
        case Not():
            return False
        case And(children=children):
            return any(_anchored(child) for child in children)
        case Or(children=children):
            return all(_anchored(child) for child in children)
    return True
