"""A digest comes in, plain text of 78 columns goes out, for a terminal and for a mail. Pure."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from reports.dates import number
from reports.record import Decision, Digest, Door, Quote, Watched, WeekBar
from reports.words import Words, words

WIDTH = 78
_BAR = 40
_LABEL = 16


def text_of(digest: Digest) -> str:
    """The whole digest; only an address may be wider than 78 columns."""
    say = words(digest.language)
    blocks = (
        _opening(digest, say),
        _decisions(digest, say),
        _changes(digest, say),
        _weeks(digest, say),
        _watched(digest, say),
        _section(say("head.handled"), _items(digest.handled)),
        _section(say("head.quality"), _items(digest.quality)),
        _coverage(digest, say),
        _section(say("head.rules"), _items(digest.rules_changed)),
        _section(say("head.limits"), _items(digest.limits)),
        ["-" * WIDTH, *(line for text in digest.footer for line in _wrapped(text))],
    )
    lines = [line.rstrip() for block in blocks for line in (*block, "")]
    return "\n".join(lines).rstrip() + "\n"


def emphasised(quote: Quote) -> str:
    """The quote in double quotation marks, the words pointed at between asterisks."""
    return f"“{''.join(f'*{part}*' if marked else part for part, marked in quote.pieces)}”"


def _opening(digest: Digest, say: Words) -> list[str]:
    title = f"{digest.organisation} · {say('digest')} · {say('week', n=digest.number).lower()}"
    label = digest.judgement.label.upper()
    figures = "   ".join(f"{figure} {name}" for figure, name in digest.figures)
    return [
        *_wrapped(title),
        digest.days,
        "=" * WIDTH,
        "",
        *_wrapped(f"{label}. {digest.judgement.sentence}"),
        "",
        *_wrapped(figures),
    ]


def _decisions(digest: Digest, say: Words) -> list[str]:
    lines = list(_head(say("head.decisions")))
    if not digest.decisions:
        return [*lines, *_wrapped(say("no_decisions"))]
    for place, decision in enumerate(digest.decisions, start=1):
        lines += [*([""] if place > 1 else []), *_decision(place, decision, say)]
    return [*lines, *(["", *_wrapped(digest.decisions_more)] if digest.decisions_more else [])]


def _decision(place: int, item: Decision, say: Words) -> list[str]:
    about = " · ".join((item.confidence, item.source, item.age, *item.remarks))
    quoted = emphasised(item.quote) if item.quote else item.no_quote
    return [
        *_wrapped(f"{item.clause} {item.title}", first=f"{place}. ", rest="   "),
        *_wrapped(about, first="   "),
        "",
        *_wrapped(quoted, first="     "),
        "",
        *_wrapped(item.sentence, first="   "),
        *_labelled(say("label.why"), "; ".join(item.why) or "-"),
        *_labelled(say("label.unknown"), item.unknown),
        *_labelled(say("label.innocent"), item.innocent),
        *_labelled(say("label.next"), item.next_step),
        f"   {say('label.open') + ':':<{_LABEL}}{_door(item.door)}",
    ]


def _changes(digest: Digest, say: Words) -> list[str]:
    columns = [say("column.this"), say("column.last"), say("column.median")]
    rows = [[row.this, row.last, row.median] for row in digest.changes]
    widths = [max(len(cell) for cell in cells) for cells in zip(columns, *rows, strict=True)]
    room = WIDTH - sum(widths) - 2 * len(widths)
    lines = [*_head(say("head.changes")), _row("", columns, widths, room)]
    for change, cells in zip(digest.changes, rows, strict=True):
        label = wrap(change.label, room) or [""]
        lines += [_row(label[0], cells, widths, room), *(f"  {part}" for part in label[1:])]
        lines += _wrapped(change.word, first="  > ") if change.word else []
    notes = [line for note in digest.changes_notes for line in _wrapped(note)]
    return [*lines, *(["", *notes] if notes else [])]


def _row(label: str, cells: Sequence[str], widths: Sequence[int], room: int) -> str:
    return f"{label:<{room}}" + "".join(
        f"  {cell:>{width}}" for cell, width in zip(cells, widths, strict=True)
    )


def _weeks(digest: Digest, say: Words) -> list[str]:
    head = f"{say('column.week'):<6}{'':<{_BAR + 2}}{say('column.mentions'):>13}{say('column.findings'):>11}"
    lines = [*_head(say("head.weeks")), head, *(_bar(week, digest, say) for week in digest.weeks)]
    if any(week.partial for week in digest.weeks):
        lines.append(say("weeks.partial"))
    return lines


def _bar(week: WeekBar, digest: Digest, say: Words) -> str:
    shown = "█" * max(1, round(week.percent * _BAR / 100)) if week.percent else ""
    mentions, findings = (
        say("none") if count is None else number(count, digest.language)
        for count in (week.mentions, week.findings)
    )
    name = f"{week.number}{'*' if week.partial else ''}{' <' if week.current else ''}"
    return f"{name:<6}{shown:<{_BAR + 2}}{mentions:>13}{findings:>11}"


def _watched(digest: Digest, say: Words) -> list[str]:
    lines = list(_head(say("head.watched")))
    if not digest.watched:
        return [*lines, *_wrapped(say("no_watched"))]
    for item in digest.watched:
        lines += _evidence(item)
    return [*lines, *(_wrapped(digest.watched_more) if digest.watched_more else [])]


def _evidence(item: Watched) -> list[str]:
    about = " · ".join((item.confidence, item.source, item.age, *item.remarks, item.id))
    quoted = emphasised(item.quote) if item.quote else item.no_quote
    return [*_wrapped(f"{item.clause}  {quoted}", rest="     "), *_wrapped(about, first="     ")]


def _coverage(digest: Digest, say: Words) -> list[str]:
    coverage = digest.coverage
    lines = [*_head(say("head.coverage")), *_wrapped(coverage.sentence)]
    for line in coverage.lines:
        text = f"{line.name}: {line.status} · {say.many('mentions', line.mentions)}"
        lines += _wrapped(text, first="- " if line.well else "! ", rest="  ")
    return [*lines, *_wrapped(coverage.more), *(row for note in coverage.notes for row in _wrapped(note))]


def _head(title: str) -> tuple[str, str]:
    return title.upper(), "-" * len(title)


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return [*_head(title), *lines]


def _items(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in _wrapped(text)]


def _labelled(label: str, text: str) -> list[str]:
    return _wrapped(text, first=f"   {label + ':':<{_LABEL}}", rest=" " * (_LABEL + 3))


def _door(door: Door) -> str:
    return door.address or door.command


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=first if rest is None else rest)
