"""Texts come in, the words in them that may be shown go out: no names, no handles, nothing masked. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from classify.folding import fold

#: what masking left ("[account]"), handles, tags, addresses of pages and of people
_MASKED = re.compile(r"\[[^\]\n]{1,30}\]|https?://\S+|www\.\S+|\S+@\S+|[@#]\w+")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
#: after these a capital says nothing
_BEGINS = re.compile('(?:^|[.!?:;\u2026\n"\u201c\u2018(\\[>*\u2022-])\\s*$')
#: letters of a word worth telling, and words of a post that are read
_SHORTEST, _MOST = 3, 400
#: posts in which a word was seen in mid-sentence before its capitals count, and the share that makes a name
_SEEN, _NAMELY = 1, 0.5

Words = frozenset[str]


class Reader:
    """Reads texts, and learns which words are names from how they are written in mid-sentence."""

    def __init__(self, ours: Iterable[str]) -> None:
        """Nothing read yet.

        Args:
            ours: the organisation's own names, products, rivals and topics: with a capital, and no person.
        """
        self._ours = {word for name in ours for word in re.findall(r"\w+", fold(name))}
        self._small: Counter[str] = Counter()
        self._capital: Counter[str] = Counter()

    def terms(self, text: str) -> Words:
        """The words and pairs of words of a text, folded, each once."""
        runs = [list(self._run(piece)) for piece in _MASKED.split(text) if piece]
        words = [word for run in runs for word in run][:_MOST]
        pairs = {f"{one} {after}" for run in runs for one, after in pairwise(run)}
        return frozenset(words) | pairs

    def _run(self, piece: str) -> Iterator[str]:
        for match in _WORD.finditer(piece):
            word = fold(match[0])
            begins = _BEGINS.search(piece[max(0, match.start() - 12) : match.start()])
            if match[0][0].isupper():
                # Where a sentence begins a capital says nothing, and a post in capitals says it of all words.
                self._capital[word] += begins is None and not match[0].isupper()
            elif begins is None:
                self._small[word] += 1
            yield word

    def showable(self, term: str) -> bool:
        """Whether a term may be suggested: no part of it looks like a name."""
        words = term.split(" ")
        return any(len(word) >= _SHORTEST for word in words) and not any(map(self._is_name, words))

    def _is_name(self, word: str) -> bool:
        if word in self._ours:
            return False
        capital, small = self._capital[word], self._small[word]
        # A word only ever seen at the start of a sentence may be a name as well.
        return capital + small < _SEEN or capital / (capital + small) >= _NAMELY
