"""The weekly digest as a tree of records: finished words and numbers, ready to be laid out. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from klankbord.policy import Lang

Level = Literal["quiet", "normal", "raised", "act"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A piece of a post, at most 200 characters, with the words that made a signal vote."""

    text: str
    #: (start, end) in `text`, in order, apart from each other
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The text in parts, each with whether it is marked."""
        place = 0
        for start, end in self.marks:
            if start > place:
                yield self.text[place:start], False
            yield self.text[start:end], True
            place = end
        if place < len(self.text):
            yield self.text[place:], False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The week in one sentence of at most 25 words."""

    level: Level
    label: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where a finding is opened: the desk's address, or a command where there is no desk."""

    address: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One finding that asks for a decision."""

    #: first eight letters of the finding's id
    id: str
    clause: str
    title: str
    confidence: str
    source: str
    age: str
    #: "+2 copies", "found late", other clauses: empty where there is nothing to say
    remarks: tuple[str, ...]
    #: the policy's hedged sentence, filled in
    sentence: str
    quote: Quote | None
    #: why there is no quote; empty where there is one
    no_quote: str
    #: the signals in plain words
    why: tuple[str, ...]
    unknown: str
    innocent: str
    next_step: str
    door: Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One line of evidence: a group of near-identical texts."""

    id: str
    clause: str
    title: str
    confidence: str
    source: str
    age: str
    remarks: tuple[str, ...]
    quote: Quote | None
    no_quote: str
    door: Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure beside last week and the median of the four weeks before."""

    label: str
    this: str
    last: str
    median: str
    #: said only outside the normal range
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBar:
    """One week of the chart; None where nothing was collected yet."""

    monday: date
    number: int
    mentions: int | None
    findings: int | None
    #: width of the bar, 0 to 100
    percent: int
    current: bool = False
    #: read back afterwards, before collecting began: possibly incomplete
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """How reading one source went."""

    name: str
    #: published this week
    mentions: int
    status: str
    #: was it read as it should
    well: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was read and what was not; present in every digest."""

    sentence: str
    lines: tuple[SourceLine, ...]
    #: "and 12 more sources, all read"
    more: str
    notes: tuple[str, ...]
    #: sources turned on
    asked: int
    #: those of them that were not read as they should
    troubled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Everything a weekly digest says."""

    organisation: str
    language: Lang
    #: ISO name: `2026-W47`
    week: str
    number: int
    #: "16-22 November 2026"
    days: str
    built_at: datetime
    judgement: Judgement
    #: more mentions or findings than usual
    busier: bool
    decisions: tuple[Decision, ...]
    #: groups in alert mode that did not fit among the decisions, in words
    decisions_more: str
    #: (figure, what it counts)
    figures: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    changes_notes: tuple[str, ...]
    weeks: tuple[WeekBar, ...]
    #: the chart in one sentence
    weeks_sentence: str
    watched: tuple[Watched, ...]
    #: groups watched, also those past the last line
    watched_total: int
    watched_more: str
    handled: tuple[str, ...]
    quality: tuple[str, ...]
    coverage: Coverage
    rules_changed: tuple[str, ...]
    limits: tuple[str, ...]
    footer: tuple[str, ...]
