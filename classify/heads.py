"""Written posts come in, one column of labels for each thing that is learnt goes out. Pure.

A head is one question about a post, answered by a number. What a writer did not say stays NaN: unknown.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from classify.corpus import Example

Floats = NDArray[np.float64]
#: clauses with written posts of their own
CLAUSES = ("C02", "C03", "C05", "C06", "C07", "C08", "C09", "C11")
#: clauses without posts of their own that borrow another's head
SHARED: Mapping[str, str] = {"C12": "C02"}
#: kinds of protected speech that are learnt apart; they only ever leave the model as one number
KINDS = ("P01", "P02", "P03", "P04", "P05", "P06", "P07")
#: the kinds that law.md D5 names
CORE = ("P01", "P02", "P03", "P05")
#: conditions that a clause rests on, in the words of the corpus's `says`
SAID = (
    "knows", "confidential", "inside_doc", "speaks_for", "promotes", "discloses", "advises", "conflicts",
    "matches", "rival_claim", "person", "private", "secret", "public", "quotes", "guess", "question",
)  # fmt: skip
#: how far the text itself shows its writer's tie
TIES = ("stated", "hinted", "official", "outsider")
TOUCHING, GUARD, TEXT_GOES, ABOUT = "touching", "guard", "text_goes", "about"
HEADS = (TOUCHING, GUARD, TEXT_GOES, ABOUT, *CLAUSES, *KINDS, *SAID, *TIES)
PLACE: Mapping[str, int] = {name: place for place, name in enumerate(HEADS)}

#: what a clause's definition says of every post that touches it
_IMPLIED: Mapping[str, tuple[str, ...]] = {
    "C02": ("knows", "confidential"),
    "C03": ("inside_doc",),
    "C05": ("promotes",),
    "C06": ("rival_claim",),
    "C07": ("advises", "conflicts"),
    "C08": ("person", "private"),
    "C09": ("speaks_for",),
    "C11": ("secret",),
}


def labels(examples: Sequence[Example]) -> Floats:
    """One row for each post, one column for each of HEADS: 1, 0 or NaN where nobody said."""
    return np.array([[_asked(head)(post) for head in HEADS] for post in examples], dtype=np.float64)


def _asked(head: str) -> Callable[[Example], float]:
    if head in CLAUSES:
        return lambda post: float(head in post.clauses)
    if head in KINDS:
        return lambda post: float(post.protected == head)
    if head in SAID:
        return lambda post: _said(head, post)
    if head in TIES:
        return lambda post: _tied(head, post)
    return {
        TOUCHING: lambda post: float(bool(post.clauses)),
        GUARD: lambda post: float(post.guarded),
        TEXT_GOES: lambda post: float(post.text_goes),
        ABOUT: lambda post: float(post.about),
    }[head]


def _said(head: str, post: Example) -> float:
    if any(head in _IMPLIED[clause] for clause in post.clauses):
        return 1.0
    return float("nan") if post.says is None else float(head in post.says)


def _tied(head: str, post: Example) -> float:
    if head == "outsider":
        return float(post.tie == "former" or post.protected == "P08")
    return float(post.tie == head)
