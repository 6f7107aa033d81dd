"""train and sample: the model learns from verdicts where that makes it no worse, and asks for the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.findings import By  # noqa: TC001 - typer reads it
from klankbord.cli.learning_rows import doubt_row, figure_cells, review_row, training_row, write_sheet
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk
from klankbord.drift import sentence_of

if TYPE_CHECKING:
    from classify.learning.doubts import Doubt
    from classify.learning.estimates import Estimates
    from klankbord.installation import Installation
    from klankbord.learning import Trained
    from klankbord.reviewing import ToReview
    from klankbord.week import Week


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    app.command()(train)
    app.command()(sample)


def train(
    config: ConfigDir = DEFAULT,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Compare, and leave the model as it is.")
    ] = False,
    back: Annotated[bool, typer.Option("--back", help="Put the model before this one back.")] = False,
    show_doubts: Annotated[
        bool, typer.Option("--doubts", help="List labels that look wrong; change nothing.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="With --doubts: at most so many.")] = 50,
    json: AsJson = False,
) -> None:
    """Train a model from the shipped posts, your verdicts and examples.toml; keep it if it is not worse.

    Both models are compared on posts that neither saw. The model before stays in the data folder.
    Example: `klankbord train --dry-run`, then `klankbord train`.
    """
    if sum((dry_run, back, show_doubts)) > 1:
        raise typer.BadParameter("one of --dry-run, --back and --doubts")
    from klankbord import learning

    with installation(config) as opened:
        if back:
            model = learning.back(opened)
            told: dict[str, object] = {"model": model.fingerprint, "trained_on": model.trained_on}
            _say(told, f"model {model.fingerprint} of {model.trained_on} is in use again", json=json)
            return
        if show_doubts:
            _tell_doubts(learning.doubted(opened, limit, talk), json=json)
            return
        trained = learning.train(opened, learning.ground_of(opened), talk, dry_run=dry_run)
        _tell(trained, opened.model_file, dry_run=dry_run, json=json)


def _say(row: dict[str, object], line: str, *, json: bool) -> None:
    if json:
        screen.as_json(row)
    else:
        screen.lines(line)


def _tell(trained: Trained, file: Path, *, dry_run: bool, json: bool) -> None:
    if json:
        screen.as_json(training_row(trained, written=trained.promoted and not dry_run))
        return
    if trained.figures:
        screen.table(
            "Champion and challenger, on posts that neither saw",
            ["what", "measured on", "champion", "challenger", "difference, 95 %", "n", ""],
            [figure_cells(one) for one in trained.figures],
        )
        if not trained.held_out:
            screen.lines("measured on the shipped test part alone: fewer than 30 new verdicts")
    screen.lines(
        f"learnt from: {trained.verdicts} answered posts, {trained.rows - trained.verdicts} examples"
    )
    screen.lines(*(f"left out: {count}, {why}" for why, count in trained.left_out.items()))
    model = trained.model
    if not trained.promoted:
        screen.lines(trained.why, f"model {model.fingerprint} stays")
    elif dry_run:
        screen.lines(f"would be promoted: {trained.why}; nothing was written")
    else:
        screen.lines(f"promoted: {trained.why}")
        screen.lines(f"model {model.fingerprint} of {model.trained_on} written to {file}")


def _tell_doubts(found: list[Doubt], *, json: bool) -> None:
    if json:
        screen.as_json([doubt_row(one) for one in found])
        return
    screen.table(
        "Labels that a model which had not seen them would put otherwise",
        ["row", "about", "said", "chance of yes"],
        [(one.row, one.head, "yes" if one.said else "no", f"{one.chance:.2f}") for one in found],
    )


def sample(
    config: ConfigDir = DEFAULT,
    week: Annotated[str | None, typer.Option(help="Another week than the last, such as 2026-W46.")] = None,
    size: Annotated[int, typer.Option(min=5, max=1_000, help="Posts to draw, the first time.")] = 50,
    csv: Annotated[
        Path | None, typer.Option(help="Write a sheet to fill in, for `findings judge --csv`.")
    ] = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="What the answers so far say of all posts.")
    ] = False,
    json: AsJson = False,
) -> None:
    """What to review: half of the highest scores, three tenths in doubt, a fifth by lot.

    A week is drawn once. Answer with `klankbord findings judge`, one by one or with the sheet.
    Example: `klankbord sample --csv review.csv`.
    """
    if estimate and (csv is not None or week is not None):
        raise typer.BadParameter("--estimate reads every week and writes no sheet")
    with installation(config) as opened:
        if estimate:
            _tell_estimates(opened, json=json)
            return
        from klankbord.reviewing import to_review

        found = [one for one in to_review(opened, _week(opened, week), size) if one.mention is not None]
    if csv is not None:
        write_sheet(csv, found)
        talk(f"{len(found)} posts written to {csv}")
    elif json:
        screen.as_json([review_row(one) for one in found])
    else:
        _show(found)


def _week(opened: Installation, name: str | None) -> Week:
    from klankbord.week import Week as _Week

    zone = opened.settings.zone
    last = _Week.of(opened.clock(), zone).later(-1)
    if name is None:
        return last
    try:
        week = _Week.named(name, zone)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--week") from error
    if week.monday > last.monday:
        raise typer.BadParameter(f"{name} is not over yet", param_hint="--week")
    return week


def _show(found: list[ToReview]) -> None:
    rows = [review_row(one) for one in found]
    columns = ("finding", "clause", "stratum", "chance", "score", "verdict", "source", "text")
    screen.table(
        "To review",
        columns,
        [[str(row[name])[:8] if name == "finding" else row[name] for name in columns] for row in rows],
    )


def _tell_estimates(opened: Installation, *, json: bool) -> None:
    from classify.learning.estimates import estimates

    found: Estimates = estimates(opened.store.learning.draws())
    if json:
        from dataclasses import asdict

        screen.as_json(asdict(found))
        return
    screen.lines(
        f"{found.answered} of {found.drawn} drawn posts answered, of {found.weeks} weeks; they stand for "
        f"{found.posts} posts"
    )
    for name, figure in (
        ("share of posts that touch a clause", found.prevalence),
        ("share of those that people were pointed at", found.recall),
        ("share of what people were pointed at that touches a clause", found.precision),
    ):
        said = (
            "not known yet" if figure is None else f"{figure.value:.3f} [{figure.low:.3f}-{figure.high:.3f}]"
        )
        screen.lines(f"{name}: {said}")


def resume(by: By, config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Let alerts go out again after scores jumped; later weeks are compared with how they are now.

    Example: `klankbord alerts resume`.
    """
    with installation(config) as opened:
        held = opened.store.learning.paused()
        done = opened.store.learning.resume(by, opened.clock())
    if json:
        since = held.since_at if held else None
        screen.as_json({"resumed": done, "since": since, "week": held.drift.week if held else None})
    else:
        screen.lines(sentence_of(held.drift, "en") if held else "alerts are not paused")
        screen.lines(*(["alerts go out again"] if done else []))
