"""Masked texts come in, a sparse matrix of word, letter and concept weights goes out. Pure once fitted.

Word (1-2), letter (2-5 within words) and concept features; each block has its own unit length, so that a long
text weighs no more than a short one. Features of one word are computed once and kept: posts repeat words.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

TOKEN = re.compile(
    r"_\w{2,5}_|[^\W_]+(?:['\-][^\W_]+)*|[\"?!€$%#+@:\u201c\u201d\u2018]|[\U0001f300-\U0001faff\u2600-\u27bf]"
)
#: words of the posts and words of title and context are told apart
CONTEXT = "<"
_BLOCKS = ("w", "c", "k")
#: weight of each block; concepts carry over to other trades and languages, but know less than words
_WEIGHTS = np.array([1.0, 1.0, 0.6])
_KEPT_WORDS = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A masked post: its own words, and the words it stands under."""

    text: str
    around: str = ""


@dataclass(slots=True, kw_only=True)
class Vectoriser:
    """The vocabulary and the weight of each entry."""

    vocabulary: dict[str, int]
    idf: NDArray[np.float64]
    #: which block each column belongs to: its place in _BLOCKS
    block: NDArray[np.int8]
    _words: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def transform(self, documents: Sequence[Document]) -> "csr_matrix":
        """One row for each document."""
        from scipy.sparse import csr_matrix

        found = [self._columns(document) for document in documents]
        width, blocks = len(self.idf), len(_BLOCKS)
        lengths = np.fromiter((len(columns) for columns in found), dtype=np.int64, count=len(found))
        rows = np.repeat(np.arange(len(found), dtype=np.int64), lengths)
        flat = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=int(lengths.sum()))
        # One sort for the whole batch: the same column of the same row comes to lie together.
        cells, counts = np.unique(rows * width + flat, return_counts=True)
        rows, columns = np.divmod(cells, width)
        values = (1.0 + np.log(counts)) * self.idf[columns]
        block = self.block[columns]
        place = rows * blocks + block
        sums = np.sqrt(np.bincount(place, weights=values * values, minlength=len(found) * blocks))
        values *= _WEIGHTS[block] / np.maximum(sums[place], 1e-9)
        starts = np.concatenate(([0], np.cumsum(np.bincount(rows, minlength=len(found)))))
        return csr_matrix((values.astype(np.float32), columns, starts), shape=(len(found), width))

    def _columns(self, document: Document) -> list[int]:
        kept = self._words
        found: list[int] = []
        for key in keys(document):
            # Looked up here first: a call for each of a post's hundred words costs more than the rest.
            known = kept.get(key)
            found += self.ids(key) if known is None else known
        return found

    def ids(self, key: str) -> tuple[int, ...]:
        """Columns of one word or word pair; kept, since words come back."""
        known = self._words.get(key)
        if known is None:
            known = tuple(self.vocabulary[name] for name in features(key) if name in self.vocabulary)
            if len(self._words) < _KEPT_WORDS:
                self._words[key] = known
        return known


def fit(documents: Iterable[Document]) -> Vectoriser:
    """Learn the vocabulary: what stands in at least two documents."""
    seen: Counter[str] = Counter()
    total = 0
    for document in documents:
        seen.update({name for key in keys(document) for name in features(key)})
        total += 1
    names = sorted(name for name, count in seen.items() if count >= 2)
    idf = np.array([np.log((1 + total) / (1 + seen[name])) + 1.0 for name in names])
    block = np.array([_BLOCKS.index(name[0]) for name in names], dtype=np.int8)
    return Vectoriser(vocabulary={name: place for place, name in enumerate(names)}, idf=idf, block=block)


def keys(document: Document) -> list[str]:
    """The words and word pairs of a document, each the source of one or more features."""
    own = TOKEN.findall(document.text)
    around = [CONTEXT + token for token in TOKEN.findall(document.around)]
    pairs = [f"{first} {second}" for first, second in pairwise(own)]
    return [*own, *pairs, *around]


def features(key: str) -> list[str]:
    """The names of the features that one word or word pair stands for."""
    if key.startswith(CONTEXT):
        return [f"w:{key}", *(f"k:<{name}" for name in concepts(key[1:]))]
    if " " in key:
        return [f"w:{key}"]
    names = [f"w:{key}", *(f"k:{name}" for name in concepts(key))]
    if key[0].isalpha():
        padded = f" {key[:24]} "
        names += [
            f"c:{padded[start : start + size]}"
            for size in range(2, 6)
            for start in range(len(padded) - size + 1)
        ]
    return names


def concepts(word: str) -> tuple[str, ...]:
    """Names of the concepts a word belongs to, in either language."""
    exact, stems = _lexicon()
    found = set(exact.get(word, ()))
    for size in range(4, min(len(word), 12) + 1):
        found.update(stems.get(word[:size], ()))
    if "-" in word:
        found.update(name for part in word.split("-") for name in exact.get(part, ()))
    return tuple(sorted(found))


@cache
def _lexicon() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    raw = json.loads(resources.files("classify").joinpath("lexicon.json").read_text("utf-8"))
    exact: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    for name, words in raw.items():
        for word in words.split():
            table, key = (stems, word[:-1]) if word.endswith("*") else (exact, word)
            table.setdefault(key, []).append(name)
    return exact, stems
