"""Searches come in, X posts that hold them go out as Mentions: kind `x`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING

from collectors import Workshop
from collectors.line import line_to
from collectors.polite import StoppedError
from collectors.x_cursor import XCursor
from collectors.x_planner import PlannedQuery, plan
from klankbord.mention import Mention
from klankbord.ports import Batch, Budget, Cursor, Recheck
from klankbord.settings import XSource

if TYPE_CHECKING:
    from collectors.x_walk import Question

__all__ = ["PlannedQuery", "Preview", "XCollector", "planned", "previewed"]

#: days that X's counts go back
_COUNTED_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a query would bring, as X counted the last seven days; money in millionths of a dollar."""

    query: str
    keywords: tuple[str, ...]
    posts_a_day: float
    #: posts and their authors; posts that they answer come on top
    micros_a_day: int
    #: what this preview cost
    micros_spent: int


class XCollector:
    """Reads recent search and the organisation's own mentions, as far as the budget goes."""

    def __init__(self, source: XSource, workshop: Workshop) -> None:
        """Remember what to read; nothing is asked yet."""
        self._source, self._workshop = source, workshop

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read what is new since `cursor`.

        Raises:
            CollectError: one of its five subclasses; batches yielded before it stand.
        """
        from collectors.x_client import XService
        from collectors.x_walk import Reading

        questions = self._questions()
        state = XCursor.read(cursor)
        if not questions:
            said = "nothing may be searched for: no query gives words that X may be asked for"
            yield Batch(next=cursor or state.write(), remarks=(said,))
            return
        service = XService(self._source, line_to(self._source, self._workshop, budget, now, stop))
        try:
            yield from Reading(self._source, service, state, questions).batches()
        except StoppedError:
            return

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask X for the posts by id, as many as the budget allows.

        Raises:
            CollectError: one of its five subclasses.
        """
        from collectors.x_client import XService
        from collectors.x_recheck import rechecked

        service = XService(self._source, line_to(self._source, self._workshop, budget, now, stop))
        return rechecked(mentions, self._source, service)

    def _questions(self) -> tuple["Question", ...]:
        from collectors.x_walk import Question

        plans = planned(self._source, self._workshop)
        # keywords that X cannot be asked for are told with the first question
        unasked = tuple(note for one in plans if not one.query for note in one.notes)
        asked = [one for one in plans if one.query]
        questions = [
            Question(query=one.query, notes=one.notes + (unasked if one is asked[0] else ())) for one in asked
        ]
        own = self._source.account_id
        return (*questions, *([Question(account_id=own)] if own else []))


def planned(source: XSource, workshop: Workshop) -> tuple[PlannedQuery, ...]:
    """Which keyword sits in which query; nothing is asked."""
    return plan(workshop.searches(source), source.suffix)


def previewed(
    source: XSource, workshop: Workshop, budget: Budget, now: datetime, stop: Event
) -> tuple[Preview, ...]:
    """What each planned query would bring and cost a day; as many as the budget allows.

    Raises:
        CollectError: X could not be asked.
    """
    from collectors.x_client import XService

    service = XService(source, line_to(source, workshop, budget, now, stop))
    each = service.post + (service.user if source.author_names else 0)
    found = []
    for one in planned(source, workshop):
        if one.query and service.line.left > 0 and service.left >= service.count:
            daily = service.counted(one.query) / _COUNTED_DAYS
            found.append(
                Preview(
                    query=one.query,
                    keywords=one.keywords,
                    posts_a_day=daily,
                    micros_a_day=round(daily * each),
                    micros_spent=service.count,
                )
            )
    return tuple(found)
