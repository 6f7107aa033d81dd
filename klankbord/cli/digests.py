"""digest: the week summed up, looked at first, written or sent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.alerts import leave, show_told
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
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


def build(
    config: ConfigDir = DEFAULT,
    week: WeekName = None,
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="html, text, json and others; may be given more than once."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder to write to; else digests/ in the data folder.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Write a week's digest, as HTML and text where nothing else is asked for.

    From the same store the same files come out, to the byte; the file names carry the week.

    Example: `klankbord digest build --week 2026-W47 --format html --format json`.
    """
    from reports.formats import FORMATS

    chosen = _formats(formats, tuple(FORMATS))
    with installation(config, alone=True) as opened:
        named = _week(opened, week)
        written = opened.write_digest(named, send=False)
        files = opened.weekly.render(written.digest, chosen, to) if chosen or to else None
    shown = files or {"html": written.html, "text": written.text}
    if json:
        screen.as_json({"week": named.name, "late": written.late, "fingerprint": written.digest.fingerprint}
                       | {name: str(file) for name, file in shown.items()})  # fmt: skip
    else:
        screen.lines(*shown.values())


def preview(
    config: ConfigDir = DEFAULT,
    week: WeekName = None,
    form: Annotated[str, typer.Option("--format", help="text, html, json and others.")] = "text",
    json: AsJson = False,
) -> None:
    """Print a week's digest as the store stands now; nothing is written, kept or sent.

    Example: `klankbord digest preview --week 2026-W47 | less`.
    """
    from reports.formats import FORMATS

    (chosen,) = _formats(["json" if json else form], tuple(FORMATS))
    with installation(config) as opened:
        digest = opened.digest_of(_week(opened, week))
    content = FORMATS[chosen].render(digest)
    if FORMATS[chosen].binary and sys.stdout.isatty():
        raise typer.BadParameter(f"{chosen} is no text: send it to a file", param_hint="--format")
    sys.stdout.buffer.write(content)


def send(
    config: ConfigDir = DEFAULT,
    week: WeekName = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", help="Channel in delivery.toml; else those under [digest].")
    ] = None,
    json: AsJson = False,
) -> None:
    """Write a week's digest and send it over the digest's channels, once per channel.

    Example: `klankbord digest send --week 2026-W47 --to mail`.
    """
    with installation(config, alone=True) as opened:
        chosen = _week(opened, week)
        if chosen.end_at > opened.clock():
            problem = f"{chosen.name} has not ended yet; look at it with preview"
            raise typer.BadParameter(problem, param_hint="--week")
        channels = _channels(opened, to)
        if not channels:
            talk("no channel under [digest] in delivery.toml: the digest is only written")
        written = opened.weekly.write(chosen, send=True, channels=channels)
        told = opened.tell()
    show_told(told, json=json)
    if not json:
        screen.lines(written.html)
    leave(told)


def list_digests(config: ConfigDir = DEFAULT, week: WeekName = None, json: AsJson = False) -> None:
    """Every edition that was made, the newest first.

    Example: `klankbord digest list`.
    """
    with installation(config) as opened:
        name = _week(opened, week).name if week else None
        editions = [one for one in opened.store.editions.every() if name in {None, one.week}]
        files = {one.week: opened.weekly.files(one.week)[0] for one in editions}
        zone = opened.settings.zone
    if json:
        screen.as_json(
            [
                {
                    "week": one.week,
                    "built_at": one.made_at,
                    "late": one.late,
                    "fingerprint": one.fingerprint,
                    "html": str(files[one.week]),
                }
                for one in editions
            ]
        )
        return
    rows = [
        (
            one.week,
            screen.local(one.made_at, zone),
            "late" if one.late else "",
            one.fingerprint,
            files[one.week],
        )
        for one in editions
    ]
    screen.table("Digests", ["week", "made", "", "fingerprint", "file"], rows)


def _channels(opened: Installation, to: list[str] | None) -> tuple[str, ...]:
    known = [one.id for one in opened.settings.delivery.channel]
    for name in to or ():
        if name not in known:
            problem = f"no channel {name!r} in delivery.toml; there are: {', '.join(known) or 'none'}"
            raise typer.BadParameter(problem, param_hint="--to")
    return tuple(to) if to else tuple(opened.settings.delivery.digest.channels)


def _formats(asked: list[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    for name in asked or ():
        if name not in known:
            problem = f"{name!r} is none of {', '.join(known)}"
            raise typer.BadParameter(problem, param_hint="--format")
    return tuple(dict.fromkeys(asked or ()))


def _week(opened: Installation, name: str | None) -> Week:
    from klankbord.week import Week

    if name is None:
        return Week.of(opened.clock(), opened.settings.zone).later(-1)
    try:
        return Week.named(name, opened.settings.zone)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--week") from error
