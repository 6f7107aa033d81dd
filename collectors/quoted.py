"""The markup of a reply comes in, the reply and what it quotes go out apart (law.md K5). Pure."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from collectors.tame import is_tame

_QUOTES = "aside.quote, blockquote, .bbCodeBlock--quote, .quotebox, .quotetitle"
#: inside a quote: who wrote it
_WHO = "cite, .title, .bbCodeBlock-title, .bbCodeBlock-sourceJump, .quotetitle, .quote-title, .quoteheader"
_HINTS = ("<blockquote", "<aside", "quotebox", "quotetitle", "bbcodeblock")


def apart(markup: str) -> tuple[str, str]:
    """The reply without quotes, and the quotes; a post that only quotes keeps its words."""
    lowered = markup.lower()
    if not any(hint in lowered for hint in _HINTS) or not is_tame(markup):
        return markup, ""
    tree = LexborHTMLParser(markup)
    for who in _all(tree, _WHO):
        if _inside(who):
            who.decompose()
    quotes = [quote for quote in _all(tree, _QUOTES) if not _inside(quote)]
    said = "".join(_markup(quote) for quote in quotes)
    for quote in quotes:
        quote.decompose()
    rest = tree.body.html if tree.body else None
    if not rest or not (tree.body and tree.body.text().strip()):
        return markup, ""
    return rest, said


def _all(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    return list(tree.css(selector))


def _inside(node: LexborNode) -> bool:
    """Whether it stands in a quote."""
    parent = node.parent
    while parent is not None and parent.tag != "body":
        classes = (parent.attributes.get("class") or "").split()
        if parent.tag == "blockquote" or {"quote", "quotebox", "bbCodeBlock--quote"} & set(classes):
            return True
        parent = parent.parent
    return False


def _markup(node: LexborNode) -> str:
    return f"<div>{node.html or ''}</div>"
