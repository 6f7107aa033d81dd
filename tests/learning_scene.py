"""A tiny written world to learn from: two organisations, sixty posts, an encoder that hashes words."""

import hashlib
from collections.abc import Sequence
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classify import corpus as shipped
from classify.corpus import Corpus, Example
from classify.learning.contest import Ground
from classify.learning.rows import OwnRow
from classify.own_words import own_words
from classify.reading import document, read
from classify.sentences import sentence
from classify.signals import votes
from classify.training import Written, documents_of
from klankbord.settings import Organisation

ORGANISATIONS = {
    "post": Organisation(name="Voorbeeld BV", aliases=("Example Ltd",), products=("ZonZeker",)),
    "bank": Organisation(name="Reigerbank", products=("Spaarnest",)),
}
PLACES = ("kantoor", "balie", "magazijn", "planning")
SAID: tuple[tuple[Literal["nl", "en"], str, tuple[str, ...], str], ...] = (
    ("nl", "intern hoorde ik op {place} dat {org} de vestiging sluit, nog niet bekend", ("C02",), ""),
    ("en", "heard inside the {place} that {org} will close the site, not announced yet", ("C02",), ""),
    ("nl", "op {place} van {org} is het onveilig en niemand meldt het, ik heb het gemeld", (), "P01"),
    ("en", "the {place} at {org} is unsafe, i reported the danger and nobody acts", (), "P01"),
    ("nl", "lekker geholpen bij {org} vandaag, {place} was vriendelijk", (), ""),
    ("en", "waiting for {org} again, the {place} never answers the phone", (), ""),
    ("nl", "storing bij {org}, weet iemand of {place} al open is", (), ""),
)


def corpus(offset: int = 0) -> Corpus:
    """Every sentence at every place of every organisation."""
    examples = [
        Example(
            id=f"x-{offset}-{number}",
            org=org,
            lang=lang,
            text=text.format(place=place, org=ORGANISATIONS[org].name) + " vandaag" * offset,
            clauses=clauses,
            protected=protected,
            tie="stated" if clauses else "none",
            says=frozenset(),
        )
        for number, (org, place, (lang, text, clauses, protected)) in enumerate(
            product(ORGANISATIONS, PLACES, SAID), 1
        )
    ]
    # A file made from it must look as if made from the shipped posts, or it is refused as outdated.
    print_of = shipped.load("train").fingerprint
    return Corpus(examples=tuple(examples), organisations=ORGANISATIONS, fingerprint=print_of)


class HashingEncoder:
    """Tells the same words as the same place; knows no meaning."""

    name = "hashing"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = [sum((_place(word) for word in text.split()), np.zeros(48)) for text in texts]
        found = np.array(rows, dtype=np.float32).reshape(-1, 48)
        return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), np.float32)


def _place(word: str) -> NDArray[np.float64]:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
    return np.random.default_rng(seed).normal(size=48)


def written(offset: int = 0) -> Written:
    """The corpus with its vectors."""
    posts = corpus(offset)
    vectors = HashingEncoder().encode([sentence(one) for one in documents_of(posts)])
    return Written(corpus=posts, vectors=vectors, encoder="hashing")


def ground(lens: Literal["plain", "sharp"] = "plain") -> Ground:
    """What a contest is fought on here."""
    return Ground(train=written(), test=written(1), lens=lens)


def row(text: str, name: str = "post:a:b", group: str = "story:0", **labels: float) -> OwnRow:
    """An own row about Voorbeeld BV."""
    reading = read("", text, "", own_words(ORGANISATIONS["post"]))
    vector = HashingEncoder().encode([sentence(document(reading))])[0]
    return OwnRow(
        id=name,
        document=document(reading),
        voted=tuple(votes(reading)),
        labels=labels,
        group=group,
        vector=vector,
    )
