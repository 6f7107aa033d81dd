"""The last weeks' moments of posting are read; a history for each source, and one of all together, go out."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, Row, func, select

from klankbord.spikes import LONGEST, WEEKS, Heard, heard_by
from klankbord.store import schema

#: what is usual, the longest spike, and a day for the clocks
_READ = timedelta(weeks=WEEKS) + LONGEST + timedelta(days=1)
#: posts as new as this are looked at for copies; older ones only teach what is usual
_RECENT = LONGEST + timedelta(days=1)
#: letters by which a copy is known, and how few are too few to tell
_LETTERS, _SHORT = 120, 40
_ODD = re.compile(r"\W+")


def heard(connection: Connection, kept_days: Mapping[str, int], now: datetime) -> list[Heard]:
    """When something was posted in each source, and in all of them that were read for weeks (group "").

    Args:
        connection: an open transaction.
        kept_days: days that an ordinary text of each source is kept; older weeks are not whole.
        now: this moment.
    """
    first = _first_read(connection)
    since = {
        source: max(now - _READ, now - timedelta(days=days), _after(first[source]))
        for source, days in kept_days.items()
        if source in first
    }
    if not since:
        return []
    moments = _moments(connection, min(since.values()), now)
    found = [heard_by(source, since[source], now, moments.get(source, ())) for source in sorted(since)]
    long = [one for one in found if one.since <= now - timedelta(weeks=4)]
    if len(long) > 1:
        every = (moment for one in long for moment in one.moments)
        found.append(heard_by("", max(one.since for one in long), now, every))
    return found


def _first_read(connection: Connection) -> dict[str, date]:
    table = schema.tally.c
    rows = connection.execute(
        select(table.source_id, func.min(table.day)).where(table.name == "requests").group_by(table.source_id)
    )
    return {str(source): day for source, day in rows}


def _after(day: date) -> datetime:
    # the first read of a source brings what was there before, and not all of it
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _moments(connection: Connection, since: datetime, now: datetime) -> dict[str, list[datetime]]:
    table = schema.mention.c
    recent = max(since, now - _RECENT)
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    # from the index alone
    before = select(table.published_at, table.source_id).where(
        table.published_at > since, table.published_at <= recent
    )
    for at, source in connection.execute(before):
        found[source].append(at)
    newer = (
        select(
            table.published_at,
            table.source_id,
            func.substr(table.title, 1, 200),
            func.substr(table.text, 1, 400),
        )
        .where(table.published_at > recent, table.published_at <= now)
        .order_by(table.published_at, table.id)
    )
    for at, source in _once(connection.execute(newer)):
        found[source].append(at)
    return found


def _once(rows: Iterable[Row[datetime, str, str, str]]) -> Iterable[tuple[datetime, str]]:
    """Each text once, where it was first: one article on forty sites is one thing said."""
    known: set[str] = set()
    for at, source, title, text in rows:
        letters = _ODD.sub("", (text if text.strip() else title).casefold())[:_LETTERS]
        if len(letters) < _SHORT:
            yield at, source
        elif letters not in known:
            known.add(letters)
            yield at, source
