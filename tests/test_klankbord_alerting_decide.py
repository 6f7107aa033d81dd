"""Who is told what and when: nothing is lost, nothing comes twice, quiet hours only delay, a cap summarises."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from klankbord.alerting.decide import How, Past, Planned, State, Waiting, decide, escalate
from klankbord.alerting.event import Care, Event, Kind, finding_event
from klankbord.alerting.quiet import Quiet
from klankbord.alerting.rules import DEFAULT, Reach, Recipient, Rule, Rules
from klankbord.finding import FindingId
from klankbord.settings import RuleSettings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ANNA, BEN, DUTY = (
    Recipient(channel_id="mail", name="anna"),
    Recipient(channel_id="mail", name="ben"),
    Recipient(channel_id="duty"),
)
NIGHT = Quiet(start=time(22), end=time(7))
#: half past one at night in Amsterdam
LATE = datetime(2026, 11, 18, 0, 30, tzinfo=UTC)


def event(number: int = 1, at: datetime = NOW, **given: object) -> Event:
    made = finding_event(FindingId(f"f{number}"), clause="C02", language="nl", source_id="blog", at=at)
    return replace(made, **given)  # type: ignore[arg-type]


def rule(*to: Recipient, escalate_to: tuple[Recipient, ...] = (), **given: object) -> Rule:
    if escalate_to:
        given["escalate_to"] = ("x",)
    fields: dict[str, object] = {"id": "rare", "kind": "finding"} | given
    return Rule(settings=RuleSettings.model_validate(fields), to=to, escalate_to=escalate_to)


def rules(*made: Rule, **reach: Reach) -> Rules:
    named = {"anna": ANNA, "ben": BEN, "duty": DUTY}
    return Rules(
        rules=made,
        default=Rule(settings=DEFAULT, to=(DUTY,)),
        reach={named[name]: one for name, one in reach.items()},
        zone=AMSTERDAM,
        severities={"C02": "high"},
        source_kinds={"blog": "feed"},
    )


class Book:
    """Plays events one after the other, as the outbox would."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.plan: list[tuple[datetime, Planned]] = []

    def state(self, subject: str, now: datetime) -> State:
        summaries: dict[tuple[Recipient, date], datetime] = {}
        for _, one in self.plan:
            if one.summary_day and one.summary_at:
                place = (one.recipient, one.summary_day)
                summaries[place] = min(summaries.get(place, one.summary_at), one.summary_at)
        return State(
            past=tuple(
                Past(key=one.key, recipient=one.recipient, planned_at=at)
                for at, one in self.plan
                if one.subject == subject
            ),
            counts=Counter((one.recipient, one.day) for _, one in self.plan if one.how is How.SEND),
            closed=frozenset(place for place, at in summaries.items() if at <= now),
        )

    def play(self, happened: Event) -> tuple[Planned, ...]:
        planned = decide(happened, self.rules, self.state(happened.subject, happened.at), happened.at)
        self.plan += [(happened.at, one) for one in planned]
        return planned


def test_a_finding_that_no_rule_names_goes_where_alerts_go() -> None:
    (told,) = decide(event(), rules(rule(ANNA, clauses=["C11"])), State(), NOW)
    assert (told.recipient, told.how, told.due_at) == (DUTY, How.SEND, NOW)
    assert told.rule.startswith("default@")


@pytest.mark.parametrize(
    ("named", "meets"),
    [
        ({"clauses": ["C02"]}, True),
        ({"clauses": ["C07"]}, False),
        ({"severities": ["high"]}, True),
        ({"severities": ["low"]}, False),
        ({"languages": ["nl"]}, True),
        ({"languages": ["en"]}, False),
        ({"sources": ["blog"]}, True),
        ({"source_kinds": ["feed"]}, True),
        ({"source_kinds": ["forum"]}, False),
    ],
)
def test_a_rule_sends_what_it_names_by_clause_severity_language_and_source(
    named: dict[str, Any], *, meets: bool
) -> None:
    told = decide(event(), rules(rule(ANNA, **named)), State(), NOW)
    assert (ANNA in {one.recipient for one in told}) == meets


def test_a_rule_has_another_version_whenever_it_says_something_else() -> None:
    one, other = rule(ANNA), rule(ANNA, urgent=True)
    assert one.label.startswith("rare@")
    assert one.label != other.label
    assert one.label == rule(ANNA).label


def test_a_source_is_told_only_where_a_rule_asks_for_it() -> None:
    silent = Event(kind=Kind.SOURCE, subject="source:blog:silent", at=NOW, source_id="blog", care=Care.SILENT)
    wants = rule(ANNA, id="care", kind="source", when=["silent"])
    assert decide(silent, rules(), State(), NOW) == ()
    assert [one.recipient for one in decide(silent, rules(wants), State(), NOW)] == [ANNA]
    blocked = replace(silent, care=Care.BLOCKED)
    assert decide(blocked, rules(wants), State(), NOW) == ()


@pytest.mark.parametrize(("sensitivity", "told"), [("calm", False), ("normal", True), ("keen", True)])
def test_a_spike_is_told_to_who_wants_to_hear_of_one_so_small(sensitivity: str, *, told: bool) -> None:
    spike = Event(kind=Kind.SPIKE, subject="spike:blog", at=NOW, sensitivities=frozenset({"normal", "keen"}))
    wants = rule(ANNA, id="busy", kind="spike", sensitivity=sensitivity)
    assert bool(decide(spike, rules(wants), State(), NOW)) == told


def test_somebody_whom_two_rules_name_is_told_once_and_at_once_where_either_is_urgent() -> None:
    found = rules(rule(ANNA), rule(ANNA, id="now", urgent=True), anna=Reach(quiet=NIGHT))
    (told,) = decide(event(at=LATE), found, State(), LATE)
    assert (told.due_at, told.rule.partition("@")[0]) == (LATE, "now")


def test_quiet_hours_delay_to_their_end_by_the_clock_on_the_wall() -> None:
    (told,) = decide(event(at=LATE), rules(rule(ANNA), anna=Reach(quiet=NIGHT)), State(), LATE)
    assert told.due_at == datetime(2026, 11, 18, 6, tzinfo=UTC)


def test_who_reads_only_the_digest_is_left_to_it() -> None:
    (told,) = decide(event(), rules(rule(ANNA), anna=Reach(digest_only=True)), State(), NOW)
    assert told.how is How.LEFT
    (told,) = decide(event(), rules(rule(BEN, digest_only=True)), State(), NOW)
    assert told.how is How.LEFT


def test_what_comes_after_the_days_number_is_told_in_one_summary() -> None:
    book = Book(rules(rule(ANNA), anna=Reach(cap=2)))
    planned = [book.play(event(number, NOW + timedelta(minutes=number)))[0] for number in range(5)]
    assert [one.how for one in planned] == [How.SEND, How.SEND, How.HELD, How.HELD, How.HELD]
    assert {one.summary for one in planned[2:]} == {"overflow-2026-11-18"}
    assert planned[2].summary_at == NOW + timedelta(minutes=62)


def test_after_the_summary_left_the_rest_of_the_day_is_told_with_the_next_days() -> None:
    book = Book(rules(rule(ANNA), anna=Reach(cap=1, quiet=NIGHT)))
    book.play(event(1))
    book.play(event(2))
    (told,) = book.play(event(3, NOW + timedelta(hours=3)))
    assert told.summary == "overflow-2026-11-19"
    # seven in the morning, when quiet hours end
    assert told.summary_at == datetime(2026, 11, 19, 6, tzinfo=UTC)


def test_a_finding_that_rises_again_is_told_again_after_the_cooldown_as_its_second_time() -> None:
    book = Book(rules(rule(ANNA, cooldown="24h")))
    assert [one.key for one in book.play(event())] == ["alert-f1"]
    assert book.play(event(at=NOW + timedelta(hours=23))) == ()
    assert [one.key for one in book.play(event(at=NOW + timedelta(hours=24)))] == ["alert-f1.2"]


def test_an_alert_that_was_given_up_or_withdrawn_does_not_count_as_told() -> None:
    past = Past(key="alert-f1", recipient=ANNA, planned_at=NOW, stands=False)
    later = NOW + timedelta(minutes=5)
    (told,) = decide(event(at=later), rules(rule(ANNA)), State(past=(past,)), later)
    assert told.key == "alert-f1.2"


def test_the_same_trouble_of_a_source_is_one_case_until_it_begins_anew() -> None:
    wants = rule(ANNA, id="care", kind="source", cooldown="1h")
    book = Book(rules(wants))
    trouble = Event(kind=Kind.SOURCE, subject="source:blog:blocked", episode="monday", at=NOW)
    assert len(book.play(trouble)) == 1
    assert book.play(replace(trouble, at=NOW + timedelta(days=3))) == ()
    assert len(book.play(replace(trouble, episode="friday", at=NOW + timedelta(days=4)))) == 1


def test_a_case_nobody_has_seen_is_told_to_others_and_never_twice_to_one() -> None:
    found = rules(rule(ANNA, escalate_to=(ANNA, BEN, DUTY), escalate_after="30m"))
    (told,) = decide(event(), found, State(), NOW)
    assert told.escalate_at == NOW + timedelta(minutes=30)
    waiting = Waiting(event=event(), key=told.key, rule=told.rule, has=frozenset({ANNA, DUTY}))
    further = escalate(waiting, found, State(), NOW + timedelta(minutes=30))
    assert [(one.recipient, one.key, one.escalate_at) for one in further] == [(BEN, "alert-f1", None)]


def test_escalation_of_a_rule_that_is_gone_tells_nobody() -> None:
    waiting = Waiting(event=event(), key="alert-f1", rule="gone@abcdefgh", has=frozenset())
    assert escalate(waiting, rules(), State(), NOW) == ()


# properties

RECIPIENTS = st.lists(st.sampled_from([ANNA, BEN, DUTY]), min_size=1, max_size=3, unique=True)
QUIETS = st.builds(
    Quiet,
    start=st.times().map(lambda one: one.replace(second=0, microsecond=0, tzinfo=None)),
    end=st.times().map(lambda one: one.replace(second=0, microsecond=0, tzinfo=None)),
    days=st.frozensets(st.integers(0, 6), max_size=6),
)
REACHES = st.builds(Reach, quiet=QUIETS, digest_only=st.booleans(), cap=st.none() | st.integers(1, 3))
MADE_RULES = st.builds(
    lambda to, number, **given: rule(*to, id=f"r{number}", **given),
    RECIPIENTS,
    st.integers(0, 9),
    clauses=st.sampled_from([[], ["C02"], ["C07"]]),
    urgent=st.booleans(),
    digest_only=st.booleans(),
    cooldown=st.sampled_from(["1h", "24h", "7d"]),
)
MADE = st.builds(
    lambda made, anna, ben, duty: rules(*made, anna=anna, ben=ben, duty=duty),
    st.lists(MADE_RULES, max_size=4),
    REACHES,
    REACHES,
    REACHES,
)
#: (which finding, minutes later than the one before); a finding that comes again rose again
HAPPENED = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3000)), min_size=1, max_size=25)


def played(
    found: Rules, happened: list[tuple[int, int]]
) -> tuple[Book, list[tuple[Event, tuple[Planned, ...]]]]:
    book, now, each = Book(found), NOW, []
    for number, minutes in happened:
        now += timedelta(minutes=minutes)
        one = event(number, now)
        each.append((one, book.play(one)))
    return book, each


@settings(max_examples=60, deadline=None)
@given(MADE, HAPPENED)
def test_no_alert_is_lost(found: Rules, happened: list[tuple[int, int]]) -> None:
    book = Book(found)
    now = NOW
    for number, minutes in happened:
        now += timedelta(minutes=minutes)
        one = event(number, now)
        before = list(book.plan)
        planned = {row.recipient for row in book.play(one)}
        for recipient, met in found.told(one).items():
            cooldown = min(rule.settings.cooldown for rule in met)
            recently = any(
                row.subject == one.subject and row.recipient == recipient and now - at < cooldown
                for at, row in before
            )
            assert (recipient in planned) != recently
        assert found.told(one) != {}


@settings(max_examples=60, deadline=None)
@given(MADE, HAPPENED)
def test_never_two_for_one_case_and_recipient(found: Rules, happened: list[tuple[int, int]]) -> None:
    book, _ = played(found, happened)
    cases = Counter((row.key, row.recipient) for _, row in book.plan)
    assert max(cases.values(), default=1) == 1


@settings(max_examples=60, deadline=None)
@given(MADE, HAPPENED)
def test_quiet_hours_only_delay_and_end_outside_them(found: Rules, happened: list[tuple[int, int]]) -> None:
    for one, planned in played(found, happened)[1]:
        for row in planned:
            assert row.due_at >= one.at
            assert row.due_at - one.at <= timedelta(days=8)
            urgent = any(rule.settings.urgent for rule in found.told(one)[row.recipient])
            quiet = found.reach[row.recipient].quiet
            assert row.due_at == one.at if urgent else quiet.over_at(row.due_at, AMSTERDAM) == row.due_at


@settings(max_examples=60, deadline=None)
@given(MADE, HAPPENED)
def test_a_cap_never_swallows_it_summarises(found: Rules, happened: list[tuple[int, int]]) -> None:
    book, each = played(found, happened)
    sent = Counter((row.recipient, row.day) for _, row in book.plan if row.how is How.SEND)
    for (recipient, _), number in sent.items():
        cap = found.reach[recipient].cap
        assert cap is None or number <= cap
    for one, planned in each:
        for row in planned:
            if row.how is How.HELD:
                assert row.summary_at is not None
                assert row.summary != ""
                assert row.summary_at > one.at
            else:
                assert row.summary == ""


@settings(max_examples=100, deadline=None)
@given(QUIETS, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_quiet_ends_and_never_before_it_began(quiet: Quiet, moment: datetime) -> None:
    over_at = quiet.over_at(moment, AMSTERDAM)
    assert moment <= over_at <= moment + timedelta(days=8)
    assert quiet.over_at(over_at, AMSTERDAM) == over_at


@pytest.mark.parametrize("minute", range(0, 180, 15))
def test_quiet_that_ends_in_the_hour_that_comes_twice_or_not_at_all_ends_once(minute: int) -> None:
    for night in (datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 3, 29, 0, tzinfo=UTC)):
        moment = night + timedelta(minutes=minute)
        over_at = Quiet.of("23:00-02:30").over_at(moment, AMSTERDAM)
        assert moment <= over_at <= moment + timedelta(hours=3)
