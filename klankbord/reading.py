"""One source comes in and is read, within what it may cost and while its host is well; its run goes out."""

import errno
import random
import time
import traceback
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from threading import Event

from klankbord.errors import (
    AuthError,
    CollectError,
    PermanentError,
    RateLimitedError,
    SettingsError,
    StoreError,
    TransientError,
)
from klankbord.mention import Mention
from klankbord.ports import Batch, Budget, Collector, Gate, Spend
from klankbord.settings import FeedSource, SourceSettings
from klankbord.store import Store
from klankbord.store.kept import Kept
from klankbord.store.mentions import Rechecks
from klankbord.store.sources import Outset

Clock = Callable[[], datetime]

#: posts handed to one recheck, and the requests it may make: what a source does not tell must be asked for
_RECHECKS, _RECHECK_REQUESTS = 100, 20
#: the share of a day's money after which no more is spent on asking again: new posts come first
_RECHECK_MONEY = 0.8
#: errors of the disk, not of the network
_OUR_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
#: nobody asks for more than a day: a wait beyond that stems from a clock that was wrong
_LONGEST_REST = timedelta(hours=25)
#: waits after failures: half a minute doubled each time, at most six hours, with full jitter
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)


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


@dataclass(slots=True)
class _Tally:
    """What a run did so far."""

    kept: Kept = field(default_factory=Kept)
    requests: int = 0
    #: something came that had not come before, about whomever
    news: bool = False
    remarks: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    #: the last batch was kept as such, with the success of the run
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads one source at a time; holds nothing between two, so every thread may use one."""

    make: Callable[[SourceSettings], Collector]
    gate: Gate
    store: Store
    clock: Clock
    stop: Event
    #: where days begin: a new day brings a new budget
    zone: tzinfo

    def read(self, source: SourceSettings, *, force: bool = False) -> SourceRun:
        """Read one source to its end or its first error; every batch is kept as it comes.

        Args:
            source: what to read.
            force: also where it, or its host, asked to be left alone.
        """
        now = self.clock()
        start = self.store.outset(source.id, source.host_key, now)
        if not force and (until := self._resting(source, start, now)):
            return SourceRun(source_id=source.id, waiting_until=until)
        tally = _Tally()
        try:
            collector = self.make(source)
        except CollectError as error:
            # Not allowed, or something is not there: nothing was asked; once mended, it is asked at once.
            self.store.failed(source.id, error, now)
            return SourceRun(source_id=source.id, error=error)
        try:
            self._follow(source, collector, tally, start, now)
        except CollectError as error:
            return self._ended_by(source, error, tally, now)
        except (StoreError, SettingsError):
            # Our own store or keys: no source is to blame, and none can be kept until it is mended.
            raise
        except Exception as error:
            # A client's unknown error must not stop the other sources; a full disk of ours must.
            if isinstance(error, OSError) and error.errno in _OUR_DISK:
                raise
            # its words may quote what a post says, or a name: only its type and place are told
            said = TransientError(f"{type(error).__name__} at {_place(error)}")
            return self._ended_by(source, said, tally, now)
        if not tally.ended:
            well_again = source.host_key if start.host_failed else ""
            self.store.succeeded(source.id, well_again, now, new=tally.kept.new > 0, news=tally.news)
        return SourceRun(
            source_id=source.id, kept=tally.kept, requests=tally.requests, remarks=tuple(tally.remarks)
        )

    def _resting(self, source: SourceSettings, start: Outset, now: datetime) -> datetime | None:
        if start.not_before and now < start.not_before < now + _LONGEST_REST:
            return start.not_before
        return self.store.host_open_until(source.host_key, now) if start.host_open else None

    def _follow(
        self, source: SourceSettings, collector: Collector, tally: _Tally, start: Outset, now: datetime
    ) -> None:
        budget = self._budget(source, start.spent, now)
        due = _due(source, now)
        nothing_to_ask = not start.oldest_check or start.oldest_check >= due.latest
        for batch, last in _ending(_timed(collector.poll(start.cursor, budget, now, self.stop))):
            well_before = nothing_to_ask and not start.host_failed and not tally.news and not tally.kept.new
            tally.ended = last and well_before and not tally.vanished
            tally.kept += self.store.keep(
                source.id,
                batch,
                admitted(batch, self.gate, source.queries),
                self.clock(),
                ends=tally.ended,
            )
            tally.requests += batch.spent.requests
            tally.remarks += batch.remarks
            tally.vanished += batch.vanished
            # a feed offers what it holds only when that changed; other kinds re-read an overlap each time
            tally.news = tally.news or bool(
                batch.mentions if isinstance(source, FeedSource) else tally.kept.new
            )
            if self.stop.is_set():
                return
        if tally.vanished or not nothing_to_ask:
            tally.kept += self._recheck(source, collector, tally, due)

    def _budget(self, source: SourceSettings, spent: Spend, now: datetime) -> Budget:
        """What this run may use of what is left of the day's budget.

        Raises:
            RateLimitedError: nothing is left.
        """
        limit = source.budget
        requests = min(limit.requests_per_run, limit.requests_per_day - spent.requests)
        size = limit.megabytes_per_day * 1_000_000 - spent.bytes
        if requests <= 0 or size <= 0:
            what = f"{limit.requests_per_day} requests" if requests <= 0 else f"{limit.megabytes_per_day} MB"
            until = _next_day(now, self.zone)
            used_up = RateLimitedError(f"today's budget of {what} is used up", until=until)
            used_up.requests = 0
            raise used_up
        micros = max(0, round(limit.money_per_day * 1_000_000) - spent.micros)
        return Budget(requests=requests, bytes=min(size, Budget().bytes), micros=micros)

    def _recheck(self, source: SourceSettings, collector: Collector, tally: _Tally, due: Rechecks) -> Kept:
        """Ask whether posts still stand: those that vanished from the source's window, then those due."""
        now = self.clock()
        asked = self.store.held(source.kind, tally.vanished) if tally.vanished else []
        asked += self.store.to_recheck(source.id, due, max(0, _RECHECKS - len(asked)))
        if not asked or self.stop.is_set():
            return Kept()
        limit, spent = source.budget, self.store.spent(source.id, now)
        budget = Budget(
            requests=max(0, min(_RECHECK_REQUESTS, limit.requests_per_day - spent.requests)),
            micros=max(0, round(limit.money_per_day * 1_000_000 * _RECHECK_MONEY) - spent.micros),
        )
        try:
            found = collector.recheck(asked[:_RECHECKS], budget, now, self.stop)
        except RateLimitedError:
            raise
        except CollectError as error:
            # What was read stands, and those posts stay due.
            tally.remarks.append(f"asking again whether posts stand failed: {error.word}: {error.problem}")
            return Kept()
        return self.store.rechecked(source.id, found, source.kind, now)

    def _ended_by(
        self, source: SourceSettings, error: CollectError, tally: _Tally, now: datetime
    ) -> SourceRun:
        if self.stop.is_set():
            return SourceRun(source_id=source.id, kept=tally.kept, requests=tally.requests)
        # a budget of ours that is used up is no fault of the host's
        hosts_fault = isinstance(error, TransientError | RateLimitedError | AuthError) and error.requests != 0
        made = int(hosts_fault) if error.requests is None else error.requests
        host = source.host_key if hosts_fault else ""
        failures = self.store.failed(source.id, error, now, host=host, requests=made)
        if error.until is None:
            self.store.plan_next(source.id, now + wait_after(failures, error), now)
        return SourceRun(source_id=source.id, kept=tally.kept, requests=tally.requests, error=error)


def _place(error: Exception) -> str:
    """File and line where an error was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"


def _timed(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Each batch with the CPU time that this thread needed to make it."""
    while True:
        began = time.thread_time()
        batch = next(batches, None)
        if batch is None:
            return
        took = round((time.thread_time() - began) * 1_000)
        yield replace(batch, spent=batch.spent + Spend(parse_ms=took)) if took else batch


def _ending(batches: Iterator[Batch]) -> Iterator[tuple[Batch, bool]]:
    """Each batch, and whether it is the last.

    That is known only of one that carries nothing: such a one can wait until the next is there. Any other is
    given out at once, since it must be kept before more is asked of the collector.
    """
    for batch in batches:
        waiting: Batch | None = batch
        while waiting is not None and not (waiting.mentions or waiting.changes or waiting.authors_gone):
            try:
                following = next(batches, None)
            except BaseException:
                yield waiting, False
                raise
            yield waiting, following is None
            waiting = following
        if waiting is not None:
            yield waiting, False


def _due(source: SourceSettings, now: datetime) -> Rechecks:
    early = source.recheck_early
    return Rechecks(
        before=now - source.recheck_every,
        flagged_before=now - timedelta(hours=source.terms.delete_within_hours),
        early_before=now - early if early else now - timedelta(days=365),
    )


def admitted(batch: Batch, gate: Gate, queries: Collection[str] = ()) -> list[Mention]:
    """The posts of a batch that are about the organisation; the others never reach the disk (law.md A5).

    Args:
        batch: what a collector read.
        gate: decides.
        queries: only these count; none given: all.
    """
    found = zip(batch.mentions, gate.matched_many(batch.mentions), strict=True)
    wanted = set(queries)
    return [
        replace(mention, matched=matched)
        for mention, names in found
        if (matched := tuple(name for name in names if not wanted or name in wanted))
    ]


def _next_day(now: datetime, zone: tzinfo) -> datetime:
    local = now.astimezone(zone)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def wait_after(failures: int, error: CollectError, chance: Callable[[], float] = random.random) -> timedelta:
    """How long to leave a failing source alone; even one that seems gone is asked again."""
    if isinstance(error, RateLimitedError) and error.until is None:
        return timedelta(minutes=15)
    if isinstance(error, PermanentError):
        return _LONGEST_WAIT
    most: timedelta = min(_FIRST_WAIT * 2 ** min(failures - 1, 12), _LONGEST_WAIT)
    return max(timedelta(seconds=1), most * chance())
