"""Labels and what was said of rows that were held out come in; labels that look wrong go out. Pure.

Nothing is changed here: a person looks at each. The method is confident learning (C. Northcutt and others,
Confident learning: estimating uncertainty in dataset labels, 2021), by cleanlab.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from classify.heads import CLAUSES, GUARD, PLACE
from classify.training import Rehearsed
from klankbord.errors import NotFoundError

Floats = NDArray[np.float64]
#: answers of either kind below which nothing is said of a head
_FEWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A label that a model which never saw its story would have put otherwise."""

    #: id of a written post, of an own sentence, or "post:…" of a mention
    row: str
    #: "C02" …, or "guard"
    head: str
    #: what somebody said
    said: bool
    #: probability of yes by the model
    chance: float


def doubts(rehearsed: Rehearsed, lens: str, most: int) -> list[Doubt]:
    """The labels that look wrong, the least believable first.

    Args:
        rehearsed: a model with what it said of rows it had not seen.
        lens: "plain" or "sharp".
        most: so many at most.

    Raises:
        NotFoundError: cleanlab is not installed.
    """
    if find_spec("cleanlab") is None:
        raise NotFoundError("finding doubts needs cleanlab: install klankbord[learning]")
    chances = getattr(rehearsed.model, lens).chances(rehearsed.held_out[lens])
    found = [one for head in (*CLAUSES, GUARD) for one in _of_head(head, rehearsed, chances)]
    found.sort(key=lambda one: (one.chance if one.said else 1.0 - one.chance, one.row))
    return found[:most]


def _of_head(head: str, rehearsed: Rehearsed, chances: Floats) -> Iterator[Doubt]:
    from cleanlab.filter import find_label_issues

    place = PLACE[head]
    asked: Sequence[int] = np.flatnonzero(~np.isnan(rehearsed.labels[:, place])).tolist()
    labels = rehearsed.labels[asked, place].astype(np.int64)
    if min(labels.sum(), len(labels) - labels.sum()) < _FEWEST:
        return
    yes = chances[asked, place]
    ranked = find_label_issues(
        labels=labels,
        pred_probs=np.column_stack((1.0 - yes, yes)),
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    for row in ranked:
        yield Doubt(
            row=rehearsed.model.posts[asked[row]],
            head=head,
            said=bool(labels[row]),
            chance=round(float(yes[row]), 4),
        )
