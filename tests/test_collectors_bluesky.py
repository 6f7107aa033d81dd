"""Bluesky: the stream is read in order, loses nothing, and nobody's id or handle leaves memory."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import SEARCHES, batches, mentions, texts
from listening import HOUR, Room, changed, last, place, standing

from collectors import bluesky_tally
from collectors.bluesky_place import Place
from klankbord.demo.fakes.bluesky import did_of, handle_of
from klankbord.mention import Kind, Precision, State
from klankbord.ports import Budget, Cursor, Search

AUTHOR = "Wieneke Planteman"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    with standing(tmp_path, monkeypatch) as made:
        yield made


# What is kept


def test_only_posts_that_name_what_is_searched_for_leave_the_stream(room: Room) -> None:
    room.fake.post("Storing bij Voorbeeld BV, alweer.", at=NOW - HOUR)
    room.fake.post("Mooi weer vandaag.", at=NOW - HOUR)
    room.fake.like(at=NOW - HOUR)
    room.fake.post("Wie heeft er voorbeéld-bv gebeld?", at=NOW - HOUR)
    found = batches(room.collector())
    assert texts(found) == ["Storing bij Voorbeeld BV, alweer.", "Wie heeft er voorbeéld-bv gebeld?"]
    assert "Mooi weer" not in repr(found)


def test_a_mention_says_what_the_post_said(room: Room) -> None:
    room.fake.post("VoorbeeldPlus werkt niet", at=NOW - HOUR)
    (one,) = mentions(batches(room.collector()))
    assert (one.platform, one.kind, one.lang, one.url, one.context) == ("bluesky", Kind.POST, "nl", "", "")
    assert (one.published_at, one.published_precision) == (NOW - HOUR, Precision.EXACT)
    assert one.revision.startswith("bafyrei")
    assert one.author == room.workshop.pseudonyms.of("bluesky", did_of(AUTHOR), NOW)


def test_the_title_of_a_linked_page_is_context(room: Room) -> None:
    card = {"external": {"uri": "https://krant.example/1", "title": "Voorbeeld BV verhoogt tarieven"}}
    room.fake.post("Schandalig.", at=NOW - HOUR, embed={"$type": "app.bsky.embed.external", **card})
    (one,) = mentions(batches(room.collector()))
    assert (one.text, one.context) == ("Schandalig.", "Voorbeeld BV verhoogt tarieven")


def test_nobodys_id_or_handle_is_in_what_leaves(room: Room) -> None:
    other = "Klaas de Waard"
    parent = f"at://{did_of(other)}/app.bsky.feed.post/3l3qo2vuowo2b"
    ref = {"uri": parent, "cid": "bafyreib"}
    said = (
        f"@{handle_of(other)} Voorbeeld BV, zie https://bsky.app/profile/{did_of(other)}/post/1 of "
        f"bsky.app/profile/{handle_of(other)} en {did_of(AUTHOR)}; mail info@voorbeeld.example, @klaas.example"
    )
    room.fake.post(said, at=NOW - HOUR, reply={"root": ref, "parent": ref})
    room.fake.post(
        "Voorbeeld BV!",
        at=NOW - HOUR,
        embed={"$type": "app.bsky.embed.record", "record": {**ref, "title": handle_of(other)}},
    )
    room.fake.account(other, "deleted")
    found = batches(room.collector())
    reply, quote = mentions(found)
    assert (reply.kind, quote.kind) == (Kind.REPLY, Kind.QUOTE)
    assert reply.parent_id == reply.thread_id == room.workshop.pseudonyms.native_id("bluesky", parent)
    for name in ("did:plc", "at://", "planteman", "waard", "klaas", "bsky.social", other, AUTHOR):
        assert name.casefold() not in repr(found).casefold(), name
    assert "[e-mail]" in reply.text


def test_the_organisations_own_account_is_not_masked(room: Room) -> None:
    room.fake.post("@voorbeeldbv.bsky.social Voorbeeld BV waarom?", at=NOW - HOUR)
    assert "voorbeeldbv.bsky.social" in texts(batches(room.collector()))[0].replace("[handle]", "voorbeeldbv")


def test_late_backdated_and_future_dated_posts_neither_get_lost_nor_block(room: Room) -> None:
    one = room.collector()
    room.fake.post("Voorbeeld BV nu", at=NOW)
    first = batches(one)
    room.fake.post("Voorbeeld BV vroeger", at=NOW - timedelta(days=400))
    room.fake.post("Voorbeeld BV straks", at=NOW + timedelta(days=400))
    room.fake.post("Voorbeeld BV gewoon", at=NOW)
    found = {m.text: m for m in mentions(batches(one, last(first)))}
    assert set(found) == {
        "Voorbeeld BV nu",
        "Voorbeeld BV vroeger",
        "Voorbeeld BV straks",
        "Voorbeeld BV gewoon",
    }
    assert found["Voorbeeld BV straks"].published_precision is Precision.CLAMPED
    assert found["Voorbeeld BV vroeger"].published_at == NOW - timedelta(days=400)
    assert batches(one, last(batches(one, last(first))))


def test_with_nothing_to_search_for_nothing_is_asked(room: Room) -> None:
    room.workshop = replace(room.workshop, searches=lambda _: ())
    (only,) = batches(room.collector(), Cursor("kept"))
    assert (only.next, only.mentions, room.stand.requests) == ("kept", (), 0)
    assert "nothing may be searched for" in only.remarks[0]


# Order, batches and places


def test_collecting_twice_gives_the_same_ids_and_revisions(room: Room) -> None:
    for number in range(5):
        room.fake.post(f"Voorbeeld BV {number}", at=NOW - HOUR)
    one = room.collector()
    first, again = batches(one), batches(one)
    assert [(m.id, m.revision) for m in mentions(first)] == [(m.id, m.revision) for m in mentions(again)]
    after = batches(one, last(first))
    assert {m.id for m in mentions(after)} <= {m.id for m in mentions(first)}
    assert place(last(after))["seq"] == place(last(first))["seq"] == 5


def test_a_kill_after_any_batch_loses_nothing(room: Room) -> None:
    for number in range(450):
        room.fake.post(f"Voorbeeld BV {number}", at=NOW - HOUR)
    one, cursor, seen, sizes = room.collector(), None, set[str](), []
    for _ in range(10):
        poll = one.poll(cursor, Budget(), NOW, Event())
        batch = next(poll)
        del poll
        seen |= {m.native_id for m in batch.mentions}
        sizes.append(len(batch.mentions))
        cursor = batch.next
        if place(cursor)["seq"] == 450:
            break
    assert (len(seen), max(sizes)) == (450, 200)


def test_what_could_not_be_stored_comes_again(room: Room) -> None:
    room.fake.post("Voorbeeld BV staat stil", at=NOW - HOUR)
    one = room.collector()
    poll = one.poll(None, Budget(), NOW, Event())
    assert len(next(poll).mentions) == 1
    del poll
    assert texts(batches(one)) == ["Voorbeeld BV staat stil"]


def test_batches_without_any_find_move_the_place(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluesky_tally, "_LOOKED_AT", 10)
    for number in range(25):
        room.fake.post(f"niets {number}", at=NOW - HOUR)
    assert [place(batch.next)["seq"] for batch in batches(room.collector())] == [10, 20, 25]


def test_a_store_that_takes_its_time_is_not_a_quiet_stream(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bluesky_tally, "_LOOKED_AT", 100)
    for number in range(450):
        room.fake.post(f"niets {number}", at=NOW - HOUR)
    seqs = []
    for batch in room.collector(quiet=0.1).poll(None, Budget(), NOW, Event()):
        seqs.append(place(batch.next)["seq"])
        time.sleep(0.25 if len(seqs) == 1 else 0)
    assert seqs == [100, 200, 300, 400, 450]


def test_the_bytes_of_a_run_are_kept_to(room: Room) -> None:
    for number in range(200):
        room.fake.post(f"Voorbeeld BV {number}", at=NOW - HOUR)
    one = room.collector()
    found = batches(one, budget=Budget(bytes=20_000))
    assert 20_000 <= sum(batch.spent.bytes for batch in found) < 25_000
    assert 0 < len(mentions(found)) < 200
    rest = batches(one, last(found))
    assert len({m.id for m in mentions([*found, *rest])}) == 200
    assert batches(one, budget=Budget(requests=0)) == batches(one, last(found), budget=Budget(bytes=0)) == []


def test_a_cursor_that_makes_no_sense_counts_as_none(room: Room) -> None:
    room.fake.post("Voorbeeld BV hapert", at=NOW - HOUR)
    one = room.collector()
    known = place(last(batches(one)))
    assert known["seq"] == 1
    assert texts(batches(one, Cursor("garbage"))) == ["Voorbeeld BV hapert"]
    stream = str(room.fake.settings(room.stand.address)["stream"])
    assert Place.read(Cursor(json.dumps(known)), stream, SEARCHES, NOW).seq == 1
    fresh = Place.read(None, stream, SEARCHES, NOW)
    wrong = [json.dumps(known | {name: {"a": 1}}) for name in known]
    for odd in ("", "{", "[]", "{}", "[[", '{"v":2}', json.dumps(known | {"seq": -1}), *wrong):
        assert Place.read(Cursor(odd), stream, SEARCHES, NOW) == fresh, odd


def test_other_words_are_looked_for_in_what_was_passed_over(room: Room) -> None:
    room.fake.post("Nieuwnaam is de nieuwe naam", at=NOW - HOUR)
    cursor = last(batches(room.collector()))
    room.workshop = replace(room.workshop, searches=lambda _: (Search(query_id="q", text="Nieuwnaam"),))
    assert texts(batches(room.collector(), cursor)) == ["Nieuwnaam is de nieuwe naam"]


def test_the_first_read_goes_back_no_further_than_told(room: Room) -> None:
    room.fake.post("Voorbeeld BV toen", at=NOW - 3 * HOUR)
    room.fake.post("Voorbeeld BV laatst", at=NOW - HOUR / 2)
    found = batches(room.collector(look_back="1h"))
    assert (texts(found), found[-1].gap) == (["Voorbeeld BV laatst"], None)


# Edits, deletions, accounts


def test_an_edit_is_a_new_revision_of_the_same_post(room: Room) -> None:
    key = room.fake.post("Voorbeeld BV is stuk", at=NOW - HOUR)
    one = room.collector()
    before = batches(one)
    room.fake.edit(key, "Voorbeeld BV is gemaakt", at=NOW)
    (was,), (now,) = mentions(before), mentions(batches(one, last(before)))
    assert (now.id, now.text, now.edited_at) == (was.id, "Voorbeeld BV is gemaakt", NOW)
    assert now.revision != was.revision


def test_a_post_edited_so_that_it_names_nothing_of_ours_goes(room: Room) -> None:
    key = room.fake.post("Voorbeeld BV is stuk", at=NOW - HOUR)
    one = room.collector()
    before = batches(one)
    room.fake.edit(key, "Laat maar", at=NOW)
    after = batches(one, last(before))
    assert (mentions(after), changed(after)) == ([], [mentions(before)[0].native_id])


def test_a_deletion_takes_the_post_away_and_it_does_not_come_back(room: Room) -> None:
    key = room.fake.post("Voorbeeld BV lekt", at=NOW - HOUR)
    one = room.collector()
    before = batches(one)
    room.fake.delete(key)
    after = batches(one, last(before))
    assert changed(after) == [mentions(before)[0].native_id]
    assert after[-1].changes[0].state is State.DELETED
    # also for who reads both at once
    assert (mentions(after), mentions(batches(one))) == ([], [])


@pytest.mark.parametrize("status", ["deleted", "takendown", "suspended", "deactivated"])
def test_all_of_an_account_that_is_gone_goes(room: Room, status: str) -> None:
    room.fake.post("Voorbeeld BV klopt niet", at=NOW - HOUR)
    one = room.collector()
    before = batches(one)
    room.fake.account(AUTHOR, status, at=NOW)
    gone = batches(one, last(before))[-1].authors_gone
    assert mentions(before)[0].author in gone
    assert gone == room.workshop.pseudonyms.all_of("bluesky", did_of(AUTHOR), NOW)


@pytest.mark.parametrize("status", ["active", "desynchronized", "throttled"])
def test_troubles_between_servers_take_nobody_away(room: Room, status: str) -> None:
    room.fake.account(AUTHOR, status, at=NOW)
    room.fake.renamed(AUTHOR, at=NOW)
    assert all(not batch.authors_gone for batch in batches(room.collector()))


def test_a_stored_post_cannot_be_asked_for(room: Room) -> None:
    one = room.collector()
    found = one.recheck([], Budget(), NOW, Event())
    assert (found.changes, found.standing, found.edited) == ((), (), ())


def test_where_we_are_never_goes_back_nor_ahead_of_our_clock() -> None:
    start = Place.read(None, "wss://a.example", SEARCHES, NOW)
    assert start.moved(7, "2031-01-01T00:00:00.000000Z", NOW).at == NOW
    assert start.moved(7, "2020-01-01T00:00:00.000000Z", NOW).at == NOW
    assert start.moved(7, "nonsense", NOW).seq == 7
    assert start.moved(7, "x", NOW).moved(3, "x", NOW).seq == 7
