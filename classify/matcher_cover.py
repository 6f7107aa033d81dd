"""A tree comes in; the smallest set of things of which every match holds one goes out. Pure."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from classify.query_ast import And, Lang, Near, Node, Not, Or, Site, Source, Title

_Thing = TypeVar("_Thing")
#: for a leaf: things of which it holds one; empty: none are known
Things = Callable[[Node], tuple[_Thing, ...]]


def cover(
    node: Node, things: Things[_Thing], cost: Callable[[tuple[_Thing, ...]], float | tuple[float, ...]]
) -> tuple[_Thing, ...]:
    """The cheapest set; empty: there is none.

    Args:
        node: the tree.
        things: what a leaf holds.
        cost: how bad a set is.
    """
    match node:
        case Not() | Site() | Source() | Lang():
            return ()
        case Or(children=children):
            return _together(cover(child, things, cost) for child in children)
        case And(children=children):
            sets = [found for child in children if (found := cover(child, things, cost))]
            return min(sets, key=cost, default=())
        case Near(left=left, right=right):
            sets = [found for child in (left, right) if (found := cover(child, things, cost))]
            return min(sets, key=cost, default=())
        case Title(child=child):
            return cover(child, things, cost)
    return things(node)


def _together(sets: Iterable[tuple[_Thing, ...]]) -> tuple[_Thing, ...]:
    found: dict[_Thing, None] = {}
    for one in sets:
        if not one:
            return ()
        found |= dict.fromkeys(one)
    return tuple(found)
