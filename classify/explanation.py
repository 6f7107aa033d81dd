"""A reading and its votes come in; evidence and the words for the finding's sentence go out. Pure."""

from collections.abc import Mapping, Sequence
from typing import Literal

from classify.folding import unfolded
from classify.fusion import SHOWN
from classify.heads import SHARED
from classify.keywords import ListHit
from classify.model import Model
from classify.own_words import listed
from classify.reading import Reading
from classify.signals import Span
from classify.signals.secrets import pattern_of
from classify.vectoriser import TOKEN
from klankbord.finding import Evidence
from klankbord.settings import Organisation

Field = Literal["title", "text", "context"]
_MOST_SPANS = 6
_MOST_WORDS = 3
#: of the spans shown, so many at most are of keyword lists
_MOST_LISTED = 3


def evidence(
    number: str, reading: Reading, voted: Mapping[str, tuple[Span, ...]], model: Model, field: Field
) -> tuple[Evidence, ...]:
    """The spans that voted, else the words that weighed most."""
    head = SHARED.get(number, number)
    found = [(span, name) for name in SHOWN[head] for span in voted.get(name, ())]
    if not found:
        found = [(span, "model_words") for span in _heaviest(head, reading, model)]
    spans = unfolded(reading.given, [span for span, _ in found])
    unique = dict.fromkeys(zip(spans, (name for _, name in found), strict=True))
    return tuple(
        Evidence(field=field, start=start, end=end, signal=name)
        for (start, end), name in list(unique)[:_MOST_SPANS]
    )


def with_lists(found: tuple[Evidence, ...], hits: Sequence[ListHit]) -> tuple[Evidence, ...]:
    """The evidence with the terms of the keyword lists that hit: each list once before any twice."""
    each = [
        [
            Evidence(field=place.field, start=place.start, end=place.end, signal=hit.signal)
            for place in hit.places
        ]
        for hit in hits
    ]
    rounds = [spans[turn] for turn in range(_MOST_LISTED) for spans in each if turn < len(spans)]
    listed = tuple(rounds[:_MOST_LISTED])
    return (*found[: _MOST_SPANS - len(listed)], *listed)


def _heaviest(head: str, reading: Reading, model: Model) -> list[Span]:
    words = {match.span(): match[0] for match in TOKEN.finditer(reading.text) if len(match[0]) > 2}
    weighed = sorted(words, key=lambda span: (-model.word_weight(head, words[span]), span))
    return sorted(weighed[:_MOST_WORDS])


def details(number: str, reading: Reading, organisation: Organisation) -> dict[str, str]:
    """Values for the clause's sentence, from the organisation's own lists: never words of the post."""
    match SHARED.get(number, number):
        case "C02":
            found = {"topic": _topic(reading)}
        case "C05":
            found = {"product": listed(organisation.products, reading.whole) or organisation.name}
        case "C06":
            found = {"competitor": listed(organisation.competitors, reading.whole)}
        case "C07":
            fact = reading.fact
            url = (fact.url if fact else "") or organisation.service_url
            found = {"fact_url": url, "topic": fact.topic if fact else ""}
        case "C11":
            found = {"pattern": pattern_of(reading)}
        case _:
            found = {}
    return {key: value for key, value in found.items() if value}


def _topic(reading: Reading) -> str:
    """The list's term that was found; none where the words of no topic, or of a sealed one, stand there."""
    open_topics = (topic for topic in reading.own.topics if not topic.sealed)
    return next((term for topic in open_topics if (term := listed(topic.terms, reading.text))), "")
