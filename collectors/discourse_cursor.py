"""Where a Discourse forum was read to: the JSON text of a cursor, and how a page moves it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from klankbord.mention import short_hash
from klankbord.ports import Cursor

#: posts on a page, and the width of the window of ids that forums before 2025 answer with
PAGE = 50
#: pages that a first read looks back
_FIRST = 4
_SEEN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumCursor:
    """What is remembered of a forum between two reads."""

    v: Literal[1] = 1
    #: hash of the forum's address: another forum is read from its newest post on
    address: str = ""
    #: hash of what was searched for, and how many of those searches are done
    asked: str = ""
    searched: int = 0
    #: highest id up to which every post was read
    high: int = 0
    #: the walk under way: the newest post it met, the id below which it goes on, pages so far
    newest: int = 0
    before: int = 0
    pages: int = 0
    #: posts that a search found and that were not fetched yet
    wait: tuple[int, ...] = ()
    #: ids on the newest page, as it was read last
    seen: tuple[int, ...] = ()

    @classmethod
    def read(cls, cursor: Cursor | None, url: str, searches: Sequence[str]) -> "ForumCursor":
        """The remembered place; a fresh one where it is of another version, unreadable or absent."""
        address, asked = short_hash(url), short_hash(*searches)
        found = state_in(cursor, _FORM)
        if found is None or found.address != address:
            return cls(address=address, asked=asked)
        # other words: they are searched for anew, what was read of the forum stays read
        return found if found.asked == asked else replace(found, asked=asked, searched=0, wait=())

    def write(self) -> Cursor:
        """The cursor as text."""
        return cursor_of(self, _FORM)

    def turned(self, ids: Sequence[int], *, old: bool) -> "ForumCursor":
        """The place after a page.

        Args:
            ids: of the page's posts.
            old: the page goes back further than a first read does.
        """
        newest = max((self.newest, *ids))
        below = min(ids, default=0)
        if self.before and not 0 < below < self.before:
            # a window of ids in which nothing is public: forums before 2025 answer so
            below = self.before - PAGE if self.high else 0
        first_is_done = not self.high and (old or self.pages + 1 >= _FIRST)
        if below <= max(self.high, 1) or first_is_done:
            return replace(self, high=max(self.high, newest), newest=0, before=0, pages=0)
        return replace(self, newest=newest, before=below, pages=self.pages + 1)

    def vanished(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Ids that stood on the newest page and no longer do, although the page reaches that far."""
        return tuple(one for one in self.seen if ids and min(ids) < one <= max(ids) and one not in ids)

    def saw(self, ids: Sequence[int]) -> "ForumCursor":
        """The place after the newest page."""
        return replace(self, seen=tuple(ids[:_SEEN]))


_FORM = TypeAdapter(ForumCursor)
