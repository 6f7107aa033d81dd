"""Written posts and a model come in; each post judged for its own organisation goes out. Pure."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from classify.aboutness import Aboutness
from classify.baseline import WordsAlone
from classify.corpus import Corpus, Example
from classify.gate import Entry, OrganisationGate
from classify.heads import CLAUSES, PLACE, SHARED, TOUCHING
from classify.judge import PolicyClassifier
from classify.model import Floats, Model, look, look_again
from classify.own_words import own_words
from classify.reading import document, read
from classify.sentences import sentence
from classify.signals import votes
from klankbord.finding import Judgement, Protection
from klankbord.mention import Mention, SourceId
from klankbord.policy import Mode, Policy, Strictness
from klankbord.ports import Encoder
from klankbord.settings import DeliverySettings, GeneralSettings, Organisation, QuerySettings, Settings

#: the posts are fiction and have no date
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
#: words and votes; meaning by the encoder for all; meaning by the encoder where it may matter
PLAIN, SHARP, CASCADE = "plain", "sharp", "cascade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a post by one way of looking."""

    guarded: bool = False
    #: clause number -> score as printed; empty where guarded
    scores: Mapping[str, float] = field(default_factory=dict)
    #: clause number -> what its head says, guarded or not
    chances: Mapping[str, float] = field(default_factory=dict)
    #: clauses that became a finding, by strictness
    found: Mapping[Strictness, frozenset[str]] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """What a reviewer's list is ranked by: nothing where the guard held it back."""
        return max(self.scores.values(), default=0.0)

    @property
    def unguarded(self) -> float:
        """The same without the guard: what it costs the ranking."""
        return max(self.chances.values(), default=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One written post and what came out."""

    example: Example
    #: whether a query hit it: no other post is ever collected
    named: bool = True
    #: whether it was taken to be about the organisation
    about: bool = True
    #: whether it is named by an ambiguous name alone
    in_doubt: bool = False
    #: way of looking -> what came of it
    by: Mapping[str, Outcome]
    #: what others would rank it by: votes alone, words alone (None: not asked for), and nothing at all
    rules: float = 0.0
    words: float | None = None
    lot: float = 0.0


def judged(
    corpus: Corpus,
    model: Model,
    policy: Policy,
    encoder: Encoder | None = None,
    baseline: WordsAlone | None = None,
    *,
    quick: bool = False,
) -> list[Judged]:
    """Judge every post at every strictness, as an organisation that adopted the policy.

    Args:
        corpus: the posts.
        model: what was learnt.
        policy: whose clauses.
        encoder: none: only the plain way of looking.
        baseline: ranks by words alone.
        quick: leave out the sharp look at every post.
    """
    found: list[Judged] = []
    for name, organisation in corpus.organisations.items():
        mine = [post for post in corpus.examples if post.org == name]
        if mine:
            looked = _Looked(mine, organisation, model, baseline)
            found += _of_one(mine, organisation, model, policy, _ways(encoder, quick=quick), looked)
    return found


def settings_for(organisation: Organisation, policy: Policy, encode: str = "undecided") -> Settings:
    """What an installation for this organisation would be told: a query over its names and products."""
    words = (*organisation.names, *organisation.products)
    expression = " OR ".join(f'"{word}"' for word in words)
    return Settings(
        folder=Path(),
        general=GeneralSettings.model_validate({"encode": encode}),
        sources=(),
        queries=(QuerySettings(id="organisation", expression=expression),),
        organisation=organisation,
        delivery=DeliverySettings(),
        policy=policy,
    )


def mention_of(post: Example) -> Mention:
    """The post as a collector would hand it over; the language is left for the classifier to see."""
    return Mention(
        source_id=SourceId("written"),
        platform="written",
        native_id=post.id,
        revision="1",
        title=post.title,
        text=post.text,
        context=post.context,
        published_at=_SOME_DAY,
        collected_at=_SOME_DAY,
    )


def classifier_for(
    organisation: Organisation,
    policy: Policy,
    level: Strictness,
    model: Model,
    encoder: Encoder | None = None,
    encode: str = "undecided",
) -> PolicyClassifier:
    """A classifier as the organisation would have it, once it adopted the policy."""
    adopted = replace(policy, strictness=level, adopted=True)
    return PolicyClassifier(settings_for(organisation, adopted, encode), model, encoder)


def findings(judgement: Judgement) -> frozenset[str]:
    """Clauses that became a finding; one that borrows another's head goes by that one's number."""
    numbers = (score.clause_id[:3] for score in judgement.clauses if score.mode > Mode.SILENT)
    return frozenset(SHARED.get(number, number) for number in numbers)


def printed(judgement: Judgement) -> dict[str, float]:
    """Clause number -> score."""
    return {score.clause_id[:3]: score.score for score in judgement.clauses}


def _ways(encoder: Encoder | None, *, quick: bool) -> Mapping[str, Encoder | None]:
    if encoder is None:
        return {PLAIN: None}
    return {PLAIN: None, CASCADE: encoder} if quick else {PLAIN: None, SHARP: encoder, CASCADE: encoder}


def _of_one(
    posts: Sequence[Example],
    organisation: Organisation,
    model: Model,
    policy: Policy,
    ways: Mapping[str, Encoder | None],
    looked: "_Looked",
) -> Iterator[Judged]:
    mentions = [mention_of(post) for post in posts]
    entries = OrganisationGate(settings_for(organisation, policy).queries, organisation).entries(mentions)
    outcomes = {
        way: _outcomes(mentions, organisation, model, policy, (way, encoder)) for way, encoder in ways.items()
    }
    aboutness = Aboutness(organisation)
    for place, (post, entry) in enumerate(zip(posts, entries, strict=True)):
        about = bool(entry.queries)
        yield Judged(
            example=post,
            named=_named(entry),
            about=about,
            in_doubt=_named(entry)
            and aboutness.named_only_in_doubt("\n".join(filter(None, (post.title, post.text, post.context)))),
            by={
                way: replace(done[place], chances=looked.chances(way, place, ways[way]) if about else {})
                for way, done in outcomes.items()
            },
            rules=float(looked.rules[place]) if about else _LEAST,
            words=looked.words(place) if about or looked.words(place) is None else _LEAST,
            lot=_lot(post),
        )


#: below any ballot: what was not let in stands last
_LEAST = -99.0


def _named(entry: Entry) -> bool:
    return bool(entry.queries or entry.not_about)


def _lot(post: Example) -> float:
    """A number that knows nothing of the post, and is the same each time."""
    return int.from_bytes(hashlib.sha256(post.id.encode()).digest()[:6]) / 2**48


def _outcomes(
    mentions: Sequence[Mention],
    organisation: Organisation,
    model: Model,
    policy: Policy,
    way: tuple[str, Encoder | None],
) -> list[Outcome]:
    encode = "all" if way[0] == SHARP else "undecided"
    by_level = {
        level: classifier_for(organisation, policy, level, model, way[1], encode).judge(mentions)
        for level in Strictness
    }
    return [
        Outcome(
            guarded=by_level[Strictness.STANDARD][place].protection is not Protection.NONE,
            scores=printed(by_level[Strictness.STANDARD][place]),
            found={level: findings(judgements[place]) for level, judgements in by_level.items()},
        )
        for place in range(len(mentions))
    ]


class _Looked:
    """What the layers say of the posts of one organisation, the guard left aside."""

    def __init__(
        self,
        posts: Sequence[Example],
        organisation: Organisation,
        model: Model,
        baseline: WordsAlone | None,
    ) -> None:
        own = own_words(organisation)
        readings = [read(post.title, post.text, post.context, own) for post in posts]
        documents = [document(reading) for reading in readings]
        self._model = model
        self._plain = look(model, documents, [votes(reading) for reading in readings])
        self._sentences = [sentence(one) for one in documents]
        self._sharp: Floats | None = None
        self.rules = self._plain.ballots @ model.rules
        self._words = None if baseline is None else baseline(documents)

    def words(self, place: int) -> float | None:
        return None if self._words is None else float(self._words[place])

    def chances(self, way: str, place: int, encoder: Encoder | None) -> dict[str, float]:
        plain, decided = self._model.plain, self._plain.decided[place]
        worth = way == SHARP or (way == CASCADE and decided[PLACE[TOUCHING]] >= plain.look_from)
        if encoder is None or not worth:
            return _by_clause(plain.chances(decided))
        if self._sharp is None:
            vectors = encoder.encode(self._sentences)
            again = look_again(self._model, self._plain, range(len(self._sentences)), vectors)
            self._sharp = self._model.sharp.chances(again)
        return _by_clause(self._sharp[place])


def _by_clause(chances: Floats) -> dict[str, float]:
    return {clause: float(chances[PLACE[clause]]) for clause in CLAUSES}
