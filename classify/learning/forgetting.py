"""A model and the ids of rows that must go come in; the model without their place in it goes out. Pure."""

from collections.abc import Collection
from dataclasses import replace

from classify.model import Lens, Model
from classify.training import sealed

#: what a row's name becomes
GONE = "gone"


def own_rows(model: Model) -> tuple[str, ...]:
    """Ids of the installation's posts that stand in a model."""
    return tuple(name for name in model.posts if name.startswith("post:"))


def without(model: Model, gone: Collection[str]) -> Model:
    """The model in which these rows stand nowhere and pull at nothing.

    What they did to the weight of a word, mixed with thousands of others, goes at the next training.
    """
    rows = [place for place, name in enumerate(model.posts) if name in gone]
    if not rows:
        return model
    names = tuple(GONE if name in gone else name for name in model.posts)
    return sealed(
        replace(model, plain=_emptied(model.plain, rows), sharp=_emptied(model.sharp, rows), posts=names)
    )


def _emptied(lens: Lens, rows: list[int]) -> Lens:
    centres, pulls = lens.centres.copy(), lens.pulls.copy()
    centres[rows] = 0.0
    pulls[rows] = 0.0
    return replace(lens, centres=centres, pulls=pulls)
