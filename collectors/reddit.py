"""Subreddits and search words come in, submissions and comments go out as Mentions: kind `reddit`."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

from collectors.asked_again import changed, gone
from collectors.line import line_to
from collectors.polite import StoppedError
from collectors.reddit_cursor import Mark, RedditCursor, Seen
from collectors.reddit_listings import PAGE, Listing, gone_from, listings, reached, since
from collectors.reddit_posts import Thing, mentioned, mentioned_again
from klankbord.errors import CollectError, ForbiddenError, PermanentError
from klankbord.mention import State, StateChange
from klankbord.ports import Batch, Gap, Recheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from threading import Event

    from collectors import Workshop
    from collectors.line import Line
    from collectors.reddit_client import Page, RedditClient
    from klankbord.mention import Mention
    from klankbord.ports import Budget, Cursor
    from klankbord.settings import RedditSource

_NO_SEARCH = "nothing may be searched for: no query has a word that may be sent to Reddit"


class RedditCollector:
    """Searches submissions and reads the newest comments; keeps no state but the app's token and limit."""

    def __init__(self, source: RedditSource, workshop: Workshop) -> None:
        """Remember what to read; nothing is asked yet."""
        if find_spec("praw") is None:
            raise ModuleNotFoundError("praw is not installed", name="praw")
        self._source, self._workshop = source, workshop

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read each listing back to what was read before.

        Raises:
            CollectError: one of its five subclasses; batches yielded before it stand.
        """
        searches = self._workshop.searches(self._source)
        wanted = listings(self._source.subreddits, searches, search_all=self._source.search_all)
        state = RedditCursor.read(cursor, [listing.key for listing in wanted])
        if not searches or not wanted:
            yield Batch(next=cursor or state.write(), remarks=(_NO_SEARCH,))
        if not wanted:
            return
        line = line_to(self._source, self._workshop, budget, now, stop)
        try:
            left = state.left_of([listing.key for listing in wanted])
            yield from self._walks([listing for listing in wanted if listing.key in left], state, line)
        except StoppedError:
            return

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask for the posts by their ids, 100 at a time.

        Raises:
            CollectError: one of its five subclasses.
        """
        from collectors.reddit_client import UsedUpError

        line = line_to(self._source, self._workshop, budget, now, stop)
        client = self._client(line)
        done = Recheck()
        with suppress(StoppedError, UsedUpError):
            for start in range(0, len(mentions), PAGE):
                if line.left <= 0 or client.rest_until:
                    break
                done = self._told(mentions[start : start + PAGE], client, line, done)
        return replace(done, spent=line.took())

    def _client(self, line: Line) -> RedditClient:
        from collectors.reddit_client import RedditClient  # praw takes a third of a second to load

        return RedditClient(self._source, line)

    def _walks(self, wanted: Sequence[Listing], state: RedditCursor, line: Line) -> Iterator[Batch]:
        from collectors.reddit_client import UsedUpError

        client = self._client(line)
        if client.rest_until:
            yield Batch(next=state.write(), not_before=client.rest_until)
            return
        refused: CollectError | None = None
        for listing in wanted:
            walk = state.pending
            while not line.stop.is_set() and line.left > 0:
                try:
                    page = client.page(listing, walk.after if walk else "")
                except UsedUpError:
                    yield Batch(next=state.write(), spent=line.took())
                    return
                except (ForbiddenError, PermanentError) as error:
                    # one closed subreddit must not keep the other listings from being read
                    refused, state = refused or error, state.passed(listing.key)
                    yield Batch(next=state.write(), spent=line.took())
                    break
                batch, state = self._read(listing, page, state, line.now)
                walk = state.pending
                yield replace(batch, spent=line.took(), not_before=client.rest_until)
                if client.rest_until:
                    return
                if walk is None:
                    break
            else:
                break
        if refused:
            refused.requests = line.spent.requests
            raise refused

    def _read(
        self, listing: Listing, page: Page, state: RedditCursor, now: datetime
    ) -> tuple[Batch, RedditCursor]:
        """What a page says, and where that leaves the walk."""
        before = state.marks.get(listing.key)
        ids, created = _columns(page)
        known, until = (
            (frozenset(before.known), before.high) if before else (frozenset(), since(listing, now))
        )
        seen = Seen(ids=ids, created=created, after=page.after, reached=reached(created, ids, known, until))
        after = state.stepped(listing.key, seen, now.timestamp())
        walked = (state.pending.count if state.pending else 0) + len(ids)
        # a short list that ends is whole; a long one was cut by Reddit
        missed = before and not seen.reached and after.pending is None and walked >= PAGE
        # Known words whose author's account is gone: nobody tells whose name to take out of them any more. So
        # they are not read again here, but asked for by id, where the stored words stay.
        live = [thing for thing in page.things if thing.state is State.LIVE]
        orphans = tuple(thing.id for thing in live if not thing.author_id and thing.id in known)
        vanished = gone_from(ids, before.known) if before and not state.pending else ()
        batch = Batch(
            mentions=self._mentions([thing for thing in live if thing.id not in orphans], now),
            changes=_changes(page.things, now),
            next=after.write(),
            gap=_gap(listing, before, created, now) if before and missed else None,
            vanished=(*vanished, *orphans),
        )
        return batch, after

    def _mentions(self, things: Sequence[Thing], now: datetime) -> tuple[Mention, ...]:
        here = {thing.id: thing for thing in things}
        return tuple(
            mentioned(thing, here.get(thing.parent_id or ""), self._source, self._workshop, now)
            for thing in things
        )

    def _told(self, asked: Sequence[Mention], client: RedditClient, line: Line, done: Recheck) -> Recheck:
        """What became of the posts; one that could not be told for sure is in no list."""
        found = {thing.id: thing for thing in client.info([one.native_id for one in asked])}
        changes, standing, edited = list(done.changes), list(done.standing), list(done.edited)
        other_words: list[tuple[Mention, Thing]] = []
        for one in asked:
            thing = found.get(one.native_id)
            if thing is None or thing.state is not State.LIVE:
                changes.append(gone(one, line.now, thing.state if thing else State.DELETED))
            elif (again := self._again(thing, one, (), line.now)) is None:
                standing.append(one.native_id)
            elif (again.title, again.text) == (one.title, one.text):
                edited.append(again)
            else:
                other_words.append((one, thing))
        around = _around([thing for _, thing in other_words], client, line)
        for one, thing in other_words:
            if around.keys() >= thing.around:
                names = tuple(name for other in thing.around for name in around[other])
                edited += filter(None, [self._again(thing, one, names, line.now)])
        return Recheck(changes=tuple(changes), standing=tuple(standing), edited=tuple(edited))

    def _again(self, thing: Thing, stored: Mention, names: tuple[str, ...], now: datetime) -> Mention | None:
        return changed(stored, mentioned_again(thing, stored, names, self._source, self._workshop, now))


def _around(edited: Sequence[Thing], client: RedditClient, line: Line) -> dict[str, tuple[str, ...]]:
    """Who wrote what these answer: an answer by id does not tell, and they may be named in it."""
    asked = sorted({other for thing in edited for other in thing.around})[:PAGE]
    # what was found out about the others counts, whatever goes wrong here
    with suppress(CollectError):
        if asked and line.left > 0:
            told = {thing.id: thing.names for thing in client.info(asked)}
            return {other: told.get(other, ()) for other in asked}
    return {}


def _columns(page: Page) -> tuple[tuple[str, ...], tuple[float, ...]]:
    return tuple(thing.id for thing in page.things), tuple(thing.created for thing in page.things)


def _changes(things: Sequence[Thing], now: datetime) -> tuple[StateChange, ...]:
    return tuple(
        StateChange(platform="reddit", native_id=thing.id, state=thing.state, at=now)
        for thing in things
        if thing.state is not State.LIVE
    )


def _gap(listing: Listing, before: Mark, created: Sequence[float], now: datetime) -> Gap | None:
    oldest = min((moment for moment in created if moment), default=0.0)
    if not before.high < oldest <= now.timestamp():
        return None
    return Gap(
        from_at=datetime.fromtimestamp(before.high, UTC),
        to_at=datetime.fromtimestamp(oldest, UTC),
        reason=f"more was written in {listing.name} than Reddit lists",
    )
