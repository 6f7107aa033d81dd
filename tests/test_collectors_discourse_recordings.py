"""Answers of real Discourse forums, read by the collector's own parser, and the fake held against them."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import NOW
from collecting import mentions, workshop

from collectors import collector_for
from collectors.posted import mention_of
from klankbord.demo.fakes.forum import FakeDiscourse
from klankbord.demo.loopback import Asked, Loopback, Reply
from klankbord.mention import State
from klankbord.ports import Budget
from klankbord.settings.models import SourcesFile

RECORDINGS = Path(__file__).parents[1].parent / "shared" / "recordings" / "discourse_api" / "fixtures"
pytestmark = [
    pytest.mark.recordings,
    pytest.mark.skipif(not RECORDINGS.is_dir(), reason="../shared/recordings is absent"),
]


class Recorded:
    """Answers with recorded bodies."""

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/posts.json":
            name = "posts_before" if "before" in asked.query else "posts_latest"
            return Reply(body=(RECORDINGS / f"{name}.json").read_bytes())
        if asked.path == "/posts/11.json":
            return Reply(body=(RECORDINGS / "post.json").read_bytes())
        return Reply(status=404)


def content(name: str) -> Any:
    return json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))


def test_recorded_pages_become_mentions_one_a_post(tmp_path: Path) -> None:
    from threading import Event

    posts = content("posts_latest")["latest_posts"] + content("posts_before")["latest_posts"]
    with Loopback(Recorded()) as stand:
        table = {"id": "f", "kind": "forum", "url": stand.address, "allow_addresses": ("127.0.0.0/8",)}
        source = SourcesFile.model_validate({"source": [table]}).source[0]
        one = collector_for(source, workshop(tmp_path))
        found = mentions(list(one.poll(None, Budget(requests=3), NOW, Event())))
        stored = {mention.native_id: mention for mention in found}
        assert set(stored) == {f"f:{post['id']}" for post in posts}
        assert [mention for mention in found if not mention.text or not mention.author] == []
        assert [mention for mention in found if "johndoe" in repr(mention)] == []
        rechecked = one.recheck([stored[min(stored)]], Budget(), NOW, Event())
        assert rechecked.changes == ()


@pytest.mark.parametrize("name", ["topic", "topic_posts"])
def test_recorded_topics_hold_posts_that_can_be_read(name: str, tmp_path: Path) -> None:
    from collectors.discourse_api import _post, posted
    from klankbord.settings import ForumSource

    source = ForumSource(id="f", kind="forum", url="https://forum.example")
    for one in content(name)["post_stream"]["posts"]:
        post = _post(one | {"raw": ""})
        assert (post.state, post.ordinary) == (State.LIVE, one["post_type"] == 1)
        mention = mention_of(posted(post, source, ()), source, workshop(tmp_path), NOW)
        assert one["username"] not in repr(mention)


def test_every_key_that_the_fake_sends_of_a_post_stands_in_a_recorded_one() -> None:
    fake = FakeDiscourse()
    key = fake.post("Voorbeeld BV", at=NOW)
    recorded = set(content("posts_latest")["latest_posts"][0]) | set(content("post"))
    for path in ("/posts.json", f"/posts/{key}.json"):
        said = json.loads(fake.answer(Asked(method="GET", path=path, query={}, headers={})).body)
        one = said["latest_posts"][0] if "latest_posts" in said else said
        assert set(one) - recorded == set()
        types = content("posts_latest")["latest_posts"][0]
        assert [name for name in one if types.get(name) is not None and one[name] is not None
                and type(one[name]) is not type(types[name])] == []  # fmt: skip
