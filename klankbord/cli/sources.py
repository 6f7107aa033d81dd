"""sources list and sources test: what is read, how that goes, and what a source would give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation

if TYPE_CHECKING:
    from klankbord.installation import Installation
    from klankbord.week import SourceHealth

_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    group = typer.Typer(no_args_is_help=True, help="What is read, and how that goes.")
    group.command("list")(list_sources)
    group.command("test")(test_source)
    app.add_typer(group, name="sources")


def list_sources(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Every source with its last success, its last new post and what went wrong.

    Example: `klankbord sources list --json`.
    """
    with installation(config) as opened:
        healths = opened.store.health(opened.known_sources())
        zone = opened.settings.zone
    if json:
        screen.as_json([_row(health) for health in healths])
        return
    screen.table(
        "Sources",
        ["source", "kind", "state", "mentions", "last success", "last new post", "next not before", "error"],
        [
            (
                health.source_id,
                health.kind,
                state_of(health),
                health.mentions,
                screen.local(health.last_success_at, zone),
                screen.local(health.last_new_at, zone),
                screen.local(health.not_before, zone) if health.not_before else "",
                f"{health.error_word}: {health.error}" if health.error_word else "",
            )
            for health in healths
        ],
    )


def state_of(health: SourceHealth) -> str:
    """One word: a source that is quiet because it is blocked differs from one where nothing was said."""
    if not health.enabled:
        return "off"
    if health.last_attempt_at is None:
        return "never read"
    return f"failing ({health.failures}x)" if health.failures else "reading"


def _row(health: SourceHealth) -> dict[str, object]:
    return {
        "source": health.source_id,
        "name": health.name,
        "kind": health.kind,
        "enabled": health.enabled,
        "state": state_of(health),
        "mentions": health.mentions,
        "last_attempt_at": health.last_attempt_at,
        "last_success_at": health.last_success_at,
        "last_new_at": health.last_new_at,
        "failures": health.failures,
        "error_word": health.error_word,
        "error": health.error,
        "not_before": health.not_before,
    }


def test_source(
    name: Annotated[str, typer.Argument(help="Source in sources.toml.")],
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Read a source once, show what would be kept, and keep nothing.

    Example: `klankbord sources test town-blog`.
    """
    with installation(config) as opened:
        posts, remarks, read = _read_once(opened, name)
    if json:
        screen.as_json({"source": name, "read": read, "mentions": posts, "remarks": remarks})
        return
    screen.lines(f"{name}: {read} posts read, {len(posts)} name the organisation", *remarks)
    for post in posts[:_SHOWN]:
        screen.lines("", f"{post['published_at']}  {post['title']}", f"  {str(post['text'])[:200]}")


def _read_once(opened: Installation, name: str) -> tuple[list[dict[str, object]], list[str], int]:
    from klankbord.pipeline import admitted
    from klankbord.ports import Budget

    source = opened.sources([name])[0]
    posts: list[dict[str, object]] = []
    remarks: list[str] = []
    read = 0
    for batch in opened.collector(source).poll(None, Budget(), opened.clock(), opened.stop):
        read += len(batch.mentions)
        remarks += batch.remarks
        posts += [
            {
                "native_id": mention.native_id,
                "published_at": mention.published_at.isoformat(timespec="seconds"),
                "precision": mention.published_precision.value,
                "lang": mention.lang,
                "title": mention.title,
                "text": mention.text,
                "url": mention.canonical_url,
                "matched": list(mention.matched),
            }
            for mention in admitted(batch, opened.gate)
        ]
    return posts, remarks, read
