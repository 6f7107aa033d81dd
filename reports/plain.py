"""Text from outside comes in; text that cannot break a line, a header or a terminal goes out. Pure."""

import re
import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

_Record = TypeVar("_Record")
_WEB = re.compile(r"https?://[^\s<>\"'`\\\[\](){}|^]{1,2000}", re.IGNORECASE)

#: holds emoji of several parts together; the only sign of its category that stays
_JOINER = "\u200d"


def harmless(text: str) -> str:
    """Each control, direction or private character replaced by one blank; the length stays."""
    return text if text.isascii() and text.isprintable() else "".join(map(_sign, text))


def one_line(text: str, limit: int = 120) -> str:
    """One line without control characters, runs of blanks or a tail past the limit."""
    line = " ".join(harmless(text[: limit * 8]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def scrubbed(record: _Record) -> _Record:
    """The record with every text in it made harmless, however deep; lengths and numbers stay."""
    return cast("_Record", _scrubbed(record))


def web_address(text: str) -> str:
    """The address when a page may link to it, else nothing: no `javascript:`, no blank, no bracket."""
    return text if _WEB.fullmatch(text) else ""


def _scrubbed(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, tuple):
        return tuple(_scrubbed(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: _scrubbed(getattr(value, one.name)) for one in fields(value)})
    return value


def _sign(sign: str) -> str:
    return sign if sign == _JOINER or unicodedata.category(sign)[0] not in "CZ" else " "
