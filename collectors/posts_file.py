"""A file of posts comes in as JSONL, CSV or XLSX, a Row or a BadRow for each post goes out.

Columns, unless a mapping says which header holds what: `id, platform, url, published_at, author, title, text,
parent_text, lang, thread_id, parent_id, kind`; all but `id` and `text` may be missing. A file that looks like
a list of staff is refused (law.md C4).
"""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from collectors.post_columns import Columns, suggested
from collectors.posts_sheet import is_sheet, sheet_rows
from klankbord.errors import ImportFileError
from klankbord.mention import Kind

#: characters one line, or one field of a CSV row, may hold
MAX_LINE = 1_000_000
_CHUNK = 1_000_000
#: rows among which the header is looked for: exports begin with what was searched and when
_BEGIN = 30
_JSON_NAMES = {".jsonl", ".ndjson", ".json"}
_LANG = re.compile(r"(?i)[a-z]{2,3}(?:[-_].*)?")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WORDS = ("title", "text", "parent_text")
_STAFF = re.compile(
    r"(?:employee|staff|personnel|personeels?|medewerkers?|werknemers?)_?(?:id|no|nr|num|number|nummer|code)"
    r"|(?:line_?)?manager(?:_?name)?|leidinggevende|supervisor|salary|salaris|hire_?date|start_?date_?employment"
    r"|datum_?in_?dienst|indiensttreding|date_?of_?birth|geboortedatum|bsn|contract_?type|fte"
)
_UNIT = re.compile(
    r"department|dept|afdeling|division|divisie|team|job_?title|functie|functietitel|role|position"
)
_PERSON = re.compile(
    r"name|naam|(?:full|first|last|sur|voor|achter|roep|volledige)_?(?:name|naam)|employee|medewerker|werknemer|staff"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One post as the file gives it."""

    #: where it stands, counted from 1
    line: int
    id: str
    text: str
    platform: str = ""
    url: str = ""
    published_at: str = ""
    author: str = ""
    title: str = ""
    parent_text: str = ""
    lang: str = ""
    thread_id: str = ""
    parent_id: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that could not be read."""

    line: int
    problem: str


COLUMNS = tuple(column.name for column in fields(Row) if column.name != "line")
Told = Callable[[str], object]


def read_posts(
    file: Path, remark: Told = lambda _: None, columns: Columns | None = None
) -> Iterator[Row | BadRow]:
    """Read a file of posts, one row at a time.

    Args:
        file: JSONL (`.jsonl`, `.ndjson`, `.json`), an XLSX workbook, or CSV with a header and `,`, `;` or tab
            between its fields.
        remark: told what is odd about the file: columns that are not read, another encoding.
        columns: which header holds what; none: the headers are our own names.

    Raises:
        ImportFileError: the file as a whole cannot be read, or holds what must not be read.
    """
    try:
        if is_sheet(file):
            yield from _table(sheet_rows(file, remark), remark, columns, ragged=True)
            return
        encoding = _encoding(file)
        if encoding == "latin-1":
            remark("the file is not UTF-8; it was read as latin-1")
        with file.open(encoding=encoding, newline="") as text:
            if _is_json(file, text):
                yield from _json_rows(text, remark, columns)
            else:
                yield from _table(_csv_rows(text, columns), remark, columns)
    except OSError as error:
        raise ImportFileError(f"{file}: {error.strerror or error}") from error


def _encoding(file: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as raw:
        begin = raw.read(2)
        if begin in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        raw.seek(0)
        try:
            while chunk := raw.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8-sig"


def _is_json(file: Path, text: TextIO) -> bool:
    begin = text.read(1_000).lstrip()
    text.seek(0)
    if begin.startswith("["):
        raise ImportFileError(f"{file}: this is one JSON list; give one object a line (JSONL)")
    return file.suffix.lower() in _JSON_NAMES or begin.startswith("{")


def _lines(text: TextIO) -> Iterator[tuple[int, str | None]]:
    """Each line with its number; None for one that is too long, which is skipped without holding it."""
    number = 0
    try:
        while line := text.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                while line and not line.endswith("\n"):
                    line = text.readline(MAX_LINE)
                yield number, None
            else:
                yield number, line
    except UnicodeDecodeError as error:
        raise ImportFileError(f"line {number + 1}: {error}") from error


def _json_rows(text: TextIO, remark: Told, columns: Columns | None) -> Iterator[Row | BadRow]:
    unknown: set[str] = set()
    for number, line in _lines(text):
        if line is None:
            yield _too_long(number)
        elif line.strip():
            found = _object(number, line)
            if isinstance(found, BadRow):
                yield found
                continue
            _refuse_staff(found)
            _tell_unknown(found, unknown, remark, columns)
            yield _row(number, columns.renamed(found) if columns else found)


def _object(number: int, line: str) -> dict[str, object] | BadRow:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return BadRow(line=number, problem=f"no readable JSON ({str(error)[:100]})")
    if not isinstance(found, dict):
        return BadRow(line=number, problem=f"a JSON object is needed, not {type(found).__name__}")
    return {str(name).strip().lower(): value for name, value in found.items()}


def _csv_rows(text: TextIO, columns: Columns | None) -> Iterator[tuple[int, list[str]] | BadRow]:
    """Each row with the number of its first line."""
    # the limit is one for the whole process; 131,072 is too little for a long page in one field
    csv.field_size_limit(MAX_LINE)
    too_long: list[int] = []
    lines = _noting(text, too_long)
    begin = list(islice(lines, _BEGIN))
    reader = csv.reader(chain(begin, lines), delimiter=_delimiter(begin, columns))
    while True:
        start = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield BadRow(line=start, problem=f"the row that begins here cannot be read ({error})")
            continue
        if any(values):
            yield start, values
        while too_long:
            yield _too_long(too_long.pop())


def _delimiter(begin: list[str], columns: Columns | None) -> str:
    """What stands between the fields of the header, else what there is most of in the first line."""
    for line in begin:
        for mark in ",;\t":
            if _is_header(_names(next(csv.reader([line], delimiter=mark), [])), columns):
                return mark
    first = begin[0] if begin else ""
    return max(",;\t", key=first.count)


def _noting(text: TextIO, too_long: list[int]) -> Iterator[str]:
    for number, line in _lines(text):
        if line is None:
            too_long.append(number)
        yield line or "\n"


def _names(values: Iterable[str]) -> list[str]:
    return [name.strip().lower() for name in values]


def _is_header(names: list[str], columns: Columns | None) -> bool:
    return columns.fits(names) if columns else {"id", "text"} <= set(names)


def _table(
    rows: Iterable[tuple[int, list[str]] | BadRow],
    remark: Told,
    columns: Columns | None,
    *,
    ragged: bool = False,
) -> Iterator[Row | BadRow]:
    """The posts of a table whose header is among its first rows; `ragged`: rows end at their last value."""
    rows = iter(rows)
    begin = list(islice(rows, _BEGIN))
    headers = [(place, _names(row[1])) for place, row in enumerate(begin) if not isinstance(row, BadRow)]
    for _, names in headers:
        if _is_header(names, columns):
            break
        _refuse_staff(names)
    place, names = next((one for one in headers if _is_header(one[1], columns)), (0, []))
    _check_header(names or (headers[0][1] if headers else []), headers, columns)
    _tell_unknown(names, set(), remark, columns)
    for row in chain(begin[place + 1 :], rows):
        if isinstance(row, BadRow):
            yield row
            continue
        number, values = row
        if ragged:
            values += [""] * (len(names) - len(values))
        yield _table_row(number, names, values, columns)


def _check_header(names: list[str], headers: list[tuple[int, list[str]]], columns: Columns | None) -> None:
    _refuse_staff(names)
    if not _is_header(names, columns):
        if columns:
            wanted = ", ".join(
                header for ours, several in columns.headers for header in several if ours == "text"
            )
            raise ImportFileError(
                f"no header of {columns.id!r} was found; its text stands under {wanted or 'text'}"
            )
        known = next((found for _, one in headers if (found := suggested(one))), None)
        missing = ", ".join(name for name in ("id", "text") if name not in names)
        hint = f"; this looks like an export of {known.id}: give --mapping {known.id}" if known else ""
        raise ImportFileError(f"the columns id and text are needed; missing: {missing}{hint}")
    read = columns.read() if columns else set(COLUMNS)
    if double := sorted({name for name in names if names.count(name) > 1 and name in read}):
        raise ImportFileError(f"each column once; more than once: {', '.join(double)}")


def _table_row(number: int, names: list[str], values: list[str], columns: Columns | None) -> Row | BadRow:
    if len(values) < len(names) or any(values[len(names) :]):
        return BadRow(line=number, problem=f"{len(values)} fields where the header has {len(names)}")
    found: dict[str, object] = dict(zip(names, values, strict=False))
    return _row(number, columns.renamed(found) if columns else found)


def _row(number: int, found: dict[str, object]) -> Row | BadRow:
    values: dict[str, str] = {}
    for name in COLUMNS:
        value = found.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return BadRow(line=number, problem=f"{name}: a text is needed, not {type(value).__name__}")
        # The words stay as they are: positions of evidence count in the text that was given.
        values[name] = str(value) if name in _WORDS else str(value).strip()
    problem = _problem(values)
    if not _LANG.fullmatch(values.get("lang", "")):
        # "und", "unknown": the text itself tells
        values.pop("lang", None)
    return BadRow(line=number, problem=problem) if problem else Row(line=number, **values)


def _problem(values: dict[str, str]) -> str:
    for name in ("id", "text"):
        if not values.get(name, "").strip():
            return f"{name} is missing"
    for name, value in values.items():
        if _SURROGATE.search(value):
            return f"{name}: holds half a character (a lone surrogate)"
    if (kind := values.get("kind")) and kind.lower() not in set(Kind):
        return f"kind: found {kind[:40]!r}; allowed: {', '.join(Kind)}"
    if (url := values.get("url")) and not url.lower().startswith(("http://", "https://")):
        return "url: an address that starts with http:// or https:// is needed"
    return ""


def _too_long(number: int) -> BadRow:
    return BadRow(line=number, problem=f"the line is longer than {MAX_LINE:,} characters")


def _refuse_staff(names: Iterable[str]) -> None:
    plain = [re.sub(r"[\s_-]+", "_", name.strip().lower()) for name in names]
    telling = [name for name in plain if _STAFF.fullmatch(name)]
    if not telling and any(_UNIT.fullmatch(name) for name in plain):
        telling = [name for name in plain if _PERSON.fullmatch(name)]
    if telling:
        raise ImportFileError(
            f"this looks like a list of staff (column {telling[0]!r}); such lists are not read"
        )


def _tell_unknown(names: Iterable[str], told: set[str], remark: Told, columns: Columns | None = None) -> None:
    read = columns.read() if columns else set(COLUMNS)
    fresh = sorted(name for name in names if name and name not in read and name not in told)
    # past fifty, the names of columns are data themselves
    if fresh and len(told) < 50:
        told.update(fresh)
        remark("columns that are not read: " + ", ".join(name[:40] for name in fresh[:50]))
