"""Searches come in, stories and comments of Hacker News go out as Mentions: kind `hackernews`.

Found by Algolia's search, newest first; asked again by Hacker News' own item API, which knows what is gone.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from threading import Event
from typing import Any

from collectors import Workshop
from collectors.asked_again import changed, gone
from collectors.hackernews_cursor import PAGE, HackerNewsCursor, Walk, key_of
from collectors.hackernews_posts import gone_as, moment_of, of_hit, of_item
from collectors.line import Line, line_to
from collectors.polite import StoppedError
from collectors.posted import mention_of
from klankbord.errors import PermanentError, TransientError
from klankbord.mention import Mention, StateChange
from klankbord.ports import Batch, Budget, Cursor, Recheck, Search
from klankbord.settings import HackerNewsSource


class HackerNewsCollector:
    """Walks back through each search by time, as far as the budget goes."""

    def __init__(self, source: HackerNewsSource, workshop: Workshop) -> None:
        """Remember where to search; nothing is asked yet."""
        self._source, self._workshop = source, workshop

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read what is new of each search.

        Raises:
            CollectError: one of its five subclasses.
        """
        searches = self._workshop.searches(self._source)
        if not searches:
            unmoved = cursor or HackerNewsCursor().write()
            yield Batch(next=unmoved, remarks=("nothing may be searched for: no open query applies",))
            return
        line = line_to(self._source, self._workshop, budget, now, stop)
        state = HackerNewsCursor.read(cursor, searches)
        refused: PermanentError | None = None
        turn = state.by_turn(searches)
        for place, search in enumerate(turn):
            # each search its share: a first walk through thousands must not starve the others
            room = max(1, line.left // (len(turn) - place))
            try:
                for batch, after in self._walked(line, search, state, room):
                    state = after
                    yield batch
            except StoppedError:
                return
            except PermanentError as error:
                # one search that is not taken must not keep the others from being made
                refused = refused or error
        if refused:
            raise refused

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask for each item: deleted, dead, edited or standing."""
        line = line_to(self._source, self._workshop, budget, now, stop)
        changes: list[StateChange] = []
        standing: list[str] = []
        edited: list[Mention] = []
        for mention in mentions:
            if line.left <= 0 or stop.is_set():
                break
            with line.translated():
                item = line.json(f"{self._source.items.rstrip('/')}/v0/item/{mention.native_id}.json")
                state = gone_as(item)
            if state:
                changes.append(gone(mention, now, state))
                continue
            fresh = mention_of(of_item(item, mention), self._source, self._workshop, now)
            # The two services write the same text with other markup: only words count.
            if again := changed(mention, fresh):
                edited.append(again)
            else:
                standing.append(mention.native_id)
        return Recheck(
            changes=tuple(changes), standing=tuple(standing), edited=tuple(edited), spent=line.took()
        )

    def _walked(
        self, line: Line, search: Search, state: HackerNewsCursor, room: int
    ) -> Iterator[tuple[Batch, HackerNewsCursor]]:
        """One batch a page, with the state after it, until the walk or its share of the budget ends."""
        name = key_of(search)
        seconds = int(line.now.timestamp())
        walking = True
        while walking and room > 0 and line.left > 0:
            room -= 1
            walk = state.walks[name]
            hits = self._hits(line, search, walk, seconds)
            mentions, moments, odd = self._read(hits, line.now)
            walk = walk.after(moments, len(hits), seconds)
            walking = walk.until is not None
            state = state.with_walk(name, walk)
            remarks = (f"{odd} hits could not be read",) if odd else ()
            yield (
                Batch(mentions=mentions, next=state.write(), spent=line.took(), remarks=remarks),
                state,
            )

    def _hits(self, line: Line, search: Search, walk: Walk, now: int) -> list[Any]:
        bounds = [f"created_at_i>={walk.begin(now)}"]
        if walk.until is not None:
            bounds.append(f"created_at_i<={walk.until}")
        query: dict[str, str | int] = {
            "query": f'"{search.text}"' if search.phrase else search.text,
            "tags": "(story,comment)",
            "numericFilters": ",".join(bounds),
            "hitsPerPage": PAGE,
            "page": walk.page,
            # quotes mean a phrase only so, and a name with another letter is another name
            "advancedSyntax": "true",
            "typoTolerance": "false",
            "queryType": "prefixLast" if search.prefix else "prefixNone",
        }
        found = line.json(f"{self._source.url.rstrip('/')}/api/v1/search_by_date", query)
        hits = found.get("hits") if isinstance(found, dict) else None
        if not isinstance(hits, list):
            raise TransientError("the search answered without a list of hits")
        return hits[:PAGE]

    def _read(self, hits: Sequence[Any], now: datetime) -> tuple[tuple[Mention, ...], list[int], int]:
        """The mentions of a page, when its posts were made, and how many hits could not be read."""
        mentions: list[Mention] = []
        moments: list[int] = []
        odd = 0
        for hit in hits:
            try:
                moment, post = moment_of(hit), of_hit(hit)
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
                odd += 1
                continue
            moments.append(moment)
            if post:
                mentions.append(mention_of(post, self._source, self._workshop, now))
        return tuple(mentions), moments, odd
