"""What can be read at a site's address: feeds that a page names, feeds its software has, kinds with an API."""

from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import workshop
from fakes import FakeSite, entry, rss

from collectors.discovery import MOST_REQUESTS, Candidate, found, looked_up
from collectors.line import Line, line_to
from collectors.platforms import PLATFORMS, known_by, made_with
from klankbord.errors import CollectError, ForbiddenError, PermanentError, SettingsError
from klankbord.ports import Budget
from klankbord.settings.models import SourcesFile

SITE = "https://dorp.example"
PAGE = "text/html; charset=utf-8"


def line(site: FakeSite, folder: Path, requests: int = 20) -> Line:
    fields = {
        "id": "discovery", "kind": "feed", "url": SITE, "base_url": site.url,
        "allow_addresses": ["127.0.0.0/8"], "timeout": 5.0,
    }  # fmt: skip
    source = SourcesFile.model_validate({"source": [fields]}).source[0]
    return line_to(source, workshop(folder), Budget(requests=requests), NOW, Event())


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html><head><title>Dorp</title>{head}</head><body>{body}</body></html>".encode()


def at(site: FakeSite, folder: Path, url: str = f"{SITE}/") -> list[tuple[str, str]]:
    return [(one.kind, one.url) for one in found(url, line(site, folder))]


def test_the_feeds_a_page_names_come_first_and_were_read(tmp_path: Path) -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" title="Reacties" href="/comments/feed/">'
        '<link type="application/atom+xml" href="atom.xml" rel="alternate">'
        '<link rel=alternate type=application/feed+json href="https://dorp.example/feed.json">'
        '<link rel="alternate" type="application/json+oembed" href="/oembed">'
        '<link rel="alternate" type="application/rss+xml" href="/gone.xml">'
    )
    with FakeSite() as site:
        site.body("/", page(head))
        site.feed("/comments/feed/", entry(), title="Reacties voor Dorp")
        site.feed("/atom.xml", entry(), title="Dorp &amp; land")
        site.body("/feed.json", b'{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": []}')
        told = found("dorp.example", line(site, tmp_path))
    assert [(one.kind, one.url, one.title) for one in told] == [
        ("feed", f"{SITE}/atom.xml", "Dorp & land"),
        ("feed", f"{SITE}/feed.json", "J"),
        ("comment_feed", f"{SITE}/comments/feed/", "Reacties voor Dorp"),
    ]
    assert told[2].why == "the page names it as “Reacties”"


def test_the_address_of_a_feed_is_itself_the_source(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/x", entry(), title="Dorpsblog")
        (told,) = found(f"{SITE}/x", line(site, tmp_path))
        assert site.count("/x") == 1
    assert told == Candidate(url=f"{SITE}/x", kind="feed", title="Dorpsblog", why="the address is a feed")


@pytest.mark.parametrize(
    ("made", "address", "feed", "kind"),
    [
        ('<body id="phpbb" class="x">', "/forum/viewtopic.php?t=1", "/forum/app.php/feed", "feed"),
        ('<meta name="generator" content="vBulletin 4.2.2">', "/", "/external.php?type=RSS2", "feed"),
        ('<html id="XF" lang="nl">', "/threads/storing.12/", "/forums/-/index.rss", "feed"),
        ('Powered By <a href="https://mybb.com">MyBB</a>', "/", "/syndication.php", "feed"),
        ("<script>gdn.meta = {}</script>", "/", "/discussions/feed.rss", "feed"),
        ('<div id="brd-wrap">', "/", "/extern.php?action=feed&type=atom", "feed"),
        ("<meta content='blogger' name='generator'/>", "/2026/11/x.html", "/feeds/posts/default", "feed"),
        ('<link href="https://substackcdn.com/x.css">', "/", "/feed", "feed"),
        ('<meta name="generator" content="WordPress 6.1.9">', "/", "/comments/feed/", "comment_feed"),
        ('<img src="/wp-content/a.png">', "/2026/11/storing/", "/feed/", "feed"),
        ('<div id="mastodon">', "/tags/storing", "/tags/storing.rss", "feed"),
    ],
)
def test_software_is_recognised_and_its_feed_found(
    made: str, address: str, feed: str, kind: str, tmp_path: Path
) -> None:
    with FakeSite() as site:
        site.body(address, page(body=made))
        site.feed(feed, entry())
        told = at(site, tmp_path, SITE + address)
    assert (kind, SITE + feed) in told


def test_cookies_tell_the_software_too() -> None:
    platform = made_with("<html>", "phpbb3_x1y2_sid=abc; path=/")
    assert platform
    assert platform.name == "phpBB"


@pytest.mark.parametrize(
    ("made", "kind", "keys"),
    [
        ('<meta name="generator" content="Discourse 3.4.0">', "forum", ()),
        (
            '<meta name="generator" content="MediaWiki 1.39.1"><link rel="EditURI" href="//dorp.example/w/api.php?x">',
            "wiki",
            (("path", "/w/"),),
        ),
    ],
)
def test_software_with_an_api_becomes_its_own_kind(
    made: str, kind: str, keys: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    with FakeSite() as site:
        site.body("/", page(head=made))
        told = found(SITE, line(site, tmp_path))[0]
    assert (told.kind, told.url, told.keys) == (kind, SITE, keys)


@pytest.mark.parametrize(
    ("url", "kind", "keys"),
    [
        ("https://www.reddit.com/r/thenetherlands/", "reddit", (("subreddits", ("thenetherlands",)),)),
        ("old.reddit.com", "reddit", ()),
        ("https://x.com/somebody/status/1", "x", ()),
        ("https://bsky.app/profile/somebody", "bluesky", ()),
        ("https://stackoverflow.com/questions/1", "stackexchange", (("site", "stackoverflow"),)),
        ("https://news.ycombinator.com/", "hackernews", ()),
    ],
)
def test_some_addresses_are_never_asked(url: str, kind: str, keys: object, tmp_path: Path) -> None:
    with FakeSite() as site:
        (told,) = found(url, line(site, tmp_path))
        assert site.seen == []
    assert (told.kind, told.keys) == (kind, keys)
    assert "somebody" not in repr(told)


def test_a_youtube_channel_is_read_by_its_kind_or_by_its_feed(tmp_path: Path) -> None:
    channel = "UC" + "a" * 22
    with FakeSite() as site:
        site.body("/@dorp", page(head=f'<meta itemprop="identifier" content="{channel}">'))
        site.body(f"/feeds/videos.xml?channel_id={channel}", rss(entry(), title="Dorp TV"), "application/xml")
        told = found("https://www.youtube.com/@dorp", line(site, tmp_path))
    assert [(one.kind, one.keys) for one in told] == [("youtube", (("channels", (channel,)),)), ("feed", ())]
    known = known_by(f"https://youtube.com/channel/{channel}")
    assert known
    assert known.keys == (("channels", (channel,)),)


def test_usual_places_are_tried_last(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.body("/over/ons", page())
        site.feed("/rss.xml", entry())
        assert at(site, tmp_path, f"{SITE}/over/ons") == [("feed", f"{SITE}/rss.xml")]
        assert [seen.path for seen in site.seen][:4] == ["/robots.txt", "/over/ons", "/feed", "/rss"]


def test_one_look_costs_eight_requests_at_most(tmp_path: Path) -> None:
    links = "".join(f'<link rel=alternate type=application/rss+xml href="/{n}">' for n in range(50))
    with FakeSite() as site:
        site.body("/", page(links, '<img src="/wp-content/x">'))
        assert at(site, tmp_path) == []
        assert len(site.seen) <= MOST_REQUESTS
        before = len(site.seen)
        found(SITE, line(site, tmp_path, requests=3))
        assert len(site.seen) - before == 3


def test_a_site_that_cannot_be_read_is_told_and_a_private_one_refused(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.status("/", 404)
        with pytest.raises(PermanentError, match="404"):
            found(SITE, line(site, tmp_path))
        bare = line(site, tmp_path)
        bare.source = bare.source.model_copy(update={"base_url": None, "allow_addresses": ()})
        with pytest.raises(CollectError, match="private or reserved"):
            found("http://127.0.0.1/", bare)
        site.body("/", page('<link rel=alternate type=application/rss+xml href="file:///etc/passwd">'))
        assert at(site, tmp_path) == []


def test_a_site_that_asks_to_wait_is_not_asked_further(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.body("/", page('<link rel=alternate type=application/rss+xml href="/a">'))
        site.status("/a", 429)
        with pytest.raises(CollectError, match="429"):
            found(SITE, line(site, tmp_path))
        assert [seen.path for seen in site.seen] == ["/robots.txt", "/", "/a"]


def test_robots_txt_is_kept_to_for_pages_and_guesses(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.body("/robots.txt", b"User-agent: *\nDisallow: /besloten\nDisallow: /feed", "text/plain")
        site.body("/besloten", page())
        with pytest.raises(ForbiddenError, match=r"robots\.txt does not allow /besloten"):
            found(f"{SITE}/besloten", line(site, tmp_path))
        site.body("/", page(body='<img src="/wp-content/x">'))
        site.feed("/feed/", entry())
        site.feed("/comments/feed/", entry())
        assert at(site, tmp_path) == [("comment_feed", f"{SITE}/comments/feed/")]
        # a feed that a person names is meant for programs
        assert at(site, tmp_path, f"{SITE}/feed/") == [("feed", f"{SITE}/feed/")]
        assert site.count("/besloten") == 0


def test_an_address_of_no_source_is_looked_up_under_the_same_rules(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.body("/", page('<link rel=alternate type=application/rss+xml href="/a">'))
        site.feed("/a", entry())
        told = looked_up(site.url, workshop(tmp_path), NOW, Event(), ("127.0.0.0/8",))
        assert [one.url for one in told] == [f"{site.url}/a"]
        with pytest.raises(ForbiddenError, match="private or reserved"):
            looked_up(site.url, workshop(tmp_path), NOW, Event())
    for wrong in ("", "ftp://a.example", "https://jan:geheim@a.example/"):
        with pytest.raises((SettingsError, CollectError)):
            looked_up(wrong, workshop(tmp_path), NOW, Event())


def test_no_mark_takes_long_on_one_repeated_piece() -> None:
    for piece in ("<meta ", "<meta content=", "<html ", "Powered by <a", 'id="', "phpbb3_a"):
        assert [one.name for one in PLATFORMS if one.marks.search(piece * 5_000)] == []
