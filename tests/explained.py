"""A model made by hand for tests: it knows a few words, and two written posts."""

import numpy as np

from classify.heads import HEADS, PLACE
from classify.model import Lens, Metrics, Model
from classify.senses import Space, Student
from classify.signals import SIGNALS
from classify.vectoriser import Document, fit

POSTS = ("a-1", "a-2", "a-3")
_SIZE = 4
_KNOWN = (
    "de tarieven van _org_ gaan omhoog, nog niet bekend",
    "de tarieven van _org_ gaan omhoog, zegt een brief",
    "al drie dagen storing bij _org_, wat een pech",
    "al drie dagen storing bij _org_, wat een dag",
)
#: where the written posts stand
_CENTRES = np.array([[1, 0, 0, 0], [0.7, 0.7, 0, 0], [0, 1, 0, 0]])


def model() -> Model:
    """Words of C02 weigh, and places follow the words."""
    vectoriser = fit([Document(text=text) for text in _KNOWN])
    width = len(vectoriser.idf)
    rows = np.asarray(vectoriser.transform([Document(text=text) for text in _KNOWN]).todense())
    student = np.zeros((width, _SIZE), dtype=np.float32)
    student[:, 0], student[:, 1] = rows[0] + rows[1], rows[2] + rows[3]
    weights = np.zeros((width, len(HEADS)), dtype=np.float32)
    weights[:, PLACE["C02"]] = rows[0] - rows[2]
    return Model(
        vectoriser=vectoriser,
        student=Student(weights=student, bias=np.full(_SIZE, 0.01, dtype=np.float32)),
        space=Space(
            mean=np.zeros(384, dtype=np.float32), directions=np.zeros((384, _SIZE), dtype=np.float32)
        ),
        plain=_lens(weights, _CENTRES),
        # An encoder's place and the student's guess stand side by side there.
        sharp=_lens(weights, np.hstack((_CENTRES, _CENTRES)) / np.sqrt(2.0)),
        rules=np.zeros((len(SIGNALS), len(HEADS)), dtype=np.float32),
        posts=POSTS,
        encoder="",
        metrics=Metrics(
            test_positives=dict.fromkeys(HEADS, 99), held_out_auc={}, guard_recall={}, guard_cost={}
        ),
        fingerprint="by hand",
        corpus="by hand",
        trained_on="2026-11-18",
    )


def _lens(weights: "np.typing.NDArray[np.float32]", centres: "np.typing.NDArray[np.float64]") -> Lens:
    pulls = np.zeros((len(POSTS), len(HEADS)))
    pulls[0, PLACE["C02"]] = 2.0
    slope = np.ones(len(HEADS))
    offset = np.full(len(HEADS), -4.0)
    offset[PLACE["C02"]] = 4.0
    return Lens(
        weights=weights,
        vote_weights=np.zeros((len(SIGNALS), len(HEADS)), dtype=np.float32),
        bias=np.zeros(len(HEADS), dtype=np.float32),
        centres=centres,
        pulls=pulls,
        slope=slope,
        offset=offset,
        decided_from=dict.fromkeys(HEADS, 1e9),
        guard_from=1e9,
        guard_sure_from=1e9,
        text_goes_from=1e9,
        look_from=-1e9,
    )
