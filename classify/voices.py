"""Accounts that speak for the organisation come in; patterns of them and of their signatures go out. Pure.

Who wrote a post is not kept, so that an official post is known by what it says of itself: "^LS, Example Ltd",
"Groet, Lisa van het webcareteam", "Team Example Ltd", "RT @example: ".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from classify.folding import fold

#: characters at the end of a post in which a signature may stand
_LAST = 90
_ROOM = (
    r"(?:klanten|donateur|customer |viewer |kijkers|reis|travel |web|press |pers|patient |bezoekers|student "
    r"|guest |member )?(?:services?|care|webcare|support|communicati(?:e|ons?)|info|desk|team|hulpteam|hulp"
    r"|dienst|office|redactie|voorlichting)"
)
_GREETING = r"(?:groet(?:en|jes)?|mvg|regards|best wishes|all the best)"
_THANKS = r"(?:cheers|thanks)[,!.]? \[?[a-z]{2,20}\]?,? "
_DASH = "[-^~\u2010-\u2015]"
_SPACED = re.compile(r"[\s^]")


@dataclass(frozen=True, slots=True)
class Signed:
    """What stands under, or over, a post of an account that speaks for the organisation."""

    pattern: re.Pattern[str]
    #: of these words one stands in every signature; to look for them first is far cheaper
    needed: tuple[str, ...]


def handles(voices: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for accounts and signatures as a folded post may spell them; None without any.

    Args:
        voices: as they were told: "@name", "name", "@name@server", "name.server", or a signature with a
            space or a "^" in it.
    """
    pieces = [_handle(fold(voice).strip()) for voice in sorted(set(voices), key=lambda one: (-len(one), one))]
    # A longer handle, or the same one on another server, is another account.
    return re.compile(rf"(?<![\w@/.])(?:{'|'.join(pieces)})(?![\w@]|[.-]\w)") if pieces else None


def _handle(voice: str) -> str:
    if _SPACED.search(voice):
        return r"\s+".join(map(re.escape, voice.split()))
    name, _, server = voice.removeprefix("@").partition("@")
    if server:
        return rf"@{re.escape(name)}(?:@{re.escape(server)})?"
    # A handle that is an address is nothing else; a bare word is often the organisation's own name.
    return rf"@?{re.escape(name)}" if "." in name else rf"@{re.escape(name)}"


def signed(names: Iterable[str], voices: Iterable[str]) -> Signed:
    """How posts of the organisation's own are signed.

    Args:
        names: of the organisation.
        voices: as for `handles`.
    """
    names, voices = (
        sorted({fold(name).strip() for name in names}, key=lambda one: (-len(one), one)),
        [*voices],
    )
    told = [voice for voice in voices if _SPACED.search(voice)]
    accounts, signatures = handles(voice for voice in voices if voice not in told), handles(told)
    spelled = [r"[\s\-]{0,2}".join(map(re.escape, re.split(r"[\s\-]+", name))) for name in names]
    ends = _ends("|".join([*spelled, *([accounts.pattern] if accounts else [])]))
    if signatures is not None:
        ends.append(signatures.pattern)
    either = [rf"(?<!\w)(?:{'|'.join(ends)})(?=[\W_]{{0,12}}\Z)"]
    if accounts is not None:
        either.append(rf"\A\W{{0,3}}rt {accounts.pattern}")
    words = (re.split(r"[\s@\-]+", name) for name in (*names, *(fold(voice).strip() for voice in voices)))
    return Signed(re.compile("|".join(either)), tuple({max(parts, key=len) for parts in words}))


def _ends(name: str) -> list[str]:
    first = r"(?:\[?[a-z]{2,20}\]?,? )?"
    whose = r"(?:(?:van|from|of|namens|at) )?(?:(?:de|het|the|alle|team) )?"
    return [
        rf"(?:{_ROOM}|team) (?:\w+ )?(?:(?:van|of|de|het|the) ){{0,2}}\(?(?:{name})(?: \(?(?:{name}))?",
        rf"(?:{name})(?:'?s)?[ -](?:\w+ )?{_ROOM}(?:, \w{{2,20}})?",
        rf"(?:{_GREETING}[,!.]? {first}|{_THANKS}){whose}\(?(?:{name})(?: {_ROOM})?",
        rf"{_DASH} ?\w{{2,20}},? (?:(?:van|from) )?\(?(?:{name})(?: ?{_ROOM})?",
        rf"(?:namens|on behalf of|uw) (?:{name})(?:, \w{{2,20}})?",
    ]


def signature(signed: Signed, text: str) -> tuple[tuple[int, int], ...]:
    """Where a folded text is signed; empty where it is not."""
    # Signatures stand last; a post that is passed on says so in its first words.
    start = max(0, len(text) - _LAST)
    if any(text.find(word, start) >= 0 for word in signed.needed):
        found = signed.pattern.search(text, start)
        if found:
            return (found.span(),)
    passed = signed.pattern.match(text) if text[:6].lstrip(" \n>-")[:3] == "rt " else None
    return (passed.span(),) if passed else ()
