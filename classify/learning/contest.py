"""A champion and rows to learn from come in; a challenger, and whether it may take over, goes out.

The challenger takes over when it is not worse, beyond what chance explains, on any clause and on the guard:
on the shipped test part, and on verdicts that neither model saw.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from classify.heads import CORE, labels
from classify.learning.comparing import FEWEST_VERDICTS, Asked, Compared, Said, compared
from classify.learning.rows import OwnRow, matrix
from classify.model import Model, look
from classify.reading import document
from classify.senses import Vectors, joined
from classify.signals import votes
from classify.training import Written, names_us, readings_of, train
from classify.vectoriser import Document

LensName = Literal["plain", "sharp"]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a contest is fought on."""

    train: Written
    test: Written
    #: the lens that decides in this installation: sharp where it has an encoder
    lens: LensName


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a contest ended."""

    challenger: Model
    #: none where there was no champion
    figures: tuple[Compared, ...]
    promoted: bool
    #: verdicts that neither model saw
    held_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Rows as models look at them."""

    documents: tuple[Document, ...]
    voted: tuple[tuple[str, ...], ...]
    vectors: tuple[Vectors | None, ...]


def contest(
    ground: Ground,
    champion: Model | None,
    rows: Sequence[OwnRow],
    held_out: Sequence[OwnRow],
    now: datetime,
    progress: Progress,
) -> Outcome:
    """Train a challenger on all rows and compare it.

    Args:
        ground: the shipped parts.
        champion: the model in use; None: there is none, and the challenger takes over.
        rows: everything to learn from, `held_out` included.
        held_out: the newest verdicts, none of which the champion saw; a model trained without them is
            compared on them. Fewer than 30 are not compared.
        now: the day of training.
        progress: told what happens.
    """
    positives = Counter(clause for post in ground.test.corpus.examples for clause in post.clauses)
    challenger = train(ground.train, positives, now, progress, rows)
    if champion is None:
        return Outcome(challenger=challenger, figures=(), promoted=True, held_out=0)
    asked, shown = of_corpus(ground.test)
    figures = compared(asked, said(champion, shown, ground.lens), said(challenger, shown, ground.lens))
    if len(held_out) >= FEWEST_VERDICTS:
        progress("a second training, without the newest verdicts, to compare on them")
        rehearsal = train(ground.train, positives, now, progress, _without(rows, held_out))
        asked, shown = of_rows(held_out)
        figures += compared(asked, said(champion, shown, ground.lens), said(rehearsal, shown, ground.lens))
    return Outcome(
        challenger=challenger,
        figures=figures,
        promoted=not any(figure.worse for figure in figures),
        held_out=len(held_out) if len(held_out) >= FEWEST_VERDICTS else 0,
    )


def of_corpus(written: Written) -> tuple[Asked, Shown]:
    """The posts of a part that name their organisation, and what is true of them."""
    readings = readings_of(written.corpus)
    named = [place for place, reading in enumerate(readings) if names_us(reading)]
    examples = [written.corpus.examples[place] for place in named]
    asked = Asked(
        where="shipped test part",
        labels=labels(examples),
        core=np.array([post.protected in CORE for post in examples], dtype=bool),
    )
    return asked, Shown(
        documents=tuple(document(readings[place]) for place in named),
        voted=tuple(tuple(votes(readings[place])) for place in named),
        vectors=tuple(written.vectors[place] for place in named),
    )


def of_rows(rows: Sequence[OwnRow]) -> tuple[Asked, Shown]:
    """Own rows, and what reviewers said of them."""
    asked = Asked(where="held-out verdicts", labels=matrix(rows), core=np.zeros(len(rows), dtype=bool))
    return asked, Shown(
        documents=tuple(row.document for row in rows),
        voted=tuple(row.voted for row in rows),
        vectors=tuple(row.vector for row in rows),
    )


def said(model: Model, shown: Shown, lens: LensName) -> Said:
    """What a model says of rows; where one has no vector, the student's guess has to do."""
    looked = look(model, shown.documents, [dict.fromkeys(one) for one in shown.voted])
    if lens == "plain":
        return Said(decided=looked.decided, guard_from=model.plain.guard_from)
    told = looked.places.copy()
    known = [place for place, vector in enumerate(shown.vectors) if vector is not None]
    if known:
        vectors = np.array([shown.vectors[place] for place in known], dtype=np.float32)
        told[known] = model.space.placed(vectors)
    decided = model.sharp.decisions(looked.words, looked.ballots, joined(told, looked.places))
    return Said(decided=decided, guard_from=model.sharp.guard_from)


def _without(rows: Sequence[OwnRow], held_out: Sequence[OwnRow]) -> list[OwnRow]:
    stories = {row.group for row in held_out}
    return [row for row in rows if row.group not in stories]
