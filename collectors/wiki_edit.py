"""The difference of two revisions, and a summary, come in; the words that an edit added go out. Pure."""

import re
from dataclasses import dataclass
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from collectors.authors import AUTHOR, without_names
from collectors.text import MAX_MARKUP

#: namespaces of users, of their talk pages and of their contributions, in Dutch, English, German and French
_USERS = (
    r"user|gebruiker|gebruikster|benutzer|benutzerin|utilisateur|utilisatrice"
    r"|user[ _]talk|overleg[ _]gebruiker|benutzer(?:in)?[ _]diskussion|discussion[ _]utilisat\w+"
    r"|(?:special|speciaal|spezial|spécial)\s*:\s*(?:contributions|contribs|bijdragen|beiträge)"
)
_USER_LINK = re.compile(rf"(?i)\[\[\s*:?\s*(?:{_USERS})\s*[:/][^\]|]*(?:\|[^\]]*)?\]\]")
_USER_TITLE = re.compile(rf"(?i)\b(?:{_USERS})\s*[:/]\s*[^/#|\]]+")
_LINK = re.compile(r"\[\[(?:[^\]|\[]*\|)?([^\]\[]*)\]\]")
_WEB_LINK = re.compile(r"\[(https?://[^\s\]]+)\s+([^\]]*)\]")
_MARKS = re.compile(r"'{2,5}|__[A-Z]+__|^[=*#:; ]+|=+\s*$", re.MULTILINE)
_SECTION = re.compile(r"/\*\s*(.*?)\s*\*/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one edit did to a page, as wikitext."""

    #: what was added, piece by piece
    added: tuple[str, ...]
    #: the lines in which something was added, as they are now
    around: tuple[str, ...] = ()


def change(table: str) -> Change:
    """Read the rows that `action=compare` gives, of MediaWiki's own differ or of wikidiff2."""
    added, around = [], []
    tree = LexborHTMLParser(f"<table>{table[:MAX_MARKUP]}</table>")
    for row in tree.css("tr"):
        cell = row.css_first("td.diff-addedline")
        if cell is None:
            continue
        pieces = [piece.text().strip() for piece in cell.css("ins")]
        if pieces:
            added.append(" … ".join(piece for piece in pieces if piece))
            around.append(cell.text().strip())
        elif not _known(row):
            added.append(cell.text().strip())
    return Change(added=tuple(filter(None, added)), around=tuple(filter(None, around)))


def _known(row: LexborNode) -> bool:
    """Whether the line only moved, or only lost words."""
    moved = row.css_first("a.mw-diff-movedpara-right") is not None
    return moved or row.css_first("td.diff-deletedline") is not None


def readable(wikitext: str) -> str:
    """Wikitext as simple markup: links become their words, signatures lose the name in them."""
    text = _USER_LINK.sub(AUTHOR, wikitext)
    text = _WEB_LINK.sub(r"\2 (\1)", _LINK.sub(r"\1", text))
    return "<br>".join(_MARKS.sub("", text).splitlines())


def summary(comment: str, users: tuple[str, ...]) -> str:
    """What the writer said about the edit, without the names of those whose edits it undoes."""
    words = _SECTION.sub(lambda found: f"{found[1]}:" if found[1] else "", comment)
    return escape(without_names(_LINK.sub(r"\1", _USER_LINK.sub(AUTHOR, words)), users).strip())


def heading(title: str) -> str:
    """A page's title; a page of a user's own has the user's name in it."""
    return escape(_USER_TITLE.sub(AUTHOR, title))
