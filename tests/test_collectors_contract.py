"""What every kind of collector promises, tested for each against a fake that speaks its platform's protocol."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any

import pytest
from builders import NOW
from stages import Stage, WordGate, held_in, staged

import collectors
from classify.searches import searches_of
from collectors import KINDS
from klankbord.demo.loopback import Reply, Trouble
from klankbord.errors import CollectError, TransientError
from klankbord.ports import Budget, Cursor
from klankbord.reading import admitted
from klankbord.settings import Organisation, QuerySettings, Topic

#: kinds that are told things instead of asking: nothing can be refused them
TOLD = {"linkedin"}
ASKING = sorted(set(KINDS) - TOLD)
#: an edit of a wiki page is a post; nobody edits an edit
UNEDITED = {"wiki"}
#: kinds that look for words; the others read places
SEARCHING = ["bluesky", "forum", "hackernews", "mastodon", "reddit", "stackexchange", "wiki", "x"]
#: kinds whose platform tells no name of an author, so that one in a text cannot be known for a name
NAMELESS = {"bluesky", "hackernews", "linkedin"}
BEGAN = NOW - timedelta(hours=1)
MANY = 130
REFUSALS: list[Reply | Trouble] = [
    Reply(status=429, headers={"Retry-After": "60"}),
    Reply(status=429),
    Reply(status=500),
    Reply(status=503, headers={"Retry-After": "120"}),
    Trouble.RESET,
    Trouble.GARBAGE,
    Trouble.CUT,
]

Staging = Callable[..., AbstractContextManager[Stage]]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staging:
    def make(kind: str, **given: Any) -> AbstractContextManager[Stage]:
        return staged(kind, tmp_path, monkeypatch, **given)

    return make


def fill(on: Stage, number: int = 0) -> list[str]:
    """Posts a second apart, more than a page of them; returns their keys."""
    # a wiki's every edit is a batch of its own
    number = number or (25 if on.kind == "wiki" else MANY)
    return [
        on.fake.post(f"Bericht {n} over Voorbeeld BV", at=BEGAN + timedelta(seconds=n)) for n in range(number)
    ]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_collected_twice_is_stored_once(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        keys = fill(on)
        store = on.store()
        on.read_out(store)
        first = {(m.native_id, m.revision) for m in held_in(store)}
        on.read_out(store)
        assert {(m.native_id, m.revision) for m in held_in(store)} == first
        assert len(first) == len(keys)


# linkedin reads an inbox that it empties; its own test kills it
@pytest.mark.parametrize("kind", ASKING)
def test_a_process_killed_at_any_batch_ends_with_the_same_store(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        fill(on, 8 if kind == "wiki" else 0)
        whole = on.store("whole")
        on.read_out(whole)
        wanted = sorted((m.native_id, m.revision, m.title, m.text, m.context) for m in held_in(whole))
        for killed_after in count():
            on.now = NOW
            store = on.store(f"killed-{killed_after}")
            left = _killed(on, store, killed_after)
            on.read_out(store)
            assert (
                sorted((m.native_id, m.revision, m.title, m.text, m.context) for m in held_in(store))
                == wanted
            )
            if not left:
                return


def _killed(on: Stage, store: Any, after: int) -> bool:
    """Keep so many batches and let go of the rest; returns whether there was a rest."""
    polling = on.collector().poll(None, _budget(), on.now, on.stop)
    for number, batch in enumerate(polling):
        if number == after:
            polling.close()  # type: ignore[attr-defined]
            return True
        store.keep(on.source.id, batch, admitted(batch, WordGate()), on.now)
    return False


def _budget() -> Budget:
    return Budget(micros=10**9)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_late_same_second_and_future_posts_are_stored_once_each(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        store = on.store()
        on.fake.post("eerst Voorbeeld BV", at=BEGAN)
        on.read_out(store)
        on.fake.post("laat Voorbeeld BV", at=BEGAN - timedelta(seconds=45))
        on.fake.post("zelfde seconde Voorbeeld BV", at=BEGAN)
        on.fake.post("toekomst Voorbeeld BV", at=datetime(2099, 1, 1, tzinfo=UTC))
        on.fake.post("daarna Voorbeeld BV", at=BEGAN + timedelta(minutes=1))
        on.read_out(store)
        held = {m.text.split(" Voor")[0]: m for m in held_in(store)}
        assert sorted(held) == ["daarna", "eerst", "laat", "toekomst", "zelfde seconde"]
        assert held["toekomst"].published_at <= on.now


@pytest.mark.parametrize("kind", sorted(set(KINDS) - UNEDITED))
def test_an_edit_is_a_new_revision_and_waits_to_be_judged_again(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        store = on.store()
        key = on.fake.post("eerst dit over Voorbeeld BV", at=BEGAN)
        on.read_out(store)
        (before,) = held_in(store)
        on.fake.edit(key, "later dat over Voorbeeld BV", at=BEGAN + timedelta(minutes=5))
        on.read_out(store)
        on.rechecked(store)
        (after,) = held_in(store)
        assert (after.native_id, after.text) == (before.native_id, "later dat over Voorbeeld BV")
        assert after.revision != before.revision


@pytest.mark.parametrize("kind", sorted(set(KINDS) - TOLD))
def test_a_deletion_is_followed_and_the_post_does_not_come_back(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        store = on.store()
        keys = fill(on, 3)
        on.read_out(store)
        on.fake.delete(keys[1])
        on.read_out(store)
        on.rechecked(store)
        on.read_out(store)
        assert on.texts(store) == ["Bericht 0 over Voorbeeld BV", "Bericht 2 over Voorbeeld BV"]
        store.close()
        disk = b"".join(file.read_bytes() for file in on.folder.glob("k.db*"))
        assert b"Bericht 1 over" not in disk


@pytest.mark.parametrize("kind", ASKING)
@pytest.mark.parametrize("trouble", REFUSALS, ids=str)
def test_endless_trouble_costs_at_most_three_requests_a_run(
    kind: str, trouble: Reply | Trouble, stage: Staging
) -> None:
    with stage(kind) as on:
        fill(on, 3)
        on.standing.always(trouble)
        before = on.standing.requests
        with pytest.raises(CollectError):
            on.batches()
        assert on.standing.requests - before <= 3


@pytest.mark.parametrize("kind", ASKING)
def test_bytes_that_mean_nothing_are_a_transient_error(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        on.standing.always(Trouble.GARBAGE)
        with pytest.raises(TransientError):
            on.batches()


@pytest.mark.parametrize("kind", ASKING)
def test_after_trouble_in_the_middle_nothing_is_lost(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        keys = fill(on)
        store = on.store()
        for trouble in REFUSALS:
            on.standing.next(trouble)
            on.read(store)
            on.now += timedelta(minutes=20)
        on.standing.well()
        on.read_out(store)
        assert len(held_in(store)) == len(keys)


@pytest.mark.parametrize("kind", ASKING)
def test_a_stop_is_obeyed_while_a_server_is_silent(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        on.standing.always(Trouble.HANG)
        began = monotonic()
        Timer(0.1, on.stop.set).start()
        assert on.batches() == []
        assert monotonic() - began < 2


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_author_leaves_as_a_pseudonym_only(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        signed = "" if kind in NAMELESS else "Groet van Wieneke Planteman, "
        text = f"{signed}over Voorbeeld BV, mail w.planteman@example.org"
        on.fake.post(text, at=BEGAN, author="Wieneke Planteman")
        store = on.store()
        batches = on.batches()
        on.read_out(store)
        kept = repr(batches).lower()
        assert [word for word in ("wieneke", "planteman") if word in kept] == []
        (held,) = held_in(store)
        assert held.author is None or len(held.author) == 20
        store.close()
        disk = b"".join(file.read_bytes() for file in on.folder.rglob("*") if file.is_file()).lower()
        assert [word for word in (b"wieneke", b"planteman") if word in disk] == []


@pytest.mark.parametrize("kind", SEARCHING)
def test_a_confidential_term_is_never_sent_to_a_platform(kind: str, stage: Staging) -> None:
    queries = (
        QuerySettings(id="name", expression='"Voorbeeld BV" OR "overname Kiekendief"'),
        QuerySettings(id="secret", expression="Voorbeeld AND roodborst", confidential=True),
    )
    topic = Topic(id="deal", meaning="the take-over of a rival", terms_nl=("kiekendief",))
    organisation = Organisation(name="Voorbeeld BV", topic=(topic,))
    searches = searches_of(queries, organisation)
    assert [search.text for search in searches] == ["Voorbeeld BV"]
    with stage(kind, searches=searches) as on:
        fill(on, 3)
        on.batches()
        asked = repr(list(getattr(on.standing, "asked", ()))).lower()
        assert asked
        assert [word for word in ("kiekendief", "roodborst") if word in asked] == []


@pytest.mark.parametrize("kind", SEARCHING)
def test_with_nothing_to_search_for_a_run_ends_well(kind: str, stage: Staging) -> None:
    with stage(kind, searches=()) as on:
        fill(on, 3)
        assert on.read(on.store()).error is None


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_cursor_of_another_version_or_garbage_is_no_cursor(kind: str, stage: Staging) -> None:
    with stage(kind) as on:
        fill(on, 3)
        good = json.loads(on.batches()[-1].next)
        odd = ["", "{", "[]", "null", "7", '{"v":0}', '{"v":1,"x":1}', "[" * 5_000, '{"v":1}']
        odd += [json.dumps(good | {"v": 99}), json.dumps(dict.fromkeys(good, 7))]
        odd += [json.dumps(dict.fromkeys(good, "\x00x")), json.dumps({name: [{}] for name in good})]
        for cursor in odd:
            found = {m.text for batch in on.batches(Cursor(cursor)) for m in admitted(batch, WordGate())}
            assert len(found) == 3, cursor


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_platform_is_the_kind_and_the_terms_travel_along(kind: str, stage: Staging) -> None:
    with stage(kind, terms={"retention_days": 7}) as on:
        fill(on, 1)
        found = [m for batch in on.batches() for m in batch.mentions]
        assert {(m.platform, m.terms.retention_days, m.collected_at) for m in found} == {(kind, 7, on.now)}


@pytest.mark.parametrize("kind", ["bluesky", "mastodon", "reddit", "wiki", "x"])
def test_a_kind_whose_client_is_not_installed_says_what_to_install(
    kind: str, stage: Staging, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage(kind) as on:
        monkeypatch.setattr(collectors, "find_spec", lambda _: None)
        run = on.read(on.store())
        assert run.error is not None
        assert (run.error.word, "pip install 'klankbord[sources]'" in str(run.error)) == ("permanent", True)
        assert on.standing.requests == 0
