"""The bytes of a feed come in, its entries as the feed gives them go out. Pure.

The only module that imports feedparser. It is given bytes, never an address: with an address it opens
connections and files. Its sanitising and resolving of links are off: text is cleaned once, by us.
"""

import html
import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import feedparser

from klankbord.errors import CollectError, TransientError

MAX_ENTRIES = 10_000
#: characters of one field that are taken over from the parser
MAX_FIELD = 400_000
SHORT = 4_000
MAX_NAME = 200
#: what feedparser remarks about a body that was well-formed all the same
_HARMLESS = ("CharacterEncodingOverride", "NonXMLContentType")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One entry; `title` and `text` are markup."""

    id: str = ""
    #: resolved against xml:base, so still relative where that is
    link: str = ""
    title: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    lang: str = ""
    #: id of the entry it answers (RFC 4685)
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """One body."""

    #: empty: no feed format was recognised
    version: str = ""
    title: str = ""
    lang: str = ""
    #: why the body is not well-formed; empty where it is
    problem: str = ""
    entries: tuple[RawEntry, ...] = ()
    #: entries beyond the limit
    left_out: int = 0


def parsed(body: bytes, content_type: str) -> RawFeed:
    """Read a body, mending what is not well-formed.

    Raises:
        TransientError: the parser broke down on it.
    """
    try:
        found = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": content_type} if content_type else {},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        return _feed(found)
    except Exception as error:
        raise TransientError(
            f"the feed could not be parsed ({type(error).__name__}: {str(error)[:200]})"
        ) from error


def _feed(found: Any) -> RawFeed:  # noqa: ANN401 - feedparser has no types
    version = found.get("version") or ""
    feed, entries = found.get("feed") or {}, found.get("entries") or []
    atom = version.startswith("atom")
    return RawFeed(
        version=version,
        title=_markup(feed.get("title_detail"), atom=atom)[:SHORT],
        lang=_text(feed.get("language")),
        problem=_problem(found),
        entries=tuple(_entry(entry, atom=atom) for entry in entries[:MAX_ENTRIES]),
        left_out=max(0, len(entries) - MAX_ENTRIES),
    )


def _problem(found: Any) -> str:  # noqa: ANN401
    error = found.get("bozo_exception")
    if not found.get("bozo") or type(error).__name__ in _HARMLESS:
        return ""
    return f"{type(error).__name__}: {error}"[:300]


def _entry(entry: Any, *, atom: bool) -> RawEntry:  # noqa: ANN401
    # dict.get: the parser's own `get` falls back from one date to another
    return RawEntry(
        id=_text(dict.get(entry, "id")),
        link=_link(entry),
        title=_markup(entry.get("title_detail"), atom=atom),
        text=_longest(entry, atom=atom),
        authors=tuple(dict.fromkeys(_authors(entry))),
        published=_text(dict.get(entry, "published") or dict.get(entry, "created")),
        updated=_text(dict.get(entry, "updated")),
        lang=_lang(entry),
        parent=_text((entry.get("thr_in-reply-to") or entry.get("in-reply-to") or {}).get("ref")),
    )


def _text(value: object) -> str:
    return value.strip()[:SHORT] if isinstance(value, str) else ""


def _link(entry: Any) -> str:  # noqa: ANN401
    link = _text(dict.get(entry, "link"))
    if link:
        return link
    others = (_text(other.get("href")) for other in entry.get("links") or () if other.get("rel") != "self")
    return next((other for other in others if other), "")


def _markup(detail: Any, *, atom: bool) -> str:  # noqa: ANN401
    """The value as markup: only Atom says reliably that a text is no markup."""
    if not detail or not isinstance(value := detail.get("value"), str):
        return ""
    kind = detail.get("type") or ""
    if kind.startswith(("image/", "audio/", "video/")):
        return ""
    return html.escape(value[:MAX_FIELD], quote=False) if atom and kind == "text/plain" else value[:MAX_FIELD]


def _longest(entry: Any, *, atom: bool) -> str:  # noqa: ANN401
    details = [*(entry.get("content") or ()), dict.get(entry, "summary_detail")]
    return max((_markup(detail, atom=atom) for detail in details), key=len, default="")


def _authors(entry: Any) -> Iterator[str]:  # noqa: ANN401
    for author in entry.get("authors") or ():
        if name := _text(author.get("name") or author.get("email")):
            yield name[:MAX_NAME]
    if not entry.get("authors") and (name := _text(entry.get("author"))):
        yield name[:MAX_NAME]


def _lang(entry: Any) -> str:  # noqa: ANN401
    if lang := _text(dict.get(entry, "language")):
        return lang
    details = (
        dict.get(entry, "title_detail"),
        dict.get(entry, "summary_detail"),
        *(entry.get("content") or ())[:1],
    )
    return next((lang for detail in details if detail and (lang := _text(detail.get("language")))), "")


def to_json(feed: RawFeed) -> bytes:
    """The record as bytes for the parent process."""
    return json.dumps(asdict(feed)).encode("ascii")


def from_json(text: bytes) -> RawFeed:
    """The record from the child process."""
    fields = json.loads(text)
    entries = (RawEntry(**entry | {"authors": tuple(entry["authors"])}) for entry in fields.pop("entries"))
    return RawFeed(**fields, entries=tuple(entries))


def serve() -> None:
    """What the child process runs: a body on stdin, its content type as argument, a record on stdout."""
    try:
        out = to_json(parsed(sys.stdin.buffer.read(), sys.argv[1]))
    except CollectError as error:
        out = json.dumps({"problem": error.problem}).encode("ascii")
    with os.fdopen(os.dup(1), "wb") as stdout:
        stdout.write(out)
