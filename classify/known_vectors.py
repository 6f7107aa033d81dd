"""Sentences come in, the vectors that were shipped for them go out; what is new goes to a real encoder."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classify.senses import Vectors
from classify.sentences import sentence
from classify.training import Written, documents_of
from klankbord.errors import ModelCorruptError
from klankbord.ports import Encoder


class KnownVectors:
    """An encoder that needs no library for the written posts; implements `klankbord.ports.Encoder`."""

    def __init__(self, name: str, known: Mapping[str, Vectors], other: Encoder | None = None) -> None:
        """Keep what is known.

        Args:
            name: the encoder that made the vectors.
            known: sentence -> vector.
            other: encodes what is not known.
        """
        self.name, self._known, self._other = name, dict(known), other

    @property
    def encodes_anew(self) -> bool:
        """Whether there is an encoder for what is not known."""
        return self._other is not None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A unit vector for each text.

        Raises:
            ModelCorruptError: a text is new, and there is nothing to encode it with.
        """
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing and self._other is None:
            raise ModelCorruptError(
                f"{len(missing)} sentences have no shipped vector, and no encoder is installed"
            )
        if missing and self._other is not None:
            self._known.update(zip(missing, self._other.encode(missing), strict=True))
        return np.array([self._known[text] for text in texts], dtype=np.float32)


def known_vectors(written: Written, other: Encoder | None = None) -> KnownVectors:
    """An encoder that knows the sentences of written posts.

    Args:
        written: posts and their vectors.
        other: encodes other texts; only used where it is the encoder that made the vectors.
    """
    sentences = [sentence(document) for document in documents_of(written.corpus)]
    same = other if other is not None and other.name == written.encoder else None
    return KnownVectors(written.encoder, dict(zip(sentences, written.vectors, strict=True)), same)
