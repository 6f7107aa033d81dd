"""Channels come in, their videos and the comments under these go out as Mentions: kind `youtube`.

Videos come from the channels' feeds, which cost nothing; comments from commentThreads.list, one unit of the
day's 10,000 a page. Nothing is ever searched for: search.list has a bucket of 100 calls a day.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from urllib.parse import urlencode

from collectors import Workshop
from collectors.answers import not_before
from collectors.asked_again import gone
from collectors.line import Line, line_to
from collectors.polite import StoppedError
from collectors.posted import mention_of
from collectors.sandbox import parsed_safely
from collectors.youtube_comments import Comments
from collectors.youtube_cursor import Video, YouTubeCursor
from collectors.youtube_posts import comment_post, comments_in, names_in, same_thread, video_id, video_post
from collectors.youtube_refused import content_of
from klankbord.errors import CollectError, PermanentError, RateLimitedError, TransientError
from klankbord.mention import Kind, Mention, StateChange
from klankbord.ports import Batch, Budget, Cursor, Gap, Recheck
from klankbord.settings import YouTubeSource

#: feeds in trouble, not gone, after which no other is asked in this run
_PATIENCE = 2
#: ids in one call; more are refused
_AT_ONCE = 50
#: a feed shows 15 videos; from a larger one no more are taken
_SHOWN = 100


class YouTubeCollector:
    """Reads feeds of channels in turn, then the comments under their videos."""

    def __init__(self, source: YouTubeSource, workshop: Workshop) -> None:
        """Remember what to read; nothing is asked yet."""
        self._source, self._workshop = source, workshop

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read what is new on the channels, as far as the budget goes.

        Raises:
            CollectError: one of its five subclasses.
        """
        line = line_to(self._source, self._workshop, budget, now, stop)
        state = YouTubeCursor.read(cursor, self._source.channels)
        if not self._source.channels:
            yield Batch(next=state.write(), remarks=("no channels are named: there is nothing to read",))
            return
        try:
            state, trouble = yield from self._feeds(line, state)
            if self._source.comments:
                yield from Comments(line, self._headers()).read(state)
            if trouble:
                # told last: a feed that fails must not hold up the comments
                trouble.requests = line.spent.requests
                raise trouble
        except StoppedError:
            return

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask for videos and comments by their ids, fifty a call; what does not come back is gone."""
        if not self._source.comments and not self._workshop.secrets.present(self._source.key):
            # feeds need no key, so there may be none to ask with
            return Recheck()
        line = line_to(self._source, self._workshop, budget, now, stop)
        changes: list[StateChange] = []
        standing: list[str] = []
        edited: list[Mention] = []
        videos = [mention for mention in mentions if mention.kind is Kind.POST]
        comments = [mention for mention in mentions if mention.kind is not Kind.POST]
        for what, group in (("videos", videos), ("comments", comments)):
            for start in range(0, len(group), _AT_ONCE):
                if line.left <= 0 or stop.is_set():
                    break
                some = group[start : start + _AT_ONCE]
                found = comments_in(self._asked(line, what, some))
                standing += [one.native_id for one in some if one.native_id in found]
                changes += [gone(one, now) for one in some if one.native_id not in found]
                if what == "comments":
                    edited += self._edited(some, found, now)
        return Recheck(
            changes=tuple(changes), standing=tuple(standing), edited=tuple(edited), spent=line.took()
        )

    def _headers(self) -> dict[str, str]:
        # In a header, never in the address: addresses end up in errors and logs.
        return {"X-Goog-Api-Key": self._workshop.secrets.read(self._source.key)}

    def _asked(self, line: Line, what: str, some: Sequence[Mention]) -> Any:  # noqa: ANN401 - a server's words
        query = {"part": "snippet", "id": ",".join(one.native_id for one in some), "maxResults": _AT_ONCE}
        if what == "comments":
            query = {"part": "snippet", "id": query["id"], "textFormat": "plainText"}
        url = f"{self._source.url.rstrip('/')}/youtube/v3/{what}"
        answer = line.ask(f"{url}?{urlencode(query)}", headers=self._headers())
        return content_of(answer, line.now)

    def _edited(self, some: Sequence[Mention], found: dict[str, Any], now: datetime) -> Iterator[Mention]:
        for one in some:
            try:
                comment = found[one.native_id]
                parent = one.parent_id or "" if one.kind is Kind.REPLY else ""
                names = (
                    name for key, other in found.items() if same_thread(key, one) for name in names_in(other)
                )
                post = comment_post(comment, one.thread_id or "", one.context, names=names, parent=parent)
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
            if post.revision != one.revision:
                yield mention_of(post, self._source, self._workshop, now)

    def _feeds(
        self, line: Line, state: YouTubeCursor
    ) -> Generator[Batch, None, tuple[YouTubeCursor, CollectError | None]]:
        """Read feeds with at most half of the run's requests, where comments need the other half.

        What goes wrong with one channel is an error only where no other could be read.
        """
        room = max(1, line.left // 2 if self._source.comments else line.left)
        read, troubles = 0, list[CollectError]()
        for channel in state.by_turn(self._source.channels)[:room]:
            patience = sum(not isinstance(error, PermanentError) for error in troubles) < _PATIENCE
            if line.left <= 0 or not patience:
                break
            try:
                batch, state = self._feed(line, channel, state)
            except StoppedError:
                raise
            except RateLimitedError as error:
                return state, error
            except CollectError as error:
                troubles.append(error)
                state = replace(state, missed={**state.missed, channel: line.now})
                yield Batch(next=state.write(), remarks=(f"channel {channel}: {error.problem}",))
            else:
                read += 1
                yield batch
        if troubles and not read:
            return state, troubles[0]
        if line.spent.requests:
            yield Batch(next=state.write(), spent=line.took())
        return state, None

    def _feed(self, line: Line, channel: str, state: YouTubeCursor) -> tuple[Batch, YouTubeCursor]:
        address = f"{self._source.feeds.rstrip('/')}/feeds/videos.xml?channel_id={channel}"
        answer = line.fetch(address)
        feed = parsed_safely(answer.body, answer.header("content-type"), line.stop)
        if not feed.version:
            raise TransientError(f"channel {channel}: what came is no feed")
        entries = [entry for entry in feed.entries if video_id(entry)][:_SHOWN]
        mentions = tuple(
            mention_of(video_post(entry, channel), self._source, self._workshop, line.now)
            for entry in entries
        )
        videos = {
            one.native_id: Video(channel=channel, title=one.title, published=one.published_at)
            for one in mentions
        }
        after = state.shown(channel, videos, line.now)
        batch = Batch(
            mentions=mentions,
            next=after.write(),
            spent=line.took(),
            gap=_gap(state, channel, videos, line.now),
            not_before=not_before(answer, line.now),
            vanished=state.left_out(channel, videos),
        )
        return batch, after


def _gap(state: YouTubeCursor, channel: str, videos: dict[str, Video], now: datetime) -> Gap | None:
    """More videos than a feed shows came between two reads."""
    read, known = state.feeds.get(channel), state.of(channel)
    oldest = min((video.published for video in videos.values()), default=now)
    if read is None or not known or known.keys() & videos.keys() or oldest - read <= timedelta(0):
        return None
    return Gap(
        from_at=read.astimezone(UTC),
        to_at=min(oldest, now),
        reason="more videos came than the channel's feed shows",
    )
