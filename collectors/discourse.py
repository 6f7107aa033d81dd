"""A Discourse forum comes in, its public posts go out as mentions: the newest by id, older ones by search."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

from collectors import Workshop
from collectors.discourse_api import Forum, ForumPost, native_id, posted
from collectors.discourse_cursor import ForumCursor
from collectors.line import Line, line_to
from collectors.pace import Pace
from collectors.permission import Leave, held_back, leave_for
from collectors.polite import StoppedError
from collectors.posted import mention_of
from klankbord.errors import CollectError, ForbiddenError, PermanentError, TransientError
from klankbord.mention import Mention, State, StateChange
from klankbord.ports import Batch, Budget, Cursor, Recheck, Search
from klankbord.settings import ForumSource

#: how far a first read looks back, page by page
_LOOK_BACK = timedelta(days=7)
#: posts fetched of one search
_FOUND = 10


class DiscourseCollector:
    """Reads the newest posts of a forum on each poll, and searches it once for what was said before."""

    def __init__(self, source: ForumSource, workshop: Workshop) -> None:
        """Remember what to read; nothing is fetched yet."""
        self._source, self._workshop = source, workshop

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read back from the newest post to the one that is known.

        Raises:
            CollectError: one of its five subclasses.
        """
        searches = self._workshop.searches(self._source)
        texts = [search.text for search in searches]
        place = ForumCursor.read(cursor, self._source.url, texts)
        line = line_to(self._source, self._workshop, budget, now, stop)
        try:
            visit = _Visit(self, line)
            for batch in visit.batches(place, searches):
                yield replace(batch, not_before=visit.rest_until)
        except StoppedError:
            return

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask for each post by its id.

        Raises:
            CollectError: one of its five subclasses.
        """
        line = line_to(self._source, self._workshop, budget, now, stop)
        changes, standing, edited = [], [], []
        forum, leave = self.forum(line)
        for mention, found in self._told(forum, mentions):
            if isinstance(found, State):
                changes.append(self.change(found, mention.native_id, now))
            elif found is not None and found.revision != mention.revision:
                fresh = held_back(leave)(self.mention(found, (), now))
                edited.append(replace(fresh, title=mention.title, context=mention.context))
            elif found is not None:
                standing.append(mention.native_id)
        return Recheck(
            changes=tuple(changes), standing=tuple(standing), edited=tuple(edited), spent=line.took()
        )

    def _told(
        self, forum: Forum, mentions: Sequence[Mention]
    ) -> Iterator[tuple[Mention, ForumPost | State | None]]:
        """What the forum says of each post, as budget and pace allow; one that it cannot show is passed."""
        failed = 0
        for number, mention in enumerate(mentions):
            if not forum.may_ask():
                return
            try:
                found = self._found(forum, mention)
            except StoppedError:
                return
            except CollectError as error:
                failed += 1
                if isinstance(error, TransientError) and failed == 1:
                    continue
                if number >= failed:
                    # what was told before stands
                    return
                raise
            yield mention, found

    def _found(self, forum: Forum, mention: Mention) -> ForumPost | State | None:
        number = mention.native_id.rpartition(":")[2]
        found = forum.post(int(number)) if number.isdecimal() else None
        return found.state if isinstance(found, ForumPost) and found.state is not State.LIVE else found

    def forum(self, line: Line) -> tuple[Forum, Leave]:
        """The forum, where we may read it; a key is its owner's leave.

        Raises:
            ForbiddenError: robots.txt says that we may not.
        """
        url = self._source.url.rstrip("/")
        leave = Leave() if self._source.key else leave_for(line, url, pages=False).asked(f"{url}/posts.json")
        pace = Pace(delay=leave.rules.delay, stop=line.stop)
        return Forum(source=self._source, line=line, pace=pace), leave

    def mention(self, post: ForumPost, among: Sequence[ForumPost], now: datetime) -> Mention:
        """The mention of a post."""
        return mention_of(posted(post, self._source, among), self._source, self._workshop, now)

    def change(self, state: State, native: str, now: datetime) -> StateChange:
        """What became of a post."""
        return StateChange(platform=self._source.kind, native_id=native, state=state, at=now)

    def native(self, number: int) -> str:
        """The id of a post."""
        return native_id(self._source, number)


class _Visit:
    """One poll under way."""

    def __init__(self, collector: DiscourseCollector, line: Line) -> None:
        self._collector, self._line = collector, line
        self._forum, self._leave = collector.forum(line)
        #: a host that asks for a slow pace is asked once a run
        self.rest_until = self._forum.pace.next_at(line.now)

    def batches(self, place: ForumCursor, searches: Sequence[Search]) -> Iterator[Batch]:
        if place.before:
            # a walk that was cut: it goes on where it was, then the newest are read
            for batch, then in self._walk(place):
                place = then
                yield batch
        if not place.before:
            for batch, then in self._walk(place):
                place = then
                yield batch
        if not place.before:
            yield from self._earlier(place, searches)

    def _walk(self, place: ForumCursor) -> Iterator[tuple[Batch, ForumCursor]]:
        while self._forum.may_ask():
            posts = self._forum.newest(place.before or None)
            ids = [post.id for post in posts]
            old = any(post.created < (self._line.now - _LOOK_BACK).isoformat() for post in posts)
            gone = () if place.before else place.vanished(ids)
            place = (place if place.before else place.saw(ids)).turned(ids, old=old)
            yield self._batch(posts, place, tuple(map(self._collector.native, gone))), place
            if not place.before:
                return

    def _batch(self, posts: Sequence[ForumPost], place: ForumCursor, vanished: tuple[str, ...] = ()) -> Batch:
        now, held = self._line.now, held_back(self._leave)
        live = [post for post in posts if post.state is State.LIVE]
        return Batch(
            mentions=tuple(held(self._collector.mention(post, live, now)) for post in live if post.ordinary),
            changes=tuple(
                self._collector.change(post.state, self._collector.native(post.id), now)
                for post in posts
                if post.state is not State.LIVE
            ),
            next=place.write(),
            spent=self._line.took(),
            vanished=vanished,
        )

    def _earlier(self, place: ForumCursor, searches: Sequence[Search]) -> Iterator[Batch]:
        """What the forum's own search finds from before the first read."""
        titles: dict[int, str] = {}
        if place.wait and 0 < place.searched <= len(searches) and self._forum.may_ask():
            # Cut short before: single posts come without their thread's title, and titles can hold names, so
            # these are asked for again instead of being kept in the cursor.
            titles, _ = self._search(searches[place.searched - 1])
        while (place.wait or place.searched < len(searches)) and self._forum.may_ask():
            if place.wait:
                number, *rest = place.wait
                place = replace(place, wait=tuple(rest))
                yield from self._fetched(number, titles.get(number, ""), place)
                continue
            found, remarks = self._search(searches[place.searched])
            titles |= found
            new = tuple(one for one in found if one not in place.seen)[:_FOUND]
            place = replace(place, searched=place.searched + 1, wait=new)
            yield Batch(next=place.write(), spent=self._line.took(), remarks=remarks)

    def _search(self, search: Search) -> tuple[dict[int, str], tuple[str, ...]]:
        source, terms = self._line.source, self._line.source.terms
        if why := self._leave.why_not(source.url.rstrip("/") + "/search.json"):
            return {}, (f"not searched: {why}",)
        try:
            return self._forum.found(search, self._line.now - timedelta(days=terms.retention_days)), ()
        except (ForbiddenError, PermanentError) as error:
            return {}, (f"not searched: {error.problem}",)

    def _fetched(self, number: int, title: str, place: ForumCursor) -> Iterator[Batch]:
        try:
            found = self._forum.post(number)
        except StoppedError:
            raise
        except TransientError:
            # one post that the forum cannot show must not hold up the others for ever
            said = ("a post that the search found could not be fetched",)
            yield Batch(next=place.write(), spent=self._line.took(), remarks=said)
            raise
        posts = (
            [replace(found, topic_title=title or found.topic_title)] if isinstance(found, ForumPost) else []
        )
        yield self._batch(posts, place)
