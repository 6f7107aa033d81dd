"""A query's tree comes in; a question to the word index that misses no match goes out. Pure."""

import re
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

from classify.folding import fold
from classify.query_ast import And, Compound, Handle, Near, Node, Or, Raw, Tag, Term, Title, Within

#: what is nested deeper is left to the matcher
_DEEPEST = 8
#: words and phrases in one question; a longer list is left to the matcher
_MOST = 2_000
_RUN = re.compile(r"[^\W_]+")
_PLAIN = re.compile(r"[^*?]*")


class _Coded(dict[int, str]):
    """Every letter beyond ASCII by its number; filled as texts come by."""

    def __missing__(self, code: int) -> str:
        # SQLite's idea of a letter is older than Python's. A longer word keeps its beginning, and where two
        # words should ever become one the matcher still tells them apart.
        self[code] = coded = f"z{code:x}z" if chr(code).isalnum() else " "
        return coded


_CODED = _Coded({code: chr(code) for code in range(1, 128)} | {0: " "})


def indexed(folded: str) -> str:
    """A folded text in the letters a-z and digits only, as the index takes it."""
    if folded.isascii() and "\x00" not in folded:
        return folded
    return folded.translate(_CODED)


def narrowed(root: Node) -> str | None:
    """A question in FTS5's language, which every match answers; None: words cannot tell."""
    question = _asked(root, 0)
    return question if question is None or question.count('"') <= 2 * _MOST else None


def _asked(node: Node, depth: int) -> str | None:  # noqa: PLR0911 - one a kind of node
    if depth > _DEEPEST:
        return None
    match node:
        case And(children=children):
            return _all(children, depth)
        case Near(left=left, right=right):
            return _all((left, right), depth)
        case Or(children=children):
            return _any(_asked(child, depth + 1) for child in children)
        case Title(child=child):
            return _asked(child, depth + 1)
        case Term(words=words):
            return _shaped(words)
        case Compound(parts=parts):
            return _any(_phrase(words) for words in _written(parts))
        case Raw(shown=name) | Tag(name=name) | Handle(name=name):
            return _phrase(_RUN.findall(fold(name)))
        case Within(words=words):
            return _joined("AND", [_phrase([word]) for word in words])
    return None


def _all(children: Sequence[Node], depth: int) -> str | None:
    return _joined("AND", [one for child in children if (one := _asked(child, depth + 1))])


def _any(questions: Iterable[str | None]) -> str | None:
    asked = list(questions)
    return None if None in asked else _joined("OR", asked)


def _joined(operator: str, questions: Sequence[str | None]) -> str | None:
    different = list(dict.fromkeys(one for one in questions if one))
    if len(different) < 2:
        return different[0] if different else None
    return f"({f' {operator} '.join(different)})"


def _phrase(words: Sequence[str], *, goes_on: bool = False) -> str | None:
    """These words in a row; the last may go on."""
    return f'"{indexed(" ".join(words))}"{" *" * goes_on}' if words else None


def _shaped(words: Sequence[str]) -> str | None:
    """Words in a row of which some have wildcards: the rows between, each up to the first wildcard."""
    questions: list[str | None] = []
    row: list[str] = []
    for word in words:
        plain = _PLAIN.match(word)
        begin = plain[0] if plain else ""
        if begin:
            row.append(begin)
        if begin != word:
            questions.append(_phrase(row, goes_on=bool(begin)))
            row = []
    return _joined("AND", [*questions, _phrase(row)])


def _written(parts: Sequence[str]) -> list[tuple[str, ...]]:
    """Every way to write a compound, as the words it then is."""
    if len(parts) == 1:
        word = parts[0]
        return [(word,), *((word[:cut], word[cut:]) for cut in range(1, len(word)))]
    ways = []
    for count in range(len(parts)):
        for cuts in combinations(range(1, len(parts)), count):
            edges = (0, *cuts, len(parts))
            ways.append(tuple("".join(parts[low:high]) for low, high in pairwise(edges)))
    return ways
