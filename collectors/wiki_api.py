"""A question to a MediaWiki comes in, what its API tells through mwclient goes out."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from collectors.wiki_edit import Change, change
from klankbord.errors import (
    CollectError,
    ForbiddenError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from klankbord.mention import State

if TYPE_CHECKING:
    from collectors.line import Line
    from klankbord.settings import WikiSource

#: pages or revisions that one request may ask for without an account
SEVERAL = 50
#: seconds that the wiki's copies may lag behind before it is left alone (API etiquette)
_LAG = 5
#: seconds; a longer wait would be taken for that of a clock that is wrong, and not be kept at all
_LONGEST_WAIT = 86_400
#: any of these, and something of a revision was taken away
HIDDEN = ("texthidden", "userhidden", "commenthidden", "suppressed")
_CLOSED = {"readapidenied", "permissiondenied", "blocked", "autoblocked", "action-notallowed"}
_GONE = {"nosuchrevid", "missingcontent", "missingtitle", "nosuchpageid", "nosuchsection"}
Row = dict[str, Any]


class _GoneError(PermanentError):
    """A revision or page is no longer there."""


@dataclass(slots=True)
class Wiki:
    """What one poll or recheck asks of the wiki, through mwclient."""

    line: Line
    site: Any = None

    def ask(self, action: str, **query: str) -> Row:
        """One request."""
        from mwclient.errors import MwClientError

        with self.line.translated():
            self.site = self.site or _site(self.line)
            try:
                found = self.site.get(action, formatversion="2", maxlag=str(_LAG), **query)
            except (MwClientError, TypeError, ValueError) as error:
                if meant := _meant(error, self.line):
                    raise meant from error
                raise
        return dict(found)

    def search(self, words: str) -> list[str]:
        """Titles of the pages that hold the words, the last edited first where the wiki can sort so."""
        asked = {"list": "search", "srsearch": words, "srlimit": str(SEVERAL), "srprop": "", "srinfo": ""}
        try:
            found = self.ask("query", srsort="last_edit_desc", **asked)
        except PermanentError:
            # only CirrusSearch sorts by last edit
            if self.line.last is None or self.line.last.status != 200 or self.line.left <= 0:
                raise
            found = self.ask("query", **asked)
        return [str(row["title"]) for row in _rows(found, "search") if row.get("title")]

    def pages(self, titles: list[str]) -> dict[str, Row | None]:
        """What each page is now, by the title that was asked; None for one that is not there."""
        found = self.ask("query", prop="info", titles="|".join(titles), redirects="1")
        now_called = {
            str(row["from"]): str(row["to"])
            for kind in ("normalized", "redirects")
            for row in _rows(found, kind)
        }
        there = {str(row.get("title")): row for row in _rows(found, "pages")}
        told: dict[str, Row | None] = {}
        for title in titles:
            row = there.get(_resolved(title, now_called))
            if row is not None:
                gone = row.get("missing") or row.get("invalid") or "lastrevid" not in row
                told[title] = None if gone else row
        return told

    def revisions(self, title: str, start: str, more: Row) -> tuple[list[Row], Row | None]:
        """One page of a page's revisions from `start` on, and how to ask for the next."""
        asked = {"rvdir": "newer", "rvstart": start, "rvlimit": str(SEVERAL)}
        found = self.ask(
            "query",
            prop="revisions",
            titles=title,
            rvprop="ids|timestamp|flags|comment|user|userid|tags",
            **asked,
            **{name: str(value) for name, value in more.items()},
        )
        rows = [row for page in _rows(found, "pages") for row in page.get("revisions") or ()]
        next_one = found.get("continue")
        return rows, next_one if isinstance(next_one, dict) and next_one else None

    def change(self, row: Row) -> Change | None:
        """What a revision changed; None where it is gone meanwhile."""
        number, parent = str(row["revid"]), str(row.get("parentid") or "")
        try:
            if not parent:
                return self._whole(number)
            found = self.ask("compare", fromrev=parent, torev=number, prop="diff|ids")
        except _GoneError:
            return None
        said = found.get("compare")
        return change(str(said.get("body", said.get("*", "")))) if isinstance(said, dict) else None

    def _whole(self, number: str) -> Change:
        """A page's first revision has nothing to be compared with."""
        found = self.ask("query", prop="revisions", revids=number, rvprop="content", rvslots="main")
        rows = [row for page in _rows(found, "pages") for row in page.get("revisions") or ()]
        slots = rows[0].get("slots") if rows else None
        main = slots.get("main") if isinstance(slots, dict) else None
        return Change(added=(str(main.get("content") or ""),) if isinstance(main, dict) else ())

    def states(self, numbers: list[str]) -> dict[str, State]:
        """Which revisions stand; one that the wiki says nothing about is left out."""
        found = self.ask("query", prop="revisions", revids="|".join(numbers), rvprop="ids|flags|user|comment")
        told: dict[str, State] = {}
        for page in _rows(found, "pages"):
            for row in page.get("revisions") or ():
                hidden = any(row.get(name) for name in HIDDEN)
                told[str(row["revid"])] = State.REMOVED if hidden else State.LIVE
        bad = found.get("query", {}).get("badrevids") or {}
        for row in bad.values() if isinstance(bad, dict) else bad:
            told[str(row["revid"])] = State.DELETED
        return {number: state for number, state in told.items() if number in numbers}


def _site(line: Line) -> Any:  # noqa: ANN401 - mwclient has no types
    from mwclient import Site

    # it logs whole answers as warnings
    logging.getLogger("mwclient").setLevel(logging.CRITICAL)
    source: WikiSource = line.source  # type: ignore[assignment]
    where = urlsplit(source.url)
    path = f"{where.path.rstrip('/')}{source.path.rstrip('/')}/"
    return Site(
        where.netloc,
        scheme=where.scheme,
        path=path,
        pool=line.session(),
        max_retries=0,
        do_init=False,
        connection_options={"timeout": 10},
    )


def _meant(error: Exception, line: Line) -> CollectError | None:
    """What the client's error stands for, where the wiki told it with status 200, as it mostly does."""
    last = line.last
    code = str(getattr(error, "code", ""))
    said = f"the wiki answered {code}" if code else f"{type(error).__name__}: no answer that can be read"
    if last is None or last.status != 200:
        return None
    if code in {"maxlag", "ratelimited"} or last.header("x-database-lag"):
        wait = last.header("retry-after").strip()
        seconds = min(int(wait[:6]), _LONGEST_WAIT) if wait.isdigit() else 60
        return RateLimitedError(
            f"{said}: it asks to wait", until=line.now + timedelta(seconds=max(_LAG, seconds))
        )
    if code in _CLOSED:
        return ForbiddenError(said)
    if code in _GONE:
        return _GoneError(said)
    if not code or code == "readonly" or code.startswith("internal_api_error"):
        return TransientError(said)
    return PermanentError(said)


def _rows(found: Row, kind: str) -> list[Row]:
    query = found.get("query")
    rows = query.get(kind) if isinstance(query, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _resolved(title: str, now_called: dict[str, str]) -> str:
    for _ in range(3):
        title = now_called.get(title, title)
    return title
