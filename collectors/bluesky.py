"""Bluesky's stream of every public post comes in, the few that may name the organisation go out as Mentions.

The stream cannot be searched: each post is looked at in memory, and one that holds none of the words that
may be searched for goes no further. A poll goes on where the last batch ended, and returns once it is up to
date.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from collectors.bluesky_place import Place
from collectors.bluesky_search import filled
from collectors.bluesky_tally import Tally
from collectors.jetstream import BrokenError, Stream, TooOldError, opened
from collectors.line import Line, line_to
from collectors.polite import StoppedError
from collectors.sieve import Sieve
from klankbord.errors import TransientError
from klankbord.ports import Batch, Recheck

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from datetime import datetime
    from threading import Event as Stop

    from collectors import Workshop
    from collectors.jetstream_events import Notice
    from klankbord.mention import Mention
    from klankbord.ports import Budget, Cursor
    from klankbord.settings import BlueskySource

#: seconds between two looks at `stop`
_LOOK = 0.2
#: an event this young means that the stream was read to its end
_CAUGHT_UP = timedelta(seconds=2)
#: seconds that the newest events are then still listened for
_ENDING = 1.0
#: a search through old events may take the server this many times longer to begin
_FIRST = 3


class _OtherArchiveError(Exception):
    """The server counts otherwise than the one that gave us our place."""


class BlueskyCollector:
    """Listens to Bluesky's stream."""

    def __init__(self, source: BlueskySource, workshop: Workshop) -> None:
        """Remember what to listen to; nothing is asked yet."""
        self._source, self._workshop = source, workshop

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Stop) -> Iterator[Batch]:
        """Listen from the stored place until the stream is read to its end.

        Raises:
            CollectError: one of its five subclasses.
        """
        searches = self._workshop.searches(self._source)
        since = now - self._source.look_back
        place = Place.read(cursor, self._source.stream, searches, since)
        if not searches:
            said = "nothing may be searched for: every query is confidential or has no word that must occur"
            yield Batch(next=cursor or place.write(), remarks=(said,))
            return
        line, sieve = line_to(self._source, self._workshop, budget, now, stop), Sieve(searches)
        with suppress(StoppedError), line.translated():
            place = yield from self._listened(place, line, sieve)
            if place.fill and not stop.is_set():
                yield from filled(place, line, self._source, searches, sieve)

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Stop) -> Recheck:
        """Nothing: a stored post no longer says where it is; the stream itself tells of deletions."""
        del mentions, budget, now, stop
        return Recheck()

    def _listened(self, place: Place, line: Line, sieve: Sieve) -> Generator[Batch, None, Place]:
        """Listen from the first position that the server takes; hands back where we are then."""
        for number, position in enumerate(place.positions()):
            if line.left <= 0 or line.budget.bytes <= 0:
                return place
            tip = position is None
            tally = Tally(place=place, sieve=sieve, source=self._source, line=line, outdated=tip)
            by_seq = place.seq > 0 and number == 0
            try:
                with opened(line, self._source, position) as stream:
                    yield from self._read(stream, tally, position if by_seq else None)
            except (TooOldError, _OtherArchiveError):
                place = replace(place, seq=0, walked=0)
            else:
                return tally.place
        raise TransientError("the stream takes none of the places from which it was asked to go on")

    def _read(self, stream: Stream, tally: Tally, asked: int | None) -> Iterator[Batch]:
        said, begun = "", (tally.place.seq, tally.place.walked)
        try:
            for frame in self._frames(stream, tally):
                notice = tally.take(frame)
                if asked and (_elsewhere(notice) or (tally.last and tally.last.seq < asked)):
                    raise _OtherArchiveError
                if notice and notice.fatal:
                    said = f"the stream was ended by the server: {notice.name}"
                    break
                if tally.full:
                    asked = None
                    yield tally.batch()
                    self._line_stopped(tally.line)
        except BrokenError as error:
            said = str(error)
        self._line_stopped(tally.line)
        if not tally.events and (said or tally.unread or asked):
            # asked to begin before what we had: then at least that must come again
            nothing = "frames came, none could be read" if tally.unread else "the stream tells nothing"
            raise TransientError(f"{nothing}; {said}" if said else nothing)
        yield tally.batch(*([said] if said else []), ended=not said)
        if said and (tally.place.seq, tally.place.walked) == begun:
            # what is read again each time is no progress
            raise TransientError(said)

    def _frames(self, stream: Stream, tally: Tally) -> Iterator[bytes]:
        """Frames until the time is up, the budget used, or nothing more comes."""
        begun = heard = time.monotonic()
        end, quiet, line = begun + self._source.listen, self._source.quiet * _FIRST, tally.line
        young = _moment(line.now - _CAUGHT_UP)
        while time.monotonic() < end and line.spent.bytes < line.budget.bytes:
            if line.stop.is_set() or tally.nonsense:
                return
            frame = stream.frame(min(_LOOK, quiet))
            if frame is not None:
                yield frame
                # after the batch that may have been stored meanwhile
                heard = time.monotonic()
                quiet = self._source.quiet
                if tally.last and tally.last.time >= young:
                    # text order is time order here; every poll comes by once a minute, so this one may end
                    young, end = "~", min(end, time.monotonic() + _ENDING)
                    tally.done = True
            elif time.monotonic() - heard >= quiet:
                tally.done = True
                return

    @staticmethod
    def _line_stopped(line: Line) -> None:
        if line.stop.is_set():
            raise StoppedError("stopped")


def _elsewhere(notice: Notice | None) -> bool:
    return notice is not None and notice.name == "FutureCursor"


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
