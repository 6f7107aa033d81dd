"""Hacker News over loopback: walks by time, edits, what is deleted or dead, and what is sent."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from builders import NOW
from collecting import SEARCHES, batches, mentions, texts, workshop

from collectors import collector_for
from collectors.hackernews_cursor import HackerNewsCursor
from collectors.hackernews_posts import of_hit
from klankbord.demo.fakes.hackernews import HackerNewsFake
from klankbord.demo.loopback import Asked, Loopback, Reply, Trouble
from klankbord.errors import CollectError, PermanentError, RateLimitedError, TransientError
from klankbord.mention import Kind, State
from klankbord.ports import Batch, Budget, Collector, Search
from klankbord.settings.models import SourcesFile

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAME = "Voorbeeld BV"
ONE = (Search(query_id="organisation", text=NAME, phrase=True),)
SCHEMA = json.loads((Path(__file__).parent / "data/hackernews/schema.json").read_text("utf-8"))


@pytest.fixture
def fake() -> HackerNewsFake:
    return HackerNewsFake()


@pytest.fixture
def site(fake: HackerNewsFake) -> Iterator[Loopback]:
    with Loopback(fake) as standing:
        yield standing


def reader(
    fake: HackerNewsFake, site: Loopback, folder: Path, searches: tuple[Search, ...] = ONE
) -> Collector:
    table = {"id": "hn", "timeout": 5.0} | fake.settings(site.address)
    source = SourcesFile.model_validate({"source": [table]}).source[0]
    return collector_for(source, replace(workshop(folder), searches=lambda _: searches))


def test_stories_comments_and_replies_are_read_with_the_storys_title_as_context(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    story = fake.story(f"{NAME} changes its app", "Why &\n\nhow?", at=NOW - 3 * HOUR)
    comment = fake.comment(story, "It was 3 < 5 days.", at=NOW - 2 * HOUR)
    fake.comment(comment, "Same here.", at=NOW - HOUR)
    reply, below, above = mentions(batches(reader(fake, site, tmp_path)))
    assert [m.kind for m in (above, below, reply)] == [Kind.POST, Kind.COMMENT, Kind.REPLY]
    assert (above.title, above.text) == (f"{NAME} changes its app", "Why &\nhow?")
    assert (below.text, below.context) == ("It was 3 < 5 days.", f"{NAME} changes its app")
    assert (reply.parent_id, reply.thread_id) == (comment, story)
    assert reply.url == f"https://news.ycombinator.com/item?id={reply.native_id}"
    assert reply.published_at == NOW - HOUR


def test_only_open_searches_are_sent_a_phrase_in_quotes(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    batches(reader(fake, site, tmp_path, SEARCHES))
    assert {asked.query["query"] for asked in site.asked} == {'"Voorbeeld BV"', "VoorbeeldPlus"}


def test_with_nothing_to_search_for_nothing_is_asked(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    (batch,) = batches(reader(fake, site, tmp_path, ()))
    assert batch.remarks == ("nothing may be searched for: no open query applies",)
    assert site.requests == 0


def test_the_author_is_named_nowhere(fake: HackerNewsFake, site: Loopback, tmp_path: Path) -> None:
    fake.story(f"{NAME}: by wieneke_planteman", "I, wieneke_planteman", at=NOW, author="wieneke_planteman")
    found = batches(reader(fake, site, tmp_path))
    assert len(mentions(found)) == 1
    assert "planteman" not in repr(found)


def test_collecting_twice_gives_the_same_ids_and_revisions(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAME, at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    first = batches(one)
    second = batches(one, first[-1].next)
    assert [(m.native_id, m.revision) for m in mentions(first)] == [
        (m.native_id, m.revision) for m in mentions(second)
    ]


def test_a_late_a_same_second_and_a_future_post_are_neither_lost_nor_in_the_way(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(f"{NAME} A", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    cursor = batches(one)[-1].next
    for text, at in (("laat", NOW - 3 * HOUR), ("zelfde", NOW - HOUR), ("ooit", NOW + 400 * DAY)):
        fake.post(f"{NAME} {text}", at=at)
    found = batches(one, cursor)
    assert {f"{NAME} {word}" for word in ("laat", "zelfde", "ooit")} <= set(texts(found))
    fake.post(f"{NAME} daarna", at=NOW + HOUR)
    assert f"{NAME} daarna" in texts(batches(one, found[-1].next, NOW + 2 * HOUR))


def test_an_edit_is_a_new_revision(fake: HackerNewsFake, site: Loopback, tmp_path: Path) -> None:
    key = fake.post(f"{NAME} eerst", at=NOW - HOUR)
    one = reader(fake, site, tmp_path)
    first = batches(one)
    fake.edit(key, f"{NAME} later", at=NOW)
    (changed,) = mentions(batches(one, first[-1].next))
    assert (changed.native_id, changed.text) == (key, f"{NAME} later")
    assert changed.revision != mentions(first)[0].revision


def many(fake: HackerNewsFake, count: int, a_second: int = 1) -> set[str]:
    return {
        fake.post(f"{NAME} {n}", at=NOW - (1 + n // a_second) * timedelta(seconds=1)) for n in range(count)
    }


def test_more_than_a_search_shows_is_read_by_time(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    keys = many(fake, 1_300)
    found = batches(reader(fake, site, tmp_path))
    assert keys == {m.native_id for m in mentions(found)}
    assert max(len(batch.mentions) for batch in found) == 100


def test_more_posts_of_one_second_than_a_page_holds_are_all_read(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    keys = many(fake, 530, a_second=250)
    assert keys == {m.native_id for m in mentions(batches(reader(fake, site, tmp_path)))}


@pytest.mark.parametrize("killed_after", range(4))
def test_a_walk_killed_at_any_batch_goes_on_where_it_was(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path, killed_after: int
) -> None:
    keys = many(fake, 330)
    one = reader(fake, site, tmp_path)
    kept = []
    for number, batch in enumerate(one.poll(None, Budget(), NOW, Event())):
        kept.append(batch)
        if number == killed_after:
            break
    kept += batches(one, kept[-1].next)
    assert keys <= {m.native_id for m in mentions(kept)}
    walk = next(iter(HackerNewsCursor.read(kept[-1].next, ONE).walks.values()))
    assert (walk.high, walk.until) == (int(NOW.timestamp()) - 1, None)


def test_a_walk_that_the_budget_cuts_moves_its_mark_only_when_it_is_whole(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    many(fake, 330)
    one = reader(fake, site, tmp_path)
    first = batches(one, budget=Budget(requests=2))
    walk = next(iter(HackerNewsCursor.read(first[-1].next, ONE).walks.values()))
    assert (walk.high, walk.until is None) == (None, False)


def test_a_long_first_walk_leaves_the_other_searches_their_share(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    many(fake, 900)
    fake.post("VoorbeeldPlus", at=NOW)
    found = batches(reader(fake, site, tmp_path, SEARCHES), budget=Budget(requests=4))
    assert "VoorbeeldPlus" in texts(found)


def test_another_search_is_a_new_walk_and_the_old_one_keeps_its_mark(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(f"{NAME} en VoorbeeldPlus", at=NOW - 20 * DAY)
    cursor = batches(reader(fake, site, tmp_path))[-1].next
    batches(reader(fake, site, tmp_path, SEARCHES), cursor)
    bounds = {asked.query["query"]: asked.query["numericFilters"] for asked in site.asked}
    assert bounds == {
        '"Voorbeeld BV"': f"created_at_i>={int((NOW - 20 * DAY - 3 * HOUR).timestamp())}",
        "VoorbeeldPlus": f"created_at_i>={int((NOW - 30 * DAY).timestamp())}",
    }


@pytest.mark.parametrize(
    ("trouble", "wanted"),
    [
        (Reply(status=429), RateLimitedError),
        (Reply(status=500), TransientError),
        (Reply(status=200, body=b'{"message":"odd"}'), TransientError),
        (Trouble.RESET, TransientError),
        (Trouble.GARBAGE, TransientError),
        (Trouble.CUT, TransientError),
    ],
)
def test_endless_trouble_costs_one_request(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path, trouble: Reply | Trouble, wanted: type[CollectError]
) -> None:
    site.always(trouble)
    with pytest.raises(wanted):
        batches(reader(fake, site, tmp_path, SEARCHES))
    assert site.requests == 1


def test_a_search_that_is_not_taken_keeps_no_other_from_being_made(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("VoorbeeldPlus", at=NOW - HOUR)
    site.next(Reply(status=400))
    found: list[Batch] = []
    with pytest.raises(PermanentError):
        found.extend(reader(fake, site, tmp_path, SEARCHES).poll(None, Budget(), NOW, Event()))
    assert texts(found) == ["VoorbeeldPlus"]


def test_stop_ends_a_read_without_an_error(fake: HackerNewsFake, site: Loopback, tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    assert list(reader(fake, site, tmp_path).poll(None, Budget(), NOW, stop)) == []


@pytest.mark.parametrize("cursor", ["", "{", '{"v":2}', '{"v":1,"walks":{"a":7}}', "[" * 100_000])
def test_a_cursor_that_cannot_be_read_is_a_first_read(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path, cursor: Any
) -> None:
    fake.post(NAME, at=NOW)
    assert texts(batches(reader(fake, site, tmp_path), cursor)) == [NAME]


def test_odd_hits_and_emptied_posts_do_not_hold_up_the_others(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAME, at=NOW)
    asked = Asked(method="GET", path="/api/v1/search_by_date", query={"query": NAME}, headers={})
    page = json.loads(fake.answer(asked).body)
    empty = page["hits"][0] | {"objectID": "5", "comment_text": "[deleted]"}
    page["hits"] += [{}, "tekst", page["hits"][0] | {"created_at_i": "x"}, empty]
    site.next(Reply(body=json.dumps(page).encode()))
    found = batches(reader(fake, site, tmp_path))
    assert texts(found) == [NAME]
    assert found[-1].remarks == ("3 hits could not be read",)


def test_a_recheck_tells_what_is_deleted_dead_edited_and_standing(
    fake: HackerNewsFake, site: Loopback, tmp_path: Path
) -> None:
    keys = [fake.post(f"{NAME} & {n}\n\nalinea", at=NOW - HOUR) for n in range(5)]
    one = reader(fake, site, tmp_path)
    stored = sorted(mentions(batches(one)), key=lambda m: m.native_id)
    fake.delete(keys[0])
    fake.kill(keys[1])
    fake.edit(keys[2], f"{NAME} anders", at=NOW)
    fake.posts.pop(int(keys[3]))
    found = one.recheck(stored, Budget(), NOW, Event())
    assert [(c.native_id, c.state) for c in found.changes] == [
        (keys[0], State.DELETED),
        (keys[1], State.REMOVED),
        (keys[3], State.DELETED),
    ]
    assert found.standing == (keys[4],)
    assert [(m.native_id, m.text, m.context) for m in found.edited] == [
        (keys[2], f"{NAME} anders", stored[2].context)
    ]
    assert found.spent.requests == 5


def test_a_recheck_stays_within_its_budget(fake: HackerNewsFake, site: Loopback, tmp_path: Path) -> None:
    for n in range(5):
        fake.post(f"{NAME} {n}", at=NOW)
    one = reader(fake, site, tmp_path)
    stored = mentions(batches(one))
    assert len(one.recheck(stored, Budget(requests=2), NOW, Event()).standing) == 2


def test_the_fake_says_nothing_that_the_documentation_does_not_have(fake: HackerNewsFake) -> None:
    story = fake.story(NAME, "tekst", at=NOW, url="https://voorbeeld.example")
    fake.comment(story, "reactie", at=NOW)
    asked = Asked(method="GET", path="/api/v1/search_by_date", query={"query": NAME}, headers={})
    page = json.loads(fake.answer(asked).body)
    assert set(page) - set(SCHEMA["search"]) == set()
    assert {key for hit in page["hits"] for key in hit} - set(SCHEMA["hit"]) == set()
    fake.delete(story)
    for name in fake.posts:
        item = fake.answer(Asked(method="GET", path=f"/v0/item/{name}.json", query={}, headers={}))
        assert set(json.loads(item.body)) - set(SCHEMA["item"]) == set()


def test_the_example_of_the_search_documentation_is_read() -> None:
    hit = {
        "title": "Y Combinator",
        "url": "http://ycombinator.com",
        "author": "pg",
        "points": 57,
        "story_text": None,
        "comment_text": None,
        "_tags": ["story"],
        "num_comments": 2,
        "objectID": "1",
        "created_at_i": 1160418111,
    }
    post = of_hit(hit)
    assert post
    assert (post.native_id, post.title, post.text, post.kind) == ("1", "Y Combinator", "", Kind.POST)
