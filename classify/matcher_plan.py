"""A query's tree comes in; a function that evaluates it on a post goes out. Pure."""

from collections.abc import Callable, Collection, Mapping

from classify.matcher_cover import cover
from classify.matcher_find import Literal, finder, literals
from classify.matcher_near import near
from classify.matcher_post import Sight, Span
from classify.query_ast import And, Lang, Near, Node, Not, Or, Site, Source, Title

#: literals that a scan saw in the post, by number; None: nobody scanned
Seen = Collection[int] | None
#: folded spans of what counts, or None: no match
Evaluate = Callable[[Sight, Seen], list[Span] | None]

#: from so many branches on, only those whose letters were seen are looked at
_MANY = 4


def anchors(node: Node) -> tuple[Literal, ...]:
    """Literals of which every matching post holds one; empty: every post must be looked at."""
    return cover(node, literals, rarity)


def rarity(needed: tuple[Literal, ...]) -> float:
    """How often such letters stand in a text, roughly: short ones are everywhere."""
    return sum(3.0 ** -min(len(one.text) + one.begins + one.ends, 12) for one in needed)


def evaluation(node: Node, numbers: Mapping[Literal, int]) -> Evaluate:  # noqa: PLR0911 - one a kind of node
    """The function for a tree; `numbers` are those of the literals that the scan looks for."""
    match node:
        case And(children=children):
            return _all_of([evaluation(child, numbers) for child in _cheap_first(children)])
        case Or(children=children):
            return _any_of(children, numbers)
        case Not(child=child):
            return _none_of(evaluation(child, numbers))
        case Near():
            return near(node)
        case Title(child=child):
            return _in_title(evaluation(child, {}))
        case Site() | Source() | Lang():
            return _field(node)
    return _leaf(node, numbers)


def _cheap_first(children: tuple[Node, ...]) -> list[Node]:
    order = {Lang: 0, Site: 0, Source: 0, Near: 2, Not: 3}
    return sorted(children, key=lambda child: order.get(type(child), 1))


def _leaf(leaf: Node, numbers: Mapping[Literal, int]) -> Evaluate:
    find, needed = finder(leaf), literals(leaf) if numbers else ()
    # A literal that the scan looked for and did not see cannot stand there.
    own = {numbers[one] for one in needed if one in numbers}
    own = own if len(own) == len(needed) else set()

    def evaluate(sight: Sight, seen: Seen) -> list[Span] | None:
        if own and seen is not None and own.isdisjoint(seen):
            return None
        found = sight.found.get(find)
        if found is None:
            found = sight.found[find] = find(sight)
        return found or None

    return evaluate


def _all_of(parts: list[Evaluate]) -> Evaluate:
    def evaluate(sight: Sight, seen: Seen) -> list[Span] | None:
        found: list[Span] = []
        for part in parts:
            spans = part(sight, seen)
            if spans is None:
                return None
            found += spans
        return found

    return evaluate


def _any_of(children: tuple[Node, ...], numbers: Mapping[Literal, int]) -> Evaluate:
    parts = [evaluation(child, numbers) for child in children]
    needed = [anchors(child) for child in children] if numbers and len(children) >= _MANY else []
    scanned = bool(needed) and all(one and all(literal in numbers for literal in one) for one in needed)
    by_number: dict[int, list[Evaluate]] = {}
    if scanned:
        for part, one in zip(parts, needed, strict=True):
            for literal in one:
                by_number.setdefault(numbers[literal], []).append(part)

    def evaluate(sight: Sight, seen: Seen) -> list[Span] | None:
        asked = parts
        if scanned and seen is not None:
            asked = list({part: None for number in seen for part in by_number.get(number, ())})
        found = [spans for part in asked if (spans := part(sight, seen)) is not None]
        return [span for spans in found for span in spans] if found else None

    return evaluate


def _none_of(part: Evaluate) -> Evaluate:
    def evaluate(sight: Sight, seen: Seen) -> list[Span] | None:
        return None if part(sight, seen) is not None else []

    return evaluate


def _in_title(part: Evaluate) -> Evaluate:
    # The title stands first, so its spans are those of the whole.
    return lambda sight, _seen: part(sight.title, None)


def _field(node: Site | Source | Lang) -> Evaluate:
    def evaluate(sight: Sight, _seen: Seen) -> list[Span] | None:
        return [] if _stands(node, sight) else None

    return evaluate


def _stands(node: Site | Source | Lang, sight: Sight) -> bool:
    post = sight.post
    match node:
        case Site(domain=domain):
            return post.site == domain or post.site.endswith(f".{domain}")
        case Source(id=source):
            return post.source.lower() == source
        case Lang(code=code):
            return post.lang is not None and post.lang[:2].lower() == code
