"""Entries whose text is cut come in, the same with the text of the page behind them go out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event
from urllib.parse import urlsplit

from collectors import Workshop
from collectors.article_text import Article, article_of, is_paid
from collectors.authors import telling, without_names, without_quoted
from collectors.line import Line, line_to
from collectors.links import redacted
from collectors.pace import Pace
from collectors.permission import held_back, leave_for, reservation
from collectors.posted import plain_text
from collectors.text import MAX_TEXT, cut
from klankbord.errors import CollectError, ForbiddenError, TransientError
from klankbord.masking import masked
from klankbord.mention import Kind, Mention
from klankbord.ports import Budget, Spend
from klankbord.settings import FeedSource

#: pages read in one run of one feed
_MOST = 10
#: seconds between two pages of a host that names no pace
_DELAY = 1.0
_TEASER = 5_000
_SHORT = 200
_CUT = re.compile(
    r"(?is)(?:…|\.\.\.|\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)"
    r"|\b(?:lees\s+(?:verder|meer)|verder\s+lezen|meer\s+lezen|read\s+more|continue\s+reading|full\s+story)\b)"
    r"[\s»\u203a→>.\])]*$"
)
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Articles:
    """Mentions, those that could be with their whole text."""

    mentions: tuple[Mention, ...]
    spent: Spend = field(default_factory=Spend)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """For whom pages are fetched."""

    source: FeedSource
    workshop: Workshop
    budget: Budget
    now: datetime
    stop: Event
    #: short ids of entries that were offered before: each page is read once
    known: Sequence[str] = ()
    #: names that the feed gives its authors
    names: Iterable[str] = ()


def with_articles(mentions: tuple[Mention, ...], asking: Asking) -> Articles:
    """Fetch the pages of new entries whose text is cut, from the hosts that `articles_from` names.

    The revision stays that of the entry: an entry that is offered again changes nothing.

    Raises:
        StoppedError: we were asked to stop.
    """
    if not (hosts := frozenset(asking.source.articles_from)):
        return Articles(mentions=mentions)
    known = frozenset(asking.known)
    wanted = [one for one in mentions if _short_id(one) not in known and wants_page(one, hosts)]
    if not wanted:
        return Articles(mentions=mentions)
    line = line_to(asking.source, asking.workshop, asking.budget, asking.now, asking.stop)
    run = _Run(line=line, hosts=hosts, names=frozenset(asking.names))
    whole = {one.native_id: run.whole(one) for one in wanted[:_MOST]}
    return Articles(
        mentions=tuple(whole.get(one.native_id) or one for one in mentions),
        spent=line.took(),
        remarks=run.remarks(len(wanted) - len(whole)),
    )


def wants_page(mention: Mention, hosts: frozenset[str]) -> bool:
    """Whether an entry's text is cut and its page stands on one of the hosts. Pure."""
    url = mention.canonical_url
    if mention.kind is not Kind.POST or _host(url) not in hosts or "[" in url or "/@/" in url:
        return False
    text = mention.text.strip()
    return len(text) < _SHORT or (len(text) < _TEASER and _CUT.search(text) is not None)


def belongs(article: Article, mention: Mention) -> bool:
    """Whether a page says what the entry says: a wall of consent does not. Pure."""
    said = set(_WORD.findall(f"{mention.title} {mention.text}".casefold()))
    there = set(_WORD.findall(article.text.casefold()))
    return len(article.text) > len(mention.text) and len(said & there) * 2 >= len(said)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _short_id(mention: Mention) -> str:
    return mention.native_id.rpartition(":")[2]


@dataclass(slots=True, kw_only=True)
class _Run:
    """The pages of one run."""

    line: Line
    hosts: frozenset[str]
    names: frozenset[str]
    paces: dict[str, Pace] = field(default_factory=dict)
    problems: dict[str, int] = field(default_factory=dict)

    def whole(self, mention: Mention) -> Mention | None:
        try:
            return self._whole(mention)
        except CollectError as error:
            if self.line.stop.is_set():
                raise
            problem = redacted(error.problem)[:200]
            self.problems[problem] = self.problems.get(problem, 0) + 1
            return None

    def remarks(self, left_out: int) -> tuple[str, ...]:
        said = [f"{count} articles were not read: {problem}" for problem, count in self.problems.items()]
        if left_out:
            said.append(f"{left_out} articles were not read: at most {_MOST} a run")
        return tuple(said)

    def _whole(self, mention: Mention) -> Mention:
        url = mention.canonical_url
        leave = leave_for(self.line, url).asked(url)
        host = _host(url)
        pace = self.paces.setdefault(host, Pace(delay=leave.rules.delay or _DELAY, stop=self.line.stop))
        if not pace.may_go():
            raise TransientError("their host asks for a slower pace")
        answer = self.line.fetch(url)
        if answer.url != url:
            if _host(answer.url) not in self.hosts:
                raise ForbiddenError("the page leads to another host")
            leave = leave_for(self.line, answer.url).asked(answer.url)
        if why := reservation(answer):
            raise ForbiddenError(why)
        if is_paid(answer.body):
            raise ForbiddenError("the page is for who pays")
        if "html" not in answer.header("content-type").lower():
            raise TransientError("the page is no HTML")
        found = article_of(answer.body, answer.url, answer.header("content-type"), self.line.stop)
        if found is None or not belongs(found, mention):
            raise TransientError("the page does not hold what the feed told")
        return held_back(leave, answer)(self._with(mention, found))

    def _with(self, mention: Mention, article: Article) -> Mention:
        keep = self.line.workshop.keep_handles
        names = telling({*self.names, *article.authors}, frozenset(name.casefold() for name in keep))
        text = without_quoted(without_names(plain_text(article.text), names))
        return replace(mention, kind=Kind.ARTICLE, text=cut(masked(text, keep=keep), MAX_TEXT))
