"""What the store counts of a week and hands to the digest: plain records, no text but the findings'. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from klankbord.drift import Drift
from klankbord.finding import Finding
from klankbord.mention import Mention, MentionId, SourceId
from klankbord.policy import ClauseId, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven full days that begin on a Monday, by the local clock."""

    #: a Monday
    monday: date
    zone: ZoneInfo

    @classmethod
    def of(cls, moment: datetime, zone: ZoneInfo) -> "Week":
        """The week a moment falls in."""
        day = moment.astimezone(zone).date()
        return cls(monday=day - timedelta(days=day.weekday()), zone=zone)

    @classmethod
    def named(cls, name: str, zone: ZoneInfo) -> "Week":
        """The week of an ISO name such as `2026-W47`; ValueError when it is none."""
        year, _, number = name.partition("-W")
        if not (year.isdigit() and number.isdigit()):
            raise ValueError(f"{name!r} is no week such as 2026-W47")
        if not 2000 <= int(year) <= 2200:
            raise ValueError(f"{name!r} is no week of this century or the next")
        return cls(monday=date.fromisocalendar(int(year), int(number), 1), zone=zone)

    @property
    def name(self) -> str:
        """ISO name: `2026-W47`."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def number(self) -> int:
        """ISO week number."""
        return self.monday.isocalendar().week

    @property
    def start_at(self) -> datetime:
        """Local midnight on Monday."""
        return datetime(self.monday.year, self.monday.month, self.monday.day, tzinfo=self.zone)

    @property
    def end_at(self) -> datetime:
        """Local midnight on the Monday after; 167, 168 or 169 hours later."""
        return self.later(1).start_at

    def later(self, weeks: int) -> "Week":
        """The week so many weeks on, or back."""
        return Week(monday=self.monday + timedelta(weeks=weeks), zone=self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionCount:
    """Mentions published in a week, by source and language."""

    monday: date
    source_id: SourceId
    lang: str | None
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCount:
    """Findings on mentions published in a week, by clause and mode."""

    monday: date
    clause_id: ClauseId
    mode: Mode
    findings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How reading a source went: quiet because blocked differs from quiet because nothing was said."""

    source_id: SourceId
    name: str
    kind: str
    enabled: bool = True
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    #: runs that failed since the last success
    failures: int = 0
    #: one of the five error words, empty after a success
    error_word: str = ""
    error: str = ""
    not_before: datetime | None = None
    #: mentions stored of this source, ever
    mentions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """A stretch in which a source could not be read."""

    source_id: SourceId
    from_at: datetime
    to_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCounts:
    """What people answered in the week, and what still waits."""

    confirmed: int = 0
    dismissed: int = 0
    unsure: int = 0
    #: outcome -> how often
    outcomes: Mapping[str, int] = field(default_factory=dict)
    #: open findings, whenever found
    open: int = 0
    #: of those, by age at the end of the week: under one week, under two, under four, older
    ages: tuple[int, int, int, int] = (0, 0, 0, 0)
    oldest_open_at: datetime | None = None
    #: median hours from finding to first verdict; None without verdicts
    hours_to_verdict: float | None = None


class WeekPost(NamedTuple):
    """What a post of the week, or of the week before, says; nothing of who wrote it."""

    id: MentionId
    lang: str | None
    title: str
    text: str
    #: of the week before: only counted
    earlier: bool
    #: the source's terms and the post's state let it be quoted
    quotable: bool
    #: nothing was found in it, not even to be counted, and it was judged
    unflagged: bool
    #: it answers another post
    reply: bool
    #: an answer to it was read
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCount:
    """Posts of one language that share words; the words are theirs, each in five posts or more."""

    lang: str
    words: tuple[str, ...]
    posts: int
    #: of those, posts that say nearly the same as another
    copies: int
    #: posts with the first of the words in the week before; None: that week was not read in full
    last_week: int | None
    #: a post that may stand for the rest; empty where none may be quoted
    example: MentionId | Literal[""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotableCount:
    """A post that asks for a public answer although nothing is flagged about it."""

    kind: Literal["question", "complaint"]
    mention_id: MentionId
    #: posts that say nearly the same, or complain about the same, this one included
    alike: int
    last_week: int | None = None
    #: words of the theme it stands in
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What people talked about."""

    themes: tuple[ThemeCount, ...] = ()
    notable: tuple[NotableCount, ...] = ()
    #: notable posts, also those that are not listed
    notable_total: int = 0
    #: posts read for this, of how many
    read: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAnswers:
    """What people answered to the findings of one keyword list, in eight weeks."""

    list_id: str
    confirmed: int = 0
    dismissed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The last verdict on each finding, counted over eight weeks."""

    confirmed: int = 0
    dismissed: int = 0
    lists: tuple[ListAnswers, ...] = ()
    #: posts without a finding that a person looked at, and how many of them were relevant
    sampled: int = 0
    relevant: int = 0


class RuleChanged(NamedTuple):
    """A rule that changed: who is told as a role, or "system"."""

    day: date
    role: str
    what: str
    #: posts a week that were expected, and those of the week; None: nobody knows
    predicted: float | None = None
    got: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekFacts:
    """Everything the store knows of a week and the eight weeks up to it."""

    week: Week
    #: nine weeks: this one and the eight before, oldest first; weeks without mentions are absent
    mentions: tuple[MentionCount, ...]
    findings_counted: tuple[FindingCount, ...]
    #: findings in digest or alert mode on mentions published in the week, strongest first
    findings: tuple[Finding, ...]
    #: older mentions whose finding was made in or after the week and stood in no digest yet
    found_late: tuple[Finding, ...] = ()
    sources: tuple[SourceHealth, ...] = ()
    #: gaps that touch the week
    gaps: tuple[GapRow, ...] = ()
    verdicts: VerdictCounts = VerdictCounts()
    #: posts left out this week to protect free expression; shown from 5
    guarded: int = 0
    #: messages planned this week that nobody tries to send any more
    given_up: int = 0
    #: why alerts stood still in this week, where they did
    paused: Drift | None = None
    #: first moment anything was collected; None in an empty store
    collecting_since: datetime | None = None
    rules_changed: tuple[RuleChanged, ...] = ()
    talk: Talk = Talk()
    #: posts that the talk names, with their texts
    posts: tuple[Mention, ...] = ()
    answers: Answers = Answers()
