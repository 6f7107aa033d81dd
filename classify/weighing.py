"""A post and a model come in; the words that weighed most for one head go out. Pure but for the encoder.

The part by words is a sum, so each word's share is exact. The part by meaning is none: there each word, or
short phrase, is left out in turn, and what that changes is its share.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from classify.folding import unfolded
from classify.heads import PLACE
from classify.model import WIDTH, Lens, Model
from classify.reading import Reading
from classify.senses import Vectors, joined, nearness
from classify.sentences import sentence
from classify.signals import Span
from classify.vectoriser import CONTEXT, TOKEN, Document, keys

if TYPE_CHECKING:
    from klankbord.ports import Encoder

#: versions of a text with something left out, each a run of the encoder
MOST = 40
_SHOWN = 5
_SHORTEST = 3
#: signs between two words, in the text as it was given, over which a masked word is looked for
_AHEAD = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A word or phrase of the text, and how much it spoke for the clause."""

    start: int
    end: int
    by: Literal["words", "meaning"]
    #: share of what spoke for the clause in that part; all shares together are 1 at most
    share: float


def weights(
    reading: Reading, document: Document, head: str, model: Model, lens: Lens, encoder: "Encoder | None"
) -> tuple[Weight, ...]:
    """The words that weighed most, by words and then by meaning.

    Args:
        reading: the post.
        document: its masked words.
        head: the clause's.
        model: as it judged.
        lens: the one that decided.
        encoder: tells meanings for the sharp lens; None: the student does.
    """
    exact = by_words(document, head, model, lens)
    left_out = by_meaning(document, head, model, lens, encoder)
    return (*_shown(exact, "words", reading, document), *_shown(left_out, "meaning", reading, document))


def by_words(document: Document, head: str, model: Model, lens: Lens) -> dict[Span, float]:
    """What every word of a masked text adds to the decision; a pair of words is shared between the two."""
    row = model.vectoriser.transform([document])
    column_weight = dict(
        zip(row.indices.tolist(), (row.data * lens.weights[row.indices, PLACE[head]]).tolist(), strict=True)
    )
    given = keys(document)
    columns = [model.vectoriser.ids(key) for key in given]
    often = Counter(column for found in columns for column in found)
    shares = [sum(column_weight[column] / often[column] for column in found) for found in columns]
    spans = [match.span() for match in TOKEN.finditer(document.text)]
    added = dict.fromkeys(spans, 0.0)
    for key, share, place in zip(given, shares, _places(len(spans), given), strict=True):
        if place is not None:
            for one in place:
                added[spans[one]] += share / len(place)
        elif not key.startswith(CONTEXT):
            raise ValueError("a key belongs to no word")
    return added


def _places(words: int, given: Sequence[str]) -> list[tuple[int, ...] | None]:
    """For each key the words it is made of, see `vectoriser.keys`; None for words of the title."""
    pairs = [(one, one + 1) for one in range(max(0, words - 1))]
    own: list[tuple[int, ...] | None] = [*((one,) for one in range(words)), *pairs]
    return own + [None] * (len(given) - len(own))


def by_meaning(
    document: Document, head: str, model: Model, lens: Lens, encoder: "Encoder | None"
) -> dict[Span, float]:
    """How much less a text means the clause without each of its words or short phrases."""
    words = [match.span() for match in TOKEN.finditer(document.text)]
    if not words:
        return {}
    size = -(-len(words) // MOST)
    phrases = [(part[0][0], part[-1][1]) for part in _parts(words, size)]
    variants = [
        replace(document, text=f"{document.text[:start]} {document.text[end:]}") for start, end in phrases
    ]
    places = _placed([document, *variants], model, encoder)
    meant = nearness(places, lens.centres, WIDTH) @ lens.pulls[:, PLACE[head]]
    return {phrase: float(meant[0] - less) for phrase, less in zip(phrases, meant[1:], strict=True)}


def _placed(documents: Sequence[Document], model: Model, encoder: "Encoder | None") -> Vectors:
    guessed = model.student.placed(model.vectoriser.transform(documents))
    if encoder is None:
        return guessed
    vectors = np.asarray(encoder.encode([sentence(one) for one in documents]), dtype=np.float32)
    return joined(model.space.placed(vectors), guessed)


def _parts(words: Sequence[Span], size: int) -> list[Sequence[Span]]:
    return [words[start : start + size] for start in range(0, len(words), size)]


def _shown(
    added: dict[Span, float], by: Literal["words", "meaning"], reading: Reading, document: Document
) -> list[Weight]:
    """The heaviest few, as places in the text that was given; a masked name has none and is not shown."""
    whole = sum(weight for weight in added.values() if weight > 0.0)
    places = given_places(reading, document)
    heaviest = sorted((span for span in added if added[span] > 0.0), key=lambda span: (-added[span], span))
    found: list[Weight] = []
    for start, end in heaviest:
        inside = [place for (first, last), place in places.items() if start <= first and last <= end]
        if inside and inside[-1][1] - inside[0][0] >= _SHORTEST:
            share = round(added[start, end] / whole, 4)
            found.append(Weight(start=inside[0][0], end=inside[-1][1], by=by, share=share))
    return found[:_SHOWN]


def given_places(reading: Reading, document: Document) -> dict[Span, Span]:
    """Where each word of a masked text stands in the text that was given; masked signs stand nowhere."""
    folded = "".join("0" if sign.isdigit() else sign for sign in reading.text)
    found: list[tuple[Span, Span]] = []
    cursor = 0
    for match in TOKEN.finditer(document.text):
        place = folded.find(match[0], cursor, cursor + len(match[0]) + _AHEAD)
        if place >= 0 and not match[0].startswith("_"):
            found.append((match.span(), (place, place + len(match[0]))))
            cursor = place + len(match[0])
    given = unfolded(reading.given, [span for _, span in found])
    return dict(zip((span for span, _ in found), given, strict=True))
