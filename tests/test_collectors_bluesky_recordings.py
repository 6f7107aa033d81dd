"""The fake Bluesky says what the published schema says, and events that were really sent can be read."""

import json
import re
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from builders import NOW
from collecting import batches, mentions, workshop

from collectors import collector_for
from collectors.jetstream_events import Event, read
from klankbord.demo.fakes.bluesky import FAKERY, USER, FakeBluesky
from klankbord.demo.fakes.jetstream import JetstreamStand
from klankbord.demo.loopback import Asked
from klankbord.ports import Search
from klankbord.settings.models import SourcesFile

RECORDINGS = Path(__file__).parents[1].parent / "shared" / "recordings"
recorded = pytest.mark.skipif(not RECORDINGS.is_dir(), reason="../shared/recordings is absent")
NAME = "network.bsky.jetstream.subscribeEvents"


def busy() -> FakeBluesky:
    fake = FakeBluesky()
    key = fake.post("Voorbeeld BV een", at=NOW)
    fake.like(at=NOW)
    fake.edit(key, "Voorbeeld BV twee", at=NOW)
    fake.renamed("Wieneke Planteman", at=NOW)
    fake.delete(key)
    fake.account("Wieneke Planteman", "deleted", at=NOW)
    return fake


def frame(payload: dict[str, Any]) -> bytes:
    return json.dumps({"$type": "message", "payload": payload}).encode()


def v2(seq: int, event: dict[str, Any]) -> dict[str, Any]:
    """An event of the first version of Jetstream as the second tells it (docs/README.md, 5.1 and 5.2)."""
    moment = NOW + timedelta(microseconds=seq)
    payload = {"$type": f"{NAME}#{event['kind']}", "seq": seq, "did": event["did"]}
    payload["time"] = payload["witnessedAt"] = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    inner = event[event["kind"]]
    return payload | (inner if event["kind"] == "commit" else {event["kind"]: inner})


@recorded
@pytest.mark.recordings
def test_the_fakes_events_are_those_of_the_lexicon() -> None:
    lexicon = json.loads((RECORDINGS / "jetstream" / "subscribeEvents.lexicon.json").read_text())
    kinds = set()
    for event in busy().events:
        kind = event["$type"].partition("#")[2]
        known = lexicon["defs"][kind]
        kinds.add(kind)
        assert set(known["required"]) <= set(event)
        # told since 2026-08-20, so after the recorded lexicon
        assert set(event) - set(known["properties"]) <= {"$type", "witnessedAt"}
    assert kinds == {"commit", "identity", "account"}


def test_atprotos_own_reader_reads_the_fakes_events() -> None:
    models = pytest.importorskip("atproto_jetstream.models")
    for event in busy().events:
        message = models.parse_subscribe_events_message(models.parse_frame(frame(event)))
        assert (message.seq, message.py_type) == (event["seq"], event["$type"])


def test_atprotos_own_client_hears_from_the_fake_what_we_hear() -> None:
    client_of = pytest.importorskip("atproto_jetstream").JetstreamClient
    heard: list[int] = []
    with JetstreamStand(busy()) as stand:
        client = client_of(
            {"collections": ["app.bsky.feed.post"], "kinds": ["commit", "account"], "cursor": 1},
            base_uri=f"{stand.address}/xrpc",
            compress=False,
        )

        def hear(message: Any) -> None:
            heard.append(message.seq)
            if message.seq == 6:
                client.stop()

        thread = Thread(target=client.start, args=(hear,), daemon=True)
        thread.start()
        thread.join(10)
    assert heard == [1, 3, 5, 6]


def test_atprotos_own_client_searches_the_fake(monkeypatch: pytest.MonkeyPatch) -> None:
    atproto = pytest.importorskip("atproto_client")
    fake = FakeBluesky()
    for number in range(30):
        fake.post(f"Voorbeeld BV {number}", at=NOW)
    with JetstreamStand(fake) as stand:
        client = atproto.Client(base_url=stand.search.address)
        client.login(USER, "demo-app-password", fetch_bsky_profile=False)
        first = client.app.bsky.feed.search_posts({"q": "voorbeeld"})
        second = client.app.bsky.feed.search_posts({"q": "voorbeeld", "cursor": first.cursor})
        client.request.close()
    assert (len(first.posts), len(second.posts), second.cursor) == (25, 5, None)
    assert first.posts[0].record.py_type == "app.bsky.feed.post"


def test_a_search_without_a_login_is_refused() -> None:
    asked = Asked(method="GET", path="/xrpc/app.bsky.feed.searchPosts", query={"q": "x"}, headers={})
    assert FakeBluesky().answer(asked).status == 403


def test_the_fakery_makes_and_stands() -> None:
    fake = FAKERY.make()
    with FAKERY.stand(fake) as stand:
        assert fake.settings(stand.address)["stream"] == f"{stand.address}/xrpc"


@recorded
@pytest.mark.recordings
def test_events_that_were_really_sent_are_read() -> None:
    lines = (RECORDINGS / "jetstream" / "golden_v1.jsonl").read_text("utf-8").splitlines()
    found = [read(frame(v2(seq, json.loads(line)))) for seq, line in enumerate(lines, 1)]
    assert all(isinstance(one, Event) and one.seq == seq for seq, one in enumerate(found, 1))
    assert [one.what for one in found if isinstance(one, Event) and one.what] == ["create"]


@recorded
@pytest.mark.recordings
def test_posts_that_were_really_written_become_mentions(tmp_path: Path) -> None:
    lines = [
        json.loads(line)
        for line in (RECORDINGS / "jetstream" / "golden_v1.jsonl").read_text("utf-8").splitlines()
    ]
    records = [one for one in lines if one.get("commit", {}).get("collection") == "app.bsky.feed.post"]
    for file in ("post_record.json", "extended_post_record.json"):
        record = json.loads((RECORDINGS / "atproto-py" / "models" / "test_data" / file).read_text("utf-8"))
        commit = records[0]["commit"] | {"record": record.get("value", record), "rkey": file[:4]}
        records.append(records[0] | {"commit": commit})
    fake = FakeBluesky()
    fake.events += [v2(seq, one) for seq, one in enumerate(records, 1)]
    longest = [max(re.findall(r"\w+", one["commit"]["record"]["text"]), key=len) for one in records]
    room = workshop(tmp_path)
    object.__setattr__(room, "searches", lambda _: tuple(Search(query_id="q", text=word) for word in longest))
    with JetstreamStand(fake) as stand:
        fields = {"id": "bsky"} | fake.settings(stand.address) | {"quiet": 0.2}
        source = SourcesFile.model_validate({"source": [fields]}).source[0]
        found = batches(collector_for(source, room))
    assert len(mentions(found)) == len(records) == 3
    assert not re.search(r"did:plc|at://", repr(found))
    assert all(one.revision and one.text for one in mentions(found))
