"""A forum comes in, its posts go out as mentions: kind `forum`, by API or by declared selectors."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from threading import Event

from collectors import Workshop
from collectors.boards import BoardCollector
from collectors.discourse import DiscourseCollector
from klankbord.mention import Mention
from klankbord.ports import Batch, Budget, Cursor, Recheck
from klankbord.settings import ForumSource


class ForumCollector:
    """Reads a forum as its software wants to be read."""

    def __init__(self, source: ForumSource, workshop: Workshop) -> None:
        """Choose the reader; nothing is fetched yet."""
        kind = BoardCollector if source.software == "board" else DiscourseCollector
        self._reader: BoardCollector | DiscourseCollector = kind(source, workshop)

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read what is new.

        Raises:
            CollectError: one of its five subclasses.
        """
        yield from self._reader.poll(cursor, budget, now, stop)

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask whether posts still stand.

        Raises:
            CollectError: one of its five subclasses.
        """
        return self._reader.recheck(mentions, budget, now, stop)
