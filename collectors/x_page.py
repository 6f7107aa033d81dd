"""One JSON answer of X's API comes in, its posts go out, with what was left out of them. Pure.

X renames as it goes: its OpenAPI description 2.168 says `edit_history_post_ids`, `note_post` and
`referenced_posts` where its pages and tweepy say `edit_history_tweet_ids`, `note_tweet` and
`referenced_tweets`. Both are read.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, model_validator

from collectors.posted import Posted
from collectors.x_cursor import time_of
from klankbord.mention import Kind

_Id = Annotated[str, Field(pattern=r"^\d{1,19}$")]
_GONE = "resource-not-found"
_LONGEST_TOKEN = 2_000
_CLOSED = "not-authorized-for-resource"
_M = TypeVar("_M", bound=BaseModel)
_WORDS = {_GONE: "not found", _CLOSED: "not open to us"}


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _said(cls, row: object) -> object:
        """A field that says null says nothing."""
        return {name: one for name, one in row.items() if one is not None} if isinstance(row, dict) else row


class _Note(_Loose):
    text: str


class _Reference(_Loose):
    id: _Id
    type: str = ""


class XPost(_Loose):
    """One version of a post."""

    id: _Id
    text: str = ""
    author_id: _Id | None = None
    conversation_id: _Id | None = None
    created_at: str = Field(default="", max_length=40)
    lang: str = ""
    history: tuple[_Id, ...] = Field(
        default=(), validation_alias=AliasChoices("edit_history_tweet_ids", "edit_history_post_ids")
    )
    note: _Note | None = Field(default=None, validation_alias=AliasChoices("note_tweet", "note_post"))
    references: tuple[_Reference, ...] = Field(
        default=(), validation_alias=AliasChoices("referenced_tweets", "referenced_posts")
    )

    @property
    def first(self) -> str:
        """The id under which it was first written: the same for all its versions."""
        return self.history[0] if self.history else self.id

    @property
    def latest(self) -> str:
        """The id of its newest version."""
        return self.history[-1] if self.history else self.id

    @property
    def whole_text(self) -> str:
        """What it says; X cuts `text` at 280 characters and escapes three signs."""
        return unescape(self.note.text if self.note else self.text)

    def reference(self, kind: str) -> str | None:
        """The id of the post that it answers (`replied_to`), quotes or repeats."""
        return next((one.id for one in self.references if one.type == kind), None)


class _User(_Loose):
    id: _Id
    username: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer."""

    posts: tuple[XPost, ...] = ()
    #: posts that these refer to
    included: Mapping[str, XPost] = field(default_factory=dict)
    #: author id -> how that author is spelled
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    newest: str = ""
    token: str = ""
    #: id -> why X does not show it; only what is said of single posts
    gone: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    #: what X bills: posts asked for, posts that came along, authors
    counts: tuple[int, int, int] = (0, 0, 0)


def page_of(answer: Mapping[str, Any]) -> Page:
    """What can be read of an answer; what cannot is told in its remarks."""
    includes = _table(answer.get("includes"))
    data, beside = _rows(answer.get("data")), _rows(includes.get("tweets")) + _rows(includes.get("posts"))
    people, errors = _rows(includes.get("users")), _rows(answer.get("errors"))
    meta = _table(answer.get("meta"))
    posts = _read(XPost, data)
    token, newest = meta.get("next_token"), str(meta.get("newest_id", ""))
    return Page(
        posts=tuple(posts),
        included={post.id: post for post in _read(XPost, beside)},
        names={one.id: (one.username, one.name) for one in _read(_User, people)},
        newest=newest if newest.isdecimal() and len(newest) < 20 else _newest(posts),
        # a token that no cursor could keep ends the walk; X's own have some forty signs
        token=token if isinstance(token, str) and len(token) <= _LONGEST_TOKEN else "",
        gone=_gone(errors),
        remarks=_remarks(errors, data, posts),
        counts=(len(data), len(beside), len(people)),
    )


def posted_of(post: XPost, page: Page) -> Posted | None:
    """The post as its newest version; None for a repost, or a version that was written over."""
    if post.reference("retweeted") or post.id != post.latest:
        return None
    parent_id = post.reference("replied_to") or post.reference("quoted")
    parent = page.included.get(parent_id or "")
    edited = post.first != post.latest
    people = (post.author_id, parent.author_id if parent else None)
    return Posted(
        native_id=post.first,
        revision=post.latest,
        kind=_kind(post),
        text=post.whole_text,
        context=parent.whole_text if parent else "",
        # X's form of the address without a handle
        url=f"https://x.com/i/status/{post.id}",
        author_id=post.author_id,
        names=tuple(name for who in people if who for name in page.names.get(who, ()) if name),
        thread_id=post.conversation_id,
        parent_id=parent_id,
        lang=post.lang if len(post.lang) == 2 else None,
        published=_published(post, edited=edited),
        edited=(post.created_at or time_of(post.latest)) if edited else None,
    )


def _published(post: XPost, *, edited: bool) -> str | datetime:
    # a new version has a moment of its own; the id tells when the first was written
    return post.created_at if post.created_at and not edited else time_of(post.first)


def _kind(post: XPost) -> Kind:
    if post.reference("replied_to"):
        return Kind.REPLY
    return Kind.QUOTE if post.reference("quoted") else Kind.POST


def _rows(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _read(model: type[_M], rows: list[Any]) -> list[_M]:
    found = []
    for row in rows:
        try:
            found.append(model.model_validate(row))
        except ValidationError:
            # told in the remarks: posts that came less posts that could be read
            continue
    return found


def _newest(posts: list[XPost]) -> str:
    return max((post.id for post in posts), key=int, default="")


def _gone(errors: list[Any]) -> dict[str, str]:
    found = {}
    for error in map(_table, errors):
        why = str(error.get("type", "")).rpartition("/")[2]
        if why in _WORDS:
            found[str(error.get("resource_id") or error.get("value") or "")] = why
    return found


def _remarks(errors: list[Any], data: list[Any], posts: list[XPost]) -> tuple[str, ...]:
    # what X says in words may hold a handle: only its kind is told
    kinds = Counter(
        _WORDS.get(str(_table(error).get("type", "")).rpartition("/")[2], "another reason")
        for error in errors
    )
    said = []
    if kinds:
        told = ", ".join(f"{count} {word}" for word, count in sorted(kinds.items()))
        said.append(f"X left something out of its answer: {told}")
    if len(posts) < len(data):
        said.append(f"{len(data) - len(posts)} of {len(data)} posts of X's answer could not be read")
    if posts and not any(post.created_at for post in posts):
        said.append("X did not send the fields that were asked for: their names may have changed")
    return tuple(said)


def removed(page: Page) -> Mapping[str, bool]:
    """Ids that X no longer shows: True where the post is gone, False where its author closed the door."""
    return {post_id: why == _GONE for post_id, why in page.gone.items()}
