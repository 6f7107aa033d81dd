"""A page of a board and declared selectors come in, the threads and posts they pick go out. Pure."""

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from threading import Event
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from collectors.child import in_child
from collectors.quoted import apart
from collectors.tame import is_tame
from collectors.text import MAX_TEXT, MAX_TITLE, plain
from klankbord.errors import PermanentError
from klankbord.settings.sources import BoardSelectors

_MOST_THREADS = 100
_MOST_POSTS = 500
_ROW_LEVELS = 6
_SECONDS = 15.0
#: parameters that boards add for visitors without cookies: another value at each visit, the same page
_SESSION = re.compile(r"(?i)sid|s|phpsessid|jsessionid|session_?id|sessionhash")
_GONE = re.compile(
    r"(?is)\W*(?:deze?|dit|this|the)?\s*(?:bericht|reactie|post|message|comment)\b.{0,40}"
    r"\b(?:verwijderd|deleted|removed|weggehaald)\b.{0,40}"
)
_CHILD = "from collectors.board_page import serve; serve()"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadLink:
    """A thread as the board's page shows it."""

    url: str
    #: words of its row: they change when somebody answers
    row: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPost:
    """A post as a thread's page shows it; names are still in it."""

    #: the element's own id; empty where it has none
    key: str = ""
    text: str = ""
    quoted: str = ""
    date: str = ""
    author: str = ""

    @property
    def gone(self) -> bool:
        """Whether only a notice stands where a post was."""
        return len(self.text) < 120 and _GONE.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What the selectors pick on one page."""

    threads: tuple[ThreadLink, ...] = ()
    title: str = ""
    posts: tuple[BoardPost, ...] = ()
    next: str = ""
    last: str = ""
    previous: str = ""


def picked(page: str, selectors: BoardSelectors, url: str) -> Picked:
    """What the selectors pick on a page.

    Args:
        page: the page's characters.
        selectors: as declared in the settings.
        url: where the page is: links are resolved against it, and those to other hosts left out.

    Raises:
        PermanentError: a selector cannot be read.
    """
    tree = LexborHTMLParser(page)
    try:
        return Picked(
            threads=_threads(tree, selectors.thread, url),
            title=plain(_html(tree.css_first(selectors.title)), MAX_TITLE),
            posts=tuple(_posts(tree, selectors)),
            next=_link(tree, selectors.next, url),
            last=_link(tree, selectors.last, url),
            previous=_link(tree, selectors.previous, url),
        )
    except SelectolaxError as error:
        raise PermanentError(f"a selector of the board cannot be read: {str(error)[:200]}") from error


def picked_safely(page: str, selectors: BoardSelectors, url: str, stop: Event) -> Picked:
    """As `picked`; a page that could hurt the parser is read in a child with limits.

    Raises:
        CollectError: it could not be read in time, or a selector cannot be read.
    """
    if is_tame(page):
        return picked(page, selectors, url)
    job = json.dumps({"page": page, "selectors": selectors.model_dump(), "url": url}).encode("ascii")
    return _from_json(in_child(_CHILD, job, stop, _SECONDS))


def serve() -> None:
    """What the child runs."""
    job = json.loads(sys.stdin.buffer.read())
    found = picked(job["page"], BoardSelectors(**job["selectors"]), job["url"])
    sys.stdout.write(json.dumps(asdict(found)))


def _from_json(text: bytes) -> Picked:
    fields = json.loads(text)
    threads = tuple(ThreadLink(**one) for one in fields.pop("threads"))
    return Picked(threads=threads, posts=tuple(BoardPost(**one) for one in fields.pop("posts")), **fields)


def _threads(tree: LexborHTMLParser, selector: str, url: str) -> tuple[ThreadLink, ...]:
    found: dict[str, ThreadLink] = {}
    for node in tree.css(selector):
        if (target := _target(node, url)) and target not in found:
            found[target] = ThreadLink(url=target, row=plain(_html(_row(node, selector, url, target)), 1_000))
        if len(found) >= _MOST_THREADS:
            break
    return tuple(found.values())


def _row(node: LexborNode, selector: str, url: str, thread: str) -> LexborNode:
    """The largest element around a link to a thread that holds no other thread's link."""
    row = node
    for _ in range(_ROW_LEVELS):
        parent = row.parent
        if parent is None or parent.tag in {"body", "html"}:
            break
        # at the first that differs it is enough: a page can have thousands
        if any(_target(link, url) != thread for link in parent.css(selector)):
            break
        row = parent
    return row


def _posts(tree: LexborHTMLParser, selectors: BoardSelectors) -> Iterable[BoardPost]:
    for node in tree.css(selectors.post)[:_MOST_POSTS]:
        said = node.css_first(selectors.text)
        if said is None:
            continue
        rest, quoted = apart(_html(said))
        text = plain(rest, MAX_TEXT)
        if not text:
            continue
        author = node.css_first(selectors.author) if selectors.author else None
        yield BoardPost(
            key=_key(node),
            text=text,
            quoted=plain(quoted, MAX_TEXT) if quoted else "",
            date=_date(node, selectors),
            author=plain(_html(author), 100) if author is not None else "",
        )


def _key(node: LexborNode) -> str:
    given = node.attributes
    return (given.get("id") or given.get("data-post-id") or given.get("data-id") or "")[:100]


def _date(post: LexborNode, selectors: BoardSelectors) -> str:
    node = post.css_first(selectors.date)
    if node is None:
        return ""
    written = node.attributes.get(selectors.date_attribute) if selectors.date_attribute else None
    return (written or node.text())[:100].strip()


def _link(tree: LexborHTMLParser, selector: str, url: str) -> str:
    node = tree.css_first(selector) if selector else None
    return _target(node, url) if node is not None else ""


def _target(node: LexborNode, url: str) -> str:
    """Where a link leads on the same host, without fragment and session; empty where elsewhere."""
    given = node.attributes.get("href") or ""
    try:
        target = without_session(urldefrag(urljoin(url, given.strip()))[0])
        there, here = urlsplit(target), urlsplit(url)
    except ValueError:
        return ""
    same = there.scheme in {"http", "https"} and there.netloc.lower() == here.netloc.lower()
    return target[:1_000] if given and same else ""


def without_session(url: str) -> str:
    """The address without the session that some boards write into every link."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _SESSION.fullmatch(name)]
    if len(kept) == len(pairs):
        return url
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _html(node: LexborNode | None) -> str:
    return (node.html or "") if node is not None else ""
