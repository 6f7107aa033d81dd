"""A store of 100,000 mentions with 5,000 verdicts comes in; seconds and peak memory of a backtest go out."""

import argparse
import json
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copy
from tempfile import TemporaryDirectory

from benchmarks.printing import show

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
_TITLE = "a draft of a keyword list beside the list as it stands, on stored mentions"
_WORDS = """
de het een van wij jullie klant rekening storing app monteur vandaag gisteren prijs contract wachten helpdesk
mail brief meter zonnepanelen stroom gas warmte verhuizen opzeggen betalen termijn bedrag the a bill outage
engineer today price contract waiting email letter meter panels moving cancel pay
""".split()  # noqa: SIM905 - reads better than a list
_HEADS = ("tarief", "klant", "storings", "contract", "meter", "warmte", "zon")
_TAILS = ("nieuws", "melding", "dossier", "wijziging", "besluit", "memo", "plan", "lijst")
_TERMS = [head + tail for head in _HEADS for tail in _TAILS]


def main() -> int:
    """Make the store, then measure in a process of its own."""
    given = _arguments()
    if given.measure:
        print(json.dumps(_measured(Path(given.measure), given.judge)))
        return 0
    with TemporaryDirectory() as folder:
        print(f"making {given.mentions:,} mentions", file=sys.stderr)
        _made(Path(folder), given.mentions, given.verdicts)
        if given.model:
            for part in given.model.parent.glob(given.model.name + "*"):
                copy(part, Path(folder) / "data" / part.name)
        judged = (0, 100) if given.model else (0,)
        rows = [_in_a_process(Path(folder), number) for number in judged]
    show(_TITLE, rows, as_json=given.json)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=int, default=100_000)
    parser.add_argument("--verdicts", type=int, default=5_000)
    parser.add_argument("--model", type=Path, help="a model.skops: then a sample is judged as well")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--judge", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_a_process(folder: Path, judge: int) -> dict[str, object]:
    command = [sys.executable, __file__, "--measure", str(folder), "--judge", str(judge)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    row: dict[str, object] = json.loads(said.splitlines()[-1])
    return row


def _made(folder: Path, mentions: int, verdicts: int) -> None:
    from sqlalchemy import insert

    from klankbord.pseudonym import Pseudonyms
    from klankbord.store import schema
    from klankbord.store.engine import begin, opened

    (folder / "config" / "keywords").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "config" / "organisation.toml").write_text('name = "Wadlicht Energie"\n', "utf-8")
    Pseudonyms(folder / "data" / "pseudonyms.key", timedelta(days=90)).forgotten("a", "b")
    engine = opened(f"sqlite:///{folder}/data/klankbord.db")
    chance = Random(4)
    with engine.begin() as connection:
        begin(connection, to_write=True)
        for start in range(0, mentions, 5_000):
            rows = [_row(chance, number) for number in range(start, min(start + 5_000, mentions))]
            connection.execute(insert(schema.mention), rows)
        findings, answers = _answered(chance, verdicts)
        connection.execute(insert(schema.finding), findings)
        connection.execute(insert(schema.verdict), answers)
    engine.dispose()


def _row(chance: Random, number: int) -> dict[str, object]:
    """A post of 50-2,000 characters; three in a hundred hold a term of a list."""
    from klankbord.mention import mention_id

    words = chance.choices(_WORDS, k=max(8, int(chance.lognormvariate(3.7, 0.8))))[:320]
    # Posts with a verdict hold a term more often, as findings do.
    if chance.random() < (0.5 if number < 5_000 else 0.03):
        words.insert(chance.randrange(len(words)), chance.choice(_TERMS))
    if chance.random() < 0.2:
        words.append("café")
    at = NOW - timedelta(minutes=chance.randrange(90 * 24 * 60))
    return {
        "id": mention_id("feed", str(number)), "source_id": f"blog{number % 40}", "platform": "feed",
        "native_id": str(number), "revision": "1", "kind": "post", "url": "", "author": None,
        "canonical_url": f"https://blog{number % 40}.example/{number}", "title": "",
        "text": "Wadlicht Energie: " + " ".join(words) + ".", "context": "", "thread_id": None,
        "parent_id": None, "lang": chance.choice(["nl", "en"]), "published_at": at, "published_raw": "",
        "published_precision": "exact", "edited_at": None, "collected_at": at, "matched": "organisation",
        "state": "live", "terms": "{}", "judged_revision": "1", "judged_by": "x", "checked_at": at,
    }  # fmt: skip


def _answered(chance: Random, verdicts: int) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    from klankbord.finding import finding_id
    from klankbord.mention import mention_id
    from klankbord.policy import ClauseId

    findings: list[dict[str, object]] = []
    answers: list[dict[str, object]] = []
    for number in range(verdicts):
        mention, clause = mention_id("feed", str(number)), ClauseId("C03-internal-conversation")
        key = finding_id(mention, clause)
        confirmed = chance.random() < 0.3
        findings.append(
            {"id": key, "mention_id": mention, "clause_id": clause, "score": 0.9, "mode": 2, "evidence": "[]",
             "details": "{}", "policy_version": "1", "model_version": "1", "found_at": NOW, "state": "closed"}
        )  # fmt: skip
        answers.append(
            {"finding_id": key, "clause_id": clause, "decision": "confirmed" if confirmed else "dismissed",
             "reason": None if confirmed else "not_touching", "outcome": None, "note": "", "by": "x",
             "at": NOW}
        )  # fmt: skip
    return findings, answers


def _list(terms: list[str]) -> str:
    lines = "\n".join(terms)
    return f'id = "memos"\nclause = "C03"\nterms = """\n{lines}\n"""\nexcluded = """\nvacature*\n"""\n'


def _measured(folder: Path, judge: int) -> dict[str, object]:
    from klankbord.installation import Installation
    from klankbord.settings import load
    from klankbord.tuning.saving import draft_of
    from klankbord.tuning.trial import Trial, list_of

    file = folder / "config" / "keywords" / "memos.toml"
    file.write_text(_list(_TERMS[:40]), "utf-8")
    installation = Installation(load(folder / "config"), lambda: NOW)
    installation.store.counts()
    if judge:
        installation.model  # noqa: B018 - read from disk before the clock starts
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.monotonic(), time.process_time()
    draft = draft_of(folder / "config", "memos", _list(_TERMS[6:56])).table
    found = Trial(installation, weeks=13, judged=judge).of(draft, list_of(installation, "memos"))
    row: dict[str, object] = {
        "judged": found.judged.posts if found.judged else 0,
        "mentions": found.span.posts,
        "terms": len(found.terms),
        "match": found.draft.posts,
        "new": found.new,
        "lost": found.lost,
        "seconds": round(time.monotonic() - wall, 2),
        "CPU-s": round(time.process_time() - cpu, 2),
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "of which before": round(before / 1024, 1),
    }
    installation.close()
    return row


if __name__ == "__main__":
    sys.exit(main())
