"""digest and alerts: what leaves the product, looked at first or sent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from klankbord.installation import Installation
    from klankbord.week import Week

WeekName = Annotated[
    str | None, typer.Option("--week", help="ISO week such as 2026-W47; else the last full one.")
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    digest = typer.Typer(no_args_is_help=True, help="The weekly digest.")
    digest.command("build")(build)
    digest.command("preview")(preview)
    digest.command("send")(send)
    digest.command("list")(list_digests)
    app.add_typer(digest, name="digest")
    group = typer.Typer(invoke_without_command=True, help="Messages about findings in alert mode.")
    group.callback()(alerts)
    group.command("list")(list_messages)
    group.command("retry")(retry)
    group.command("test")(test_channel)
    app.add_typer(group, name="alerts")


def build(config: ConfigDir = DEFAULT, week: WeekName = None, json: AsJson = False) -> None:
    """Write a week's digest as HTML and text to the data folder.

    Example: `klankbord digest build --week 2026-W47`.
    """
    with installation(config, alone=True) as opened:
        written = opened.write_digest(_week(opened, week), send=False)
    if json:
        screen.as_json({"html": str(written.html), "text": str(written.text), "late": written.late})
    else:
        screen.lines(written.html, written.text)


def preview(config: ConfigDir = DEFAULT, week: WeekName = None, json: AsJson = False) -> None:
    """Print a week's digest as text; nothing is written or sent.

    Example: `klankbord digest preview | less`.
    """
    from dataclasses import asdict

    from reports.text import text_of

    with installation(config) as opened:
        digest = opened.digest_of(_week(opened, week))
    if json:
        screen.as_json(asdict(digest))
    else:
        sys.stdout.write(text_of(digest))


def send(config: ConfigDir = DEFAULT, week: WeekName = None, json: AsJson = False) -> None:
    """Write a week's digest and send it over the digest's channels, once per channel.

    Example: `klankbord digest send`.
    """
    with installation(config, alone=True) as opened:
        chosen = _week(opened, week)
        if chosen.end_at > opened.clock():
            problem = f"{chosen.name} has not ended yet; look at it with preview"
            raise typer.BadParameter(problem, param_hint="--week")
        if not opened.settings.delivery.digest.channels:
            talk("no channel under [digest] in delivery.toml: the digest is only written")
        written = opened.write_digest(chosen, send=True)
        told = opened.tell()
    _show_told(told.sent, told.failed, json=json)
    if not json:
        screen.lines(written.html)
    if told.failed:
        raise typer.Exit(1)


def list_digests(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Every digest that was written, newest first.

    Example: `klankbord digest list`.
    """
    with installation(config) as opened:
        digests = opened.store.digests()
        zone, folder = opened.settings.zone, opened.settings.data_dir / "digests"
    if json:
        screen.as_json(
            [
                {"week": week, "built_at": at, "late": late, "html": str(folder / f"{week}.html")}
                for week, at, late in digests
            ]
        )
        return
    rows = [
        (week, screen.local(at, zone), "late" if late else "", folder / f"{week}.html")
        for week, at, late in digests
    ]
    screen.table("Digests", ["week", "written", "", "file"], rows)


def _week(opened: Installation, name: str | None) -> Week:
    from klankbord.week import Week

    if name is None:
        return Week.of(opened.clock(), opened.settings.zone).later(-1)
    try:
        return Week.named(name, opened.settings.zone)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--week") from error


def alerts(
    context: typer.Context,
    config: ConfigDir = DEFAULT,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent; send nothing.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Send the alerts and digests that are due; each case once per channel.

    Example: `klankbord alerts --dry-run`.
    """
    if context.invoked_subcommand is not None:
        return
    if dry_run:
        _dry_run(config, json=json)
        return
    with installation(config, alone=True) as opened:
        told = opened.tell()
    _show_told(told.sent, told.failed, json=json)
    if told.failed:
        raise typer.Exit(1)


def _dry_run(config: ConfigDir, *, json: bool) -> None:
    with installation(config) as opened:
        due = opened.store.due_messages(opened.clock())
        messages = [(one, message) for one in due if (message := opened.compose(one)) is not None]
    if json:
        screen.as_json(
            [
                {"key": one.key, "channel": one.channel_id, "subject": message.subject, "text": message.text}
                for one, message in messages
            ]
        )
        return
    screen.lines(f"{len(messages)} messages would be sent")
    for one, message in messages:
        screen.lines("", f"to {one.channel_id}: {message.subject}", "", *message.text.splitlines())


def _show_told(sent: tuple[str, ...], failed: Mapping[str, str], *, json: bool) -> None:
    problems = dict(failed)
    if json:
        screen.as_json({"sent": list(sent), "failed": problems})
        return
    screen.lines(
        f"{len(sent)} sent, {len(problems)} failed",
        *sent,
        *(f"{key}: {problem}" for key, problem in problems.items()),
    )


def list_messages(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """The newest messages and what became of them.

    Example: `klankbord alerts list --json`.
    """
    with installation(config) as opened:
        rows = opened.store.messages()
    if json:
        screen.as_json(rows)
        return
    screen.table(
        "Messages",
        ["message", "channel", "state", "tries", "due", "error"],
        [
            (
                row["key"],
                row["channel_id"],
                row["state"],
                row["attempts"],
                str(row["due_at"])[:16],
                row["error"],
            )
            for row in rows
        ],
    )


def retry(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Send again what was given up, after the channel was mended.

    Example: `klankbord alerts retry`.
    """
    with installation(config, alone=True) as opened:
        opened.store.retry_messages(opened.clock())
        told = opened.tell()
    _show_told(told.sent, told.failed, json=json)
    if told.failed:
        raise typer.Exit(1)


def test_channel(
    channel: Annotated[str, typer.Argument(help="Channel in delivery.toml.")], config: ConfigDir = DEFAULT
) -> None:
    """Send a test message over one channel, so that you know it arrives.

    Example: `klankbord alerts test mail`.
    """
    from klankbord.errors import NotFoundError
    from klankbord.ports import Message

    with installation(config) as opened:
        channels = opened.channels()
        if channel not in channels:
            raise NotFoundError(
                f"no channel {channel!r} in delivery.toml; there are: {', '.join(channels) or 'none'}"
            )
        now = opened.clock()
        name = opened.settings.organisation.name
        message = Message(
            key=f"test-{now:%Y%m%dT%H%M%S}",
            subject=f"[{name}] Klankbord test",
            text=f"This is a test of the channel {channel}. Nothing was found.\n",
            payload={"event": "test", "version": 1, "organisation": name},
        )
        channels[channel].send(message, now)
    screen.lines(f"sent over {channel}")
