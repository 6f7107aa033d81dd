"""What the classifier says of a mention, what stands as a finding, and what people answer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NewType

from klankbord.mention import Mention, MentionId, short_hash
from klankbord.policy import ClauseId, Mode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FindingId = NewType("FindingId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A span that made a signal vote; positions count characters (code points) of the field."""

    field: Literal["title", "text", "context"] = "text"
    start: int
    end: int
    #: name of the signal that voted
    signal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseScore:
    """How strongly a mention may touch one clause, and what becomes of that."""

    clause_id: ClauseId
    #: calibrated, 0 to 1
    score: float
    #: SILENT: no finding
    mode: Mode
    evidence: tuple[Evidence, ...] = ()
    #: values for the clause's sentence: topic, product, competitor, fact_url, pattern
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedding:
    """An encoder's vector of one post's masked text; it goes when the text goes (law.md B5)."""

    #: name of the encoder
    encoder: str
    #: fingerprint of the sentence that was encoded
    of: str
    #: half-precision numbers, little-endian
    values: bytes

    @property
    def vector(self) -> "NDArray[np.float16]":
        """The numbers."""
        import numpy as np

        return np.frombuffer(self.values, dtype="<f2")


class Protection(StrEnum):
    """What the guard decided; which category it saw is never kept (law.md D3)."""

    NONE = "none"
    #: no finding
    NO_FINDING = "no_finding"
    #: no finding and no text kept
    NO_TEXT = "no_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Everything the classifier says of one mention."""

    mention_id: MentionId
    #: is the post about the organisation at all
    about: bool
    protection: Protection = Protection.NONE
    #: one for each enabled rule clause, in the policy's order; empty when protected or not about us
    clauses: tuple[ClauseScore, ...] = ()
    lang: str | None = None
    #: to be kept with the mention, so that it is computed once; none where the post is protected
    embedding: Embedding | None = None


class FindingState(StrEnum):
    """Where a finding stands; derived from its rows."""

    OPEN = "open"
    CLOSED = "closed"
    #: the post was edited or the classifier renewed, and the finding no longer stands
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """That a mention may touch a clause, with the evidence."""

    mention: Mention
    clause_id: ClauseId
    score: float
    mode: Mode
    evidence: tuple[Evidence, ...]
    details: Mapping[str, str] = field(default_factory=dict)
    policy_version: str
    model_version: str
    found_at: datetime
    state: FindingState = FindingState.OPEN
    #: other posts that say nearly the same and share it; counted where a digest is made of it
    copies: int = 0

    @property
    def id(self) -> FindingId:
        """The same for the same mention and clause, however often it is judged."""
        return finding_id(self.mention.id, self.clause_id)


def finding_id(mention_id: MentionId, clause_id: ClauseId) -> FindingId:
    """Sixteen letters that stand for one clause of one mention: the case."""
    return FindingId(short_hash(mention_id, clause_id))


class Decision(StrEnum):
    """A person's answer to a finding."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    UNSURE = "unsure"


#: why a finding was dismissed; the first five teach the classifier
REASONS = (
    "not_about_us",
    "allowed_speech",
    "public_already",
    "not_touching",
    "official_account",
    "duplicate",
    "spam",
)
#: what was done after a confirmed finding; none is named after discipline (law.md E2)
OUTCOMES = ("correct_information", "general_reminder", "protect_person", "limit_harm", "legal_review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A named reviewer's answer to a finding."""

    finding_id: FindingId
    decision: Decision
    #: one of REASONS with `dismissed`
    reason: str | None = None
    #: one of OUTCOMES with `confirmed`
    outcome: str | None = None
    note: str = ""
    by: str
    at: datetime
