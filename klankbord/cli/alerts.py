"""alerts: what is told at once, to whom, what became of it, and what other rules would have told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.learning import resume
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from klankbord.alerting.simulate import PersonSimulated, Simulation
    from klankbord.pipeline import Told

#: exit codes beside 0: nothing of it was done, part of it was done
_FAILED, _PARTLY = 1, 3


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    group = typer.Typer(invoke_without_command=True, help="Messages about findings in alert mode.")
    group.callback()(alerts)
    group.command("list")(list_messages)
    group.command("retry")(retry)
    group.command("test")(test_channel)
    group.command("simulate")(simulate)
    group.command("acknowledge")(acknowledge)
    group.command("resume")(resume)
    app.add_typer(group, name="alerts")


def alerts(
    context: typer.Context,
    config: ConfigDir = DEFAULT,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be sent; send nothing.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Send the alerts and digests that are due; each case once for each recipient.

    Example: `klankbord alerts --dry-run`.
    """
    if context.invoked_subcommand is not None:
        return
    if dry_run:
        _dry_run(config, json=json)
        return
    with installation(config, alone=True) as opened:
        opened.alerts.notice()
        told = opened.tell()
    show_told(told, json=json)
    leave(told)


def _dry_run(config: ConfigDir, *, json: bool) -> None:
    with installation(config) as opened:
        due = opened.store.outbox.due(opened.clock())
        messages = [(one, message) for one in due if (message := opened.compose(one)) is not None]
    if json:
        screen.as_json(
            [
                {
                    "key": one.key,
                    "channel": one.channel_id,
                    "recipient": one.recipient,
                    "subject": message.subject,
                    "text": message.text,
                }
                for one, message in messages
            ]
        )
        return
    screen.lines(f"{len(messages)} messages would be sent")
    for one, message in messages:
        screen.lines("", f"to {one.to}: {message.subject}", "", *message.text.splitlines())


def show_told(told: Told, *, json: bool) -> None:
    """Print what a round of sending did."""
    problems = dict(told.failed)
    if json:
        screen.as_json({"sent": list(told.sent), "failed": problems})
    else:
        screen.lines(
            f"{len(told.sent)} sent, {len(problems)} failed",
            *told.sent,
            *(f"{key}: {problem}" for key, problem in problems.items()),
        )


def leave(told: Told) -> None:
    """End with the exit code of a round of sending."""
    if told.failed:
        raise typer.Exit(_PARTLY if told.sent else _FAILED)


def list_messages(
    config: ConfigDir = DEFAULT,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only what was given up: nobody tries it any more.")
    ] = False,
    json: AsJson = False,
) -> None:
    """The newest messages and what became of each, for each recipient.

    Example: `klankbord alerts list --failed`.
    """
    with installation(config) as opened:
        rows = opened.store.outbox.listed(states=("failed",) if failed else ())
        zone = opened.settings.zone
    if json:
        screen.as_json(rows)
        return
    screen.table(
        "Messages that were given up" if failed else "Messages",
        ["message", "channel", "recipient", "state", "tries", "due", "seen", "rule", "problem"],
        [_cells(row, zone) for row in rows],
    )


def _cells(row: Mapping[str, object], zone: ZoneInfo) -> list[object]:
    names = (
        "key",
        "channel_id",
        "recipient",
        "state",
        "attempts",
        "due_at",
        "acknowledged_at",
        "rule",
        "error",
    )
    cells = (row[name] for name in names)
    return [screen.local(cell, zone) if isinstance(cell, datetime) else cell for cell in cells]


def retry(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Send again what was given up, after the channel was mended.

    Example: `klankbord alerts retry`.
    """
    with installation(config, alone=True) as opened:
        opened.store.outbox.retry(opened.clock())
        told = opened.tell()
    show_told(told, json=json)
    leave(told)


def test_channel(
    channel: Annotated[str, typer.Argument(help="Channel or person in delivery.toml.")],
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Send a test message to a channel or person, and tell for each recipient whether it was taken.

    Example: `klankbord alerts test mail`.
    """
    with installation(config) as opened:
        tried = opened.alerts.try_out(channel)
    if json:
        screen.as_json(
            [
                {
                    "channel": one.recipient.channel_id,
                    "recipient": one.recipient.name,
                    "taken": not one.problem,
                    "problem": one.problem,
                }
                for one in tried
            ]
        )
    else:
        screen.lines(*(f"{one.recipient}: {one.problem or 'taken'}" for one in tried))
    if refused := [one for one in tried if one.problem]:
        raise typer.Exit(_FAILED if len(refused) == len(tried) else _PARTLY)


def acknowledge(
    code: Annotated[str, typer.Argument(help="The code behind 'Seen?' in an alert.")],
    config: ConfigDir = DEFAULT,
    json: AsJson = False,
) -> None:
    """Say that you have seen a case, so that nobody else is told for want of an answer.

    Example: `klankbord alerts acknowledge CODE`.
    """
    with installation(config) as opened:
        done = opened.alerts.acknowledged(code, opened.clock())
        zone = opened.settings.zone
    if json:
        screen.as_json({"key": done.key, "recipient": str(done.recipient), "at": done.at})
        return
    screen.lines(f"{done.key}: seen by {done.recipient} at {screen.local(done.at, zone)}")


def simulate(
    config: ConfigDir = DEFAULT,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=52, help="How far back.")] = 8,
    json: AsJson = False,
) -> None:
    """What the rules of delivery.toml would have sent over the stored weeks; nothing is sent.

    Example: `klankbord alerts simulate --weeks 8`.
    """
    with installation(config) as opened:
        found = opened.alerts.simulated(weeks)
    if json:
        screen.as_json(_simulated_json(found, weeks))
        return
    screen.lines(
        f"{found.events} findings asked for an alert in {weeks} weeks, as far as they are still kept.",
        f"{found.untold} of them would have reached nobody at once; they stand in the digest.",
        "",
    )
    screen.table("By rule", ["rule", "alerts"], list(found.rules.items()))
    screen.lines("")
    screen.table(
        "By recipient",
        ["recipient", "alerts", "in a summary", "summaries", "waited", "left", "most a day", "hours"],
        [
            [
                one.recipient,
                one.alerts,
                one.held,
                one.summaries,
                one.waited,
                one.left,
                one.busiest,
                _hours(one),
            ]
            for one in found.people
        ],
    )


def _hours(person: PersonSimulated) -> str:
    return " ".join(f"{hour:02}h:{count}" for hour, count in person.hours.items())


def _simulated_json(found: Simulation, weeks: int) -> dict[str, object]:
    return {
        "weeks": weeks,
        "events": found.events,
        "untold": found.untold,
        "rules": dict(found.rules),
        "recipients": [
            {
                "channel": one.recipient.channel_id,
                "recipient": one.recipient.name,
                "alerts": one.alerts,
                "held": one.held,
                "summaries": one.summaries,
                "waited": one.waited,
                "left": one.left,
                "busiest_day": one.busiest,
                "hours": {str(hour): count for hour, count in one.hours.items()},
            }
            for one in found.people
        ],
    }
