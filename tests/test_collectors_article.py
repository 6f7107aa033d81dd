"""Entries whose text is cut: the page behind them is read once, where its host is named and allows it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from xml.sax.saxutils import escape

import pytest
from builders import NOW
from builders import mention as a_mention
from collecting import batches, mentions, workshop

from collectors import Workshop, collector_for
from collectors.article import belongs, wants_page
from collectors.article_text import Article, article_of
from klankbord.demo.loopback import Asked, Loopback, Reply, Trouble
from klankbord.mention import Kind, Mention
from klankbord.ports import Batch, Budget, Collector, Cursor
from klankbord.settings.models import SourcesFile

NEWS = "https://krant.example"
TEASER = "Klanten van Voorbeeld BV zitten al drie dagen zonder verwarming en krijgen geen gehoor […]"
BODY = (
    "Klanten van Voorbeeld BV zitten al drie dagen zonder verwarming en krijgen geen gehoor bij de klantenservice. "
    "Volgens een woordvoerder van het bedrijf ligt de oorzaak bij een kapotte pomp in de wijkcentrale, die "
    "donderdag wordt vervangen. Bewoners zeggen dat zij dat ook vorige winter al hoorden."
)
Paper = tuple["Newspaper", Loopback]


class Newspaper:
    """A feed with teasers, and the pages behind them."""

    def __init__(self) -> None:
        self.items: dict[str, str] = {}
        self.pages: dict[str, Reply] = {}
        self.robots = "User-agent: *\nDisallow: /prive/\n"

    def publish(
        self, path: str, teaser: str = TEASER, body: str = BODY, head: str = "", title: str = "Storing"
    ) -> None:
        self.items[path] = (
            f"<item><title>{title}</title><link>{NEWS}{path}</link><guid>{NEWS}{path}</guid>"
            f"<dc:creator>Bo Jansma</dc:creator><description>{escape(teaser)}</description></item>"
        )
        page = (
            f"<html lang=nl><head><title>{title} - De Krant</title>{head}</head><body><nav><a href=/>Voorpagina</a></nav>"
            f"<article><h1>{title}</h1><p>{body}</p><p>Tekst: Bo Jansma en {body[:60]}.</p></article>"
            "<footer>Over ons, contact, colofon</footer></body></html>"
        )
        self.pages[path] = Reply(body=page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/feed":
            items = "".join(self.items.values())
            head = (
                '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Krant</title>'
            )
            return Reply(body=f"{head}{items}</channel></rss>".encode())
        if asked.path == "/robots.txt":
            return Reply(body=self.robots.encode())
        return self.pages.get(asked.path, Reply(status=404))


@pytest.fixture
def paper() -> Iterator[Paper]:
    service = Newspaper()
    with Loopback(service) as stand:
        yield service, stand


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


def reader(paper: Paper, shop: Workshop, *hosts: str) -> Collector:
    table = {
        "id": "krant",
        "kind": "feed",
        "url": f"{NEWS}/feed",
        "base_url": paper[1].address,
        "allow_addresses": ("127.0.0.0/8",),
        "timeout": 3.0,
        "articles_from": hosts or ("krant.example",),
    }
    return collector_for(SourcesFile.model_validate({"source": [table]}).source[0], shop)


def paths(paper: Paper) -> list[str]:
    return [asked.path for asked in paper[1].asked]


def poll(paper: Paper, shop: Workshop, cursor: Cursor | None = None, *hosts: str) -> list[Batch]:
    return batches(reader(paper, shop, *hosts), cursor)


def only(found: list[Batch]) -> Mention:
    (one,) = mentions(found)
    return one


def test_the_text_of_the_page_takes_the_place_of_the_teaser(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1")
    found = only(poll(paper, shop))
    assert (found.kind, found.title) == (Kind.ARTICLE, "Storing")
    assert "Bewoners zeggen dat zij dat ook vorige winter al hoorden." in found.text
    assert ("Voorpagina" in found.text, "colofon" in found.text, "Jansma" in repr(found)) == (
        False,
        False,
        False,
    )


def test_the_revision_is_the_entrys_and_the_page_is_read_once(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1")
    teaser = only(poll(paper, shop, None, "ander.example"))
    first = poll(paper, shop)
    assert (only(first).revision, only(first).native_id) == (teaser.revision, teaser.native_id)
    paper[0].publish("/2", title="Nog een storing")
    again = poll(paper, shop, first[-1].next)
    assert paths(paper).count("/1") == 1
    assert paths(paper).count("/2") == 1
    assert {one.revision for one in mentions(again)} >= {teaser.revision}


def test_a_killed_run_reads_the_page_again_and_gives_the_same(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1")
    first = only(poll(paper, shop))
    assert replace(only(poll(paper, shop)), collected_at=NOW) == replace(first, collected_at=NOW)


def test_only_hosts_that_are_named_are_asked(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1")
    found = only(poll(paper, shop, None, "ander.example"))
    assert (found.kind, paths(paper)) == (Kind.POST, ["/feed"])


def test_a_text_that_is_whole_is_left_as_it_is(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1", teaser=BODY)
    assert (only(poll(paper, shop)).kind, paths(paper)) == (Kind.POST, ["/feed"])


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (BODY + " …", True),
        (BODY + " [...]", True),
        (BODY + " (…)", True),
        (BODY + " Lees verder »", True),
        (BODY + "\nRead more →", True),
        (BODY + " Lees meer.", True),
        ("Kort bericht", True),
        (BODY, False),
        (BODY + " Ik lees verder nooit de krant, echt niet hoor.", False),
        ((BODY + " ") * 30 + "…", False),
    ],
)
def test_a_text_is_cut_when_it_says_so_or_is_very_short(text: str, *, cut: bool) -> None:
    one = a_mention(text, canonical_url=f"{NEWS}/1")
    assert wants_page(one, frozenset({"krant.example"})) is cut


@pytest.mark.parametrize(
    "given", [{"kind": Kind.COMMENT}, {"canonical_url": f"{NEWS}/[author]/1"}, {"canonical_url": ""}]
)
def test_comments_and_addresses_that_lost_a_name_are_not_asked(given: dict[str, object]) -> None:
    one = a_mention("Kort", **({"canonical_url": f"{NEWS}/1"} | given))
    assert wants_page(one, frozenset({"krant.example"})) is False


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(status=404), "404"),
        (Reply(status=500), "500"),
        (Reply(body=b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "no HTML"),
        (
            Reply(body=b"<p>Wij gebruiken cookies.</p>", headers={"Content-Type": "text/html"}),
            "does not hold",
        ),
    ],
)
def test_a_page_that_cannot_be_used_leaves_the_teaser_and_a_remark(
    reply: Reply, said: str, paper: Paper, shop: Workshop
) -> None:
    paper[0].publish("/1")
    paper[0].pages["/1"] = reply
    found = poll(paper, shop)
    assert (only(found).kind, only(found).text) == (Kind.POST, TEASER)
    assert [said in remark for remark in found[-1].remarks] == [True]


def test_a_page_that_leads_to_a_host_that_is_not_named_is_not_used(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1")
    paper[0].publish("/muur", title="Muur")
    del paper[0].items["/muur"]
    paper[0].pages["/1"] = Reply(status=302, headers={"Location": f"{paper[1].address}/muur"})
    found = poll(paper, shop)
    assert only(found).text == TEASER
    assert found[-1].remarks == ("1 articles were not read: the page leads to another host",)


def test_a_page_that_leads_to_what_robots_txt_closes_is_not_used(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1")
    paper[0].pages["/prive/1"] = paper[0].pages["/1"]
    paper[0].pages["/1"] = Reply(status=302, headers={"Location": "/prive/1"})
    found = poll(paper, shop)
    assert only(found).text == TEASER
    assert found[-1].remarks == ("1 articles were not read: robots.txt does not allow /prive/1",)


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="tdm-reservation" content="1">',
        '<script type="application/ld+json">{"isAccessibleForFree": false}</script>',
        '<script type="application/ld+json">{"isAccessibleForFree":"False"}</script>',
    ],
)
def test_a_page_that_reserves_its_rights_or_is_for_who_pays_is_left_alone(
    head: str, paper: Paper, shop: Workshop
) -> None:
    paper[0].publish("/1", head=head)
    assert only(poll(paper, shop)).text == TEASER


def test_robots_txt_is_kept_and_no_training_is_remembered(paper: Paper, shop: Workshop) -> None:
    paper[0].robots += "Content-Signal: ai-train=no\n"
    paper[0].publish("/prive/1")
    paper[0].publish("/2", title="Nog een storing")
    found = {one.canonical_url: one for one in mentions(poll(paper, shop))}
    assert "/prive/1" not in paths(paper)
    assert found[f"{NEWS}/prive/1"].kind is Kind.POST
    assert (found[f"{NEWS}/2"].kind, found[f"{NEWS}/2"].terms.train) == (Kind.ARTICLE, False)


def test_at_most_ten_pages_are_read_in_a_run_and_the_pace_is_kept(paper: Paper, shop: Workshop) -> None:
    paper[0].robots += "Crawl-delay: 60\n"
    for number in range(14):
        paper[0].publish(f"/{number}", title=f"Storing {number}")
    found = poll(paper, shop)
    assert [one.kind for one in mentions(found)].count(Kind.ARTICLE) == 1
    assert found[-1].remarks == (
        "9 articles were not read: their host asks for a slower pace",
        "4 articles were not read: at most 10 a run",
    )


def test_the_budget_of_the_run_is_kept(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1")
    paper[0].publish("/2", title="Nog een storing")
    found = batches(reader(paper, shop), budget=Budget(requests=3))
    assert paper[1].requests == 3
    assert len(mentions(found)) == 2
    assert sum((batch.spent.requests for batch in found), 0) == 3


def test_trouble_at_the_pages_never_stops_the_feed(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1")
    feed = paper[0].answer(Asked(method="GET", path="/feed", query={}, headers={}))
    paper[1].next(feed)
    paper[1].always(Trouble.RESET)
    assert only(poll(paper, shop)).text == TEASER


def test_a_stop_between_pages_ends_the_run(paper: Paper, shop: Workshop) -> None:
    paper[0].publish("/1")
    stop = Event()
    stop.set()
    assert list(reader(paper, shop).poll(None, Budget(), NOW, stop)) == []


def test_a_wall_of_consent_is_not_the_article() -> None:
    one = a_mention(TEASER, title="Storing bij Voorbeeld BV")
    assert (
        belongs(Article(text="Om de site te bezoeken vragen wij je toestemming voor cookies. " * 5), one)
        is False
    )
    assert belongs(Article(text=BODY), one) is True


@pytest.mark.parametrize("html", [b"", b"\x00\xff", b"<", b"<html>", b"not a page"])
def test_bytes_that_are_no_page_have_no_article(html: bytes) -> None:
    found = article_of(html, f"{NEWS}/1", "", Event())
    assert (found.text if found else "") in {"", "not a page"}


def test_a_page_that_would_hurt_the_parser_is_read_in_a_child() -> None:
    page = f"<html><body>{'<div>' * 500}<article><p>{BODY}</p><p>{BODY}</p></article></body></html>".encode()
    found = article_of(page, f"{NEWS}/1", "text/html", Event())
    assert found is None or "kapotte pomp" in found.text
