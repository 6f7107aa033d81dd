"""Stored posts of a board come in, which of them stand, are gone or say something else now goes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urldefrag

from collectors.answers import Answer
from collectors.board_page import Picked
from collectors.board_posts import thread_id
from collectors.board_reading import Pages
from collectors.polite import StoppedError
from klankbord.errors import CollectError, PermanentError, RateLimitedError
from klankbord.mention import Mention, State, StateChange
from klankbord.ports import Recheck


@dataclass(slots=True)
class Looked:
    """What was found of posts that were looked up."""

    #: pages read, by address: one may be the neighbour of another
    read: dict[str, tuple[Picked, Answer]] = field(default_factory=dict)
    gone: list[tuple[str, State]] = field(default_factory=list)
    standing: list[str] = field(default_factory=list)
    edited: list[Mention] = field(default_factory=list)

    def recheck(self, pages: Pages) -> Recheck:
        """The answer of a collector."""
        line = pages.line
        changes = tuple(
            StateChange(platform=pages.source.kind, native_id=native, state=state, at=line.now)
            for native, state in self.gone
        )
        return Recheck(
            changes=changes, standing=tuple(self.standing), edited=tuple(self.edited), spent=line.took()
        )


def looked_up(pages: Pages, mentions: Sequence[Mention]) -> Recheck:
    """Look posts up on their pages, as far as budget and pace allow.

    Raises:
        RateLimitedError: the board asked to wait.
    """
    looked = Looked()
    for page, posts in _by_page(mentions).items():
        if page not in looked.read and (pages.line.left <= 0 or not pages.pace.may_go()):
            break
        try:
            _look(pages, page, posts, looked)
        except StoppedError:
            break
    return looked.recheck(pages)


def _by_page(mentions: Sequence[Mention]) -> dict[str, list[Mention]]:
    pages: dict[str, list[Mention]] = {}
    for mention in mentions:
        # an address out of which a name was taken leads nowhere
        if mention.url and "[" not in mention.url and "/@/" not in mention.url:
            pages.setdefault(urldefrag(mention.url)[0], []).append(mention)
    return pages


def _look(pages: Pages, page: str, posts: Sequence[Mention], looked: Looked) -> None:
    try:
        found, answer = looked.read.get(page) or pages.read(page)
    except (StoppedError, RateLimitedError):
        raise
    except PermanentError:
        if pages.line.last and pages.line.last.status in {404, 410}:
            looked.gone += [(post.native_id, State.DELETED) for post in posts]
        return
    except CollectError:
        # it does not tell: the posts are in no list
        return
    looked.read[page] = found, answer
    if not found.posts:
        return
    thread = posts[0].thread_id or ""
    shown, notices = _shown(pages, found, answer, page, thread)
    missing = [post for post in posts if post.native_id not in shown and post.native_id not in notices]
    whole = bool(missing) and _neighbours(pages, found, page, thread, looked, (shown, notices))
    for post in posts:
        _judge(post, shown.get(post.native_id), looked, noticed=post.native_id in notices, whole=whole)


def _shown(
    pages: Pages, found: Picked, answer: Answer, page: str, thread: str
) -> tuple[dict[str, Mention], set[str]]:
    desk = pages.desk(answer)
    return desk.mentions(found, page, thread, first=False), desk.notices(found, thread)


def _neighbours(
    pages: Pages,
    found: Picked,
    page: str,
    thread: str,
    looked: Looked,
    seen: tuple[dict[str, Mention], set[str]],
) -> bool:
    """Add what the pages beside this one show: posts move when others go; False: it cannot be known."""
    if thread_id(pages.source, page) != thread and not found.previous:
        return False
    for url in (found.previous, found.next):
        if not url or url == page:
            continue
        if url not in looked.read and (pages.line.left <= 0 or not pages.pace.may_go()):
            return False
        try:
            beside, answer = looked.read[url] = looked.read.get(url) or pages.read(url)
        except (StoppedError, RateLimitedError):
            raise
        except CollectError:
            return False
        more, taken = _shown(pages, beside, answer, url, thread)
        seen[0].update(more)
        seen[1].update(taken)
    return True


def _judge(post: Mention, fresh: Mention | None, looked: Looked, *, noticed: bool, whole: bool) -> None:
    if fresh is not None and fresh.revision != post.revision:
        looked.edited.append(replace(fresh, kind=post.kind, title=post.title, context=post.context))
    elif fresh is not None:
        looked.standing.append(post.native_id)
    elif noticed:
        looked.gone.append((post.native_id, State.REMOVED))
    elif whole:
        looked.gone.append((post.native_id, State.DELETED))
