"""Where a board was read to: the JSON text of a cursor, and how each page moves it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter

from collectors.board_page import Picked, ThreadLink
from collectors.cursor_text import cursor_of, state_in
from klankbord.mention import short_hash
from klankbord.ports import Cursor, Gap

#: threads that a first read takes
_FIRST = 20
#: threads in which nothing seems new that are read all the same, for edits
_AGAIN = 3
_THREADS = 400
_QUEUE = 200
#: pages of one thread between two looks at the board
_PAGES = 10
_TRIES = 3
_LIST_EVERY = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What is remembered of a thread."""

    url: str
    #: hash of its row on the board's page when it was read; empty: not wholly read
    row: str = ""
    #: its last page, as far as it was read
    page: str = ""
    read_at: AwareDatetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A page to be fetched."""

    url: str
    thread: str
    #: hash of the thread's row, kept once its last page is read
    row: str = ""
    #: how many pages of the thread were read before this one, in this walk
    depth: int = 0
    tries: int = 0
    #: the thread was never read before
    new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCursor:
    """What is remembered of a board between two reads."""

    v: Literal[1] = 1
    #: hash of the address and the selectors
    board: str = ""
    listed_at: AwareDatetime | None = None
    #: nothing is fetched before
    next_at: AwareDatetime | None = None
    queue: tuple[Waiting, ...] = ()
    #: newest read first
    threads: tuple[Thread, ...] = ()

    @classmethod
    def read(cls, cursor: Cursor | None, board: str) -> "BoardCursor":
        """The remembered place; a fresh one where it is of another version or board, unreadable or absent."""
        found = state_in(cursor, _FORM)
        return found if found and found.board == board else cls(board=board)

    def write(self) -> Cursor:
        """The cursor as text."""
        return cursor_of(self, _FORM)

    def must_wait(self, now: datetime) -> datetime | None:
        """Until when the board asked to be left alone."""
        return self.next_at if self.next_at and self.next_at > now else None

    def wants_list(self, now: datetime) -> bool:
        """Whether the board's page is to be read: nothing waits, or the last look was long ago."""
        if not self.queue or not self.listed_at:
            return True
        return now - self.listed_at >= _LIST_EVERY

    def gap(self, links: Sequence[ThreadLink], now: datetime) -> Gap | None:
        """The time since the last look, where no thread of then is still on the board's page."""
        known = {thread.url for thread in self.threads}
        if not self.listed_at or not known or any(link.url in known for link in links):
            return None
        reason = "no thread that was on the board's page before is still there"
        return Gap(from_at=self.listed_at, to_at=now, reason=reason) if self.listed_at < now else None

    def listed(self, links: Sequence[ThreadLink], now: datetime) -> "BoardCursor":
        """The place after the board's page: threads with news wait to be read, a few others as well."""
        known = {thread.url: thread for thread in self.threads}
        changed: list[Waiting] = []
        same: list[Waiting] = []
        for link in links if self.listed_at else links[:_FIRST]:
            thread, row = known.get(link.url), short_hash(link.row)
            page = thread.page if thread and thread.page else link.url
            waiting = Waiting(url=page, thread=link.url, row=row, new=thread is None)
            (same if thread and thread.row == row else changed).append(waiting)
        same.sort(key=lambda waiting: known[waiting.thread].read_at)
        fresh = [*changed, *same[:_AGAIN]]
        ahead = {waiting.thread for waiting in fresh}
        rest = [waiting for waiting in self.queue if waiting.thread not in ahead]
        return replace(self, queue=tuple([*fresh, *rest][:_QUEUE]), listed_at=now)

    def fetched(self, found: Picked, now: datetime) -> "BoardCursor":
        """The place after the first waiting page was read."""
        done, *rest = self.queue
        follow = found.last if done.new and not done.depth and found.last else found.next
        more = follow if follow and follow != done.url and done.depth + 1 < _PAGES else ""
        thread = Thread(
            url=done.thread,
            # a thread that goes on stays one with news
            row="" if follow and follow != done.url else done.row,
            page=done.url,
            read_at=now,
        )
        if more:
            rest = [replace(done, url=more, depth=done.depth + 1, tries=0), *rest]
        others = [one for one in self.threads if one.url != done.thread]
        return replace(self, queue=tuple(rest), threads=tuple([thread, *others][:_THREADS]))

    def skipped(self) -> "BoardCursor":
        """The place without the first waiting page; its thread is read from its first page next time."""
        done, *rest = self.queue
        threads = tuple(replace(t, page="", row="") if t.url == done.thread else t for t in self.threads)
        return replace(self, queue=tuple(rest), threads=threads)

    def failed(self) -> "BoardCursor":
        """The place after a try that failed: the page waits behind the others, three times at most."""
        done, *rest = self.queue
        later = [replace(done, tries=done.tries + 1)] if done.tries + 1 < _TRIES else []
        return replace(self, queue=(*rest, *later))

    def until(self, moment: datetime | None) -> "BoardCursor":
        """The place with the moment before which nothing more is fetched."""
        return replace(self, next_at=moment)


_FORM = TypeAdapter(BoardCursor)
