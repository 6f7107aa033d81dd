"""Sources come in and are read side by side, few at a time for each host; their runs go out as they end."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from klankbord.settings import SourceSettings

#: sources of one host that are read at the same time: a host that hangs holds no more workers than these
PER_HOST = 2
#: seconds after which a run counts as one that hangs
PATIENCE = 1.0

_Run = TypeVar("_Run")


class Rounds(Generic[_Run]):
    """Reads sources on worker threads; what cannot start now stays with who offered it.

    Those that hang hold up nobody. A run that takes longer than `PATIENCE` no longer counts as one of the
    workers, until there are as many of these as there are workers. And a host is asked for one source at a
    time, until it was seen to answer within `PATIENCE`.
    """

    def __init__(self, read: Callable[[SourceSettings], _Run], workers: int) -> None:
        """Keep how a source is read; threads start as they are needed."""
        self._read, self._workers = read, workers
        self._pool = ThreadPoolExecutor(max_workers=2 * workers, thread_name_prefix="source")
        self._lock = Lock()
        #: when each began, the longest under way first
        self._began: dict[str, float] = {}
        self._hosts: Counter[str] = Counter()
        self._quick: set[str] = set()
        self._ended: SimpleQueue[_Run | BaseException] = SimpleQueue()

    @property
    def under_way(self) -> int:
        """How many sources are being read."""
        return len(self._began)

    def offer(self, sources: Sequence[SourceSettings]) -> Sequence[SourceSettings]:
        """Start what can start; returns what cannot yet, in the same order.

        A source that is being read already is neither started nor, where there is room for others, returned.
        """
        left: list[SourceSettings] = []
        with self._lock:
            room = self._room()
            for number, source in enumerate(sources):
                if room <= 0:
                    # not looked at one by one: a thousand may wait, and each that ends leads here
                    return [*left, *sources[number:]]
                if source.id in self._began:
                    continue
                host = source.host
                if self._hosts[host] >= (PER_HOST if host in self._quick else 1):
                    left.append(source)
                    continue
                room -= 1
                self._hosts[host] += 1
                self._began[source.id] = monotonic()
                self._pool.submit(self._run, source, host)
        return left

    def _room(self) -> int:
        """How many may start now."""
        hanging, long_ago = 0, monotonic() - PATIENCE
        for began in self._began.values():
            if began > long_ago:
                break
            hanging += 1
        return self._workers - len(self._began) + min(hanging, self._workers)

    def _run(self, source: SourceSettings, host: str) -> None:
        found: _Run | BaseException
        try:
            found = self._read(source)
        except BaseException as error:  # noqa: BLE001 - raised again by who asks for what ended
            found = error
        with self._lock:
            self._hosts[host] -= 1
            if not self._hosts[host]:
                del self._hosts[host]
            if monotonic() - self._began.pop(source.id) < PATIENCE:
                self._quick.add(host)
            else:
                self._quick.discard(host)
        self._ended.put(found)

    def ended(self) -> _Run:
        """The next run that ends; what a run raised is raised here. Only while one is under way or unread."""
        return _told(self._ended.get())

    def ended_by_now(self, wait: float = 0.0) -> Iterator[_Run]:
        """Every run that ended and was not given out yet; waits so many seconds for a first one."""
        while True:
            try:
                found = self._ended.get(timeout=wait) if wait else self._ended.get_nowait()
            except Empty:
                return
            wait = 0.0
            yield _told(found)

    def close(self) -> None:
        """Wait for those under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _told(found: _Run | BaseException) -> _Run:
    if isinstance(found, BaseException):
        raise found
    return found
