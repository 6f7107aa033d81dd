"""A digest comes in, plain text of 78 columns goes out, for a terminal and for a mail. Pure."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from reports.outline import Block, Chart, Entry, Grid, Paragraph, Section, outline_of
from reports.plain import scrubbed
from reports.record import Digest, Door, Quote, WeekBar
from reports.words import Words, words

WIDTH = 78
_BAR = 40
_LABEL = 16


def text_of(digest: Digest) -> str:
    """The whole digest; only an address or a command, which must stay whole, may be wider than 78."""
    digest, say = scrubbed(digest), words(digest.language)
    blocks = (
        _opening(digest, say),
        *(_section(section, say) for section in outline_of(digest, say)),
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
        *(_apart(_wrapped(digest.late)) if digest.late else []),
        *_wrapped(f"{label}. {digest.judgement.sentence}"),
        "",
        *_wrapped(figures),
    ]


def _section(section: Section, say: Words) -> list[str]:
    lines = [section.title.upper(), "-" * len(section.title)]
    places = {id(block): place for place, block in enumerate(_decisions(section), start=1)}
    before: Block | None = None
    for block in section.blocks:
        if before is not None and _stands_apart(before, block):
            lines.append("")
        lines += _block(block, places.get(id(block), 0), say)
        before = block
    return lines


def _decisions(section: Section) -> list[Entry]:
    return [block for block in section.blocks if isinstance(block, Entry) and block.kind == "decision"]


def _stands_apart(before: Block, block: Block) -> bool:
    if isinstance(before, Paragraph) and isinstance(block, Paragraph):
        return False
    if isinstance(before, Entry) and isinstance(block, Entry):
        return before.kind in {"decision", "notable"}
    return True


def _block(block: Block, place: int, say: Words) -> list[str]:
    if isinstance(block, Paragraph):
        return _wrapped(block.text)
    if isinstance(block, Grid):
        return _table(block) if _all_figures(block) else _list(block)
    if isinstance(block, Chart):
        return _chart(block, say)
    return _decision(place, block, say) if block.kind == "decision" else _evidence(block, say)


def _decision(place: int, item: Entry, say: Words) -> list[str]:
    return [
        *_wrapped(item.lead, first=f"{place}. ", rest="   "),
        *_wrapped(" · ".join(item.about), first="   "),
        "",
        *_wrapped(_quoted(item), first="     "),
        "",
        *(line for sentence in item.sentences for line in _wrapped(sentence, first="   ")),
        *_points(item, "   "),
        *(_door(item.door, "   ", say) if item.door else []),
    ]


def _evidence(item: Entry, say: Words) -> list[str]:
    quoted = _quoted(item)
    short = item.kind == "watched"
    about = " · ".join((*item.about, *([item.id] if item.id else [])))
    first = f"{item.lead}  {quoted}" if short else f"- {item.lead}"
    pad = "     " if short else "  "
    return [
        *_wrapped(first, rest=pad),
        *_wrapped(about, first=pad),
        *(_wrapped(quoted, first=f"{pad}  ") if quoted and not short else []),
        *_points(item, pad),
        *(_door(item.door, pad, say) if item.door and not short else []),
    ]


def _quoted(item: Entry) -> str:
    return emphasised(item.quote) if item.quote else item.no_quote


def _points(item: Entry, pad: str) -> list[str]:
    rest = " " * (_LABEL + len(pad))
    return [
        line
        for label, text in item.points
        for line in _wrapped(text, first=f"{pad}{label + ':':<{_LABEL}}", rest=rest)
    ]


def _all_figures(grid: Grid) -> bool:
    return grid.figures == frozenset(range(1, len(grid.columns)))


def _table(grid: Grid) -> list[str]:
    """Figures in columns beside a label that may take several lines."""
    columns, rows = grid.columns[1:], [row.cells[1:] for row in grid.rows]
    widths = [min(20, max(len(cell) for cell in cells)) for cells in zip(columns, *rows, strict=True)]
    room = WIDTH - sum(widths) - 2 * len(widths)
    lines = [_row(grid.columns[0][:room], columns, widths, room)]
    for row in grid.rows:
        label = wrap(row.cells[0], room) or [""]
        lines += [_row(label[0], row.cells[1:], widths, room), *(f"  {part}" for part in label[1:])]
        lines += _wrapped(row.note, first="  > ", rest="    ") if row.note else []
        lines += _wrapped(row.aside, first="  ") if row.aside else []
    return lines


def _row(label: str, cells: Sequence[str], widths: Sequence[int], room: int) -> str:
    return f"{label:<{room}}" + "".join(
        f"  {cell[:width]:>{width}}" for cell, width in zip(cells, widths, strict=True)
    )


def _list(grid: Grid) -> list[str]:
    """One paragraph for each row, its cells with the names of their columns."""
    return [line for row in grid.rows for line in _item(row.cells, grid.columns, strong=row.strong)]


def _item(cells: Sequence[str], columns: Sequence[str], *, strong: bool) -> list[str]:
    told = [
        cell if place == 1 else f"{name.lower()}: {cell}"
        for place, (name, cell) in enumerate(zip(columns[1:], cells[1:], strict=True), start=1)
        if cell
    ]
    return _wrapped(f"{cells[0]}: {' · '.join(told)}", first="! " if strong else "- ", rest="  ")


def _chart(chart: Chart, say: Words) -> list[str]:
    head = f"{say('column.week'):<6}{'':<{_BAR}}{say('column.mentions'):>15}{say('column.findings'):>16}"
    return [head, *(_bar(week) for week in chart.weeks), *(_wrapped(chart.note) if chart.note else [])]


def _bar(week: WeekBar) -> str:
    shown = "█" * max(1, round(week.percent * _BAR / 100)) if week.percent else ""
    name = f"{week.number}{'*' if week.partial else ''}{' <' if week.current else ''}"
    return f"{name:<6}{shown[:_BAR]:<{_BAR}}{week.mentions_shown[:14]:>15}{week.findings_shown[:15]:>16}"


def _door(door: Door, pad: str, say: Words) -> list[str]:
    label, told = say("label.open") + ":", door.address or door.command
    line = f"{pad}{label:<{_LABEL}}{told}"
    return [line] if len(line) <= WIDTH else [f"{pad}{label}", f"{pad}{told}"]


def _apart(lines: Iterable[str]) -> list[str]:
    return [*lines, ""]


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    indent = first if rest is None else rest
    # A hyphen may stand in an address, which must stay whole.
    return wrap(text, WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
