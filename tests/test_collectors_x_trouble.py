"""What becomes of a poll when X refuses, says odd things or nothing; and which settings are refused."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Timer

import pytest
from builders import NOW
from collecting import mentions
from pydantic import ValidationError
from x_scene import HOUR, MINUTE, RICH, Scene, cost, standing

from klankbord.demo.fakes.x import ENVIRONMENT
from klankbord.demo.loopback import Reply, Trouble
from klankbord.errors import (
    AuthError,
    CollectError,
    ForbiddenError,
    PermanentError,
    RateLimitedError,
    TransientError,
)
from klankbord.ports import Budget


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with standing(tmp_path, monkeypatch) as made:
        yield made


LIMITED = Reply(status=429, body=b'{"title":"Too Many Requests"}')
CAPPED = Reply(
    status=429, body=b'{"type":"https://api.twitter.com/2/problems/usage-capped","title":"UsageCapExceeded"}'
)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (LIMITED, RateLimitedError),
        (replace(LIMITED, headers={"x-rate-limit-reset": "soon"}), RateLimitedError),
        (replace(LIMITED, headers={"x-rate-limit-reset": "1"}), RateLimitedError),
        (CAPPED, RateLimitedError),
        (Reply(status=500, body=b"[1]"), TransientError),
        (Reply(status=503, body=b"<html>"), TransientError),
        (Reply(status=200, body=b"<html>"), TransientError),
        (Reply(status=200, body=b""), TransientError),
        (Reply(status=200, body=b"[]"), TransientError),
        (Reply(status=200, body=b"null"), TransientError),
        (Reply(status=401, body=b"{}"), AuthError),
        (Reply(status=402, body=b'{"title":"CreditsDepleted"}'), ForbiddenError),
        (Reply(status=403, body=b"{}"), ForbiddenError),
        (Reply(status=400, body=b'{"errors":["x"]}'), PermanentError),
        (Trouble.RESET, TransientError),
        (Trouble.CUT, TransientError),
        (Trouble.GARBAGE, TransientError),
    ],
)
def test_what_goes_wrong_is_one_of_five_errors_after_few_requests(
    scene: Scene, trouble: Reply | Trouble, error: type[CollectError]
) -> None:
    scene.fake.post("Voorbeeld BV", at=NOW - HOUR)
    cursor = scene.poll()[-1].next
    scene.line.requests = 0
    scene.line.always(trouble)
    with pytest.raises(error) as raised:
        scene.poll(cursor)
    assert type(raised.value) is error
    assert scene.line.requests <= 2
    assert ENVIRONMENT["KLANKBORD_DEMO_X_TOKEN"] not in str(raised.value)


def test_the_cap_of_x_itself_rests_until_its_next_day(scene: Scene) -> None:
    scene.line.always(CAPPED)
    with pytest.raises(RateLimitedError) as raised:
        scene.poll()
    assert raised.value.until == NOW.replace(hour=0) + timedelta(days=1)


def test_odd_content_in_an_answer_is_told_and_costs_no_more_than_itself(scene: Scene) -> None:
    null = {"id": "8", "text": "VoorbeeldPlus 8", "lang": None, "author_id": None, "note_tweet": None}
    odd = {
        "data": [{"id": "7", "text": "VoorbeeldPlus"}, null, {"id": 7}, 3, None],
        "meta": [],
        "includes": {"users": 1},
    }
    scene.line.next(Reply(body=json.dumps(odd).encode()))
    (batch,) = scene.poll()
    assert [mention.text for mention in batch.mentions] == ["VoorbeeldPlus", "VoorbeeldPlus 8"]
    assert batch.remarks == (
        "3 of 5 posts of X's answer could not be read",
        "X did not send the fields that were asked for: their names may have changed",
    )


def test_reading_the_fake_as_its_own_settings_say_costs_nothing(scene: Scene) -> None:
    scene.fake.post("Voorbeeld BV", at=NOW - HOUR)
    found = scene.poll(budget=Budget(), prices={"post": 0, "user": 0, "count": 0, "own_mention": 0})
    assert (len(mentions(found)), cost(found), found[-1].gap) == (1, 0, None)


def test_pages_without_end_end(scene: Scene) -> None:
    scene.line.always(Reply(body=b'{"data":[],"meta":{"next_token":"again","result_count":0}}'))
    assert len(scene.poll()) <= 2


def test_the_last_request_of_a_window_is_followed_by_a_pause(scene: Scene) -> None:
    for n in range(250):
        scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR)
    scene.fake.limits["search"] = 2
    found = scene.poll()
    assert [len(batch.mentions) for batch in found] == [100, 100]
    assert found[-1].not_before is not None
    assert NOW < found[-1].not_before <= NOW + 15 * MINUTE
    with pytest.raises(RateLimitedError):
        scene.poll(found[-1].next)


def test_a_missing_token_is_told_before_anything_is_asked(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KLANKBORD_DEMO_X_TOKEN")
    with pytest.raises(AuthError, match="KLANKBORD_DEMO_X_TOKEN"):
        scene.poll()
    assert scene.line.requests == 0


def test_a_stop_ends_a_poll_that_hangs(scene: Scene) -> None:
    stop = Event()
    scene.line.always(Trouble.HANG)
    Timer(0.1, stop.set).start()
    assert list(scene.collector().poll(None, RICH, NOW, stop)) == []
    assert scene.line.requests == 1


@pytest.mark.parametrize(
    "suffix", ["-is:retweet lang:nl", '-is:retweet -"prijs vraag"', "(lang:nl OR lang:en)", ""]
)
def test_a_suffix_may_narrow(scene: Scene, suffix: str) -> None:
    assert scene.source(suffix=suffix).suffix == suffix


@pytest.mark.parametrize(
    "suffix", ["from:jan", "-is:retweet OR jan", "to:jan", "@jan", "-(a b)", "list:12", "jan"]
)
def test_a_suffix_may_not_widen_or_ask_for_persons(scene: Scene, suffix: str) -> None:
    with pytest.raises(ValidationError, match="only narrow"):
        scene.source(suffix=suffix)


def test_a_budget_that_buys_nothing_is_told_in_the_settings(scene: Scene) -> None:
    with pytest.raises(ValidationError, match=r"at least \$0.25"):
        scene.source(budget={"money_per_day": 0.2})
    assert scene.source(budget={"money_per_day": 0.2}, author_names=False).budget.money_per_day == 0.2
