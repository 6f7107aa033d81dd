"""A finding, its clause and a model come in; an Explanation of it goes out. Only the text is read.

Made when somebody asks for it, never while posts are judged: it costs some forty looks at one post.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import numpy as np

from classify.conditions import Seen
from classify.corpus import Example
from classify.explanation import Field
from classify.folding import unfolded
from classify.grounds import Met, met
from classify.heads import PLACE, SHARED, TOUCHING
from classify.innocent import innocent, unknown
from classify.keywords import ListHit
from classify.model import Floats, Lens, Model, look, look_again
from classify.nearest import Case, Near, nearest
from classify.own_words import OwnWords
from classify.reading import Reading, document, read
from classify.senses import Vectors, joined
from classify.sentences import Sentences, sentence
from classify.signals import Span, votes
from classify.vectoriser import Document
from classify.weighing import Weight, weights
from klankbord.copies import Copy
from klankbord.finding import Embedding, Evidence, Finding, FindingId
from klankbord.mention import Mention, SourceId
from klankbord.policy import Clause, Lang, Strictness

if TYPE_CHECKING:
    from klankbord.ports import Encoder

Band = Literal["low", "medium", "high"]
#: scores from which a band begins, as the policy words them (law.md section 5)
_MEDIUM, _HIGH = 0.8, 0.9
#: confirmed answers on a clause below which no share of them is told
ENOUGH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sureness:
    """How sure, in a band; with the share of answers that confirmed, once there are enough."""

    band: Band
    confirmed: int
    dismissed: int

    @property
    def share(self) -> float | None:
        """Of the answered findings on the clause, the confirmed; None while there are too few."""
        return self.confirmed / (self.confirmed + self.dismissed) if self.confirmed >= ENOUGH else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Everything that can be said of why a finding stands; nothing about who wrote the post."""

    finding_id: FindingId
    clause_id: str
    source_id: SourceId
    published_at: datetime
    language: Lang
    clause_title: str
    clause_text: str
    #: the field that was read, and its words; empty where the text is gone or may not be quoted
    field: Field
    text: str
    needs: tuple[Met, ...]
    #: spans that voted, in the field
    evidence: tuple[Evidence, ...]
    weights: tuple[Weight, ...]
    nearest: tuple[Near, ...]
    unknown: tuple[str, ...]
    innocent: str
    #: what helps, as the policy says; never toward a person
    action: str
    sureness: Sureness
    lens: Literal["plain", "sharp"]
    #: as it was judged, and as the model is now
    model_version: str
    model_now: str
    score: float
    #: None: the clause gives no finding there
    thresholds: Mapping[Strictness, float | None]
    strictness: Strictness
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A post as the model sees it now."""

    reading: Reading
    document: Document
    field: Field
    voted: Mapping[str, tuple[Span, ...]]
    lens: Lens
    name: Literal["plain", "sharp"]
    decided: Vectors
    chances: Floats
    #: where it stands in meaning, for this lens
    place: Vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the store and the settings tell beside the post."""

    clause: Clause
    strictness: Strictness
    model_now: str
    #: keyword lists of the clause that hit the post
    hits: Sequence[ListHit] = ()
    confirmed_cases: Sequence[Case] = ()
    written: Mapping[str, Example]
    copies: tuple[Copy, ...] = ()
    confirmed: int = 0
    dismissed: int = 0


def looked_at(
    mention: Mention,
    own: OwnWords,
    model: Model,
    encoder: "Encoder | None" = None,
    kept: Embedding | None = None,
    *,
    always: bool = False,
) -> Looked:
    """A post under the lens that decides, as the judge chooses it.

    Args:
        mention: the post.
        own: the organisation's words.
        model: that looks.
        encoder: for a second look, under the sharp lens.
        kept: the vector that was computed before.
        always: every post gets a second look, not only those that are worth it.
    """
    field: Field = "text" if mention.text.strip() else "title"
    title, text = (mention.title, mention.text) if field == "text" else ("", mention.title)
    reading = read(title, text, mention.context, own)
    words = document(reading)
    voted = votes(reading)
    first = look(model, [words], [voted])
    lens, name, decided, place = model.plain, "plain", first.decided[0], first.places[0]
    worth = always or bool(decided[PLACE[TOUCHING]] >= model.plain.look_from)
    if encoder is not None and worth:
        (embedding,) = Sentences(encoder).embedded([sentence(words)], [kept])
        vectors = np.array([embedding.vector], dtype=np.float32)
        decided = look_again(model, first, [0], vectors)[0]
        lens, name = model.sharp, "sharp"
        place = joined(model.space.placed(vectors), first.places)[0]
    return Looked(
        reading=reading,
        document=words,
        field=field,
        voted=voted,
        lens=lens,
        name="sharp" if name == "sharp" else "plain",
        decided=decided,
        chances=lens.chances(decided),
        place=place,
    )


def explain(
    finding: Finding, looked: Looked, model: Model, encoder: "Encoder | None", told: Told, language: Lang
) -> Explanation:
    """Why a finding stands.

    Args:
        finding: as it is kept.
        looked: its post, see `looked_at`.
        model: that looked.
        encoder: that it looked with, if any.
        told: what the store and the settings tell.
        language: of every word said.
    """
    clause, number = told.clause, told.clause.number
    head = SHARED.get(number, number)
    text: str = getattr(finding.mention, looked.field)
    known = head in PLACE and bool(text)
    asked = encoder if looked.name == "sharp" else None
    return Explanation(
        finding_id=finding.id,
        clause_id=finding.clause_id,
        source_id=finding.mention.source_id,
        published_at=finding.mention.published_at,
        language=language,
        clause_title=clause.title.get(language, ""),
        clause_text=clause.text.get(language, ""),
        field=looked.field,
        text=text,
        needs=_needs(clause, looked, told.hits) if text else (),
        evidence=tuple(one for one in finding.evidence if one.field == looked.field and one.end <= len(text)),
        weights=weights(looked.reading, looked.document, head, model, looked.lens, asked) if known else (),
        # By its masked words: the organisation's own name says nothing about why two are near.
        nearest=nearest(
            looked.document.text,
            looked.place,
            number,
            model,
            looked.lens,
            confirmed=told.confirmed_cases,
            written=told.written,
        )
        if known
        else (),
        unknown=unknown(number, language),
        innocent=innocent(clause, looked.voted, language),
        action=clause.suggested_action.get(language, ""),
        sureness=Sureness(band=band(finding.score), confirmed=told.confirmed, dismissed=told.dismissed),
        lens=looked.name,
        model_version=finding.model_version,
        model_now=told.model_now,
        score=finding.score,
        thresholds={level: clause.thresholds.get(level) for level in Strictness},
        strictness=told.strictness,
        copies=told.copies,
    )


def band(score: float) -> Band:
    """A calibrated score in words that promise no more than it knows."""
    return "high" if score >= _HIGH else "medium" if score >= _MEDIUM else "low"


def _needs(clause: Clause, looked: Looked, hits: Sequence[ListHit]) -> tuple[Met, ...]:
    number = SHARED.get(clause.number, clause.number)
    convinced = number in PLACE and float(looked.decided[PLACE[number]]) >= looked.lens.decided_from[number]
    seen = Seen(
        reading=looked.reading,
        voted=looked.voted,
        decided=convinced,
        chances=looked.chances,
        listed=any(hit.table.confidential for hit in hits),
    )
    found = [met(need, seen) for need in clause.needs]
    return tuple(
        replace(one, spans=tuple(unfolded(looked.reading.given, list(one.spans)))) if one.spans else one
        for one in found
    )
