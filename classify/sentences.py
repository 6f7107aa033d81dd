"""Masked documents come in, vectors of meaning go out; what was computed before is not computed again."""

import hashlib
from collections.abc import Sequence

import numpy as np

from classify.vectoriser import Document
from klankbord.finding import Embedding
from klankbord.ports import Encoder

#: characters that are encoded: what a post is about stands in front, and the cost grows with the length
_LONGEST = 600
#: signs of the mask as words that an encoder has seen
_SPOKEN = {
    "_org_": "Organisatie",
    "_prod_": "Product",
    "_rival_": "Concurrent",
    "_acct_": "@webcare",
    "_url_": "link",
}


def sentence(document: Document) -> str:
    """The words of a masked document as an encoder should read them."""
    text = document.text
    for sign, spoken in _SPOKEN.items():
        text = text.replace(sign, spoken)
    return " ".join(text.split())[:_LONGEST]


class Sentences:
    """An encoder, and what it encoded before."""

    def __init__(self, encoder: Encoder) -> None:
        """Keep the encoder; it loads its weights when it is first asked."""
        self._encoder = encoder

    def embedded(self, sentences: Sequence[str], kept: Sequence[Embedding | None]) -> list[Embedding]:
        """A vector for each sentence, in order.

        Args:
            sentences: what to encode.
            kept: what was computed before for the same post; used where encoder and sentence are the same.
        """
        prints = [fingerprint(one) for one in sentences]
        found: dict[str, Embedding] = {
            one.of: one for one in kept if one is not None and one.encoder == self._encoder.name
        }
        missing = {key: one for key, one in zip(prints, sentences, strict=True) if key not in found}
        for key, vector in zip(missing, self._encoder.encode(list(missing.values())), strict=True):
            # Half precision in the store: 768 bytes a post, and no ranking moved by it.
            values = np.asarray(vector, dtype="<f2").tobytes()
            found[key] = Embedding(encoder=self._encoder.name, of=key, values=values)
        return [found[key] for key in prints]


def fingerprint(text: str) -> str:
    """Tells whether a vector is of this very sentence."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
