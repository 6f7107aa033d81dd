"""A Model goes to a file and comes back; a file that was changed, cut short or outdated is refused.

Layout: one line of JSON (format, versions, corpus, sha256 of what follows), then a skops archive of arrays
and plain values. Nothing in it is run when it is read.
"""

import hashlib
import io
import json
import os
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np

from classify import corpus as written
from classify.corpus.vectors import vectors_of
from classify.heads import HEADS
from classify.learning.rows import OwnRow
from classify.model import Lens, Metrics, Model
from classify.senses import Space, Student
from classify.sentences import sentence
from classify.signals import SIGNALS_VERSION
from classify.training import Rehearsed, Written, documents_of, rehearse
from classify.vectoriser import Vectoriser
from klankbord.errors import ModelCorruptError, ModelOutdatedError

# 1 - linear heads, fusion per clause, one vocabulary for all; 2 - borders of decided heads;
# 3 - two lenses over words, votes and meaning; 4 - sentences that are protected on their own
_FORMAT = 4
_LONGEST_HEADER = 4_000
_PLAIN = ("encoder", "fingerprint", "corpus", "trained_on")
_PARTS = ("student", "space", "plain", "sharp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Learnt:
    """What a model learnt of the installation itself; stands in the file's first line."""

    #: rows from verdicts and from sentences of the organisation's own
    rows: int = 0
    #: hash over these rows and what they were said to be
    of: str = ""
    #: moment of the newest verdict among them; empty: none
    until: str = ""


def save(model: Model, path: Path, learnt: Learnt | None = None) -> None:
    """Write beside the file and rename: a reader never sees half a model."""
    from skops.io import dumps

    body = dumps(_packed(model))
    header = _expected(model.corpus) | {
        "trained_on": model.trained_on,
        "fingerprint": model.fingerprint,
        "guard": {"recall": dict(model.metrics.guard_recall), "cost": dict(model.metrics.guard_cost)},
        "learnt": asdict(learnt or Learnt()),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        out.write(json.dumps(header, sort_keys=True).encode() + b"\n" + body)
        out.flush()
        os.fsync(out.fileno())
    part.replace(path)


def load(path: Path) -> Model:
    """Read a model back.

    Raises:
        ModelOutdatedError: made for another format, library, set of signals or corpus.
        ModelCorruptError: changed or cut short after it was written.
    """
    first, _, body = path.read_bytes().partition(b"\n")
    header = _header(first, path)
    wanted = _expected(written.load("train").fingerprint)
    different = sorted(key for key, value in wanted.items() if header.get(key) != value)
    if different:
        raise ModelOutdatedError(f"{path}: made for another {', '.join(different)}; run `klankbord train`")
    if hashlib.sha256(body).hexdigest() != header.get("sha256"):
        raise ModelCorruptError(
            f"{path}: changed or cut short after it was written; remove it and train again"
        )
    try:
        return _unpacked(_content(body))
    except (ValueError, TypeError, KeyError, AttributeError, OSError, zipfile.BadZipFile) as error:
        raise ModelCorruptError(f"{path}: cannot be read ({type(error).__name__}); train again") from error


def learnt_of(path: Path) -> Learnt:
    """What the model of a file learnt of the installation.

    Raises:
        ModelCorruptError: it is no model file.
    """
    with path.open("rb") as file:
        header = _header(file.readline(_LONGEST_HEADER), path)
    told = header.get("learnt")
    return Learnt(**told) if isinstance(told, dict) and set(told) <= set(Learnt.__slots__) else Learnt()


def load_or_train(path: Path, now: datetime, progress: Callable[[str], None]) -> Model:
    """The model of the file; trained from the shipped posts where the file is missing or outdated.

    Raises:
        ModelCorruptError: the file was changed or cut short; it is never silently replaced.
    """
    if path.exists():
        try:
            return load(path)
        except ModelOutdatedError as error:
            progress(str(error))
    model = train_shipped(now, progress)
    save(model, path)
    return model


def train_shipped(now: datetime, progress: Callable[[str], None], own: Sequence[OwnRow] = ()) -> Model:
    """A model from the posts that ship with the project, and from rows of the installation's own."""
    return rehearse_shipped(now, progress, own).model


def rehearse_shipped(now: datetime, progress: Callable[[str], None], own: Sequence[OwnRow]) -> Rehearsed:
    """As `train_shipped`, with what was said of each row by a model that had not seen its group."""
    positives = Counter(clause for post in written.load("test").examples for clause in post.clauses)
    return rehearse(shipped("train"), positives, now, progress, own)


def shipped(part: Literal["train", "test"]) -> Written:
    """The written posts of a part with their shipped vectors."""
    corpus = written.load(part)
    sentences = [sentence(one) for one in documents_of(corpus)]
    vectors, encoder = vectors_of(part, sentences)
    return Written(corpus=corpus, vectors=vectors, encoder=encoder)


def _header(line: bytes, path: Path) -> dict[str, Any]:
    try:
        header = json.loads(line[:_LONGEST_HEADER])
    except ValueError as error:
        raise ModelCorruptError(f"{path}: no model file of klankbord; remove it and train again") from error
    if not isinstance(header, dict) or "format" not in header:
        raise ModelCorruptError(f"{path}: no model file of klankbord; remove it and train again")
    return header


def _expected(corpus: str) -> dict[str, Any]:
    from importlib.metadata import version

    return {
        "format": _FORMAT,
        "signals": SIGNALS_VERSION,
        "scikit-learn": version("scikit-learn"),
        "corpus": corpus,
    }


def _packed(model: Model) -> dict[str, Any]:
    """Arrays, and everything else as one JSON text: an archive of 20,000 strings is slow."""
    plain = {
        "vocabulary": list(model.vectoriser.vocabulary),
        "heads": list(HEADS),
        "posts": list(model.posts),
        "metrics": {name: getattr(model.metrics, name) for name in Metrics.__slots__},
        **{name: getattr(model, name) for name in _PLAIN},
    }
    arrays = {"idf": model.vectoriser.idf, "block": model.vectoriser.block, "rules": model.rules}
    for part in _PARTS:
        for field in fields(getattr(model, part)):
            value = getattr(getattr(model, part), field.name)
            (arrays if isinstance(value, np.ndarray) else plain)[f"{part} {field.name}"] = value
    return {"plain": json.dumps(plain), **arrays}


def _content(body: bytes) -> dict[str, Any]:
    """What `skops.io.loads` would give, read without importing scikit-learn (2.7 CPU seconds)."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        nodes = json.loads(archive.read("schema.json"))["content"]
        return {
            name: np.load(io.BytesIO(archive.read(node["file"])), allow_pickle=False)
            if "file" in node
            else json.loads(node["content"])
            for name, node in nodes.items()
        }


def _unpacked(packed: dict[str, Any]) -> Model:
    plain = json.loads(packed["plain"])
    if plain["heads"] != list(HEADS):
        raise ValueError("other heads")
    found = packed | plain
    return Model(
        vectoriser=Vectoriser(
            vocabulary={name: place for place, name in enumerate(plain["vocabulary"])},
            idf=packed["idf"],
            block=packed["block"],
        ),
        student=Student(**_part("student", found)),
        space=Space(**_part("space", found)),
        plain=Lens(**_part("plain", found)),
        sharp=Lens(**_part("sharp", found)),
        rules=packed["rules"],
        posts=tuple(plain["posts"]),
        metrics=Metrics(**plain["metrics"]),
        **{name: plain[name] for name in _PLAIN},
    )


def _part(name: str, found: dict[str, Any]) -> dict[str, Any]:
    return {key.removeprefix(f"{name} "): value for key, value in found.items() if key.startswith(f"{name} ")}
