"""What the sending asks of the store; each method is one transaction."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection

from klankbord.alerting.event import Event
from klankbord.alerting.rules import Recipient, Rules
from klankbord.errors import DeliveryError
from klankbord.finding import Finding
from klankbord.spikes import Heard
from klankbord.store import alerts, messages, said
from klankbord.store.alerts import GivenUp
from klankbord.store.messages import Due

_Open = Callable[[], AbstractContextManager[Connection]]


class Outbox:
    """Messages on their way: a row for each case and recipient."""

    def __init__(self, reading: _Open, writing: _Open) -> None:
        """Use the store's two ways in."""
        self._reading, self._writing = reading, writing

    def queue(self, key: str, recipients: Iterable[Recipient], kind: str, now: datetime) -> None:
        """Write a message for each recipient, once for each key."""
        with self._writing() as connection:
            messages.queue(connection, key, recipients, kind, now)

    def queued(self, key: str) -> bool:
        """Whether a message of that key was ever queued."""
        with self._reading() as connection:
            return messages.stands(connection, key)

    def due(self, now: datetime, without: Collection[str] = (), paused: Collection[str] = ()) -> list[Due]:
        """Messages to send now, but not over these channels, and none of these kinds."""
        with self._reading() as connection:
            return messages.due(connection, now, without, paused)

    def claim(self, message: Due, now: datetime) -> bool:
        """Take a message; False when another process has it."""
        with self._writing() as connection:
            return messages.claim(connection, message, now)

    def bundled(self, summary: Due) -> list[Due]:
        """What a summary tells."""
        with self._reading() as connection:
            return messages.bundled(connection, summary)

    def release(self) -> int:
        """Give back claims left by a process that died; only under the instance lock."""
        with self._writing() as connection:
            return messages.release(connection)

    def sent(self, message: Due, now: datetime) -> None:
        """The channel took it."""
        with self._writing() as connection:
            messages.sent(connection, message, now)

    def dropped(self, message: Due, reason: str) -> None:
        """There is nothing left to tell."""
        with self._writing() as connection:
            messages.dropped(connection, message, reason)

    def failed(self, message: Due, error: DeliveryError, now: datetime) -> None:
        """The channel did not take it."""
        with self._writing() as connection:
            messages.failed(connection, message, error, now)

    def retry(self, now: datetime) -> int:
        """Put messages that were given up back in the queue; returns how many."""
        with self._writing() as connection:
            return messages.retry(connection, now)

    def listed(self, limit: int = 200, states: Sequence[str] = ()) -> list[dict[str, object]]:
        """The newest messages with what became of them."""
        with self._reading() as connection:
            return messages.listed(connection, limit, states)

    def tell(self, events: Iterable[Event], rules: Rules, now: datetime) -> int:
        """Write the alerts that these events call for; returns how many are new."""
        waiting = list(events)
        if not waiting:
            return 0
        with self._writing() as connection:
            return sum(alerts.tell(connection, event, rules, now) for event in waiting)

    def escalate(self, rules: Rules, standing: Collection[str], now: datetime) -> int:
        """Tell others of cases nobody said they have seen; returns how many rows that made."""
        with self._writing() as connection:
            return alerts.escalate_due(connection, rules, standing, now)

    def holders(self, key: str) -> list[Recipient]:
        """Everybody who was told of a case, or is about to be."""
        with self._reading() as connection:
            return alerts.holders(connection, key)

    def acknowledge(self, key: str, recipient: Recipient, now: datetime) -> datetime:
        """Somebody has seen a case; returns when that was first said.

        Raises:
            NotFoundError: the case is gone.
        """
        with self._writing() as connection:
            return alerts.acknowledge(connection, key, recipient, now)

    def given_up(self, since: datetime, until: datetime) -> list[GivenUp]:
        """Messages planned in this time that did not reach somebody and are not tried any more."""
        with self._reading() as connection:
            return alerts.given_up(connection, since, until)

    def heard(self, kept_days: Mapping[str, int], now: datetime) -> list[Heard]:
        """When something was posted in the last weeks: for each source, and for all together."""
        with self._reading() as connection:
            return said.heard(connection, kept_days, now)

    def findings_since(self, since: datetime) -> list[Finding]:
        """The findings in alert mode that were made since, in the order they were."""
        with self._reading() as connection:
            return alerts.findings_since(connection, since)
