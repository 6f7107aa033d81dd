"""Lists that say what is about the organisation come in; queries for the gate go out. Pure.

They stand beside the queries of queries.toml in the gate only: `classify.searches` never sees them, so that
nothing of a list is sent to a platform.
"""

import re

from classify.keyword_list import compile_all
from classify.query import Query, parse
from classify.query_ast import Compound, Handle, Node, Pattern, Raw, Tag, Term, Within
from klankbord.errors import QueryError, SettingsError
from klankbord.settings import QuerySettings, Settings


def gate_queries(settings: Settings) -> tuple[QuerySettings, ...]:
    """What lets a post in: the queries, and the lists of the organisation as queries.

    Raises:
        SettingsError: a list cannot be read.
    """
    lists = [one for one in settings.keyword_lists if one.clause == "organisation"]
    if not lists:
        return settings.queries
    chosen = settings.model_copy(update={"keyword_lists": tuple(lists)})
    made = []
    for one in compile_all(chosen):
        expression = _either([_spelled(query, one.table.file) for _, query in one.terms])
        if one.required:
            expression += f" AND {_spelled(one.required, one.table.file)}"
        for query in one.excluded:
            expression += f" NOT {_spelled(query, one.table.file)}"
        language = None if one.table.language == "both" else one.table.language
        made.append(
            # The sign before its name keeps it apart from a query of the same name.
            QuerySettings.model_construct(
                id=f"list-{one.table.id}",
                expression=expression,
                language=language,
                confidential=True,
                search=(),
            )
        )
    return (*settings.queries, *made)


def _either(spelled: list[str]) -> str:
    return f"({' OR '.join(spelled)})"


def _spelled(query: Query, file: str) -> str:
    """A query of either face as a boolean expression in brackets."""
    if query.face == "boolean":
        return f"({query.expression})"
    leaves = getattr(query.root, "children", (query.root,))
    told = _either([_leaf(leaf) for leaf in leaves])
    try:
        again = parse(told).root
    except QueryError as error:
        raise SettingsError.one(file, "terms", told[:80], error.problem) from error
    if getattr(again, "children", (again,)) != leaves:
        found, allowed = told[:80], "plain words and phrases in a list for the organisation"
        raise SettingsError.one(file, "terms", found, allowed)
    return told


def _leaf(leaf: Node) -> str:  # noqa: PLR0911 - one a kind of node
    match leaf:
        case Term(shown=shown, words=(word,)) if re.search(r"[*?]", word):
            return shown
        case Term(shown=shown):
            return '"' + re.sub(r'["“”„‟«»]', " ", shown) + '"'
        case Compound(shown=shown, parts=parts):
            return f"{shown}~" if len(parts) == 1 else f'"{shown}"~'
        case Raw(shown=shown):
            return f'raw:"{shown}"'
        case Tag(name=name):
            return f"#{name}"
        case Handle(name=name):
            return f"@{name}"
        case Pattern(source=source):
            return f"/{source}/"
        case Within(shown=shown, others=others):
            return f'"{shown}"~{others}'
    raise TypeError(leaf)
