"""init, config, doctor, run and demo: an installation begins, is looked over, and works."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from klankbord.cli import screen, sealing
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, stop_on_signals, talk

WRONG = 2


def add_to(app: typer.Typer) -> None:
    """Hang the commands on the program."""
    app.command()(init)
    app.command()(run)
    app.command()(demo)
    app.command()(doctor)
    app.command()(receive)
    app.command()(purge)
    config = typer.Typer(no_args_is_help=True, help="The config folder.")
    config.command("check")(check)
    sealing.add_to(config)
    app.add_typer(config, name="config")


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to write; must not hold a config yet.")] = DEFAULT,
    name: Annotated[
        str | None, typer.Option(help="The organisation's name; asked for when not given.")
    ] = None,
    alias: Annotated[
        list[str] | None, typer.Option(help="Another name people use; may be given again.")
    ] = None,
    feed: Annotated[
        list[str] | None, typer.Option(help="Address of a feed to read; may be given again.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="nl or en: language of digests and alerts.")] = None,
    mail_to: Annotated[str | None, typer.Option(help="Address the digest is written to.")] = None,
    terms_read: Annotated[
        bool, typer.Option("--terms-read", help="You have read the terms of these feeds, today.")
    ] = False,
) -> None:
    """Write a commented config for an organisation. Asks what is not given, when there is a terminal.

    Example: `klankbord init config --name "Voorbeeld BV" --feed https://blog.example/feed --language nl
    --terms-read`. A source is read only once a person has read its terms, and said so.
    """
    from klankbord import clock
    from klankbord.starting import Answers, write_config

    answers = Answers(
        name=name or _asked("Name of the organisation", None),
        aliases=tuple(alias or ()),
        feeds=tuple(feed or ()),
        language=language or _asked("Language of digests and alerts, nl or en", "nl"),
        mail_to=mail_to or "communications@example.org",
        terms_read_on=clock.now().astimezone().date() if terms_read else None,
    )
    written = write_config(folder, answers)
    screen.lines(
        *(str(file) for file in written),
        "",
        f"Next: klankbord config check -c {folder}; then klankbord collect -c {folder}",
    )


def _asked(question: str, default: str | None) -> str:
    import sys

    if not sys.stdin.isatty():
        if default is not None:
            return default
        raise typer.BadParameter("needed where nobody can be asked", param_hint="--name")
    return str(typer.prompt(question, default=default, err=True))


def check(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Read every config file and tell every mistake at once: file, key, what was found, what is allowed.

    Example: `klankbord config check -c config`.
    """
    from klankbord.checking import check_config
    from klankbord.errors import SettingsError

    try:
        told = check_config(config)
    except SettingsError as error:
        if json:
            rows = [
                {"file": m.file, "key": m.key, "found": m.found, "allowed": m.allowed} for m in error.mistakes
            ]
            screen.as_json({"ok": False, "mistakes": rows})
            raise typer.Exit(WRONG) from None
        raise
    if json:
        screen.as_json({"ok": True, "told": told})
    else:
        screen.lines(*told)


def doctor(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Look the installation over: packages, config, keys, store, model, sources, channels.

    Exit code 1 when something needs a person. Example: `klankbord doctor --json`.
    """
    from klankbord.checking import look_over

    with installation(config) as opened:
        looks = look_over(opened)
    if json:
        screen.as_json([{"part": look.part, "well": look.well, "told": look.told} for look in looks])
    else:
        screen.table(
            "Doctor",
            ["", "part", ""],
            [("ok" if look.well else "LOOK", look.part, look.told) for look in looks],
        )
    if not all(look.well for look in looks):
        raise typer.Exit(1)


def purge(config: ConfigDir = DEFAULT, json: AsJson = False) -> None:
    """Take out every text whose time is over; `run` does this by itself four times a day.

    Example: `klankbord purge`, once a day, where `collect` and `classify` are started by cron.
    """
    with installation(config, alone=True) as opened:
        gone = opened.purge()
    if json:
        screen.as_json({"texts_gone": gone})
    else:
        screen.lines(f"{gone} texts went: their time was over")


def run(config: ConfigDir = DEFAULT) -> None:
    """Collect, judge and tell at their times until told to stop (SIGTERM, Ctrl-C); resumes where it was.

    Example: `klankbord run -c /etc/klankbord`.
    """
    import logging

    from klankbord.service import serve

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    for chatty in ("apscheduler", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    with installation(config, alone=True) as opened:
        talk(f"klankbord is at work for {opened.settings.organisation.name}; Ctrl-C stops it")
        serve(opened)
    talk("stopped")


def demo(
    folder: Annotated[Path, typer.Argument(help="Folder for the demo's config, store and digest.")] = Path(
        "demo"
    ),
    once: Annotated[
        bool, typer.Option("--once", help="End after the digest; else keep serving the small web.")
    ] = False,
) -> None:
    """Read a small web of written posts about a fictional organisation, end to end, on this machine only.

    Example: `klankbord demo --once demo`.
    """
    from klankbord.demo.show import show

    stop = stop_on_signals()
    with screen.progress("demo", None) as step:
        show(
            folder,
            once=once,
            stop=stop,
            say=screen.lines,
            talk=talk,
            step=lambda: step(1),
        )


def receive(
    name: Annotated[str, typer.Argument(help="Source of kind linkedin in sources.toml.")],
    config: ConfigDir = DEFAULT,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8089,
) -> None:
    """Take in what LinkedIn tells the organisation's own Page, until stopped.

    It answers on 127.0.0.1 only; a reverse proxy with TLS stands before it.
    Example: `klankbord receive our-page --port 8089`.
    """
    from collectors.linkedin import inbox_of
    from collectors.linkedin_receiver import serve_inbox
    from klankbord.errors import NotFoundError
    from klankbord.settings import LinkedInSource

    with installation(config) as opened:
        source = opened.sources([name])[0]
        if not isinstance(source, LinkedInSource):
            raise NotFoundError(f"{name} is of kind {source.kind}: only linkedin tells us things")
        opened.collector(source)  # refuses what may not be read
        secret = source.client_secret
        opened.secrets.read(secret)
        serve_inbox(
            lambda: opened.secrets.read(secret),
            inbox_of(opened.workshop),
            port=port,
            stop=stop_on_signals(),
            clock=opened.clock,
            ready=lambda at: talk(f"listening on http://127.0.0.1:{at}"),
        )
