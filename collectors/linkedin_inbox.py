"""What LinkedIn told, or a person entered, is kept in files until the collector has stored it.

One file a note, mode 600, written beside and then renamed; its name is its place in the order. Nobody is
named in a file: authors are pseudonyms, ids that may lead to an author are keyed, texts are masked.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from klankbord.mention import Kind
from klankbord.pseudonym import Pseudonyms

#: bytes of a file that are read
_LONGEST = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One comment or post, as it was told of at one moment."""

    v: Literal[1] = 1
    #: number of the notification; by hand: made from the post's id
    id: int
    #: the Page: urn:li:organization:123
    organisation: str
    told_at: AwareDatetime
    native_id: str
    kind: Kind = Kind.POST
    #: taken away at LinkedIn: the texts are empty
    deleted: bool = False
    author: str | None = None
    text: str = ""
    context: str = ""
    url: str = ""
    thread_id: str | None = None
    parent_id: str | None = None
    published_at: AwareDatetime
    edited_at: AwareDatetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """The folder, and what is needed to name nobody in it."""

    folder: Path
    pseudonyms: Pseudonyms
    #: the organisation's own names and accounts: these are not masked
    keep: tuple[str, ...] = ()

    def put(self, notes: Iterable[Note]) -> int:
        """Keep the notes; one that is there already stays as it is. Returns how many are new.

        Raises:
            OSError: the disk does not take them.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return sum(self._put(note) for note in notes)

    def names(self) -> list[str]:
        """The files, oldest note first."""
        try:
            return sorted(entry.name for entry in os.scandir(self.folder) if entry.name.endswith(".json"))
        except FileNotFoundError:
            return []

    def note(self, name: str) -> Note | None:
        """One note; None where the file cannot be read as one."""
        try:
            with (self.folder / name).open("rb") as file:
                return _JSON.validate_json(file.read(_LONGEST))
        except (OSError, ValidationError):
            return None

    def remove(self, names: Iterable[str]) -> None:
        """Take away notes that are stored, or that nobody can read."""
        for name in names:
            # a name comes from a cursor: it must not lead out of the folder
            if Path(name).name == name and name.endswith(".json"):
                (self.folder / name).unlink(missing_ok=True)

    def _put(self, note: Note) -> bool:
        name = f"{int(note.told_at.timestamp() * 1000):015d}-{note.id:020d}.json"
        target = self.folder / name
        if target.exists():
            return False
        part = self.folder / f".{name}.{os.getpid()}-{id(note)}.part"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(_JSON.dump_json(note))
                out.flush()
                os.fsync(out.fileno())
            part.replace(target)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        return True


def told_at(name: str) -> datetime:
    """The moment in a file's name; long ago where it has none."""
    digits = name.partition("-")[0]
    return datetime.fromtimestamp(int(digits) / 1000 if digits.isdigit() and len(digits) == 15 else 0, UTC)


_JSON = TypeAdapter(Note)
