"""Questions to X and how far each was read come in, batches with the posts since then go out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from collectors.answers import refusal
from collectors.posted import mention_of
from collectors.x_client import LEAST, RefusedError, XService, midnight_after
from collectors.x_cursor import Pending, Walk, XCursor, afresh, begun, finished
from collectors.x_page import Page, posted_of
from klankbord.errors import PermanentError
from klankbord.mention import Mention, short_hash
from klankbord.ports import Batch, Gap
from klankbord.settings import XSource

#: how far back the mentions of an account can be paged
_MOST_MENTIONS = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to ask X: a query, or (an empty one) the mentions of the organisation's own account."""

    query: str = ""
    account_id: str = ""
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its place in the cursor: another query is another question."""
        return short_hash(self.query, self.account_id)


class Reading:
    """One poll: reads question after question, the longest unread first, until all is read or used up."""

    def __init__(
        self, source: XSource, service: XService, state: XCursor, questions: Sequence[Question]
    ) -> None:
        """Forget what is no longer asked; nothing is read yet."""
        self._source, self._service, self._line = source, service, service.line
        self._state, self._before = state.only({question.key for question in questions})
        self._questions = sorted(questions, key=self._urgency)
        #: requests, money or X's patience are used up
        self._over = False

    def batches(self) -> Iterator[Batch]:
        """Every page as a batch with the cursor that holds once it is stored.

        Raises:
            CollectError: a page could not be had, or X takes one of the queries not at all.
        """
        refused: RefusedError | None = None
        for question in self._questions:
            try:
                resumed = self._walk_of(question).pending is not None
                yield from self._walked(question)
                if resumed:
                    # the rest of an old walk: what came since is read as well
                    yield from self._walked(question)
            except RefusedError as error:
                # one wrong query must not keep the others from being read
                refused = error
            if self._over:
                break
        if refused:
            told = PermanentError(refused.problem)
            told.requests = self._line.spent.requests
            raise told from refused

    def _urgency(self, question: Question) -> tuple[bool, datetime]:
        walk = self._walk_of(question)
        return walk.pending is None, walk.read_at or self._line.now

    def _walk_of(self, question: Question) -> Walk:
        return self._state.walks.get(question.key, Walk())

    def _walked(self, question: Question) -> Iterator[Batch]:
        pending, gap = begun(self._walk_of(question), self._line.now, self._before)
        remarks = question.notes if question.key not in self._state.walks else ()
        anew, more = False, True
        while more and not self._over:
            size = self._service.room(self._service.post if question.query else self._service.own)
            if size < LEAST or self._line.left <= 0:
                yield from self._used_up(size)
                return
            try:
                page = self._page(question, pending, size)
            except RefusedError:
                if anew or not (pending.since or pending.token):
                    raise
                anew, (pending, gap) = True, afresh(pending, self._line.now)
                continue
            pending = pending.after(page.newest, page.token, page.counts[0])
            more = bool(pending.token)
            gap = gap or self._cut_short(question, pending)
            yield self._batch(question, pending, page, gap, remarks)
            gap, remarks = None, ()

    def _page(self, question: Question, pending: Pending, size: int) -> Page:
        if question.query:
            return self._service.search(question.query, pending, size)
        return self._service.mentions(question.account_id, pending, size)

    def _batch(
        self, question: Question, pending: Pending, page: Page, gap: Gap | None, remarks: tuple[str, ...]
    ) -> Batch:
        walk = self._walk_of(question)
        done = finished(walk, pending) if not pending.token else replace(walk, pending=pending)
        self._state = self._state.walked(question.key, done)
        return Batch(
            mentions=mentions_of(page, self._source, self._service),
            next=self._state.write(),
            spent=self._line.took(),
            gap=gap,
            not_before=self._patience(),
            remarks=(*remarks, *page.remarks),
        )

    def _patience(self) -> datetime | None:
        """Until when X must be left alone: its headers say that no request of this window is left."""
        last = self._line.last
        if last is None or last.header("x-rate-limit-remaining").strip() != "0":
            return None
        self._over = True
        limited = refusal(replace(last, status=429), self._line.now)
        return limited.until if limited else None

    def _cut_short(self, question: Question, pending: Pending) -> Gap | None:
        if question.query or pending.token or pending.seen < _MOST_MENTIONS:
            return None
        reason = f"X shows the newest {_MOST_MENTIONS} mentions of an account only"
        return Gap(from_at=pending.lower, to_at=self._line.now, reason=reason)

    def _used_up(self, size: int) -> Iterator[Batch]:
        """Stop: quietly where only this run's requests are used, with a gap where the day's money is."""
        self._over = True
        if size >= LEAST:
            return
        now, limit = self._line.now, midnight_after(self._line.now)
        today = f"{limit:%Y-%m-%d}"
        reason = f"the day's budget of ${self._source.budget.money_per_day:.2f} is used"
        gap = Gap(from_at=now, to_at=limit, reason=reason) if self._state.stopped_on != today else None
        self._state = replace(self._state, stopped_on=today)
        yield Batch(next=self._state.write(), spent=self._line.took(), gap=gap, not_before=limit)


def mentions_of(page: Page, source: XSource, service: XService) -> tuple[Mention, ...]:
    """The mentions of a page, each post once."""
    line = service.line
    found: dict[str, Mention] = {}
    for post in page.posts:
        if posted := posted_of(post, page):
            found.setdefault(posted.native_id, mention_of(posted, source, line.workshop, line.now))
    return tuple(found.values())
