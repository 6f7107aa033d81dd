"""Markup from outside comes in, plain text of bounded length goes out. Pure."""

import re
import unicodedata
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from collectors.links import author_free, canonical

__all__ = ["MAX_TEXT", "MAX_TITLE", "author_free", "canonical", "cut", "plain"]

MAX_TEXT = 20_000
MAX_TITLE = 300
#: characters of markup that are looked at; a body of 20,000 characters seldom has more
MAX_MARKUP = 400_000

_DROPPED = (
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "textarea",
    "xmp",
    "noembed",
    "noframes",
)
_DROPPED_TAG = re.compile(rf"(?i)<({'|'.join((*_DROPPED, 'title', 'plaintext'))})\b")
#: stands for a block's border while the rest of the white space is collapsed
_BORDER = "\u2029"
_BLOCKS = (
    r"(?:p|div|br|li|ul|ol|dl|dt|dd|h[1-6]|tr|table|blockquote|pre|hr|section|article|header|footer"
    r"|figure|figcaption|main|aside|nav|form|fieldset|address|details|summary)"
)
_BLOCK = re.compile(rf"(?i)</?{_BLOCKS}(?=[\s/>])")
# Tags of which a whole parser would make nothing else: markup of these alone needs no parser.
_REST = r"(?:\s(?:[^<>\"'&]|\"[^\"<>]*\"|'[^'<>]*')*)?/?>"
_TAME_BLOCK = re.compile(rf"(?i)</?(?:p|div|br|li|ul|ol|h[1-6]|blockquote){_REST}")
_TAME_INLINE = re.compile(rf"(?i)</?(?:a|b|i|u|em|strong|span|img|small|code){_REST}")
# A tag that is never closed swallows what follows: such a `<` was meant as a sign.
_STRAY = re.compile(
    r"<(?=[a-zA-Z/?][^<>\"']*(?:<|\Z))|<(?=!(?!--)[^<>]*(?:<|\Z))|<(?=[a-zA-Z]{1,20}\s+[&|=\d])"
)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
# Control characters, soft hyphen, zero-width space, marks and overrides of direction, line noise.
# U+200D and U+FE0F stay: they join emoji.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# A joiner with no emoji or Indic/Arabic letter before it only breaks words apart.
_LOOSE_JOINER = re.compile("(?<=[\x00-\u05ff])[\u200c\u200d]+|^[\u200c\u200d]+")
_LINES = re.compile(r"[\r\n\x0b\x0c\x85\u2028]+")


def plain(markup: str, limit: int = MAX_TEXT) -> str:
    """The text a reader would see, blocks on lines of their own, at most `limit` characters."""
    markup = markup[:MAX_MARKUP]
    if "<" not in markup and "&" not in markup:
        return cut(_tidied(_LINES.sub(_BORDER, markup)), limit)
    return cut(_tidied(_seen(markup)), limit)


def cut(text: str, limit: int) -> str:
    """The text, cut at a word with an ellipsis where it is longer than `limit`."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    at = max(head.rfind(" "), head.rfind("\n"))
    return head[: at if at > limit // 2 else limit - 1].rstrip() + "…"


def _seen(markup: str) -> str:
    if "<" not in markup:
        return unescape(_LINES.sub(_BORDER, markup))
    tame = _TAME_INLINE.sub("", _TAME_BLOCK.sub(_BORDER, markup))
    if "<" not in tame:
        return unescape(tame)
    tree = LexborHTMLParser(_BLOCK.sub(lambda tag: _BORDER + tag[0], _mended(markup)))
    if _DROPPED_TAG.search(markup):
        tree.strip_tags(list(_DROPPED))
    root = tree.body or tree.root
    return root.text() if root else ""


def _mended(markup: str) -> str:
    """The markup in which no unclosed piece can swallow the text after it."""
    if "<!" in markup:
        markup = _CDATA.sub("", markup)
        markup = _without_open_comment(markup)
    markup = _STRAY.sub("&lt;", markup)
    return _without_open_elements(markup) if _DROPPED_TAG.search(markup) else markup


def _without_open_comment(markup: str) -> str:
    closed = markup.rfind("-->") + 1
    return markup[:closed] + markup[closed:].replace("<!--", "&lt;!--")


def _without_open_elements(markup: str) -> str:
    """Take out the opening tag of dropped elements that have no closing tag after it."""
    lowered = markup.lower()
    ends = {name: lowered.rfind(f"</{name}") for name in (*_DROPPED, "title")}
    pieces, at = [], 0
    for found in _DROPPED_TAG.finditer(markup):
        if found.start() >= at and ends.get(found[1].lower(), -1) < found.start():
            pieces.append(markup[at : found.start()])
            close = markup.find(">", found.start())
            at = close + 1 if close >= 0 else found.end()
    return "".join((*pieces, markup[at:])) if pieces else markup


def _tidied(text: str) -> str:
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    if "\u200d" in text or "\u200c" in text:
        text = _LOOSE_JOINER.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if _BORDER not in text:
        return " ".join(text.split())
    lines = (" ".join(line.split()) for line in text.split(_BORDER))
    return "\n".join(line for line in lines if line)
