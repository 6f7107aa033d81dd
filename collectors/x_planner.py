"""Words to search for come in, the queries that X is asked go out, each with its words. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from klankbord.ports import Search

#: what X takes of a self-serve account; its pages say characters, bytes are counted: never fewer
LONGEST = 512
#: words that are operators unless they stand in quotes; X refuses a bare `and` as ambiguous
_OPERATORS = {"and", "or", "not"}
_HASHTAG = re.compile(r"#\w*[^\W\d_]\w*")
#: would end the quotes that a keyword stands in
_QUOTES = set('"\\“”„‟«»')


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedQuery:
    """One query and the keywords that it asks for; an empty query: X cannot be asked for these."""

    query: str
    keywords: tuple[str, ...]
    #: what X makes of them that their writer may not expect
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    shown: str
    operator: str
    note: str = ""


def plan(
    searches: Sequence[Search], suffix: str = "", languages: Sequence[str] = ()
) -> tuple[PlannedQuery, ...]:
    """The fewest queries, keywords in their own order: one more keyword at the end changes the last one only.

    Args:
        searches: what to ask for; each text once.
        suffix: operators that every query ends with.
        languages: two-letter codes; posts in no language that X could tell are left out too.
    """
    tail = _tail(suffix, languages)
    words: dict[str, _Word] = {}
    for search in searches:
        # the same word with and without a star is asked once, and told as what it is not: a prefix
        if search.prefix or search.text.casefold() not in words:
            words[search.text.casefold()] = _word(search)
    planned, row = [], list[_Word]()
    for word in words.values():
        if not _fits([word], tail):
            continue
        if row and not _fits([*row, word], tail):
            planned.append(_query(row, tail))
            row = []
        row.append(word)
    if row:
        planned.append(_query(row, tail))
    left_out = [word for word in words.values() if not _fits([word], tail)]
    return (*planned, *(_unasked(word) for word in left_out))


def _tail(suffix: str, languages: Sequence[str]) -> str:
    codes = " OR ".join(f"lang:{code}" for code in languages)
    return " ".join(filter(None, (f"({codes})" if len(languages) > 1 else codes, suffix.strip())))


def _word(search: Search) -> _Word:
    text = " ".join("".join(_plain(sign) for sign in search.text).split())
    shown = search.text + ("*" if search.prefix else "")
    note = f"{shown}: X finds this as a whole word only" if search.prefix else ""
    if _HASHTAG.fullmatch(text):
        return _Word(shown=shown, operator=text, note=note)
    # all but plain words are quoted: so no keyword becomes an operator (from:, lang:, -word, OR)
    bare = text.isalnum() and text.casefold() not in _OPERATORS
    # signs alone are no word for X; emoji are
    told = any(sign.isalnum() or ord(sign) > 0x2000 for sign in text)
    return _Word(shown=shown, operator=text if bare else f'"{text}"' if told else "", note=note)


def _plain(sign: str) -> str:
    return sign if sign.isprintable() and sign not in _QUOTES else " "


def _fits(words: Sequence[_Word], tail: str) -> bool:
    return all(word.operator for word in words) and len(_joined(words, tail).encode()) <= LONGEST


def _joined(words: Sequence[_Word], tail: str) -> str:
    either = " OR ".join(word.operator for word in words)
    return f"{f'({either})' if len(words) > 1 else either} {tail}".strip()


def _query(words: Sequence[_Word], tail: str) -> PlannedQuery:
    return PlannedQuery(
        query=_joined(words, tail),
        keywords=tuple(word.shown for word in words),
        notes=tuple(word.note for word in words if word.note),
    )


def _unasked(word: _Word) -> PlannedQuery:
    why = "longer than X takes" if word.operator else "no word that X knows"
    short = word.shown if len(word.shown) <= 60 else word.shown[:59] + "…"
    return PlannedQuery(query="", keywords=(word.shown,), notes=(f"{short}: not asked for, {why}",))
