"""Posts of one place come in, the feed its software would give goes out. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from klankbord.demo.posts import Post

_DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
_MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")


def feed_of(place: str, posts: Sequence[Post]) -> tuple[str, str]:
    """Content type and body of a place's feed, newest post first."""
    newest = sorted(posts, key=lambda post: (post.at, post.number), reverse=True)
    return _FORMATS[place](place, newest)


def site(place: str) -> str:
    """The address a place would have; nothing answers there but the demo's own server."""
    return f"http://{place}.example"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n") if part.strip())


def _rfc(at: datetime) -> str:
    return format_datetime(at)


def _dutch(at: datetime) -> str:
    """As a local newsroom's own software writes it: Dutch names and no zone."""
    return f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M}"


def _rss(place: str, items: Sequence[str], language: str, extra: str = "") -> tuple[str, str]:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"{extra}><channel>'
    about = f"<title>{place}</title><link>{site(place)}/</link><description/><language>{language}</language>"
    return "application/rss+xml; charset=utf-8", head + about + "".join(items) + "</channel></rss>"


def _forum(place: str, posts: Sequence[Post]) -> tuple[str, str]:
    items = [
        f"<item><title>Re: {escape(post.thread)}</title><link>{site(place)}{post.path}</link>"
        f"<guid isPermaLink='false'>{place}-{post.number}</guid><dc:creator>{escape(post.author)}</dc:creator>"
        f"<pubDate>{_rfc(post.at)}</pubDate><description>{escape(_quoted(post))}</description></item>"
        for post in posts
    ]
    return _rss(place, items, "nl", ' xmlns:dc="http://purl.org/dc/elements/1.1/"')


def _quoted(post: Post) -> str:
    quoted = f"<blockquote>{escape(post.parent)}</blockquote>" if post.parent else ""
    return quoted + _paragraphs(post.text)


def _newsroom(place: str, posts: Sequence[Post]) -> tuple[str, str]:
    # Not well-formed on purpose: the ampersand of the first description is raw, as real newsrooms send it.
    items = [
        f"<item><title>{escape(post.title)}</title><link>{site(place)}{post.path}</link>"
        f"<pubDate>{_dutch(post.at)}</pubDate><description>{_raw(post, first=not place_in_list)}</description></item>"
        for place_in_list, post in enumerate(posts)
    ]
    return _rss(place, items, "nl-NL")


def _raw(post: Post, *, first: bool) -> str:
    return escape(post.text) + (" Lees meer: Stad & Ommeland." if first else "")


def _blog(place: str, posts: Sequence[Post]) -> tuple[str, str]:
    entries = [
        f"<entry><id>tag:{place}.example,2026:{post.number}</id><title>{escape(post.title)}</title>"
        f"<link rel='alternate' href='{site(place)}{post.path}'/><author><name>{escape(post.author)}</name></author>"
        f"<published>{post.at.isoformat()}</published><updated>{post.at.isoformat()}</updated>"
        f"<content type='html'>{escape(_paragraphs(post.text))}</content></entry>"
        for post in posts
    ]
    return _atom(place, entries, posts[0].lang if posts else "nl")


def _english_forum(place: str, posts: Sequence[Post]) -> tuple[str, str]:
    entries = [
        f"<entry><id>{site(place)}{post.path}</id><title>{escape(post.thread)}</title>"
        f"<link href='{site(place)}{post.path}'/><author><name>{escape(post.author)}</name></author>"
        f"<updated>{post.at.astimezone(UTC).isoformat()}</updated>"
        f"<summary type='html'>{escape(_quoted(post))}</summary></entry>"
        for post in posts
    ]
    return _atom(place, entries, "en")


def _atom(place: str, entries: Sequence[str], language: str) -> tuple[str, str]:
    head = f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">'
    about = f"<title>{place}</title><id>{site(place)}/</id><updated>2026-01-01T00:00:00Z</updated>"
    return "application/atom+xml; charset=utf-8", head + about + "".join(entries) + "</feed>"


def _comments(place: str, posts: Sequence[Post]) -> tuple[str, str]:
    title = "Reactie op {0} door {1}" if place == "blogreacties" else "Comment on {0} by {1}"
    items = [
        f"<item><title>{escape(title.format(post.thread, post.author))}</title>"
        f"<link>{site(place)}{post.path}</link><guid isPermaLink='false'>{site(place)}/?p=1#post-{post.number}</guid>"
        f"<dc:creator>{escape(post.author)}</dc:creator><pubDate>{_rfc(post.at.astimezone(UTC))}</pubDate>"
        f"<content:encoded><![CDATA[{_paragraphs(post.text)}]]></content:encoded></item>"
        for post in posts
    ]
    spaces = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    spaces += ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return _rss(place, items, "nl-NL" if place == "blogreacties" else "en", spaces)


def _expat(place: str, posts: Sequence[Post]) -> tuple[str, str]:
    items = [
        f"<item><title>{escape(post.title)}</title><link>{site(place)}{post.path}</link>"
        f"<guid>{site(place)}{post.path}</guid><pubDate>{_rfc(post.at.astimezone(UTC))}</pubDate>"
        f"<content:encoded><![CDATA[{_paragraphs(post.text)}]]></content:encoded></item>"
        for post in posts
    ]
    return _rss(place, items, "en-GB", ' xmlns:content="http://purl.org/rss/1.0/modules/content/"')


def _alerts(place: str, posts: Sequence[Post]) -> tuple[str, str]:
    """News alerts: marked-up titles, and links that go through the alert service."""
    entries = [
        f"<entry><id>tag:{place}.example,2013:{post.number}</id>"
        f"<title type='html'>{escape(post.title.replace('Wadlicht', '<b>Wadlicht</b>'))}</title>"
        f"<link href='https://www.google.com/url?rct=j&amp;sa=t&amp;url="
        f"{quote(site(place) + post.path, safe='')}&amp;ct=ga'/>"
        f"<published>{post.at.astimezone(UTC).isoformat()}</published>"
        f"<updated>{post.at.astimezone(UTC).isoformat()}</updated>"
        f"<content type='html'>{escape(escape(post.text))}</content></entry>"
        for post in posts
    ]
    return _atom(place, entries, "")


_FORMATS = {
    "energieforum": _forum,
    "noorderpost": _newsroom,
    "groningerblog": _blog,
    "blogreacties": _comments,
    "plugtalk": _english_forum,
    "expatblog": _expat,
    "expatcomments": _comments,
    "nieuwsalert": _alerts,
}
PLACES = tuple(_FORMATS)
