"""What is known about keyword lists comes in; rows for JSON go out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classify.query_remark import Language, Remark
    from klankbord.settings import KeywordList
    from klankbord.store.keywords import Version
    from klankbord.tuning.record import Backtest
    from klankbord.tuning.suggest import Suggestions

Row = dict[str, object]


def list_row(table: KeywordList, version: Version | None) -> Row:
    """A list with its newest version."""
    lines = [line.partition("# ")[0].strip() for line in table.terms.splitlines()]
    return {
        "list": table.id,
        "clause": table.clause,
        "language": table.language,
        "weight": table.weight,
        "terms": sum(map(bool, lines)) + len(table.term),
        "confidential": table.confidential,
        "version": version.number if version else None,
        "at": version.at if version else None,
        "by": version.by if version else None,
    }


def version_row(version: Version) -> Row:
    """A version."""
    row = asdict(version)
    return {"list": row.pop("list_id"), "version": row.pop("number"), **row}


def remark_row(table: KeywordList, key: str, remark: Remark, language: Language) -> Row:
    """A doubt about a list."""
    return {
        "file": table.file,
        "key": key,
        "code": remark.code,
        "line": remark.line,
        "column": remark.column,
        "read": remark.read(language),
        "meant": remark.meant(language),
    }


def tried_row(text: str, table: KeywordList, terms: Sequence[tuple[str, Sequence[tuple[int, int]]]]) -> Row:
    """A list that hits a text."""
    return {
        "list": table.id,
        "clause": table.clause,
        "weight": table.weight,
        "terms": [
            {"term": term, "spans": [{"start": a, "end": b, "text": text[a:b]} for a, b in places]}
            for term, places in terms
        ],
    }


def backtest_row(found: Backtest) -> Row:
    """A backtest; shares carry their interval."""
    row: Row = asdict(found)
    row["terms"] = [
        asdict(term) | {"confirmed": asdict(term.confirmed) | {"interval": term.confirmed.interval}}
        for term in found.terms
    ]
    row["span"] = asdict(found.span) | {"weeks": round(found.span.weeks, 2)}
    row["predicted"] = dict(found.predicted)
    if found.judged is not None:
        row["judged"] = asdict(found.judged) | {"minutes_a_week": round(found.judged.draft.minutes, 1)}
    return row


def suggestions_row(found: Suggestions) -> Row:
    """Suggestions."""
    return asdict(found)
