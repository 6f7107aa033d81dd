"""Sources side by side: each is read once, and a host that hangs holds up nobody."""

from queue import SimpleQueue
from threading import Event

import pytest

from klankbord.rounds import Rounds
from klankbord.settings import FeedSource, SourceSettings


def source(number: int, host: str) -> SourceSettings:
    return FeedSource(id=f"feed-{number}", kind="feed", url=f"https://{host}.example/{number}")


def test_reads_that_end_at_once_are_all_told() -> None:
    rounds = Rounds(lambda one: one.id, 2)
    waiting = [source(number, f"h{number}") for number in range(300)]
    told: list[str] = []
    left = rounds.offer(waiting)
    while len(told) < len(waiting):
        told.append(rounds.ended())
        left = rounds.offer(left)
    rounds.close()
    assert sorted(told) == sorted(one.id for one in waiting)


def test_a_host_is_asked_for_a_second_source_once_it_answered() -> None:
    begun: SimpleQueue[str] = SimpleQueue()
    go_on = Event()

    def read(one: SourceSettings) -> str:
        begun.put(one.id)
        if one.id != "feed-0":
            go_on.wait(5)
        return one.id

    rounds = Rounds(read, 8)
    left = rounds.offer([source(number, "h") for number in range(4)])
    assert (begun.get(timeout=5), rounds.ended()) == ("feed-0", "feed-0")
    assert [one.id for one in left] == ["feed-1", "feed-2", "feed-3"]
    left = rounds.offer(left)
    assert {begun.get(timeout=5), begun.get(timeout=5)} == {"feed-1", "feed-2"}
    assert [one.id for one in left] == ["feed-3"]
    go_on.set()
    rounds.close()


def test_what_a_run_raised_is_raised_where_its_end_is_told() -> None:
    def read(_: SourceSettings) -> str:
        raise OSError(28, "No space left on device")

    rounds = Rounds(read, 1)
    rounds.offer([source(0, "h")])
    with pytest.raises(OSError, match="No space left"):
        rounds.ended()
    rounds.close()
    assert rounds.under_way == 0


def test_runs_that_hang_take_no_worker_from_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("klankbord.rounds.PATIENCE", 0.05)
    go_on = Event()
    rounds = Rounds(lambda one: go_on.wait(5) and one.id if "hangs" in one.url else one.id, 2)
    hanging = [source(number, f"hangs{number}") for number in range(2)]
    assert rounds.offer(hanging) == []
    well = [source(9, "well")]
    assert rounds.offer(well) == well
    Event().wait(0.1)
    assert (rounds.offer(well), rounds.ended()) == ([], "feed-9")
    go_on.set()
    rounds.close()
