"""A leaf of a query comes in; what finds it in a post goes out, with the letters it needs. Pure."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from classify.folding import fold
from classify.matcher_post import Sight, Span
from classify.query_ast import Compound, Handle, Node, Pattern, Raw, Tag, Term, Within
from classify.query_leaf import DASHES
from classify.query_regex import searching

Find = Callable[[Sight], list[Span]]

_SPACE = rf"[\s{re.escape(DASHES)}]"
#: a word does not begin inside another, nor at the short ending of foto's, don't, we're
_BEGIN = r"(?<![^\W_])(?!(?<=[^\W_]')[^\W_]{1,2}(?![^\W_]))"
#: nor does it end inside another: "don" does not stand in "don't"
_END = r"(?![^\W_]|'t(?![^\W_]))"
#: letters that * stands for: longer words are no words
LONGEST_WORD = 60
_PIECES = re.compile(r"[^*?]+")


class Literal(NamedTuple):
    """Folded letters that a post must hold, at the start or end of a word or anywhere."""

    text: str
    begins: bool = False
    ends: bool = False


def literals(leaf: Node) -> tuple[Literal, ...]:
    """A post that holds the leaf holds one of these; empty: nothing is known of it."""
    match leaf:
        case Term(words=words):
            return (max((_longest(word) for word in words), key=lambda one: len(one.text)),)
        case Compound(parts=(word,)):
            # of two parts the longer: the beginnings from the middle on, and the ends
            middle = (len(word) + 1) // 2
            parts = (
                word,
                *(word[:cut] for cut in range(middle, len(word) - 1)),
                *(word[cut:] for cut in range(1, middle)),
            )
            return tuple(Literal(one, begins=True, ends=True) for one in dict.fromkeys(parts))
        case Compound(parts=parts) | Within(words=parts):
            whole = isinstance(leaf, Within)
            return (Literal(max(parts, key=len), begins=whole, ends=whole),)
        case Raw(shown=name) | Tag(name=name) | Handle(name=name):
            return (Literal(max(re.findall(r"[^\W_]+", fold(name)), key=len)),)
    return ()


def _longest(word: str) -> Literal:
    found = max(_PIECES.finditer(word), key=lambda piece: len(piece[0]))
    return Literal(found[0], begins=found.start() == 0, ends=found.end() == len(word))


def _cuts(word: str) -> range:
    """Where a gap may fall in a compound: e-mail, car-sharing, but no single letter at the end."""
    return range(1, len(word) - 1)


@lru_cache(maxsize=65_536)
def finder(leaf: Node) -> Find:
    """Finds every place of a leaf, as folded spans."""
    match leaf:
        case Term(words=(word,)) if word.isalnum():
            return _Plain(word)
        case Raw(shown=shown):
            return _Exact(shown)
        case Pattern(source=source):
            return _Searched(searching(source))
        case Within(words=words, others=others):
            return _Mingled(words, others)
    return _Shaped(leaf)


def _shape(leaf: Node) -> str:
    match leaf:
        case Term(words=words, gaps=gaps):
            shapes = [_word(word) for word in words]
            between = [_gap(gap) for gap in gaps] if gaps else [_gap("")] * (len(words) - 1)
            inner = shapes[0] + "".join(f"{gap}{word}" for gap, word in zip(between, shapes[1:], strict=True))
        case Compound(parts=(word,)):
            split = "|".join(f"{word[:cut]}{_SPACE}{{1,2}}{word[cut:]}" for cut in _cuts(word))
            inner = f"(?:{word}|{split})"
        case Compound(parts=parts):
            inner = f"{_SPACE}{{0,2}}".join(parts)
        case Tag(name=name):
            return rf"(?<![\w#&])#{name}(?!\w)"
        case Handle(name=name):
            return rf"(?<![\w@.])@{re.escape(name)}(?![\w]|[.-]\w)"
        case _:
            raise TypeError(leaf)
    return f"{_BEGIN}{inner}{_END}"


def _word(word: str) -> str:
    wild = {"*": f"[^\\W_]{{0,{LONGEST_WORD}}}", "?": "[^\\W_]"}
    return "".join(wild.get(sign) or re.escape(sign) for sign in word)


def _gap(signs: str) -> str:
    if not signs:
        return f"{_SPACE}{{1,4}}"
    loose = f"{_SPACE}{{0,2}}"
    return loose + loose.join(re.escape(sign) for sign in signs) + loose


_BEGINS, _ENDS = re.compile(_BEGIN), re.compile(_END)


class _Plain:
    """One word without wildcards: the most usual leaf, and the quickest to check."""

    __slots__ = ("_word",)

    def __init__(self, word: str) -> None:
        self._word = word

    def __call__(self, sight: Sight) -> list[Span]:
        """Every place where it is a whole word."""
        folded, word = sight.folded, self._word
        found, at, size = [], folded.find(word), len(word)
        while at >= 0:
            end = at + size
            if _whole(folded, at, end):
                found.append((at, end))
            at = folded.find(word, end)
        return found


def _whole(folded: str, start: int, end: int) -> bool:
    """Whether words begin and end there; the patterns know about apostrophes, but most places have none."""
    before, after = folded[start - 1 : start], folded[end : end + 1]
    if before.isalnum() or after.isalnum():
        return False
    return ("'" not in (before, after)) or bool(_BEGINS.match(folded, start) and _ENDS.match(folded, end))


class _Shaped:
    """A phrase, wildcard, compound, hashtag or account: a pattern, after a cheap look for its letters."""

    __slots__ = ("_lead", "_leaf", "_literals", "_pattern")

    def __init__(self, leaf: Node) -> None:
        self._leaf, self._lead = leaf, _lead(leaf)
        self._literals = tuple(one.text for one in literals(leaf))
        self._pattern: re.Pattern[str] | None = None

    def __call__(self, sight: Sight) -> list[Span]:
        """Every place, left to right."""
        folded = sight.folded
        if not any(one in folded for one in self._literals):
            return []
        # Compiled when first needed: of ten thousand terms few ever are.
        if self._pattern is None:
            self._pattern = re.compile(_shape(self._leaf))
        return self._led(folded, self._pattern) if self._lead else self._searched(folded, self._pattern)

    def _led(self, folded: str, pattern: re.Pattern[str]) -> list[Span]:
        """To look for the first letters is far quicker than a pattern that must look back everywhere."""
        found, at = [], folded.find(self._lead)
        while at >= 0:
            if here := pattern.match(folded, at):
                found.append(here.span())
            at = folded.find(self._lead, at + 1)
        return found

    def _searched(self, folded: str, pattern: re.Pattern[str]) -> list[Span]:
        found, here = [], pattern.search(folded)
        while here:
            found.append(here.span())
            here = pattern.search(folded, here.start() + 1)
        return found


def _lead(leaf: Node) -> str:
    """The letters that every place of a leaf begins with; empty: none worth looking for."""
    match leaf:
        case Term(words=(word, *_)):
            return re.split(r"[*?]", word, maxsplit=1)[0]
        case Compound(parts=(part, _, *_)):
            return part
        case Tag(name=name):
            return f"#{name}"
        case Handle(name=name):
            return f"@{name}"
    return ""


class _Exact:
    """Signs and capitals exactly so: found folded, then held against the text as given."""

    __slots__ = ("_folded", "_shown")

    def __init__(self, shown: str) -> None:
        self._shown, self._folded = shown, fold(shown)

    def __call__(self, sight: Sight) -> list[Span]:
        """Every place."""
        return [span for span in self._alike(sight.folded) if self._exact(sight, span)]

    def _alike(self, folded: str) -> Iterator[Span]:
        at = folded.find(self._folded)
        while at >= 0:
            yield at, at + len(self._folded)
            at = folded.find(self._folded, at + 1)

    def _exact(self, sight: Sight, span: Span) -> bool:
        start, end = sight.given_span(span)
        if sight.given[start:end] != self._shown:
            return False
        folded = sight.folded
        begins = not folded[span[0]].isalnum() or _BEGINS.match(folded, span[0]) is not None
        return begins and (not folded[span[1] - 1].isalnum() or _ENDS.match(folded, span[1]) is not None)


class _Searched:
    """A regular expression, over each field as given."""

    __slots__ = ("_places",)

    def __init__(self, places: Callable[[str], Iterator[Span]]) -> None:
        self._places = places

    def __call__(self, sight: Sight) -> list[Span]:
        """Every place."""
        post, start, found = sight.post, 0, []
        for text in (post.title, post.text, post.context) if post.title or post.context else (post.text,):
            found += [sight.folded_span((start + low, start + high)) for low, high in self._places(text)]
            start += len(text) + 3
        return found


class _Mingled:
    """Some words in any order, close together."""

    __slots__ = ("_others", "_words")

    def __init__(self, words: tuple[str, ...], others: int) -> None:
        self._words, self._others = words, others

    def __call__(self, sight: Sight) -> list[Span]:
        """The places of all words in every window that holds them all."""
        if not all(word in sight.folded for word in self._words):
            return []
        places = {word: _Plain(word)(sight) for word in set(self._words)}
        if not all(places.values()):
            return []
        at = sorted((sight.words(span)[0], span, word) for word, spans in places.items() for span in spans)
        found: set[Span] = set()
        low, width = 0, len(self._words) + self._others
        for high in range(len(at)):
            while at[high][0] - at[low][0] >= width:
                low += 1
            window = at[low : high + 1]
            held = [word for _, _, word in window]
            if all(held.count(word) >= self._words.count(word) for word in places):
                found |= {span for _, span, _ in window}
        return sorted(found)
