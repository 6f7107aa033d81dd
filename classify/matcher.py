"""Queries come in once; for each post the queries that match it, with their places, go out. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, Implementation

from classify.folding import fold_all
from classify.matcher_find import Literal
from classify.matcher_plan import Evaluate, anchors, evaluation
from classify.matcher_post import Place, Post, Sight, joined
from classify.query import Query

#: one byte for one character: a capital as its small letter, what is no letter or digit as a space
_PLAIN = bytes(ord(chr(code).lower()) if chr(code).isalnum() else 32 for code in range(256))
#: between two posts in one scan: no literal reaches over it
_APART = "   "
#: characters of one scan: enough to forget the cost of a call, few enough to stay in the cache
_SCAN = 200_000
#: with more literals than this the quickest automaton would take too much memory
_QUICKEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A query that a post meets."""

    #: as it was given to the matcher
    id: str
    #: what to highlight, in order
    places: tuple[Place, ...]


class Matcher:
    """Holds any number of queries against posts, all at once."""

    def __init__(self, queries: Iterable[tuple[str, Query]]) -> None:
        """Prepare the queries, each with the id that matches will carry."""
        given = list(queries)
        needed = [anchors(query.root) for _, query in given]
        every = sorted({literal for one in needed for literal in one})
        numbers = {literal: number for number, literal in enumerate(every)}
        self._ids = [query_id for query_id, _ in given]
        self._evaluate: list[Evaluate] = [evaluation(query.root, numbers) for _, query in given]
        self._always = [place for place, one in enumerate(needed) if not one]
        self._by_number: list[list[int]] = [[] for _ in every]
        for place, one in enumerate(needed):
            for literal in one:
                self._by_number[numbers[literal]].append(place)
        self._narrow, self._wide = _Scan(every, wide=False), _Scan(every, wide=True)

    def matches(self, post: Post) -> tuple[Match, ...]:
        """What matches one post, in the order of the queries."""
        return self.matches_many((post,))[0]

    def matches_many(self, posts: Sequence[Post]) -> list[tuple[Match, ...]]:
        """What matches each post; many at once cost far less than one by one."""
        found: list[tuple[Match, ...]] = []
        start = 0
        while start < len(posts):
            end, size = start, 0
            while end < len(posts) and size < _SCAN:
                size += len(posts[end].text) + len(posts[end].context) + 50
                end += 1
            found += self._scanned(posts[start:end])
            start = end
        return found

    def _scanned(self, posts: Sequence[Post]) -> list[tuple[Match, ...]]:
        given = [joined(post) for post in posts]
        odd = [place for place, text in enumerate(given) if not text.isascii()]
        folded: list[str | None] = [None] * len(posts)
        texts = given.copy()
        for place, text in zip(odd, fold_all([given[place] for place in odd]) if odd else (), strict=True):
            folded[place] = texts[place] = text
        seen = self._narrow.seen(texts)
        self._wide.add_seen(folded, seen)
        found: list[tuple[Match, ...]] = [()] * len(posts)
        for place in range(len(posts)) if self._always else seen:
            numbers = seen.get(place, _NONE)
            found[place] = self._evaluated(Sight(posts[place], folded[place]), numbers)
        return found

    def _evaluated(self, sight: Sight, seen: set[int]) -> tuple[Match, ...]:
        asked = {place for number in seen for place in self._by_number[number]}
        asked.update(self._always)
        found = []
        for place in sorted(asked):
            spans = self._evaluate[place](sight, seen)
            if spans is not None:
                found.append(Match(id=self._ids[place], places=sight.placed(spans)))
        return tuple(found)


_NONE: set[int] = set()


class _Scan:
    """Looks for literals in many texts at once: narrow ones as bytes, the rest as characters."""

    def __init__(self, every: Sequence[Literal], *, wide: bool) -> None:
        chosen = [(number, one) for number, one in enumerate(every) if _is_wide(one) == wide]
        self._numbers = [number for number, _ in chosen]
        kind = Implementation.DFA if len(chosen) < _QUICKEST else Implementation.ContiguousNFA
        self._bytes: BytesAhoCorasick | None = None
        self._signs: AhoCorasick | None = None
        if chosen and wide:
            self._signs = AhoCorasick([one.text for _, one in chosen], implementation=kind)
        elif chosen:
            self._bytes = BytesAhoCorasick([_bounded(one) for _, one in chosen], implementation=kind)

    def seen(self, texts: Sequence[str]) -> dict[int, set[int]]:
        """For each text in which any stands, by its place, the numbers of the literals."""
        found: dict[int, set[int]] = {}
        if self._bytes is None:
            return found
        whole = f" {_APART.join(texts)} ".encode("latin-1", "replace").translate(_PLAIN)
        place, end = 0, 1 + len(texts[0])
        for number, start, _ in self._bytes.find_matches_as_indexes(whole, overlapping=True):
            while start >= end:
                place += 1
                end += len(_APART) + len(texts[place])
            found.setdefault(place, set()).add(self._numbers[number])
        return found

    def add_seen(self, texts: Sequence[str | None], found: dict[int, set[int]]) -> None:
        """As `seen`, for literals that no byte stands for, in the texts that are given."""
        if self._signs is None:
            return
        for place, text in enumerate(texts):
            if text:
                for number, _, _ in self._signs.find_matches_as_indexes(text, overlapping=True):
                    found.setdefault(place, set()).add(self._numbers[number])


def _is_wide(literal: Literal) -> bool:
    return any(ord(sign) > 255 or not sign.isalnum() for sign in literal.text)


def _bounded(literal: Literal) -> bytes:
    text = literal.text.encode("latin-1")
    return b" " * literal.begins + text + b" " * literal.ends
