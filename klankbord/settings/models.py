"""The shape of every config file but the policy; unknown keys are refused."""

import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from klankbord.mention import Terms
from klankbord.policy import Policy
from klankbord.settings.organisation import Organisation

_DURATION = re.compile(r"([1-9]\d{0,4})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if (
        isinstance(value, str)
        and value[-1:] in _UNITS
        and value[:-1].isdigit()
        and 0 < int(value[:-1]) < 100_000
    ):
        return timedelta(**{_UNITS[value[-1]]: int(value[:-1])})
    raise ValueError('a duration such as "90s", "30m", "6h" or "7d"')


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an address that starts with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("an address without a name or password in it")
    return value


def _store_url(value: str) -> str:
    if value and not value.startswith("sqlite:///"):
        raise ValueError('empty, or "sqlite:///" and a path; other databases come later')
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('a zone name such as "Europe/Amsterdam"') from error
    return value


def _clock(value: str) -> str:
    hours, _, minutes = value.partition(":")
    if len(value) == 5 and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60:
        return value
    raise ValueError('a time of day such as "07:30"')


Duration = Annotated[timedelta, BeforeValidator(_duration)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Zone = Annotated[str, AfterValidator(_zone)]
ClockTime = Annotated[str, AfterValidator(_clock)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Table(BaseModel):
    """A TOML table that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


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
    #: days after which an author gets another pseudonym
    pseudonym_epoch_days: int = Field(default=90, ge=1, le=365)
    #: how the collectors name themselves to the outside; put an address for questions in it
    user_agent: str = Field(
        default="Klankbord/0.1 (+https://example.org/klankbord)", min_length=3, max_length=200
    )


class TermsSettings(Table):
    """[source.terms]: what may be done with a source's texts (law.md B1, B2)."""

    store: bool = True
    classify: bool = True
    affiliation: bool = True
    alert: bool = True
    export: bool = True
    train: bool = True
    retention_days: int = Field(default=30, ge=1, le=90)
    delete_within_hours: int = Field(default=24, ge=1, le=168)

    def record(self) -> Terms:
        """The record that travels with each mention."""
        return Terms(**self.model_dump())


class SourceSettings(Table):
    """[[source]] in sources.toml: one place we may read."""

    id: Key
    kind: str
    #: what people call it
    name: str = ""
    url: WebAddress
    #: replaces scheme, host and port of every address asked for: for a mirror, a proxy or a test
    base_url: WebAddress | None = None
    enabled: bool = True
    #: language of the source where its posts do not say
    language: Literal["nl", "en"] | None = None
    #: zone of dates that name none
    timezone: Zone = "Europe/Amsterdam"
    every: Duration = timedelta(minutes=30)
    #: private networks this source may be fetched from, as CIDR
    allow_addresses: tuple[str, ...] = ()
    #: whole-call limit on one fetch, seconds
    timeout: float = Field(default=30.0, gt=0, le=120)
    #: limit on one body after unpacking, bytes
    max_bytes: int = Field(default=20_000_000, ge=1_000, le=200_000_000)
    #: ids of the queries that apply; empty: all
    queries: tuple[Key, ...] = ()
    terms: TermsSettings = TermsSettings()

    @model_validator(mode="after")
    def _networks(self) -> "SourceSettings":
        for network in self.allow_addresses:
            try:
                ip_network(network)
            except ValueError as error:
                raise ValueError(f"allow_addresses: {network!r} is no network such as 10.0.0.0/8") from error
        if self.every < timedelta(seconds=1):
            raise ValueError("every: at least 1s")
        return self

    @property
    def title(self) -> str:
        """The name people know, else the id."""
        return self.name or self.id


class QuerySettings(Table):
    """[[query]] in queries.toml: a boolean expression that says what is about the organisation."""

    id: Key
    expression: str = Field(min_length=1, max_length=20_000)
    #: texts in this language only
    language: Literal["nl", "en"] | None = None


class ChannelSettings(Table):
    """[[channel]] in delivery.toml: where a digest or alert goes."""

    id: Key
    kind: Literal["smtp", "webhook", "folder"]
    #: folder: where .eml files are written, relative to the data folder
    path: Path | None = None
    #: webhook
    url: WebAddress | None = None
    allow_addresses: tuple[str, ...] = ()
    #: name of the environment variable that holds the signing secret or the mail password
    secret_env: str | None = None
    #: smtp
    host: str | None = None
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    sender: str | None = None
    to: tuple[str, ...] = ()
    timeout: float = Field(default=20.0, gt=0, le=120)

    @model_validator(mode="after")
    def _complete(self) -> "ChannelSettings":
        wanted = {"smtp": ("host", "sender", "to"), "webhook": ("url",), "folder": ("path",)}[self.kind]
        missing = [name for name in wanted if not getattr(self, name)]
        if missing:
            raise ValueError(f"a {self.kind} channel needs {', '.join(missing)}")
        return self


class DigestSettings(Table):
    """[digest]: when the week is summed up and for whom."""

    weekday: Weekday = "monday"
    time: ClockTime = "07:30"
    channels: tuple[Key, ...] = ()


class AlertSettings(Table):
    """[alerts]: where a finding in alert mode is told at once."""

    channels: tuple[Key, ...] = ()
    #: alerts hold no text of the post unless this is set (law.md L3)
    quote: bool = False
    #: older posts wait for the digest: the first read of a source is history, not news
    newest_days: int = Field(default=7, ge=1, le=60)


class DeliverySettings(Table):
    """delivery.toml."""

    digest: DigestSettings = DigestSettings()
    alerts: AlertSettings = AlertSettings()
    channel: tuple[ChannelSettings, ...] = ()


class SourcesFile(Table):
    """sources.toml."""

    source: tuple[SourceSettings, ...] = ()


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
