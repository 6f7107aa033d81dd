"""Answers from a person or a CSV come in, are checked all at once, and are kept as verdicts."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path

from klankbord.errors import ImportFileError, NotFoundError
from klankbord.finding import OUTCOMES, REASONS, Decision, FindingId, Verdict
from klankbord.policy import ClauseId, Policy
from klankbord.sample import Drawn
from klankbord.store import Store

_COLUMNS = ("finding", "verdict", "reason", "outcome", "note", "clause")
#: what an answer consists of; a row of a sheet with none of it was not answered yet
_ANSWER = ("verdict", "reason", "outcome", "note")
_LARGEST = 10_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One answer as a person gave it."""

    finding: str
    verdict: str
    reason: str
    outcome: str
    note: str
    #: number of the clause it is about; empty: the one that was asked about
    clause: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an answer is about: a finding, or a drawn post on which none stands."""

    id: FindingId
    clause_id: ClauseId
    drawn: Drawn | None = None


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


def keep(
    store: Store, rows: Sequence[Row], by: str, now: datetime, policy: Policy | None = None
) -> list[tuple[FindingId, str]]:
    """Keep answers, or none of them.

    Args:
        store: where findings and drawn posts are.
        rows: the answers.
        by: who gives them.
        now: this moment.
        policy: whose clauses an answer about a drawn post may name.

    Raises:
        ImportFileError: with every mistake, each with its row number.
    """
    found: dict[int, _Asked] = {}
    problems: list[str] = []
    twice: dict[FindingId, int] = {}
    for number, row in enumerate(rows, start=1):
        problem = problem_of(row)
        try:
            found[number] = _asked(store, row, policy)
            first = twice.setdefault(found[number].id, number)
            if first != number:
                problem = f"the same finding as row {first}"
        except (NotFoundError, ValueError) as error:
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
    pairs = [(one, found[number]) for number, one in enumerate(answers, start=1)]
    store.learning.answer(
        [(one, asked.clause_id) for one, asked in pairs if asked.drawn is None],
        [(asked.drawn, one, asked.clause_id) for one, asked in pairs if asked.drawn is not None],
    )
    return [(one.finding_id, one.decision.value) for one in answers]


def _asked(store: Store, row: Row, policy: Policy | None) -> _Asked:
    """What a row answers; NotFoundError: nothing by that id, ValueError: the clause does not fit."""
    try:
        finding = store.finding(row.finding)
    except NotFoundError:
        drawn = store.learning.drawn(row.finding) if row.finding else []
        if len(drawn) != 1:
            raise
        return _Asked(drawn[0].finding_id or FindingId(""), _named(row, drawn[0].clause_id, policy), drawn[0])
    if row.clause and row.clause != finding.clause_id.partition("-")[0]:
        raise ValueError(f"the finding is about {finding.clause_id}; found clause {row.clause!r}")
    return _Asked(finding.id, finding.clause_id)


def _named(row: Row, asked: ClauseId, policy: Policy | None) -> ClauseId:
    if not row.clause or row.clause == asked.partition("-")[0]:
        return asked
    rules = {clause.number: clause.id for clause in policy.rules} if policy else {}
    if row.clause not in rules:
        raise ValueError(f"clause {row.clause!r}; allowed: {', '.join(rules) or asked}")
    return rules[row.clause]


def from_csv(
    store: Store, file: Path, by: str, now: datetime, policy: Policy | None = None
) -> list[tuple[FindingId, str]]:
    """Keep the answers of a CSV file with a header, `,` or `;` between the cells.

    Rows that were left open, as in a sheet of `klankbord sample --csv`, are passed over.

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
        given = list(reader)
        rows = [
            Row(*((line.get(name) or "").strip() for name in _COLUMNS))
            for line in given
            if "stratum" not in line or any((line.get(name) or "").strip() for name in _ANSWER)
        ]
    except csv.Error as error:
        raise ImportFileError(f"{file}: no CSV that can be read: {error}") from error
    return keep(store, rows, by, now, policy)


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
