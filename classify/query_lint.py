"""The text of a query comes in; the first thing a person would have meant otherwise is raised. Pure."""

import re
from typing import NoReturn

from klankbord.errors import QueryError

#: deeper brackets than anybody writes; keeps the reading of a hostile query bounded
_DEEPEST = 40
_WORDS_FOR = {"and": "AND", "or": "OR", "not": "NOT", "en": "AND", "of": "OR", "niet": "NOT"}
_TOKEN = re.compile(r'"[^"]*"?|[()]|[^\s()"]+')
_FIELD = re.compile(r"(?:title|author|from|site|url|lang|language|source|links|near|by):", re.IGNORECASE)


def lint(expression: str) -> None:
    """Refuse what can only be a slip.

    Raises:
        QueryError: at the first slip.
    """
    if not expression.strip():
        _refuse(expression, 0, "an empty query; write at least the organisation's name")
    if found := re.search("[“”„‟«»]", expression):
        _refuse(expression, found.start(), f'a curly quote {found[0]}; write a straight one: "')
    _lint_brackets(expression)
    for token in _TOKEN.finditer(expression):
        text, at = token[0], token.start()
        if text.startswith('"'):
            if len(text) < 2 or not text.endswith('"'):
                _refuse(expression, at, 'a phrase that is not closed; add " at its end')
            _lint_star(expression, at, text[1:-1].strip())
        elif text not in "()":
            _lint_word(expression, at, text)


def _lint_brackets(expression: str) -> None:
    opened: list[int] = []
    for token in _TOKEN.finditer(expression):
        if token[0] == "(":
            opened.append(token.start())
            if len(opened) > _DEEPEST:
                _refuse(expression, token.start(), f"brackets more than {_DEEPEST} deep; write it flatter")
        elif token[0] == ")":
            if not opened:
                problem = "a closing bracket without an opening one; remove it or add ("
                _refuse(expression, token.start(), problem)
            opened.pop()
    if opened:
        _refuse(expression, opened[-1], "a bracket that is not closed; add )")


def _lint_word(expression: str, at: int, text: str) -> None:
    bare = text.lstrip("-")
    at += len(text) - len(bare)
    if bare in ("AND", "OR", "NOT"):
        return
    meant = _WORDS_FOR.get(bare.lower())
    if meant and (bare.islower() or bare.isupper()):
        _refuse(
            expression,
            at,
            f'{bare!r} as a plain word; write {meant} for the operator, or "{bare}" for the word',
        )
    if re.fullmatch(r"O?NEAR(?:/\w+)?", bare):
        _refuse(expression, at, 'NEAR is not supported yet; write AND, or a phrase in "quotes"')
    if field := _FIELD.match(bare):
        _refuse(expression, at, f"{field[0]} is not supported; write the words themselves")
    if not re.search(r"\w", bare) and "*" not in bare:
        _refuse(expression, at, f"{text!r} holds no letter or digit; remove it or write a word")
    _lint_star(expression, at, bare)


def _lint_star(expression: str, at: int, text: str) -> None:
    star = text.find("*")
    if star < 0:
        return
    if star != len(text) - 1:
        _refuse(expression, at + star, "* only stands at the end of a word: prefix*")
    if len(re.findall(r"\w", text.rsplit(maxsplit=1)[-1])) < 2:
        _refuse(expression, at + star, "* needs at least two letters before it: prefix*")


def _refuse(expression: str, at: int, problem: str) -> NoReturn:
    line = expression.count("\n", 0, at) + 1
    raise QueryError(problem, line=line, column=at - expression.rfind("\n", 0, at))
