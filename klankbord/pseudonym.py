"""A handle comes in, a keyed pseudonym goes out; the keys live in one file of mode 600.

Each epoch has a random key of its own, so the same author gets another pseudonym in the next epoch and
no long track of a person can be built (law.md C1, C2). Keys older than the last two epochs are destroyed.
"""

import fcntl
import hmac
import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from klankbord.errors import SettingsError

_FORGET = "forget"
_START = datetime(2020, 1, 1)  # noqa: DTZ001 - a calendar day, the same in every zone


class Pseudonyms:
    """Derives pseudonyms; reads the key file once and writes it only when an epoch begins."""

    def __init__(self, key_file: Path, epoch: timedelta = timedelta(days=90)) -> None:
        """Open the key file, creating it where it is missing.

        Raises:
            SettingsError: others may read the file, or it is no key file.
        """
        self._file, self._epoch = key_file, epoch
        self._keys = self._opened()

    def of(self, platform: str, handle: str, at: datetime) -> str:
        """The pseudonym of an author in the epoch of `at`: 20 hexadecimal characters."""
        key = self._key(str(self._number(at)))
        text = f"{platform}\x1f{handle.strip().casefold()}"
        return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:20]

    def all_of(self, platform: str, handle: str, at: datetime) -> tuple[str, ...]:
        """The pseudonyms of an author in this epoch and the one before, whose key is kept as well."""
        before = at - self._epoch
        return tuple(dict.fromkeys((self.of(platform, handle, at), self.of(platform, handle, before))))

    def native_id(self, platform: str, native_id: str) -> str:
        """A stable stand-in for an id that holds its author's: 32 letters, not rotated, one for each post."""
        text = f"id\x1f{platform}\x1f{native_id}"
        return hmac.digest(self._key(_FORGET), text.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]

    def forgotten(self, platform: str, native_id: str) -> str:
        """The key under which a post that must not come back is remembered; not rotated."""
        text = f"{platform}\x1f{native_id}"
        key = self._key(_FORGET)
        return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]

    def _number(self, at: datetime) -> int:
        return (at.replace(tzinfo=None) - _START) // self._epoch

    def _key(self, name: str) -> bytes:
        if name not in self._keys:
            self._keys = self._with_key(name)
        return self._keys[name]

    def _opened(self) -> dict[str, bytes]:
        if not self._file.exists():
            return self._with_key(_FORGET)
        if self._file.stat().st_mode & 0o077:
            raise SettingsError.one(
                str(self._file),
                "mode",
                oct(self._file.stat().st_mode & 0o777),
                "0o600: only its owner reads it",
            )
        return self._read()

    def _read(self) -> dict[str, bytes]:
        try:
            stored = json.loads(self._file.read_text("ascii"))
            keys = {name: bytes.fromhex(key) for name, key in stored.items()}
            return {_FORGET: keys[_FORGET]} | keys
        except (ValueError, AttributeError, TypeError, KeyError, OSError) as error:
            raise SettingsError.one(
                str(self._file), "-", f"unreadable ({error})", "a key file made by klankbord"
            ) from error

    def _with_key(self, name: str) -> dict[str, bytes]:
        """Add a key under a lock: two processes that start together must agree on it."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keys = self._read() if self._file.exists() else {}
            keys.setdefault(_FORGET, secrets.token_bytes(32))
            keys.setdefault(name, secrets.token_bytes(32))
            kept = _without_old(keys)
            self._write(kept)
            # A clock that went back asks for a destroyed epoch: it gets a key that nobody keeps.
            return {name: keys[name]} | kept

    def _write(self, keys: dict[str, bytes]) -> None:
        fresh = self._file.with_suffix(".part")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            json.dump({name: key.hex() for name, key in keys.items()}, out)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._file)


def _without_old(keys: dict[str, bytes]) -> dict[str, bytes]:
    epochs = sorted((name for name in keys if name != _FORGET), key=int)
    return {name: key for name, key in keys.items() if name == _FORGET or name in epochs[-2:]}
