"""collect and import: posts come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
    from klankbord.pipeline import SourceRun

SOME_FAILED = 3


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    app.command()(collect)
    app.command("import")(import_posts)


def collect(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources to read; none: all enabled ones.")
    ] = None,
    config: ConfigDir = DEFAULT,
    force: Annotated[bool, typer.Option("--force", help="Also ask sources that wait.")] = False,
    json: AsJson = False,
) -> None:
    """Read the sources once and keep what names the organisation.

    Example: `klankbord collect town-blog --force`. Exit code 3: done, but some sources failed.
    """
    with installation(config, alone=True) as opened:
        sources = opened.sources(names or [])
        if not sources:
            talk("no enabled source in sources.toml; see docs/how-to/add-a-source.md")
        runs: list[SourceRun] = []
        with screen.progress("reading sources", len(sources)) as step:
            for run in opened.collect(names or [], force=force):
                runs.append(run)
                step(1)
        if any(run.kept.deleted for run in runs):
            opened.redraw()
    runs.sort(key=lambda run: run.source_id)
    _show(runs, json=json)
    if any(run.error for run in runs):
        raise typer.Exit(SOME_FAILED)


def _show(runs: list[SourceRun], *, json: bool) -> None:
    rows = [
        {
            "source": run.source_id,
            "new": run.kept.new,
            "edited": run.kept.edited,
            "unchanged": run.kept.unchanged,
            "deleted": run.kept.deleted,
            "dropped": run.kept.dropped,
            "requests": run.requests,
            "error": f"{run.error.word}: {run.error.problem}" if run.error else "",
            "waiting_until": run.waiting_until.isoformat(timespec="seconds") if run.waiting_until else "",
            "remarks": "; ".join(run.remarks),
        }
        for run in runs
    ]
    if json:
        screen.as_json(rows)
    else:
        screen.table("Sources", list(rows[0]) if rows else [], [list(row.values()) for row in rows])


def import_posts(
    file: Annotated[Path, typer.Argument(help="JSONL or CSV; columns in docs/reference/import.md.")],
    config: ConfigDir = DEFAULT,
    source: Annotated[str, typer.Option(help="Name under which the posts are kept.")] = "import",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and judge every row, keep nothing.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Take in posts from a file, for instance another system's export.

    A row that cannot be read is told with its line number; the others are kept. Exit code 3 then.
    Example: `klankbord import export.csv --source old-tool --dry-run`.
    """
    from klankbord.importing import import_file

    with installation(config, alone=not dry_run) as opened:
        result = import_file(opened, file, source, dry_run=dry_run)
    if json:
        screen.as_json(
            {
                "read": result.read,
                "new": result.kept.new,
                "edited": result.kept.edited,
                "unchanged": result.kept.unchanged,
                "dropped": result.kept.dropped,
                "bad_rows": list(result.bad),
                "remarks": list(result.remarks),
                "kept": not dry_run,
            }
        )
    else:
        kept = result.kept
        verb = "would keep" if dry_run else "kept"
        screen.lines(
            f"{result.read} rows read; {verb} {kept.new} new, {kept.edited} edited, {kept.unchanged} known; "
            f"{kept.dropped} do not name the organisation; {len(result.bad)} bad",
            *result.bad[:50],
            *result.remarks,
        )
    if result.bad:
        raise typer.Exit(SOME_FAILED)
