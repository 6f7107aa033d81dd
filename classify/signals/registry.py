"""All signals by name, in one tuple, and the call that lets them vote. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from classify.reading import Reading
from classify.signals import facts, inside, people, secrets, service, tie
from classify.signals.spans import Span

#: goes up when any signal changes: it is part of a classifier's version
SIGNALS_VERSION = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A named function that votes with spans of the text, or abstains with none."""

    name: str
    find: Callable[[Reading], tuple[Span, ...]]


_FUNCTIONS: tuple[Callable[[Reading], tuple[Span, ...]], ...] = (
    tie.tie_stated,
    tie.tie_hinted,
    tie.inside_source,
    tie.disclosure,
    tie.official_voice,
    tie.outsider,
    inside.confidential_topic,
    inside.not_announced,
    inside.coming_date,
    inside.exact_figure,
    inside.inside_channel,
    inside.internal_document,
    inside.quotation,
    inside.published,
    inside.question,
    inside.guess,
    service.speaks_for_organisation,
    service.asks_customer_data,
    service.answers_question,
    service.asked_before,
    service.promotion,
    service.own_product,
    service.advice,
    service.fact_topic,
    facts.fact_conflict,
    service.rival_named,
    service.competitor_claim,
    people.third_person,
    people.private_fact,
    people.gross_insult,
    people.exposed_person,
    secrets.secret,
    secrets.customer_number,
    secrets.own_number,
)
SIGNALS: tuple[Signal, ...] = tuple(Signal(name=function.__name__, find=function) for function in _FUNCTIONS)


def votes(reading: Reading) -> Mapping[str, tuple[Span, ...]]:
    """The spans of every signal that voted, by its name; positions in the folded text."""
    found: dict[str, tuple[Span, ...]] = {}
    for signal in SIGNALS:
        spans = signal.find(reading)
        if spans:
            found[signal.name] = spans
    return found
