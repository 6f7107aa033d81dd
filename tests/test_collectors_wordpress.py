"""Comments on a WordPress site: replies, edits that its feed keeps quiet about, comments that went."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import NOW, mention
from collecting import batches, mentions, texts, workshop

from collectors import collector_for
from collectors.answers import Answer
from collectors.wordpress import api_root
from klankbord.demo.fakes.comment_feed import HOME, CommentFeedFake
from klankbord.demo.loopback import Loopback, Reply, Trouble
from klankbord.mention import Mention, State
from klankbord.ports import Budget, Collector, Recheck
from klankbord.settings.models import SourcesFile

HOUR = timedelta(hours=1)


class Site:
    """A WordPress site on loopback and the collector that reads it."""

    def __init__(self, fake: CommentFeedFake, folder: Path) -> None:
        self.fake, self.loopback = fake, Loopback(fake)
        fields = {"id": "reacties", **fake.settings(self.loopback.address)}
        source = SourcesFile.model_validate({"source": [fields]}).source[0]
        self.collector: Collector = collector_for(source, workshop(folder))

    def read(self) -> dict[str, Mention]:
        return {one.url.rpartition("-")[2]: one for one in mentions(batches(self.collector))}

    def recheck(self, *posts: Mention, requests: int = 20) -> Recheck:
        return self.collector.recheck(posts, Budget(requests=requests), NOW + HOUR, Event())

    def asked(self) -> list[str]:
        return [one.path for one in self.loopback.asked]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(CommentFeedFake(), tmp_path)
    with made.loopback:
        yield made


@pytest.fixture
def without_api(tmp_path: Path) -> Iterator[Site]:
    made = Site(CommentFeedFake(api=False), tmp_path)
    with made.loopback:
        yield made


def test_a_reply_loses_whom_it_answers_and_keeps_what_it_answers(site: Site) -> None:
    first = site.fake.post("Al drie dagen storing.", at=NOW - 2 * HOUR, author="Roos Tak")
    site.fake.post("Hier ook.", at=NOW - HOUR, author="Jan Jansen", answers=first)
    found = site.read()
    assert found["2"].text == "Hier ook."
    assert found["2"].context == "Storing aan de Dorpsstraat\nAl drie dagen storing."
    assert found["2"].parent_id == found["1"].native_id
    assert [word for word in ("Roos", "Tak", "Jansen") if word in repr(found)] == []


def test_one_request_tells_of_many_comments(site: Site) -> None:
    for number in range(30):
        site.fake.post(f"Reactie {number}", at=NOW - HOUR * number)
    posts = site.read()
    told = site.recheck(*posts.values())
    assert set(told.standing) == {post.native_id for post in posts.values()}
    assert (told.changes, told.edited, told.spent.requests) == ((), (), 2)


def test_a_comment_that_is_gone_and_one_in_the_bin_are_told_apart(site: Site) -> None:
    for number in range(3):
        site.fake.post(f"Reactie {number}", at=NOW - HOUR * number)
    posts = site.read()
    site.fake.delete("1")
    site.fake.bin("2")
    told = site.recheck(*posts.values())
    assert {change.native_id: change.state for change in told.changes} == {
        posts["1"].native_id: State.DELETED,
        posts["2"].native_id: State.REMOVED,
    }
    assert told.standing == (posts["3"].native_id,)


def test_an_edit_that_the_feed_keeps_quiet_about_is_found(tmp_path: Path) -> None:
    site = Site(CommentFeedFake(edits_change_etag=False), tmp_path)
    with site.loopback:
        site.fake.post("Eerst dit.", at=NOW - HOUR)
        first = batches(site.collector)
        (before,) = mentions(first)
        site.fake.edit("1", "Toen dat, groet Wieneke Planteman.", at=NOW)
        # the trap: a conditional request is answered with 304
        assert texts(batches(site.collector, first[-1].next, NOW + HOUR)) == []
        told = site.recheck(before)
    (after,) = told.edited
    assert (after.native_id, after.text) == (before.native_id, "Toen dat, groet [author].")
    assert after.revision != before.revision
    assert (after.state, after.edited_at, after.author) == (State.EDITED, NOW + HOUR, before.author)
    assert told.standing == (before.native_id,)


def test_the_same_words_with_other_marks_are_no_edit(site: Site) -> None:
    site.fake.post("Al drie dagen 'storing' - hier.", at=NOW - HOUR)
    (before,) = site.read().values()
    site.fake.edit("1", "Al drie  dagen “storing”, hier!", at=NOW)
    assert site.recheck(before).edited == ()


def test_a_text_that_was_not_kept_is_not_compared(site: Site) -> None:
    site.fake.post("Wel iets.", at=NOW - HOUR)
    unkept = mention("", native_id="reacties:1", url=f"{HOME}/2026/11/storing-aan-de-dorpsstraat/#comment-1")
    told = site.recheck(unkept)
    assert (told.edited, told.standing) == ((), ("reacties:1",))


def test_a_site_without_the_api_is_asked_by_its_pages(without_api: Site) -> None:
    site = without_api
    for number in range(2):
        site.fake.post(f"Reactie {number}", at=NOW - HOUR * number)
    posts = site.read()
    site.fake.delete("1")
    told = site.recheck(*posts.values())
    assert [change.native_id for change in told.changes] == [posts["1"].native_id]
    assert told.standing == (posts["2"].native_id,)
    assert told.spent.requests == 1


@pytest.mark.parametrize(
    "refused",
    [
        Reply(status=401, body=b'{"code":"rest_not_logged_in"}'),
        Reply(status=404, body=b'{"code":"rest_no_route"}'),
        Reply(status=403, body=b"<html>firewall"),
        Reply(status=200, body=b"<html>moment"),
        Reply(status=200, body=b'{"code": 1}'),
        Trouble.RESET,
    ],
)
def test_an_api_that_refuses_leaves_the_word_to_the_page(site: Site, refused: Reply | Trouble) -> None:
    site.fake.post("Staat er nog.", at=NOW - HOUR)
    site.fake.post("Is weg.", at=NOW - HOUR)
    posts = site.read()
    page = f'<link rel="https://api.w.org/" href="{HOME}/wp-json/"><li id="comment-1">'.encode()
    site.loopback.next(Reply(body=page, headers={"Content-Type": "text/html"}))
    site.loopback.always(refused)
    told = site.recheck(posts["1"], posts["2"])
    assert told.standing == (posts["1"].native_id,)
    assert [change.native_id for change in told.changes] == [posts["2"].native_id]


def test_a_number_of_another_site_is_never_asked_of_this_one(site: Site) -> None:
    site.fake.post("Hier.", at=NOW - HOUR)
    (here,) = site.read().values()
    there = mention("Elders", native_id="reacties:2", url="https://ander.example/x/#comment-99")
    told = site.recheck(here, there)
    assert told.standing == (here.native_id,)
    assert all("99" not in path for path in site.asked())


def test_a_comment_of_that_number_on_another_page_tells_nothing(site: Site) -> None:
    site.fake.post("Hier.", at=NOW - HOUR)
    other = mention("Oud", native_id="reacties:7", url=f"{HOME}/2020/anders/#comment-1")
    told = site.recheck(other)
    # its page answers 404: gone by that, not by the comment that now has its number
    assert [change.native_id for change in told.changes] == ["reacties:7"]
    assert told.edited == ()


def test_a_recheck_of_comments_asks_no_more_than_its_budget(site: Site) -> None:
    for number in range(9):
        site.fake.post(f"Reactie {number}", at=NOW - HOUR * number)
    posts = site.read()
    for number in range(1, 10):
        site.fake.delete(str(number))
    before = site.loopback.requests
    told = site.recheck(*posts.values(), requests=4)
    assert site.loopback.requests - before == 4
    assert told.spent.requests == 4
    assert len(told.changes) <= 9


@pytest.mark.parametrize(
    ("body", "headers", "root"),
    [
        (b"", {"link": f'<{HOME}/wp-json/>; rel="https://api.w.org/"'}, f"{HOME}/wp-json/"),
        (
            b"",
            {"link": f'<{HOME}/?p=1>; rel=shortlink, <{HOME}/?rest_route=/>; rel="https://api.w.org/"'},
            f"{HOME}/?rest_route=/",
        ),
        (b"<link rel='https://api.w.org/' href='/wp-json/' />", {}, f"{HOME}/wp-json/"),
        (b'<link href="https://elders.example/wp-json/" rel="https://api.w.org/">', {}, ""),
        (b'<link rel="https://api.w.org/" href="javascript:x">', {}, ""),
        (b"<p>api.w.org</p>", {}, ""),
    ],
)
def test_the_api_is_where_the_page_says_it_is(body: bytes, headers: dict[str, str], root: str) -> None:
    assert api_root(Answer(status=200, body=body, headers=headers, url=f"{HOME}/x/")) == root


def test_a_page_of_one_repeated_piece_is_looked_through_soon() -> None:
    for piece in (b"<link api.w.org ", b"<link ", b"<link rel=api.w.org href='"):
        assert api_root(Answer(status=200, body=piece * 30_000, headers={}, url=HOME)) == ""
