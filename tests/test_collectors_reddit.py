"""Reddit through the collector's door: a fake that speaks its API, on loopback."""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Timer

import pytest
from builders import NOW
from collecting import SEARCHES, batches, mentions, texts, workshop

from collectors import collector_for
from collectors.reddit_client import _ACCOUNTS
from collectors.reddit_listings import queries
from klankbord.demo.fakes.reddit import ENVIRONMENT, RedditFake
from klankbord.demo.loopback import Loopback, Reply, Trouble
from klankbord.errors import AuthError, RateLimitedError, TransientError
from klankbord.mention import Kind, State
from klankbord.ports import Batch, Budget, Collector, Cursor, Search
from klankbord.settings.models import SourcesFile

NAMES = "Voorbeeld BV heeft al drie dagen storing."
AUTHOR = "WienekeP_82"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    _ACCOUNTS.clear()
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def fake() -> RedditFake:
    return RedditFake()


@pytest.fixture
def site(fake: RedditFake) -> Iterator[Loopback]:
    with Loopback(fake) as standing:
        yield standing


def reader(
    site: Loopback, folder: Path, searches: tuple[Search, ...] = SEARCHES, **given: object
) -> Collector:
    fields = {"id": "reddit", **RedditFake().settings(site.address), "timeout": 5.0, **given}
    (source,) = SourcesFile.model_validate({"source": [fields]}).source
    return collector_for(source, replace(workshop(folder), searches=lambda _: searches))


def ago(**given: float) -> datetime:
    return NOW - timedelta(**given)


def end(found: list[Batch]) -> Cursor:
    return found[-1].next


def test_a_submission_that_search_finds_becomes_a_mention_without_its_author(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    key = fake.post(f"{NAMES} Groet, {AUTHOR}", at=ago(hours=2), author=AUTHOR)
    fake.post("Iets heel anders.", at=ago(hours=1))
    found = batches(reader(site, tmp_path))
    (one,) = mentions(found)
    assert (one.native_id, one.kind, one.url) == (
        key,
        Kind.POST,
        f"https://www.reddit.com/comments/{key[3:]}",
    )
    assert one.text == f"{NAMES} Groet, [author]"
    assert one.published_at == ago(hours=2)
    assert AUTHOR.casefold() not in repr(found).casefold()
    assert one.author is not None


def test_a_comment_carries_its_thread_title_and_what_it_answers(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    draad = fake.post("Voorbeeld BV gaat verhuizen.", at=ago(hours=5), author="Draadstarter99")
    first = fake.comment(
        "Weet iemand waarheen? vraagt Draadstarter99", at=ago(hours=2), under=draad, author=AUTHOR
    )
    fake.comment(
        f"Naar Utrecht, {AUTHOR}", at=ago(hours=1), under=draad, parent=first, author="Iemand_Anders"
    )
    found = batches(reader(site, tmp_path))
    reply, comment, _ = sorted(mentions(found), key=lambda one: one.published_at, reverse=True)
    assert (reply.kind, comment.kind) == (Kind.REPLY, Kind.COMMENT)
    assert comment.context == "Wat vinden jullie hiervan?"
    assert reply.context == "Wat vinden jullie hiervan?\nWeet iemand waarheen? vraagt [author]"
    assert reply.text == "Naar Utrecht, [author]"
    assert (reply.thread_id, reply.parent_id) == (draad, first)
    assert reply.url == f"https://www.reddit.com/comments/{draad[3:]}/_/{reply.native_id[3:]}"
    for name in (AUTHOR, "Draadstarter99", "Iemand_Anders"):
        assert name.casefold() not in repr(found).casefold()


def test_reading_twice_gives_the_same_ids_and_revisions(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAMES, at=ago(hours=2))
    fake.comment("Hier ook.", at=ago(hours=1))
    one = reader(site, tmp_path)
    first = batches(one)
    second = batches(one, end(first))
    assert {(m.native_id, m.revision) for m in mentions(first)} == {
        (m.native_id, m.revision) for m in mentions(second)
    }


def test_the_token_is_asked_for_once_and_counted_as_a_request(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    one = reader(site, tmp_path)
    first = batches(one)
    second = batches(reader(site, tmp_path), end(first), now=NOW + timedelta(minutes=10))
    assert fake.tokens == 1
    assert sum(batch.spent.requests for batch in first) == 3
    assert sum(batch.spent.requests for batch in second) == 2
    batches(one, now=NOW + timedelta(minutes=60))
    assert fake.tokens == 2


def test_a_token_that_reddit_no_longer_takes_is_asked_for_anew_at_the_next_read(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    one = reader(site, tmp_path)
    batches(one)
    site.next(Reply(status=401, body=b"{}"))
    with pytest.raises(TransientError):
        batches(one)
    batches(one)
    assert fake.tokens == 2


def test_a_401_without_www_authenticate_on_a_fresh_token_is_a_wrong_credential(
    site: Loopback, tmp_path: Path
) -> None:
    token = Reply(body=b'{"access_token": "x", "expires_in": 3600, "scope": "*"}')
    site.next(token, Reply(status=401, body=b"{}"))
    with pytest.raises(AuthError):
        batches(reader(site, tmp_path))
    assert site.requests == 2


@pytest.mark.parametrize("body", [b'{"error": "invalid_grant"}', b'{"error": 401}'])
def test_credentials_that_reddit_refuses_with_200_are_told_as_such(
    site: Loopback, tmp_path: Path, body: bytes
) -> None:
    site.next(Reply(body=body))
    with pytest.raises(AuthError):
        batches(reader(site, tmp_path))


def test_missing_credentials_are_told_before_any_request(
    site: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KLANKBORD_DEMO_REDDIT_SECRET")
    with pytest.raises(AuthError, match="KLANKBORD_DEMO_REDDIT_SECRET"):
        batches(reader(site, tmp_path))
    assert site.requests == 0


TROUBLES: list[tuple[Reply | Trouble, type[Exception]]] = [
    (Reply(status=429, headers={"Retry-After": "120"}), RateLimitedError),
    (Reply(status=429, headers={"Retry-After": "Wed, 18 Nov 2026 10:05:00 GMT"}), RateLimitedError),
    (Reply(status=500), TransientError),
    (Reply(status=503), TransientError),
    (Reply(status=522), TransientError),
    (Trouble.RESET, TransientError),
    (Trouble.CUT, TransientError),
    (Trouble.GARBAGE, TransientError),
    (Reply(body=b"<html>sorry</html>"), TransientError),
    (Reply(body=b"[]"), TransientError),
]


@pytest.mark.parametrize(("trouble", "error"), TROUBLES)
@pytest.mark.parametrize("signed_in", [False, True])
def test_endless_trouble_costs_one_request_and_no_sleep(
    site: Loopback, tmp_path: Path, trouble: Reply | Trouble, error: type[Exception], *, signed_in: bool
) -> None:
    one = reader(site, tmp_path)
    if signed_in:
        batches(one)
    before, begun = site.requests, time.monotonic()
    site.always(trouble)
    with pytest.raises(error):
        batches(one)
    # a connection that was kept and is then reset is no trouble: the fetcher asks once more on a new one
    assert site.requests - before <= (2 if trouble is Trouble.RESET else 1)
    assert time.monotonic() - begun < 1


def test_when_the_limit_is_used_up_the_run_ends_with_a_moment_and_the_next_asks_nothing(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAMES, at=ago(hours=2))
    fake.comment("Hier ook.", at=ago(hours=1))
    fake.remaining = 1.0
    one = reader(site, tmp_path)
    begun = time.monotonic()
    first = batches(one)
    assert [batch.not_before for batch in first] == [NOW + timedelta(seconds=480)]
    assert texts(first) == [NAMES]
    before = site.requests
    (waiting,) = batches(one, end(first), now=NOW + timedelta(minutes=1))
    assert (waiting.not_before, waiting.next) == (NOW + timedelta(seconds=480), end(first))
    assert site.requests == before
    fake.remaining = 600.0
    assert "Hier ook." in texts(batches(one, end(first), now=NOW + timedelta(minutes=9)))
    assert time.monotonic() - begun < 1


def test_neither_praw_ini_nor_the_environment_is_read(
    fake: RedditFake, site: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.post(NAMES, at=ago(hours=2))
    home = tmp_path / "home"
    (home / ".config").mkdir(parents=True)
    planted = "[DEFAULT]\noauth_url=http://127.0.0.1:1\nreddit_url=http://127.0.0.1:1\nclient_id=planted\n"
    (home / ".config" / "praw.ini").write_text(planted)
    (tmp_path / "praw.ini").write_text(planted + "this is no line of an ini file [\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name in ("site", "client_id", "username", "password", "refresh_token", "check_for_updates"):
        monkeypatch.setenv(f"praw_{name}", "planted")
    opened: list[str] = []
    sys.addaudithook(
        lambda event, args: (
            opened.append(str(args[0])) if event == "open" and "praw.ini" in str(args[0]) else None
        )
    )
    assert texts(batches(reader(site, tmp_path))) == [NAMES]
    assert opened == []
    assert "planted" not in repr([(asked.headers, asked.body) for asked in site.asked])


def test_more_than_a_page_is_walked_back_to_what_is_known(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    draad = fake.post("Een draad", at=ago(days=3))
    one = reader(site, tmp_path)
    for number in range(50):
        fake.comment(f"oud {number}", at=ago(hours=20) + timedelta(seconds=number), under=draad)
    first = batches(one)
    for number in range(230):
        fake.comment(f"nieuw {number}", at=ago(hours=2) + timedelta(seconds=number), under=draad)
    second = batches(one, end(first))
    assert {f"nieuw {number}" for number in range(230)} <= set(texts(second))
    assert [len(batch.mentions) for batch in second] == [0, 100, 100, 80]
    assert [batch.gap for batch in second] == [None] * 4
    assert len(batches(one, end(second))) == 2


def test_a_walk_cut_anywhere_goes_on_from_its_cursor_and_loses_nothing(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    draad = fake.post("Een draad", at=ago(days=3))
    one = reader(site, tmp_path)
    first = batches(one)
    for number in range(250):
        fake.comment(f"nieuw {number}", at=ago(hours=2) + timedelta(seconds=number), under=draad)
    seen: set[str] = set()
    cursor = end(first)
    for _ in range(6):
        # one request a run; the process dies after each batch
        for batch in batches(one, cursor, budget=Budget(requests=1)):
            seen |= set(texts([batch]))
            cursor = batch.next
    assert {f"nieuw {number}" for number in range(250)} <= seen


def test_a_run_of_one_request_first_gets_its_token_and_then_reads(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAMES, at=ago(hours=2))
    one = reader(site, tmp_path)
    first = batches(one, budget=Budget(requests=1))
    assert [batch.spent.requests for batch in first] == [1]
    assert texts(batches(one, end(first), budget=Budget(requests=1))) == [NAMES]


def test_what_passed_the_end_of_the_listing_is_a_gap(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    draad = fake.post("Een draad", at=ago(days=3))
    fake.comment("oud", at=ago(hours=20), under=draad)
    one = reader(site, tmp_path)
    first = batches(one)
    fake.longest = 150
    for number in range(300):
        fake.comment(f"nieuw {number}", at=ago(hours=2) + timedelta(seconds=number), under=draad)
    (gap,) = [batch.gap for batch in batches(one, end(first)) if batch.gap]
    assert (gap.from_at, gap.to_at) == (ago(hours=20), ago(hours=2) + timedelta(seconds=150))
    assert "r/voorbeeld" in gap.reason


def test_late_same_second_backdated_and_future_posts_are_neither_lost_nor_in_the_way(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    draad = fake.post("Een draad", at=ago(days=3))
    fake.comment("eerste", at=ago(hours=1), under=draad)
    fake.comment("uit de toekomst", at=NOW + timedelta(days=2), under=draad)
    one = reader(site, tmp_path)
    first = batches(one)
    fake.comment("zelfde tel", at=ago(hours=1), under=draad)
    fake.comment("te laat zichtbaar", at=ago(hours=3), under=draad)
    later = NOW + timedelta(minutes=10)
    fake.comment("nieuw", at=NOW + timedelta(minutes=5), under=draad)
    second = batches(one, end(first), now=later)
    assert {"zelfde tel", "te laat zichtbaar", "nieuw"} <= set(texts(second))


def test_one_backdated_post_does_not_end_a_walk(fake: RedditFake, site: Loopback, tmp_path: Path) -> None:
    from collectors.reddit_listings import reached

    assert not reached([9.0, 8.0, 1.0], ["a", "b", "c"], frozenset(), 5.0)
    assert reached([4.0, 3.0, 1.0], ["a", "b", "c"], frozenset(), 5.0)
    assert reached([9.0, 8.0, 7.0], ["a", "b", "c"], frozenset({"c"}), 5.0)


@pytest.mark.parametrize("cursor", ["garbage", "[]", '{"v": 2}', '{"v": 1, "marks": 3}', '{"v": 1}', "null"])
def test_a_cursor_that_cannot_be_read_is_a_first_read(
    fake: RedditFake, site: Loopback, tmp_path: Path, cursor: str
) -> None:
    fake.post(NAMES, at=ago(hours=2))
    assert texts(batches(reader(site, tmp_path), Cursor(cursor))) == [NAMES]


def test_other_search_words_are_another_walk_and_the_comments_keep_theirs(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("Voorbeeldia is een nieuwe naam.", at=ago(days=6))
    first = batches(reader(site, tmp_path))
    other = (Search(query_id="organisation", text="Voorbeeldia"),)
    assert texts(batches(reader(site, tmp_path, other), end(first))) == ["Voorbeeldia is een nieuwe naam."]


def test_without_words_to_search_for_nothing_is_searched_and_it_is_said(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    cursor = Cursor("{}")
    (only,) = batches(reader(site, tmp_path, (), subreddits=[]), cursor)
    assert (only.next, site.requests) == (cursor, 0)
    assert only.remarks[0].startswith("nothing may be searched for")
    batches(reader(site, tmp_path, ()))
    assert [asked.path for asked in site.asked] == ["/api/v1/access_token", "/r/voorbeeld/comments"]


def test_searches_are_packed_into_texts_of_512_characters_and_quoted() -> None:
    words = tuple(
        Search(query_id="q", text=f'Merk "{number}" van Voorbeeld', phrase=True) for number in range(40)
    )
    packed = queries(words)
    assert max(map(len, packed)) <= 512
    assert " OR ".join(packed).count(" van Voorbeeld") == 40
    assert queries((Search(query_id="q", text="een twee"),)) == ('("een" AND "twee")',)


def test_deleted_and_removed_posts_never_come_as_mentions_and_vanish_from_the_window(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    keys = [fake.comment(f"comment {number}", at=ago(hours=3 - number)) for number in range(3)]
    one = reader(site, tmp_path)
    first = batches(one)
    fake.delete(keys[1])
    second = batches(one, end(first))
    assert "comment 1" not in texts(second)
    assert [gone for batch in second for gone in batch.vanished] == [keys[1]]


def test_a_deleted_text_in_a_listing_is_a_change_of_state(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    fake.comment("[deleted]", at=ago(hours=1), author="")
    fake.comment("[removed]", at=ago(hours=2), author="")
    found = batches(reader(site, tmp_path))
    assert texts(found) == []
    assert [change.state for batch in found for change in batch.changes] == [State.DELETED, State.REMOVED]


def test_stop_is_obeyed_while_reddit_says_nothing(site: Loopback, tmp_path: Path) -> None:
    site.always(Trouble.HANG)
    stop = Event()
    Timer(0.2, stop.set).start()
    begun = time.monotonic()
    assert list(reader(site, tmp_path).poll(None, Budget(), NOW, stop)) == []
    assert time.monotonic() - begun < 2


def test_only_the_reading_endpoints_are_asked_and_no_other_host(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAMES, at=ago(hours=2))
    batches(reader(site, tmp_path))
    assert [(asked.method, asked.path) for asked in site.asked] == [
        ("POST", "/api/v1/access_token"),
        ("GET", "/search"),
        ("GET", "/r/voorbeeld/comments"),
    ]
    assert site.asked[1].query["q"] == '"Voorbeeld BV" OR "VoorbeeldPlus"'
    assert {asked.headers["user-agent"] for asked in site.asked} == {
        "Klankbord-test/1 (+https://example.org)"
    }


def test_the_command_line_does_not_load_praw_before_reddit_is_read(site: Loopback, tmp_path: Path) -> None:
    import subprocess

    code = "import sys, collectors.reddit; sys.exit('praw' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ}, check=False).returncode == 0


def test_every_batch_leaves_a_cursor_from_which_nothing_is_lost(
    fake: RedditFake, site: Loopback, tmp_path: Path
) -> None:
    draad = fake.post(NAMES, at=ago(hours=8))
    for number in range(230):
        fake.comment(f"comment {number}", at=ago(hours=2) + timedelta(seconds=number), under=draad)
    one = reader(site, tmp_path)
    whole = batches(one)
    for killed in range(len(whole)):
        before = whole[:killed]
        first = batches(one, before[-1].next if before else None)
        rest = batches(one, end(first))
        assert len({mention.native_id for mention in mentions([*before, *first, *rest])}) == 231
