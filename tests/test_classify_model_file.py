"""The model's file: it comes back the same, and a file that cannot be trusted is refused."""

import json
from pathlib import Path

import builders
import numpy as np
import pytest
from skops import io as skops_io

from classify import corpus
from classify import model_file as files
from classify.model import Model
from classify.model_file import load, load_or_train, save
from klankbord.errors import ModelCorruptError, ModelOutdatedError

_SHARED: list[Model] = []


@pytest.fixture(scope="session", autouse=True)
def shared_model(model_file: Path) -> None:
    """Reads the session's one model; test files that import this name get it too."""
    _SHARED[:] = [load(model_file)]


def trained() -> Model:
    """The model of the shipped posts; made once for the whole session."""
    return _SHARED[0]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "deep" / "model.skops"
    save(trained(), path)
    return path


def test_a_saved_model_comes_back_the_same(file: Path) -> None:
    model, back = trained(), load(file)
    assert (back.fingerprint, back.metrics, back.trained_on) == (
        model.fingerprint,
        model.metrics,
        builders.NOW.date().isoformat(),
    )
    assert back.vectoriser.vocabulary == model.vectoriser.vocabulary
    assert np.array_equal(back.plain.weights, model.plain.weights)
    assert back.sharp.decided_from == model.sharp.decided_from
    assert not list(file.parent.glob("*.part"))


def test_the_archive_is_one_that_skops_reads_without_trusting_any_type(file: Path) -> None:
    body = file.read_bytes().partition(b"\n")[2]
    content = skops_io.loads(body, trusted=[])
    assert np.array_equal(content["plain weights"], trained().plain.weights)
    assert json.loads(content["plain"])["fingerprint"] == trained().fingerprint


def test_one_changed_byte_is_refused(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(ModelCorruptError, match="train again"):
        load(file)


def test_a_file_cut_short_is_refused_and_never_silently_replaced(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(ModelCorruptError):
        load_or_train(file, builders.NOW, lambda _: None)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]\n", b"PK\x03\x04 something else", b"{\n"])
def test_a_file_that_is_no_model_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ModelCorruptError, match="no model file"):
        load(file)


@pytest.mark.parametrize("key", ["format", "signals", "scikit-learn", "corpus"])
def test_a_model_made_for_something_else_is_outdated(file: Path, key: str) -> None:
    header, _, body = file.read_bytes().partition(b"\n")
    file.write_bytes(json.dumps(json.loads(header) | {key: "another"}).encode() + b"\n" + body)
    with pytest.raises(ModelOutdatedError, match=key):
        load(file)


def test_an_outdated_model_is_trained_again_and_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header, _, body = file.read_bytes().partition(b"\n")
    file.write_bytes(json.dumps(json.loads(header) | {"corpus": "another"}).encode() + b"\n" + body)
    # Training once is enough for this room's tests; what is at stake here is when it happens.
    monkeypatch.setattr(files, "train_shipped", lambda now, progress: trained())
    told: list[str] = []
    assert load_or_train(file, builders.NOW, told.append).fingerprint == trained().fingerprint
    assert "made for another corpus" in told[0]
    assert load(file).fingerprint == trained().fingerprint


def test_training_and_test_posts_have_no_organisation_and_no_text_in_common() -> None:
    train, test = corpus.load("train"), corpus.load("test")
    assert not set(train.organisations) & set(test.organisations)
    assert not {post.text for post in train.examples} & {post.text for post in test.examples}


def test_every_clause_has_enough_test_posts_to_be_measured() -> None:
    assert min(trained().metrics.test_positives.values()) >= 30
