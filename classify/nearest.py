"""A post's place in meaning and the cases it may be near come in; the nearest three go out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from classify.corpus import Example
from classify.folding import fold
from classify.heads import SHARED
from classify.model import Lens, Model
from classify.senses import Vectors
from classify.vectoriser import TOKEN

MOST = 3
#: cosine below which a confirmed finding is no help to compare with
_NEAR = 0.3
_LONGEST = 240
_SHARED = 3
#: a word in more posts than one in so many tells nothing about why two are near
_RARE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A finding that people confirmed, whose text may be quoted."""

    #: id of the finding
    id: str
    text: str
    at: datetime
    #: where it stands in meaning: one row
    place: Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A case that says something like the post."""

    #: the finding's id; empty for a written example
    finding_id: str = ""
    #: when people confirmed it; None: a written example, fiction about another organisation
    confirmed_at: datetime | None = None
    text: str
    #: cosine of the two places
    likeness: float
    #: rare words that stand in both; none: they are near in meaning alone
    words: tuple[str, ...] = ()


def nearest(
    text: str,
    place: Vectors,
    number: str,
    model: Model,
    lens: Lens,
    *,
    confirmed: Sequence[Case],
    written: Mapping[str, Example],
) -> tuple[Near, ...]:
    """Confirmed findings first; written posts on the same clause where there are fewer than three.

    Args:
        text: the post's words, names masked.
        place: where it stands; one row.
        number: of the clause.
        model: whose posts stand at the lens's centres.
        lens: the one that decided.
        confirmed: on the same clause, placed by the same lens.
        written: the shipped posts by id.
    """
    cases = [(float(place @ case.place), case) for case in confirmed]
    near = sorted((one for one in cases if one[0] >= _NEAR), key=lambda one: (-one[0], one[1].id))[:MOST]
    found = [
        Near(
            finding_id=case.id,
            confirmed_at=case.at,
            text=_cut(case.text),
            likeness=round(likeness, 3),
            words=shared(text, case.text, model),
        )
        for likeness, case in near
    ]
    clause = SHARED.get(number, number)
    rows = [row for row, key in enumerate(model.posts) if key in written and clause in written[key].clauses]
    if not rows:
        return tuple(found)
    like = lens.centres[rows] @ place
    for row in np.argsort(-like, kind="stable")[: MOST - len(found)]:
        post = written[model.posts[rows[row]]]
        found.append(
            Near(
                text=_cut(post.text or post.title),
                likeness=round(float(like[row]), 3),
                words=shared(text, post.text or post.title, model),
            )
        )
    return tuple(found)


def shared(one: str, other: str, model: Model) -> tuple[str, ...]:
    """The rarest words that stand in both texts."""
    both = _words(one) & _words(other)
    rare = {word: _rarity(word, model) for word in both}
    known = [word for word in both if rare[word] > float(np.log(_RARE))]
    return tuple(sorted(known, key=lambda word: (-rare[word], word))[:_SHARED])


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in TOKEN.findall(fold(text)) if len(word) > 3 and word[0].isalpha())


def _rarity(word: str, model: Model) -> float:
    column = model.vectoriser.vocabulary.get(f"w:{word}")
    return float(model.vectoriser.idf[column]) if column is not None else 0.0


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
