"""The address of a board's page comes in, what selectors pick on it goes out, where its host allows it."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from collectors.answers import Answer, looks_like_login
from collectors.board_page import Picked, picked_safely
from collectors.board_posts import Desk
from collectors.line import Line
from collectors.pace import Pace
from collectors.permission import Leave, held_back, leave_for, reservation
from collectors.tame import decoded
from klankbord.errors import ForbiddenError, SettingsError
from klankbord.settings import ForumSource
from klankbord.settings.sources import BoardSelectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The pages of one board in one run."""

    line: Line
    source: ForumSource
    selectors: BoardSelectors
    leave: Leave
    pace: Pace

    def read(self, url: str) -> tuple[Picked, Answer]:
        """What a page shows.

        Raises:
            CollectError: it may not be read, could not be had, or not be read in time.
        """
        self.leave.asked(url)
        answer = self.line.fetch(url)
        if answer.url != url:
            self._moved(answer.url)
        if why := reservation(answer):
            raise ForbiddenError(why)
        page = decoded(answer.body, answer.header("content-type"))
        return picked_safely(page, self.selectors, url, self.line.stop), answer

    def _moved(self, url: str) -> None:
        # only where a page leads on: threads about logging in have such words in their addresses as well
        if looks_like_login(url):
            raise ForbiddenError("the page asks for a login")
        host = urlsplit(url).netloc.lower()
        if host != urlsplit(self.source.url).netloc.lower():
            raise ForbiddenError(f"the page leads to another host: {host}")
        self.leave.asked(url)

    def desk(self, answer: Answer) -> Desk:
        """What the mentions of a page are made with."""
        return Desk(
            source=self.source,
            workshop=self.line.workshop,
            now=self.line.now,
            held=held_back(self.leave, answer),
        )


def pages_of(line: Line) -> Pages:
    """The pages of a board.

    Raises:
        CollectError: its robots.txt could not be had, or forbids the board's page.
        SettingsError: the source has no selectors.
    """
    source = cast("ForumSource", line.source)
    selectors = selectors_of(source)
    leave = leave_for(line, source.url).asked(source.url)
    pace = Pace(delay=max(source.crawl_delay, leave.rules.delay), stop=line.stop)
    return Pages(line=line, source=source, selectors=selectors, leave=leave, pace=pace)


def selectors_of(source: ForumSource) -> BoardSelectors:
    """The selectors of a board.

    Raises:
        SettingsError: there are none.
    """
    if source.selectors is None:
        raise SettingsError.one("sources.toml", f"source.{source.id}.selectors", "none", "[source.selectors]")
    return source.selectors
