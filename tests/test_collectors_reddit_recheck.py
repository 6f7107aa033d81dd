"""Reddit asked again, and Reddit in part closed: nobody's name comes back, and one refusal holds up nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import cast

import pytest
from builders import NOW
from collecting import batches, mentions, texts
from stages import Stage, held_in, staged

from collectors.reddit_client import _ACCOUNTS
from collectors.reddit_cursor import RedditCursor
from klankbord.demo.fakes.reddit import RedditFake
from klankbord.errors import ForbiddenError, PermanentError
from klankbord.mention import State
from klankbord.ports import Batch, Budget

NAMES = "Voorbeeld BV heeft al drie dagen storing."


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    _ACCOUNTS.clear()
    with staged("reddit", tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def fake(stage: Stage) -> RedditFake:
    return cast("RedditFake", stage.fake)


def ago(**given: float) -> datetime:
    return NOW - timedelta(**given)


def test_recheck_tells_deleted_removed_absent_edited_and_standing_apart(
    fake: RedditFake, stage: Stage
) -> None:
    keys = [fake.comment(f"comment {number}", at=ago(hours=6 - number)) for number in range(5)]
    keys.append(fake.post(NAMES, at=ago(hours=4)))
    one = stage.collector()
    stored = [mention for mention in mentions(batches(one)) if mention.native_id in keys]
    fake.delete(keys[0])
    fake.remove(keys[1])
    fake.vanish(keys[2])
    fake.edit(keys[3], "comment 3, maar anders", at=NOW)
    before = stage.standing.requests
    told = one.recheck(stored, Budget(), NOW, Event())
    assert {change.native_id: change.state for change in told.changes} == {
        keys[0]: State.DELETED,
        keys[1]: State.REMOVED,
        keys[2]: State.DELETED,
    }
    (edited,) = told.edited
    assert (edited.text, edited.context, edited.edited_at) == (
        "comment 3, maar anders",
        "Wat vinden jullie hiervan?",
        NOW,
    )
    assert set(told.standing) == {keys[4], keys[5]}
    # the second asks for what the edited comment answers: who wrote that may be named in it
    assert (stage.standing.requests - before, told.spent.requests) == (2, 2)


def test_recheck_asks_a_hundred_at_a_time(fake: RedditFake, stage: Stage) -> None:
    draad = fake.post("Een draad", at=ago(days=3))
    for number in range(100):
        fake.comment(f"comment {number}", at=ago(hours=1), under=draad)
    one = stage.collector()
    stored = mentions(batches(one))
    before = stage.standing.requests
    assert len(one.recheck(stored, Budget(), NOW, Event()).standing) == 100
    assert stage.standing.requests - before == 1


def test_an_account_that_is_gone_leaves_the_words_and_takes_the_pseudonym(
    fake: RedditFake, stage: Stage
) -> None:
    key = fake.post(NAMES, at=ago(hours=2))
    one = stage.collector()
    stored = mentions(batches(one))
    fake.leave(key)
    (edited,) = one.recheck(stored, Budget(), NOW, Event()).edited
    assert (edited.author, edited.text, edited.revision != stored[0].revision) == (None, NAMES, True)


def test_a_recheck_does_not_bring_back_a_name_that_a_poll_took_out(fake: RedditFake, stage: Stage) -> None:
    draad = fake.post(NAMES, at=ago(hours=3), author="WienekeP_82")
    fake.comment("Dank WienekeP_82, ook Voorbeeld BV?", at=ago(hours=2), under=draad, author="joost_v")
    store = stage.store()
    stage.read_out(store)
    told = stage.rechecked(store)
    assert (len(told.standing), told.edited) == (2, ())
    assert min(stage.texts(store)) == "Dank [author], ook Voorbeeld BV?"


def test_an_edited_comment_is_masked_with_the_names_of_those_it_answers(
    fake: RedditFake, stage: Stage
) -> None:
    draad = fake.post(NAMES, at=ago(hours=3), author="WienekeP_82")
    key = fake.comment("Voorbeeld BV?", at=ago(hours=2), under=draad, author="joost_v")
    store = stage.store()
    stage.read_out(store)
    fake.edit(key, "Nee WienekeP_82, Voorbeeld BV niet.", at=NOW)
    (edited,) = stage.rechecked(store).edited
    assert edited.text == "Nee [author], Voorbeeld BV niet."
    # and where nobody can say who that was, the post stays as it is for now
    fake.edit(key, "Toch wel, WienekeP_82.", at=NOW)
    held = [one for one in held_in(store) if one.native_id == key]
    told = stage.collector().recheck(held, Budget(requests=1), stage.now, Event())
    assert (told.edited, told.standing, told.changes) == ((), (), ())


def test_an_account_that_is_gone_does_not_uncover_its_name_in_what_it_signed(
    fake: RedditFake, stage: Stage
) -> None:
    key = fake.comment(f"{NAMES} Groet, WienekeP_82", at=ago(hours=2), author="WienekeP_82")
    first = stage.batches()
    fake.leave(key)
    again = stage.batches(first[-1].next)
    assert key not in {one.native_id for batch in again for one in batch.mentions}
    assert [name for batch in again for name in batch.vanished] == [key]
    stored = [one for batch in first for one in batch.mentions if one.native_id == key]
    (edited,) = stage.collector().recheck(stored, Budget(), NOW, Event()).edited
    assert (edited.author, edited.text) == (None, f"{NAMES} Groet, [author]")
    assert stage.collector().recheck([edited], Budget(), NOW, Event()).standing == (key,)


def read_with(stage: Stage, found: list[Batch], **given: object) -> None:
    """A poll of these settings; the batches before an error are in `found`."""
    source = stage.source.model_copy(update=given)
    cursor = found[-1].next if found else None
    one = Stage(
        kind="reddit",
        fake=stage.fake,
        standing=stage.standing,
        source=source,
        workshop=stage.workshop,
        folder=stage.folder,
    ).collector()
    found.extend(one.poll(cursor, Budget(), NOW, Event()))


@pytest.mark.parametrize(("name", "reason"), [("besloten", "private"), ("quarantaine", "quarantined")])
def test_a_private_or_quarantined_subreddit_is_forbidden_and_its_reason_told(
    stage: Stage, name: str, reason: str
) -> None:
    with pytest.raises(ForbiddenError, match=reason):
        read_with(stage, [], subreddits=(name,))


def test_a_missing_subreddit_is_permanent_though_reddit_answers_with_a_redirect(stage: Stage) -> None:
    with pytest.raises(PermanentError):
        read_with(stage, [], subreddits=("bestaatniet",), search_all=False)


def test_a_closed_subreddit_keeps_neither_the_search_nor_the_others_from_being_read(
    fake: RedditFake, stage: Stage
) -> None:
    others = tuple(f"ander{number}" for number in range(19))
    # two listings of twenty: the first is closed, the second is not; then the other way round
    for names in (("besloten", *others, "voorbeeld"), ("voorbeeld", *others, "besloten")):
        found: list[Batch] = []
        for number in range(3):
            fake.post(f"{NAMES} {names[0]} {number}", at=NOW)
            fake.comment(f"comment {names[0]} {number}", at=NOW)
            with pytest.raises(ForbiddenError, match="private"):
                read_with(stage, found, subreddits=names)
            seen = texts(found)
            assert f"{NAMES} {names[0]} {number}" in seen
            assert f"comment {names[0]} {number}" in seen


def test_a_walk_that_ends_at_a_closed_door_leaves_its_mark_where_it_was() -> None:
    state = RedditCursor.read(None, ["a", "b"]).passed("a")
    assert (state.marks, state.pending, state.left_of(["a", "b"])) == ({}, None, ["b"])
