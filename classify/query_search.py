"""A query comes in; the fewest words that a platform must be asked for, to miss nothing, go out. Pure."""

import re
from dataclasses import dataclass

from classify.matcher_cover import cover
from classify.query import Query
from classify.query_ast import Compound, Handle, Node, Raw, Tag, Term, Within


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTerm:
    """One thing to search for on a platform; the matcher decides about what comes back."""

    #: as the person wrote it, without operators
    text: str
    #: the text may go on: "verkoop" also stands for "verkoopcijfers"
    prefix: bool = False
    #: several words, in this order
    phrase: bool = False


def sendable(query: Query) -> tuple[SearchTerm, ...]:
    """The smallest set of words of which every matching text holds at least one.

    Empty: there is no such set (a bare regular expression, `*gegevens`), so no platform can be asked and
    the query only works on what was collected otherwise.
    """
    return cover(query.root, _searches, _cost)


def _cost(terms: tuple[SearchTerm, ...]) -> tuple[int, int]:
    """Few searches first, then long words: they bring the least that is not meant."""
    return len(terms), -min(len(term.text) for term in terms)


def _searches(leaf: Node) -> tuple[SearchTerm, ...]:  # noqa: PLR0911 - one a kind of node
    match leaf:
        case Term(shown=shown, words=words):
            return _of_term(shown, words)
        case Compound(parts=(word,), shown=shown):
            cuts = range(1, len(word) - 1)
            split = (SearchTerm(text=f"{word[:cut]} {word[cut:]}", phrase=True) for cut in cuts)
            return (SearchTerm(text=shown.strip()), *split)
        case Compound(parts=parts) if len(parts) == 2:
            return (SearchTerm(text="".join(parts)), SearchTerm(text=" ".join(parts), phrase=True))
        case Within(words=words):
            return (SearchTerm(text=max(words, key=len)),)
        case Raw(shown=shown):
            return (SearchTerm(text=shown, phrase=_is_phrase(shown)),)
        case Tag(name=name):
            return (SearchTerm(text=f"#{name}"),)
        case Handle(name=name):
            return (SearchTerm(text=f"@{name}"),)
    return ()


def _of_term(shown: str, words: tuple[str, ...]) -> tuple[SearchTerm, ...]:
    wild = [bool(re.search(r"[*?]", word)) for word in words]
    if not any(wild):
        return (SearchTerm(text=shown, phrase=_is_phrase(shown)),)
    # Platforms know wildcards badly or not at all: ask for the plain words, or for a beginning.
    plain = [word for word, is_wild in zip(words, wild, strict=True) if not is_wild]
    if len(words) == 1 or not plain:
        begins = [found[0] for word in words if (found := re.match(r"[^*?]{2,}", word))]
        if not begins:
            return ()
        longest = max(begins, key=len)
        written = shown[: len(longest)] if len(words) == 1 else longest
        return (SearchTerm(text=written, prefix=True),)
    if wild == [False] * (len(words) - 1) + [True] and re.fullmatch(r"[^*?]{2,}\*", words[-1]):
        return (SearchTerm(text=shown.rstrip("*"), prefix=True, phrase=True),)
    return (SearchTerm(text=max(plain, key=len)),)


def _is_phrase(shown: str) -> bool:
    return len(shown.split()) > 1
