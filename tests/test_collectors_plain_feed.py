"""What the quick reader of plain feeds takes is, in every field, what feedparser makes of it."""

import string
from html import escape
from pathlib import Path

import pytest
from builders import NOW
from collecting import CONTENT_TYPES, disagreements
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.parse import RawFeed, parsed
from collectors.plain_feed import plain_feed
from klankbord.demo.feeds import feed_of
from klankbord.demo.posts import written

HERE = Path(__file__).parent
RSS = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title>{}</channel></rss>'
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl"><title>t</title>{}</feed>'
ITEM = "<item><title>a</title><link>https://a.example/1</link>{}</item>"
ENTRY = '<entry><title>a</title><link href="https://a.example/1"/>{}</entry>'


def refused(body: str) -> bool:
    return plain_feed(body.encode(), "application/xml") is None


def agreed(body: str) -> RawFeed:
    """What both make of a body that the quick reader takes."""
    quick = plain_feed(body.encode(), "application/xml")
    assert quick is not None
    assert quick == parsed(body.encode(), "application/xml")
    return quick


def test_a_recorded_feed_of_our_own_is_read_as_feedparser_reads_it() -> None:
    bodies = [file.read_bytes() for file in sorted((HERE / "data" / "feed").glob("*.xml"))]
    assert [body for body in bodies if disagreements(body)] == []


def test_the_demos_feeds_are_read_as_feedparser_reads_them() -> None:
    refusals, posts = set(), written(NOW)
    for place in {post.place for post in posts}:
        kind, body = feed_of(place, [post for post in posts if post.place == place])
        assert disagreements(body.encode()) == []
        if plain_feed(body.encode(), kind) is None:
            refusals.add(place)
    # not well-formed on purpose
    assert refusals == {"noorderpost"}


def seldom(often: st.SearchStrategy[str], *odd: str | st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Mostly the first: one oddity in a body is enough to refuse it, and what is taken is to be compared."""
    others = st.one_of(*(st.just(one) if isinstance(one, str) else one for one in odd))
    return st.integers(0, 30).flatmap(lambda number: others if number == 17 else often)


# Pieces of text: words, markup, entities, odd white space; seldom letters that were read in a wrong encoding.
PIECES = st.one_of(
    st.sampled_from(
        ["Café", "&", "&amp;", "&eacute;", "&#8230;", "<b>vet</b>", "<p>", "a < b", "\t", "\n", "\r\n"]
    ),
    st.sampled_from(
        ["\u00a0", "😀", "]]", "http://x", "(Jan)", "@jan", "\u00ab\u00e9\u00bb", "&lt;i&gt;", " "]
    ),
    st.text(string.ascii_letters + " éëï'\"", max_size=8),
)
MENDED = st.sampled_from(["\u00c3\u00a9", "\u00e2\u201a\u00ac", "\u0085", "\u0091", "jan@voorbeeld.nl"])
TEXT = st.lists(PIECES, max_size=5).map("".join)
NAME = st.sampled_from(["Jan", "Jan de Vries", "José (redactie)", "J. & P."])
LINK = st.sampled_from(
    ["https://a.example/1?x=1&y=2", "https://a.example/3#c", "https://\u00e9.example/\u00e9"]
)
ODD_LINKS = (
    "https://a.example/?a&b;c",
    "http:////a.example",
    "/2",
    "",
    "tag:a.example,2026:1",
    " https://a.example/ ",
)
DATE = st.sampled_from(["Tue, 10 Jun 2025 14:03:00 GMT", "2026-11-01T10:00:00Z", "gisteren", ""])


def tags(
    name: str, text: st.SearchStrategy[str], *given: str, odd: tuple[str, ...] = ()
) -> st.SearchStrategy[str]:
    """Such an element, with one of the given attributes or none; seldom twice, or with an odd attribute."""

    def one(parts: tuple[str, str, bool]) -> str:
        attribute, inner, raw = parts
        held = f"<![CDATA[{inner}]]>" if raw and "]]" not in inner else escape(inner, quote=False)
        return f"<{name}{attribute}>{held}</{name}>"

    made = st.tuples(seldom(st.sampled_from(["", *given]), *odd, " x='y'"), text, st.booleans()).map(one)
    return seldom(st.one_of(made, made, st.just("")), st.tuples(made, made).map("".join))


def linked(said: tuple[str, ...]) -> st.SearchStrategy[str]:
    """A link to the page, before or after others."""

    def one(rel: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.tuples(rel, seldom(LINK, *ODD_LINKS)).map(lambda p: f'<link{p[0]} href="{escape(p[1])}"/>')

    others = seldom(st.just(""), one(st.sampled_from(said)))
    return shuffled(one(seldom(st.sampled_from(["", ' rel="alternate"']), *said)), others)


def wrapped(name: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return inner.map(lambda text: f"<{name}>{text}</{name}>")


def shuffled(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).flatmap(st.permutations).map("".join)


WORDS = seldom(TEXT, MENDED)
ITEMS = wrapped(
    "item",
    shuffled(
        tags("title", WORDS),
        LINK.map(lambda link: f"<link>{escape(link)}</link>"),
        tags(
            "guid",
            seldom(LINK, *ODD_LINKS),
            ' isPermaLink="false"',
            ' isPermaLink="true"',
            odd=(' ispermalink="no"',),
        ),
        tags("description", WORDS, odd=(' type="text"', ' type="image/png"')),
        tags("content:encoded", WORDS),
        tags("dc:creator", seldom(NAME, MENDED, "")),
        seldom(st.just(""), tags("author", seldom(NAME, "jan@voorbeeld.nl (Jan)")), tags("dc:date", DATE)),
        tags("pubDate", DATE),
        st.sampled_from(["", "<category domain='x'>y</category>", "<!-- c -->", '<enclosure url="u"/>']),
        seldom(
            st.sampled_from(["", "<media:thumbnail url='u'/>"]),
            "<link>/3</link>",
            "<x>y</x>",
            *(
                "<image><title>i</title></image>",
                "<media:title>m</media:title>",
                "<itunes:author>i</itunes:author>",
            ),
        ),
    ),
)
CHANNELS = shuffled(
    tags("title", WORDS),
    tags("language", st.sampled_from(["nl", "en_GB", " nl-NL ", ""])),
    tags("description", TEXT),
    seldom(
        st.sampled_from(["", "<image><url>u</url><title>beeld</title><link>l</link></image>"]),
        "<image><title>i</title><x/></image>",
        "<textInput><title>zoek</title><name>q</name></textInput>",
    ),
    st.sampled_from(
        ["", "<atom:link rel='self' href='u'/>", "<managingEditor>a@b.nl (Jan)</managingEditor>"]
    ),
    st.lists(ITEMS, min_size=1, max_size=2).map("".join),
)
ENTRIES = wrapped(
    "entry",
    shuffled(
        tags("id", seldom(st.one_of(LINK, st.just("tag:a.example,2026:1")), *ODD_LINKS)),
        tags(
            "title",
            WORDS,
            ' type="text"',
            ' type="html"',
            odd=(' type="TEXT"', ' type="xhtml"', ' xml:lang="en"'),
        ),
        linked(
            (
                ' rel="self"',
                ' rel="replies" type="text/html"',
                ' rel="alternate" type="image/png"',
                ' rel="enclosure"',
            )
        ),
        tags(
            "content",
            WORDS,
            ' type="html"',
            ' type="text/html"',
            odd=(' type="xhtml"', ' mode="base64"', ' src="u"'),
        ),
        tags("summary", WORDS, ' type="html"', ' type="text"', odd=(' type="image/png"',)),
        tags("published", DATE),
        tags("updated", DATE),
        wrapped(
            "author",
            shuffled(wrapped("name", seldom(NAME, "", MENDED)), tags("email", TEXT), tags("uri", LINK)),
        ),
        seldom(
            st.sampled_from(["", '<thr:in-reply-to ref=" tag:1"/>', '<category term="x"/>']),
            "<source><title>s</title></source>",
            "<contributor><name>c</name></contributor>",
        ),
    ),
)
FEEDS = shuffled(
    tags("title", WORDS, ' type="html"'),
    tags("subtitle", TEXT, ' type="html"', ' type="xhtml"'),
    st.sampled_from(["", "<author><name>Jan</name></author>", "<logo>l</logo>", "<rights>r</rights>"]),
    st.lists(ENTRIES, min_size=1, max_size=2).map("".join),
)
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:thr="http://purl.org/syndication/thread/1.0"'
)
ATOM_SPACE = 'xmlns="http://www.w3.org/2005/Atom"'
HEADS = st.sampled_from(["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-8"?>\n', "\ufeff"])
ROOTS = st.one_of(
    CHANNELS.map(
        lambda inner: (
            f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" {SPACES}><channel>{inner}</channel></rss>'
        )
    ),
    st.tuples(st.sampled_from(["", ' xml:lang="nl_NL"', ' xml:lang=""']), FEEDS).map(
        lambda pair: f"<feed {ATOM_SPACE} {SPACES}{pair[0]}>{pair[1]}</feed>"
    ),
)


@settings(max_examples=300, deadline=None)
@given(HEADS, ROOTS, st.sampled_from(CONTENT_TYPES))
def test_whatever_it_takes_is_read_as_feedparser_reads_it(head: str, root: str, kind: str) -> None:
    body = (head + root).encode()
    quick = plain_feed(body, kind)
    assert quick is None or quick == parsed(body, kind)


def test_what_it_reads_is_what_stands_there() -> None:
    found = agreed(RSS.format(ITEM.format("<guid isPermaLink='false'>7</guid><dc:creator>Jan</dc:creator>")))
    assert (found.entries[0].id, found.entries[0].authors, found.version) == ("7", ("Jan",), "rss20")
    found = agreed(ATOM.format(ENTRY.format("<content>a &lt; b</content><author><name>J</name></author>")))
    assert (found.entries[0].text, found.entries[0].lang, found.version) == ("a &lt; b", "nl", "atom10")


ALERTS = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:idx="urn:atom-extension:indexing"><id>tag:google.com,2005:1</id>'
    "<title>Melding - wadlicht</title><link href='https://www.google.com/alerts/feeds/1/2' rel='self'/>"
    "<updated>2026-11-01T10:00:00Z</updated><entry><id>tag:google.com,2013:googlealerts/feed:1</id>"
    "<title type='html'>&lt;b&gt;Wadlicht&lt;/b&gt; legt uit</title><link href='https://www.google.com/url?rct=j"
    "&amp;url=https://krant.example/1&amp;ct=ga'/><published>2026-11-01T10:00:00Z</published>"
    "<updated>2026-11-01T10:00:00Z</updated><content type='html'>Kort</content><author><name></name></author></entry></feed>"
)
SUBREDDIT = (
    '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">'
    '<category term="g" label="r/g"/><updated>2026-11-01T10:00:00+00:00</updated><icon>https://r.example/i.png</icon>'
    '<id>/r/g/.rss</id><link rel="self" href="https://r.example/r/g/.rss" type="application/atom+xml"/><title>g</title>'
    "<entry><author><name>/u/jan</name><uri>https://r.example/user/jan</uri></author><category term='g' label='r/g'/>"
    "<content type='html'>&lt;p&gt;Storing&lt;/p&gt;</content><id>t3_1</id><media:thumbnail url='https://r.example/t'/>"
    "<link href='https://r.example/1'/><updated>2026-11-01T10:00:00+00:00</updated><title>Storing</title></entry></feed>"
)
MASTODON = (
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:webfeeds="http://webfeeds.org/rss/1.0"'
    ' xmlns:media="http://search.yahoo.com/mrss/"><channel><title>#wad</title><description>d</description>'
    "<link>https://m.example/tags/wad</link><lastBuildDate>Tue, 10 Jun 2025 14:03:00 +0000</lastBuildDate>"
    "<webfeeds:icon>https://m.example/i.svg</webfeeds:icon><generator>Mastodon v4</generator>"
    "<item><guid isPermaLink='true'>https://m.example/@a/1</guid><link>https://m.example/@a/1</link>"
    "<pubDate>Tue, 10 Jun 2025 14:03:00 +0000</pubDate><description>&lt;p&gt;#wad&lt;/p&gt;</description>"
    "<category>wad</category></item></channel></rss>"
)


@pytest.mark.parametrize("body", [ALERTS, SUBREDDIT, MASTODON])
def test_feeds_of_common_software_are_taken(body: str) -> None:
    assert len(agreed(body).entries) == 1


DOUBTS = [
    RSS.format(""),
    ATOM.format(""),
    RSS.format(ITEM.format("<description xml:base='https://b.example/'>x</description>")),
    RSS.format(ITEM.format("<title>twice</title>")),
    RSS.format(ITEM.format("<dc:creator>Jan &lt;jan@voorbeeld.nl&gt;</dc:creator>")),
    RSS.format(ITEM.format("<source url='u'>elsewhere</source>")),
    RSS.format(
        ITEM.format(
            "<itunes:author xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'>x</itunes:author>"
        )
    ),
    RSS.format(ITEM.format("<content:encoded xmlns:content='https://b.example/'>x</content:encoded>")),
    RSS.format(ITEM.format("<description>Caf\u00c3\u00a9</description>")),
    RSS.format(ITEM.format("<description>a <b>c</b></description>")),
    RSS.format("<item><title>no address</title></item>"),
    RSS.format(ITEM.format("")).replace("2.0", "0.92"),
    RSS.format(ITEM.format("")) + "<rest/>",
    ATOM.format(
        ENTRY.format("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x</div></content>")
    ),
    ATOM.format(ENTRY.format("<content type='application/octet-stream'>eA==</content>")),
    ATOM.format(ENTRY.format("<content>a</content><content>b</content>")),
    ATOM.format(ENTRY.format("<link href='https://a.example/2'/>")),
    ATOM.format(ENTRY.format("<author><email>jan@voorbeeld.nl</email></author>")),
    "<?xml version='1.0' encoding='iso-8859-1'?>" + RSS.format(ITEM.format("")),
    "<!DOCTYPE rss>" + RSS.format(ITEM.format("")),
    "<html><body>no feed</body></html>",
    "",
]


@pytest.mark.parametrize("body", DOUBTS)
def test_any_doubt_is_left_to_feedparser(body: str) -> None:
    assert refused(body)


def test_what_would_take_long_is_refused_before_it_is_read() -> None:
    bomb = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>" + RSS.format(ITEM.format("&b;"))
    deep = RSS.format(ITEM.format("<x>" * 150_000 + "</x>" * 150_000))
    wide = RSS.format(ITEM.format(f"<description>{'a' * 5_000_000}</description>"))
    assert [refused(body) for body in (bomb, deep, wide)] == [True, True, True]
    # within the limits nesting is only walked as far as the lists reach
    assert refused(RSS.format(ITEM.format("<x>" * 60_000 + "</x>" * 60_000)))
    assert refused(RSS.format(f"<item {' '.join(f'a{n}=1' for n in range(50_000))}/>".replace("=1", "='1'")))


def test_long_fields_and_many_entries_are_cut_as_feedparsers_are() -> None:
    long = "<description>" + "woord " * 70_000 + "</description>"
    assert len(agreed(RSS.format(ITEM.format(long))).entries[0].text) == 400_000
    assert agreed(RSS.format(ITEM.format("") * 10_001)).left_out == 1
