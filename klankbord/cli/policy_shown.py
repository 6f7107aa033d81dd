"""What a preview found comes in; tables for people and rows for JSON go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from klankbord.cli import screen
from klankbord.policies.locked import LOWEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from klankbord.policies.choosing import Choice
    from klankbord.policies.dial import Setting
    from klankbord.policies.preview import Changed, ClausePreview, Preview
    from klankbord.policy import ClauseId, Policy
    from klankbord.tuning.record import Load


def told(found: Preview, zone: object, *, changed: bool, limit: int) -> None:
    """Print what a week would ask, and which findings come and go."""
    span = found.span
    day = f"{screen.local(span.begins, zone)[:10]} to {screen.local(span.ends, zone)[:10]}"
    screen.lines(f"{span.posts:,} stored posts, {day} ({span.weeks:.1f} weeks)")
    if (span.begins - span.asked).days >= 7:
        screen.lines(f"asked from {screen.local(span.asked, zone)[:10]}: older posts are not kept")
    if not changed:
        _levels(found)
        return
    _loads(found)
    unlisted = [one for one in found.clauses if one.come and not one.before.listed]
    come = sum(one.come for one in found.clauses) - sum(one.come for one in unlisted)
    _changes("Would come", found.come, come, zone, limit)
    for one in unlisted:
        told = "only numbers, since the policy as it stands does not list it"
        screen.lines(f"{one.clause_id[:3]}: {one.come} would come; {told}")
    _changes("Would go", found.go, sum(one.go for one in found.clauses), zone, limit)


def _changes(what: str, rows: Sequence[Changed], number: int, zone: object, limit: int) -> None:
    screen.table(
        f"{what}: {number}" + (f", the {limit} strongest" if number > len(rows) else ""),
        ["clause", "score", "now", "then", "posted", "source", "words"],
        [
            (
                one.clause_id[:3], f"{one.score:.2f}", one.before.word, one.after.word,
                screen.local(one.published_at, zone), one.source_id,
                "not quoted" if one.words is None else ", ".join(one.words),
            )
            for one in rows
        ],
    )  # fmt: skip


def _loads(found: Preview) -> None:
    rows = [
        (
            one.clause_id[:3], _setting(one.before.threshold, one.before.level.word),
            _setting(one.after.threshold, one.after.level.word),
            f"{one.now.findings:.1f}", f"{one.then.findings:.1f}",
            f"{one.now.alerts:.1f}", f"{one.then.alerts:.1f}", one.come, one.go,
            f"{_few(one.counted_now)} > {_few(one.counted_then)}",
        )
        for one in found.clauses
    ]  # fmt: skip
    now, then = found.total("now"), found.total("then")
    rows.append(
        ("all", "", "", f"{now.findings:.1f}", f"{then.findings:.1f}", f"{now.alerts:.1f}",
         f"{then.alerts:.1f}", sum(one.come for one in found.clauses),
         sum(one.go for one in found.clauses), "")
    )  # fmt: skip
    screen.table(
        "A week",
        [
            "clause", "now", "then", "findings now", "then", "alerts now", "then", "come", "go",
            "only counted",
        ],
        rows,
    )  # fmt: skip
    screen.lines(f"about {now.minutes:.0f} minutes a week now, {then.minutes:.0f} then")


def _levels(found: Preview) -> None:
    from klankbord.policy import Strictness

    rows = [
        (
            one.clause_id[:3],
            *(_load(one.levels[level].findings, one.levels[level].alerts) for level in Strictness),
        )
        for one in found.clauses
    ]
    total = [
        _load(
            sum(one.levels[level].findings for one in found.clauses),
            sum(one.levels[level].alerts for one in found.clauses),
        )
        for level in Strictness
    ]
    screen.table(
        "Findings a week, of these alerts",
        ["clause", *(level.value for level in Strictness)],
        [*rows, ("all", *total)],
    )


def faded(found: Preview, kept_days: int) -> None:
    """Say so where posts without a finding are gone already: what comes would be among them."""
    if found.span.weeks * 7 > kept_days + 1:
        screen.lines(
            f"posts without a finding go after {kept_days} days:"
            " of the weeks before, what comes is told too low"
        )


def choices(
    found: Preview,
    table: Sequence[Choice],
    chosen: Mapping[ClauseId, float],
    *,
    load: float | None,
    strictness: str | None = None,
) -> None:
    """Print what each threshold gives, the chosen ones, and how to see their findings."""
    screen.table(
        "What each threshold gives",
        ["clause", "threshold", "findings a week", "alerts", "scores promise right", "people confirmed"],
        [
            (
                one.clause_id[:3], f"{one.threshold:.2f}{' <' if one.chosen else ''}",
                f"{one.load.findings:.1f}", f"{one.load.alerts:.1f}",
                "" if one.expected is None else f"{one.expected:.0%}", one.answered.words,
            )
            for one in table
        ],
    )  # fmt: skip
    if not chosen:
        screen.lines("no threshold gives that: no stored post comes near it")
        return
    if load is not None:
        gives = sum(one.load.findings for one in table if one.chosen)
        screen.lines(f"for about {load:g} findings a week: {gives:.1f} at the thresholds marked <")
        if gives < load and max(chosen.values()) <= LOWEST:
            screen.lines("more cannot be had: no threshold is ever under 0.70")
    if missing := [key[:3] for key in found.histograms if key not in chosen]:
        screen.lines(f"no threshold for {', '.join(missing)}: only counted, or no score promises it")
    asked = " ".join(f"--threshold {key[:3]}={value:.2f}" for key, value in chosen.items())
    level = f"--strictness {strictness} " if strictness else ""
    screen.lines(f"to see which: klankbord policy preview {level}{asked}")


def _load(findings: float, alerts: float) -> str:
    return f"{findings:.1f}" + (f" ({alerts:.1f})" if alerts else "")


def _setting(threshold: float | None, word: str) -> str:
    return word if threshold is None else f"{word} {threshold:.2f}"


def _few(n: int | None) -> str:
    return "under 5" if n is None else str(n)


def rows(found: Preview, policy: Policy, table: Sequence[Choice]) -> dict[str, object]:
    """A preview for JSON."""
    span = found.span
    return {
        "policy": policy.version,
        "strictness": policy.strictness.value,
        "span": {
            "asked": span.asked, "begins": span.begins, "ends": span.ends, "posts": span.posts,
            "weeks": round(span.weeks, 3),
        },
        "clauses": [_clause_row(one) for one in found.clauses],
        "come": [_change_row(one) for one in found.come],
        "go": [_change_row(one) for one in found.go],
        "choices": [
            {
                "clause": one.clause_id, "threshold": one.threshold, "chosen": one.chosen,
                "expected": None if one.expected is None else round(one.expected, 4),
                "confirmed": one.answered.hits, "answered": one.answered.n, **_load_row(one.load),
            }
            for one in table
        ],
    }  # fmt: skip


def _clause_row(one: ClausePreview) -> dict[str, object]:
    return {
        "clause": one.clause_id,
        "now": _setting_row(one.before) | _load_row(one.now),
        "then": _setting_row(one.after) | _load_row(one.then),
        "levels": {level.value: _load_row(load) for level, load in one.levels.items()},
        "only_counted": {"now": one.counted_now, "then": one.counted_then},
        "come": one.come,
        "go": one.go,
    }


def _change_row(one: Changed) -> dict[str, object]:
    return {
        "finding": one.finding_id,
        "clause": one.clause_id,
        "source": one.source_id,
        "published_at": one.published_at,
        "score": round(one.score, 4),
        "now": one.before.word,
        "then": one.after.word,
        "words": None if one.words is None else list(one.words),
    }


def _setting_row(one: Setting) -> dict[str, object]:
    return {"threshold": one.threshold, "mode": one.level.word}


def _load_row(one: Load) -> dict[str, object]:
    return {"findings_a_week": round(one.findings, 3), "alerts_a_week": round(one.alerts, 3)}
