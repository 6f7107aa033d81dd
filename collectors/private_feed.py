"""A feed's address with `{secret}` comes in; the whole address goes out, and texts without the secret."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from klankbord.credential import MASK
from klankbord.errors import AuthError, CollectError

if TYPE_CHECKING:
    from klankbord.credential import Secrets
    from klankbord.settings import FeedSource

PLACE = "{secret}"
#: a shorter secret would be found in ordinary words
_SHORTEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """What is secret about a feed's address; nothing, for most feeds."""

    #: as it stands in an address
    quoted: str = ""
    #: every way in which it may be spelled, longest first
    spellings: tuple[str, ...] = ()

    def filled(self, url: str) -> str:
        """The address with the secret in its place."""
        return url.replace(PLACE, self.quoted) if self.quoted else url

    def emptied(self, url: str) -> str:
        """The address with the place instead of the secret, as it may be kept."""
        return self._replaced(url, PLACE)

    def masked(self, text: str) -> str:
        """The text without the secret."""
        return self._replaced(text, MASK)

    def body(self, body: bytes) -> bytes:
        """A body without the secret: links in a feed may repeat the address it was asked by."""
        for spelling in self.spellings:
            body = body.replace(spelling.encode(), MASK.encode())
        return body

    def told(self, error: CollectError) -> CollectError:
        """The error without the secret."""
        return type(error)(self.masked(error.problem), until=error.until)

    def _replaced(self, text: str, by: str) -> str:
        for spelling in self.spellings:
            text = text.replace(spelling, by)
        return text


def private(source: FeedSource, secrets: Secrets) -> Private:
    """What is secret about this source's address.

    Raises:
        AuthError: the secret is not where the settings say, or too short to be kept out of texts.
    """
    if not source.secret:
        return Private()
    secret = secrets.read(source.secret)
    if len(secret) < _SHORTEST:
        raise AuthError(f"the secret of {source.id} has fewer than {_SHORTEST} characters")
    quoted = quote(secret, safe="")
    spelled = {secret, quoted, quoted.lower(), quote(secret), quote_plus(secret), html.escape(secret)}
    return Private(quoted=quoted, spellings=tuple(sorted(spelled, key=len, reverse=True)))
