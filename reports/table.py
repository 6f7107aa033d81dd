"""A digest comes in; its sheets of rows, and one CSV of all of them, go out. Pure."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

from babel.numbers import NumberFormatError, parse_decimal

from klankbord.policy import Lang
from reports.dates import LOCALE
from reports.plain import scrubbed
from reports.record import Decision, Digest, Door, Quote, Watched
from reports.words import Words, words

Cell = str | int | float | date | None
#: a spreadsheet takes a cell that begins so for a formula, also after blanks and in its wide forms
_FORMULA = re.compile(r"[\s\x00-\x1f'\"]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212|%]|[\t\r\n]")

#: no other text is handed to the reader of numbers: an exponent could ask for a million digits
_NUMBER = re.compile(r"\d[\d.,]{0,17}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table with a name; every row is as long as the header."""

    key: str
    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheets_of(digest: Digest) -> tuple[Sheet, ...]:
    """The digest as tables, in reading order; those without rows are left out but for the sources."""
    digest, say = scrubbed(digest), words(digest.language)
    sheets = (
        _week(digest, say),
        _signals(digest, say),
        _figures(digest, say),
        _weeks(digest, say),
        _themes(digest, say),
        _posts(digest, say),
        _handled(digest, say),
        _quality(digest, say),
        _sources(digest, say),
        _rules(digest, say),
    )
    return tuple(sheet for sheet in sheets if sheet.rows or sheet.key == "sources")


def csv_of(digest: Digest) -> str:
    """Every cell of every sheet on a line of its own: week, sheet, row, column, value.

    The separator and the decimal sign are those that a spreadsheet in the reader's language expects, and no
    cell can start a formula.
    """
    say, out = words(digest.language), StringIO()
    writer = csv.writer(out, delimiter=";" if digest.language == "nl" else ",", lineterminator="\r\n")
    head = ("week", "section", "item", "column", "value")
    writer.writerow([say(f"column.{name}") for name in head])
    for sheet in sheets_of(digest):
        for place, row in enumerate(sheet.rows, start=1):
            writer.writerows(_cells(digest, sheet, place, row))
    return out.getvalue()


def without_formula(text: str) -> str:
    """The text, after an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def _cells(digest: Digest, sheet: Sheet, place: int, row: Sequence[Cell]) -> Iterator[tuple[str | int, ...]]:
    for name, cell in zip(sheet.columns, row, strict=True):
        if cell not in {None, "", "-"}:
            yield digest.week, sheet.name, place, without_formula(name), _told(cell, digest.language)


def _told(cell: Cell, language: Lang) -> str:
    if isinstance(cell, float):
        return str(cell).replace(".", "," if language == "nl" else ".")
    return without_formula(str(cell))


def figure(text: str, language: Lang) -> Cell:
    """The number that a reader would see in it; the text where it is none."""
    if not _NUMBER.fullmatch(text):
        return text
    try:
        found = parse_decimal(text, locale=LOCALE[language], strict=True)
    except NumberFormatError:
        return text
    return int(found) if found == found.to_integral_value() else float(found)


def _week(digest: Digest, say: Words) -> Sheet:
    told = [
        (digest.organisation, f"{say('digest')} {digest.week}"),
        (digest.days, digest.late),
        (digest.judgement.label, digest.judgement.sentence),
        *((name, figure(shown, digest.language)) for shown, name in digest.figures),
        *(("", note) for note in digest.changes_notes),
        *((say("head.coverage"), text) for text in (digest.coverage.sentence, *digest.coverage.notes)),
        *((say("head.limits"), text) for text in digest.limits),
        *(("", text) for text in digest.footer),
    ]
    return _sheet("week", say, ("item", "value"), told)


def _signals(digest: Digest, say: Words) -> Sheet:
    columns = (
        "section",
        "clause",
        "title",
        "sure",
        "source",
        "age",
        "remarks",
        "quote",
        "why",
        "next",
        "link",
    )
    decide, watch = say("head.decisions"), say("head.watched")
    rows = [
        *(_signal(decide, item, "; ".join(item.why), item.next_step) for item in digest.decisions),
        *(_signal(watch, item, "", "") for item in digest.watched),
    ]
    return _sheet("signals", say, columns, rows)


def _signal(section: str, item: Decision | Watched, why: str, next_step: str) -> tuple[Cell, ...]:
    return (
        section,
        item.clause,
        item.title,
        item.confidence,
        item.source,
        item.age,
        "; ".join(item.remarks),
        _quote(item.quote) or item.no_quote,
        why,
        next_step,
        _door(item.door),
    )


def _figures(digest: Digest, say: Words) -> Sheet:
    columns = ("figure", "this", "last", "delta_last", "median", "delta_median", "note")
    rows = [
        (
            row.label,
            figure(row.this, digest.language),
            figure(row.last, digest.language),
            row.delta_last,
            figure(row.median, digest.language),
            row.delta_median,
            row.word,
        )
        for row in digest.changes
    ]
    return _sheet("figures", say, columns, rows)


def _weeks(digest: Digest, say: Words) -> Sheet:
    rows = [
        (
            "{}-W{:02}".format(*week.monday.isocalendar()[:2]),
            week.monday,
            week.mentions if week.mentions is not None else week.mentions_shown,
            week.findings if week.findings is not None else week.findings_shown,
            say("weeks.partial").lstrip("* ") if week.partial else "",
        )
        for week in digest.weeks
    ]
    return _sheet("weeks", say, ("week", "monday", "mentions", "findings", "note"), rows)


def _themes(digest: Digest, say: Words) -> Sheet:
    rows = [
        (item.label, item.language, item.posts, item.growth, item.copies, _quote(item.quote))
        for item in digest.themes
    ]
    return _sheet("themes", say, ("item", "language", "posts", "growth", "copies", "quote"), rows)


def _posts(digest: Digest, say: Words) -> Sheet:
    rows = [
        (
            item.label,
            item.source,
            item.age,
            "; ".join(item.remarks),
            _quote(item.quote),
            item.why,
            item.next_step,
            _door(item.door),
        )
        for item in digest.notable
    ]
    columns = ("item", "source", "age", "remarks", "quote", "why", "next", "link")
    return _sheet("posts", say, columns, rows)


def _handled(digest: Digest, say: Words) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        *((text, None, "") for text in digest.handled),
        *((item.label, item.findings, say("overdue") if item.overdue else "") for item in digest.ageing),
    ]
    return _sheet("handled", say, ("waiting", "findings", "note"), rows)


def _quality(digest: Digest, say: Words) -> Sheet:
    signals = digest.signals
    told = dict.fromkeys((*digest.quality, signals.precision_sentence, signals.sample_sentence))
    rows = [
        *((text, "", "") for text in told if text),
        *((line.name, line.counted, line.suggestion) for line in signals.keywords),
    ]
    return _sheet("quality", say, ("item", "dismissed", "suggestion"), rows)


def _sources(digest: Digest, say: Words) -> Sheet:
    rows = [
        (line.name, line.status, say("yes" if line.well else "no"), figure(line.mentions, digest.language))
        for line in digest.coverage.lines
    ]
    return _sheet("sources", say, ("source", "status", "read_well", "mentions"), rows)


def _rules(digest: Digest, say: Words) -> Sheet:
    rows = [
        (
            item.day,
            item.role,
            item.what,
            figure(item.predicted, digest.language),
            figure(item.actual, digest.language),
        )
        for item in digest.rules
    ]
    return _sheet("rules", say, ("day", "role", "rule", "predicted", "actual"), rows)


def _sheet(key: str, say: Words, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> Sheet:
    names = tuple(say(f"column.{name}") for name in columns)
    return Sheet(key=key, name=say(f"sheet.{key}"), columns=names, rows=tuple(rows))


def _quote(quote: Quote | None) -> str:
    return quote.text if quote else ""


def _door(door: Door) -> str:
    return door.address or door.command
