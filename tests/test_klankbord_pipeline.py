"""The conductor: a dead source stops nobody, a killed run resumes, an alert is told once."""

import threading
from collections.abc import Callable, Generator, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from builders import NOW, mention
from fakes_rooms import FakeCollector, NameGate, Outbox, WordClassifier, clock_at

from klankbord import pipeline
from klankbord.alerting.rules import Rules
from klankbord.errors import DeliveryError, ForbiddenError, PermanentError, RateLimitedError, TransientError
from klankbord.finding import FindingState
from klankbord.mention import SourceId, State, StateChange
from klankbord.ports import Collector, Message, Recheck
from klankbord.pseudonym import Pseudonyms
from klankbord.reading import Reader, SourceRun, wait_after
from klankbord.settings import FeedSource, SourceSettings
from klankbord.store import Store
from klankbord.store.messages import Due
from klankbord.week import SourceHealth

CLOCK = clock_at(NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    forgetting = Pseudonyms(tmp_path / "keys").forgotten
    opened = Store.open(f"sqlite:///{tmp_path}/k.db", forgetting, ZoneInfo("Europe/Amsterdam"))
    yield opened
    opened.close()


def source(name: str = "blog") -> SourceSettings:
    # a host each: what goes wrong at one is no matter of the others
    return FeedSource(id=name, kind="feed", url=f"https://{name}.example/feed")


def reader(store: Store, make: Callable[[SourceSettings], Collector], stop: Event | None = None) -> Reader:
    zone = ZoneInfo("Europe/Amsterdam")
    return Reader(make=make, gate=NameGate(), store=store, clock=CLOCK, stop=stop or Event(), zone=zone)


def collect(store: Store, *pairs: tuple[str, FakeCollector], force: bool = False) -> dict[str, SourceRun]:
    collectors = dict(pairs)
    sources = [source(name) for name in collectors]
    runs = pipeline.collect(sources, reader(store, lambda one: collectors[one.id]), force=force)
    return {run.source_id: run for run in runs}


def classify(store: Store) -> int:
    parts = pipeline.classify(
        store, WordClassifier(), "1.0.0", Rules.plain("mail"), newest_days=7, clock=CLOCK, stop=Event()
    )
    return sum(part.mentions for part in parts)


def compose(due: Due) -> Message | None:
    return Message(key=due.key, subject="s", text="t")


def tell(store: Store, outbox: Outbox, make: Callable[[Due], Message | None] = compose) -> pipeline.Told:
    return pipeline.tell(store, lambda due: outbox, make, clock=CLOCK, stop=Event())


def test_what_does_not_name_the_organisation_never_reaches_the_disk(store: Store, tmp_path: Path) -> None:
    other = mention("zeldzaamwoord over een ander", native_id="x")
    runs = collect(store, ("blog", FakeCollector().posts(other, mention())))
    store.close()
    disk = b"".join(file.read_bytes() for file in tmp_path.glob("k.db*"))
    assert (runs["blog"].kept.new, runs["blog"].kept.dropped, b"zeldzaamwoord" in disk) == (1, 1, False)


def test_one_dead_source_never_stops_the_others(store: Store) -> None:
    runs = collect(
        store,
        ("dead", FakeCollector().then(TransientError("no answer"))),
        ("odd", FakeCollector().then(KeyError("surprise"))),
        ("reset", FakeCollector().then(ConnectionResetError(104, "reset by peer"))),
        ("live", FakeCollector().posts(mention())),
    )
    assert runs["live"].kept.new == 1
    assert [runs[name].error.word for name in ("dead", "odd") if runs[name].error] == ["transient"] * 2  # type: ignore[union-attr]
    assert "KeyError" in str(runs["odd"].error)


def test_batches_before_an_error_stand(store: Store) -> None:
    runs = collect(store, ("blog", FakeCollector().posts(mention()).then(TransientError("cut off"))))
    assert (runs["blog"].kept.new, runs["blog"].error is not None, store.cursor("blog")) == (1, True, "1")


def test_a_source_that_asked_to_wait_is_left_alone_unless_forced(store: Store) -> None:
    until = NOW + timedelta(hours=1)
    collect(store, ("blog", FakeCollector().then(RateLimitedError("slow down", until=until))))
    waiting = collect(store, ("blog", FakeCollector().posts(mention())))
    assert (waiting["blog"].waiting_until, waiting["blog"].kept.new) == (until, 0)
    assert collect(store, ("blog", FakeCollector().posts(mention())), force=True)["blog"].kept.new == 1


def test_a_post_that_vanished_from_the_window_is_asked_for_and_its_deletion_followed(store: Store) -> None:
    post = mention(native_id="n")
    collect(store, ("blog", FakeCollector().posts(post)))
    gone = StateChange(platform="feed", native_id="n", state=State.DELETED, at=NOW)
    second = FakeCollector(on_recheck=Recheck(changes=(gone,))).posts(vanished=("n",))
    runs = collect(store, ("blog", second))
    assert (second.asked, runs["blog"].kept.deleted, store.counts()["mention"]) == (["n"], 1, 0)


def test_waits_grow_to_six_hours_and_no_further() -> None:
    def longest(failures: int) -> timedelta:
        return wait_after(failures, TransientError("x"), chance=lambda: 1.0)

    assert [longest(n) for n in (1, 2, 3)] == [timedelta(seconds=s) for s in (30, 60, 120)]
    assert longest(50) == timedelta(hours=6)
    assert wait_after(1, TransientError("x"), chance=lambda: 0.0) == timedelta(seconds=1)
    assert wait_after(1, PermanentError("gone")) == timedelta(hours=6)
    assert wait_after(9, ForbiddenError("no"), chance=lambda: 1.0) <= timedelta(hours=6)


def test_a_run_that_dies_between_keeping_and_judging_is_resumed(store: Store) -> None:
    collect(store, ("blog", FakeCollector().posts(mention("Voorbeeld geheim"))))
    assert classify(store) == 1
    assert classify(store) == 0
    assert len(store.findings(state=FindingState.OPEN)) == 1


def test_an_alert_is_told_once_however_often_the_pipeline_runs(store: Store) -> None:
    outbox = Outbox()
    for _ in range(3):
        collect(store, ("blog", FakeCollector().posts(mention("Voorbeeld geheim"))))
        classify(store)
        tell(store, outbox)
    assert len(outbox.took) == 1


def test_an_alert_that_was_refused_is_tried_again_with_the_same_key(store: Store) -> None:
    collect(store, ("blog", FakeCollector().posts(mention("Voorbeeld geheim"))))
    classify(store)
    refusing = Outbox(refuse=DeliveryError("no answer"))
    assert list(tell(store, refusing).failed.values()) == ["no answer"]
    outbox = Outbox()
    later = clock_at(NOW + timedelta(hours=1))
    pipeline.tell(store, lambda due: outbox, compose, clock=later, stop=Event())
    assert [message.key[:6] for message in outbox.took] == ["alert-"]


def test_nothing_is_told_of_a_finding_that_no_longer_stands(store: Store) -> None:
    collect(store, ("blog", FakeCollector().posts(mention("Voorbeeld geheim"))))
    classify(store)
    outbox = Outbox()
    tell(store, outbox, lambda due: None)
    assert (outbox.took, store.outbox.listed()[0]["state"]) == ([], "withdrawn")


def test_two_processes_telling_at_once_send_each_message_once(store: Store) -> None:
    posts = [mention(f"Voorbeeld geheim {n}", native_id=str(n)) for n in range(20)]
    collect(store, ("blog", FakeCollector().posts(*posts)))
    classify(store)
    outbox = Outbox()
    threads = [threading.Thread(target=tell, args=(store, outbox)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keys = [message.key for message in outbox.took]
    assert (len(keys), len(set(keys))) == (20, 20)


def test_a_stop_ends_between_batches_and_keeps_what_was_read(store: Store) -> None:
    stop = Event()
    stop.set()
    collector = FakeCollector().posts(mention("Voorbeeld een")).posts(mention("Voorbeeld twee"))
    run = reader(store, lambda _: collector, stop).read(source())
    assert (run.kept.new, run.error) == (1, None)


def test_no_more_sources_are_begun_than_run(store: Store) -> None:
    begun: list[str] = []

    def make(one: SourceSettings) -> Collector:
        begun.append(one.id)
        return FakeCollector()

    sources = [source(f"blog-{number}") for number in range(40)]
    runs = pipeline.collect(sources, reader(store, make), workers=2)
    assert isinstance(runs, Generator)
    first = next(runs)
    runs.close()
    assert first.source_id in begun[:2]
    assert len(begun) == 2


def test_every_source_is_run_once_however_many_there_are(store: Store) -> None:
    names = [f"blog-{number}" for number in range(40)]
    runs = collect(store, *((name, FakeCollector()) for name in names))
    assert sorted(runs) == sorted(names)


def test_a_wait_from_a_clock_that_was_wrong_is_not_kept_for_years(store: Store) -> None:
    until = NOW + timedelta(days=1500)
    collect(store, ("blog", FakeCollector().then(RateLimitedError("slow down", until=until))))
    assert collect(store, ("blog", FakeCollector().posts(mention())))["blog"].kept.new == 1


def test_a_full_disk_is_no_fault_of_a_source(store: Store) -> None:
    with pytest.raises(OSError, match="No space left"):
        collect(store, ("blog", FakeCollector().then(OSError(28, "No space left on device"))))
    known = [SourceHealth(source_id=SourceId("blog"), name="Blog", kind="feed")]
    assert store.health(known)[0].failures == 0
