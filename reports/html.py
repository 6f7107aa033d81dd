"""A digest comes in, one self-contained page that is also a mail goes out. Pure."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reports.dates import moment
from reports.outline import Block, Chart, Entry, Grid, outline_of
from reports.plain import scrubbed, web_address
from reports.record import Digest
from reports.words import words

if TYPE_CHECKING:
    from css_inline import CSSInliner
    from jinja2 import Template


def html_of(digest: Digest) -> str:
    """The whole digest as HTML: no script, no image, nothing fetched from elsewhere.

    Its styles stand on the elements, as mail programs want them; those for a phone and for the dark stand
    apart, where a program that knows no such thing passes them by.
    """
    return _inliner().inline(page_of(digest, "digest.html.j2"))


def page_of(digest: Digest, template: str, **given: object) -> str:
    """The digest laid out by one template of this room, its styles still where they were written."""
    digest = scrubbed(digest)
    say = words(digest.language)
    return _template(template).render(
        digest=digest,
        say=say,
        sections=outline_of(digest, say),
        built=moment(digest.built_at, _zone(digest), digest.language),
        **given,
    )


def _zone(digest: Digest) -> ZoneInfo:
    zone = digest.built_at.tzinfo
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


def _kind(block: Block) -> str:
    if isinstance(block, Entry):
        return block.kind
    return "grid" if isinstance(block, Grid) else "chart" if isinstance(block, Chart) else "paragraph"


def _widths(grid: Grid) -> list[int]:
    """Per cent for each column: fixed, so that one long word cannot widen the page."""
    count, figures = len(grid.columns), len(grid.figures)
    if (count, figures) == (3, 1):
        return [30, 42, 28]
    share = 28 if figures == 1 else 20
    told = (100 - share * figures) // (count - figures)
    return [share if place in grid.figures else told for place in range(count)]


@cache
def _template(name: str) -> "Template":
    from jinja2 import Environment, StrictUndefined  # only a page pays for it

    source = files("reports").joinpath("templates", name).read_text("utf-8")
    house = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    house.filters |= {"kind": _kind, "web": web_address, "widths": _widths}
    return house.from_string(source)


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner  # only a page pays for it

    # A page is never a reason to ask another machine for something.
    return CSSInliner(keep_style_tags=False, keep_link_tags=False, load_remote_stylesheets=False)
