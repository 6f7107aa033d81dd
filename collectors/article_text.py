"""The bytes of a page come in, the text of its article goes out, in bounded time. Pure but for the child."""

import json
import re
import sys
from dataclasses import dataclass
from threading import Event

from collectors.child import in_child
from collectors.tame import decoded, is_tame

_SECONDS = 20.0
_CHILD = "from collectors.article_text import serve; serve()"
#: a page of more characters is read in a child
_TAME_LENGTH = 400_000
#: trafilatura takes 1.3 s at worst for so many
_TAME_TAGS = 8_000
#: pages that say that they are not for everybody (schema.org)
_PAYWALL = re.compile(rb"(?i)\"isAccessibleForFree\"\s*:\s*\"?false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a page says."""

    text: str
    #: as the page names them
    authors: tuple[str, ...] = ()


def article_of(html: bytes, url: str, content_type: str, stop: Event) -> Article | None:
    """The text and the authors of a page's article; None where none is found.

    Raises:
        TransientError: the page could not be read in time.
    """
    page = decoded(html, content_type)
    if len(page) <= _TAME_LENGTH and is_tame(page, _TAME_TAGS):
        return _read(page, url)
    job = json.dumps({"page": page, "url": url}).encode("ascii")
    said = json.loads(in_child(_CHILD, job, stop, _SECONDS))
    return Article(text=said["text"], authors=tuple(said["authors"])) if said else None


def is_paid(html: bytes) -> bool:
    """Whether a page says that it is for who pays: it is left alone (law.md B3). Pure."""
    return _PAYWALL.search(html) is not None


def _read(page: str, url: str) -> Article | None:
    import trafilatura  # half a second: only who reads articles loads it

    found = trafilatura.bare_extraction(page, url=url, include_comments=False, include_tables=False)
    text = (getattr(found, "text", None) or "").strip()
    if not text:
        return None
    names = re.split(r"\s*[;,]\s*", getattr(found, "author", None) or "")
    return Article(text=text, authors=tuple(name for name in names if name))


def serve() -> None:
    """What the child runs."""
    job = json.loads(sys.stdin.buffer.read())
    found = _read(job["page"], job["url"])
    sys.stdout.write(json.dumps({"text": found.text, "authors": found.authors} if found else None))
