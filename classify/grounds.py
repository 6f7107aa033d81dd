"""A condition and what was seen in a post come in; which signals, words or heads met it goes out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from classify.conditions import Seen, holds
from classify.heads import PLACE
from classify.signals import Span

#: chance from which the model takes a condition for met, and from which it does so with hardly a doubt
_LIKELY, _VERY_LIKELY = 0.5, 0.8
How = Literal["named", "words", "list", "model", "nothing_against", "not_met"]
Sure = Literal["", "likely", "very_likely"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What can meet a condition, or what would speak against one that is met by absence."""

    signals: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    #: met where none of the signals votes and none of the heads is likely
    absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One condition of a clause, and what met it in this post."""

    need: str
    how: How
    #: signals that voted for it, in the order of the table
    signals: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    #: the model's head, where no signal voted, and how sure it is
    head: str = ""
    sure: Sure = ""


GROUNDS: Mapping[str, Ground] = {
    "company_mention": Ground(),
    "confidential_topic_match": Ground(signals=("confidential_topic",), heads=("confidential",)),
    "not_already_public": Ground(signals=("published",), heads=("public",), absent=True),
    "internal_document_cue": Ground(signals=("internal_document", "inside_channel"), heads=("inside_doc",)),
    "promotional_content": Ground(signals=("promotion",), heads=("promotes",)),
    "tie_cue_in_text": Ground(signals=("own_product", "tie_hinted", "tie_stated"), heads=("hinted",)),
    "no_disclosure": Ground(signals=("disclosure", "official_voice"), heads=("official",), absent=True),
    "competitor_mention": Ground(signals=("rival_named",)),
    "factual_negative_claim": Ground(signals=("competitor_claim",), heads=("rival_claim",)),
    "self_declared_in_post": Ground(signals=("tie_stated", "tie_hinted"), heads=("stated",)),
    "advice_on_fact_file_topic": Ground(signals=("fact_topic", "advice"), heads=("advises",)),
    "conflicts_with_fact_file": Ground(signals=("fact_conflict",), heads=("conflicts",)),
    "third_party_identifiable": Ground(signals=("third_person", "exposed_person"), heads=("person",)),
    "private_fact_or_gross_insult": Ground(signals=("private_fact", "gross_insult"), heads=("private",)),
    "customer_question_context": Ground(
        signals=("asked_before", "asks_customer_data", "speaks_for_organisation"), heads=("speaks_for",)
    ),
    "speaks_for_organisation": Ground(
        signals=("speaks_for_organisation", "asks_customer_data"), heads=("speaks_for",)
    ),
    "secret_or_customer_data_pattern": Ground(signals=("secret", "customer_number")),
}


def met(need: str, seen: Seen) -> Met:
    """What met a condition."""
    ground = GROUNDS.get(need)
    if ground is None or not holds(need, seen):
        return Met(need=need, how="not_met")
    if ground.absent:
        return Met(need=need, how="nothing_against")
    signals = tuple(name for name in ground.signals if name in seen.voted)
    if signals:
        spans = tuple(span for name in signals for span in seen.voted[name])
        return Met(need=need, how="words", signals=signals, spans=spans)
    if need == "confidential_topic_match" and seen.listed:
        return Met(need=need, how="list")
    likely = [head for head in ground.heads if seen.says(head)]
    if likely:
        return Met(need=need, how="model", head=likely[0], sure=sure(float(seen.chances[PLACE[likely[0]]])))
    # The name of the organisation, or of a rival, stands in the title or in what it answers.
    return Met(need=need, how="named")


def sure(chance: float) -> Sure:
    """A chance in words; never that it is certain (law.md section 5)."""
    return "very_likely" if chance >= _VERY_LIKELY else "likely" if chance >= _LIKELY else ""
