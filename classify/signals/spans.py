"""A cue and a text come in, at most a few spans go out. Pure.

A cue is a list of short patterns. One pass over a text finds the words that they cannot do without, and only
the patterns whose words are there are tried: most posts meet few. Every pattern has bounded repetitions, so
that a hostile text costs time in its length only.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import count

import ahocorasick_rs

from classify.signals.needed import needed_words

Span = tuple[int, int]
#: spans one signal shows for one post
_MOST = 4
_NONE: frozenset[int] = frozenset()
_CUES: "list[Cue]" = []


class Cue:
    """Short patterns of which any one is enough, on folded text, between word borders."""

    __slots__ = ("_patterns", "number")

    def __init__(self, patterns: Iterable[str]) -> None:
        """Compile each pattern and remember the words it needs."""
        self._patterns = tuple(
            (re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), needed_words(pattern)) for pattern in patterns
        )
        self.number = len(_CUES)
        _CUES.append(self)

    def needs(self) -> Iterator[frozenset[str] | None]:
        """For each pattern words of which one must stand in a text that it matches; None where unknown."""
        return (words for _, words in self._patterns)

    def spans(self, text: str) -> tuple[Span, ...]:
        """The first few places where any of the patterns stands; none overlap."""
        tried = _tried(text).get(self.number, _NONE)
        found = sorted(
            (match.start(), -match.end())
            for place in tried
            for match in self._patterns[place][0].finditer(text)
        )
        return _apart(found) if found else ()

    def search(self, text: str) -> bool:
        """Whether any of the patterns stands in a text."""
        tried = _tried(text).get(self.number, _NONE)
        return any(self._patterns[place][0].search(text) for place in tried)

    def stands(self, text: str, start: int, end: int) -> bool:
        """Whether any of the patterns stands in a stretch of a text."""
        return any(pattern.search(text, start, end) for pattern, _ in self._patterns)


def either(*patterns: str) -> Cue:
    """One cue out of several patterns."""
    return Cue(part for pattern in patterns for part in _branches(pattern))


def spans(pattern: "re.Pattern[str] | Cue", text: str) -> tuple[Span, ...]:
    """The first few places where a pattern or cue stands."""
    if isinstance(pattern, Cue):
        return pattern.spans(text)
    found: list[Span] = []
    for match in pattern.finditer(text):
        if match.end() > match.start():
            found.append(match.span())
        if len(found) == _MOST:
            break
    return tuple(found)


def _apart(found: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    kept: list[Span] = []
    for start, minus_end in found:
        if start >= (kept[-1][1] if kept else 0) and -minus_end > start:
            kept.append((start, -minus_end))
        if len(kept) == _MOST:
            break
    return tuple(kept)


def _branches(pattern: str) -> Iterator[str]:
    """The alternatives at the top of a pattern: `a|(?:b|c)d` gives `a` and `(?:b|c)d`."""
    start = depth = place = 0
    while place < len(pattern):
        sign = pattern[place]
        if sign == "\\":
            place += 1
        elif sign == "[":
            place = pattern.index("]", place + 2)
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "|" and not depth:
            yield pattern[start:place]
            start = place + 1
        place += 1
    yield pattern[start:]


# The same text is asked for by some twenty cues, one after another.
@lru_cache(maxsize=8)
def _tried(text: str) -> Mapping[int, frozenset[int]]:
    """For each cue the places of the patterns that may stand in a text."""
    finder, wanted, always = _automaton()
    found = {number: set(places) for number, places in always.items()}
    for word in {hit[0] for hit in finder.find_matches_as_indexes(text, overlapping=True)}:
        for number, place in wanted[word]:
            found.setdefault(number, set()).add(place)
    return {number: frozenset(places) for number, places in found.items()}


@cache
def _automaton() -> (
    "tuple[ahocorasick_rs.AhoCorasick, list[list[tuple[int, int]]], Mapping[int, frozenset[int]]]"
):
    places: dict[str, int] = {}
    fresh = count()
    wanted: list[list[tuple[int, int]]] = []
    always: dict[int, set[int]] = {}
    for cue in _CUES:
        for place, words in enumerate(cue.needs()):
            if words is None:
                always.setdefault(cue.number, set()).add(place)
                continue
            for word in sorted(words):
                if word not in places:
                    places[word] = next(fresh)
                    wanted.append([])
                wanted[places[word]].append((cue.number, place))
    finder = ahocorasick_rs.AhoCorasick(list(places))
    return finder, wanted, {number: frozenset(found) for number, found in always.items()}
