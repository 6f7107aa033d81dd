"""Drawn posts with their answers come in; prevalence, recall and precision go out, with intervals. Pure.

Each answered post stands for one over its probability of being drawn (D. G. Horvitz, D. J. Thompson, A
generalization of sampling without replacement from a finite universe, 1952). Intervals come from a weighted
bootstrap (D. B. Rubin, The Bayesian bootstrap, 1981) with half a post of either kind added to each stratum:
without it, a lot in which nothing was found would make a recall of 1 look certain.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classify.evaluate import Figure
from klankbord.sample import Drawn, Stratum

Floats = NDArray[np.float64]
_RESAMPLES = 2_000
_ADDED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """What the answers say of all posts of their weeks; None where they cannot say it."""

    weeks: int
    drawn: int
    answered: int
    #: posts of these weeks that could be shown
    posts: int
    #: share of posts that touch a clause
    prevalence: Figure | None = None
    #: share of touching posts that people were pointed at
    recall: Figure | None = None
    #: share of posts pointed at that touch a clause
    precision: Figure | None = None


@dataclass(frozen=True, slots=True)
class _Cell:
    """The answered posts that were drawn by lot, or all others, over all weeks."""

    #: how many posts each stands for
    weights: Floats
    #: answered posts x (touches, pointed at, both, one)
    facts: Floats
    #: the facts of the half posts that are added
    added: Floats


def estimates(drawn: Sequence[Drawn]) -> Estimates:
    """Estimate over every week whose answers let one: a lot that nobody answered tells nothing."""
    weeks: dict[str, list[Drawn]] = defaultdict(list)
    for one in drawn:
        weeks[one.week].append(one)
    used = [one for week in weeks.values() if _complete(week) for one in week]
    cells = list(_cells(used))
    count = sum(len(cell.weights) for cell in cells)
    found = Estimates(
        weeks=len({one.week for one in used}),
        drawn=len(used),
        answered=count,
        posts=round(sum(1.0 / one.chance for one in used)),
    )
    if not count:
        return found
    point = sum((cell.weights @ cell.facts for cell in cells), np.zeros(4))
    again = sum((_again(cell, place) for place, cell in enumerate(cells)), np.zeros((_RESAMPLES, 4)))
    return replace(
        found,
        prevalence=_figure(point, again, 0, 3, count),
        recall=_figure(point, again, 2, 0, count),
        precision=_figure(point, again, 2, 1, count),
    )


def _complete(week: Sequence[Drawn]) -> bool:
    by_lot = [one for one in week if one.stratum is Stratum.RANDOM]
    return not by_lot or any(one.touches is not None for one in by_lot)


def _cells(used: Sequence[Drawn]) -> Iterator[_Cell]:
    shares = _shares(used)
    for by_lot in (False, True):
        answered = [
            one for one in used if one.touches is not None and (one.stratum is Stratum.RANDOM) is by_lot
        ]
        if answered:
            pointed_at = 0.0 if by_lot else 1.0
            yield _Cell(
                weights=np.array([1.0 / (one.chance * shares[one.week, one.stratum]) for one in answered]),
                facts=np.array([_facts(bool(one.touches), one.flagged) for one in answered]),
                added=np.array([[1.0, pointed_at, pointed_at, 1.0], [0.0, pointed_at, 0.0, 1.0]]),
            )


def _shares(used: Sequence[Drawn]) -> Mapping[tuple[str, Stratum], float]:
    """Of each week and stratum the share that was answered: who answers does not choose by content."""
    all_of = Counter((one.week, one.stratum) for one in used)
    answered = Counter((one.week, one.stratum) for one in used if one.touches is not None)
    return {key: answered[key] / count for key, count in all_of.items()}


def _facts(touches: bool, flagged: bool) -> list[float]:  # noqa: FBT001 - two facts of a post
    return [float(touches), float(flagged), float(touches and flagged), 1.0]


def _again(cell: _Cell, seed: int) -> Floats:
    """The totals of a cell, its posts weighed by lot again and again."""
    rng = np.random.default_rng(seed)
    lots = rng.exponential(size=(_RESAMPLES, len(cell.weights))) * cell.weights
    half = rng.gamma(_ADDED, size=(_RESAMPLES, len(cell.added))) * cell.weights.mean()
    totals = lots @ cell.facts + half @ cell.added
    return np.asarray(totals * (cell.weights.sum() / totals[:, 3:4]))


def _figure(point: Floats, again: Floats, part: int, whole: int, count: int) -> Figure | None:
    if point[whole] <= 0.0:
        return None
    value = float(point[part] / point[whole])
    low, high = np.quantile(again[:, part] / np.maximum(again[:, whole], 1e-12), (0.025, 0.975))
    return Figure(value=value, low=min(float(low), value), high=max(float(high), value), n=count)
