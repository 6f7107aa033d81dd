"""policy.toml: the shape in which an organisation writes its policy, and the record made of it."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from klankbord.policy import Clause, ClauseId, Effect, Mode, Policy, ProtectedCategory, Strictness, Wording

ModeWord = Literal["silent", "count", "digest", "alert"]
_Lang = Annotated[str, Field(pattern="^(nl|en)$")]
Both = Annotated[dict[_Lang, str], Field(default_factory=dict)]
Lists = Annotated[dict[_Lang, tuple[str, ...]], Field(default_factory=dict)]
_TIES = ("P01-misconduct", "P02-collective", "P07-private-life")


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AdoptionGate(_Table):
    """One step an organisation takes before it goes live."""

    status: Literal["open", "consented", "done", "not_applicable"] = "open"
    decided_on: str = ""
    #: a document, a meeting, or the reason why it does not apply
    reference: str = ""

    @property
    def closed(self) -> bool:
        """Decided, with a date or a reason to show for it."""
        return self.status != "open" and bool(self.decided_on or self.reference)


class Adoption(_Table):
    """[adoption]: until these are closed, clauses that read a tie to the organisation only count."""

    works_council: AdoptionGate = AdoptionGate()
    staff_informed: AdoptionGate = AdoptionGate()
    dpia: AdoptionGate = AdoptionGate()
    legitimate_interest_assessment: AdoptionGate = AdoptionGate()
    whistleblower_url: str = ""

    @property
    def closed(self) -> bool:
        """Every gate is closed and people can be told where to report wrongdoing."""
        gates = (self.works_council, self.staff_informed, self.dpia, self.legitimate_interest_assessment)
        return bool(self.whistleblower_url) and all(gate.closed for gate in gates)


class ProtectedTable(_Table):
    """[[protected]]: one kind of speech that never becomes a finding."""

    id: Annotated[str, Field(pattern=r"^P\d{2}-[a-z-]+$")]
    effect: Effect
    title: Both
    text: Both
    indicators: Lists
    basis: tuple[str, ...] = ()


class ClauseTable(_Table):
    """[[clause]]: one article of the policy."""

    id: Annotated[str, Field(pattern=r"^C\d{2}-[a-z0-9-]+$")]
    origin: str = ""
    kind: Literal["rule", "principle", "permission"]
    enabled: bool = True
    purpose: Literal["reputation-and-service", "protect-confidentiality", "honest-communication"]
    severity: Literal["none", "info", "low", "medium", "high"]
    title: Both
    text: Both
    breach_when: Lists
    not_breach: Lists
    needs: tuple[str, ...] = ()
    levels: dict[Strictness, ModeWord]
    thresholds: dict[Strictness, Annotated[float, Field(ge=0.70, le=1.0)]] = Field(default_factory=dict)
    exceptions: Literal["all"] | tuple[str, ...] = ()
    suggested_action: Both
    finding_text: Both
    innocent_reading: Both
    disclosure_wording: Lists
    examples: Annotated[
        dict[Annotated[str, Field(pattern="^(flag|pass)$")], dict[_Lang, tuple[str, ...]]],
        Field(default_factory=dict),
    ]

    @model_validator(mode="after")
    def _whole(self) -> "ClauseTable":
        if missing := [level.value for level in Strictness if level not in self.levels]:
            raise ValueError(f"levels for liberal, standard and strict; missing {', '.join(missing)}")
        modes = [Mode[self.levels[level].upper()] for level in Strictness]
        if modes != sorted(modes):
            raise ValueError("levels that rise, or stay, from liberal to strict")
        for level, mode in zip(Strictness, modes, strict=True):
            if self.kind == "rule" and mode > Mode.SILENT and level not in self.thresholds:
                raise ValueError(f"a threshold for {level.value}, since its level is {mode.word}")
        if (
            self.kind == "rule"
            and self.exceptions != "all"
            and (lacking := set(_TIES) - set(self.exceptions))
        ):
            raise ValueError(f"exceptions that hold {', '.join(sorted(lacking))}: they win over every rule")
        if self.kind == "rule" and not all(self.finding_text.get(lang) for lang in ("nl", "en")):
            raise ValueError("finding_text in nl and en")
        return self

    def record(self, protected: tuple[str, ...], *, listed: bool) -> Clause:
        """The record the rooms use."""
        enabled = self.enabled or (self.id.startswith("C12") and listed)
        return Clause(
            id=ClauseId(self.id),
            kind=self.kind,
            purpose=self.purpose,
            severity=self.severity,
            enabled=enabled,
            title=self.title,
            text=self.text,
            breach_when=self.breach_when,
            not_breach=self.not_breach,
            needs=self.needs,
            levels={level: Mode[word.upper()] for level, word in self.levels.items()},
            thresholds=self.thresholds,
            exceptions=frozenset(protected if self.exceptions == "all" else self.exceptions),
            suggested_action=self.suggested_action,
            finding_text=self.finding_text,
            innocent_reading=self.innocent_reading,
            examples=self.examples,
        )


class ConfidenceWord(_Table):
    """[[wording.confidence]]: what a range of scores is called."""

    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1.01)
    nl: str
    en: str


class WordingTable(_Table):
    """[wording]: words that reports must and must not use."""

    confidence: tuple[ConfidenceWord, ...] = Field(min_length=1)
    must_contain_one_of: Lists
    must_state_unknown: Lists
    banned: Lists
    footer: Both

    def record(self) -> Wording:
        """The record the rooms use."""
        return Wording(
            confidence=tuple(
                (word.low, word.high, {"nl": word.nl, "en": word.en}) for word in self.confidence
            ),
            must_contain_one_of=self.must_contain_one_of,
            must_state_unknown=self.must_state_unknown,
            banned=self.banned,
            footer=self.footer,
        )


class RetentionTable(_Table):
    """[retention]: days until a text or row goes (law.md F1)."""

    finding_open: int = Field(default=60, ge=1, le=60)
    finding_closed: int = Field(default=30, ge=1, le=90)
    audit_log: int = Field(default=400, ge=183)


class ScopeTable(_Table):
    """[scope]: what the policy is about, for the notice to staff and public."""

    covers: Both
    does_not_cover: Both
    #: purposes nobody may use it for; no command serves them (law.md A2)
    forbidden: Lists


class PolicyFile(_Table):
    """policy.toml."""

    schema_version: Literal[1]
    id: str
    version: str
    strictness: Strictness
    contact: str = ""
    adoption: Adoption = Adoption()
    scope: Annotated[
        ScopeTable, Field(default_factory=lambda: ScopeTable(covers={}, does_not_cover={}, forbidden={}))
    ]
    retention: RetentionTable = RetentionTable()
    protected: tuple[ProtectedTable, ...]
    clause: tuple[ClauseTable, ...]
    wording: WordingTable

    @model_validator(mode="after")
    def _consistent(self) -> "PolicyFile":
        known = {category.id for category in self.protected}
        if lacking := {f"P0{number}" for number in range(1, 10)} - {name[:3] for name in known}:
            raise ValueError(
                f"the protected categories {', '.join(sorted(lacking))}: they may be added to, never removed"
            )
        for clause in self.clause:
            unknown = set() if clause.exceptions == "all" else set(clause.exceptions) - known
            if unknown:
                raise ValueError(f"{clause.id}.exceptions that exist; unknown: {', '.join(sorted(unknown))}")
        ids = [clause.id for clause in self.clause]
        if len(set(ids)) != len(ids):
            raise ValueError("each clause id once")
        return self

    def record(self, fingerprint: str, *, listed: bool) -> Policy:
        """The record the rooms use; `listed` turns on the clause on price-sensitive information."""
        protected = tuple(category.id for category in self.protected)
        return Policy(
            id=self.id,
            version=self.version,
            fingerprint=fingerprint,
            strictness=self.strictness,
            clauses=tuple(clause.record(protected, listed=listed) for clause in self.clause),
            protected=tuple(
                ProtectedCategory(
                    id=category.id,
                    effect=category.effect,
                    title=category.title,
                    text=category.text,
                    indicators=category.indicators,
                    basis=category.basis,
                )
                for category in self.protected
            ),
            wording=self.wording.record(),
            adopted=self.adoption.closed,
            whistleblower_url=self.adoption.whistleblower_url,
            contact=self.contact,
            open_days=self.retention.finding_open,
            closed_days=self.retention.finding_closed,
            audit_days=self.retention.audit_log,
        )
