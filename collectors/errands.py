"""Work comes in and is done on threads that are kept for the next; whoever waits for it may walk away."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Semaphore, Thread
from typing import Generic, TypeVar

_T = TypeVar("_T")
#: seconds a thread waits for more work before it ends
_IDLE = 20.0


class Errand(Generic[_T]):
    """One piece of work under way."""

    def __init__(self, work: Callable[[], _T]) -> None:
        """Keep what is to be done."""
        self._work = work
        self._found: _T | None = None
        self._error: BaseException | None = None
        self._over = Lock()
        self._over.acquire()

    def run(self) -> None:
        """Do it, and wake who waits."""
        try:
            self._found = self._work()
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            self._error = error
        finally:
            self._over.release()

    def ended(self, seconds: float) -> bool:
        """Wait so long at most; whether it is done. Not to be asked again once it said so."""
        return self._over.acquire(timeout=seconds)

    def result(self) -> _T:
        """What came of it; what it raised is raised here."""
        if self._error is not None:
            raise self._error
        return self._found  # type: ignore[return-value] # it ended without an error, so this was set


class Errands:
    """Daemon threads, as many as there is work at one time; one whose work never ends is not used again."""

    def __init__(self, at_rest: Callable[[], None]) -> None:
        """Threads start as they are needed; each calls `at_rest` when it ends for want of work."""
        self._at_rest = at_rest
        self._idle = Semaphore(0)
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def begin(self, work: Callable[[], _T]) -> Errand[_T]:
        """Have it done now, on a thread that idles or on a new one."""
        errand = Errand(work)
        if self._idle.acquire(blocking=False):
            self._waiting.put(errand.run)
        else:
            Thread(target=self._serve, args=(errand.run,), name="fetch", daemon=True).start()
        return errand

    def _serve(self, work: Callable[[], None]) -> None:
        run: Callable[[], None] | None = work
        del work
        while run is not None:
            run()
            # what was found must not live on in an idle thread
            run = None
            self._idle.release()
            run = self._next()
        self._at_rest()

    def _next(self) -> Callable[[], None] | None:
        try:
            return self._waiting.get(timeout=_IDLE)
        except Empty:
            # where nobody counts on this thread it ends; else what it is counted on for comes in a moment
            return None if self._idle.acquire(blocking=False) else self._waiting.get()
