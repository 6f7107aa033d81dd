"""What is told about a keyword list: plain records, every number with its n and its span. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from klankbord.mention import MentionId
from reports.answers import ENOUGH, wilson

#: minutes a person needs to look at one finding and answer it: an assumption, told wherever it counts
MINUTES = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of n."""

    hits: int
    n: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval; None with too few to say."""
        if self.n < ENOUGH:
            return None
        return wilson(self.hits, self.n)

    @property
    def words(self) -> str:
        """As it is printed."""
        if self.n == 0:
            return "no verdicts"
        if self.interval is None:
            return f"{self.hits} of {self.n}: too few verdicts"
        low, high = self.interval
        return f"{self.hits} of {self.n}: {self.hits / self.n:.0%} ({low:.0%}-{high:.0%})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The stretch of stored posts that was really looked at."""

    #: where it would have begun, had everything been kept
    asked: datetime
    #: the oldest post there is
    begins: datetime
    ends: datetime
    #: posts looked at
    posts: int

    @property
    def weeks(self) -> float:
        """Its length; never less than a day."""
        return max((self.ends - self.begins).total_seconds() / 604_800, 1 / 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one version of a list matches in the span."""

    posts: int = 0
    #: in each full week of the span, oldest first
    weekly: tuple[int, ...] = ()
    by_language: Mapping[str, int] = field(default_factory=dict)
    by_source: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TermEffect:
    """What one term of a list does."""

    term: str
    #: posts it stands in that the list hits
    posts: int
    #: of those, posts that no other term of the list is in
    alone: int
    #: of those with a verdict on the clause, confirmed ones
    confirmed: Share
    #: of the posts that were judged: findings there would not be without this list, and this term in it
    brings: int
    #: posts in the last 90 days with a finding on the clause that nobody dismissed
    earned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A confirmed finding that the list would not hit any more."""

    mention_id: MentionId
    #: what the post says, shortened
    text: str
    #: whether it would be a finding all the same, by its other signals; None: nobody looked
    stands: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a list asks of people, a week."""

    findings: float
    alerts: float

    @property
    def minutes(self) -> float:
        """To look at them and answer."""
        return self.findings * MINUTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What judging a sample of the matched posts showed; each way of it is the clause's findings a week."""

    #: posts that were judged, of those that a version hits
    posts: int
    of: int
    #: with no list of the clause's own at all
    without: Load
    #: with the list as it stands; the same as `without` for a new list
    live: Load
    draft: Load


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A post that changes sides; never one that is protected."""

    mention_id: MentionId
    text: str
    #: mode of the clause with the list as it stands, and with the draft
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """A draft of a list beside the list as it stands, on stored posts."""

    list_id: str
    clause: str
    span: Span
    #: None: there is no such list yet, or no draft was given
    live: Reach | None
    draft: Reach
    new: int
    lost: int
    confirmed_lost: tuple[Lost, ...]
    #: confirmed findings on the clause: those whose text is there, and those whose text is gone
    confirmed_read: int
    confirmed_gone: int
    terms: tuple[TermEffect, ...]
    #: None: nothing was judged
    judged: Judged | None = None
    examples: tuple[Example, ...] = ()

    @property
    def predicted(self) -> Mapping[str, float]:
        """What is kept with a version, to be compared with what happens."""
        weekly = self.draft.weekly or (round(self.draft.posts / self.span.weeks),)
        kept = {
            "posts_a_week": round(self.draft.posts / self.span.weeks, 2),
            "low": min(weekly),
            "high": max(weekly),
            "weeks": round(self.span.weeks, 2),
            "n": self.span.posts,
        }
        if self.judged is not None:
            kept["findings_a_week"] = round(self.judged.draft.findings, 2)
            kept["alerts_a_week"] = round(self.judged.draft.alerts, 2)
            kept["judged"] = self.judged.posts
        return kept
