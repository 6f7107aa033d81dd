"""Run by hand as `python -m benchmarks.matcher`: posts per CPU second, the matcher beside its peers.

Needs, beside the program itself: hyperscan and pyahocorasick.
`--hostile` reads 10,000 hostile queries instead and prints the slowest.
"""

import itertools
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from benchmarks.hostile_queries import hostile
from classify.folding import fold
from classify.matcher import Matcher
from classify.matcher_post import Post
from classify.query import Query, parse, parse_list, term
from klankbord.errors import QueryError

COUNT = 20_000
#: posts for the peers that are too slow for all
FEW = 1_000
_SYLLABLES = [
    "ba",
    "be",
    "bi",
    "bo",
    "da",
    "de",
    "di",
    "do",
    "ga",
    "ge",
    "go",
    "ka",
    "ke",
    "ki",
    "ko",
    "la",
    "le",
    "li",
    "lo",
    "ma",
    "me",
    "mi",
    "mo",
    "na",
    "ne",
    "ni",
    "no",
    "pa",
    "pe",
    "po",
    "ra",
    "re",
    "ri",
    "ro",
    "sa",
    "se",
    "si",
    "so",
    "ta",
    "te",
    "ti",
    "to",
    "va",
    "ve",
    "vo",
    "wa",
    "we",
    "wo",
    "za",
    "ze",
    "zo",
    "aan",
    "een",
    "ing",
    "lijk",
    "heid",
    "tje",
    "ver",
    "ont",
    "be",
    "ge",
]
_ODD = (" €", "é", "😀", "\u2019s", " \u2013 ", "“ja”", "…", "ë")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one engine did with one set."""

    engine: str
    posts: int
    seconds: float
    #: pairs of post and term or query
    hits: int
    build: float

    @property
    def rate(self) -> float:
        """Posts per CPU second."""
        return self.posts / self.seconds


def vocabulary(dice: Random) -> list[str]:
    """Words that look Dutch, the usual ones first."""
    words = dict.fromkeys(
        "".join(dice.choices(_SYLLABLES, k=dice.choice((1, 2, 2, 3, 3, 4)))) for _ in range(60_000)
    )
    return list(words)


def posts(dice: Random, words: Sequence[str], count: int) -> list[str]:
    """Texts of 50-2,000 characters (median 200), words as often as in language, a quarter not plain ASCII."""
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    return [_post(dice, words, weights) for _ in range(count)]


def _post(dice: Random, words: Sequence[str], weights: Sequence[float]) -> str:
    size = min(2000, max(50, int(dice.lognormvariate(5.3, 0.8))))
    chosen = dice.choices(words, cum_weights=weights, k=size // 5 + 8)
    chosen = [word.capitalize() if place % 12 == 0 else word for place, word in enumerate(chosen)]
    if dice.random() < 0.25:
        for _ in range(1 + size // 150):
            chosen[dice.randrange(len(chosen))] += dice.choice(_ODD)
    return (
        "".join(word + (". " if place % 12 == 11 else " ") for place, word in enumerate(chosen))[:size]
    ).strip()


def terms(dice: Random, words: Sequence[str], count: int) -> list[str]:
    """Names that hardly occur, and rare words: so that 1-5 % of posts hold any of a few hundred."""
    rare = dice.sample(words[len(words) // 3 :], count // 12)
    names = {"".join(dice.choices(_SYLLABLES, k=dice.choice((3, 4, 5)))) for _ in range(2 * count)} - set(
        words
    )
    phrases = [
        f"{a} {b}" for a, b in zip(*[iter(dice.sample(words[500:], 2 * (count // 10)))] * 2, strict=True)
    ]
    chosen = [*rare, *phrases, *sorted(names)]
    return sorted(set(chosen[:count]))


def booleans(dice: Random, words: Sequence[str], count: int, first: int, last: int) -> list[str]:
    """OR, AND, NOT, NEAR and prefix queries over words of these ranks."""
    pool = [word for word in words[first:last] if len(word) > 3]
    return [_boolean(dice, pool) for _ in range(count)]


def _boolean(dice: Random, pool: Sequence[str]) -> str:
    a, b, c = dice.sample(pool, 3)
    kind = dice.random()
    if kind < 0.30:
        return f"{a} OR {b} OR {c}"
    if kind < 0.55:
        return f"{a} AND {b}"
    if kind < 0.70:
        return f"({a} OR {b}) NOT {c}"
    if kind < 0.85:
        return f"{a} NEAR/8 {b}"
    return f"{a}* AND ({b} OR {c})"


def timed(work: Callable[[], int], tries: int = 3) -> tuple[float, int]:
    """The shortest CPU time of some tries, and what the work counted."""
    best, counted = float("inf"), 0
    for _ in range(tries):
        start = time.process_time()
        counted = work()
        best = min(best, time.process_time() - start)
    return best, counted


def result(engine: str, texts: Sequence[str], build: Callable[[], Callable[[Sequence[str]], int]]) -> Result:
    """Build an engine, then let it read the texts."""
    start = time.process_time()
    run = build()
    built = time.process_time() - start
    seconds, hits = timed(lambda: run(texts), 3 if len(texts) == COUNT else 1)
    return Result(engine=engine, posts=len(texts), seconds=seconds, hits=hits, build=built)


def klankbord(
    queries: Sequence[Query], given: Sequence[Post], *, one_by_one: bool = False
) -> Callable[[Sequence[str]], int]:
    """The matcher: folding, bounds, spans and all; the records were made before, as its callers have them."""
    matcher = Matcher((str(number), query) for number, query in enumerate(queries))
    if one_by_one:
        return lambda _texts: sum(len(matcher.matches(post)) for post in given)
    return lambda _texts: sum(map(len, matcher.matches_many(given)))


def re_alternation(wanted: Sequence[str]) -> Callable[[Sequence[str]], int]:
    """One pattern of all terms, over folded text."""
    pattern = re.compile(r"\b(?:" + "|".join(re.escape(fold(one)) for one in wanted) + r")\b")
    return lambda texts: sum(len({hit[0] for hit in pattern.finditer(fold(text))}) for text in texts)


def hyperscan_terms(wanted: Sequence[str]) -> Callable[[Sequence[str]], int]:
    """Hyperscan, ASCII bounds, over folded text."""
    import hyperscan  # type: ignore[import-not-found,import-untyped,unused-ignore]

    database = hyperscan.Database()
    expressions = [rb"\b" + re.escape(fold(one)).encode() + rb"\b" for one in wanted]
    ids = list(range(len(wanted)))
    flags = [hyperscan.HS_FLAG_SOM_LEFTMOST * 0] * len(wanted)
    database.compile(expressions=expressions, ids=ids, elements=len(wanted), flags=flags)

    def run(texts: Sequence[str]) -> int:
        total = 0
        for text in texts:
            seen: set[int] = set()
            database.scan(fold(text).encode(), match_event_handler=lambda one, *_: seen.add(one))  # noqa: B023
            total += len(seen)
        return total

    return run


def pyahocorasick_terms(wanted: Sequence[str]) -> Callable[[Sequence[str]], int]:
    """pyahocorasick with a check of bounds, over folded text."""
    import ahocorasick  # type: ignore[import-not-found,import-untyped,unused-ignore]

    automaton = ahocorasick.Automaton()
    for one in wanted:
        automaton.add_word(fold(one), fold(one))
    automaton.make_automaton()

    def run(texts: Sequence[str]) -> int:
        return sum(len(set(_bounded(automaton, fold(text)))) for text in texts)

    return run


def _bounded(automaton: "Iterator[str]", text: str) -> Iterator[str]:
    for end, word in automaton.iter(text):  # type: ignore[attr-defined]
        start = end - len(word) + 1
        if (not start or not text[start - 1].isalnum()) and not text[end + 1 : end + 2].isalnum():
            yield word


def fts5(expressions: Sequence[str]) -> Callable[[Sequence[str]], int]:
    """Posts into a table of SQLite's FTS5 in memory, then every query over it."""
    spelled = [_fts_spelling(one) for one in expressions]

    def run(texts: Sequence[str]) -> int:
        store = sqlite3.connect(":memory:")
        store.execute(
            "create virtual table p using fts5(t, content='', tokenize='unicode61 remove_diacritics 2')"
        )
        store.executemany("insert into p(rowid, t) values (?, ?)", enumerate(texts, 1))
        return sum(
            len(store.execute("select rowid from p where p match ?", (one,)).fetchall()) for one in spelled
        )

    return run


def _fts_spelling(expression: str) -> str:
    near = re.fullmatch(r"(\w+) NEAR/(\d+) (\w+)", expression)
    if near:
        return f'NEAR("{near[1]}" "{near[3]}", {near[2]})'
    words = re.sub(r"(?<![\w\"])([^\W\d_]+)(?=[\s*)]|$)", r'"\1"', expression)
    return re.sub(r'"(AND|OR|NOT)"', r"\1", words)


def table(title: str, results: Sequence[Result]) -> None:
    """Print results; ratios are to the first."""
    print(f"\n{title}")
    print(f"{'engine':34} {'posts/s':>10} {'ratio':>7} {'hits':>8} {'posts':>7} {'build s':>8}")
    for one in results:
        ratio = one.rate / results[0].rate
        print(f"{one.engine:34} {one.rate:10,.0f} {ratio:7.2f} {one.hits:8,} {one.posts:7,} {one.build:8.2f}")


def main() -> None:
    """Every table."""
    dice = Random(5)
    words = vocabulary(dice)
    texts = posts(dice, words, COUNT)
    print(f"{COUNT:,} posts, {sum(map(len, texts)) / COUNT:.0f} characters on average")
    for count in (100, 300, 1_000, 10_000):
        _terms_table(terms(dice, words, count), texts)
    for count in (100, 1_000):
        _booleans_table("as staff write them", booleans(dice, words, count, 3_000, len(words)), texts)
        _booleans_table("of everyday words", booleans(dice, words, count, 100, 3_000), texts)


def _terms_table(wanted: Sequence[str], texts: Sequence[str]) -> None:
    lists = [wanted[start : start + 1000] for start in range(0, len(wanted), 1000)]
    as_lists = [parse_list("\n".join(one)) for one in lists]
    singly = [term(one) for one in wanted]
    given = [Post(text=text) for text in texts]
    held = sum(map(bool, Matcher((str(n), one) for n, one in enumerate(as_lists)).matches_many(given)))
    few = texts[:FEW]
    results = [
        result("klankbord, each term a query", texts, lambda: klankbord(singly, given)),
        result("klankbord, one list", texts, lambda: klankbord(as_lists, given)),
        result("klankbord, post by post", texts, lambda: klankbord(singly, given, one_by_one=True)),
        result("pyahocorasick and bounds", texts, lambda: pyahocorasick_terms(wanted)),
        result("re alternation", few, lambda: re_alternation(wanted)),
        result("SQLite FTS5, posts in, terms asked", texts, lambda: fts5([f'"{one}"' for one in wanted])),
    ]
    if len(wanted) <= 1_000 or "--all" in sys.argv:
        results.insert(3, result("hyperscan", texts, lambda: hyperscan_terms(wanted)))
    table(f"{len(wanted):,} terms; {held / len(texts):.1%} of posts hold one", results)


def _booleans_table(kind: str, expressions: Sequence[str], texts: Sequence[str]) -> None:
    queries = [parse(one) for one in expressions]
    wanted = sorted({word for one in expressions for word in re.findall(r"[a-z]{3,}", one)})
    given = [Post(text=text) for text in texts]
    held = sum(map(bool, Matcher((str(n), one) for n, one in enumerate(queries)).matches_many(given)))
    results = [
        result("klankbord", texts, lambda: klankbord(queries, given)),
        result("klankbord, post by post", texts, lambda: klankbord(queries, given, one_by_one=True)),
        result("SQLite FTS5, posts in, asked", texts, lambda: fts5(expressions)),
        result("hyperscan, words only", texts, lambda: hyperscan_terms(wanted)),
        result("pyahocorasick, words only", texts, lambda: pyahocorasick_terms(wanted)),
        result("re alternation, words only", texts[:FEW], lambda: re_alternation(wanted)),
    ]
    table(f"{len(queries):,} boolean queries {kind}; {held / len(texts):.1%} of posts meet one", results)


def hostile_table(count: int = 10_000) -> None:
    """Read hostile queries, look for each in a text, print how long the slowest took."""
    took: list[tuple[float, str, str]] = []
    refused = 0
    parse("warm")
    text = Post(text="aaaa " * 200 + "a" * 500, title="een titel")
    for kind, expression in hostile(Random(7), count):
        start = time.process_time()
        try:
            (parse_list if kind.startswith("list") else parse)(expression).places(text)
        except QueryError:
            refused += 1
        took.append((time.process_time() - start, kind, expression[:50]))
    took.sort(reverse=True)
    worst = {kind: (seconds, kind, expression) for seconds, kind, expression in reversed(took)}
    print(f"{count:,} hostile queries, {refused:,} refused, the rest answered")
    for seconds, kind, expression in sorted(worst.values(), reverse=True):
        print(f"{seconds * 1000:8.1f} ms  {kind:20} {expression!r}")
    print(f"median {took[count // 2][0] * 1000:.2f} ms")


if __name__ == "__main__":
    hostile_table() if "--hostile" in sys.argv else main()
