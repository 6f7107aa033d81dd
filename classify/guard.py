"""A reading and what the heads say come in; whether it is protected speech goes out. Pure.

The guard runs before any clause and wins always. It fails closed: an unknown language or a doubtful post
gives no finding. Neither strictness nor any setting moves it;
which category it saw is not told (law.md D1-D6).
"""

from typing import TYPE_CHECKING

from classify.heads import PLACE, TEXT_GOES
from classify.language import JUDGED
from classify.model import Lens, protectedness
from classify.own_words import any_of
from classify.reading import Reading
from classify.senses import Vectors
from klankbord.finding import Protection
from klankbord.policy import Effect, Policy

if TYPE_CHECKING:
    import re

_SHIPPED = tuple(f"P0{number}" for number in range(1, 10))


class Guard:
    """Holds the categories that an organisation added of its own; the learnt borders are the lens's."""

    def __init__(self, policy: Policy) -> None:
        """Categories beside the shipped nine protect by their words; the nine cannot be taken away."""
        self._added: tuple[tuple[re.Pattern[str], Effect], ...] = tuple(
            (pattern, category.effect)
            for category in policy.protected
            if category.id[:3] not in _SHIPPED and category.effect is not Effect.MENTION_ONLY
            if (pattern := any_of(word for words in category.indicators.values() for word in words))
            is not None
        )

    def decide(self, reading: Reading, lang: str | None, lens: Lens, decided: Vectors) -> Protection:
        """Whether a finding may stand, and whether the text may stay."""
        if lang not in JUDGED:
            return Protection.NO_FINDING
        added = [effect for pattern, effect in self._added if pattern.search(reading.whole)]
        guarded = float(protectedness(decided)) >= lens.guard_from
        goes = float(decided[PLACE[TEXT_GOES]]) >= lens.text_goes_from
        if Effect.SUPPRESS_FINDING_AND_TEXT in added or (guarded and goes):
            return Protection.NO_TEXT
        return Protection.NO_FINDING if guarded or added else Protection.NONE
