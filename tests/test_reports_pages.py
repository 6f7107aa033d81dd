"""The digest as text and as a page: it reads well, holds nothing hostile, and marks what was pointed at."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reports_builders import MADE, POLICY, busy_week, facts, signal, source

from klankbord.finding import Evidence
from klankbord.mention import SourceId
from klankbord.policy import Lang
from klankbord.week import RuleChanged, WeekFacts
from reports.alert import alert_of, digest_message
from reports.digest import digest_of
from reports.html import html_of
from reports.outline import outline_of
from reports.plain import one_line
from reports.quote import merged, quote_of
from reports.record import Digest, Quote
from reports.text import emphasised, text_of
from reports.words import words

LANGUAGES: tuple[Lang, Lang] = ("nl", "en")
HOSTILE = (
    '<script>alert(1)</script>\r\nBcc: x@y.example\x1b[2J\u202e"\'=HYPERLINK("http://z.example") & </style>'
)


def digest(week: WeekFacts, language: Lang = "en", organisation: str = "Wadlicht") -> Digest:
    return digest_of(week, POLICY, organisation, language, MADE)


class Page(HTMLParser):
    """Which tags stand open, which were met, and what asks for something from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.met: list[str] = []
        self.open: list[str] = []
        self.outside: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.met.append(tag)
        self.outside += [
            (tag, name) for name, value in attrs if name in {"src", "href", "background"} and value
        ]
        if tag not in {"meta", "br", "img", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "week", [busy_week(), facts(), facts(sources=(), mentions=())], ids=["busy", "quiet", "none"]
)
def test_the_page_is_whole_and_asks_for_nothing_from_elsewhere(week: WeekFacts, language: Lang) -> None:
    shown = digest(week, language)
    html = html_of(shown)
    page = Page(html)
    assert page.open == []
    assert page.outside == []
    assert {"script", "img", "link", "iframe", "form"} & set(page.met) == set()
    assert page.met.count("h1") == 1
    assert page.met.count("h2") == len(outline_of(shown, words(language)))
    assert f'<html lang="{language}"' in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@import" not in html
    assert "url(" not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_keeps_to_78_columns_without_trailing_blanks(language: Lang) -> None:
    shown = digest(busy_week(), language)
    text = text_of(shown)
    doors = {*(item.door.command for item in shown.decisions), *(item.door.command for item in shown.notable)}
    lines = [line for line in text.split("\n") if line.strip() not in doors]
    assert [line for line in lines if len(line) > 78 or line != line.rstrip()] == []
    assert text.endswith("\n")
    assert "\n\n\n" not in text


def test_text_and_page_tell_the_same() -> None:
    shown = digest(busy_week())
    text, html = " ".join(text_of(shown).split()), html_of(shown)
    for part in (shown.judgement.sentence, shown.coverage.sentence, *shown.limits, *shown.handled):
        assert part in text
        assert part.replace("'", "&#39;") in html
    for item in shown.decisions:
        assert " ".join(item.next_step.split()) in text


def test_the_words_pointed_at_are_marked() -> None:
    shown = digest(busy_week())
    assert re.search(r'<strong class="mark"[^>]*>tarieven 2027</strong>', html_of(shown))
    assert "*tarieven 2027*" in text_of(shown)


def hostile_week() -> WeekFacts:
    name = SourceId("tweakers-forum")
    return facts(
        findings=(
            signal(HOSTILE, "script", details={"topic": HOSTILE}, signal=HOSTILE, mention={"title": HOSTILE}),
            signal("", mention={"title": HOSTILE}),
        ),
        sources=(source(HOSTILE, source_id=name),),
        rules_changed=(RuleChanged(MADE.date(), HOSTILE, HOSTILE),),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hostile_post_stays_text(language: Lang) -> None:
    shown = digest(hostile_week(), language, HOSTILE)
    html, text = html_of(shown), text_of(shown)
    assert "script" not in Page(html).met
    assert Page(html).outside == []
    for told in (html, text, digest_message(shown, html, text).subject):
        assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", told) == []
    subject = digest_message(shown, html, text).subject
    alert = alert_of(
        shown_finding := hostile_week().findings[0], POLICY, HOSTILE, language, "", HOSTILE, quote=True
    )
    assert ("\n" in subject + alert.subject, alert.key) == (False, f"alert-{shown_finding.id}")
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", alert.text) == []


def test_a_quote_is_cut_around_its_evidence_at_words() -> None:
    text = "aap noot " * 60 + "de tarieven 2027 stijgen " + "mies wim " * 60
    quote = quote_of(signal(text, "tarieven 2027"))
    assert quote is not None
    assert len(quote.text) <= 200
    assert [quote.text[start:end] for start, end in quote.marks] == ["tarieven 2027"]
    assert re.fullmatch(r"…(aap|noot) .* (mies|wim)…", quote.text)


def test_evidence_in_the_title_is_quoted_from_the_title() -> None:
    finding = signal(
        "Lees hier meer.",
        mention={"title": "Tarieven 2027 bekend"},
        evidence=(Evidence(field="title", start=0, end=13, signal="confidential_topic"),),
    )
    assert quote_of(finding) == Quote(text="Tarieven 2027 bekend", marks=((0, 13),))


@given(
    text=st.text(max_size=900),
    spans=st.lists(st.tuples(st.integers(-5, 950), st.integers(-5, 950)), max_size=6),
    limit=st.integers(40, 200),
)
@settings(max_examples=200, deadline=None)
def test_any_text_and_evidence_makes_a_quote_within_its_limit(
    text: str, spans: list[tuple[int, int]], limit: int
) -> None:
    evidence = tuple(Evidence(start=start, end=end, signal="x") for start, end in spans)
    quote = quote_of(signal(text, evidence=evidence), limit)
    if quote is None:
        return
    assert len(quote.text) <= limit
    assert "".join(part for part, _ in quote.pieces) == quote.text
    assert merged(quote.marks, len(quote.text)) == quote.marks
    assert len(emphasised(quote)) == len(quote.text) + 2 + 2 * len(quote.marks)


@given(st.text(max_size=400), st.integers(5, 60))
def test_one_line_is_one_line(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.splitlines() in ([line], [])


def test_importing_the_room_stays_light() -> None:
    code = (
        "import sys, reports, reports.digest, reports.text, reports.html, reports.alert, reports.channels;"
        "print([name for name in ('pandas', 'jinja2', 'urllib3', 'css_inline') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
