"""A query comes in; every doubt about how it was read goes out, wildcards counted. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence

from classify.folding import fold
from classify.matcher_find import LONGEST_WORD
from classify.query import Query
from classify.query_ast import Node, Term, walk
from classify.query_remark import Remark, Remarks

#: for a folded word with wildcards ("verkoop*"), the words in stored posts that have that shape
Vocabulary = Callable[[str], Sequence[str]]

#: letters from which a stem is long enough, and words from which a wildcard is worth telling
_LONG_STEM, _MANY_WORDS = 4, 20
#: words shown as examples
_SHOWN = 3


def lint(query: Query, vocabulary: Vocabulary | None = None) -> tuple[Remark, ...]:
    """Everything that a person should be told about a query, in the order of the text."""
    remarks = Remarks(query.expression)
    for node in walk(query.root):
        if isinstance(node, Term):
            for word in node.words:
                if re.search(r"[*?]", word):
                    _wildcard(word, node, query.root, remarks, vocabulary)
    both = (*query.remarks, *remarks.settle())
    return tuple(sorted(both, key=lambda one: (one.line, one.column)))


def _wildcard(word: str, term: Term, root: Node, remarks: Remarks, vocabulary: Vocabulary | None) -> None:
    stem = len(max(re.findall(r"[^*?]+", word), key=len))
    alone = root is term and len(term.words) == 1
    words = vocabulary(word) if vocabulary else None
    if stem >= _LONG_STEM and not alone and (words is None or len(words) < _MANY_WORDS):
        return
    if words is None:
        remarks.add("wildcard", term.at[0], word, str(stem))
    else:
        shown = ", ".join(words[:_SHOWN]) + ", …" * (len(words) > _SHOWN)
        remarks.add("wildcard_counted", term.at[0], word, str(len(words)), shown)


def vocabulary_of(words: Iterable[str]) -> Vocabulary:
    """A vocabulary of words that were seen in posts."""
    known = sorted({fold(word) for word in words})

    def shaped(pattern: str) -> Sequence[str]:
        letters = {"*": f"[^\\W_]{{0,{LONGEST_WORD}}}", "?": "[^\\W_]"}
        shape = re.compile("".join(letters.get(sign) or re.escape(sign) for sign in pattern))
        return [word for word in known if shape.fullmatch(word)]

    return shaped
