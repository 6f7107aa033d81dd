"""The kinds of value that config files hold: durations, addresses, zones, keys, references to secrets."""

import re
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_DURATION = re.compile(r"([1-9]\d{0,4})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if (
        isinstance(value, str)
        and value[-1:] in _UNITS
        and value[:-1].isdigit()
        and 0 < int(value[:-1]) < 100_000
    ):
        return timedelta(**{_UNITS[value[-1]]: int(value[:-1])})
    raise ValueError('a duration such as "90s", "30m", "6h" or "7d"')


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an address that starts with http:// or https://")
    if "@" in parts.netloc:
        raise ValueError("an address without a name or password in it")
    return value


def _stream_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("an address that starts with wss:// or ws://")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('a zone name such as "Europe/Amsterdam"') from error
    return value


def _clock(value: str) -> str:
    hours, _, minutes = value.partition(":")
    if len(value) == 5 and hours.isdigit() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60:
        return value
    raise ValueError('a time of day such as "07:30"')


def _secret_ref(value: str) -> str:
    if re.fullmatch(r"env:[A-Z][A-Z0-9_]{0,80}|file:.{1,400}", value):
        return value
    raise ValueError('"env:NAME_OF_A_VARIABLE" or "file:/path"; the secret itself must not stand here')


Duration = Annotated[timedelta, BeforeValidator(_duration)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
StreamAddress = Annotated[str, AfterValidator(_stream_address)]
Zone = Annotated[str, AfterValidator(_zone)]
ClockTime = Annotated[str, AfterValidator(_clock)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


#: where a secret is kept; the secret itself never stands in a config file
SecretRef = Annotated[str, AfterValidator(_secret_ref)]


class Table(BaseModel):
    """A TOML table that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
