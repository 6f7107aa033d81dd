"""Settings come in; rules with the people they reach, and which of them an event meets, go out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from klankbord.alerting.event import Event, Kind
from klankbord.alerting.quiet import Quiet
from klankbord.mention import short_hash
from klankbord.settings import DeliverySettings, PersonSettings, RuleSettings, Settings

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UTC = ZoneInfo("UTC")
#: what a finding follows that no rule names: the policy made it an alert, so somebody hears of it
DEFAULT = RuleSettings(id="default", kind="finding")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Recipient:
    """Who is told: a person, one address of a mail channel, or a channel as it is."""

    channel_id: str
    #: a person's id or a mail address; empty: the channel as it is
    name: str = ""

    def __str__(self) -> str:
        return f"{self.channel_id} ({self.name})" if self.name else self.channel_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """When and how often a recipient may be told."""

    quiet: Quiet = field(default_factory=Quiet)
    digest_only: bool = False
    #: alerts a local day; None: as many as come
    cap: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is told, and to whom."""

    settings: RuleSettings
    to: tuple[Recipient, ...]
    escalate_to: tuple[Recipient, ...] = ()

    @property
    def label(self) -> str:
        """Name and version: `rare@dkfmcvbh`; another version whenever anything in the rule changes."""
        return f"{self.settings.id}@{short_hash(self.settings.model_dump_json())[:8]}"

    def meets(self, event: Event) -> bool:
        """Whether the event is one of those the rule names."""
        rule = self.settings
        if rule.kind != event.kind.value:
            return False
        named: tuple[tuple[Sequence[str], str | None], ...] = (
            (rule.clauses, event.clause),
            (rule.severities, event.severity),
            (rule.languages, event.language),
            (rule.sources, event.source_id),
            (rule.source_kinds, event.source_kind),
            (rule.when, event.care),
        )
        if any(wanted and found not in wanted for wanted, found in named):
            return False
        return event.kind is not Kind.SPIKE or rule.sensitivity in event.sensitivities


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Everything delivery.toml says of alerts."""

    rules: tuple[Rule, ...] = ()
    #: what holds for a finding that no rule names
    default: Rule = field(default_factory=lambda: Rule(settings=DEFAULT, to=()))
    reach: Mapping[Recipient, Reach] = field(default_factory=dict)
    zone: ZoneInfo = _UTC
    #: how severe the policy calls each clause, by its number
    severities: Mapping[str, str] = field(default_factory=dict)
    #: kind of each source, by its id
    source_kinds: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def plain(cls, *channels: str) -> "Rules":
        """Every finding in alert mode at once over these channels."""
        to = tuple(Recipient(channel_id=one) for one in channels)
        return cls(default=Rule(settings=DEFAULT, to=to))

    def known(self, event: Event) -> Event:
        """The event with what the policy and sources.toml say of its clause and source."""
        return replace(
            event,
            severity=self.severities.get(event.clause, ""),
            source_kind=self.source_kinds.get(event.source_id, ""),
        )

    def told(self, event: Event) -> dict[Recipient, list[Rule]]:
        """Who is to hear of an event, each with the rules that say so."""
        event = self.known(event)
        met = [rule for rule in self.rules if rule.meets(event)]
        if not met and event.kind is Kind.FINDING:
            met = [self.default]
        found: dict[Recipient, list[Rule]] = {}
        for rule in met:
            for recipient in rule.to:
                found.setdefault(recipient, []).append(rule)
        return found

    def named(self, label: str) -> Rule | None:
        """The rule of a label, whatever its version; None where it is gone."""
        name = label.partition("@")[0]
        return next((rule for rule in (*self.rules, self.default) if rule.settings.id == name), None)

    def sensitivities(self) -> frozenset[str]:
        """The settings of sensitivity that any rule on spikes has."""
        return frozenset(rule.settings.sensitivity for rule in self.rules if rule.settings.kind == "spike")

    def on(self, kind: Kind) -> bool:
        """Whether any rule is about this kind of event."""
        return any(rule.settings.kind == kind.value for rule in self.rules)


def rules_of(settings: Settings) -> Rules:
    """The rules of an installation."""
    delivery = settings.delivery
    default = recipients_of(delivery.alerts.channels, delivery)
    everybody: set[Recipient] = set(default)
    rules = []
    for rule in delivery.rule:
        to = recipients_of(rule.to, delivery) if rule.to else default
        further = recipients_of(rule.escalate_to, delivery)
        everybody |= {*to, *further}
        rules.append(Rule(settings=rule, to=to, escalate_to=further))
    people = {person.id: person for person in delivery.person}
    return Rules(
        rules=tuple(rules),
        default=Rule(settings=DEFAULT, to=default),
        reach={one: _reach(people.get(one.name), delivery) for one in everybody},
        zone=settings.zone,
        severities={clause.number: clause.severity for clause in settings.policy.clauses},
        source_kinds={source.id: source.kind for source in settings.sources},
    )


def recipients_of(names: Iterable[str], delivery: DeliverySettings) -> tuple[Recipient, ...]:
    """The people and channels of these names; a mail channel becomes its addresses, each told by itself.

    So one address that refuses keeps nobody else waiting, and nobody gets a mail twice because of it.
    """
    people = {person.id: person for person in delivery.person}
    channels = {channel.id: channel for channel in delivery.channel}
    # an address of a channel that is a person's is that person: told once, in that person's hours
    owners = {(one.channel, (one.address or "").casefold()): one.id for one in delivery.person}
    found: dict[Recipient, None] = {}
    for name in names:
        if name in people:
            found[Recipient(channel_id=people[name].channel, name=name)] = None
            continue
        channel = channels.get(name)
        addresses = channel.to if channel and channel.kind == "smtp" else ("",)
        called = (owners.get((name, address.casefold()), address) if address else "" for address in addresses)
        found |= dict.fromkeys(Recipient(channel_id=name, name=one) for one in called)
    return tuple(found)


def _reach(person: PersonSettings | None, delivery: DeliverySettings) -> Reach:
    if person is None:
        return Reach(quiet=Quiet.of(delivery.alerts.quiet), cap=delivery.alerts.cap_per_day)
    days = frozenset(_WEEKDAYS.index(day) for day in person.quiet_days)
    return Reach(quiet=Quiet.of(person.quiet, days), digest_only=person.digest_only, cap=person.cap_per_day)
