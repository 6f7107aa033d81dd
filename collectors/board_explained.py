"""A board's settings come in, lines that show what its selectors pick today go out: for `sources test`."""

from collections.abc import Iterator
from datetime import datetime
from threading import Event

from collectors import Workshop
from collectors.board_page import BoardPost, Picked
from collectors.board_posts import thread_id
from collectors.board_reading import Pages, pages_of
from collectors.line import line_to
from collectors.text import cut
from klankbord.mention import Mention, Precision
from klankbord.ports import Budget
from klankbord.settings import ForumSource

_SHOWN = 3


def explained(
    source: ForumSource, workshop: Workshop, now: datetime, stop: Event, budget: Budget | None = None
) -> tuple[str, ...]:
    """What the selectors pick on the board's page and on its first thread; names are masked, nothing is kept.

    Raises:
        CollectError: a page could not be had, or may not be read.
    """
    pages = pages_of(line_to(source, workshop, budget or Budget(requests=5), now, stop))
    pages.pace.may_go()
    board, _ = pages.read(source.url)
    lines = list(_pace(pages))
    lines += [f"thread: {len(board.threads)} links on {source.url}"]
    lines += [f"  {link.url}" for link in board.threads[:_SHOWN]]
    allowed = [link.url for link in board.threads if not pages.leave.why_not(link.url)]
    if not allowed:
        return (*lines, "no thread that may be read: nothing more to show")
    if not pages.pace.may_go():
        return (*lines, "no thread is shown: the board's pace allows one page now")
    return (*lines, *_thread(pages, allowed[0]))


def _pace(pages: Pages) -> Iterator[str]:
    asked = pages.leave.rules.delay
    yield "robots.txt: reading is allowed"
    yield f"pace: one page in {pages.pace.delay:g} seconds" + (
        f" (robots.txt asks {asked:g})" if asked else ""
    )
    if not pages.leave.rules.signals.train:
        yield "robots.txt: texts are not used for training"


def _thread(pages: Pages, url: str) -> Iterator[str]:
    found, answer = pages.read(url)
    made = pages.desk(answer).mentions(found, url, thread_id(pages.source, url), first=True)
    shown = list(made.values())
    yield f"title: {cut(_title(shown, found), 80)!r}"
    yield f"post: {len(found.posts)} on {url}"
    for name in ("next", "last", "previous"):
        yield f"{name}: {getattr(found, name) or 'picks nothing here'}"
    yield f"author: {sum(bool(post.author) for post in found.posts)} of {len(found.posts)} posts have one"
    yield f"id: {sum(bool(post.key) for post in found.posts)} of {len(found.posts)} posts have one"
    for mention, post in zip(shown[:_SHOWN], found.posts, strict=False):
        yield f"  {_dated(mention, post)}: {cut(mention.text.replace(chr(10), ' '), 80)!r}"


def _title(shown: list[Mention], found: Picked) -> str:
    """The title without names, as it would be kept."""
    return next((one.title or one.context for one in shown if one.title or one.context), found.title and "…")


def _dated(mention: Mention, post: BoardPost) -> str:
    if mention.published_precision is Precision.MISSING:
        return f"date not readable ({post.date[:40]!r})" if post.date else "no date"
    return f"{mention.published_at:%Y-%m-%d %H:%M} UTC"
