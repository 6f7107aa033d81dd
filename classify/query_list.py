"""The boxes of a keyword list come in; the same tree that a boolean query makes goes out. Pure."""

import re
from collections.abc import Sequence

from classify.query_ast import And, Extent, Node, Not, Or
from classify.query_leaf import compound_of, field_name, field_of, handle_of, tag_of, term_of, within_of
from classify.query_remark import Remarks, short

#: lines of all boxes together
MOST_LINES = 1000
_COMMENT = re.compile(r"(?:^|\s)#(?:\s.*|#.*)?$")
_QUOTED = re.compile(r'["“”„‟«»\uff02]([^"“”„‟«»\uff02]*)["“”„‟«»\uff02](~\d*)?')
_OPERATOR = re.compile(r"(?<!\S)(AND|OR|NOT|O?NEAR(?:/\w*)?)(?!\S)")
_OPERATORS = frozenset(("AND", "OR", "NOT", "NEAR", "ONEAR"))
_BROKEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")


def list_tree(boxes: Sequence[str], remarks: Remarks) -> Node | None:
    """The tree of a list with its required and excluded boxes; None when a line was refused."""
    start, trees = 0, []
    if sum(box.count("\n") + bool(box) for box in boxes) > MOST_LINES:
        remarks.refuse("too_many", 0, str(MOST_LINES))
        return None
    for box in boxes:
        trees.append(_box(box, start, remarks))
        start += len(box) + 1
    terms, required, excluded = trees
    if not terms:
        remarks.refuse("empty", 0)
        return None
    whole = (0, start - 1)
    parts = [_either(terms)]
    if required:
        parts.append(_either(required))
    if excluded:
        parts.append(Not(child=_either(excluded), at=_extent(excluded)))
    return parts[0] if len(parts) == 1 else And(children=tuple(parts), at=whole)


def _extent(nodes: Sequence[Node]) -> Extent:
    return nodes[0].at[0], nodes[-1].at[1]


def _either(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(children=tuple(nodes), at=_extent(nodes))


def _box(box: str, start: int, remarks: Remarks) -> list[Node]:
    seen: dict[Node, int] = {}
    for number, line in enumerate(box.split("\n"), start=1):
        words = (_COMMENT.sub("", line) if "#" in line else line).strip()
        at = start + len(line) - len(line.lstrip())
        start += len(line) + 1
        if not words:
            continue
        node = _line(words, (at, at + len(words)), remarks)
        if node is None:
            continue
        if node in seen:
            remarks.add("list_twice", at, short(words), str(seen[node]))
        else:
            seen[node] = number
    return list(seen)


def _line(words: str, at: Extent, remarks: Remarks) -> Node | None:  # noqa: PLR0911 - one a kind of line
    if words.replace(" ", "").isalnum() and _OPERATORS.isdisjoint(words.split()):
        return term_of(words, at, remarks)
    quoted = _QUOTED.fullmatch(words)
    if broken := _BROKEN.search(words):
        remarks.refuse("control", at[0] + broken.start(), f"U+{ord(broken[0]):04X}")
    elif quoted and quoted[2] and quoted[2] != "~":
        return within_of(quoted[1], quoted[2][1:], at, remarks)
    elif quoted and quoted[2]:
        return compound_of(quoted[1], at, remarks)
    elif quoted:
        return term_of(quoted[1], at, remarks)
    elif operator := _OPERATOR.search(words):
        remarks.refuse("list_operator", at[0] + operator.start(), operator[0])
    elif words[0] in "-\u2013\u2014" and words[1:2].strip():
        remarks.refuse("list_minus", at[0], short(words))
    elif name := field_name(words):
        return _field(name, words, at, remarks)
    else:
        return _plain(words, at, remarks)
    return None


def _field(name: str, words: str, at: Extent, remarks: Remarks) -> Node | None:
    if name in ("title", "site", "source", "lang", "language"):
        remarks.refuse("list_operator", at[0], f"{name}:")
        return None
    value = words[len(name) + 1 :].strip()
    quoted = _QUOTED.fullmatch(value)
    return field_of(name, quoted[1] if quoted else value, at, remarks)


def _plain(words: str, at: Extent, remarks: Remarks) -> Node | None:
    if words[0] == "#":
        if len(words.split()) > 1:
            remarks.refuse("list_hash", at[0], short(words))
            return None
        return tag_of(words[1:], at, remarks)
    if words[0] == "@" and len(words.split()) == 1:
        return handle_of(words[1:], at, remarks)
    if words.endswith("~"):
        return compound_of(words[:-1], at, remarks)
    if re.search(r",\s", words):
        remarks.add("list_comma", at[0], short(words))
    return term_of(words, at, remarks)
