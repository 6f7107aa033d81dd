"""A number of posts comes in, the way it is told goes out: from one to four only that it is few. Pure."""

from reports.dates import number
from reports.words import Words

#: below this a number of posts is not told (law.md L1)
FEW = 5


def hidden(value: float) -> bool:
    """Whether a number is too small to be told, and none at all is not."""
    return 0 < value < FEW


def counted(value: float | None, say: Words) -> str:
    """`1,250`, `fewer than 5`, or a dash where nothing is known."""
    if value is None:
        return say("none")
    return say("few") if hidden(value) else number(value, say.language)


def posts(key: str, value: int, say: Words) -> str:
    """`12 mentions`, `fewer than 5 mentions`; the key has a phrase for one, many and few."""
    return say(f"{key}.few") if hidden(value) else say.many(key, value)


def change(now: float, before: float | None) -> str:
    """`+22%`; empty where there is nothing to compare with, or a number is too small to be told."""
    if before is None or before < FEW or hidden(now):
        return ""
    return f"{round(100 * (now - before) / before):+d}%"
