"""Weeks are ISO weeks by the local clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from klankbord.week import Week

ZONE = ZoneInfo("Europe/Amsterdam")


def test_sunday_night_belongs_to_the_week_that_ends() -> None:
    assert Week.of(datetime(2026, 11, 22, 22, 59, tzinfo=UTC), ZONE).name == "2026-W47"
    assert Week.of(datetime(2026, 11, 22, 23, 0, tzinfo=UTC), ZONE).name == "2026-W48"


def test_the_first_days_of_january_may_belong_to_the_old_year() -> None:
    assert Week.of(datetime(2027, 1, 3, 12, tzinfo=UTC), ZONE).name == "2026-W53"


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 25), 167), ((2026, 10, 21), 169), ((2026, 11, 18), 168)]
)
def test_a_week_with_a_clock_change_is_an_hour_shorter_or_longer(
    day: tuple[int, int, int], hours: int
) -> None:
    week = Week.of(datetime(*day, tzinfo=UTC), ZONE)
    assert week.end_at.astimezone(UTC) - week.start_at.astimezone(UTC) == timedelta(hours=hours)


def test_a_name_reads_back() -> None:
    assert Week.named("2026-W47", ZONE).name == "2026-W47"


@pytest.mark.parametrize("name", ["2026-47", "W47", "2026-W60", "2026-Wxx", ""])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Week.named(name, ZONE)
