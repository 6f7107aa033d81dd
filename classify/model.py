"""Documents and votes come in, what every head says of them goes out. Pure.

A lens is one way of looking: words, votes, and how near a text comes in meaning to each written post. The
plain lens guesses meaning from words alone; the sharp one asks an encoder as well. Both answer for every
head at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classify.heads import CLAUSES, CORE, GUARD, PLACE
from classify.senses import Space, Student, Vectors, joined, nearness
from classify.signals import SIGNALS
from classify.vectoriser import Document, Vectoriser

Floats = NDArray[np.float64]
_CORE_PLACES = [PLACE[kind] for kind in CORE]
_CLAUSE_PLACES = [PLACE[clause] for clause in CLAUSES]
# Of a dozen mixtures tried across organisations, logistic ones included, this one silenced fewest touching
# posts at a recall of 0.95.
_CLAUSES_WEIGH = 0.5
_TILE = 64
#: what a vote weighs beside words of unit length
VOTE = 0.8
#: of the likeness by votes and by meaning, beside that by words: the best of some twenty mixtures tried on
#: organisations left out; neighbours differed by less than 0.005 in area under the curve
VOTES_WEIGH, MEANING_WEIGHS, WIDTH = 0.1, 4.0, 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What was measured when the model was made, on organisations left out of the training part."""

    #: posts of the test part that touch each clause: below 30 a clause only counts (law.md K2)
    test_positives: Mapping[str, int]
    #: lens -> head -> area under the curve
    held_out_auc: Mapping[str, Mapping[str, float]]
    #: lens -> share of P01, P02, P03 and P05 held back, and of touching posts held back with them
    guard_recall: Mapping[str, float]
    guard_cost: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """One way of looking at a text; one column for each of HEADS."""

    weights: Vectors
    vote_weights: Vectors
    bias: Vectors
    #: where the written posts stand, and how each pulls on each head
    centres: Floats
    pulls: Floats
    #: decision -> probability: slope and offset of each head, fitted on organisations left out
    slope: Floats
    offset: Floats
    #: head -> decision from which it may stand in for a signal that abstains
    decided_from: Mapping[str, float]
    #: protectedness from which the guard holds a post back; decision from which its text goes too
    guard_from: float
    #: protectedness from which one sentence alone holds back the post it stands in (law.md D4)
    guard_sure_from: float
    text_goes_from: float
    #: decision of "touching" below which no second look pays
    look_from: float

    def decisions(self, words: csr_matrix, ballots: Vectors, places: Vectors) -> Vectors:
        """What each head says of each row, before calibration: rows x HEADS."""
        said = np.asarray(words @ self.weights, dtype=np.float32)
        # Tile by tile, each of one size, in double precision: BLAS adds in another order for another shape,
        # and a post's score must not depend on how many are judged beside it.
        for start in range(0, len(said), _TILE):
            tile = slice(start, start + _TILE)
            near = nearness(_whole(places[tile]), self.centres, WIDTH) @ self.pulls
            said[tile] += np.round(near, 6)[: len(said[tile])]
            said[tile] += (_whole(ballots[tile]) @ self.vote_weights)[: len(said[tile])]
        said += self.bias
        return said

    def chances(self, decided: Vectors) -> Floats:
        """Decisions as calibrated probabilities."""
        return 1.0 / (1.0 + np.exp(-np.clip(decided * self.slope + self.offset, -40.0, 40.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Everything learnt; two models with one fingerprint score alike."""

    vectoriser: Vectoriser
    student: Student
    space: Space
    plain: Lens
    sharp: Lens
    #: votes alone, posts never read: what rules would rank by, shown beside every figure
    rules: Vectors
    #: ids of the written posts in the order of a lens's centres
    posts: tuple[str, ...]
    #: name of the encoder that placed the written posts
    encoder: str
    metrics: Metrics
    fingerprint: str
    corpus: str
    trained_on: str

    def word_weight(self, head: str, word: str) -> float:
        """How much one word speaks for a head."""
        columns = list(self.vectoriser.ids(word))
        weights = self.plain.weights[columns, PLACE[head]]
        return float(weights @ self.vectoriser.idf[columns]) if columns else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A batch of documents under the plain lens, and what a second look needs."""

    words: csr_matrix
    ballots: Vectors
    places: Vectors
    decided: Vectors


def look(model: Model, documents: Sequence[Document], voted: Sequence[Mapping[str, object]]) -> Looked:
    """Look at a batch with the plain lens."""
    words = model.vectoriser.transform(documents)
    cast = ballots(voted)
    places = model.student.placed(words)
    return Looked(
        words=words, ballots=cast, places=places, decided=model.plain.decisions(words, cast, places)
    )


def look_again(model: Model, looked: Looked, rows: Sequence[int], vectors: Vectors) -> Vectors:
    """What the sharp lens says of some rows, given their encoder's vectors."""
    chosen = list(rows)
    # One at a time: few posts come here, and BLAS adds in another order for another number of rows.
    told = np.vstack([model.space.placed(vector[np.newaxis]) for vector in vectors])
    places = joined(told, looked.places[chosen])
    return model.sharp.decisions(looked.words[chosen], looked.ballots[chosen], places)


def protectedness(decided: NDArray[np.floating]) -> NDArray[np.floating]:
    """How much each row looks like protected speech: as such, and as one of the kinds that law.md D5 names.

    A post that is plainly of a clause's kind and only faintly protected gets some room.
    """
    kinds = decided[..., _CORE_PLACES].max(axis=-1)
    clauses = decided[..., _CLAUSE_PLACES].max(axis=-1)
    return np.asarray(decided[..., PLACE[GUARD]] + kinds - _CLAUSES_WEIGH * clauses)


def _whole(rows: Vectors) -> Floats:
    return np.pad(rows, ((0, _TILE - len(rows)), (0, 0))).astype(np.float64)


def ballots(voted: Iterable[Mapping[str, object]]) -> Vectors:
    """Every signal's vote as a number, in the order of SIGNALS: one row for each post."""
    rows = [[VOTE * (signal.name in ballot) for signal in SIGNALS] for ballot in voted]
    return np.array(rows, dtype=np.float32).reshape(-1, len(SIGNALS))
