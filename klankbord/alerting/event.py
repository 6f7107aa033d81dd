"""What may be told at once: a finding in alert mode, a spike, a source or model that needs care. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from klankbord.finding import FindingId
from klankbord.mention import short_hash


class Kind(StrEnum):
    """What sort of thing happened."""

    FINDING = "finding"
    SPIKE = "spike"
    SOURCE = "source"
    MODEL = "model"


class Care(StrEnum):
    """What a source needs."""

    #: it reads well and has been without news far longer than usual
    SILENT = "silent"
    #: it refuses, is gone, or has failed for a day
    BLOCKED = "blocked"
    #: its credential is refused, or our leave to read it ends soon
    CREDENTIAL = "credential"
    #: most of what it may use today is used
    BUDGET = "budget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened."""

    kind: Kind
    #: the same for the same finding, or for the same trouble of the same source, whenever it happens
    subject: str
    #: tells one time from the next; empty for a finding, whose times are counted
    episode: str = ""
    at: datetime
    #: number of the finding's clause
    clause: str = ""
    severity: str = ""
    language: str | None = None
    source_id: str = ""
    source_kind: str = ""
    care: Care | None = None
    #: the settings of sensitivity at which a spike shows
    sensitivities: frozenset[str] = frozenset()
    finding_id: FindingId | None = None
    #: figures and names to tell; never words of a post
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The case: what it is told under the first time."""
        if self.kind is Kind.FINDING:
            return self.subject
        return f"{self.kind.value}-{short_hash(self.subject, self.episode)}"


def finding_event(
    finding_id: FindingId, *, clause: str, language: str | None, source_id: str, at: datetime
) -> Event:
    """A finding that is new in alert mode, or rose to it."""
    return Event(
        kind=Kind.FINDING,
        subject=f"alert-{finding_id}",
        at=at,
        clause=clause,
        language=language,
        source_id=source_id,
        finding_id=finding_id,
    )
