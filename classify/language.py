"""A text comes in, its two-letter language goes out, or None when that is not clear enough. Pure."""

import re
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

#: languages told apart; only a text in one of JUDGED is judged (law.md D2)
KNOWN = ("nl", "en", "de", "fr")
JUDGED = frozenset(("nl", "en"))
#: probability below which the answer is "not known"; short posts in nl and en score well above
_FLOOR = 0.70


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


#: small words that stand in one of the languages alone: most posts hold several, and need no closer look
_SMALL_WORDS: Mapping[str, frozenset[str]] = {
    "nl": _words(
        "het een niet maar naar ook dat wordt zijn heb heeft geen nog ze mijn wel dit hij deze voor aan bij",
        "ik wij jullie nu weer omdat alleen uit kan moet gewoon",
    ),
    "en": _words(
        "the and you your this that they have has not but with from are was were what their just it's",
        "been when would which about our my it for if his her",
    ),
    "de": _words("und der das nicht ich ist ein eine mit sie auf für den dem wir auch sich noch"),
    "fr": _words("le les des une est pas pour dans vous nous qui sur avec je il elle mais très"),
}
#: a text with so many of one language and none of the others never was of another among 20,000 posts
_PLENTY = 4
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
#: characters looked at: more changes no answer and costs time
_LOOK = 600


def detect(text: str) -> str | None:
    """The language of a text among nl, en, de and fr."""
    look = text[:_LOOK]
    if plain := _by_small_words(look.lower()):
        return plain
    if sum(map(str.isalpha, look)) < 3:
        return None
    lang, probability = _identifier().classify(look)
    return str(lang) if probability >= _FLOOR else None


def _by_small_words(text: str) -> str | None:
    """The language of which several small words stand there and of the others none."""
    words = set(_WORD.findall(text))
    counted = {lang: len(words & small) for lang, small in _SMALL_WORDS.items()}
    best = max(counted, key=lambda lang: counted[lang])
    return best if counted[best] >= _PLENTY and sum(counted.values()) == counted[best] else None


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import (
        MODEL_FILE,
        LanguageIdentifier,
    )

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(KNOWN))
    return identifier
