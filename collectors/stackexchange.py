"""Search words come in, questions, answers and comments of one site go out as Mentions: `stackexchange`."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from collectors.asked_again import changed, gone
from collectors.line import line_to
from collectors.polite import StoppedError
from collectors.stackexchange_api import PAGE, StackExchange
from collectors.stackexchange_cursor import LAST_PAGE, Found, SiteCursor, Walk, query
from collectors.stackexchange_posts import Desk, number
from klankbord.errors import PermanentError
from klankbord.ports import Batch, Gap, Recheck

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from threading import Event

    from collectors import Workshop
    from collectors.line import Line
    from klankbord.mention import Mention
    from klankbord.ports import Budget, Cursor, Search
    from klankbord.settings import StackExchangeSource

_NO_SEARCH = "nothing may be searched for: no query has a word that may be sent to Stack Exchange"
_SEARCH, _POSTS, _COMMENTS = "search/excerpts", "posts", "posts/comments"
_ID = re.compile(r"(c?)(\d{1,15})")


@dataclass(slots=True, kw_only=True)
class _Run:
    """One poll under way."""

    api: StackExchange
    line: Line
    desk: Desk
    searches: Sequence[Search]
    #: the search was not taken: the others are made all the same
    refused: PermanentError | None = None
    gap: Gap | None = None
    remarks: tuple[str, ...] = ()


class StackExchangeCollector:
    """Finds posts by `/search/excerpts`, reads them by id, with their author, edits and comments."""

    def __init__(self, source: StackExchangeSource, workshop: Workshop) -> None:
        """Remember what to read; nothing is asked yet."""
        self._source, self._workshop = source, workshop

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Search for each of the searches' words among posts since the last read.

        Raises:
            CollectError: one of its five subclasses; batches yielded before it stand.
        """
        searches = self._workshop.searches(self._source)
        state = SiteCursor.read(cursor, self._source.site, searches)
        if not searches:
            yield Batch(next=cursor or state.write(), remarks=(_NO_SEARCH,))
            return
        line = line_to(self._source, self._workshop, budget, now, stop)
        desk = Desk(source=self._source, workshop=self._workshop, now=now)
        run = _Run(api=StackExchange(self._source, line), line=line, desk=desk, searches=searches)
        with suppress(StoppedError):
            yield from _walked(run, state)

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask for the posts, then for the comments, by their ids.

        Raises:
            CollectError: one of its five subclasses.
        """
        line = line_to(self._source, self._workshop, budget, now, stop)
        api = StackExchange(self._source, line)
        desk = Desk(source=self._source, workshop=self._workshop, now=now)
        done = Recheck()
        with suppress(StoppedError):
            for path, id_field, mark in (("posts", "post_id", ""), ("comments", "comment_id", "c")):
                ours = self._ours(mentions, mark)
                numbers = list(ours)
                for start in range(0, len(numbers), PAGE):
                    if line.left <= 0 or api.rest(path):
                        break
                    asked = numbers[start : start + PAGE]
                    found = api.ask(path, f"{path}/{';'.join(map(str, asked))}", {})
                    by_id = {item.get(id_field): item for item in found.items}
                    done = _told({one: ours[one] for one in asked}, by_id, desk, done)
        return replace(done, spent=line.took())

    def _ours(self, mentions: Sequence[Mention], mark: str) -> dict[int, Mention]:
        ours = {}
        for mention in mentions:
            site, _, rest = mention.native_id.partition(":")
            number = _ID.fullmatch(rest)
            if site == self._source.site and number and number[1] == mark:
                ours[int(number[2])] = mention
        return ours


def _walked(run: _Run, state: SiteCursor) -> Iterator[Batch]:
    """Search a page, read what it found, and so on: each batch holds the posts of one page."""
    line, high, told, over = run.line, state.high, True, False
    while line.left > 0 and not line.stop.is_set() and not over:
        walk = state.begun(line.now)
        if run.api.rest(_POSTS if walk.found else _SEARCH):
            break
        told = False
        if walk.found:
            mentions = _read(run, walk)
            state = _stepped(run, state, walk, high)
            yield _batch(run, state, mentions)
            told = True
        else:
            walk = _searched(run, state, walk)
            state = replace(state, walk=walk) if walk.found else _stepped(run, state, walk, high)
        over = state.walk is None
    if not told:
        yield _batch(run, state, ())
    if run.refused:
        run.refused.requests = line.spent.requests
        raise run.refused


def _stepped(run: _Run, state: SiteCursor, walk: Walk, high: int) -> SiteCursor:
    """The state after a page; a walk in which a search was not taken does not count as read to its end."""
    after = state.stepped(walk, len(run.searches))
    return replace(after, high=high) if run.refused and after.walk is None else after


def _batch(run: _Run, state: SiteCursor, mentions: tuple[Mention, ...]) -> Batch:
    batch = Batch(
        mentions=mentions,
        next=state.write(),
        spent=run.line.took(),
        gap=run.gap,
        not_before=run.api.rest(),
        remarks=run.remarks,
    )
    run.gap, run.remarks = None, ()
    return batch


def _searched(run: _Run, state: SiteCursor, walk: Walk) -> Walk:
    asked: dict[str, str | int] = {
        "q": query(run.searches[walk.search]),
        "fromdate": walk.since,
        "sort": "creation",
        "order": "desc",
        "page": walk.page,
    }
    try:
        page = run.api.ask(_SEARCH, _SEARCH, asked)
    except PermanentError as error:
        # one search that is not taken must not keep the others from being made
        run.refused = run.refused or error
        return replace(walk, found=(), more=False)
    found = {}
    for item in page.items:
        question, answer = item.get("question_id"), item.get("answer_id")
        if isinstance(question, int):
            post = answer if isinstance(answer, int) else question
            title = run.desk.title(item.get("title"))
            found[post] = Found(post=post, question=question, title=title)
    if page.more and walk.page >= LAST_PAGE and state.high:
        run.gap = _gap(walk, page.items)
    return replace(walk, found=tuple(found.values()), more=page.more)


def _read(run: _Run, walk: Walk) -> tuple[Mention, ...]:
    """The posts that the page found and their newest comments."""
    ids = ";".join(str(one.post) for one in walk.found)
    whence = {one.post: one for one in walk.found}
    posts = run.api.ask(_POSTS, f"posts/{ids}", {}).items
    links = {one: str(item.get("link") or "") for item in posts if (one := number(item, "post_id"))}
    mentions = [
        run.desk.post(item, whence[post].question, whence[post].title)
        for item in posts
        if (post := number(item, "post_id")) in whence
    ]
    mentions += [
        run.desk.comment(item, whence[post].question, whence[post].title, links.get(post, ""))
        for item in _comments(run, walk, ids)
        if (post := number(item, "post_id")) in whence
    ]
    return tuple(mention for mention in mentions if mention)


def _comments(run: _Run, walk: Walk, ids: str) -> tuple[dict[str, Any], ...]:
    if run.line.left <= 0 or run.api.rest(_COMMENTS):
        run.remarks = ("the comments under the posts found were not read: the limit was used up",)
        return ()
    asked: dict[str, str | int] = {"fromdate": walk.since, "sort": "creation", "order": "desc"}
    page = run.api.ask(_COMMENTS, f"posts/{ids}/comments", asked)
    if page.more:
        run.remarks = (f"only the newest {PAGE} comments under the posts found were read",)
    return page.items


def _told(
    asked: dict[int, Mention], found: dict[object, dict[str, Any]], desk: Desk, done: Recheck
) -> Recheck:
    changes, standing, edited = list(done.changes), list(done.standing), list(done.edited)
    for post, mention in asked.items():
        told = desk.again(found[post], mention) if post in found else None
        if told is None:
            changes.append(gone(mention, desk.now))
        elif again := changed(mention, told):
            edited.append(again)
        else:
            standing.append(mention.native_id)
    return Recheck(changes=tuple(changes), standing=tuple(standing), edited=tuple(edited))


def _gap(walk: Walk, items: Sequence[dict[str, Any]]) -> Gap | None:
    moments = [item["creation_date"] for item in items if isinstance(item.get("creation_date"), int)]
    if not moments or min(moments) <= walk.since:
        return None
    return Gap(
        from_at=datetime.fromtimestamp(walk.since, UTC),
        to_at=datetime.fromtimestamp(min(moments), UTC),
        reason=f"more was found than the {LAST_PAGE} pages that Stack Exchange gives",
    )
