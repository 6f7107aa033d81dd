"""The conductor: collect, keep, classify, keep, tell; one step a function, each safe to run again."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from klankbord.alerting.rules import Rules
from klankbord.errors import DeliveryError
from klankbord.finding import FindingId
from klankbord.polling import in_turn
from klankbord.ports import Channel, Classifier, Message
from klankbord.reading import Clock, Reader, SourceRun
from klankbord.rounds import PATIENCE, Rounds
from klankbord.settings import SourceSettings
from klankbord.store import Store
from klankbord.store.kept import Versions
from klankbord.store.messages import Due

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """What a round of judging did."""

    mentions: int = 0
    raised: tuple[FindingId, ...] = ()

    def __add__(self, other: "Classified") -> "Classified":
        return Classified(
            mentions=self.mentions + other.mentions,
            raised=self.raised + other.raised,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a round of sending did."""

    sent: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)


def collect(
    sources: Sequence[SourceSettings], reader: Reader, *, workers: int = 8, force: bool = False
) -> Iterator[SourceRun]:
    """Run every source that may be asked now; one dead source never stops the others.

    Args:
        sources: what to read.
        reader: reads one.
        workers: sources read at the same time.
        force: also ask sources that wait.

    Yields:
        Each source's run as it ends.
    """
    rounds = Rounds(lambda source: reader.read(source, force=force), max(1, min(workers, len(sources))))
    try:
        # Those that cannot start yet wait here: no worker is ever idle, and they need no memory of their own.
        waiting = rounds.offer(in_turn(sources))
        under_way = len(sources) - len(waiting)
        while under_way:
            # Looked at now and then as well: a run that hangs gives its place up without ending.
            for run in rounds.ended_by_now(PATIENCE):
                under_way -= 1
                yield run
            left = waiting if reader.stop.is_set() else rounds.offer(waiting)
            under_way += len(waiting) - len(left)
            waiting = left
    finally:
        rounds.close()


def classify(
    store: Store,
    classifier: Classifier,
    policy_version: str,
    alerts: Rules,
    *,
    newest_days: int,
    clock: Clock,
    stop: Event,
) -> Iterator[Classified]:
    """Judge every mention that waits, batch by batch; each batch is one transaction."""
    while not stop.is_set():
        waiting = store.unjudged(_BATCH)
        if not waiting:
            return
        judged = list(zip(waiting, classifier.judge(waiting, store.embeddings(waiting)), strict=True))
        now = clock()
        raised = store.keep_judgements(
            judged,
            Versions(policy=policy_version, classifier=classifier.version),
            alerts,
            now - timedelta(days=newest_days),
            now,
        )
        yield Classified(mentions=len(judged), raised=tuple(raised))


def tell(
    store: Store,
    channel_of: Callable[[Due], Channel],
    compose: Callable[[Due], Message | None],
    *,
    clock: Clock,
    stop: Event,
    paused: Collection[str] = (),
) -> Told:
    """Send what is due, each message claimed first, so that no two processes send it.

    A channel that gave no answer rests until the next round: what it cannot take must not delay the others.

    Args:
        store: the outbox.
        channel_of: what carries a message to its recipient.
        compose: makes the message now, from what the store holds now; None: nothing left to tell.
        clock: the moment.
        stop: set to end early.
        paused: kinds of message that wait.
    """
    sent: list[str] = []
    failed: dict[str, str] = {}
    resting: set[str] = set()
    while not stop.is_set() and (waiting := store.outbox.due(clock(), resting, paused)):
        for due in waiting:
            if stop.is_set():
                break
            if due.channel_id in resting or not store.outbox.claim(due, clock()):
                continue
            try:
                if _tell_one(store, channel_of, compose, due, clock):
                    sent.append(due.told_as)
            except DeliveryError as error:
                store.outbox.failed(due, error, clock())
                failed[due.told_as] = error.problem
                if not error.permanent:
                    resting.add(due.channel_id)
    return Told(sent=tuple(sent), failed=failed)


def _tell_one(
    store: Store,
    channel_of: Callable[[Due], Channel],
    compose: Callable[[Due], Message | None],
    due: Due,
    clock: Clock,
) -> bool:
    channel = channel_of(due)
    message = compose(due)
    if message is None:
        store.outbox.dropped(due, "what it was about no longer stands")
        return False
    channel.send(message, clock())
    store.outbox.sent(due, clock())
    return True
