"""An .xlsx workbook comes in, its rows as texts go out, one at a time and in bounded memory."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from klankbord.errors import ImportFileError

#: rows of a sheet, as Excel has it; a file may claim more
_MOST_ROWS = 1_048_576
_MOST_COLUMNS = 500
#: bytes after unpacking: of one sheet, which is read as it comes, and of texts that are held at once
_MOST_SHEET, _MOST_TEXTS = 4_000_000_000, 200_000_000
_MOST_PARTS = 10_000
#: how many times smaller packed text may be; a bomb is a thousand times
_MOST_PACKED = 200
_OLD = b"\xd0\xcf\x11\xe0"
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY")


def is_sheet(file: Path) -> bool:
    """Whether a file is a workbook, by its first bytes."""
    with file.open("rb") as raw:
        begin = raw.read(4)
    if begin == _OLD:
        raise ImportFileError(
            f"{file}: an old .xls, or a workbook with a password; save it as .xlsx without one"
        )
    return begin == b"PK\x03\x04"


def sheet_rows(file: Path, remark: Callable[[str], object]) -> Iterator[tuple[int, list[str]]]:
    """Each row of the first sheet with its number; values as Excel last worked them out, never formulas.

    Raises:
        ImportFileError: it is no workbook, or one that would take too much.
    """
    _look(file)
    from openpyxl import load_workbook  # takes 0.3 s

    try:
        # opened here: openpyxl leaves a file open that it cannot read
        with file.open("rb") as raw:
            book = load_workbook(raw, read_only=True, data_only=True, keep_links=False)
            sheet = next(one for one in book.worksheets if one.sheet_state == "visible")
            if len(book.worksheets) > 1:
                remark(f"only the sheet {sheet.title!r} is read, of {len(book.worksheets)}")
            # what a sheet says of its own size may be wrong, or meant to harm
            sheet.reset_dimensions()
            yield from _rows(sheet)
    except ImportFileError:
        raise
    except StopIteration as error:
        raise ImportFileError(f"{file}: a workbook without a visible sheet") from error
    except Exception as error:
        # openpyxl raises what it meets in a broken file: KeyError, TypeError, ParseError and others
        raise ImportFileError(
            f"{file}: a workbook that cannot be read ({type(error).__name__}: {str(error)[:100]})"
        ) from error


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - openpyxl has no types
    # no `max_col`: every row, also one that is not there, would be filled up to it
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > _MOST_ROWS:
            raise ImportFileError(f"a sheet of more than {_MOST_ROWS:,} rows is not read")
        values = [_text(value) for value in row[:_MOST_COLUMNS]]
        if any(values):
            yield number, values


def _text(value: object) -> str:
    """A cell as text: dates as ISO, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _look(file: Path) -> None:
    """Look at the parts before any is unpacked: a bomb says how large it grows, and what lies is cut off."""
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            if len(parts) > _MOST_PARTS:
                raise ImportFileError(f"{file}: a workbook of {len(parts):,} parts is not read")
            for part in parts:
                _look_at(file, packed, part)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ImportFileError(f"{file}: no readable workbook ({error})") from error


def _look_at(file: Path, packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    held_at_once = "worksheets/" not in part.filename
    most = _MOST_TEXTS if held_at_once else _MOST_SHEET
    dense = part.file_size > 10_000_000 and part.file_size > _MOST_PACKED * max(1, part.compress_size)
    if part.file_size > most or dense:
        raise ImportFileError(
            f"{file}: {part.filename[:60]} unpacks to {part.file_size:,} bytes, which is too much;"
            " save the sheet as CSV"
        )
    if part.filename.endswith((".xml", ".rels")):
        with packed.open(part) as content:
            begin = content.read(4_096).replace(b"\x00", b"")
        if any(sign in begin for sign in _DECLARED):
            raise ImportFileError(f"{file}: a workbook with a document type of its own is not read")
