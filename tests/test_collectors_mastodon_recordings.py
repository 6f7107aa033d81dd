"""What the fakes of Mastodon and MediaWiki send, and what their readers can read, against recorded answers."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import yaml
from builders import NOW
from collecting import batches, mentions, workshop

from collectors import collector_for
from collectors.mastodon_status import may_be_kept, posted
from collectors.posted import mention_of
from klankbord.demo.fakes.mastodon import ENVIRONMENT, FakeMastodon, MastodonLoopback
from klankbord.demo.fakes.wiki import FakeWiki
from klankbord.demo.loopback import Reply
from klankbord.mention import State
from klankbord.ports import Budget
from klankbord.settings import SourceSettings
from klankbord.settings.models import SourcesFile

RECORDINGS = Path(__file__).parents[1].parent / "shared" / "recordings"
CASSETTES = RECORDINGS / "mastodonpy" / "cassettes"

pytestmark = [
    pytest.mark.recordings,
    pytest.mark.skipif(not RECORDINGS.is_dir(), reason="../shared/recordings is absent"),
]


def _source(table: dict[str, Any]) -> SourceSettings:
    return SourcesFile.model_validate({"source": [{"id": "masto"} | table]}).source[0]


def _statuses(said: object) -> Iterator[dict[str, Any]]:
    if isinstance(said, dict):
        if {"id", "content", "account", "visibility"} <= set(said):
            yield said
        for value in said.values():
            yield from _statuses(value)
    elif isinstance(said, list):
        for value in said:
            yield from _statuses(value)


def _recorded() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for file in sorted(CASSETTES.glob("*.yaml")):
        try:
            cassette = yaml.load(file.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError:
            continue
        for one in cassette["interactions"]:
            try:
                found += _statuses(json.loads(one["response"]["body"]["string"]))
            except (ValueError, KeyError, TypeError):
                continue
    return found


def _keys(said: object, path: str = "") -> set[str]:
    if isinstance(said, dict):
        return {f"{path}.{key}" for key in said}.union(*(_keys(v, f"{path}.{k}") for k, v in said.items()))
    if isinstance(said, list):
        return set().union(*(_keys(value, f"{path}[]") for value in said)) if said else set()
    return set()


def test_every_key_of_the_fake_was_recorded_and_every_recorded_status_can_be_read(tmp_path: Path) -> None:
    fake = FakeMastodon()
    found = _recorded()
    assert len(found) > 50
    first = fake.post("een :blobcat: #voorbeeldbv", at=NOW)
    key = fake.post("twee", at=NOW, answers=first, quotes=first)
    fake.edit(key, "drie", at=NOW)
    sent = json.loads(json.dumps(fake._body(fake._statuses[int(key)])))
    sent["quote"] = {"state": "accepted", "quoted_status": None}
    sent["account"] |= {"emojis": []}
    known = set().union(*(_keys(status) for status in found))
    assert {
        key for key in _keys(sent) if not key.startswith((".emojis[]", ".account.fields"))
    } - known == set()
    one, hall = _source(fake.settings("https://host.example")), workshop(tmp_path)
    for status in found:
        mention = mention_of(
            posted(status, "host", "https://host", None), one, hall, NOW + timedelta(days=3650)
        )
        assert mention.native_id == f"host:{status['id']}"
        assert isinstance(mention.published_at, datetime)
        assert mention.published_precision.value == "exact"
        assert str(status["account"]["username"]) not in repr(mention)
        assert ("<" in mention.text) <= ("&lt;" in status["content"])


def test_the_recorded_limit_headers_are_the_ones_the_fake_sends() -> None:
    cassette = yaml.safe_load((CASSETTES / "test_hashtag_tl.yaml").read_bytes())
    headers = {name.lower() for one in cassette["interactions"] for name in one["response"]["headers"]}
    assert {name.lower() for name in FakeMastodon()._counted()} <= headers


def _answer(cassette: str, path: str) -> Reply:
    for one in yaml.safe_load((CASSETTES / f"{cassette}.yaml").read_bytes())["interactions"]:
        if one["request"]["method"] == "GET" and path in one["request"]["uri"]:
            said = one["response"]
            headers = {
                name: values[0] for name, values in said["headers"].items() if name != "content-length"
            }
            return Reply(status=said["status"]["code"], body=said["body"]["string"].encode(), headers=headers)
    raise AssertionError(path)


def test_recorded_answers_go_through_the_collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    fake = FakeMastodon()
    with MastodonLoopback(fake) as site:
        one = collector_for(_source(fake.settings(site.address)), workshop(tmp_path))
        tag, search = _answer("test_hashtag_tl", "/timelines/tag/"), _answer("test_search", "type=statuses")
        site.next(tag, search)
        found = mentions(batches(one))
        shown = [*json.loads(tag.body), *json.loads(search.body)["statuses"]]
        assert len(found) == len([status for status in shown if may_be_kept(status)]) > 0
        site.next(
            _answer("test_status_missing", "/statuses/0"), _answer("test_status_missing", "/statuses/0")
        )
        told = one.recheck(found[:1], Budget(), NOW, Event())
        assert [change.state for change in told.changes] == [State.DELETED]


def _schema(*names: str) -> set[str]:
    folder = RECORDINGS / "wikimedia-schemas" / "jsonschema" / "mediawiki"
    found: set[str] = set()
    for name in names:
        said = yaml.safe_load((folder / name / "current.yaml").read_text())
        for part in [said, *said.get("allOf", [])]:
            found |= set(part.get("properties", {}))
    return found


def test_what_the_fake_says_of_a_revision_is_what_wikimedia_publishes_of_one() -> None:
    fake = FakeWiki()
    number = int(fake.post("Een.", at=NOW))
    said = {"tags"} | set(fake._shown(fake._revisions[number]))
    published = _schema("revision/create", "revision/common", "recentchange")
    names = {
        "revid": "rev_id",
        "parentid": "rev_parent_id",
        "minor": "rev_minor_edit",
        "timestamp": "rev_timestamp",
    }
    # an account's number and tags stand elsewhere in the events
    assert {names.get(key, key) for key in said} - published <= {"userid", "tags"}
    fake.delete(str(number))
    hidden = {key for key in fake._shown(fake._revisions[number]) if key.endswith("hidden")}
    kinds = json.dumps(
        yaml.safe_load(
            (
                RECORDINGS / "wikimedia-schemas/jsonschema/mediawiki/revision/visibility-change/current.yaml"
            ).read_text()
        )
    )
    assert all(f'"{key.removesuffix("hidden")}"' in kinds for key in hidden)


def test_what_mwclient_s_own_tests_say_of_a_revision_is_what_the_fake_says() -> None:
    fake = FakeWiki()
    written = (RECORDINGS / "mwclient" / "test" / "test_client.py").read_text()
    body = written[written.index("def test_revisions") :][:900]
    keys = set(re.findall(r"'(revid|parentid|timestamp|pageid|title|ns|contentformat|contentmodel)':", body))
    number = int(fake.post("Een.", at=NOW))
    shown = fake._shown(fake._revisions[number], whole=True)
    known = set(shown) | set(shown["slots"]["main"]) | set(fake._named("Voorbeeld BV"))
    assert {"revid", "timestamp"} <= keys <= known
