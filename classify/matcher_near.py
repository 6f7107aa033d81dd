"""A NEAR comes in; a function that finds what stands close together in a post goes out. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable

from classify.matcher_find import finder
from classify.matcher_post import Sight, Span
from classify.query_ast import Near, Node, Or

#: numbers of the first and last word of something
_Extent = tuple[int, int]
#: what stands where, each with the folded spans to show
_Found = dict[_Extent, set[Span]]


def near(node: Near) -> Callable[[Sight, object], list[Span] | None]:
    """Evaluates a NEAR: the spans of all that takes part, or None."""
    left, right = _places(node.left), _places(node.right)

    def evaluate(sight: Sight, _seen: object) -> list[Span] | None:
        if not (lefts := left(sight)) or not (rights := right(sight)):
            return None
        part = _before(lefts, rights, node.between)
        if not node.ordered:
            part |= _before(rights, lefts, node.between)
        return list(part) or None

    return evaluate


def _before(firsts: _Found, seconds: _Found, between: int) -> set[Span]:
    """The spans of firsts that end, and of seconds that begin, close to one another."""
    starts, ends = sorted(one[0] for one in seconds), sorted(one[1] for one in firsts)
    part: set[Span] = set()
    for extent, spans in firsts.items():
        at = bisect_right(starts, extent[1])
        if at < len(starts) and starts[at] <= extent[1] + 1 + between:
            part |= spans
    for extent, spans in seconds.items():
        at = bisect_left(ends, extent[0]) - 1
        if at >= 0 and ends[at] >= extent[0] - 1 - between:
            part |= spans
    return part


def _places(node: Node) -> Callable[[Sight], _Found]:
    match node:
        case Or(children=children):
            parts = [_places(child) for child in children]
            return lambda sight: _merged(found for part in parts for found in part(sight).items())
        case Near():
            return _pairs(node)
    find = finder(node)

    def places(sight: Sight) -> _Found:
        spans = sight.found.get(find)
        if spans is None:
            spans = sight.found[find] = find(sight)
        return _merged((sight.words(span), {span}) for span in spans)

    return places


def _pairs(node: Near) -> Callable[[Sight], _Found]:
    left, right = _places(node.left), _places(node.right)

    def places(sight: Sight) -> _Found:
        if not (lefts := left(sight)) or not (rights := right(sight)):
            return {}
        ways = [(lefts, rights)] if node.ordered else [(lefts, rights), (rights, lefts)]
        return _merged(
            ((first[0], max(first[1], second[1])), firsts[first] | seconds[second])
            for firsts, seconds in ways
            for first, second in _close(firsts, seconds, node.between)
        )

    return places


def _close(firsts: _Found, seconds: _Found, between: int) -> Iterable[tuple[_Extent, _Extent]]:
    order = sorted(seconds)
    for first in firsts:
        low = bisect_right(order, (first[1], float("inf")))
        high = bisect_right(order, (first[1] + 1 + between, float("inf")))
        for second in order[low:high]:
            yield first, second


def _merged(found: Iterable[tuple[_Extent, set[Span]]]) -> _Found:
    merged: _Found = {}
    for extent, spans in found:
        merged[extent] = merged[extent] | spans if extent in merged else spans
    return merged
