"""Bluesky: what the stream no longer holds is searched for or told, and no trouble costs more than it must."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import SEARCHES, batches, mentions, texts
from listening import HOUR, Room, last, place, raised, standing

from collectors.bluesky_place import OVERLAP
from klankbord.demo.fakes.bluesky import ENVIRONMENT, FakeBluesky, handle_of
from klankbord.demo.fakes.jetstream import JetstreamStand
from klankbord.demo.loopback import Reply, Trouble
from klankbord.errors import (
    AuthError,
    CollectError,
    ForbiddenError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from klankbord.ports import Batch, Budget, Cursor

AUTHOR = "Wieneke Planteman"


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    with standing(tmp_path, monkeypatch) as made:
        yield made


# What the stream no longer holds


def missed(room: Room, posts: int = 1) -> Cursor:
    """A place that the stream no longer holds, with posts after it."""
    room.fake.post("Voorbeeld BV was hier", at=NOW - 50 * HOUR)
    cursor = last(batches(room.collector(), now=NOW - 49 * HOUR))
    for number in range(posts):
        room.fake.post(f"Gemist {number}: Voorbeeld BV", at=NOW - 40 * HOUR + timedelta(seconds=number))
    room.fake.post("Voorbeeld BV is er weer", at=NOW - HOUR)
    room.fake.forget_before(NOW - 36 * HOUR)
    room.stand.asked.clear()
    room.stand.requests = 0
    return cursor


def test_a_place_too_old_is_a_gap_with_both_its_ends(room: Room) -> None:
    cursor = missed(room)
    found = batches(room.anonymous(), cursor)
    (gap,) = [batch.gap for batch in found if batch.gap]
    assert (gap.from_at, gap.to_at) == (NOW - 50 * HOUR, NOW - HOUR)
    assert (texts(found), room.stand.requests) == (["Voorbeeld BV is er weer"], 2)
    assert [batch.gap for batch in batches(room.anonymous(), last(found))] == [None]


def test_a_first_read_beyond_the_window_is_no_gap(room: Room) -> None:
    missed(room)
    found = batches(room.anonymous())
    assert (texts(found), [batch.gap for batch in found]) == (["Voorbeeld BV is er weer"], [None])


def test_with_an_account_a_gap_is_searched_for(room: Room) -> None:
    cursor = missed(room)
    found = batches(room.collector(), cursor)
    assert sorted(texts(found)) == [
        "Gemist 0: Voorbeeld BV",
        "Voorbeeld BV is er weer",
        "Voorbeeld BV was hier",
    ]
    assert [batch.gap for batch in found if batch.gap] == []
    assert "search found 2 posts" in found[-1].remarks[0]
    assert place(last(found))["fill"] is None
    for name in (AUTHOR, "did:plc", handle_of(AUTHOR), "at://"):
        assert name not in repr(found)


def test_a_found_post_is_the_same_as_the_streamed_one(room: Room) -> None:
    before = mentions(batches(room.collector()))
    cursor = missed(room)
    streamed = mentions(batches(room.collector(), now=NOW - 49 * HOUR))
    found = mentions(batches(room.collector(), cursor))
    assert before == []
    ids = {m.id: m.revision for m in found}
    assert all(ids.get(m.id, m.revision) == m.revision for m in streamed)


def test_a_search_goes_on_where_the_budget_cut_it(room: Room) -> None:
    one, cursor = room.collector(), missed(room, posts=230)
    found, rounds = list[Batch](), 0
    while (place(cursor)["fill"] or not rounds) and rounds < 12:
        part = batches(one, cursor, budget=Budget(requests=5))
        assert sum(batch.spent.requests for batch in part) <= 5
        found, cursor, rounds = found + part, last(part), rounds + 1
    assert len({m.id for m in mentions(found)}) == 232
    assert (rounds > 1, room.fake.logins) == (True, 1)


def test_only_what_may_be_searched_for_is_sent(room: Room) -> None:
    cursor = missed(room)
    batches(room.collector(), cursor)
    asked = [one.query["q"] for one in room.stand.asked if "q" in one.query]
    assert (
        asked
        == ['"Voorbeeld BV"', "VoorbeeldPlus"]
        == [f'"{one.text}"' if one.phrase else one.text for one in SEARCHES]
    )
    stream = [one for one in room.stand.asked if one.path.endswith("subscribeEvents")]
    assert all("oorbeeld" not in repr(one) for one in stream)


def test_a_login_is_used_again_and_made_anew_when_it_is_refused(room: Room) -> None:
    cursor = missed(room)
    batches(room.collector(), cursor)
    batches(room.collector(), cursor)
    assert room.fake.logins == 1
    room.fake.tokens.clear()
    found = batches(room.collector(), cursor)
    assert (room.fake.logins, len(mentions(found))) == (2, 3)


def test_the_login_that_stands_for_the_password_leaves_in_no_text(room: Room) -> None:
    one, cursor = room.collector(), missed(room)
    batches(one, cursor)
    (token,) = room.fake.tokens
    assert token not in room.workshop.secrets.masked(f"Bearer {token}")


def test_a_wrong_password_ends_the_search_and_tells_the_gap_but_not_the_stream(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = missed(room)
    monkeypatch.setenv(next(iter(ENVIRONMENT)), "another-password")
    found = batches(room.collector(), cursor)
    (gap,) = [batch.gap for batch in found if batch.gap]
    assert (gap.from_at, gap.to_at) == (NOW - 50 * HOUR, NOW - HOUR)
    assert "401" in gap.reason
    assert texts(found) == ["Voorbeeld BV is er weer"]
    assert "another-password" not in repr(found)


def test_a_search_that_is_limited_waits_and_the_stream_goes_on(room: Room) -> None:
    cursor = missed(room)
    room.stand.search.always(Reply(status=429, headers={"Retry-After": "600"}))
    found = batches(room.collector(), cursor)
    assert (texts(found), room.stand.search.requests) == (["Voorbeeld BV is er weer"], 1)
    assert "429" in found[-1].remarks[0]
    again = batches(room.collector(), last(found))
    assert room.stand.search.requests == 1
    room.stand.search.well()
    later = batches(room.collector(), last(again), NOW + timedelta(minutes=11))
    assert "Gemist 0: Voorbeeld BV" in texts(later)


def test_a_search_that_keeps_failing_ends_as_a_gap(room: Room) -> None:
    cursor = missed(room)
    room.stand.search.always(Reply(status=500))
    found = batches(room.collector(), cursor)
    assert [batch.gap for batch in found if batch.gap] == []
    later = batches(room.collector(), last(found), NOW + timedelta(hours=25))
    (gap,) = [batch.gap for batch in later if batch.gap]
    assert gap.from_at == NOW - 50 * HOUR


def test_another_archive_is_read_by_time(room: Room) -> None:
    for number in range(3):
        room.fake.post(f"Voorbeeld BV {number}", at=NOW - 2 * HOUR)
    cursor = last(batches(room.collector()))
    beyond = Cursor(json.dumps(place(cursor) | {"seq": 10 * OVERLAP}))
    room.fake.post("Voorbeeld BV elders", at=NOW - HOUR)
    found = batches(room.collector(), beyond)
    assert "Voorbeeld BV elders" in texts(found)
    assert (place(last(found))["seq"], [batch.gap for batch in found]) == (4, [None])


def test_another_server_in_the_settings_is_read_by_time(room: Room) -> None:
    room.fake.post("Voorbeeld BV hier", at=NOW - 2 * HOUR)
    cursor = last(batches(room.collector()))
    moved = Cursor(json.dumps(place(cursor) | {"stream": "another", "seq": 900_000}))
    room.fake.post("Voorbeeld BV daar", at=NOW - HOUR)
    found = batches(room.collector(), moved)
    assert texts(found)[-1] == "Voorbeeld BV daar"
    assert place(last(found))["seq"] == 2


# Troubles


def test_an_event_that_cannot_be_read_is_passed_and_told(room: Room) -> None:
    room.fake.post("Voorbeeld BV een", at=NOW - HOUR)
    broken = dict(room.fake.events[0]) | {"seq": 2}
    del broken["did"]
    room.fake.events += [
        broken,
        broken | {"seq": "x", "did": 1},
    ]
    for odd in ({}, {"text": 5}, {"text": "Voorbeeld BV", "reply": 7, "langs": {}, "createdAt": []}):
        event = dict(room.fake.events[0]) | {
            "seq": len(room.fake.events) + 1,
            "record": odd,
            "rkey": f"k{odd}",
        }
        room.fake.events.append(event)
    room.fake.post("Voorbeeld BV twee", at=NOW - HOUR)
    found = batches(room.collector())
    assert texts(found) == ["Voorbeeld BV een", "Voorbeeld BV", "Voorbeeld BV twee"]
    assert "2 frames of the stream could not be read" in found[-1].remarks


def test_a_reader_dropped_as_too_slow_goes_on_where_it_was(room: Room) -> None:
    for number in range(6):
        room.fake.post(f"Voorbeeld BV {number}", at=NOW - HOUR)
    room.fake.too_slow_after = 4
    one = room.collector()
    first = batches(one)
    assert (len(mentions(first)), place(last(first))["seq"]) == (4, 4)
    assert "ConsumerTooSlow" in first[-1].remarks[0]
    assert texts(batches(one, last(first))) == [f"Voorbeeld BV {number}" for number in (3, 4, 5)]
    # no further than before is no quiet success
    room.fake.too_slow_after = 1
    assert isinstance(raised(lambda: batches(one, last(first))), TransientError)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Reply(status=429), RateLimitedError),
        (Reply(status=401), AuthError),
        (Reply(status=403), ForbiddenError),
        (Reply(status=404), PermanentError),
        (Reply(status=400, body=b'{"error":"InvalidRequest"}'), PermanentError),
        (Reply(status=500), TransientError),
        (Reply(status=200, body=b"<html>"), TransientError),
        (Trouble.RESET, TransientError),
        (Trouble.CUT, TransientError),
        (Trouble.GARBAGE, TransientError),
    ],
)
def test_endless_trouble_costs_one_request(
    room: Room, trouble: Reply | Trouble, error: type[CollectError]
) -> None:
    room.fake.post("Voorbeeld BV", at=NOW - HOUR)
    one = room.collector()
    cursor = last(batches(one))
    room.stand.requests = 0
    room.stand.always(trouble)
    assert type(raised(lambda: batches(one, cursor))) is error
    assert room.stand.requests == 1
    room.stand.well()
    assert texts(batches(one, cursor)) == ["Voorbeeld BV"]


def test_a_limit_says_until_when(room: Room) -> None:
    room.stand.always(Reply(status=429, headers={"Retry-After": "90"}))
    assert raised(lambda: batches(room.collector())).until == NOW + timedelta(seconds=90)


def test_a_server_that_takes_no_place_at_all_is_asked_three_times(room: Room) -> None:
    room.fake.post("Voorbeeld BV", at=NOW - HOUR)
    cursor = last(batches(room.collector()))
    room.stand.requests = 0
    room.stand.always(Reply(status=400, body=b'{"error":"CursorTooOld"}'))
    assert isinstance(raised(lambda: batches(room.collector(), cursor)), TransientError)
    assert room.stand.requests == 3


def test_a_server_that_says_nothing_is_left_in_time(room: Room) -> None:
    room.stand.always(Trouble.HANG)
    began = time.monotonic()
    assert "in time" in raised(lambda: batches(room.collector(timeout=0.3))).problem
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("trouble", [Trouble.HANG, None])
def test_a_stop_is_obeyed(room: Room, trouble: Trouble | None) -> None:
    stop, one = Event(), room.collector(quiet=10.0)
    if trouble:
        room.stand.always(trouble)
    threading.Timer(0.2, stop.set).start()
    began = time.monotonic()
    assert list(one.poll(None, Budget(), NOW, stop)) == []
    assert time.monotonic() - began < 2


def test_a_private_address_is_refused_before_anything_is_sent(room: Room) -> None:
    assert isinstance(raised(lambda: batches(room.collector(allow_addresses=[]))), ForbiddenError)
    assert room.stand.requests == 0


def test_no_redirect_is_followed(room: Room) -> None:
    with JetstreamStand(FakeBluesky()) as other:
        room.stand.always(Reply(status=302, headers={"Location": other.address + "/xrpc"}))
        assert isinstance(raised(lambda: batches(room.collector())), CollectError)
        assert other.requests == 0


def test_proxies_of_the_environment_are_not_used(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "WS_PROXY", "ws_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    cursor = missed(room)
    assert len(mentions(batches(room.collector(), cursor))) == 3


def test_a_stream_with_nothing_new_still_brings_what_we_had(room: Room) -> None:
    room.fake.post("Voorbeeld BV", at=NOW - HOUR)
    one = room.collector()
    cursor = last(batches(one))
    room.fake.events[0]["$type"] = "network.bsky.jetstream.subscribeEvents#identity"
    # accepted and silent: blocked must not look like quiet
    assert "tells nothing" in raised(lambda: batches(one, cursor)).problem


def test_what_a_run_cost_is_told_once(room: Room) -> None:
    room.fake.post("Voorbeeld BV", at=NOW - HOUR)
    # the reader of sources counts computing time for every kind
    assert [(one.spent.requests, one.spent.parse_ms) for one in batches(room.collector())] == [(1, 0)]
    room.stand.always(Reply(status=500))
    assert raised(lambda: batches(room.collector())).requests == 1
