"""A TOML document that may hold anything comes in; its parts of the expected sort go out. Pure."""

from collections.abc import Iterator, Mapping

Table = Mapping[str, object]
LANGUAGES = ("nl", "en")
LEVELS = ("liberal", "standard", "strict")


def table(content: object) -> Table:
    """A table, or an empty one where something else stands."""
    return content if isinstance(content, Mapping) else {}


def tables(document: Table, name: str) -> Iterator[tuple[str, Table]]:
    """The tables of a list, each with its dotted key, counted from 1."""
    found = document.get(name)
    for place, one in enumerate(found if isinstance(found, list) else [], start=1):
        if isinstance(one, Mapping):
            yield f"{name}.{place}", one


def text(content: object) -> str:
    """A text, or an empty one where something else stands."""
    return content if isinstance(content, str) else ""


def texts(content: object) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(one for one in content if isinstance(one, str)) if isinstance(content, list) else ()


def number(content: object) -> float | None:
    """A number, or None; a truth value is none."""
    return float(content) if isinstance(content, int | float) and not isinstance(content, bool) else None
