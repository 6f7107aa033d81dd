"""A status of Mastodon's API comes in; whether it may be kept, and what was posted, goes out. Pure."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from collectors.posted import Posted
from collectors.text import plain
from klankbord.mention import Kind

Status = Mapping[str, Any]

#: what people write in their profile to be left alone by machines: a convention, in no specification
_LEAVE_ALONE = re.compile(r"(?i)#no(?:bots?|index|search)\b")
#: the paragraph by which a quote is shown to servers that know no quotes: it holds the quoted author's handle
_QUOTE_LINK = re.compile(r'(?is)<p class="quote-inline">.*?</p>')
_HANDLE_IN_ADDRESS = re.compile(r"/@[\w.-]+(?:@[\w.-]+)?")
_NO_WORD = re.compile(r"[^\w\s.'-]+")
_LONGEST_NAME = 100


def may_be_kept(status: Status) -> bool:
    """Whether it is public, its author's own words, and its author does not ask to be left out."""
    account = _part(status, "account")
    return (
        status.get("visibility") == "public"
        and not status.get("reblog")
        and account.get("indexable") is not False
        and not account.get("noindex")
        and not _LEAVE_ALONE.search(plain(str(account.get("note") or ""), 5_000))
    )


def posted(status: Status, host: str, server: str, answered: Status | None) -> Posted:
    """The post.

    Args:
        status: what the server said.
        host: names the server in ids, which are the server's own.
        server: its address.
        answered: the post that this one answers, where it could be had.
    """
    quoted = _quoted(status)
    before = [other for other in (answered, quoted) if other and may_be_kept(other)]
    parent = status.get("in_reply_to_id")
    account = _part(status, "account")
    number = str(status["id"])
    return Posted(
        native_id=f"{host}:{number}",
        revision=revision(status),
        kind=Kind.REPLY if parent else Kind.QUOTE if quoted else Kind.POST,
        title=escape(str(status.get("spoiler_text") or "")),
        text=_words(status),
        context="<br>".join(_words(other) for other in before),
        markup=True,
        # the server leads on from here to the page that has the handle in its address
        url=f"{server.rstrip('/')}/statuses/{number}",
        author_id=f"{host}:{account['id']}" if account.get("id") else None,
        names=tuple(name for one in (status, answered, quoted) if one for name in _names(one)),
        parent_id=f"{host}:{parent}" if parent else None,
        lang=str(status.get("language") or "") or None,
        published=str(status.get("created_at") or ""),
        edited=str(status.get("edited_at") or "") or None,
    )


def revision(status: Status) -> str:
    """Changes when the author edits."""
    return str(status.get("edited_at") or status.get("created_at") or "")


def _quoted(status: Status) -> Status | None:
    quote = _part(status, "quote")
    inner = quote.get("quoted_status") or (quote if "content" in quote else None)
    return inner if isinstance(inner, Mapping) else None


def _words(status: Status) -> str:
    content = _HANDLE_IN_ADDRESS.sub("/@", _QUOTE_LINK.sub("", str(status.get("content") or "")))
    return _without_pictures(content, status)


def _names(status: Status) -> tuple[str, ...]:
    account = _part(status, "account")
    shown = _without_pictures(str(account.get("display_name") or ""), account)
    given = (account.get("acct"), account.get("username"), shown, " ".join(_NO_WORD.sub(" ", shown).split()))
    return tuple(dict.fromkeys(str(name).strip()[:_LONGEST_NAME] for name in given if name))


def _without_pictures(words: str, where: Status) -> str:
    """Custom emoji are spelled `:name:`; only those that the server lists are taken out."""
    listed = where.get("emojis")
    for emoji in listed if isinstance(listed, list) else ():
        if isinstance(emoji, Mapping) and emoji.get("shortcode"):
            words = words.replace(f":{emoji['shortcode']}:", "")
    return words


def _part(of: Status, name: str) -> Status:
    part = of.get(name)
    return part if isinstance(part, Mapping) else {}
