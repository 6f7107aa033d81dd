"""A pattern and a text come in, at most a few spans go out. Pure.

Every pattern of the signals has bounded repetitions, so that a hostile text costs time in its length only.
"""

import re

Span = tuple[int, int]
#: spans one signal shows for one post
_MOST = 4


def spans(pattern: re.Pattern[str], text: str) -> tuple[Span, ...]:
    """The first few places where the pattern stands."""
    found: list[Span] = []
    for match in pattern.finditer(text):
        if match.end() > match.start():
            found.append(match.span())
        if len(found) == _MOST:
            break
    return tuple(found)


def either(*patterns: str) -> re.Pattern[str]:
    """One pattern out of several, on folded text, between word borders."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")
