"""Scores of stored posts come in; thresholds that give a wanted load or share of right ones go out. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from klankbord.policies.locked import LOWEST
from klankbord.policy import ClauseId, Mode
from klankbord.tuning.record import Load, Share

#: steps between 0 and 1 in which scores are counted, and those at which thresholds are offered
_FINE, _COARSE = 1_000, 100
_FIRST = round(LOWEST * _FINE)
#: thresholds shown in a table, in hundredths
_SHOWN = (70, 75, 80, 85, 90, 95)
#: what a float may lack of the number people wrote
_BIT = 1e-9


class Histogram:
    """How many posts reached each score from 0.70 up, where a finding is possible at all."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        steps = _FINE - _FIRST + 1
        self._posts, self._alerts = [0] * steps, [0] * steps
        self._right, self._wrong = [0] * steps, [0] * steps

    def add(self, score: float, mode: Mode, confirmed: bool | None) -> None:  # noqa: FBT001 - a verdict, not a switch
        """Count a post.

        Args:
            score: calibrated.
            mode: the most that may become of it.
            confirmed: what people said; None: nothing.
        """
        place = min(int(score * _FINE + _BIT), _FINE) - _FIRST
        if place < 0:
            return
        self._posts[place] += 1
        self._alerts[place] += mode is Mode.ALERT
        self._right[place] += confirmed is True
        self._wrong[place] += confirmed is False

    def above(self, threshold: float) -> tuple[int, int]:
        """Posts at or over a threshold, and those of them that may be an alert."""
        place = self._place(threshold)
        return sum(self._posts[place:]), sum(self._alerts[place:])

    def expected(self, threshold: float) -> float | None:
        """The share that calibrated scores promise to be right; None: there is no post."""
        place = self._place(threshold)
        posts = sum(self._posts[place:])
        if not posts:
            return None
        return sum(n * (_FIRST + place + k) for k, n in enumerate(self._posts[place:])) / posts / _FINE

    def answered(self, threshold: float) -> Share:
        """The share that people confirmed, of those they confirmed or dismissed."""
        place = self._place(threshold)
        right, wrong = sum(self._right[place:]), sum(self._wrong[place:])
        return Share(hits=right, n=right + wrong)

    @staticmethod
    def _place(threshold: float) -> int:
        return max(0, min(ceil(threshold * _FINE - _BIT), _FINE) - _FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One threshold of one clause and what it gives."""

    clause_id: ClauseId
    threshold: float
    load: Load
    #: share of right ones that the scores promise
    expected: float | None
    #: share of right ones by people's verdicts
    answered: Share
    chosen: bool = False


def for_load(histograms: Mapping[ClauseId, Histogram], weeks: float, wanted: float) -> dict[ClauseId, float]:
    """One threshold for all clauses that gives about so many findings a week, never under 0.70.

    Calibrated scores mean the same for every clause, so one cut through all of them gives the most right
    findings for a load. Nothing where no post reached 0.70: there is nothing to go by.
    """

    def gives(step: int) -> float:
        return sum(one.above(step / _COARSE)[0] for one in histograms.values()) / weeks

    if not gives(_steps()[0]):
        return {}
    best = min(_steps(), key=lambda step: (abs(gives(step) - wanted), gives(step), -step))
    return dict.fromkeys(histograms, best / _COARSE)


def for_precision(histograms: Mapping[ClauseId, Histogram], wanted: float) -> dict[ClauseId, float]:
    """For each clause the lowest threshold at which the scores promise that share of right findings.

    A clause of which no score promises it is left out.
    """
    found = {}
    for key, one in histograms.items():
        for step in _steps():
            promised = one.expected(step / _COARSE)
            if promised is not None and promised >= wanted - _BIT:
                found[key] = step / _COARSE
                break
    return found


def choices(
    histograms: Mapping[ClauseId, Histogram],
    levels: Mapping[ClauseId, Mode],
    weeks: float,
    chosen: Mapping[ClauseId, float],
) -> Iterator[Choice]:
    """What each threshold gives, the chosen one among them.

    Args:
        histograms: of the clauses that may lead to a finding.
        levels: the most the policy makes of each.
        weeks: over how long was counted.
        chosen: the thresholds to mark.
    """
    for key, one in histograms.items():
        steps = {step / _COARSE for step in _SHOWN} | ({chosen[key]} if key in chosen else set())
        for threshold in sorted(steps):
            posts, alerts = one.above(threshold)
            yield Choice(
                clause_id=key,
                threshold=threshold,
                load=Load(
                    findings=posts / weeks, alerts=alerts / weeks if levels[key] is Mode.ALERT else 0.0
                ),
                expected=one.expected(threshold),
                answered=one.answered(threshold),
                chosen=chosen.get(key) == threshold,
            )


def _steps() -> range:
    return range(round(LOWEST * _COARSE), _COARSE + 1)
