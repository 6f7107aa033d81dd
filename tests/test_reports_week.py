"""What a digest says of themes, quality, age and change: true to the facts, and nothing about few people."""

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import pytest
from builders import mention
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reports_builders import (
    C02,
    C05,
    COMPLAINT,
    MADE,
    POLICY,
    QUESTION,
    busy_week,
    counts,
    facts,
    found,
    signal,
)

from klankbord.mention import State, Terms
from klankbord.policy import Lang, Mode
from klankbord.week import (
    Answers,
    ListAnswers,
    NotableCount,
    RuleChanged,
    Talk,
    ThemeCount,
    VerdictCounts,
    WeekFacts,
)
from reports.answers import wilson
from reports.counted import change, counted
from reports.digest import digest_of
from reports.record import Digest
from reports.words import words

LANGUAGES: tuple[Lang, Lang] = ("nl", "en")


def digest(week: WeekFacts, language: Lang = "en", now: datetime = MADE) -> Digest:
    return digest_of(week, POLICY, "Wadlicht", language, now)


def told(shown: Digest) -> str:
    return json.dumps(asdict(shown), ensure_ascii=False, default=str)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_count_of_one_to_four_is_told_as_few(language: Lang) -> None:
    say = words(language)
    few = say("few")
    assert [counted(n, say) for n in (0, 1, 4)] == ["0", few, few]
    assert [counted(n, say) for n in (5, 1250, None)] == ["5", "1.250" if language == "nl" else "1,250", "-"]


def test_a_change_is_a_percentage_only_between_numbers_that_may_be_told() -> None:
    assert [change(110, 100), change(50, 100), change(0, 8)] == ["+10%", "-50%", "-100%"]
    assert [change(4, 100), change(100, 4), change(100, None), change(5, 0)] == ["", "", "", ""]


@given(
    mentions=st.lists(st.integers(0, 30), min_size=9, max_size=9),
    findings=st.lists(st.integers(0, 12), min_size=9, max_size=9),
)
@settings(max_examples=40, deadline=None)
def test_no_number_of_posts_under_five_stands_anywhere(mentions: list[int], findings: list[int]) -> None:
    week = facts(
        mentions=counts(*mentions),
        findings_counted=(*found(C02, *findings), *found(C05, *findings, mode=Mode.COUNT)),
    )
    shown = digest(week, "nl")
    cells = [cell for row in shown.changes for cell in (row.this, row.last, row.median)]
    cells += [cell for bar in shown.weeks for cell in (bar.mentions_shown, bar.findings_shown)]
    cells += [line.mentions for line in shown.coverage.lines]
    plain = [float(cell.replace(".", "").replace(",", ".")) for cell in cells if cell[:1].isdigit()]
    assert [value for value in plain if 0 < value < 5] == []
    raw = [value for bar in shown.weeks for value in (bar.mentions, bar.findings) if value is not None]
    raw += [value for row in shown.changes for value in row.weeks if value is not None]
    assert [value for value in raw if 0 < value < 5] == []


@given(mentions=st.lists(st.integers(5, 900), min_size=9, max_size=9))
@settings(max_examples=25, deadline=None)
def test_the_eight_weeks_and_the_changes_are_the_facts(mentions: list[int]) -> None:
    shown = digest(facts(mentions=counts(*mentions)))
    assert [bar.mentions for bar in shown.weeks] == mentions[1:]
    row = shown.changes[0]
    assert (row.this, row.last, list(row.weeks)) == (str(mentions[-1]), str(mentions[-2]), mentions[1:])
    assert row.delta_last == f"{round(100 * (mentions[-1] - mentions[-2]) / mentions[-2]):+d}%"
    assert max(bar.percent for bar in shown.weeks) == 100


@given(st.permutations(range(12)))
@settings(max_examples=20, deadline=None)
def test_who_wrote_what_changes_nothing(order: list[int]) -> None:
    week = busy_week()

    def by(number: int) -> str:
        return f"{order[number % 12]:020x}"

    other = replace(
        week,
        findings=tuple(
            replace(one, mention=replace(one.mention, author=by(n))) for n, one in enumerate(week.findings)
        ),
        posts=tuple(replace(one, author=by(n)) for n, one in enumerate(week.posts)),
    )
    assert digest(other) == digest(week)


@pytest.mark.parametrize(
    "given",
    [{"state": State.DELETED}, {"state": State.REMOVED}, {"terms": Terms(export=False)}],
    ids=["deleted", "removed", "display only"],
)
def test_a_post_that_may_not_be_quoted_stands_nowhere(given: dict[str, object]) -> None:
    week = busy_week()
    findings = tuple(
        replace(one, mention=replace(one.mention, **given))  # type: ignore[arg-type]
        for one in week.findings
    )
    posts = tuple(replace(one, **given) for one in week.posts)  # type: ignore[arg-type]
    said = told(digest(replace(week, findings=findings, posts=posts)))
    assert [one.mention.text for one in findings if one.mention.text[:25] in said] == []
    assert [one.text for one in posts if one.text[:25] in said] == []


def test_a_post_that_is_not_there_any_more_is_left_out_of_the_notable() -> None:
    shown = digest(replace(busy_week(), posts=(QUESTION,)))
    assert [one.kind for one in shown.notable] == ["question"]
    assert digest(replace(busy_week(), posts=())).themes[0].quote is None


def test_handles_links_and_control_signs_never_pass() -> None:
    text = "Weet @jandewit waarom https://forum.example/u/jan\u202e van Wadlicht =1+1 niet werkt?\x07"
    post = mention(text)
    talk = Talk(notable=(NotableCount(kind="question", mention_id=post.id, alike=1),), notable_total=1)
    (shown,) = digest(facts(talk=talk, posts=(post,))).notable
    assert shown.quote.text.startswith("Weet [handle] waarom [link]")
    assert [
        part for part in ("jandewit", "forum.example", "\u202e", "\x07") if part in shown.quote.text
    ] == []


def test_themes_say_how_they_grew() -> None:
    def growth(last: int | None, posts: int = 40) -> str:
        theme = ThemeCount(lang="nl", words=("storing", "monteur"), posts=posts, copies=0, last_week=last)
        return digest(facts(talk=Talk(themes=(theme,)))).themes[0].growth

    assert [growth(None), growth(0), growth(3)] == ["", "new this week", "up from fewer than 5 last week"]
    assert [growth(38), growth(20), growth(80)] == [
        "about as many as last week",
        "+100% on last week (20)",
        "-50% on last week (80)",
    ]


def test_a_theme_of_four_posts_is_not_shown() -> None:
    theme = ThemeCount(lang="nl", words=("storing",), posts=4, copies=0, last_week=0)
    assert digest(facts(talk=Talk(themes=(theme,)))).themes == ()


def test_a_sample_says_that_it_is_one() -> None:
    theme = ThemeCount(lang="nl", words=("storing", "monteur"), posts=9, copies=0, last_week=0)
    shown = digest(facts(talk=Talk(themes=(theme,), read=25_000, of=60_000)))
    assert shown.themes_note == "Read from 25,000 of 60,000 posts, drawn by chance; the counts are of those."


def test_a_complaint_tells_both_numbers_and_a_question_that_it_was_not_answered() -> None:
    complaint, question = digest(busy_week()).notable
    assert complaint.why == "23 posts of this theme complain; the week before: fewer than 5."
    assert question.why == "fewer than 5 posts ask nearly the same; no answer was read."
    assert (complaint.quote.text, question.quote.text) == (COMPLAINT.text, QUESTION.text)
    assert complaint.door.command.startswith("klankbord search '\"Al drie dagen storing\"'")


def test_posts_that_ask_for_an_answer_make_a_week_that_is_not_quiet() -> None:
    talk = Talk(notable=(NotableCount(kind="question", mention_id=QUESTION.id, alike=1),), notable_total=1)
    shown = digest(facts(talk=talk, posts=(QUESTION,)))
    assert (shown.judgement.level, shown.short) == ("normal", False)
    assert shown.judgement.sentence.endswith("1 post asks for an answer.")


def test_the_judgement_never_passes_25_words_however_much_happens() -> None:
    for language in LANGUAGES:
        for week in (busy_week(), facts(), replace(busy_week(), findings=())):
            assert len(digest(week, language).judgement.sentence.split()) <= 25


def test_the_worst_lists_are_those_most_surely_dismissed() -> None:
    lists = (
        ListAnswers(list_id="a", confirmed=0, dismissed=5),
        ListAnswers(list_id="b", confirmed=10, dismissed=40),
        ListAnswers(list_id="c", confirmed=50, dismissed=2),
        ListAnswers(list_id="d", confirmed=4, dismissed=6),
        ListAnswers(list_id="few", dismissed=4),
    )
    shown = digest(facts(answers=Answers(confirmed=64, dismissed=57, lists=lists))).signals
    assert [line.name for line in shown.keywords] == ["b", "a", "d"]
    assert shown.keywords[0].counted == "40 of 50 signals were none (67 to 89 per cent)"
    assert shown.keywords[1].counted == "5 of 5 signals were none"
    assert "keywords suggest b" in shown.keywords[0].suggestion


@given(hits=st.integers(0, 400), more=st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_an_interval_holds_its_share_and_narrows_with_n(hits: int, more: int) -> None:
    n = hits + more
    if not n:
        return
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n + 1e-9 <= high + 2e-9 <= 1 + 3e-9
    wide, narrow = wilson(hits, n), wilson(4 * hits, 4 * n)
    assert narrow[1] - narrow[0] <= 1e-9 + wide[1] - wide[0]


def test_precision_is_told_with_its_interval_and_n_or_as_two_numbers() -> None:
    many = digest(facts(answers=Answers(confirmed=31, dismissed=22))).signals
    few = digest(facts(answers=Answers(confirmed=3, dismissed=2))).signals
    assert many.precision is not None
    assert (many.precision.percent, many.precision.low, many.precision.high) == (58, 45, 71)
    assert "3 of 5 settled signals" in few.precision_sentence
    assert digest(facts()).signals.precision_sentence == ""


def test_what_was_missed_is_told_from_the_sample_or_as_not_known() -> None:
    none = digest(facts()).signals.sample_sentence
    some = digest(facts(answers=Answers(sampled=40, relevant=2))).signals.sample_sentence
    assert none.endswith("what was missed is not known.")
    assert some.startswith("Of 40 posts without a signal that somebody looked at, 2 did matter")


def test_findings_that_wait_are_told_by_age_the_oldest_first() -> None:
    shown = digest(facts(verdicts=VerdictCounts(open=9, ages=(4, 0, 3, 2))))
    assert [(row.label, row.findings, row.overdue) for row in shown.ageing] == [
        ("over four weeks", 2, True),
        ("two to four weeks", 3, True),
        ("under a week", 4, False),
    ]


def test_a_rule_tells_what_was_expected_and_what_came() -> None:
    changed = RuleChanged(date(2026, 11, 17), "system", "keyword list 'inside', version 3", 12.4, 31)
    (row,) = digest(facts(rules_changed=(changed,))).rules
    assert (row.day, row.role, row.predicted, row.actual) == ("17 November", "system", "12", "31")


def test_a_first_week_says_that_there_is_nothing_to_compare_with() -> None:
    shown = digest(facts(mentions=counts(40), collecting_since=datetime(2026, 11, 17, tzinfo=UTC)))
    assert shown.first
    assert shown.changes_notes[0].startswith("No fair comparison yet")
    assert {(row.delta_last, row.delta_median) for row in shown.changes} == {("", "")}


def test_a_quiet_week_is_short_and_still_tells_what_was_read_and_what_it_cannot_show() -> None:
    week = facts(findings_counted=(*found(C02, 0, 9, 0, 0, 0, 0, 0, 0, 0),))
    shown = digest(week)
    assert (shown.short, len(shown.changes), shown.watched, shown.decisions) == (True, 2, (), ())
    assert len(shown.limits) == 3
    assert (shown.coverage.sentence, shown.coverage.lines == ()) == ("2 of 2 sources read; no gaps.", False)


def test_a_late_digest_says_when_it_was_due() -> None:
    due = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
    late = digest_of(facts(), POLICY, "Wadlicht", "en", MADE, due_at=due)
    assert late.late == "This digest is late: it was due on Mon 23 Nov 2026 07:30."
    assert digest(facts()).late == ""


def test_messages_that_were_given_up_stand_in_the_coverage() -> None:
    notes = digest(facts(given_up=2)).coverage.notes
    assert any("2 messages of this week could not be delivered" in note for note in notes)


def test_the_mark_is_of_the_content() -> None:
    week = busy_week()
    assert digest(week).fingerprint == digest(week).fingerprint != digest(facts()).fingerprint
    assert len(digest(week).fingerprint) == 16


def test_a_keyword_list_with_a_hostile_name_stays_one_line() -> None:
    lists = (ListAnswers(list_id="=cmd()\r\nBcc: x@example.org", dismissed=20),)
    shown = digest(facts(answers=Answers(dismissed=20, lists=lists)))
    assert re.search(r"[\r\n]", shown.signals.keywords[0].name) is None


def test_a_finding_about_a_person_is_not_quoted() -> None:
    one = signal("Karin van de balie van Wadlicht doet haar werk niet.", "Karin")
    shown = digest(facts(findings=(replace(one, clause_id=POLICY.clause(one.clause_id).id),)))
    person = digest(facts(findings=(replace(one, clause_id=type(one.clause_id)("C08-people-at-work")),)))
    assert ("Karin" in told(shown), "Karin" in told(person)) == (True, False)
