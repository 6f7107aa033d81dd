"""Shipped vectors answer for the written posts, and for nothing else."""

from collections.abc import Sequence

import numpy as np
import pytest

from classify.known_vectors import KnownVectors
from classify.senses import Vectors
from klankbord.errors import ModelCorruptError

KNOWN = {"one": np.array([1.0, 0.0], dtype=np.float32), "two": np.array([0.0, 1.0], dtype=np.float32)}


class Lengths:
    """Tells a text's length, and remembers what it was asked."""

    name = "meaning/1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text), 0] for text in texts], dtype=np.float32)


def test_what_is_known_comes_back_in_order_without_an_encoder() -> None:
    known = KnownVectors("meaning/1", KNOWN)
    assert known.encode(["two", "one", "two"]).tolist() == [[0, 1], [1, 0], [0, 1]]
    assert known.name == "meaning/1"
    assert not known.encodes_anew


def test_a_new_sentence_is_an_error_where_nothing_can_encode_it() -> None:
    with pytest.raises(ModelCorruptError, match="1 sentences have no shipped vector"):
        KnownVectors("meaning/1", KNOWN).encode(["one", "three"])


def test_a_new_sentence_is_encoded_once() -> None:
    other = Lengths()
    known = KnownVectors("meaning/1", KNOWN, other)
    assert known.encode(["three", "one", "three"]).tolist() == [[5, 0], [1, 0], [5, 0]]
    known.encode(["three"])
    assert other.asked == ["three"]
