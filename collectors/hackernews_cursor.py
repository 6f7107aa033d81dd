"""How far each search of Hacker News was walked: read from and written to a cursor's JSON text. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pydantic import TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from klankbord.mention import short_hash
from klankbord.ports import Cursor, Search

#: seconds: how far back a first walk looks
LOOK_BACK = 30 * 86_400
#: seconds that are read again: posts can be edited for two hours, and the index runs behind
OVERLAP = 3 * 3_600
#: posts on a page; a search never shows more than its first 1,000, so walks go by time
PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How far one search was read, newest posts first; moments are Unix seconds."""

    #: newest post of the last whole walk
    high: int | None = None
    read_at: int = 0
    #: a walk under way: read what is not younger than this, this page of it
    until: int | None = None
    page: int = 0
    #: newest post of the walk under way
    newest: int | None = None
    #: where the walk under way ends
    since: int | None = None

    def begin(self, now: int) -> int:
        """The moment at which this walk ends."""
        if self.since is not None:
            return self.since
        return now - LOOK_BACK if self.high is None else self.high - OVERLAP

    def after(self, moments: Sequence[int], found: int, now: int) -> "Walk":
        """The walk after a page with `found` posts of these moments."""
        newest = max((*moments, *(() if self.newest is None else (self.newest,))), default=None)
        if found < PAGE or not moments:
            # a post dated in the future must not hide those that come before that moment
            high = self.high if newest is None else min(newest, now)
            return Walk(high=high, read_at=now)
        oldest = min(moments)
        # more posts of one second than a page holds are read page by page, all others by time
        same = oldest == self.until
        return replace(
            self,
            until=oldest,
            page=self.page + 1 if same else 0,
            newest=newest,
            since=self.begin(now),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HackerNewsCursor:
    """What is remembered between two polls: one walk a search, under a hash of what is searched for."""

    v: Literal[1] = 1
    walks: Mapping[str, Walk] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: Cursor | None, searches: Iterable[Search]) -> "HackerNewsCursor":
        """The remembered walks of these searches; none where it is unreadable or of another version."""
        found = state_in(cursor, _FORM) or cls()
        return cls(walks={name: found.walks.get(name, Walk()) for name in map(key_of, searches)})

    def write(self) -> Cursor:
        """The cursor as text."""
        return cursor_of(self, _FORM)

    def by_turn(self, searches: Iterable[Search]) -> list[Search]:
        """The searches, one for each key: cut walks first, then who waited longest."""
        once = {key_of(search): search for search in searches}
        return sorted(once.values(), key=lambda one: self._rank(key_of(one)))

    def _rank(self, name: str) -> tuple[bool, int]:
        return self.walks[name].until is None, self.walks[name].read_at

    def with_walk(self, name: str, walk: Walk) -> "HackerNewsCursor":
        """The state in which this search stands so."""
        return replace(self, walks={**self.walks, name: walk})


def key_of(search: Search) -> str:
    """Names a search by what is sent."""
    return short_hash(search.text.casefold(), str(search.phrase), str(search.prefix))


_FORM = TypeAdapter(HackerNewsCursor)
