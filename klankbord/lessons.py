"""What reviewers said and the organisation wrote comes out of an installation as rows to learn from.

Only content is read: masked words, votes and vectors (law.md B7, K7).
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from classify.learning.comparing import FEWEST_VERDICTS
from classify.learning.rows import TEACHING, Answer, OwnRow, labels_of, labels_of_example
from classify.learning.stories import stories
from classify.model_file import Learnt
from classify.own_words import OwnWords, own_words
from classify.reading import Reading, document, read
from classify.sentences import Sentences, sentence
from classify.signals import votes
from klankbord.finding import Decision, Embedding
from klankbord.installation import Installation
from klankbord.mention import Mention, MentionId, short_hash
from klankbord.settings import Settings
from klankbord.settings.examples import OwnExample, examples_of
from klankbord.store.learning import Told

if TYPE_CHECKING:
    from classify.senses import Vectors

#: platforms whose agreements forbid training, whatever a stored row says (law.md B7)
_NEVER = frozenset(("x", "reddit", "linkedin"))
#: of the verdicts the newest share is held out for the comparison
_HELD_OUT = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A row, and when it was said; None: the organisation wrote it itself."""

    row: OwnRow
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Everything an installation may learn from, and how much it may not."""

    lessons: tuple[Lesson, ...]
    #: why an answer teaches nothing -> how many
    left_out: Mapping[str, int]

    @property
    def rows(self) -> tuple[OwnRow, ...]:
        """The rows."""
        return tuple(lesson.row for lesson in self.lessons)

    @property
    def learnt(self) -> Learnt:
        """What a model's file says of them: no text, no id."""
        told = sorted(f"{row.id} {sorted(row.labels.items())}" for row in self.rows)
        until = max((lesson.at for lesson in self.lessons if lesson.at), default=None)
        return Learnt(
            rows=len(told),
            of=hashlib.sha256("\n".join(told).encode()).hexdigest()[:16] if told else "",
            until=until.isoformat() if until else "",
        )

    def held_out(self, since: datetime | None) -> list[OwnRow]:
        """The newest verdicts, given after a moment."""
        given = [(one.at, one.row) for one in self.lessons if one.at is not None]
        given.sort(key=lambda one: (one[0], one[1].id))
        unseen = [row for at, row in given if since is None or at > since]
        return unseen[-max(FEWEST_VERDICTS, round(len(given) * _HELD_OUT)) :]


def lessons_of(opened: Installation) -> Lessons:
    """Read what may be learnt: verdicts whose terms allow it and whose text stands, and own examples."""
    told = opened.store.learning.told()
    allowed = [one for one in told if may_train(one.mention, opened.settings)]
    left_out = Counter({"the terms of its source do not allow training": len(told) - len(allowed)})
    by_post: dict[MentionId, list[Told]] = {}
    for one in allowed:
        if (answer := _answer(one)) is None or not labels_of([answer]):
            left_out["the answer says nothing about a clause"] += 1
        else:
            by_post.setdefault(one.mention.id, []).append(one)
    own = own_words(opened.settings.organisation)
    posts = [_of_post(found, own) for found in by_post.values()]
    sentences = [_of_example(one, own) for one in examples_of(opened.settings)]
    made = _vectors(opened, posts + sentences)
    return Lessons(
        lessons=tuple(
            Lesson(row=row, at=draft.at) for row, draft in zip(made, posts + sentences, strict=True)
        ),
        left_out={why: count for why, count in left_out.items() if count},
    )


def may_train(mention: Mention, settings: Settings) -> bool:
    """Whether a text may be learnt from: by its terms then and today, and by the platform."""
    source = settings.source(mention.source_id)
    today = source is None or source.terms.train
    return mention.terms.train and today and mention.platform not in _NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A row before its story and its vector are known."""

    id: str
    mention: MentionId | None
    reading: Reading
    thread: str
    labels: Mapping[str, float]
    at: datetime | None


def _answer(told: Told) -> Answer | None:
    number = told.clause_id.partition("-")[0]
    if told.decision is Decision.CONFIRMED:
        return Answer(clause=number, touches=True, of_all=told.of_all)
    if told.decision is Decision.DISMISSED and told.reason in TEACHING:
        return Answer(clause=number, touches=False, of_all=told.of_all)
    return None


def _of_post(told: Sequence[Told], own: OwnWords) -> _Draft:
    mention = told[0].mention
    title, text = (mention.title, mention.text) if mention.text.strip() else ("", mention.title)
    return _Draft(
        id=f"post:{mention.id}:{short_hash(mention.revision)}",
        mention=mention.id,
        reading=read(title, text, mention.context, own),
        thread=mention.thread_id or "",
        labels=labels_of(answer for one in told if (answer := _answer(one)) is not None),
        at=max(one.at for one in told),
    )


def _of_example(example: OwnExample, own: OwnWords) -> _Draft:
    return _Draft(
        id=f"example:{short_hash(example.text, example.clause or '', example.protected or '')}",
        mention=None,
        reading=read("", example.text, "", own),
        thread="",
        labels=labels_of_example(example),
        at=None,
    )


def _vectors(opened: Installation, drafts: Sequence[_Draft]) -> list[OwnRow]:
    """Rows with their stories, and with vectors as far as these are held or can be made."""
    if not drafts:
        return []
    documents = [document(draft.reading) for draft in drafts]
    held = opened.store.learning.embeddings([draft.mention for draft in drafts if draft.mention])
    kept = [held.get(draft.mention) if draft.mention else None for draft in drafts]
    sentences = [sentence(one) for one in documents]
    vectors = _known(opened, sentences, kept)
    groups = stories([one.text for one in documents], [draft.thread for draft in drafts])
    return [
        OwnRow(
            id=draft.id,
            document=one,
            voted=tuple(votes(draft.reading)),
            labels=draft.labels,
            group=group,
            vector=vector,
        )
        for draft, one, group, vector in zip(drafts, documents, groups, vectors, strict=True)
    ]


def _known(
    opened: Installation, sentences: Sequence[str], kept: Sequence[Embedding | None]
) -> "list[Vectors | None]":
    if opened.encoder is None:
        return [None] * len(sentences)
    return [one.vector.astype("float32") for one in Sentences(opened.encoder).embedded(sentences, kept)]
