"""sources list and sources test: what is read, how that goes, and what a source would give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen, sources_adding
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation

if TYPE_CHECKING:
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from klankbord.installation import Installation
    from klankbord.standing import SourceStanding

_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    group = typer.Typer(invoke_without_command=True, help="What is read, and how that goes.")
    group.callback()(all_sources)
    group.command("list")(list_sources)
    group.command("test")(test_source)
    group.command("plan")(plan)
    group.command("preview")(preview)
    sources_adding.add_to(group)
    app.add_typer(group, name="sources")


def all_sources(context: typer.Context, config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """What is read, and how that goes; without a command: `sources list`."""
    if context.invoked_subcommand is None:
        list_sources(config, json)


def list_sources(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Every source: how it stands, its newest post, lag, gap, today's cost, and when it is read next.

    Example: `klankbord sources list --json`.
    """
    from klankbord.standing import WARN_AT

    with installation(config) as opened:
        standings = opened.standings()
        zone = opened.settings.zone
    if json:
        screen.as_json([_row(standing) for standing in standings])
        return
    screen.table(
        "Sources",
        [
            "source",
            "kind",
            "state",
            "mentions",
            "last success",
            "last new post",
            "lag",
            "last gap",
            "today",
            "next",
        ],
        [_shown(standing, zone) for standing in standings],
    )
    # in lines of their own: a reason is too long for a column
    reasons = [f"{one.health.source_id}: {one.word}: {one.why}" for one in standings if one.why]
    reasons += [
        f"{one.health.source_id}: {one.used:.0%} of today's budget is used"
        for one in standings
        if one.used >= WARN_AT
    ]
    screen.lines(*reasons)


def _shown(standing: SourceStanding, zone: ZoneInfo) -> tuple[object, ...]:
    health, gap = standing.health, standing.gap
    return (
        health.source_id,
        health.kind,
        standing.word,
        health.mentions,
        screen.local(health.last_success_at, zone),
        screen.local(health.last_new_at, zone),
        _span(standing.lag) if standing.lag else "",
        f"{_span(gap.to_at - gap.from_at)} to {screen.local(gap.to_at, zone)}" if gap else "",
        _cost(standing),
        screen.local(standing.next_at, zone) if standing.next_at else "",
    )


def _cost(standing: SourceStanding) -> str:
    spent = standing.spent
    parts = [f"{spent.requests} requests", f"{spent.bytes / 1e6:.1f} MB"] if spent.requests else []
    return ", ".join(parts + ([f"$ {spent.micros / 1e6:.2f}"] if spent.micros else []))


def _span(time: timedelta) -> str:
    seconds = time.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _row(standing: SourceStanding) -> dict[str, object]:
    health, spent, gap = standing.health, standing.spent, standing.gap
    return {
        "source": health.source_id,
        "name": health.name,
        "kind": health.kind,
        "enabled": health.enabled,
        "state": standing.word,
        "why": standing.why,
        "mentions": health.mentions,
        "last_attempt_at": health.last_attempt_at,
        "last_success_at": health.last_success_at,
        "last_new_at": health.last_new_at,
        "lag_seconds": standing.lag.total_seconds() if standing.lag else None,
        "gap": {"from_at": gap.from_at, "to_at": gap.to_at, "reason": gap.reason} if gap else None,
        "failures": health.failures,
        "error_word": health.error_word,
        "error": health.error,
        "requests_today": spent.requests,
        "bytes_today": spent.bytes,
        "parse_ms_today": spent.parse_ms,
        "money_today": spent.micros / 1e6,
        "budget_used": round(standing.used, 4),
        "next_at": standing.next_at,
    }


def test_source(
    name: Annotated[str, typer.Argument(help="Source in sources.toml.")],
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Read a source once, show what would be kept, and keep nothing.

    Of a board it shows first what its selectors pick. Example: `klankbord sources test town-blog`.
    """
    with installation(config) as opened:
        picked = _picked(opened, name)
        posts, remarks, read = _read_once(opened, name)
    if json:
        told = {"source": name, "read": read, "mentions": posts, "remarks": remarks, "picked": picked}
        screen.as_json(told)
        return
    screen.lines(*picked, f"{name}: {read} posts read, {len(posts)} name the organisation", *remarks)
    for post in posts[:_SHOWN]:
        screen.lines("", f"{post['published_at']}  {post['title']}", f"  {str(post['text'])[:200]}")


def _picked(opened: Installation, name: str) -> list[str]:
    from klankbord.settings import ForumSource

    source = opened.sources([name])[0]
    if not isinstance(source, ForumSource) or source.software != "board":
        return []
    from collectors.board_explained import explained

    opened.collector(source)  # refuses what may not be read
    return list(explained(source, opened.workshop, opened.clock(), opened.stop))


def plan(
    name: Annotated[str, typer.Argument(help="Source of a kind that searches.")],
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Show what a source is searched for: which words leave this machine, and for X in which query.

    Nothing is asked. Example: `klankbord sources plan x`.
    """
    from klankbord.settings import XSource

    with installation(config) as opened:
        source = opened.sources([name])[0]
        searches = opened.searches(source)
        rows: list[dict[str, object]] = [{"keywords": [one.text for one in searches]}]
        if isinstance(source, XSource):
            from collectors.x import planned

            found = planned(source, opened.workshop)
            rows = [
                {"query": one.query, "keywords": list(one.keywords), "notes": list(one.notes)}
                for one in found
            ]
    if json:
        screen.as_json(rows)
        return
    for place, row in enumerate(rows, 1):
        words = row["keywords"]
        assert isinstance(words, list)  # noqa: S101 - told to mypy
        screen.lines(f"{place}. {row.get('query', '')}".rstrip(), f"   {', '.join(words) or 'nothing'}")
        notes = row.get("notes")
        screen.lines(*(f"   note: {note}" for note in notes) if isinstance(notes, list) else ())


def preview(
    name: Annotated[str, typer.Argument(help="Source of kind x.")],
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Ask X how many posts each query would bring, and what they would cost; this costs a little itself.

    Example: `klankbord sources preview x`.
    """
    from klankbord.errors import NotFoundError
    from klankbord.ports import Budget, Spend
    from klankbord.settings import XSource

    with installation(config) as opened:
        source = opened.sources([name])[0]
        if not isinstance(source, XSource):
            raise NotFoundError(f"{name} is of kind {source.kind}: only X sells by the post")
        from collectors.x import previewed

        opened.collector(source)  # refuses what may not be read
        now = opened.clock()
        spent = opened.store.spent(source.id, now)
        left = round(source.budget.money_per_day * 1e6) - spent.micros
        found = previewed(source, opened.workshop, Budget(micros=max(0, left)), now, opened.stop)
        cost = Spend(requests=len(found), micros=sum(one.micros_spent for one in found))
        opened.store.spend(source.id, cost, now)
    rows = [
        {
            "query": one.query,
            "keywords": list(one.keywords),
            "posts_a_day": round(one.posts_a_day, 1),
            "dollars_a_day": one.micros_a_day / 1e6,
            "dollars_spent": one.micros_spent / 1e6,
        }
        for one in found
    ]
    if json:
        screen.as_json(rows)
    else:
        columns = ["query", "posts a day", "$ a day", "$ spent"]
        shown = [
            (r["query"], r["posts_a_day"], f"{r['dollars_a_day']:.2f}", r["dollars_spent"]) for r in rows
        ]
        screen.table("What X would bring", columns, shown)


def _read_once(opened: Installation, name: str) -> tuple[list[dict[str, object]], list[str], int]:
    from klankbord.ports import Budget
    from klankbord.reading import admitted

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
