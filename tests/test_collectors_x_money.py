"""What reading X costs, what its rechecks find, and that a budget holds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import mentions
from x_scene import HOUR, MINUTE, RICH, SEARCH, Scene, billed, cost, standing

from collectors.x import previewed
from klankbord.mention import State
from klankbord.ports import Budget


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    with standing(tmp_path, monkeypatch) as made:
        yield made


def test_every_post_and_author_is_counted_as_x_bills_them(scene: Scene) -> None:
    parent = scene.fake.post("De vraag", at=NOW - 2 * HOUR, author="Jan Jansen")
    scene.fake.write("VoorbeeldPlus", at=NOW - HOUR, author="Piet", refers=(("replied_to", parent),))
    for n in range(120):
        scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR, author=f"Schrijver {n % 7}")
    found = scene.poll()
    assert cost(found) == billed(scene.fake)
    assert scene.fake.billed == {"post": 122, "own": 0, "user": 15, "count": 0}


def test_the_days_budget_is_never_passed_and_its_end_is_a_gap_until_tomorrow(scene: Scene) -> None:
    for n in range(300):
        scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR, author=f"Schrijver {n}")
    found = scene.poll(budget=Budget(requests=50, micros=2_000_000))
    assert cost(found) == billed(scene.fake)
    # less than ten posts' worst price is left
    assert 1_750_000 < cost(found) <= 2_000_000
    tomorrow = NOW.replace(hour=0) + timedelta(days=1)
    assert found[-1].gap is not None
    assert found[-1].gap.reason == "the day's budget of $2.00 is used"
    assert (found[-1].gap.from_at, found[-1].gap.to_at, found[-1].not_before) == (NOW, tomorrow, tomorrow)
    again = scene.poll(found[-1].next, Budget())
    assert [(batch.gap, batch.not_before, batch.mentions) for batch in again] == [(None, tomorrow, ())]
    rest = scene.poll(found[-1].next, now=tomorrow)
    assert len({mention.native_id for mention in mentions(found + rest)}) == 300
    sizes = [int(asked.query["max_results"]) for asked in scene.asked(SEARCH)]
    assert sizes[0] == 80
    assert min(sizes) >= 10


def test_without_the_names_of_authors_a_post_costs_a_third_and_handles_are_masked_all_the_same(
    scene: Scene,
) -> None:
    scene.fake.post("Voorbeeld BV, zegt @wieneke_plante", at=NOW - HOUR)
    found = scene.poll(author_names=False)
    assert cost(found) == 5_000
    assert "wieneke_plante" not in repr(found)
    assert mentions(found)[0].author is not None


def test_the_organisations_own_mentions_are_read_at_their_own_price(scene: Scene) -> None:
    scene.workshop = replace(scene.workshop, searches=lambda _: (), keep_handles=("voorbeeld",))
    key = scene.fake.post("@voorbeeld waar blijft mijn pakket", at=NOW - HOUR)
    found = scene.poll(account_id="2244994945")
    assert [mention.native_id for mention in mentions(found)] == [key]
    assert mentions(found)[0].text == "@voorbeeld waar blijft mijn pakket"
    assert cost(found) == 1_000 + 10_000
    assert scene.poll(found[-1].next, account_id="2244994945", now=NOW + HOUR)[-1].mentions == ()
    assert scene.line.asked[-1].query["since_id"] == key


def test_a_preview_counts_what_a_query_would_bring_and_cost(scene: Scene) -> None:
    for n in range(70):
        scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR - n * HOUR)
    scene.fake.now = NOW
    (one,) = previewed(scene.source(), scene.workshop, RICH, NOW, Event())
    assert (one.posts_a_day, one.micros_a_day, one.micros_spent) == (10.0, 150_000, 5_000)
    assert one.keywords == ("Voorbeeld BV", "VoorbeeldPlus")
    assert previewed(scene.source(), scene.workshop, Budget(micros=4_999), NOW, Event()) == ()


def test_a_recheck_tells_gone_closed_edited_and_standing_posts_apart(scene: Scene) -> None:
    keys = [scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR + n * MINUTE) for n in range(4)]
    stored = mentions(scene.poll())
    scene.fake.delete(keys[0])
    scene.fake.close(keys[1])
    scene.fake.edit(keys[2], "Voorbeeld BV, verbeterd", at=NOW)
    scene.fake.billed = dict.fromkeys(scene.fake.billed, 0)
    answer = scene.collector().recheck(stored, RICH, NOW + HOUR, Event())
    assert {change.native_id: change.state for change in answer.changes} == {
        keys[0]: State.DELETED,
        keys[1]: State.REMOVED,
    }
    assert answer.standing == (keys[3],)
    assert [(one.native_id, one.text) for one in answer.edited] == [(keys[2], "Voorbeeld BV, verbeterd")]
    assert answer.spent.micros == billed(scene.fake) == 3 * 5_000 + 10_000
    assert answer.spent.requests == 2


def test_what_a_recheck_found_and_cost_is_told_though_its_second_request_fails(scene: Scene) -> None:
    keys = [scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR + n * MINUTE) for n in range(3)]
    stored = mentions(scene.poll())
    scene.fake.delete(keys[0])
    scene.fake.edit(keys[1], "Voorbeeld BV, verbeterd", at=NOW)
    scene.fake.limits["lookup"] = 1
    answer = scene.collector().recheck(stored, RICH, NOW + HOUR, Event())
    assert [change.native_id for change in answer.changes] == [keys[0]]
    assert (answer.standing, answer.edited) == ((keys[2],), ())
    assert answer.spent.micros == 2 * 5_000


def test_a_recheck_asks_a_hundred_at_once_and_no_more_than_the_budget_allows(scene: Scene) -> None:
    for n in range(120):
        scene.fake.post(f"Voorbeeld BV {n}", at=NOW - HOUR)
    stored = mentions(scene.poll())
    scene.line.asked.clear()
    collector = scene.collector()
    assert len(collector.recheck(stored, RICH, NOW, Event()).standing) == 100
    assert len(collector.recheck(stored, Budget(micros=25_000), NOW, Event()).standing) == 5
    assert collector.recheck(stored, Budget(), NOW, Event()).standing == ()
    assert len(scene.line.asked) == 2


def test_a_deleted_post_does_not_come_back(scene: Scene) -> None:
    key = scene.fake.post("Voorbeeld BV", at=NOW - MINUTE)
    cursor = scene.poll()[-1].next
    scene.fake.delete(key)
    assert mentions(scene.poll(cursor, now=NOW + MINUTE)) == []
