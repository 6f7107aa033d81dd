"""A plain RSS 2.0 or Atom 1.0 body comes in, its entries go out; None where feedparser must look. Pure.

It exists because feedparser took half of the time of every entry, and most feeds are plain. It may only say
what feedparser would: what is not on its lists is refused, and tests compare every field of the two.
"""

import html
import re
from collections.abc import Collection
from xml.etree.ElementTree import Element, ParseError, fromstring

from collectors.parse import MAX_ENTRIES, MAX_FIELD, MAX_NAME, SHORT, RawEntry, RawFeed

#: bytes, and signs that begin a tag or an entity, that are read here: at most some 60 MB in memory
_MOST_BYTES, _MOST_SIGNS = 5_000_000, 200_000
# feedparser goes by the prefix where it does not know the namespace: only customary pairs are read here.
_NAMESPACES = {
    **dict.fromkeys(("atom", "atom10", "a10"), "http://www.w3.org/2005/Atom"),
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "idx": "urn:atom-extension:indexing",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "webfeeds": "http://webfeeds.org/rss/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "wp": "com-wordpress:feed-additions:1",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_WITHOUT_PREFIX = (_NAMESPACES["atom"], _NAMESPACES["wp"])


def _names(words: str, default: str = "") -> frozenset[str]:
    """`dc:creator` becomes `{http://…}creator`, as the XML parser writes it."""
    pairs = (word.rpartition(":") for word in words.split())
    return frozenset(
        f"{{{_NAMESPACES[prefix or default]}}}{w}" if prefix or default else w for prefix, _, w in pairs
    )


_A, _LANG = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}lang"
(_ENCODED,), (_REPLY,) = _names("content:encoded"), _names("thr:in-reply-to")
# What is read and may stand once, what is read and may stand often, what is not read ("beside").
_BESIDE = _names(
    "sy:updatePeriod sy:updateFrequency slash:comments wfw:comment wfw:commentRss wp:site wp:post-id"
    " media:thumbnail webfeeds:icon feedburner:origLink feedburner:info"
)
_CHANNEL, _IMAGE = _names("title language image"), _names("title link description url width height")
_CHANNEL_BESIDE = _BESIDE | _names(
    "link description generator cloud docs ttl copyright category pubDate lastBuildDate"
    " managingEditor webMaster atom:link"
)
_ITEM, _CREATORS = _names("title link description guid pubDate content:encoded"), _names("author dc:creator")
_ITEM_BESIDE = _BESIDE | _names("category comments enclosure")
_FEED, _FEED_BESIDE = (
    _names("title author", "atom"),
    _BESIDE | _names("id updated link subtitle generator rights logo icon category", "atom"),
)
_ENTRY = _names("title id published updated content summary thr:in-reply-to", "atom")
_ENTRY_BESIDE, _SEVERAL = _BESIDE | _names("category rights", "atom"), _names("author link", "atom")
_AUTHOR = _names("name uri email", "atom")
_LINK_SAYS = _names("rel type href title hreflang length")
_TEXT, _HTML, _PAGE = {"text", "text/plain"}, {"html", "text/html"}, {"text/html", "application/xhtml+xml"}

_DECLARED = re.compile(r"xmlns(?::([\w-]+))?=[\"']([^\"']*)[\"']")
_ENCODING = re.compile(r"(?i)(?:encoding|charset)\s*=\s*[\"']?([\w.:-]*)")
_BASE = re.compile(rb"(?i)\bbase\s*=")
# feedparser mends what looks like UTF-8 or Windows-1252 that was taken for Latin-1.
_MENDED = re.compile("[\x80-\x9f]|[\xc2-\xf4][\xa0-\xbf]")


class _DoubtError(Exception):
    """Something that feedparser may read in a way of its own."""


def plain_feed(body: bytes, content_type: str) -> RawFeed | None:
    """Read a body that is plain in every respect; None where there is any doubt."""
    if len(body) > _MOST_BYTES or body.count(b"<") + body.count(b"&") > _MOST_SIGNS:
        return None
    try:
        _check(body, content_type)
        root = fromstring(body)  # noqa: S314 - no document type, so no entities; bytes and signs are limited
        return {"rss": _rss, _A + "feed": _atom}[root.tag](root)
    except (_DoubtError, ParseError, LookupError, ValueError):
        return None


def _check(body: bytes, content_type: str) -> None:
    """Doubt an encoding but UTF-8, a document type, a base of addresses, own prefixes of namespaces."""
    head = body[:200].partition(b"?>")[0].decode("ascii") if body.startswith(b"<?xml") else ""
    said = _ENCODING.findall(head) + _ENCODING.findall(content_type)
    silent = len(said) < head.count("encoding") + content_type.lower().count("charset")
    # without a word, a text/... type stands for ASCII
    unsaid = not said and not body.isascii() and not content_type.startswith("application/")
    if silent or unsaid or not all(name.lower() == "utf-8" for name in said):
        raise _DoubtError
    declared = _DECLARED.findall(body.decode("utf-8"))
    if (
        b"<!DOCTYPE" in body
        or b"<!ENTITY" in body
        or _BASE.search(body)
        or len(declared) < body.count(b"xmlns")
    ):
        raise _DoubtError
    if not all(
        uri == _NAMESPACES.get(name) if name else uri in _WITHOUT_PREFIX for name, uri in set(declared)
    ):
        raise _DoubtError


def _children(
    parent: Element, once: Collection[str], several: Collection[str] = (), beside: Collection[str] = ()
) -> tuple[dict[str, Element], list[Element]]:
    found: dict[str, Element] = {}
    often: list[Element] = []
    for child in parent:
        if child.tag in once and child.tag not in found:
            found[child.tag] = child
        elif child.tag in several:
            often.append(child)
        elif child.tag not in beside or len(child):
            raise _DoubtError
    return found, often


def _text(element: Element | None, says: Collection[str] = ()) -> str:
    if element is None:
        return ""
    text = (element.text or "").strip()
    unplain = len(element) or any(name not in says for name in element.attrib)
    if unplain or (not text.isascii() and _MENDED.search(text)):
        raise _DoubtError
    return text


def _address(text: str) -> str:
    if ":///" in text:  # feedparser takes the third slash out
        raise _DoubtError
    return text[:SHORT]


def _page(link: str) -> str:
    if not link.startswith(("http://", "https://")) or ("&" in link and ";" in link):
        raise _DoubtError
    return _address(link)


def _rss(root: Element) -> RawFeed:
    once, items = _children(root[0], _CHANNEL, ("item",), _CHANNEL_BESIDE)
    if (
        root.attrib != {"version": "2.0"}
        or len(root) > 1
        or root[0].tag != "channel"
        or root[0].attrib
        or not items
    ):
        raise _DoubtError
    if "image" in once:
        _children(once["image"], (), (), _IMAGE)
    entries, left_out = tuple(map(_item, items[:MAX_ENTRIES])), max(0, len(items) - MAX_ENTRIES)
    title, lang = (_text(once.get(name))[:SHORT] for name in ("title", "language"))
    return RawFeed(version="rss20", title=title, lang=lang, entries=entries, left_out=left_out)


def _item(item: Element) -> RawEntry:
    once, creators = _children(item, _ITEM, _CREATORS, _ITEM_BESIDE)
    authors = [_text(creator)[:MAX_NAME] for creator in creators]
    # of a name with an address feedparser makes two things
    if item.attrib or not all(authors) or any("@" in author for author in authors):
        raise _DoubtError
    return RawEntry(
        id=_address(_text(once.get("guid"), ("isPermaLink",))),
        link=_page(_text(once.get("link"))),
        title=_text(once.get("title"))[:MAX_FIELD],
        text=max((_text(once.get(name))[:MAX_FIELD] for name in (_ENCODED, "description")), key=len),
        authors=tuple(dict.fromkeys(authors)),
        published=_text(once.get("pubDate"))[:SHORT],
    )


def _atom(root: Element) -> RawFeed:
    lang = root.attrib.pop(_LANG, "").replace("_", "-").strip()[:SHORT]
    once, found = _children(root, _FEED, (_A + "entry",), _FEED_BESIDE)
    if _A + "author" in once:
        _children(once[_A + "author"], _AUTHOR)
    if root.attrib or not found:
        raise _DoubtError
    entries, left_out = (
        tuple(_entry(one, lang) for one in found[:MAX_ENTRIES]),
        max(0, len(found) - MAX_ENTRIES),
    )
    title = _markup(once.get(_A + "title"))[:SHORT]
    return RawFeed(version="atom10", title=title, lang=lang, entries=entries, left_out=left_out)


def _entry(entry: Element, lang: str) -> RawEntry:
    once, several = _children(entry, _ENTRY, _SEVERAL, _ENTRY_BESIDE)
    texts = [once.get(_A + name) for name in ("title", "content", "summary")]
    title, content, summary = map(_markup, texts)
    names = [_name(one)[:MAX_NAME] for one in several if one.tag == _A + "author"]
    if entry.attrib:
        raise _DoubtError
    return RawEntry(
        id=_address(_text(once.get(_A + "id"))),
        link=_alternate([one.attrib for one in several if one.tag == _A + "link"]),
        title=title,
        text=max(content, summary, key=len),
        authors=tuple(dict.fromkeys(name for name in names if name)),
        published=_text(once.get(_A + "published"))[:SHORT],
        updated=_text(once.get(_A + "updated"))[:SHORT],
        # it comes with a text: an entry without one has none
        lang="" if texts == [None] * 3 else lang,
        parent=once[_REPLY].attrib["ref"].strip()[:SHORT] if _REPLY in once else "",
    )


def _markup(element: Element | None) -> str:
    kind = "text" if element is None else element.attrib.get("type", "text")
    if kind not in _TEXT | _HTML:
        raise _DoubtError
    text = _text(element, ("type",))[:MAX_FIELD]
    return text if kind in _HTML else html.escape(text, quote=False)


def _name(author: Element) -> str:
    once, _ = _children(author, _AUTHOR)
    name = _text(once.get(_A + "name"))
    # without a name feedparser takes the address; alerts feeds give an empty name and nothing else
    if author.attrib or not (name or once.keys() == {_A + "name"}):
        raise _DoubtError
    return name


def _alternate(links: list[dict[str, str]]) -> str:
    pages = [link for link in links if link.get("rel", "alternate").lower() == "alternate"]
    known = all(link.get("href") and link.keys() <= _LINK_SAYS for link in links)
    if not known or len(pages) != 1 or pages[0].get("type", "text/html").lower() not in _PAGE:
        raise _DoubtError
    return _page(pages[0]["href"].strip())
