"""findings list, show and judge: what asks for a look, why, and what people answered."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation
from klankbord.finding import OUTCOMES, REASONS, FindingState

if TYPE_CHECKING:
    from klankbord.finding import Finding, Verdict
    from klankbord.installation import Installation
    from klankbord.policy import Lang
    from klankbord.week import Week


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A container may run under a number that has no name.
        return "unknown"


By = Annotated[str, typer.Option("--by", help="Who answers.", default_factory=_user, show_default="you")]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    group = typer.Typer(no_args_is_help=True, help="What asks for a look, why, and what people answered.")
    group.command("list")(list_findings)
    group.command("show")(show)
    group.command("judge")(judge)
    app.add_typer(group, name="findings")


def list_findings(
    config: ConfigDir = DEFAULT,
    state: Annotated[str, typer.Option(help="open, closed, withdrawn or all.")] = "open",
    clause: Annotated[str | None, typer.Option(help="Only this clause, such as C02.")] = None,
    week: Annotated[str | None, typer.Option(help="Only posts of this week, such as 2026-W47.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 200,
    json: AsJson = False,
) -> None:
    """Findings that ask for a look, strongest first. Clauses that are only counted are never listed.

    Example: `klankbord findings list --clause C02 --week 2026-W47`.
    """
    if state not in {"all", *FindingState}:
        raise typer.BadParameter("open, closed, withdrawn or all", param_hint="--state")
    with installation(config) as opened:
        found = opened.store.findings(
            state=None if state == "all" else FindingState(state),
            clause=clause,
            week=_week(opened, week),
            limit=limit,
        )
        zone = opened.settings.zone
    if json:
        screen.as_json([_row(finding) for finding in found])
        return
    screen.table(
        "Possible findings",
        ["finding", "clause", "mode", "score", "state", "posted", "source", "text"],
        [
            (
                finding.id[:8],
                finding.clause_id,
                finding.mode.word,
                f"{finding.score:.2f}",
                finding.state.value,
                screen.local(finding.mention.published_at, zone),
                finding.mention.source_id,
                _short(finding),
            )
            for finding in found
        ],
    )


def _week(opened: Installation, name: str | None) -> Week | None:
    from klankbord.week import Week as _Week

    if name is None:
        return None
    try:
        return _Week.named(name, opened.settings.zone)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--week") from error


def _short(finding: Finding) -> str:
    text = " ".join(finding.mention.text.split())
    return text if len(text) <= 80 else text[:79] + "…"


def _row(finding: Finding) -> dict[str, object]:
    return {
        "finding": finding.id,
        "clause": finding.clause_id,
        "mode": finding.mode.word,
        "score": round(finding.score, 4),
        "state": finding.state.value,
        "source": finding.mention.source_id,
        "lang": finding.mention.lang,
        "published_at": finding.mention.published_at,
        "found_at": finding.found_at,
        "title": finding.mention.title,
        "text": finding.mention.text,
        "evidence": [
            {"field": one.field, "start": one.start, "end": one.end, "signal": one.signal}
            for one in finding.evidence
        ],
        "details": dict(finding.details),
        "policy_version": finding.policy_version,
        "model_version": finding.model_version,
    }


def show(
    by: By,
    finding: Annotated[str, typer.Argument(help="The finding's id, or the first letters of it.")],
    config: ConfigDir = DEFAULT,
    lang: Annotated[str | None, typer.Option(help="nl or en; the settings' own by default.")] = None,
    links: Annotated[
        bool, typer.Option("--links", help="Also the links of its posts; noted in the history.")
    ] = False,
    json: AsJson = False,
) -> None:
    """One finding: the clause, what met it, the words that weighed, near cases, and what is not known.

    Example: `klankbord findings show kfbq --lang en`.
    """
    from klankbord.cli import findings_shown
    from klankbord.explaining import explained

    if lang not in {None, "nl", "en"}:
        raise typer.BadParameter("nl or en", param_hint="--lang")
    language: Lang | None = "nl" if lang == "nl" else "en" if lang == "en" else None
    with installation(config) as opened:
        found = opened.store.finding(finding)
        said = explained(opened, found.id, language)
        if links:
            opened.store.links_shown(found.id, by, opened.clock())
        history, verdicts = opened.store.history(found)
        zone = opened.settings.zone
    if json:
        row = _row(found) | findings_shown.row_of(said, zone, links=links)
        if links:
            row["url"] = found.mention.url
        row["history"] = [{"at": at, "what": what, "detail": detail} for at, what, detail in history]
        row["verdicts"] = [_verdict_row(verdict) for verdict in verdicts]
        screen.as_json(row)
        return
    screen.lines(*findings_shown.lines_of(said, zone, links=links))
    if links:
        screen.lines(found.mention.url, "")
    for at, what, detail in history:
        screen.lines(f"{screen.local(at, zone)}  {what:<10}  {detail}")
    for verdict in verdicts:
        why = verdict.reason or verdict.outcome or ""
        screen.lines(
            f"{screen.local(verdict.at, zone)}  {verdict.decision.value} {why} ({verdict.by}) {verdict.note}"
        )


def _verdict_row(verdict: Verdict) -> dict[str, object]:
    return {
        "verdict": verdict.decision.value,
        "reason": verdict.reason,
        "outcome": verdict.outcome,
        "note": verdict.note,
        "by": verdict.by,
        "at": verdict.at,
    }


def judge(
    by: By,
    finding: Annotated[
        str | None, typer.Argument(help="The finding's id, or the first letters of it.")
    ] = None,
    verdict: Annotated[str | None, typer.Argument(help="dismissed, confirmed or unsure.")] = None,
    config: ConfigDir = DEFAULT,
    reason: Annotated[str | None, typer.Option(help=f"With dismissed: {', '.join(REASONS)}.")] = None,
    outcome: Annotated[str | None, typer.Option(help=f"With confirmed: {', '.join(OUTCOMES)}.")] = None,
    note: Annotated[str, typer.Option(help="For your colleagues; about the text, not about a person.")] = "",
    csv: Annotated[
        Path | None, typer.Option(help="Many at once: columns finding, verdict, reason, outcome, note.")
    ] = None,
    clause: Annotated[
        str | None, typer.Option(help="Of a drawn post: the clause it touches, if another than was asked.")
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take the last verdict back; the finding is open again.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Answer a finding: dismissed (with a reason), confirmed (with what was done) or unsure.

    Example: `klankbord findings judge kfbq dismissed --reason public_already`.
    A CSV is checked whole before its first row is kept.
    """
    from klankbord import verdicts

    one = finding is not None and csv is None and ((verdict is not None) != undo)
    many = csv is not None and finding is None and not undo
    if not (one or many):
        raise typer.BadParameter("give a finding and a verdict, a finding and --undo, or --csv FILE")
    with installation(config) as opened:
        if undo and finding:
            found = opened.store.finding(finding)
            opened.store.reopen(found.id, opened.clock())
            done = [(found.id, "open again")]
        elif csv is not None:
            done = verdicts.from_csv(opened.store, csv, by, opened.clock(), opened.settings.policy)
        else:
            row = verdicts.Row(finding or "", verdict or "", reason or "", outcome or "", note, clause or "")
            done = verdicts.keep(opened.store, [row], by, opened.clock(), opened.settings.policy)
    if json:
        screen.as_json([{"finding": key, "verdict": answer} for key, answer in done])
    else:
        screen.lines(*(f"{key[:8]} {answer}" for key, answer in done))
