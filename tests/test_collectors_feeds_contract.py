"""What both kinds of feed promise, tested for each with feeds of every shape."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Timer
from time import monotonic

import pytest
from builders import NOW
from collecting import HOST, batches, collector, mentions, texts
from fakes import FakeSite, entry

import collectors.feeds
from klankbord.errors import CollectError, TransientError
from klankbord.mention import Precision, State
from klankbord.ports import Budget, Cursor

pytestmark = pytest.mark.parametrize("kind", ["comment_feed", "feed"])


def many(count: int) -> list[str]:
    return [entry(f"Bericht {n} over Voorbeeld BV", id=f"g{n}", title=f"Titel {n}") for n in range(count)]


def test_collecting_twice_gives_the_same_ids_and_revisions(kind: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", *many(3))
        one = collector(site, tmp_path, kind=kind)
        first, second = (mentions(batches(one)) for _ in range(2))
    assert [(m.native_id, m.revision) for m in first] == [(m.native_id, m.revision) for m in second]
    assert len({m.native_id for m in first}) == 3


def test_a_process_killed_at_any_batch_loses_nothing(kind: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", *many(450))
        one = collector(site, tmp_path, kind=kind)
        whole = batches(one)
        assert [len(batch.mentions) for batch in whole] == [200, 200, 50]
        wanted = {m.native_id for m in mentions(whole)}
        for killed_after in range(len(whole)):
            kept = {m.native_id for m in mentions(whole[: killed_after + 1])}
            again = batches(one, whole[killed_after].next)
            assert kept | {m.native_id for m in mentions(again)} == wanted


def test_late_same_second_future_and_undated_posts_are_offered_once_each(kind: str, tmp_path: Path) -> None:
    noon = NOW.replace(hour=9)
    dates: dict[str, datetime | str | None] = {
        "a": noon, "late": noon - timedelta(hours=1), "same second": noon,
        "future": datetime(2099, 1, 1, tzinfo=NOW.tzinfo), "undated": None, "unreadable": "gisteren",
    }  # fmt: skip
    with FakeSite() as site:
        one = collector(site, tmp_path, kind=kind)
        site.feed("/feed", entry("a", id="a", at=noon))
        first = batches(one)
        site.feed("/feed", *(entry(name, id=name, at=at) for name, at in dates.items()))
        found = {m.text: m for m in mentions(batches(one, first[-1].next))}
    assert set(found) == set(dates)
    assert found["future"].published_at == NOW
    precisions = {name: found[name].published_precision for name in ("future", "undated", "unreadable")}
    assert precisions == {
        "future": Precision.CLAMPED,
        "undated": Precision.MISSING,
        "unreadable": Precision.MISSING,
    }


def test_an_edit_is_a_new_revision_of_the_same_id(kind: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        one = collector(site, tmp_path, kind=kind)
        site.feed("/feed", entry("eerst"))
        (before,) = mentions(batches(one))
        site.feed("/feed", entry("later"))
        (after,) = mentions(batches(one))
    assert before.native_id == after.native_id
    assert before.revision != after.revision


def test_a_new_date_alone_is_no_edit(kind: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        one = collector(site, tmp_path, kind=kind)
        site.feed("/feed", entry("eerst", at=NOW))
        (before,) = mentions(batches(one))
        site.feed("/feed", entry("eerst", at=NOW - timedelta(days=1)))
        (after,) = mentions(batches(one))
    assert before.revision == after.revision


def test_a_recheck_tells_gone_from_standing_from_unknown(kind: str, tmp_path: Path) -> None:
    links = ("/gone", "/stands", "/page#comment-1", "/page#comment-2", "/broken", "/late")
    with FakeSite() as site:
        site.feed("/feed", *(entry(link, id=link, link=HOST + link) for link in links))
        site.body("/stands", b"<html>still here")
        site.body("/page", b"<html><li id='comment-1'>hier</li>")
        site.status("/broken", 500)
        site.status("/late", 429)
        one = collector(site, tmp_path, kind=kind)
        found = {m.native_id: m.text for m in mentions(batches(one))}
        told = one.recheck(mentions(batches(one)), Budget(), NOW, Event())
        assert site.count("/page") == 1
    assert {found[change.native_id] for change in told.changes} == {"/gone", "/page#comment-2"}
    assert {change.state for change in told.changes} == {State.DELETED}
    assert {found[native_id] for native_id in told.standing} == {"/stands", "/page#comment-1"}
    assert told.spent.requests == 5


def test_a_recheck_asks_no_more_than_its_budget(kind: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", *(entry(f"{n}", id=f"{n}", link=f"{HOST}/p/{n}") for n in range(9)))
        one = collector(site, tmp_path, kind=kind)
        posts = mentions(batches(one))
        told = one.recheck(posts, Budget(requests=3), NOW, Event())
        assert len(site.seen) == 1 + 3
    assert len(told.changes) == 3


def test_an_address_without_its_handle_is_not_asked_and_so_never_called_gone(
    kind: str, tmp_path: Path
) -> None:
    with FakeSite() as site:
        site.feed(
            "/feed",
            entry(link=f"{HOST}/@jan/1"),
            entry(id="2", link=f"{HOST}/jan-jansen/2", author="Jan Jansen"),
        )
        one = collector(site, tmp_path, kind=kind)
        posts = mentions(batches(one))
        told = one.recheck(posts, Budget(), NOW, Event())
    assert [post.url for post in posts] == [f"{HOST}/@/1", f"{HOST}/[author]/2"]
    assert (told.changes, told.standing) == ((), ())


def test_an_unknown_exception_is_a_transient_error_that_names_it(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(collectors.feeds, "harvest", broken)
    with FakeSite() as site:
        site.feed("/feed", entry())
        with pytest.raises(TransientError, match="KeyError"):
            batches(collector(site, tmp_path, kind=kind))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_endless_refusals_cost_one_request_a_poll(kind: str, status: int, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.status("/feed", status)
        with pytest.raises(CollectError):
            batches(collector(site, tmp_path, kind=kind))
        assert site.count("/feed") == 1


def test_stop_is_obeyed_while_a_server_is_silent(kind: str, tmp_path: Path) -> None:
    stop = Event()
    with FakeSite() as site:
        site.hang("/feed")
        began = monotonic()
        Timer(0.1, stop.set).start()
        assert list(collector(site, tmp_path, kind=kind).poll(None, Budget(), NOW, stop)) == []
    assert monotonic() - began < 2


def test_an_author_leaves_as_a_pseudonym_only(kind: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed(
            "/feed",
            entry(
                "Groet, Wieneke Planteman. Of mail w.planteman@example.org",
                title="Wieneke Planteman vertelt",
                link=f"{HOST}/author/wieneke-planteman/1?by=Wieneke+Planteman",
                author="Wieneke Planteman",
            ),
            entry("Wieneke Planteman schreef:\ngeen stroom", id="2", author="Roos Tak"),
            entry("@Wieneke Planteman ik ook", id="3"),
        )
        found = batches(collector(site, tmp_path, kind=kind))
    kept = repr(found).lower()
    assert [word for word in ("wieneke", "planteman") if word in kept] == []
    assert len(mentions(found)[0].author or "") == 20


def test_a_cursor_of_another_version_or_garbage_is_no_cursor(kind: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", entry("hier")).etag('"1"')
        one = collector(site, tmp_path, kind=kind)
        good = json.loads(batches(one)[-1].next)
        odd = ["", "{", "[]", "null", "7", '{"v":0}', '{"v":1,"window":7}', '{"v":1,"x":1}', "[" * 5_000]
        odd += [
            json.dumps(good | {"v": 2}),
            json.dumps(good | {"read_at": "x"}),
            json.dumps(good | {"etag": 1}),
        ]
        for cursor in odd:
            assert texts(batches(one, Cursor(cursor))) == ["hier"]


def test_the_platform_is_the_kind_and_the_terms_travel_along(kind: str, tmp_path: Path) -> None:
    with FakeSite() as site:
        site.feed("/feed", entry())
        (found,) = mentions(batches(collector(site, tmp_path, kind=kind, terms={"retention_days": 7})))
    assert (found.platform, found.terms.retention_days, found.lang, found.collected_at) == (
        kind,
        7,
        "nl",
        NOW,
    )
