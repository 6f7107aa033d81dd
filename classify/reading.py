"""A mention's title, text and context come in; a Reading for signals and model goes out. Pure."""

import re
from dataclasses import dataclass

from classify.folding import fold
from classify.own_words import OwnFact, OwnWords
from classify.vectoriser import Document

#: characters of one field that are read; what lies beyond is not judged
LONGEST = 6_000
_URL = re.compile(r"https?://\S{1,300}|www\.\S{1,300}")
# Twelve signs or more: a shorter stretch is a name or a word used wryly.
_QUOTED = re.compile(
    r'"[^"\n]{12,600}"|\u201c[^\u201d\n]{12,600}\u201d|(?<!\w)\'[^\'\n]{12,600}\'(?!\w)|^>[^\n]{1,600}',
    re.MULTILINE,
)
_DIGITS = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One mention as signals see it; all texts folded (lower case, no accents)."""

    text: str
    title: str
    context: str
    own: OwnWords
    #: the text with stretches between quotes blanked out: what somebody else said is not the writer's
    unquoted: str
    #: the text before folding: spans go back to it through `classify.folding.unfolded`
    given: str
    #: the fact of the fact file that the post is about, if one stands out
    fact: OwnFact | None = None

    @property
    def whole(self) -> str:
        """Title and text together, for conditions that either may meet."""
        return f"{self.title}\n{self.text}" if self.title else self.text


def read(title: str, text: str, context: str, own: OwnWords) -> Reading:
    """Fold and cut the fields of a mention."""
    given = text[:LONGEST]
    folded = fold(given)
    above, before = fold(title[:500]), fold(context[:1500])
    return Reading(
        text=folded,
        title=above,
        context=before,
        own=own,
        unquoted=_QUOTED.sub(lambda match: " " * len(match[0]), folded),
        given=given,
        fact=_fact_of(f"{above}\n{folded}", before, own),
    )


def masked(text: str, own: OwnWords) -> str:
    """A folded text with names as signs and digits as zeros: what the model learns from."""
    for pattern, sign in (
        (own.accounts, " _acct_ "),
        (own.rivals, " _rival_ "),
        (own.products, " _prod_ "),
        (own.names, " _org_ "),
    ):
        if pattern is not None:
            text = pattern.sub(sign, text)
    return _DIGITS.sub("0", _URL.sub(" _url_ ", text))


def _fact_of(whole: str, context: str, own: OwnWords) -> OwnFact | None:
    if not own.facts:
        return None
    best: OwnFact | None = None
    most = 1
    words = {word[:6] for word in _WORD.findall(whole)}
    asked = {word[:6] for word in _WORD.findall(context)}
    for fact in own.facts:
        named = 2 * bool(fact.pattern.search(whole)) + (bool(context) and bool(fact.pattern.search(context)))
        overlap = 2 * named + len(words & fact.stems) + 0.5 * len(asked & fact.stems)
        if overlap > most:
            best, most = fact, int(overlap)
    return best


def document(reading: Reading) -> Document:
    """The masked words of a post; its context stays out, or a model learns where a post stands."""
    return Document(text=masked(reading.text, reading.own), around=masked(reading.title, reading.own))
