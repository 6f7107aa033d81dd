"""Hours and days in which somebody is not told come in; when they may be told goes out. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: six quiet days and a night between, each at most two steps
_STEPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """When alerts wait, by the clock on the wall."""

    #: both None: no quiet hours; the end may lie past midnight
    start: time | None = None
    end: time | None = None
    #: whole days, Monday is 0
    days: frozenset[int] = frozenset()

    @classmethod
    def of(cls, hours: str, days: frozenset[int] = frozenset()) -> "Quiet":
        """From `"22:00-07:00"`, or nothing."""
        if not hours:
            return cls(days=days)
        start, _, end = hours.partition("-")
        return cls(start=time.fromisoformat(start), end=time.fromisoformat(end), days=days)

    def over_at(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment itself where nothing is quiet, else when quiet ends."""
        for _ in range(_STEPS):
            later = self._end_of(moment.astimezone(zone), zone)
            if later is None or later <= moment:
                break
            moment = later
        return moment

    def _end_of(self, local: datetime, zone: ZoneInfo) -> datetime | None:
        if local.weekday() in self.days:
            return _at(local, 1, time(0), zone)
        if self.start is None or self.end is None or self.start == self.end:
            return None
        now = local.time()
        if self.start < self.end:
            return _at(local, 0, self.end, zone) if self.start <= now < self.end else None
        if now >= self.start:
            return _at(local, 1, self.end, zone)
        return _at(local, 0, self.end, zone) if now < self.end else None


def _at(local: datetime, days: int, clock: time, zone: ZoneInfo) -> datetime:
    """A time of day some days on; in the hour that comes twice, the time that still lies ahead."""
    day = local.date() + timedelta(days=days)
    first = datetime.combine(day, clock, zone)
    moment = first.astimezone(UTC)
    return moment if moment > local.astimezone(UTC) else first.replace(fold=1).astimezone(UTC)
