"""Mentions come in, one Judgement for each goes out: guard first, then every clause. Pure.

Only what a mention says is read, never who wrote it.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from classify.conditions import Seen, holds, plain
from classify.explanation import Field, details, evidence, with_lists
from classify.fusion import SHARED, lifted
from classify.gate import OrganisationGate
from classify.guard import Guard
from classify.keyword_gate import gate_queries
from classify.keywords import Keywords, ListHit, keywords_of, post_for
from classify.language import JUDGED, detect
from classify.model import HEADS, Floats, Model
from classify.modes import Circumstances
from classify.own_words import OwnWords, own_words
from classify.reading import Reading, document, read
from classify.signals import SIGNALS_VERSION, Span, votes
from classify.vectoriser import Document
from klankbord.finding import ClauseScore, Judgement, Protection
from klankbord.mention import Mention
from klankbord.policy import Clause, Mode
from klankbord.settings import Settings

_log = logging.getLogger("klankbord.classify")

#: score from which a silent clause shows its evidence too, for a reviewer who reads on
_WORTH_SHOWING = 0.5
#: score of a post that says outright what the clause is about; above the threshold of every strictness
_PLAIN = 0.9
Votes = dict[str, tuple[Span, ...]]


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


class PolicyClassifier:
    """Judges mentions against the policy; implements `klankbord.ports.Classifier`."""

    def __init__(self, settings: Settings, model: Model) -> None:
        """Compile the organisation's words, queries and keyword lists.

        Raises:
            QueryError: a query cannot be read.
            SettingsError: a keyword list cannot be read.
        """
        self._organisation, self._model = settings.organisation, model
        self._own: OwnWords = own_words(settings.organisation)
        self._gate = OrganisationGate(gate_queries(settings), settings.organisation)
        self._guard = Guard(model, settings.policy)
        self._rules = settings.policy.rules
        self._keywords = keywords_of(settings)
        self._circumstances = Circumstances(
            policy=settings.policy,
            small=settings.organisation.small,
            test_positives={**model.metrics.test_positives, **_shared(model)},
        )
        self._version = _version(settings, model)

    @property
    def version(self) -> str:
        """Changes with the model, the signals, the policy, the organisation's facts or its keyword lists."""
        return self._version

    def judge(self, mentions: Sequence[Mention]) -> list[Judgement]:
        """One judgement for each mention, in order; never raises for what a post says."""
        return [self.compared(mention, (self._keywords,))[0] for mention in mentions]

    def compared(self, mention: Mention, variants: Sequence[Keywords]) -> tuple[Judgement, ...]:
        """What becomes of one mention under each set of keyword lists, instead of the classifier's own."""
        about = bool(self._gate.matched(mention))
        plain = Judgement(mention_id=mention.id, about=about, lang=mention.lang)
        if not about:
            return (plain,) * len(variants)
        try:
            return self._weighed(self._opened(mention), variants)
        except Exception as error:  # noqa: BLE001 - law.md D2: whatever goes wrong on a post, it gives no finding
            # The class alone: a message may hold words of the post.
            _log.error("a post could not be judged (%s) and gives no finding", type(error).__name__)
            return (replace(plain, protection=Protection.NO_FINDING),) * len(variants)

    def _weighed(self, case: _Case, variants: Sequence[Keywords]) -> tuple[Judgement, ...]:
        judged = Judgement(mention_id=case.mention.id, about=True, lang=case.lang)
        decided = self._model.decisions(case.words, case.voted)
        protection = self._guard.decide(case.reading, case.lang, decided)
        # The guard runs for every source: protected texts go, also where nothing else may be read.
        if protection is not Protection.NONE or not case.mention.terms.classify:
            return (replace(judged, protection=protection),) * len(variants)
        post = post_for(case.mention)
        listed = [replace(case, hits=keywords.hits(post, case.lang)) for keywords in variants]
        return tuple(
            replace(judged, clauses=tuple(self._scored(clause, one, decided) for clause in self._rules))
            for one in listed
        )

    def _opened(self, mention: Mention) -> _Case:
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

    def _scored(self, clause: Clause, case: _Case, decided: Floats) -> ClauseScore:
        number = SHARED.get(clause.number, clause.number)
        if number not in HEADS:
            return ClauseScore(clause_id=clause.id, score=0.0, mode=Mode.SILENT)
        decision = float(decided[HEADS.index(number)])
        score = self._model.score(number, decision, case.voted)
        convinced = decision >= self._model.decided_from[number]
        hits = [hit for hit in case.hits if hit.table.clause == clause.number]
        confidential = any(hit.table.confidential for hit in hits)
        seen = Seen(reading=case.reading, voted=case.voted, decided=convinced, listed=confidential)
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
            case "C05" | "C09":
                return "official_voice" not in case.voted
        return True


def _language(mention: Mention, words: Document) -> str | None:
    """What the words themselves say; only where they say nothing, what the source says."""
    plain = f"{words.around} {words.text}".replace("_org_", "").replace("_prod_", "").replace("_rival_", "")
    told = mention.lang[:2].lower() if mention.lang else None
    return detect(plain) or (told if told in JUDGED else None)


def _shared(model: Model) -> dict[str, int]:
    return {number: model.metrics.test_positives.get(head, 0) for number, head in SHARED.items()}


def _version(settings: Settings, model: Model) -> str:
    parts = (
        model.fingerprint,
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
