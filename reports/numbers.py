"""A week's counts come in; the figures beside last week, the median and the normal range go out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING

from klankbord.policy import ClauseId, Mode
from klankbord.week import WeekFacts

if TYPE_CHECKING:
    import pandas as pd

#: weeks kept in view: this one and the eight before
WEEKS = 9
#: full earlier weeks before a figure may be called more or fewer than usual
ENOUGH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One figure over nine weeks, oldest first; None before anything was known."""

    weeks: tuple[int | None, ...]
    #: how many of the last earlier weeks were collected in full
    full: int

    @property
    def this(self) -> int:
        """The week summed up."""
        return self.weeks[-1] or 0

    @property
    def last(self) -> int | None:
        """The week before."""
        return self.weeks[-2]

    @property
    def median(self) -> float | None:
        """Of the four weeks before; None where one of them is not known."""
        known = [count for count in self.weeks[-1 - ENOUGH : -1] if count is not None]
        return median(known) if len(known) == ENOUGH else None

    @property
    def outside(self) -> int:
        """1 above and -1 below what full earlier weeks showed and chance allows; 0 inside or unknown."""
        earlier = (
            [count for count in self.weeks[-1 - self.full : -1] if count is not None] if self.full else []
        )
        return side_of(self.this, earlier)


def side_of(count: int, earlier: Sequence[int]) -> int:
    """Where a count stands against the normal range of the earlier ones.

    The range holds everything seen and two Poisson deviations around the median, so that 3 after 1, 0, 2, 1
    is no news and 30 after 10, 9, 11, 10 is.
    """
    if len(earlier) < ENOUGH:
        return 0
    middle = median(earlier)
    spread = 2 * max(middle, 1.0) ** 0.5
    if count > max(*earlier, middle + spread):
        return 1
    return -1 if count < min(*earlier, middle - spread) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Every figure of the digest over nine weeks."""

    mondays: tuple[date, ...]
    #: weeks read back afterwards, before collecting began: shown, never a yardstick
    partial: tuple[bool, ...]
    #: earlier weeks collected in full
    full: int
    mentions: Series
    #: findings in digest or alert mode
    findings: Series
    by_clause: tuple[tuple[ClauseId, Series], ...]
    #: findings that are only counted; never added to `findings`, so that few stay few
    counted: tuple[tuple[ClauseId, Series], ...]

    @property
    def busier(self) -> bool:
        """More was said, or more was pointed at, than earlier weeks and chance explain."""
        return 1 in {self.mentions.outside, self.findings.outside}


def numbers_of(facts: WeekFacts) -> Numbers:
    """Sum the counts by week, and by clause."""
    import pandas as pd  # half a second that only a digest pays

    mondays = tuple(facts.week.later(back).monday for back in range(1 - WEEKS, 1))
    known, full = _known(facts)
    mentions = pd.DataFrame(
        [(row.monday, row.mentions) for row in facts.mentions], columns=["monday", "count"]
    ).assign(key="mentions")
    findings = pd.DataFrame(
        [
            (row.monday, row.findings, row.clause_id if row.mode is Mode.COUNT else f"+{row.clause_id}")
            for row in facts.findings_counted
            if row.mode > Mode.SILENT
        ],
        columns=["monday", "count", "key"],
    )
    weeks = _by_week(pd.concat([mentions, findings]), mondays)
    listed = [key for key in weeks.columns if str(key).startswith("+")]

    def series(counts: "pd.Series[int]") -> Series:
        return Series(
            weeks=tuple(int(n) if k else None for n, k in zip(counts, known, strict=True)), full=full
        )

    return Numbers(
        mondays=mondays,
        partial=tuple(k and place < WEEKS - 1 - full for place, k in enumerate(known)),
        full=full,
        mentions=series(weeks["mentions"]),
        findings=series(weeks[listed].sum(axis=1)),
        by_clause=tuple((ClauseId(key[1:]), series(weeks[key])) for key in listed),
        counted=tuple(
            (ClauseId(key), series(weeks[key])) for key in weeks.columns if key not in {"mentions", *listed}
        ),
    )


def _by_week(rows: "pd.DataFrame", mondays: tuple[date, ...]) -> "pd.DataFrame":
    """Nine rows, one column a figure; a week or figure without rows holds zeros."""
    table = rows.pivot_table(index="monday", columns="key", values="count", aggfunc="sum")
    table = table.reindex(index=list(mondays), columns=sorted({*rows["key"], "mentions"}))
    return table.fillna(0).astype("int64")


def _known(facts: WeekFacts) -> tuple[tuple[bool, ...], int]:
    """Which weeks say anything, and how many earlier ones were collected from their first minute."""
    seen = [row.monday for row in facts.mentions if row.mentions]
    since = facts.collecting_since
    began = since.astimezone(facts.week.zone) if since else None
    first = min([*seen, *([began.date()] if began else [])], default=None)
    weeks = [facts.week.later(back) for back in range(1 - WEEKS, 1)]
    known = tuple(
        place == WEEKS - 1 or (first is not None and week.later(1).monday > first)
        for place, week in enumerate(weeks)
    )
    full = sum(began is not None and week.start_at >= began for week in weeks[:-1])
    return known, full
