"""A digest comes in, one self-contained page that is also a mail goes out. Pure."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reports.dates import moment, number
from reports.record import Digest
from reports.words import words

if TYPE_CHECKING:
    from jinja2 import Template


def html_of(digest: Digest) -> str:
    """The whole digest as HTML: no script, no image, nothing fetched from elsewhere."""
    say = words(digest.language)
    return _template().render(
        digest=digest,
        say=say,
        built=moment(digest.built_at, _zone(digest), digest.language),
        number=lambda value: number(value, digest.language),
    )


def _zone(digest: Digest) -> ZoneInfo:
    zone = digest.built_at.tzinfo
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined  # only a page pays for it

    source = files("reports").joinpath("templates", "digest.html.j2").read_text("utf-8")
    return Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(source)
