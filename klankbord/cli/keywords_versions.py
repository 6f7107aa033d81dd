"""keywords save, history, diff and restore: every version of a list, who made it and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import keywords_rows as rows_of
from klankbord.cli import keywords_shown as shown
from klankbord.cli import screen
from klankbord.cli.keywords import DraftFile, Judge, ListName, Weeks, read_draft, tried_out
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation

if TYPE_CHECKING:
    from pathlib import Path

    from klankbord.installation import Installation
    from klankbord.store.keywords import Version
    from klankbord.tuning.saving import Draft

By = Annotated[str, typer.Option("--by", help="Who changes it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a few words.")]
AcceptLoss = Annotated[
    bool, typer.Option("--accept-loss", help="Save although confirmed findings are no longer hit.")
]


def save(
    name: ListName,
    by: By,
    reason: Reason,
    draft: DraftFile = None,
    accept_loss: AcceptLoss = False,
    weeks: Weeks = 13,
    judge: Judge = 100,
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Check a draft within the whole config, try it on what is stored, write it and keep it as a version.

    Refused where a sentence of it comes out otherwise, and where it would lose a confirmed finding.
    Example: `klankbord keywords save tariffs --draft tariffs-new.toml --by Ann --reason "too much on gas"`.
    """
    from klankbord.tuning.saving import Draft

    if draft is None:
        raise typer.BadParameter("needed", param_hint="--draft")
    with installation(config) as opened:
        table, content = read_draft(opened, name, draft)
        _saved(
            opened, Draft(table=table, content=content), (by, reason), accept_loss, weeks, judge, json=json
        )


def _saved(
    opened: Installation,
    draft: Draft,
    signed: tuple[str, str],
    accept_loss: bool,
    weeks: int,
    judge: int,
    *,
    json: bool,
) -> None:
    from klankbord.tuning.saving import LossError
    from klankbord.tuning.saving import save as keep

    found = tried_out(opened, draft.table.id, draft.table, weeks=weeks, judge=judge)
    try:
        version = keep(opened, draft, found, *signed, accept_loss=accept_loss)
    except LossError:
        if not json:
            shown.lost(found)
        raise
    if json:
        screen.as_json(rows_of.version_row(version) | {"backtest": rows_of.backtest_row(found)})
        return
    shown.backtest(found, opened.settings.zone)
    screen.lines(
        "",
        f"saved as version {version.number} of {version.list_id}",
        "`klankbord classify --again` judges anew; `klankbord run` takes it up when it starts again",
    )


def history(name: ListName, config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Every version of a list: when, by whom, why, and what it was expected to do.

    Example: `klankbord keywords history tariffs`.
    """
    from klankbord.tuning.versions import notice, version_of

    with installation(config) as opened:
        notice(opened.settings.folder, opened.store.keywords, opened.clock())
        version_of(opened.store.keywords, name)
        versions, zone = opened.store.keywords.history(name), opened.settings.zone
    if json:
        screen.as_json([rows_of.version_row(one) for one in versions])
        return
    screen.table(
        f"Versions of {name}",
        ["version", "of", "by", "reason", "posts a week", "findings a week"],
        [
            (
                one.number, screen.local(one.at, zone), one.by, one.reason,
                one.predicted.get("posts_a_week", ""), one.predicted.get("findings_a_week", ""),
            )
            for one in versions
        ],
    )  # fmt: skip


def diff(
    name: ListName,
    first: Annotated[
        int | None, typer.Option("--from", min=1, help="Version to begin with; else the file as it stands.")
    ] = None,
    last: Annotated[
        int | None, typer.Option("--to", min=1, help="Version to end with; else the file as it stands.")
    ] = None,
    draft: DraftFile = None,
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Two versions of a list line by line; without numbers, the last two.

    Example: `klankbord keywords diff tariffs --from 2 --to 4`, or with `--draft tariffs-new.toml`.
    """
    from klankbord.tuning.versions import difference

    if draft is not None and last is not None:
        raise typer.BadParameter("--to or --draft, not both", param_hint="--to")
    with installation(config) as opened:
        before, after = _two(opened, name, first, last, draft)
    lines = difference(before[1], after[1], (before[0], after[0]))
    if json:
        screen.as_json({"from": before[0], "to": after[0], "lines": lines})
    else:
        screen.lines(*(lines or [f"{before[0]} and {after[0]} are the same"]))


def _two(
    opened: Installation, name: str, first: int | None, last: int | None, draft: Path | None
) -> tuple[tuple[str, str], tuple[str, str]]:
    from klankbord.tuning.versions import notice, version_of

    shelf = opened.store.keywords
    notice(opened.settings.folder, shelf, opened.clock())
    newest = version_of(shelf, name)
    if draft is not None:
        before = version_of(shelf, name, first) if first else newest
        return _named(before), (f"{name} draft", read_draft(opened, name, draft)[1])
    after = version_of(shelf, name, last) if last else newest
    before = version_of(shelf, name, first or max(1, after.number - 1))
    return _named(before), _named(after)


def _named(version: Version) -> tuple[str, str]:
    return f"{version.list_id} version {version.number}", version.content


def restore(
    name: ListName,
    number: Annotated[int, typer.Argument(min=1, help="The version that comes back.")],
    by: By,
    reason: Reason,
    accept_loss: AcceptLoss = False,
    weeks: Weeks = 13,
    judge: Judge = 100,
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Bring an earlier version of a list back, as a new version; checked and tried like any draft.

    Example: `klankbord keywords restore tariffs 3 --by Ann --reason "the new terms brought nothing"`.
    """
    from klankbord.tuning.saving import draft_of
    from klankbord.tuning.versions import version_of

    with installation(config) as opened:
        version = version_of(opened.store.keywords, name, number)
        if not version.content:
            raise typer.BadParameter(f"version {number} is the list taken away", param_hint="NUMBER")
        draft = draft_of(opened.settings.folder, name, version.content, as_it_is=True)
        _saved(opened, draft, (by, reason), accept_loss, weeks, judge, json=json)
