"""An OPML file comes in, the feeds it lists go out; and feeds come in, an OPML 2.0 file goes out. Pure.

Of 120 lists published by others 80 are no well-formed XML: most for an `&` that should be `&amp;`, 22 for
quotation marks or tags inside an attribute. The first is mended; of the others each outline is read alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import unescape
from urllib.parse import urlsplit
from xml.parsers import expat
from xml.sax.saxutils import escape

from collectors.links import MAX_URL, redacted
from klankbord.errors import ImportFileError

#: bytes, feeds and nested outlines that are read
_MOST_BYTES, _MOST_FEEDS, _DEEPEST = 20_000_000, 50_000, 100
_MOST_NAME = 200
_BARE_AND = re.compile(rb"&(?!(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)")
_ANY_NAMED = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)([A-Za-z][A-Za-z0-9]{1,31});"
)
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# A value ends where another name or the end of its tag follows: marks inside it are its own.
_PAIR = re.compile(r"(?is)\b(text|title|xmlurl)\s*=\s*\"([^\n]{0,1000}?)\"(?=\s+[\w:]{1,40}\s*=\s*\"|\s*/?>)")
_PIECE = 5_000
_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One feed of a list."""

    url: str
    #: as the list has it; empty where it gives none
    title: str = ""
    #: the outlines it stands under, outermost first
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """What a list holds."""

    feeds: tuple[Listed, ...]
    #: feeds that stood in it before
    doubles: int = 0
    #: outlines with an address that no feed can be read from, or of another type
    others: int = 0
    #: what was odd about a list that could be read all the same
    remarks: tuple[str, ...] = ()


def read_opml(body: bytes) -> FeedList:
    """Read a list of feeds.

    Raises:
        ImportFileError: it is no OPML, or holds what must not be read.
    """
    if len(body) > _MOST_BYTES:
        raise ImportFileError(f"a list of {len(body):,} bytes is too large; {_MOST_BYTES:,} can be read")
    try:
        return _Reading().read(body)
    except expat.ExpatError as error:
        found = _recovered(body)
        if not found.feeds:
            raise ImportFileError(_trouble(body, error)) from error
        said = f"not well-formed, {len(found.feeds)} feeds recovered ({error})"
        return FeedList(feeds=found.feeds, doubles=found.doubles, others=found.others, remarks=(said,))


def _recovered(body: bytes) -> FeedList:
    """What can be read of a list that is no XML."""
    try:
        return _Reading().read(_mended(body))
    except expat.ExpatError:
        reading = _Reading()
        for piece in re.split(r"(?i)<outline(?=\s)", body.decode("utf-8", "replace"))[1:]:
            said = {name.lower(): unescape(value) for name, value in _PAIR.findall(piece[:_PIECE])}
            if "xmlurl" in said:
                reading.feed(said["xmlurl"].strip(), _tidy(said.get("title") or said.get("text") or ""))
        return reading.found()


def _mended(body: bytes) -> bytes:
    """The list with every `&` that begins no entity of XML made harmless."""
    return _ANY_NAMED.sub(rb"&amp;\1;", _BARE_AND.sub(b"&amp;", _NOT_XML.sub(b" ", body)))


def _trouble(body: bytes, error: expat.ExpatError) -> str:
    if b"<opml" in body[:10_000].lower():
        return f"no readable OPML: {error}"
    begin = " ".join(body[:60].decode("utf-8", "replace").split())
    return f"no OPML: it begins with {begin!r}"


@dataclass(slots=True)
class _Reading:
    """One pass over a list; nothing but its feeds and the outlines above the present one is held."""

    _feeds: dict[str, Listed] = field(default_factory=dict)
    _above: list[str] = field(default_factory=list)
    _depth: int = 0
    _doubles: int = 0
    _others: int = 0

    def read(self, body: bytes) -> FeedList:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        # No entity is ever declared here, so none can grow or point at a file.
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.Parse(body, True)
        return self.found()

    def found(self) -> FeedList:
        return FeedList(feeds=tuple(self._feeds.values()), doubles=self._doubles, others=self._others)

    def _start(self, name: str, given: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and name.lower() != "opml":
            raise ImportFileError(f"no OPML: its outermost element is <{name[:40]}>")
        if self._depth > _DEEPEST:
            raise ImportFileError(f"outlines are nested more than {_DEEPEST} deep")
        if name.lower() != "outline":
            return
        said = {key.lower(): value for key, value in given.items()}
        title = _tidy(said.get("title") or said.get("text") or "")
        if "xmlurl" in said:
            self.feed(said["xmlurl"].strip(), title)
        elif said.get("url") or said.get("type", "").lower() in {"link", "include"}:
            self._others += 1
        self._above.append(title)

    def feed(self, url: str, title: str) -> None:
        url = re.sub(r"(?i)^feed:(?://(?!/))?(https?://)?", lambda m: m[1] or "http://", url)
        if not _readable(url):
            self._others += 1
            return
        key = re.sub(r"(?i)^https?://(?:www\.)?", "", url).rstrip("/")
        if key in self._feeds:
            self._doubles += 1
            return
        if len(self._feeds) >= _MOST_FEEDS:
            raise ImportFileError(f"more than {_MOST_FEEDS:,} feeds in one list")
        under = tuple(name for name in self._above if name)
        self._feeds[key] = Listed(url=url, title=title, under=under)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name.lower() == "outline":
            self._above.pop()


def _refuse(*_: object) -> None:
    raise ImportFileError("a list with a document type or entities of its own is not read")


def _readable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and "@" not in parts.netloc
            and len(url) <= MAX_URL
            and not re.search(r"\s", url)
        )
    except ValueError:
        return False


def _tidy(text: str) -> str:
    return " ".join(_UNPRINTED.sub(" ", text).split())[:_MOST_NAME]


def opml_of(feeds: Iterable[Listed], title: str, now: datetime) -> tuple[str, tuple[str, ...]]:
    """An OPML 2.0 file of these feeds, and the titles of those left out: their addresses hold a secret."""
    lines, left_out = [], []
    for feed in feeds:
        if "{secret}" in feed.url or redacted(feed.url) != feed.url:
            left_out.append(feed.title or (urlsplit(feed.url).hostname or ""))
            continue
        name = _quoted(feed.title or feed.url)
        lines.append(f'    <outline type="rss" text={name} title={name} xmlUrl={_quoted(feed.url)}/>\n')
    head = (
        f"    <title>{escape(_tidy(title))}</title>\n    <dateCreated>{format_datetime(now)}</dateCreated>\n"
    )
    body = "".join(lines)
    whole = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n'
        f"  <head>\n{head}  </head>\n  <body>\n{body}  </body>\n</opml>\n"
    )
    return whole, tuple(left_out)


def _quoted(text: str) -> str:
    return '"' + escape(_UNPRINTED.sub(" ", text), {'"': "&quot;"}) + '"'
