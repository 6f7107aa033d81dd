"""Moments and numbers come in, the way a reader writes them goes out. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from klankbord.policy import Lang

# British English, so that a day stands before its month in both languages.
LOCALE = {"nl": "nl_NL", "en": "en_GB"}


def day(moment: date, language: Lang) -> str:
    """`18 november`."""
    return format_date(moment, "d MMMM", locale=LOCALE[language])


def days(first: date, last: date, language: Lang) -> str:
    """`16 - 22 november 2026`, with the month and year once where they are the same."""
    pattern = "d MMMM y" if first.year != last.year else "d MMMM" if first.month != last.month else "d"
    start = format_date(first, pattern, locale=LOCALE[language])
    return f"{start} – {format_date(last, 'd MMMM y', locale=LOCALE[language])}"  # noqa: RUF001 - a range dash


def moment(at: datetime, zone: ZoneInfo, language: Lang) -> str:
    """`wo 18 nov 2026 11:00`, by the local clock."""
    return format_datetime(at.astimezone(zone), "EEE d MMM y HH:mm", locale=LOCALE[language])


def weekday(at: datetime, zone: ZoneInfo, language: Lang) -> str:
    """`dinsdag 17 november`, by the local clock."""
    return format_date(at.astimezone(zone).date(), "EEEE d MMMM", locale=LOCALE[language])


def number(value: float, language: Lang) -> str:
    """With the reader's separators: `1.250` or `1,250`; halves keep one decimal."""
    return format_decimal(value, format="#,##0.#", locale=LOCALE[language])
