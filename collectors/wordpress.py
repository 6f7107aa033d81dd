"""Comments of WordPress sites come in; which are gone, stand or were edited goes out, as the site's API says.

WordPress answers a conditional request for its comment feed with 304 also when a comment was edited, and a
comment that was trashed leaves the feed without a word: only its REST API tells both. Where a site has none,
the pages of the comments are asked, as for any feed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, unquote, urldefrag, urljoin, urlsplit

from collectors.answers import Answer
from collectors.entries import Frame, harvest
from collectors.parse import RawEntry, RawFeed
from collectors.recheck import Asked, asked, page_of
from klankbord.mention import Mention, State, StateChange, short_hash
from klankbord.ports import Budget, Recheck, Spend

#: comments that one request may ask for (`per_page` of WP_REST_Comments_Controller)
_MOST = 100
_COMMENT = re.compile(r"comment-(\d{1,18})")
_HEAD = 200_000
_LINK_HEADER = re.compile(r"<([^<>]{1,500})>\s*;\s*rel=\"?https://api\.w\.org/")
_LINK_TAG = re.compile(rb"(?i)<link\b[^>]{0,300}api\.w\.org[^>]{0,500}>")
_HREF = re.compile(rb"(?i)href\s*=\s*[\"']([^\"'>]{1,500})[\"']")
# What the API says of a comment that is no longer public (class-wp-rest-comments-controller.php): removed for
# good; its post gone; held back, marked as spam or in the bin; its post no longer public.
_DELETED = {"rest_comment_invalid_id", "rest_post_invalid_id"}
_HIDDEN = {"rest_cannot_read", "rest_cannot_read_post"}
_FIELDS = "id,link,status,author_name,content"


@dataclass(slots=True, kw_only=True)
class _Call:
    """One recheck under way."""

    ask: Asked
    frame: Frame
    budget: Budget
    spent: Spend = field(default_factory=Spend)
    changes: list[StateChange] = field(default_factory=list)
    standing: list[str] = field(default_factory=list)
    edited: list[Mention] = field(default_factory=list)

    @property
    def left(self) -> int:
        over = self.spent.bytes >= self.budget.bytes or self.ask.request.stop.is_set()
        return 0 if over else self.budget.requests - self.spent.requests

    def answer(self, url: str) -> Answer | None:
        """What an address says; None where it says nothing, or nothing may be asked any more."""
        if self.left <= 0:
            return None
        found = page_of(url, self.ask, self.left)
        # a failed try may have cost one request
        self.spent += found.spent if found else Spend(requests=1)
        return found


def comments_asked(mentions: Sequence[Mention], ask: Asked, frame: Frame, budget: Budget) -> Recheck:
    """Whether these comments still stand, and say what they said."""
    call = _Call(ask=ask, frame=frame, budget=budget)
    numbered = {post.native_id: number for post in mentions if (number := _number(post, frame.url))}
    pages: dict[str, Answer | None] = {}
    told: set[str] = set()
    if numbered:
        first = next(post for post in mentions if post.native_id in numbered)
        page = urldefrag(first.url)[0]
        pages[page] = call.answer(page)
        if (found := pages[page]) and (root := api_root(found)):
            told = _told_by_api(
                call, root, [post for post in mentions if post.native_id in numbered], numbered
            )
    rest = [post for post in mentions if post.native_id not in told]
    by_page = asked(rest, ask, replace(budget, requests=max(0, call.left)), pages)
    return Recheck(
        changes=(*call.changes, *by_page.changes),
        standing=(*call.standing, *by_page.standing),
        edited=tuple(call.edited),
        spent=call.spent + by_page.spent,
    )


def _number(post: Mention, feed_url: str) -> int | None:
    """The number of a comment on the feed's own site: numbers of another site mean nothing there."""
    found = _COMMENT.fullmatch(unquote(urldefrag(post.url)[1]))
    return int(found[1]) if found and _host(post.url) == _host(feed_url) else None


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def api_root(answer: Answer) -> str:
    """Where a page says its site's REST API is; empty where it says nothing, or names another host. Pure."""
    found = _LINK_HEADER.search(answer.header("link"))
    href = found[1] if found else ""
    if not href and (tag := _LINK_TAG.search(answer.body[:_HEAD])) and (inside := _HREF.search(tag[0])):
        href = inside[1].decode("utf-8", "replace").replace("&amp;", "&")
    root = urljoin(answer.url, href) if href else ""
    return root if root.startswith(("http://", "https://")) and _host(root) == _host(answer.url) else ""


def _told_by_api(call: _Call, root: str, posts: Sequence[Mention], numbers: Mapping[str, int]) -> set[str]:
    """Ask for all at once, then for each that was not among the answers; returns the posts that were told."""
    told: set[str] = set()
    for start in range(0, len(posts), _MOST):
        part = posts[start : start + _MOST]
        wanted = ",".join(str(numbers[post.native_id]) for post in part)
        answer = call.answer(_address(root, "", f"include={wanted}&per_page={_MOST}"))
        listed = _content(answer) if answer and answer.status == 200 else None
        if not isinstance(listed, list):
            return told
        by_number = {item.get("id"): item for item in listed if isinstance(item, dict)}
        for post in part:
            number = numbers[post.native_id]
            item = by_number.get(number) or _single(call, root, number)
            if item is not None and _told(call, post, item):
                told.add(post.native_id)
    return told


def _single(call: _Call, root: str, number: int) -> dict[str, Any] | None:
    """The comment itself, or `{"gone": state}`; None where nothing was told."""
    answer = call.answer(_address(root, f"/{number}", ""))
    if answer is None:
        return None
    said = _content(answer)
    if not isinstance(said, dict):
        return None
    if answer.status == 200 and said.get("id") == number:
        return said
    if 400 <= answer.status < 500 and said.get("code") in _DELETED:
        return {"gone": State.DELETED}
    if answer.status in {401, 403} and said.get("code") in _HIDDEN:
        return {"gone": State.REMOVED}
    return None


def _told(call: _Call, post: Mention, item: Mapping[str, Any]) -> bool:
    now = call.ask.request.now
    state = item.get("gone") or (State.REMOVED if item.get("status", "approved") != "approved" else None)
    if state:
        call.changes.append(
            StateChange(platform=post.platform, native_id=post.native_id, state=state, at=now)
        )
        return True
    if not _same_page(str(item.get("link") or ""), post.url):
        return False
    if fresh := _edited(call.frame, post, item):
        call.edited.append(fresh)
    call.standing.append(post.native_id)
    return True


def _address(root: str, path: str, query: str) -> str:
    """An address of the API, also on sites whose root is `/?rest_route=/`."""
    query = "&".join(filter(None, (query, f"_fields={_FIELDS}")))
    if "rest_route=" in root:
        return f"{root.rstrip('/')}/wp/v2/comments{path}&{query}"
    return f"{root.rstrip('/')}/wp/v2/comments{path}?{query}"


def _content(answer: Answer) -> Any:  # noqa: ANN401 - what a server says can be anything; who asks looks
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _same_page(link: str, url: str) -> bool:
    """Whether two addresses of a comment mean the same post: its page of comments may have changed."""
    if not link:
        return True
    one, other = (_page(address) for address in (link, url))
    return one == other


def _page(url: str) -> tuple[str, str, tuple[str, ...]]:
    parts = urlsplit(url)
    path = re.sub(r"/comment-page-\d+(?=/|$)", "", parts.path).rstrip("/")
    return _host(url), path, tuple(parse_qs(parts.query).get("p", ()))


def _edited(frame: Frame, post: Mention, item: Mapping[str, Any]) -> Mention | None:
    """The comment as it reads now, where its words are others than those that were kept."""
    content = item.get("content")
    markup = content.get("rendered") if isinstance(content, dict) else None
    if not isinstance(markup, str) or not post.text:
        return None
    name = str(item.get("author_name") or "")[:200]
    raw = RawEntry(id=post.url, link=post.url, text=markup, authors=(name,) if name else ())
    text = next((made.text for made in harvest(RawFeed(entries=(raw,)), frame).mentions), "")
    if not text or _words(text) == _words(post.text):
        return None
    return replace(
        post,
        text=text,
        revision=short_hash(post.title, text, post.context),
        edited_at=frame.now,
        collected_at=frame.now,
        state=State.EDITED,
    )


def _words(text: str) -> list[str]:
    """Words alone: a feed and an API may space and punctuate the same text differently."""
    return re.findall(r"\w+", text.casefold())
