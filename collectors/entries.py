"""The entries of one feed body come in, Mentions without names go out. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urldefrag, urljoin
from zoneinfo import ZoneInfo

from collectors.authors import (
    address_without,
    comment_title,
    reply_topic,
    telling,
    topic_of_feed,
    without_names,
    without_quoted,
)
from collectors.dates import read_date
from collectors.links import MAX_URL, author_free, canonical, handles_in, redacted
from collectors.parse import RawEntry, RawFeed
from collectors.text import MAX_TEXT, MAX_TITLE, cut, plain
from klankbord.masking import masked
from klankbord.mention import Kind, Mention, Precision, SourceId, Terms, short_hash

_SCHEME = re.compile(r"(?i)^https?://")
_LANG = re.compile(r"([A-Za-z]{2})(?:[-_].*)?")
_QUOTE = re.compile(r"(?is)^\s*(?:<div[^>]*>\s*)?<blockquote[^>]*>((?:(?!<blockquote).)*?)</blockquote>")
# WordPress begins a reply in its comment feed with whom it answers, in the site's language.
_ANSWERS = re.compile(
    r"(?is)^\s*(?:<p>)?[^<>]{2,60}<a\s[^>]{0,300}?href=[\"']([^\"'<>]{1,500}#comment-\d+)[\"'][^>]{0,300}>"
    r"([^<>]{1,200})</a>\.?\s*(?:</p>)?"
)
_ANSWERS_PLAIN = re.compile(
    r"^\s*(?:Als antwoord op|In antwoord op|In reply to|Als Antwort auf|En réponse à) ([^<>\n]{1,80}?)\.\s+"
)
_SHARED_KEPT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all entries of one body have in common."""

    source_id: SourceId
    platform: str
    #: the address the body came from: relative links hang on it
    url: str
    zone: ZoneInfo
    language: str | None
    terms: Terms
    #: handles that are not masked
    keep: tuple[str, ...]
    now: datetime
    pseudonym: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """The mentions of a body, in its order."""

    mentions: tuple[Mention, ...]
    #: hashes of the keys that more than one entry has, or had before
    shared: tuple[str, ...]
    #: entries that hold nothing to read
    empty: int
    #: entries that stood in the body twice
    twins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """An entry on its way: cleaned, but not yet with an id that is its own."""

    raw: RawEntry
    key: str
    link: str
    kind: Kind
    author: str
    title: str
    text: str
    context: str
    url: str


def harvest(feed: RawFeed, frame: Frame, shared: Iterable[str] = ()) -> Harvest:
    """Turn a body into mentions; an entry's id depends on nothing but the entry and `shared`.

    Args:
        feed: the parsed body.
        frame: what its entries have in common.
        shared: hashes of keys that were seen on more than one entry before.
    """
    topic = topic_of_feed(plain(feed.title, MAX_TITLE)) if frame.platform == "comment_feed" else ""
    keep = frozenset(name.casefold() for name in frame.keep)
    everyone = _everyone(feed, keep)
    drafts = [_draft(raw, frame, topic, keep, everyone) for raw in feed.entries]
    held = [draft for draft in drafts if draft.title or draft.text or draft.link]
    keyed, known = _own_keys(held, frozenset(shared))
    lang = _two_letters(feed.lang)
    answered = _answered(held) if frame.platform == "comment_feed" else {}
    made = {key: _mention(draft, key, frame, lang, answered) for key, draft in keyed}
    mentions = _with_parents(made, dict(keyed))
    return Harvest(
        mentions=tuple(mentions),
        shared=tuple(sorted(known))[:_SHARED_KEPT],
        empty=len(drafts) - len(held),
        twins=len(held) - len(made),
    )


def _everyone(feed: RawFeed, keep: frozenset[str]) -> tuple[str, ...]:
    """Names of several words that may stand behind an `@`, where a mask would leave half of them."""
    return tuple(
        f"@{name}" for name in telling({a for e in feed.entries for a in e.authors if " " in a}, keep)
    )


def _draft(
    raw: RawEntry, frame: Frame, topic: str, keep: frozenset[str], everyone: tuple[str, ...]
) -> _Draft:
    raw, met = _without_answered(raw) if frame.platform == "comment_feed" else (raw, "")
    title, quoted, text = plain(raw.title, MAX_TITLE), *_quote_and_text(raw.text)
    kind, title, context, named = _placed(frame.platform, title, topic)
    authors = raw.authors or ((named,) if named else ())
    given = raw.link if not raw.link or _SCHEME.match(raw.link) else urljoin(frame.url, raw.link)
    names = telling((*authors, named, met, *handles_in(given)), keep)
    link = canonical(given) if given else ""

    def clean(words: str) -> str:
        if not words:
            return ""
        words = without_names(words, (*names, *everyone) if "@" in words else names)
        return masked(without_quoted(words), keep=frame.keep)

    title, text, context = clean(title), clean(text), clean(context or quoted)
    return _Draft(
        raw=raw,
        key=_key(raw, link, title or text),
        link=link,
        kind=kind,
        author=authors[0] if authors else "",
        title=cut(title, MAX_TITLE),
        text=cut(text, MAX_TEXT),
        context=cut(context, MAX_TEXT),
        url=_address(given, names),
    )


def _without_answered(raw: RawEntry) -> tuple[RawEntry, str]:
    """A comment without "In reply to NAME.", with the address it answers as its parent; and the name."""
    if found := _ANSWERS.match(raw.text):
        return replace(raw, text=raw.text[found.end() :], parent=raw.parent or found[1]), plain(found[2])
    if found := _ANSWERS_PLAIN.match(raw.text):
        return replace(raw, text=raw.text[found.end() :]), plain(found[1])
    return raw, ""


def _answered(drafts: Sequence[_Draft]) -> dict[str, str]:
    """The key of each comment by its address: replies name the address, not the id."""
    return {draft.link: draft.key for draft in drafts if draft.link}


def _quote_and_text(markup: str) -> tuple[str, str]:
    """The post that is quoted at the start of a reply, and the reply."""
    found = _QUOTE.match(markup) if "<blockquote" in markup[:400] else None
    rest = plain(markup[found.end() :]) if found else ""
    return (plain(found[1], 2_000), rest) if found and rest else ("", plain(markup))


def _placed(platform: str, title: str, topic: str) -> tuple[Kind, str, str, str]:
    """Kind, title, context and a name, as far as the title tells them."""
    if platform == "comment_feed":
        if said := comment_title(title):
            return Kind.COMMENT, "", said[0] or topic, said[1]
        if about := reply_topic(title):
            return Kind.COMMENT, "", about, ""
        return Kind.COMMENT, title, topic, ""
    if about := reply_topic(title):
        return Kind.REPLY, "", about, ""
    return Kind.POST, title, "", ""


def _key(raw: RawEntry, link: str, words: str) -> str:
    """What names an entry at its source: its own id, else its address, else what it is."""
    if raw.id:
        return _SCHEME.sub("//", raw.id)
    if link:
        return _SCHEME.sub("//", link)
    return short_hash(words, raw.published or raw.updated)


def _address(url: str, names: Sequence[str]) -> str:
    """The address as given, out of its wrapper, without secrets, handles and names."""
    if not _SCHEME.match(url):
        return ""
    return address_without(author_free(redacted(_unwrapped(url))), names)[:MAX_URL]


def _unwrapped(url: str) -> str:
    return canonical(url) if "google." in url and "/url?" in url else url


def _own_keys(drafts: Sequence[_Draft], shared: frozenset[str]) -> tuple[list[tuple[str, _Draft]], set[str]]:
    """Each draft with a key that no other content has: the link, then the content is added where needed."""
    known = set(shared)
    keyed = [(draft.key, draft) for draft in drafts]
    for more in (_link_of, _content_of):
        groups: defaultdict[str, set[tuple[str, str, str]]] = defaultdict(set)
        for key, draft in keyed:
            groups[key].add((draft.link, draft.title, draft.text))
        known |= {short_hash(key) for key, contents in groups.items() if len(contents) > 1}
        if known:
            keyed = [
                (f"{key}\x1f{more(draft)}" if short_hash(key) in known else key, draft)
                for key, draft in keyed
            ]
    return list(dict(keyed).items()), known


def _link_of(draft: _Draft) -> str:
    return _SCHEME.sub("//", draft.link)


def _content_of(draft: _Draft) -> str:
    return short_hash(_link_of(draft), draft.title, draft.text)


def _mention(
    draft: _Draft, key: str, frame: Frame, feed_lang: str | None, answered: Mapping[str, str]
) -> Mention:
    raw = draft.raw
    parent = answered.get(canonical(raw.parent), raw.parent) if raw.parent and answered else raw.parent
    published, precision = read_date(raw.published or raw.updated, frame.zone, frame.now)
    url = draft.url
    return Mention(
        source_id=frame.source_id,
        platform=frame.platform,
        native_id=f"{frame.source_id}:{short_hash(key)}",
        revision=short_hash(draft.title, draft.text, draft.context),
        kind=draft.kind,
        url=url,
        canonical_url=canonical(url) if url else "",
        author=frame.pseudonym(draft.author) if draft.author else None,
        title=draft.title,
        text=draft.text,
        context=draft.context,
        thread_id=_thread(draft, frame),
        parent_id=f"{frame.source_id}:{short_hash(_SCHEME.sub('//', parent))}" if parent else None,
        lang=_two_letters(raw.lang) or feed_lang or frame.language,
        published_at=published,
        published_raw=(raw.published or raw.updated)[:100],
        published_precision=precision,
        edited_at=_edited(raw, published, frame) if raw.updated and raw.published else None,
        collected_at=frame.now,
        terms=frame.terms,
    )


def _thread(draft: _Draft, frame: Frame) -> str | None:
    if draft.kind is not Kind.COMMENT:
        return None
    page, fragment = urldefrag(draft.link)
    return f"{frame.source_id}:{short_hash(_SCHEME.sub('//', page))}" if fragment else None


def _edited(raw: RawEntry, published: datetime, frame: Frame) -> datetime | None:
    if raw.updated == raw.published:
        return None
    moment, precision = read_date(raw.updated, frame.zone, frame.now)
    readable = precision in {Precision.EXACT, Precision.ASSUMED_ZONE}
    return moment if readable and moment > published else None


def _two_letters(lang: str) -> str | None:
    found = _LANG.fullmatch(lang)
    return found[1].lower() if found else None


def _with_parents(made: dict[str, Mention], drafts: dict[str, _Draft]) -> list[Mention]:
    """Give a reply the text of the post it answers, where the same body holds it.

    The revision was made before: it must not change when the parent scrolls off the feed.
    """
    if not any(draft.raw.parent for draft in drafts.values()):
        return list(made.values())
    texts = {mention.native_id: mention.text for mention in made.values()}
    return [
        replace(mention, context=cut(f"{mention.context}\n{answered}".strip(), MAX_TEXT))
        if mention.parent_id and (answered := texts.get(mention.parent_id))
        else mention
        for mention in made.values()
    ]
