"""Answers from a person or a CSV come in, are checked all at once, and are kept as verdicts."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path

from klankbord.errors import ImportFileError, NotFoundError
from klankbord.finding import OUTCOMES, REASONS, Decision, FindingId, Verdict
from klankbord.store import Store

_COLUMNS = ("finding", "verdict", "reason", "outcome", "note")
_LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as a person gave it."""

    finding: str
    verdict: str
    reason: str
    outcome: str
    note: str


def problem_of(row: Row) -> str | None:
    """What is wrong with an answer, in words; None when it can stand. Pure."""
    if row.verdict not in list(Decision):
        return f"verdict {row.verdict!r}; allowed: {', '.join(Decision)}"
    if row.verdict == Decision.DISMISSED and row.reason not in REASONS:
        return f"dismissed needs a reason, one of: {', '.join(REASONS)}; found {row.reason!r}"
    if row.verdict == Decision.CONFIRMED and row.outcome not in OUTCOMES:
        return f"confirmed needs an outcome, one of: {', '.join(OUTCOMES)}; found {row.outcome!r}"
    if row.verdict != Decision.DISMISSED and row.reason:
        return "a reason goes with dismissed only"
    if row.verdict != Decision.CONFIRMED and row.outcome:
        return "an outcome goes with confirmed only"
    return None


def keep(store: Store, rows: Sequence[Row], by: str, now: datetime) -> list[tuple[FindingId, str]]:
    """Keep answers, or none of them.

    Raises:
        ImportFileError: with every mistake, each with its row number.
    """
    found = {}
    problems: list[str] = []
    twice: dict[FindingId, int] = {}
    for number, row in enumerate(rows, start=1):
        problem = problem_of(row)
        try:
            found[number] = store.finding(row.finding)
            first = twice.setdefault(found[number].id, number)
            if first != number:
                problem = f"the same finding as row {first}"
        except NotFoundError as error:
            problem = problem or str(error)
        if problem:
            problems.append(f"row {number}: {problem}" if len(rows) > 1 else problem)
    if problems:
        raise ImportFileError("\n".join(problems))
    answers = [
        Verdict(
            finding_id=found[number].id,
            decision=Decision(row.verdict),
            reason=row.reason or None,
            outcome=row.outcome or None,
            note=row.note[:2000],
            by=by[:120],
            at=now,
        )
        for number, row in enumerate(rows, start=1)
    ]
    store.answer([(one, found[number].clause_id) for number, one in enumerate(answers, start=1)])
    return [(one.finding_id, one.decision.value) for one in answers]


def from_csv(store: Store, file: Path, by: str, now: datetime) -> list[tuple[FindingId, str]]:
    """Keep the answers of a CSV file with a header, `,` or `;` between the cells.

    Raises:
        ImportFileError: it cannot be read, a column lacks, or a row is wrong; nothing is kept then.
    """
    content = _content(file)
    header = content.partition("\n")[0]
    try:
        reader = csv.DictReader(
            StringIO(content, newline=""),
            delimiter=";" if header.count(";") > header.count(",") else ",",
            strict=True,
        )
        missing = {"finding", "verdict"} - set(reader.fieldnames or ())
        if missing:
            columns = f"columns: {', '.join(_COLUMNS)}"
            raise ImportFileError(f"{file}: column {', '.join(sorted(missing))} is missing; {columns}")
        rows = [Row(*((line.get(name) or "").strip() for name in _COLUMNS)) for line in reader]
    except csv.Error as error:
        raise ImportFileError(f"{file}: no CSV that can be read: {error}") from error
    return keep(store, rows, by, now)


def _content(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise ImportFileError(f"{file}: larger than {_LARGEST // 1_000_000} MB")
        raw = file.read_bytes()
        # A spreadsheet saves "Unicode text" as UTF-16 with a mark in front.
        content = raw.decode("utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportFileError(f"{file}: cannot be read: {error}") from error
    first, _, rest = content.partition("\n")
    return rest if first.strip().lower().startswith("sep=") else content
