"""A digest comes in, a workbook (XLSX) with a sheet for each part and no formula in it goes out. Pure."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from reports.plain import scrubbed
from reports.record import Digest
from reports.table import Cell, Sheet, sheets_of
from reports.words import words

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

#: whatever a text looks like, it stays text
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}
#: a cell of XLSX holds no more characters
_MOST = 32_767
#: width of a column in characters
_NARROW, _WIDE = 12, 60


def workbook_of(digest: Digest) -> bytes:
    """The whole digest as XLSX; the same digest gives the same bytes."""
    from xlsxwriter import Workbook  # only who wants a workbook pays for it

    digest, out = scrubbed(digest), BytesIO()
    book = Workbook(out, _OPTIONS)
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
    body = book.add_format({"valign": "top", "text_wrap": True})
    day = book.add_format({"valign": "top", "align": "left", "num_format": "yyyy-mm-dd"})
    title = f"{digest.organisation}: {words(digest.language)('digest')} {digest.week}"
    # The moment of making comes from the digest: a rebuild is the same file.
    made = digest.built_at.astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": title[:200], "author": "Klankbord", "created": made})
    for sheet in sheets_of(digest):
        page = book.add_worksheet(sheet.name[:31])
        _fill(page, sheet, head, body, day)
        if sheet.key == "weeks":
            _draw(book, page, sheet, digest.weeks_sentence)
    book.close()
    return out.getvalue()


def _fill(page: "Worksheet", sheet: Sheet, head: "Format", body: "Format", day: "Format") -> None:
    for column, name in enumerate(sheet.columns):
        page.write_string(0, column, name, head)
        longest = max((_length(row[column]) for row in sheet.rows), default=0)
        page.set_column(column, column, min(_WIDE, max(_NARROW, len(name) + 2, longest + 2)))
    for place, row in enumerate(sheet.rows, start=1):
        for column, cell in enumerate(row):
            _write(page, place, column, cell, body, day)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(1, len(sheet.rows)), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _length(cell: Cell) -> int:
    return len("" if cell is None else str(cell))


def _write(page: "Worksheet", row: int, column: int, cell: Cell, body: "Format", day: "Format") -> None:
    if isinstance(cell, (int, float)):
        page.write_number(row, column, cell, body)
    elif isinstance(cell, date):
        page.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001 - a day
    elif cell:
        page.write_string(row, column, cell[:_MOST], body)


def _draw(book: "Workbook", page: "Worksheet", sheet: Sheet, sentence: str) -> None:
    chart = book.add_chart({"type": "column"})
    last = len(sheet.rows)
    for column, colour in ((2, "#7A9796"), (3, "#0A5A63")):
        chart.add_series(
            {
                "name": [sheet.name[:31], 0, column],
                "categories": [sheet.name[:31], 1, 0, last, 0],
                "values": [sheet.name[:31], 1, column, last, column],
                "fill": {"color": colour},
            }
        )
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis({"major_gridlines": {"visible": True, "line": {"color": "#E6E0D3"}}})
    page.insert_chart("G2", chart, {"x_scale": 1.3, "description": sentence[:2000]})
