"""A policy that is small to read, and a classifier that scores as a post says, for the tests of policies."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from klankbord.finding import ClauseScore, Embedding, Evidence, Judgement, Protection
from klankbord.mention import Mention, MentionId
from klankbord.policy import Mode, Policy

_SCORE = re.compile(r"(C\d\d)=(\d\.\d+)")


@dataclass
class ScoreClassifier:
    """Reads `C02=0.83` in a post as its score; "vakbond" is protected, "buiten" is not about us.

    A score over the policy's threshold gets the lowest of the clause's level and of what `ceilings` allows.
    """

    policy: Policy
    ceilings: Mapping[str, Mode] = field(default_factory=dict)
    version: str = "scores-1"
    seen: list[int] = field(default_factory=list)

    def judge(
        self, mentions: Sequence[Mention], kept: Mapping[MentionId, Embedding] | None = None
    ) -> list[Judgement]:
        self.seen.append(len(mentions))
        return [self._one(mention) for mention in mentions]

    def _one(self, mention: Mention) -> Judgement:
        protected = Protection.NO_FINDING if "vakbond" in mention.text else Protection.NONE
        scores = {} if protected is not Protection.NONE else dict(_SCORE.findall(mention.text))
        return Judgement(
            mention_id=mention.id,
            about="buiten" not in mention.text,
            protection=protected,
            clauses=tuple(
                ClauseScore(
                    clause_id=clause.id,
                    score=(score := float(scores.get(clause.number, 0.0))),
                    mode=self._mode(clause.number, score),
                    evidence=(Evidence(start=0, end=min(9, len(mention.text)), signal="confidential_topic"),),
                )
                for clause in self.policy.rules
            ),
        )

    def _mode(self, number: str, score: float) -> Mode:
        clause = self.policy.clause(number)
        threshold = clause.thresholds.get(self.policy.strictness)
        if threshold is None or score < threshold:
            return Mode.SILENT
        return min(clause.levels[self.policy.strictness], self.ceilings.get(number, Mode.ALERT))
