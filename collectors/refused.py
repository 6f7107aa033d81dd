"""A body that is no feed comes in, the error that tells what it is instead goes out. Pure."""

import re
from urllib.parse import urljoin

from collectors.answers import Answer, looks_like_login
from collectors.links import redacted
from collectors.parse import RawFeed
from klankbord.errors import AuthError, CollectError, PermanentError, TransientError

_HEAD = 4_096
_WHOLE = 200_000
_FEED = re.compile(rb"(?i)<(?:\w+:)?(?:rss|feed|rdf|channel|cdf)[\s>]")
_HTML = re.compile(rb"(?i)<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]")
_PASSWORD = re.compile(rb"(?i)type\s*=\s*[\"']?password")
_PASSING = re.compile(
    rb"(?i)just a moment|captcha|cf-challenge|checking your browser|attention required|maintenance|onderhoud"
    rb"|temporarily unavailable|tijdelijk niet beschikbaar|service unavailable|database error"
)
_NAMED_FEED = re.compile(rb"(?i)<link\b[^>]*application/(?:rss|atom)\+xml[^>]*>")
_HREF = re.compile(rb"(?i)href\s*=\s*[\"']?([^\"'\s>]{1,500})")


def is_page(body: bytes) -> bool:
    """Whether a body is a web page instead of a feed."""
    head = body[:_HEAD].replace(b"\x00", b"")
    return _HTML.search(head) is not None and _FEED.search(head) is None


def page_instead(answer: Answer, *, worked_before: bool) -> CollectError:
    """Why a web page came where a feed was asked for."""
    page = answer.body[:_WHOLE]
    if looks_like_login(answer.url) or _PASSWORD.search(page):
        return AuthError(f"a login page came instead of a feed ({redacted(answer.url)})")
    if _PASSING.search(page):
        return TransientError("a page that asks to wait or to prove one is human came instead of a feed")
    if worked_before:
        return TransientError("a web page came instead of the feed that was here before")
    return PermanentError(f"a web page came instead of a feed{_suggestion(page, answer.url)}")


def _suggestion(page: bytes, url: str) -> str:
    link = _NAMED_FEED.search(page)
    href = _HREF.search(link[0]) if link else None
    if not href:
        return ""
    return f"; it names this feed: {redacted(urljoin(url, href[1].decode('utf-8', 'replace')))}"


def no_feed(feed: RawFeed, body: bytes) -> CollectError | None:
    """The error for a body in which no feed was found; an empty but whole feed is none."""
    if feed.entries or (feed.version and not feed.problem):
        return None
    if not body.strip():
        return TransientError("not a feed: the answer is empty")
    if feed.problem:
        return TransientError(f"not a feed: {feed.problem}")
    begin = " ".join(body[:60].decode("utf-8", "replace").split())
    return TransientError(f"not a feed: it begins with {begin!r}")
