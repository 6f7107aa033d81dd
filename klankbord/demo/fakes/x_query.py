"""A query in X's search language comes in, a function that tells which posts meet it goes out. Pure.

Of the language, what a collector of words may send: keywords, quoted phrases, hashtags, OR, groups, minus,
`is:`, `has:` and `lang:`. What asks for persons (`from:`, `to:`, `@name`) is known, so that tests see it.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

LONGEST = 512
_PIECE = re.compile(r'\(|\)|-?"[^"]*"|[^\s()"]+|"')
_WORD = re.compile(r"\w+")
_OPERATOR = re.compile(r"[a-z_]+:\S+")
_NEEDS_COMPANY = ("is:", "has:", "lang:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a query looks at."""

    text: str
    lang: str = "nl"
    #: `retweeted`, `replied_to`, `quoted`
    references: frozenset[str] = frozenset()
    author: str = ""


Meets = Callable[[Searched], bool]


class QueryRefusedError(ValueError):
    """X would answer 400 with this message."""


def meets(query: str) -> Meets:
    """The test that a query stands for.

    Raises:
        QueryRefusedError: X takes no such query.
    """
    if not query or len(query) > LONGEST:
        raise QueryRefusedError(
            f"Invalid 'query':'{query[:20]}'. 'query' must be between 1 and {LONGEST} characters"
        )
    pieces = _PIECE.findall(query)
    if all(piece.startswith(("-", "(", ")", *_NEEDS_COMPANY)) or piece == "OR" for piece in pieces):
        raise QueryRefusedError("Rule must contain at least one standalone operator")
    parser = _Parser(pieces)
    found = parser.either()
    if parser.pieces:
        raise QueryRefusedError(f"no viable alternative at input '{parser.pieces[0]}'")
    return found


def words_of(text: str) -> list[str]:
    """The words of a text as X cuts them: at punctuation, without case and accents."""
    plain = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return _WORD.findall(plain.casefold())


class _Parser:
    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces

    def either(self) -> Meets:
        """Space binds tighter than OR."""
        parts = [self._all()]
        while self.pieces and self.pieces[0] == "OR":
            self.pieces.pop(0)
            parts.append(self._all())
        return lambda post: any(part(post) for part in parts)

    def _all(self) -> Meets:
        parts = []
        while self.pieces and self.pieces[0] not in {"OR", ")"}:
            parts.append(self._unit(self.pieces.pop(0)))
        if not parts:
            raise QueryRefusedError("missing a clause")
        return lambda post: all(part(post) for part in parts)

    def _unit(self, piece: str) -> Meets:
        if piece == "(":
            inner = self.either()
            if not self.pieces or self.pieces.pop(0) != ")":
                raise QueryRefusedError("missing ')'")
            return inner
        if piece == "-":
            raise QueryRefusedError("a group cannot be negated")
        if piece.startswith("-"):
            inner = _term(piece[1:])
            return lambda post: not inner(post)
        return _term(piece)


def _term(piece: str) -> Meets:
    if piece == '"':
        raise QueryRefusedError("missing a closing quote")
    if piece.casefold() in {"and", "or"}:
        raise QueryRefusedError(
            f"Ambiguous use of {piece} as a keyword. Use a space to logically join two clauses"
        )
    if piece.startswith(("#", "@")):
        mark = re.compile(rf"(?i)(?<!\w){re.escape(piece)}(?!\w)")
        return lambda post: mark.search(post.text) is not None
    if not piece.startswith('"') and _OPERATOR.fullmatch(piece):
        return _operator(piece)
    wanted = words_of(piece)
    return lambda post: _in_order(wanted, words_of(post.text))


def _operator(piece: str) -> Meets:
    name, _, value = piece.partition(":")
    kinds = {"retweet": "retweeted", "reply": "replied_to", "quote": "quoted"}
    if name == "is" and value in kinds:
        return lambda post: kinds[value] in post.references
    if name == "lang":
        return lambda post: post.lang == value
    if name == "from":
        return lambda post: post.author.casefold() == value.casefold()
    if name == "has":
        return lambda _: False
    raise QueryRefusedError(f"Reference to invalid operator '{name}'")


def _in_order(wanted: list[str], found: list[str]) -> bool:
    size = len(wanted)
    return bool(wanted) and any(found[at : at + size] == wanted for at in range(len(found) - size + 1))
