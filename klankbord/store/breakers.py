"""How hosts answered comes in and is kept; which of them are left alone for a while goes out."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from klankbord.store import schema

#: failures in a row, over all sources of a host, after which it is left alone
OPENS_AFTER = 5
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=6)
#: nobody asks for more than a day: a rest beyond that stems from a clock that was wrong
_LONGEST_ASKED = timedelta(hours=25)
#: how long one probe has the host to itself
PROBE = timedelta(minutes=2)
_row = schema.breaker.c
_OPEN = select(_row.failures, _row.open_until).where(_row.key == bindparam("of"))


def open_until(connection: Connection, key: str) -> datetime | None:
    """Until when a host was to be left alone, also where that is over; None: it never was."""
    held = connection.execute(_OPEN, {"of": key}).first()
    return held.open_until if held else None


def rests(until: datetime, now: datetime) -> bool:
    """Whether a host is still left alone."""
    return now < until < now + _LONGEST_ASKED


def claimed(connection: Connection, key: str, until: datetime, now: datetime) -> bool:
    """Become the one probe of a host whose rest is over; False: another asked first, and the others wait."""
    claim = update(schema.breaker).where(_row.key == key, _row.open_until == until)
    return connection.execute(claim.values(open_until=now + PROBE)).rowcount == 1


def resting(connection: Connection, now: datetime) -> frozenset[str]:
    """The keys of hosts that are left alone at this moment."""
    rows = connection.execute(
        select(_row.key).where(_row.open_until > now, _row.open_until < now + _LONGEST_ASKED)
    )
    return frozenset(rows.scalars())


def failed(connection: Connection, key: str, now: datetime, until: datetime | None) -> None:
    """A source of a host failed for a reason that may be the host's.

    Args:
        connection: an open transaction.
        key: host and credential.
        now: this moment.
        until: when the host said to come back; it is left alone at once.
    """
    held = connection.execute(_OPEN, {"of": key}).first()
    failures = (held.failures if held else 0) + 1
    rest = min(_FIRST * 2 ** min(max(0, failures - OPENS_AFTER), 12), _LONGEST)
    until = until or (now + rest if failures >= OPENS_AFTER else None)
    if held is None:
        connection.execute(insert(schema.breaker).values(key=key, failures=failures, open_until=until))
    else:
        connection.execute(
            update(schema.breaker).where(_row.key == key).values(failures=failures, open_until=until)
        )


def well(connection: Connection, key: str) -> None:
    """A source of the host was read: it is well."""
    if connection.execute(_OPEN, {"of": key}).first() is not None:
        connection.execute(delete(schema.breaker).where(_row.key == key))
