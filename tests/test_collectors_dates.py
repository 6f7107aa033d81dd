"""Dates as sources write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st

from collectors.dates import read_date
from klankbord.mention import Precision

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2025, 6, 10, 12, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "Tue, 10 Jun 2025 14:03:00 +0200", "Tue, 10 Jun 2025 14:03 CEST", "tue, 10 jun 25 12:03:00 GMT",
        "Tue, 10 Jun 2025 13:03:00 BST", "10 Jun 2025 08:03:00 EDT", "2025-06-10T12:03:00Z",
        "2025-06-10T14:03:00.123+02:00", "2025-06-10 14:03:00 +0200", "20250610T120300Z", "1749556980",
        "1749556980000", "Tue Jun 10 12:03:00 UTC 2025", "2025-06-10T14:03:00+02",
    ],
)  # fmt: skip
def test_a_date_with_a_zone_is_exact(raw: str) -> None:
    assert read_date(raw, AMSTERDAM, NOW) == (NOON, Precision.EXACT)


@pytest.mark.parametrize(
    "raw",
    [
        "di, 10 jun 2025 14:03", "dinsdag 10 juni 2025 om 14.03 uur", "10 juni 2025 14:03", "2025-06-10T14:03:00",
        "2025-06-10 14:03", "10-06-2025 14:03", "June 10, 2025 at 2:03 pm", "Tuesday, June 10, 2025 14:03",
    ],
)  # fmt: skip
def test_a_date_without_a_zone_is_read_in_the_sources_zone(raw: str) -> None:
    assert read_date(raw, AMSTERDAM, NOW) == (NOON, Precision.ASSUMED_ZONE)


def test_the_assumed_zone_knows_winter_time() -> None:
    wanted = datetime(2024, 3, 3, 8, 15, tzinfo=UTC)
    assert read_date("zondag 3 maart 2024 om 9.15 uur", AMSTERDAM, NOW) == (wanted, Precision.ASSUMED_ZONE)


@pytest.mark.parametrize(
    "raw", ["", "gisteren", "31 feb 2025", "1970-01-01T00:00:00Z", "0000-00-00", "9" * 500, "\u0661\u0660"]
)
def test_what_is_no_date_is_missing(raw: str) -> None:
    assert read_date(raw, AMSTERDAM, NOW) == (NOW, Precision.MISSING)


def test_a_date_to_come_is_held_at_now_but_a_clock_may_run_ten_minutes_ahead() -> None:
    assert read_date("2099-01-01", AMSTERDAM, NOW) == (NOW, Precision.CLAMPED)
    ahead = NOW + timedelta(minutes=9)
    assert read_date(ahead.isoformat(), AMSTERDAM, NOW) == (ahead, Precision.EXACT)


@given(st.text(max_size=60) | st.from_regex(r"[\d:,. a-zA-Z+-]{1,40}", fullmatch=True))
def test_any_text_gives_an_aware_moment_not_after_now(raw: str) -> None:
    moment, _ = read_date(raw, AMSTERDAM, NOW)
    assert moment.utcoffset() == timedelta(0)
    assert moment <= NOW + timedelta(minutes=10)
