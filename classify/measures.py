"""Answers and what they were about come in; a figure with its n and 95 % interval goes out. Pure."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import isnan, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Rows = NDArray[np.int64]
#: two-sided 95 % of the normal distribution
_NORMAL = 1.959964
RESAMPLES = 300
_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value, the number of posts behind it, and its 95 % interval; n = 0: nothing to measure."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}-{self.high:.3f}] n={self.n}"


NOTHING = Figure(value=0.0, low=0.0, high=1.0, n=0)


def share(hits: Sequence[bool]) -> Figure:
    """A share with Wilson's interval: resampling would call three of three certain.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    count = len(hits)
    if not count:
        return NOTHING
    value, square = sum(hits) / count, _NORMAL**2
    centre = (value + square / (2 * count)) / (1 + square / count)
    spread = (_NORMAL / (1 + square / count)) * sqrt(value * (1 - value) / count + square / (4 * count**2))
    # Rounding must not put the value itself outside.
    low, high = min(value, max(0.0, centre - spread)), max(value, min(1.0, centre + spread))
    return Figure(value=value, low=low, high=high, n=count)


def resampled(
    measure: Callable[[Rows], float],
    groups: Sequence[Hashable],
    *,
    resamples: int = RESAMPLES,
    pivoted: bool = False,
) -> Figure:
    """A measure over rows, with an interval from drawing whole groups again.

    Args:
        measure: takes row numbers; NaN where it cannot be told.
        groups: rows of one group are drawn together: they are of one story.
        resamples: how often.
        pivoted: for a measure that resampling always makes larger, such as a calibration error: the interval
            lies on the other side of the value (the basic bootstrap).
    """
    value = measure(np.arange(len(groups)))
    if isnan(value):
        return NOTHING
    number = {name: place for place, name in enumerate(dict.fromkeys(groups))}
    member = np.array([number[name] for name in groups])
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(resamples):
        times = np.bincount(rng.integers(0, len(number), len(number)), minlength=len(number))
        drawn.append(measure(np.repeat(np.arange(len(groups)), times[member])))
    told = [one for one in drawn if not isnan(one)]
    low, high = np.quantile(told, (0.025, 0.975)) if told else (value, value)
    if pivoted:
        low, high = max(0.0, 2 * value - high), 2 * value - low
    return Figure(value=value, low=min(float(low), value), high=max(float(high), value), n=len(groups))


def area(positive: Bools, scores: Floats) -> float:
    """Area under the ROC curve; ties count half."""
    wins, others = scores[positive], np.sort(scores[~positive])
    if not len(wins) or not len(others):
        return float("nan")
    below = np.searchsorted(others, wins, side="left")
    upto = np.searchsorted(others, wins, side="right")
    return float((below + upto).sum() / (2.0 * len(wins) * len(others)))


def average_precision(positive: Bools, scores: Floats, prevalence: float | None = None) -> float:
    """Area under the precision-recall curve, in steps.

    Args:
        positive: which rows are.
        scores: higher: more likely.
        prevalence: share of positives to weigh the rows to; None: as they are.
    """
    stepped = _steps(positive, scores, prevalence)
    if stepped is None:
        return float("nan")
    wins, everything = (np.cumsum(one) for one in stepped)
    gained = np.diff(wins, prepend=0.0)
    return float((gained * wins / everything).sum() / wins[-1])


def recall_in_top(positive: Bools, scores: Floats, prevalence: float, top: float) -> float:
    """Share of positives among the highest-scored part of a stream; of a tie at its border, a part counts.

    Args:
        positive: which rows are; they are weighed to `prevalence` together, the others to the rest.
        scores: higher: read first.
        prevalence: share of positives in the stream.
        top: share of the stream that is read.
    """
    stepped = _steps(positive, scores, prevalence)
    if stepped is None:
        return float("nan")
    wins, everything = stepped
    before = np.cumsum(everything) - everything
    taken = np.clip((top - before) / everything, 0.0, 1.0)
    return float((taken * wins).sum() / wins.sum())


def _steps(positive: Bools, scores: Floats, prevalence: float | None) -> tuple[Floats, Floats] | None:
    """Weight of the positives, and of everything, at each score, highest first; None: one kind is missing."""
    count = int(positive.sum())
    if not count or (prevalence is not None and count == len(positive)):
        return None
    weights = np.full(len(positive), 1.0 / len(positive))
    if prevalence is not None:
        weights = np.where(positive, prevalence / count, (1.0 - prevalence) / (len(positive) - count))
    _, place = np.unique(-scores, return_inverse=True)
    wins, everything = np.bincount(place, weights=weights * positive), np.bincount(place, weights=weights)
    return wins.astype(np.float64), everything.astype(np.float64)


def calibration_error(positive: Bools, scores: Floats) -> float:
    """How far scores are from what holds, over ten bins of equally many rows (expected calibration error)."""
    if not len(scores):
        return float("nan")
    bins = np.array_split(np.argsort(scores, kind="stable"), _BINS)
    return float(
        sum(len(rows) * abs(scores[rows].mean() - positive[rows].mean()) for rows in bins if len(rows))
        / len(scores)
    )


def to_read(touching: Figure, others: Figure, prevalence: float) -> Figure:
    """Posts of a thousand that a reviewer is pointed at, from the shares of either kind that are.

    The interval takes the ends of both intervals together: rather too wide.
    """
    if not touching.n or not others.n:
        return NOTHING

    def load(touched: float, other: float) -> float:
        return 1000.0 * (prevalence * touched + (1.0 - prevalence) * other)

    return Figure(
        value=load(touching.value, others.value),
        low=load(touching.low, others.low),
        high=load(touching.high, others.high),
        n=touching.n + others.n,
    )


def share_right(touching: Figure, others: Figure, prevalence: float) -> Figure:
    """Share of what is pointed at that touches a clause; the interval as in `to_read`."""
    if not touching.n or not others.n:
        return NOTHING

    def right(touched: float, other: float) -> float:
        pointed = prevalence * touched + (1.0 - prevalence) * other
        return prevalence * touched / pointed if pointed else 0.0

    return Figure(
        value=right(touching.value, others.value),
        low=right(touching.low, others.high),
        high=right(touching.high, others.low),
        n=touching.n + others.n,
    )
