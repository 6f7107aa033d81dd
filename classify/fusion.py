"""Which signals are shown as a clause's evidence, and what a keyword list adds to a score. Pure."""

from collections.abc import Iterable, Mapping

#: clause number -> signals that are shown as evidence when they voted
SHOWN: Mapping[str, tuple[str, ...]] = {
    "C02": (
        "confidential_topic",
        "not_announced",
        "coming_date",
        "exact_figure",
        "inside_source",
        "inside_channel",
    ),
    "C03": ("internal_document", "inside_channel", "quotation"),
    "C05": ("own_product", "promotion", "tie_hinted"),
    "C06": ("rival_named", "competitor_claim", "tie_stated"),
    "C07": ("fact_conflict", "fact_topic", "advice"),
    "C08": ("exposed_person", "third_person", "private_fact"),
    "C09": ("asks_customer_data", "speaks_for_organisation", "answers_question"),
    "C11": ("secret", "customer_number"),
}


def lifted(score: float, weights: Iterable[float]) -> float:
    """A score with the weight of each keyword list that hits: one more independent reason (noisy-or)."""
    short = 1.0 - score
    for weight in weights:
        short *= 1.0 - weight
    return 1.0 - short if short != 1.0 - score else score
