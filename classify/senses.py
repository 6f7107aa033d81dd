"""Vectors of meaning come in, or words alone; where a text stands among the written posts goes out. Pure.

An encoder's vectors are brought down to their main directions. A student learns, from the written posts, to
tell that place from words alone: an installation without the encoder still compares meanings, roughly.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classify.ridge import solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]
#: main directions kept: 48 to 160 gave the same within noise, all 384 a little less
SIZE = 96
_STUDENT_STRENGTH = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The main directions of an encoder's vectors over the written posts."""

    mean: Vectors
    #: encoder's size x SIZE
    directions: Vectors

    def placed(self, vectors: Vectors) -> Vectors:
        """Encoder's vectors as unit vectors in this space."""
        return unit(np.asarray((vectors - self.mean) @ self.directions, dtype=np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Student:
    """Words to places in the space."""

    #: vocabulary x SIZE
    weights: Vectors
    bias: Vectors

    def placed(self, words: "csr_matrix") -> Vectors:
        """Unit vectors for rows of word weights."""
        return unit(np.asarray(words @ self.weights, dtype=np.float32) + self.bias)


def space(vectors: Vectors) -> Space:
    """The main directions of some vectors (principal components)."""
    mean = vectors.mean(axis=0)
    centred = unit(np.asarray(vectors - mean, dtype=np.float32))
    _, _, directions = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    # A direction and its opposite are the same; a library may give either.
    signs = np.sign(directions[np.arange(len(directions)), np.abs(directions).argmax(axis=1)])
    return Space(mean=mean, directions=(directions * signs[:, None])[:SIZE].T.astype(np.float32))


def student(
    words: "csr_matrix", alike: Floats, places: Vectors, groups: "Sequence[str]"
) -> tuple[Student, Vectors]:
    """Learn to tell a place from words; also where each post lands for a student that never saw its group.

    Args:
        words: posts x vocabulary.
        alike: words times their transpose, posts x posts; left as it is.
        places: where the encoder put each post.
        groups: posts of one group are held out together.
    """
    solved = solve(alike + 1.0, places.astype(np.float64), groups, _STUDENT_STRENGTH)
    bias = solved.mean + solved.duals.sum(axis=0)
    taught = Student(
        weights=np.asarray(words.T @ solved.duals, dtype=np.float32), bias=bias.astype(np.float32)
    )
    return taught, unit(solved.held_out.astype(np.float32))


def unit(vectors: Vectors) -> Vectors:
    """Each row at length one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


def joined(told: Vectors, guessed: Vectors) -> Vectors:
    """An encoder's places and the student's guesses as one: each is half of what "near" means.

    Two opinions err in different posts: together they silenced a fifth fewer touching posts than the encoder
    alone, and ranked better than either.
    """
    return unit(np.hstack((told, guessed)))


def nearness(places: Vectors | Floats, centres: Vectors | Floats, width: float) -> Floats:
    """How near each place is to each centre: 1 at the same spot, falling to 0 (a radial kernel)."""
    apart: Floats = np.asarray(places, dtype=np.float64) @ np.asarray(centres, dtype=np.float64).T
    apart -= 1.0
    apart *= 2.0 * width
    return np.asarray(np.exp(apart, out=apart))
