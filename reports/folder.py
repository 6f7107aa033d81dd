"""A message comes in, one .eml file goes out; the same key is always the same file."""

import os
from datetime import datetime
from pathlib import Path

from klankbord.errors import DeliveryError
from klankbord.ports import Message
from klankbord.settings import ChannelSettings
from reports.mail import mail_of, safe_key


class FolderChannel:
    """Writes mails into a folder, for trying things out and for mail systems that pick them up there."""

    def __init__(self, settings: ChannelSettings, data_dir: Path) -> None:
        """Name the folder; it is made with the first message."""
        self._settings = settings
        self._folder = data_dir / (settings.path or settings.id)

    @property
    def id(self) -> str:
        """Key in delivery.toml."""
        return self._settings.id

    def send(self, message: Message, now: datetime) -> None:
        """Write the file whole or not at all.

        Raises:
            DeliveryError: the folder cannot be written, or an address cannot stand in a mail.
        """
        target = self._folder / f"{safe_key(message.key)}.eml"
        try:
            mail = mail_of(message, self._settings.sender or "", self._settings.to, now).as_bytes()
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(target, mail)
        except ValueError as error:
            raise DeliveryError(f"no mail can be made: {error}", permanent=True) from error
        except OSError as error:
            raise DeliveryError(f"cannot write {target}: {error.strerror or error}") from error


def _write(target: Path, content: bytes) -> None:
    # One name for each message: what a killed process left is written over by the next try.
    fresh = target.with_name(f".{target.stem}.part")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
