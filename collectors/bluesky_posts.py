"""A Bluesky post as its record says it comes in, a Mention without ids of people goes out. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from collectors.posted import Posted, mention_of
from klankbord.masking import HANDLE
from klankbord.mention import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from collectors import Workshop
    from klankbord.mention import Mention
    from klankbord.settings import BlueskySource

#: the longest text the lexicon allows, in bytes
_LONGEST = 3_000
#: handles here are domain names, which the common mask takes for half; also as part of a profile's address
_HANDLE = re.compile(r"(?i)(?<![\w.])@?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+bsky\.social)\b")
_MENTIONED = re.compile(
    r"(?i)(?<![\w.+-])@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])"
)
_PROFILE = re.compile(r"(?i)(bsky\.app/profile/)[^/\s]+")
_DID = re.compile(r"\bdid:[a-z]{2,10}:[A-Za-z0-9._:%-]{3,200}")


def words_of(record: Mapping[str, Any]) -> tuple[str, str]:
    """A post's text, and the title of the page it links to: another's words, so no more than context."""
    text, card = record.get("text"), _at(record, "embed", "external", "title")
    if not isinstance(card, str):
        card = _at(record, "embed", "media", "external", "title")
    return (
        text[:_LONGEST] if isinstance(text, str) else "",
        card[:_LONGEST] if isinstance(card, str) else "",
    )


def mention(  # noqa: PLR0913 - a post, where it stands, and with what it is made
    uri: str,
    cid: str,
    record: Mapping[str, Any],
    source: BlueskySource,
    workshop: Workshop,
    now: datetime,
    *,
    edited: str = "",
    names: tuple[str, ...] = (),
) -> Mention:
    """The mention of a post.

    Its address would hold the author's id, in whatever form Bluesky knows, so it has none (law.md B6).
    """
    text, card = words_of(record)
    root, parent = (_at(record, "reply", name, "uri") for name in ("root", "parent"))
    keep = frozenset(handle.casefold().lstrip("@") for handle in workshop.keep_handles)

    def hidden(uri: object) -> str | None:
        return workshop.pseudonyms.native_id("bluesky", uri) if isinstance(uri, str) else None

    post = Posted(
        native_id=workshop.pseudonyms.native_id("bluesky", uri),
        revision=cid[:200],
        kind=Kind.REPLY if parent else Kind.QUOTE if _quotes(record) else Kind.POST,
        text=_without_handles(text, keep),
        context=_without_handles(card, keep),
        author_id=uri.removeprefix("at://").partition("/")[0],
        names=names,
        thread_id=hidden(root),
        parent_id=hidden(parent),
        lang=_lang(record.get("langs")),
        published=created if isinstance(created := record.get("createdAt"), str) else "",
        edited=edited or None,
    )
    return mention_of(post, source, workshop, now)


def _lang(said: object) -> str | None:
    first = said[0] if isinstance(said, list) and said else None
    named = isinstance(first, str) and re.match(r"[A-Za-z]{2}(?![A-Za-z])", first)
    return first if named else None


def _quotes(record: Mapping[str, Any]) -> bool:
    found = _at(record, "embed", "record")
    return isinstance(found, dict)


def _without_handles(text: str, keep: frozenset[str]) -> str:
    def masked(found: re.Match[str]) -> str:
        return found[0] if _kept(found[1], keep) else HANDLE

    if "did:" in text:
        text = _DID.sub(HANDLE, text)
    if "." in text:
        text = _PROFILE.sub(lambda found: found[1] + HANDLE, text)
        text = _HANDLE.sub(masked, text)
    return _MENTIONED.sub(masked, text) if "@" in text else text


def _kept(handle: str, keep: frozenset[str]) -> bool:
    folded = handle.casefold()
    return folded in keep or folded.removesuffix(".bsky.social") in keep


def _at(found: object, *path: str) -> object:
    """What stands at a path of names; None where anything on the way is no object."""
    for name in path:
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found
