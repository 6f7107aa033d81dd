"""Words to look for come in; whether a text may hold one of them goes out, cheaply. Pure.

For streams that cannot be searched: every post passes here, and only those that may name the organisation go
on to the gate, which decides. So this must never be stricter than the gate: case, accents, unseen signs and
whatever stands between words do not count, and a text that mixes scripts inside a word always passes.
"""

import re
import unicodedata
from collections.abc import Iterable

from klankbord.ports import Search

#: shorter words stand inside others too often: these must begin and end where a word does
_SHORT = 5
_BETWEEN = re.compile(r"[\W_]+")
_ASCII_BETWEEN = re.compile(r"[^a-z0-9]+")
#: letters that Unicode does not take apart, as people type them
_TYPED = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "ħ": "h", "ŧ": "t"}
)
_ODD = re.compile(f"[{''.join(map(chr, _TYPED))}]")
#: signs that would grow onto a word as letters, and those that Unicode calls letters and nobody sees as such
_NO_PART = re.compile("[\u02b9\u02bc\u2100\u2101\u2105\u2106\u2116\u2120-\u2122\u213b\u3300-\u33ff]")
_UNSEEN = re.compile("[\u115f\u1160\u3164\uffa0]")
_STRANGE = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


class Sieve:
    """Lets through what may hold one of the searches."""

    def __init__(self, searches: Iterable[Search]) -> None:
        """Prepare the words."""
        found = {(_longest(search.text), search.prefix or "*" in search.text) for search in searches}
        self._long = tuple(sorted(word for word, _ in found if len(word) >= _SHORT))
        short = sorted((word, prefix) for word, prefix in found if 0 < len(word) < _SHORT)
        self._short = re.compile("|".join(_shape(*one) for one in short)) if short else None

    def holds(self, text: str) -> bool:
        """Whether the text may hold one of them."""
        if text.isascii():
            folded = text.lower()
            together = _ASCII_BETWEEN.sub("", folded)
        else:
            if _STRANGE.search(text) and any(map(_mixed, text.split())):
                return True
            folded = _folded(text)
            together = _BETWEEN.sub("", folded)
        for word in self._long:
            if word in together:
                return True
        return self._short is not None and self._short.search(folded) is not None


def _longest(text: str) -> str:
    """The longest piece between wildcards, without what stands between words."""
    pieces = (_BETWEEN.sub("", _folded(piece)) for piece in re.split(r"[*?]+", text))
    return max(pieces, key=len)


def _shape(word: str, prefix: bool) -> str:  # noqa: FBT001 - a pair of a word and how it ends
    return r"(?<![^\W_])" + r"[\W_]*".join(map(re.escape, word)) + ("" if prefix else r"(?![^\W_])")


def _mixed(word: str) -> bool:
    """Whether it holds letters of which some may only look like others; what is unseen may stand between."""
    return _STRANGE.search(word) is not None and _LATIN.search(word) is not None


def _folded(text: str) -> str:
    text = _UNSEEN.sub("", _NO_PART.sub(" ", text))
    # accents and unseen signs come apart here, and then are what stands between words
    apart = unicodedata.normalize("NFKD", text).casefold()
    return apart.translate(_TYPED) if _ODD.search(apart) else apart
