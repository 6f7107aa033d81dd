"""A text comes in, its two-letter language goes out, or None when that is not clear enough. Pure."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

#: languages told apart; only a text in one of JUDGED is judged (law.md D2)
KNOWN = ("nl", "en", "de", "fr")
JUDGED = frozenset(("nl", "en"))
#: probability below which the answer is "not known"; short posts in nl and en score well above
_FLOOR = 0.70
#: characters looked at: more changes no answer and costs time
_LOOK = 600


def detect(text: str) -> str | None:
    """The language of a text among nl, en, de and fr."""
    if sum(map(str.isalpha, text[:_LOOK])) < 3:
        return None
    lang, probability = _identifier().classify(text[:_LOOK])
    return str(lang) if probability >= _FLOOR else None


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import (
        MODEL_FILE,
        LanguageIdentifier,
    )

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(KNOWN))
    return identifier
