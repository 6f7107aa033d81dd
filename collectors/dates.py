"""A date as a source wrote it comes in, an aware UTC moment and how sure it is goes out. Pure."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

from klankbord.mention import Precision

_LONGEST = 100
_AHEAD = timedelta(minutes=10)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: epoch numbers above this are milliseconds: in seconds it is the year 5138
_MILLISECONDS = 100_000_000_000

# Minutes east of UTC. IST, CST and BST stand for more than one zone: the ones feeds use are taken.
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet"), 0),
    **dict.fromkeys(("cet", "met", "bst", "west", "mez"), 60),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "cat", "sast"), 120),
    **dict.fromkeys(("eest", "msk"), 180),
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "akst": -540, "akdt": -480, "hst": -600, "ist": 330, "sgt": 480, "hkt": 480, "jst": 540, "kst": 540,
    "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
}  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mrt maa", "apr", "may mei", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec"),
        start=1,
    )
    for name in names.split()
}
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?"
)
_ZONE = r"(?P<zone>z|[+-]\d{1,2}:?\d{2}|[+-]\d{2}|[a-z]{2,5}(?:[+-]\d{1,2}(?::?\d{2})?)?)?"
_ISO = re.compile(
    r"(?P<year>\d{4})[-/.]?(?P<month>\d{2})[-/.]?(?P<day>\d{2})"
    r"(?:[t\s_]+(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d{1,9})?)?)?\s*" + _ZONE
)
_ISO_MONTH = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?")
_WEEKDAY = r"(?:[a-z]{2,9}\.?,?\s+)?"
_WORDED = re.compile(
    _WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th|e)?[\s./-]+(?:of\s+)?(?P<name>[a-z]{3,9})\.?,?[\s./-]+"
    r"(?P<year>\d{4}|\d{2})"
    r"(?:,?\s+(?:om|at|-|\|)?\s*" + _CLOCK + r")?\s*(?:uur|u|h)?\.?\s*" + _ZONE + r"(?:\s*\([^)]{0,40}\))?"
)
_ENGLISH = re.compile(
    _WEEKDAY + r"(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?:(?P<year>\d{4}),?)?"
    r"(?:\s*(?:at|-)?\s*" + _CLOCK + r")?\s*" + _ZONE + r"(?:\s+(?P<late_year>\d{4}))?"
)
_DUTCH_NUMBERS = re.compile(
    _WEEKDAY
    + r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})(?:,?\s+(?:om\s+|at\s+)?"
    + _CLOCK
    + r")?\s*(?:uur)?\s*"
    + _ZONE
)
_EPOCH = re.compile(r"-?\d{9,13}(?:\.\d{1,6})?")
# The two shapes that most feeds use, read without a detour.
_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}t\d{2}:\d{2}:[0-5]\d(?:z|[+-][01]\d:[0-5]\d)")
_RFC = re.compile(
    r"(?:[a-z]{3},?\s)?(\d{1,2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):([0-5]\d) ([+-]\d{4}|gmt|utc)"
)
_SHAPES = (_ISO, _WORDED, _ENGLISH, _DUTCH_NUMBERS, _ISO_MONTH)


def read_date(raw: str, zone: ZoneInfo, now: datetime) -> tuple[datetime, Precision]:
    """The moment a source means; `now` where it names none, none that can be read, or one to come.

    Args:
        raw: the date as written, in English or Dutch words, RFC 822, ISO 8601 or as epoch number.
        zone: where the source lives, for a date that names no zone.
        now: the moment of collection.
    """
    found = _moment(" ".join(raw[:_LONGEST].split()).lower(), zone) if raw else None
    if found is None or found[0] < _EARLIEST:
        return now, Precision.MISSING
    moment, precision = found
    return (now, Precision.CLAMPED) if moment - now > _AHEAD else (moment, precision)


def _moment(text: str, zone: ZoneInfo) -> tuple[datetime, Precision] | None:
    try:
        if quick := _RFC.fullmatch(text):
            return _from_rfc(quick.groups()), Precision.EXACT
        if _RFC_3339.fullmatch(text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC), Precision.EXACT
        if _EPOCH.fullmatch(text):
            return _from_epoch(float(text)), Precision.EXACT
        for shape in _SHAPES:
            if found := shape.fullmatch(text):
                return _from_parts(found.groupdict(), zone)
    except (ValueError, OverflowError, KeyError):
        return None
    return None


def _from_rfc(parts: tuple[str, ...]) -> datetime:
    day, name, year, hour, minute, second, zone = parts
    local = datetime(
        int(year), _MONTHS[name], int(day), int(hour), int(minute), int(second), tzinfo=_offset(zone)
    )
    return local.astimezone(UTC)


def _from_epoch(number: float) -> datetime:
    return datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, UTC)


def _from_parts(parts: dict[str, str | None], zone: ZoneInfo) -> tuple[datetime, Precision]:
    local = datetime(*_day(parts), *_clock(parts))  # noqa: DTZ001 - the zone is added below
    if parts.get("second") == "60":
        local += timedelta(seconds=1)
    offset = _offset(parts.get("zone") or "")
    if offset is None:
        return local.replace(tzinfo=zone).astimezone(UTC), Precision.ASSUMED_ZONE
    return local.replace(tzinfo=offset).astimezone(UTC), Precision.EXACT


def _day(parts: dict[str, str | None]) -> tuple[int, int, int]:
    year = int(parts["year"] or parts.get("late_year") or "")
    if year < 100:
        year += 2000 if year < 70 else 1900
    return year, _month(parts), int(parts.get("day") or 1)


def _month(parts: dict[str, str | None]) -> int:
    name = parts.get("name")
    if name is None:
        return int(parts.get("month") or 1)
    if name[:3] not in _MONTHS:
        raise ValueError(name)
    return _MONTHS[name[:3]]


def _clock(parts: dict[str, str | None]) -> tuple[int, int, int]:
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or "")[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, minute, min(second, 59)


@lru_cache(maxsize=512)
def _offset(name: str) -> timezone | None:
    """The zone by its name or numbers; None where it says nothing we know."""
    if not name:
        return None
    word = name.rstrip("0123456789:+-")
    minutes = _ZONES.get(word)
    if word and minutes is None:
        return None
    numbers = name[len(word) :]
    if numbers:
        digits = numbers[1:].replace(":", "")
        hours, rest = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
        minutes = (int(hours) * 60 + int(rest)) * (-1 if numbers[0] == "-" else 1)
    return timezone(timedelta(minutes=minutes or 0))
