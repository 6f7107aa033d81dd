"""A digest comes in, Markdown (CommonMark with tables) in which no text is markup goes out. Pure."""

import re
from collections.abc import Sequence

from reports.outline import Block, Chart, Entry, Grid, Paragraph, Section, outline_of
from reports.plain import scrubbed, web_address
from reports.record import Digest, Quote
from reports.words import Words, words

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>|~#&!@^$])")
#: begins a list, a heading or a rule at the start of a line
_BEGINS = re.compile(r"^(\s*)(?:([-+=])|(\d{1,9})([.)])(?=\s|$))")
#: what many readers make a link of without being asked
_BARE = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(:)|\b(www)(\.)")


def markdown_of(digest: Digest) -> str:
    """The whole digest, for a wiki or a chat that takes Markdown."""
    digest, say = scrubbed(digest), words(digest.language)
    title = f"{digest.organisation}: {say('digest')} {digest.week}"
    figures = " · ".join(f"**{escaped(shown)}** {escaped(name)}" for shown, name in digest.figures)
    parts = [
        f"# {escaped(title)}",
        escaped(digest.days),
        *([f"*{escaped(digest.late)}*"] if digest.late else []),
        f"**{escaped(digest.judgement.label)}.** {escaped(digest.judgement.sentence)}",
        figures,
        *(part for section in outline_of(digest, say) for part in _section(section, say)),
        "---",
        *map(escaped, digest.footer),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """The text so that CommonMark shows it as it is: no emphasis, link, picture, markup or table."""
    line = _ACTIVE.sub(r"\\\1", " ".join(text.split()))
    line = _BARE.sub(lambda found: f"{found[1] or found[3]}\\{found[2] or found[4]}", line)
    return _BEGINS.sub(
        lambda found: f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}", line
    )


def _section(section: Section, say: Words) -> list[str]:
    return [
        f"## {escaped(section.title)}",
        *(part for block in section.blocks for part in _block(block, say)),
    ]


def _block(block: Block, say: Words) -> list[str]:
    if isinstance(block, Paragraph):
        return [escaped(block.text)]
    if isinstance(block, Grid):
        return [_grid(block)]
    if isinstance(block, Chart):
        return _chart(block, say)
    return _entry(block, say)


def _entry(item: Entry, say: Words) -> list[str]:
    quoted = _quoted(item.quote) if item.quote else escaped(item.no_quote)
    about = escaped(" · ".join(item.about))
    if item.kind == "watched":
        return [f"**{escaped(item.lead)}** {quoted}  \n{about} · {_door(item, escaped(item.id))}"]
    points = "\n".join(f"- {escaped(label)}: {escaped(text)}" for label, text in item.points)
    label = say("label.open_finding", id=item.id) if item.id else say("label.open_post")
    parts = (
        f"### {escaped(item.lead)}",
        about,
        f"> {quoted}" if item.quote else quoted,
        *map(escaped, item.sentences),
        points,
        _door(item, escaped(label)) if item.door else "",
    )
    return [part for part in parts if part]


def _quoted(quote: Quote) -> str:
    return f"“{''.join(f'**{_inside(part)}**' if marked else _kept(part) for part, marked in quote.pieces)}”"


def _inside(part: str) -> str:
    # Stars with a blank on their inner side are no emphasis.
    return escaped(part) or "\\ "


def _kept(part: str) -> str:
    """Escaped, with a blank kept at each end that had one."""
    before, after = (" " if part[:1].isspace() else ""), (" " if part[-1:].isspace() else "")
    inner = escaped(part)
    return f"{before}{inner}{after}" if inner else " "


def _door(item: Entry, label: str) -> str:
    if item.door is None:
        return label
    address = web_address(item.door.address)
    if address:
        return f"[{label}](<{address}>)"
    return f"{label}: {escaped(item.door.command or item.door.address)}"


def _grid(grid: Grid) -> str:
    rule = ["---:" if place in grid.figures else "---" for place in range(len(grid.columns))]
    rows = [
        [
            f"{cell} ({', '.join(filter(None, (row.note, row.aside)))})"
            if place == 0 and (row.note or row.aside)
            else cell
            for place, cell in enumerate(row.cells)
        ]
        for row in grid.rows
    ]
    return "\n".join((_row(grid.columns), f"| {' | '.join(rule)} |", *map(_row, rows)))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"


def _chart(chart: Chart, say: Words) -> list[str]:
    columns = [say(f"column.{name}") for name in ("week", "mentions", "findings")]
    rows = [
        _row((f"{week.number}{'*' if week.partial else ''}", week.mentions_shown, week.findings_shown))
        for week in chart.weeks
    ]
    table = "\n".join((_row(columns), "| --- | ---: | ---: |", *rows))
    return [escaped(chart.sentence), table, *([escaped(chart.note)] if chart.note else [])]
