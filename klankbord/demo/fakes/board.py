"""Posts come in, a board without a feed goes out: pages as phpBB lays them out, in windows of ten posts.

Every link carries another session id at each visit, dates have no zone, and texts are Windows-1252.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape
from itertools import count
from threading import Lock
from typing import cast
from zoneinfo import ZoneInfo

from klankbord.demo.fakes import Fakery
from klankbord.demo.loopback import Asked, Loopback, Reply, Service

_PAGE = 10
_ZONE = ZoneInfo("Europe/Amsterdam")
_HTML = {"Content-Type": "text/html; charset=windows-1252"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Post:
    key: int
    text: str
    author: str
    at: datetime
    #: which post of the thread is quoted in it
    quotes: int | None = None


@dataclass(slots=True)
class FakeBoard:
    """A board with threads and posts."""

    robots: str = "User-agent: *\nDisallow: /ucp.php\n"
    #: seconds between two pages that the settings ask for
    crawl_delay: float = 0.0
    #: the template writes ids on posts
    ids: bool = True
    #: more headers on every page
    headers: dict[str, str] = field(default_factory=dict)
    threads: dict[str, list[_Post]] = field(default_factory=dict)
    keys: "count[int]" = field(default_factory=lambda: count(501))
    visits: "count[int]" = field(default_factory=count)
    lock: Lock = field(default_factory=Lock)

    def post(self, text: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """Somebody answers in the thread that everybody answers in."""
        return self.say(text, at=at, author=author)

    def say(
        self,
        text: str,
        *,
        at: datetime,
        author: str = "Wieneke Planteman",
        thread: str = "Ervaringen met leveranciers",
        quotes: str | None = None,
    ) -> str:
        """Somebody writes in a thread, perhaps with a quote of another post."""
        with self.lock:
            key = next(self.keys)
            quoted = int(quotes) if quotes else None
            said = _Post(key=key, text=text, author=author, at=at, quotes=quoted)
            self.threads.setdefault(thread, []).append(said)
            return str(key)

    def edit(self, key: str, text: str, *, at: datetime) -> None:  # noqa: ARG002 - boards show no time of edits
        """The post says something else; the board's page does not tell."""
        with self.lock:
            for posts in self.threads.values():
                posts[:] = [replace(one, text=text) if str(one.key) == key else one for one in posts]

    def delete(self, key: str) -> None:
        """The post is gone; those after it move up."""
        with self.lock:
            for posts in self.threads.values():
                posts[:] = [one for one in posts if str(one.key) != key]

    def settings(self, address: str) -> dict[str, object]:
        """The table that reads this board."""
        return {
            "kind": "forum",
            "software": "board",
            "url": f"{address}/viewforum.php?f=2",
            "allow_addresses": ["127.0.0.0/8"],
            "crawl_delay": self.crawl_delay,
            "selectors": {
                "thread": "a.topictitle",
                "post": "div.post",
                "text": "div.content",
                "author": "a.username",
                "date": "p.author span",
                "date_attribute": "",
                "title": "h2.topic-title",
                "next": "li.next a",
                "previous": "li.previous a",
                "last": "li.last a",
            },
        }

    def answer(self, asked: Asked) -> Reply:
        """The reply to one request."""
        if asked.path == "/robots.txt":
            return Reply(body=self.robots.encode(), headers={"Content-Type": "text/plain"})
        with self.lock:
            if asked.path == "/viewforum.php":
                return self._html("Forum", self._board())
            names, number = list(self.threads), asked.query.get("t", "")
            if asked.path == "/viewtopic.php" and number.isdecimal() and 0 < int(number) <= len(names):
                start = int(asked.query.get("start") or 0)
                return self._html(names[int(number) - 1], self._thread(int(number), names, start))
        return Reply(status=404, body=b"<h1>Not found</h1>", headers=_HTML)

    def _html(self, title: str, body: str) -> Reply:
        page = f"<!DOCTYPE html><html><head><title>{escape(title)}</title></head><body>{body}</body></html>"
        return Reply(body=page.encode("cp1252", "xmlcharrefreplace"), headers=_HTML | self.headers)

    def _board(self) -> str:
        sid = f"{next(self.visits):032x}"
        rows = [
            f"<li class='row'><dl><dt><a class='topictitle' "
            f"href='./viewtopic.php?f=2&amp;t={number}&amp;sid={sid}'>{escape(name)}</a></dt>"
            f"<dd class='posts'>{len(posts)}</dd>"
            f"<dd class='lastpost'>{_date(posts[-1].at) if posts else ''}</dd></dl></li>"
            for number, (name, posts) in enumerate(self.threads.items(), 1)
        ]
        return "<ul class='topiclist topics'>" + "".join(reversed(rows)) + "</ul>"

    def _thread(self, number: int, names: list[str], start: int) -> str:
        name = names[number - 1]
        posts = self.threads[name]
        shown = [self._post(one, posts) for one in posts[start : start + _PAGE]]
        return (
            f"<h2 class='topic-title'>{escape(name)}</h2>{self._pages(number, start, posts)}{''.join(shown)}"
        )

    def _pages(self, number: int, start: int, posts: list[_Post]) -> str:
        sid, last = f"{next(self.visits):032x}", max(0, len(posts) - 1) // _PAGE * _PAGE
        places = {"previous": start - _PAGE, "next": start + _PAGE, "last": last}
        links = []
        for name, place in places.items():
            if place < 0 or place > last or place == start:
                continue
            first = "" if place == 0 else f"&amp;start={place}"
            target = f"./viewtopic.php?f=2&amp;t={number}{first}&amp;sid={sid}"
            links.append(f"<li class='{name}'><a href='{target}'>{name}</a></li>")
        return f"<ul class='pagination'>{''.join(links)}</ul>"

    def _post(self, post: _Post, posts: list[_Post]) -> str:
        quoted = next((one for one in posts if one.key == post.quotes), None)
        who = f"<cite>{escape(quoted.author)} schreef:</cite>" if quoted else ""
        quote = f"<blockquote><div>{who}{escape(quoted.text)}</div></blockquote>" if quoted else ""
        handle = re.sub(r"\W+", "_", post.author).lower()
        given = f" id='p{post.key}'" if self.ids else ""
        return (
            f"<div class='post'{given}><p class='author'>door "
            f"<a class='username' href='./memberlist.php?u={handle}'>{escape(post.author)}</a>"
            f" » <span>{_date(post.at)}</span></p>"
            f"<div class='content'>{quote}{escape(post.text)}</div></div>"
        )


def _date(at: datetime) -> str:
    return f"{at.astimezone(_ZONE):%d-%m-%Y %H:%M}"


FAKERY = Fakery(make=FakeBoard, stand=lambda fake: Loopback(cast("Service", fake)))
