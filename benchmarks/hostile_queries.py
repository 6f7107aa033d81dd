"""A die comes in; queries that somebody might write to break the reading of queries go out. Pure."""

from collections.abc import Callable, Iterator
from random import Random

_SIGNS = "()\"“”*?~/-#@:&|!+\\'.,<>[]{}^$\u200b\u202e\ud800\udfff\x00\x07\x1b\u0435\u039f😀é"
_PARTS = (
    "AND", "OR", "NOT", "NEAR/3", "NEAR/", "ONEAR/2", "(", ")", '"', "a", "aa*", "*aa", "a?a", "-", "title:",
    "site:",
    "raw:", "#a", "@a", "/a+/", "~", "~3", '"a b"~2', "lang:nl", "woord", "woord~", "en", "of", "\n",
)  # fmt: skip
_PATTERNS = (
    "(a+)+$", "(a|aa)+$", "(.*)*x", "(a{1,1000}){1,1000}", "((a{100}){100}){100}",
    "(?:a?){500}a{500}", "\\", "[",
    "(?=a)b",
    "(?P<x>a)(?P=x)", ".{1000}", "(" * 90 + "a" + ")" * 90, "\\pL{300}", "[^a]{900}b", "a**", "(?i)(?s)(?m)a",
)  # fmt: skip


def hostile(dice: Random, count: int) -> Iterator[tuple[str, str]]:
    """Pairs of a kind and a query."""
    makers: list[Callable[[Random], tuple[str, str]]] = [
        _noise, _mixture, _deep, _patterns, _long, _large, _wild, _list, _negations,
    ]  # fmt: skip
    for _ in range(count):
        yield dice.choice(makers)(dice)


def _noise(dice: Random) -> tuple[str, str]:
    return "noise", "".join(dice.choices(_SIGNS + "ab ", k=dice.randrange(1, 400)))


def _mixture(dice: Random) -> tuple[str, str]:
    return "mixture", " ".join(dice.choices(_PARTS, k=dice.randrange(1, 300)))


def _deep(dice: Random) -> tuple[str, str]:
    depth = dice.choice((10, 39, 40, 41, 1000, 9000))
    inner = dice.choice(("a", "a OR b", "a AND (b OR c)", ""))
    opening = dice.choice(("(", "NOT (", "-(", "title:(", "(a NEAR/3 "))
    return "deep", opening * depth + inner + ")" * dice.choice((depth, depth - 1))


def _patterns(dice: Random) -> tuple[str, str]:
    chosen = [f"/{dice.choice(_PATTERNS)}/" for _ in range(dice.choice((1, 1, 3, 20)))]
    return "patterns", " OR ".join(chosen)


def _long(dice: Random) -> tuple[str, str]:
    sign = dice.choice(("a", "a ", '"', "(", "* ", "é", "\ud800", "a OR ", "/", "-", "\u0430"))
    return "long", sign * dice.choice((4_000, 9_000, 19_999 // len(sign)))


def _large(dice: Random) -> tuple[str, str]:
    return "large", dice.choice(("a OR ", "( ", '"', "x" * 50 + " ")) * 200_000


def _wild(dice: Random) -> tuple[str, str]:
    words = ("a*a*", "*a*a", "a?a?a?a?a?a?", "*aa*", '"aa* aa* aa* aa*"', '"aaaa aaaa aaaa"~50', "aaaaaaaa~")
    joint = dice.choice((" AND ", " OR ", " NEAR/30 "))
    return "wild", joint.join(f"({dice.choice(words)})" for _ in range(dice.choice((1, 2, 40))))


def _list(dice: Random) -> tuple[str, str]:
    line = dice.choice(
        ("woord {}", "# {}", "#{}", "*a{}*", "-{}", "{} AND b", '"{} a"~3', "woord{}~", "raw:é{}", "{},\t")
    )
    return "list", "\n".join(line.format(number) for number in range(dice.choice((10, 1_000, 5_000))))


def _negations(dice: Random) -> tuple[str, str]:
    sign = dice.choice(("NOT ", "-", "NOT -", "- "))
    return "negations", sign * dice.choice((1, 2, 50, 4_000)) + dice.choice(("a", "(a OR b)", ""))
