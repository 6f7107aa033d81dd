"""Verdicts of the week and of eight weeks come in, how good the signals were goes out. Pure."""

from klankbord.week import Answers, ListAnswers, VerdictCounts, WeekFacts
from reports.answers import ENOUGH, share_of, wilson
from reports.counted import FEW
from reports.dates import number
from reports.plain import one_line
from reports.record import KeywordLine, Quality, Share
from reports.words import Words

#: keyword lists named
_WORST = 3
#: share of dismissed findings from which a list asks for a closer look
_TOO_MANY = 0.5


def quality_of(facts: WeekFacts, say: Words) -> tuple[Quality, tuple[str, ...]]:
    """How good the signals were, in columns, and in sentences all but the keyword lists."""
    answers = facts.answers
    settled = answers.confirmed + answers.dismissed
    precision = share_of(answers.confirmed, settled)
    sample = share_of(answers.relevant, answers.sampled)
    quality = Quality(
        dismissed=share_of(facts.verdicts.dismissed, _given(facts.verdicts)),
        precision=precision,
        precision_sentence=_precision(precision, say),
        keywords=_worst(answers, say),
        sample=sample,
        sample_sentence=_sample(sample, say),
    )
    sentences = (
        *_dismissed(quality.dismissed, say),
        quality.precision_sentence,
        quality.sample_sentence,
    )
    return quality, tuple(line for line in sentences if line)


def _given(verdicts: VerdictCounts) -> int:
    return verdicts.confirmed + verdicts.dismissed + verdicts.unsure


def _dismissed(share: Share | None, say: Words) -> tuple[str, ...]:
    if share is None:
        return (say("quality.none"),)
    first = say("quality.share", dismissed=number(share.hits, say.language), n=number(share.n, say.language))
    if share.low is None:
        return (first, say("quality.few"))
    return (first, say("quality.interval", low=share.low, high=share.high))


def _precision(share: Share | None, say: Words) -> str:
    if share is None:
        return ""
    n = number(share.n, say.language)
    if share.percent is None:
        return say("precision.few", hits=number(share.hits, say.language), n=n)
    return say("precision", percent=share.percent, n=n, low=share.low, high=share.high)


def _worst(answers: Answers, say: Words) -> tuple[KeywordLine, ...]:
    """The lists most surely dismissed, by the low end of the interval: two of two is no proof."""

    def low(one: ListAnswers) -> float:
        return wilson(one.dismissed, one.confirmed + one.dismissed)[0]

    fit = [one for one in answers.lists if one.dismissed and one.confirmed + one.dismissed >= FEW]
    worst = sorted(fit, key=lambda one: (-low(one), -one.dismissed, one.list_id))[:_WORST]
    return tuple(_line(one, low(one) > _TOO_MANY, say) for one in worst)


def _line(one: ListAnswers, bad: bool, say: Words) -> KeywordLine:  # noqa: FBT001 - one of two words
    share = share_of(one.dismissed, one.confirmed + one.dismissed)
    assert share is not None  # noqa: S101 - there are at least five
    key = "keyword.few" if share.n < ENOUGH else "keyword.share"
    name = one_line(one.list_id, 60)
    return KeywordLine(
        name=name,
        dismissed=share,
        counted=say(
            key, dismissed=share.hits, n=share.n, percent=share.percent, low=share.low, high=share.high
        ),
        suggestion=say("keyword.bad" if bad else "keyword.watch", name=name),
    )


def _sample(share: Share | None, say: Words) -> str:
    if share is None:
        return say("sample.none")
    if share.percent is None:
        return say("sample.few", relevant=share.hits, n=share.n)
    return say("sample", relevant=share.hits, n=share.n, low=share.low, high=share.high)
