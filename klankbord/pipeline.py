"""The conductor: collect, keep, classify, keep, tell; one step a function, each safe to run again."""

import errno
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from threading import Event

from klankbord.errors import (
    CollectError,
    DeliveryError,
    PermanentError,
    RateLimitedError,
    SettingsError,
    StoreError,
    TransientError,
)
from klankbord.finding import FindingId
from klankbord.mention import Mention
from klankbord.ports import Batch, Budget, Channel, Classifier, Collector, Gate, Message
from klankbord.settings import SourceSettings
from klankbord.store import Store
from klankbord.store.messages import Due
from klankbord.store.store import Kept, Versions

Clock = Callable[[], datetime]

#: a post without an open finding is asked for weekly (law.md B5); one with, as the source's terms say
_STORED = timedelta(days=7)
_RECHECKS = 20
#: waits after failures: half a minute doubled each time, at most six hours, with full jitter
#: errors of the disk, not of the network
_OUR_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
_LONGEST_REST = timedelta(hours=25)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRun:
    """How one run of one source went."""

    source_id: str
    kept: Kept = field(default_factory=Kept)
    requests: int = 0
    #: asked to be left alone until then; nothing was read
    waiting_until: datetime | None = None
    error: CollectError | None = None
    remarks: tuple[str, ...] = ()


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
    sources: Sequence[tuple[SourceSettings, Callable[[], Collector]]],
    gate: Gate,
    store: Store,
    *,
    clock: Clock,
    stop: Event,
    workers: int = 8,
    force: bool = False,
) -> Iterator[SourceRun]:
    """Run every source that may be asked now; one dead source never stops the others.

    Args:
        sources: settings with a maker of the collector.
        gate: decides what is about the organisation.
        store: where mentions are kept.
        clock: the moment.
        stop: set to end early; what was kept stays kept.
        workers: sources read at the same time.
        force: also ask sources that wait.

    Yields:
        Each source's run as it ends.
    """

    def one(source: SourceSettings, make: Callable[[], Collector]) -> SourceRun:
        until = store.not_before(source.id)
        # Nobody asks for more than a day: a wait beyond that stems from a clock that was wrong.
        if until and clock() < until < clock() + _LONGEST_REST and not force:
            return SourceRun(source_id=source.id, waiting_until=until)
        return collect_source(source, make, gate, store, clock=clock, stop=stop)

    size = max(1, min(workers, len(sources)))
    with ThreadPoolExecutor(max_workers=size) as pool:
        # As many sources wait in the pool as run: no worker is ever idle, and the rest need no memory yet.
        left = iter(sources)
        runs = {pool.submit(one, source, make) for source, make in islice(left, 2 * size)}
        while runs:
            done, runs = wait(runs, return_when=FIRST_COMPLETED)
            runs |= {pool.submit(one, source, make) for source, make in islice(left, len(done))}
            for run in done:
                yield run.result()


def collect_source(
    source: SourceSettings,
    make: Callable[[], Collector],
    gate: Gate,
    store: Store,
    *,
    clock: Clock,
    stop: Event,
) -> SourceRun:
    """Read one source to its end or its first error; every batch is kept as it comes."""
    kept, requests, remarks, vanished = Kept(), 0, list[str](), list[str]()
    now = clock()
    try:
        collector = make()
        for batch in collector.poll(store.cursor(source.id), Budget(), now, stop):
            kept += store.keep(source.id, batch, admitted(batch, gate, source.queries), now)
            requests += batch.spent.requests
            remarks += batch.remarks
            vanished += batch.vanished
            if stop.is_set():
                break
        kept += recheck(source, collector, store, vanished, clock=clock, stop=stop)
    except CollectError as error:
        if stop.is_set():
            return SourceRun(source_id=source.id, kept=kept, requests=requests)
        return _failed(source, error, store, kept, now)
    except (StoreError, SettingsError):
        # Our own store or keys: no source is to blame, and none can be kept until it is mended.
        raise
    except Exception as error:
        # A client's unknown error must not stop the other sources; a full disk of ours must.
        if isinstance(error, OSError) and error.errno in _OUR_DISK:
            raise
        wrapped = TransientError(f"{type(error).__name__}: {error}"[:300])
        return _failed(source, wrapped, store, kept, now)
    store.succeeded(source.id, now, new=kept.new > 0)
    return SourceRun(source_id=source.id, kept=kept, requests=requests, remarks=tuple(remarks))


def admitted(batch: Batch, gate: Gate, queries: Collection[str] = ()) -> list[Mention]:
    """The posts of a batch that are about the organisation; the others never reach the disk (law.md A5).

    Args:
        batch: what a collector read.
        gate: decides.
        queries: only these count; none given: all.
    """
    found = ((mention, gate.matched(mention)) for mention in batch.mentions)
    wanted = set(queries)
    return [
        replace(mention, matched=matched)
        for mention, names in found
        if (matched := tuple(name for name in names if not wanted or name in wanted))
    ]


def recheck(
    source: SourceSettings,
    collector: Collector,
    store: Store,
    vanished: Sequence[str],
    *,
    clock: Clock,
    stop: Event,
) -> Kept:
    """Ask whether posts still stand: those that vanished from the source's window, then those due."""
    now = clock()
    asked = store.held(source.kind, vanished) if vanished else []
    room = max(0, _RECHECKS - len(asked))
    flagged = now - timedelta(hours=source.terms.delete_within_hours)
    asked += store.to_recheck(source.id, now - _STORED, flagged, room)
    if not asked or stop.is_set():
        return Kept()
    found = collector.recheck(asked[:_RECHECKS], Budget(requests=_RECHECKS), now, stop)
    return Kept(deleted=store.rechecked(source.id, found, source.kind, now))


def _failed(
    source: SourceSettings, error: CollectError, store: Store, kept: Kept, now: datetime
) -> SourceRun:
    failures = store.failed(source.id, error, now)
    if error.until is None:
        store.plan_next(source.id, now + wait_after(failures, error), now)
    return SourceRun(source_id=source.id, kept=kept, error=error)


def wait_after(failures: int, error: CollectError, chance: Callable[[], float] = random.random) -> timedelta:
    """How long to leave a failing source alone; even one that seems gone is asked again."""
    if isinstance(error, RateLimitedError) and error.until is None:
        return timedelta(minutes=15)
    if isinstance(error, PermanentError):
        return _LONGEST_WAIT
    most: timedelta = min(_FIRST_WAIT * 2 ** min(failures - 1, 12), _LONGEST_WAIT)
    return max(timedelta(seconds=1), most * chance())


def classify(
    store: Store,
    classifier: Classifier,
    policy_version: str,
    alert_channels: Sequence[str],
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
        judged = list(zip(waiting, classifier.judge(waiting), strict=True))
        now = clock()
        raised = store.keep_judgements(
            judged,
            Versions(policy=policy_version, classifier=classifier.version),
            alert_channels,
            now - timedelta(days=newest_days),
            now,
        )
        yield Classified(mentions=len(judged), raised=tuple(raised))


def tell(
    store: Store,
    channels: Mapping[str, Channel],
    compose: Callable[[Due], Message | None],
    *,
    clock: Clock,
    stop: Event,
) -> Told:
    """Send what is due, each message claimed first, so that no two processes send it.

    Args:
        store: the outbox.
        channels: by id; a message for one that is gone waits as failed.
        compose: makes the message now, from what the store holds now; None: nothing left to tell.
        clock: the moment.
        stop: set to end early.
    """
    sent: list[str] = []
    failed: dict[str, str] = {}
    for due in store.due_messages(clock()):
        if stop.is_set():
            break
        if not store.claim(due, clock()):
            continue
        try:
            if _tell_one(store, channels, compose, due, clock):
                sent.append(f"{due.key} -> {due.channel_id}")
        except DeliveryError as error:
            store.message_failed(due, error, clock())
            failed[f"{due.key} -> {due.channel_id}"] = error.problem
    return Told(sent=tuple(sent), failed=failed)


def _tell_one(
    store: Store,
    channels: Mapping[str, Channel],
    compose: Callable[[Due], Message | None],
    due: Due,
    clock: Clock,
) -> bool:
    channel = channels.get(due.channel_id)
    if channel is None:
        raise DeliveryError(f"no channel {due.channel_id!r} in delivery.toml", permanent=True)
    message = compose(due)
    if message is None:
        store.message_dropped(due, "withdrawn: the finding no longer stands")
        return False
    channel.send(message, clock())
    store.message_sent(due, clock())
    return True
