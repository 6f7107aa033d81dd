"""Every generated word is hedged, says what is unknown, accuses nobody, and exists in both languages."""

import re
import string
from dataclasses import replace

import pytest
from test_reports_builders import C02, MADE, POLICY, busy_week, facts, signal

from klankbord.mention import State, Terms
from klankbord.policy import Clause, Lang, Mode
from reports import phrase
from reports.alert import alert_of, digest_message
from reports.digest import digest_of
from reports.html import html_of
from reports.text import text_of
from reports.wording import banned, lint
from reports.words import en, nl, words

LANGUAGES: tuple[Lang, Lang] = ("nl", "en")
RULES = [clause for clause in POLICY.clauses if clause.kind == "rule"]
DETAILS = {
    "topic": "tarieven 2027",
    "product": "ZonPlus",
    "competitor": "Zeewind",
    "fact_url": "https://www.wadlicht.example/opzeggen",
    "pattern": "[key]",
}
#: what a post may say and Klankbord may not
ACCUSING = {
    "nl": "De dader is betrapt: zeker een illoyaal lid van de afdeling, gelekt door verkoop.",
    "en": "The culprit was caught: certain to be a disloyal one, leaked by sales, an insider threat.",
}


def test_both_languages_hold_the_same_phrases_with_the_same_blanks() -> None:
    def blanks(table: dict[str, str]) -> dict[str, set[str]]:
        return {
            key: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for key, text in table.items()
        }

    dutch, english = blanks(nl.PHRASES), blanks(en.PHRASES)
    assert dutch == english


def test_no_phrase_holds_a_banned_word() -> None:
    for language, table in (("nl", nl.PHRASES), ("en", en.PHRASES)):
        assert banned(" | ".join(table.values()), POLICY.wording, language) == []  # type: ignore[arg-type]


def test_every_phrase_with_one_has_many() -> None:
    for table in (nl.PHRASES, en.PHRASES):
        ones = {key.removesuffix(".one") for key in table if key.endswith(".one")}
        assert {f"{key}.many" for key in ones} <= set(table)


@pytest.mark.parametrize("clause", RULES, ids=lambda clause: clause.number)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("details", [DETAILS, {}], ids=["details", "no details"])
def test_every_finding_sentence_is_hedged_and_says_what_is_unknown(
    clause: Clause, language: Lang, details: dict[str, str]
) -> None:
    sentence = phrase.sentence_of(POLICY, signal("Tekst.", clause=clause.id, details=details), language)
    assert lint(sentence, POLICY.wording, language) == []
    assert "{" not in sentence


@pytest.mark.parametrize("clause", RULES, ids=lambda clause: clause.number)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_digest_and_alert_passes_the_lint(clause: Clause, language: Lang) -> None:
    finding = signal(
        ACCUSING[language], clause=clause.id, details=DETAILS, mention={"terms": Terms(export=False)}
    )
    digest = digest_of(replace(busy_week(), findings=(finding,)), POLICY, "Wadlicht", language, MADE)
    alert = alert_of(finding, POLICY, "Wadlicht", language, "", "Forum", quote=True)
    message = digest_message(digest, html_of(digest), text_of(digest))
    for told in (
        message.text,
        re.sub(r"<style>.*</style>|<[^>]+>", " ", message.html, flags=re.DOTALL),
        alert.text,
    ):
        assert lint(told, POLICY.wording, language) == []
    for subject in (message.subject, alert.subject):
        assert banned(subject, POLICY.wording, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fallbacks_pass_too(language: Lang) -> None:
    say = words(language)
    assert lint(say("finding"), POLICY.wording, language) == []
    assert lint(f"{say('innocent')} {say('unknown')} {say('next_step')}", POLICY.wording, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lint_sees_an_accusing_sentence(language: Lang) -> None:
    problems = lint(ACCUSING[language], POLICY.wording, language)
    assert len([problem for problem in problems if problem.startswith("banned")]) >= 4
    assert len(problems) >= 6


def test_the_lint_wants_whole_words() -> None:
    assert banned("Een onzekere start; verzekeringen.", POLICY.wording, "nl") == []
    assert banned("Dat is ZEKER zo.", POLICY.wording, "nl") == ["banned word: zeker"]
    assert banned("gelekt\n door iemand", POLICY.wording, "nl") == ["banned word: gelekt door"]


@pytest.mark.parametrize(
    ("score", "word"),
    [(0.7, "weak indication"), (0.8, "indication"), (0.9, "strong indication"), (1.0, "strong indication")],
)
def test_a_score_is_told_as_a_word(score: float, word: str) -> None:
    assert phrase.confidence_of(POLICY, score, "en") == word


def test_a_score_under_every_range_gets_the_weakest_word() -> None:
    assert phrase.confidence_of(POLICY, 0.2, "en") == "weak indication"


def test_a_policy_is_no_code() -> None:
    clause = replace(
        POLICY.clause(C02), finding_text={"en": "Possibly {topic.__class__} {0} {topic!r} {topic}"}
    )
    policy = replace(POLICY, clauses=(clause,))
    sentence = phrase.sentence_of(policy, signal("x", details={"topic": "{x}"}), "en")
    assert sentence == "Possibly {topic.__class__} not stated {topic!r} {x}"


def test_an_alert_holds_no_word_of_the_post_unless_both_allow_it() -> None:
    finding = signal("De tarieven 2027 stijgen fors.", "tarieven 2027", details={})
    closed = replace(finding, mention=replace(finding.mention, terms=Terms(export=False)))
    gone = replace(finding, mention=replace(finding.mention, state=State.DELETED))
    for item, quote in ((finding, False), (closed, True), (gone, True)):
        message = alert_of(item, POLICY, "Wadlicht", "nl", "", "Forum", quote)
        assert "tarieven" not in f"{message.text}{message.payload}"
    shown = alert_of(finding, POLICY, "Wadlicht", "nl", "", "Forum", quote=True)
    assert "*tarieven 2027*" in shown.text
    assert shown.payload is not None
    assert (shown.payload["quote"], shown.payload["marks"]) == ("De tarieven 2027 stijgen fors.", [[3, 16]])


def test_an_alert_says_what_a_reader_needs() -> None:
    finding = signal("De tarieven 2027 stijgen.", "tarieven 2027", score=0.914)
    message = alert_of(finding, POLICY, "Wadlicht", "nl", "https://desk.example", "Tweakers forum")
    assert message.subject == (
        "[Wadlicht] Signaal om te bekijken: C02 Vertrouwelijk blijft binnen (sterke aanwijzing)"
    )
    assert message.key == f"alert-{finding.id}"
    # Posted at 9 and found at 10 by UTC: an hour later by the clock in Amsterdam.
    for part in ("wo 18 nov 2026 10:00", "wo 18 nov 2026 11:00", "Tweakers forum (bericht)"):
        assert part in message.text
    assert f"https://desk.example/findings/{finding.id}" in message.text
    assert message.payload == {
        "event": "alert",
        "version": 1,
        "finding": finding.id,
        "clause": "C02",
        "clause_title": "Vertrouwelijk blijft binnen",
        "confidence": "sterke aanwijzing",
        "score": 0.91,
        "source": "Tweakers forum",
        "kind": "post",
        "published_at": "2026-11-18T09:00:00Z",
        "found_at": "2026-11-18T10:00:00Z",
        "link": f"https://desk.example/findings/{finding.id}",
        "command": None,
    }


def test_the_subject_of_a_digest_tells_numbers_and_no_names() -> None:
    def subject(language: Lang, **given: object) -> str:
        digest = digest_of(facts(**given), POLICY, "Wadlicht", language, MADE)
        return digest_message(digest, "", "").subject

    texts = ("Eerste over dit.", "Tweede over dat.", "Derde anders.", "Vierde nog wat.", "Vijfde en wel.")
    five = tuple(signal(text, mode=Mode.DIGEST) for text in texts)
    assert subject("nl") == "[Wadlicht] week 47: niets vraagt een besluit, rustig"
    assert (
        subject("nl", findings=five)
        == "[Wadlicht] week 47: 3 vragen een besluit, 2 om te volgen, verder rustig"
    )
    assert subject("en", findings=five[:1]) == "[Wadlicht] week 47: 1 needs a decision, quiet otherwise"
    assert subject("en", sources=()) == "[Wadlicht] week 47: nothing needs a decision"
