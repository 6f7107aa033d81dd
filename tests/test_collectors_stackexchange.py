"""Stack Exchange through the collector's door: a fake that speaks its API 2.3, on loopback."""

import gzip
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Timer

import pytest
from builders import NOW
from collecting import SEARCHES, batches, mentions, texts, workshop

from collectors import collector_for
from collectors.stackexchange_cursor import query
from klankbord.demo.fakes.stackexchange import ENVIRONMENT, StackExchangeFake
from klankbord.demo.loopback import Asked, Loopback, Reply, Trouble
from klankbord.errors import (
    AuthError,
    ForbiddenError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from klankbord.mention import Kind, State
from klankbord.ports import Batch, Budget, Collector, Cursor, Search
from klankbord.settings.models import SourcesFile

NAMES = "Werkt de API van Voorbeeld BV bij jullie?"
AUTHOR = "Wieneke <P> Planteman"
ONE = SEARCHES[:1]

# What the API's documentation names, per type (api.stackexchange.com/docs/types, 2.3).
DOCUMENTED = {
    "wrapper": "items has_more quota_max quota_remaining backoff error_id error_name error_message page page_size "
    "total type",
    "search_excerpt": "answer_count answer_id body closed_date community_owned_date creation_date "
    "equivalent_tag_search excerpt has_accepted_answer is_accepted is_answered item_type last_activity_date "
    "last_activity_user locked_date question_id question_score score tags title",
    "post": "body body_markdown comment_count comments content_license creation_date down_vote_count "
    "last_activity_date last_edit_date last_editor link owner post_id post_type score share_link title "
    "up_vote_count",
    "comment": "body body_markdown can_flag comment_id content_license creation_date edited link owner post_id "
    "post_type reply_to_user score upvoted",
    "shallow_user": "accept_rate account_id badge_counts display_name link profile_image reputation user_id user_type",
}


@pytest.fixture
def fake() -> StackExchangeFake:
    return StackExchangeFake()


@pytest.fixture
def site(fake: StackExchangeFake) -> Iterator[Loopback]:
    with Loopback(fake) as standing:
        yield standing


def reader(site: Loopback, folder: Path, searches: tuple[Search, ...] = ONE, **given: object) -> Collector:
    fields = {"id": "stack", **StackExchangeFake().settings(site.address), "timeout": 5.0, **given}
    (source,) = SourcesFile.model_validate({"source": [fields]}).source
    return collector_for(source, replace(workshop(folder), searches=lambda _: searches))


def ago(**given: float) -> datetime:
    return NOW - timedelta(**given)


def end(found: list[Batch]) -> Cursor:
    return found[-1].next


def test_a_question_an_answer_and_a_comment_become_mentions_without_names(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    asked = fake.post(f"{NAMES} vraagt {AUTHOR}", at=ago(hours=5), author=AUTHOR)
    answer = fake.reply(
        "Bij Voorbeeld BV werkt a < b niet.", at=ago(hours=4), under=asked, author="Jan de Beantwoorder"
    )
    comment = fake.comment("Klopt, zegt Commentator99", at=ago(hours=3), under=answer, author="Commentator99")
    found = batches(reader(site, tmp_path))
    by_id = {mention.native_id: mention for mention in mentions(found)}
    question, reply, remark = (
        by_id[f"stackoverflow:{asked}"],
        by_id[f"stackoverflow:{answer}"],
        by_id[f"stackoverflow:c{comment}"],
    )
    assert (question.kind, reply.kind, remark.kind) == (Kind.POST, Kind.REPLY, Kind.COMMENT)
    assert question.text == f"{NAMES} vraagt [author]"
    assert question.title == reply.context == remark.context == "Waar kan ik dit & meer vragen?"
    assert reply.text == "Bij Voorbeeld BV werkt a < b niet."
    assert (reply.parent_id, reply.thread_id) == (question.native_id, question.native_id)
    assert (remark.parent_id, remark.thread_id) == (reply.native_id, question.native_id)
    assert remark.url == f"https://stackoverflow.com/a/{answer}#comment{comment}_{answer}"
    assert question.published_at == ago(hours=5)
    assert question.author is not None
    for name in ("Wieneke", "Planteman", "Beantwoorder", "Commentator99"):
        assert name.casefold() not in repr(found).casefold()


def test_reading_twice_gives_the_same_and_an_edit_another_revision(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    key = fake.post(NAMES, at=ago(hours=5))
    one = reader(site, tmp_path)
    first = batches(one)
    second = batches(one, end(first), now=NOW + timedelta(hours=1))
    assert [(m.native_id, m.revision) for m in mentions(first)] == [
        (m.native_id, m.revision) for m in mentions(second)
    ]
    fake.edit(key, NAMES + " Nu wel.", at=NOW)
    (edited,) = mentions(batches(one, end(second), now=NOW + timedelta(hours=2)))
    assert (edited.native_id, edited.edited_at) == (f"stackoverflow:{key}", NOW)
    assert edited.revision != mentions(first)[0].revision


def test_one_poll_costs_one_request_a_search_and_two_for_what_was_found(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    found = batches(reader(site, tmp_path, SEARCHES))
    assert [asked.path for asked in site.asked] == ["/2.3/search/excerpts"] * 2
    fake.post(NAMES, at=ago(hours=5))
    found = batches(reader(site, tmp_path, SEARCHES), end(found))
    assert sum(batch.spent.requests for batch in found) == 4
    assert [asked.query["q"] for asked in site.asked if "q" in asked.query][:2] == [
        '"Voorbeeld BV"',
        "VoorbeeldPlus",
    ]


def test_a_prefix_is_a_wildcard_and_quotes_do_not_break_out() -> None:
    assert query(Search(query_id="q", text="voorbeeld", prefix=True)) == "voorbeeld*"
    assert query(Search(query_id="q", text='a "b" c', phrase=True)) == '"a b c"'


def test_a_key_is_sent_and_never_told(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((name, value),) = ENVIRONMENT.items()
    monkeypatch.setenv(name, value)
    one = reader(site, tmp_path, key=f"env:{name}")
    batches(one)
    assert site.asked[0].query["key"] == value
    site.always(Trouble.RESET)
    with pytest.raises(TransientError) as error:
        batches(one)
    assert value not in str(error.value)


def test_backoff_is_obeyed_before_the_same_method_is_asked_again(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAMES, at=ago(hours=5))
    fake.post("VoorbeeldPlus doet het.", at=ago(hours=4))
    fake.backoff["search/excerpts"] = 10
    one = reader(site, tmp_path, SEARCHES)
    first = batches(one)
    # another method may be asked, the same may not
    assert [asked.path.split("/")[2] for asked in site.asked] == ["search", "posts", "posts"]
    assert texts(first) == [NAMES]
    assert first[-1].not_before == NOW + timedelta(seconds=12)
    second = batches(one, end(first), now=NOW + timedelta(seconds=12))
    assert texts(second) == ["VoorbeeldPlus doet het."]


def test_a_search_that_is_not_taken_keeps_no_other_from_being_made_and_moves_no_mark(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post("VoorbeeldPlus doet het.", at=ago(hours=4))
    one = reader(site, tmp_path, SEARCHES)
    for whole in (False, True):
        found: list[Batch] = []
        if not whole:
            site.next(Reply(status=400, body=b'{"error_id":400,"error_message":"q is odd"}'))
            with pytest.raises(PermanentError, match="q is odd"):
                found.extend(one.poll(None, Budget(), NOW, Event()))
        else:
            found = batches(one)
        assert texts(found) == ["VoorbeeldPlus doet het."]
        assert bool(json.loads(end(found))["high"]) is whole
        assert json.loads(end(found))["walk"] is None


def test_the_title_of_an_answers_question_is_still_known_where_the_run_was_cut(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    asked = fake.post("Wie weet raad?", at=ago(hours=5))
    fake.reply(NAMES, at=ago(hours=4), under=asked)
    one = reader(site, tmp_path)
    whole = mentions(batches(one))
    first = batches(one, budget=Budget(requests=1))
    cut = mentions(batches(one, end(first)))
    assert [(m.native_id, m.context) for m in cut] == [(m.native_id, m.context) for m in whole]
    assert cut[0].context == "Waar kan ik dit & meer vragen?"


def test_a_renamed_or_deleted_account_does_not_uncover_its_name_by_a_recheck(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    key = fake.post(f"{NAMES} Groet, Wieneke Planteman", at=ago(hours=5))
    one = reader(site, tmp_path)
    stored = mentions(batches(one))
    fake._posts[int(key)].author = "Iemand Anders"
    assert one.recheck(stored, Budget(), NOW, Event()).standing == (stored[0].native_id,)
    fake._posts[int(key)].author = ""
    (edited,) = one.recheck(stored, Budget(), NOW, Event()).edited
    assert (edited.author, edited.text) == (None, stored[0].text)
    assert "Planteman" not in edited.text


def test_an_empty_quota_stops_until_the_next_day_and_loses_nothing(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAMES, at=ago(hours=5))
    fake.quota = 1
    one = reader(site, tmp_path)
    first = batches(one)
    midnight = datetime(2026, 11, 19, tzinfo=UTC)
    assert [(batch.not_before, batch.mentions) for batch in first] == [(midnight, ())]
    assert site.requests == 1
    fake.quota = 300
    assert texts(batches(one, end(first), now=midnight)) == [NAMES]


def test_the_throttle_says_until_when_it_holds(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.quota = 0
    with pytest.raises(RateLimitedError) as error:
        batches(reader(site, tmp_path))
    assert error.value.until == NOW + timedelta(seconds=3601)
    assert site.requests == 1


ERRORS = [
    (400, PermanentError),
    (401, AuthError),
    (403, ForbiddenError),
    (405, AuthError),
    (500, TransientError),
    (503, TransientError),
]


@pytest.mark.parametrize(("number", "error"), ERRORS)
@pytest.mark.parametrize("status", [400, 200])
def test_errors_are_told_in_the_body_whatever_the_status(
    site: Loopback, tmp_path: Path, number: int, error: type[Exception], status: int
) -> None:
    site.next(Reply(status=status, body=json.dumps({"error_id": number, "error_message": "no"}).encode()))
    with pytest.raises(error, match=str(number)):
        batches(reader(site, tmp_path))


TROUBLES: list[tuple[Reply | Trouble, type[Exception]]] = [
    (Reply(status=429, headers={"Retry-After": "120"}), RateLimitedError),
    (Reply(status=500), TransientError),
    (Reply(status=503), TransientError),
    (Trouble.RESET, TransientError),
    (Trouble.CUT, TransientError),
    (Trouble.GARBAGE, TransientError),
    (Reply(body=b"<html>sorry</html>"), TransientError),
    (Reply(body=b"[]"), TransientError),
    (Reply(body=b'{"items": {}}'), TransientError),
]


@pytest.mark.parametrize(("trouble", "error"), TROUBLES)
def test_endless_trouble_costs_one_request(
    site: Loopback, tmp_path: Path, trouble: Reply | Trouble, error: type[Exception]
) -> None:
    site.always(trouble)
    with pytest.raises(error):
        batches(reader(site, tmp_path))
    assert site.requests == 1


def test_several_pages_are_walked_and_a_run_of_one_request_goes_on_where_it_was(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    for number in range(230):
        fake.post(f"{NAMES} {number}", at=ago(hours=5) + timedelta(seconds=number))
    one = reader(site, tmp_path)
    wanted = {f"{NAMES} {number}" for number in range(230)}
    assert {mention.text for mention in mentions(batches(one))} == wanted
    seen: set[str] = set()
    cursor = None
    for _ in range(6):
        for batch in batches(one, cursor, budget=Budget(requests=1)):
            seen |= set(texts([batch]))
            cursor = batch.next
    assert seen == wanted


def test_every_batch_leaves_a_cursor_from_which_nothing_is_lost(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    for number in range(130):
        fake.post(f"{NAMES} VoorbeeldPlus {number}", at=ago(hours=5) + timedelta(seconds=number))
    one = reader(site, tmp_path, SEARCHES)
    whole = batches(one)
    for killed in range(len(whole) + 1):
        first = whole[:killed]
        rest = batches(one, first[-1].next if first else None)
        assert len({m.native_id for m in mentions(first + rest)}) == 130


def test_what_lies_beyond_the_last_page_is_a_gap(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    one = reader(site, tmp_path)
    first = batches(one, now=ago(days=1))
    for number in range(2_600):
        fake.post(f"{NAMES} {number}", at=ago(hours=5) + timedelta(seconds=number))
    found = batches(one, end(first), budget=Budget(requests=100))
    (gap,) = [batch.gap for batch in found if batch.gap]
    assert (gap.from_at, gap.to_at) == (ago(days=3), ago(hours=5) + timedelta(seconds=100))
    assert json.loads(end(found))["walk"] is None


def test_a_post_that_the_search_finds_late_or_that_lies_ahead_is_not_lost(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    one = reader(site, tmp_path)
    first = batches(one)
    fake.post(f"{NAMES} te laat", at=ago(hours=30))
    fake.post(f"{NAMES} toekomst", at=NOW + timedelta(days=2))
    found = batches(one, end(first), now=NOW + timedelta(hours=1))
    assert sorted(texts(found)) == [f"{NAMES} te laat", f"{NAMES} toekomst"]
    fake.post(f"{NAMES} daarna", at=NOW + timedelta(hours=2))
    assert f"{NAMES} daarna" in texts(batches(one, end(found), now=NOW + timedelta(hours=3)))


@pytest.mark.parametrize("cursor", ["garbage", "[]", '{"v": 2}', '{"v": 1, "what": 3}', "null"])
def test_a_cursor_that_cannot_be_read_is_a_first_read(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path, cursor: str
) -> None:
    fake.post(NAMES, at=ago(days=6))
    assert texts(batches(reader(site, tmp_path), Cursor(cursor))) == [NAMES]


def test_a_walk_that_points_nowhere_is_a_first_read(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAMES, at=ago(days=6))
    one = reader(site, tmp_path)
    state = json.loads(end(batches(one)))
    state["walk"] = {"since": 1, "began": 2, "search": 9, "page": 1, "found": [], "more": False}
    assert texts(batches(one, Cursor(json.dumps(state)))) == [NAMES]


def test_without_words_to_search_for_nothing_is_asked_and_it_is_said(site: Loopback, tmp_path: Path) -> None:
    cursor = Cursor("{}")
    (only,) = batches(reader(site, tmp_path, ()), cursor)
    assert (only.next, site.requests) == (cursor, 0)
    assert only.remarks[0].startswith("nothing may be searched for")


def test_recheck_tells_gone_edited_and_standing_apart_in_two_requests(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    keys = [fake.post(f"{NAMES} {number} < {AUTHOR}", at=ago(hours=5), author=AUTHOR) for number in range(3)]
    answer = fake.reply(NAMES, at=ago(hours=4), under=keys[2])
    remarks = [fake.comment(f"Klopt {number}", at=ago(hours=3), under=keys[2]) for number in range(2)]
    one = reader(site, tmp_path)
    stored = mentions(batches(one))
    fake.delete(keys[0])
    fake.delete(remarks[0])
    fake.edit(keys[1], "Toch niet.", at=NOW)
    before = site.requests
    told = one.recheck(stored, Budget(), NOW, Event())
    assert {(change.native_id, change.state) for change in told.changes} == {
        (f"stackoverflow:{keys[0]}", State.DELETED),
        (f"stackoverflow:c{remarks[0]}", State.DELETED),
    }
    assert [mention.text for mention in told.edited] == ["Toch niet."]
    assert set(told.standing) == {
        f"stackoverflow:{keys[2]}",
        f"stackoverflow:{answer}",
        f"stackoverflow:c{remarks[1]}",
    }
    assert (site.requests - before, told.spent.requests) == (2, 2)


def test_posts_of_another_site_are_not_asked_for(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAMES, at=ago(hours=5))
    one = reader(site, tmp_path)
    (stored,) = mentions(batches(one))
    before = site.requests
    told = one.recheck([replace(stored, native_id="superuser:1")], Budget(), NOW, Event())
    assert (told.changes, told.standing, site.requests) == ((), (), before)


def test_a_deleted_account_leaves_a_post_without_a_pseudonym(
    fake: StackExchangeFake, site: Loopback, tmp_path: Path
) -> None:
    fake.post(NAMES, at=ago(hours=5), author="")
    assert [mention.author for mention in mentions(batches(reader(site, tmp_path)))] == [None]


def test_stop_is_obeyed_while_nothing_is_said(site: Loopback, tmp_path: Path) -> None:
    site.always(Trouble.HANG)
    stop = Event()
    Timer(0.2, stop.set).start()
    begun = time.monotonic()
    assert list(reader(site, tmp_path).poll(None, Budget(), NOW, stop)) == []
    assert time.monotonic() - begun < 2


def test_the_fake_sends_no_field_that_the_documentation_does_not_name(fake: StackExchangeFake) -> None:
    asked = fake.post(NAMES, at=NOW)
    answer = fake.reply(NAMES, at=NOW, under=asked)
    comment = fake.comment(NAMES, at=NOW, under=answer)
    fake.edit(answer, NAMES, at=NOW)
    fake.backoff = {"posts": 3}
    for path, sort in (
        ("search/excerpts", "search_excerpt"),
        (f"posts/{asked};{answer}", "post"),
        (f"posts/{answer}/comments", "comment"),
        (f"comments/{comment}", "comment"),
    ):
        query = {"site": "stackoverflow", "q": '"Voorbeeld BV"'}
        reply = fake.answer(Asked(method="GET", path=f"/2.3/{path}", query=query, headers={}))
        told = json.loads(gzip.decompress(reply.body))
        assert told["items"] != []
        assert set(told) <= set(DOCUMENTED["wrapper"].split())
        for item in told["items"]:
            assert set(item) <= set(DOCUMENTED[sort].split())
            assert set(item.get("owner", {})) <= set(DOCUMENTED["shallow_user"].split())
