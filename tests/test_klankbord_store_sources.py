"""What the store notes of sources and hosts, and what it follows when a source tells of its posts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW, mention
from sqlalchemy import create_engine, text
from test_klankbord_store import ZONE, judge, judgement, keep, rechecks, score

from klankbord.errors import RateLimitedError, TransientError
from klankbord.mention import SourceId, State, StateChange, Terms
from klankbord.ports import Batch, Cursor, Recheck
from klankbord.pseudonym import Pseudonyms
from klankbord.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/k.db", Pseudonyms(tmp_path / "keys").forgotten, ZONE)
    yield opened
    opened.close()


def test_a_source_that_wants_it_has_flagged_posts_asked_for_early_and_once(store: Store) -> None:
    plain, flagged = mention("a", native_id="a"), mention("b", native_id="b")
    keep(store, plain, flagged)
    judge(store, judgement(plain), judgement(flagged, score()))
    later = NOW + timedelta(minutes=40)
    assert store.to_recheck("blog", rechecks(later), 10) == []
    early = rechecks(later, early=timedelta(minutes=35))
    assert [post.native_id for post in store.to_recheck("blog", early, 10)] == ["b"]
    store.rechecked("blog", Recheck(standing=("b",)), "feed", later)
    assert (
        store.to_recheck("blog", rechecks(later + timedelta(hours=1), early=timedelta(minutes=35)), 10) == []
    )


def test_an_edit_that_a_recheck_found_is_judged_again(store: Store) -> None:
    post = mention("de tarieven 2027 van Voorbeeld", native_id="n")
    keep(store, post)
    judge(store, judgement(post, score()))
    edited = mention("niets bijzonders bij Voorbeeld", native_id="n")
    unknown = mention("nooit gezien bij Voorbeeld", native_id="other")
    kept = store.rechecked("blog", Recheck(edited=(edited, unknown)), "feed", NOW)
    assert (kept.edited, [one.text for one in store.unjudged(9)]) == (1, [edited.text])


def test_an_author_who_left_takes_everything_along_and_nobody_else(store: Store) -> None:
    theirs = [mention(f"Voorbeeld {n}", native_id=f"t{n}", author="a" * 20) for n in range(3)]
    other = mention("Voorbeeld anders", native_id="o", author="b" * 20)
    elsewhere = mention(
        "Voorbeeld elders", native_id="e", author="a" * 20, platform="x", source_id=SourceId("x")
    )
    keep(store, *theirs, other)
    store.keep("x", Batch(mentions=(elsewhere,), next=Cursor("1")), [elsewhere], NOW)
    kept = store.keep("blog", Batch(next=Cursor("2"), authors_gone=("a" * 20,)), [], NOW)
    assert kept.deleted == 3
    assert {one.native_id for one in store.unjudged(9)} == {"o", "e"}


def test_of_a_deleted_post_of_a_traceless_source_nothing_at_all_stays(store: Store, tmp_path: Path) -> None:
    post = mention("Voorbeeld", native_id="t3_abc", terms=Terms(traceless=True))
    keep(store, post)
    judge(store, judgement(post, score()))
    gone = StateChange(platform="feed", native_id="t3_abc", state=State.DELETED, at=NOW)
    assert store.rechecked("blog", Recheck(changes=(gone,)), "feed", NOW).deleted == 1
    counts = store.counts()
    left = {name: n for name, n in counts.items() if n and name not in {"source", "tally"}}
    assert left == {}
    with create_engine(f"sqlite:///{tmp_path}/k.db").connect() as connection:
        names = connection.execute(text("SELECT name FROM tally")).scalars().all()
    assert [name for name in names if name.startswith(("mention", "finding", "deleted"))] == []


def test_a_host_that_fails_five_times_is_left_alone_but_for_one_probe(store: Store) -> None:
    for number in range(5):
        assert store.host_open_until("h", NOW) is None
        store.failed(f"s{number}", TransientError("no answer"), NOW, host="h")
    assert store.host_open_until("h", NOW) == NOW + timedelta(minutes=1)
    later = NOW + timedelta(minutes=2)
    assert store.host_open_until("h", later) is None
    assert store.host_open_until("h", later) == later + timedelta(minutes=2)
    store.succeeded("s1", "h", later, new=False, news=False)
    assert store.host_open_until("h", later) is None


def test_a_host_that_says_until_when_is_left_alone_at_once(store: Store) -> None:
    until = NOW + timedelta(minutes=10)
    store.failed("s", RateLimitedError("slow down", until=until), NOW, host="h")
    assert (store.host_open_until("h", NOW), store.host_open_until("other", NOW)) == (until, None)


def test_a_sources_rhythm_is_learned_from_its_news(store: Store) -> None:
    moment = NOW
    for _ in range(6):
        store.succeeded("blog", "h", moment, new=False, news=True)
        moment += timedelta(hours=2)
    store.succeeded("blog", "h", moment, new=False, news=False)
    pace = store.paces()["blog"]
    assert (pace.news_every, pace.last_news_at) == (timedelta(hours=2), moment - timedelta(hours=2))


def test_the_pseudonym_of_an_account_that_is_gone_goes_and_its_post_stays(store: Store) -> None:
    post = mention("Voorbeeld blijft", native_id="n", author="a" * 20)
    keep(store, post)
    left = mention("Voorbeeld blijft", native_id="n", author=None, revision="later")
    store.rechecked("blog", Recheck(edited=(left,)), "feed", NOW)
    (held,) = store.unjudged(9)
    assert (held.text, held.author) == (post.text, None)
