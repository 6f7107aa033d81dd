"""A source that was found, or an id, comes in; sources.toml goes out changed with its comments."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import tomlkit
from tomlkit.exceptions import TOMLKitError

from klankbord.errors import NotFoundError, SettingsError
from klankbord.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from collectors.discovery import Candidate
    from klankbord.settings.files import Check

FILE = "sources.toml"
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*([\w\"'.-]+)[ \t]*\]\]")
_OTHER = re.compile(r"^[ \t]*\[(?!\[)[ \t]*(?!source[ \t]*[.\]])")
#: lines of a table's own; what stands between it and the next header belongs to that
_LOOSE = re.compile(r"^[ \t]*(?:#.*)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of many sources."""

    ids: tuple[str, ...]
    #: those that stood in the file already
    standing: tuple[Candidate, ...]


def add(
    folder: Path,
    candidate: Candidate,
    *,
    source_id: str = "",
    language: str = "",
    terms_read_on: date | None = None,
    enabled: bool = True,
    check: Check | None = None,
) -> str:
    """Write a source into sources.toml and return its id; nothing is written that the config check refuses.

    Args:
        folder: the config folder.
        candidate: what `collectors.discovery.found` came up with.
        source_id: its key; empty: made from the host.
        language: where its posts do not say.
        terms_read_on: the day on which a person read the source's terms; never made up.
        enabled: whether it is read from now on.
        check: looks further, as for `load`.

    Raises:
        SettingsError: with every mistake the source would bring.
    """
    with _changing(folder, check) as change:
        tables = _tables(change.before)
        if _among(tables, candidate):
            raise _refused(f"{candidate.url or candidate.kind} a second time", "each source once")
        made = source_id or free_id(candidate, _ids(tables))
        extra: dict[str, Any] = {"language": language} if language else {}
        if not enabled:
            extra["enabled"] = False
        change.after = change.before + _gap(change.before) + _block(made, candidate, extra, terms_read_on)
    return made


def add_all(
    folder: Path, candidates: Sequence[Candidate], *, enabled: bool = True, check: Check | None = None
) -> Added:
    """Write many sources at once, such as those of a list; all or, where one is refused, none.

    Raises:
        SettingsError: with every mistake the sources would bring.
    """
    added: list[str] = []
    standing: list[Candidate] = []
    with _changing(folder, check) as change:
        tables = _tables(change.before)
        known, blocks = _ids(tables), [change.before]
        there = {_identity(table) for table in tables}
        for candidate in candidates:
            if (same := _identity(_table_of(candidate))) in there:
                standing.append(candidate)
                continue
            there.add(same)
            made = free_id(candidate, known)
            known.add(made)
            added.append(made)
            extra: dict[str, Any] = {} if enabled else {"enabled": False}
            blocks.append(_gap(blocks[-1]) + _block(made, candidate, extra, None))
        change.after = "".join(blocks)
    return Added(ids=tuple(added), standing=tuple(standing))


def remove(folder: Path, source_id: str, check: Check | None = None) -> None:
    """Take a source out of sources.toml; comments of the others stay. Its kept posts are the store's affair.

    Raises:
        NotFoundError: there is no such source.
        SettingsError: the file has a form in which this cannot be done without losing something.
    """
    with _changing(folder, check) as change:
        tables = _tables(change.before)
        place = _place(tables, source_id)
        change.after = _without(change.before, place)
        if _parsed(change.after).get("source", []) != [*tables[:place], *tables[place + 1 :]]:
            raise _refused("a form that cannot be changed safely", "take the source out with an editor")


def enable(folder: Path, source_id: str, *, on: bool, check: Check | None = None) -> None:
    """Switch a source on or off.

    Raises:
        NotFoundError: there is no such source.
        SettingsError: with it on, the config would be refused.
    """
    with _changing(folder, check) as change:
        tables = _tables(change.before)
        place = _place(tables, source_id)
        document: Any = tomlkit.parse(change.before)
        document["source"][place]["enabled"] = on
        change.after = tomlkit.dumps(document)
        wanted = [*tables[:place], tables[place] | {"enabled": on}, *tables[place + 1 :]]
        if _parsed(change.after).get("source") != wanted:
            raise _refused("a form that cannot be changed safely", "set enabled with an editor")


def free_id(candidate: Candidate, known: set[str]) -> str:
    """An id that says where a source is: its host's name, with a number where that is taken. Pure."""
    named = urlsplit(candidate.url).hostname or ""
    named = named.removeprefix("www.") or candidate.title or candidate.kind
    if candidate.kind not in {"feed", *named.split("-")} and candidate.url:
        named = f"{named}-{candidate.kind}"
    letters = re.sub(r"[^a-z0-9]+", "-", named.casefold()).strip("-")[:50].strip("-") or candidate.kind
    return next(
        name
        for number in range(1, len(known) + 2)
        if (name := letters if number == 1 else f"{letters}-{number}") not in known
    )


class _Change:
    """sources.toml before and after."""

    def __init__(self, before: str) -> None:
        self.before = self.after = before


@contextmanager
def _changing(folder: Path, check: Callable[..., Any] | None) -> Iterator[_Change]:
    """Hold the file, let it be changed, check the whole config with it on a copy, rename it into place."""
    try:
        # a link to the file stays a link
        file = (folder / FILE).resolve()
        with (folder / f".{FILE}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = file.read_text("utf-8") if file.exists() else ""
            change = _Change(before)
            yield change
            if change.after != before:
                _checked(folder, change.after, check)
                _replace(file, change.after)
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(str(error), "a file that can be read and written") from error


def _checked(folder: Path, text: str, check: Callable[..., Any] | None) -> None:
    with TemporaryDirectory() as trial:
        for file in folder.glob("*.toml"):
            if file.name != FILE:
                shutil.copy(file, trial)
        (Path(trial) / FILE).write_text(text, "utf-8")
        load(Path(trial), check)


def _replace(file: Path, text: str) -> None:
    """Write beside, then rename: a reader never sees half a file, and a crash leaves the old one."""
    fresh = file.with_suffix(".toml.part")
    with fresh.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    if file.exists():
        shutil.copymode(file, fresh)
    fresh.replace(file)


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _refused(str(error), "TOML") from error


def _tables(text: str) -> list[dict[str, Any]]:
    try:
        tomlkit.parse(text)
    except (TOMLKitError, RecursionError) as error:
        raise _refused(str(error), "TOML") from error
    tables = _parsed(text).get("source", [])
    return [table for table in tables if isinstance(table, dict)] if isinstance(tables, list) else []


def _ids(tables: Iterable[dict[str, Any]]) -> set[str]:
    return {str(table.get("id")) for table in tables}


def _place(tables: list[dict[str, Any]], source_id: str) -> int:
    ids = [str(table.get("id")) for table in tables]
    if source_id not in ids:
        known = ", ".join(ids) or "none yet"
        raise NotFoundError(f"no source {source_id!r} in {FILE}; there are: {known}")
    return ids.index(source_id)


def _table_of(candidate: Candidate) -> dict[str, Any]:
    keys = {key: list(value) if isinstance(value, tuple) else value for key, value in candidate.keys}
    return {"kind": candidate.kind} | ({"url": candidate.url} if candidate.url else {}) | keys


def _identity(table: dict[str, Any]) -> str:
    """What makes two tables the same source: what they read, not how they are called."""
    about = ("kind", "url", "channels", "subreddits", "site", "tags")
    return repr([str(table.get(key, "")).rstrip("/") for key in about])


def _among(tables: Iterable[dict[str, Any]], candidate: Candidate) -> bool:
    return _identity(_table_of(candidate)) in map(_identity, tables)


def _gap(before: str) -> str:
    return "" if not before else "\n" if before.endswith("\n") else "\n\n"


def _block(source_id: str, candidate: Candidate, extra: dict[str, Any], read_on: date | None) -> str:
    """The text of a new table, with a comment above it that says why it is there."""
    table = tomlkit.table()
    table["id"] = source_id
    for key, value in _table_of(candidate).items():
        table[key] = value
        if key == "kind" and candidate.title:
            table["name"] = _plain(candidate.title)
    for key, value in extra.items():
        table[key] = value
    if read_on:
        terms = tomlkit.table()
        terms["terms_read_on"] = read_on
        table["terms"] = terms
    return f"# {_plain(candidate.why)}\n[[source]]\n{_nested(tomlkit.dumps(table))}"


def _without(text: str, place: int) -> str:
    """The text without the table at a place; comments right above the next header stay with that."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if _source_header(line)]
    if place >= len(starts):
        raise _refused("sources in another form than [[source]]", "take the source out with an editor")
    start = starts[place]
    borders = (n for n in range(start + 1, len(lines)) if _HEADER.match(lines[n]) or _OTHER.match(lines[n]))
    end = next(borders, len(lines))
    if end < len(lines):
        while end > start + 1 and _LOOSE.match(lines[end - 1]):
            end -= 1
    # the comment right above the table told of it
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return "".join((*lines[:start], *lines[end:]))


def _source_header(line: str) -> bool:
    found = _HEADER.match(line)
    return found is not None and found[1].strip("\"'") == "source"


def _nested(table: str) -> str:
    """A table's text with its own tables named from the file's top."""
    return re.sub(r"(?m)^\[(?=\w)", "[source.", table)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text).split())[:200]


def _refused(found: str, allowed: str) -> SettingsError:
    return SettingsError.one(FILE, "source", found, allowed)
