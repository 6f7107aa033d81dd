"""A question, answer or comment as the API gives it comes in, a Mention without its author goes out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape, unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from collectors.posted import Posted, mention_of
from collectors.text import MAX_TITLE, plain
from klankbord.masking import masked
from klankbord.mention import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors import Workshop
    from klankbord.mention import Mention
    from klankbord.settings import StackExchangeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every mention of one read is made with."""

    source: StackExchangeSource
    workshop: Workshop
    now: datetime

    def id(self, number: int, *, comment: bool = False) -> str:
        """A post's own id: ids are counted per site."""
        return f"{self.source.site}:{'c' if comment else ''}{number}"

    def title(self, said: object) -> str:
        """A question's title as the search tells it, as plain text that can be kept in a cursor."""
        return masked(plain(str(said or ""), MAX_TITLE), keep=self.workshop.keep_handles)

    def post(self, item: Mapping[str, Any], question: int, title: str) -> Mention | None:
        """The mention of a question or answer; None where it has no id.

        Args:
            item: as `/posts` gives it.
            question: the question it is, or answers.
            title: the question's, as plain text; what `item` itself says goes before.
        """
        found = number(item, "post_id")
        if found is None:
            return None
        asked = item.get("post_type") == "question"
        title = _text(item, "title") or escape(title)
        return self._made(
            item,
            native_id=self.id(found),
            kind=Kind.POST if asked else Kind.REPLY,
            title=title if asked else "",
            context="" if asked else title,
            url=_text(item, "link"),
            thread_id=self.id(question),
            parent_id=None if asked else self.id(question),
        )

    def comment(self, item: Mapping[str, Any], question: int, title: str, link: str) -> Mention | None:
        """The mention of a comment under a post that was found; `link` is the post's."""
        comment, post = number(item, "comment_id"), number(item, "post_id")
        if comment is None or post is None:
            return None
        return self._made(
            item,
            native_id=self.id(comment, comment=True),
            kind=Kind.COMMENT,
            context=escape(title),
            url=f"{link.partition('#')[0]}#comment{comment}_{post}" if link else "",
            thread_id=self.id(question),
            parent_id=self.id(post),
        )

    def again(self, item: Mapping[str, Any], before: Mention) -> Mention | None:
        """The mention of a post that was read by its id, with what only a search tells taken from before."""
        thread = _last_number(before.thread_id)
        if "comment_id" in item:
            return self.comment(item, thread, before.context, before.url)
        return self.post(item, thread, before.title or before.context)

    def _made(self, item: Mapping[str, Any], **given: Any) -> Mention:  # noqa: ANN401 - fields of Posted
        owner = _table(item, "owner")
        user = number(owner, "user_id")
        post = Posted(
            text=_text(item, "body"),
            markup=True,
            author_id=self.id(user) if user is not None else None,
            names=(*_names(owner), *_names(_table(item, "reply_to_user"))),
            published=_moment(item, "creation_date") or "",
            edited=_moment(item, "last_edit_date"),
            **given,
        )
        return mention_of(post, self.source, self.workshop, self.now)


def _names(user: Mapping[str, Any]) -> tuple[str, ...]:
    """The display name, and how the address of the profile spells it."""
    slug = urlsplit(_text(user, "link")).path.rpartition("/")[2]
    return tuple(filter(None, (unescape(_text(user, "display_name")), slug if not slug.isdigit() else "")))


def _table(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = item.get(name)
    return found if isinstance(found, dict) else {}


def _text(item: Mapping[str, Any], name: str) -> str:
    found = item.get(name)
    return found if isinstance(found, str) else ""


def number(item: Mapping[str, Any], name: str) -> int | None:
    """A whole number under a name; None where there is none."""
    found = item.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _moment(item: Mapping[str, Any], name: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(item[name], UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None


def _last_number(native_id: str | None) -> int:
    number = (native_id or "").rpartition(":")[2]
    return int(number) if number.isdecimal() else 0
