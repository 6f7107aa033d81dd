"""classify and score: mentions are judged, or posts from a file without keeping anything."""

from __future__ import annotations

import json as jsonlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
    from klankbord.finding import Judgement

SOME_FAILED = 3


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    app.command()(classify)
    app.command()(score)


def classify(
    config: ConfigDir = DEFAULT,
    again: Annotated[
        bool,
        typer.Option("--again", help="Also judge what another model, policy or organisation file judged."),
    ] = False,
    json: AsJson = False,
) -> None:
    """Judge every mention that waits, and queue the alerts this calls for.

    Example: `klankbord classify --again` after a change in policy.toml.
    """
    from klankbord.pipeline import Classified

    done = Classified()
    with installation(config, alone=True) as opened, screen.progress("judging mentions") as step:
        for part in opened.classify(again=again):
            done += part
            step(part.mentions)
    if json:
        screen.as_json({"mentions": done.mentions, "raised": list(done.raised)})
    else:
        screen.lines(f"{done.mentions} mentions judged, {len(done.raised)} new findings or alerts")


def score(
    file: Annotated[
        Path, typer.Argument(help="JSONL, one post a line; only id and text are needed. `-`: standard input.")
    ],
    config: ConfigDir = DEFAULT,
) -> None:
    """Judge posts from a file and print one JSON line each; nothing is kept.

    Reads `id, platform, url, published_at, author, title, text, parent_text, lang`. Prints
    `id, about_organisation, guarded, clauses: {clause: {score, mode, evidence}}`; evidence positions count
    characters of the given text (or of the field named in `field`).
    Example: `klankbord score posts.jsonl --config config | jq .clauses`.
    """
    from klankbord.importing import scored

    bad = 0
    with installation(config) as opened:
        for line in scored(opened, file):
            if isinstance(line, str):
                bad += 1
                talk(line)
            else:
                name, judgement = line
                sys.stdout.write(jsonlib.dumps(_line(name, judgement), ensure_ascii=False) + "\n")
    if bad:
        raise typer.Exit(SOME_FAILED)


def _line(name: str, judgement: Judgement) -> dict[str, object]:
    return {
        "id": name,
        "about_organisation": judgement.about,
        "guarded": judgement.protection.value != "none",
        "clauses": {
            clause.clause_id: {
                "score": round(clause.score, 6),
                "mode": clause.mode.word,
                "evidence": [
                    {"start": one.start, "end": one.end, "signal": one.signal}
                    | ({} if one.field == "text" else {"field": one.field})
                    for one in clause.evidence
                ],
            }
            for clause in judgement.clauses
        },
    }
