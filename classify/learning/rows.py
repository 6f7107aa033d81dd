"""A masked text comes in with what was answered about it, a row to learn from goes out. Pure.

Only content is in a row: words, votes and meaning. Nothing says who wrote it or where it stood (law.md K7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classify.heads import CLAUSES, GUARD, HEADS, KINDS, PLACE, SHARED, TEXT_GOES, TOUCHING
from classify.senses import Vectors
from classify.vectoriser import Document
from klankbord.settings.examples import OwnExample

Floats = NDArray[np.float64]
#: reasons of a dismissal that say something of the text and a clause; the others say nothing a head asks
TEACHING = frozenset(("not_touching", "allowed_speech", "public_already"))
_TEXT_GOES = ("P02", "P05", "P07")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """One post or sentence of the installation's own, ready to be learnt from."""

    #: "post:…" or "example:…": what the model's file knows it by
    id: str
    #: masked words
    document: Document
    #: names of the signals that voted
    voted: tuple[str, ...]
    #: head -> 1 or 0; a head that is not named is unknown
    labels: Mapping[str, float]
    #: near-duplicates are held out together
    group: str
    #: an encoder's vector of it; None: the student's guess has to do
    vector: Vectors | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a reviewer said of one text and one clause."""

    #: number of the clause
    clause: str
    touches: bool
    #: asked was whether it touches any clause, not this one alone
    of_all: bool = False


def labels_of(answers: Iterable[Answer]) -> dict[str, float]:
    """What the answers about one text tell each head; a later answer wins."""
    told: dict[str, float] = {}
    for answer in answers:
        head = SHARED.get(answer.clause, answer.clause)
        if answer.touches:
            told |= {TOUCHING: 1.0} | ({head: 1.0} if head in PLACE else {})
        elif answer.of_all:
            told |= dict.fromkeys((TOUCHING, *CLAUSES), 0.0)
        elif answer.clause in CLAUSES:
            # Allowed speech is no touch either, and by itself it is not protected: the guard learns nothing.
            told[answer.clause] = 0.0
    return told


def labels_of_example(example: OwnExample) -> dict[str, float]:
    """What a sentence that the organisation wrote tells each head."""
    if example.protected is not None:
        category = example.protected[:3]
        if category not in KINDS:
            return {TOUCHING: 0.0}
        goes = float(category in _TEXT_GOES)
        return {TOUCHING: 0.0, GUARD: 1.0, TEXT_GOES: goes, category: 1.0}
    return labels_of([Answer(clause=example.clause or "", touches=example.touching)])


def matrix(rows: Iterable[OwnRow]) -> Floats:
    """One row for each, one column for each of HEADS; NaN where nobody said."""
    found = [[row.labels.get(head, np.nan) for head in HEADS] for row in rows]
    return np.array(found, dtype=np.float64).reshape(-1, len(HEADS))
