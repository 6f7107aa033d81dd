"""A message comes in, blocks for Slack go out to an incoming webhook; no word of a post commands there."""

import json
from collections.abc import Iterator
from urllib.parse import quote

from klankbord.ports import Message
from reports.card import Card, card_of

#: `<`, `>` and `&` begin a mention, a link or an entity; the others change letters; a joiner parts @ and name
_ESCAPED = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "*": "∗", "~": "∼", "`": "ˋ", "@": "@\u2060"}  # noqa: RUF001
)
_PLAIN = str.maketrans({"<": "‹", ">": "›", "@": "@\u2060"})  # noqa: RUF001
#: of one text in a block; escaping makes a text up to five times as long
_MOST = 2900


def body_of(message: Message) -> bytes:
    """The body of the request."""
    return json.dumps(blocks_of(message), separators=(",", ":")).encode("ascii")


def blocks_of(message: Message) -> dict[str, object]:
    """The payload of an incoming webhook, as Slack documents it for Block Kit."""
    card = card_of(message)
    return {
        "text": escaped(card.title),
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": card.title.translate(_PLAIN)[:150]}},
            *_blocks(card),
        ],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def escaped(text: str, most: int = _MOST) -> str:
    """Text as mrkdwn that mentions nobody, links nowhere and has no letters of another kind."""
    found = text.translate(_ESCAPED)
    if len(found) <= most:
        return found
    # an entity is not cut in half: what is left of one would show as it is
    cut = found[: most - 1]
    start = cut.rfind("&")
    return (cut[:start] if start >= 0 and ";" not in cut[start:] else cut) + "…"


def _blocks(card: Card) -> Iterator[dict[str, object]]:
    for paragraph in card.paragraphs:
        yield {"type": "section", "text": _mrkdwn(escaped(paragraph))}
    if card.columns:
        # rich text takes text as it is: neither mentions nor links are read from it
        letters = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": card.columns}]}
        yield {"type": "rich_text", "elements": [letters]}
    for start in range(0, len(card.facts), 5):
        rows = card.facts[start : start + 5]
        lines = (f"*{escaped(label)}:* {escaped(value, 500)}" for label, value in rows)
        yield {"type": "section", "text": _mrkdwn("\n".join(lines))}
    if card.links:
        links = (f"<{_address(address)}|{escaped(label)}>" for label, address in card.links)
        yield {"type": "section", "text": _mrkdwn("   ".join(links))}
    if card.footer:
        yield {"type": "context", "elements": [_mrkdwn(escaped(card.footer))]}


def _mrkdwn(text: str) -> dict[str, object]:
    # verbatim: Slack makes no links and mentions of what only looks like one
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _address(address: str) -> str:
    """An address that cannot end its own link."""
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~-._").replace("&", "&amp;")
