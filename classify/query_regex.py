"""A regular expression comes in; google-re2's reading of it goes out, linear in the text. Pure."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from itertools import islice
from typing import Any

from classify.query_ast import Extent, Pattern
from classify.query_remark import Remarks, short

#: characters of one expression, and expressions in one query
_LONGEST, MOST = 300, 10
#: bytes that re2 may use for one program
_MEMORY = 1 << 20
#: places shown per text
_MOST_SPANS = 200


def pattern_of(source: str, at: Extent, remarks: Remarks) -> Pattern | None:
    """A leaf for /source/, when re2 takes it and it cannot match nothing at all."""
    if len(source) > _LONGEST:
        remarks.refuse("regex_long", at[0], str(len(source)), str(_LONGEST))
        return None
    try:
        empty = _compiled(source).search("") is not None
    except ValueError as error:
        remarks.refuse("regex_bad", at[0], short(source), short(str(error)))
        return None
    if empty:
        remarks.refuse("regex_empty", at[0], short(source))
        return None
    return Pattern(source=source, at=at)


def searching(source: str) -> Callable[[str], Iterator[tuple[int, int]]]:
    """A search for an expression that `pattern_of` took."""
    search = _compiled(source)

    def places(text: str) -> Iterator[tuple[int, int]]:
        clean = text if text.isascii() else text.encode("utf-8", "replace").decode()
        found = (match.span() for match in search.finditer(clean))
        return (span for span in islice(found, _MOST_SPANS) if span[0] < span[1])

    return places


@lru_cache(maxsize=512)
def _compiled(source: str) -> Any:  # noqa: ANN401 - re2 has no types
    re2 = import_module("re2")
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        return re2.compile(source, options)
    except (re2.error, UnicodeError) as error:
        told = error.args[0] if error.args else "?"
        raise ValueError(told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)) from error
