"""Which channels and videos were read, and how far: read from and written to a cursor's JSON text. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from klankbord.ports import Cursor

#: a channel's feed shows 15 videos; comments under older ones are read as long as this
_KEPT_FOR = timedelta(days=30)
_MOST = 300
#: threads whose replies are still to be read, of one video
_OWED = 200
#: how old a video is, and how long its comments are then left alone
_RESTS = (
    (timedelta(days=2), timedelta(0)),
    (timedelta(days=14), timedelta(hours=6)),
    (_KEPT_FOR, timedelta(hours=24)),
)
_OLD = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """How far the comments under one video were read."""

    channel: str
    #: without names
    title: str = ""
    published: AwareDatetime
    #: newest thread of the last whole walk
    high: AwareDatetime | None = None
    read_at: AwareDatetime | None = None
    #: YouTube gives no comments: not asked before
    off_until: AwareDatetime | None = None
    #: page with which a walk that was cut goes on, and the newest thread that walk saw
    token: str = ""
    newest: AwareDatetime | None = None
    #: threads with replies that did not come along, and how many they have
    owed: Mapping[str, int] = field(default_factory=dict)
    #: the same of threads whose replies were all read
    replies: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class YouTubeCursor:
    """What is remembered between two polls."""

    v: Literal[1] = 1
    #: channel -> when its feed was read
    feeds: Mapping[str, AwareDatetime] = field(default_factory=dict)
    #: channel -> when its feed could not be read, since it last could
    missed: Mapping[str, AwareDatetime] = field(default_factory=dict)
    videos: Mapping[str, Video] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: Cursor | None, channels: Iterable[str]) -> "YouTubeCursor":
        """The remembered state of these channels; nothing where it is unreadable or of another version."""
        found = state_in(cursor, _FORM) or cls()
        named = set(channels)
        return cls(
            feeds={name: at for name, at in found.feeds.items() if name in named},
            missed={name: at for name, at in found.missed.items() if name in named},
            videos={name: video for name, video in found.videos.items() if video.channel in named},
        )

    def write(self) -> Cursor:
        """The cursor as text."""
        return cursor_of(self, _FORM)

    def by_turn(self, channels: Iterable[str]) -> list[str]:
        """The channels, the one that waited longest first."""
        asked = {**self.feeds, **self.missed}
        return sorted(channels, key=lambda name: (name in asked, asked.get(name)))

    def of(self, channel: str) -> dict[str, Video]:
        """The videos that are known of a channel."""
        return {name: video for name, video in self.videos.items() if video.channel == channel}

    def shown(self, channel: str, videos: Mapping[str, Video], now: datetime) -> "YouTubeCursor":
        """The state after a feed that shows these videos; what it showed before and left out is dropped."""
        gone = self.left_out(channel, videos)
        known = {name: video for name, video in self.videos.items() if name not in gone}
        fresh = {
            name: replace(known[name], title=video.title) if name in known else video
            for name, video in videos.items()
        }
        kept = {
            name: video
            for name, video in (known | fresh).items()
            if name in videos or now - video.published < _KEPT_FOR
        }
        newest = sorted(kept, key=lambda name: kept[name].published, reverse=True)[:_MOST]
        return replace(
            self,
            feeds={**self.feeds, channel: now},
            missed={name: at for name, at in self.missed.items() if name != channel},
            videos={name: kept[name] for name in newest},
        )

    def left_out(self, channel: str, videos: Mapping[str, Video]) -> tuple[str, ...]:
        """Known videos that the feed would show by their date, and does not: perhaps taken away."""
        oldest = min((video.published for video in videos.values()), default=None)
        return tuple(
            name
            for name, video in self.of(channel).items()
            if oldest and name not in videos and video.published > oldest
        )

    def with_video(self, name: str, video: Video) -> "YouTubeCursor":
        """The state in which this video stands so."""
        return replace(self, videos={**self.videos, name: video})

    def without(self, name: str) -> "YouTubeCursor":
        """The state without a video."""
        return replace(self, videos={one: video for one, video in self.videos.items() if one != name})

    def due(self, now: datetime) -> list[str]:
        """The videos whose comments are to be read: cut walks, then new videos, then who waited longest."""
        names = [name for name, video in self.videos.items() if _due(video, now)]
        return sorted(names, key=lambda name: _rank(self.videos[name]))


_FORM = TypeAdapter(YouTubeCursor)


def _due(video: Video, now: datetime) -> bool:
    if video.off_until and now < video.off_until <= now + _OLD:
        return False
    if video.token or video.owed or video.read_at is None:
        return True
    age = now - video.published
    rest = next((wait for limit, wait in _RESTS if age < limit), _RESTS[-1][1])
    return now - video.read_at >= rest


def _rank(video: Video) -> tuple[bool, bool, float]:
    if video.read_at is None:
        return (not video.token, False, -video.published.timestamp())
    return (not video.token, True, video.read_at.timestamp())


def owing(video: Video, counts: Mapping[str, int]) -> Video:
    """The video with these threads' replies still to be read, where they have more than were read."""
    more = {name: count for name, count in counts.items() if video.replies.get(name) != count}
    return replace(video, owed=dict(list((dict(video.owed) | more).items())[:_OWED]))


def paid(video: Video, thread: str) -> Video:
    """The video after a thread's replies were all read."""
    owed = dict(video.owed)
    read = dict(video.replies) | {thread: owed.pop(thread, 0)}
    return replace(video, owed=owed, replies=dict(list(read.items())[-_OWED:]))
