"""The protocol for staff and works council: everything in it comes from the files, and nothing in it runs."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from klankbord.policies.difference_words import MODE
from klankbord.policies.making import protocol_text
from klankbord.policies.protocol import Format, Protocol, Surroundings, plain, protocol_of, rendered
from klankbord.policies.protocol_words import PHRASES
from klankbord.policy import Lang
from klankbord.settings import load, starter_folder
from klankbord.settings.policy_file import PolicyFile
from reports.wording import banned

STARTER = starter_folder() / "policy.toml"
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
BOTH: tuple[Lang, ...] = ("nl", "en")
FORMATS: tuple[Format, ...] = ("md", "html")


class Said(HTMLParser):
    """The text of a page, without its style."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words.append(data)


def said_of(text: str, form: Format) -> str:
    if form == "md":
        return text
    page = Said()
    page.feed(text)
    return " ".join(page.words)


def folder(tmp_path: Path, change: Callable[[Any], None] = lambda _: None) -> Path:
    document = tomlkit.parse(STARTER.read_text("utf-8"))
    change(document)
    (tmp_path / "policy.toml").write_text(tomlkit.dumps(document), "utf-8")
    (tmp_path / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    return tmp_path


def page(config: Path, lang: Lang = "en", form: Format = "md") -> str:
    """The page without the mark of the file, which is a number of its own."""
    settings = load(config)
    text = protocol_text(settings, lang, form)
    assert settings.policy.fingerprint in text
    return said_of(text.replace(settings.policy.fingerprint, ""), form)


def numbers(text: str) -> set[str]:
    """Every number as people write it: 0,80 and 0.8 are one."""
    return {f"{float(one):g}" if one.count(".") == 1 else one for one in (
        found.replace(",", ".") for found in NUMBER.findall(text)
    )}  # fmt: skip


@pytest.mark.parametrize("lang", BOTH)
@pytest.mark.parametrize("form", FORMATS)
def test_every_number_comes_from_the_files(tmp_path: Path, lang: Lang, form: Format) -> None:
    def odd(document: Any) -> None:
        document["retention"]["finding_open"] = 57
        document["retention"]["finding_closed"] = 43
        document["retention"]["audit_log"] = 377
        document["version"] = "8.6.4"
        document["contact"] = "tel. 1234"
        document["adoption"]["dpia"]["decided_on"] = "2025-02-13"
        for clause in document["clause"]:
            if "thresholds" in clause:
                clause["thresholds"]["standard"] = 0.81
                clause["thresholds"]["liberal"] = 0.98

    config = folder(tmp_path, odd)
    (config / "klankbord.toml").write_text("pseudonym_epoch_days = 77\n")
    (config / "sources.toml").write_text(
        '[[source]]\nid = "blog"\nkind = "feed"\nurl = "https://example.org/feed"\n'
        "[source.terms]\nretention_days = 29\n"
    )
    text = page(config, lang, form)
    from_files = numbers("\n".join((config / name).read_text("utf-8") for name in (
        "policy.toml", "klankbord.toml", "sources.toml"
    )))  # fmt: skip
    assert numbers(text) - from_files == set()
    assert {"57", "43", "377", "29", "77", "8.6.4", "1234", "0.81"} <= numbers(text)
    assert numbers(text) & {"60", "30", "90", "400", "0.8", "0.98"} == set()


def test_no_number_stands_in_the_fixed_sentences() -> None:
    assert [key for words in PHRASES.values() for key, said in words.items() if re.search(r"\d", said)] == []


def test_both_languages_say_the_same_things() -> None:
    assert set(PHRASES["nl"]) == set(PHRASES["en"])
    assert set(MODE["nl"]) == set(MODE["en"])


@pytest.mark.parametrize("lang", BOTH)
def test_the_fixed_sentences_accuse_nobody(lang: Lang, tmp_path: Path) -> None:
    wording = load(folder(tmp_path)).policy.wording
    assert [one for said in PHRASES[lang].values() for one in banned(said, wording, lang)] == []


@pytest.mark.parametrize("lang", BOTH)
def test_every_clause_and_category_that_is_on_is_there(tmp_path: Path, lang: Lang) -> None:
    config = folder(tmp_path)
    text, policy = page(config, lang, "html"), load(config).policy
    for clause in policy.clauses:
        assert clause.title[lang] in text
        assert (clause.text[lang] in text) == clause.enabled
    for category in policy.protected:
        assert category.title[lang] in text
    place = text.index
    assert place(policy.protected[0].text[lang]) < place(policy.clause("C02").text[lang])


def test_the_page_says_what_holds_now(tmp_path: Path) -> None:
    draft = page(folder(tmp_path))
    assert "This is a draft" in draft
    assert "only counted (from score 0.80)" in draft.partition("### C05")[2].partition("###")[0]

    def adopt(document: Any) -> None:
        document["adoption"]["whistleblower_url"] = "https://example.org/report"
        for step in ("works_council", "staff_informed", "dpia", "legitimate_interest_assessment"):
            document["adoption"][step]["status"] = "done"
            document["adoption"][step]["decided_on"] = "2026-10-01"

    adopted = page(folder(tmp_path, adopt))
    assert "This protocol was adopted" in adopted
    assert "in the weekly digest (from score 0.80)" in adopted.partition("### C05")[2].partition("###")[0]


NASTY = "<script>alert(1)</script> [x](javascript:alert(1)) *a* | \"b\" & 'c'"


def test_what_an_organisation_writes_is_only_ever_text(tmp_path: Path) -> None:
    def nasty(document: Any) -> None:
        document["contact"] = NASTY
        document["adoption"]["whistleblower_url"] = "javascript:alert(1)"
        document["clause"][1]["title"]["en"] = NASTY
        document["clause"][1]["examples"]["flag"]["en"] = [NASTY]
        document["clause"][4]["disclosure_wording"]["en"] = ["I work at {organisation} as {role}."]

    config = folder(tmp_path, nasty)
    (config / "organisation.toml").write_text(f"name = '''{NASTY}'''\n")
    settings = load(config)
    html, markdown = protocol_text(settings, "en", "html"), protocol_text(settings, "en", "md")
    parsed = Said()
    parsed.feed(html)
    assert {"script", "a", "img"} & set(parsed.tags) == set()
    assert NASTY in " ".join(parsed.words)
    assert "<script" not in markdown
    assert "[x](" not in markdown


def test_markdown_signs_are_taken_for_text() -> None:
    assert plain("a *b* [c](d)\n# e <f>") == r"a \*b\* \[c\](d) \# e &lt;f&gt;"


def test_the_page_stands_alone_and_prints(tmp_path: Path) -> None:
    html = protocol_text(load(folder(tmp_path)), "nl", "html")
    assert '<html lang="nl">' in html
    assert "prefers-color-scheme: dark" in html
    assert "@media print" in html
    assert re.findall(r"""(?:src|href)\s*=|url\(|@import""", html) == []


def test_the_same_files_give_the_same_page(tmp_path: Path) -> None:
    config = folder(tmp_path)
    assert protocol_text(load(config), "nl", "html") == protocol_text(load(config), "nl", "html")


def test_no_field_of_the_page_is_left_unsaid(tmp_path: Path) -> None:
    """Each field, changed, changes the page."""
    file = PolicyFile.model_validate(tomlkit.parse(STARTER.read_text("utf-8")).unwrap())
    beside = Surroundings(name="Voorbeeld BV", text_days=30, pseudonym_days=90)
    made = protocol_of(file, "abc", beside, "en")
    other: dict[str, Any] = {
        "lang": "nl", "name": "Other", "version": "9", "fingerprint": "def", "strictness": "x",
        "adopted": True, "small": True, "covers": "x", "does_not_cover": "x", "forbidden": ("x",),
        "protected": (("x", "y", "z"),), "rules": (), "principles": (), "off": (), "kept": (),
        "steps": (), "contact": "x", "whistleblower_url": "https://x.example",
    }  # fmt: skip
    assert set(other) == {one.name for one in fields(Protocol)}
    for form in FORMATS:
        before = rendered(made, form)
        same = [
            name for name, value in other.items() if rendered(replace(made, **{name: value}), form) == before
        ]
        assert same == []
