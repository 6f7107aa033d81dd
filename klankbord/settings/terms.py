"""What may be done with a source's texts, and the record of why: [source.terms] and [source.budget]."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from klankbord.mention import Terms
from klankbord.settings.values import Table, WebAddress


class BudgetSettings(Table):
    """[source.budget]: what reading may cost; once it is used up, the source waits for the next day."""

    requests_per_run: int = Field(default=20, ge=1, le=1_000)
    requests_per_day: int = Field(default=5_000, ge=1, le=1_000_000)
    megabytes_per_day: int = Field(default=500, ge=1, le=100_000)
    #: in the currency of the platform's price list (X: US dollars); 0: the source must not cost anything
    money_per_day: float = Field(default=0.0, ge=0, le=100_000)


class TermsSettings(Table):
    """[source.terms]: what may be done with a source's texts and why it may be read (law.md B1, B2)."""

    #: what a kind never allows, whatever the file says: flag -> who forbids it
    locked: ClassVar[dict[str, str]] = {}
    #: a kind of whose deleted posts nothing at all may stay
    traceless: ClassVar[bool] = False
    #: a kind that may only be read with somebody's written leave; who gives it
    approval_from: ClassVar[str] = ""

    basis: Literal["legitimate_interest", "consent", "public_task", "contract"] = "legitimate_interest"
    purpose: Literal["reputation-and-service", "protect-confidentiality", "honest-communication"] = (
        "reputation-and-service"
    )
    #: the interest in words, for the balancing test (law.md H3)
    interest: str = Field(
        default="to answer what is said in public about the organisation, to set wrong information for its "
        "customers right, and to keep confidential information confidential",
        min_length=10,
        max_length=500,
    )
    #: where the source's own terms stand
    terms_url: WebAddress | Literal[""] = ""
    #: the day on which a person read them; after 180 days the source stops until they were read again
    terms_read_on: date | None = None
    #: reference of the platform's written leave: a ticket, a contract, a letter
    approval: str = Field(default="", max_length=200)

    store: bool = True
    classify: bool = True
    affiliation: bool = True
    alert: bool = True
    export: bool = True
    train: bool = True
    #: clause numbers that may become a finding on this source; empty: all
    clauses: tuple[str, ...] = ()
    #: clause numbers that are only counted on this source
    count_clauses: tuple[str, ...] = ()
    retention_days: int = Field(default=30, ge=1, le=90)
    delete_within_hours: int = Field(default=24, ge=1, le=168)

    @model_validator(mode="after")
    def _within(self) -> "TermsSettings":
        for flag, who in self.locked.items():
            if getattr(self, flag):
                raise ValueError(f"{flag}: must be false, {who}")
        if self.train and not self.classify:
            raise ValueError("train: a text that may not be classified cannot train")
        return self

    def record(self) -> Terms:
        """The record that travels with each mention."""
        return Terms(
            store=self.store,
            classify=self.classify,
            affiliation=self.affiliation,
            alert=self.alert,
            export=self.export,
            train=self.train,
            clauses=self.clauses,
            count_clauses=self.count_clauses,
            traceless=self.traceless,
            retention_days=self.retention_days,
            delete_within_hours=self.delete_within_hours,
        )


class XTerms(TermsSettings):
    """X allows brand mentions and customer care, and bars the rest without its written leave (law.md B2)."""

    locked: ClassVar[dict[str, str]] = {
        "train": "X's agreement forbids training on X content",
        "affiliation": "X's agreement forbids inferring a tie that an account did not give for it",
    }
    approval_from: ClassVar[str] = "X (developer portal, with the use case described)"

    terms_url: WebAddress | Literal[""] = "https://developer.x.com/en/developer-terms/agreement-and-policy"
    affiliation: bool = False
    train: bool = False
    export: bool = False
    clauses: tuple[str, ...] = ("C07", "C02", "C11")
    count_clauses: tuple[str, ...] = ("C02", "C11")


class RedditTerms(TermsSettings):
    """Reddit is closed by default: written leave before any request, no training (law.md B2)."""

    locked: ClassVar[dict[str, str]] = {
        "train": "Reddit's terms forbid training on its content",
        "affiliation": "Reddit's terms forbid identifying its users",
    }
    traceless: ClassVar[bool] = True
    approval_from: ClassVar[str] = "Reddit (Responsible Builder Policy, support.reddithelp.com)"

    terms_url: WebAddress | Literal[""] = "https://support.reddithelp.com/hc/articles/42728983564564"
    affiliation: bool = False
    train: bool = False


class LinkedInTerms(TermsSettings):
    """Member content may only be shown in the application: no export, no training (law.md finding 4)."""

    locked: ClassVar[dict[str, str]] = {
        "train": "LinkedIn's terms forbid it",
        "export": "LinkedIn allows display in the application only",
        "affiliation": "LinkedIn's terms forbid rating its members",
    }
    approval_from: ClassVar[str] = "LinkedIn (Community Management API, for the organisation's own Page)"

    terms_url: WebAddress | Literal[""] = (
        "https://learn.microsoft.com/en-us/linkedin/marketing/restricted-use-cases"
    )
    affiliation: bool = False
    train: bool = False
    export: bool = False
