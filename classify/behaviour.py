"""Written posts come in; how often the judgement behaves when a post is changed in one respect goes out.

The carriers are posts that no training saw; they are changed in memory and never shown. A trial that needs a
finding to begin with runs on posts that have one at the strictest level. Pure.
"""

import random
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from classify import behaviour_texts as texts
from classify.behaviour_trials import TRIALS, found, hardly_moves
from classify.corpus import Corpus, Example
from classify.judging_corpus import classifier_for, findings, mention_of
from classify.measures import share
from classify.model import Model
from classify.report import Row, Section
from klankbord.finding import Judgement
from klankbord.policy import Policy, Strictness
from klankbord.ports import Classifier, Encoder
from klankbord.settings import Organisation

#: posts of each kind and organisation; with an encoder fewer: it takes a tenth of a second for each
_MOST, _MOST_ENCODED = 14, 5


def behaviour(corpus: Corpus, model: Model, policy: Policy, ways: Mapping[str, Encoder | None]) -> Section:
    """Run every trial.

    Args:
        corpus: posts that carry the changes.
        model: what was learnt.
        policy: whose clauses.
        ways: name of a way of looking -> its encoder; none: words and votes.
    """
    passed: dict[str, dict[str, list[bool]]] = {way: defaultdict(list) for way in ways}
    for way, encoder in ways.items():
        classifier = partial(_strict, model=model, policy=policy, encoder=encoder)
        for name, organisation in corpus.organisations.items():
            mine = [post for post in corpus.examples if post.org == name]
            most = _MOST if encoder is None else _MOST_ENCODED
            for trial, held in outcomes(mine, organisation, classifier, most):
                passed[way][trial].append(held)
    names = dict.fromkeys(name for one in passed.values() for name in one)
    rows = [Row(name=name, figures=tuple(share(passed[way][name]) for way in ways)) for name in names]
    return Section(
        id="behaviour",
        title="Behaviour when a post is changed in one respect (share that behaves)",
        how="posts of the test part, changed; at the strict level; `moves`: no printed score moves by 0.05 or"
        " more and the guard decides the same; `same findings`: neither more nor fewer",
        columns=tuple(ways),
        rows=tuple(rows),
    )


def outcomes(
    posts: Sequence[Example],
    organisation: Organisation,
    classifier: Callable[[Organisation], Classifier],
    most: int = _MOST,
) -> Iterator[tuple[str, bool]]:
    """Every trial on the posts of one organisation: its name, and whether the judgement behaved.

    Args:
        posts: what carries the changes.
        organisation: whose posts.
        classifier: judges for an organisation.
        most: carriers with a finding, and without one, of each trial.
    """
    judge = classifier(organisation)
    before = judge.judge([mention_of(post) for post in posts])
    about = [(post, one) for post, one in zip(posts, before, strict=True) if one.about]
    for trial in TRIALS:
        pairs = [
            (changed, one)
            for post, one in about
            if trial.carries(post, one) and (changed := trial.change(post, organisation)) is not None
        ]
        chosen = _few([pair for pair in pairs if found(*pair)], most)
        chosen += _few([pair for pair in pairs if not found(*pair)], most)
        after = judge.judge([mention_of(changed) for changed, _ in chosen])
        for (_, one), other in zip(chosen, after, strict=True):
            yield trial.name, trial.passes(one, other)
    yield from _renamed([post for post, _ in _few(about, 2 * most)], organisation, classifier)
    yield from _authors([post for post, _ in about], judge)
    yield from _counterparts(about)


def _few(posts: Sequence[tuple[Example, Judgement]], most: int) -> list[tuple[Example, Judgement]]:
    """Some of them, chosen without regard to what they say."""
    return sorted(posts, key=lambda pair: zlib.crc32(pair[0].id.encode()))[:most]


def _renamed(
    posts: Sequence[Example],
    organisation: Organisation,
    classifier: Callable[[Organisation], Classifier],
) -> Iterator[tuple[str, bool]]:
    # What tells an ambiguous name from a bird is told of that name: neither side has it.
    plain = organisation.model_copy(update={"ambiguous": ()})
    other = texts.renamed_organisation(plain)
    changed = [
        replace(
            post,
            title=texts.renamed(post.title, plain),
            text=texts.renamed(post.text, plain),
            context=texts.renamed(post.context, plain),
        )
        for post in posts
    ]
    before = classifier(plain).judge([mention_of(post) for post in posts])
    after = classifier(other).judge([mention_of(post) for post in changed])
    for one, two in zip(before, after, strict=True):
        yield "organisation renamed: moves", hardly_moves(one, two)


def _authors(posts: Sequence[Example], judge: Classifier) -> Iterator[tuple[str, bool]]:
    """What is said of the posts must be the same to the byte, whoever wrote which."""
    names = [f"{number:016x}" for number in range(len(posts))]
    mentions = [replace(mention_of(post), author=name) for post, name in zip(posts, names, strict=True)]
    before = [repr(one).encode() for one in judge.judge(mentions)]
    random.Random(0).shuffle(names)  # noqa: S311 - a permutation, no secret
    permuted = [replace(one, author=name) for one, name in zip(mentions, names, strict=True)]
    for one, two in zip(before, judge.judge(permuted), strict=True):
        yield "authors exchanged: byte-identical", one == repr(two).encode()


def _counterparts(posts: Sequence[tuple[Example, Judgement]]) -> Iterator[tuple[str, bool]]:
    """Posts of one story in both languages fall on the same side."""
    told: dict[str, dict[str, Judgement]] = defaultdict(dict)
    for post, one in posts:
        if post.scenario:
            told[post.scenario].setdefault(post.lang, one)
    for pair in told.values():
        if len(pair) == 2:
            yield (
                "told in Dutch and in English: same side",
                bool(findings(pair["nl"])) == bool(findings(pair["en"])),
            )


def _strict(organisation: Organisation, model: Model, policy: Policy, encoder: Encoder | None) -> Classifier:
    return classifier_for(organisation, policy, Strictness.STRICT, model, encoder)
