"""The doors between the rooms: what a collector, a classifier and a channel promise, and what they pass."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, NewType, Protocol

from klankbord.finding import Embedding, Judgement
from klankbord.mention import Mention, MentionId, StateChange

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: where a collector was: JSON text with a version, read only by the collector that wrote it
Cursor = NewType("Cursor", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one run of one source may use."""

    requests: int = 20
    #: bytes over the wire
    bytes: int = 50_000_000
    #: money, in millionths of the unit of the platform's price list
    micros: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What was used; added up per source and day."""

    requests: int = 0
    bytes: int = 0
    #: CPU time spent on reading what came
    parse_ms: int = 0
    #: money, in millionths of the unit of the platform's price list
    micros: int = 0

    def __add__(self, other: "Spend") -> "Spend":
        return Spend(
            requests=self.requests + other.requests,
            bytes=self.bytes + other.bytes,
            parse_ms=self.parse_ms + other.parse_ms,
            micros=self.micros + other.micros,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch of time in which a source could not be read; the digest prints it."""

    from_at: datetime
    to_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One transaction's worth: posts, state changes, the new cursor and what it cost, together."""

    mentions: tuple[Mention, ...] = ()
    changes: tuple[StateChange, ...] = ()
    next: Cursor
    spent: Spend = Spend()
    gap: Gap | None = None
    #: the source asked not to be read before this moment
    not_before: datetime | None = None
    #: what was odd but did not stop the reading: "not well-formed, 3 entries recovered"
    remarks: tuple[str, ...] = ()
    #: native ids that stood in the source's window before and no longer do: worth a recheck
    vanished: tuple[str, ...] = ()
    #: pseudonyms of authors who left the platform: everything of theirs goes
    authors_gone: tuple[str, ...] = ()


class Collector(Protocol):
    """Turns one source into mentions.

    Promises, tested for every kind by `tests/test_collectors_contract.py`: collecting twice yields the
    same ids and revisions; a process killed between two batches loses nothing; nothing sleeps over
    5 seconds; `stop` is obeyed within 2 seconds; an author leaves as a pseudonym.
    """

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read what is new since `cursor` (None: never read).

        Raises:
            CollectError: one of its five subclasses; batches yielded before it stand.
        """
        ...

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> "Recheck":
        """Ask the source whether stored posts still stand.

        Raises:
            CollectError: one of its five subclasses.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What a recheck found; a post in neither list could not be asked and stays as it was."""

    changes: tuple[StateChange, ...] = ()
    #: native ids that still stand
    standing: tuple[str, ...] = ()
    #: posts that say something else now
    edited: tuple[Mention, ...] = ()
    spent: Spend = Spend()


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Words that may be sent to a platform's search; what it finds is matched again here.

    Nothing confidential is ever a Search: such terms are matched on this machine only.
    """

    query_id: str
    #: as its writer spelled it, without operators or quotes
    text: str
    #: several words in this order
    phrase: bool = False
    #: words that begin with it count as well
    prefix: bool = False


class Gate(Protocol):
    """Decides which of what a collector read is about the organisation (law.md A5). Pure."""

    def matched_many(self, mentions: Sequence[Mention]) -> list[tuple[str, ...]]:
        """For each: ids of the queries that its title, text or context meets; none: not a mention."""
        ...


class Classifier(Protocol):
    """Judges mentions against the policy; the same input and version give the same output."""

    @property
    def version(self) -> str:
        """Changes with the model, the signals, the policy or the organisation's facts."""
        ...

    def judge(
        self, mentions: Sequence[Mention], kept: Mapping[MentionId, Embedding] = ...
    ) -> list[Judgement]:
        """One judgement for each mention, in order; never raises for what a post says.

        Args:
            mentions: what waits.
            kept: vectors that were computed before.
        """
        ...


class Encoder(Protocol):
    """Tells the meaning of a text as a vector; the same text gives the same vector."""

    @property
    def name(self) -> str:
        """Changes with the weights: vectors of two names are never compared."""
        ...

    def encode(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """One vector of unit length for each text, in order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A digest or alert on its way to a channel."""

    #: the same for every try: Message-ID of a mail, Idempotency-Key of a webhook
    key: str
    subject: str
    text: str
    html: str = ""
    #: machine-readable content for webhooks
    payload: "dict[str, object] | None" = None


class Channel(Protocol):
    """Carries messages to people."""

    @property
    def id(self) -> str:
        """Key in delivery.toml."""
        ...

    def send(self, message: Message, now: datetime) -> None:
        """Hand the message over once.

        Raises:
            DeliveryError: it was not taken; `permanent` tells whether another try can help.
        """
        ...
