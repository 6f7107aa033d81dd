"""A message comes in, an Adaptive Card goes out to a Teams workflow; no word of a post commands there."""

import json
from collections.abc import Iterator

from klankbord.ports import Message
from reports.card import Card, card_of

#: bytes, and the parts of a card's usual length that are tried until it fits
_MOST, _ROOMS = 26_000, (1.0, 0.5, 0.25, 0.1)
_CARD = "application/vnd.microsoft.card.adaptive"
#: `<at>` begins a mention and `{{` a function of the card; neither means anything to a reader
_HELD = str.maketrans({"<": "‹", ">": "›", "{": "❴", "}": "❵", "@": "@\u2060"})  # noqa: RUF001


def body_of(message: Message) -> bytes:
    """The body, below the 28 KB that Teams takes."""
    body = b""
    for room in _ROOMS:
        told = json.dumps(card_message(message, room), separators=(",", ":"), ensure_ascii=False)
        body = told.encode("utf-8", "replace")
        if len(body) <= _MOST:
            break
    return body


def card_message(message: Message, room: float = 1.0) -> dict[str, object]:
    """The message with one Adaptive Card that a workflow takes."""
    card = card_of(message, room)
    content: dict[str, object] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "fallbackText": held(card.title),
        "body": list(_body(card)),
        "msteams": {"width": "Full"},
    }
    if card.links:
        content["actions"] = [
            {"type": "Action.OpenUrl", "title": held(label).rstrip("?:")[:60], "url": address}
            for label, address in card.links
        ]
    return {
        "type": "message",
        "attachments": [{"contentType": _CARD, "contentUrl": None, "content": content}],
    }


def held(text: str) -> str:
    """Text that neither mentions anybody nor calls a function of the card."""
    return text.translate(_HELD)


def _body(card: Card) -> Iterator[dict[str, object]]:
    yield _text(_run(card.title, size="Medium", weight="Bolder"))
    for paragraph in card.paragraphs:
        yield _text(_run(paragraph))
    if card.columns:
        yield _text(_run(card.columns, fontType="Monospace"))
    for label, value in card.facts:
        yield {**_text(_run(f"{label}: ", weight="Bolder"), _run(value)), "spacing": "Small"}
    if card.footer:
        yield _text(_run(card.footer, size="Small", isSubtle=True))


def _text(*runs: dict[str, object]) -> dict[str, object]:
    # A text block reads Markdown, links too; the runs of rich text are shown as they are.
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **looks: object) -> dict[str, object]:
    return {"type": "TextRun", "text": held(text), **looks}
