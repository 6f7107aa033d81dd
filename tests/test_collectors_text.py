"""Markup, addresses and names: what a reader sees stays, what points at a person or a secret goes."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.authors import address_without, comment_title, without_names, without_quoted
from collectors.links import handles_in, redacted
from collectors.text import MAX_TEXT, author_free, canonical, cut, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("gewoon", "gewoon"),
        ("a < b", "a < b"),
        ("a <b and c", "a <b and c"),
        ("1 <5 en 3>2", "1 <5 en 3>2"),
        ("if (a<b && c>d)", "if (a<b && c>d)"),
        ("x &amp; y &lt;z&gt; &euro;5", "x & y <z> €5"),
        ("<p>een</p>\n<p>twee<br>drie</p>", "een\ntwee\ndrie"),
        ("<table><tr><td>een<tr><td>twee</table>", "een\ntwee"),
        ("<b>Voor</b>beeld", "Voorbeeld"),
        ("voor<script>x</script><style>y</style><svg><title>z</title></svg>na", "voorna"),
        ("hoe werkt <script> in een pagina", "hoe werkt in een pagina"),
        ("<!-- <p>weg</p> -->hier", "hier"),
        ("voor <!-- nooit dicht", "voor <!-- nooit dicht"),
        ("<!-- een <!-- twee <b>drie</b>", "<!-- een <!-- twee drie"),
        ("<a title='a<b'>link</a> na", "link na"),
        ("<![CDATA[<b>hoi</b>]]>", "hoi"),
        ("<title>x</title>hallo", "hallo"),
        ("regel1\nregel2 \n\n x", "regel1\nregel2\nx"),
        ("p\u200bass\u202eword\u0000\ufeff", "password"),
        ("f\u200doo 👩\u200d💻", "foo 👩\u200d💻"),
        ("e\u0301e\u0301n", "één"),
        ("<div>" * 10_000 + "diep", "diep"),
    ],
)
def test_plain_text_is_what_a_reader_sees(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(st.text(max_size=200))
def test_text_without_signs_loses_no_letter(text: str) -> None:
    letters = [sign for sign in unicodedata.normalize("NFC", text) if sign.isalnum() and sign not in "<&"]
    if "<" not in text and "&" not in text:
        assert [sign for sign in plain(text) if sign.isalnum()] == letters


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b>", "</b>", "<br/>", '<a href="x">', "</a>", "a", "&amp;", " ", "é"]
        )
    )
)
def test_markup_of_tame_tags_reads_as_a_whole_parser_reads_it(pieces: list[str]) -> None:
    markup = "".join(pieces)
    # an element the short way does not know sends the same markup through the parser
    assert plain(markup) == plain(markup + "<wbr>")


@given(st.text(alphabet="<>/!-ab &;\"'=", max_size=80))
def test_no_markup_makes_it_fail_or_outgrow_its_limit(markup: str) -> None:
    assert len(plain(markup, 20)) <= 20


def test_long_text_is_cut_at_a_word() -> None:
    assert cut("een twee drie", 10) == "een twee…"
    assert len(plain("woord " * 10_000)) <= MAX_TEXT


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTPS://Example.org:443/a?utm_source=x&b=1#comment-1", "https://example.org/a?b=1#comment-1"),
        ("http://example.org", "http://example.org/"),
        ("http://example.org:8080/?p=1&fbclid=x", "http://example.org:8080/?p=1"),
        (
            "https://www.google.com/url?rct=j&url=https://nos.example/a%3Fb%3D1&ct=ga",
            "https://nos.example/a?b=1",
        ),
        ("https://www.google.nl/url?q=http://a.example/x", "http://a.example/x"),
        ("https://a.example/?mc_cid=1&igshid=2&gclid=3&x=4", "https://a.example/?x=4"),
        ("not an address", "not an address"),
    ],
)
def test_copies_of_an_address_become_one(url: str, same: str) -> None:
    assert canonical(url) == same


@given(
    st.builds(
        "{}://{}{}{}{}".format,
        st.sampled_from(["http", "HTTPS", "ftp"]),
        st.sampled_from(["Example.org", "www.google.com", "a.example:80", "u:p@b.example"]),
        st.sampled_from(["", "/", "/url", "/a/B"]),
        st.text(alphabet="?&=utm_sourcequlhtp:/.%23a", max_size=40),
        st.sampled_from(["", "#", "#comment-1", "#a#b"]),
    )
)
def test_a_canonical_address_is_its_own_canonical_address(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)


@pytest.mark.parametrize(
    ("url", "free"),
    [
        ("https://m.example/@jan/123", "https://m.example/@/123"),
        ("https://m.example/@jan@b.example/1", "https://m.example/@/1"),
        ("https://r.example/u/jan?x=1", "https://r.example/u/?x=1"),
        ("https://f.example/users/jan/posts", "https://f.example/users//posts"),
        ("https://b.example/author/jan/", "https://b.example/author//"),
        (
            "https://x.example/jan/status/1234567890123456789",
            "https://x.example/jan/status/1234567890123456789",
        ),
    ],
)
def test_handles_leave_an_address(url: str, free: str) -> None:
    assert author_free(url) == free


def test_secrets_leave_an_address_and_a_text() -> None:
    assert redacted("https://u:p@r.example/.rss?feed=abc&user=jan&x=1") == (
        "https://r.example/.rss?feed=[secret]&user=[secret]&x=1"
    )
    assert redacted("geen antwoord van https://a.example/?sig=Z nu") == (
        "geen antwoord van https://a.example/?sig=[secret] nu"
    )


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("groet, Jan Jansen.", "Jan Jansen", "groet, [author]."),
        ("groet, jan jansen.", "Jan Jansen", "groet, [author]."),
        ("op 3 jan, Jan", "Jan", "op 3 jan, [author]"),
        ("Jansen zegt", "Jan", "Jansen zegt"),
    ],
)
def test_an_authors_name_leaves_a_text_as_a_whole_word(text: str, name: str, left: str) -> None:
    assert without_names(text, (name,)) == left


def test_the_name_before_schreef_leaves_whoever_it_is() -> None:
    assert without_quoted("Piet Puk schreef op 3 mei:\nhallo") == "[author] schreef op 3 mei:\nhallo"
    assert without_quoted("Hij schreef niets") == "Hij schreef niets"


def test_a_name_leaves_an_address_as_addresses_spell_it() -> None:
    url = "https://b.example/jan-jansen/JanJansen/jan%20jansen/janjansens"
    assert address_without(url, ("Jan Jansen",)) == "https://b.example/[author]/[author]/[author]/janjansens"


def test_titles_of_comments_tell_their_topic_and_author() -> None:
    assert comment_title("Reactie op Door de wind door Jan") == ("Door de wind", "Jan")
    assert comment_title("By: Jan") == ("", "Jan")
    assert comment_title("Storing in Delft") is None


@pytest.mark.parametrize(
    ("url", "handles", "free"),
    [
        ("https://x.com/planted/status/12", ("planted",), "https://x.com/i/status/12"),
        ("https://x.com/i/status/12", (), "https://x.com/i/status/12"),
        ("https://blog.example/?author=planted&p=3", ("planted",), "https://blog.example/?author=&p=3"),
        ("https://toot.example/@planted/99", ("planted",), "https://toot.example/@/99"),
        ("https://blog.example/2026/11/a-post", (), "https://blog.example/2026/11/a-post"),
    ],
)
def test_a_handle_in_an_address_is_known_and_taken_out(url: str, handles: tuple[str, ...], free: str) -> None:
    assert (handles_in(url), author_free(url)) == (handles, free)
