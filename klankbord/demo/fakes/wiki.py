"""Edits come in, what a MediaWiki 1.43 answers about them goes out: search, info, revisions, compare."""

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from threading import Lock
from typing import Any

from klankbord.demo.fakes import Fakery
from klankbord.demo.loopback import Asked, Loopback, Reply

#: the fake asks for no credentials
ENVIRONMENT: dict[str, str] = {}
#: the page that is edited where a test names none
PAGE = "Voorbeeld BV"
_BEGAN = datetime(2020, 1, 1, 12, 0, tzinfo=UTC)
_SEVERAL = 50
_WORD = re.compile(r"\w+|\W")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One edit, with the whole text it left."""

    id: int
    parent: int
    page: str
    at: datetime
    user: str
    text: str
    comment: str = ""
    minor: bool = False
    #: what was taken away: "text", "user", "comment"
    hidden: frozenset[str] = frozenset()


class FakeWiki:
    """A wiki with one page to begin with; every post adds a paragraph to a page."""

    def __init__(self, *, cirrus: bool = True) -> None:
        """Hold the first page.

        Args:
            cirrus: whether the search can sort by last edit.
        """
        self._revisions: dict[int, Revision] = {}
        self._touched: dict[str, int] = {}
        self._ids: dict[str, int] = {}
        self._cirrus, self._lock = cirrus, Lock()
        #: seconds that the copies of the database are behind
        self.lag = 0
        self._add(PAGE, "Voorbeeld BV is een bedrijf.", at=_BEGAN, user="Begin")

    def post(
        self,
        text: str,
        *,
        at: datetime,
        author: str = "Wieneke Planteman",
        page: str = PAGE,
        comment: str = "",
    ) -> str:
        """Somebody adds a paragraph; an edit of an earlier moment is one that was imported."""
        with self._lock:
            before = self._at(page, at)
            whole = f"{before.text}\n\n{text}" if before else text
            return str(self._add(page, whole, at=at, user=author, comment=comment))

    def rewrite(self, old: str, new: str, *, at: datetime, author: str = "Wieneke Planteman") -> str:
        """Somebody changes words of the first page."""
        with self._lock:
            before = self._at(PAGE, at)
            assert before  # noqa: S101 - a fake
            return str(self._add(PAGE, before.text.replace(old, new), at=at, user=author))

    def edit(self, key: str, text: str, *, at: datetime) -> None:
        """An edit is never edited: changing it is another edit."""
        raise NotImplementedError

    def delete(self, key: str) -> None:
        """An administrator hides the revision's text, user and comment."""
        self.hide(key, "text", "user", "comment")

    def hide(self, key: str, *what: str) -> None:
        """An administrator hides parts of a revision."""
        with self._lock:
            one = self._revisions[int(key)]
            self._revisions[int(key)] = replace(one, hidden=frozenset(what))
            self._touched[one.page] += 1

    def remove_page(self, page: str) -> None:
        """An administrator deletes a page with all its revisions."""
        with self._lock:
            self._revisions = {n: r for n, r in self._revisions.items() if r.page != page}

    def settings(self, address: str) -> dict[str, object]:
        """One named page, and search."""
        return {"kind": "wiki", "url": address, "allow_addresses": ["127.0.0.0/8"], "pages": [PAGE]}

    def answer(self, asked: Asked) -> Reply:
        """What the API says; errors too come with status 200, as MediaWiki sends them."""
        query = asked.query
        if asked.path != "/w/api.php":
            return Reply(status=404, body=b"<html>Not found</html>", headers={"Content-Type": "text/html"})
        if query.get("formatversion") != "2" or query.get("format") != "json":
            return _refused("unsupported", "this fake speaks format=json and formatversion=2 only")
        with self._lock:
            if self.lag > int(query.get("maxlag", 1 << 30)):
                said = _refused("maxlag", f"Waiting for a database server: {self.lag} seconds lagged.")
                return replace(
                    said, headers={**said.headers, "Retry-After": "5", "X-Database-Lag": str(self.lag)}
                )
            return self._told(query)

    def _told(self, query: Any) -> Reply:  # noqa: ANN401 - a mapping of strings
        if query.get("action") == "compare":
            return self._compared(int(query["fromrev"]), int(query["torev"]))
        if query.get("list") == "search":
            return self._search(query)
        if query.get("prop") == "info":
            return self._info(query["titles"].split("|"))
        if query.get("prop") == "revisions" and "revids" in query:
            return self._by_number([int(number) for number in query["revids"].split("|")], query)
        if query.get("prop") == "revisions":
            return self._history(query)
        return _refused("badvalue", "Unrecognized value for parameter")

    def _search(self, query: Any) -> Reply:  # noqa: ANN401
        if "srsort" in query and not self._cirrus:
            return _refused("badvalue", 'Unrecognized value for parameter "srsort": last_edit_desc.')
        words = query["srsearch"].strip('"').rstrip("*").casefold()
        pages = {page: self._at(page, None) for page in self._ids}
        last = [one for one in pages.values() if one and words in f"{one.page} {one.text}".casefold()]
        last.sort(key=lambda one: one.at, reverse=True)
        rows = [{"ns": 0, "title": one.page, "pageid": self._ids[one.page]} for one in last[:_SEVERAL]]
        return _said(query={"search": rows})

    def _info(self, titles: list[str]) -> Reply:
        if len(titles) > _SEVERAL:
            return _refused("toomanyvalues", "Too many values supplied for parameter titles")
        spelled = {title: title[:1].upper() + title[1:].replace("_", " ") for title in titles}
        changed = [
            {"fromencoded": False, "from": old, "to": new} for old, new in spelled.items() if old != new
        ]
        rows = [self._about(title) for title in dict.fromkeys(spelled.values())]
        return _said(query={"normalized": changed, "pages": rows} if changed else {"pages": rows})

    def _about(self, title: str) -> dict[str, Any]:
        newest = self._at(title, None)
        if newest is None:
            return {"ns": 0, "title": title, "missing": True}
        return self._named(title) | {
            "contentmodel": "wikitext",
            "pagelanguage": "nl",
            "touched": _iso(newest.at + timedelta(seconds=self._touched[title])),
            "lastrevid": newest.id,
            "length": len(newest.text.encode()),
        }

    def _history(self, query: Any) -> Reply:  # noqa: ANN401
        titles, limit = query["titles"].split("|"), int(query.get("rvlimit", 10))
        if len(titles) > 1:
            return _refused("invalidparammix", "The parameters titles and rvlimit can not be used together")
        start, after = query.get("rvstart", ""), int(query.get("rvcontinue", "|0").partition("|")[2])
        listed = [one for one in self._of(titles[0]) if _iso(one.at) >= start]
        if after:
            listed = listed[next(i for i, one in enumerate(listed) if one.id == after) :]
        page = self._named(titles[0]) | {"revisions": [self._shown(one) for one in listed[:limit]]}
        if len(listed) > limit:
            rest = listed[limit]
            more = {"rvcontinue": f"{_iso(rest.at)}|{rest.id}", "continue": "||userinfo"}
            return _said(query={"pages": [page]}, more=more)
        return _said(query={"pages": [page]})

    def _by_number(self, numbers: list[int], query: Any) -> Reply:  # noqa: ANN401
        whole = "content" in query["rvprop"]
        pages: dict[str, list[dict[str, Any]]] = {}
        for number in numbers:
            if one := self._revisions.get(number):
                pages.setdefault(one.page, []).append(self._shown(one, whole=whole))
        bad = {str(n): {"revid": n, "missing": True} for n in numbers if n not in self._revisions}
        rows = [self._named(page) | {"revisions": shown} for page, shown in pages.items()]
        found: dict[str, Any] = {"badrevids": bad} if bad else {}
        return _said(query=found | ({"pages": rows} if rows else {}))

    def _compared(self, old: int, new: int) -> Reply:
        for number in (old, new):
            one = self._revisions.get(number)
            if one is None:
                return _refused("nosuchrevid", f"There is no revision with ID {number}.")
            if "text" in one.hidden:
                return _refused("missingcontent", f"Missing content for revision ID {number}.")
        left, right = self._revisions[old], self._revisions[new]
        ids = {
            "fromid": self._ids[left.page],
            "fromrevid": old,
            "toid": self._ids[right.page],
            "torevid": new,
        }
        return _said(compare=ids | {"body": "".join(_rows(left.text.split("\n"), right.text.split("\n")))})

    def _shown(self, one: Revision, *, whole: bool = False) -> dict[str, Any]:
        shown: dict[str, Any] = {"revid": one.id, "parentid": one.parent, "minor": one.minor}
        if "user" in one.hidden:
            shown["userhidden"] = True
        else:
            address = one.user.count(".") == 3
            shown |= {"user": one.user, "userid": 0 if address else 1 + len(one.user)}
            shown |= {"anon": True} if address else {}
        shown["timestamp"] = _iso(one.at)
        shown |= {"commenthidden": True} if "comment" in one.hidden else {"comment": one.comment}
        if "text" in one.hidden:
            shown["texthidden"] = True
        elif whole:
            main = {"contentmodel": "wikitext", "contentformat": "text/x-wiki", "content": one.text}
            shown["slots"] = {"main": main}
        return shown | {"tags": []}

    def _named(self, title: str) -> dict[str, Any]:
        return {"pageid": self._ids[title], "ns": 0, "title": title}

    def _add(self, page: str, text: str, *, at: datetime, user: str, comment: str = "") -> int:
        before = self._at(page, at)
        number = 100 + len(self._revisions)
        self._ids.setdefault(page, 7 + len(self._ids))
        self._touched[page] = self._touched.get(page, 0) + 1
        self._revisions[number] = Revision(
            id=number,
            parent=before.id if before else 0,
            page=page,
            at=at,
            user=user,
            text=text,
            comment=comment,
        )
        return number

    def _at(self, page: str, at: datetime | None) -> Revision | None:
        return next((one for one in reversed(self._of(page)) if at is None or one.at <= at), None)

    def _of(self, page: str) -> list[Revision]:
        found = (one for one in self._revisions.values() if one.page == page)
        return sorted(found, key=lambda one: (one.at, one.id))


def _rows(old: list[str], new: list[str]) -> Iterator[str]:
    """The rows of a difference, as wikidiff2 writes them."""
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        pairs = min(b - a, d - c)
        for left, right in zip(old[a : a + pairs], new[c : c + pairs], strict=True):
            yield (
                "<tr>"
                + _side("deleted", _words(left, right, "del"))
                + _side("added", _words(right, left, "ins"))
            )
            yield "</tr>\n"
        for line in old[a + pairs : b]:
            yield f'<tr>{_side("deleted", escape(line))}<td colspan="2" class="diff-empty"></td></tr>\n'
        for line in new[c + pairs : d]:
            yield f'<tr><td colspan="2" class="diff-empty"></td>{_side("added", escape(line))}</tr>\n'


def _side(name: str, inner: str) -> str:
    sign = "+" if name == "added" else "\N{MINUS SIGN}"
    return (
        f'<td class="diff-marker" data-marker="{sign}"></td>'
        f'<td class="diff-{name}line diff-side-{name}"><div>{inner}</div></td>'
    )


def _words(line: str, other: str, tag: str) -> str:
    mine, theirs = _WORD.findall(line), _WORD.findall(other)
    pieces = []
    for kind, a, b, _, _ in difflib.SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        piece = escape("".join(mine[a:b]))
        marked = f'<{tag} class="diffchange diffchange-inline">{piece}</{tag}>'
        pieces.append(piece if kind == "equal" else marked if piece else "")
    return "".join(pieces)


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _said(more: dict[str, str] | None = None, **parts: object) -> Reply:
    begin: dict[str, object] = {"continue": more} if more else {"batchcomplete": True}
    return _json(begin | parts)


def _refused(code: str, info: str) -> Reply:
    said = _json({"error": {"code": code, "info": info, "docref": "See /w/api.php for API usage."}})
    return replace(said, headers={**said.headers, "MediaWiki-API-Error": code})


def _json(body: object) -> Reply:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return Reply(body=json.dumps(body).encode(), headers=kind)


FAKERY = Fakery(make=FakeWiki, stand=Loopback)
