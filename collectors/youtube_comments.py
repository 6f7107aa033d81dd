"""Videos to be read come in, batches with the comments under them go out, as far as a line's budget goes."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from collectors.answers import Answer
from collectors.line import Line
from collectors.posted import Posted, mention_of
from collectors.youtube_cursor import Video, YouTubeCursor, owing, paid
from collectors.youtube_posts import Page, comments_in, page_of, thread_posts
from collectors.youtube_refused import content_of, is_bad_page, of_one_video
from klankbord.mention import Mention, State, StateChange
from klankbord.ports import Batch

_BATCH = 200
#: comments that are held for review appear later than they are dated; the first page is read anyway
_OVERLAP = timedelta(hours=1)
_LOOK_BACK = timedelta(days=7)
_OFF = timedelta(hours=24)
_GONE = 404
#: replies to one comment that are read
_MOST_REPLIES = 1_000
_FORM = {"part": "snippet", "maxResults": 100, "textFormat": "plainText"}


class _Refused(Exception):  # noqa: N818 - no error: the video has no comments to read
    def __init__(self, reason: str, words: str) -> None:
        super().__init__(words)
        self.reason, self.words = reason, words


class Comments:
    """The comments of one poll."""

    def __init__(self, line: Line, headers: dict[str, str]) -> None:
        """Read over this line, with the key in these headers."""
        self._line, self._headers = line, headers

    def read(self, state: YouTubeCursor) -> Iterator[Batch]:
        """Walk through the videos that are due; a walk the budget cuts goes on next time."""
        for name in state.due(self._line.now):
            if self._line.left <= 0:
                return
            try:
                state = yield from self._video(name, state)
            except _Refused as refusal:
                state, batch = self._without(name, state, refusal)
                yield batch

    def _video(self, name: str, state: YouTubeCursor) -> Generator[Batch, None, YouTubeCursor]:
        video = state.videos[name]
        walking = True
        while walking and self._line.left > 0:
            page = self._page(name, video)
            video, before = self._after(video, page), video
            state = yield from self._batches(name, page.posts, state, before, video, odd=page.odd)
            walking = bool(video.token)
        if video.owed and self._line.left > 1:
            state = yield from self._owed(name, state)
        return state

    def _after(self, video: Video, page: Page) -> Video:
        """Where the walk stands after a page; it is over at what an earlier walk has read."""
        now = self._line.now
        since = (video.high or now - _LOOK_BACK) - _OVERLAP
        seen = [moment for moment in (video.newest, *page.begun) if moment]
        newest = max(seen) if seen else None
        video = owing(video, page.more_replies)
        if page.next_token and (not page.begun or min(page.begun) >= since):
            return replace(video, token=page.next_token, newest=newest)
        # a thread dated in the future must not hide those that come before it is past
        high = min(newest, now) if newest else video.high
        return replace(video, token="", newest=None, high=high, read_at=now)

    def _page(self, name: str, video: Video) -> Page:
        query = _FORM | {"part": "snippet,replies", "videoId": name, "order": "time"}
        answer = self._ask("commentThreads", query | ({"pageToken": video.token} if video.token else {}))
        if video.token and is_bad_page(answer) and self._line.left > 0:
            # page tokens are promised to nobody for long: the walk begins anew
            answer = self._ask("commentThreads", query)
        if found := of_one_video(answer):
            raise _Refused(*found)
        return page_of(content_of(answer, self._line.now), name, video.title)

    def _owed(self, name: str, state: YouTubeCursor) -> Generator[Batch, None, YouTubeCursor]:
        """Read the replies that did not come along with their threads."""
        video = state.videos[name]
        threads = list(video.owed)[:50]
        answer = self._ask(
            "comments", {"part": "snippet", "id": ",".join(threads), "textFormat": "plainText"}
        )
        parents = comments_in(content_of(answer, self._line.now))
        for thread in threads:
            if self._line.left <= 0:
                break
            replies, rest = self._replies(thread) if thread in parents else ([], "")
            posts = thread_posts(parents[thread], replies, name, video.title) if thread in parents else []
            # what the budget cut stays owed; what is longer than any budget is told and let go
            let_go = bool(rest) and len(replies) >= _MOST_REPLIES
            before = video
            if let_go or not rest:
                video = paid(video, thread)
            state = yield from self._batches(name, posts, state, before, video, let_go=let_go)
        return state

    def _replies(self, thread: str) -> tuple[list[Any], str]:
        """Replies to one comment, as far as the budget goes, and where the rest begins."""
        replies: list[Any] = []
        token = ""
        while self._line.left > 0 and len(replies) < _MOST_REPLIES:
            query = _FORM | {"parentId": thread}
            answer = self._ask("comments", query | ({"pageToken": token} if token else {}))
            if answer.status == _GONE:
                # it went while it was asked for
                return replies, ""
            content = content_of(answer, self._line.now)
            replies += comments_in(content).values()
            token = str(content.get("nextPageToken") or "")
            if not token:
                break
        return replies, token

    def _batches(
        self,
        name: str,
        posts: Sequence[Posted],
        state: YouTubeCursor,
        before: Video,
        after: Video,
        *,
        odd: int = 0,
        let_go: bool = False,
    ) -> Generator[Batch, None, YouTubeCursor]:
        """The posts in batches; the cursor moves with the last one only."""
        mentions = self._mentions(posts)
        unmoved, moved = state.with_video(name, before), state.with_video(name, after)
        full = (len(mentions) - 1) // _BATCH * _BATCH if mentions else 0
        for start in range(0, full, _BATCH):
            yield Batch(mentions=tuple(mentions[start : start + _BATCH]), next=unmoved.write())
        remarks = [f"video {name}: {odd} comments could not be read"] if odd else []
        if let_go:
            remarks.append(f"video {name}: only the first {_MOST_REPLIES} replies to a comment were read")
        yield Batch(
            mentions=tuple(mentions[full:]),
            next=moved.write(),
            spent=self._line.took(),
            remarks=tuple(remarks),
        )
        return moved

    def _mentions(self, posts: Sequence[Posted]) -> list[Mention]:
        line = self._line
        return [mention_of(post, line.source, line.workshop, line.now) for post in posts if post.text]

    def _without(self, name: str, state: YouTubeCursor, refusal: _Refused) -> tuple[YouTubeCursor, Batch]:
        """The state after a video that gives no comments."""
        gone = refusal.reason == "videoNotFound"
        now = self._line.now
        if gone:
            state = state.without(name)
        else:
            off = replace(state.videos[name], off_until=now + _OFF, token="", newest=None, read_at=now)
            state = state.with_video(name, off)
        change = StateChange(platform=self._line.source.kind, native_id=name, state=State.DELETED, at=now)
        return state, Batch(
            changes=(change,) if gone else (),
            next=state.write(),
            spent=self._line.took(),
            remarks=(f"video {name}: {refusal.words}",),
        )

    def _ask(self, what: str, query: dict[str, Any]) -> Answer:
        url = f"{self._line.source.url.rstrip('/')}/youtube/v3/{what}?{urlencode(query)}"
        return self._line.ask(url, headers=self._headers)
