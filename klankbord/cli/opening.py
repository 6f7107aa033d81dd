"""The options every command shares come in, an open installation goes out and is closed behind it."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from klankbord.installation import Installation

ConfigDir = Annotated[
    Path,
    typer.Option(
        "--config", "-c", envvar="KLANKBORD_CONFIG", help="Folder with the TOML files.", show_default=True
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
DEFAULT = Path("config")


def talk(line: str) -> None:
    """Say something to the person at the terminal: talk goes to stderr, data to stdout."""
    sys.stderr.write(f"{line}\n")


@contextmanager
def installation(config: Path, *, alone: bool = False) -> Iterator[Installation]:
    """Open the installation of a config folder.

    Args:
        config: the folder.
        alone: hold the instance lock, for commands that collect, judge or send.
    """
    from contextlib import ExitStack

    from klankbord import clock, lock
    from klankbord.installation import Installation
    from klankbord.settings import load

    opened = Installation(
        load(config), clock.now, progress=talk, stop=stop_on_signals() if alone else Event()
    )
    with ExitStack() as stack:
        if alone:
            stack.enter_context(lock.held(opened.settings.data_dir))
            opened.store.outbox.release()
        stack.callback(opened.close)
        yield opened


def stop_on_signals() -> Event:
    """An event that SIGTERM and a first Ctrl-C set; a second Ctrl-C ends at once."""
    stop = Event()

    def ask(number: int, _frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop
