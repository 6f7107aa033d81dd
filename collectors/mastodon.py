"""The address of a Mastodon server comes in, posts under tags and found by search go out as Mentions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from collectors.line import line_to
from collectors.mastodon_server import SEARCH, TAG, Server, parent_of
from collectors.mastodon_status import Status, may_be_kept, posted, revision
from collectors.mastodon_walks import DEEPEST, Walk, moment_of, walks_of, written
from collectors.polite import StoppedError
from collectors.posted import mention_of
from klankbord.errors import CollectError, PermanentError
from klankbord.mention import Mention, State, StateChange
from klankbord.ports import Batch, Gap, Recheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from threading import Event

    from collectors import Workshop
    from klankbord.ports import Budget, Cursor, Search
    from klankbord.settings import MastodonSource


class MastodonCollector:
    """Reads the tags in the settings, and the server's search where a token is given."""

    def __init__(self, source: MastodonSource, workshop: Workshop) -> None:
        """Remember what to read; nothing is fetched yet."""
        self._source, self._workshop = source, workshop
        self._host = urlsplit(source.url).netloc.lower()

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read what is new, a batch for each page.

        Raises:
            CollectError: one of its five subclasses.
        """
        walks = walks_of(cursor, self._wanted(), now)
        if not walks:
            said = "nothing may be searched for: no tags, and no token or no words to search with"
            yield Batch(next=cursor or written(walks), remarks=(said,))
            return
        line = line_to(self._source, self._workshop, budget, now, stop)
        with suppress(StoppedError), line.translated():
            yield from self._pages(Server(line), walks)

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask the server for the posts by their ids, twenty a request.

        Raises:
            CollectError: one of its five subclasses.
        """
        line = line_to(self._source, self._workshop, budget, now, stop)
        server = Server(line)
        stored = {m.native_id.removeprefix(f"{self._host}:"): m for m in mentions}
        found: dict[str, Status] = {}
        try:
            server.several([number for number in stored if number.isdigit()], into=found)
        except CollectError:
            # what was told before something went wrong stands
            if not server.told and not stop.is_set():
                raise
        with line.translated():
            return self._told(server, stored, found)

    def _told(self, server: Server, stored: dict[str, Mention], found: dict[str, Status]) -> Recheck:
        changes, standing, edited = [], [], []
        now = server.line.now
        for number in server.told:
            mention, status = stored[number], found.get(number)
            if status is None or not may_be_kept(status):
                state = State.REMOVED if status else State.DELETED
                changes.append(_change(mention, state, now))
            elif revision(status) != mention.revision:
                edited.append(replace(self._mention(status, None, now), context=mention.context))
            else:
                standing.append(mention.native_id)
        return Recheck(
            changes=tuple(changes), standing=tuple(standing), edited=tuple(edited), spent=server.line.took()
        )

    def _wanted(self) -> list[str]:
        searches = self._workshop.searches(self._source) if self._source.token else ()
        return [
            *(TAG + tag for tag in self._source.tags),
            *dict.fromkeys(SEARCH + _question(search) for search in searches),
        ]

    def _pages(self, server: Server, walks: dict[str, Walk]) -> Iterator[Batch]:
        line = server.line
        for name in list(walks):
            over = False
            while not over and line.left > 0:
                walk = walks.pop(name)
                statuses = server.page(name, walk)
                ids = [_number(status) for status in statuses]
                # at the end of the row, also when it was not finished: one busy tag must not starve the rest
                walks[name], over = walk.read_on(ids, line.now, search=name.startswith(SEARCH))
                kept = [status for status in statuses if may_be_kept(status)]
                until = server.exhausted_until()
                answered = {} if until else server.answered(kept)
                yield Batch(
                    mentions=tuple(
                        self._mention(status, answered.get(parent_of(status)), line.now) for status in kept
                    ),
                    next=written(walks),
                    spent=line.took(),
                    not_before=until,
                    gap=_too_deep(walk, len(statuses), line.now) if over else None,
                    remarks=_left_out(len(statuses) - len(kept)),
                )
                if until:
                    return

    def _mention(self, status: Status, answered: Status | None, now: datetime) -> Mention:
        post = posted(status, self._host, self._source.url, answered)
        return mention_of(post, self._source, self._workshop, now)


def _question(search: Search) -> str:
    words = search.text.replace('"', " ").strip()
    return f'"{words}"' if search.phrase or " " in words else words


def _number(status: Status) -> int:
    number = str(status["id"])
    if not (number.isascii() and number.isdigit()):
        raise PermanentError(
            "its posts have ids that are no numbers: this server is no Mastodon, and not read"
        )
    return int(number)


def _left_out(count: int) -> tuple[str, ...]:
    return (
        (f"{count} posts were left out: not public, or their author asks not to be indexed",) if count else ()
    )


def _too_deep(walk: Walk, read: int, now: datetime) -> Gap | None:
    """Search engines show the newest 10,000 posts of a search."""
    if walk.offset < DEEPEST or not read:
        return None
    return Gap(from_at=moment_of(walk.start(now)), to_at=now, reason="more was found than a search shows")


def _change(mention: Mention, state: State, now: datetime) -> StateChange:
    return StateChange(platform=mention.platform, native_id=mention.native_id, state=state, at=now)
