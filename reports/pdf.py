"""A digest comes in, a tagged PDF for print and for a screen reader (PDF/UA-1) goes out. Pure."""

from base64 import b64encode
from hashlib import sha256

from klankbord.errors import NotFoundError
from reports.html import page_of
from reports.picture import svg_of
from reports.record import Digest

_MISSING = (
    "a PDF needs WeasyPrint and Pango: pip install 'klankbord[pdf]', and on Debian "
    "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)


def pdf_of(digest: Digest) -> bytes:
    """The whole digest on A4 pages; the same digest gives the same bytes.

    Raises:
        NotFoundError: WeasyPrint, or a library of the system that it draws with, is not installed.
    """
    try:
        from weasyprint import HTML, URLFetcher
    except (ImportError, OSError) as error:  # OSError: Pango is not there
        raise NotFoundError(_MISSING) from error
    picture = f"data:image/svg+xml;base64,{b64encode(svg_of(digest).encode()).decode()}"
    page = page_of(digest, "print.html.j2", picture=picture)
    # Our own picture is the one thing that is looked up: no file, no other machine.
    fetcher = URLFetcher(allowed_protocols=("data",))
    printed = HTML(string=page, url_fetcher=fetcher).write_pdf(
        pdf_variant="pdf/ua-1", pdf_identifier=sha256(page.encode()).digest()[:16]
    )
    return bytes(printed)
