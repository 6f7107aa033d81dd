"""A clause's condition and what was seen in a post come in; whether the condition is met goes out. Pure.

Hard conditions stand on a list the organisation filled in, or on words that must be there: a rival's name, a
number, a secret. Soft ones are met by a signal, or by a head of the model that was taught this very condition
and takes it for more likely met than not. A high score on the clause alone meets no condition.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from classify.heads import HEADS, PLACE
from classify.model import Floats
from classify.reading import Reading
from classify.signals import Span

#: from here a condition counts as met without a signal: more likely than not
_LIKELY = 0.5
_WE = re.compile(r"(?<!\w)(?:wij|we|ons|onze|our|us|we'(?:re|ve|ll|d))(?!\w)")
_CONCRETE = ("coming_date", "exact_figure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a post shows, for one clause."""

    reading: Reading
    voted: Mapping[str, tuple[Span, ...]]
    #: the clause's head is above the border at which other posts hardly ever come
    decided: bool
    #: what every head says, as a probability
    chances: Floats = field(default_factory=lambda: np.zeros(len(HEADS)))
    #: a keyword list of the clause that says it is confidential hits the post
    listed: bool = False

    def says(self, head: str) -> bool:
        """Whether the model takes a condition for more likely met than not."""
        return bool(self.chances[PLACE[head]] >= _LIKELY)

    def any_of(self, *names: str) -> bool:
        """Whether one of the signals voted."""
        return any(name in self.voted for name in names)


def holds(need: str, seen: Seen) -> bool:
    """Whether a condition is met; one that nobody knows never is.

    Args:
        need: the condition's name in the policy.
        seen: what the post shows.
    """
    condition = _CONDITIONS.get(need)
    return condition is not None and condition(seen)


def plain(number: str, seen: Seen) -> bool:
    """Whether a post says outright what a confidential clause is about, so that no score need be learnt.

    The one hard override: a listed topic, something concrete, and that it is not known yet. A guess, a
    question or something published is none.
    """
    if number not in ("C02", "C12") or seen.any_of("published", "guess", "question"):
        return False
    return seen.any_of("confidential_topic") and seen.any_of("not_announced") and seen.any_of(*_CONCRETE)


def _confidential_topic_match(seen: Seen) -> bool:
    """A term of the topics or of a confidential list, or words that tell something of that kind."""
    return seen.any_of("confidential_topic") or seen.listed or seen.says("confidential")


def _not_already_public(seen: Seen) -> bool:
    # Who says that nobody knows it yet is not taken for quoting the news.
    told = seen.says("public") and not seen.any_of("not_announced")
    return not seen.any_of("published") and not told


def _internal_document_cue(seen: Seen) -> bool:
    return seen.any_of("internal_document", "inside_channel") or seen.says("inside_doc")


def _promotional_content(seen: Seen) -> bool:
    return seen.any_of("promotion") or seen.says("promotes")


def _tie_cue_in_text(seen: Seen) -> bool:
    if seen.any_of("own_product", "tie_hinted", "tie_stated"):
        return True
    return _says_we(seen) and (seen.decided or seen.says("hinted"))


def _says_we(seen: Seen) -> bool:
    return _WE.search(seen.reading.unquoted) is not None


def _no_disclosure(seen: Seen) -> bool:
    return not seen.any_of("disclosure", "official_voice") and not seen.says("official")


def _competitor_mention(seen: Seen) -> bool:
    rivals = seen.reading.own.rivals
    return rivals is not None and rivals.search(seen.reading.whole) is not None


def _factual_negative_claim(seen: Seen) -> bool:
    return seen.any_of("competitor_claim") or seen.says("rival_claim")


def _self_declared_in_post(seen: Seen) -> bool:
    """The writer says to work there; a hint does only where the whole post reads like it."""
    return seen.any_of("tie_stated") or seen.says("stated") or (seen.decided and seen.any_of("tie_hinted"))


def _advice_on_fact_file_topic(seen: Seen) -> bool:
    return bool(seen.reading.own.facts) and (seen.any_of("fact_topic") or seen.says("advises"))


def _conflicts_with_fact_file(seen: Seen) -> bool:
    return seen.any_of("fact_conflict") or seen.says("conflicts")


def _third_party_identifiable(seen: Seen) -> bool:
    return seen.any_of("third_person", "exposed_person") or seen.says("person")


def _private_fact_or_gross_insult(seen: Seen) -> bool:
    return seen.any_of("private_fact", "gross_insult") or seen.says("private")


def _customer_question_context(seen: Seen) -> bool:
    """Where the post before it is known, it asked; else the answer itself has to show it."""
    if seen.reading.context:
        return seen.any_of("asked_before") or seen.says("speaks_for")
    return seen.any_of("asks_customer_data", "speaks_for_organisation") or seen.says("speaks_for")


def _speaks_for_organisation(seen: Seen) -> bool:
    if seen.any_of("speaks_for_organisation", "asks_customer_data"):
        return True
    return seen.says("speaks_for") and _says_we(seen)


def _secret_or_customer_data_pattern(seen: Seen) -> bool:
    """A secret, or somebody else's number: one's own in a complaint exposes nobody."""
    return not seen.any_of("own_number") and seen.any_of("secret", "customer_number")


_CONDITIONS: Mapping[str, Callable[[Seen], bool]] = {
    # Settled by the gate before anything is judged.
    "company_mention": lambda _: True,
    "confidential_topic_match": _confidential_topic_match,
    "not_already_public": _not_already_public,
    "internal_document_cue": _internal_document_cue,
    "promotional_content": _promotional_content,
    "tie_cue_in_text": _tie_cue_in_text,
    "no_disclosure": _no_disclosure,
    "competitor_mention": _competitor_mention,
    "factual_negative_claim": _factual_negative_claim,
    "self_declared_in_post": _self_declared_in_post,
    "advice_on_fact_file_topic": _advice_on_fact_file_topic,
    "conflicts_with_fact_file": _conflicts_with_fact_file,
    "third_party_identifiable": _third_party_identifiable,
    "private_fact_or_gross_insult": _private_fact_or_gross_insult,
    "customer_question_context": _customer_question_context,
    "speaks_for_organisation": _speaks_for_organisation,
    "secret_or_customer_data_pattern": _secret_or_customer_data_pattern,
}
