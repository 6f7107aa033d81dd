"""The one tree of a query, whichever way it was written; `at` is its place in what was typed. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Union

#: first and last-but-one character in the expression
Extent = tuple[int, int]

Node = Union[
    "Term", "Compound", "Raw", "Tag", "Handle", "Pattern", "Within", "Near", "Title", "Site", "Source",
    "Lang", "Not", "And", "Or",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word or phrase; `*` and `?` in its words stand for letters."""

    #: as it was written
    shown: str = field(compare=False)
    #: folded words in order
    words: tuple[str, ...]
    #: signs that must stand between two words ("&" in C&A); empty: a space or hyphen
    gaps: tuple[str, ...] = ()
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """A word that may also be written with a hyphen or space inside."""

    shown: str = field(compare=False)
    #: one part: the gap may fall anywhere; more: only between the parts
    parts: tuple[str, ...]
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Signs and capitals exactly so."""

    shown: str
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A hashtag, folded, without its sign."""

    name: str
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """A mention of an account, folded, without its sign."""

    name: str
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A regular expression in RE2's dialect; capitals do not count."""

    source: str
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Some words in any order with at most so many others among them."""

    shown: str = field(compare=False)
    #: folded, sorted
    words: tuple[str, ...]
    others: int
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Two things with at most so many words in between."""

    left: Node
    right: Node
    between: int
    ordered: bool = False
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """Only what stands in the title."""

    child: Node
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The post stands on this domain or one below it."""

    domain: str
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The post came from this source of sources.toml."""

    id: str
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lang:
    """The post is known to be in this language."""

    code: str
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """What must not stand there."""

    child: Node
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """Everything must hold."""

    children: tuple[Node, ...]
    at: Extent = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """One is enough."""

    children: tuple[Node, ...]
    at: Extent = field(default=(0, 0), compare=False)


def below(node: Node) -> tuple[Node, ...]:
    """The nodes right under a node."""
    match node:
        case And(children=children) | Or(children=children):
            return children
        case Not(child=child) | Title(child=child):
            return (child,)
        case Near(left=left, right=right):
            return (left, right)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and everything under it, in the order it was written."""
    yield node
    for child in below(node):
        yield from walk(child)


def anchored(node: Node) -> bool:
    """Whether a match always rests on something that stands in the text."""
    match node:
        case Not() | Site() | Source() | Lang():
            return False
        case And(children=children):
            return any(anchored(child) for child in children)
        case Or(children=children):
            return all(anchored(child) for child in children)
    return True
