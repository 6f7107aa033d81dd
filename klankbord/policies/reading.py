"""A policy file comes in; its checked content, or every mistake in it, goes out."""

import re
import tomllib
from functools import cache
from pathlib import Path

from klankbord.errors import Mistake, SettingsError
from klankbord.policies.demands import demanded
from klankbord.policies.wording import worded
from klankbord.settings import policy_of, starter_folder
from klankbord.settings.policy_file import PolicyFile

#: a key that names a whole clause, or the whole file: what stands in it is told by its own keys
_WHOLE = re.compile(r"-|clause\.\d+")
_LARGEST = 4_000_000


def read_policy(file: Path) -> PolicyFile:
    """The checked content of a policy file.

    Raises:
        SettingsError: with every mistake, those that only law and works council demand included.
    """
    if wrong := policy_mistakes(file):
        raise SettingsError(wrong)
    return PolicyFile.model_validate(_document(file))


def policy_mistakes(file: Path) -> tuple[Mistake, ...]:
    """Every mistake in a policy file: of form, of law and of wording, each once."""
    if file.is_file() and file.stat().st_size > _LARGEST:
        return (Mistake(file=file.name, key="-", found="over four megabytes", allowed="a policy"),)
    try:
        policy_of(file)
        formal: tuple[Mistake, ...] = ()
    except SettingsError as error:
        formal = error.mistakes
    try:
        document = _document(file)
    except (OSError, ValueError, RecursionError):
        return formal
    shipped = _shipped()
    told = [
        Mistake(file=file.name, key=key, found=found, allowed=allowed)
        for key, found, allowed in (*demanded(document, shipped), *worded(document, shipped))
    ]
    places = [one.key for one in told]
    kept = [one for one in formal if not _told_finer(one.key, places)]
    return tuple(dict.fromkeys([*kept, *told]))


def _told_finer(key: str, places: list[str]) -> bool:
    """Whether what is wrong with a whole clause is told of its keys already; else nothing would tell it."""
    if key == "locked":
        return any(place.startswith("locked.") for place in places)
    if not _WHOLE.fullmatch(key):
        return False
    return bool(places) if key == "-" else any(place.startswith(f"{key}.") for place in places)


def _document(file: Path) -> dict[str, object]:
    return tomllib.loads(file.read_text("utf-8"))


@cache
def _shipped() -> dict[str, object]:
    return _document(starter_folder() / "policy.toml")


def policy_file(folder: Path) -> Path:
    """The policy of a config folder: its own, or the one that ships."""
    own = folder / "policy.toml"
    return own if own.exists() else starter_folder() / "policy.toml"


def of_file(given: Path, folder: Path) -> Path:
    """A file as somebody names it: a path, `starter` for what ships, `current` for the folder's."""
    if given.exists() or str(given) not in ("starter", "current"):
        return given
    return starter_folder() / "policy.toml" if str(given) == "starter" else policy_file(folder)
