"""The address of a MediaWiki comes in, the words that edits added to watched pages go out as Mentions."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from collectors.line import line_to
from collectors.polite import StoppedError
from collectors.posted import Posted, mention_of
from collectors.wiki_api import HIDDEN, SEVERAL, Row, Wiki
from collectors.wiki_edit import Change, heading, readable, summary
from collectors.wiki_pages import Pages, Watched, in_lots
from klankbord.errors import CollectError
from klankbord.mention import Kind, Mention, State, StateChange
from klankbord.ports import Batch, Recheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from threading import Event

    from collectors import Workshop
    from klankbord.ports import Budget, Cursor, Search
    from klankbord.settings import WikiSource

#: part of a run's requests that may go to searches
_FOR_SEARCHES = 3

_UNREAD = "edit {} could not be read: it, or the one before it, was hidden or deleted"


class WikiCollector:
    """Watches the pages in the settings, and those that a search for the organisation's names finds."""

    def __init__(self, source: WikiSource, workshop: Workshop) -> None:
        """Remember what to read; nothing is fetched yet."""
        self._source, self._workshop = source, workshop
        self._host = urlsplit(source.url).netloc.lower()

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read what is new: a batch for each edit, and one that tells how far the pages were read.

        Raises:
            CollectError: one of its five subclasses.
        """
        searches = [_question(search) for search in self._searches()]
        pages = Pages.read(cursor, self._source.pages, searches, now)
        if not searches and not pages.pages:
            said = "nothing may be searched for: no pages in the settings, and no words to search with"
            yield Batch(next=cursor or pages.write(), remarks=(said,))
            return
        wiki = Wiki(line_to(self._source, self._workshop, budget, now, stop))
        with suppress(StoppedError), wiki.line.translated():
            pages = self._found(wiki, pages, searches)
            yield from self._edits(wiki, pages)

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask for the revisions by number, fifty a request: hidden is removed, unknown is deleted.

        Raises:
            CollectError: one of its five subclasses.
        """
        line = line_to(self._source, self._workshop, budget, now, stop)
        wiki = Wiki(line)
        stored = {m.native_id.removeprefix(f"{self._host}:"): m for m in mentions}
        numbers = [number for number in stored if number.isdigit()]
        changes: list[StateChange] = []
        standing: list[str] = []
        try:
            for start in range(0, len(numbers), SEVERAL):
                if line.left <= 0:
                    break
                with line.translated():
                    states = wiki.states(numbers[start : start + SEVERAL])
                standing += [
                    stored[number].native_id for number, state in states.items() if state is State.LIVE
                ]
                changes += [self._change(*one, now) for one in states.items() if one[1] is not State.LIVE]
        except CollectError:
            # what was told before something went wrong stands
            if not (changes or standing or stop.is_set()):
                raise
        return Recheck(changes=tuple(changes), standing=tuple(standing), spent=line.took())

    def _searches(self) -> tuple[Search, ...]:
        return self._workshop.searches(self._source) if self._source.search else ()

    def _found(self, wiki: Wiki, pages: Pages, searches: list[str]) -> Pages:
        """Each search in its turn, so that many of them do not use up what reading needs."""
        for _ in range(min(len(searches), max(1, wiki.line.left // _FOR_SEARCHES))):
            words = searches[pages.turn % len(searches)]
            pages = pages.found(wiki.search(words), wiki.line.now)
        return pages

    def _edits(self, wiki: Wiki, pages: Pages) -> Iterator[Batch]:
        remarks: list[str] = []
        vanished: list[str] = []
        for some in in_lots(list(pages.pages), SEVERAL):
            for title, now_there in (wiki.pages(some) if wiki.line.left > 0 else {}).items():
                page = pages.pages[title]
                if now_there is None:
                    remarks += [f"no page is called {title!r}"] if page.named else []
                    vanished += [f"{self._host}:{number}" for number in sorted(page.known)]
                    continue
                last, touched = int(now_there["lastrevid"]), str(now_there.get("touched", ""))
                if (last, touched) == (page.last, page.touched):
                    continue
                for edit in self._walk(wiki, page, now_there):
                    page = edit.page
                    if edit.whole:
                        page = replace(page, last=last, touched=touched)
                    pages = pages.put(page)
                    remarks += [edit.remark] if edit.remark else []
                    if edit.mention or edit.change:
                        yield self._batch(wiki, pages, edit)
        yield Batch(
            next=pages.write(), spent=wiki.line.took(), remarks=tuple(remarks), vanished=tuple(vanished)
        )

    def _batch(self, wiki: Wiki, pages: Pages, edit: _Edit) -> Batch:
        return Batch(
            mentions=(edit.mention,) if edit.mention else (),
            changes=(edit.change,) if edit.change else (),
            next=pages.write(),
            spent=wiki.line.took(),
        )

    def _walk(self, wiki: Wiki, page: Watched, now_there: Row) -> Iterator[_Edit]:
        """The edits of a page that were not read, oldest first, as far as the budget goes."""
        more: Row | None = {}
        while more is not None and wiki.line.left > 0:
            rows, more = wiki.revisions(str(now_there["title"]), page.start, more)
            users = tuple(str(row["user"]) for row in rows if row.get("user"))
            for row in rows:
                number = int(row["revid"])
                hidden = any(row.get(name) for name in HIDDEN)
                if hidden and number in page.known:
                    gone = self._change(str(number), State.REMOVED, wiki.line.now)
                    yield _Edit(page=page, change=gone)
                if hidden or number in page.known:
                    continue
                if wiki.line.left <= 0:
                    return
                said = wiki.change(row)
                page = page.with_edit(str(row["timestamp"]), number)
                mention = self._mention(row, said, users, now_there, wiki.line.now) if said else None
                yield _Edit(page=page, mention=mention, remark="" if said else _UNREAD.format(number))
        if more is None:
            yield _Edit(page=page, whole=True)

    def _mention(
        self, row: Row, said: Change, users: tuple[str, ...], now_there: Row, now: datetime
    ) -> Mention | None:
        number, user = int(row["revid"]), str(row.get("user") or "")
        words = [readable(piece) for piece in said.added]
        words += [comment] if (comment := summary(str(row.get("comment") or ""), users)) else []
        if not words:
            return None
        # an account has a number; without one the user is an address, which is as much a person's
        who = row.get("userid") or user
        post = Posted(
            native_id=f"{self._host}:{number}",
            # a revision never changes
            revision=str(number),
            kind=Kind.WIKI_EDIT,
            title=heading(str(now_there["title"])),
            text="<br>".join(words),
            context="<br>".join(readable(line) for line in said.around),
            markup=True,
            url=f"{self._source.url.rstrip('/')}{self._source.path}index.php?diff={number}",
            author_id=f"{self._host}:{who}" if who else None,
            names=(user,) if user else (),
            thread_id=f"{self._host}:page:{now_there['pageid']}",
            published=str(row["timestamp"]),
        )
        return mention_of(post, self._source, self._workshop, now)

    def _change(self, number: str, state: State, now: datetime) -> StateChange:
        return StateChange(
            platform=self._source.kind, native_id=f"{self._host}:{number}", state=state, at=now
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """One step of a walk: the page as read so far, and what was found."""

    page: Watched
    mention: Mention | None = None
    change: StateChange | None = None
    remark: str = ""
    #: the walk is at its end
    whole: bool = False


def _question(search: Search) -> str:
    words = search.text.replace('"', " ").strip()
    return f"{words}*" if search.prefix and " " not in words else f'"{words}"'
