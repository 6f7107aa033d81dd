"""A submission or comment as praw has it comes in; what it says, or that it is gone, goes out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from collectors import Workshop
from collectors.asked_again import without_author
from collectors.posted import Posted, mention_of
from klankbord.mention import Kind, Mention, State
from klankbord.settings import RedditSource

#: what stands in the place of words that were taken away
_DELETED = {"[deleted]", "[deleted by user]"}
_REMOVED = {"[removed]", "[ removed by reddit ]", "[removed by reddit]"}
_BY_AUTHOR = {"deleted", "author"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A submission or comment; names are still in it, so it never leaves the collector."""

    #: t3_… a submission, t1_… a comment
    id: str
    #: Unix moment; 0 where Reddit does not say
    created: float
    edited: float
    author_id: str | None
    names: tuple[str, ...]
    title: str = ""
    text: str
    thread_id: str
    thread_title: str = ""
    parent_id: str | None = None
    state: State

    @property
    def around(self) -> frozenset[str]:
        """What it answers: the submission, and perhaps another comment."""
        return frozenset(filter(None, (self.thread_id, self.parent_id))) - {self.id}


def thing_of(model: object) -> Thing | None:
    """What a praw model says; None for anything but a submission or comment."""
    # Only what Reddit sent is looked at: an attribute it did not send would be fetched over the network.
    sent = vars(model)
    if "body" in sent and "link_id" in sent:
        return _thing(sent, id=f"t1_{sent['id']}", text=_text(sent, "body"), thread_id=_text(sent, "link_id"))
    if "title" in sent and "selftext" in sent:
        fullname = f"t3_{sent['id']}"
        return _thing(sent, id=fullname, text=_text(sent, "selftext"), thread_id=fullname)
    return None


def _thing(sent: Mapping[str, Any], **given: str) -> Thing:
    name = getattr(sent.get("author"), "name", None) if sent.get("author") else None
    names = (name, _text(sent, "link_author"))
    title, text = _text(sent, "title"), given["text"]
    return Thing(
        id=given["id"],
        created=_moment(sent.get("created_utc")),
        edited=_moment(sent.get("edited")),
        author_id=str(sent.get("author_fullname") or name) if name else None,
        names=tuple(str(one) for one in names if one and one not in _DELETED),
        title=title,
        text=text,
        thread_id=given["thread_id"],
        thread_title=_text(sent, "link_title"),
        parent_id=_text(sent, "parent_id") or None,
        state=_state(title, text, sent.get("removed_by_category")),
    )


def _text(sent: Mapping[str, Any], name: str) -> str:
    found = sent.get(name)
    return found if isinstance(found, str) else ""


def _moment(found: object) -> float:
    # `edited` is false, or true on very old posts, or a moment
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else 0.0


def _state(title: str, text: str, removed_by: object) -> State:
    words = {title.strip().casefold(), text.strip().casefold()}
    if words & _DELETED or removed_by in _BY_AUTHOR:
        return State.DELETED
    return State.REMOVED if words & _REMOVED or removed_by else State.LIVE


def mentioned(
    thing: Thing, parent: Thing | None, source: RedditSource, workshop: Workshop, now: datetime
) -> Mention:
    """The mention of a thing that stands; `parent` is what it answers, where that was on the same page."""
    comment = thing.id.startswith("t1_")
    answered = parent.text if parent and parent.state is State.LIVE else ""
    context = "\n".join(filter(None, (thing.thread_title, answered))) if comment else ""
    return _made(thing, context, (*thing.names, *(parent.names if parent else ())), source, workshop, now=now)


def mentioned_again(
    thing: Thing,
    before: Mention,
    names: tuple[str, ...],
    source: RedditSource,
    workshop: Workshop,
    now: datetime,
) -> Mention:
    """The mention of a thing read by its id: its context is not told again, so the stored one stays.

    Args:
        thing: what is told now.
        before: what is stored.
        names: of others in its thread, as far as they are known.
        source: the source.
        workshop: the workshop.
        now: the moment.
    """
    made = _made(thing, "", (*thing.names, *names), source, workshop, now=now)
    return replace(made, context=before.context)


def _made(
    thing: Thing,
    context: str,
    names: tuple[str, ...],
    source: RedditSource,
    workshop: Workshop,
    *,
    now: datetime,
) -> Mention:
    comment, thread = thing.id.startswith("t1_"), thing.thread_id.removeprefix("t3_")
    address = f"https://www.reddit.com/comments/{thread}"
    post = Posted(
        native_id=thing.id,
        kind=_kind(thing),
        text=thing.text,
        title=thing.title,
        context=context,
        url=f"{address}/_/{thing.id.removeprefix('t1_')}" if comment else address,
        author_id=thing.author_id,
        names=names,
        thread_id=thing.thread_id,
        parent_id=thing.parent_id,
        published=_at(thing.created) or "",
        edited=_at(thing.edited),
    )
    mention = mention_of(post, source, workshop, now)
    if thing.author_id is None:
        return replace(mention, revision=without_author(mention.revision))
    return mention


def _kind(thing: Thing) -> Kind:
    if thing.id.startswith("t3_"):
        return Kind.POST
    return Kind.REPLY if (thing.parent_id or "").startswith("t1_") else Kind.COMMENT


def _at(moment: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(moment, UTC) if moment else None
    except (ValueError, OverflowError, OSError):
        return None
