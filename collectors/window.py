"""What a feed showed before and shows now comes in; what is gone or may have been missed goes out. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from threading import Event

from collectors.cursor import WINDOW, FeedCursor
from collectors.entries import Harvest
from collectors.parse import MAX_ENTRIES, RawFeed
from klankbord.mention import Mention, Precision
from klankbord.ports import Batch, Cursor, Gap

#: mentions in one batch: one transaction of the store
BATCH = 200
_DATED = {Precision.EXACT, Precision.ASSUMED_ZONE}


def window_of(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Short ids, newest first where every entry has a date, else as the feed has them."""
    if all(mention.published_precision in _DATED for mention in mentions):
        mentions = sorted(mentions, key=lambda mention: mention.published_at, reverse=True)
    return tuple(_short(mention) for mention in mentions[:WINDOW])


def vanished(before: FeedCursor, mentions: Sequence[Mention], source_id: str) -> tuple[str, ...]:
    """Ids that were shown among posts that are still shown, and are shown no more: perhaps taken away."""
    now_shown = {_short(mention) for mention in mentions}
    last = max((place for place, short in enumerate(before.window) if short in now_shown), default=-1)
    return tuple(f"{source_id}:{short}" for short in before.window[: last + 1] if short not in now_shown)


def gap(before: FeedCursor, mentions: Sequence[Mention], now: datetime) -> Gap | None:
    """The time between two reads of a feed in which nothing of the first was left at the second.

    Whatever the order of its entries: where nothing known is left, more may have come and gone.
    """
    # a feed that was empty before may have filled and scrolled since
    if not (before.read_at and mentions):
        return None
    known = set(before.window)
    if any(_short(mention) in known for mention in mentions):
        return None
    # Clocks of writers differ from ours: what is oldest may be told to be from just before our last look.
    dated = [m.published_at for m in mentions if m.published_precision in _DATED]
    last_read, oldest = datetime.fromisoformat(before.read_at), min(dated, default=now)
    from_at, to_at = sorted((last_read, min(oldest, now)))
    return Gap(from_at=from_at, to_at=to_at, reason="more was posted than the feed shows")


def remarks(feed: RawFeed, found: Harvest) -> tuple[str, ...]:
    """What was odd about a body that could be read all the same."""
    said = []
    if feed.problem:
        said.append(f"not well-formed, {len(feed.entries)} entries recovered ({feed.problem})")
    if feed.left_out:
        said.append(f"only the first {MAX_ENTRIES:,} entries were read, {feed.left_out:,} were not")
    if found.empty:
        said.append(f"{found.empty} entries without any text or address were left out")
    return tuple(said)


def in_batches(mentions: Sequence[Mention], last: Batch, unmoved: Cursor, stop: Event) -> Iterator[Batch]:
    """Whole batches that leave the cursor where it was, then `last` with the rest and the new cursor."""
    full = (len(mentions) - 1) // BATCH * BATCH if mentions else 0
    for start in range(0, full, BATCH):
        if stop.is_set():
            return
        yield Batch(mentions=tuple(mentions[start : start + BATCH]), next=unmoved)
    if not stop.is_set():
        yield last


def rest_of(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The mentions that the last batch holds."""
    return tuple(mentions[(len(mentions) - 1) // BATCH * BATCH :]) if mentions else ()


def _short(mention: Mention) -> str:
    return mention.native_id.rpartition(":")[2]
