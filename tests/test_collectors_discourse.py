"""A Discourse forum: newest posts, walks that are cut, edits, deletions, searches, limits, robots.txt."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import SEARCHES, batches, mentions, texts, workshop

from collectors import Workshop, collector_for
from klankbord.demo.fakes.forum import ENVIRONMENT, FAKERY, FakeDiscourse
from klankbord.demo.loopback import Loopback, Reply, Trouble
from klankbord.errors import CollectError, ForbiddenError, RateLimitedError
from klankbord.mention import Kind, State
from klankbord.ports import Budget, Collector, Cursor
from klankbord.settings import SourceSettings
from klankbord.settings.models import SourcesFile

HOUR = timedelta(hours=1)


@pytest.fixture
def forum() -> Iterator[tuple[FakeDiscourse, Loopback]]:
    fake = FakeDiscourse()
    with Loopback(fake) as stand:
        yield fake, stand


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


def source(forum: tuple[FakeDiscourse, Loopback], **more: object) -> SourceSettings:
    table = {"id": "forum", "timeout": 3.0} | forum[0].settings(forum[1].address) | more
    return SourcesFile.model_validate({"source": [table]}).source[0]


def reader(forum: tuple[FakeDiscourse, Loopback], shop: Workshop) -> Collector:
    return collector_for(source(forum), shop)


def say(fake: FakeDiscourse, count: int, begin: int = 0) -> list[str]:
    return [
        fake.post(f"Storing {number} bij Voorbeeld BV", at=NOW - HOUR * 40 + timedelta(minutes=number))
        for number in range(begin, begin + count)
    ]


def paths(stand: Loopback) -> list[str]:
    return [asked.path for asked in stand.asked]


def test_the_fake_keeps_the_promises_of_a_fake() -> None:
    fake = FAKERY.make()
    with FAKERY.stand(fake) as stand:
        assert fake.settings(stand.address)["url"] == stand.address


def test_a_topic_and_its_answers_are_a_post_and_replies_with_their_thread(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    fake = forum[0]
    fake.say("Wie kent Voorbeeld BV?", at=NOW - HOUR, topic=7, title="Ervaringen met Voorbeeld BV")
    fake.say(
        "Prima club.", at=NOW, author="Bo Jansma", topic=7, title="Ervaringen met Voorbeeld BV", answers=1
    )
    reply, post = mentions(batches(reader(forum, shop)))
    assert (post.kind, post.title, post.context) == (Kind.POST, "Ervaringen met Voorbeeld BV", "")
    assert (reply.kind, reply.title) == (Kind.REPLY, "")
    assert reply.context == "Ervaringen met Voorbeeld BV\nWie kent Voorbeeld BV?"
    assert reply.parent_id == post.native_id
    assert reply.thread_id == post.thread_id
    assert reply.url.endswith("/t/7/2")
    assert (reply.author, post.author) != (None, None)


def test_who_wrote_appears_nowhere(forum: tuple[FakeDiscourse, Loopback], shop: Workshop) -> None:
    forum[0].say(
        "Wieneke Planteman hier, ook wel @wieneke_planteman of wieneke_planteman, over Voorbeeld BV",
        at=NOW,
        title="Vraag van Wieneke Planteman",
    )
    forum[0].say(
        "Dag Wieneke Planteman", at=NOW, author="Bo Jansma", answers=1, title="Vraag van Wieneke Planteman"
    )
    found = batches(reader(forum, shop))
    # the title of a topic may name who began it: it is taken out where that post is at hand
    assert [name for name in ("planteman", "jansma") if name in repr(found).lower()] == []


def test_what_a_post_quotes_is_context_and_not_its_words(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    quote = (
        '<aside class="quote" data-username="bo_jansma" data-post="3" data-topic="1"><div class="title">'
        "<img>bo_jansma:</div><blockquote><p>Voorbeeld BV liegt.</p></blockquote></aside><p>Dat is niet zo.</p>"
    )
    forum[0].say("", markup=quote, at=NOW)
    (found,) = mentions(batches(reader(forum, shop)))
    assert found.text == "Dat is niet zo."
    forum[0].say("", markup=quote, at=NOW)
    (newest, _) = mentions(batches(reader(forum, shop)))
    assert newest.context.endswith("Voorbeeld BV liegt.")
    assert "jansma" not in repr(newest)


@pytest.mark.parametrize("old", [False, True])
def test_a_walk_that_the_budget_cuts_goes_on_where_it_was(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop, *, old: bool
) -> None:
    forum[0].old = old
    say(forum[0], 3)
    one = reader(forum, shop)
    cursor = batches(one)[-1].next
    wanted = set(say(forum[0], 260, 3))
    got: set[str] = set()
    for _ in range(9):
        found = batches(one, cursor, budget=Budget(requests=2))
        got |= {mention.native_id.partition(":")[2] for mention in mentions(found)}
        cursor = found[-1].next
    assert got >= wanted


@pytest.mark.parametrize("old", [False, True])
def test_posts_that_come_during_a_cut_walk_are_read_after_it(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop, *, old: bool
) -> None:
    forum[0].old = old
    say(forum[0], 3)
    one = reader(forum, shop)
    cursor: Cursor | None = batches(one)[-1].next
    wanted, got = set(say(forum[0], 120, 3)), set()
    for _ in range(12):
        found = batches(one, cursor, budget=Budget(requests=1))
        got |= {mention.native_id.partition(":")[2] for mention in mentions(found)}
        cursor = found[-1].next
        if len(wanted) < 150:
            wanted |= set(say(forum[0], 10, 200 + len(wanted)))
    assert got >= wanted


def test_a_window_of_ids_in_which_nothing_is_public_is_walked_over(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    forum[0].old = True
    say(forum[0], 5)
    one = reader(forum, shop)
    cursor = batches(one)[-1].next
    wanted = say(forum[0], 1, 5)
    for key in say(forum[0], 180, 6):
        forum[0].change(key, private=True)
    say(forum[0], 1, 190)
    found = batches(one, cursor)
    assert f"forum:{wanted[0]}" in {mention.native_id for mention in mentions(found)}


def test_the_newest_page_is_always_read_again(forum: tuple[FakeDiscourse, Loopback], shop: Workshop) -> None:
    first, second = say(forum[0], 2)
    one = reader(forum, shop)
    before = batches(one)
    forum[0].edit(first, "Storing 0 was bij een ander", at=NOW)
    after = batches(one, before[-1].next)
    was = {mention.native_id: mention.revision for mention in mentions(before)}
    now = {mention.native_id: mention.revision for mention in mentions(after)}
    assert [native for native in now if now[native] != was[native]] == [f"forum:{first}"]
    assert now[f"forum:{second}"] == was[f"forum:{second}"]


def test_a_silent_edit_in_the_first_minutes_is_a_new_revision(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    (key,) = say(forum[0], 1)
    one = reader(forum, shop)
    before = batches(one)
    forum[0].change(key, text="<p>Toch niet</p>", updated=NOW)
    assert mentions(batches(one, before[-1].next))[0].revision != mentions(before)[0].revision


def test_a_post_that_left_the_newest_page_is_worth_a_recheck(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    keys = say(forum[0], 3)
    one = reader(forum, shop)
    cursor = batches(one)[-1].next
    forum[0].delete(keys[1])
    assert [batch.vanished for batch in batches(one, cursor)] == [(f"forum:{keys[1]}",)]


def test_a_post_that_its_author_took_back_is_gone_and_no_mention(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    keys = say(forum[0], 2)
    forum[0].change(keys[1], user_deleted=True)
    found = batches(reader(forum, shop))
    assert texts(found) == ["Storing 0 bij Voorbeeld BV"]
    assert {(one.native_id, one.state) for batch in found for one in batch.changes} == {
        (f"forum:{keys[1]}", State.DELETED)
    }


def test_a_recheck_tells_gone_hidden_edited_and_standing_apart(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    gone, hidden, edited, private, standing = say(forum[0], 5)
    one = reader(forum, shop)
    stored = mentions(batches(one))
    forum[0].delete(gone)
    forum[0].change(hidden, hidden=True)
    forum[0].change(private, private=True)
    forum[0].edit(edited, "Voorbeeld BV heeft het opgelost", at=NOW)
    found = one.recheck(stored, Budget(), NOW, Event())
    assert {change.native_id: change.state for change in found.changes} == {
        f"forum:{gone}": State.DELETED,
        f"forum:{hidden}": State.REMOVED,
        f"forum:{private}": State.REMOVED,
    }
    assert found.standing == (f"forum:{standing}",)
    assert [(one.text, one.context) for one in found.edited] == [
        ("Voorbeeld BV heeft het opgelost", "Ervaringen met leveranciers")
    ]
    assert found.spent.requests == 5


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(status=404, body=b"<h1>nginx</h1>"),
        Reply(status=403, body=b"<h1>Just a moment</h1>"),
        Reply(status=403, body=json.dumps({"errors": ["x"], "error_type": "not_logged_in"}).encode()),
    ],
)
def test_a_refusal_that_is_not_the_forums_own_deletes_nothing(
    trouble: Reply, forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    say(forum[0], 2)
    one = reader(forum, shop)
    stored = mentions(batches(one))
    forum[1].always(trouble)
    found = one.recheck(stored, Budget(), NOW, Event())
    assert (found.changes, found.standing, found.edited) == ((), (), ())


def test_the_first_read_looks_back_a_week_and_searches_for_what_is_older(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    old = forum[0].say(
        "Twee weken geleden: Voorbeeld BV was stuk", at=NOW - HOUR * 24 * 14, topic=3, title="Toen"
    )
    for number in range(300):
        forum[0].post(f"Over het weer, {number}", at=NOW - HOUR * 24 * 8 + timedelta(minutes=number))
    found = batches(reader(forum, shop))
    assert f"forum:{old}" in {mention.native_id for mention in mentions(found)}
    asked = [one.query["q"] for one in forum[1].asked if one.path == "/search.json"]
    assert asked == [
        '"Voorbeeld BV" after:2026-10-19 order:latest',
        "VoorbeeldPlus after:2026-10-19 order:latest",
    ]
    again = batches(reader(forum, shop), found[-1].next)
    assert [len(batch.mentions) for batch in again] == [50]
    assert paths(forum[1]).count("/search.json") == 2


def test_other_words_are_searched_for_anew_and_nothing_is_walked_again(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    say(forum[0], 5)
    cursor = batches(reader(forum, shop))[-1].next
    other = replace(shop, searches=lambda _: SEARCHES[:1])
    batches(reader(forum, other), cursor)
    assert paths(forum[1]).count("/search.json") == 3
    assert paths(forum[1]).count("/posts.json") == 3


def test_words_that_mean_something_to_the_search_are_only_words(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    odd = tuple(replace(one, text='@staf "in:bookmarks" #huis') for one in SEARCHES[:1])
    batches(reader(forum, replace(shop, searches=lambda _: odd)))
    asked = [one.query["q"] for one in forum[1].asked if one.path == "/search.json"]
    assert asked == ['"staf in bookmarks huis" after:2026-10-19 order:latest']


def test_a_search_that_robots_txt_forbids_is_not_made(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    say(forum[0], 1)
    forum[0].robots = "User-agent: *\nDisallow: /search\n"
    found = batches(reader(forum, shop))
    assert "/search.json" not in paths(forum[1])
    assert any("not searched: robots.txt" in said for batch in found for said in batch.remarks)


def test_a_forum_that_robots_txt_closes_is_not_read(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    forum[0].robots = "User-agent: *\nDisallow: /\n"
    with pytest.raises(ForbiddenError):
        batches(reader(forum, shop))
    assert paths(forum[1]) == ["/robots.txt"]


def test_the_wait_that_the_body_names_is_kept(forum: tuple[FakeDiscourse, Loopback], shop: Workshop) -> None:
    say(forum[0], 1)
    forum[0].limit = 1
    with pytest.raises(RateLimitedError) as caught:
        batches(reader(forum, shop))
    assert caught.value.until == NOW + timedelta(seconds=24)


def test_a_forum_for_members_is_read_with_a_members_key_that_is_in_no_error(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(forum[0], 1)
    stranger = reader(forum, shop)
    forum[0].closed = True
    with pytest.raises(ForbiddenError):
        batches(stranger)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert texts(batches(reader(forum, shop))) == ["Storing 0 bij Voorbeeld BV"]
    assert "/robots.txt" not in paths(forum[1])[2:]


@pytest.mark.parametrize("user", ["", "system", "System"])
def test_the_key_of_who_sees_more_than_everybody_is_refused(
    user: str, forum: tuple[FakeDiscourse, Loopback]
) -> None:
    with pytest.raises(ValueError, match="an ordinary member"):
        source(forum, key="env:KLANKBORD_DEMO_FORUM_KEY", key_user=user)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b'{"latest_posts": 3}',
        b'{"latest_posts": [3]}',
        b'{"latest_posts": [{"id": "x"}]}',
        b'{"latest_posts": [{"id": 1, "post_number": 1, "topic_id": null, "cooked": "x"}]}',
        b"{" * 100_000,
    ],
)
def test_an_answer_of_another_shape_is_one_of_the_five_errors(
    body: bytes, forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    forum[1].next(Reply(status=404), Reply(body=body))
    with pytest.raises(CollectError):
        batches(reader(forum, shop))


@pytest.mark.parametrize(
    "trouble", [Reply(status=429), Reply(status=500), Trouble.RESET, Trouble.GARBAGE, Trouble.CUT]
)
def test_endless_trouble_costs_few_requests(
    trouble: Reply | Trouble, forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    forum[1].always(trouble)
    with pytest.raises(CollectError):
        batches(reader(forum, shop))
    assert forum[1].requests <= 2


@pytest.mark.parametrize("cursor", ["", "x", "[]", '{"v": 2}', '{"v": 1, "high": "x"}', '{"v": 1, "no": 1}'])
def test_a_cursor_that_cannot_be_read_is_never_read(
    cursor: str, forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    say(forum[0], 2)
    assert len(mentions(batches(reader(forum, shop), Cursor(cursor)))) == 2


def test_killed_after_any_batch_the_same_is_stored(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    say(forum[0], 130)
    one = reader(forum, shop)
    whole = {mention.native_id: mention.revision for mention in mentions(batches(one))}
    kept: dict[str, str] = {}
    cursor: Cursor | None = None
    for _ in range(12):
        batch = next(iter(one.poll(cursor, Budget(), NOW, Event())), None)
        if batch is None:
            break
        kept |= {mention.native_id: mention.revision for mention in batch.mentions}
        cursor = batch.next
    assert kept == whole


def test_a_stopped_read_ends_at_once(forum: tuple[FakeDiscourse, Loopback], shop: Workshop) -> None:
    stop = Event()
    stop.set()
    assert list(reader(forum, shop).poll(None, Budget(), NOW, stop)) == []
    assert forum[1].requests == 0


def test_a_slow_pace_in_robots_txt_means_one_page_a_run(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    forum[0].robots = "User-agent: *\nCrawl-delay: 30\n"
    say(forum[0], 3)
    one = reader(forum, shop)
    cursor, got = None, set[str]()
    say(forum[0], 120, 3)
    for run in range(1, 9):
        found = batches(one, cursor)
        got |= {mention.native_id for mention in mentions(found)}
        cursor = found[-1].next
        assert [batch.not_before for batch in found] == [NOW + timedelta(seconds=30)]
        assert forum[1].requests == 1 + run
    assert len(got) == 123
    assert len(one.recheck(mentions(found), Budget(), NOW, Event()).standing) <= 1


def test_a_post_that_the_forum_cannot_show_does_not_hold_up_a_recheck(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    say(forum[0], 4)
    one = reader(forum, shop)
    stored = mentions(batches(one))
    forum[1].next(Reply(status=500))
    assert len(one.recheck(stored, Budget(), NOW, Event()).standing) == 3
    before = forum[1].requests
    forum[1].always(Reply(status=500))
    with pytest.raises(CollectError):
        one.recheck(stored, Budget(), NOW, Event())
    assert forum[1].requests - before == 2


def test_what_a_recheck_was_told_before_trouble_stands(
    forum: tuple[FakeDiscourse, Loopback], shop: Workshop
) -> None:
    say(forum[0], 3)
    one = reader(forum, shop)
    stored = mentions(batches(one))
    gone = Reply(status=404, body=b'{"errors": ["gone"], "error_type": "not_found"}')
    # a redirect that goes round is an error without an answer: not the refusal that came before it
    forum[1].next(gone, *[Reply(status=302, headers={"Location": "/posts/1.json"})] * 6)
    found = one.recheck(stored, Budget(), NOW, Event())
    assert [change.native_id for change in found.changes] == [stored[0].native_id]
    assert found.standing == ()
