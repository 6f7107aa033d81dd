"""Documents and votes come in, calibrated scores go out. Pure.

A linear head for each clause and several for the guard look at the words; a small fusion per clause weighs
the head beside the signals that voted and makes a probability of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from classify.fusion import CLAUSES, WEIGHED
from classify.signals import SIGNALS
from classify.vectoriser import Document, Vectoriser

GUARD, TEXT_GOES = "guard", "text_goes"
#: kinds of protected speech that are learnt apart; they only ever leave this module as one number
KINDS = ("P01", "P02", "P03", "P04", "P05", "P06", "P07")
GUARDING = (GUARD, TEXT_GOES, *KINDS)
HEADS = (*CLAUSES, *GUARDING)
_KIND_COLUMNS = [HEADS.index(kind) for kind in KINDS]
_CLAUSE_COLUMNS = [HEADS.index(clause) for clause in CLAUSES]
Floats = NDArray[np.float64]
# Of nine mixtures tried across organisations this one silenced the fewest touching posts at a recall of 0.95.
_KINDS_WEIGH, _CLAUSES_WEIGH = 0.6, 0.3
#: what a vote weighs beside words of unit length
_VOTE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What was measured when the model was made."""

    #: posts of the test part that touch each clause: below 30 a clause only counts (law.md K2)
    test_positives: Mapping[str, int]
    #: cross-validated by organisation, on the training part
    cross_validated_auc: Mapping[str, float]
    guard_recall: float
    #: touching posts of other organisations that the guard would silence
    guard_cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Everything learnt; two models with one fingerprint score alike."""

    vectoriser: Vectoriser
    #: one column for each of HEADS
    weights: Floats
    bias: Floats
    #: one row for each signal, one column for each of HEADS; only the guard's heads weigh votes directly
    vote_weights: Floats
    #: clause number -> weight of the head, then of each signal in WEIGHED
    fusion: Mapping[str, Floats]
    fusion_bias: Mapping[str, float]
    #: clause number -> decision value from which its head may stand in for a signal that abstains
    decided_from: Mapping[str, float]
    #: decision values from which the guard holds a post back, and from which its text goes too
    guard_from: float
    text_goes_from: float
    metrics: Metrics
    fingerprint: str
    corpus: str
    trained_on: str

    def decisions(self, document: Document, voted: Mapping[str, object]) -> Floats:
        """What each head says of a document, before calibration."""
        columns, values = self.vectoriser.row(document)
        # Sums, no matrix product: BLAS would wake threads for it, and its order of adding may differ.
        words: Floats = (self.weights[columns] * values[:, None]).sum(axis=0)
        ballots: Floats = (self.vote_weights * vote_row(voted)[:, None]).sum(axis=0)
        return words + ballots + self.bias

    def score(self, clause: str, decision: float, voted: Mapping[str, object]) -> float:
        """The calibrated score of a clause, given its head's decision and the signals that voted."""
        # Plain floats: for a dozen numbers an array costs more than it saves.
        head, *weights = self.fusion[clause].tolist()
        votes = sum(weight for name, weight in zip(WEIGHED[clause], weights, strict=True) if name in voted)
        return _sigmoid(head * decision + votes + self.fusion_bias[clause])

    def word_weight(self, clause: str, word: str) -> float:
        """How much one word speaks for a clause."""
        columns = list(self.vectoriser.ids(word))
        head = HEADS.index(clause)
        return float(self.weights[columns, head] @ self.vectoriser.idf[columns]) if columns else 0.0


def protectedness(decided: Floats) -> Floats:
    """How much each row of decisions looks like protected speech: the binary head and any one kind.

    A post that is plainly of a clause's kind and only faintly protected gets a little room.
    """
    chances = 1.0 / (1.0 + np.exp(-np.clip(decided[..., _KIND_COLUMNS], -30.0, 30.0)))
    none_of_them = np.clip(np.prod(1.0 - chances, axis=-1), 1e-9, 1.0 - 1e-9)
    any_kind = np.log((1.0 - none_of_them) / none_of_them)
    touching = decided[..., _CLAUSE_COLUMNS].max(axis=-1)
    mixed: Floats = decided[..., HEADS.index(GUARD)] + _KINDS_WEIGH * any_kind - _CLAUSES_WEIGH * touching
    return mixed


def vote_row(voted: Mapping[str, object]) -> Floats:
    """Every signal's vote as a number, in the order of SIGNALS."""
    return np.array([_VOTE * (signal.name in voted) for signal in SIGNALS])


def fusion_row(clause: str, decision: float, voted: Mapping[str, object]) -> Floats:
    """The head's decision and the votes as numbers."""
    return np.array([decision, *(float(name in voted) for name in WEIGHED[clause])])


def _sigmoid(value: float) -> float:
    return 1.0 / (1.0 + exp(-min(max(value, -40.0), 40.0)))
