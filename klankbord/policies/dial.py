"""A policy and a wish come in; from which score, and how far, each clause goes then goes out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from klankbord.finding import ClauseScore
from klankbord.policies.locked import LOWEST
from klankbord.policy import ClauseId, Mode, Policy, Strictness


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How one clause is set."""

    #: None: it never leads to a finding
    threshold: float | None
    level: Mode

    @property
    def listed(self) -> bool:
        """Its findings are looked at one by one."""
        return self.level >= Mode.DIGEST

    def mode(self, score: ClauseScore) -> Mode:
        """What becomes of a score that a classifier under `let_through` gave."""
        if self.threshold is None or score.score < self.threshold:
            return Mode.SILENT
        return min(self.level, score.mode)


Dial = Mapping[ClauseId, Setting]


def dial_of(
    policy: Policy, strictness: Strictness | None = None, thresholds: Mapping[str, float] | None = None
) -> Dial:
    """How every rule is set at a strictness, with other thresholds for some clauses.

    Args:
        policy: as it stands.
        strictness: None: the policy's own.
        thresholds: clause number -> score; none is under 0.70 (law.md section 3).
    """
    level, wished = strictness or policy.strictness, thresholds or {}
    return {
        clause.id: Setting(
            threshold=max(LOWEST, wished[clause.number])
            if clause.number in wished
            else clause.thresholds.get(level),
            level=clause.levels[level],
        )
        for clause in policy.rules
    }


def let_through(policy: Policy) -> Policy:
    """The same policy with every rule at its widest.

    One judgement under it tells what any strictness and any threshold would give: what remains of a mode is
    what adoption, size, terms and data allow.
    """
    return replace(
        policy,
        clauses=tuple(
            replace(
                clause,
                levels=dict.fromkeys(Strictness, Mode.ALERT),
                thresholds=dict.fromkeys(Strictness, LOWEST),
            )
            if clause.kind == "rule"
            else clause
            for clause in policy.clauses
        ),
    )
