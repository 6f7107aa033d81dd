"""Text from outside comes in; text that cannot break a line, a header or a terminal goes out. Pure."""

import unicodedata

#: holds emoji of several parts together; the only sign of its category that stays
_JOINER = "\u200d"


def harmless(text: str) -> str:
    """Each control, direction or private character replaced by one blank; the length stays."""
    return text if text.isascii() and text.isprintable() else "".join(map(_sign, text))


def one_line(text: str, limit: int = 120) -> str:
    """One line without control characters, runs of blanks or a tail past the limit."""
    line = " ".join(harmless(text[: limit * 8]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _sign(sign: str) -> str:
    return sign if sign == _JOINER or unicodedata.category(sign)[0] not in "CZ" else " "
