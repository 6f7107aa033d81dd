"""The bytes of a page come in, its text as characters and whether a parser can be hurt by it go out. Pure.

Parsers of HTML take time that grows with the square of how deep tags stand in each other (100,000 `<div>`
took the quick one 53 seconds), and of how many attributes one tag has (40,000 took 17 seconds).
"""

import re

#: characters of a page that are looked at
MAX_PAGE = 2_000_000
_CHARSET = re.compile(r"(?i)charset\s*=\s*[\"']?([\w.:-]{2,40})")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
#: never nested, or closed by the parser itself
_FLAT = frozenset(
    (
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "source",
            "track",
            "wbr",
        ),
        *(
            "p",
            "li",
            "dt",
            "dd",
            "tr",
            "td",
            "th",
            "thead",
            "tbody",
            "option",
            "path",
            "use",
            "rect",
            "circle",
        ),
    )
)
_MOST_TAGS = 20_000
_DEEPEST = 150
#: characters of one tag
_LONGEST_TAG = 4_000
#: a piece of a tag that ends inside a quoted value: the `>` behind it does not end the tag
_OPEN_VALUE = re.compile(r"=\s*(?:(\")[^\"]*|(')[^']*)\Z")


def decoded(body: bytes, content_type: str) -> str:
    """The characters of a page: as the server says, else as the page says, else as they can be read."""
    named = _CHARSET.search(content_type) or _CHARSET.search(body[:2_000].decode("latin-1"))
    for name in (named[1] if named else "utf-8", "utf-8"):
        # browsers read ISO-8859-1 as Windows-1252 (WHATWG), and so do those who wrote it
        known = "cp1252" if name.lower() in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"} else name
        try:
            return body[:MAX_PAGE].decode(known)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return body[:MAX_PAGE].decode("utf-8" if b"\xc3" in body else "cp1252", "replace")


def is_tame(page: str, most: int = _MOST_TAGS) -> bool:
    """Whether a parser can take the page without a guard: not many tags, not long, not deep in each other."""
    depth = deepest = tags = 0
    for found in _TAG.finditer(page):
        tags += 1
        if tags > most:
            return False
        if found[2].lower() in _FLAT:
            continue
        depth = max(0, depth - 1) if found[1] else depth + 1
        deepest = max(deepest, depth)
        if deepest > _DEEPEST:
            return False
    return not _has_long_tag(page)


def _has_long_tag(page: str) -> bool:
    length, quote = 0, ""
    for piece in page.split(">"):
        begun = None if length else _TAG.search(piece)
        if not length and not begun:
            continue
        part = piece[begun.start() :] if begun else piece
        length += len(part) + 1
        if length > _LONGEST_TAG:
            return True
        if quote and quote not in part:
            continue
        opened = _OPEN_VALUE.search(part.partition(quote)[2] if quote else part)
        quote = (opened[1] or opened[2]) if opened else ""
        length = length if quote else 0
    return False
