"""What two models say of the same rows comes in; which is better at what, with intervals, goes out. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classify.heads import CLAUSES, GUARD, PLACE, TOUCHING
from classify.senses import Vectors

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
#: times that rows are drawn again, both models on the same rows
_RESAMPLES = 400
#: answers of either kind below which a clause is not compared by itself
_FEWEST = 5
#: verdicts below which only the shipped test part is measured
FEWEST_VERDICTS = 30
#: a difference nobody would notice: three sentences of an organisation's own moved an area by 0.0005, and
#: on the same 1,360 posts that was beyond chance
_SMALL = 0.005
#: share of P01, P02, P03 and P05 that the guard must hold back (law.md D5)
LEAST_RECALL = 0.95
Where = Literal["shipped test part", "held-out verdicts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Rows that neither model saw, and what is true of them."""

    where: Where
    #: posts x HEADS: 1, 0 or NaN
    labels: Floats
    #: rows of the kinds of protected speech that law.md D5 names
    core: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a model says of these rows."""

    #: rows x HEADS
    decided: Vectors
    #: decision from which its guard holds a post back
    guard_from: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure of both models."""

    where: Where
    #: "C02 AUC", "all clauses AUC", "guard recall", "guard cost"
    what: str
    champion: float
    challenger: float
    #: 95 % interval of challenger minus champion
    low: float
    high: float
    #: rows behind it
    n: int
    #: the challenger is worse by more than chance explains, or below what the law asks
    worse: bool


def compared(asked: Asked, champion: Said, challenger: Said) -> tuple[Compared, ...]:
    """Every figure that these rows can tell."""
    return (*_clauses(asked, champion, challenger), *_guard(asked, champion, challenger))


def area(positive: Bools, scores: Floats) -> float:
    """Area under the ROC curve, ties half; NaN where one side is empty."""
    from scipy.stats import rankdata

    wins = int(positive.sum())
    losses = len(positive) - wins
    if not wins or not losses:
        return float("nan")
    return float((rankdata(scores)[positive].sum() - wins * (wins + 1) / 2) / (wins * losses))


def _clauses(asked: Asked, champion: Said, challenger: Said) -> Iterator[Compared]:
    enough = False
    for clause in CLAUSES:
        found = _area_of((clause,), asked, champion, challenger)
        if found is not None:
            enough = True
            yield found
    if not enough and (found := _area_of(CLAUSES, asked, champion, challenger)) is not None:
        yield found


def _area_of(clauses: Sequence[str], asked: Asked, champion: Said, challenger: Said) -> Compared | None:
    places = [PLACE[clause] for clause in clauses]
    labels = asked.labels[:, places]
    rows, columns = np.nonzero(~np.isnan(labels))
    positive = labels[rows, columns] == 1.0
    if min(positive.sum(), (~positive).sum()) < _FEWEST:
        return None
    old = champion.decided[:, places][rows, columns].astype(np.float64)
    new = challenger.decided[:, places][rows, columns].astype(np.float64)
    name = clauses[0] if len(clauses) == 1 else "all clauses"
    values, interval = _paired(
        lambda drawn: (area(positive[drawn], old[drawn]), area(positive[drawn], new[drawn])), len(positive)
    )
    return Compared(
        where=asked.where,
        what=f"{name} AUC",
        champion=values[0],
        challenger=values[1],
        low=interval[0],
        high=interval[1],
        n=len(positive),
        worse=interval[1] < -_SMALL,
    )


def _guard(asked: Asked, champion: Said, challenger: Said) -> Iterator[Compared]:
    touching = asked.labels[:, PLACE[TOUCHING]] == 1.0
    for what, rows in (("guard recall", asked.core), ("guard cost", touching)):
        if not rows.any():
            continue
        old, new = _held_back(champion)[rows], _held_back(challenger)[rows]
        values, interval = _paired(
            lambda drawn, old=old, new=new: (float(old[drawn].mean()), float(new[drawn].mean())),  # type: ignore[misc]
            int(rows.sum()),
        )
        # Where the champion itself falls short of the law, the next must at least not fall further.
        worse = values[1] < min(LEAST_RECALL, values[0]) if what == "guard recall" else interval[0] > _SMALL
        yield Compared(
            where=asked.where,
            what=what,
            champion=values[0],
            challenger=values[1],
            low=interval[0],
            high=interval[1],
            n=int(rows.sum()),
            worse=worse,
        )


def _held_back(said: Said) -> Bools:
    return np.asarray(said.decided[:, PLACE[GUARD]] >= said.guard_from)


def _paired(
    measure: Callable[[Rows], tuple[float, float]], count: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Both values, and the interval of their difference when both see the same rows drawn again."""
    rng = np.random.default_rng(0)
    differences = []
    for _ in range(_RESAMPLES):
        old, new = measure(rng.integers(0, count, count))
        differences.append(new - old)
    low, high = np.nanquantile(differences, (0.025, 0.975))
    return measure(np.arange(count)), (float(low), float(high))
