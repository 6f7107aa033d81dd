"""The training posts come in; how any post would be ranked by its words alone goes out.

The usual way, to stand beside ours: TF-IDF and one logistic regression for each clause. No votes, no meaning,
no guard, no conditions.
"""

from collections.abc import Callable, Sequence

import numpy as np

from classify.corpus import Corpus, Example
from classify.heads import CLAUSES
from classify.measures import Floats
from classify.training import documents_of
from classify.vectoriser import Document, Vectoriser

WordsAlone = Callable[[Sequence[Document]], Floats]
_SOFTNESS = 4.0


def words_alone(train: Corpus, vectoriser: Vectoriser) -> WordsAlone:
    """Fit, and return what ranks masked documents: the highest chance of any clause.

    Args:
        train: what to learn from.
        vectoriser: the words that are known.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    words = vectoriser.transform(documents_of(train))
    with threadpool_limits(limits=1):
        heads = [
            LogisticRegression(C=_SOFTNESS, class_weight="balanced", max_iter=300).fit(words, asked)
            for clause in CLAUSES
            if len(set(asked := [_touches(clause, post) for post in train.examples])) == 2
        ]

    def ranked(documents: Sequence[Document]) -> Floats:
        seen = vectoriser.transform(documents)
        return np.max([head.predict_proba(seen)[:, 1] for head in heads], axis=0)  # type: ignore[no-any-return]

    return ranked


def _touches(clause: str, post: Example) -> bool:
    return clause in post.clauses
