"""A clause, its score and what holds for the post come in; what becomes of it goes out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from klankbord.mention import Terms
from klankbord.policy import Clause, Mode, Policy

#: clauses that read a tie to the organisation: they wait for the adoption record (law.md I1)
TIED = ("C05", "C06", "C09")
#: below this number of test posts nothing can be said about a clause's quality (law.md K2)
_MEASURABLE = 30
_SMALL_CAPS = ("C05", "C06", "C07", "C08", "C09")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the organisation, the source and the model allow, whatever a post says."""

    policy: Policy
    #: fewer than 50 staff
    small: bool
    #: clause number -> test posts
    test_positives: Mapping[str, int]

    def ceiling(self, clause: Clause, terms: Terms) -> Mode:
        """The most that may become of a finding."""
        modes = [clause.levels[self.policy.strictness]]
        if not terms.alert:
            modes.append(Mode.DIGEST)
        if clause.number in TIED:
            modes += [Mode.COUNT] if not self.policy.adopted else []
            modes += [Mode.SILENT] if not terms.affiliation else []
        if terms.clauses and clause.number not in terms.clauses:
            modes.append(Mode.SILENT)
        if clause.number in terms.count_clauses:
            modes.append(Mode.COUNT)
        if self.small and clause.number in _SMALL_CAPS:
            modes.append(Mode.COUNT)
        if self.test_positives.get(clause.number, 0) < _MEASURABLE:
            modes.append(Mode.COUNT)
        return min(modes)

    def threshold(self, clause: Clause) -> float | None:
        """The score from which a finding stands, or None where none can."""
        return clause.thresholds.get(self.policy.strictness)
