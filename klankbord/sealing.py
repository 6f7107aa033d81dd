"""Confidential topics move from organisation.toml to topics.sealed; the plain go only when that holds."""

import stat
import tomllib
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from klankbord.errors import SettingsError
from klankbord.settings.models import GeneralSettings
from klankbord.settings.sealed import FILE, KEY, PLACE, seal, topics_in, unsealed, written_beside

_PLAIN = "organisation.toml"


def key_place(folder: Path) -> str:
    """Where klankbord.toml says that the key is kept; the usual place where it says nothing.

    Raises:
        SettingsError: klankbord.toml cannot be read.
    """
    file = folder / "klankbord.toml"
    if not file.exists():
        return PLACE
    place = _parsed(file).get(KEY, PLACE)
    try:
        return GeneralSettings.model_validate({KEY: place}).topics_key
    except ValueError as error:
        raise SettingsError.one(file.name, KEY, repr(place), "env:NAME or file:/path") from error


def seal_plain(folder: Path) -> int:
    """Move every [[topic]] of organisation.toml into topics.sealed; how many went.

    Raises:
        SettingsError: there is none, an id is sealed already with other words, or there is no key.
    """
    file, place = (folder / _PLAIN).resolve(), key_place(folder)
    tables = _parsed(file).get("topic")
    if not tables:
        raise SettingsError.one(_PLAIN, "topic", "no [[topic]]", "topics to seal, or --from FILE")
    document: Any = tomlkit.parse(file.read_text("utf-8"))
    plain = tomlkit.document()
    plain.add("topic", document.pop("topic"))
    added = tomlkit.dumps(plain)
    known = unsealed(folder, place) if (folder / FILE).exists() else ""
    text = f"{known.rstrip()}\n\n{_new(known, added)}".lstrip()
    seal(folder, place, text)
    # What was written is read again before the plain words go: they stand nowhere else.
    if unsealed(folder, place) != text:
        raise SettingsError.one(FILE, "-", "not what was written", "a disk that keeps what is written")
    left = tomlkit.dumps(document)
    if tomllib.loads(left) != {key: value for key, value in _parsed(file).items() if key != "topic"}:
        raise SettingsError.one(
            _PLAIN, "topic", "a form that cannot be changed safely", "topics taken out by hand"
        )
    written_beside(file, left.encode("utf-8"), mode=stat.S_IMODE(file.stat().st_mode))
    return len(tables)


def _new(known: str, added: str) -> str:
    """What is not sealed yet: after a crash between the two files, the same topics come again."""
    before = {topic.id: topic for topic in topics_in(known)}
    after = topics_in(added)
    same = [topic.id for topic in after if before.get(topic.id) == topic]
    for number, topic in enumerate(after, start=1):
        if topic.id in before and topic.id not in same:
            found, allowed = "an id that is sealed already, with other words", "each id once"
            raise SettingsError.one(_PLAIN, f"topic.{number}.id", found, allowed)
    if not same:
        return added
    document: Any = tomlkit.parse(added)
    for place in reversed([number for number, topic in enumerate(after) if topic.id in same]):
        del document["topic"][place]
    return tomlkit.dumps(document) if len(same) < len(after) else ""


def _parsed(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text("utf-8")
        # Both must read it: one tells what it says, the other keeps its comments.
        tomlkit.parse(text)
        return tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TOMLKitError, RecursionError) as error:
        found = "no such file" if isinstance(error, FileNotFoundError) else type(error).__name__
        raise SettingsError.one(file.name, "-", found, "a TOML file in UTF-8") from None
