"""The bytes of a robots.txt come in, what it allows us goes out (RFC 9309, content signals). Pure.

One pass that keeps only the groups meant for us: a file that names thousands of robots and thousands of paths
costs no more than its length.
"""

import math
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

#: the name by which a robots.txt can speak of this program
TOKEN = "klankbord"  # noqa: S105 - a product token (RFC 9309), no secret
#: what is read of a file, as RFC 9309 asks at least
MAX_BYTES = 512_000

_PRODUCT = re.compile(r"[A-Za-z_-]+")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SIGNAL = re.compile(r"([a-z-]{2,20})\s*=\s*([a-z0-9]{1,5})")
_NO = {"no", "n", "0", "false"}
#: signals whose "no" means that we do not read (contentsignals.org; IETF aipref)
_READING = {"search", "ai-input", "tdm", "bots"}
_TRAINING = {"ai-train", "train-ai"}
_RULES = {"allow", "disallow", "crawl-delay", "content-signal", "content-usage"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What may be done with texts, as their publisher says."""

    read: bool = True
    train: bool = True

    def __and__(self, other: "Signals") -> "Signals":
        return Signals(read=self.read and other.read, train=self.train and other.train)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What one robots.txt says to us; without any line everything is allowed."""

    #: (allowed, pattern), in the file's order
    lines: tuple[tuple[bool, str], ...] = ()
    #: seconds between two requests
    delay: float = 0.0
    signals: Signals = Signals()

    def allows(self, url: str) -> bool:
        """Whether an address may be read: the longest pattern decides, and `Allow` where two are as long."""
        parts = urlsplit(url)
        path = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if path == "/robots.txt":
            return True
        best, allowed = -1, True
        for allow, pattern in self.lines:
            if (len(pattern) > best or (len(pattern) == best and allow)) and matches(pattern, path):
                best, allowed = len(pattern), allow
        return allowed


def rules_of(body: bytes) -> Rules:
    """Read a file: the groups that name us, else those for everybody."""
    ours: list[tuple[str, str]] = []
    everyone: list[tuple[str, str]] = []
    named = begun = to_us = to_all = agents = False
    for field, value in _fields(body):
        if field == "user-agent":
            if not agents:
                to_us = to_all = False
            agents = begun = True
            to_us, to_all = to_us or _is_ours(value), to_all or value == "*"
            named = named or to_us
        elif field in _RULES:
            agents = False
            if to_us:
                ours.append((field, value))
            # before the first group, content signals speak to everybody
            if to_all or (not begun and field.startswith("content-")):
                everyone.append((field, value))
    return _rules(ours if named else everyone)


def _fields(body: bytes) -> list[tuple[str, str]]:
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    if len(body) > MAX_BYTES:
        text = text.rpartition("\n")[0]
    found = []
    for line in text.splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        if colon:
            found.append((field.strip().lower(), value.strip()))
    return found


def _is_ours(value: str) -> bool:
    found = _PRODUCT.match(value)
    return found is not None and found[0].lower() == TOKEN


def _rules(fields: list[tuple[str, str]]) -> Rules:
    delays = [delay for field, value in fields if field == "crawl-delay" and (delay := _seconds(value))]
    said = Signals()
    for field, value in fields:
        if field in {"content-signal", "content-usage"}:
            said &= signals_of(value)
    lines = tuple(
        (field == "allow", _normal(value))
        for field, value in fields
        if field in {"allow", "disallow"} and value
    )
    return Rules(lines=lines, delay=max(delays, default=0.0), signals=said)


def _seconds(value: str) -> float:
    try:
        seconds = float(value.split(maxsplit=1)[0])
    except (ValueError, IndexError):
        return 0.0
    return min(seconds, 86_400.0) if math.isfinite(seconds) and seconds > 0 else 0.0


def signals_of(said: str) -> Signals:
    """The meaning of `search=yes, ai-train=no`; what is not said is allowed."""
    refused = {name for name, value in _SIGNAL.findall(said[:2_000].lower()) if value in _NO}
    return Signals(read=not refused & _READING, train=not refused & (_TRAINING | _READING))


def _normal(path: str) -> str:
    """The path with each sign in the one spelling that RFC 9309 compares."""
    quoted = quote(path, safe="%/?:@!$&'()*+,;=~-._[]|")
    return _ESCAPE.sub(_unescaped, quoted) if "%" in quoted else quoted


def _unescaped(escape: re.Match[str]) -> str:
    sign = chr(int(escape[0][1:], 16))
    return sign if sign in _PLAIN else escape[0].upper()


def matches(pattern: str, path: str) -> bool:
    """Whether a path begins as a pattern says: `*` is anything, `$` at its end is the path's end."""
    anchored = pattern.endswith("$")
    first, *rest = (pattern[:-1] if anchored else pattern).split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not anchored or len(path) == len(first)
    at = len(first)
    for part in rest[:-1]:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    last = rest[-1]
    if anchored:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0
