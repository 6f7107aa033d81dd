"""Mentions come in, one Judgement for each goes out: guard first, then every clause.

Only what a mention says is read, never who wrote it.
"""

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from classify.conditions import Seen, holds, plain
from classify.explanation import Field, details, evidence, with_lists
from classify.fusion import lifted
from classify.gate import OrganisationGate
from classify.guard import Guard
from classify.heads import PLACE, SHARED, TOUCHING
from classify.keyword_gate import gate_queries
from classify.keywords import Keywords, ListHit, keywords_of, post_for
from classify.language import JUDGED, detect
from classify.model import Floats, Lens, Model, look, look_again, protectedness
from classify.modes import Circumstances
from classify.own_words import OwnWords, own_words
from classify.reading import Reading, document, read
from classify.senses import Vectors
from classify.sentences import Sentences, sentence
from classify.signals import SIGNALS_VERSION, Span, votes
from classify.vectoriser import Document
from klankbord.finding import ClauseScore, Embedding, Judgement, Protection
from klankbord.mention import Mention, MentionId
from klankbord.policy import Clause, Mode
from klankbord.ports import Encoder
from klankbord.settings import Settings

_log = logging.getLogger("klankbord.classify")

#: score from which a silent clause shows its evidence too, for a reviewer who reads on
_WORTH_SHOWING = 0.5
#: score of a post that says outright what the clause is about; above the threshold of every strictness
_PLAIN = 0.9
#: posts looked at together: more saves little, and memory grows with it
_BATCH = 256
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
#: shorter ones say too little to be sure of, and of very long posts the first ones are looked at
_SENTENCE_WORDS, _MOST_SENTENCES = 3, 24
Votes = dict[str, tuple[Span, ...]]
_NOTHING: Mapping[MentionId, Embedding] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A mention that is about the organisation, made ready."""

    mention: Mention
    reading: Reading
    field: Field
    words: Document
    voted: Votes
    lang: str | None
    #: keyword lists that hit it
    hits: tuple[ListHit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a lens says of a case."""

    lens: Lens
    decided: Vectors
    chances: Floats
    embedding: Embedding | None = None


class PolicyClassifier:
    """Judges mentions against the policy; implements `klankbord.ports.Classifier`."""

    def __init__(self, settings: Settings, model: Model, encoder: Encoder | None = None) -> None:
        """Compile the organisation's words, queries and keyword lists.

        Args:
            settings: what the installation is told.
            model: what was learnt.
            encoder: tells meanings for a second look; without one the student's guess has to do.

        Raises:
            QueryError: a query cannot be read.
            SettingsError: a keyword list cannot be read.
        """
        self._organisation, self._model = settings.organisation, model
        self._own: OwnWords = own_words(settings.organisation)
        self._gate = OrganisationGate(gate_queries(settings), settings.organisation)
        self._guard = Guard(settings.policy)
        self._rules = settings.policy.rules
        self._keywords = keywords_of(settings)
        self._sentences = Sentences(encoder) if encoder is not None else None
        self._look_at_all = settings.general.encode == "all"
        self._circumstances = Circumstances(
            policy=settings.policy,
            small=settings.organisation.small,
            test_positives={**model.metrics.test_positives, **_shared(model)},
        )
        thresholds = [self._circumstances.threshold(clause) for clause in self._rules]
        self._least = min([_WORTH_SHOWING, *(one for one in thresholds if one is not None)])
        self._version = _version(settings, model, encoder)

    @property
    def version(self) -> str:
        """Changes with model, encoder, signals, policy, the organisation's facts or its keyword lists."""
        return self._version

    def judge(
        self, mentions: Sequence[Mention], kept: Mapping[MentionId, Embedding] = _NOTHING
    ) -> list[Judgement]:
        """One judgement for each mention, in order; never raises for what a post says.

        Args:
            mentions: what waits.
            kept: vectors that were computed before; used where the text is still the same.
        """
        return [one for (one,) in self.compared(mentions, (self._keywords,), kept)]

    def compared(
        self,
        mentions: Sequence[Mention],
        variants: Sequence[Keywords],
        kept: Mapping[MentionId, Embedding] = _NOTHING,
    ) -> list[tuple[Judgement, ...]]:
        """What becomes of each mention under each set of keyword lists, instead of the classifier's own."""
        found: list[tuple[Judgement, ...]] = []
        for start in range(0, len(mentions), _BATCH):
            found += self._batch(mentions[start : start + _BATCH], variants, kept)
        return found

    def _batch(
        self, mentions: Sequence[Mention], variants: Sequence[Keywords], kept: Mapping[MentionId, Embedding]
    ) -> Iterator[tuple[Judgement, ...]]:
        about = [bool(self._gate.matched(mention)) for mention in mentions]
        opened = [
            self._opened(mention) if ours else None for mention, ours in zip(mentions, about, strict=True)
        ]
        looks = iter(self._looks([case for case in opened if case is not None], kept))
        for mention, ours, case in zip(mentions, about, opened, strict=True):
            plain = Judgement(mention_id=mention.id, about=ours, lang=mention.lang)
            if case is not None:
                yield self._weighed(case, next(looks), variants)
            elif ours:
                # law.md D2: whatever went wrong on it, it gives no finding
                yield (replace(plain, protection=Protection.NO_FINDING),) * len(variants)
            else:
                yield (plain,) * len(variants)

    def _opened(self, mention: Mention) -> _Case | None:
        try:
            field: Field = "text" if mention.text.strip() else "title"
            title, text = (mention.title, mention.text) if field == "text" else ("", mention.title)
            reading = read(title, text, mention.context, self._own)
            words = document(reading)
            return _Case(
                mention=mention,
                reading=reading,
                field=field,
                words=words,
                voted=dict(votes(reading)),
                lang=_language(mention, words),
            )
        except Exception as error:  # noqa: BLE001 - law.md D2: no post may stop the others, or pass unguarded
            # The class alone: a message may hold words of the post.
            _log.error("a post could not be judged (%s) and gives no finding", type(error).__name__)
            return None

    def _looks(self, cases: Sequence[_Case], kept: Mapping[MentionId, Embedding]) -> list[_Look]:
        """Every case under the plain lens; those worth it under the sharp one, where there is an encoder."""
        if not cases:
            return []
        plain, sharp = self._model.plain, self._model.sharp
        looked = look(self._model, [case.words for case in cases], [case.voted for case in cases])
        looks = [
            _Look(lens=plain, decided=decided, chances=chances)
            for decided, chances in zip(looked.decided, plain.chances(looked.decided), strict=True)
        ]
        if self._sentences is None:
            return looks
        worth = looked.decided[:, PLACE[TOUCHING]] >= plain.look_from
        rows = [row for row in range(len(cases)) if self._look_at_all or worth[row]]
        if not rows:
            return looks
        wanted = [sentence(cases[row].words) for row in rows]
        embeddings = self._sentences.embedded(wanted, [kept.get(cases[row].mention.id) for row in rows])
        vectors = np.array([embedding.vector for embedding in embeddings], dtype=np.float32)
        again = look_again(self._model, looked, rows, vectors)
        for row, embedding, decided, chances in zip(
            rows, embeddings, again, sharp.chances(again), strict=True
        ):
            looks[row] = _Look(lens=sharp, decided=decided, chances=chances, embedding=embedding)
        return looks

    def _weighed(self, case: _Case, look: _Look, variants: Sequence[Keywords]) -> tuple[Judgement, ...]:
        judged = Judgement(mention_id=case.mention.id, about=True, lang=case.lang)
        protection = self._guard.decide(case.reading, case.lang, look.lens, look.decided)
        # The guard runs for every source: protected texts go, also where nothing else may be read.
        if protection is not Protection.NONE or not case.mention.terms.classify:
            return (replace(judged, protection=protection),) * len(variants)
        judged = replace(judged, embedding=look.embedding)
        post = post_for(case.mention)
        listed = [replace(case, hits=keywords.hits(post, case.lang)) for keywords in variants]
        found = tuple(
            replace(judged, clauses=tuple(self._scored(clause, one, look) for clause in self._rules))
            for one in listed
        )
        if any(one.mode > Mode.SILENT for each in found for one in each.clauses) and self._mixed(case):
            guarded = Judgement(mention_id=case.mention.id, about=True, lang=case.lang)
            return (replace(guarded, protection=Protection.NO_FINDING),) * len(variants)
        return found

    def _mixed(self, case: _Case) -> bool:
        """Whether a sentence of it is protected beyond doubt: that wins, whatever stands beside it (D4)."""
        parts = [part for part in _SENTENCE.split(case.reading.given) if len(part.split()) >= _SENTENCE_WORDS]
        if len(parts) < 2:
            return False
        readings = [read("", part, "", self._own) for part in parts[:_MOST_SENTENCES]]
        looked = look(self._model, [document(one) for one in readings], [votes(one) for one in readings])
        return bool((protectedness(looked.decided) >= self._model.plain.guard_sure_from).any())

    def _scored(self, clause: Clause, case: _Case, look: _Look) -> ClauseScore:
        number = SHARED.get(clause.number, clause.number)
        if number not in PLACE:
            return ClauseScore(clause_id=clause.id, score=0.0, mode=Mode.SILENT)
        score = float(look.chances[PLACE[number]])
        hits = [hit for hit in case.hits if hit.table.clause == clause.number]
        if score < self._least and not hits and "confidential_topic" not in case.voted:
            # Most clauses of most posts: neither a finding nor worth showing, whatever else holds.
            return ClauseScore(clause_id=clause.id, score=round(score, 6), mode=Mode.SILENT)
        confidential = any(hit.table.confidential for hit in hits)
        convinced = float(look.decided[PLACE[number]]) >= look.lens.decided_from[number]
        seen = Seen(
            reading=case.reading,
            voted=case.voted,
            decided=convinced,
            chances=look.chances,
            listed=confidential,
        )
        if plain(clause.number, seen):
            score = max(score, _PLAIN)
        score = lifted(score, [hit.table.weight for hit in hits])
        mode = self._mode(clause, case, score, seen)
        if mode is Mode.SILENT and score < _WORTH_SHOWING:
            return ClauseScore(clause_id=clause.id, score=round(score, 6), mode=mode)
        found = evidence(clause.number, case.reading, case.voted, self._model, case.field)
        return ClauseScore(
            clause_id=clause.id,
            score=round(score, 6),
            mode=mode,
            evidence=with_lists(found, hits),
            details=details(clause.number, case.reading, self._organisation),
        )

    def _mode(self, clause: Clause, case: _Case, score: float, seen: Seen) -> Mode:
        threshold = self._circumstances.threshold(clause)
        if threshold is None or score < threshold or not self._possible(clause, case, seen):
            return Mode.SILENT
        if not all(holds(need, seen) for need in clause.needs):
            return Mode.SILENT
        return self._circumstances.ceiling(clause, case.mention.terms)

    def _possible(self, clause: Clause, case: _Case, seen: Seen) -> bool:
        """What no score can make up for: lists that are not filled in."""
        organisation = self._organisation
        match clause.number:
            case "C02":
                return bool(organisation.topic) or seen.listed
            case "C12":
                return any(topic.market_sensitive for topic in organisation.topic)
            case "C07":
                return bool(organisation.fact)
            case "C05" | "C06" | "C09":
                return "official_voice" not in case.voted
        return True


def _language(mention: Mention, words: Document) -> str | None:
    """What the words themselves say; only where they say nothing, what the source says."""
    plain = f"{words.around} {words.text}".replace("_org_", "").replace("_prod_", "").replace("_rival_", "")
    told = mention.lang[:2].lower() if mention.lang else None
    return detect(plain) or (told if told in JUDGED else None)


def _shared(model: Model) -> dict[str, int]:
    return {number: model.metrics.test_positives.get(head, 0) for number, head in SHARED.items()}


def _version(settings: Settings, model: Model, encoder: Encoder | None) -> str:
    parts = (
        model.fingerprint,
        encoder.name if encoder is not None else "",
        settings.general.encode,
        SIGNALS_VERSION,
        settings.policy.fingerprint,
        settings.policy.strictness,
        settings.organisation.model_dump_json(),
        *(query.model_dump_json() for query in settings.queries),
        *(one.model_dump_json() for one in settings.keyword_lists),
        *(one.model_dump_json() for one in settings.exclusions if one.id in _templates(settings)),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _templates(settings: Settings) -> set[str]:
    return {name for one in settings.keyword_lists for name in one.exclude_templates}
