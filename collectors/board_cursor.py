"""Where a board was read to: the JSON text of a cursor, and how each page moves it. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from collectors.board_page import Picked, ThreadLink
from klankbord.mention import short_hash
from klankbord.ports import Cursor, Gap

_VERSION = 1
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
    read_at: str = ""


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

    #: hash of the address and the selectors
    board: str = ""
    #: ISO moments; empty: never
    listed_at: str = ""
    next_at: str = ""
    queue: tuple[Waiting, ...] = ()
    #: newest read first
    threads: tuple[Thread, ...] = ()

    @classmethod
    def read(cls, cursor: Cursor | None, board: str) -> "BoardCursor":
        """The remembered place; a fresh one where it is of another version or board, unreadable or absent."""
        found = _fields(cursor)
        return found if found and found.board == board else cls(board=board)

    def write(self) -> Cursor:
        """The cursor as text."""
        fields = {
            "v": _VERSION,
            "board": self.board,
            "listed_at": self.listed_at,
            "next_at": self.next_at,
            "queue": [[w.url, w.thread, w.row, w.depth, w.tries, w.new] for w in self.queue],
            "threads": [[t.url, t.row, t.page, t.read_at] for t in self.threads],
        }
        return Cursor(json.dumps(fields))

    def must_wait(self, now: datetime) -> datetime | None:
        """Until when the board asked to be left alone."""
        until = datetime.fromisoformat(self.next_at) if self.next_at else None
        return until if until and until > now else None

    def wants_list(self, now: datetime) -> bool:
        """Whether the board's page is to be read: nothing waits, or the last look was long ago."""
        if not self.queue or not self.listed_at:
            return True
        return now - datetime.fromisoformat(self.listed_at) >= _LIST_EVERY

    def gap(self, links: Sequence[ThreadLink], now: datetime) -> Gap | None:
        """The time since the last look, where no thread of then is still on the board's page."""
        known = {thread.url for thread in self.threads}
        if not self.listed_at or not known or any(link.url in known for link in links):
            return None
        since = datetime.fromisoformat(self.listed_at)
        reason = "no thread that was on the board's page before is still there"
        return Gap(from_at=since, to_at=now, reason=reason) if since < now else None

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
        return replace(self, queue=tuple([*fresh, *rest][:_QUEUE]), listed_at=now.isoformat())

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
            read_at=now.isoformat(),
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
        return replace(self, next_at=moment.isoformat() if moment else "")


def _fields(cursor: Cursor | None) -> BoardCursor | None:
    try:
        found: Any = json.loads(cursor or "")
        if found["v"] != _VERSION:
            return None
        for moment in filter(None, (found["listed_at"], found["next_at"])):
            if datetime.fromisoformat(moment).tzinfo is None:
                return None
        return BoardCursor(
            board=str(found["board"]),
            listed_at=str(found["listed_at"]),
            next_at=str(found["next_at"]),
            queue=tuple(_waiting(*one) for one in found["queue"]),
            threads=tuple(_thread(*one) for one in found["threads"]),
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def _waiting(url: str, thread: str, row: str, depth: int, tries: int, new: object) -> Waiting:
    return Waiting(
        url=str(url), thread=str(thread), row=str(row), depth=int(depth), tries=int(tries), new=bool(new)
    )


def _thread(url: str, row: str, page: str, read_at: str) -> Thread:
    return Thread(url=str(url), row=str(row), page=str(page), read_at=str(read_at))
