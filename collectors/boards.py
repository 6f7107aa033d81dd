"""A board without a feed comes in, its posts go out as mentions: declared selectors, read slowly."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from threading import Event

from collectors import Workshop
from collectors.board_cursor import BoardCursor
from collectors.board_page import Picked
from collectors.board_posts import thread_id
from collectors.board_reading import Pages, pages_of, selectors_of
from collectors.board_recheck import looked_up
from collectors.line import line_to
from collectors.polite import StoppedError
from collectors.window import in_batches, rest_of
from klankbord.errors import CollectError, ForbiddenError, PermanentError, RateLimitedError, TransientError
from klankbord.mention import Mention, short_hash
from klankbord.ports import Batch, Budget, Cursor, Gap, Recheck
from klankbord.settings import ForumSource


class BoardCollector:
    """Reads a board's page, then its threads with news, one page after another."""

    def __init__(self, source: ForumSource, workshop: Workshop) -> None:
        """Remember what to read; nothing is fetched yet."""
        self._source, self._workshop = source, workshop

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read as many pages as the budget and the board's pace allow.

        Raises:
            CollectError: one of its five subclasses.
        """
        place = BoardCursor.read(cursor, _board(self._source))
        if until := place.must_wait(now):
            yield Batch(next=place.write(), not_before=until)
            return
        line = line_to(self._source, self._workshop, budget, now, stop)
        try:
            yield from _Visit(pages_of(line)).batches(place)
        except StoppedError:
            return

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Look the posts up on their pages.

        Raises:
            CollectError: robots.txt could not be had or forbids it, or the board asks to wait.
        """
        line = line_to(self._source, self._workshop, budget, now, stop)
        try:
            return looked_up(pages_of(line), mentions)
        except StoppedError:
            return Recheck(spent=line.took())


def _board(source: ForumSource) -> str:
    """Changes with the address and the selectors: what was read otherwise is read anew."""
    return short_hash(source.url, selectors_of(source).model_dump_json())


class _Visit:
    """One poll under way."""

    def __init__(self, pages: Pages) -> None:
        self._pages, self._line = pages, pages.line

    def batches(self, place: BoardCursor) -> Iterator[Batch]:
        if place.wants_list(self._line.now) and self._pages.pace.may_go():
            batch, place = self._list(place)
            yield batch
        while place.queue and self._line.left > 0 and self._pages.pace.may_go():
            for batch, then in self._page(place):
                place = then
                yield batch

    def _list(self, place: BoardCursor) -> tuple[Batch, BoardCursor]:
        """Read the board's own page."""
        pages, now = self._pages, self._line.now
        found, _ = pages.read(pages.source.url)
        if not found.threads:
            raise TransientError(
                "the selector `thread` picks nothing on the board's page: does it look different now?"
            )
        links = [link for link in found.threads if not pages.leave.why_not(link.url)]
        kept_out = len(found.threads) - len(links)
        said = (f"robots.txt keeps {kept_out} threads from us",) if kept_out else ()
        after = place.listed(links, now)
        return self._batch(after, remarks=said, gap=place.gap(links, now))

    def _page(self, place: BoardCursor) -> Iterator[tuple[Batch, BoardCursor]]:
        """Read the first page that waits."""
        waiting = place.queue[0]
        try:
            found, answer = self._pages.read(waiting.url)
        except (StoppedError, RateLimitedError):
            raise
        except (ForbiddenError, PermanentError) as error:
            said = f"a thread's page was not read: {error.problem}"
            yield self._batch(place.skipped(), remarks=(said,))
            return
        except CollectError:
            yield self._batch(place.failed())
            raise
        desk, first = self._pages.desk(answer), waiting.url == waiting.thread
        made = desk.mentions(found, waiting.url, thread_id(self._pages.source, waiting.thread), first=first)
        yield from self._offered(place, tuple(made.values()), found)

    def _offered(
        self, place: BoardCursor, mentions: tuple[Mention, ...], found: Picked
    ) -> Iterator[tuple[Batch, BoardCursor]]:
        said = () if found.posts else ("the selectors `post` and `text` pick nothing on a thread's page",)
        last, after = self._batch(place.fetched(found, self._line.now), rest_of(mentions), said)
        for batch in in_batches(mentions, last, place.write(), self._line.stop):
            yield batch, after if batch is last else place

    def _batch(
        self,
        place: BoardCursor,
        mentions: tuple[Mention, ...] = (),
        remarks: tuple[str, ...] = (),
        gap: Gap | None = None,
    ) -> tuple[Batch, BoardCursor]:
        now = self._line.now
        place = place.until(self._pages.pace.next_at(now))
        batch = Batch(
            mentions=mentions,
            next=place.write(),
            spent=self._line.took(),
            gap=gap,
            not_before=place.must_wait(now),
            remarks=remarks,
        )
        return batch, place
