"""Feeds that nobody on this project wrote, served over loopback through the real collector."""

import csv
import io
import json
import re
from pathlib import Path

import feedparser
import pytest
from collecting import batches, collector, disagreements, mentions
from fakes import FakeSite

from collectors.plain_feed import plain_feed
from klankbord.errors import CollectError

RECORDINGS = Path(__file__).parents[1].parent / "shared" / "recordings"
FOLDERS = ("feedparser", "gofeed", "feedjira", "node-feedparser", "feed-rs", "reader")
KINDS = {".xml", ".atom", ".rss", ".rdf", ".html", ".json"}
#: feeds whose outcome is not "mentions + entries without anything to read = entries", with the reason
DIFFERENCES = {
    # two entries without id, link or date and with the same text: one post
    "feedparser/wellformed/lang/entry_content_xml_lang_blank_3.xml": "1 of 2 ",
}

pytestmark = [
    pytest.mark.recordings,
    pytest.mark.skipif(not RECORDINGS.is_dir(), reason="../shared/recordings is absent"),
]


def _counts() -> dict[str, int]:
    with (RECORDINGS / "MANIFEST.tsv").open(newline="") as manifest:
        rows = csv.DictReader(manifest, delimiter="\t")
        return {row["path"]: int(row["feed_entries"]) for row in rows if row["feed_entries"]}


def _feeds(folder: str) -> list[Path]:
    return sorted(p for p in (RECORDINGS / folder).rglob("*") if p.is_file() and p.suffix in KINDS)


def _content_type(body: bytes) -> str:
    asked = re.search(rb"(?i)Header:\s+Content-type:\s*([^\r\n]+)", body[:2_000])
    return asked[1].decode("ascii", "replace").strip() if asked else "application/xml"


def _entries(name: str, body: bytes, content_type: str, known: dict[str, int]) -> int:
    if name in known:
        return known[name]
    if name.endswith(".json") and (items := _json_items(body)) is not None:
        # feedparser 6.0.14 reads no JSON Feed: its items are counted
        return len(items)
    # the manifest counts entries of some folders only: for the others the parser alone is asked
    headers = {"content-type": content_type}
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    return len(parsed.entries)


def _json_items(body: bytes) -> list[object] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    named = isinstance(found, dict) and str(found.get("version")).startswith("https://jsonfeed.org/version/1")
    return found.get("items") if named else None


def _outcome(site: FakeSite, folder: Path) -> tuple[int, str]:
    try:
        found = batches(collector(site, folder))
    except CollectError as error:
        return 0, f"{error.word}: {error.problem}"
    said = " ".join(remark for batch in found for remark in batch.remarks)
    empty = re.search(r"(\d+) entries without any text", said)
    return len(mentions(found)) + (int(empty[1]) if empty else 0), ""


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_recorded_feed_gives_its_entries_or_a_reason(folder: str, tmp_path: Path) -> None:
    known, different = _counts(), {}
    with FakeSite() as site:
        for path in _feeds(folder):
            name, body = path.relative_to(RECORDINGS).as_posix(), path.read_bytes()
            content_type = _content_type(body)
            site.body("/feed", body, content_type)
            wanted = _entries(name, body, content_type, known)
            got, error = _outcome(site, tmp_path)
            if got != wanted:
                different[name] = f"{got} of {wanted} {error}"
    assert different == {name: how for name, how in DIFFERENCES.items() if name.startswith(folder + "/")}


def test_what_the_quick_reader_takes_is_in_every_field_what_feedparser_reads() -> None:
    bodies = [path.read_bytes() for folder in FOLDERS for path in _feeds(folder)]
    assert [body for body in bodies if disagreements(body)] == []
    # most recordings are test cases of parsers: odd on purpose, or without any entry
    assert sum(plain_feed(body, "application/xml") is not None for body in bodies) == 46
