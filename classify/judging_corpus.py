"""Written posts and a model come in; each post judged for its own organisation goes out. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from classify.corpus import Corpus, Example
from classify.evaluate import Judged
from classify.heads import CLAUSES, PLACE
from classify.judge import PolicyClassifier
from classify.model import Model, look
from classify.own_words import own_words
from classify.reading import document, read
from classify.signals import votes
from klankbord.finding import Judgement, Protection
from klankbord.mention import Mention, SourceId
from klankbord.policy import Mode, Policy, Strictness
from klankbord.settings import DeliverySettings, GeneralSettings, Organisation, QuerySettings, Settings

#: the posts are fiction and have no date
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def judged(corpus: Corpus, model: Model, policy: Policy) -> list[Judged]:
    """Judge every post at every strictness, as an organisation that adopted the policy."""
    found: list[Judged] = []
    for name, organisation in corpus.organisations.items():
        mine = [post for post in corpus.examples if post.org == name]
        found += _of_one(mine, organisation, model, policy)
    return found


def settings_for(organisation: Organisation, policy: Policy) -> Settings:
    """What an installation for this organisation would be told: a query over its names and products."""
    words = (*organisation.names, *organisation.products)
    expression = " OR ".join(f'"{word}"' for word in words)
    return Settings(
        folder=Path(),
        general=GeneralSettings(),
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


def _of_one(
    posts: list[Example], organisation: Organisation, model: Model, policy: Policy
) -> Iterator[Judged]:
    mentions = [mention_of(post) for post in posts]
    by_level: dict[Strictness, list[Judgement]] = {}
    for level in Strictness:
        adopted = replace(policy, strictness=level, adopted=True)
        classifier = PolicyClassifier(settings_for(organisation, adopted), model)
        by_level[level] = classifier.judge(mentions)
    for place, post in enumerate(posts):
        standard = by_level[Strictness.STANDARD][place]
        signals_only, words_only, unguarded = _baselines(post, organisation, model)
        yield Judged(
            example=post,
            about=standard.about,
            guarded=standard.protection is not Protection.NONE,
            scores={score.clause_id[:3]: score.score for score in standard.clauses},
            found={level: _findings(judgements[place]) for level, judgements in by_level.items()},
            signals_only=signals_only,
            words_only=words_only,
            unguarded=unguarded,
        )


def _findings(judgement: Judgement) -> frozenset[str]:
    return frozenset(score.clause_id[:3] for score in judgement.clauses if score.mode > Mode.SILENT)


def _baselines(post: Example, organisation: Organisation, model: Model) -> tuple[float, float, float]:
    reading = read(post.title, post.text, post.context, own_words(organisation))
    looked = look(model, [document(reading)], [votes(reading)])
    heads = [PLACE[clause] for clause in CLAUSES]
    words = (looked.words @ model.plain.weights)[0, heads].max()
    fused = model.plain.chances(looked.decided)[0, heads].max()
    return float(looked.ballots[0] @ model.rules), float(words), float(fused)
