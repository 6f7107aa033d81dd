"""Reading one source: its budget, its host's rest, its permission, its client library, what went wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from builders import NOW, mention
from fakes_rooms import FakeCollector, NameGate

from klankbord.errors import AuthError, ForbiddenError, PermanentError, TransientError
from klankbord.ports import Batch, Budget, Collector, Cursor, Spend
from klankbord.pseudonym import Pseudonyms
from klankbord.reading import Reader
from klankbord.rounds import PER_HOST, Rounds
from klankbord.settings import BudgetSettings, FeedSource, SourceSettings
from klankbord.standing import standing_of
from klankbord.store import Store
from klankbord.week import SourceHealth

ZONE = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/k.db", Pseudonyms(tmp_path / "keys").forgotten, ZONE)
    yield opened
    opened.close()


def source(name: str = "blog", **given: object) -> FeedSource:
    table = {"id": name, "kind": "feed", "url": "https://blog.example/feed"} | given
    return FeedSource.model_validate(table)


def reader(store: Store, make: Callable[[SourceSettings], Collector], now: object = NOW) -> Reader:
    return Reader(
        make=make,
        gate=NameGate(),
        store=store,
        clock=lambda: now,  # type: ignore[arg-type,return-value]
        stop=Event(),
        zone=ZONE,
    )


class Greedy(FakeCollector):
    """Notes what it may use, and uses what it was told."""

    given: Budget | None = None
    spends: Spend = Spend(requests=1)

    def poll(self, cursor: Cursor | None, budget: Budget, now: object, stop: Event) -> Iterator[Batch]:
        self.given = budget
        yield Batch(next=Cursor("1"), spent=self.spends)


def test_a_run_gets_what_is_left_of_the_day_and_no_more(store: Store) -> None:
    greedy = Greedy()
    one = source(budget=BudgetSettings(requests_per_run=5, requests_per_day=7, money_per_day=0.01))
    greedy.spends = Spend(requests=5, micros=4_000)
    read = reader(store, lambda _: greedy)
    read.read(one)
    assert greedy.given == replace(Budget(), requests=5, micros=10_000)
    read.read(one, force=True)
    assert greedy.given is not None
    assert (greedy.given.requests, greedy.given.micros) == (2, 6_000)


def test_a_budget_that_is_used_up_stops_the_source_until_tomorrow_and_leaves_a_gap(store: Store) -> None:
    greedy = Greedy()
    greedy.spends = Spend(requests=5)
    one = source(budget=BudgetSettings(requests_per_run=5, requests_per_day=5))
    reader(store, lambda _: greedy).read(one)
    later = NOW + timedelta(hours=1)
    run = reader(store, lambda _: greedy, later).read(one)
    assert run.error is not None
    assert "today's budget of 5 requests is used up" in str(run.error)
    assert run.error.until is not None
    assert run.error.until.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") == "2026-11-19 00:00"
    tomorrow = NOW + timedelta(days=1)
    assert reader(store, lambda _: greedy, tomorrow).read(one).error is None
    gap = store.ledger(tomorrow).gaps["blog"]
    assert (gap.from_at, gap.to_at) == (NOW, tomorrow)


def test_a_used_up_budget_of_ours_is_no_fault_of_the_hosts(store: Store) -> None:
    greedy = Greedy()
    greedy.spends = Spend(requests=5)
    one = source(budget=BudgetSettings(requests_per_run=5, requests_per_day=5))
    for _ in range(8):
        reader(store, lambda _: greedy).read(one, force=True)
    assert store.host_open_until(one.host_key, NOW) is None


def refuses(error: Exception) -> Callable[[SourceSettings], Collector]:
    def make(_: SourceSettings) -> Collector:
        raise error

    return make


@pytest.mark.parametrize("error", [ForbiddenError("read its terms"), PermanentError("needs the package x")])
def test_what_keeps_a_source_from_being_asked_is_told_and_tried_again_at_once(
    store: Store, error: Exception
) -> None:
    one = source()
    run = reader(store, refuses(error)).read(one)
    assert run.error is error
    again = reader(store, lambda _: FakeCollector().posts(mention())).read(one)
    assert (again.kept.new, again.waiting_until) == (1, None)


def test_a_host_that_fails_for_five_sources_is_left_alone_for_the_sixth(store: Store) -> None:
    dead = reader(store, lambda _: FakeCollector().then(TransientError("no answer")))
    for number in range(5):
        assert dead.read(source(f"s{number}")).error is not None
    run = reader(store, lambda _: FakeCollector().posts(mention())).read(source("s6"))
    assert (run.kept.new, run.waiting_until) == (0, NOW + timedelta(minutes=1))


def test_another_credential_at_the_same_host_is_not_left_alone(store: Store) -> None:
    one = source(url="https://blog.example/{secret}", secret="env:KLANKBORD_A")
    dead = reader(store, lambda _: FakeCollector().then(AuthError("wrong key")))
    for _ in range(6):
        dead.read(one, force=True)
    assert store.host_open_until(one.host_key, NOW) is not None
    assert store.host_open_until(source("other").host_key, NOW) is None


def test_requests_made_for_nothing_count(store: Store) -> None:
    error = TransientError("no answer")
    error.requests = 3
    reader(store, lambda _: FakeCollector().then(error)).read(source())
    assert store.spent("blog", NOW).requests == 3


def test_no_host_holds_more_workers_than_its_share() -> None:
    begun: list[str] = []
    go_on = Event()

    def read(one: SourceSettings) -> str:
        begun.append(one.id)
        go_on.wait(5)
        return one.id

    rounds = Rounds(read, workers=6)
    slow = [source(f"slow{n}", url="https://slow.example/f") for n in range(5)]
    quick = [source(f"quick{n}", url=f"https://q{n}.example/f") for n in range(3)]
    left = rounds.offer([*slow, *quick])
    # a host that nobody has seen answer gets one worker
    assert [one.id for one in left] == ["slow1", "slow2", "slow3", "slow4"]
    assert rounds.offer([slow[0]]) == []
    go_on.set()
    ended = {rounds.ended() for _ in range(4)}
    # now that it answered, its share
    assert [one.id for one in rounds.offer(left)] == [one.id for one in left[PER_HOST:]]
    assert {rounds.ended() for _ in range(PER_HOST)} == {"slow1", "slow2"}
    rounds.close()
    assert ended == {"slow0", "quick0", "quick1", "quick2"}
    assert len(begun) == 6


def health(store: Store, name: str = "blog") -> SourceHealth:
    from klankbord.mention import SourceId

    return store.health([SourceHealth(source_id=SourceId(name), name=name, kind="feed")])[0]


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (None, "reading"),
        (AuthError("wrong key"), "blocked: credential"),
        (ForbiddenError("no"), "blocked: not allowed"),
        (PermanentError("gone"), "gone"),
        (TransientError("no answer"), "failing (1x)"),
    ],
)
def test_a_source_that_is_blocked_looks_different_from_one_that_is_quiet(
    store: Store, error: Exception | None, word: str
) -> None:
    collector = FakeCollector().then(error) if error else FakeCollector()
    reader(store, lambda _: collector).read(source())
    told = standing_of(source(), health(store), store.ledger(NOW), "", NOW)
    assert told.word == word
    assert (told.why == "") == (error is None)


def test_a_source_without_its_record_and_one_never_read_and_one_switched_off_are_told_apart(
    store: Store,
) -> None:
    ledger = store.ledger(NOW)
    standings = [
        standing_of(source(), health(store), ledger, "nobody has read its terms", NOW),
        standing_of(source(), health(store), ledger, "", NOW),
        standing_of(source(enabled=False), health(store), ledger, "", NOW),
    ]
    assert [(one.word, one.next_at is None) for one in standings] == [
        ("not allowed", True),
        ("never read", False),
        ("off", True),
    ]


def test_a_source_that_is_silent_against_its_own_history_is_told(store: Store) -> None:
    moment = NOW
    for number in range(6):
        collector = FakeCollector().posts(mention(f"Voorbeeld {number}", native_id=str(number)))
        reader(store, lambda _, c=collector: c, moment).read(source(), force=True)  # type: ignore[misc]
        moment += timedelta(hours=3)
    later = moment + timedelta(days=3)
    reader(store, lambda _: FakeCollector(), later).read(source(), force=True)
    assert standing_of(source(), health(store), store.ledger(later), "", later).word == "silent"


def test_lag_is_measured_on_what_was_published_since_the_first_read(store: Store) -> None:
    old = mention("Voorbeeld oud", native_id="1", published_at=NOW - timedelta(days=9))
    reader(store, lambda _: FakeCollector().posts(old)).read(source())
    assert store.ledger(NOW).lags == {}
    later = NOW + timedelta(hours=1)
    fresh = mention(
        "Voorbeeld nieuw", native_id="2", published_at=NOW + timedelta(minutes=20), collected_at=later
    )
    reader(store, lambda _: FakeCollector().posts(fresh), later).read(source(), force=True)
    assert store.ledger(later).lags == {"blog": timedelta(minutes=40)}
