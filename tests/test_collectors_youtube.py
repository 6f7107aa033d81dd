"""YouTube over loopback: videos, threads and replies, quota, edits, what is gone, and that the key stays in."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from builders import NOW
from collecting import batches, mentions, texts, workshop

from collectors import collector_for
from collectors.youtube_cursor import YouTubeCursor
from klankbord.demo.fakes.youtube import CHANNEL, ENVIRONMENT, YouTubeFake
from klankbord.demo.loopback import Asked, Loopback, Reply, Trouble
from klankbord.errors import AuthError, CollectError, PermanentError, RateLimitedError, TransientError
from klankbord.mention import Kind, State
from klankbord.ports import Budget, Collector
from klankbord.settings.models import SourcesFile

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KEY = ENVIRONMENT["KLANKBORD_DEMO_YOUTUBE_KEY"]
SCHEMA = Path(__file__).parent / "data/youtube/schema.json"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def fake() -> YouTubeFake:
    return YouTubeFake()


@pytest.fixture
def site(fake: YouTubeFake) -> Iterator[Loopback]:
    with Loopback(fake) as standing:
        yield standing


def reader(fake: YouTubeFake, site: Loopback, folder: Path, *keep: str, **given: Any) -> Collector:
    table = {"id": "tube", "timeout": 5.0} | fake.settings(site.address) | given
    return collector_for(SourcesFile.model_validate({"source": [table]}).source[0], workshop(folder, *keep))


def calls(site: Loopback) -> list[str]:
    return [asked.path.rpartition("/")[2] for asked in site.asked]


def test_a_video_and_the_comments_under_it_are_read(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    film = fake.film("Storing bij Voorbeeld BV", "Wat er <misging> & hoe.", at=NOW - 3 * HOUR)
    top = fake.comment(film, "Bij mij ook, 3 < 5 dagen.", at=NOW - 2 * HOUR)
    fake.comment(film, "Zelfde hier.", at=NOW - HOUR, parent=top, author="Joost Verzonnen")
    video, comment, reply = mentions(batches(reader(fake, site, tmp_path)))
    assert (video.kind, comment.kind, reply.kind) == (Kind.POST, Kind.COMMENT, Kind.REPLY)
    assert (video.title, comment.text, reply.text) == (
        "Storing bij Voorbeeld BV",
        "Bij mij ook, 3 < 5 dagen.",
        "Zelfde hier.",
    )
    assert (comment.context, reply.context) == (
        "Storing bij Voorbeeld BV",
        "Bij mij ook, 3 < 5 dagen.\nStoring bij Voorbeeld BV",
    )
    assert (comment.parent_id, reply.parent_id, reply.thread_id) == (film, top, film)
    assert comment.url == f"https://www.youtube.com/watch?v={film}&lc={top}"
    assert comment.published_at == NOW - 2 * HOUR


def test_nobody_who_writes_is_named_in_what_leaves(fake: YouTubeFake, site: Loopback, tmp_path: Path) -> None:
    fake.owner = "Geheime Kanaalhouder"
    film = fake.film("Geheime Kanaalhouder legt uit", "door Geheime Kanaalhouder", at=NOW - 3 * HOUR)
    top = fake.comment(film, "Wieneke Planteman zegt: storing", at=NOW - 2 * HOUR)
    fake.comment(
        film, "@wienekeplanteman wat zei Wieneke Planteman?", at=NOW - HOUR, parent=top, author="Jo Vrij"
    )
    said = repr(batches(reader(fake, site, tmp_path))).casefold()
    assert [name for name in ("planteman", "kanaalhouder", "jo vrij", "jovrij") if name in said] == []


def test_the_organisations_own_channel_may_be_named(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.owner = "Voorbeeld BV"
    fake.film("Voorbeeld BV legt uit", at=NOW - HOUR)
    assert [m.title for m in mentions(batches(reader(fake, site, tmp_path, "Voorbeeld BV")))] == [
        "Voorbeeld BV legt uit"
    ]


def test_no_word_is_ever_searched_for_and_the_key_is_in_no_address(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("Voorbeeld BV", at=NOW - HOUR)
    batches(reader(fake, site, tmp_path))
    assert calls(site) == ["videos.xml", "commentThreads"]
    assert {name for asked in site.asked for name in asked.query} == {
        *("channel_id", "part", "maxResults", "textFormat", "videoId", "order"),
    }
    assert [asked.headers.get("x-goog-api-key") for asked in site.asked] == [None, KEY]


def test_collecting_twice_gives_the_same_ids_and_revisions(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("A", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    first = batches(one)
    second = batches(one, first[-1].next)
    assert {(m.native_id, m.revision) for m in mentions(first)} == {
        (m.native_id, m.revision) for m in mentions(second)
    }


def test_a_late_a_backdated_a_same_second_and_a_future_comment_are_all_read(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("A", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    cursor = batches(one)[-1].next
    for text, at in (("laat", NOW - 3 * HOUR), ("zelfde", NOW - HOUR), ("later", NOW + 400 * DAY)):
        fake.post(text, at=at)
    found = batches(one, cursor)
    assert {"laat", "zelfde", "later"} <= set(texts(found))
    fake.post("daarna", at=NOW + HOUR)
    assert "daarna" in texts(batches(one, found[-1].next, NOW + 2 * HOUR))


def test_an_edited_comment_comes_as_a_new_revision(fake: YouTubeFake, site: Loopback, tmp_path: Path) -> None:
    key = fake.post("eerst", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    first = batches(one)
    fake.edit(key, "later", at=NOW - HOUR / 2)
    changed = mentions(batches(one, first[-1].next))[-1]
    assert (changed.native_id, changed.text, changed.edited_at) == (key, "later", NOW - HOUR / 2)
    assert changed.revision != mentions(first)[-1].revision


@pytest.mark.parametrize("killed_after", range(5))
def test_a_walk_killed_at_any_batch_loses_nothing(
    fake: YouTubeFake, site: Loopback, tmp_path: Path, killed_after: int
) -> None:
    fake.page = 3
    keys = {fake.post(f"reactie {n}", at=NOW - n * timedelta(minutes=1)) for n in range(1, 11)}
    one = reader(fake, site, tmp_path)
    kept = []
    for number, batch in enumerate(one.poll(None, Budget(), NOW, Event())):
        kept.append(batch)
        if number == killed_after:
            break
    kept += batches(one, kept[-1].next)
    assert keys <= {m.native_id for m in mentions(kept)}


def test_a_walk_that_the_budget_cuts_goes_on_and_then_marks_how_far_it_read(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.page = 2
    for n in range(1, 10):
        fake.post(f"reactie {n}", at=NOW - n * HOUR)
    one = reader(fake, site, tmp_path)
    first = batches(one, budget=Budget(requests=3))
    assert texts(first)[1:] == ["reactie 1", "reactie 2", "reactie 3", "reactie 4"]
    video = next(iter(YouTubeCursor.read(first[-1].next, [CHANNEL]).videos.values()))
    assert (video.high, bool(video.token)) == (None, True)
    second = batches(one, first[-1].next, budget=Budget(requests=8))
    assert texts(second)[1:6] == [f"reactie {n}" for n in range(5, 10)]
    video = next(iter(YouTubeCursor.read(second[-1].next, [CHANNEL]).videos.values()))
    assert (video.high, video.token) == (NOW - HOUR, "")


def test_a_page_token_that_is_no_longer_taken_begins_the_walk_anew(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.page = 2
    for n in range(1, 6):
        fake.post(f"reactie {n}", at=NOW - n * HOUR)
    one = reader(fake, site, tmp_path)
    cursor = batches(one, budget=Budget(requests=2))[-1].next
    stale = type(cursor)(cursor.replace("QURT2", "VERLOPEN"))
    assert set(texts(batches(one, stale))) >= {f"reactie {n}" for n in range(1, 6)}


def test_replies_that_do_not_come_along_are_fetched_once_and_again_when_there_are_more(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    top = fake.post("vraag", at=NOW - 2 * HOUR)
    film = fake.comments[top].video
    for n in range(8):
        fake.comment(film, f"antwoord {n}", at=NOW - HOUR, parent=top)
    one = reader(fake, site, tmp_path)
    first = batches(one)
    assert {f"antwoord {n}" for n in range(8)} <= set(texts(first))
    assert [m.context.split("\n")[0] for m in mentions(first) if m.text == "antwoord 7"] == ["vraag"]
    assert calls(site).count("comments") == 2
    second = batches(one, first[-1].next)
    assert calls(site).count("comments") == 2
    fake.comment(film, "antwoord 8", at=NOW, parent=top)
    assert "antwoord 8" in texts(batches(one, second[-1].next))


def test_a_page_of_many_replies_is_cut_into_batches_of_two_hundred(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    film = fake.film("Uitleg", at=NOW - 5 * HOUR)
    for n in range(90):
        top = fake.comment(film, f"vraag {n}", at=NOW - HOUR)
        for m in range(4):
            fake.comment(film, f"antwoord {n}.{m}", at=NOW - HOUR, parent=top)
    found = batches(reader(fake, site, tmp_path))
    assert [len(batch.mentions) for batch in found] == [1, 200, 200, 50]
    assert found[1].next == found[2].next != found[3].next


def test_switched_off_comments_are_a_remark_and_left_alone_for_a_day(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    film = fake.film("Stil", at=NOW - HOUR)
    fake.disabled.add(film)
    one = reader(fake, site, tmp_path)
    found = batches(one)
    assert found[-1].remarks == (f"video {film}: its comments are switched off",)
    batches(one, found[-1].next, NOW + HOUR)
    assert calls(site).count("commentThreads") == 1
    batches(one, found[-1].next, NOW + 25 * HOUR)
    assert calls(site).count("commentThreads") == 2


def test_a_video_that_is_gone_is_told_and_no_longer_asked_for(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    film = fake.film("Weg", at=NOW - HOUR)
    fake.film("Ouder", at=NOW - 2 * HOUR)
    one = reader(fake, site, tmp_path)
    cursor = batches(one)[-1].next
    fake.delete(film)
    found = batches(one, cursor)
    assert found[0].vanished == (film,)
    assert film not in YouTubeCursor.read(found[-1].next, [CHANNEL]).videos


def test_a_video_whose_comments_answer_that_it_is_gone_is_deleted(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    film = fake.film("Weg", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    found = batches(one)
    gone = {"error": {"errors": [{"reason": "videoNotFound", "domain": "youtube.commentThread"}]}}
    feed = fake.answer(
        Asked(method="GET", path="/feeds/videos.xml", query={"channel_id": CHANNEL}, headers={})
    )
    site.next(feed, Reply(status=404, body=json.dumps(gone).encode()))
    last = batches(one, found[-1].next)[-1]
    assert [(c.native_id, c.state) for c in last.changes] == [(film, State.DELETED)]


def test_a_used_up_quota_waits_until_midnight_in_california(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("A", at=NOW - HOUR)
    fake.quota = 0
    with pytest.raises(RateLimitedError) as told:
        batches(reader(fake, site, tmp_path))
    assert told.value.until == datetime(2026, 11, 19, 8, 0, tzinfo=NOW.tzinfo)


@pytest.mark.parametrize("reason", ["keyInvalid", "accessNotConfigured", "API_KEY_SERVICE_BLOCKED"])
def test_a_key_that_is_not_taken_is_an_auth_error_without_the_key(
    fake: YouTubeFake, site: Loopback, tmp_path: Path, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.post("A", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    body = {"error": {"message": f"bad {KEY}", "errors": [{"reason": reason, "message": KEY}]}}
    feed = fake.answer(
        Asked(method="GET", path="/feeds/videos.xml", query={"channel_id": CHANNEL}, headers={})
    )
    site.next(feed, Reply(status=403, body=json.dumps(body).encode()))
    with pytest.raises(AuthError) as told:
        batches(one)
    assert str(told.value) == f"YouTube does not take the key: {reason}"


def test_a_missing_key_is_told_by_its_place(
    fake: YouTubeFake, site: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KLANKBORD_DEMO_YOUTUBE_KEY")
    with pytest.raises(AuthError, match="KLANKBORD_DEMO_YOUTUBE_KEY"):
        batches(reader(fake, site, tmp_path))


@pytest.mark.parametrize(
    ("trouble", "wanted"),
    [
        (Reply(status=429, headers={"Retry-After": "60"}), RateLimitedError),
        (Reply(status=500), TransientError),
        (Reply(status=503), TransientError),
        (Reply(status=200, body=b"[]"), TransientError),
        (Trouble.RESET, TransientError),
        (Trouble.GARBAGE, TransientError),
        (Trouble.CUT, TransientError),
    ],
)
def test_endless_trouble_costs_two_requests(
    fake: YouTubeFake, site: Loopback, tmp_path: Path, trouble: Reply | Trouble, wanted: type[CollectError]
) -> None:
    fake.post("A", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    cursor = batches(one)[-1].next
    site.always(trouble)
    before = site.requests
    with pytest.raises(wanted) as told:
        batches(one, cursor)
    # a connection that was kept and is then reset is no trouble: the fetcher asks once more on a new one
    assert site.requests - before <= (3 if trouble is Trouble.RESET else 2)
    assert KEY not in str(told.value)


def test_a_feed_in_trouble_does_not_hold_up_the_comments(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("A", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    cursor = batches(one)[-1].next
    fake.post("B", at=NOW)
    site.next(Reply(status=500))
    with pytest.raises(TransientError):
        batches(one, cursor)
    assert site.asked[-1].path == "/youtube/v3/commentThreads"


def test_a_channel_that_is_gone_does_not_hold_up_the_others(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("A", at=NOW - HOUR)
    other = "UC" + "x" * 22
    found = batches(reader(fake, site, tmp_path, channels=[other, CHANNEL]))
    assert "A" in texts(found)
    assert found[0].remarks == (f"channel {other}: the server answered 404: nothing is there",)
    with pytest.raises(PermanentError):
        batches(reader(fake, site, tmp_path, channels=[other]))


def test_stop_ends_a_hanging_read_without_an_error(fake: YouTubeFake, site: Loopback, tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    site.always(Trouble.HANG)
    assert list(reader(fake, site, tmp_path).poll(None, Budget(), NOW, stop)) == []


@pytest.mark.parametrize("cursor", ["", "{", "null", '{"v":2}', '{"v":1,"videos":{"a":{}}}', "[" * 100_000])
def test_a_cursor_that_cannot_be_read_is_a_first_read(
    fake: YouTubeFake, site: Loopback, tmp_path: Path, cursor: Any
) -> None:
    fake.post("A", at=NOW - HOUR)
    assert "A" in texts(batches(reader(fake, site, tmp_path), cursor))


def test_more_videos_than_a_feed_shows_is_a_gap(fake: YouTubeFake, site: Loopback, tmp_path: Path) -> None:
    fake.film("eerst", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    cursor = batches(one)[-1].next
    for n in range(15):
        fake.film(f"film {n}", at=NOW + (n + 1) * HOUR)
    gap = batches(one, cursor, NOW + DAY)[0].gap
    assert gap
    assert (gap.from_at, gap.to_at) == (NOW, NOW + HOUR)


def test_without_comments_only_the_feed_is_read(fake: YouTubeFake, site: Loopback, tmp_path: Path) -> None:
    fake.post("A", at=NOW - HOUR)
    batches(reader(fake, site, tmp_path, comments=False))
    assert calls(site) == ["videos.xml"]


def test_a_recheck_asks_fifty_at_once_and_tells_what_stands_changed_and_went(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    keys = [fake.post(f"reactie {n}", at=NOW - HOUR) for n in range(60)]
    one = reader(fake, site, tmp_path)
    stored = mentions(batches(one))
    fake.delete(keys[0])
    fake.edit(keys[1], "anders", at=NOW)
    before = site.requests
    found = one.recheck(stored, Budget(), NOW, Event())
    assert site.requests - before == 3
    assert [(c.native_id, c.state) for c in found.changes] == [(keys[0], State.DELETED)]
    assert [(m.native_id, m.text, m.context) for m in found.edited] == [
        (keys[1], "anders", stored[1].context)
    ]
    assert set(found.standing) == {m.native_id for m in stored} - {keys[0]}
    assert found.spent.requests == 3


def test_a_recheck_of_a_refusing_service_deletes_nothing(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("A", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    stored = mentions(batches(one))
    site.always(Reply(status=200, body=b'{"kind":"x"}'))
    with pytest.raises(TransientError):
        one.recheck(stored, Budget(), NOW, Event())


def test_odd_comments_are_counted_and_do_not_hold_up_the_others(
    fake: YouTubeFake, site: Loopback, tmp_path: Path
) -> None:
    key = fake.post("A", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    film = fake.comments[key].video
    asked = Asked(
        method="GET",
        path="/youtube/v3/commentThreads",
        query={"videoId": film, "part": "snippet"},
        headers={"x-goog-api-key": KEY},
    )
    page = json.loads(fake.answer(asked).body)
    page["items"] += [{}, {"snippet": {"topLevelComment": None}}, "tekst"]
    feed = fake.answer(
        Asked(method="GET", path="/feeds/videos.xml", query={"channel_id": CHANNEL}, headers={})
    )
    site.next(feed, Reply(body=json.dumps(page).encode()))
    found = batches(one)
    assert "A" in texts(found)
    assert found[-1].remarks == (f"video {film}: 2 comments could not be read",)


def paths(value: Any, at: str = "") -> set[str]:
    if isinstance(value, dict):
        return {path for key, inner in value.items() for path in paths(inner, f"{at}.{key}")}
    if isinstance(value, list):
        return {path for inner in value for path in paths(inner, f"{at}[]")}
    return {at}


def test_the_fake_says_nothing_that_the_published_schema_does_not_have(fake: YouTubeFake) -> None:
    top = fake.post("A", at=NOW)
    fake.comment(fake.comments[top].video, "B", at=NOW, parent=top)
    fake.comment(fake.comments[top].video, "C", at=NOW)
    fake.page = 1
    schema = json.loads(SCHEMA.read_text("utf-8"))
    for call, query in (
        ("commentThreads", {"videoId": fake.comments[top].video}),
        ("comments", {"id": top}),
        ("videos", {"id": fake.comments[top].video}),
    ):
        asked = Asked(
            method="GET",
            path=f"/youtube/v3/{call}",
            query=query | {"part": "snippet"},
            headers={"x-goog-api-key": KEY},
        )
        assert paths(json.loads(fake.answer(asked).body)) - set(schema[call]) == set()
