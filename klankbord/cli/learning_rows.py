"""What training and sampling found becomes rows of a table, of JSON or of a sheet to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from classify.learning.comparing import Compared
    from classify.learning.doubts import Doubt
    from klankbord.learning import Trained
    from klankbord.reviewing import ToReview

#: the first six are read back by `findings judge --csv`
SHEET = (
    "finding",
    "verdict",
    "reason",
    "outcome",
    "note",
    "clause",
    "stratum",
    "chance",
    "score",
    "lang",
    "published_at",
    "source",
    "url",
    "title",
    "text",
)


def training_row(trained: Trained, *, written: bool) -> dict[str, object]:
    """What a training did as JSON."""
    return {
        "promoted": trained.promoted,
        "written": written,
        "why": trained.why,
        "model": trained.model.fingerprint,
        "trained_on": trained.model.trained_on,
        "rows": trained.rows,
        "verdicts": trained.verdicts,
        "held_out": trained.held_out,
        "left_out": dict(trained.left_out),
        "figures": [figure_row(one) for one in trained.figures],
    }


def figure_row(figure: Compared) -> dict[str, object]:
    """A compared figure as JSON."""
    return {
        "what": figure.what,
        "measured_on": figure.where,
        "champion": round(figure.champion, 4),
        "challenger": round(figure.challenger, 4),
        "difference": [round(figure.low, 4), round(figure.high, 4)],
        "n": figure.n,
        "worse": figure.worse,
    }


def figure_cells(figure: Compared) -> tuple[object, ...]:
    """A compared figure as a row of a table."""
    return (
        figure.what,
        figure.where,
        f"{figure.champion:.3f}",
        f"{figure.challenger:.3f}",
        f"{figure.low:+.3f} to {figure.high:+.3f}",
        figure.n,
        "worse" if figure.worse else "",
    )


def doubt_row(doubt: Doubt) -> dict[str, object]:
    """A label that looks wrong as JSON."""
    return {"row": doubt.row, "about": doubt.head, "said": doubt.said, "chance": doubt.chance}


def review_row(one: ToReview) -> dict[str, object]:
    """A drawn post; its words only where the terms of its source let them leave the program."""
    drawn, mention = one.drawn, one.mention
    words = mention if mention is not None and mention.terms.export else None
    return {
        "finding": drawn.finding_id,
        "verdict": drawn.decision.value if drawn.decision else "",
        "reason": drawn.reason or "",
        "outcome": "",
        "note": "",
        "clause": drawn.clause_id.partition("-")[0],
        "stratum": drawn.stratum.value,
        "chance": round(drawn.chance, 6),
        "score": round(drawn.score, 4),
        "lang": mention.lang if mention else None,
        "published_at": mention.published_at if mention else None,
        "source": mention.source_id if mention else None,
        "url": mention.canonical_url or mention.url if mention else "",
        "title": words.title if words else "",
        "text": " ".join(words.text.split()) if words else "",
    }


def write_sheet(file: Path, found: list[ToReview]) -> None:
    """Write the posts that wait for an answer as a sheet to fill in; no cell can start a formula."""
    import csv

    from reports.table import without_formula

    # With a mark in front, or a spreadsheet reads accents wrongly.
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(SHEET)
        for one in found:
            if one.drawn.decision is None:
                row = review_row(one)
                writer.writerow(
                    [without_formula("" if row[name] is None else str(row[name])) for name in SHEET]
                )
