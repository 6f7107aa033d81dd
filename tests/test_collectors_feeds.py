"""Feeds over loopback: what obsei's RSS source got wrong, hostile bodies, politeness, ids, gaps."""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import NOW
from collecting import HOST, batches, collector, mentions, source, texts, workshop
from fakes import FakeSite, entry, rss

from collectors import collector_for
from klankbord.errors import AuthError, CollectError, ForbiddenError, PermanentError, TransientError
from klankbord.mention import Kind
from klankbord.ports import Gap

DAY = timedelta(days=1)


# What obsei 1.1.1's RSS source gets wrong.
def test_a_post_approved_late_is_not_lost(tmp_path: Path) -> None:
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed", entry("A", id="a", at=NOW - 2 * DAY))
        cursor = batches(one)[-1].next
        site.feed("/feed", entry("A", id="a", at=NOW - 2 * DAY), entry("B", id="b", at=NOW - 3 * DAY))
        assert set(texts(batches(one, cursor))) == {"A", "B"}


def test_two_posts_of_the_same_second_are_both_kept(tmp_path: Path) -> None:
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed", entry("A", id="a", at=NOW))
        cursor = batches(one)[-1].next
        site.feed("/feed", entry("C", id="c", at=NOW), entry("A", id="a", at=NOW))
        assert set(texts(batches(one, cursor))) == {"A", "C"}


def test_a_post_dated_2099_does_not_hold_up_later_posts(tmp_path: Path) -> None:
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed", entry("ooit", id="x", at=datetime(2099, 1, 1, tzinfo=UTC)))
        cursor = batches(one)[-1].next
        site.feed(
            "/feed", entry("nu", id="y", at=NOW), entry("ooit", id="x", at=datetime(2099, 1, 1, tzinfo=UTC))
        )
        assert set(texts(batches(one, cursor))) == {"nu", "ooit"}


def test_malformed_xml_gives_its_entries_and_a_remark(tmp_path: Path) -> None:
    with FakeSite() as site:
        broken = rss(entry("tekst", title="A en B")).replace(b"A en B", b"A & B")
        site.body("/feed", broken, "application/rss+xml")
        found = batches(collector(site, tmp_path))
    assert [m.title for m in mentions(found)] == ["A & B"]
    assert found[-1].remarks[0].startswith("not well-formed, 1 entries recovered")


def test_one_dead_feed_raises_one_of_our_errors_and_leaves_the_next_alone(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", entry("leeft"))
        with pytest.raises(CollectError):
            batches(collector(site, tmp_path, "/dead"))
        assert texts(batches(collector(site, tmp_path))) == ["leeft"]


# Hostile bodies.
def test_script_and_style_leave_no_trace(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed(
            "/feed", entry("<p>voor</p><script>alert(1)</script><style>p{}</style><b onclick=x()>na</b>")
        )
        assert texts(batches(collector(site, tmp_path))) == ["voor\nna"]


def test_a_billion_laughs_ends_soon(tmp_path: Path) -> None:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{lines}]>'.encode() + rss(entry("&l9;"))[38:]
    with FakeSite() as site:
        site.body("/feed", body, "application/rss+xml")
        assert all(len(text) <= 20_000 for text in texts(batches(collector(site, tmp_path))))


def test_a_gzip_bomb_stops_at_the_limit_in_little_memory(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.gzip_bomb("/feed")
        one = collector(site, tmp_path, max_bytes=2_000_000)
        tracemalloc.start()
        with pytest.raises(PermanentError, match="larger than 2,000,000 bytes after unpacking"):
            batches(one)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    # the fake itself holds 10 MB while it packs
    assert peak < 20_000_000


def test_a_title_of_five_megabytes_is_cut(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", entry(title="woord " * 900_000))
        (found,) = mentions(batches(collector(site, tmp_path)))
    assert len(found.title) <= 300
    assert found.title.endswith("woord…")


def test_deep_nesting_ends_in_a_mention_or_an_error(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", entry("<div>" * 5_000 + "diep"))
        assert texts(batches(collector(site, tmp_path))) == ["diep"]


def test_a_body_that_takes_long_is_parsed_by_a_child(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", *(entry(f"tekst {n}", id=str(n)) for n in range(3_000)))
        assert len(mentions(batches(collector(site, tmp_path)))) == 3_000


def test_a_private_address_is_refused(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", entry())
        with pytest.raises(ForbiddenError, match="private or reserved"):
            batches(collector(site, tmp_path, allow_addresses=()))
        assert site.seen == []


def test_a_redirect_to_a_private_address_is_refused(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.redirect("/feed", "http://169.254.169.254/latest/meta-data/")
        with pytest.raises(ForbiddenError, match="private or reserved"):
            batches(collector(site, tmp_path))


# An empty result is not "no news".
@pytest.mark.parametrize(
    ("page", "error", "said"),
    [
        (b"<!doctype html><html><form><input type='password'>", AuthError, "login page"),
        (b"<html><title>Just a moment...</title>", TransientError, "prove one is human"),
        (b"<html><head><link rel=alternate type='application/rss+xml' href='/rss'>", PermanentError, "/rss"),
        (b"", TransientError, "not a feed: the answer is empty"),
        (b"Internal error", TransientError, "not a feed"),
        (b'{"items": []}', TransientError, "not a feed"),
    ],
)
def test_what_is_no_feed_is_told(page: bytes, error: type[CollectError], said: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.body("/feed", page)
        with pytest.raises(error, match=said):
            batches(collector(site, tmp_path))


def test_a_login_behind_a_redirect_is_told(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.redirect("/feed", "/login?next=feed")
        site.body("/login?next=feed", b"<html>Welkom")
        with pytest.raises(AuthError, match="login page"):
            batches(collector(site, tmp_path))


def test_a_whole_feed_without_entries_is_no_error(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed")
        assert mentions(batches(collector(site, tmp_path))) == []


# Conditional requests.
def test_validators_go_back_exactly_and_are_replaced(tmp_path: Path) -> None:
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed", entry("1")).etag('W/"a b"').header("Last-Modified", "gisteren")
        cursor = batches(one)[-1].next
        assert mentions(batches(one, cursor, NOW + timedelta(hours=1))) == []
        asked = site.seen[-1].headers
        assert (asked["if-none-match"], asked["if-modified-since"]) == ('W/"a b"', "gisteren")
        site.feed("/feed", entry("2"))
        cursor = batches(one, cursor, NOW + timedelta(hours=2))[-1].next
        batches(one, cursor, NOW + timedelta(hours=3))
        assert "if-none-match" not in site.seen[-1].headers


def test_once_a_day_the_whole_feed_is_asked_for(tmp_path: Path) -> None:
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed", entry("1")).etag('"a"')
        cursor = batches(one)[-1].next
        site.feed("/feed", entry("bewerkt")).etag('"a"')
        assert texts(batches(one, cursor, NOW + timedelta(hours=23))) == []
        assert texts(batches(one, cursor, NOW + DAY)) == ["bewerkt"]


def test_max_age_says_when_to_come_back(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", entry()).header("Cache-Control", "public, max-age=7200")
        assert batches(collector(site, tmp_path))[-1].not_before == NOW + timedelta(hours=2)


def test_a_move_is_adopted_after_three_answers_in_a_day_and_ids_stay(tmp_path: Path) -> None:
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed", entry(id="7"))
        first = batches(one)
        site.redirect("/feed", "/new/feed", status=301)
        site.feed("/new/feed", entry(id="7"), entry("nieuw", id="8"))
        cursor, ids = first[-1].next, {mentions(first)[0].native_id}
        for hours in (1, 13, 26):
            found = batches(one, cursor, NOW + timedelta(hours=hours))
            cursor = found[-1].next
            ids |= {m.native_id for m in mentions(found)}
        asked = site.count("/feed")
        batches(one, cursor, NOW + timedelta(hours=27))
        assert site.count("/feed") == asked
        site.status("/new/feed", 410)
        site.feed("/feed", entry("terug", id="9"))
        assert texts(batches(one, cursor, NOW + timedelta(hours=28))) == ["terug"]
    assert len(ids) == 2


# Ids.
def test_entries_that_share_an_id_are_all_kept_in_any_order(tmp_path: Path) -> None:
    posts = [entry(text, id="same", link=f"{HOST}/{text}") for text in ("een", "twee", "drie")]
    found = []
    for order in (posts, posts[::-1]):
        with FakeSite() as site:
            site.feed("/feed", *order, posts[0])
            found.append({m.text: m.native_id for m in mentions(batches(collector(site, tmp_path)))})
    assert found[0] == found[1]
    assert len(set(found[0].values())) == 3


def test_a_shared_id_stays_told_apart_when_only_one_is_left(tmp_path: Path) -> None:
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed(
            "/feed", entry("een", id="same", link=f"{HOST}/1"), entry("twee", id="same", link=f"{HOST}/2")
        )
        first = batches(one)
        site.feed("/feed", entry("een", id="same", link=f"{HOST}/1"))
        (left,) = mentions(batches(one, first[-1].next))
    assert left.native_id == mentions(first)[0].native_id


def test_an_id_may_go_from_http_to_https(tmp_path: Path) -> None:
    ids = []
    for scheme in ("http", "https"):
        with FakeSite() as site:
            site.feed("/feed", entry(id=f"{scheme}://blog.example/?p=1"))
            ids.append(mentions(batches(collector(site, tmp_path)))[0].native_id)
    assert ids[0] == ids[1]


def test_comments_on_one_page_stay_apart_by_their_fragment(tmp_path: Path) -> None:
    with FakeSite() as site:
        links = [f"{HOST}/?p=1#comment-{n}" for n in (1, 2)]
        site.feed("/feed", *(entry(link, id=None, link=link) for link in links))
        found = mentions(batches(collector(site, tmp_path, kind="comment_feed")))
    assert [m.canonical_url for m in found] == links
    assert len({m.native_id for m in found}) == 2
    assert len({m.thread_id for m in found}) == 1


# Titles, names, context.
@pytest.mark.parametrize(
    ("title", "context"),
    [
        ("Reactie op Storing in Delft door Jan", "Storing in Delft"),
        ("Comment on Stand by me by Jan", "Stand by me"),
        ("By: Jan", "De post"),
        ("Door: Jan", "De post"),
        ("Re: Storing", "Storing"),
    ],
)
def test_a_comments_title_becomes_its_context(title: str, context: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", entry("Klopt.", title=title, author="Jan"), title="Reacties op: De post")
        (found,) = mentions(batches(collector(site, tmp_path, kind="comment_feed")))
    assert (found.kind, found.title, found.context) == (Kind.COMMENT, "", context)


def test_a_reply_has_the_text_it_answers_as_context_and_keeps_its_revision(tmp_path: Path) -> None:
    answer = entry("Hier ook", id="2", more='<thr:in-reply-to ref="1"/>')
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed", answer, entry("Geen stroom", id="1"))
        reply = next(m for m in mentions(batches(one)) if m.text == "Hier ook")
        site.feed("/feed", answer)
        (alone,) = mentions(batches(one))
    assert (reply.context, alone.context) == ("Geen stroom", "")
    assert reply.revision == alone.revision


def test_the_organisations_own_name_is_no_authors_name(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", entry("Storing bij Voorbeeld BV", author="Voorbeeld BV"))
        own = collector_for(source(site), workshop(tmp_path, "Voorbeeld BV"))
        assert texts(batches(own)) == ["Storing bij Voorbeeld BV"]


def test_links_of_alerts_come_out_of_their_wrapper(tmp_path: Path) -> None:
    wrapped = "https://www.google.com/url?rct=j&sa=t&url=https://nieuws.example/a%3Fid%3D1%26utm_source%3Dx&ct=ga&usg=z"
    with FakeSite() as site:
        site.feed("/feed", entry(title="<b>Voorbeeld</b> BV", link=wrapped))
        (found,) = mentions(batches(collector(site, tmp_path)))
    assert (found.title, found.canonical_url) == ("Voorbeeld BV", "https://nieuws.example/a?id=1")


def test_secrets_stay_out_of_addresses_and_errors(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.redirect("/feed?token=GEHEIM", "http://10.0.0.1/?sig=GEHEIM")
        with pytest.raises(ForbiddenError) as caught:
            batches(collector(site, tmp_path, "/feed?token=GEHEIM"))
        site.feed("/feed", entry(link=f"{HOST}/1?user=GEHEIM&x=1"))
        (found,) = mentions(batches(collector(site, tmp_path)))
    assert "GEHEIM" not in str(caught.value) + repr(found)


# Gaps and what went.
def test_a_feed_that_scrolled_past_its_last_read_leaves_a_gap(tmp_path: Path) -> None:
    later = NOW + DAY
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed", entry(id="1", at=NOW - DAY))
        cursor = batches(one)[-1].next
        site.feed("/feed", *(entry(id=f"n{n}", at=later - timedelta(hours=n)) for n in (1, 2, 3)))
        found = batches(one, cursor, later)
        site.feed("/feed", entry(id="n9", at=later), entry(id="1", at=NOW - DAY))
        assert batches(one, cursor, later)[-1].gap is None
    oldest = later - timedelta(hours=3)
    assert found[-1].gap == Gap(from_at=NOW, to_at=oldest, reason="more was posted than the feed shows")


def test_what_went_from_between_posts_is_told_but_not_what_scrolled_off(tmp_path: Path) -> None:
    posts = {n: entry(f"{n}", id=f"{n}", at=NOW - n * DAY) for n in range(1, 6)}
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed", *(posts[n] for n in (2, 3, 4, 5)))
        first = batches(one)
        ids = {m.text: m.native_id for m in mentions(first)}
        site.feed("/feed", *(posts[n] for n in (1, 2, 4)))
        assert batches(one, first[-1].next)[-1].vanished == (ids["3"],)


def test_a_cursor_stays_small(tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", *(entry(id=str(n)) for n in range(1_000)))
        cursor = batches(collector(site, tmp_path))[-1].next
    assert len(json.loads(cursor)["window"]) == 300
    assert len(cursor) < 10_000


def test_a_dutch_wordpress_comment_feed_reads_as_its_page_does(tmp_path: Path) -> None:
    body = (Path(__file__).parent / "data" / "feed" / "wordpress_comments_nl.xml").read_bytes()
    with FakeSite() as site:
        site.body("/feed", body, "application/rss+xml; charset=UTF-8")
        found = mentions(batches(collector(site, tmp_path, kind="comment_feed", language="nl")))
    assert [(m.title, m.context, m.lang) for m in found] == [
        ("", "Storing aan de Dorpsstraat\nAl drie dagen storing.", "nl"),
        ("", "Storing aan de Dorpsstraat", "nl"),
    ]
    assert found[0].text == "Bij ons ook, “Voorbeeld BV” neemt niet op.\nGroet, [author]"
    assert found[0].parent_id == found[1].native_id
    assert "Roos" not in repr(found)
    assert found[1].url == "https://blog.example/?p=1#comment-1"
    assert found[0].thread_id == found[1].thread_id


@pytest.mark.parametrize(
    "piece", [b"<", b"<a ", b"&", b"<item>", b"<![CDATA[", b"<!--", b'<p "', b"]]>", b"<b><p>"]
)
def test_a_body_of_one_repeated_piece_ends(piece: bytes, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.body("/feed", b"<rss><channel><item><description>" + piece * 20_000, "application/rss+xml")
        try:
            found = mentions(batches(collector(site, tmp_path)))
        except CollectError:
            found = []
    assert all(len(m.text) <= 20_000 for m in found)


def test_a_feed_that_was_empty_at_the_last_read_may_have_scrolled_since(tmp_path: Path) -> None:
    later = NOW + DAY
    with FakeSite() as site:
        one = collector(site, tmp_path)
        site.feed("/feed")
        cursor = batches(one)[-1].next
        site.feed("/feed", entry(id="1", at=later - timedelta(hours=1)))
        gap = batches(one, cursor, later)[-1].gap
    oldest = later - timedelta(hours=1)
    assert gap == Gap(from_at=NOW, to_at=oldest, reason="more was posted than the feed shows")
