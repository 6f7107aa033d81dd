"""What is known about keyword lists comes in; tables and lines for people go out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from klankbord.cli import screen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from klankbord.tuning.record import Backtest, Load, Reach
    from klankbord.tuning.suggest import Suggestions

#: days in which a term earns its place
EARNING_DAYS = 90
#: terms written out in a table; the rest stands in the JSON
_MOST = 60


def marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with what was found between signs, on one line."""
    pieces, place = [], 0
    for start, end in sorted(spans):
        if end > place:
            first = max(start, place)
            pieces += [text[place:first], "»", text[first:end], "«"]
            place = end
    return " ".join("".join([*pieces, text[place:]]).replace("«»", "").split())


def backtest(found: Backtest, zone: object) -> None:
    """Print a backtest."""
    span = found.span
    day = f"{screen.local(span.begins, zone)[:10]} to {screen.local(span.ends, zone)[:10]}"
    screen.lines(
        f"{found.list_id} ({found.clause}): {span.posts:,} stored posts, {day} ({span.weeks:.1f} weeks)"
    )
    if (span.begins - span.asked).days >= 7:
        screen.lines(f"asked from {screen.local(span.asked, zone)[:10]}: older posts are not kept")
    if found.clause == "organisation":
        screen.lines("only posts that were let in are stored: what a wider list would let in cannot be told")
    _reaches(found)
    lost(found)
    _judged(found)
    _terms(found)
    for one in found.examples:
        screen.lines(f"  {one.before} -> {one.after}: {one.text}")


def _reaches(found: Backtest) -> None:
    rows = [("draft" if found.live else "this list", *_reach(found.draft, found.span.weeks))]
    if found.live:
        rows.insert(0, ("as it stands", *_reach(found.live, found.span.weeks)))
    screen.table("Posts it matches", ["", "posts", "a week", "range", "languages", "sources"], rows)
    if found.live:
        screen.lines(f"{found.new:,} new, {found.lost:,} lost")


def _reach(reach: Reach, weeks: float) -> tuple[str, ...]:
    full = f"{min(reach.weekly)}-{max(reach.weekly)} (n={len(reach.weekly)})" if reach.weekly else ""
    return (
        f"{reach.posts:,}",
        f"{reach.posts / weeks:.1f}",
        full,
        ", ".join(f"{name} {n}" for name, n in list(reach.by_language.items())[:5]),
        ", ".join(f"{name} {n}" for name, n in list(reach.by_source.items())[:6]),
    )


def lost(found: Backtest) -> None:
    """Print the confirmed findings that a draft would lose, in red where there is a terminal."""
    gone = f"; the texts of {found.confirmed_gone} more are gone" if found.confirmed_gone else ""
    n = len(found.confirmed_lost)
    line = f"confirmed findings lost: {n} of {found.confirmed_read} that can still be read{gone}"
    if n and sys.stdout.isatty():
        sys.stdout.write(f"\x1b[1;31m{screen.harmless(line)}\x1b[0m\n")
    else:
        screen.lines(line)
    for one in found.confirmed_lost:
        stands = {True: " (still a finding by other signals)", False: " (no finding any more)", None: ""}
        screen.lines(f"  {one.mention_id[:8]} {one.text}{stands[one.stands]}")
    if found.confirmed_gone:
        screen.lines(
            "  keep such a case as a sentence of your own under must_match: it is held to at every save"
        )


def _judged(found: Backtest) -> None:
    judged = found.judged
    if judged is None:
        screen.lines("no post was judged, so findings a week are not told")
        return
    sides = [("without this list", judged.without), ("as it stands", judged.live)]
    if found.live or judged.draft != judged.live:
        sides.append(("draft", judged.draft))
    screen.table(
        f"Findings on {found.clause} a week",
        ["", "findings", "alerts", "minutes"],
        [(name, *_load(load)) for name, load in sides],
    )
    screen.lines(
        f"from judging {judged.posts:,} of {judged.of:,} matching posts; 2 minutes each is an assumption"
    )


def _load(load: Load) -> tuple[str, ...]:
    return f"{load.findings:.1f}", f"{load.alerts:.1f}", f"{load.minutes:.0f}"


def _terms(found: Backtest) -> None:
    days = min(EARNING_DAYS, round(7 * found.span.weeks))
    ranked = sorted(found.terms, key=lambda one: (-one.posts, one.term))
    screen.table(
        "Terms",
        ["term", "posts", "alone", "brings a finding alone", "confirmed", f"last {days} days"],
        [
            (
                one.term, one.posts, one.alone, one.brings or "", one.confirmed.words,
                "" if one.earned else "earned nothing",
            )
            for one in ranked[:_MOST]
        ],
    )  # fmt: skip
    if len(ranked) > _MOST:
        screen.lines(f"and {len(ranked) - _MOST} more terms; --json tells all")


def suggestions(found: Suggestions) -> None:
    """Print suggestions."""
    screen.lines(
        f"{found.list_id}: from {found.confirmed} confirmed and {found.dismissed} dismissed findings,"
        f" beside {found.background:,} stored posts"
    )
    screen.table(
        "To add: they set confirmed findings apart",
        ["term", "confirmed", "dismissed", "z"],
        [(one.term, one.confirmed, one.dismissed, f"{one.z:.1f}") for one in found.add],
    )
    screen.table(
        "To exclude: noise would go, nothing confirmed would",
        ["term", "dismissed that go", "confirmed that go"],
        [(one.term, f"{one.dismissed} of {one.of}", f"0 of {one.confirmed_of}") for one in found.exclude],
    )
    screen.table(
        "Near misses in confirmed posts",
        ["word", "nearly", "posts", ""],
        [(one.word, one.term, one.posts, one.why) for one in found.near],
    )
    screen.table("To drop: no stored post in 90 days", ["term"], [(term,) for term in found.dead])
