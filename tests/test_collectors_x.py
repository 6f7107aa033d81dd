"""X, read from a fake that answers as its pages and its OpenAPI description tell."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import SEARCHES, mentions, texts
from x_scene import HOUR, MINUTE, RICH, SEARCH, Scene, standing

from collectors.x import planned
from collectors.x_cursor import XCursor, id_at
from klankbord.demo.fakes.x import ENVIRONMENT, FAKERY
from klankbord.demo.loopback import Asked, Reply
from klankbord.errors import (
    PermanentError,
)
from klankbord.mention import Kind, Precision
from klankbord.ports import Batch, Cursor


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with standing(tmp_path, monkeypatch) as made:
        yield made


def test_posts_that_hold_a_keyword_become_mentions_without_their_author(scene: Scene) -> None:
    said = "Storing bij Voorbeeld BV &  nog niets gehoord, @wieneke_plante! Groet, Wieneke Planteman"
    key = scene.fake.post(said, at=NOW - HOUR)
    scene.fake.post("Iets heel anders", at=NOW - HOUR)
    found = scene.poll()
    (mention,) = mentions(found)
    assert mention.text == "Storing bij Voorbeeld BV & nog niets gehoord, [handle]! Groet, [author]"
    assert (mention.platform, mention.native_id, mention.revision) == ("x", key, key)
    assert (mention.kind, mention.lang, mention.published_at) == (Kind.POST, "nl", NOW - HOUR)
    assert mention.url == f"https://x.com/i/status/{key}"
    assert mention.thread_id == key
    assert "ieneke" not in repr(found)
    assert "lanteman" not in repr(found)


def test_the_query_holds_all_keywords_and_the_suffix(scene: Scene) -> None:
    scene.poll()
    (asked,) = scene.asked(SEARCH)
    assert asked.query["query"] == '("Voorbeeld BV" OR VoorbeeldPlus) -is:retweet'
    assert "since_id" not in asked.query
    assert asked.query["start_time"] == "2026-11-17T10:00:00Z"
    assert [one.keywords for one in planned(scene.source(), scene.workshop)] == [
        ("Voorbeeld BV", "VoorbeeldPlus")
    ]


def test_the_first_pages_newest_id_is_asked_from_next(scene: Scene) -> None:
    keys = [scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR + n * MINUTE / 10) for n in range(250)]
    first = scene.poll()
    assert [len(batch.mentions) for batch in first] == [100, 100, 50]
    late = scene.fake.post("Voorbeeld BV weer", at=NOW)
    second = scene.poll(first[-1].next, now=NOW + 15 * MINUTE)
    assert scene.line.asked[-1].query["since_id"] == keys[-1]
    assert [mention.native_id for mention in mentions(second)] == [late]


def test_a_walk_that_was_cut_resumes_from_its_page_and_then_reads_what_came_since(scene: Scene) -> None:
    for n in range(350):
        scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR + n * MINUTE / 10)
    for cut in range(4):
        kept = scene.poll()[:cut]
        new = scene.fake.post(f"Voorbeeld BV ertussen {cut}", at=NOW)
        rest = scene.poll(kept[-1].next if kept else None, now=NOW + MINUTE)
        ids = [mention.native_id for mention in mentions(kept + rest)]
        assert len(set(ids)) == 350 + cut + 1
        assert new in ids
        assert len(ids) <= 350 + 2 * (cut + 1)


def test_a_run_without_requests_left_stops_quietly_and_the_next_one_goes_on(scene: Scene) -> None:
    for n in range(250):
        scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR)
    cursor, seen = None, list[str]()
    for _ in range(4):
        found = scene.poll(cursor, replace(RICH, requests=1))
        cursor = found[-1].next
        seen += [mention.native_id for mention in mentions(found)]
    assert len(set(seen)) == 250
    assert len(seen) == 250


def test_the_last_two_minutes_are_read_again_so_that_late_posts_are_not_lost(scene: Scene) -> None:
    scene.fake.post("Voorbeeld BV vroeg", at=NOW - MINUTE)
    first = scene.poll()
    scene.poll(first[-1].next, now=NOW + 15 * MINUTE)
    assert scene.line.asked[-1].query["since_id"] == str(id_at(NOW - 2 * MINUTE))
    quiet = scene.poll(first[-1].next, now=NOW + 15 * MINUTE)
    third = scene.poll(quiet[-1].next, now=NOW + 30 * MINUTE)
    assert mentions(third) == []


def test_a_post_from_the_future_neither_blocks_nor_is_dated_ahead(scene: Scene) -> None:
    scene.fake.post("Voorbeeld BV uit de toekomst", at=NOW + timedelta(days=30))
    first = scene.poll()
    assert mentions(first)[0].published_precision is Precision.CLAMPED
    key = scene.fake.post("Voorbeeld BV nu", at=NOW)
    assert key in {mention.native_id for mention in mentions(scene.poll(first[-1].next, now=NOW + HOUR))}


def test_an_edit_is_the_same_mention_with_a_new_revision(scene: Scene) -> None:
    key = scene.fake.post("Voorbeeld BV is duur", at=NOW - HOUR)
    first = scene.poll()
    scene.fake.edit(key, "Voorbeeld BV is goedkoop", at=NOW - MINUTE * 40)
    (mention,) = mentions(scene.poll(first[-1].next, now=NOW + MINUTE))
    assert (mention.native_id, mention.text) == (key, "Voorbeeld BV is goedkoop")
    assert mention.revision > key
    assert mention.published_at == NOW - HOUR
    assert mention.edited_at == NOW - MINUTE * 40


def test_a_long_post_is_read_whole(scene: Scene) -> None:
    long = "Voorbeeld BV " + "heeft <echt> een lange storing " * 20
    scene.fake.post(long, at=NOW - HOUR)
    assert texts(scene.poll()) == [long.strip()]


def test_an_answer_brings_what_it_answers_and_a_repost_is_no_mention(scene: Scene) -> None:
    parent = scene.fake.post(
        "Wie kent @jansen_jan een goede leverancier?", at=NOW - 2 * HOUR, author="Jan Jansen"
    )
    for kind in ("replied_to", "quoted", "retweeted"):
        scene.fake.write("VoorbeeldPlus!", at=NOW - HOUR, author="Piet Pietersen", refers=((kind, parent),))
    quote, reply = mentions(scene.poll(suffix=""))
    assert (reply.kind, quote.kind) == (Kind.REPLY, Kind.QUOTE)
    assert reply.parent_id == parent
    assert reply.context == quote.context
    assert reply.context.startswith("Wie kent")
    assert "jansen" not in reply.context


def test_the_newest_names_of_fields_are_read_as_well(scene: Scene) -> None:
    parent = scene.fake.post("De vraag", at=NOW - 2 * HOUR)
    key = scene.fake.write("VoorbeeldPlus " * 40, at=NOW - HOUR, refers=(("replied_to", parent),))
    scene.fake.edit(key, "VoorbeeldPlus! " * 40, at=NOW - HOUR)
    old = mentions(scene.poll())
    scene.fake.new_names = True
    assert mentions(scene.poll()) == old
    assert old[0].native_id == key
    assert old[0].context == "De vraag"


def test_what_is_left_out_of_an_answer_is_told_without_its_words(scene: Scene) -> None:
    parent = scene.fake.post("Weg", at=NOW - 2 * HOUR)
    scene.fake.write("VoorbeeldPlus", at=NOW - HOUR, refers=(("replied_to", parent),))
    scene.fake.delete(parent)
    (batch,) = scene.poll()
    assert batch.remarks == ("X left something out of its answer: 1 not found",)
    assert batch.mentions[0].context == ""


def test_another_query_is_another_walk_and_garbage_is_a_cursor_never_written(scene: Scene) -> None:
    scene.fake.post("Voorbeeld BV", at=NOW - HOUR)
    cursor = scene.poll()[-1].next
    assert len(mentions(scene.poll(cursor, suffix="lang:nl"))) == 1
    for odd in ("", "{", "[]", "null", '{"v":2}', '{"v":1,"walks":{"a":{"high":"x"}}}'):
        assert len(mentions(scene.poll(Cursor(odd)))) == 1
    assert XCursor.read(cursor).write() == cursor


def test_after_more_than_seven_days_the_walk_begins_anew_and_the_gap_is_told(scene: Scene) -> None:
    scene.fake.post("Voorbeeld BV", at=NOW - HOUR)
    cursor = scene.poll()[-1].next
    later = scene.fake.now = NOW + timedelta(days=9)
    key = scene.fake.post("Voorbeeld BV terug", at=later - timedelta(days=6))
    (batch,) = scene.poll(cursor, now=later)
    assert [mention.native_id for mention in batch.mentions] == [key]
    assert batch.gap is not None
    assert (batch.gap.from_at, batch.gap.to_at) == (NOW, later - timedelta(days=7) + 10 * MINUTE)


def test_a_quiet_question_leaves_no_gap_when_its_newest_post_grows_too_old(scene: Scene) -> None:
    scene.fake.now = NOW
    scene.fake.post("Voorbeeld BV", at=NOW - HOUR)
    cursor = scene.poll()[-1].next
    for day in range(1, 12):
        scene.fake.now = NOW + timedelta(days=day)
        (batch,) = scene.poll(cursor, now=scene.fake.now)
        assert (batch.mentions, batch.gap) == ((), None)
        cursor = batch.next


def test_an_id_that_x_finds_too_old_is_let_go_in_the_same_run(scene: Scene) -> None:
    scene.fake.post("Voorbeeld BV", at=NOW - HOUR)
    cursor = scene.poll()[-1].next
    # their clock runs ahead of ours
    scene.fake.now = NOW + timedelta(days=6, hours=23, minutes=30)
    (batch,) = scene.poll(cursor, now=NOW + timedelta(days=6, hours=22, minutes=45))
    assert batch.gap is not None
    assert scene.line.requests == 3


def test_a_query_that_x_refuses_is_an_error_in_its_own_words_and_keeps_no_other_from_being_read(
    scene: Scene,
) -> None:
    scene.workshop = replace(
        scene.workshop,
        searches=lambda _: tuple(replace(SEARCHES[1], text=f"VoorbeeldPlus {n}") for n in range(40)),
    )
    scene.fake.post("VoorbeeldPlus 39", at=NOW - HOUR)
    scene.line.next(
        Reply(status=400, body=b'{"title":"Invalid Request","errors":[{"message":"Ambiguous use of and"}]}')
    )
    found: list[Batch] = []
    with pytest.raises(PermanentError, match="Ambiguous use of and"):
        found.extend(scene.collector().poll(None, RICH, NOW, Event()))
    assert texts(found) == ["VoorbeeldPlus 39"]


def test_with_nothing_to_search_for_nothing_is_asked(scene: Scene) -> None:
    scene.workshop = replace(scene.workshop, searches=lambda _: ())
    (batch,) = scene.poll(Cursor("kept"))
    assert batch.next == "kept"
    assert batch.remarks[0].startswith("nothing may be searched for")
    assert scene.line.requests == 0


#: key paths of X's OpenAPI description 2.168 and of its pages (data dictionary, errors, counts), 2026-08
DOCUMENTED = {
    "data", "data.id", "data.text", "data.edit_history_tweet_ids", "data.author_id", "data.conversation_id",
    "data.created_at", "data.lang", "data.note_tweet", "data.note_tweet.text", "data.referenced_tweets",
    "data.referenced_tweets.type", "data.referenced_tweets.id", "data.start", "data.end", "data.tweet_count",
    "includes", "includes.users", "includes.users.id", "includes.users.name", "includes.users.username",
    "includes.tweets", "meta", "meta.result_count", "meta.newest_id", "meta.oldest_id", "meta.next_token",
    "meta.total_tweet_count", "errors", "errors.value", "errors.resource_id", "errors.parameter",
    "errors.resource_type", "errors.title", "errors.detail", "errors.type", "errors.parameters",
    "errors.message", "title", "detail", "type", "status",
}  # fmt: skip


def paths(value: object, above: str = "") -> set[str]:
    if isinstance(value, list):
        return {path for one in value for path in paths(one, above)}
    if not isinstance(value, dict):
        return set()
    inside = {"errors.parameters"}
    here = {f"{above}.{name}".lstrip("."): one for name, one in value.items()}
    return set(here) | {p for name, one in here.items() if name not in inside for p in paths(one, name)}


def test_the_fake_sends_what_x_documents_and_tweepy_can_read(scene: Scene) -> None:
    import tweepy

    parent = scene.fake.post("De vraag", at=NOW - 2 * HOUR)
    scene.fake.write("VoorbeeldPlus " * 30, at=NOW - HOUR, refers=(("replied_to", parent),))
    fake, token = scene.fake, {"authorization": f"Bearer {ENVIRONMENT['KLANKBORD_DEMO_X_TOKEN']}"}
    every = {
        "tweet.fields": "author_id,conversation_id,created_at,lang,note_tweet,referenced_tweets",
        "expansions": "author_id,referenced_tweets.id",
    }
    for path, query in (
        (SEARCH, {"query": "VoorbeeldPlus", **every}),
        (SEARCH, {"query": "from:", "max_results": "5"}),
        ("/2/tweets", {"ids": f"{parent},5", **every}),
        ("/2/tweets/counts/recent", {"query": "VoorbeeldPlus"}),
        ("/2/users/5/mentions", every),
    ):
        reply = fake.answer(Asked(method="GET", path=path, query=query, headers=token))
        answer = json.loads(reply.body)
        seen = {path.replace("includes.tweets.", "data.") for path in paths(answer)}
        assert seen <= DOCUMENTED
        if reply.status == 200 and "counts" not in path:
            read = tweepy.Client()._construct_response(answer, data_type=tweepy.Tweet)
            assert all(isinstance(one.id, int) and one.created_at for one in read.data)


def test_a_fake_of_its_kind_can_be_made_and_stood_up() -> None:
    with FAKERY.stand(FAKERY.make()) as standing:
        assert standing.address.startswith("http://127.0.0.1:")
