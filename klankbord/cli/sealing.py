"""config new-key, seal and unseal: confidential topics lie encrypted beside the other settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, talk


def add_to(config: typer.Typer) -> None:
    """Hang the commands under `config`."""
    config.command("new-key")(new_key)
    config.command("seal")(seal)
    config.command("unseal")(unseal)


def new_key() -> None:
    """Print a fresh key for topics.sealed. Keep it outside the config folder, and a copy in a safe place.

    Example: `klankbord config new-key > /etc/klankbord-topics.key`.
    """
    import sys

    from klankbord.settings.sealed import new_key as made

    sys.stdout.write(f"{made()}\n")
    talk("Without this key the topics cannot be read again.")


def seal(
    config: ConfigDir = DEFAULT,
    given: Annotated[
        str | None,
        typer.Option(
            "--from", help="TOML file with all [[topic]] tables, instead of organisation.toml; - for stdin."
        ),
    ] = None,
) -> None:
    """Encrypt the confidential topics into topics.sealed, under the key that topics_key names.

    Without --from, every [[topic]] moves out of organisation.toml, beside those that are sealed already. With
    --from, what the file holds replaces all that was sealed.

    Example: `klankbord config seal -c config`.
    """
    from klankbord import sealing
    from klankbord.settings.sealed import seal as written
    from klankbord.settings.sealed import topics_in

    if given is None:
        count = sealing.seal_plain(config)
        talk(f"{count} topics moved out of organisation.toml. Older copies of that file still hold them.")
        return
    text = _read(given)
    written(config, sealing.key_place(config), text)
    talk(f"{len(topics_in(text))} topics are sealed.")
    if given != "-":
        talk(f"{given} still holds them in plain words: take it away.")


def unseal(
    config: ConfigDir = DEFAULT,
    out: Annotated[str, typer.Option(help="File to write, for its owner alone; - for the terminal.")] = "-",
    json: AsJson = False,
) -> None:
    """Show what topics.sealed holds, with the key.

    To change topics: unseal to a file, edit it, `klankbord config seal --from FILE`, and take the file away.

    Example: `klankbord config unseal --out topics.toml`.
    """
    import sys

    from klankbord import sealing
    from klankbord.settings.sealed import topics_in, unsealed, written_beside

    text = unsealed(config, sealing.key_place(config))
    if json:
        screen.as_json([topic.model_dump() for topic in topics_in(text)])
    elif out == "-":
        sys.stdout.write(text)
    else:
        written_beside(Path(out), text.encode("utf-8"), mode=0o600)
        talk(f"written to {out}: take it away when you are done.")


def _read(given: str) -> str:
    import sys

    from klankbord.errors import SettingsError

    try:
        body = sys.stdin.buffer.read() if given == "-" else Path(given).read_bytes()
        return body.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError.one(given, "-", type(error).__name__, "a TOML file in UTF-8") from None
