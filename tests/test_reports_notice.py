"""Messages about sources, spikes, the model and a day's summary: hedged, harmless, in both languages."""

import pytest
from builders import finding
from test_reports_builders import POLICY

from klankbord.policy import Lang
from reports.alert import Case, alert_of
from reports.notice import notice_of, summary_of
from reports.wording import banned, lint
from reports.words import notices_en, notices_nl

LANGUAGES: tuple[Lang, Lang] = ("nl", "en")
CASE = Case(key="source-abc", rule="care@abcdefgh", code="source-abc~abcdefgh~6b06b1a0~" + "A" * 22)
NASTY = "Blog\r\nBcc: all@example.org\x1b[31m"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("care", ["silent", "blocked", "credential", "budget", "something new"])
def test_a_notice_about_a_source_says_what_and_what_to_do(language: Lang, care: str) -> None:
    detail = {"id": "blog", "source": "Blog", "care": care, "why": "auth: 401"}
    message = notice_of("source", detail, CASE, "Voorbeeld BV", language)
    assert banned(f"{message.subject} {message.text}", POLICY.wording, language) == []
    assert ("Blog" in message.subject, "auth: 401" in message.text, message.key) == (True, True, CASE.key)
    assert f"klankbord alerts acknowledge {CASE.code}\n" in message.text
    assert "{" not in message.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["spike", "model"])
def test_a_spike_and_a_pause_are_told_without_a_word_of_blame(language: Lang, kind: str) -> None:
    detail = {"id": "blog", "source": "Blog", "since": "2026-W47", "why": "40 / 8"}
    message = notice_of(kind, detail, CASE, "Voorbeeld BV", language, "https://desk.example/")
    assert banned(f"{message.subject} {message.text}", POLICY.wording, language) == []
    assert f"https://desk.example/seen/{CASE.code}\n" in message.text
    assert message.payload is not None
    assert (message.payload["event"], message.payload["rule"]) == (kind, "care@abcdefgh")


def test_no_name_of_a_source_breaks_a_header_or_steers_a_terminal() -> None:
    message = notice_of(
        "source", {"source": NASTY, "care": NASTY, "why": NASTY, "id": NASTY}, CASE, NASTY, "nl"
    )
    for told in (message.subject, *message.text.splitlines()):
        assert all(sign.isprintable() for sign in told)
    assert not any(line.startswith("Bcc:") for line in (message.subject + "\n" + message.text).splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_summary_names_every_case_without_its_words_and_passes_the_lint(language: Lang) -> None:
    found = [finding(f"De tarieven 2027 gaan omhoog, nummer {n}.") for n in range(3)]
    notices = [("source", {"source": "Blog", "care": "blocked"})]
    message = summary_of(found, notices, Case(key="overflow-2026-11-18"), POLICY, "Voorbeeld BV", language)
    assert lint(message.text, POLICY.wording, language) == []
    assert all(f"klankbord findings show {one.id}" in message.text for one in found)
    assert "omhoog" not in message.text
    assert message.subject.startswith("[Voorbeeld BV] ")
    assert " 4 " in message.subject
    assert message.payload is not None
    assert message.payload["findings"] == [one.id for one in found]


def test_a_long_summary_names_sixty_and_counts_the_rest() -> None:
    found = [finding(f"Tekst {n}.") for n in range(75)]
    message = summary_of(found, (), Case(key="k"), POLICY, "Voorbeeld BV", "nl")
    assert (message.text.count("klankbord findings show"), "+ 15" in message.text) == (60, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alert_told_again_says_so_and_names_its_rule(language: Lang) -> None:
    case = Case(
        key="alert-x.2",
        rule="rare@abcdefgh",
        update=2,
        source_kind="forum",
        code="alert-x.2~abcdefgh~6b06b1a0~" + "A" * 22,
    )
    message = alert_of(finding(), POLICY, "Voorbeeld BV", language, case=case)
    assert (message.key, "rare@abcdefgh" in message.text, " 2 " in message.text) == ("alert-x.2", True, True)
    assert lint(message.text, POLICY.wording, language) == []
    assert message.payload is not None
    assert (message.payload["update"], message.payload["rule"]) == (2, "rare@abcdefgh")
    assert (message.payload["matched"], message.payload["source_kind"]) == (["tarieven 2027"], "forum")
    assert "blog, forum (" in message.text
    assert str(message.payload["seen_command"]) in message.text


def test_both_languages_hold_the_same_notices() -> None:
    assert list(notices_nl.PHRASES) == list(notices_en.PHRASES)
