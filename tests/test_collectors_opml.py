"""Lists of feeds: read from what others published and from hostile files, and written without secrets."""

from pathlib import Path

import pytest
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st

from collectors.opml import Listed, opml_of, read_opml
from klankbord.errors import ImportFileError

RECORDINGS = Path(__file__).parents[1].parent / "shared" / "recordings" / "opml"


def opml(outlines: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0">{head}<body>{outlines}</body></opml>'.encode()


def test_nested_outlines_give_their_feeds_with_what_they_stand_under() -> None:
    found = read_opml(
        opml(
            '<outline text="Nieuws"><outline text="Delft"><outline text="Krant" xmlUrl="https://k.example/rss"/>'
            '</outline></outline><outline title="Blog" xmlUrl="https://b.example/feed"/>'
        )
    )
    assert found.feeds == (
        Listed(url="https://k.example/rss", title="Krant", under=("Nieuws", "Delft")),
        Listed(url="https://b.example/feed", title="Blog"),
    )


def test_missing_titles_doubles_and_other_outlines_are_told_apart() -> None:
    found = read_opml(
        opml(
            '<outline xmlUrl="https://a.example/feed"/><outline XMLURL="http://www.a.example/feed/"/>'
            '<outline type="link" url="https://a.example/"/><outline text="map"/>'
            '<outline xmlUrl="javascript:x"/><outline xmlUrl="feed:https://c.example/rss"/>'
            '<outline xmlUrl="feed://d.example/rss"/><outline xmlUrl="https://jan:geheim@e.example/"/>'
        )
    )
    assert [feed.url for feed in found.feeds] == [
        "https://a.example/feed",
        "https://c.example/rss",
        "http://d.example/rss",
    ]
    assert (found.doubles, found.others) == (1, 3)


def test_a_bare_and_is_mended_and_told() -> None:
    found = read_opml(opml('<outline text="A & B &nbsp;" xmlUrl="https://a.example/?a=1&b=2&amp;c=3"/>'))
    assert found.feeds == (Listed(url="https://a.example/?a=1&b=2&c=3", title="A & B &nbsp;"),)
    assert found.remarks[0].startswith("not well-formed, 1 feeds recovered")


def test_marks_inside_an_attribute_cost_no_feed() -> None:
    found = read_opml(
        opml(
            '<outline text="Krant "De Post". Nieuws" title="Krant "De Post". Nieuws" xmlUrl="https://a.example/?x&amp;y" />'
            '<outline text="B" description="lees <a href="https://b.example/">hier</a>" xmlUrl="https://b.example/rss"></outline>'
        )
    )
    assert found.feeds == (
        Listed(url="https://a.example/?x&y", title='Krant "De Post". Nieuws'),
        Listed(url="https://b.example/rss", title="B"),
    )


def test_a_broken_list_of_one_repeated_piece_is_read_soon() -> None:
    for piece in (b'<outline text="', b'<outline title="a" ', b"<outline ", b'text="" '):
        with pytest.raises(ImportFileError):
            read_opml(b"<opml>" + piece * 50_000)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no OPML: it begins with ''"),
        (b"https://a.example/feed\n", "no OPML: it begins with 'https://a.example/feed'"),
        (b"<rss><channel/></rss>", "outermost element is <rss>"),
        (b"<opml><body><outline", "no readable OPML"),
        (opml("<outline>" * 200 + "</outline>" * 200), "nested more than 100 deep"),
        (b'<!DOCTYPE o [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml>&b;</opml>', "document type"),
        (b'<!DOCTYPE o SYSTEM "file:///etc/passwd"><opml/>', "document type"),
        ('<!DOCTYPE o [<!ENTITY a "a">]><opml/>'.encode("utf-16"), "document type"),
        (b"<opml>" + b" " * 20_000_000, "too large"),
    ],
)
def test_what_is_no_list_or_a_hostile_one_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(ImportFileError, match=said):
        read_opml(body)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=30), st.integers(0, 9)), max_size=8))
def test_what_is_written_is_read_again(names: list[tuple[str, int]]) -> None:
    feeds = [Listed(url=f'https://a.example/{n}?x=1&y="<{n}>', title=name) for name, n in names]
    text, left_out = opml_of(feeds, "Onze <bronnen> & meer", NOW)
    again = read_opml(text.encode())
    assert (left_out, again.remarks) == ((), ())
    assert {feed.url for feed in again.feeds} == {feed.url for feed in feeds}


def test_an_address_with_a_secret_is_left_out_and_its_title_told() -> None:
    feeds = [
        Listed(url="https://a.example/feed", title="Open"),
        Listed(url="https://a.example/{secret}/feed", title="Meldingen"),
        Listed(url="https://a.example/feed?token=GEHEIM", title="Besloten"),
    ]
    text, left_out = opml_of(feeds, "Bronnen", NOW)
    assert left_out == ("Meldingen", "Besloten")
    assert "GEHEIM" not in text
    assert [feed.title for feed in read_opml(text.encode()).feeds] == ["Open"]


@pytest.mark.recordings
@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="../shared/recordings is absent")
def test_every_published_list_is_read_or_refused_with_a_reason() -> None:
    read, mended, feeds, refused = 0, 0, set(), {}
    for file in sorted(file for file in RECORDINGS.rglob("*") if file.is_file()):
        try:
            found = read_opml(file.read_bytes())
        except ImportFileError as error:
            refused[file.name] = str(error)[:7]
            continue
        read, mended = read + 1, mended + bool(found.remarks)
        feeds |= {feed.url for feed in found.feeds}
    assert refused == {
        "LICENSE": "no OPML",
        "README.provenance.md": "no OPML",
        "kagi_smallweb.txt": "no OPML",
    }
    assert (read, mended) == (120, 80)
    # 985 addresses; three stand in their list twice, as http and https or with www
    assert len(feeds) == 982
