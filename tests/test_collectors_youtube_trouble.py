"""YouTube in part in trouble: what the budget cut is still owed, and one bad channel holds up no other."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import cast

import pytest
from builders import NOW
from stages import Stage, staged

from collectors import youtube_comments
from klankbord.demo.fakes.youtube import CHANNEL, ENVIRONMENT, YouTubeFake
from klankbord.demo.loopback import Asked, Reply
from klankbord.errors import TransientError
from klankbord.mention import Kind
from klankbord.ports import Batch, Budget, Cursor

HOUR = timedelta(hours=1)
OTHERS = tuple("UC" + letter * 22 for letter in "abc")


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with staged("youtube", tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def fake(stage: Stage) -> YouTubeFake:
    return cast("YouTubeFake", stage.fake)


def of(stage: Stage, **given: object) -> Stage:
    """The same stage with other settings."""
    stage.source = stage.source.model_copy(update=given)
    return stage


def poll(stage: Stage, found: list[Batch], budget: Budget | None = None) -> None:
    """One poll; the batches before an error are in `found`."""
    cursor = found[-1].next if found else None
    found.extend(stage.collector().poll(cursor, budget or Budget(), stage.now, stage.stop))


def test_replies_that_the_budget_cut_are_read_by_the_next_run(fake: YouTubeFake, stage: Stage) -> None:
    film = fake.film("Uitleg", at=NOW - 3 * HOUR)
    top = fake.comment(film, "Vraag", at=NOW - 2 * HOUR)
    for number in range(350):
        fake.comment(film, f"antwoord {number}", at=NOW - HOUR, parent=top)
    found: list[Batch] = []
    # a feed, a page, the thread, and two of its four pages of replies
    poll(stage, found, Budget(requests=5))
    poll(stage, found)
    replies = {one.native_id for batch in found for one in batch.mentions if one.kind is Kind.REPLY}
    assert len(replies) == 350


def test_a_thread_longer_than_any_budget_is_told_and_not_asked_for_for_ever(
    fake: YouTubeFake, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(youtube_comments, "_MOST_REPLIES", 200)
    film = fake.film("Uitleg", at=NOW - 3 * HOUR)
    top = fake.comment(film, "Vraag", at=NOW - 2 * HOUR)
    for number in range(350):
        fake.comment(film, f"antwoord {number}", at=NOW - HOUR, parent=top)
    found = stage.batches()
    assert found[-1].remarks == (f"video {film}: only the first 200 replies to a comment were read",)
    before = stage.standing.requests
    stage.batches(found[-1].next)
    assert stage.standing.requests - before == 2


def test_a_thread_that_goes_while_it_is_asked_for_holds_up_nothing(fake: YouTubeFake, stage: Stage) -> None:
    film = fake.film("Uitleg", at=NOW - 3 * HOUR)
    top = fake.comment(film, "Vraag over Voorbeeld BV", at=NOW - 2 * HOUR)
    for number in range(8):
        fake.comment(film, f"antwoord {number}", at=NOW - HOUR, parent=top)
    key = {"x-goog-api-key": ENVIRONMENT["KLANKBORD_DEMO_YOUTUBE_KEY"]}
    asked = (
        ("/feeds/videos.xml", {"channel_id": CHANNEL}),
        ("/youtube/v3/commentThreads", {"part": "snippet", "videoId": film}),
        ("/youtube/v3/comments", {"part": "snippet", "id": top}),
    )
    well = [fake.answer(Asked(method="GET", path=path, query=query, headers=key)) for path, query in asked]
    stage.standing.next(*well, Reply(status=404))
    found = stage.batches()
    assert "Vraag over Voorbeeld BV" in {one.text for batch in found for one in batch.mentions}
    assert stage.standing.requests == 4


def test_one_channel_in_trouble_is_a_remark_and_the_others_are_read(fake: YouTubeFake, stage: Stage) -> None:
    fake.film("Film", at=NOW - HOUR)
    of(stage, channels=(OTHERS[0], CHANNEL), comments=False)
    found: list[Batch] = []
    stage.standing.next(Reply(status=500))
    poll(stage, found)
    assert [one.title for batch in found for one in batch.mentions] == ["Film"]
    assert found[0].remarks == (f"channel {OTHERS[0]}: the server answered 500",)
    assert sum(batch.spent.requests for batch in found) == 2


def test_channels_that_are_always_in_trouble_do_not_starve_the_others(
    fake: YouTubeFake, stage: Stage
) -> None:
    fake.film("Film", at=NOW - HOUR)
    of(stage, channels=(*OTHERS, CHANNEL), comments=False)
    found: list[Batch] = []
    bad = Reply(status=500)
    stage.standing.next(bad, bad)
    with pytest.raises(TransientError) as told:
        poll(stage, found)
    assert told.value.requests == 2
    stage.now += HOUR
    stage.standing.next(bad)
    poll(stage, found)
    assert [one.title for batch in found for one in batch.mentions] == ["Film"]


def test_a_feed_that_leads_elsewhere_and_uses_up_the_budget_ends_the_run_quietly(
    fake: YouTubeFake, stage: Stage
) -> None:
    fake.film("Film", at=NOW - HOUR)
    of(stage, channels=(CHANNEL, *OTHERS), comments=False)
    moved = Reply(status=302, headers={"Location": f"/feeds/videos.xml?channel_id={CHANNEL}"})
    stage.standing.next(moved)
    found: list[Batch] = []
    poll(stage, found, Budget(requests=2))
    assert [one.title for batch in found for one in batch.mentions] == ["Film"]


def test_without_comments_and_without_a_key_nothing_is_asked_again(
    fake: YouTubeFake, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.film("Film over Voorbeeld BV", "Voorbeeld BV", at=NOW - HOUR)
    of(stage, comments=False)
    monkeypatch.delenv("KLANKBORD_DEMO_YOUTUBE_KEY")
    stored = [one for batch in stage.batches() for one in batch.mentions]
    told = stage.collector().recheck(stored, Budget(), NOW, Event())
    assert (told.changes, told.standing, told.spent.requests) == ((), (), 0)


def test_an_edited_comment_is_masked_with_the_names_of_its_thread(fake: YouTubeFake, stage: Stage) -> None:
    film = fake.film("Uitleg", at=NOW - 3 * HOUR)
    top = fake.comment(film, "Vraag", at=NOW - 2 * HOUR, author="Wieneke Planteman")
    key = fake.comment(film, "Eerst", at=NOW - HOUR, parent=top, author="Joost Verzonnen")
    stored = [one for batch in stage.batches() for one in batch.mentions]
    fake.edit(key, "Dank Wieneke Planteman", at=NOW)
    (edited,) = stage.collector().recheck(stored, Budget(), NOW, Event()).edited
    assert edited.text == "Dank [author]"


def test_a_title_with_an_accent_leaves_a_cursor_that_the_next_poll_reads(
    fake: YouTubeFake, stage: Stage
) -> None:
    film = fake.film("Café Voorbeeld", at=NOW - HOUR)
    fake.disabled.add(film)
    found = stage.batches()
    before = stage.standing.requests
    stage.batches(Cursor(found[-1].next))
    # the video whose comments are switched off is left alone: it was remembered
    assert stage.standing.requests - before == 1
