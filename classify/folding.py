"""A text comes in; it goes out without case, accents and disguises, with the way back to its places. Pure."""

import re
import unicodedata
from collections.abc import Sequence

#: letters that Unicode does not take apart, and how people type them
_TYPED = {
    "ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ĳ": "ij", "Ĳ": "ij", "ﬀ": "ff",
    "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "ø": "o", "Ø": "o", "ł": "l",
    "Ł": "l", "đ": "d", "Đ": "d", "\u0131": "i", "ħ": "h", "Ħ": "h", "ŧ": "t", "Ŧ": "t", "\u017f": "s",
}  # fmt: skip
#: signs that nobody sees, though Unicode does not call them so: they hide words from a query
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code) for first, end in ((0xFE00, 0xFE10), (0xE0100, 0xE01F0)) for code in range(first, end)
}
# Greek and Cyrillic letters that look Latin, in both cases: capital eta looks like H, the small one like n.
_LOOKS = dict(
    zip(
        "АВСЕНІЈКМОРЅТХУЗаеорсухіјѕһԁԛԝѵӏкмтнвАΑΒΕΖΗΙΚΜΝΟΡΤΥΧαοινρυκτχϲϳηβε",
        "ABCEHIJKMOPSTXY3aeopcyxijshdqwvlkmtHbAABEZHIKMNOPTYXaoivpuktxcjnbe",
        strict=True,
    )
)
_AS_LATIN = {ord(sign): ord(latin) for sign, latin in _LOOKS.items()}
_STRANGE = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
#: a word, with what nobody sees inside it
_RUN = re.compile(r"(?:[^\W_]|[\u00ad\u0300-\u036f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff])+")
#: hardly ever in a text, and left alone by folding
_APART = "\x00\x1f\x00"
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


class _Table(dict[int, int | str | None]):
    """One code point to another, to several, or to nothing; filled as texts come by."""

    def __missing__(self, code: int) -> int | str | None:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(sign: str) -> int | str | None:
    # Combining marks and invisible signs (soft hyphen, zero-width space) go: they hide words from a query.
    if unicodedata.combining(sign) or unicodedata.category(sign) == "Cf" or sign in _UNSEEN:
        return None
    if sign in _TYPED:
        return _TYPED[sign]
    if sign in "\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07`\u00b4":
        return ord("'")
    parts = unicodedata.normalize("NFKD", sign)
    base = "".join(part for part in parts if not unicodedata.combining(part)).casefold()
    # Only what is told above becomes more than one sign: "™" as "tm" would grow onto the word before it.
    return ord(sign) if len(base) != 1 or base == sign else _folded(base)


_TABLE = _Table()

# What the table may change besides ASCII capitals: few signs of most texts.
_ODD = re.compile(r"[`\x80-\U0010ffff]")


def fold(text: str) -> str:
    """Lower case, no accents, nothing unseen, look-alikes of other scripts inside Latin words as Latin."""
    if text.isascii():
        return text.lower().replace("`", "'")
    text, odd = _latin(text)
    # bytes.lower knows ASCII only: what str.lower makes of other letters is not what the table makes of them
    lowered = text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
    if len(odd) > 40 + len(text) // 100:
        return lowered.translate(_TABLE)
    # Sign by sign is quick where there are few; what a sign becomes is folded already.
    for sign in odd:
        lowered = lowered.replace(sign, _shown(_TABLE[ord(sign)]))
    return lowered


def _shown(code: int | str | None) -> str:
    if isinstance(code, int):
        return chr(code)
    return code or ""


def _latin(text: str) -> tuple[str, set[str]]:
    """Look-alikes become Latin where a word holds a Latin letter as well; with the odd signs left."""
    odd = set(_ODD.findall(text))
    if not any("\u0370" <= sign <= "\u052f" for sign in odd):
        return text, odd
    text = _RUN.sub(_latin_run, text)
    return text, set(_ODD.findall(text))


def _latin_run(run: re.Match[str]) -> str:
    mixed = _STRANGE.search(run[0]) and _LATIN.search(run[0])
    return run[0].translate(_AS_LATIN) if mixed else run[0]


def fold_all(texts: Sequence[str]) -> list[str]:
    """As `fold` on each: cheaper, because most of its work is the same for a long text as for a short one."""
    folded = fold(_APART.join(texts)).split(_APART)
    return folded if len(folded) == len(texts) else [fold(text) for text in texts]


def positions(text: str) -> list[int] | None:
    """For each folded character its place in the text, with the end added; None: the places are the same."""
    if text.isascii():
        return None
    text, odd = _latin(text)
    wide = {sign: len(_shown(_TABLE[ord(sign)])) for sign in odd}
    if all(width == 1 for width in wide.values()):
        return None
    return [place for place, sign in enumerate(text) for _ in range(wide.get(sign, 1))] + [len(text)]


def unfolded(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in the folded text as spans in the text itself."""
    places = positions(text)
    if places is None:
        return spans
    return [(places[start], places[end - 1] + 1 if end > start else places[start]) for start, end in spans]
