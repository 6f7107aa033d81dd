"""What was drawn for review and answered, as the store keeps it and estimates read it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from klankbord.finding import Decision, FindingId, finding_id
from klankbord.mention import MentionId
from klankbord.policy import ClauseId


class Stratum(StrEnum):
    """Why a post was drawn."""

    #: the highest scores
    TOP = "top"
    #: nearest to the threshold
    UNCERTAIN = "uncertain"
    #: by lot, from all others
    RANDOM = "random"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A post that was drawn for review; it outlives its text as a number without a post."""

    #: the week whose posts were drawn from
    week: str
    #: None: the post is gone
    mention_id: MentionId | None
    #: the clause it comes nearest to, or the one a reviewer named instead
    clause_id: ClauseId
    stratum: Stratum
    #: probability of being drawn, above 0: one over it is the number of posts it stands for
    chance: float
    #: calibrated score of that clause when it was drawn
    score: float
    #: a finding that people see stood on the post when it was drawn
    flagged: bool
    drawn_at: datetime
    #: None: not answered yet
    decision: Decision | None = None
    reason: str | None = None
    by: str = ""
    answered_at: datetime | None = None

    @property
    def finding_id(self) -> FindingId | None:
        """What it is answered by; a finding of that id need not stand. None: the post is gone."""
        return None if self.mention_id is None else finding_id(self.mention_id, self.clause_id)

    @property
    def touches(self) -> bool | None:
        """Whether it touches a clause, as far as people said."""
        if self.decision is Decision.CONFIRMED:
            return True
        return False if self.decision is Decision.DISMISSED else None
