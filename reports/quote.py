"""A finding comes in, a quote of at most 200 characters around its evidence goes out. Pure."""

import re
from collections.abc import Iterable, Sequence

from klankbord.finding import Evidence, Finding
from klankbord.mention import Mention, State
from reports.plain import harmless
from reports.record import Quote

LIMIT = 200
_CUT = "…"
# A link or handle in a quote may point at a person (law.md C6); ordinary masking happens at collection.
_POINTER = re.compile(r"(?i)\b(?:https?://|www\.)\S{1,2000}|(?<![\w@/.])@\w{2,30}(?:@[\w.-]{1,253}\w)?")
_SPACES = re.compile(" {2,}")
Span = tuple[int, int]


def may_quote(mention: Mention) -> bool:
    """Whether the source's terms and the post's state let its words be shown."""
    return mention.terms.export and mention.terms.store and mention.state in {State.LIVE, State.EDITED}


def may_leave(finding: Finding) -> bool:
    """Whether words of the post may stand in what leaves the house: a digest, an alert.

    A quote under clause C08 would spread what the clause protects somebody from (law.md B6).
    """
    return may_quote(finding.mention) and not about_a_person(finding)


def about_a_person(finding: Finding) -> bool:
    """Whether the finding is about protecting somebody the post names."""
    return finding.clause_id.startswith("C08")


def quote_of(finding: Finding, limit: int = LIMIT) -> Quote | None:
    """The piece of the post that holds most evidence; None where it may not be quoted or is empty."""
    if not may_quote(finding.mention):
        return None
    field, spans = _fullest(finding)
    if not field.strip():
        return None
    text, marks = _tidied(field, merged(spans, len(field)))
    start, end = _window(text, marks, limit)
    return _cut(text, marks, start, end)


def said(mention: Mention, limit: int = LIMIT) -> Quote | None:
    """How a post begins, with nothing marked; None where it may not be quoted or is empty."""
    if not may_quote(mention):
        return None
    text, _ = _tidied(mention.text if mention.text.strip() else mention.title, ())
    start, end = _window(text, (), limit)
    return _cut(text, (), start, end) if text.strip() else None


def words_of(finding: Finding, signal: str) -> tuple[str, ...]:
    """The distinct words on which a signal voted, at most three; none where they may not be quoted."""
    if not may_quote(finding.mention):
        return ()
    fields = {
        "title": finding.mention.title,
        "text": finding.mention.text,
        "context": finding.mention.context,
    }
    found: dict[str, None] = {}
    for piece in sorted(finding.evidence, key=lambda piece: (piece.field, piece.start, piece.end)):
        if piece.signal == signal and 0 <= piece.start < piece.end:
            words, _ = _tidied(fields[piece.field][piece.start : min(piece.end, piece.start + 400)], ())
            # A quotation mark alone tells a reader nothing.
            if any(sign.isalnum() for sign in words):
                found[words.strip() if len(words.strip()) <= 60 else words.strip()[:59] + _CUT] = None
    return tuple(found)[:3]


def merged(spans: Iterable[Span], length: int) -> tuple[Span, ...]:
    """Spans inside the text, in order, those that touch made one."""
    found: list[Span] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def _fullest(finding: Finding) -> tuple[str, list[Span]]:
    """The field with most evidence; the text where there is none."""
    mention = finding.mention
    by_field: dict[str, list[Evidence]] = {"text": [], "title": [], "context": []}
    for piece in finding.evidence:
        by_field[piece.field].append(piece)
    fields = {"text": mention.text, "title": mention.title, "context": mention.context}
    name = max(by_field, key=lambda key: (bool(fields[key]), len(by_field[key]), key == "text"))
    spans = [(piece.start, piece.end) for piece in by_field[name]]
    return fields[name], [span for span in spans if any(map(str.isalnum, fields[name][slice(*span)]))]


def _tidied(text: str, marks: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """One line without pointers and control characters, with the marks moved along."""
    clean = harmless(text)
    for pattern, word in ((_POINTER, "[link]"), (_SPACES, " ")):
        clean, marks = _replaced(clean, marks, pattern, word)
    return clean, merged(marks, len(clean))


def _replaced(
    text: str, marks: Sequence[Span], pattern: re.Pattern[str], word: str
) -> tuple[str, list[Span]]:
    pieces, place, moved = [], 0, 0
    #: (old start, old end, how far what follows has moved)
    shifts: list[tuple[int, int, int]] = []
    for match in pattern.finditer(text):
        given = "[handle]" if match[0].startswith("@") else word
        pieces += [text[place : match.start()], given]
        place, moved = match.end(), moved + len(given) - len(match[0])
        shifts.append((match.start(), match.end(), moved))
    pieces.append(text[place:])
    return "".join(pieces), [(_moved(start, shifts), _moved(end, shifts, end=True)) for start, end in marks]


def _moved(place: int, shifts: Sequence[tuple[int, int, int]], *, end: bool = False) -> int:
    before = 0
    for old_start, old_end, moved in shifts:
        if place <= old_start:
            break
        if place < old_end:
            return old_end + moved if end else old_start + before
        before = moved
    return place + before


def _window(text: str, marks: Sequence[Span], limit: int) -> Span:
    """The stretch of at most `limit` characters that holds most marked characters."""
    if len(text) <= limit:
        return 0, len(text)
    room = limit - 2 * len(_CUT)
    if not marks:
        return _at_words(text, 0, room)
    first, held = max(
        (
            (start, [mark for mark in marks if start <= mark[0] and mark[1] <= start + room])
            for start, _ in marks
        ),
        key=lambda choice: (sum(end - start for start, end in choice[1]), -choice[0]),
    )
    last = held[-1][1] if held else min(len(text), first + room)
    start = max(0, min(first - (room - (last - first)) // 2, len(text) - room))
    return _at_words(text, start, start + room, keep=(first, last))


def _at_words(text: str, start: int, end: int, keep: Span = (0, 0)) -> Span:
    """Moves both ends inward to a blank, where one is near and no kept mark is lost."""
    if start > 0 and (blank := text.find(" ", start, start + 20)) >= 0 and (keep[1] == 0 or blank < keep[0]):
        start = blank + 1
    if end < len(text) and (blank := text.rfind(" ", end - 20, end)) >= max(keep[1], start):
        end = blank
    return start, end


def _cut(text: str, marks: Sequence[Span], start: int, end: int) -> Quote:
    head, tail = _CUT if start else "", _CUT if end < len(text) else ""
    left = start + len(text[start:end]) - len(text[start:end].lstrip())
    shown = text[start:end].strip()
    kept = ((max(a, left) - left, min(b, left + len(shown)) - left) for a, b in marks)
    moved = tuple((a + len(head), b + len(head)) for a, b in kept if a < b)
    return Quote(text=head + shown + tail, marks=moved)
