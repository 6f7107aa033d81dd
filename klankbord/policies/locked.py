"""What no policy, strictness or setting can change. Pure."""

from collections.abc import Mapping

#: a count in a clause that is only counted is not shown below this (law.md L1)
FEW = 5
#: no key of any file: there is no code that would do otherwise (law.md C3, C7, D1, E1)
LOCKED: Mapping[str, object] = {
    "protected_categories_win": True,
    "author_profiling": False,
    "author_ranking": False,
    "human_decision_required": True,
    "automated_reply": False,
    "emotion_inference": False,
    "special_category_inference": False,
    "search_by_person": False,
    "unmask_of_protected": "never",
    "unmask_requires_two_people": True,
    "min_cell": FEW,
}
#: win over every rule
ALWAYS = ("P01-misconduct", "P02-collective", "P07-private-life")
#: clauses that explain and never lead to a finding: they are about the writer, not about a text
NEVER_RULES = ("C01", "C04", "C10")
#: effects of protection, weakest first
EFFECTS = ("mention_only", "suppress_finding", "suppress_finding_and_text")
#: lowest threshold there is
LOWEST = 0.70
#: without it anything said anywhere could be a finding (law.md A5)
ALWAYS_NEEDED = "company_mention"
