"""Run by hand as `python -m benchmarks.digest`: one week's digest in stores of several sizes.

Prints CPU seconds and peak memory of the whole digest, each in a process of its own, beside the same counts
in plain SQL. Two stores have a week of the same size and ten times the history; a third has a smaller week.
"""

import argparse
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

# Only what is small may be imported here: a child's peak begins at the memory of its parent.
from benchmarks.printing import show

#: mentions in the store, weeks they are spread over
_STORES = ((100_000, 52), (100_000, 5), (1_000_000, 52))
_TITLE = "one week's digest: CPU seconds and peak memory, beside the same counts in plain SQL"
#: Monday morning after the last week
_NOW = datetime(2026, 11, 23, 6, 35, tzinfo=UTC)
_END = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
_SOURCES = ("blog", "forum", "nieuws", "wiki", "vragen", "tag", "board", "video")
_CONFIG = Path(__file__).parent.parent / "config"
_MEGABYTE = 1024
#: what people talk about: one post in six
_ABOUT = (
    ("storing", "monteur", "stroom", "wijk"),
    ("tarieven", "januari", "verhoging", "brief"),
    ("overstappen", "contract", "boete", "opzeggen"),
    ("meterstand", "slimme", "doorgeven", "formulier"),
    ("klantenservice", "telefoon", "wachtrij", "bellen"),
)
#: the counts of nine weeks, by source and language and by clause and mode, as somebody would write them
_PLAIN = (
    (
        "SELECT (julianday(published_at) - julianday(:start)) / 7 AS week, source_id, lang, count(*) "
        "FROM mention WHERE published_at >= :start AND published_at < :end GROUP BY cast(week AS int), 2, 3"
    ),
    (
        "SELECT (julianday(m.published_at) - julianday(:start)) / 7 AS week, f.clause_id, f.mode, count(*) "
        "FROM finding f JOIN mention m ON m.id = f.mention_id "
        "WHERE m.published_at >= :start AND m.published_at < :end GROUP BY cast(week AS int), 2, 3"
    ),
    "SELECT decision, count(*) FROM verdict WHERE at >= :start AND at < :end GROUP BY 1",
    "SELECT count(*), min(found_at) FROM finding WHERE state = 'open' AND mode >= 2",
)


def main() -> int:
    """Build the stores and measure each, or be the one measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument("--quick", action="store_true", help="only the small stores")
    parser.add_argument("--build", type=int, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--digest", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.build:
        _build(given.folder, *given.build)
    elif given.digest:
        print(json.dumps(_digest(given.folder)))
    else:
        stores = _STORES[:2] if given.quick else _STORES
        show(_TITLE, [_measured(*store) for store in stores], as_json=given.json)
    return 0


def _measured(count: int, weeks: int) -> Mapping[str, object]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        _child("--build", str(count), str(weeks), folder=folder)
        file = folder / "data" / "klankbord.db"
        plain = _plain(file)
        told = json.loads(_child("--digest", folder=folder))
        return {
            "mentions": count,
            "weeks": weeks,
            "in the week": told["read"],
            "store MB": round(file.stat().st_size / 1_048_576),
            "plain SQL s": plain,
            "counts s": told["counts"],
            "talk s": told["talk"],
            "record s": told["record"],
            "pages s": told["pages"],
            "imports s": told["imports"],
            "whole s": told["whole"],
            "peak MB": told["peak"],
        }


def _child(*arguments: str, folder: Path) -> str:
    command = [sys.executable, "-m", "benchmarks.digest", *arguments, "--folder", str(folder)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def _plain(file: Path) -> float:
    """CPU seconds of the counts alone, best of three."""
    start = (_END - timedelta(weeks=9)).strftime("%Y-%m-%d %H:%M:%S")
    bounds = {"start": start, "end": _END.strftime("%Y-%m-%d %H:%M:%S")}
    with closing(sqlite3.connect(file)) as connection:
        spent = []
        for _ in range(3):
            began = time.process_time()
            for statement in _PLAIN:
                connection.execute(statement, bounds).fetchall()
            spent.append(time.process_time() - began)
    return round(min(spent), 3)


def _digest(folder: Path) -> Mapping[str, object]:
    """Make one digest as the service does, and tell what each part took."""
    began = time.process_time()
    from zoneinfo import ZoneInfo

    import pandas as pd  # noqa: F401 - its import is measured
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: F401

    from classify.talk import talk_of
    from klankbord.installation import Installation
    from klankbord.settings import load
    from klankbord.week import Week
    from reports.digest import digest_of
    from reports.html import html_of
    from reports.text import text_of

    house = Installation(load(folder / "config"), lambda: _NOW)
    week = Week.named("2026-W47", ZoneInfo("Europe/Amsterdam"))
    house.store.counts  # noqa: B018 - opens the store
    marks = [began, time.process_time()]
    facts = house.store.week(week, house.known_sources())
    marks.append(time.process_time())
    posts, of = house.store.editions.posts(week)
    talk = talk_of(posts, of, ours=("Wadlicht",), compared=True, shown=frozenset)
    marks.append(time.process_time())
    from dataclasses import replace

    facts = house.store.editions.texts(replace(facts, talk=talk))
    digest = digest_of(facts, house.settings.policy, "Wadlicht", "nl", _NOW)
    marks.append(time.process_time())
    pages = len(html_of(digest)) + len(text_of(digest))
    marks.append(time.process_time())
    assert pages
    assert talk.themes
    names = ("imports", "counts", "talk", "record", "pages")
    told: dict[str, object] = {
        name: round(after - before, 2) for name, before, after in zip(names, marks, marks[1:], strict=False)
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE
    return told | {"whole": round(marks[-1] - began, 2), "peak": round(peak), "read": of}


def _build(folder: Path, count: int, weeks: int) -> None:
    """Posts spread evenly over weeks, one in a hundred with a finding, half of those answered."""
    from random import Random

    from benchmarks.matcher import posts, vocabulary
    from klankbord.installation import Installation
    from klankbord.settings import load

    config = folder / "config"
    shutil.copytree(_CONFIG, config)
    house = Installation(load(config), lambda: _NOW)
    assert house.store.counts()["mention"] == 0
    house.close()
    dice = Random(47)
    texts = posts(dice, vocabulary(dice), 40_000)
    for place in range(0, len(texts), 6):
        about = _ABOUT[place // 6 % len(_ABOUT)]
        texts[place] += f" en {' '.join(dice.sample(about, 3))} vandaag"
    file = folder / "data" / "klankbord.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        for table, rows in (
            ("mention", _mentions(texts, count, weeks)),
            ("change", _changes(count, weeks)),
            ("finding", _findings(count, weeks)),
            ("verdict", _verdicts(count, weeks)),
        ):
            _insert(connection, table, rows)
        connection.commit()


Rows = Iterator[Mapping[str, object]]


def _insert(connection: sqlite3.Connection, table: str, rows: Rows) -> None:
    first = next(rows)
    names = ", ".join(f'"{name}"' for name in first)
    blanks = ", ".join("?" for _ in first)
    statement = f"INSERT INTO {table} ({names}) VALUES ({blanks})"
    connection.execute(statement, tuple(first.values()))
    connection.executemany(statement, (tuple(row.values()) for row in rows))


def _at(place: int, count: int, weeks: int) -> str:
    """Evenly over the weeks, the last post just before the end."""
    moment = _END - timedelta(weeks=weeks) * ((place + 1) / count)
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _id(place: int) -> str:
    from klankbord.mention import mention_id

    return mention_id("feed", str(place))


def _mentions(texts: Sequence[str], count: int, weeks: int) -> Rows:
    terms = json.dumps({"store": True, "classify": True, "export": True})
    for place in range(count):
        at = _at(place, count, weeks)
        source = _SOURCES[place % len(_SOURCES)]
        yield {
            "id": _id(place),
            "source_id": source,
            "platform": "feed",
            "native_id": str(place),
            "revision": "1",
            "kind": "post",
            "url": "",
            "canonical_url": f"https://{source}.example/{place}",
            "title": "",
            "text": texts[place % len(texts)],
            "context": "",
            "parent_id": str(place + 3) if place % 5 == 0 else None,
            "lang": "en" if place % 5 == 1 else "nl",
            "published_at": at,
            "published_raw": "",
            "published_precision": "exact",
            "collected_at": at,
            "matched": "organisation",
            "state": "live",
            "terms": terms,
            "judged_revision": "1",
            "judged_by": "benchmark",
            "checked_at": at,
        }


def _changes(count: int, weeks: int) -> Rows:
    # From the last place to the first: as they came, the oldest first.
    for place in range(count - 1, -1, -1):
        at = _at(place, count, weeks)
        yield {"at": at, "what": "collected", "mention_id": _id(place), "finding_id": None, "detail": "1"}


def _findings(count: int, weeks: int) -> Rows:
    for place in range(0, count, 100):
        old = place > count / weeks
        yield {
            "id": f"f{place}",
            "mention_id": _id(place),
            "clause_id": ("C02-confidential", "C07-wrong-advice", "C05-open-identity")[place // 100 % 3],
            "score": 0.75 + place % 20 / 100,
            "mode": (3, 2, 1)[place // 100 % 3],
            "evidence": '[["text",0,8,"keyword:inside"]]',
            "details": "{}",
            "policy_version": "1",
            "model_version": "1",
            "found_at": _at(place, count, weeks),
            "state": "closed" if old and place % 200 else "open",
        }


def _verdicts(count: int, weeks: int) -> Rows:
    for place in range(0, count, 100):
        if place % 200:
            yield {
                "finding_id": f"f{place}",
                "clause_id": "C02-confidential",
                "decision": "confirmed" if place % 300 else "dismissed",
                "note": "",
                "by": "ann",
                "at": _at(place, count, weeks),
            }


if __name__ == "__main__":
    sys.exit(main())
