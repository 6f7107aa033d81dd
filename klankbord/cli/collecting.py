"""collect and import: posts come in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
    from klankbord.importing import Imported
    from klankbord.mention import Mention
    from klankbord.reading import SourceRun

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
    file: Annotated[Path, typer.Argument(help="JSONL, CSV or XLSX; columns in docs/reference/import.md.")],
    config: ConfigDir = DEFAULT,
    source: Annotated[str, typer.Option(help="Name under which the posts are kept.")] = "import",
    mapping: Annotated[
        str, typer.Option(help="How to read another system's export: a name in imports.toml, or a known one.")
    ] = "",
    pairs: Annotated[
        list[str] | None, typer.Option("--map", help="Which header holds a column: text='Hit Sentence'.")
    ] = None,
    save: Annotated[
        str, typer.Option("--save-mapping", help="Keep the mapping in imports.toml under this name.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read every row, show the first as kept, keep nothing.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Take in posts from a file, for instance another system's export.

    A row that cannot be read is told with its line number; the others are kept. Exit code 3 then.
    Example: `klankbord import export.xlsx --mapping brandwatch --source old-tool --dry-run`.
    """
    from klankbord.importing import import_file, mapping_from, mapping_named
    from klankbord.settings.imports import save_mapping

    how = mapping_named(config, mapping) if mapping else None
    if pairs or save:
        how = mapping_from(pairs or [], how, save or mapping or "given")
    with installation(config, alone=not dry_run) as opened:
        result = import_file(opened, file, source, dry_run=dry_run, mapping=how)
    if save and how:
        save_mapping(config, how)
    _tell(result, dry_run=dry_run, json=json)
    if result.bad:
        raise typer.Exit(SOME_FAILED)


def _tell(result: Imported, *, dry_run: bool, json: bool) -> None:
    kept = result.kept
    if json:
        counts = {
            "new": kept.new,
            "edited": kept.edited,
            "unchanged": kept.unchanged,
            "dropped": kept.dropped,
        }
        told = {"bad_rows": list(result.bad), "remarks": list(result.remarks), "kept": not dry_run}
        screen.as_json(
            {"read": result.read} | counts | told | {"first": [_post(one) for one in result.first]}
        )
        return
    verb = "would keep" if dry_run else "kept"
    screen.lines(
        f"{result.read} rows read; {verb} {kept.new} new, {kept.edited} edited, {kept.unchanged} known; "
        f"{kept.dropped} do not name the organisation; {len(result.bad)} bad",
        *result.bad[:50],
        *result.remarks,
    )
    for post in map(_post, result.first if dry_run else ()):
        screen.lines(
            "", f"{post['published_at']}  {post['title']}", f"  {post['text'][:200]}", f"  {post['url']}"
        )


def _post(mention: Mention) -> dict[str, str]:
    return {
        "published_at": mention.published_at.isoformat(timespec="seconds"),
        "precision": mention.published_precision.value,
        "lang": mention.lang or "",
        "title": mention.title,
        "text": mention.text,
        "url": mention.url,
    }
