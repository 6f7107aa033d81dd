"""Connections that were used well come in and are kept a while for the next request to the same place."""

from dataclasses import dataclass
from threading import Lock
from time import monotonic

from urllib3.connection import HTTPConnection

#: scheme, numeric address, host as it is named, port
Place = tuple[str, str, str, int]
#: connections that wait for the next request: for one place, and in all
_EACH, _ALL = 2, 256
#: seconds that one waits
_IDLE = 15.0
#: requests over one connection
_USES = 100


@dataclass(slots=True, kw_only=True)
class Wire:
    """One open connection."""

    place: Place
    connection: HTTPConnection
    uses: int = 0
    idle_since: float = 0.0


class Wires:
    """The connections that idle; whether their address may be used is for who takes one to check."""

    def __init__(self) -> None:
        """None yet."""
        self._lock = Lock()
        # the place that was given back to last stands last
        self._idle: dict[Place, list[Wire]] = {}
        self._count = 0

    def take(self, place: Place) -> Wire | None:
        """One that is still open; it belongs to the caller until it is given back."""
        with self._lock:
            while waiting := self._idle.get(place):
                wire = self._popped(place, waiting, -1)
                # one that can be read from was closed by the server, or says what nobody asked
                if monotonic() - wire.idle_since < _IDLE and wire.connection.is_connected:
                    return wire
                wire.connection.close()
        return None

    def give(self, wire: Wire) -> None:
        """Keep it; only after a whole answer with nothing behind it."""
        wire.uses += 1
        if wire.uses >= _USES:
            wire.connection.close()
            return
        wire.idle_since = monotonic()
        with self._lock:
            waiting = self._idle.pop(wire.place, [])
            self._idle[wire.place] = waiting
            waiting.append(wire)
            self._count += 1
            if len(waiting) > _EACH:
                self._popped(wire.place, waiting, 0).connection.close()
            elif self._count > _ALL:
                oldest = next(iter(self._idle))
                self._popped(oldest, self._idle[oldest], 0).connection.close()

    def _popped(self, place: Place, waiting: list[Wire], number: int) -> Wire:
        wire = waiting.pop(number)
        self._count -= 1
        if not waiting:
            del self._idle[place]
        return wire

    def sweep(self) -> None:
        """Close those that waited long enough."""
        self._close(monotonic() - _IDLE)

    def close(self) -> None:
        """Close all."""
        self._close(monotonic())

    def _close(self, idle_before: float) -> None:
        with self._lock:
            for place, waiting in list(self._idle.items()):
                while waiting and waiting[0].idle_since <= idle_before:
                    self._popped(place, waiting, 0).connection.close()
