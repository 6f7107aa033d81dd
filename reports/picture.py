"""The weeks of a digest come in, a picture of them as SVG goes out; for print, as mails drop it. Pure."""

from collections.abc import Iterator
from html import escape

from reports.plain import scrubbed
from reports.record import Digest, WeekBar
from reports.words import Words, words

#: units of the drawing, not of the paper
_WIDE, _HIGH, _FLOOR, _TOP = 680, 240, 196, 34
_NOW, _THEN = "#0a5a63", "#7a9796"


def svg_of(digest: Digest) -> str:
    """Bars of mentions a week with their figures, and the signals in words under them."""
    digest, say = scrubbed(digest), words(digest.language)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img">'
        f"<title>{escape(digest.weeks_sentence)}</title>"
        f'<g font-family="Liberation Sans, DejaVu Sans, Arial, sans-serif" font-size="13" fill="#1f2528">'
        f"{''.join(_bars(digest.weeks, say))}</g>"
        f'<path d="M0 {_FLOOR}.5H{_WIDE}" stroke="#8d9a9b" stroke-width="1"/></svg>'
    )


def _bars(weeks: tuple[WeekBar, ...], say: Words) -> Iterator[str]:
    step = _WIDE / max(1, len(weeks))
    for place, week in enumerate(weeks):
        yield _bar(week, place * step, step, say)


def _bar(week: WeekBar, left: float, step: float, say: Words) -> str:
    tall = min(100, max(0, week.percent)) * (_FLOOR - _TOP) / 100
    middle, top = left + step / 2, _FLOOR - tall
    weight = ' font-weight="bold"' if week.current else ""
    quiet = ' fill="#4f585b" font-size="11"'
    name = f"{say('week', n=week.number).lower()}{'*' if week.partial else ''}"
    return (
        f'<rect x="{left + step * 0.14:.1f}" y="{top:.1f}" width="{step * 0.72:.1f}" height="{tall:.1f}"'
        f' fill="{_NOW if week.current else _THEN}"/>'
        f"{_text(middle, top - 7, week.mentions_shown, weight)}"
        f"{_text(middle, _FLOOR + 20, name, weight)}"
        f"{_text(middle, _FLOOR + 38, _findings(week, say), quiet)}"
    )


def _findings(week: WeekBar, say: Words) -> str:
    return f"{week.findings_shown} {say('column.findings').lower()}" if week.mentions else ""


def _text(middle: float, at: float, told: str, look: str) -> str:
    return f'<text x="{middle:.1f}" y="{at:.1f}" text-anchor="middle"{look}>{escape(told)}</text>'
