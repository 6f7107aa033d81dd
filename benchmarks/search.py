"""Run by hand as `python -m benchmarks.search`: search over 100,000 mentions, with and without the index.

Prints CPU milliseconds for twenty queries of different kinds, what keeping the index costs, and its size.
"""

import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.corpus import NOW
from benchmarks.matcher import posts, vocabulary
from classify.query import Query, parse, parse_list
from klankbord import searching
from klankbord.alerting.rules import Rules
from klankbord.finding import Judgement
from klankbord.mention import Mention, SourceId, State, StateChange
from klankbord.ports import Batch, Cursor, Recheck
from klankbord.store import Store
from klankbord.store.kept import Versions
from klankbord.store.search import Bounds, Key

COUNT = 100_000
SOURCES = ("blog", "forum", "nieuws", "wiki", "vragen")
VERSIONS = Versions(policy="1", classifier="1")
EVERYTHING = Bounds()


def mentions(dice: Random, words: Sequence[str], count: int) -> list[Mention]:
    """Posts of thirty days from five sources; one in three has a title."""
    texts = posts(dice, words, count)
    return [
        Mention(
            source_id=SourceId(SOURCES[place % len(SOURCES)]),
            platform="feed",
            native_id=str(place),
            revision="1",
            canonical_url=f"https://{SOURCES[place % len(SOURCES)]}.example/{place}",
            title=" ".join(dice.choices(words, k=5)) if place % 3 == 0 else "",
            text=text,
            lang="nl" if place % 5 else "en",
            published_at=NOW - timedelta(seconds=dice.randrange(30 * 86_400)),
            collected_at=NOW,
            matched=("organisation",),
        )
        for place, text in enumerate(texts)
    ]


def queries(words: Sequence[str]) -> list[tuple[str, Query]]:
    """Twenty kinds, from a rare word to what no index can narrow."""
    often, usual, rare = words[3], words[300], words[-300]
    written = [
        ("rare word", rare),
        ("usual word", usual),
        ("word in most posts", often),
        ("nothing holds it", "nergensgenoemd"),
        ("phrase", f'"{words[40]} {words[41]}"'),
        ("three words", f"{usual} {words[301]} {words[302]}"),
        ("OR of three", f"{rare} OR {words[-301]} OR {words[-302]}"),
        ("word, not another", f"{usual} NOT {often}"),
        ("NEAR", f"{words[100]} NEAR/5 {words[101]}"),
        ("groups NEAR", f"({words[200]} OR {words[201]}) NEAR/3 ({words[202]} OR {words[203]})"),
        ("prefix", f"{rare[:5]}*"),
        ("wildcard inside", f"{rare[:3]}?{rare[4:]}"),
        ("compound", f"{rare}~"),
        ("in the title", f"title:{usual}"),
        ("word on a site", f"{usual} site:wiki.example"),
        ("word of a source in a language", f"{usual} source:blog lang:en"),
        ("capitals exactly", f"raw:{usual.capitalize()}"),
        ("wildcard in front", f"*{rare[-6:]}"),
        ("regular expression", f"/{rare[:4]}[a-z]+/"),
    ]
    return [
        *((kind, parse(one)) for kind, one in written),
        ("list of 200", parse_list("\n".join(words[-200:]))),
    ]


def cpu(work: Callable[[], object], tries: int = 3) -> float:
    """Milliseconds of CPU, the median of some tries."""
    spent = []
    for _ in range(tries):
        began = time.process_time()
        work()
        spent.append(1000 * (time.process_time() - began))
    return statistics.median(spent)


def by_matcher(store: Store, query: Query) -> list[Key]:
    """Every mention read and decided: what there is without an index."""
    pages = searching.matching(store, query, EVERYTHING, by_index=False)
    return [key for matched in pages for key in matched]


def batches(every: Sequence[Mention]) -> Iterator[Sequence[Mention]]:
    """A thousand at a time."""
    return (every[start : start + 1000] for start in range(0, len(every), 1000))


def fill(store: Store, every: Sequence[Mention], folder: Path) -> None:
    """Keep and judge, then index; print what each costs."""
    began = time.process_time()
    for some in batches(every):
        store.keep("blog", Batch(mentions=tuple(some), next=Cursor("1")), some, NOW)
        judged = [(one, Judgement(mention_id=one.id, about=True, clauses=())) for one in some]
        store.keep_judgements(judged, VERSIONS, Rules(), NOW, NOW)
    kept = time.process_time() - began
    before = pages(folder)
    indexed = cpu(lambda: searching.catch_up(store), tries=1)
    size, text = pages(folder) - before, sum(len(one.title + one.text) for one in every)
    sys.stdout.write(
        f"keep and judge a mention {kept / len(every) * 1e6:.0f} us,"
        f" index it {indexed / len(every) * 1e3:.0f} us\n"
        f"store {before / 1e6:.0f} MB for {text / 1e6:.0f} million characters,"
        f" index {size / 1e6:.0f} MB more\n"
    )


def pages(folder: Path) -> int:
    """Bytes in use in the store."""
    with sqlite3.connect(folder / "k.db") as connection:
        return int(
            connection.execute(
                "SELECT (page_count - freelist_count) * page_size"
                " FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
            ).fetchone()[0]
        )


def deletions(store: Store, every: Sequence[Mention]) -> None:
    """What it costs to take posts out, one and a thousand together."""
    for some in (every[:1], every[1:1001]):
        changes = [
            StateChange(platform=one.platform, native_id=one.native_id, state=State.DELETED, at=NOW)
            for one in some
        ]
        recheck = Recheck(changes=tuple(changes))
        spent = cpu(lambda recheck=recheck: store.rechecked("blog", recheck, "feed", NOW), tries=1)  # type: ignore[misc]
        sys.stdout.write(f"{len(some)} deleted at the source in one transaction: {spent:.0f} ms\n")


def main() -> None:
    """Print the table."""
    dice = Random(7)
    words = vocabulary(dice)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = Store.open(
            f"sqlite:///{folder}/k.db", lambda a, b: f"{a}{b}"[:32], ZoneInfo("Europe/Amsterdam")
        )
        every = mentions(dice, words, count)
        fill(store, every, folder)
        some = every[:1001]
        del every
        sys.stdout.write(
            f"SQLite {sqlite3.sqlite_version}\n{'':31}  hits  newest 50  all      matcher alone\n"
        )
        for kind, query in queries(words):
            found = [hit.key for hit in searching.found(store, query, EVERYTHING)]
            first = cpu(lambda query=query: list(islice(searching.found(store, query, EVERYTHING), 50)))  # type: ignore[misc]
            whole = cpu(lambda query=query: list(searching.found(store, query, EVERYTHING)))  # type: ignore[misc]
            alone = cpu(lambda query=query: by_matcher(store, query), tries=1)  # type: ignore[misc]
            same = "" if found == by_matcher(store, query) else "  DIFFERENT"
            sys.stdout.write(
                f"{kind:31} {len(found):5}  {first:6.1f} ms  {whole:6.1f} ms  {alone:6.0f} ms{same}\n"
            )
        deletions(store, some)
        store.close()
    sys.stdout.write(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB\n")


if __name__ == "__main__":
    main()
