"""The digest as Markdown: a reader of CommonMark shows every text as it was, and none of it acts."""

from dataclasses import replace

import pytest
from digests import full, quiet, quoted, tricky
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from klankbord.policy import Lang
from reports.markdown import escaped, markdown_of
from reports.plain import harmless


def tokens(text: str) -> list[Token]:
    """Blocks and what stands in them, as a reader of CommonMark with tables sees it."""
    found = []
    for block in MarkdownIt("commonmark").enable("table").parse(text):
        found += [block, *(block.children or [])]
    return found


def shown(text: str) -> str:
    return "".join(token.content for token in tokens(text) if token.type == "text")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_week_stands_in_the_title_and_every_part_under_a_heading(language: Lang) -> None:
    text = markdown_of(full(language))
    assert text.startswith("# Wadlicht: ")
    assert "2026-W47" in text.split("\n")[0]
    assert text.count("\n## ") == 11
    assert text.count("\n### ") == 8
    assert text.endswith("\n")


def test_the_words_pointed_at_are_strong() -> None:
    assert "de **tarieven 2027** van" in markdown_of(full())


def test_only_the_desk_is_linked_to() -> None:
    links = [token.attrs["href"] for token in tokens(markdown_of(tricky())) if token.type == "link_open"]
    assert len(links) == 5
    assert all(str(link).startswith("https://desk.wadlicht.example/") for link in links)


def test_hostile_text_makes_no_markup() -> None:
    kinds = {token.type for token in tokens(markdown_of(tricky()))}
    assert kinds & {"html_block", "html_inline", "image", "code_inline", "fence", "code_block"} == set()
    assert kinds <= {token.type for token in tokens(markdown_of(full()))} | {"softbreak"}


@given(st.text(max_size=80))
@example("1. one")
@example("- one")
@example("# one")
@example("www.x.example <http://y.example> http://z.example")
@example("a | b")
@example("    four blanks")
@example("===")
@example("&amp;")
@example("a\\")
@settings(max_examples=200, deadline=None)
def test_any_text_reads_as_it_was(text: str) -> None:
    text = harmless(text)
    found = tokens(escaped(text))
    assert {token.type for token in found} <= {
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
    }
    assert shown(escaped(text)) == " ".join(text.split())


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_any_quote_with_any_mark_stays_a_quote(text: str, start: int, end: int) -> None:
    item = full().decisions[0]
    marks = ((start, end),) if start < end <= len(text) else ()
    quote = replace(quoted(text or "x"), marks=marks)
    week = quiet()
    week = replace(week, decisions=(replace(item, quote=quote),))
    kinds = {token.type for token in tokens(markdown_of(week))}
    assert kinds & {"html_block", "html_inline", "image", "code_inline", "fence", "hardbreak"} == set()


def test_a_table_keeps_its_columns_whatever_a_cell_holds() -> None:
    text = markdown_of(tricky(text="a | b\\| c"))
    rows = [line for line in text.split("\n") if line.startswith("| ")]
    parsed = tokens(text)
    assert sum(token.type == "tr_open" for token in parsed) == len(rows) - text.count("\n| ---")
    assert sum(token.type == "th_open" for token in parsed) == 4 + 3 + 2 + 3 + 3 + 3
