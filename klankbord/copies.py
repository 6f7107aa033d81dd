"""Two texts come in; whether one is a copy of the other goes out. Pure.

A copy is a retweet, a repost, a text cut short, or one with a word changed. Who wrote it plays no part.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from klankbord.mention import MentionId, SourceId

#: of all word threes in either text, the share that stands in both
ALIKE = 0.7
#: fewer words say too little to tell a copy from two people who say the same
_FEWEST = 6
#: words from which the beginning of a text is known without a sign that it was cut
_BEGINNING = 12
#: words compared of each text
_MOST = 600
_NOISE = re.compile(r"https?://\S+|www\.\S+|\[[^\]\n]{1,30}\]|@\w+|\bRT\b")
_WORD = re.compile(r"\w+(?:[.,]\d+)*")
_CUT = re.compile(r"(\S*)(?:\u2026|\.\.\.)\s*$")
_FIGURE = re.compile(r"\d")
Three = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A post that says the same as a finding's post, and shares its finding."""

    mention_id: MentionId
    source_id: SourceId
    platform: str
    published_at: datetime
    #: shows who wrote it: only for somebody who asks for it, noted in the finding's history (law.md C6)
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is compared of a text."""

    words: tuple[str, ...]
    threes: frozenset[Three]
    figures: frozenset[str]
    #: it ends as a text does that was cut short
    cut: bool


def said(text: str) -> Said:
    """A text without links, handles, accents, case and signs."""
    plain = _NOISE.sub(" ", text).rstrip()
    cut = _CUT.search(plain)
    if cut:
        # The last word may be half a word.
        plain = plain[: cut.start()]
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    words = tuple(_WORD.findall(plain.casefold())[:_MOST])
    return Said(
        words=words,
        threes=frozenset(zip(words, words[1:], words[2:], strict=False)),
        figures=frozenset(word for word in words if _FIGURE.search(word)),
        cut=cut is not None,
    )


def alike(one: Said, other: Said) -> bool:
    """Whether one text is a copy of the other; the same whichever comes first.

    Another figure is another fact: texts that differ in one are no copies, however much they share.
    """
    # Nearly all pairs end here, and no copy does: six words with one changed still share three in a row.
    if one.threes.isdisjoint(other.threes):
        return False
    short, long = (one, other) if len(one.words) <= len(other.words) else (other, one)
    if len(short.words) < _FEWEST:
        return False
    if _begins(short, long):
        return True
    if one.figures != other.figures:
        return False
    return jaccard(one, other) >= ALIKE or _one_word_apart(short.words, long.words)


def jaccard(one: Said, other: Said) -> float:
    """Of all word threes in either text, the share that stands in both."""
    together = len(one.threes | other.threes)
    return len(one.threes & other.threes) / together if together else 0.0


def _begins(short: Said, long: Said) -> bool:
    """Whether the shorter is the longer cut short."""
    if not (short.cut or len(short.words) >= _BEGINNING):
        return False
    whole, last = short.words[:-1], short.words[-1]
    # A text may be cut inside a word, but not inside a figure: 31 is not the beginning of 310.
    same = long.words[len(whole)]
    return long.words[: len(whole)] == whole and (
        last == same or (last not in short.figures and same.startswith(last))
    )


def _one_word_apart(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether one word was changed, added or left out."""
    if len(long) - len(short) > 1:
        return False
    same = next((place for place, word in enumerate(short) if word != long[place]), len(short))
    left, right = short[same:], long[same:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    return len(left) <= 1 and len(right) <= 1
