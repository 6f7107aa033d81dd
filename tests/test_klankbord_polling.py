"""When a source is asked next, in which order, and whether it may be asked at all."""

from datetime import date, timedelta

import pytest
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st

from klankbord.permission import why_not
from klankbord.polling import LONGEST, Pace, in_turn, interval, next_poll, usual
from klankbord.settings import FeedSource, Organisation, RedditSource, SourceSettings, TermsSettings, XSource
from klankbord.settings.terms import RedditTerms, XTerms

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
TODAY = NOW.date()
OURS = Organisation(name="Voorbeeld BV")


def feed(name: str = "blog", host: str = "blog.example", **given: object) -> FeedSource:
    fields: dict[str, object] = {"id": name, "kind": "feed", "url": f"https://{host}/feed"} | given
    return FeedSource.model_validate(fields)


def test_a_source_that_was_never_read_is_asked_now() -> None:
    assert next_poll(feed(), Pace(), NOW) == NOW


def test_a_feed_with_news_is_asked_as_often_as_it_says() -> None:
    pace = Pace(last_attempt_at=NOW, last_news_at=NOW, news_every=HOUR)
    assert next_poll(feed(), pace, NOW) == NOW + 30 * MINUTE


def test_a_silent_feed_is_asked_less_often_but_never_less_than_every_six_hours() -> None:
    def after(silence: timedelta) -> timedelta:
        return interval(feed(), Pace(last_news_at=NOW - silence, news_every=HOUR), NOW)

    assert [after(HOUR), after(8 * HOUR), after(300 * HOUR)] == [30 * MINUTE, 2 * HOUR, LONGEST]


def test_a_feed_that_asks_for_more_rest_than_six_hours_gets_it() -> None:
    daily = feed(every="1d")
    assert interval(daily, Pace(last_news_at=NOW - 900 * HOUR, news_every=HOUR), NOW) == 24 * HOUR


def test_other_kinds_keep_their_pace() -> None:
    x = XSource(id="x", kind="x")
    assert interval(x, Pace(last_news_at=NOW - 90 * HOUR, news_every=9 * HOUR), NOW) == 15 * MINUTE


def test_a_wait_that_was_asked_for_counts_and_an_absurd_one_does_not() -> None:
    pace = Pace(last_attempt_at=NOW - HOUR, not_before=NOW + HOUR)
    assert next_poll(feed(), pace, NOW) == NOW + HOUR
    absurd = Pace(last_attempt_at=NOW - HOUR, not_before=NOW + 999 * HOUR)
    assert next_poll(feed(), absurd, NOW) <= NOW


def test_a_clock_that_was_ahead_does_not_silence_a_source() -> None:
    assert next_poll(feed(), Pace(last_attempt_at=NOW + 999 * HOUR), NOW) == NOW


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20))
def test_the_usual_stretch_lies_between_the_shortest_and_the_longest(seconds: list[int]) -> None:
    known = None
    for stretch in seconds:
        known = usual(known, timedelta(seconds=stretch))
    assert known is not None
    slack = timedelta(milliseconds=1)
    assert timedelta(seconds=min(seconds)) - slack <= known <= timedelta(seconds=max(seconds)) + slack


def test_no_host_has_a_second_turn_before_every_host_had_one() -> None:
    sources = [feed(f"a{n}", "a.example") for n in range(3)] + [
        feed("b", "b.example"),
        feed("c", "c.example"),
    ]
    assert [source.id for source in in_turn(sources)] == ["a0", "b", "c", "a1", "a2"]


def read(**given: object) -> TermsSettings:
    return TermsSettings.model_validate({"terms_read_on": TODAY} | given)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (feed(), "nobody has read its terms"),
        (feed(terms=read(terms_read_on=TODAY - timedelta(days=181))), "over 180 days ago"),
        (feed(terms=read(terms_read_on=TODAY + timedelta(days=1))), "lies in the future"),
        (XSource(id="x", kind="x", terms=XTerms(terms_read_on=TODAY)), "written leave"),
        (RedditSource(id="r", kind="reddit", terms=RedditTerms(terms_read_on=TODAY)), "written leave"),
    ],
)
def test_a_source_whose_record_is_incomplete_is_refused_and_told_why(
    source: SourceSettings, said: str
) -> None:
    assert said in why_not(source, OURS, TODAY)


def test_a_complete_record_lets_a_source_be_read() -> None:
    assert why_not(feed(terms=read()), OURS, TODAY) == ""
    x = XSource(id="x", kind="x", terms=XTerms(terms_read_on=TODAY, approval="ticket 12"))
    assert why_not(x, OURS, TODAY) == ""


def test_a_government_body_needs_more_for_x() -> None:
    town = Organisation(name="Gemeente Voorbeeld", public_sector=True)
    terms = XTerms(terms_read_on=TODAY, approval="ticket 12")
    assert "enterprise_plan and declared" in why_not(XSource(id="x", kind="x", terms=terms), town, TODAY)
    told = XSource(id="x", kind="x", terms=terms, enterprise_plan=True, declared_government_end_user=True)
    assert why_not(told, town, TODAY) == ""


@pytest.mark.parametrize("flag", ["train", "affiliation"])
@pytest.mark.parametrize("terms", [XTerms, RedditTerms])
def test_what_a_platform_forbids_cannot_be_switched_on(terms: type[TermsSettings], flag: str) -> None:
    with pytest.raises(ValueError, match=f"{flag}: must be false"):
        terms.model_validate({flag: True})


def test_x_and_reddit_terms_travel_with_their_posts() -> None:
    x, reddit = XTerms().record(), RedditTerms().record()
    assert (x.train, x.affiliation, x.export, x.count_clauses) == (False, False, False, ("C02", "C11"))
    assert (reddit.train, reddit.affiliation, reddit.traceless) == (False, False, True)


def test_a_date_in_toml_is_a_day() -> None:
    assert TermsSettings.model_validate({"terms_read_on": date(2026, 11, 2)}).terms_read_on == date(
        2026, 11, 2
    )
