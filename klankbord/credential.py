"""Where a secret is kept comes in, the secret goes out; and texts that hold one come back without it."""

import os
from pathlib import Path
from threading import Lock

from klankbord.errors import AuthError

MASK = "[secret]"
#: a shorter value would mask ordinary words
_SHORTEST = 6


class Secrets:
    """Reads secrets when they are asked for, and remembers which, so that no text leaves with one in it."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: tuple[str, ...] = ()
        self._lock = Lock()

    def read(self, ref: str) -> str:
        """The secret at `env:NAME` or `file:/path`; read anew each time, so that a new one counts at once.

        Raises:
            AuthError: there is none; the message says where it was looked for.
        """
        place, _, name = ref.partition(":")
        value = os.environ.get(name, "") if place == "env" else _content(name)
        value = value.strip()
        if not value:
            where = f"environment variable {name}" if place == "env" else f"file {name}"
            raise AuthError(f"a credential is missing: {where} is not set or empty")
        self.remember(value)
        return value

    def present(self, ref: str) -> bool:
        """Whether there is a secret at that place."""
        try:
            return bool(self.read(ref))
        except AuthError:
            return False

    def masked(self, text: str) -> str:
        """The text with every secret that was ever read replaced."""
        for value in self._known:
            if value in text:
                text = text.replace(value, MASK)
        return text

    def remember(self, value: str) -> None:
        """Mask this value from now on: a token, for instance, that was given for a secret."""
        if len(value) >= _SHORTEST and value not in self._known:
            with self._lock:
                # the longest first: one secret may hold another
                self._known = tuple(sorted({*self._known, value}, key=len, reverse=True))


def _content(file: str) -> str:
    try:
        return Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AuthError(f"a credential is missing: {file}: {type(error).__name__}") from error
