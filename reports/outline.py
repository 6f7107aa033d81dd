"""A digest comes in, its sections in reading order go out; every layout walks the same ones. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reports.dates import number
from reports.record import Ageing, Decision, Digest, Door, Notable, Quote, RuleChange, Theme, Watched, WeekBar
from reports.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Some sentences."""

    text: str
    #: said in passing: smaller where a layout can
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One post, or one theme, with what there is to say about it."""

    kind: Literal["decision", "watched", "notable", "theme"]
    #: "C02 Confidential stays inside", "C07", "Question without an answer"
    lead: str
    #: how sure, where from, how old
    about: tuple[str, ...]
    quote: Quote | None
    no_quote: str = ""
    sentences: tuple[str, ...] = ()
    #: (label, text)
    points: tuple[tuple[str, str], ...] = ()
    id: str = ""
    door: Door | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a grid; its first cell names it."""

    cells: tuple[str, ...]
    #: stands under the first cell and matters
    note: str = ""
    #: stands there too, said in passing
    aside: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of data."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    #: columns that hold figures
    figures: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The eight weeks, and the same in one sentence."""

    sentence: str
    weeks: tuple[WeekBar, ...]
    #: what the mark at a week means; empty where no week has one
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it."""

    key: str
    title: str
    blocks: tuple["Block", ...]


Block = Paragraph | Entry | Grid | Chart


def outline_of(digest: Digest, say: Words) -> tuple[Section, ...]:
    """Every section that a reader of this digest needs; a short one has none that hold nothing."""
    told = (
        ("decisions", _decisions(digest, say), bool(digest.decisions)),
        ("changes", _changes(digest, say), True),
        ("weeks", _weeks(digest, say), True),
        ("themes", _themes(digest), bool(digest.themes)),
        ("notable", _notable(digest, say), bool(digest.notable)),
        ("watched", _watched(digest, say), bool(digest.watched)),
        ("handled", _handled(digest, say), bool(digest.handled)),
        ("quality", _quality(digest, say), True),
        ("coverage", _coverage(digest, say), True),
        ("rules", _rules(digest, say), bool(digest.rules)),
        ("limits", [Paragraph(text=" ".join(digest.limits))], True),
    )
    return tuple(
        Section(key=key, title=say(f"head.{key}"), blocks=tuple(blocks))
        for key, blocks, filled in told
        if blocks and (filled or not digest.short)
    )


def _decisions(digest: Digest, say: Words) -> list[Block]:
    if not digest.decisions:
        return [Paragraph(text=say("no_decisions"))]
    return [*(_decision(item, say) for item in digest.decisions), *_quiet(digest.decisions_more)]


def _decision(item: Decision, say: Words) -> Entry:
    return Entry(
        kind="decision",
        lead=f"{item.clause} {item.title}",
        about=(item.confidence, item.source, item.age, *item.remarks),
        quote=item.quote,
        no_quote=item.no_quote,
        sentences=(item.sentence,),
        points=(
            (say("label.why"), "; ".join(item.why) or "-"),
            (say("label.unknown"), item.unknown),
            (say("label.innocent"), item.innocent),
            (say("label.next"), item.next_step),
        ),
        id=item.id,
        door=item.door,
    )


def _changes(digest: Digest, say: Words) -> list[Block]:
    rows = tuple(
        Row(
            cells=(
                row.label,
                row.this,
                _with_delta(row.last, row.delta_last),
                _with_delta(row.median, row.delta_median),
            ),
            note=row.word,
            strong=place < 2,
        )
        for place, row in enumerate(digest.changes)
    )
    columns = tuple(say(f"column.{name}") for name in ("figure", "this", "last", "median"))
    grid = Grid(columns=columns, rows=rows, figures=frozenset({1, 2, 3}))
    return [*([grid] if rows else []), *(Paragraph(text=note, quiet=True) for note in digest.changes_notes)]


def _with_delta(figure: str, delta: str) -> str:
    return f"{figure} ({delta})" if delta else figure


def _weeks(digest: Digest, say: Words) -> list[Block]:
    note = say("weeks.partial") if any(week.partial for week in digest.weeks) else ""
    return [Chart(sentence=digest.weeks_sentence, weeks=digest.weeks, note=note)] if digest.weeks else []


def _themes(digest: Digest) -> list[Block]:
    return [*map(_theme, digest.themes), *_quiet(digest.themes_note)]


def _theme(item: Theme) -> Entry:
    about = (item.language, item.counted, item.growth, item.copies)
    return Entry(kind="theme", lead=item.label, about=tuple(filter(None, about)), quote=item.quote)


def _notable(digest: Digest, say: Words) -> list[Block]:
    return [*(_post(item, say) for item in digest.notable), *_quiet(digest.notable_more)]


def _post(item: Notable, say: Words) -> Entry:
    return Entry(
        kind="notable",
        lead=item.label,
        about=(item.source, item.age, *item.remarks),
        quote=item.quote,
        points=((say("label.why"), item.why), (say("label.next"), item.next_step)),
        door=item.door,
    )


def _watched(digest: Digest, say: Words) -> list[Block]:
    if not digest.watched:
        return [Paragraph(text=say("no_watched"))]
    return [*map(_line, digest.watched), *_quiet(digest.watched_more)]


def _line(item: Watched) -> Entry:
    return Entry(
        kind="watched",
        lead=item.clause,
        about=(item.confidence, item.source, item.age, *item.remarks),
        quote=item.quote,
        no_quote=item.no_quote,
        id=item.id,
        door=item.door,
    )


def _handled(digest: Digest, say: Words) -> list[Block]:
    columns = (say("column.waiting"), say("column.findings"))
    rows = tuple(_age(item, digest, say) for item in digest.ageing)
    grid = Grid(columns=columns, rows=rows, figures=frozenset({1}))
    return [*_paragraphs(digest.handled), *([grid] if rows else [])]


def _age(item: Ageing, digest: Digest, say: Words) -> Row:
    cells = (item.label, number(item.findings, digest.language))
    return Row(cells=cells, note=say("overdue") if item.overdue else "", strong=item.overdue)


def _quality(digest: Digest, say: Words) -> list[Block]:
    signals = digest.signals
    # A sentence that stands in both is told once.
    told = dict.fromkeys((*digest.quality, signals.precision_sentence, signals.sample_sentence))
    columns = (say("column.keywords"), say("column.dismissed"), say("column.suggestion"))
    rows = tuple(Row(cells=(line.name, line.counted, line.suggestion)) for line in signals.keywords)
    grid = Grid(columns=columns, rows=rows, figures=frozenset())
    return [*_paragraphs(tuple(filter(None, told))), *([grid] if rows else [])]


def _coverage(digest: Digest, say: Words) -> list[Block]:
    coverage = digest.coverage
    columns = (say("column.source"), say("column.status"), say("column.mentions"))
    rows = tuple(
        Row(cells=(line.name, line.status, line.mentions), strong=not line.well) for line in coverage.lines
    )
    grid = Grid(columns=columns, rows=rows, figures=frozenset({2}))
    notes = (coverage.more, *coverage.notes)
    return [
        Paragraph(text=coverage.sentence),
        *([grid] if rows else []),
        *(Paragraph(text=note, quiet=True) for note in notes if note),
    ]


def _rules(digest: Digest, say: Words) -> list[Block]:
    if not digest.rules:
        return list(_paragraphs(digest.rules_changed))
    columns = tuple(say(f"column.{name}") for name in ("rule", "predicted", "actual"))
    rows = tuple(_rule(item) for item in digest.rules)
    return [Grid(columns=columns, rows=rows, figures=frozenset({1, 2}))]


def _rule(item: RuleChange) -> Row:
    return Row(cells=(item.what, item.predicted or "-", item.actual or "-"), aside=f"{item.day}, {item.role}")


def _paragraphs(texts: Sequence[str]) -> Iterator[Paragraph]:
    return (Paragraph(text=text) for text in texts if text)


def _quiet(text: str) -> list[Block]:
    return [Paragraph(text=text, quiet=True)] if text else []
