"""The shape of delivery.toml: channels, people, when the digest leaves and which alerts go to whom."""

from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from klankbord.errors import Mistake
from klankbord.settings.sources import AnySource
from klankbord.settings.values import ClockTime, Duration, Key, Table, WebAddress, Weekday

_FILE = "delivery.toml"
#: every kind of source there is
_KINDS = tuple(
    kind for one in get_args(get_args(AnySource)[0]) for kind in get_args(one.model_fields["kind"].annotation)
)


def _hours(value: str) -> str:
    if value:
        first, dash, last = value.partition("-")
        fine = dash and all(len(part) == 5 and part[2] == ":" and _is_time(part) for part in (first, last))
        if not fine or first == last:
            raise ValueError('empty, or two times of day such as "22:00-07:00"')
    return value


def _is_time(part: str) -> bool:
    hours, minutes = part[:2], part[3:]
    return hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60


def _network(value: str) -> str:
    try:
        return str(ip_network(value, strict=False))
    except ValueError as error:
        raise ValueError('a network such as "10.0.0.0/8" or an address') from error


#: "22:00-07:00": from the first time of day to the second, past midnight where that is earlier
Hours = Annotated[str, AfterValidator(_hours)]
Network = Annotated[str, AfterValidator(_network)]
Number = Annotated[str, Field(pattern=r"^[A-Z]{1,3}\d{1,3}$")]
#: what each kind of channel cannot do without
_WANTED = {
    "smtp": ("host", "sender", "to"),
    "webhook": ("url",),
    "folder": ("path",),
    "slack": ("secret_env",),
    "teams": ("secret_env",),
    "apprise": ("secret_env",),
}
#: who holds the address of such a channel can write to it
_SECRET_ADDRESS = ("slack", "teams", "apprise")


class ChannelSettings(Table):
    """[[channel]] in delivery.toml: where a digest or alert goes."""

    id: Key
    kind: Literal["smtp", "webhook", "folder", "slack", "teams", "apprise"]
    #: whether an alert over it may hold words of the post; unset: as under [alerts] (law.md L3)
    quote: bool | None = None
    #: folder: where .eml files are written, relative to the data folder
    path: Path | None = None
    #: webhook
    url: WebAddress | None = None
    #: networks that may be asked although they are private, such as "10.0.0.0/8"
    allow_addresses: tuple[Network, ...] = ()
    #: name of the environment variable that holds the signing secret, the mail password, or (slack, teams,
    #: apprise) the whole address, which is a secret there
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
        missing = [name for name in _WANTED[self.kind] if not getattr(self, name)]
        if missing:
            raise ValueError(f"a {self.kind} channel needs {', '.join(missing)}")
        if self.kind in _SECRET_ADDRESS and self.url is not None:
            raise ValueError(
                f"a {self.kind} channel takes no url: its address is a secret, put it in the environment and "
                "name the variable in secret_env"
            )
        return self


class DigestSettings(Table):
    """[digest]: when the week is summed up and for whom."""

    weekday: Weekday = "monday"
    time: ClockTime = "07:30"
    #: channels and people
    channels: tuple[Key, ...] = ()


class AlertSettings(Table):
    """[alerts]: what holds for every alert, and where one goes that no rule sends elsewhere."""

    #: channels and people
    channels: tuple[Key, ...] = ()
    #: alerts hold no text of the post unless this is set (law.md L3)
    quote: bool = False
    #: older posts wait for the digest: the first read of a source is history, not news
    newest_days: int = Field(default=7, ge=1, le=60)
    #: hours in which alerts wait, for channels that are no person's
    quiet: Hours = ""
    #: alerts a day over such a channel; what comes after goes in one summary; unset: no limit
    cap_per_day: int | None = Field(default=None, ge=1, le=500)
    #: days within which "I have seen it" can be said with the link in an alert
    acknowledge_days: int = Field(default=7, ge=1, le=60)


class PersonSettings(Table):
    """[[person]] in delivery.toml: somebody of the communications team, and when they may be told."""

    id: Key
    #: the channel over which this person is told
    channel: Key
    #: smtp and folder: this person's mail address, instead of the channel's
    address: Annotated[str, Field(min_length=3, max_length=320)] | None = None
    #: hours in which alerts wait for this person
    quiet: Hours = ""
    #: whole days on which alerts wait
    quiet_days: tuple[Weekday, ...] = Field(default=(), max_length=6)
    #: reads the digest and gets no alerts
    digest_only: bool = False
    #: alerts a day; what comes after goes in one summary
    cap_per_day: int = Field(default=12, ge=1, le=500)


class RuleSettings(Table):
    """[[rule]] in delivery.toml: what is told at once, and to whom; an empty list means any."""

    id: Key
    #: finding: one in alert mode; spike: far more said than usual; source: one that needs care; model: drift
    kind: Literal["finding", "spike", "source", "model"]
    #: channels and people; empty: those under [alerts]
    to: tuple[Key, ...] = ()
    #: finding: numbers of clauses, such as "C02"
    clauses: tuple[Number, ...] = ()
    #: finding: how severe the policy calls its clause
    severities: tuple[Literal["info", "low", "medium", "high"], ...] = ()
    #: finding and spike: languages of the posts
    languages: tuple[Literal["nl", "en"], ...] = ()
    #: all but model: ids in sources.toml
    sources: tuple[Key, ...] = ()
    #: all but model: kinds of source, such as "forum"
    source_kinds: tuple[str, ...] = ()
    #: spike: how much more than usual it takes
    sensitivity: Literal["calm", "normal", "keen"] = "normal"
    #: source: which care it needs
    when: tuple[Literal["silent", "blocked", "credential", "budget"], ...] = ()
    #: goes out in quiet hours as well
    urgent: bool = False
    #: is left for the digest
    digest_only: bool = False
    #: a case that rises again, or a source that fails again, is not told again within this time
    cooldown: Duration = Field(default="24h", validate_default=True)
    #: told to others as well when nobody said within this time that they have seen it
    escalate_after: Duration | None = None
    escalate_to: tuple[Key, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> "RuleSettings":
        only = {
            "clauses": {"finding"},
            "severities": {"finding"},
            "languages": {"finding", "spike"},
            "sources": {"finding", "spike", "source"},
            "source_kinds": {"finding", "spike", "source"},
            "sensitivity": {"spike"},
            "when": {"source"},
        }
        odd = [name for name in self.model_fields_set & set(only) if self.kind not in only[name]]
        if odd:
            raise ValueError(f"a {self.kind} rule takes no {', '.join(sorted(odd))}")
        if (self.escalate_after is None) != (not self.escalate_to):
            raise ValueError("escalate_after and escalate_to go together")
        return self


class DeliverySettings(Table):
    """delivery.toml."""

    digest: DigestSettings = DigestSettings()
    alerts: AlertSettings = AlertSettings()
    channel: tuple[ChannelSettings, ...] = ()
    person: tuple[PersonSettings, ...] = ()
    rule: tuple[RuleSettings, ...] = ()


def unknown_clauses(delivery: DeliverySettings, numbers: Sequence[str]) -> list[Mistake]:
    """Numbers under [[rule]] that no clause of the policy has."""
    return [
        mistake
        for place, rule in enumerate(delivery.rule)
        for mistake in _strangers(f"rule.{place + 1}.clauses", rule.clauses, numbers)
    ]


def delivery_ends(delivery: DeliverySettings, source_ids: Sequence[str]) -> list[Mistake]:
    """Names in delivery.toml that lead nowhere, and people who share a name with a channel or each other."""
    channels = [channel.id for channel in delivery.channel]
    mail = [channel.id for channel in delivery.channel if channel.kind == "smtp"]
    known = [*channels, *(person.id for person in delivery.person)]
    found = _strangers("digest.channels", delivery.digest.channels, known)
    found += _strangers("alerts.channels", delivery.alerts.channels, known)
    for place, person in enumerate(delivery.person):
        found += _strangers(f"person.{place + 1}.channel", (person.channel,), channels)
        if person.channel in mail and person.address is None:
            key = f"person.{place + 1}.address"
            found.append(
                Mistake(file=_FILE, key=key, found="nothing", allowed="a mail address: the channel is mail")
            )
        if person.id in known[: len(channels) + place]:
            key = f"person.{place + 1}.id"
            problem = f"{person.id!r} a second time"
            found.append(Mistake(file=_FILE, key=key, found=problem, allowed="each channel and person once"))
    for place, rule in enumerate(delivery.rule):
        found += _strangers(f"rule.{place + 1}.to", rule.to, known)
        found += _strangers(f"rule.{place + 1}.escalate_to", rule.escalate_to, known)
        found += _strangers(f"rule.{place + 1}.sources", rule.sources, source_ids)
        found += _strangers(f"rule.{place + 1}.source_kinds", rule.source_kinds, _KINDS)
    return found


def _strangers(key: str, names: Sequence[str], known: Sequence[str]) -> list[Mistake]:
    return [
        Mistake(file=_FILE, key=key, found=repr(name), allowed=f"one of {list(known)}")
        for name in names
        if name not in known
    ]
