"""Spikes: what is usual comes from the same time of the weeks before, and one loud week moves nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from alert_house import Watch
from builders import NOW, mention
from hypothesis import given, settings
from hypothesis import strategies as st

from klankbord.alerting.spiking import spike_events
from klankbord.installation import Installation
from klankbord.mention import SourceId
from klankbord.ports import Batch, Cursor, Spend
from klankbord.settings import load
from klankbord.spikes import MEASURES, Heard, Spike, heard_by, spikes, unready

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)


def rhythm(by_day: int = 12, by_night: int = 1, weeks: int = 9, now: datetime = NOW) -> list[datetime]:
    """So many posts an hour in the daytime and at night, evenly."""
    found = []
    start = now - weeks * WEEK
    for hour in range(int((now - start) / HOUR)):
        begin = start + hour * HOUR
        many = by_day if 8 <= begin.hour < 20 else by_night
        found += [begin + HOUR * (n + 0.5) / many for n in range(many)]
    return found


def burst(many: int, end: datetime = NOW, within: timedelta = HOUR) -> list[datetime]:
    return [end - within * n / many for n in range(many)]


def heard(
    *parts: list[datetime], now: datetime = NOW, since: datetime | None = None, group: str = "forum"
) -> Heard:
    return heard_by(group, since or now - 9 * WEEK, now, [one for part in parts for one in part])


def one(*parts: list[datetime], now: datetime = NOW) -> Spike:
    (found,) = spikes((heard(*parts, now=now),), now, "keen")
    return found


def test_an_ordinary_hour_is_no_spike_at_any_sensitivity() -> None:
    assert [spikes((heard(rhythm()),), NOW, name) for name in MEASURES] == [(), (), ()]


def test_far_more_than_usual_is_one_and_says_how_much() -> None:
    found = one(rhythm(), burst(70))
    assert (found.group, found.said, found.usual, found.within) == ("forum", 82, 12, HOUR)
    assert found.sensitivities == {"calm", "normal", "keen"}


def test_a_smaller_rise_shows_to_keen_eyes_only() -> None:
    found = one(rhythm(), burst(18))
    assert found.sensitivities == {"keen"}
    assert spikes((heard(rhythm(), burst(18)),), NOW, "normal") == ()


def test_what_is_usual_at_noon_is_a_spike_at_night() -> None:
    night = NOW.replace(hour=3)
    assert spikes((heard(rhythm(now=night), burst(20, night), now=night),), night, "normal") != ()
    assert spikes((heard(rhythm(), burst(8)),), NOW, "normal") == ()


def test_one_loud_week_and_one_silent_week_move_nothing() -> None:
    loud = burst(300, NOW - 2 * WEEK, 5 * HOUR)
    silent = [at for at in rhythm() if not NOW - 4 * WEEK - 8 * HOUR < at <= NOW - 4 * WEEK + 2 * HOUR]
    assert spikes((heard(rhythm(), loud, burst(70)),), NOW, "normal") != ()
    assert spikes((heard(silent),), NOW, "keen") == ()


def test_a_few_posts_where_hardly_anything_is_said_are_no_spike() -> None:
    assert spikes((heard(burst(5)),), NOW, "keen") == ()
    assert one(burst(16)).sensitivities == {"calm", "normal", "keen"}


@pytest.mark.parametrize("weeks", [0, 1, 3])
def test_the_first_weeks_say_that_they_know_nothing_yet(weeks: int) -> None:
    new = heard(rhythm(weeks=weeks), burst(100), since=NOW - weeks * WEEK)
    assert spikes((new,), NOW, "keen") == ()
    (told,) = unready((new,), NOW)
    assert (told.group, told.weeks, told.ready_at) == (
        "forum",
        weeks,
        NOW - weeks * WEEK + 3 * WEEK + 7 * HOUR,
    )


def test_three_whole_weeks_are_enough() -> None:
    known = heard(rhythm(weeks=4), burst(100), since=NOW - 3 * WEEK - 8 * HOUR)
    assert unready((known,), NOW) == ()
    assert spikes((known,), NOW, "calm") != ()


def test_a_spike_is_the_same_one_for_as_long_as_it_lasts() -> None:
    began_at = NOW - 20 * HOUR
    loud = [began_at + timedelta(minutes=minute) for minute in range(0, 20 * 60, 1)]
    moments = rhythm(now=NOW + 12 * HOUR) + loud + burst(600, NOW + 12 * HOUR, 12 * HOUR)
    seen = {
        spikes((heard(moments, now=now, since=NOW - 8 * WEEK),), now, "normal")[0].since
        for now in (began_at + timedelta(minutes=90), began_at + 7 * HOUR, NOW, NOW + 8 * HOUR)
    }
    assert seen == {began_at.replace(minute=0)}


def test_summer_time_moves_no_rhythm() -> None:
    # on 25 October 2026 the clocks went back: people who post at nine post at nine
    now = datetime(2026, 10, 28, 8, 30, tzinfo=UTC)
    nine = [
        datetime(2026, 10, 28, 9, 0, tzinfo=AMSTERDAM) - timedelta(days=day) + timedelta(minutes=2 * n)
        for day in range(63)
        for n in range(15)
    ]
    assert spikes((heard(nine, now=now),), now, "keen", AMSTERDAM) == ()


def test_what_is_dated_in_the_future_counts_for_nothing() -> None:
    ahead = [NOW + timedelta(days=400)] * 500
    assert spikes((heard(rhythm(), ahead),), NOW, "keen") == ()


@given(st.integers(0, 40), st.integers(0, 200), st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_a_calmer_setting_never_shows_more(usual: int, more: int, seed: int) -> None:
    dice = Random(seed)
    noise = [NOW - 9 * WEEK * dice.random() for _ in range(50)]
    found = spikes((heard(rhythm(by_day=usual, by_night=usual), noise, burst(more)),), NOW, "keen")
    for spike in found:
        names = spike.sensitivities
        assert "keen" in names
        assert "calm" not in names or "normal" in names


def test_a_spike_in_one_source_is_told_there_and_not_for_all_together() -> None:
    loud, all_of_it = heard(rhythm(), burst(80)), heard(rhythm(), rhythm(), burst(80), group="")
    quiet = heard(rhythm(), group="blog")
    titles = {"forum": "Forum", "": "Voorbeeld BV"}
    (event,) = spike_events((loud, quiet, all_of_it), titles, NOW, UTC)
    assert (event.source_id, event.detail["source"], event.detail["why"]) == ("forum", "Forum", "92 / 12")
    (whole,) = spike_events((quiet, all_of_it), titles, NOW, UTC)
    assert (whole.source_id, whole.detail["source"]) == ("", "Voorbeeld BV")


# from the store to the outbox

CONFIG = """
[[channel]]
id = "duty"
kind = "folder"
path = "duty"

[[rule]]
id = "loud"
kind = "spike"
to = ["duty"]
"""
SOURCE = """
[[source]]
id = "blog"
name = "Blog"
kind = "feed"
url = "https://blog.example/feed"
"""


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def house(tmp_path: Path, watch: Watch) -> Iterator[Installation]:
    config = tmp_path / "config"
    config.mkdir()
    (config / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    (config / "delivery.toml").write_text(CONFIG)
    (config / "sources.toml").write_text(SOURCE)
    opened = Installation(load(config), watch)
    yield opened
    opened.close()


def kept(
    house: Installation, moments: list[datetime], now: datetime, text: str = "Bericht nummer {n}."
) -> None:
    """Posts that a source gave, as it was asked."""
    posts = [
        mention(text.format(n=n), native_id=f"{now} {n}", published_at=at, collected_at=now)
        for n, at in enumerate(moments)
    ]
    batch = Batch(mentions=tuple(posts), next=Cursor("1"), spent=Spend(requests=1))
    house.store.keep(SourceId("blog"), batch, posts, now)


def test_a_spike_is_told_once_from_the_store_to_the_outbox(house: Installation, watch: Watch) -> None:
    kept(house, [], NOW - timedelta(days=29))
    kept(house, rhythm(by_day=3, by_night=0, weeks=4), NOW)
    assert house.alerts.notice() == 0
    watch.later(minutes=30)
    kept(house, burst(60, watch.now, timedelta(minutes=25)), watch.now)
    assert house.alerts.notice() == 1
    watch.later(minutes=1)
    assert house.alerts.notice() == 0
    watch.later(minutes=15)
    assert house.alerts.notice() == 0
    (row,) = house.store.outbox.listed()
    assert (row["kind"], row["channel_id"], row["state"]) == ("spike", "duty", "pending")


def test_one_article_on_many_sites_is_one_thing_said(house: Installation, watch: Watch) -> None:
    kept(house, [], NOW - timedelta(days=29))
    kept(house, rhythm(by_day=3, by_night=0, weeks=4), NOW)
    watch.later(minutes=30)
    same = "Voorbeeld BV maakt bekend dat de nieuwe tarieven volgende week worden gepubliceerd."
    kept(house, burst(60, watch.now, timedelta(minutes=25)), watch.now, same)
    assert house.alerts.notice() == 0


def test_a_source_read_since_yesterday_is_not_yet_known(house: Installation, watch: Watch) -> None:
    kept(house, burst(200, within=20 * HOUR), NOW)
    assert house.alerts.notice() == 0
    (told,) = unready(house.store.outbox.heard({"blog": 30}, NOW), NOW)
    assert (told.group, told.weeks) == ("blog", 0)
