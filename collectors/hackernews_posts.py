"""Posts as Hacker News' search and item API give them come in, posts of ours go out. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from collectors.posted import Posted
from klankbord.mention import Kind, Mention, State

_ITEM = "https://news.ycombinator.com/item?id="
#: what stands where a text was
_EMPTY = {"[deleted]", "[dead]", "[flagged]", "[delayed]"}


def of_hit(hit: Mapping[str, Any]) -> Posted | None:
    """A hit of the search; None for one whose text is gone.

    Raises:
        KeyError, TypeError, ValueError: it is no hit.
    """
    name, story = str(int(hit["objectID"])), _number(hit.get("story_id"))
    comment = "comment" in hit["_tags"]
    text = str(hit.get("comment_text" if comment else "story_text") or "")
    title = "" if comment else str(hit.get("title") or "")
    if text.strip() in _EMPTY or not (text or title):
        return None
    parent = _number(hit.get("parent_id")) if comment else ""
    return Posted(
        native_id=name,
        kind=_kind(comment=comment, parent=parent, story=story),
        title=title,
        text=text,
        context=str(hit.get("story_title") or "") if comment else "",
        markup=True,
        url=_ITEM + name,
        author_id=_author(hit.get("author")),
        names=_names(hit.get("author")),
        thread_id=story or name,
        parent_id=parent or None,
        published=datetime.fromtimestamp(moment_of(hit), UTC),
    )


def moment_of(hit: Mapping[str, Any]) -> int:
    """When it was posted, in Unix seconds."""
    return int(hit["created_at_i"])


def of_item(item: Mapping[str, Any], stored: Mention) -> Posted:
    """What the item API says now of a stored post."""
    return Posted(
        native_id=stored.native_id,
        kind=stored.kind,
        title=str(item.get("title") or ""),
        text=str(item.get("text") or ""),
        context=stored.context,
        markup=True,
        url=_ITEM + stored.native_id,
        author_id=_author(item.get("by")),
        names=_names(item.get("by")),
        thread_id=stored.thread_id,
        parent_id=stored.parent_id,
        published=stored.published_at,
    )


def gone_as(item: object) -> State | None:
    """How an item went: deleted by its writer, removed by others; None where it stands."""
    if item is None:
        return State.DELETED
    if not isinstance(item, dict):
        raise TypeError("an item is an object or null")
    if item.get("deleted"):
        return State.DELETED
    return State.REMOVED if item.get("dead") or str(item.get("text")).strip() in _EMPTY else None


def _kind(*, comment: bool, parent: str, story: str) -> Kind:
    if not comment:
        return Kind.POST
    return Kind.REPLY if parent and parent != story else Kind.COMMENT


def _number(value: object) -> str:
    return str(int(value)) if isinstance(value, int | str) and str(value).isdigit() else ""


def _author(value: object) -> str | None:
    return str(value) if value else None


def _names(value: object) -> tuple[str, ...]:
    return (str(value),) if value else ()
