"""What the store counts of a week and hands to the digest: plain records, no text but the findings'. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from klankbord.finding import Finding
from klankbord.mention import SourceId
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
    oldest_open_at: datetime | None = None
    #: median hours from finding to first verdict; None without verdicts
    hours_to_verdict: float | None = None


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
    #: first moment anything was collected; None in an empty store
    collecting_since: datetime | None = None
    #: what changed: (day, role or "system", what)
    rules_changed: tuple[tuple[date, str, str], ...] = ()
