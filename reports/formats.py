"""The forms in which a digest is written: each a name, a suffix and a function to bytes. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reports.record import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way of writing a digest."""

    suffix: str
    render: Callable[[Digest], bytes]
    #: not for a terminal
    binary: bool = False


def _html(digest: Digest) -> bytes:
    from reports.html import html_of

    return html_of(digest).encode()


def _text(digest: Digest) -> bytes:
    from reports.text import text_of

    return text_of(digest).encode()


def _pdf(digest: Digest) -> bytes:
    from reports.pdf import pdf_of

    return pdf_of(digest)


def _workbook(digest: Digest) -> bytes:
    from reports.workbook import workbook_of

    return workbook_of(digest)


def _csv(digest: Digest) -> bytes:
    from reports.table import csv_of

    # A spreadsheet reads UTF-8 only after this mark.
    return csv_of(digest).encode("utf-8-sig")


def _markdown(digest: Digest) -> bytes:
    from reports.markdown import markdown_of

    return markdown_of(digest).encode()


def _json(digest: Digest) -> bytes:
    from reports.json_form import json_of

    return json_of(digest).encode()


#: by the name that `--format` takes
FORMATS: Mapping[str, Format] = {
    "html": Format(suffix=".html", render=_html),
    "text": Format(suffix=".txt", render=_text),
    "pdf": Format(suffix=".pdf", render=_pdf, binary=True),
    "xlsx": Format(suffix=".xlsx", render=_workbook, binary=True),
    "csv": Format(suffix=".csv", render=_csv),
    "markdown": Format(suffix=".md", render=_markdown),
    "json": Format(suffix=".json", render=_json),
}
