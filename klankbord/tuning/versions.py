"""The files of keyword lists and their versions come in; what changed is kept, found and compared."""

import difflib
import tomllib
from datetime import datetime
from pathlib import Path

from klankbord.errors import NotFoundError
from klankbord.settings import KeywordList
from klankbord.settings.keywords import FOLDER
from klankbord.store.keywords import Shelf, Version

BY_HAND, NOBODY = "edited by hand", "unknown"
FIRST, GONE = "found in the config", "taken out of the config"


def notice(config: Path, shelf: Shelf, now: datetime) -> list[Version]:
    """Keep what somebody changed in the files themselves as versions; returns these."""
    folder = config / FOLDER
    files = {file.stem: file.read_text("utf-8", "replace") for file in sorted(folder.glob("*.toml"))}
    known = shelf.newest()
    kept = []
    for list_id in sorted({*files, *known}):
        content, before = files.get(list_id, ""), known.get(list_id)
        if before is None or before.content != content:
            reason = FIRST if before is None else BY_HAND if content else GONE
            kept.append(_noted(shelf, list_id, content, reason, now))
    return kept


def _noted(shelf: Shelf, list_id: str, content: str, reason: str, now: datetime) -> Version:
    return shelf.add(Version(list_id=list_id, number=0, at=now, by=NOBODY, reason=reason, content=content))


def version_of(shelf: Shelf, list_id: str, number: int | None = None) -> Version:
    """A version of a list; without a number the newest.

    Raises:
        NotFoundError: there is none.
    """
    versions = shelf.history(list_id)
    for version in reversed(versions):
        if number in (None, version.number):
            return version
    known = f"there are 1 to {versions[-1].number}" if versions else "no version of it was ever kept"
    what = f"list {list_id!r}" if number is None else f"version {number} of list {list_id!r}"
    raise NotFoundError(f"no {what}; {known}")


def difference(before: str, after: str, names: tuple[str, str]) -> list[str]:
    """Two files line by line, as `diff -u` shows them; empty when they are the same."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), *names, lineterm="")
    return list(lines)


def table_of(version: Version) -> KeywordList | None:
    """The list of a version; None where it cannot be read any more."""
    try:
        return KeywordList.model_validate(tomllib.loads(version.content))
    except ValueError:
        return None
