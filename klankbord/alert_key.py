"""A file comes in, the installation's own key for the codes in alerts goes out; made where there is none."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from klankbord.errors import SettingsError

_BYTES = 32


def secret_in(file: Path) -> bytes:
    """The key, for its owner alone; two processes that start together agree on it.

    Raises:
        SettingsError: others may read it, or it is no such key.
    """
    if not file.exists():
        _make(file)
    if file.stat().st_mode & 0o077:
        found = oct(file.stat().st_mode & 0o777)
        raise SettingsError.one(str(file), "mode", found, "0o600: only its owner reads it")
    allowed = "a key made by klankbord; without the file a new one is made, and codes sent before end"
    try:
        secret = bytes.fromhex(file.read_text("ascii"))
    except ValueError as error:
        raise SettingsError.one(str(file), "-", f"unreadable ({error})", allowed) from error
    if len(secret) != _BYTES:
        raise SettingsError.one(str(file), "-", f"{len(secret)} bytes", allowed)
    return secret


def _make(file: Path) -> None:
    """Written beside and linked into place: nobody sees half a key, who comes second takes the first's."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_hex(_BYTES))
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(name, file)
    finally:
        Path(name).unlink()
