"""Answers that Reddit gave to praw's own tests, served over loopback through the real collector."""

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from builders import NOW
from collecting import batches, mentions, workshop

from collectors import collector_for
from collectors.reddit_client import _ACCOUNTS
from klankbord.demo.fakes.reddit import ENVIRONMENT, RedditFake
from klankbord.demo.loopback import Asked, Loopback, Reply
from klankbord.ports import Batch, Budget
from klankbord.settings.models import SourcesFile

FOLDER = Path(__file__).parents[1].parent / "shared" / "recordings" / "praw"
COMMENTS = (
    "TestSubredditListings.test_comments",
    "TestMultiredditListings.test_comments",
    "TestRedditorListings.test_overview__new",
    "TestRedditorListings.test_comments__new",
    "TestReddit.test_info",
)
SUBMISSIONS = (
    "TestFront.test_new",
    "TestSubredditListings.test_new",
    "TestMultiredditListings.test_new",
    "TestRedditorListings.test_submissions__new",
    "TestReddit.test_info_url",
)

pytestmark = [
    pytest.mark.recordings,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/recordings is absent"),
]


@dataclass
class Cassette:
    """Answers every request for a listing with one recorded body."""

    token: bytes
    body: bytes

    def answer(self, asked: Asked) -> Reply:
        return Reply(body=self.token if asked.path.endswith("access_token") else self.body)


def bodies(name: str) -> list[str]:
    interactions = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["interactions"]
    return [one["response"]["body"]["string"] for one in interactions]


def cassette(name: str) -> Cassette:
    token, *others = bodies(name)
    return Cassette(token.encode(), others[0].encode())


def children(body: bytes) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(body)["data"]["children"]
    return [child["data"] for child in listed if child["kind"] in {"t1", "t3"}]


def read(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, **given: object) -> list[Batch]:
    _ACCOUNTS.clear()
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)
    with Loopback(cassette(name)) as site:
        fields = {"id": "reddit", **RedditFake().settings(site.address), **given}
        (source,) = SourcesFile.model_validate({"source": [fields]}).source
        return batches(collector_for(source, workshop(folder)), budget=Budget(requests=2))


def checked(name: str, found: list[Batch]) -> None:
    """Every recorded post is a mention or a change of state, and none says who wrote it."""
    sent = children(cassette(name).body)
    told = [change.native_id for batch in found for change in batch.changes]
    by_id = {mention.native_id: mention for mention in mentions(found)}
    names = [post.get("name") or f"t1_{post['id']}" for post in sent]
    assert sorted([*by_id, *told]) == sorted(names)
    assert names != []
    for post, native_id in zip(sent, names, strict=True):
        mention = by_id.get(native_id)
        if mention is None:
            continue
        words = f"{mention.title}\n{mention.text}\n{mention.context}\n{mention.url}"
        assert abs(mention.published_at.timestamp() - post["created_utc"]) < 1
        assert (mention.author is None) == (post["author"] == "[deleted]")
        for who in (post["author"], post.get("link_author", "")):
            if len(who) >= 3 and who.casefold() not in {"[deleted]", "author"}:
                assert re.search(rf"(?<!\w){re.escape(who)}(?!\w)", words) is None


@pytest.mark.parametrize("name", COMMENTS)
def test_recorded_listings_of_comments_are_read_whole(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(name, read(name, tmp_path, monkeypatch, search_all=False))


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_recorded_listings_of_submissions_are_read_whole(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(name, read(name, tmp_path, monkeypatch, subreddits=[]))


def test_a_recorded_answer_by_ids_tells_who_stands_and_who_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = mentions(read("TestReddit.test_info", tmp_path, monkeypatch, search_all=False))
    absent = [replace(stored[0], native_id="t1_zzzzzz"), replace(stored[0], native_id="t3_zzzzzz")]
    with Loopback(cassette("TestReddit.test_info")) as site:
        fields = {"id": "reddit", **RedditFake().settings(site.address)}
        (source,) = SourcesFile.model_validate({"source": [fields]}).source
        collector = collector_for(source, workshop(tmp_path))
        told = collector.recheck([*stored[:98], *absent], Budget(), NOW, Event())
    assert [change.native_id for change in told.changes] == ["t1_zzzzzz", "t3_zzzzzz"]
    assert told.standing == tuple(mention.native_id for mention in stored)
    assert told.edited == ()


def recorded_keys() -> dict[str, set[str]]:
    """For each kind of thing, the names of the fields that were ever sent."""
    keys: dict[str, set[str]] = {"t1": set(), "t3": set(), "Listing": set()}
    for file in FOLDER.glob("*.json"):
        for body in bodies(file.stem):
            waiting: list[Any] = [json.loads(body)] if body[:1] in "[{" and body else []
            while waiting:
                one = waiting.pop()
                if isinstance(one, dict) and one.get("kind") in keys and isinstance(one.get("data"), dict):
                    keys[one["kind"]] |= set(one["data"])
                if isinstance(one, dict | list):
                    waiting += one.values() if isinstance(one, dict) else one
    return keys


def test_the_fake_sends_no_field_that_reddit_did_not_send() -> None:
    fake = RedditFake()
    draad = fake.post("tekst", at=NOW)
    fake.comment("tekst", at=NOW - timedelta(hours=1), under=draad)
    recorded = recorded_keys()
    headers = {"authorization": "bearer fake-access-token"}
    for path, query in (
        ("/search", {"q": '"tekst"'}),
        ("/r/voorbeeld/comments", {}),
        ("/api/info", {"id": draad}),
    ):
        reply = fake.answer(Asked(method="GET", path=path, query=query, headers=headers))
        listing = json.loads(reply.body)
        assert set(listing["data"]) <= recorded["Listing"]
        assert listing["data"]["children"] != []
        for child in listing["data"]["children"]:
            assert set(child["data"]) <= recorded[child["kind"]]
