"""A clause and the signals that voted come in; what is not known and one innocent reading go out. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from klankbord.policy import Clause, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a post may also be, where these signals voted and those did not."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    words: Words


def _said(nl: str, en: str) -> Words:
    return {"nl": nl, "en": en}


#: clause number -> readings, the most particular first
READINGS: Mapping[str, tuple[Reading, ...]] = {
    "C02": (
        Reading(present=("guess",), words=_said("Het leest als een gok.", "It reads like a guess.")),
        Reading(
            present=("outsider",),
            words=_said(
                "Een klant kan dit uit een brief of offerte hebben die aan hem is gericht.",
                "A customer may have this from a letter or an offer addressed to them.",
            ),
        ),
        Reading(
            present=("exact_figure",),
            absent=("inside_source", "inside_channel"),
            words=_said(
                "Het getal kan een schatting zijn, of van een vergelijkingssite of partner komen.",
                "The figure may be an estimate, or come from a comparison site or a partner.",
            ),
        ),
        Reading(
            present=("not_announced",),
            words=_said(
                "Het kan een gerucht zijn dat al breder rondgaat, of intussen zijn aangekondigd.",
                "It may be a rumour that goes around already, or have been announced since.",
            ),
        ),
    ),
    "C03": (
        Reading(
            absent=("internal_document",),
            words=_said(
                "De schrijver kan in eigen woorden vertellen wat iedereen mocht horen.",
                "The writer may tell in their own words what everybody was allowed to hear.",
            ),
        ),
    ),
    "C05": (
        Reading(
            absent=("tie_stated", "tie_hinted"),
            words=_said(
                "Het kan een tevreden klant zijn die zonder eigen belang iets aanraadt.",
                "It may be a satisfied customer who recommends something with no interest of their own.",
            ),
        ),
    ),
    "C06": (
        Reading(
            absent=("tie_stated",),
            words=_said(
                "Het kan een klant van beide zijn die ze vergelijkt.",
                "It may be a customer of both who compares them.",
            ),
        ),
    ),
    "C07": (
        Reading(
            absent=("fact_conflict",),
            words=_said(
                "Het advies kan kloppen voor een geval dat de officiële uitleg niet noemt.",
                "The advice may be right for a case that the official explanation does not name.",
            ),
        ),
        Reading(
            present=("question",),
            words=_said(
                "Het kan een vraag zijn of het zo werkt.", "It may be a question whether it works this way."
            ),
        ),
    ),
    "C08": (
        Reading(
            present=("gross_insult",),
            words=_said(
                "Het kan ironie zijn tussen mensen die elkaar kennen.",
                "It may be irony between people who know each other.",
            ),
        ),
    ),
    "C09": (
        Reading(
            present=("outsider",),
            words=_said(
                "Het kan een behulpzame klant zijn die zegt hoe het bij hem ging.",
                "It may be a helpful customer who tells how it went for them.",
            ),
        ),
        Reading(
            present=("asks_customer_data",),
            words=_said(
                "Het kan een officieel account zijn dat nog niet op de lijst staat.",
                "It may be an official account that is not on the list yet.",
            ),
        ),
    ),
    "C11": (
        Reading(
            present=("customer_number",),
            absent=("secret",),
            words=_said(
                "Het nummer kan van de schrijver zelf zijn, of een voorbeeld.",
                "The number may be the writer's own, or an example.",
            ),
        ),
    ),
}
_ANY = _said("Het kan ook iets heel anders betekenen.", "It may also mean something quite different.")
#: clause number -> what nobody has established; for every clause, and beside it
UNKNOWN: Words = _said(
    "Niet vastgesteld: wie dit schreef, met welke bedoeling, en of het klopt.",
    "Not established: who wrote this, what was meant by it, and whether it is right.",
)
UNKNOWN_OF: Mapping[str, Words] = {
    "C02": _said(
        "Niet bekend: of het al ergens openbaar was, en of er toestemming was om het te delen.",
        "Not known: whether it was public somewhere already, and whether there was permission to share it.",
    ),
    "C03": _said(
        "Niet bekend: of wie erbij waren het goed vonden dat dit gedeeld werd.",
        "Not known: whether those who were there agreed that this was shared.",
    ),
    "C05": _said(
        "Niet bekend: of er een band met de organisatie is, en of die elders is genoemd.",
        "Not known: whether there is a tie to the organisation, and whether it was stated elsewhere.",
    ),
    "C06": _said(
        "Niet bekend: of de bewering over de ander te onderbouwen is.",
        "Not known: whether the claim about the other can be supported.",
    ),
    "C07": _said(
        "Niet bekend: of de officiële uitleg voor dit geval geldt.",
        "Not known: whether the official explanation holds for this case.",
    ),
    "C08": _said(
        "Niet bekend: of de genoemde dit weet en goed vindt.",
        "Not known: whether the person named is aware of this and agrees.",
    ),
    "C09": _said(
        "Niet bekend: of er is afgesproken dat deze persoon namens de organisatie antwoordt.",
        "Not known: whether it was agreed that this person answers for the organisation.",
    ),
    "C11": _said(
        "Niet bekend: of het gegeven echt is, nog geldt, en van wie het is.",
        "Not known: whether the item is real, still valid, and whose it is.",
    ),
    "C12": _said(
        "Niet bekend: of het al openbaar was gemaakt, en of het de koers raakt.",
        "Not known: whether it had been published already, and whether it bears on the share price.",
    ),
}


def innocent(clause: Clause, voted: Collection[str], language: str) -> str:
    """What the post may also be: by its signals, else what the policy says of the clause."""
    for reading in READINGS.get(clause.number, ()):
        if all(name in voted for name in reading.present) and not any(
            name in voted for name in reading.absent
        ):
            return reading.words[language]
    return clause.innocent_reading.get(language) or _ANY[language]


def unknown(number: str, language: str) -> tuple[str, ...]:
    """What is not known of a post under a clause."""
    beside = UNKNOWN_OF.get(number)
    return (UNKNOWN[language], beside[language]) if beside else (UNKNOWN[language],)
