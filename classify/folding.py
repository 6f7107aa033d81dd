"""A text comes in; it goes out without case and accents, with the way back to its positions. Pure."""

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


def fold(text: str) -> str:
    """Lower case, no accents; may be shorter than the text where marks were dropped."""
    return text.lower() if text.isascii() else text.translate(_TABLE)


def positions(text: str) -> list[int] | None:
    """For each folded character its place in the text, with the end added; None: the places are the same."""
    if text.isascii() or len(text.translate(_TABLE)) == len(text):
        return None
    return [place for place, sign in enumerate(text) if _TABLE[ord(sign)] is not None] + [len(text)]


def unfolded(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in the folded text as spans in the text itself."""
    places = positions(text)
    if places is None:
        return spans
    return [(places[start], places[end - 1] + 1 if end > start else places[start]) for start, end in spans]
