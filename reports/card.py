"""A message comes in; its title, paragraphs, facts and links go out, as a chat shows them. Pure.

The text of a message is set in columns for mail; a chat has its own width. So lines are joined again, the
rows of a table of labels become facts, and only addresses that the payload calls a link become links.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from klankbord.ports import Message
from reports.plain import harmless, one_line, web_address

#: characters of a paragraph, of all paragraphs together, and of a digest: far below what any service takes
_LONG, _WHOLE, _DIGEST = 1500, 9000, 2600
_MOST_FACTS = 20
_LABEL = re.compile(r"(\S[^:\n]{0,30}): {1,30}(\S.*)")
_RULE = re.compile(r"-{20,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a chat shows."""

    title: str
    paragraphs: tuple[str, ...] = ()
    #: set in columns, to be shown as it is
    columns: str = ""
    #: labels and values
    facts: tuple[tuple[str, str], ...] = ()
    #: words and address, of our own desk only
    links: tuple[tuple[str, str], ...] = ()
    #: in small letters, below
    footer: str = ""


def card_of(message: Message, room: float = 1.0) -> Card:
    """The card; what is longer than a chat takes is cut and ends in a row of dots.

    Args:
        message: about to be sent.
        room: part of the usual number of characters, for a service that counts bytes.
    """
    title = one_line(message.subject, 150) or "Klankbord"
    payload = message.payload or {}
    text = "\n".join(harmless(line) for line in message.text.splitlines())
    if payload.get("event") == "digest":
        lead = one_line(str(payload.get("judgement", "")), _LONG)
        return Card(
            title=title, paragraphs=(lead,) if lead else (), columns=_beginning(text, round(room * _DIGEST))
        )
    body, footer = _parted(text)
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", body) if block.strip()]
    ours = {str(payload.get(name)) for name in ("link", "seen_link")} - {"None"}
    facts: list[tuple[str, str]] = []
    links: list[tuple[str, str]] = []
    paragraphs: list[str] = []
    for block in blocks:
        rows = _rows(block)
        if not rows:
            paragraphs.append(_joined(block))
        for label, value in rows:
            leads = value in ours and web_address(value)
            (links if leads else facts).append((label, value))
    return Card(
        title=title,
        paragraphs=tuple(_fitting(paragraphs, round(room * _WHOLE))),
        facts=tuple((label, one_line(value, round(room * 600))) for label, value in facts[:_MOST_FACTS]),
        links=tuple(links),
        footer=one_line(footer, _LONG),
    )


def _parted(text: str) -> tuple[str, str]:
    lines = text.splitlines()
    place = next((n for n, line in enumerate(lines) if _RULE.fullmatch(line)), len(lines))
    return "\n".join(lines[:place]), " ".join(" ".join(lines[place + 1 :]).split())


def _rows(block: str) -> list[tuple[str, str]]:
    """The rows of a table of labels; none where the block is no such table."""
    rows: list[tuple[str, str]] = []
    for line in block.splitlines():
        if match := _LABEL.fullmatch(line):
            rows.append((match[1], match[2]))
        elif rows and line.startswith("    "):
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {line.strip()}")
        else:
            return []
    return rows


def _joined(block: str) -> str:
    """A paragraph on one line, a list with a line for each of its entries."""
    if not block.startswith("- "):
        return one_line(block, _LONG)
    return "\n".join(one_line(entry, 300) for entry in re.split(r"\n(?=- )", block))


def _fitting(paragraphs: list[str], left: int) -> Iterator[str]:
    for paragraph in paragraphs:
        if len(paragraph) > left:
            yield paragraph[:left].rpartition("\n")[0] + "\n…" if "\n" in paragraph[:left] else "…"
            return
        left -= len(paragraph)
        yield paragraph


def _beginning(text: str, most: int) -> str:
    """The beginning of a digest, whole parts of it."""
    if len(text) <= most:
        return text.rstrip()
    return text[:most].rpartition("\n\n")[0].rstrip() + "\n\n…"
