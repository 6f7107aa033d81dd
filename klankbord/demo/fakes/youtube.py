"""YouTube, faked: a channel's Atom feed, commentThreads.list, comments.list and videos.list, with a quota.

As developers.google.com/youtube/v3/docs describes them: `commentThreads/list`, `comments/list`, `comments`
(resource), `videos/list`, `errors`, `determine_quota_cost`, as stored in 2026. The feed follows
`feeds/videos.xml` as a recorded one has it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from threading import Lock
from typing import Any, cast
from xml.sax.saxutils import escape

from klankbord.demo.fakes import Fake, Fakery, Standing
from klankbord.demo.loopback import Asked, Loopback, Reply

CHANNEL = "UC" + "klankbord-demo-0000001"
ENVIRONMENT = {"KLANKBORD_DEMO_YOUTUBE_KEY": "AIzaDemoKeyOfKlankbord0000000000000001"}
_KEY = ENVIRONMENT["KLANKBORD_DEMO_YOUTUBE_KEY"]
#: videos that a feed shows
_SHOWN = 15
#: replies that come along with their thread
_ALONG = 5
_FIRST_VIDEO = timedelta(hours=2)
_WORDS = {
    "quotaExceeded": (403, "youtube.quota"),
    "commentsDisabled": (403, "youtube.commentThread"),
    "videoNotFound": (404, "youtube.commentThread"),
    "keyInvalid": (400, "usageLimits"),
    "processingFailure": (400, "youtube.commentThread"),
    "missingRequiredParameter": (400, "youtube.parameter"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comment:
    id: str
    video: str
    text: str
    author: str
    at: datetime
    updated: datetime
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Video:
    id: str
    title: str
    text: str
    at: datetime


@dataclass(slots=True)
class YouTubeFake:
    """One channel with videos and comments."""

    #: units that are left today
    quota: int = 10_000
    #: threads on a page, whatever is asked for
    page: int = 100
    owner: str = "Kanaal van Voorbeeld"
    #: ids of videos whose comments are switched off
    disabled: set[str] = field(default_factory=set)
    videos: dict[str, _Video] = field(default_factory=dict)
    comments: dict[str, _Comment] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _made: int = 0

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """A comment under the newest video; the first call makes that video."""
        if not self.videos:
            self.film("Uitleg over de nieuwe app", "Wat er verandert.", at=at - _FIRST_VIDEO)
        return self.comment(next(reversed(self.videos)), text, at=at, author=author)

    def film(self, title: str, text: str = "", *, at: datetime) -> str:
        """The channel shows a video."""
        name = self._id("video")[:11]
        self.videos[name] = _Video(id=name, title=title, text=text, at=at)
        return name

    def comment(
        self, video: str, text: str, *, at: datetime, author: str = "Wieneke Planteman", parent: str = ""
    ) -> str:
        """Somebody comments under a video, or answers a comment there."""
        name = f"{parent}.{self._id('reply')[:22]}" if parent else f"Ug{self._id('comment')[:20]}AaABAg"
        self.comments[name] = _Comment(
            id=name, video=video, text=text, author=author, at=at, updated=at, parent=parent
        )
        return name

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """The comment now says this."""
        self.comments[key] = replace(self.comments[key], text=text, updated=at)

    def delete(self, key: str) -> None:
        """A comment is gone, with its answers; or a video, with its comments."""
        self.videos.pop(key, None)
        for name in [n for n, c in self.comments.items() if key in {n, c.parent, c.video}]:
            del self.comments[name]

    def settings(self, address: str) -> dict[str, object]:
        """A source that reads the channel."""
        return {
            "kind": "youtube",
            "url": address,
            "feeds": address,
            "channels": [CHANNEL],
            "key": "env:KLANKBORD_DEMO_YOUTUBE_KEY",
            "allow_addresses": ["127.0.0.0/8"],
        }

    def answer(self, asked: Asked) -> Reply:
        """The feed, or a call of the API."""
        if asked.path == "/feeds/videos.xml":
            return self._feed(asked.query.get("channel_id", ""))
        with self._lock:
            return self._call(asked)

    def _id(self, what: str) -> str:
        self._made += 1
        return blake2b(f"{what}{self._made}".encode(), digest_size=16).hexdigest()

    def _call(self, asked: Asked) -> Reply:
        call = asked.path.removeprefix("/youtube/v3/")
        if call == "search" or call not in {"commentThreads", "comments", "videos"}:
            return Reply(status=404, body=b"not here")
        if _KEY not in {asked.headers.get("x-goog-api-key"), asked.query.get("key")}:
            return _refused("keyInvalid")
        if self.quota < 1:
            return _refused("quotaExceeded")
        self.quota -= 1
        if "part" not in asked.query:
            return _refused("missingRequiredParameter")
        if call == "videos":
            return _listed("youtube#videoListResponse", self._videos_by(asked.query.get("id", "")))
        return self._threads(asked.query) if call == "commentThreads" else self._comments(asked.query)

    def _threads(self, query: Mapping[str, str]) -> Reply:
        video = query.get("videoId", "")
        if video not in self.videos:
            return _refused("videoNotFound")
        if video in self.disabled:
            return _refused("commentsDisabled")
        tops = [c for c in self.comments.values() if c.video == video and not c.parent]
        tops.sort(key=lambda c: c.at, reverse=True)
        return self._paged(query, tops, "youtube#commentThreadListResponse", self._thread)

    def _comments(self, query: Mapping[str, str]) -> Reply:
        kind = "youtube#commentListResponse"
        if parent := query.get("parentId"):
            return self._paged(query, self._replies(parent), kind, self._shown)
        wanted = query.get("id", "").split(",")
        return _listed(kind, [self._shown(self.comments[name]) for name in wanted if name in self.comments])

    def _paged(self, query: Mapping[str, str], all_of: list[_Comment], kind: str, show: Any) -> Reply:  # noqa: ANN401
        token = query.get("pageToken", "")
        if token and not token.startswith("QURT"):
            return _refused("processingFailure")
        size = min(int(query.get("maxResults", "20")), self.page)
        start = int(token.removeprefix("QURT")) if token else 0
        following = {"nextPageToken": f"QURT{start + size}"} if start + size < len(all_of) else {}
        return _listed(kind, [show(one) for one in all_of[start : start + size]], **following)

    def _replies(self, parent: str) -> list[_Comment]:
        return [c for c in self.comments.values() if c.parent == parent]

    def _thread(self, top: _Comment) -> dict[str, Any]:
        replies = self._replies(top.id)
        along = {"replies": {"comments": [self._shown(one) for one in replies[:_ALONG]]}} if replies else {}
        return {
            "kind": "youtube#commentThread",
            "etag": _etag(top.id),
            "id": top.id,
            "snippet": {
                "channelId": CHANNEL,
                "videoId": top.video,
                "topLevelComment": self._shown(top),
                "canReply": True,
                "totalReplyCount": len(replies),
                "isPublic": True,
            },
        } | along

    def _shown(self, comment: _Comment) -> dict[str, Any]:
        handle = comment.author.replace(" ", "").lower()
        snippet = {
            "channelId": CHANNEL,
            "videoId": comment.video,
            "textDisplay": comment.text,
            "textOriginal": comment.text,
            "authorDisplayName": comment.author,
            "authorProfileImageUrl": "https://yt3.ggpht.com/demo",
            "authorChannelUrl": f"http://www.youtube.com/@{handle}",
            "authorChannelId": {"value": "UC" + blake2b(handle.encode(), digest_size=11).hexdigest()},
            "canRate": True,
            "viewerRating": "none",
            "likeCount": 0,
            "publishedAt": _moment(comment.at),
            "updatedAt": _moment(comment.updated),
        }
        parent = {"parentId": comment.parent} if comment.parent else {}
        return {
            "kind": "youtube#comment",
            "etag": _etag(comment.id),
            "id": comment.id,
            "snippet": snippet | parent,
        }

    def _videos_by(self, ids: str) -> list[dict[str, Any]]:
        return [
            {
                "kind": "youtube#video",
                "etag": _etag(name),
                "id": name,
                "snippet": {"channelId": CHANNEL, "title": self.videos[name].title},
            }
            for name in ids.split(",")
            if name in self.videos
        ]

    def _feed(self, channel: str) -> Reply:
        if channel != CHANNEL:
            return Reply(status=404, body=b"Error 404 (Not Found)")
        newest = sorted(self.videos.values(), key=lambda video: video.at, reverse=True)[:_SHOWN]
        body = _FEED.format(
            channel=CHANNEL,
            owner=escape(self.owner),
            entries="".join(_entry(one, escape(self.owner)) for one in newest),
        )
        return Reply(body=body.encode(), headers={"Content-Type": "text/xml; charset=UTF-8"})


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _etag(name: str) -> str:
    return blake2b(name.encode(), digest_size=10).hexdigest()


def _listed(kind: str, items: list[dict[str, Any]], **more: str) -> Reply:
    info = {"totalResults": len(items), "resultsPerPage": len(items)}
    return _json({"kind": kind, "etag": _etag(kind), **more, "pageInfo": info, "items": items})


def _refused(reason: str) -> Reply:
    status, domain = _WORDS[reason]
    said = {"message": f"The request failed: {reason}.", "domain": domain, "reason": reason}
    return _json({"error": {"code": status, "message": said["message"], "errors": [said]}}, status)


def _json(body: dict[str, Any], status: int = 200) -> Reply:
    headers = {"Content-Type": "application/json; charset=UTF-8", "Cache-Control": "private"}
    return Reply(status=status, body=json.dumps(body).encode(), headers=headers)


_FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns="http://www.w3.org/2005/Atom">
 <id>yt:channel:{channel}</id><title>{owner}</title>{entries}
</feed>"""
_ENTRY = """
 <entry><id>yt:video:{id}</id><yt:videoId>{id}</yt:videoId><yt:channelId>{channel}</yt:channelId>
  <title>{title}</title><link rel="alternate" href="https://www.youtube.com/watch?v={id}"/>
  <author><name>{owner}</name><uri>https://www.youtube.com/channel/{channel}</uri></author>
  <published>{at}</published><updated>{at}</updated>
  <media:group><media:title>{title}</media:title><media:description>{text}</media:description></media:group>
 </entry>"""


def _entry(video: _Video, owner: str) -> str:
    return _ENTRY.format(
        id=video.id,
        channel=CHANNEL,
        title=escape(video.title),
        text=escape(video.text),
        owner=owner,
        at=video.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
    )


def _standing(fake: Fake) -> Standing:
    return cast("Standing", Loopback(cast("YouTubeFake", fake)))


FAKERY = Fakery(make=YouTubeFake, stand=_standing)
