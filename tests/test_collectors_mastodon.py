"""The Mastodon collector against a fake server."""

import contextlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from builders import NOW
from collecting import SEARCHES, batches, mentions, texts, workshop

from collectors import collector_for
from collectors.mastodon_status import may_be_kept
from klankbord.demo.fakes.mastodon import ENVIRONMENT, FakeMastodon, MastodonLoopback
from klankbord.demo.loopback import Reply, Trouble
from klankbord.errors import AuthError, CollectError, PermanentError, RateLimitedError, TransientError
from klankbord.mention import Kind, State
from klankbord.ports import Budget, Collector
from klankbord.settings import SourceSettings
from klankbord.settings.models import SourcesFile

HOUR = timedelta(hours=1)


@pytest.fixture
def fake() -> FakeMastodon:
    return FakeMastodon()


@pytest.fixture
def site(fake: FakeMastodon, monkeypatch: pytest.MonkeyPatch) -> Iterator[MastodonLoopback]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with MastodonLoopback(fake) as standing:
        yield standing


def source(fake: FakeMastodon, site: MastodonLoopback, **given: Any) -> SourceSettings:
    table = {"id": "masto", "timeout": 5.0} | fake.settings(site.address) | given
    return SourcesFile.model_validate({"source": [table]}).source[0]


@pytest.fixture
def reader(fake: FakeMastodon, site: MastodonLoopback, tmp_path: Path) -> Collector:
    return collector_for(source(fake, site), workshop(tmp_path))


def tag_reader(fake: FakeMastodon, site: MastodonLoopback, folder: Path, **given: Any) -> Collector:
    return collector_for(source(fake, site, token=None, **given), workshop(folder))


def asked(site: MastodonLoopback, path: str) -> list[dict[str, str]]:
    return [dict(one.query) for one in site.asked if one.path.startswith(path)]


def test_posts_under_a_tag_and_posts_found_by_search_are_read_once(
    fake: FakeMastodon, reader: Collector
) -> None:
    fake.post("Storing, weer! #VoorbeeldBV", at=NOW - HOUR)
    fake.post("Bij Voorbeeld BV neemt niemand op.", at=NOW - 2 * HOUR)
    fake.post("Mooi weer vandaag.", at=NOW - HOUR)
    first = batches(reader)
    again = batches(reader, first[-1].next)
    assert sorted(set(texts(first))) == ["Bij Voorbeeld BV neemt niemand op.", "Storing, weer! #VoorbeeldBV"]
    assert {m.id for m in mentions(again)} <= {m.id for m in mentions(first)}
    assert {m.revision for m in mentions(again)} <= {m.revision for m in mentions(first)}


def test_the_server_is_not_asked_what_it_is(site: MastodonLoopback, reader: Collector) -> None:
    found = batches(reader)
    assert [one.path for one in site.asked] == ["/api/v1/timelines/tag/voorbeeldbv", *["/api/v2/search"] * 2]
    assert sum(batch.spent.requests for batch in found) == 3


def test_only_the_words_that_may_be_sent_are_searched_for(site: MastodonLoopback, reader: Collector) -> None:
    batches(reader)
    assert [query["q"] for query in asked(site, "/api/v2/search")] == ['"Voorbeeld BV"', "VoorbeeldPlus"]
    assert len(SEARCHES) == 2


def test_without_tags_and_token_it_says_that_nothing_may_be_searched_for(
    fake: FakeMastodon, site: MastodonLoopback, tmp_path: Path
) -> None:
    (batch,) = batches(tag_reader(fake, site, tmp_path, tags=()))
    assert batch.remarks[0].startswith("nothing may be searched for")
    assert site.requests == 0


def test_a_tag_is_walked_forward_and_a_run_that_is_cut_goes_on_where_it_was(
    fake: FakeMastodon, site: MastodonLoopback, tmp_path: Path
) -> None:
    for number in range(130):
        fake.post(f"Bericht {number} #voorbeeldbv", at=NOW - timedelta(minutes=200 - number))
    one = tag_reader(fake, site, tmp_path)
    first = batches(one, budget=Budget(requests=2))
    rest = batches(one, first[-1].next)
    assert [len(batch.mentions) for batch in first + rest] == [40, 40, 40, 10]
    assert len(set(texts(first + rest))) == 130


def test_a_search_that_is_cut_or_killed_loses_nothing(fake: FakeMastodon, reader: Collector) -> None:
    for number in range(100):
        fake.post(f"Bericht {number} over Voorbeeld BV", at=NOW - timedelta(minutes=200 - number))
    found, cursor = [], None
    for _ in range(9):
        step = batches(reader, cursor, budget=Budget(requests=1))
        found += step
        cursor = step[-1].next
        fake.post("Nog een over Voorbeeld BV", at=NOW)
    assert len(set(texts(found))) == 101


def test_a_busy_tag_does_not_starve_the_next(
    fake: FakeMastodon, site: MastodonLoopback, tmp_path: Path
) -> None:
    for number in range(200):
        fake.post(f"{number} #druk", at=NOW - timedelta(minutes=300 - number))
    fake.post("zelden #stil", at=NOW - HOUR)
    one = tag_reader(fake, site, tmp_path, tags=("druk", "stil"))
    first = batches(one, budget=Budget(requests=2))
    assert texts(batches(one, first[-1].next, budget=Budget(requests=1))) == ["zelden #stil"]


def test_late_same_second_and_future_posts_are_neither_lost_nor_in_the_way(
    fake: FakeMastodon, site: MastodonLoopback, tmp_path: Path
) -> None:
    one = tag_reader(fake, site, tmp_path)
    for number in range(25):
        fake.post(f"morgen {number} #voorbeeldbv", at=NOW + timedelta(days=1))
    first = batches(one)
    fake.post("vijf minuten te laat #voorbeeldbv", at=NOW - timedelta(minutes=5))
    fake.post("gewoon #voorbeeldbv", at=NOW + HOUR)
    fake.post("dezelfde seconde #voorbeeldbv", at=NOW + HOUR)
    second = batches(one, first[-1].next, now=NOW + timedelta(minutes=15))
    assert len(texts(first)) == 25
    assert {
        "vijf minuten te laat #voorbeeldbv",
        "gewoon #voorbeeldbv",
        "dezelfde seconde #voorbeeldbv",
    } <= set(texts(second))


def test_a_first_read_looks_back_a_week(fake: FakeMastodon, reader: Collector) -> None:
    fake.post("te oud #voorbeeldbv Voorbeeld BV", at=NOW - timedelta(days=8))
    fake.post("nog net #voorbeeldbv", at=NOW - timedelta(days=6))
    assert texts(batches(reader)) == ["nog net #voorbeeldbv"]


def test_an_unreadable_or_older_cursor_is_a_first_read_and_a_new_tag_begins_anew(
    fake: FakeMastodon, site: MastodonLoopback, tmp_path: Path
) -> None:
    fake.post("een #voorbeeldbv", at=NOW - HOUR)
    fake.post("twee #anders", at=NOW - HOUR)
    one = tag_reader(fake, site, tmp_path)
    for bad in ("", "{", "[]", '{"v":0}', '{"v":1}', '{"v":1,"walks":[{"key":4}]}', '{"v":1,"walks":[[]]}'):
        assert texts(batches(one, bad)) == ["een #voorbeeldbv"]  # type: ignore[arg-type]
    cursor = batches(one)[-1].next
    both = tag_reader(fake, site, tmp_path, tags=("voorbeeldbv", "anders"))
    assert "twee #anders" in texts(batches(both, cursor))


@pytest.mark.parametrize(
    "wish",
    [
        {"visibility": "unlisted"},
        {"account": {"indexable": False}},
        {"account": {"noindex": True}},
        {"account": {"note": "Fotograaf. #nobot"}},
        {"account": {"note": 'Fotograaf <a href="x">#<span>NoIndex</span></a>'}},
    ],
)
def test_who_asks_to_be_left_out_is_left_out(
    fake: FakeMastodon, site: MastodonLoopback, tmp_path: Path, wish: dict[str, Any]
) -> None:
    fake.post("over Voorbeeld BV #voorbeeldbv", at=NOW - HOUR, **wish)
    found = batches(tag_reader(fake, site, tmp_path))
    assert mentions(found) == []
    if "account" in wish:
        assert found[0].remarks == (
            "1 posts were left out: not public, or their author asks not to be indexed",
        )


def test_a_boost_is_nobody_s_own_words() -> None:
    own = {"id": "1", "visibility": "public", "account": {"id": "1"}, "reblog": None}
    assert may_be_kept(own)
    assert not may_be_kept(own | {"reblog": own})
    assert not may_be_kept({})


def test_markup_content_warnings_and_emoji_become_plain_text(fake: FakeMastodon, reader: Collector) -> None:
    fake.post(
        "3 < 4 & dus :blobcat:\ntweede regel #voorbeeldbv Voorbeeld BV",
        at=NOW - HOUR,
        spoiler="storing <bij> Voorbeeld BV",
    )
    mention = mentions(batches(reader))[0]
    assert mention.title == "storing <bij> Voorbeeld BV"
    assert mention.text == "3 < 4 & dus\ntweede regel #voorbeeldbv Voorbeeld BV"
    assert mention.lang == "nl"
    assert mention.kind is Kind.POST


def test_a_reply_has_the_text_it_answers_and_a_quote_what_it_quotes_for_one_request_a_page(
    fake: FakeMastodon, site: MastodonLoopback, tmp_path: Path
) -> None:
    first = fake.post("Wie heeft ook storing?", at=NOW - 3 * HOUR)
    other = fake.post("Zo gaat dat daar.", at=NOW - 3 * HOUR, author="Bartholomeus Vraag")
    fake.post("Ik, bij Voorbeeld BV #voorbeeldbv", at=NOW - 2 * HOUR, answers=first)
    fake.post("Precies #voorbeeldbv", at=NOW - HOUR, quotes=other)
    found = batches(tag_reader(fake, site, tmp_path))
    quote, reply = mentions(found)
    assert (reply.kind, reply.context, reply.parent_id) == (
        Kind.REPLY,
        "Wie heeft ook storing?",
        f"{site.address[7:]}:{first}",
    )
    assert (quote.kind, quote.context, quote.text) == (
        Kind.QUOTE,
        "Zo gaat dat daar.",
        "Precies #voorbeeldbv",
    )
    assert len(asked(site, "/api/v1/statuses")) == 1


def test_a_parent_whose_author_asks_to_be_left_out_is_no_context(
    fake: FakeMastodon, reader: Collector
) -> None:
    first = fake.post("Ik wil dit niet", at=NOW - 3 * HOUR, author="Stil", account={"indexable": False})
    fake.post("Toch wel, bij Voorbeeld BV", at=NOW - HOUR, answers=first)
    assert [m.context for m in mentions(batches(reader))] == [""]


def test_names_and_handles_stay_behind(fake: FakeMastodon, reader: Collector) -> None:
    author, parent = "Wieneke Planteman", "Bartholomeus Vraag"
    first = fake.post("Bartholomeus Vraag hier, @wienekeplanteman", at=NOW - 2 * HOUR, author=parent)
    fake.post(
        "Wieneke Planteman (@wienekeplanteman) aan bartholomeusvraag: Voorbeeld BV "
        "https://masto.example/@wienekeplanteman/12",
        at=NOW - HOUR,
        author=author,
        answers=first,
        quotes=first,
        spoiler="van Wieneke Planteman",
    )
    found = batches(reader)
    said = repr(found).casefold()
    assert len(mentions(found)) == 1
    assert [word for word in ("wieneke", "planteman", "bartholomeus", "vraag", "token") if word in said] == []


def test_an_edit_is_a_new_revision_of_the_same_mention(fake: FakeMastodon, reader: Collector) -> None:
    key = fake.post("Voorbeeld BV is duur", at=NOW - HOUR)
    (before,) = mentions(batches(reader))
    fake.edit(key, "Voorbeeld BV is te duur", at=NOW)
    (after,) = mentions(batches(reader))
    assert (after.id, after.text, after.edited_at) == (before.id, "Voorbeeld BV is te duur", NOW)
    assert after.revision != before.revision


@pytest.mark.parametrize("several", [True, False])
def test_a_recheck_tells_what_is_gone_hidden_edited_and_still_there(
    site: MastodonLoopback, fake: FakeMastodon, reader: Collector, *, several: bool
) -> None:
    fake._several = several
    keys = [fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR, author=f"Schrijver {n}") for n in range(4)]
    stored = mentions(batches(reader))
    fake.delete(keys[0])
    fake.change(keys[1], visibility="private")
    fake.edit(keys[2], "Voorbeeld BV, anders", at=NOW)
    told = reader.recheck(stored, Budget(), NOW, Event())
    host = site.address[7:]
    assert {(c.native_id, c.state) for c in told.changes} == {
        (f"{host}:{keys[0]}", State.DELETED),
        (f"{host}:{keys[1]}", State.DELETED),
    }
    assert told.standing == (f"{host}:{keys[3]}",)
    assert [m.text for m in told.edited] == ["Voorbeeld BV, anders"]
    assert told.spent.requests == (1 if several else 5)


def test_who_asks_to_be_left_out_later_is_removed(fake: FakeMastodon, reader: Collector) -> None:
    fake.post("Voorbeeld BV", at=NOW - HOUR)
    stored = mentions(batches(reader))
    fake.post("iets anders", at=NOW, account={"indexable": False})
    fake.change(stored[0].native_id.rpartition(":")[2], account=fake._accounts["Wieneke Planteman"])
    told = reader.recheck(stored, Budget(), NOW, Event())
    assert [change.state for change in told.changes] == [State.REMOVED]


def test_a_server_that_shows_nothing_at_once_erases_nothing_unasked(
    site: MastodonLoopback, fake: FakeMastodon, reader: Collector
) -> None:
    for number in range(3):
        fake.post(f"Voorbeeld BV {number}", at=NOW - HOUR)
    stored = mentions(batches(reader))
    site.next(Reply(body=b"[]", headers={"Content-Type": "application/json"}))
    told = reader.recheck(stored, Budget(), NOW, Event())
    assert (told.changes, len(told.standing)) == ((), 3)


def test_an_error_without_an_answer_erases_nothing(
    site: MastodonLoopback, fake: FakeMastodon, reader: Collector
) -> None:
    for number in range(3):
        fake.post(f"Voorbeeld BV {number}", at=NOW - HOUR)
    stored = mentions(batches(reader))
    round_and_round = Reply(status=302, headers={"Location": "/api/v1/statuses/1"})
    site.next(Reply(body=b"[]"), Reply(status=404), *[round_and_round] * 6)
    told = reader.recheck(stored, Budget(), NOW, Event())
    assert ([change.native_id for change in told.changes], told.standing) == ([stored[0].native_id], ())


def test_a_recheck_keeps_to_its_budget(fake: FakeMastodon, reader: Collector) -> None:
    for number in range(50):
        fake.post(f"Voorbeeld BV {number}", at=NOW - HOUR - timedelta(seconds=number))
    stored = mentions(batches(reader))
    told = reader.recheck(stored, Budget(requests=2), NOW, Event())
    assert (len(told.standing), told.spent.requests) == (40, 2)


LIMITED = Reply(
    status=429,
    body=b'{"error":"Too many requests"}',
    headers={
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": "2026-11-18T10:05:00.000000Z",
        "Date": "Wed, 18 Nov 2026 10:00:00 GMT",
    },
)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (LIMITED, RateLimitedError),
        (Reply(status=500), TransientError),
        (Reply(status=401, body=b'{"error":"The access token is invalid"}'), AuthError),
        (Reply(status=404, body=b"{}"), PermanentError),
        (Reply(body=b"<html>Wieneke Planteman</html>"), TransientError),
        (Reply(body=b'{"error":"maintenance"}'), TransientError),
        (Trouble.RESET, TransientError),
        (Trouble.CUT, TransientError),
        (Trouble.GARBAGE, TransientError),
    ],
)
def test_trouble_is_one_request_and_one_of_the_five_errors(
    site: MastodonLoopback, reader: Collector, trouble: Reply | Trouble, error: type[CollectError]
) -> None:
    site.always(trouble)
    with pytest.raises(error) as caught:
        batches(reader)
    assert type(caught.value) is error
    assert site.requests == 1
    assert "Wieneke" not in caught.value.problem


@pytest.mark.parametrize(
    "status",
    [
        {"id": "1"},
        {"id": "1", "visibility": "public", "account": ["x"], "content": None, "quote": 3, "emojis": [1]},
        {"id": "1", "visibility": "public", "created_at": {}, "edited_at": [4], "account": {"note": 5}},
        {"id": True, "visibility": "public"},
        {"id": ["x"], "visibility": "public"},
    ],
)
def test_an_odd_status_raises_nothing_but_the_five_errors(
    site: MastodonLoopback, reader: Collector, status: dict[str, Any]
) -> None:
    site.next(Reply(body=json.dumps([status, 4, None]).encode()))
    with contextlib.suppress(CollectError):
        assert len(mentions(batches(reader))) <= 1


def test_the_reset_of_a_rate_limit_is_obeyed(site: MastodonLoopback, reader: Collector) -> None:
    site.always(LIMITED)
    with pytest.raises(RateLimitedError) as caught:
        batches(reader)
    until = caught.value.until
    assert until is not None
    # Loopback sends its own Date before the fake's: only the order of size is certain
    assert until > NOW


def test_the_last_request_of_a_window_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLANKBORD_DEMO_MASTODON_TOKEN", ENVIRONMENT["KLANKBORD_DEMO_MASTODON_TOKEN"])
    fake = FakeMastodon(limit=2)
    with MastodonLoopback(fake) as site:
        found = batches(collector_for(source(fake, site), workshop(tmp_path)))
        assert site.requests == 2
    assert found[-1].not_before is not None


def test_a_server_with_other_ids_is_refused_in_plain_words(site: MastodonLoopback, reader: Collector) -> None:
    site.next(Reply(body=b'[{"id":"01HZX","visibility":"public"}]'))
    with pytest.raises(PermanentError, match="no Mastodon"):
        batches(reader)


def test_a_stop_ends_a_poll_without_an_error(fake: FakeMastodon, reader: Collector) -> None:
    fake.post("Voorbeeld BV #voorbeeldbv", at=NOW - HOUR)
    stop = Event()
    running = reader.poll(None, Budget(), NOW, stop)
    next(running)
    stop.set()
    assert list(running) == []


def test_a_wrong_token_says_that_a_login_is_asked_for(
    fake: FakeMastodon, site: MastodonLoopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLANKBORD_DEMO_MASTODON_TOKEN", "another-token-4711")
    with pytest.raises(AuthError) as caught:
        batches(collector_for(source(fake, site), workshop(tmp_path)))
    assert "another-token" not in caught.value.problem
