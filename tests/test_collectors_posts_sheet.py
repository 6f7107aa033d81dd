"""Exports of other systems: workbooks and CSV under other headers, also hostile ones."""

import io
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from builders import NOW
from collecting import mentions, workshop
from openpyxl import Workbook

from collectors.post_columns import KNOWN, Columns, columns_of, suggested
from collectors.posts_file import BadRow, Row, read_posts
from collectors.replay import Import, import_posts
from klankbord.errors import ImportFileError

BRANDWATCH = next(one for one in KNOWN if one.id == "brandwatch")
COOSTO = next(one for one in KNOWN if one.id == "coosto")
NINE = datetime(2026, 11, 17, 9, 30)  # noqa: DTZ001 - a cell has no zone
PREAMBLE: list[list[Any]] = [
    ["Report:", "Bulk Mentions Download"],
    ["Brand:", "Voorbeeld BV"],
    [],
    ["Label:", "x"],
]
HEADER = ["Query Name", "Date", "Title", "Snippet", "Url", "Author", "Language", "Full Text", "Likes"]
POST: list[Any] = [
    "Voorbeeld", NINE, "Storing", "Al drie…", "https://x.com/wieneke/status/1",
    "Wieneke Planteman", "Dutch", "Al drie dagen storing, groet Wieneke Planteman", 3,
]  # fmt: skip


def book(file: Path, *rows: list[Any], **sheets: list[list[Any]]) -> Path:
    made = Workbook(write_only=True)
    first = made.create_sheet("Mentions")
    for row in rows:
        first.append(row)
    for name, content in sheets.items():
        sheet = made.create_sheet(name)
        for row in content:
            sheet.append(row)
    made.save(file)
    return file


def changed(file: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its parts changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            content = old.read(one)
            new.writestr(one.filename, change(content) if one.filename == part else content)
    file.write_bytes(packed.getvalue())
    return file


def read(file: Path, columns: Columns | None = None) -> tuple[list[Row | BadRow], list[str]]:
    told: list[str] = []
    return list(read_posts(file, told.append, columns)), told


def test_a_workbook_with_our_own_headers_is_read(tmp_path: Path) -> None:
    file = book(
        tmp_path / "posts.xlsx",
        ["id", "text", "published_at", "lang"],
        [12345678, "een", NINE, "nl"],
        [],
        [1.5, "twee", None, True],
        ["3"],
    )
    found, told = read(file)
    assert found == [
        Row(line=2, id="12345678", text="een", published_at="2026-11-17T09:30:00", lang="nl"),
        Row(line=4, id="1.5", text="twee", lang=""),
        BadRow(line=5, problem="text is missing"),
    ]
    assert told == []


def test_an_export_with_lines_above_its_header_is_read_by_its_mapping(tmp_path: Path) -> None:
    file = book(tmp_path / "export.xlsx", *PREAMBLE, HEADER, POST, Uitleg=[["hier"]])
    how = Import(columns=BRANDWATCH)
    (batch,) = import_posts(file, workshop(tmp_path), NOW, how)
    (found,) = batch.mentions
    assert (found.title, found.text, found.lang) == ("Storing", "Al drie dagen storing, groet [author]", "nl")
    # the zone of the installation is added to a date that names none
    assert found.published_at == datetime(2026, 11, 17, 8, 30, tzinfo=UTC)
    assert "ieneke" not in repr(batch)
    assert batch.remarks == (
        "only the sheet 'Mentions' is read, of 2",
        "columns that are not read: likes, query name",
    )


def test_the_same_export_as_csv_gives_the_same_posts(tmp_path: Path) -> None:
    cells = [[str(cell) for cell in row] for row in (*PREAMBLE, HEADER, POST)]
    made = []
    for mark in ",;\t":
        text = "\r\n".join(mark.join(f'"{cell}"' for cell in row) for row in cells)
        (tmp_path / "export.csv").write_text(text)
        made.append(
            mentions(
                list(
                    import_posts(tmp_path / "export.csv", workshop(tmp_path), NOW, Import(columns=BRANDWATCH))
                )
            )
        )
    assert made[0] == made[1] == made[2]
    assert len(made[0]) == 1


def test_a_date_format_is_read_as_it_was_said(tmp_path: Path) -> None:
    header = "zoekopdracht;type bron;datum;titel;bereik;bericht tekst;url;auteur\n"
    (tmp_path / "c.csv").write_text(header + "x;blog;2026-11-17 09:30;;;Storing;https://a.example/1;Jan\n")
    found, _ = read(tmp_path / "c.csv", COOSTO)
    assert found[0] == Row(
        line=2, id="https://a.example/1", text="Storing", url="https://a.example/1",
        published_at="2026-11-17T09:30:00", author="Jan",
    )  # fmt: skip
    own = columns_of("eigen", {"text": ["bericht tekst"], "published_at": ["datum"]}, "%Y-%d-%m %H:%M")
    found, _ = read(tmp_path / "c.csv", own)
    assert isinstance(found[0], Row)
    assert found[0].published_at == "2026-11-17 09:30"


def test_a_headline_alone_is_the_text_and_an_id_is_made(tmp_path: Path) -> None:
    columns = next(one for one in KNOWN if one.id == "meltwater")
    (tmp_path / "m.csv").write_text(
        "Date,Headline,URL,Opening Text,Hit Sentence,Influencer,Language\n"
        "17-Nov-2026 09:30AM,Kop,zonder adres,,,,Dutch\n17-Nov-2026 09:31AM,Kop,,Begin,Zin,,English\n"
    )
    found, _ = read(tmp_path / "m.csv", columns)
    assert [(row.title, row.text, row.lang, row.url) for row in found if isinstance(row, Row)] == [
        ("", "Kop", "nl", ""),
        ("Kop", "Zin", "en", ""),
    ]
    ids = [row.id for row in found if isinstance(row, Row)]
    assert len(set(ids)) == 2
    assert [row.id for row in read(tmp_path / "m.csv", columns)[0] if isinstance(row, Row)] == ids


@pytest.mark.parametrize("known", KNOWN, ids=lambda one: one.id)
def test_a_known_export_is_recognised_and_its_mapping_named(known: Columns, tmp_path: Path) -> None:
    headers = {
        "brandwatch": "Query Id,Query Name,Date,Title,Snippet,Url,Full Text",
        "meltwater": "Date,Headline,URL,Opening Text,Hit Sentence,Source,Influencer",
        "talkwalker": "url,indexed,published,title,content,lang,extra_author_attributes.name",
        "coosto": "zoekopdracht;type bron;datum;titel;bereik;bericht tekst;url;auteur",
        "obi4wan": "Bericht;Mentions;Geplaatst door (optioneel)",
    }
    (tmp_path / "e.csv").write_text(headers[known.id] + "\n1\n")
    with pytest.raises(ImportFileError, match=f"give --mapping {known.id}"):
        read(tmp_path / "e.csv")
    names = [name.strip().lower() for name in re.split("[,;]", headers[known.id])]
    assert suggested(names) is known
    assert known.fits(names)


def test_a_mapping_that_does_not_fit_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("foo,bar\n1,2\n")
    with pytest.raises(
        ImportFileError, match="no header of 'brandwatch' was found; its text stands under full text"
    ):
        read(tmp_path / "a.csv", BRANDWATCH)


def test_jsonl_is_mapped_too(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"Bericht tekst": "Storing", "url": "https://a.example/1", "x": 1}\n')
    found, told = read(tmp_path / "a.jsonl", COOSTO)
    assert found == [Row(line=1, id="https://a.example/1", text="Storing", url="https://a.example/1")]
    assert told == ["columns that are not read: x"]


@pytest.mark.parametrize("header", [["id", "text", "Personeelsnummer"], ["Afdeling", "Naam", "id", "text"]])
def test_a_list_of_staff_in_a_workbook_is_refused(header: list[str], tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ["Overzicht"], header, ["1", "2", "3", "4"][: len(header)])
    for columns in (None, columns_of("x", {"text": ["text"]})):
        with pytest.raises(ImportFileError, match="looks like a list of staff"):
            read(file, columns)


def test_formulas_are_never_run_and_give_what_was_worked_out(tmp_path: Path) -> None:
    file = book(
        tmp_path / "a.xlsx", ["id", "text"], ["1", '=HYPERLINK("https://a.example","x")'], ["2", "gewoon"]
    )
    found, _ = read(file)
    # nothing was worked out yet: the row has no text
    assert found == [BadRow(line=2, problem="text is missing"), Row(line=3, id="2", text="gewoon")]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ["id", "text"], ["1", "x"])
    for part in ("xl/worksheets/sheet1.xml", "xl/styles.xml"):
        changed(file, part, lambda old: old + b" " * 60_000_000)
        tracemalloc.start()
        with pytest.raises(ImportFileError, match=r"unpacks to 60,0.* save the sheet as CSV"):
            read(file)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
        tracemalloc.stop()
        changed(file, part, bytes.strip)


def test_a_row_that_claims_to_be_far_down_does_not_hold_us(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ["id", "text"], ["1", "x"])
    far = b'<row r="99999999999"><c r="A99999999999" t="inlineStr"><is><t>2</t></is></c></row></sheetData>'
    changed(file, "xl/worksheets/sheet1.xml", lambda old: old.replace(b"</sheetData>", far))
    with pytest.raises(ImportFileError, match="more than 1,048,576 rows"):
        read(file)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 nothing", "no readable workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old .xls, or a workbook with a password"),
    ],
)
def test_what_is_no_workbook_is_told(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(ImportFileError, match=said):
        read(tmp_path / "a.xlsx")


def test_a_broken_workbook_is_read_or_told_whatever_is_broken(tmp_path: Path) -> None:
    for part in (
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
    ):
        for change in (lambda _: b"", lambda _: b"<x/>", lambda old: old[: len(old) // 2]):
            file = changed(book(tmp_path / "a.xlsx", ["id", "text"], ["1", "x"]), part, change)
            with suppress(ImportFileError):
                read(file)


def test_entities_of_its_own_are_refused(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ["id", "text"], ["1", "x"])
    declared = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    changed(file, "xl/worksheets/sheet1.xml", lambda old: declared + old.partition(b"?>")[2])
    with pytest.raises(ImportFileError, match="document type"):
        read(file)


def test_rows_are_read_one_at_a_time(tmp_path: Path) -> None:
    file = book(tmp_path / "a.xlsx", ["id", "text"], *([str(n), f"tekst {n} " * 20] for n in range(1_500)))
    next(iter(read_posts(file)))
    tracemalloc.start()
    assert sum(1 for _ in read_posts(file)) == 1_500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # the texts alone are 0.3 MB; openpyxl holds shared texts, here none
    assert peak < 3_000_000
