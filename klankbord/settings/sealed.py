"""Confidential topics come in and lie encrypted in topics.sealed; with the key they come back in memory.

What is in the file is never told in an error: a mistake says which key of which table, not what stood there.
"""

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from klankbord.credential import Secrets
from klankbord.errors import AuthError, Mistake, SettingsError
from klankbord.settings.organisation import SealedTopic

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

FILE = "topics.sealed"
#: what the key is called in klankbord.toml, and where it is kept unless that says otherwise
KEY = "topics_key"
PLACE = "env:KLANKBORD_TOPICS_KEY"
_HEAD = b"# Klankbord's confidential topics, sealed. `klankbord config unseal` opens them, with the key.\n"
#: bytes; far more than any list of topics
_LARGEST = 2_000_000


class _Topics(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    topic: tuple[SealedTopic, ...] = ()


def new_key() -> str:
    """A fresh key: 32 random bytes in URL-safe base64."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode("ascii")


def key_at(place: str) -> str:
    """The key at `env:NAME` or `file:/path`.

    Raises:
        SettingsError: there is none; the message names file and key.
    """
    try:
        return Secrets().read(place)
    except AuthError as error:
        problem = error.problem.removeprefix("a credential is missing: ")
        raise SettingsError.one(
            FILE, KEY, problem, f"the key that sealed it, at {KEY} of klankbord.toml ({place})"
        ) from error


def sealed_topics(folder: Path, place: str) -> tuple[SealedTopic, ...]:
    """The topics of a config folder's sealed file; none where there is no such file.

    Args:
        folder: the config folder.
        place: where the key is kept: `env:NAME` or `file:/path`.

    Raises:
        SettingsError: the key is missing or another, or the file was changed; no topic is ever left out.
    """
    if not (folder / FILE).exists():
        return ()
    return topics_in(unsealed(folder, place))


def unsealed(folder: Path, place: str) -> str:
    """What the sealed file holds, as TOML.

    Raises:
        SettingsError: there is no such file, the key is missing or another, or the file was changed.
    """
    from cryptography.fernet import InvalidToken

    try:
        with (folder / FILE).open("rb") as file:
            body = file.read(_LARGEST + 1)
    except OSError as error:
        found = error.strerror or type(error).__name__
        raise SettingsError.one(FILE, "-", found, "a file made by `klankbord config seal`") from error
    token = b"".join(line.strip() for line in body.splitlines() if not line.startswith(b"#"))
    box = _box(place)
    try:
        return box.decrypt(token).decode("utf-8")
    except (InvalidToken, UnicodeDecodeError):
        found = f"a key at {place} that does not open it, or a file that was changed"
        raise SettingsError.one(FILE, KEY, found, "the key that sealed it") from None


def seal(folder: Path, place: str, text: str) -> Path:
    """Encrypt TOML with [[topic]] tables; the file is written beside and renamed, for its owner alone.

    Raises:
        SettingsError: the text holds a mistake, or there is no key.
    """
    topics_in(text)
    token = _box(place).encrypt(text.encode("utf-8"))
    if len(_HEAD) + len(token) > _LARGEST:
        raise SettingsError.one(FILE, "topic", f"{len(text)} characters", "some hundreds of topics")
    # a link to the file stays a link
    return written_beside((folder / FILE).resolve(), _HEAD + token + b"\n", mode=0o600)


def topics_in(text: str) -> tuple[SealedTopic, ...]:
    """The checked topics of a TOML text.

    Raises:
        SettingsError: every mistake, without what was found there.
    """
    try:
        return _Topics.model_validate(tomllib.loads(text)).topic
    except (tomllib.TOMLDecodeError, RecursionError):
        # The parser's own message may quote the text.
        raise SettingsError.one(FILE, "-", "no TOML", "[[topic]] tables as in organisation.toml") from None
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise SettingsError(
            tuple(
                Mistake(
                    file=FILE,
                    key=".".join(str(part + 1) if isinstance(part, int) else part for part in detail["loc"])
                    or "-",
                    found="what stays sealed",
                    allowed=detail["msg"],
                )
                for detail in details
            )
        ) from None


def written_beside(file: Path, body: bytes, *, mode: int) -> Path:
    """Write a file beside itself and rename it, so that nobody ever reads half of it."""
    fresh = file.with_name(f".{file.name}.part")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        fresh.chmod(mode)
        return fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def _box(place: str) -> "Fernet":
    # Loaded here: without sealed topics no command pays for it.
    from cryptography.fernet import Fernet

    try:
        return Fernet(key_at(place))
    except ValueError:
        found = f"something else at {place}"
        raise SettingsError.one(FILE, KEY, found, "a key made by `klankbord config new-key`") from None
