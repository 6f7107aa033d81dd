"""Names of authors and texts come in, texts without those names go out. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache

AUTHOR = "[author]"
#: shorter names are words too often
_SHORTEST = 3
#: names up to this length, without a space, are words as well ("Jan", "Roos"): only so spelled they go
_WORDLIKE = 4
# Names under which anyone may write: they point at nobody, and taking them out spoils texts.
_NOBODY = frozenset(
    {
        *(
            "admin",
            "administrator",
            "anoniem",
            "anonymous",
            "anonymus",
            "author",
            "auteur",
            "beheer",
            "beheerder",
        ),
        *(
            "bezoeker",
            "editor",
            "editorial",
            "gast",
            "guest",
            "info",
            "lezer",
            "moderator",
            "nieuws",
            "news",
            "none",
        ),
        *(
            "onbekend",
            "redactie",
            "redacteur",
            "reader",
            "staff",
            "unknown",
            "user",
            "webmaster",
            "webredactie",
        ),
        "wordpress",
    }
)
_WROTE = re.compile(
    r"(?m)^([>\"'“„\s]{0,4})(?!\[)[^\n:]{2,60}?(?= (?:schreef|wrote|schrieb|a écrit)\b[^\n:]{0,60}:)"
)
_WROTE_HINTS = ("schreef", "wrote", "schrieb", "a écrit")
# WordPress titles of comments in Dutch, English, German and French; the author's name ends them.
_TITLES = re.compile(
    r"(?P<about>(?:Reacties? op|Comment on|Kommentar zu|Commentaire sur) (?P<topic>.*?)"
    r"(?: (?:door|by|von|par) (?P<name>(?:(?! (?:door|by|von|par) ).)+))?)"
    r"|(?:Reactie )?(?:Door|By|Von|Par)\s?: (?P<alone>.+)"
)
_FEED_TITLES = re.compile(r"(?:Reacties op|Comments on|Kommentare zu|Commentaires sur)\s?:? (?P<topic>.+)")
_REPLY = re.compile(r"(?i)^(?:(?:re|antw|aw)\s?:\s*)+(?P<topic>.+)")


def comment_title(title: str) -> tuple[str, str] | None:
    """What a comment is about and who wrote it, as its title says; None for another sort of title."""
    found = _TITLES.fullmatch(title)
    if not found:
        return None
    return found["topic"] or "", found["name"] or found["alone"] or ""


def topic_of_feed(title: str) -> str:
    """The post whose comments a feed holds, as the feed's title says."""
    found = _FEED_TITLES.fullmatch(title)
    return found["topic"] if found else ""


def reply_topic(title: str) -> str | None:
    """X of `Re: X`."""
    found = _REPLY.match(title)
    return found["topic"] if found else None


def telling(names: Iterable[str], keep: frozenset[str]) -> tuple[str, ...]:
    """The names that point at somebody, longest first.

    Args:
        names: authors as a source spells them.
        keep: the organisation's own names and accounts, casefolded.
    """
    nobody = _nobody(keep)
    kept = {name for name in names if len(name) >= _SHORTEST and name.casefold() not in nobody}
    return tuple(sorted(kept, key=lambda name: (-len(name), name)))


@lru_cache(maxsize=16)
def _nobody(keep: frozenset[str]) -> frozenset[str]:
    return _NOBODY | keep


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with whole-word occurrences of the names replaced by `[author]`."""
    folded = text.casefold()
    for name in names:
        if name.casefold() in folded:
            text = _word(name).sub(AUTHOR, text)
    return text


def without_quoted(text: str) -> str:
    """The text with the name in `Name schreef:` replaced, whoever that is."""
    return _WROTE.sub(rf"\1{AUTHOR}", text) if any(hint in text for hint in _WROTE_HINTS) else text


def address_without(url: str, names: Iterable[str]) -> str:
    """The address with the names taken out, also as addresses spell them: `jan-jansen`, `jan%20jansen`."""
    lowered = url.lower()
    for name in names:
        words = name.lower().split()
        if words and words[0] in lowered:
            url = _slug(name).sub(AUTHOR, url)
    return url


@lru_cache(maxsize=256)
def _word(name: str) -> re.Pattern[str]:
    exact = len(name) <= _WORDLIKE and " " not in name
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", 0 if exact else re.IGNORECASE)


@lru_cache(maxsize=256)
def _slug(name: str) -> re.Pattern[str]:
    words = (re.escape(word) for word in name.split())
    return re.compile(rf"(?i)(?<![a-z0-9]){'(?:[-_.+]|%20)?'.join(words)}(?![a-z0-9])")
