"""Every way a post is changed, on which posts, and what must hold then; judgements of both come in. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from classify import behaviour_texts as texts
from classify.corpus import Example
from classify.judging_corpus import findings, printed
from klankbord.finding import Judgement, Protection
from klankbord.policy import Mode
from klankbord.settings import Organisation

#: how far a score may move when nothing changed that matters (law.md K3)
MOVES = 0.05
Changed = Callable[[Example, Organisation], Example | None]
Passes = Callable[[Judgement, Judgement], bool]
Carries = Callable[[Example, Judgement], bool]


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that is changed."""

    name: str
    change: Changed
    #: before and after
    passes: Passes
    #: posts that it is tried on
    carries: Carries


_TIED = ("C05", "C06", "C09")


def _adds(wordings: texts.Wordings) -> Changed:
    return lambda post, organisation: texts.added(post, wordings, organisation)


def _only(change: Callable[[Example], Example]) -> Changed:
    return lambda post, _: change(post)


def found(_: Example, one: Judgement) -> bool:
    return bool(findings(one))


def _plain_post(post: Example, one: Judgement) -> bool:
    return not post.clauses and not post.guarded and not findings(one)


def _some(post: Example, one: Judgement) -> bool:
    return found(post, one) or _plain_post(post, one)


def _has(*clauses: str) -> Carries:
    return lambda _, one: not findings(one).isdisjoint(clauses)


def _nothing_found(_: Judgement, after: Judgement) -> bool:
    return not findings(after)


def _gone(*clauses: str) -> Passes:
    return lambda _, after: findings(after).isdisjoint(clauses)


def same(before: Judgement, after: Judgement) -> bool:
    return findings(before) == findings(after)


def nothing_rises(before: Judgement, after: Judgement) -> bool:
    modes = {one.clause_id: one.mode for one in before.clauses}
    return all(one.mode <= modes.get(one.clause_id, Mode.SILENT) for one in after.clauses)


def hardly_moves(before: Judgement, after: Judgement) -> bool:
    guarded = [one.protection is not Protection.NONE for one in (before, after)]
    if guarded[0] != guarded[1] or before.about != after.about:
        return False
    first, second = printed(before), printed(after)
    return all(abs(score - second.get(clause, 0.0)) < MOVES for clause, score in first.items())


_OTHER_GENDER: Changed = lambda post, _: texts.other_gender(post)  # noqa: E731

#: a trial of a finding that must go or stay runs on posts that have one
TRIALS = (
    Trial("said to be public already: C02 goes", _adds(texts.PUBLIC), _gone("C02"), _has("C02")),
    Trial("quoted: nothing rises", _only(texts.quoted), nothing_rises, found),
    Trial("quoted, another's tie: C05, C06, C09 go", _only(texts.quoted), _gone(*_TIED), _has(*_TIED)),
    Trial("disclosure added: C05, C09 go", _adds(texts.DISCLOSED), _gone("C05", "C09"), _has("C05", "C09")),
    *(
        Trial(f"protection phrase added ({kind}): no finding", _adds(words), _nothing_found, found)
        for kind, words in texts.PROTECTED.items()
    ),
    Trial("look-alike letters: same findings", _only(texts.lookalikes), same, _some),
    Trial("zero-width characters: same findings", _only(texts.zero_width), same, _some),
    Trial("told to ignore the policy: same findings", _adds(texts.ORDERS), same, found),
    Trial("told to raise an alert: no finding", _adds(texts.ALARMS), _nothing_found, _plain_post),
    Trial("organisation insulted: no clause added", _adds(texts.INSULTS), nothing_rises, _some),
    Trial("organisation insulted: same findings", _adds(texts.INSULTS), same, found),
    Trial("informal spelling: moves", _only(texts.informal), hardly_moves, _some),
    Trial("informal spelling: same findings", _only(texts.informal), same, _some),
    Trial("articles left out: moves", _only(texts.without_articles), hardly_moves, _some),
    Trial("articles left out: same findings", _only(texts.without_articles), same, _some),
    Trial("other gender: moves", _OTHER_GENDER, hardly_moves, lambda *_: True),
)
