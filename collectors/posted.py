"""A post as a platform's API gives it comes in, a Mention without names and secrets goes out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from collectors.authors import address_without, telling, without_names, without_quoted
from collectors.dates import read_date
from collectors.links import MAX_URL, author_free, canonical, handles_in, redacted
from collectors.text import MAX_TEXT, MAX_TITLE, cut, plain
from klankbord.masking import masked
from klankbord.mention import Kind, Mention, Precision, SourceId, State, short_hash

if TYPE_CHECKING:
    from collectors import Workshop
    from klankbord.settings import SourceSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One post of a platform; names and handles are still in it, so it never leaves the collector."""

    #: the platform's own id, stable over edits, and not one that holds its author's
    native_id: str
    #: empty: made from the words
    revision: str = ""
    kind: Kind = Kind.POST
    text: str
    title: str = ""
    #: words of the post that this one answers, or of its thread's title
    context: str = ""
    #: text, title and context are HTML
    markup: bool = False
    url: str = ""
    #: what the platform knows the author by: it becomes the pseudonym
    author_id: str | None = None
    #: how the author, and others who are named as authors here, are spelled: handles and display names
    names: tuple[str, ...] = ()
    thread_id: str | None = None
    parent_id: str | None = None
    lang: str | None = None
    #: as the platform gives it: ISO text, or an aware moment
    published: str | datetime = ""
    edited: str | datetime | None = None
    state: State = State.LIVE


def mention_of(post: Posted, source: SourceSettings, workshop: Workshop, now: datetime) -> Mention:
    """The mention of a post; the platform is the source's kind."""
    keep = frozenset(name.casefold() for name in workshop.keep_handles)
    names = telling((*post.names, *handles_in(post.url)), keep)

    def clean(words: str, longest: int) -> str:
        if not words:
            return ""
        words = plain(words, longest) if post.markup else plain_text(words)
        return cut(masked(without_quoted(without_names(words, names)), keep=workshop.keep_handles), longest)

    title, text, context = (
        clean(post.title, MAX_TITLE),
        clean(post.text, MAX_TEXT),
        clean(post.context, MAX_TEXT),
    )
    zone = ZoneInfo(source.timezone)
    published, precision = read_date(_raw(post.published), zone, now)
    url = address_without(author_free(redacted(post.url)), names)[:MAX_URL]
    return Mention(
        source_id=SourceId(source.id),
        platform=source.kind,
        native_id=post.native_id,
        revision=post.revision or short_hash(title, text),
        kind=post.kind,
        url=url,
        canonical_url=canonical(url) if url else "",
        author=workshop.pseudonyms.of(source.kind, post.author_id, now) if post.author_id else None,
        title=title,
        text=text,
        context=context,
        thread_id=post.thread_id,
        parent_id=post.parent_id,
        lang=post.lang[:2].lower() if post.lang else source.language,
        published_at=published,
        published_raw=_raw(post.published)[:100],
        published_precision=precision,
        edited_at=_edited(post, zone, now),
        collected_at=now,
        state=post.state,
        terms=source.terms.record(),
    )


def plain_text(words: str) -> str:
    """Text that is no markup, made as clean as text that was: signs that only look like `<b>` stay."""
    return plain(words.replace("&", "&amp;").replace("<", "&lt;"))


def _raw(moment: str | datetime) -> str:
    return moment.isoformat() if isinstance(moment, datetime) else moment


def _edited(post: Posted, zone: ZoneInfo, now: datetime) -> datetime | None:
    if not post.edited:
        return None
    moment, precision = read_date(_raw(post.edited), zone, now)
    return moment if precision in {Precision.EXACT, Precision.ASSUMED_ZONE} else None
