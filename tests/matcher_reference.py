"""The slow matcher that is obviously right: every start and end of a text is tried, by plain loops."""

from functools import cache
from itertools import combinations

from classify.folding import fold, positions
from classify.matcher_post import BORDER, Post, joined
from classify.query_ast import (
    And,
    Compound,
    Handle,
    Lang,
    Near,
    Node,
    Not,
    Or,
    Raw,
    Site,
    Source,
    Tag,
    Term,
    Title,
    Within,
)

Span = tuple[int, int]
SPACES = " \t\n-_\u2010\u2011\u2012\u2013\u2014"


def reference(node: Node, post: Post) -> set[Span] | None:  # noqa: PLR0911 - one a kind of node
    """Spans in the joined text as given, or None: no match."""
    match node:
        case And(children=children):
            sets = [reference(child, post) for child in children]
            return None if None in sets else set().union(*(one or set() for one in sets))
        case Or(children=children):
            found = [one for child in children if (one := reference(child, post)) is not None]
            return set().union(*found) if found else None
        case Not(child=child):
            return set() if reference(child, post) is None else None
        case Title(child=child):
            return reference(child, Post(text=post.title))
        case Site(domain=domain):
            return set() if post.site == domain or post.site.endswith("." + domain) else None
        case Source(id=source):
            return set() if post.source.lower() == source else None
        case Lang(code=code):
            return set() if (post.lang or "").lower()[:2] == code else None
        case Near():
            pairs = near(node, post)
            return {span for _, spans in pairs for span in spans} or None
    return {given_span(joined(post), span) for span in leaf_spans(node, joined(post))} or None


@cache
def leaf_spans(leaf: Node, given: str) -> tuple[Span, ...]:
    """Folded spans of a leaf."""
    folded = fold(given)
    if isinstance(leaf, Within):
        return within(leaf, given)
    return tuple(
        (start, end)
        for start in range(len(folded))
        for end in range(start + 1, len(folded) + 1)
        if stands(leaf, given, folded, start, end)
    )


def given_span(given: str, span: Span) -> Span:
    places = positions(given)
    return span if places is None else (places[span[0]], places[span[1] - 1] + 1)


def stands(leaf: Node, given: str, text: str, start: int, end: int) -> bool:  # noqa: PLR0911 - one a kind of node
    inside = text[start:end]
    before, after = text[:start], text[end:]
    match leaf:
        case Tag(name=name):
            return inside == "#" + name and not ends_in(before, "_#&") and not begins_with(after, "_")
        case Handle(name=name):
            goes_on = after[:1] in (".", "-") and (after[1:2].isalnum() or after[1:2] == "_")
            return (
                inside == "@" + name
                and not ends_in(before, "_@.")
                and not begins_with(after, "_")
                and not goes_on
            )
        case Raw(shown=shown):
            low, high = given_span(given, (start, end))
            return (
                given[low:high] == shown
                and inside == fold(shown)
                and (not inside[0].isalnum() or begins_word(text, start))
                and (not inside[-1].isalnum() or ends_word(text, end))
            )
    if not (inside[0].isalnum() and inside[-1].isalnum()):
        return False
    if not (begins_word(text, start) and ends_word(text, end)):
        return False
    words, gaps = split(inside)
    match leaf:
        case Term(words=wanted, gaps=signs):
            return (
                len(words) == len(wanted)
                and all(fits(shape, word) for shape, word in zip(wanted, words, strict=True))
                and all(
                    gap_fits(sign, gap) for sign, gap in zip(signs or [""] * len(gaps), gaps, strict=True)
                )
            )
        case Compound(parts=(whole,)):
            halves = len(words) == 1 or (len(words) == 2 and len(words[1]) >= 2)
            return halves and "".join(words) == whole and all(is_space(gap) and len(gap) <= 2 for gap in gaps)
        case Compound(parts=parts):
            ends = {sum(map(len, parts[:n])) for n in range(1, len(parts))}
            at = {sum(map(len, words[:n])) for n in range(1, len(words))}
            return (
                "".join(words) == "".join(parts)
                and at <= ends
                and all(is_space(gap) and len(gap) <= 2 for gap in gaps)
            )
    raise TypeError(leaf)


def ends_in(text: str, signs: str) -> bool:
    return bool(text) and (text[-1].isalnum() or text[-1] in signs)


def begins_with(text: str, signs: str) -> bool:
    return bool(text) and (text[0].isalnum() or text[0] in signs)


def run_length(text: str, start: int) -> int:
    end = start
    while end < len(text) and text[end].isalnum():
        end += 1
    return end - start


def is_ending(text: str, start: int) -> bool:
    """Whether the letters here belong to the word before the apostrophe before them."""
    return (
        start >= 2 and text[start - 1] == "'" and text[start - 2].isalnum() and run_length(text, start) <= 2
    )


def begins_word(text: str, start: int) -> bool:
    return (start == 0 or not text[start - 1].isalnum()) and not is_ending(text, start)


def ends_word(text: str, end: int) -> bool:
    if end < len(text) and text[end].isalnum():
        return False
    return not (text[end : end + 2] == "'t" and run_length(text, end + 1) == 1)


def split(text: str) -> tuple[list[str], list[str]]:
    words: list[str] = [""]
    gaps: list[str] = []
    for sign in text:
        if sign.isalnum():
            if len(gaps) == len(words):
                words.append("")
            words[-1] += sign
        else:
            if len(gaps) < len(words):
                gaps.append("")
            gaps[-1] += sign
    return words, gaps


def is_space(gap: str) -> bool:
    return all(sign.isspace() or sign in SPACES for sign in gap)


def gap_fits(signs: str, gap: str) -> bool:
    if not signs:
        return is_space(gap) and len(gap) <= 4
    runs, found = [""], ""
    for sign in gap:
        if is_space(sign):
            runs[-1] += sign
        else:
            found += sign
            runs.append("")
    return found == signs and all(len(run) <= 2 for run in runs)


def fits(shape: str, word: str) -> bool:
    if not shape:
        return not word
    if shape[0] == "*":
        return any(fits(shape[1:], word[taken:]) for taken in range(min(len(word), 60) + 1))
    return bool(word) and (shape[0] == "?" or shape[0] == word[0]) and fits(shape[1:], word[1:])


def word_numbers(text: str) -> list[int]:
    """For each sign the number of the last word that began there or before; -1: none yet."""
    numbers, last = [], -1
    for place, sign in enumerate(text):
        starts = sign.isalnum() and (place == 0 or not text[place - 1].isalnum())
        last += starts and not is_ending(text, place)
        numbers.append(last)
    return numbers


def extent(given: str, span: Span) -> tuple[int, int]:
    """First and last word; every field is far from the next."""
    text = fold(given)
    numbers = word_numbers(text)
    far = 10_000 * text[: span[0]].count(BORDER)
    first = numbers[span[0]] + (not text[span[0]].isalnum())
    return first + far, max(first, numbers[span[1] - 1]) + far


def within(leaf: Within, given: str) -> tuple[Span, ...]:
    places = [
        (span, word)
        for word in set(leaf.words)
        for span in leaf_spans(Term(shown=word, words=(word,)), given)
    ]
    found: set[Span] = set()
    for some in combinations(places, len(leaf.words)):
        numbers = [extent(given, span)[0] for span, _ in some]
        close = max(numbers) - min(numbers) + 1 - len(some) <= leaf.others
        if close and sorted(word for _, word in some) == sorted(leaf.words):
            found |= {span for span, _ in some}
    return tuple(found)


def near(node: Node, post: Post) -> list[tuple[tuple[int, int], set[Span]]]:
    """Every way to meet the node: the words it stretches over, and the spans as given."""
    given = joined(post)
    match node:
        case Or(children=children):
            return [one for child in children for one in near(child, post)]
        case Near(left=left, right=right):
            lefts, rights = near(left, post), near(right, post)
            return [
                ((min(one[0], other[0]), max(one[1], other[1])), shown | also)
                for one, shown in lefts
                for other, also in rights
                if 0 <= other[0] - one[1] - 1 <= node.between
                or (not node.ordered and 0 <= one[0] - other[1] - 1 <= node.between)
            ]
    return [(extent(given, span), {given_span(given, span)}) for span in leaf_spans(node, given)]
