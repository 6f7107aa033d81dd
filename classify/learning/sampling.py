"""A week's scored posts come in, what to review goes out, each with its probability of being drawn. Pure.

Half of the places go to the highest scores, three tenths to those nearest to their threshold, and a fifth
by lot to all others: the lot is what makes an estimate of what nobody was pointed at possible.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from klankbord.finding import FindingId
from klankbord.mention import MentionId
from klankbord.policy import ClauseId
from klankbord.sample import Stratum

_TOP, _UNCERTAIN = 0.5, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A post that may be shown, and the clause it comes nearest to."""

    mention_id: MentionId
    finding_id: FindingId
    clause_id: ClauseId
    score: float
    #: how far the score is from where it would become a finding
    doubt: float
    flagged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A candidate that was drawn."""

    candidate: Candidate
    stratum: Stratum
    chance: float


def draw(candidates: Sequence[Candidate], size: int, week: str) -> list[Chosen]:
    """Draw so many; the same candidates and week always give the same draw.

    Args:
        candidates: everything that may be shown; each post once.
        size: how many a reviewer reads.
        week: name of the week; another week is another lot.
    """
    left = sorted(candidates, key=lambda one: (-one.score, one.mention_id))
    top, left = _split(left, round(size * _TOP))
    left.sort(key=lambda one: (one.doubt, one.mention_id))
    uncertain, left = _split(left, round(size * _UNCERTAIN))
    left.sort(key=lambda one: _lot(week, one.mention_id))
    by_lot, rest = _split(left, max(0, size - len(top) - len(uncertain)))
    chance = len(by_lot) / (len(by_lot) + len(rest)) if by_lot else 1.0
    return [
        *(Chosen(candidate=one, stratum=Stratum.TOP, chance=1.0) for one in top),
        *(Chosen(candidate=one, stratum=Stratum.UNCERTAIN, chance=1.0) for one in uncertain),
        *(Chosen(candidate=one, stratum=Stratum.RANDOM, chance=chance) for one in by_lot),
    ]


def _split(found: list[Candidate], count: int) -> tuple[list[Candidate], list[Candidate]]:
    return found[:count], found[count:]


def _lot(week: str, mention: MentionId) -> bytes:
    # A hash stands in for the lot: nothing of the text decides it, and a draw can be made again.
    return hashlib.sha256(f"{week}\x1f{mention}".encode()).digest()
