"""The digest on paper: tagged for a screen reader, the same bytes each time, and nothing asked from elsewhere."""

import subprocess
import sys
from collections import Counter
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import SkipTest

import pytest
from digests import HOSTILE, full, quiet, tricky

from klankbord.errors import NotFoundError
from klankbord.policy import Lang
from reports.pdf import pdf_of
from reports.picture import svg_of
from reports.plain import harmless
from reports.record import Digest

ROOT = Path(__file__).parents[1]
pikepdf = pytest.importorskip("pikepdf", reason="pikepdf reads the tags of a PDF")


def printed(digest: Digest) -> bytes:
    try:
        return pdf_of(digest)
    except NotFoundError as error:
        raise SkipTest(str(error)) from error


class Tree:
    """The structure tree of a PDF: how often each tag stands in it, in order."""

    def __init__(self, content: bytes) -> None:
        with pikepdf.open(BytesIO(content)) as pdf:
            root = pdf.Root
            self.language, self.marked = str(root.Lang), bool(root.MarkInfo.Marked)
            self.shows_title = bool(root.ViewerPreferences.DisplayDocTitle)
            self.title = str(pdf.docinfo["/Title"])
            self.part = pdf.open_metadata()["pdfuaid:part"]
            self.pages = len(pdf.pages)
            self.links: list[str] = [
                str(note.A.URI) for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note
            ]
            self.outside = [key for key in root if key in {"/OpenAction", "/AA", "/AcroForm"}]
            self.order: list[str] = []
            self.pictures: list[str] = []
            self.headless = 0
            self._walk(root.StructTreeRoot)

    def _walk(self, node: Any) -> None:
        if not isinstance(node, pikepdf.Dictionary):
            return
        if "/S" in node:
            self.order.append(str(node.S))
            if str(node.S) == "/TD" and not len(node.A.get("/Headers", [])):
                self.headless += 1
            if str(node.S) == "/Figure":
                self.pictures.append(str(node.get("/Alt", "")))
        below = node.get("/K")
        for one in below if isinstance(below, pikepdf.Array) else [below]:
            self._walk(one)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_pdf_is_tagged_as_pdf_ua_asks(language: Lang) -> None:
    digest = full(language)
    tree = Tree(printed(digest))
    assert (tree.language, tree.marked, tree.shows_title, tree.part) == (language, True, True, "1")
    assert tree.title.endswith("2026-W47")
    counted = Counter(tree.order)
    assert counted["/H1"] == 1
    assert counted["/H2"] == 11
    assert counted["/H3"] == 3 + 3 + 2
    assert counted["/TH"] > 30
    # Each cell names the headers it stands under.
    assert (counted["/TD"] > 30, tree.headless) == (True, 0)
    assert counted["/Link"] >= 3 + 2 + 6
    assert tree.pictures == [digest.weeks_sentence]
    # A heading never skips a level.
    levels = [int(tag[2]) for tag in tree.order if tag in {"/H1", "/H2", "/H3"}]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tree.outside == []


def test_a_quiet_week_takes_two_pages_at_most() -> None:
    assert Tree(printed(quiet("nl"))).pages <= 2


def test_a_full_week_takes_five_pages_at_most() -> None:
    assert Tree(printed(full("nl"))).pages <= 5


def test_the_same_digest_gives_the_same_pdf() -> None:
    assert printed(full()) == printed(full())


def test_a_hostile_post_is_printed_and_asks_for_nothing() -> None:
    tree = Tree(printed(tricky()))
    assert tree.outside == []
    assert all(link.startswith("https://desk.wadlicht.example/") for link in tree.links)


def test_the_picture_tells_each_week_and_holds_no_markup_of_others() -> None:
    svg = svg_of(full("nl"))
    assert svg.count("<rect") == 8
    assert "week 47" in svg
    assert "1.620" in svg
    odd = svg_of(full(weeks_sentence=HOSTILE))
    assert odd.count("<script") == 0
    assert harmless(HOSTILE).count("<") == odd.count("&lt;")


def test_a_picture_of_no_weeks_is_a_floor() -> None:
    assert "<rect" not in svg_of(full(weeks=()))


def test_without_weasyprint_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['weasyprint'] = None; sys.path.insert(0, 'tests')\n"
        "from digests import full\n"
        "from klankbord.errors import NotFoundError\n"
        "from reports.formats import FORMATS\n"
        "try: FORMATS['pdf'].render(full())\n"
        "except NotFoundError as error: print(error)\n"
        "print(sorted(name for name in FORMATS if name != 'pdf' and FORMATS[name].render(full())))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    told, others = done.stdout.strip().split("\n")
    assert "pip install 'klankbord[pdf]'" in told
    assert "libpango" in told
    assert others == "['csv', 'html', 'json', 'markdown', 'text', 'xlsx']"
