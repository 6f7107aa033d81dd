"""Written posts come in, a Model goes out; the same posts always give the same model."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classify.corpus import Corpus, Example
from classify.heads import CORE, GUARD, HEADS, PLACE, TEXT_GOES, TOUCHING, labels
from classify.learning.rows import OwnRow, matrix
from classify.model import (
    MEANING_WEIGHS,
    VOTES_WEIGH,
    WIDTH,
    Floats,
    Lens,
    Metrics,
    Model,
    ballots,
    protectedness,
)
from classify.own_words import own_words
from classify.reading import Reading, document, read
from classify.ridge import Solved, solve
from classify.senses import Space, Vectors, joined, nearness, space, student
from classify.signals import votes
from classify.vectoriser import Document, Vectoriser, fit

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Bools = NDArray[np.bool_]
Progress = Callable[[str], None]
#: added to the diagonal of the likeness between posts; 2 to 4 gave the same within noise
_STRENGTH = 3.0
_RULES_STRENGTH = 30.0
#: share of P01, P02, P03 and P05 to hold back in each language, on organisations left out (law.md D5)
GUARD_RECALL = 0.955
#: of posts that touch a clause, the share that may look decidedly protected
_TOUCHING_SURE = 0.02
#: share of other posts on which a head may be decidedly convinced, on organisations left out
# On organisations left out 1 in 200 kept the clauses precise that need their signals too; C07 rests more on
# its head and took in right advice, hence 1 in 500.
_OTHERS_DECIDED, _OTHERS_DECIDED_C07 = 0.005, 0.002
#: of texts that must stay, the share that may go with those that must go
_KEPT_TEXTS_GONE = 0.05
#: of ordinary posts, the share that gets a second look
LOOKED_AT_AGAIN = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Posts to learn from, and the encoder's vector of each, in order."""

    corpus: Corpus
    vectors: Vectors
    encoder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Posts:
    """The training part, made ready."""

    examples: tuple[Example, ...]
    words: "csr_matrix"
    ballots: Vectors
    labels: Floats
    groups: tuple[str, ...]
    #: written posts that name the organisation or a product: no others are ever judged
    named: Bools

    def having(self, head: str) -> Bools:
        """Posts of which the head's question is answered with yes."""
        return np.asarray(self.labels[:, PLACE[head]] == 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lesson:
    """Everything that is learnt from: the training part, and the installation's own rows after it."""

    words: "csr_matrix"
    ballots: Vectors
    labels: Floats
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """A model, and what it would have said of each row had it not seen the row's group."""

    model: Model
    #: in the order of `model.posts`
    labels: Floats
    #: lens -> decisions, rows x HEADS
    held_out: Mapping[str, Floats]


def train(
    written: Written,
    test_positives: Mapping[str, int],
    now: datetime,
    progress: Progress,
    own: Sequence[OwnRow] = (),
) -> Model:
    """Fit both lenses, the student and every border.

    Args:
        written: the training part, with the encoder's vectors.
        test_positives: how many posts of the test part touch each clause.
        now: written into the model as the day of training.
        progress: told what happens, in a few words.
        own: rows of the installation. They move what is said of a text; the vocabulary, the student and every
            border stay those of the training part: own rows are few, chosen for their scores, and must go
            without a trace of their words.
    """
    return rehearse(written, test_positives, now, progress, own).model


def rehearse(
    written: Written,
    test_positives: Mapping[str, int],
    now: datetime,
    progress: Progress,
    own: Sequence[OwnRow] = (),
) -> Rehearsed:
    """As `train`, with what was said of each row by a model that had not seen its group."""
    import sklearn.linear_model  # noqa: F401 - loads its BLAS, which the limit below cannot see otherwise
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # One thread: with more, BLAS may add in another order.
    with threadpool_limits(limits=1):
        return _trained(written, test_positives, now, progress, own)


def _trained(
    written: Written,
    test_positives: Mapping[str, int],
    now: datetime,
    progress: Progress,
    own: Sequence[OwnRow],
) -> Rehearsed:
    progress("reading the written posts")
    corpus = written.corpus
    readings = readings_of(corpus)
    documents = [document(reading) for reading in readings]
    vectoriser = fit(documents)
    posts = _Posts(
        examples=corpus.examples,
        words=vectoriser.transform(documents),
        ballots=ballots(votes(reading) for reading in readings),
        labels=labels(corpus.examples),
        groups=tuple(_group(post) for post in corpus.examples),
        named=np.array([names_us(reading) for reading in readings]),
    )
    lesson = _lesson(posts, vectoriser, own)
    count = len(posts.examples)
    by_words = (lesson.words @ lesson.words.T).toarray()
    placed = space(written.vectors)
    places = placed.placed(written.vectors)
    progress("teaching the student")
    taught, student_places = student(posts.words, by_words[:count, :count], places, posts.groups)
    guessed = taught.placed(lesson.words[count:])
    by_words += 1.0 + VOTES_WEIGH * (lesson.ballots @ lesson.ballots.T)
    progress("learning with the plain lens")
    plain, plain_held_out = _lens(posts, lesson, by_words, np.vstack((student_places, guessed)))
    progress("learning with the sharp lens")
    own_places = _own_places(placed, own, guessed)
    sharp, sharp_held_out = _lens(
        posts, lesson, by_words, np.vstack((joined(places, student_places), joined(own_places, guessed)))
    )
    held_out = {"plain": plain_held_out, "sharp": sharp_held_out}
    of_posts = {name: said[:count] for name, said in held_out.items()}
    model = Model(
        vectoriser=vectoriser,
        student=taught,
        space=placed,
        plain=plain,
        sharp=sharp,
        rules=_rules(posts),
        posts=(*(post.id for post in corpus.examples), *(row.id for row in own)),
        encoder=written.encoder,
        metrics=_metrics(posts, of_posts, {"plain": plain, "sharp": sharp}, test_positives),
        fingerprint="",
        corpus=corpus.fingerprint,
        trained_on=now.date().isoformat(),
    )
    return Rehearsed(model=sealed(model), labels=lesson.labels, held_out=held_out)


def _lesson(posts: _Posts, vectoriser: Vectoriser, own: Sequence[OwnRow]) -> _Lesson:
    if not own:
        return _Lesson(words=posts.words, ballots=posts.ballots, labels=posts.labels, groups=posts.groups)
    from scipy.sparse import vstack

    words = vectoriser.transform([row.document for row in own])
    cast = ballots(dict.fromkeys(row.voted) for row in own)
    return _Lesson(
        words=vstack((posts.words, words), format="csr"),
        ballots=np.vstack((posts.ballots, cast)),
        labels=np.vstack((posts.labels, matrix(own))),
        groups=(*posts.groups, *(row.group for row in own)),
    )


def _own_places(placed: Space, own: Sequence[OwnRow], guessed: Vectors) -> Vectors:
    """Where own rows stand: by the encoder's vector where there is one, else where the student puts them."""
    found = guessed.copy()
    rows = [(place, row.vector) for place, row in enumerate(own) if row.vector is not None]
    if rows:
        vectors = np.array([vector for _, vector in rows], dtype=np.float32)
        found[[place for place, _ in rows]] = placed.placed(vectors)
    return found


def readings_of(corpus: Corpus) -> list[Reading]:
    """Each post as its own organisation would read it."""
    own = {name: own_words(organisation) for name, organisation in corpus.organisations.items()}
    return [read(post.title, post.text, post.context, own[post.org]) for post in corpus.examples]


def documents_of(corpus: Corpus) -> list[Document]:
    """Each post masked as its own organisation would."""
    return [document(reading) for reading in readings_of(corpus)]


def sealed(model: Model) -> Model:
    """The model with a fingerprint over everything that decides a score."""
    digest = hashlib.sha256()
    digest.update("\n".join(model.vectoriser.vocabulary).encode())
    for part in (model.student, model.space, model.plain, model.sharp):
        for field in fields(part):
            value = getattr(part, field.name)
            # The last digits may differ between machines; what they decide does not.
            digest.update(
                np.round(value, 5).tobytes() if isinstance(value, np.ndarray) else repr(value).encode()
            )
    values = {field.name: getattr(model, field.name) for field in fields(model)}
    return Model(**values | {"fingerprint": digest.hexdigest()[:16]})


def _group(post: Example) -> str:
    # The seed's stories come back under two names each: one group.
    return "seed" if post.writer == "seed" else post.org


def names_us(reading: Reading) -> bool:
    """Whether a post names its organisation or a product: no others are ever judged."""
    own = (reading.own.names, reading.own.products)
    read_in = f"{reading.whole}\n{reading.context}"
    return any(pattern is not None and pattern.search(read_in) is not None for pattern in own)


def _lens(posts: _Posts, lesson: _Lesson, likeness: Floats, places: Vectors) -> tuple[Lens, Floats]:
    """A lens, and what it would say of each post had it not seen the post's group."""
    near = nearness(places, places, WIDTH)
    near *= MEANING_WEIGHS
    near += likeness
    learnt = solve(near, lesson.labels, lesson.groups, _STRENGTH)
    # Borders are fitted on the training part alone: own rows were chosen for their scores.
    solved = replace(learnt, held_out=learnt.held_out[: len(posts.examples)])
    slope, offset = _calibrated(posts, solved)
    lens = Lens(
        weights=np.asarray(lesson.words.T @ solved.duals, dtype=np.float32),
        vote_weights=np.asarray(VOTES_WEIGH * (lesson.ballots.T @ solved.duals), dtype=np.float32),
        bias=np.asarray(solved.mean + solved.duals.sum(axis=0), dtype=np.float32),
        # Rounded to what the file needs; in double precision, so that sums come out the same in any batch.
        centres=places.astype(np.float64),
        pulls=np.asarray(MEANING_WEIGHS * solved.duals).astype(np.float32).astype(np.float64),
        slope=slope,
        offset=offset,
        decided_from={head: _decided_from(head, posts, solved) for head in HEADS},
        guard_from=_guard_from(posts, solved),
        guard_sure_from=_guard_sure_from(posts, solved),
        text_goes_from=_border(posts.named & ~posts.having(TEXT_GOES), TEXT_GOES, solved, _KEPT_TEXTS_GONE),
        look_from=_border(posts.named & _ordinary(posts), TOUCHING, solved, LOOKED_AT_AGAIN),
    )
    return lens, learnt.held_out


def _calibrated(posts: _Posts, solved: Solved) -> tuple[Floats, Floats]:
    """Slope and offset of each head (Platt's scaling), from what it says of organisations left out."""
    from sklearn.linear_model import LogisticRegression

    slope, offset = np.zeros(len(HEADS)), np.zeros(len(HEADS))
    for place in range(len(HEADS)):
        asked = posts.labels[:, place]
        rows = posts.named & ~np.isnan(asked)
        if len(np.unique(asked[rows])) < 2:
            continue
        fitted = LogisticRegression(C=100.0).fit(solved.held_out[rows, place : place + 1], asked[rows])
        slope[place], offset[place] = float(fitted.coef_[0][0]), float(fitted.intercept_[0])
    return slope, offset


def _border(rows: Bools, head: str, solved: Solved, share: float) -> float:
    """The decision that at most this share of some posts reaches."""
    return float(np.quantile(solved.held_out[rows, PLACE[head]], 1.0 - share)) if rows.any() else 1.0


def _decided_from(head: str, posts: _Posts, solved: Solved) -> float:
    share = _OTHERS_DECIDED_C07 if head == "C07" else _OTHERS_DECIDED
    return _border(posts.named & ~posts.having(head), head, solved, share)


def _core(posts: _Posts) -> Bools:
    return np.array([post.protected in CORE for post in posts.examples])


def _ordinary(posts: _Posts) -> Bools:
    return ~posts.having(TOUCHING) & ~posts.having(GUARD)


def _guard_from(posts: _Posts, solved: Solved) -> float:
    """The decision that enough of the core reaches, in the language that needs the lower one."""
    said = protectedness(solved.held_out)
    languages = np.array([post.lang for post in posts.examples])
    cores = [_core(posts) & posts.named & (languages == lang) for lang in ("nl", "en")]
    # The lower of two neighbours: at least the share that was asked for.
    return min(
        float(np.quantile(said[core], 1.0 - GUARD_RECALL, method="lower")) for core in cores if core.any()
    )


def _guard_sure_from(posts: _Posts, solved: Solved) -> float:
    """The decision that hardly any touching post reaches."""
    touching = posts.named & posts.having(TOUCHING)
    return float(np.quantile(protectedness(solved.held_out[touching]), 1.0 - _TOUCHING_SURE))


def _rules(posts: _Posts) -> Vectors:
    """Votes alone: ridge over as many columns as there are signals."""
    cast = posts.ballots.astype(np.float64)
    touching = posts.labels[:, PLACE[TOUCHING]]
    alike = cast.T @ cast + _RULES_STRENGTH * np.eye(cast.shape[1])
    return np.asarray(np.linalg.solve(alike, cast.T @ (touching - touching.mean())), dtype=np.float32)


def _metrics(
    posts: _Posts,
    held_out: Mapping[str, Floats],
    lenses: Mapping[str, Lens],
    test_positives: Mapping[str, int],
) -> Metrics:
    recall, cost = {}, {}
    for name, said in held_out.items():
        held_back = protectedness(said) >= lenses[name].guard_from
        recall[name] = round(float(held_back[_core(posts) & posts.named].mean()), 4)
        cost[name] = round(float(held_back[posts.having(TOUCHING) & posts.named].mean()), 4)
    return Metrics(
        test_positives=dict(test_positives),
        held_out_auc={name: _areas(posts, said) for name, said in held_out.items()},
        guard_recall=recall,
        guard_cost=cost,
    )


def _areas(posts: _Posts, said: Floats) -> dict[str, float]:
    from sklearn.metrics import roc_auc_score

    found = {}
    for place, head in enumerate(HEADS):
        asked = posts.labels[:, place]
        rows = posts.named & ~np.isnan(asked)
        if len(np.unique(asked[rows])) == 2:
            found[head] = round(float(roc_auc_score(asked[rows], said[rows, place])), 4)
    return found
