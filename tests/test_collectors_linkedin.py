"""LinkedIn: the webhook's contract, an inbox that loses nothing, and that nobody is named in it."""

import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from builders import NOW
from collecting import batches, mentions, texts, workshop

from collectors import Workshop, collector_for
from collectors.linkedin import inbox_of
from collectors.linkedin_inbox import Inbox
from collectors.linkedin_notes import entered
from collectors.linkedin_receiver import LARGEST, replied, signature
from klankbord.demo.fakes.linkedin import ENVIRONMENT, ORGANISATION, SECRET, LinkedInFake, Receiving
from klankbord.mention import Kind, Mention, State
from klankbord.ports import Batch, Budget, Collector, Cursor
from klankbord.pseudonym import Pseudonyms
from klankbord.settings.models import SourcesFile

HOUR = timedelta(hours=1)
CODE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
EXAMPLE = (Path(__file__).parent / "data/linkedin/comment.json").read_bytes()


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return workshop(tmp_path, "Voorbeeld BV")


@pytest.fixture
def fake(shop: Workshop) -> Iterator[LinkedInFake]:
    made = LinkedInFake()
    with Receiving(made) as standing:
        standing.into(shop)
        yield made


def reader(shop: Workshop, **given: Any) -> Collector:
    terms = {"approval": "demo", "terms_read_on": "2026-11-01"}
    table = {"id": "page", "terms": terms} | LinkedInFake().settings("") | given
    return collector_for(SourcesFile.model_validate({"source": [table]}).source[0], shop)


def posted(body: bytes, inbox: Inbox, given: str | None = None, now: datetime = NOW) -> int:
    headers = {"x-li-signature": signature(body, SECRET) if given is None else given}
    return replied("POST", {}, headers, body, SECRET, inbox, now)[0]


def example(**changed: Any) -> bytes:
    content = json.loads(EXAMPLE)
    content["notifications"][0] |= changed
    return json.dumps(content).encode()


# The webhook's contract.
def test_the_challenge_is_answered_with_its_hmac(shop: Workshop) -> None:
    status, headers, body = replied("GET", {"challengeCode": CODE}, {}, b"", SECRET, inbox_of(shop), NOW)
    wanted = hmac.new(SECRET.encode(), CODE.encode(), hashlib.sha256).hexdigest()
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert json.loads(body) == {"challengeCode": CODE, "challengeResponse": wanted}


@pytest.mark.parametrize("code", ["", "x", f"{CODE}0", "hmacsha256={}", f"hmacsha256={EXAMPLE.decode()}"])
def test_a_challenge_cannot_be_used_to_have_a_delivery_signed(shop: Workshop, code: str) -> None:
    status, _, body = replied("GET", {"challengeCode": code}, {}, b"", SECRET, inbox_of(shop), NOW)
    assert (status, b"challengeResponse" in body) == (400, False)


def test_the_signature_is_over_the_prefix_and_the_raw_body() -> None:
    wanted = hmac.new(b"geheim", b'hmacsha256={"a": 1}', hashlib.sha256).hexdigest()
    assert signature(b'{"a": 1}', "geheim") == wanted


def test_a_delivery_is_kept_with_or_without_the_prefix_in_the_header(shop: Workshop) -> None:
    inbox = inbox_of(shop)
    assert posted(EXAMPLE, inbox, f"hmacsha256={signature(EXAMPLE, SECRET)}") == 200
    assert posted(EXAMPLE, inbox, signature(EXAMPLE, SECRET).upper()) == 200
    assert len(inbox.names()) == 1


@pytest.mark.parametrize(
    "given", ["", "x", "é", signature(EXAMPLE, "anders"), signature(EXAMPLE + b" ", SECRET)]
)
def test_a_signature_that_does_not_fit_keeps_nothing(shop: Workshop, given: str) -> None:
    inbox = inbox_of(shop)
    assert posted(EXAMPLE, inbox, given) == 401
    assert inbox.names() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"}', 400),
        (b'{"type":"LEAD_ACTION"}', 200),
        (b"[" * 100_000, 400),
        (b"x" * (LARGEST + 1), 413),
    ],
)
def test_signed_nonsense_keeps_nothing(shop: Workshop, body: bytes, status: int) -> None:
    inbox = inbox_of(shop)
    assert (posted(body, inbox), inbox.names()) == (status, [])


def test_another_method_is_refused(shop: Workshop) -> None:
    assert replied("PUT", {}, {}, b"", SECRET, inbox_of(shop), NOW)[0] == 405


def test_a_disk_that_takes_nothing_asks_linkedin_to_come_back(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert posted(EXAMPLE, replace(inbox_of(shop), folder=tmp_path / "file" / "linkedin")) == 503


def test_odd_notifications_do_not_hold_up_the_others(shop: Workshop) -> None:
    inbox = inbox_of(shop)
    content = json.loads(EXAMPLE)
    good = content["notifications"][0]
    content["notifications"] += [
        {},
        "tekst",
        good | {"notificationId": "../../x"},
        good | {"notificationId": 1, "decoratedGeneratedActivity": None},
        good | {"notificationId": 2, "action": "LIKE"},
        good | {"notificationId": 3, "lastModifiedAt": 10**30},
    ]
    body = json.dumps(content).encode()
    _, _, said = replied("POST", {}, {"x-li-signature": signature(body, SECRET)}, body, SECRET, inbox, NOW)
    assert json.loads(said) == {"kept": 1, "unreadable": 5}


# What is kept, and what becomes of it.
def test_the_example_becomes_a_comment_with_the_pages_post_as_context(shop: Workshop) -> None:
    assert posted(EXAMPLE, inbox_of(shop)) == 200
    (found,) = mentions(batches(reader(shop)))
    assert (found.kind, found.text, found.context) == (
        Kind.COMMENT,
        "Bij mij doet hij het niet. Bel [phone].",
        "Voorbeeld BV heeft een nieuwe app.",
    )
    # the comment's number says .187; the notification followed at .310
    assert found.published_at == datetime(2023, 8, 9, 9, 48, 26, 187_000, tzinfo=UTC)
    assert (found.terms.export, found.terms.train, found.terms.affiliation) == (False, False, False)


def test_a_file_names_nobody_and_only_its_owner_reads_it(shop: Workshop) -> None:
    inbox = inbox_of(shop)
    posted(EXAMPLE, inbox)
    (name,) = inbox.names()
    content = (inbox.folder / name).read_text("utf-8")
    assert [word for word in ("zVerzonnen1", "administrator", "12345678") if word in content] == []
    assert (inbox.folder / name).stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in inbox.folder.iterdir()] == [name]


def test_a_redelivery_is_kept_once(shop: Workshop) -> None:
    inbox = inbox_of(shop)
    assert [posted(EXAMPLE, inbox), posted(EXAMPLE, inbox)] == [200, 200]
    assert len(inbox.names()) == 1


def test_two_administrators_notifications_of_one_comment_are_one_mention(shop: Workshop) -> None:
    posted(EXAMPLE, inbox_of(shop))
    posted(example(notificationId=7), inbox_of(shop))
    assert len(mentions(batches(reader(shop)))) == 1


@pytest.mark.parametrize("action", ["LIKE", "ADMIN_COMMENT"])
def test_likes_and_the_pages_own_comments_are_not_kept(shop: Workshop, action: str) -> None:
    posted(example(action=action), inbox_of(shop))
    assert inbox_of(shop).names() == []


def test_a_post_that_mentions_the_page_and_one_that_shares_its_post_are_read(shop: Workshop) -> None:
    share = {
        "owner": "urn:li:person:b",
        "text": {"text": "Kijk!"},
        "entity": "urn:li:share:7395000000000000002",
    }
    posted(
        example(
            notificationId=1,
            action="SHARE",
            generatedActivity="urn:li:share:7395000000000000002",
            decoratedGeneratedActivity={"share": share},
        ),
        inbox_of(shop),
    )
    posted(
        example(
            notificationId=2,
            action="SHARE_MENTION",
            sourcePost="urn:li:share:7395000000000000003",
            decoratedSourcePost={"owner": "urn:li:person:c", "text": "Bedankt Voorbeeld BV"},
            generatedActivity=None,
            decoratedGeneratedActivity=None,
        ),
        inbox_of(shop),
    )
    found = mentions(batches(reader(shop)))
    assert [(m.kind, m.text, m.context) for m in found] == [
        (Kind.QUOTE, "Kijk!", "Voorbeeld BV heeft een nieuwe app."),
        (Kind.POST, "Bedankt Voorbeeld BV", ""),
    ]


def test_a_file_goes_when_the_next_cursor_proves_that_it_is_stored(
    fake: LinkedInFake, shop: Workshop
) -> None:
    fake.post("A", at=NOW - HOUR)
    one, inbox = reader(shop), inbox_of(shop)
    first = batches(one)
    assert (texts(first), len(inbox.names())) == (["A"], 1)
    assert texts(batches(one, None)) == ["A"]
    assert (texts(batches(one, first[-1].next)), inbox.names()) == ([], [])


@pytest.mark.parametrize("killed_after", range(2))
def test_killed_at_any_batch_nothing_is_lost(fake: LinkedInFake, shop: Workshop, killed_after: int) -> None:
    for n in range(230):
        fake.waiting.append(json.loads(example(**of(n)))["notifications"][0])
    fake.deliver()
    one = reader(shop)
    kept: list[Batch] = []
    for number, batch in enumerate(one.poll(None, Budget(), NOW, Event())):
        kept.append(batch)
        if number == killed_after:
            break
    kept += batches(one, kept[-1].next)
    assert sorted(texts(kept)) == sorted(f"tekst {n}" for n in range(230))
    assert max(len(batch.mentions) for batch in kept) <= 200


def of(number: int) -> dict[str, Any]:
    urn = f"urn:li:comment:(urn:li:activity:7094637247890620418,{7094977717598625792 + number})"
    said = {"owner": "urn:li:person:a", "text": f"tekst {number}", "entity": urn}
    return {
        "notificationId": number,
        "generatedActivity": urn,
        "decoratedGeneratedActivity": {"comment": said},
    }


def test_an_edit_and_a_deletion_arrive_as_such(fake: LinkedInFake, shop: Workshop) -> None:
    one = reader(shop)
    key = fake.post("eerst", at=NOW - 2 * HOUR)
    first = batches(one)
    fake.edit(key, "later", at=NOW - HOUR)
    second = batches(one, first[-1].next)
    before, after = mentions(first)[0], mentions(second)[0]
    assert (after.native_id, after.text, after.edited_at) == (before.native_id, "later", NOW - HOUR)
    assert after.revision != before.revision
    assert after.published_at == before.published_at
    fake.delete(key)
    (change,) = batches(one, second[-1].next)[-1].changes
    assert (change.native_id, change.state) == (before.native_id, State.DELETED)


def test_a_late_redelivery_undoes_neither_an_edit_nor_a_deletion(fake: LinkedInFake, shop: Workshop) -> None:
    one = reader(shop)
    key = fake.post("eerst", at=NOW - 2 * HOUR)
    fake.edit(key, "later", at=NOW - HOUR)
    early = fake._sent[0]
    first = batches(one)
    assert texts(first) == ["later"]
    second = batches(one, first[-1].next)
    fake.call([early])
    third = batches(one, second[-1].next)
    fake.delete(key)
    fourth = batches(one, third[-1].next)
    fake.call([early])
    assert texts([*second, *third, *fourth, *batches(one, fourth[-1].next)]) == []


def test_each_page_reads_its_own_notes_and_what_nobody_reads_does_not_stay(
    fake: LinkedInFake, shop: Workshop
) -> None:
    fake.post("A", at=NOW - HOUR)
    other = reader(shop, organisation="urn:li:organization:1")
    assert texts(batches(other)) == []
    (inbox_of(shop).folder / "kapot.json").write_text("{")
    found = batches(other, now=NOW + timedelta(days=31))
    assert found[-1].remarks == (
        "1 files in the inbox could not be read",
        "2 notes that no source reads were removed after 30 days",
    )
    assert inbox_of(shop).names() == []


@pytest.mark.parametrize(
    "cursor", ["", "{", '{"v":2}', '{"v":1,"done":7}', '{"v":1,"done":["../../keys.json"]}']
)
def test_a_cursor_that_cannot_be_read_or_leads_elsewhere_does_no_harm(
    fake: LinkedInFake, shop: Workshop, tmp_path: Path, cursor: str
) -> None:
    fake.post("A", at=NOW - HOUR)
    assert texts(batches(reader(shop), Cursor(cursor))) == ["A"]
    assert (tmp_path / "keys.json").exists()


def test_nothing_is_ever_asked(shop: Workshop) -> None:
    one = reader(shop)
    stored: list[Mention] = []
    assert one.recheck(stored, Budget(), NOW, Event()).spent.requests == 0
    assert [batch.spent.requests for batch in batches(one)] == [0]


# By hand.
def test_a_post_entered_by_hand_goes_the_same_way_without_its_authors_name(shop: Workshop) -> None:
    entered(
        inbox_of(shop),
        ORGANISATION,
        "Wieneke Planteman: Voorbeeld BV belt niet terug, 06-12345678.",
        url="https://www.linkedin.com/posts/wieneke-planteman_klacht-activity-7395000000000000009-aBcD?utm_source=x",
        published=NOW - HOUR,
        names=("Wieneke Planteman",),
        now=NOW,
    )
    found = batches(reader(shop))
    (mention,) = mentions(found)
    assert mention.text == "[author]: Voorbeeld BV belt niet terug, [phone]."
    assert mention.url == "https://www.linkedin.com/feed/update/urn:li:activity:7395000000000000009"
    assert (mention.published_at, mention.author) == (NOW - HOUR, None)
    assert "planteman" not in repr(found).casefold()


def test_entered_again_with_other_words_it_is_a_new_revision(shop: Workshop) -> None:
    url = "https://www.linkedin.com/feed/update/urn:li:activity:7395000000000000009/"
    first = entered(inbox_of(shop), ORGANISATION, "eerst", url=url, now=NOW)
    second = entered(inbox_of(shop), ORGANISATION, "later", url=url, now=NOW + HOUR)
    assert first.native_id == second.native_id
    assert texts(batches(reader(shop), now=NOW + HOUR)) == ["later"]


# The server.
def test_the_receiver_answers_on_loopback(fake: LinkedInFake, shop: Workshop) -> None:
    status, body = fake.send("GET", f"/linkedin?challengeCode={CODE}&applicationId=1", b"", {})
    assert (status, json.loads(body)["challengeCode"]) == (200, CODE)
    assert fake.call([], **{"X-LI-Signature": "nee"})[0] == 401
    assert fake.send("POST", "/", b"", {"Content-Length": str(LARGEST + 1)})[0] == 413
    assert fake.send("POST", "/", b"", {"Content-Length": "0" * 12 + "9" * 10})[0] == 413
    assert fake.send("POST", "/", b"", {"Content-Length": "-1"})[0] == 411


def test_a_client_that_says_nothing_does_not_hold_up_the_others(fake: LinkedInFake, shop: Workshop) -> None:
    host, _, port = fake.address.removeprefix("http://").partition(":")
    silent = [socket.create_connection((host, int(port))) for _ in range(5)]
    fake.post("A", at=NOW - HOUR)
    for one in silent:
        one.close()
    assert texts(batches(reader(shop))) == ["A"]


def test_what_a_receiver_did_not_take_is_delivered_later(shop: Workshop) -> None:
    fake = LinkedInFake()
    for n in range(12):
        fake.post(f"tekst {n}", at=NOW - HOUR + timedelta(seconds=n))
    with Receiving(fake) as standing:
        standing.into(shop)
        assert fake.waiting == []
    assert texts(batches(reader(shop))) == [f"tekst {n}" for n in range(12)]


def test_every_field_the_fake_sends_is_documented() -> None:
    fake = LinkedInFake()
    key = fake.post("A", at=NOW)
    fake.delete(key)
    documented = set(json.loads(EXAMPLE)["notifications"][0])
    assert {field for one in fake.waiting for field in one} == documented


def test_ids_are_the_same_for_every_spelling_of_a_comment(tmp_path: Path, shop: Workshop) -> None:
    inbox = inbox_of(shop)
    posted(EXAMPLE, inbox)
    posted(example(notificationId=9, action="COMMENT_DELETE", decoratedGeneratedActivity=None), inbox)
    assert len({note.native_id for name in inbox.names() if (note := inbox.note(name))}) == 1
    other = Inbox(folder=tmp_path / "other", pseudonyms=Pseudonyms(tmp_path / "other.json"))
    posted(EXAMPLE, other)
    first, second = inbox.note(inbox.names()[0]), other.note(other.names()[0])
    assert first
    assert second
    assert first.native_id != second.native_id


def test_the_secret_is_named_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LinkedInFake().settings("")["client_secret"] == f"env:{next(iter(ENVIRONMENT))}"
