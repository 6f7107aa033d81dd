"""The wiki collector against a fake MediaWiki."""

import contextlib
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from builders import NOW
from collecting import batches, mentions, texts, workshop

from collectors import collector_for
from collectors.wiki_edit import change, heading, readable, summary
from klankbord.demo.fakes.wiki import FakeWiki
from klankbord.demo.loopback import Loopback, Reply, Trouble
from klankbord.errors import CollectError, ForbiddenError, PermanentError, RateLimitedError, TransientError
from klankbord.mention import Kind, State
from klankbord.ports import Batch, Budget, Collector
from klankbord.settings import SourceSettings
from klankbord.settings.models import SourcesFile

HOUR = timedelta(hours=1)


@pytest.fixture
def fake() -> FakeWiki:
    return FakeWiki()


@pytest.fixture
def site(fake: FakeWiki) -> Iterator[Loopback]:
    with Loopback(fake) as standing:
        yield standing


def source(fake: FakeWiki, site: Loopback, **given: Any) -> SourceSettings:
    table = {"id": "wiki", "timeout": 5.0} | fake.settings(site.address) | given
    return SourcesFile.model_validate({"source": [table]}).source[0]


@pytest.fixture
def reader(fake: FakeWiki, site: Loopback, tmp_path: Path) -> Collector:
    return collector_for(source(fake, site), workshop(tmp_path))


def pages_only(fake: FakeWiki, site: Loopback, folder: Path, **given: Any) -> Collector:
    return collector_for(source(fake, site, search=False, **given), workshop(folder))


def test_what_an_edit_adds_is_a_mention_and_is_read_once(
    fake: FakeWiki, site: Loopback, reader: Collector
) -> None:
    number = fake.post("De tarieven van 2027 zijn '''31 cent'''.", at=NOW - HOUR)
    first = batches(reader)
    (mention,) = mentions(first)
    host = site.address[7:]
    assert mention.text == "De tarieven van 2027 zijn 31 cent."
    assert (mention.title, mention.kind) == ("Voorbeeld BV", Kind.WIKI_EDIT)
    assert (mention.native_id, mention.revision) == (f"{host}:{number}", number)
    assert mention.url == f"{site.address}/w/index.php?diff={number}"
    assert mention.published_at == NOW - HOUR
    assert mentions(batches(reader, first[-1].next)) == []
    assert mentions(batches(reader))[0] == mention


def test_a_quiet_wiki_costs_one_request_for_its_pages_and_one_a_search(
    site: Loopback, reader: Collector
) -> None:
    first = batches(reader)
    before = site.requests
    again = batches(reader, first[-1].next)
    assert site.requests - before == 3
    assert sum(batch.spent.requests for batch in again) == 3
    assert {one.query["maxlag"] for one in site.asked} == {"5"}
    assert {one.headers["user-agent"] for one in site.asked} == {"Klankbord-test/1 (+https://example.org)"}


def test_pages_that_name_the_organisation_are_found_and_watched(fake: FakeWiki, reader: Collector) -> None:
    fake.post("Zonder naam.", at=NOW - HOUR, page="Iets anders")
    fake.post("Ook Voorbeeld BV doet mee.", at=NOW - 2 * HOUR, page="Markt")
    first = batches(reader)
    fake.post("Een tweede alinea.", at=NOW, page="Markt")
    second = batches(reader, first[-1].next, now=NOW + HOUR)
    assert (texts(first), texts(second)) == (["Ook Voorbeeld BV doet mee."], ["Een tweede alinea."])


@pytest.mark.parametrize("cirrus", [True, False])
def test_only_the_words_that_may_be_sent_are_searched_for(tmp_path: Path, *, cirrus: bool) -> None:
    fake = FakeWiki(cirrus=cirrus)
    with Loopback(fake) as site:
        batches(collector_for(source(fake, site), workshop(tmp_path)))
        asked = [one.query["srsearch"] for one in site.asked if "srsearch" in one.query]
    assert list(dict.fromkeys(asked)) == ['"Voorbeeld BV"', '"VoorbeeldPlus"']
    assert len(asked) == (2 if cirrus else 4)


def test_without_pages_and_words_it_says_that_nothing_may_be_searched_for(
    fake: FakeWiki, site: Loopback, tmp_path: Path
) -> None:
    (batch,) = batches(pages_only(fake, site, tmp_path, pages=()))
    assert batch.remarks[0].startswith("nothing may be searched for")
    assert site.requests == 0


def test_changed_words_are_the_mention_and_their_line_is_the_context(
    fake: FakeWiki, reader: Collector
) -> None:
    fake.rewrite("een bedrijf", "een failliet bedrijf", at=NOW - HOUR)
    (mention,) = mentions(batches(reader))
    assert (mention.text, mention.context) == ("failliet", "Voorbeeld BV is een failliet bedrijf.")


def test_an_edit_that_only_takes_away_is_no_mention(fake: FakeWiki, reader: Collector) -> None:
    fake.rewrite("is een bedrijf", "is", at=NOW - HOUR)
    assert mentions(batches(reader)) == []


def test_a_new_page_is_a_mention_as_a_whole(fake: FakeWiki, reader: Collector) -> None:
    fake.post("Voorbeeld BV is ook hier.\n\nEn daar.", at=NOW - HOUR, page="Nieuw")
    assert texts(batches(reader)) == ["Voorbeeld BV is ook hier.\nEn daar."]


def test_a_first_read_looks_back_a_week(fake: FakeWiki, reader: Collector) -> None:
    fake.post("Te oud.", at=NOW - timedelta(days=8))
    fake.post("Nog net.", at=NOW - timedelta(days=6))
    assert texts(batches(reader)) == ["Nog net."]


def test_late_same_second_and_future_edits_are_neither_lost_nor_in_the_way(
    fake: FakeWiki, reader: Collector
) -> None:
    fake.post("Een.", at=NOW - HOUR)
    fake.post("Uit de toekomst.", at=NOW + timedelta(days=30))
    first = batches(reader)
    fake.post("Dezelfde seconde.", at=NOW - HOUR)
    fake.post("Geïmporteerd.", at=NOW - 9 * HOUR)
    second = batches(reader, first[-1].next)
    assert texts(first) == ["Een.", "Uit de toekomst."]
    assert sorted(texts(second)) == ["Dezelfde seconde.", "Geïmporteerd."]


def test_a_run_that_is_cut_goes_on_where_it_was(fake: FakeWiki, site: Loopback, tmp_path: Path) -> None:
    for number in range(60):
        fake.post(f"Alinea {number}.", at=NOW - timedelta(minutes=100 - number))
    one = pages_only(fake, site, tmp_path)
    found: list[Batch] = []
    cursor, runs = None, 0
    while len(texts(found)) < 60 and runs < 12:
        step = batches(one, cursor, budget=Budget(requests=12))
        found, cursor, runs = found + step, step[-1].next, runs + 1
    assert texts(found) == [f"Alinea {number}." for number in range(60)]
    assert mentions(batches(one, cursor)) == []


def test_killed_after_any_batch_nothing_is_lost(fake: FakeWiki, site: Loopback, tmp_path: Path) -> None:
    for number in range(4):
        fake.post(f"Alinea {number}.", at=NOW - timedelta(minutes=100 - number))
    one = pages_only(fake, site, tmp_path)
    whole = batches(one)
    for kept in range(len(whole)):
        cursor = whole[kept - 1].next if kept else None
        assert texts(whole[:kept]) + texts(batches(one, cursor)) == texts(whole)


def test_one_busy_page_does_not_starve_another(fake: FakeWiki, site: Loopback, tmp_path: Path) -> None:
    for number in range(30):
        fake.post(f"Alinea {number}.", at=NOW - timedelta(minutes=100 - number))
    fake.post("Zelden.", at=NOW - HOUR, page="Stil")
    one = pages_only(fake, site, tmp_path, pages=("Voorbeeld BV", "Stil"))
    first = batches(one, budget=Budget(requests=5))
    assert "Zelden." in texts(batches(one, first[-1].next, budget=Budget(requests=5)))


def test_many_searches_leave_room_for_reading_and_take_turns(
    fake: FakeWiki, site: Loopback, reader: Collector
) -> None:
    first = batches(reader, budget=Budget(requests=3))
    batches(reader, first[-1].next, budget=Budget(requests=3))
    asked = [one.query["srsearch"] for one in site.asked if "srsearch" in one.query]
    assert asked == ['"Voorbeeld BV"', '"VoorbeeldPlus"']


def test_an_unreadable_cursor_is_a_first_read(fake: FakeWiki, reader: Collector) -> None:
    fake.post("Een.", at=NOW - HOUR)
    for bad in (
        "",
        "{",
        "[]",
        '{"v":0}',
        '{"v":1,"pages":[{}]}',
        '{"v":1,"pages":[{"title":"a","since":"x"}]}',
    ):
        assert texts(batches(reader, bad)) == ["Een."]  # type: ignore[arg-type]


def test_a_page_is_found_under_another_spelling_and_a_missing_one_is_told(
    fake: FakeWiki, site: Loopback, tmp_path: Path
) -> None:
    fake.post("Een.", at=NOW - HOUR)
    found = batches(pages_only(fake, site, tmp_path, pages=("voorbeeld_BV", "Bestaat niet")))
    assert texts(found) == ["Een."]
    assert found[-1].remarks == ("no page is called 'Bestaat niet'",)


def test_names_and_addresses_of_writers_stay_behind(fake: FakeWiki, reader: Collector) -> None:
    fake.post("Eerst.", at=NOW - 3 * HOUR, author="Bartholomeus Vraag")
    fake.post(
        "Wieneke Planteman schreef dit. [[Gebruiker:Wieneke Planteman|Wieneke]] "
        "([[Overleg gebruiker:Bartholomeus Vraag|overleg]])",
        at=NOW - 2 * HOUR,
        comment="/* Kritiek */ Versie 12 van [[Special:Contributions/Bartholomeus Vraag|Bartholomeus Vraag]] "
        "hersteld, door Bartholomeus Vraag",
    )
    fake.post("Zonder account.", at=NOW - HOUR, author="203.0.113.77", comment="203.0.113.77 was hier")
    found = batches(reader)
    said = repr(found).casefold()
    assert len(mentions(found)) == 3
    assert [w for w in ("wieneke", "planteman", "bartholomeus", "vraag", "203.0.113") if w in said] == []
    assert mentions(found)[1].text.endswith("Kritiek: Versie 12 van [author] hersteld, door [author]")
    assert len({mention.author for mention in mentions(found)}) == 3


def test_a_hidden_revision_is_not_read_and_one_that_was_read_is_removed(
    site: Loopback, fake: FakeWiki, reader: Collector
) -> None:
    read, unread = fake.post("Een.", at=NOW - 2 * HOUR), ""
    first = batches(reader)
    unread = fake.post("Twee.", at=NOW - HOUR)
    fake.hide(read, "comment")
    fake.hide(unread, "text")
    second = batches(reader, first[-1].next)
    assert mentions(second) == []
    assert [(c.native_id, c.state) for batch in second for c in batch.changes] == [
        (f"{site.address[7:]}:{read}", State.REMOVED)
    ]


def test_a_recheck_tells_hidden_and_deleted_revisions(
    site: Loopback, fake: FakeWiki, reader: Collector
) -> None:
    hidden, stands = (fake.post(f"Alinea {n}.", at=NOW - HOUR) for n in range(2))
    gone = fake.post("Voorbeeld BV elders.", at=NOW - HOUR, page="Weg")
    stored = mentions(batches(reader))
    fake.delete(hidden)
    fake.remove_page("Weg")
    told = reader.recheck(stored, Budget(), NOW, Event())
    host = site.address[7:]
    assert {(c.native_id, c.state) for c in told.changes} == {
        (f"{host}:{hidden}", State.REMOVED),
        (f"{host}:{gone}", State.DELETED),
    }
    assert (told.standing, told.spent.requests) == ((f"{host}:{stands}",), 1)


def test_edits_of_a_page_that_is_gone_are_worth_a_recheck(
    site: Loopback, fake: FakeWiki, reader: Collector
) -> None:
    number = fake.post("Voorbeeld BV elders.", at=NOW - HOUR, page="Weg")
    first = batches(reader)
    fake.remove_page("Weg")
    assert batches(reader, first[-1].next)[-1].vanished == (f"{site.address[7:]}:{number}",)


def test_an_edit_that_cannot_be_compared_is_told(fake: FakeWiki, site: Loopback, tmp_path: Path) -> None:
    first = fake.post("Een.", at=NOW - 2 * HOUR)
    second = fake.post("Twee.", at=NOW - HOUR)
    fake.post("Drie.", at=NOW)
    fake.hide(first, "text")
    found = batches(pages_only(fake, site, tmp_path))
    assert texts(found) == ["Drie."]
    assert found[-1].remarks == (
        f"edit {second} could not be read: it, or the one before it, was hidden or deleted",
    )


def _error(code: str) -> Reply:
    return Reply(body=json.dumps({"error": {"code": code, "info": "Wieneke Planteman"}}).encode())


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Reply(status=429, headers={"Retry-After": "30"}), RateLimitedError),
        (Reply(status=503, headers={"Retry-After": "5", "X-Database-Lag": "9"}), RateLimitedError),
        (_error("ratelimited"), RateLimitedError),
        (_error("readapidenied"), ForbiddenError),
        (_error("readonly"), TransientError),
        (_error("internal_api_error_DBQueryError"), TransientError),
        (_error("internal_api_error_DBConnectionError"), TransientError),
        (Reply(status=500, body=b"Wieneke Planteman"), TransientError),
        (Reply(status=403), ForbiddenError),
        (Reply(status=404), PermanentError),
        (Reply(body=b"<html>Wieneke Planteman</html>"), TransientError),
        (Reply(body=b"MediaWiki API is not enabled for this site."), TransientError),
        (Reply(body=b"[1]"), TransientError),
        (Trouble.RESET, TransientError),
        (Trouble.CUT, TransientError),
        (Trouble.GARBAGE, TransientError),
    ],
)
def test_trouble_is_one_request_and_one_of_the_five_errors(
    site: Loopback,
    reader: Collector,
    caplog: pytest.LogCaptureFixture,
    trouble: Reply | Trouble,
    error: type[CollectError],
) -> None:
    site.always(trouble)
    with caplog.at_level(logging.WARNING), pytest.raises(error) as caught:
        batches(reader)
    assert type(caught.value) is error
    assert site.requests == 1
    assert "Wieneke" not in caught.value.problem + caplog.text


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"query": []},
        {"query": {"search": [4, {}], "pages": {}}},
        {"query": {"pages": [{"title": "Voorbeeld BV", "lastrevid": "x"}]}},
        {"query": {"pages": [{"title": "Voorbeeld BV", "lastrevid": 1, "revisions": [{}]}]}},
        {"query": {"pages": [{"title": "Voorbeeld BV", "lastrevid": 1, "revisions": 4}], "badrevids": 3}},
        {"query": {"pages": [], "badrevids": [[]]}, "continue": 5},
    ],
)
def test_an_odd_answer_raises_nothing_but_the_five_errors(
    fake: FakeWiki, site: Loopback, reader: Collector, said: dict[str, Any]
) -> None:
    fake.post("Een.", at=NOW - HOUR)
    stored = mentions(batches(reader))
    site.always(Reply(body=json.dumps(said).encode()))
    with contextlib.suppress(CollectError):
        assert mentions(batches(reader, budget=Budget(requests=6))) == []
    with contextlib.suppress(CollectError):
        assert reader.recheck(stored, Budget(), NOW, Event()).changes == ()


def test_a_wiki_that_lags_is_left_alone_for_as_long_as_it_asks(fake: FakeWiki, reader: Collector) -> None:
    fake.lag = 7
    with pytest.raises(RateLimitedError) as caught:
        batches(reader)
    assert caught.value.until == NOW + timedelta(seconds=5)


def test_no_wiki_is_left_alone_for_more_than_a_day(site: Loopback, reader: Collector) -> None:
    site.always(Reply(body=_error("ratelimited").body, headers={"Retry-After": "999999"}))
    with pytest.raises(RateLimitedError) as caught:
        batches(reader)
    assert caught.value.until == NOW + timedelta(days=1)


def test_what_a_recheck_was_told_before_trouble_stands(
    fake: FakeWiki, site: Loopback, tmp_path: Path
) -> None:
    for number in range(60):
        fake.post(f"Alinea {number}.", at=NOW - timedelta(minutes=90 - number))
    one = pages_only(fake, site, tmp_path)
    stored = mentions(batches(one, budget=Budget(requests=100)))
    polling = site.requests
    first = one.recheck(stored[:50], Budget(), NOW, Event())
    assert (len(first.standing), site.requests - polling) == (50, 1)
    answered = site.replied
    left = iter([False, True])
    site.replied = lambda asked: Reply(status=500) if next(left) else answered(asked)  # type: ignore[method-assign]
    told = one.recheck(stored, Budget(), NOW, Event())
    assert (len(stored), len(told.standing), told.changes) == (60, 50, ())


def test_trouble_on_the_way_leaves_what_was_read(fake: FakeWiki, site: Loopback, tmp_path: Path) -> None:
    for number in range(3):
        fake.post(f"Alinea {number}.", at=NOW - timedelta(minutes=9 - number))
    one = pages_only(fake, site, tmp_path)
    running = one.poll(None, Budget(), NOW, Event())
    first = next(running)
    site.always(Reply(status=500))
    with pytest.raises(TransientError):
        next(running)
    site.well()
    assert texts([first, *batches(one, first.next)]) == ["Alinea 0.", "Alinea 1.", "Alinea 2."]


def test_a_stop_ends_a_poll_without_an_error(fake: FakeWiki, reader: Collector) -> None:
    fake.post("Een.", at=NOW - 2 * HOUR)
    fake.post("Twee.", at=NOW - HOUR)
    stop = Event()
    running = reader.poll(None, Budget(), NOW, stop)
    next(running)
    stop.set()
    assert list(running) == []


def test_long_titles_are_asked_for_in_addresses_that_servers_take(
    fake: FakeWiki, site: Loopback, tmp_path: Path
) -> None:
    pages = tuple(f"Één naam {number} {'é' * 150}" for number in range(30))
    batches(pages_only(fake, site, tmp_path, pages=pages))
    asked = [one.query["titles"].split("|") for one in site.asked]
    assert sorted(title for lot in asked for title in lot) == sorted(pages)
    assert max(len(lot) for lot in asked) == 4


def test_a_line_that_only_moved_is_nothing_new() -> None:
    moved = (
        '<tr><td colspan="2" class="diff-empty diff-side-deleted"></td><td class="diff-marker">'
        '<a class="mw-diff-movedpara-right" href="#m">&#x26AB;</a></td>'
        '<td class="diff-addedline diff-side-added"><div><a name="m"></a>Een zin{}.</div></td></tr>'
    )
    assert change(moved.format("")).added == ()
    assert change(moved.format('<ins class="diffchange diffchange-inline"> erbij</ins>')).added == ("erbij",)


def test_wikitext_is_made_readable() -> None:
    assert readable("== Kop ==\n* ''Zie'' [[Voorbeeld BV|het bedrijf]] en [https://a.example bron]") == (
        "Kop <br>Zie het bedrijf en bron (https://a.example)"
    )
    assert (
        readable("Groet, [[User:Jan Jansen|Jan]] ([[User talk:Jan Jansen|talk]])")
        == "Groet, [author] ([author])"
    )
    assert summary("/* A < B */ fout & [[X|y]]", ()) == "A &lt; B: fout &amp; y"
    assert heading("Overleg gebruiker:Jan Jansen/Archief") == "[author]/Archief"
