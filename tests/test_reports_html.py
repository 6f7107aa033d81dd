"""The digest as a mail: only what large mail programs show, light and dark, and nothing hostile gets through."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from digests import HOSTILE, full, quiet, tricky
from hypothesis import given, settings
from hypothesis import strategies as st

from klankbord.policy import Lang
from reports.html import html_of
from reports.plain import harmless, web_address
from reports.record import Digest, Door

LANGUAGES: tuple[Lang, Lang] = ("nl", "en")
#: each piece of HTML and CSS that the mail stands on, and what caniemail says of Gmail, Outlook, Apple Mail
#: and Yahoo; a piece that is not here must be looked up before it is used
TAGS = {
    "html": "all",
    "head": "all",
    "meta": "not in web mail: only hints",
    "title": "all, unseen",
    "style": "not in Gmail with other accounts: every style a reader needs stands on its element as well",
    "body": "Outlook, Yahoo and others make it a div: the colours stand on a table",
    "div": "all",
    "table": "all",
    "thead": "all",
    "tbody": "all",
    "tr": "all",
    "td": "all",
    "th": "all",
    "h1": "all",
    "h2": "all",
    "h3": "all",
    "p": "all",
    "a": "all",
    "br": "all",
    "span": "all",
    "strong": "all; carries the mark also where colours are off",
    "code": "all",
}
ATTRIBUTES = {
    "align": "all on td; Outlook for Mac not on table, where margin auto does it",
    "bgcolor": "all",
    "charset": "all",
    "class": "not in Gmail with other accounts: only phones and the dark need it",
    "content": "all",
    "data-css-inline": "means nothing to a mail program",
    "dir": "Gmail on a phone turns a whole mail that holds Arabic; the words stay right",
    "height": "all on td; Yahoo makes it a least height, which is the same here",
    "href": "all",
    "lang": "not in HEY: pronunciation only",
    "name": "all",
    "role": "not in Windows Mail and HEY, which read layout tables as tables",
    "scope": "all that speak",
    "style": "all",
    "width": "all on td and table but HEY, where CSS does it",
}
STYLES = {
    "background-color": "all",
    "border-bottom": "all on td",
    "border-bottom-color": "dark only",
    "border-collapse": "all that matter",
    "border-top": "all on table and td",
    "border-top-color": "dark only",
    "color": "all",
    "color-scheme": "Apple Mail; others pass it by",
    "display": "none: not in Gmail on mobile web, which shows the first sentence twice; block: phones only",
    "font-family": "all",
    "font-size": "all in px",
    "font-weight": "bold and normal: all",
    "line-height": "all as a bare number",
    "margin": "all, on p and headings",
    "margin-top": "all, phones only",
    "max-width": "not in Outlook for Windows, where a table of 680 stands around it, nor on iPhones, "
    "which are narrower anyway",
    "mso-hide": "Outlook for Windows; others pass it by",
    "padding": "all on td",
    "padding-bottom": "all on td",
    "padding-left": "all on td",
    "padding-right": "all on td",
    "table-layout": "not in Outlook for Windows, where a very long word may widen the mail",
    "text-align": "all",
    "text-decoration": "not in ProtonMail on iPhones: a button has a line under it",
    "vertical-align": "all on td",
    "width": "all on td and table",
    "word-break": "not in Yahoo: a very long word may stand out of its cell",
}


class Mail(HTMLParser):
    """What a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self._styling = False
        self.styles = set(re.findall(r"([a-z-]+)\s*:[^;{}]+!important", html))
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._styling = tag in {"style", "title"}
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "background", "action"}:
                self.links.append(value or "")
            if name == "style":
                parts = (value or "").split(";")
                self.styles |= {part.split(":")[0].strip() for part in parts if part.strip()}

    def handle_endtag(self, tag: str) -> None:
        self._styling = False

    def handle_data(self, data: str) -> None:
        if not self._styling:
            self.words.append(data)


def words_of(html: str) -> str:
    return " ".join("".join(Mail(html).words).split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("week", [full, quiet, tricky], ids=["full", "quiet", "tricky"])
def test_the_mail_uses_only_what_was_looked_up(week: Callable[[Lang], Digest], language: Lang) -> None:
    mail = Mail(html_of(week(language)))
    assert mail.tags - set(TAGS) == set()
    assert mail.attributes - set(ATTRIBUTES) == set()
    assert mail.styles - set(STYLES) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_asks_for_no_picture_and_links_to_the_desk_only(language: Lang) -> None:
    html = html_of(full(language))
    assert set(Mail(html).links) == _doors(full(language))
    assert "url(" not in html
    assert "@import" not in html
    assert "<img" not in html


def _doors(digest: Digest) -> set[str]:
    return {
        item.address
        for item in (
            *(one.door for one in digest.decisions),
            *(one.door for one in digest.watched),
            *(one.door for one in digest.notable),
        )
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_gmail_shows_a_full_digest_whole(language: Lang) -> None:
    # It cuts a mail at 102 kB.
    assert len(html_of(full(language)).encode()) < 90_000


def test_styles_stand_on_the_elements_and_those_for_phone_and_dark_apart() -> None:
    html = html_of(full())
    blocks = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)
    assert len(blocks) == 3
    assert "@media (max-width: 540px)" in blocks[0]
    assert "@media (prefers-color-scheme: dark)" in blocks[1]
    assert "[data-ogsc]" in blocks[2]
    assert "[data-ogsb]" in blocks[2]
    assert re.search(r'<td class="inner" style="[^"]*padding: 40px 48px 36px', html)
    # What a phone or the dark changes must win from what stands on the element.
    rules = [rule for block in blocks for rule in re.findall(r"[a-z-]+\s*:\s*[^;{}]+;", block)]
    unmarked = [rule for rule in rules if "!important" not in rule and not rule.startswith("color-scheme")]
    assert unmarked == []


def test_every_colour_of_the_light_mail_has_one_for_the_dark() -> None:
    html = html_of(full())
    dark = re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)[1]
    used = set(re.findall(r'class="([a-z ]+)" style="[^"]*(?:[^-]color|background-color): ', html))
    classes = {name for names in used for name in names.split()}
    plain = {
        "n",
        "strong",
        "first",
        "last",
        "command",
        "counted",
        "quoted",
        "row",
        "cell",
        "week",
        "count",
        "q",
        "key",
        "lined",
    }
    assert {name for name in classes - plain if f".{name}" not in dark} == set()


def test_the_text_of_the_dark_is_as_readable_as_that_of_the_light() -> None:
    pairs = [
        ("#1f2528", "#fffdf9"),
        ("#4f585b", "#fffdf9"),
        ("#0a5a63", "#fffdf9"),
        ("#1f2528", "#f7e3a1"),
        ("#ffffff", "#0a5a63"),
        ("#e6e3db", "#1c2325"),
        ("#a9b3b4", "#1c2325"),
        ("#7fd0d5", "#1c2325"),
        ("#fff3cf", "#5b4a14"),
        ("#10292c", "#7fd0d5"),
    ]
    html = html_of(full())
    assert [pair for pair in pairs if pair[0] not in html or pair[1] not in html] == []
    assert [pair for pair in pairs if _contrast(*pair) < 4.5] == []
    bars = [("#0a5a63", "#fffdf9"), ("#7a9796", "#fffdf9"), ("#6fc3c9", "#1c2325"), ("#64807f", "#1c2325")]
    assert [pair for pair in bars if pair[0] not in html or _contrast(*pair) < 3] == []


def _contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_outlook_for_windows_gets_a_table_of_its_own() -> None:
    html = html_of(full())
    assert html.count("<!--[if mso]>") == html.count("<![endif]-->") == 2


def test_a_quiet_week_is_short_and_still_tells_what_was_read() -> None:
    told = words_of(html_of(quiet()))
    assert "Needs a decision" not in told
    assert "To watch" not in told
    assert "3 of 4 sources read" in told
    assert "Closed groups" in told
    assert len(html_of(quiet())) < len(html_of(full())) / 2


def test_a_digest_made_late_says_so_above_all() -> None:
    told = words_of(html_of(full(late="Made late: the service was down.")))
    assert told.index("Made late") < told.index("Action needed")


def test_without_a_desk_a_command_is_told() -> None:
    html = html_of(full(desk=""))
    assert Mail(html).links == []
    assert "klankbord findings show 9f2c41aa" in html


def test_hostile_text_is_shown_as_text() -> None:
    html = html_of(tricky())
    mail = Mail(html)
    assert {"script", "img"} & mail.tags == set()
    assert "onerror" not in mail.attributes
    assert " ".join(harmless(HOSTILE).split()) in words_of(html)
    assert all(link.startswith("https://desk.wadlicht.example/") for link in mail.links)
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html) == []
    # A second round of filling in would have told the organisation's name here.
    assert "{{ e }}" in html


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//x.example",
        "https://x.example/ onclick=y",
        'https://x.example/"x',
        "https://x.example/<b>",
        "https://x.example/(a)",
        " https://x.example/",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_an_address_of_the_web_becomes_a_link(address: str) -> None:
    assert web_address(address) == ""
    item = full().decisions[0]
    html = html_of(full(decisions=(replace(item, door=Door(address=address)),), watched=(), notable=()))
    assert Mail(html).links == []


def test_an_address_of_the_desk_is_a_link() -> None:
    assert web_address("https://desk.example:8443/findings/a1?x=1&y=2#z") != ""
    assert web_address("http://127.0.0.1:8080/findings/a1") != ""


@given(st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_any_text_stays_text(text: str) -> None:
    plain, odd = Mail(html_of(full())), Mail(html_of(tricky(text=text)))
    assert odd.tags <= plain.tags
    assert odd.attributes <= plain.attributes
    assert [link for link in odd.links if web_address(link) != link] == []
