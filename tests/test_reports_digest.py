"""The digest tells what the week's facts hold, no more, and the same whoever wrote."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reports_builders import (
    AMSTERDAM,
    C02,
    C05,
    C07,
    MADE,
    POLICY,
    WEEK,
    busy_week,
    counts,
    facts,
    found,
    signal,
    source,
)

from klankbord.finding import FindingState
from klankbord.mention import SourceId, State, Terms
from klankbord.policy import ClauseId, Lang, Mode
from klankbord.week import GapRow, VerdictCounts, Week, WeekFacts
from reports.digest import digest_of
from reports.html import html_of
from reports.numbers import numbers_of, side_of
from reports.record import Digest
from reports.text import text_of


def told_as(n: int) -> str:
    """How a number of posts is told in Dutch."""
    return "minder dan 5" if 0 < n < 5 else f"{n:,}".replace(",", ".")


LANGUAGES: tuple[Lang, Lang] = ("nl", "en")


def digest(week: WeekFacts, language: Lang = "en", desk_url: str = "", now: datetime = MADE) -> Digest:
    return digest_of(week, POLICY, "Wadlicht", language, now, desk_url)


def test_alert_mode_comes_first_then_the_score_and_three_are_asked() -> None:
    week = facts(
        findings=(
            signal("Eerste tekst over het ene.", score=0.99, mode=Mode.DIGEST),
            signal("Tweede tekst over iets anders.", score=0.81),
            signal("Derde tekst over weer wat.", score=0.93),
            signal("Vierde tekst over niets.", score=0.98, mode=Mode.DIGEST),
        )
    )
    asked = digest(week)
    assert [item.quote.text[:6] for item in asked.decisions if item.quote] == ["Derde ", "Tweede", "Eerste"]
    assert [item.quote.text[:6] for item in asked.watched if item.quote] == ["Vierde"]
    assert (asked.judgement.level, asked.watched_total) == ("act", 1)


def test_near_identical_texts_ask_once_and_count_their_copies() -> None:
    text = "Net gehoord: de tarieven 2027 van Wadlicht gaan omhoog naar 31,4 cent per kWh."
    week = facts(
        findings=(
            signal(text, "tarieven 2027"),
            signal(f"RT [handle]: {text}", score=0.88),
            signal(f"{text}!", clause=C07, score=0.85),
        )
    )
    (item,) = digest(week).decisions
    assert item.remarks == ("+2 copies", "may also touch C07")


def test_texts_that_are_gone_are_never_joined() -> None:
    gone = [signal("", mention={"native_id": f"x{n}", "state": State.DELETED}) for n in range(4)]
    asked = digest(facts(findings=tuple(gone)))
    assert (len(asked.decisions), asked.watched_total) == (3, 1)


def test_closed_and_withdrawn_findings_ask_nothing() -> None:
    week = facts(
        findings=(
            signal("Een tekst.", state=FindingState.CLOSED),
            signal("Nog een tekst.", state=FindingState.WITHDRAWN),
            signal("Alleen geteld.", mode=Mode.COUNT),
        )
    )
    assert (digest(week).decisions, digest(week).watched) == ((), ())


def test_late_findings_say_so() -> None:
    asked = digest(facts(found_late=(signal("Een oude tekst.", "oude"),)))
    assert asked.decisions[0].remarks == ("found late",)


def test_without_leave_to_export_no_word_of_the_post_is_shown() -> None:
    week = facts(
        findings=(signal("Geheime woorden hier.", "Geheime", mention={"terms": Terms(export=False)}),)
    )
    for language in LANGUAGES:
        shown = digest(week, language)
        assert shown.decisions[0].quote is None
        assert shown.decisions[0].no_quote != ""
        assert "Geheime" not in text_of(shown) + html_of(shown)


@pytest.mark.parametrize("state", [State.DELETED, State.REMOVED])
def test_a_post_taken_down_is_never_quoted(state: State) -> None:
    week = facts(findings=(signal("Weggehaalde woorden.", "Weggehaalde", mention={"state": state}),))
    shown = digest(week)
    assert "Weggehaalde" not in text_of(shown) + html_of(shown)
    assert "taken down" in shown.decisions[0].no_quote


def test_the_finding_is_opened_at_the_desk_or_by_a_command() -> None:
    week = facts(findings=(item := signal("Een tekst."),))
    assert digest(week).decisions[0].door.command == f"klankbord findings show {item.id}"
    door = digest(week, desk_url="https://desk.example/").decisions[0].door
    assert door.address == f"https://desk.example/findings/{item.id}"
    assert f'href="https://desk.example/findings/{item.id}"' in html_of(
        digest(week, desk_url="https://desk.example")
    )


def test_no_author_link_or_handle_is_in_the_digest() -> None:
    about = {
        "author": "f00dfeedf00dfeedf00d",
        "url": "https://forum.example/post/123",
        "canonical_url": "https://forum.example/post/123",
    }
    text = "Kijk op https://forum.example/u/jan bij @jandewit@mastodon.example wat Wadlicht doet."
    shown = digest(facts(findings=(signal(text, "Wadlicht", mention=about),)))
    for told in (text_of(shown), html_of(shown)):
        assert [part for part in ("f00dfeed", "forum.example", "jandewit") if part in told] == []
    assert shown.decisions[0].quote is not None
    assert shown.decisions[0].quote.text == "Kijk op [link] bij [handle] wat Wadlicht doet."


def test_a_missing_detail_gets_a_neutral_word() -> None:
    asked = digest(facts(findings=(signal("Een tekst.", details={}),)))
    assert "resembles topic on the list" in asked.decisions[0].sentence


def test_a_clause_that_left_the_policy_is_still_told() -> None:
    week = facts(
        findings=(signal("Een tekst.", clause=ClauseId("C77-gone")),),
        findings_counted=found(ClauseId("C77-gone"), 1),
    )
    for language in LANGUAGES:
        assert digest(week, language).decisions[0].clause == "C77"


def test_the_judgement_has_at_most_25_words() -> None:
    failing = source("Down", failures=3, error_word="auth", last_success_at=None)
    weeks = [busy_week(), facts(), facts(sources=()), facts(sources=(failing,), mentions=())]
    weeks += [facts(mentions=counts(*[9] * 8, 80), sources=(failing, source()))]
    weeks += [
        facts(findings_counted=found(C02, *[0] * 8, 30)),
        facts(findings=(signal("x", mode=Mode.DIGEST),)),
    ]
    for week in weeks:
        for language in LANGUAGES:
            assert len(digest(week, language).judgement.sentence.split()) <= 25


def test_a_quiet_week_still_shows_what_was_read() -> None:
    shown = digest(facts(mentions=counts(5, 5, 5, 5, 5, 5, 5, 5)))
    assert shown.judgement.level == "quiet"
    assert shown.coverage.sentence == "2 of 2 sources read; no gaps."
    assert shown.short
    assert "nothing that needs a decision" in text_of(shown)


def test_a_week_in_which_nothing_was_read_is_not_called_quiet() -> None:
    dead = source("Down", failures=3, error_word="transient", last_success_at=None)
    shown = digest(facts(mentions=(), sources=(dead,)))
    assert (shown.judgement.level, shown.coverage.troubled) == ("act", 1)
    assert "not one source was read" in shown.judgement.sentence


def test_without_sources_the_digest_says_so() -> None:
    shown = digest(facts(mentions=(), sources=(), collecting_since=None))
    assert shown.judgement.sentence.startswith("No sources have been set up")
    assert shown.coverage.sentence == "No sources have been set up: nothing was read."


def test_the_first_week_compares_with_nothing() -> None:
    shown = digest(facts(mentions=counts(40), collecting_since=WEEK.start_at + timedelta(hours=30)))
    assert shown.changes_notes[0].startswith("No fair comparison yet")
    assert [(row.this, row.last, row.median, row.word) for row in shown.changes[:1]] == [("40", "-", "-", "")]
    assert [week.mentions for week in shown.weeks] == [None] * 7 + [40]


def test_weeks_read_back_are_shown_but_are_no_yardstick() -> None:
    shown = digest(facts(mentions=counts(1, 1, 1, 1, 1, 1, 1, 1, 90), collecting_since=WEEK.start_at))
    assert [week.partial for week in shown.weeks] == [True] * 7 + [False]
    assert {row.word for row in shown.changes} == {""}
    assert "read back afterwards" in text_of(shown)


def test_words_of_change_come_only_outside_the_normal_range() -> None:
    steady = digest(facts(mentions=counts(10, 12, 9, 11, 10, 12, 10, 11, 13)))
    busy = digest(facts(mentions=counts(10, 12, 9, 11, 10, 12, 10, 11, 60)))
    assert (steady.changes[0].word, busy.changes[0].word) == ("", "more than usual")
    assert (steady.judgement.level, busy.judgement.level) == ("quiet", "raised")
    assert steady.changes_notes == ("Nothing falls outside what the earlier weeks showed.",)


@pytest.mark.parametrize(
    ("count", "earlier", "side"),
    [
        (3, [1, 0, 2, 1], 0),
        (30, [10, 9, 11, 10], 1),
        (0, [10, 9, 11, 10], -1),
        (40, [40, 9, 9, 9], 0),
        (99, [1, 1, 1], 0),
    ],
)
def test_the_normal_range_holds_what_was_seen_and_what_chance_allows(
    count: int, earlier: list[int], side: int
) -> None:
    assert side_of(count, earlier) == side


def test_one_to_four_in_a_clause_that_is_only_counted_stay_fewer_than_5() -> None:
    shown = digest(facts(findings_counted=found(C05, 3, 4, 4, 4, 9, 1, 2, 6, 3, mode=Mode.COUNT)))
    row = shown.changes[-1]
    assert (row.this, row.last, row.median) == ("fewer than 5", "6", "fewer than 5")
    assert shown.changes[1].this == "0"


def test_what_was_guarded_is_shown_from_five() -> None:
    few = [digest(facts(guarded=n)).coverage.notes for n in range(5)]
    assert len(set(few)) == 1
    assert any("5 posts were left out" in note for note in digest(facts(guarded=5)).coverage.notes)


def test_a_source_that_fails_stands_first_with_its_gap() -> None:
    shown = digest(busy_week())
    first = shown.coverage.lines[0]
    assert (first.name, first.well, shown.coverage.troubled) == ("Vraag en antwoord", False, 1)
    assert first.status == "asked us to wait; last read Tuesday 17 November; gap of 131 hours"


def test_a_source_nobody_asked_is_not_called_quiet() -> None:
    sources = (
        source("Stale", last_success_at=WEEK.start_at - timedelta(days=3)),
        source("New", last_success_at=None),
        source("Off", enabled=False),
    )
    shown = digest(facts(sources=sources, mentions=()))
    assert [line.status for line in shown.coverage.lines] == [
        "not read since Friday 13 November",
        "never read yet",
        "turned off",
    ]
    assert shown.coverage.sentence == "0 of 2 sources read, 2 not."


def test_gaps_that_overlap_count_once_and_only_inside_the_week() -> None:
    def gap(start: timedelta, end: timedelta) -> GapRow:
        name = SourceId("tweakers-forum")
        return GapRow(source_id=name, from_at=WEEK.start_at + start, to_at=WEEK.start_at + end, reason="x")

    gaps = (
        gap(timedelta(days=-9), timedelta(hours=5)),
        gap(timedelta(hours=3), timedelta(hours=6)),
        gap(timedelta(days=6, hours=22), timedelta(days=9)),
    )
    shown = digest(facts(gaps=gaps))
    assert any("gap of 8 hours" in line.status for line in shown.coverage.lines)
    assert "longest gap 5 hours, from Monday 16 November" in shown.coverage.sentence


def test_a_thousand_sources_name_the_worst_and_count_the_rest() -> None:
    many = tuple(source(f"Blog {n}", failures=n % 2) for n in range(1000))
    shown = digest(facts(sources=many))
    assert len(shown.coverage.lines) == 12
    assert {line.well for line in shown.coverage.lines} == {False}
    assert shown.coverage.more == "and 988 more sources, 500 of them as they should"


def test_many_dead_sources_beside_living_ones_do_not_make_the_week_unread() -> None:
    many = (*(source(f"Dead {n}", failures=1) for n in range(20)), source())
    assert digest(facts(sources=many, mentions=())).judgement.level == "quiet"


def test_verdicts_tell_an_interval_only_from_ten() -> None:
    few = digest(facts(verdicts=VerdictCounts(confirmed=3, dismissed=2)))
    more = digest(facts(verdicts=VerdictCounts(confirmed=6, dismissed=4)))
    assert few.quality[:2] == ("Verdict 'not a signal': 2 of 5.", "Too few verdicts to make a percentage of.")
    assert "between 17 and 69 per cent" in more.quality[1]


@given(
    here=st.lists(st.integers(0, 300), min_size=9, max_size=9),
    there=st.lists(st.integers(0, 300), min_size=9, max_size=9),
    alerts=st.lists(st.integers(0, 20), min_size=9, max_size=9),
    digests=st.lists(st.integers(0, 20), min_size=9, max_size=9),
)
@settings(max_examples=25, deadline=None)
def test_the_numbers_add_up(here: list[int], there: list[int], alerts: list[int], digests: list[int]) -> None:
    week = facts(
        mentions=(*counts(*here), *counts(*there, source_id="town-blog", lang=None)),
        findings_counted=(
            *found(C02, *alerts, mode=Mode.ALERT),
            *found(C02, *digests),
            *found(C07, *digests),
        ),
    )
    numbers = numbers_of(week)
    assert numbers.mentions.weeks == tuple(a + b for a, b in zip(here, there, strict=True))
    sums = tuple(sum(series.weeks[n] or 0 for _, series in numbers.by_clause) for n in range(9))
    assert numbers.findings.weeks == sums == tuple(a + 2 * d for a, d in zip(alerts, digests, strict=True))
    shown = {line.name: line.mentions for line in digest(week, "nl").coverage.lines}
    told = {name: told_as(n) for name, n in (("Tweakers forum", here[-1]), ("Town blog", there[-1]))}
    assert shown == told


@given(st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_facts_and_who_wrote_them_change_nothing(random: object) -> None:
    week = busy_week()
    findings, mentions = list(week.findings), list(week.mentions)
    shuffle = random.shuffle  # type: ignore[attr-defined]
    shuffle(findings)
    shuffle(mentions)
    authored = tuple(
        replace(item, mention=replace(item.mention, author=f"{n:020x}")) for n, item in enumerate(findings)
    )
    other = replace(week, findings=authored, mentions=tuple(mentions), sources=tuple(reversed(week.sources)))
    assert html_of(digest(other)) == html_of(digest(week))
    assert text_of(digest(other)) == text_of(digest(week))


def test_300_findings_make_a_digest_that_a_mail_can_carry() -> None:
    many = tuple(
        signal(f"Bericht {n} noemt {n * 7919} en {n * 104729} in wijk {n}.", "noemt") for n in range(300)
    )
    shown = digest(facts(findings=many, findings_counted=found(C02, 300)))
    assert (len(shown.decisions), len(shown.watched), shown.watched_total) == (3, 10, 297)
    assert shown.watched_more == "and 287 more signals; all of them are in `klankbord findings list`"
    assert shown.decisions_more == "297 more signals that asked for an alert stand first under 'To watch'."
    assert len(html_of(shown)) < 100_000


@pytest.mark.parametrize("monday", [date(2026, 3, 23), date(2026, 10, 19), date(2026, 12, 28)])
def test_weeks_of_167_and_169_hours_and_a_53rd_week_are_told(monday: date) -> None:
    week = Week(monday=monday, zone=AMSTERDAM)
    made = week.end_at.astimezone(UTC) + timedelta(hours=7)
    read = source(last_success_at=week.end_at)
    gap = GapRow(source_id=read.source_id, from_at=week.start_at, to_at=week.end_at, reason="x")
    shown = digest(facts(week=week, sources=(read,), gaps=(gap,), mentions=()), now=made)
    hours = round((week.end_at.astimezone(UTC) - week.start_at.astimezone(UTC)) / timedelta(hours=1))
    assert hours in {167, 168, 169}
    assert f"longest gap {hours} hours" in shown.coverage.sentence
    assert shown.weeks[-1].number == week.number


def test_a_week_that_still_runs_says_so() -> None:
    shown = digest(facts(), now=WEEK.start_at.astimezone(UTC) + timedelta(days=2))
    assert shown.changes_notes[-1] == "The week is not over; the figures may still rise."
