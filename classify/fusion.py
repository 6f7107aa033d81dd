"""Which signals may move which clause, and which are shown as its evidence. Pure."""

from collections.abc import Iterable, Mapping

#: clause number -> signals whose vote is weighed beside the model; fitted on out-of-fold scores, not by hand
WEIGHED: Mapping[str, tuple[str, ...]] = {
    "C02": (
        "tie_stated", "tie_hinted", "inside_source", "confidential_topic", "not_announced", "coming_date",
        "exact_figure", "inside_channel", "published", "question", "guess", "outsider", "quotation",
    ),
    "C03": (
        "inside_channel", "internal_document", "quotation", "published", "outsider", "tie_hinted", "question",
    ),
    "C05": (
        "promotion", "own_product", "disclosure", "tie_hinted", "tie_stated", "outsider", "question",
        "official_voice", "rival_named",
    ),
    "C06": ("rival_named", "competitor_claim", "tie_stated", "tie_hinted", "outsider", "published"),
    "C07": ("advice", "fact_topic", "fact_conflict", "question", "guess", "outsider", "published"),
    "C08": ("third_person", "private_fact", "gross_insult", "exposed_person", "published", "question"),
    "C09": (
        "speaks_for_organisation", "asks_customer_data", "answers_question", "asked_before", "official_voice",
        "disclosure",
        "tie_stated", "question",
    ),
    "C11": ("secret", "customer_number", "own_number", "published", "question"),
}  # fmt: skip
CLAUSES = tuple(WEIGHED)
#: clauses without posts of their own that borrow another's head
SHARED: Mapping[str, str] = {"C12": "C02"}
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
