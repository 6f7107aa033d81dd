"""The address of a feed comes in, its entries go out as Mentions: kinds `feed` and `comment_feed`."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from threading import Event
from zoneinfo import ZoneInfo

from collectors import Workshop
from collectors.article import Articles, Asking, with_articles
from collectors.cursor import FeedCursor
from collectors.entries import Frame, Harvest, harvest
from collectors.json_feed import json_feed
from collectors.parse import RawFeed
from collectors.polite import Answer, Request, StoppedError, not_before
from collectors.private_feed import Private, private
from collectors.recheck import Asked, asked
from collectors.refused import is_page, no_feed, page_instead
from collectors.sandbox import parsed_safely
from collectors.window import gap, in_batches, remarks, rest_of, vanished, window_of
from collectors.wordpress import comments_asked
from klankbord.errors import CollectError, PermanentError, TransientError
from klankbord.mention import Mention, SourceId
from klankbord.ports import Batch, Budget, Cursor, Recheck
from klankbord.settings import FeedSource

_MAX_RAW = 10_000_000


class FeedCollector:
    """Reads one feed; offers every entry each time the body changed, the store drops what it has."""

    def __init__(self, source: FeedSource, workshop: Workshop) -> None:
        """Remember what to read; nothing is fetched yet."""
        self._source, self._workshop = source, workshop

    def poll(self, cursor: Cursor | None, budget: Budget, now: datetime, stop: Event) -> Iterator[Batch]:
        """Read the feed once.

        Raises:
            CollectError: one of its five subclasses.
        """
        secret = private(self._source, self._workshop.secrets)
        try:
            yield from self._read(cursor, secret, budget, now, stop)
        except StoppedError:
            return
        except CollectError as error:
            if not secret.quoted:
                raise
            # without what caused it: a library's error may spell the address out
            raise secret.told(error) from None

    def recheck(self, mentions: Sequence[Mention], budget: Budget, now: datetime, stop: Event) -> Recheck:
        """Ask the pages of the mentions, or a WordPress site's API, whether these still stand."""
        ask = Asked(
            fetcher=self._workshop.fetcher, request=self._request(self._source.url, budget, now, stop)
        )
        if self._source.kind == "comment_feed":
            return comments_asked(mentions, ask, self._frame(self._source.url, now), budget)
        return asked(mentions, ask, budget)

    def _read(
        self, cursor: Cursor | None, secret: Private, budget: Budget, now: datetime, stop: Event
    ) -> Iterator[Batch]:
        before = FeedCursor.read(cursor, self._source.url)
        asked_url, answer = self._answer(before, secret, budget, now, stop)
        moved = secret.emptied(answer.permanent_url) if answer.permanent_url else None
        told = before.told(moved, asked_url, self._source.url, now)
        if secret.quoted:
            answer = replace(answer, body=secret.body(answer.body), url=secret.masked(answer.url))
        yield from self._batches(cursor, told, answer, budget, now, stop)

    def _answer(
        self, before: FeedCursor, secret: Private, budget: Budget, now: datetime, stop: Event
    ) -> tuple[str, Answer]:
        url = before.current_url(self._source.url, now)
        request = self._request(secret.filled(url), budget, now, stop, before.conditions(now))
        try:
            return url, self._workshop.fetcher.fetch(request)
        except PermanentError:
            if url == self._source.url or budget.requests < 2:
                raise
            # the address that the feed itself told us is gone: the one in the settings may be right again
            again = replace(request, url=secret.filled(self._source.url))
            return self._source.url, self._workshop.fetcher.fetch(again)

    def _request(
        self, url: str, budget: Budget, now: datetime, stop: Event, headers: tuple[tuple[str, str], ...] = ()
    ) -> Request:
        return Request(
            url=url,
            now=now,
            stop=stop,
            timeout=self._source.timeout,
            max_raw=min(_MAX_RAW, budget.bytes),
            max_bytes=self._source.max_bytes,
            max_requests=min(6, budget.requests),
            base_url=self._source.base_url,
            networks=self._source.allow_addresses,
            headers=headers,
        )

    def _batches(
        self,
        cursor: Cursor | None,
        before: FeedCursor,
        answer: Answer,
        budget: Budget,
        now: datetime,
        stop: Event,
    ) -> Iterator[Batch]:
        fresh = not_before(answer, now)
        if answer.status == 304:
            unchanged = replace(before, read_at=now.isoformat())
            yield Batch(next=unchanged.write(), spent=answer.spent, not_before=fresh)
            return
        after = _after(before, answer, now)
        if before.body_hash == after.body_hash:
            yield Batch(next=after.write(), spent=answer.spent, not_before=fresh)
            return
        feed = _parsed(answer, stop, worked_before=bool(before.body_hash))
        found = _harvested(feed, self._frame(answer.url, now), before)
        left = replace(budget, requests=budget.requests - answer.spent.requests)
        read = self._with_articles(found, feed, before, left, now, stop)
        found = replace(found, mentions=read.mentions)
        last = Batch(
            mentions=rest_of(found.mentions),
            next=replace(after, window=window_of(found.mentions), shared=found.shared).write(),
            spent=answer.spent + read.spent,
            gap=gap(before, found.mentions, now),
            not_before=fresh,
            remarks=remarks(feed, found) + read.remarks,
            vanished=vanished(before, found.mentions, self._source.id),
        )
        unmoved = cursor or FeedCursor.read(None, self._source.url).write()
        yield from in_batches(found.mentions, last, unmoved, stop)

    def _with_articles(
        self, found: Harvest, feed: RawFeed, before: FeedCursor, left: Budget, now: datetime, stop: Event
    ) -> Articles:
        asking = Asking(
            source=self._source,
            workshop=self._workshop,
            budget=left,
            now=now,
            stop=stop,
            known=before.window,
            names={name for entry in feed.entries for name in entry.authors},
        )
        return with_articles(found.mentions, asking)

    def _frame(self, url: str, now: datetime) -> Frame:
        source = self._source
        return Frame(
            source_id=SourceId(source.id),
            platform=source.kind,
            url=url,
            zone=ZoneInfo(source.timezone),
            language=source.language,
            terms=source.terms.record(),
            keep=self._workshop.keep_handles,
            now=now,
            # by source: the same name at two sources is not the same person
            pseudonym=cache(lambda name: self._workshop.pseudonyms.of(source.id, name, now)),
        )


def _parsed(answer: Answer, stop: Event, *, worked_before: bool) -> RawFeed:
    if (feed := json_feed(answer.body)) is not None:
        return feed
    if is_page(answer.body):
        raise page_instead(answer, worked_before=worked_before)
    feed = parsed_safely(answer.body, answer.header("content-type"), stop)
    if error := no_feed(feed, answer.body):
        raise error
    return feed


def _after(before: FeedCursor, answer: Answer, now: datetime) -> FeedCursor:
    """The state after a whole answer: validators are replaced, also by none."""
    return replace(
        before,
        etag=answer.header("etag"),
        last_modified=answer.header("last-modified"),
        body_hash=hashlib.blake2b(answer.body, digest_size=16).hexdigest(),
        read_at=now.isoformat(),
        read_whole_at=now.isoformat(),
    )


def _harvested(feed: RawFeed, frame: Frame, before: FeedCursor) -> Harvest:
    try:
        return harvest(feed, frame, before.shared)
    except OSError:
        # Our own disk or key file: no fault of the feed's.
        raise
    except Exception as error:
        raise TransientError(f"the entries could not be read ({type(error).__name__})") from error
