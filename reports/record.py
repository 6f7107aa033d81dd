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
    #: "+22%" against last week and against the median; empty where there is nothing to compare
    delta_last: str = ""
    delta_median: str = ""
    #: eight weeks, oldest first; None: not known, or fewer than five
    weeks: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekBar:
    """One week of the chart; None where nothing was collected yet, or where it is fewer than five."""

    monday: date
    number: int
    mentions: int | None
    findings: int | None
    #: as they are told: "1,250", "fewer than 5", "-"
    mentions_shown: str
    findings_shown: str
    #: width of the bar, 0 to 100
    percent: int
    current: bool = False
    #: read back afterwards, before collecting began: possibly incomplete
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """How reading one source went."""

    name: str
    #: published this week, as it is told: "0", "fewer than 5", "1,250"
    mentions: str
    #: "12 mentions"
    counted: str
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
class Theme:
    """What several posts of one language talked about, named by words of their own."""

    #: "storing, wijk, monteur"
    label: str
    #: two-letter code, and what the language is called
    lang: str
    language: str
    #: never under five
    posts: int
    #: "38 posts"
    counted: str
    #: "new this week", "+120% on last week", "as many as last week"; empty in a first week
    growth: str
    rising: bool
    #: "12 of them say nearly the same"; empty where none do
    copies: str
    #: one post of it; None where none may be quoted
    quote: Quote | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notable:
    """A post that asks for a public answer although nothing is flagged about it."""

    kind: Literal["question", "complaint"]
    #: "Question without an answer", "Complaint that grows"
    label: str
    source: str
    age: str
    #: "+3 copies", "part of the theme 'storing, wijk'"
    remarks: tuple[str, ...]
    quote: Quote
    #: why it is here, and what may help
    why: str
    next_step: str
    door: Door


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """Open findings of one age."""

    #: "longer than four weeks"
    label: str
    findings: int
    #: older than a finding should wait
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of n, with its 95 % Wilson interval where n allows one; whole per cents."""

    hits: int
    n: int
    percent: int | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordLine:
    """A keyword list whose findings were often dismissed."""

    name: str
    dismissed: Share
    #: "8 of 10 dismissed (49-94%)"
    counted: str
    suggestion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How good the signals were, as far as verdicts tell."""

    #: the share of this week's verdicts that said "not a signal"; None without verdicts
    dismissed: Share | None = None
    #: of the last eight weeks' confirmed or dismissed findings, how many were confirmed
    precision: Share | None = None
    precision_sentence: str = ""
    #: at most three, the worst first
    keywords: tuple[KeywordLine, ...] = ()
    #: of posts that nothing was found in, how many a person found relevant
    sample: Share | None = None
    sample_sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """A rule that changed, with what was expected of it and what came."""

    day: str
    role: str
    what: str
    #: posts a week; empty where nobody asked beforehand, or where the week is not full yet
    predicted: str = ""
    actual: str = ""


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
    #: the shares of `signals` in sentences; its keyword lists are not among them
    quality: tuple[str, ...]
    coverage: Coverage
    rules_changed: tuple[str, ...]
    limits: tuple[str, ...]
    footer: tuple[str, ...]
    #: nothing to decide, to watch or to answer, and nothing unusual: a renderer leaves out sections
    #: that hold nothing, and never coverage, limits and footer
    short: bool = False
    #: the first week: there is nothing to compare with, and `changes_notes` says so
    first: bool = False
    #: "Made late: ..."; empty where it was made in time
    late: str = ""
    themes: tuple[Theme, ...] = ()
    #: why there are none, or what they were read from
    themes_note: str = ""
    #: at most five
    notable: tuple[Notable, ...] = ()
    #: notable posts past the last line, in words
    notable_more: str = ""
    #: findings that wait, by age, the oldest first
    ageing: tuple[Ageing, ...] = ()
    signals: Quality = Quality()
    #: the same as `rules_changed`, in columns; empty where nothing was changed
    rules: tuple[RuleChange, ...] = ()
    #: over everything above: the same content has the same mark
    fingerprint: str = ""
