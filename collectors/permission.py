"""An address comes in, whether its host lets us read it goes out; robots.txt is asked once a day and host."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from collectors.answers import Answer, refusal
from collectors.line import Line
from collectors.links import redacted
from collectors.polite import Fetcher, StoppedError
from collectors.robots import Rules, Signals, matches, rules_of, signals_of
from klankbord.errors import ForbiddenError, PermanentError, RateLimitedError, TransientError
from klankbord.mention import Mention

_KEPT = timedelta(hours=24)
_MOST_HOSTS = 2_000
#: redirects that are followed (RFC 9309)
_REDIRECTS = 5
#: where a page says so itself: its head; what comes later is text of others
_HEAD = 200_000
_META = re.compile(rb"(?i)<meta\s[^<>]{0,500}>")
_ATTRIBUTE = re.compile(rb"(?i)\b(name|content)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
#: a robot's name before what is said to it: `otherbot: noai`
_TO = re.compile(r"^\s*([\w-]+)\s*:\s*(.*)$")
#: us, and what only looks like a name: rules that have a value
_TO_US = {"klankbord", "max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What one host lets us do."""

    rules: Rules = field(default_factory=Rules)
    #: patterns of paths whose rights are reserved (/.well-known/tdmrep.json)
    reserved: tuple[str, ...] = ()

    def why_not(self, url: str) -> str:
        """Why an address may not be read; empty where it may."""
        path = urlsplit(url).path or "/"
        if not self.rules.signals.read:
            return "robots.txt reserves the texts of this site (Content-Signal)"
        if not self.rules.allows(url):
            return f"robots.txt does not allow {redacted(path)[:100]}"
        if any(matches(pattern, path) for pattern in self.reserved):
            return "the site reserves its texts (tdmrep.json)"
        return ""

    def asked(self, url: str) -> "Leave":
        """Itself.

        Raises:
            ForbiddenError: the address may not be read.
        """
        if why := self.why_not(url):
            raise ForbiddenError(why)
        return self


_lock = Lock()
#: one shelf a fetcher, so one a process: it goes when the fetcher goes
_known: WeakKeyDictionary[Fetcher, dict[str, tuple[datetime, Leave]]] = WeakKeyDictionary()


def leave_for(line: Line, url: str, *, pages: bool = True) -> Leave:
    """What the host of an address allows.

    Args:
        line: what is asked through; the requests count as the run's.
        url: any address of the host.
        pages: pages are read, so that /.well-known/tdmrep.json counts as well.

    Raises:
        CollectError: its robots.txt cannot be had now, so nothing of it may be read now.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    place = f"{line.source.base_url or ''} {origin} {pages}"
    with _lock:
        shelf = _known.setdefault(line.workshop.fetcher, {})
        kept = shelf.get(place)
    if kept and timedelta(0) <= line.now - kept[0] < _KEPT:
        return kept[1]
    found = Leave(rules=_robots(line, origin))
    if pages:
        found = replace(found, reserved=_tdmrep(line, origin))
    with _lock:
        if len(shelf) >= _MOST_HOSTS:
            shelf.clear()
        shelf[place] = (line.now, found)
    return found


def _robots(line: Line, origin: str) -> Rules:
    left = line.left
    try:
        answer = line.ask(f"{origin}/robots.txt")
    except (StoppedError, RateLimitedError, ForbiddenError):
        raise
    except PermanentError as error:
        if left <= _REDIRECTS:
            raise TransientError("robots.txt has moved: too few requests are left to follow it") from error
        # more redirects than RFC 9309 asks to follow, or endless: as if there were none
        return Rules()
    except TransientError as error:
        raise TransientError(
            f"robots.txt could not be read, so nothing is read now: {error.problem}"
        ) from error
    if answer.status == 200:
        return rules_of(answer.body)
    refused = refusal(answer, line.now)
    if isinstance(refused, (RateLimitedError, TransientError)):
        raise type(refused)(f"robots.txt: {refused.problem}", until=refused.until)
    return Rules()


def _tdmrep(line: Line, origin: str) -> tuple[str, ...]:
    """Paths that /.well-known/tdmrep.json reserves; a file that cannot be read reserves nothing."""
    answer = line.ask(f"{origin}/.well-known/tdmrep.json")
    if isinstance(error := refusal(answer, line.now), RateLimitedError):
        raise error
    try:
        said = json.loads(answer.body) if answer.status == 200 else []
    except (ValueError, RecursionError):
        return ()
    entries = [entry for entry in said if isinstance(entry, dict)] if isinstance(said, list) else []
    return tuple(
        str(entry.get("location", "/"))[:500]
        for entry in entries[:1_000]
        if str(entry.get("tdm-reservation")) == "1"
    )


def reservation(answer: Answer) -> str:
    """Why a page may not be used although it was sent; empty where it may."""
    if answer.header("tdm-reservation").strip() == "1" or "1" in _metas(answer.body, b"tdm-reservation"):
        return "the page reserves its text (tdm-reservation)"
    said = [_said_to_us(answer.header("x-robots-tag")), *_metas(answer.body, b"robots")]
    if any(re.search(r"(?i)\bnoai\b", words) for words in said):
        return "the page reserves its text (noai)"
    return "" if _header_signals(answer).read else "the page reserves its text (Content-Signal)"


def _header_signals(answer: Answer) -> Signals:
    return signals_of(answer.header("content-signal")) & signals_of(answer.header("content-usage"))


def _said_to_us(header: str) -> str:
    """An X-Robots-Tag without what it says to robots that it names."""
    words = []
    for word in header.split(","):
        named = _TO.match(word)
        if named and named[1].lower() not in _TO_US:
            # what follows is for that robot, up to the next name
            words.append("")
            break
        words.append(named[2] if named else word)
    return ",".join(words)


def _metas(body: bytes, name: bytes) -> list[str]:
    found = []
    for tag in _META.findall(body[:_HEAD]):
        fields = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(tag)}
        if fields.get(b"name", b"").lower() == name:
            found.append(fields.get(b"content", b"").decode("utf-8", "replace").strip())
    return found


def held_back(leave: Leave, answer: Answer | None = None) -> Callable[[Mention], Mention]:
    """What makes a mention carry that its publisher allows no training on it."""
    signals = leave.rules.signals & (_header_signals(answer) if answer else Signals())

    def held(mention: Mention) -> Mention:
        return mention if signals.train else replace(mention, terms=replace(mention.terms, train=False))

    return held
