"""A report comes in; where the judgement is known to fail goes out, as sentences with their figures. Pure."""

from collections.abc import Iterator

from classify.evaluate_clauses import ALL
from classify.heads import CLAUSES
from classify.measures import Figure
from classify.report import Report, shown

_BEHAVES = 0.95
_COLUMN = "recall standard"


def failures(report: Report) -> Iterator[str]:
    """The section of a model card, line by line."""
    yield "## Known failures"
    yield ""
    for part in (_rarely_found, _gaps, _stream, _organisations, _moved):
        yield from (f"- {line}" for line in part(report))
    yield "- Irony, pictures, sound and video are not understood; of a thread, only the post before is read."
    yield "- The posts were written, not collected: real ones differ, and figures on them will be lower."
    yield ""


def _rarely_found(report: Report) -> Iterator[str]:
    told = [
        (figure, clause)
        for clause in CLAUSES
        if (figure := report.figure("clauses", clause, _COLUMN)) is not None and figure.n
    ]
    if told:
        figure, clause = min(told, key=lambda pair: (pair[0].value, pair[1]))
        yield f"{clause} is found least often: {shown(figure)} of its posts at standard strictness."
    seldom = [f"{clause} {figure.value:.2f}" for figure, clause in told if figure.value < 0.5]
    if seldom:
        yield f"Less than half of the posts are found of: {', '.join(seldom)}."


def _gaps(report: Report) -> Iterator[str]:
    pairs = [(clause, _of(report, f"{clause} nl"), _of(report, f"{clause} en")) for clause in CLAUSES]
    known = [(clause, dutch, english) for clause, dutch, english in pairs if dutch and english]
    whole = _of(report, f"{ALL} nl"), _of(report, f"{ALL} en")
    if whole[0] and whole[1]:
        yield f"Of all clauses' posts are found: in Dutch {shown(whole[0])}, in English {shown(whole[1])}."
    if known:
        clause, dutch, english = max(known, key=lambda one: abs(one[1].value - one[2].value))
        both = f"{shown(dutch)} in Dutch, {shown(english)} in English"
        yield f"The widest gap between the languages is at {clause}: {both}."
    lengths = [
        (name, figure) for name in ("short", "medium", "long") if (figure := _of(report, f"{ALL} {name}"))
    ]
    if lengths:
        yield (
            "By length of the text: " + "; ".join(f"{name} {shown(figure)}" for name, figure in lengths) + "."
        )


def _stream(report: Report) -> Iterator[str]:
    row = f"{report.shipped} standard"
    right = report.figure("flagged", row, "right at 0.5 %")
    if right and right.n:
        yield f"In a stream of which 0.5 % touches a clause, right is of what is pointed at: {shown(right)}."
    held = report.figure("guard", "everyday", report.shipped)
    if held and held.n:
        yield f"The guard also holds back everyday posts, which stay ordinary mentions: {shown(held)}."


def _organisations(report: Report) -> Iterator[str]:
    section = report.section("organisations")
    told = [row.figures[0] for row in section.rows if row.figures[0].n] if section else []
    if len(told) > 1:
        low, high = min(one.value for one in told), max(one.value for one in told)
        yield f"Between {len(told)} organisations the ranking differs: from {low:.3f} to {high:.3f}."


def _moved(report: Report) -> Iterator[str]:
    section = report.section("behaviour")
    if section is None:
        return
    for row in section.rows:
        worst = min((one for one in row.figures if one.n), key=lambda one: one.value, default=None)
        if worst and worst.value < _BEHAVES:
            yield f"A changed post does not always behave: {row.name}: {shown(worst)}."


def _of(report: Report, row: str) -> Figure | None:
    figure = report.figure("clauses", row, _COLUMN)
    return figure if figure and figure.n else None
