"""JSON Feed 1.0 and 1.1 on the same road as every other feed, also where it is hostile or half right."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import NOW
from collecting import batches, collector, mentions, texts
from fakes import FakeSite

from collectors.json_feed import json_feed
from klankbord.errors import CollectError, TransientError
from klankbord.mention import Precision

RECORDINGS = Path(__file__).parents[1].parent / "shared" / "recordings"
KIND = "application/feed+json"


def feed(*items: dict[str, Any], **head: Any) -> bytes:
    fields = {"version": "https://jsonfeed.org/version/1.1", "title": "Blog", "items": list(items)} | head
    return json.dumps(fields).encode()


def test_an_item_becomes_a_mention_with_its_date_language_and_author_hidden(tmp_path: Path) -> None:
    item = {
        "id": 7, "url": "https://blog.example/7?utm_source=x", "title": "Storing & <b>meer</b>",
        "content_html": "<p>Groet,<br>Wieneke Planteman</p>", "content_text": "anders", "language": "en-GB",
        "date_published": "2026-11-17T10:00:00+01:00", "date_modified": "2026-11-17T12:00:00+01:00",
        "authors": [{"name": "Wieneke Planteman", "url": "https://blog.example/@wieneke"}],
        "attachments": [{"url": "https://blog.example/x.mp3", "mime_type": "audio/mpeg"}],
    }  # fmt: skip
    with FakeSite() as site:
        site.body("/feed", feed(item), KIND)
        (found,) = mentions(batches(collector(site, tmp_path)))
    assert (found.title, found.text, found.lang) == ("Storing & <b>meer</b>", "Groet,\n[author]", "en")
    assert (found.canonical_url, found.published_precision) == ("https://blog.example/7", Precision.EXACT)
    assert (found.published_at.hour, found.edited_at and found.edited_at.hour) == (9, 11)
    assert "ieneke" not in repr(found)
    assert len(found.author or "") == 20


def test_plain_text_stays_plain_and_a_summary_stands_in(tmp_path: Path) -> None:
    items = [
        {"id": "1", "content_text": "a < b & <i>c</i>\nnieuwe regel"},
        {"id": "2", "summary": "Kort"},
        {"id": "3", "content_html": " ", "content_text": "Wel iets"},
        {"id": "4"},
    ]
    with FakeSite() as site:
        site.body("/feed", feed(*items, language="nl-NL"), KIND)
        found = batches(collector(site, tmp_path))
    assert texts(found) == ["a < b & <i>c</i>\nnieuwe regel", "Kort", "Wel iets"]
    assert {one.lang for one in mentions(found)} == {"nl"}
    assert found[-1].remarks == ("1 entries without any text or address were left out",)


def test_the_author_of_the_whole_feed_counts_for_items_without_one(tmp_path: Path) -> None:
    old = {"version": "https://jsonfeed.org/version/1", "author": {"name": "Roos Tak"}}
    with FakeSite() as site:
        site.body("/feed", feed({"id": "1", "content_text": "Groet, Roos Tak"}, **old), "application/json")
        (found,) = mentions(batches(collector(site, tmp_path)))
    assert found.text == "Groet, [author]"


def test_markup_in_a_text_does_not_make_it_a_page(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.body("/feed", feed({"id": "1", "content_html": "<html><body>hier</body></html>"}), "text/html")
        assert texts(batches(collector(site, tmp_path))) == ["hier"]


def test_collecting_twice_gives_the_same_and_an_unchanged_body_is_not_read_again(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.body("/feed", feed({"id": "1", "content_text": "een"}), KIND).etag('"1"')
        one = collector(site, tmp_path)
        first, second = batches(one), batches(one)
        assert mentions(batches(one, first[-1].next, NOW)) == []
    assert mentions(first) == mentions(second)


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b"{}", b'{"items": []}', b'{"version": "2", "items": []}', b'{"version": "1.1"}',
        b'{"version": "https://jsonfeed.org/version/1", "items": {}}', b"[" * 100_000, b'{"a":' * 100_000,
        b'{"version": "https://evil.example/jsonfeed.org/version/1", "items": []}', b'{"version": ' + b"9" * 9_000,
        feed({"id": "1"})[:-3],
    ],
)  # fmt: skip
def test_what_is_no_json_feed_is_told(body: bytes, tmp_path: Path) -> None:
    assert json_feed(body) is None
    with FakeSite() as site:
        site.body("/feed", body, KIND)
        with pytest.raises(CollectError, match="not a feed"):
            batches(collector(site, tmp_path))


def test_a_body_of_a_million_small_things_is_refused_before_it_is_read() -> None:
    with pytest.raises(TransientError, match="too large"):
        json_feed(b'{"items": [' + b"{}," * 600_000 + b"{}]}")


def test_odd_values_cost_a_field_and_never_the_feed() -> None:
    odd: list[Any] = [None, 1.5, True, [], {}, ["x"], "\ud800", "x" * 500_000]
    for value in odd:
        keys = ("id", "url", "title", "content_html", "content_text", "authors", "author", "language")
        made = json_feed(feed(*({"id": "1", "content_text": "blijft", key: value} for key in keys)))
        assert made
        assert len(made.entries) == 8
    assert json_feed(feed(*[1, "x", None, []])) is not None  # type: ignore[arg-type]


def test_no_more_than_ten_thousand_items_are_read() -> None:
    made = json_feed(feed(*({"id": str(n)} for n in range(10_010))))
    assert made
    assert (len(made.entries), made.left_out) == (10_000, 10)


def test_a_mark_of_the_byte_order_is_no_hindrance() -> None:
    assert json_feed(b"\xef\xbb\xbf\n" + feed({"id": "1"})) is not None


@pytest.mark.recordings
@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="../shared/recordings is absent")
def test_published_json_feeds_are_read_with_every_item() -> None:
    read = {
        file.relative_to(RECORDINGS).as_posix(): len(made.entries)
        for file in sorted(RECORDINGS.rglob("*.json"))
        if (made := json_feed(file.read_bytes()))
    }
    items = {name: len(json.loads((RECORDINGS / name).read_bytes())["items"]) for name in read}
    assert read == items
    assert (len(read), sum(read.values())) == (10, 69)
