"""Sources come in and are read side by side, few at a time for each host; their runs go out as they end."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Generic, TypeVar

from klankbord.settings import SourceSettings

#: sources of one host that are read at the same time: a host that hangs holds no more workers than these
PER_HOST = 2

_Run = TypeVar("_Run")


class Rounds(Generic[_Run]):
    """Reads sources on worker threads; what cannot start now stays with who offered it."""

    def __init__(self, read: Callable[[SourceSettings], _Run], workers: int) -> None:
        """Keep how a source is read; threads start as they are needed."""
        self._read, self._workers = read, workers
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="source")
        self._lock = Lock()
        self._under_way: dict[str, str] = {}
        self._ended: SimpleQueue[Future[_Run]] = SimpleQueue()

    @property
    def under_way(self) -> int:
        """How many sources are being read."""
        return len(self._under_way)

    def offer(self, sources: Iterable[SourceSettings]) -> list[SourceSettings]:
        """Start what can start; returns what cannot yet, in the same order.

        A source that is being read already is neither started nor returned.
        """
        left: list[SourceSettings] = []
        with self._lock:
            hosts = Counter(self._under_way.values())
            for source in sources:
                if source.id in self._under_way:
                    continue
                if len(self._under_way) >= self._workers or hosts[source.host] >= PER_HOST:
                    left.append(source)
                    continue
                hosts[source.host] += 1
                self._under_way[source.id] = source.host
                future = self._pool.submit(self._read, source)
                future.add_done_callback(self._noted(source.id))
        return left

    def _noted(self, source_id: str) -> Callable[[Future[_Run]], None]:
        def note(future: Future[_Run]) -> None:
            with self._lock:
                self._under_way.pop(source_id, None)
            self._ended.put(future)

        return note

    def ended(self) -> _Run:
        """The next run that ends; what a run raised is raised here. Only while one is under way or unread."""
        return self._ended.get().result()

    def ended_by_now(self) -> Iterator[_Run]:
        """Every run that ended and was not given out yet."""
        while True:
            try:
                yield self._ended.get_nowait().result()
            except Empty:
                return

    def close(self) -> None:
        """Wait for those under way."""
        self._pool.shutdown(wait=True, cancel_futures=True)
