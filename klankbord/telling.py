"""What the store and the sources hold comes in; alerts are planned, composed, sent, tried and played back."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from threading import Event as Stop
from typing import TYPE_CHECKING

from klankbord import pipeline
from klankbord.alert_key import secret_in
from klankbord.alerting.acknowledging import code_of, seen, tag_of
from klankbord.alerting.event import Event, Kind, finding_event
from klankbord.alerting.occasions import drift_event, source_events
from klankbord.alerting.rules import Recipient, Rules, recipients_of, rules_of
from klankbord.alerting.simulate import Simulation, simulate
from klankbord.alerting.spiking import spike_events
from klankbord.errors import DeliveryError, NotFoundError
from klankbord.finding import Finding, FindingState
from klankbord.policy import Mode
from klankbord.ports import Channel, Message
from klankbord.reading import Clock
from klankbord.settings import ChannelSettings, Settings
from klankbord.standing import SourceStanding
from klankbord.store import Store
from klankbord.store.messages import OVERFLOW, Due

if TYPE_CHECKING:
    from reports.alert import Case

#: whether far more is said than usual is looked at so often
_LISTEN_EVERY = timedelta(minutes=10)
#: kinds of message that are about findings
_OF_FINDINGS = ("alert", OVERFLOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A case that somebody has seen."""

    key: str
    recipient: Recipient
    #: when it was first said
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a test message for one recipient."""

    recipient: Recipient
    #: why it was not taken; empty: it was
    problem: str = ""


class Teller:
    """Sends one installation's alerts and digests."""

    def __init__(
        self,
        settings: Settings,
        store: Callable[[], Store],
        clock: Clock,
        standings: Callable[[], list[SourceStanding]],
        digest_message: Callable[[str], Message],
    ) -> None:
        """Keep where everything is asked; nothing is opened yet.

        Args:
            settings: the installation's.
            store: opens the store.
            clock: the moment.
            standings: how every configured source stands, in the order of the settings.
            digest_message: the mail of a week of that name.
        """
        self._settings, self._open, self._clock = settings, store, clock
        self._standings, self._digest_message = standings, digest_message
        self._channels: dict[Recipient, Channel] = {}
        #: cases about sources that stand at this moment
        self._standing: frozenset[str] = frozenset()
        self._listened_at: datetime | None = None

    @property
    def _store(self) -> Store:
        return self._open()

    @cached_property
    def rules(self) -> Rules:
        """Who is told of what, as delivery.toml says."""
        return rules_of(self._settings)

    # planning

    def notice(self, events: Iterable[Event] = ()) -> int:
        """Plan what sources, and these events, call for, and tell others of what nobody has seen.

        Returns:
            How many alerts that adds to the outbox.
        """
        now = self._clock()
        about_sources = self._source_events(now)
        self._standing = frozenset(event.key for event in about_sources)
        every = (*about_sources, *self._model_events(now), *self._spike_events(now), *events)
        made = self._store.outbox.tell(every, self.rules, now)
        return made + self._store.outbox.escalate(self.rules, self._standing, now)

    def _source_events(self, now: datetime) -> list[Event]:
        if not self.rules.on(Kind.SOURCE):
            return []
        today = now.astimezone(self._settings.zone).date()
        paces = self._store.paces()
        return source_events(self._settings.sources, self._standings(), paces, today, now)

    def _model_events(self, now: datetime) -> list[Event]:
        pause = self._store.learning.paused() if self.rules.on(Kind.MODEL) else None
        if pause is None:
            return []
        why = f"{pause.drift.week}, {pause.drift.lang}: {pause.drift.before:.1%} -> {pause.drift.share:.1%}"
        return [drift_event(pause.drift.week, why, now)]

    def _spike_events(self, now: datetime) -> list[Event]:
        if not self.rules.on(Kind.SPIKE):
            return []
        if self._listened_at is not None and now - self._listened_at < _LISTEN_EVERY:
            return []
        self._listened_at = now
        sources = [source for source in self._settings.sources if source.enabled]
        history = self._store.outbox.heard({one.id: one.terms.retention_days for one in sources}, now)
        titles = {one.id: one.title for one in sources} | {"": self._settings.organisation.name}
        return spike_events(history, titles, now, self._settings.zone)

    # sending

    def send(self, stop: Stop) -> pipeline.Told:
        """Send every message that is due; while scores jumped, alerts about findings wait (law.md K4)."""
        paused = _OF_FINDINGS if self._store.learning.paused() else ()
        if not self._store.outbox.due(self._clock(), paused=paused):
            return pipeline.Told()
        if self.rules.on(Kind.SOURCE):
            self._standing = frozenset(event.key for event in self._source_events(self._clock()))
        return pipeline.tell(
            self._store, self.channel_of, self.compose, clock=self._clock, stop=stop, paused=paused
        )

    def channel_of(self, due: Due) -> Channel:
        """What carries a message to its recipient.

        Raises:
            DeliveryError: delivery.toml names no such channel or person any more.
        """
        return self.channel_to(due.to)

    def channel_to(self, recipient: Recipient) -> Channel:
        """The channel of a recipient, which writes to nobody else.

        Raises:
            DeliveryError: delivery.toml names no such channel or person any more.
        """
        from reports.channels import channel_for

        if recipient not in self._channels:
            settings = self._channel_settings(recipient.channel_id)
            if settings is None:
                problem = f"no channel {recipient.channel_id!r} in delivery.toml"
                raise DeliveryError(problem, permanent=True)
            if address := self._address_of(recipient, settings):
                settings = settings.model_copy(update={"to": (address,)})
            self._channels[recipient] = channel_for(settings, self._settings.data_dir)
        return self._channels[recipient]

    def _channel_settings(self, channel_id: str) -> ChannelSettings | None:
        return next((one for one in self._settings.delivery.channel if one.id == channel_id), None)

    def _address_of(self, recipient: Recipient, channel: ChannelSettings) -> str:
        """The one address to write to; who was taken out of delivery.toml gets nothing any more."""
        if not recipient.name or recipient.name in channel.to:
            return recipient.name
        people = [one for one in self._settings.delivery.person if one.id == recipient.name]
        if not people:
            raise DeliveryError(f"{recipient.name!r} stands in delivery.toml no more", permanent=True)
        return people[0].address or ""

    # composing

    def compose(self, due: Due) -> Message | None:
        """The message as it reads now; None when there is nothing left to tell."""
        if due.kind == "digest":
            return self._for(due, self._digest_message(due.key.removeprefix("digest-")))
        if due.kind == OVERFLOW:
            return self._summary(due)
        if due.kind != "alert":
            return self._notice(due)
        finding = self._finding(due)
        return self.alert_of(finding, due) if finding else None

    def _finding(self, due: Due) -> Finding | None:
        """The finding of an alert, while it still calls for one."""
        try:
            finding = self._store.finding(due.finding_id or "")
        except NotFoundError:
            return None
        stands = finding.state is FindingState.OPEN and finding.mode is Mode.ALERT
        return finding if stands else None

    def alert_of(self, finding: Finding, due: Due | None = None) -> Message:
        """The alert for a finding; without a row of the outbox as it would be over any channel."""
        from reports.quote import may_leave

        return self.told(finding, quote=self._may_quote(due) and may_leave(finding), due=due)

    def told(self, finding: Finding, *, quote: bool, due: Due | None = None) -> Message:
        """Everything there is to say of a finding."""
        from reports.alert import alert_of

        settings = self._settings
        source = settings.source(finding.mention.source_id)
        return alert_of(
            finding,
            settings.policy,
            organisation_name=settings.organisation.name,
            language=settings.general.language,
            desk_url=settings.general.desk_url,
            source_name=source.title if source else finding.mention.source_id,
            quote=quote,
            zone=settings.zone,
            case=replace(self._case(due), source_kind=source.kind if source else "") if due else None,
        )

    def _may_quote(self, due: Due | None) -> bool:
        channel = self._channel_settings(due.channel_id) if due else None
        if channel is None or channel.quote is None:
            return self._settings.delivery.alerts.quote
        return channel.quote

    def _notice(self, due: Due) -> Message | None:
        from reports.notice import notice_of

        # A source that reads well again by the time quiet hours end is no news.
        if due.kind == Kind.SOURCE and due.key not in self._standing:
            return None
        settings = self._settings
        return notice_of(
            due.kind,
            _detail(due),
            self._case(due),
            settings.organisation.name,
            settings.general.language,
            settings.general.desk_url,
        )

    def _summary(self, due: Due) -> Message | None:
        from reports.notice import summary_of

        held = self._store.outbox.bundled(due)
        findings = [one for one in (self._finding(row) for row in held if row.finding_id) if one]
        notices = [(row.kind, _detail(row)) for row in held if not row.finding_id]
        if not findings and not notices:
            return None
        settings = self._settings
        return summary_of(
            findings,
            notices,
            self._case(due),
            settings.policy,
            settings.organisation.name,
            settings.general.language,
            settings.general.desk_url,
        )

    def _case(self, due: Due) -> "Case":
        from reports.alert import Case

        until = self._clock() + timedelta(days=self._settings.delivery.alerts.acknowledge_days)
        times = due.key.rpartition(".")[2]
        return Case(
            key=_key_for(due.key, due.to),
            rule=due.rule,
            update=int(times) if times.isdecimal() else 1,
            code="" if due.kind == OVERFLOW else code_of(due.key, due.to, until, self._secret),
        )

    def _for(self, due: Due, message: Message) -> Message:
        return replace(message, key=_key_for(message.key, due.to))

    # answering

    @cached_property
    def _secret(self) -> bytes:
        return secret_in(self._settings.data_dir / "alerts.key")

    def acknowledged(self, code: str, now: datetime) -> Acknowledged:
        """Somebody has seen the case that a code was made for; nobody else is told for want of an answer.

        Args:
            code: from an alert; whoever holds it speaks for its recipient, about this one case.
            now: this moment.

        Raises:
            NotFoundError: the code was not made here, was changed or is over, or its case is gone.
        """
        said = seen(code, self._secret, now)
        for recipient in self._store.outbox.holders(said.key):
            if tag_of(recipient) == said.tag:
                at = self._store.outbox.acknowledge(said.key, recipient, now)
                return Acknowledged(key=said.key, recipient=recipient, at=at)
        raise NotFoundError("the case this code was made for is gone")

    # trying

    def try_out(self, name: str) -> list[Tried]:
        """Send a test message to a channel or person; what became of it for each recipient.

        Raises:
            NotFoundError: delivery.toml names no such channel or person.
        """
        delivery = self._settings.delivery
        known = [*(one.id for one in delivery.channel), *(one.id for one in delivery.person)]
        if name not in known:
            there = ", ".join(known) or "none"
            raise NotFoundError(f"no channel or person {name!r} in delivery.toml; there are: {there}")
        return [self._tried(recipient) for recipient in recipients_of((name,), delivery)]

    def _tried(self, recipient: Recipient) -> Tried:
        now, organisation = self._clock(), self._settings.organisation.name
        message = Message(
            key=_key_for(f"test-{now:%Y%m%dT%H%M%S}", recipient),
            subject=f"[{organisation}] Klankbord test",
            text=f"This is a test of the channel {recipient.channel_id}. Nothing was found.\n",
            payload={"event": "test", "version": 1, "organisation": organisation},
        )
        try:
            self.channel_to(recipient).send(message, now)
        except DeliveryError as error:
            return Tried(recipient=recipient, problem=error.problem)
        return Tried(recipient=recipient)

    def simulated(self, weeks: int) -> Simulation:
        """What today's rules would have sent of the findings of the last weeks; nothing is sent.

        Findings whose time is over are gone and count for nothing; so does what a source lacked back then.
        """
        now = self._clock()
        since = now - timedelta(weeks=weeks)
        newest = timedelta(days=self._settings.delivery.alerts.newest_days)
        events = [
            _past_event(finding)
            for finding in self._store.outbox.findings_since(since)
            if finding.mention.published_at >= finding.found_at - newest
        ]
        return simulate(events, self.rules)


def _past_event(finding: Finding) -> Event:
    return finding_event(
        finding.id,
        clause=finding.clause_id.split("-", 1)[0],
        language=finding.mention.lang,
        source_id=finding.mention.source_id,
        at=finding.found_at,
    )


def _detail(due: Due) -> dict[str, str]:
    found: dict[str, str] = json.loads(due.detail or "{}")
    return found


def _key_for(key: str, recipient: Recipient) -> str:
    """One key for each recipient: two mails with one Message-ID would count as one and the same."""
    return f"{key}-{tag_of(recipient)}" if recipient.name else key
