"""Videos and comments as YouTube gives them come in, posts go out; what cannot be read is left out. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from collectors.parse import RawEntry
from collectors.posted import Posted
from klankbord.mention import Kind, Mention

_WATCH = "https://www.youtube.com/watch?v="
_VIDEO = "yt:video:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of comment threads."""

    posts: tuple[Posted, ...] = ()
    #: when its threads were begun
    begun: tuple[datetime, ...] = ()
    next_token: str = ""
    #: threads with more replies than came along -> how many they have
    more_replies: Mapping[str, int]
    #: items that could not be read
    odd: int = 0


def video_id(entry: RawEntry) -> str:
    """The id of a feed's entry; empty where it is no video."""
    return entry.id.removeprefix(_VIDEO) if entry.id.startswith(_VIDEO) else ""


def video_post(entry: RawEntry, channel: str) -> Posted:
    """A video of a channel's feed: title and description."""
    name = video_id(entry)
    return Posted(
        native_id=name,
        title=entry.title,
        text=entry.text,
        markup=True,
        url=_WATCH + name,
        author_id=channel,
        names=entry.authors,
        published=entry.published or entry.updated,
    )


def page_of(answer: Any, video: str, title: str) -> Page:  # noqa: ANN401 - a server's words
    """The threads of a commentThreads.list answer, each with the replies that came along."""
    posts: list[Posted] = []
    begun: list[datetime] = []
    more: dict[str, int] = {}
    items = _items(answer)
    read = 0
    for item in items:
        try:
            top, replies = item["snippet"]["topLevelComment"], _replies(item)
            posts += thread_posts(top, replies, video, title)
            begun.append(moment(top["snippet"]["publishedAt"]))
            count = int(item["snippet"].get("totalReplyCount") or 0)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
        read += 1
        if count > len(replies):
            more[str(top["id"])] = count
    token = answer.get("nextPageToken") if isinstance(answer, dict) else None
    return Page(
        posts=tuple(posts),
        begun=tuple(begun),
        next_token=token if isinstance(token, str) else "",
        more_replies=more,
        odd=len(items) - read,
    )


def thread_posts(
    top: Mapping[str, Any], replies: Sequence[Mapping[str, Any]], video: str, title: str
) -> list[Posted]:
    """A comment and its replies; whoever writes in the thread is masked in all of it."""
    names = tuple(dict.fromkeys(name for one in (top, *replies) for name in names_in(one)))
    said = _text(top["snippet"])
    return [
        comment_post(top, video, title, names=names),
        *(
            comment_post(one, video, f"{said}\n{title}", names=names, parent=str(top["id"]))
            for one in replies
        ),
    ]


def comment_post(
    comment: Mapping[str, Any], video: str, context: str, *, names: Iterable[str] = (), parent: str = ""
) -> Posted:
    """One comment, or a reply where it has a parent."""
    snippet = comment["snippet"]
    published = str(snippet.get("publishedAt") or "")
    updated = str(snippet.get("updatedAt") or published)
    channel = snippet.get("authorChannelId")
    author = channel.get("value") if isinstance(channel, dict) else None
    return Posted(
        native_id=str(comment["id"]),
        revision=updated,
        kind=Kind.REPLY if parent else Kind.COMMENT,
        text=_text(snippet),
        context=context,
        url=f"{_WATCH}{video}&lc={comment['id']}" if video else "",
        author_id=str(author) if author else None,
        names=(*names, *names_in(comment)),
        thread_id=video or None,
        parent_id=parent or video or None,
        published=published,
        edited=updated if updated != published else None,
    )


def comments_in(answer: Any) -> dict[str, Mapping[str, Any]]:  # noqa: ANN401 - a server's words
    """The comments of a comments.list answer by their ids."""
    return {
        str(one["id"]): one for one in _items(answer) if "id" in one and isinstance(one.get("snippet"), dict)
    }


def moment(text: str) -> datetime:
    """YouTube's moments: `2026-11-18T10:00:00Z`."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _items(answer: Any) -> list[Mapping[str, Any]]:  # noqa: ANN401
    items = answer.get("items") if isinstance(answer, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _replies(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list((item.get("replies") or {}).get("comments") or ())


def _text(snippet: Mapping[str, Any]) -> str:
    return str(snippet.get("textOriginal") or snippet.get("textDisplay") or "")


def names_in(comment: Mapping[str, Any]) -> Iterator[str]:
    """How its writer is spelled: today's display names are handles, `@name`."""
    snippet = comment["snippet"]
    shown = str(snippet.get("authorDisplayName") or "")
    address = str(snippet.get("authorChannelUrl") or "").rpartition("/")[2]
    for name in (shown, shown.lstrip("@"), address.lstrip("@")):
        if name:
            yield name


def same_thread(key: str, mention: Mention) -> bool:
    """Whether a comment's id is of the same thread as a stored one: a reply's begins with its parent's."""
    return key.partition(".")[0] == mention.native_id.partition(".")[0]
