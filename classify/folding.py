"""A text comes in; it goes out without case and accents, with the way back to its positions. Pure."""

import re
import unicodedata


class _Table(dict[int, int | None]):
    """One code point to one code point, or to nothing; filled as texts come by."""

    def __missing__(self, code: int) -> int | None:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(sign: str) -> int | None:
    # Combining marks and invisible signs (soft hyphen, zero-width space) go: they hide words from a query.
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf":
        return None
    if sign in "\u2018\u2019\u02bc`\u00b4":
        return ord("'")
    parts = unicodedata.normalize("NFKD", sign)
    base = "".join(part for part in parts if not unicodedata.combining(part)).casefold()
    # One to one only (so "ß" stays), else positions would shift.
    return ord(base) if len(base) == 1 else ord(sign)


_TABLE = _Table()


# What the table may change besides ASCII capitals: few signs of most texts.
_ODD = re.compile(r"[`\x80-\U0010ffff]")


def fold(text: str) -> str:
    """Lower case, no accents; may be shorter than the text where marks were dropped."""
    if text.isascii():
        return text.lower()
    # bytes.lower knows ASCII only: what str.lower makes of other letters is not what the table makes of them
    lowered = text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    # Sign by sign is quick where there are few. The backtick goes first: two signs fold to it and stay so.
    for sign in sorted(set(_ODD.findall(lowered))):
        code = _TABLE[ord(sign)]
        lowered = lowered.replace(sign, "" if code is None else chr(code))
    return lowered


def positions(text: str) -> list[int] | None:
    """For each folded character its place in the text, with the end added; None: the places are the same."""
    if text.isascii() or len(fold(text)) == len(text):
        return None
    return [place for place, sign in enumerate(text) if _TABLE[ord(sign)] is not None] + [len(text)]


def unfolded(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in the folded text as spans in the text itself."""
    places = positions(text)
    if places is None:
        return spans
    return [(places[start], places[end - 1] + 1 if end > start else places[start]) for start, end in spans]
