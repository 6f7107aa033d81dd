"""The digest as sheets, CSV and a workbook: complete, in the reader's numbers, and no formula anywhere."""

import csv
from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from digests import HOSTILE, full, quiet, tricky
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from klankbord.policy import Lang
from reports.record import Digest
from reports.table import csv_of, figure, sheets_of, without_formula
from reports.workbook import workbook_of

#: how a cell begins that some spreadsheet takes for a formula
BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    '=HYPERLINK("http://x.example")',
    "=cmd|' /C calc'!A0",
    "\uff1d1+1",
    "\u202e=1",
    "'=1",
    '"=1',
    "\u200b=1",
    "\ufeff=1",
)  # fmt: skip


def rows_of(digest: Digest) -> list[list[str]]:
    separator = ";" if digest.language == "nl" else ","
    return list(csv.reader(StringIO(csv_of(digest), newline=""), delimiter=separator, strict=True))


def cells_of(book: bytes) -> list[Any]:
    loaded = load_workbook(BytesIO(book))
    return [cell for sheet in loaded for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_the_sheets_hold_what_the_digest_holds() -> None:
    sheets = {sheet.key: sheet for sheet in sheets_of(full())}
    assert list(sheets) == [
        "week", "signals", "figures", "weeks", "themes", "posts", "handled", "quality", "sources", "rules",
    ]  # fmt: skip
    assert len(sheets["signals"].rows) == 3 + 6
    assert sheets["figures"].rows[0][:4] == ("Mentions", 1620, 1330, "+22%")
    assert sheets["weeks"].rows[-1][0] == "2026-W47"
    assert [row[2] for row in sheets["weeks"].rows][-2:] == [1330, 1620]
    for sheet in sheets.values():
        assert {len(row) for row in sheet.rows} == {len(sheet.columns)}
        assert len(set(sheet.columns)) == len(sheet.columns)


def test_a_quiet_week_still_has_its_sources() -> None:
    assert [sheet.key for sheet in sheets_of(quiet())] == ["week", "figures", "weeks", "quality", "sources"]


@pytest.mark.parametrize(
    ("shown", "language", "number"),
    [
        ("1.620", "nl", 1620),
        ("1,620", "en", 1620),
        ("6,5", "nl", 6.5),
        ("6.5", "en", 6.5),
        ("0", "en", 0),
        ("fewer than 5", "en", "fewer than 5"),
        ("-", "en", "-"),
        ("", "en", ""),
        ("1e999999999", "en", "1e999999999"),
        ("NaN", "en", "NaN"),
        ("=1", "en", "=1"),
    ],
)
def test_a_figure_becomes_the_number_that_a_reader_sees(
    shown: str, language: Lang, number: float | str
) -> None:
    assert figure(shown, language) == number


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_line_of_the_csv_names_week_sheet_row_and_column(language: Lang) -> None:
    header, *rows = rows_of(full(language))
    assert len(header) == 5
    assert {len(row) for row in rows} == {5}
    assert {row[0] for row in rows} == {"2026-W47"}
    assert len({tuple(row[1:4]) for row in rows}) == len(rows)
    figures = [row[4] for row in rows if row[1] in {"Cijfers", "Figures"}]
    assert "1620" in figures
    assert ("6,5" if language == "nl" else "6.5") in figures


def test_a_hostile_cell_stays_one_cell() -> None:
    plain, odd = rows_of(full()), rows_of(tricky())
    assert {len(row) for row in odd} == {5}
    assert len(odd) < len(plain) + 20
    told = " ".join(" ".join(row[4].split()) for row in odd)
    assert "<script>alert(1)</script>  Bcc: x@y.example".replace("  ", " ") in told


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_the_csv_starts_a_formula(text: str) -> None:
    for row in rows_of(tricky(text=text)):
        for cell in row:
            assert not cell.lstrip(" \"'\u200b\ufeff").startswith(BEGINS) or cell.startswith("'")
            assert not cell.startswith(BEGINS)


@given(st.text(max_size=60))
@example("  =1")
@example("\x00=1")
@settings(max_examples=300, deadline=None)
def test_any_text_in_a_cell_is_no_formula_and_loses_nothing(text: str) -> None:
    cell = without_formula(text)
    assert cell.removeprefix("'") == text or cell == text
    assert not cell.startswith(BEGINS)
    assert not cell.lstrip().startswith(BEGINS)


@pytest.mark.parametrize("text", [*FORMULAS, HOSTILE, "http://x.example/", "x" * 40_000, "_x0041_"])
def test_no_cell_of_the_workbook_is_a_formula_or_a_link(text: str) -> None:
    book = workbook_of(tricky(text=text))
    cells = cells_of(book)
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []
    with ZipFile(BytesIO(book)) as packed:
        sheets = [packed.read(name) for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
    assert [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet or b"<hyperlink" in sheet] == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_workbook_holds_numbers_dates_and_a_chart(language: Lang) -> None:
    book = workbook_of(full(language))
    loaded = load_workbook(BytesIO(book))
    weeks = loaded["Acht weken" if language == "nl" else "Eight weeks"]
    assert weeks["C9"].value == 1620
    assert weeks["B9"].value == datetime(2026, 11, 16)  # noqa: DTZ001 - a day
    assert loaded.properties.title == (
        "Wadlicht: weekoverzicht 2026-W47" if language == "nl" else "Wadlicht: weekly digest 2026-W47"
    )
    with ZipFile(BytesIO(book)) as packed:
        assert "xl/charts/chart1.xml" in packed.namelist()
        assert b"Vermeldingen per week" in packed.read("xl/drawings/drawing1.xml") or language == "en"


def test_the_same_digest_gives_the_same_workbook() -> None:
    one, other = workbook_of(full()), workbook_of(full())
    assert one == other
    assert workbook_of(replace(full(), organisation="Zeewind")) != one
