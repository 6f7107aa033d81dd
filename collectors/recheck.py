"""Stored mentions come in, which of them are gone and which stand at their page goes out."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urldefrag, urlsplit

from collectors.answers import Answer, looks_like_login
from collectors.polite import Fetcher, Request
from klankbord.errors import CollectError
from klankbord.mention import Mention, State, StateChange
from klankbord.ports import Budget, Recheck, Spend

_GONE = {404, 410}
#: fragments that name a place on the page itself; others are read by scripts
_PLACE = re.compile(r"[A-Za-z][\w.:-]*|\d+")
#: what is left where a handle or name stood: such an address leads nowhere
_EMPTIED = re.compile(
    r"(?i)/@(?:[/?#]|$)|\[author\]|\[secret\]"
    r"|/(?:u|users?|authors?|profiles?|auteur|gebruiker|leden|members?)/(?:[/?#]|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How pages are asked for; the request's address is filled in."""

    fetcher: Fetcher
    request: Request


def asked(
    mentions: Sequence[Mention], ask: Asked, budget: Budget, read: Mapping[str, Answer | None] | None = None
) -> Recheck:
    """Read each page once, as far as the budget goes; what could not be told is in neither list.

    Args:
        mentions: the posts.
        ask: how their pages are asked for.
        budget: what that may cost.
        read: pages that were asked for just before, with what they answered.
    """
    gone: list[Mention] = []
    standing: list[str] = []
    spent = Spend()
    for page, posts in _by_page(mentions).items():
        if read and page in read:
            answer = read[page]
        else:
            left = budget.requests - spent.requests
            if left <= 0 or spent.bytes >= budget.bytes or ask.request.stop.is_set():
                break
            answer = page_of(page, ask, left)
            # a failed try may have cost one request
            spent += answer.spent if answer else Spend(requests=1)
        if answer is None:
            continue
        for post in posts:
            stands = _stands(post, page, answer)
            gone += [post] if stands is False else []
            standing += [post.native_id] if stands else []
    return Recheck(changes=tuple(_deleted(post, ask) for post in gone), standing=tuple(standing), spent=spent)


def _by_page(mentions: Sequence[Mention]) -> dict[str, list[Mention]]:
    pages: defaultdict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if mention.url.startswith(("http://", "https://")) and not _EMPTIED.search(mention.url):
            pages[urldefrag(mention.url)[0]].append(mention)
    return pages


def page_of(url: str, ask: Asked, left: int) -> Answer | None:
    """What an address answers, whatever the status; None where no answer came."""
    request = ask.request
    try:
        return ask.fetcher.ask(replace(request, url=url, max_requests=min(request.max_requests, left)))
    except CollectError:
        return None


def _stands(post: Mention, page: str, answer: Answer) -> bool | None:
    """Whether the post stands; None where the answer does not tell."""
    if answer.status in _GONE:
        return False
    if answer.status != 200 or looks_like_login(answer.url):
        return None
    fragment = unquote(urldefrag(post.url)[1])
    if not fragment or not _PLACE.fullmatch(fragment):
        return True
    if "html" not in answer.header("content-type") or urlsplit(answer.url).path != urlsplit(page).path:
        return None
    return _holds(answer.body, fragment)


def _holds(body: bytes, fragment: str) -> bool:
    name = re.escape(fragment.encode("utf-8"))
    return re.search(rb"(?i)\b(?:id|name)\s*=\s*[\"']?" + name + rb"[\"'\s>]", body) is not None


def _deleted(post: Mention, ask: Asked) -> StateChange:
    return StateChange(
        platform=post.platform, native_id=post.native_id, state=State.DELETED, at=ask.request.now
    )
