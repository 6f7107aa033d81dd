"""A board without a feed: declared selectors, pages that wait, the pace a host asks, quotes, sessions, deletions."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import batches, mentions, texts, workshop

from collectors import Workshop, collector_for
from collectors.board_explained import explained
from collectors.board_page import BoardPost, picked, picked_safely
from collectors.tame import decoded, is_tame
from klankbord.demo.fakes.board import FakeBoard
from klankbord.demo.loopback import Loopback, Reply, Trouble
from klankbord.errors import CollectError, ForbiddenError, PermanentError, TransientError
from klankbord.mention import Kind, Mention, Precision, State
from klankbord.ports import Budget, Collector, Cursor
from klankbord.settings import ForumSource
from klankbord.settings.models import SourcesFile
from klankbord.settings.sources import BoardSelectors

HOUR = timedelta(hours=1)
Board = tuple[FakeBoard, Loopback]
PLAIN = BoardSelectors(thread="a", post="div", text="p")


@pytest.fixture
def board() -> Iterator[Board]:
    fake = FakeBoard()
    with Loopback(fake) as stand:
        yield fake, stand


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path)


def source(board: Board) -> ForumSource:
    table = {"id": "bord", "timeout": 3.0} | board[0].settings(board[1].address)
    found = SourcesFile.model_validate({"source": [table]}).source[0]
    assert isinstance(found, ForumSource)
    return found


def reader(board: Board, shop: Workshop) -> Collector:
    return collector_for(source(board), shop)


def say(fake: FakeBoard, count: int, thread: str = "Leveranciers", begin: int = 0) -> list[str]:
    return [
        fake.say(f"Storing {n} bij Voorbeeld BV", at=NOW - HOUR * 40 + timedelta(minutes=n), thread=thread)
        for n in range(begin, begin + count)
    ]


def asked(stand: Loopback) -> list[str]:
    return ["?".join([one.path, one.query.get("t", ""), one.query.get("start", "")]) for one in stand.asked]


def test_threads_become_posts_and_replies_with_the_title_as_context(board: Board, shop: Workshop) -> None:
    board[0].say("Wie kent Voorbeeld BV? Één café…", at=NOW - HOUR, thread="Over Voorbeeld BV")
    key = board[0].say("Ik niet.", at=NOW, author="Bo Jansma", thread="Over Voorbeeld BV")
    post, reply = mentions(batches(reader(board, shop)))
    assert (post.kind, post.title, post.text) == (
        Kind.POST,
        "Over Voorbeeld BV",
        "Wie kent Voorbeeld BV? Één café…",
    )
    assert (reply.kind, reply.title, reply.context) == (Kind.REPLY, "", "Over Voorbeeld BV")
    assert reply.url == f"{board[1].address}/viewtopic.php?f=2&t=1#p{key}"
    assert (reply.published_at, reply.published_precision) == (NOW, Precision.ASSUMED_ZONE)
    assert post.thread_id == reply.thread_id


def test_who_wrote_appears_nowhere_not_even_in_quotes(board: Board, shop: Workshop) -> None:
    first = board[0].say(
        "Wieneke Planteman hier over Voorbeeld BV", at=NOW - HOUR, thread="Vraag Wieneke Planteman"
    )
    board[0].say(
        "Wat Wieneke Planteman zegt",
        at=NOW,
        author="Bo Jansma",
        thread="Vraag Wieneke Planteman",
        quotes=first,
    )
    found = batches(reader(board, shop))
    assert [batch for batch in found if "planteman" in repr(batch.mentions).lower()] == []
    assert [mention for mention in mentions(found) if "jansma" in repr(mention).lower()] == []
    reply = mentions(found)[1]
    assert reply.text == "Wat [author] zegt"
    assert reply.context == "Vraag [author]\n[author] hier over Voorbeeld BV"


def test_all_pages_of_a_thread_are_read_and_then_only_its_last(board: Board, shop: Workshop) -> None:
    say(board[0], 20)
    one = reader(board, shop)
    found = batches(one)
    assert len(mentions(found)) == 20
    say(board[0], 5, begin=20)
    board[1].asked.clear()
    after = batches(one, found[-1].next)
    assert len(mentions(after)) == 15
    assert asked(board[1]) == ["/viewforum.php??", "/viewtopic.php?1?10", "/viewtopic.php?1?20"]


def test_a_long_thread_met_for_the_first_time_is_read_from_both_ends(board: Board, shop: Workshop) -> None:
    say(board[0], 55)
    found = texts(batches(reader(board, shop)))
    assert found == [f"Storing {n} bij Voorbeeld BV" for n in (*range(10), *range(50, 55))]


def test_another_session_in_each_link_is_the_same_page(board: Board, shop: Workshop) -> None:
    say(board[0], 12)
    one = reader(board, shop)
    first = batches(one)
    again = batches(one, first[-1].next)
    assert {m.native_id for m in mentions(again)} <= {m.native_id for m in mentions(first)}
    assert "sid" not in repr((first, again))


def test_a_run_that_the_budget_cuts_goes_on_where_it_was(board: Board, shop: Workshop) -> None:
    for number in range(6):
        say(board[0], 3, thread=f"Draad {number}")
    one = reader(board, shop)
    whole = {m.native_id: m.revision for m in mentions(batches(one))}
    assert len(whole) == 18
    got: dict[str, str] = {}
    cursor: Cursor | None = None
    for _ in range(7):
        found = batches(one, cursor, budget=Budget(requests=1))
        got |= {m.native_id: m.revision for m in mentions(found)}
        cursor = found[-1].next
    assert got == whole


def test_killed_after_any_batch_the_same_is_stored(board: Board, shop: Workshop) -> None:
    say(board[0], 18)
    say(board[0], 3, thread="Ander")
    one = reader(board, shop)
    whole = {m.native_id for m in mentions(batches(one))}
    kept: set[str] = set()
    cursor: Cursor | None = None
    for _ in range(4):
        batch = next(iter(one.poll(cursor, Budget(), NOW, Event())))
        kept |= {m.native_id for m in batch.mentions}
        cursor = batch.next
    assert kept == whole


def test_a_long_delay_spreads_pages_over_runs_and_nothing_is_asked_before_its_time(
    board: Board, shop: Workshop
) -> None:
    board[0].robots = "User-agent: *\nCrawl-delay: 30\n"
    say(board[0], 12)
    one = reader(board, shop)
    first = batches(one)
    assert first[-1].not_before == NOW + timedelta(seconds=30)
    asked_before = board[1].requests
    too_soon = batches(one, first[-1].next, now=NOW + timedelta(seconds=29))
    assert (board[1].requests, [batch.not_before for batch in too_soon]) == (
        asked_before,
        [NOW + timedelta(seconds=30)],
    )
    second = batches(one, first[-1].next, now=NOW + timedelta(seconds=30))
    third = batches(one, second[-1].next, now=NOW + timedelta(seconds=60))
    assert (len(mentions(second)), len(mentions(third))) == (10, 2)
    assert board[1].requests == asked_before + 2


def test_a_short_delay_is_waited_and_a_stop_ends_the_wait(board: Board, shop: Workshop) -> None:
    board[0].crawl_delay = 2.0
    say(board[0], 12)
    stop = Event()
    poll = reader(board, shop).poll(None, Budget(), NOW, stop)
    next(poll)
    stop.set()
    assert list(poll) == []


def test_an_edit_is_a_new_revision_of_the_same_post(board: Board, shop: Workshop) -> None:
    first, _ = say(board[0], 2)
    one = reader(board, shop)
    before = batches(one)
    board[0].edit(first, "Voorbeeld BV heeft het opgelost", at=NOW)
    was = {m.native_id: m.revision for m in mentions(before)}
    now = {m.native_id: m for m in mentions(batches(one, before[-1].next))}
    assert set(now) == set(was)
    assert [m.text for m in now.values() if m.revision != was[m.native_id]] == [
        "Voorbeeld BV heeft het opgelost"
    ]


def test_a_recheck_tells_gone_edited_and_moved_apart(board: Board, shop: Workshop) -> None:
    keys = say(board[0], 15)
    one = reader(board, shop)
    stored = {m.url.rpartition("#p")[2]: m for m in mentions(batches(one))}
    # the eleventh post moves to the first page when the fourth goes
    board[0].delete(keys[3])
    board[0].edit(keys[12], "Anders", at=NOW)
    found = one.recheck(list(stored.values()), Budget(), NOW, Event())
    assert {c.native_id: c.state for c in found.changes} == {stored[keys[3]].native_id: State.DELETED}
    assert [(m.native_id, m.text) for m in found.edited] == [(stored[keys[12]].native_id, "Anders")]
    assert len(found.standing) == 13
    # robots.txt and tdmrep.json are known; each page is read once
    assert found.spent.requests == 2


def test_a_thread_that_is_gone_takes_its_posts_along(board: Board, shop: Workshop) -> None:
    say(board[0], 2)
    one = reader(board, shop)
    stored = mentions(batches(one))
    board[0].threads.clear()
    found = one.recheck(stored, Budget(), NOW, Event())
    assert {c.state for c in found.changes} == {State.DELETED}
    assert len(found.changes) == 2


@pytest.mark.parametrize(
    "trouble", [Reply(status=500), Reply(status=403), Trouble.RESET, Reply(body=b"<p>weg</p>")]
)
def test_a_page_that_does_not_tell_deletes_nothing(
    trouble: Reply | Trouble, board: Board, shop: Workshop
) -> None:
    say(board[0], 2)
    one = reader(board, shop)
    stored = mentions(batches(one))
    board[1].always(trouble)
    found = one.recheck(stored, Budget(), NOW, Event())
    assert (found.changes, found.standing, found.edited) == ((), (), ())


def test_posts_without_ids_keep_theirs_wherever_they_stand(board: Board, shop: Workshop) -> None:
    board[0].ids = False
    keys = say(board[0], 4)
    one = reader(board, shop)
    before = batches(one)
    board[0].delete(keys[0])
    after = mentions(batches(one, before[-1].next))
    assert [m.native_id for m in after] == [m.native_id for m in mentions(before)][1:]
    assert [m for m in after if "#" in m.url] == []


def test_a_notice_where_a_post_was_is_no_mention_and_a_removal(board: Board, shop: Workshop) -> None:
    keys = say(board[0], 2)
    one = reader(board, shop)
    stored = mentions(batches(one))
    board[0].edit(keys[1], "Dit bericht is verwijderd door een moderator.", at=NOW)
    assert texts(batches(one)) == ["Storing 0 bij Voorbeeld BV"]
    found = one.recheck(stored, Budget(), NOW, Event())
    assert [(c.native_id, c.state) for c in found.changes] == [(stored[1].native_id, State.REMOVED)]


@pytest.mark.parametrize(
    "text", ["Mijn bericht over de verwijderde pagina van Voorbeeld BV", "verwijderd", "Bericht"]
)
def test_words_of_a_person_are_no_notice(text: str) -> None:
    assert BoardPost(text=text).gone is False


def test_a_page_that_fails_three_times_does_not_hold_up_the_others(board: Board, shop: Workshop) -> None:
    say(board[0], 1, thread="Een")
    say(board[0], 1, thread="Twee")
    one = reader(board, shop)
    start = batches(one, budget=Budget(requests=3))[-1].next
    got: list[Mention] = []
    cursor = start
    for trouble in (Reply(status=500), None, None):
        if trouble:
            board[1].next(trouble)
        try:
            for batch in one.poll(cursor, Budget(), NOW, Event()):
                got += batch.mentions
                cursor = batch.next
        except TransientError:
            continue
    assert {m.title for m in got} == {"Een", "Twee"}


def test_a_board_on_which_every_thread_is_another_leaves_a_gap(board: Board, shop: Workshop) -> None:
    say(board[0], 1, thread="Een")
    one = reader(board, shop)
    cursor = batches(one)[-1].next
    board[0].threads = {name: [] for name in ("weg", *map(str, range(3)))}
    selectors = source(board).selectors
    assert selectors is not None
    page = (
        "<ul>"
        + "".join(f"<li><a class='topictitle' href='/viewtopic.php?t={n}'>{n}</a></li>" for n in (7, 8))
        + "</ul>"
    )
    board[1].next(Reply(body=page.encode(), headers={"Content-Type": "text/html"}))
    found = batches(one, cursor, now=NOW + HOUR)
    assert [(b.gap.from_at, b.gap.to_at) for b in found if b.gap] == [(NOW, NOW + HOUR)]


def test_selectors_that_pick_nothing_are_told(board: Board, shop: Workshop) -> None:
    board[1].next(Reply(status=404), Reply(status=404), Reply(body=b"<h1>Nieuw jasje</h1>"))
    with pytest.raises(TransientError, match="`thread` picks nothing"):
        batches(reader(board, shop))


def test_a_thread_that_robots_txt_forbids_is_not_asked(board: Board, shop: Workshop) -> None:
    say(board[0], 1)
    board[0].robots = "User-agent: *\nDisallow: /viewtopic.php\n"
    found = batches(reader(board, shop))
    assert (mentions(found), found[0].remarks) == ([], ("robots.txt keeps 1 threads from us",))
    board[0].robots = "User-agent: *\nDisallow: /\n"
    with pytest.raises(ForbiddenError):
        batches(collector_for(source(board), workshop(shop.inbox)))


def test_a_page_that_reserves_its_rights_is_not_read(board: Board, shop: Workshop) -> None:
    say(board[0], 1)
    board[0].headers = {"tdm-reservation": "1"}
    with pytest.raises(ForbiddenError, match="reserves"):
        batches(reader(board, shop))


@pytest.mark.parametrize(
    "trouble", [Reply(status=429), Reply(status=500), Trouble.RESET, Trouble.GARBAGE, Trouble.CUT]
)
def test_endless_trouble_costs_few_requests(trouble: Reply | Trouble, board: Board, shop: Workshop) -> None:
    board[1].always(trouble)
    with pytest.raises(CollectError):
        batches(reader(board, shop))
    assert board[1].requests <= 3


@pytest.mark.parametrize(
    "cursor", ["", "x", "[]", '{"v": 2}', '{"v": 1, "queue": 3}', '{"v": 1, "next_at": "x"}']
)
def test_a_cursor_that_cannot_be_read_is_never_read(cursor: str, board: Board, shop: Workshop) -> None:
    say(board[0], 2)
    assert len(mentions(batches(reader(board, shop), Cursor(cursor)))) == 2


def test_what_the_selectors_pick_is_shown_without_names(board: Board, shop: Workshop) -> None:
    board[0].say("Wieneke Planteman over Voorbeeld BV", at=NOW, thread="Vraag Wieneke Planteman")
    say(board[0], 12, thread="Vraag Wieneke Planteman")
    lines = explained(source(board), shop, NOW, Event())
    assert [line for line in lines if "planteman" in line.lower()] == []
    assert "thread: 1 links on " + source(board).url in lines
    assert "title: 'Vraag [author]'" in lines
    assert any(line.startswith("  2026-11-18 10:00 UTC: '[author] over Voorbeeld BV'") for line in lines)


def test_links_to_other_hosts_and_schemes_are_no_threads() -> None:
    page = "<a href='//elders.example/1'>1</a><a href='javascript:1'>2</a><a href='/3#p'>3</a><a href='/3'>3</a><a>4</a>"
    assert [one.url for one in picked(page, PLAIN, "https://b.example/").threads] == ["https://b.example/3"]


def test_a_selector_that_cannot_be_read_is_for_a_person() -> None:
    with pytest.raises(PermanentError, match="selector"):
        picked("<p>", BoardSelectors(thread="a[", post="div", text="p"), "https://b.example/")


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("é €".encode("cp1252"), "text/html; charset=ISO-8859-1", "é €"),
        ("é €".encode(), "text/html", "é €"),
        (b"<meta charset=windows-1252>\x80", "text/html", "<meta charset=windows-1252>€"),
        ("é".encode("cp1252"), "text/html; charset=utf-8", "é"),
        ("é".encode(), "text/html; charset=klingon", "é"),
    ],
)
def test_pages_are_read_in_the_characters_they_were_written_in(
    body: bytes, content_type: str, text: str
) -> None:
    assert decoded(body, content_type) == text


def test_a_page_that_would_hurt_the_parser_is_read_in_a_child_or_given_up() -> None:
    deep = "<div>" * 3_000 + "<p>Voorbeeld BV</p>"
    assert is_tame(deep) is False
    assert len(picked_safely(deep, PLAIN, "https://b.example/", Event()).posts) > 0
    wide = "<li><p>a<b>c</b>" * 2_000
    assert is_tame(wide) is True


def test_a_cursor_holds_no_words_of_anybody(board: Board, shop: Workshop) -> None:
    say(board[0], 3, thread="Vraag van Wieneke")
    cursor = json.dumps([batch.next for batch in batches(reader(board, shop))])
    assert ("Storing" in cursor, "Vraag" in cursor) == (False, False)


#: sends whoever follows it round and round
LOOP = Reply(status=302, headers={"Location": "/viewtopic.php?f=2&t=2"})


def test_an_error_without_an_answer_is_not_taken_for_the_refusal_before_it(
    board: Board, shop: Workshop
) -> None:
    say(board[0], 1, thread="Een")
    say(board[0], 1, thread="Twee")
    one = reader(board, shop)
    stored = mentions(batches(one))
    board[1].next(Reply(status=404), *[LOOP] * 6)
    found = one.recheck(stored, Budget(), NOW, Event())
    assert [change.native_id for change in found.changes] == [stored[0].native_id]


def test_a_thread_about_logging_in_is_read_and_a_login_page_is_not(board: Board, shop: Workshop) -> None:
    say(board[0], 1)
    table = source(board).model_dump() | {"url": f"{board[1].address}/inloggen-lukt-niet"}
    one = collector_for(ForumSource(**table), shop)
    row = b"<a class='topictitle' href='/inloggen-lukt-niet/2'>x</a>"
    post = b"<div class='post' id='p1'><div class='content'>Voorbeeld BV laat mij er niet in</div></div>"
    board[1].next(Reply(status=404), Reply(status=404), Reply(body=row), Reply(body=post))
    assert texts(batches(one)) == ["Voorbeeld BV laat mij er niet in"]
    board[1].next(Reply(status=302, headers={"Location": "/ucp/login?then=/"}), Reply(body=b"<form>"))
    with pytest.raises(ForbiddenError, match="login"):
        batches(one)


def test_a_page_that_leads_to_another_host_or_to_what_robots_txt_forbids_is_not_used(
    board: Board, shop: Workshop
) -> None:
    say(board[0], 1)
    elsewhere = board[1].address.replace("127.0.0.1", "localhost") + "/viewforum.php?f=2"
    one = reader(board, shop)
    batches(one)
    for target, why in ((elsewhere, "another host"), ("/ucp.php", "robots.txt")):
        board[1].next(Reply(status=302, headers={"Location": target}), Reply(body=b"<p>hier"))
        with pytest.raises(ForbiddenError, match=why):
            batches(one)


def test_showing_what_selectors_pick_keeps_to_the_boards_pace(board: Board, shop: Workshop) -> None:
    board[0].crawl_delay = 60.0
    say(board[0], 1)
    lines = explained(source(board), shop, NOW, Event())
    assert lines[-1] == "no thread is shown: the board's pace allows one page now"
    assert [path for path in asked(board[1]) if path.startswith("/view")] == ["/viewforum.php??"]


def test_the_rows_of_thousands_of_links_side_by_side_are_told_apart() -> None:
    page = "<div>" + "".join(f"<a href='/{number}'>a</a>" for number in range(9_000)) + "</div>"
    found = picked(page, PLAIN, "https://b.example/").threads
    assert (len(found), found[99].url, found[99].row) == (100, "https://b.example/99", "a")


@pytest.mark.parametrize(
    "attribute", ["a{}", "a{}='>'", "a{}='\">' b{}='\">'", "a{}=\"='x>'>\"", 'a{} x="<p"']
)
def test_a_tag_with_thousands_of_attributes_is_not_tame(attribute: str) -> None:
    given = [attribute.replace("{}", str(number)) for number in range(2_000)]
    assert is_tame(f"<p>a</p><div {' '.join(given)}>") is False
    assert is_tame(f"<p>a</p><div {' '.join(given[:9])}>{'woorden ' * 2_000}</div>") is True
