"""A reading and its votes come in; evidence and the words for the finding's sentence go out. Pure."""

from collections.abc import Mapping
from typing import Literal

from classify.folding import unfolded
from classify.fusion import SHARED, SHOWN
from classify.model import Model
from classify.reading import Reading, fact_of
from classify.signals import Span
from classify.vectoriser import TOKEN
from klankbord.finding import Evidence
from klankbord.settings import Organisation

Field = Literal["title", "text", "context"]
_MOST_SPANS = 6
_MOST_WORDS = 3


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


def _heaviest(head: str, reading: Reading, model: Model) -> list[Span]:
    words = {match.span(): match[0] for match in TOKEN.finditer(reading.text) if len(match[0]) > 2}
    weighed = sorted(words, key=lambda span: (-model.word_weight(head, words[span]), span))
    return sorted(weighed[:_MOST_WORDS])


def details(
    number: str, reading: Reading, voted: Mapping[str, tuple[Span, ...]], shown: tuple[Evidence, ...],
    organisation: Organisation,
) -> dict[str, str]:  # fmt: skip
    """Values for the clause's sentence; never the value of a secret."""
    match SHARED.get(number, number):
        case "C02":
            return {"topic": _topic(reading, shown)}
        case "C05":
            return {"product": _named(reading, reading.own.products) or organisation.name}
        case "C06":
            return {"competitor": _named(reading, reading.own.rivals)}
        case "C07":
            fact = fact_of(reading)
            url = (fact.url if fact else "") or organisation.service_url
            return {"fact_url": url, "topic": fact.topic if fact else ""}
        case "C11":
            return {"pattern": "customer number" if "secret" not in voted else "secret"}
    return {}


def _topic(reading: Reading, shown: tuple[Evidence, ...]) -> str:
    """The term that was found, else the post's own words: no topic is claimed that nobody saw."""
    for topic in reading.own.topics:
        if found := topic.pattern.search(reading.text):
            return found[0]
    return ", ".join(reading.given[item.start : item.end] for item in shown[:2])


def _named(reading: Reading, names: object) -> str:
    search = getattr(names, "search", None)
    found = search(reading.whole) if search else None
    return str(found[0]) if found else ""
