"""What a source needs becomes one case for each time it happens; past events are played through the rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOW

from klankbord.alerting.acknowledging import code_of, seen, tag_of
from klankbord.alerting.event import Care, Event, finding_event
from klankbord.alerting.occasions import drift_event, source_events
from klankbord.alerting.quiet import Quiet
from klankbord.alerting.rules import DEFAULT, Reach, Recipient, Rule, Rules
from klankbord.alerting.simulate import simulate
from klankbord.errors import NotFoundError
from klankbord.finding import FindingId
from klankbord.mention import SourceId
from klankbord.polling import Pace
from klankbord.settings import FeedSource, TermsSettings
from klankbord.standing import SourceStanding
from klankbord.week import SourceHealth

TODAY = NOW.date()
HEALTH = SourceHealth(
    source_id=SourceId("blog"),
    name="Blog",
    kind="feed",
    last_attempt_at=NOW,
    last_success_at=NOW - timedelta(hours=1),
)
WELL = SourceStanding(health=HEALTH, word="reading")


def cares(
    standing: SourceStanding, *, pace: Pace | None = None, read_on: date = TODAY, enabled: bool = True
) -> list[Event]:
    source = FeedSource(
        id="blog",
        kind="feed",
        url="https://blog.example/feed",
        enabled=enabled,
        terms=TermsSettings(terms_read_on=read_on),
    )
    return source_events([source], [standing], {"blog": pace or Pace()}, TODAY, NOW)


def test_a_source_that_reads_well_needs_nothing() -> None:
    assert cares(WELL) == []


@pytest.mark.parametrize(
    ("word", "care"),
    [
        ("blocked: credential", Care.CREDENTIAL),
        ("blocked: not allowed", Care.BLOCKED),
        ("gone", Care.BLOCKED),
        ("silent", Care.SILENT),
    ],
)
def test_how_a_source_stands_says_what_it_needs(word: str, care: Care) -> None:
    assert [one.care for one in cares(replace(WELL, word=word))] == [care]


def test_a_source_that_fails_is_told_of_after_a_day() -> None:
    failing = replace(HEALTH, failures=7, last_success_at=NOW - timedelta(hours=23))
    standing = replace(WELL, health=failing, word="failing (7x)")
    assert cares(standing) == []
    long_ago = replace(failing, last_success_at=NOW - timedelta(hours=24))
    assert [one.care for one in cares(replace(standing, health=long_ago))] == [Care.BLOCKED]
    never = replace(failing, last_success_at=None)
    assert [one.care for one in cares(replace(standing, health=never))] == [Care.BLOCKED]


def test_most_of_a_budget_is_told_once_a_day() -> None:
    assert cares(replace(WELL, used=0.79)) == []
    (told,) = cares(replace(WELL, used=0.8))
    assert (told.care, told.episode, told.detail["why"]) == (Care.BUDGET, "2026-11-18", "80%")


@pytest.mark.parametrize(("days", "told"), [(165, 0), (166, 1), (180, 1), (181, 0)])
def test_leave_that_ends_within_two_weeks_is_told(days: int, told: int) -> None:
    assert len(cares(WELL, read_on=TODAY - timedelta(days=days))) == told


def test_a_source_that_is_off_needs_nothing() -> None:
    assert cares(replace(WELL, word="gone"), enabled=False) == []


def test_the_same_trouble_is_one_case_until_the_source_was_read_in_between() -> None:
    blocked = replace(WELL, word="gone")
    (one,), (same,) = cares(blocked), cares(blocked)
    later = replace(blocked, health=replace(HEALTH, last_success_at=NOW))
    (other,) = cares(later)
    assert (one.key == same.key, one.key == other.key, one.subject == other.subject) == (True, False, True)


def test_drift_is_one_case_for_each_model() -> None:
    one, other = drift_event("m1", "scores jumped", NOW), drift_event("m2", "scores jumped", NOW)
    assert one.key == drift_event("m1", "still", NOW + timedelta(days=1)).key
    assert one.key != other.key


# codes

ANNA = Recipient(channel_id="mail", name="anna")
SECRET, OTHER = b"x" * 32, b"y" * 32


def test_a_code_says_one_case_and_one_person_until_a_day() -> None:
    code = code_of("alert-abc.2", ANNA, NOW + timedelta(days=7), SECRET)
    said = seen(f" {code}\n", SECRET, NOW)
    assert (said.key, said.tag, said.until) == ("alert-abc.2", tag_of(ANNA), NOW + timedelta(days=7))
    assert "anna" not in code
    with pytest.raises(NotFoundError, match="changed on the way"):
        seen(code, OTHER, NOW)
    with pytest.raises(NotFoundError, match="good until"):
        seen(code, SECRET, NOW + timedelta(days=7))


# simulation


def test_a_simulation_counts_what_each_would_have_got_and_when() -> None:
    rule = Rule(settings=DEFAULT, to=(ANNA,))
    quiet = Quiet.of("22:00-07:00")
    rules = Rules(default=rule, reach={ANNA: Reach(quiet=quiet, cap=2)}, zone=ZoneInfo("Europe/Amsterdam"))
    night = datetime(2026, 11, 17, 23, 0, tzinfo=UTC)
    at = [night, NOW, NOW + timedelta(minutes=1), NOW + timedelta(minutes=2), NOW + timedelta(days=1)]
    events = [
        finding_event(FindingId(f"f{n}"), clause="C02", language="nl", source_id="blog", at=moment)
        for n, moment in enumerate(at)
    ]
    found = simulate(reversed(events), rules)
    (anna,) = found.people
    assert (found.events, found.untold, list(found.rules.values())) == (5, 0, [5])
    assert (anna.alerts, anna.held, anna.summaries, anna.waited, anna.busiest) == (5, 2, 1, 1, 3)
    # at seven what waited, at eleven one alone, at twelve the summary, and one the next day at eleven
    assert anna.hours == {7: 1, 11: 2, 12: 1}


def test_a_simulation_of_nothing_and_without_anybody_to_tell() -> None:
    assert simulate([], Rules()).people == ()
    lone = finding_event(FindingId("f"), clause="C02", language=None, source_id="blog", at=NOW)
    assert simulate([lone], Rules()).untold == 1
