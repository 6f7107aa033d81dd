"""The organisation's own social media policy: clauses, protected speech, strictness. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Literal, NewType

ClauseId = NewType("ClauseId", str)
Lang = Literal["nl", "en"]
#: a sentence in each screen language
Words = Mapping[str, str]


class Strictness(StrEnum):
    """The dial: how much the policy asks to be pointed at."""

    LIBERAL = "liberal"
    STANDARD = "standard"
    STRICT = "strict"


class Mode(IntEnum):
    """What becomes of a finding; the lowest of all that is allowed holds."""

    SILENT = 0
    COUNT = 1
    DIGEST = 2
    ALERT = 3

    @property
    def word(self) -> str:
        """The word used in files and output."""
        return self.name.lower()


class Effect(StrEnum):
    """What follows when a post is protected speech."""

    SUPPRESS_FINDING = "suppress_finding"
    SUPPRESS_FINDING_AND_TEXT = "suppress_finding_and_text"
    MENTION_ONLY = "mention_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedCategory:
    """One kind of speech that never becomes a finding."""

    id: str
    effect: Effect
    title: Words
    text: Words
    #: words that often go with it; a help for people, no guard by themselves (law.md finding 10)
    indicators: Mapping[str, tuple[str, ...]]
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One numbered article of the policy."""

    id: ClauseId
    #: only a `rule` can lead to a finding; a principle or permission explains
    kind: Literal["rule", "principle", "permission"]
    purpose: str
    severity: Literal["none", "info", "low", "medium", "high"]
    enabled: bool = True
    title: Words
    text: Words
    breach_when: Mapping[str, tuple[str, ...]]
    not_breach: Mapping[str, tuple[str, ...]]
    #: conditions that must all be met
    needs: tuple[str, ...]
    levels: Mapping[Strictness, Mode]
    #: score from which a finding stands; a level without one never leads to a finding
    thresholds: Mapping[Strictness, float] = field(default_factory=dict)
    #: protected categories that win over this clause
    exceptions: frozenset[str] = frozenset()
    suggested_action: Words = field(default_factory=dict)
    #: sentence with {topic}, {product}, {competitor}, {fact_url} or {pattern} to fill in
    finding_text: Words = field(default_factory=dict)
    #: what else it may be: at least one innocent reading a finding shows (law.md E3)
    innocent_reading: Words = field(default_factory=dict)
    #: examples per outcome ("flag", "pass") and language
    examples: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The short form people use: `C02`."""
        return self.id.split("-", 1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words that reports may and may not use (law.md section 5)."""

    #: (from, to, words) over the score
    confidence: tuple[tuple[float, float, Words], ...]
    must_contain_one_of: Mapping[str, tuple[str, ...]]
    must_state_unknown: Mapping[str, tuple[str, ...]]
    banned: Mapping[str, tuple[str, ...]]
    footer: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything an organisation decided about what may be pointed at, and how."""

    id: str
    #: version as people write it
    version: str
    #: hash over the whole content: what a finding records (law.md I3)
    fingerprint: str
    strictness: Strictness
    clauses: tuple[Clause, ...]
    protected: tuple[ProtectedCategory, ...]
    wording: Wording
    #: works council, notice, DPIA and the rest stand; without it clauses that read a tie only count
    adopted: bool
    whistleblower_url: str = ""
    contact: str = ""
    #: days after which an open finding, a closed finding and an audit row go
    open_days: int = 60
    closed_days: int = 30
    audit_days: int = 400

    def clause(self, clause_id: str) -> Clause:
        """The clause by its full id or its number; KeyError when there is none."""
        for clause in self.clauses:
            if clause_id in (clause.id, clause.number):
                return clause
        raise KeyError(clause_id)

    @property
    def rules(self) -> tuple[Clause, ...]:
        """The clauses that can lead to a finding."""
        return tuple(clause for clause in self.clauses if clause.kind == "rule" and clause.enabled)
