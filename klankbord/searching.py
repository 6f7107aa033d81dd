"""A query comes in; the stored mentions that it matches go out, newest first, as the matcher finds them.

The index of the store is asked for a superset, by words alone; the matcher decides about each of them. What
words cannot narrow (a regular expression, a wildcard in front) is decided mention by mention.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

from classify import folding
from classify.matcher import Matcher
from classify.matcher_post import Place, Post, joined, post_of, site_of
from classify.query import Query
from classify.query_ast import Site, walk
from klankbord.finding import FindingId
from klankbord.mention import Mention
from klankbord.searching_plan import indexed, narrowed
from klankbord.store import Store
from klankbord.store.search import Bounds, Key, Said
from klankbord.store.search_index import Words

#: mentions in memory at a time
_PAGE = 500
#: with more candidates than this they are no narrowing: pages are read instead
_MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A stored mention that a query matches."""

    mention: Mention
    #: what to highlight, in order
    places: tuple[Place, ...]
    #: findings on it that may be looked at one by one
    findings: tuple[FindingId, ...] = ()

    @property
    def key(self) -> Key:
        """Its place among the others: give it as `Bounds.after` to go on from here."""
        return Key(self.mention.published_at, self.mention.id)


def found(store: Store, query: Query, within: Bounds) -> Iterator[Hit]:
    """Every stored mention that the query matches, newest first; a few hundred are in memory at a time."""
    for matched in matching(store, query, within):
        mentions = store.search.mentions(list(matched))
        findings = store.search.findings([mention.id for mention in mentions])
        for mention in mentions:
            places = matched[Key(mention.published_at, mention.id)]
            yield Hit(mention=mention, places=places, findings=findings.get(mention.id, ()))


def counted(store: Store, query: Query, within: Bounds) -> int:
    """How many stored mentions the query matches."""
    return sum(len(matched) for matched in matching(store, query, within))


def matching(
    store: Store, query: Query, within: Bounds, *, by_index: bool = True
) -> Iterator[dict[Key, tuple[Place, ...]]]:
    """As `found`, a page of keys at a time; without the index the answer is the same, only later."""
    matcher = Matcher([("", query)])
    # to take an address apart costs as much as all the rest
    on_site = any(isinstance(node, Site) for node in walk(query.root))
    for some in _candidates(store, narrowed(query.root) if by_index else None, within):
        matches = matcher.matches_many([_post(said, on_site=on_site) for said in some])
        matched = {said.key: one[0].places for said, one in zip(some, matches, strict=True) if one}
        if matched:
            yield matched


def _post(said: Said, *, on_site: bool) -> Post:
    return Post(
        title=said.title,
        text=said.text,
        context=said.context,
        site=site_of(said.url) if on_site else "",
        source=said.source_id,
        lang=said.lang,
    )


def catch_up(store: Store) -> int:
    """Take every judged mention into the index that is not there yet; returns how many.

    A search does this first. Who does it after judging, keeps a search from having to.
    """
    taken = 0
    while more := store.search.catch_up(words()):
        taken += more
    return taken


def words() -> Words:
    """How the index is filled."""
    return Words(version=_version(), of=_words)


def _candidates(store: Store, match: str | None, within: Bounds) -> Iterator[Sequence[Said]]:
    keys = store.search.keys(match, within, _MOST) if match else None
    if keys is None:
        yield from _pages(store, within)
        return
    for start in range(0, len(keys), _PAGE):
        yield store.search.said(keys[start : start + _PAGE])


def _pages(store: Store, within: Bounds) -> Iterator[Sequence[Said]]:
    while page := store.search.page(within, _PAGE):
        yield page
        within = replace(within, after=page[-1].key)


def _words(mentions: Sequence[Mention]) -> list[str]:
    texts = [joined(post_of(mention)) for mention in mentions]
    return [indexed(text) for text in folding.fold_all(texts)]


@cache
def _version() -> str:
    """Another way of folding, or a Python that knows other letters: another index."""
    modules = (folding.__file__, indexed.__code__.co_filename)
    told = b"".join(Path(module).read_bytes() for module in modules)
    return blake2b(told + unicodedata.unidata_version.encode(), digest_size=8).hexdigest()
