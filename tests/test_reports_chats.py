"""Slack, Teams and Apprise: cards in the documented shape, on loopback, and no word of a post that commands."""

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from builders import finding
from digests import HOSTILE, full, tricky
from fakes_mail import FakeHook
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from test_reports_builders import MADE, POLICY

from klankbord.errors import DeliveryError
from klankbord.policy import Lang
from klankbord.ports import Channel, Message
from klankbord.settings import ChannelSettings
from reports.alert import Case, alert_of, digest_message
from reports.card import card_of
from reports.channels import channel_for
from reports.html import html_of
from reports.notice import notice_of, summary_of
from reports.posting import rest_of
from reports.slack import blocks_of
from reports.teams import body_of, card_message
from reports.text import text_of

SCHEMAS = Path(__file__).parent / "data" / "payloads"
CODE = "alert-abc~abcdefgh~6b06b1a0~" + "A" * 22
CASE = Case(key="alert-abc.2", rule="rare@abcdefgh", update=2, code=CODE, source_kind="forum")
NASTY = (
    "<!channel> <@U012AB> @here <https://evil.example|klik> [klik](https://evil.example) <at>Anna</at> {{x}}"
)
LANGUAGES: tuple[Lang, Lang] = ("nl", "en")


def valid(name: str, payload: object) -> bool:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(payload)]
    return errors == [] or pytest.fail(f"{name}: {errors}")


def alert(text: str = "De tarieven 2027 van Voorbeeld BV gaan omhoog.", language: Lang = "nl") -> Message:
    desk = "https://desk.example/k"
    return alert_of(finding(text), POLICY, "Voorbeeld BV", language, desk, "Forum", quote=True, case=CASE)


def messages(language: Lang) -> Iterator[Message]:
    yield alert(language=language)
    yield alert(f"{NASTY} De tarieven 2027 {HOSTILE}", language)
    detail = {"id": "blog", "source": NASTY, "care": "blocked", "why": NASTY, "since": "2026-W47"}
    for kind in ("source", "spike", "model"):
        yield notice_of(kind, detail, CASE, NASTY, language, "https://desk.example/")
    yield summary_of([finding()] * 70, [("source", detail)], CASE, POLICY, "V", language)
    for digest in (full(language), tricky()):
        yield digest_message(digest, html_of(digest), text_of(digest))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_has_the_documented_shape(language: Lang) -> None:
    for message in messages(language):
        assert valid("webhook", message.payload)
        assert valid("slack", blocks_of(message))
        assert valid("teams", card_message(message))
        assert len(body_of(message)) <= 28_000


def test_a_card_holds_what_the_mail_holds_and_links_to_our_desk_only() -> None:
    message = alert("De tarieven 2027 staan op https://evil.example/x.")
    card = card_of(message)
    assert message.payload is not None
    assert [address for _, address in card.links] == [message.payload["link"], message.payload["seen_link"]]
    assert [label for label, _ in card.links] == ["Openen", "Gezien?"]
    assert dict(card.facts)["Artikel"] == "C02 Vertrouwelijk blijft binnen"
    assert dict(card.facts)["Regel"] == "rare@abcdefgh"
    said = " ".join((*card.paragraphs, *(f"{label}: {value}" for label, value in card.facts), card.footer))
    rest = message.text.split()
    assert [
        word
        for word in rest
        if word not in said and not word.startswith(("https://desk", "---", "Openen", "Gezien"))
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_a_post_mentions_anybody_or_links_in_slack(language: Lang) -> None:
    for message in messages(language):
        # rich text is taken as it is: only mrkdwn and the header are read for commands
        blocks: Any = [block for block in blocks_of(message)["blocks"] if block["type"] != "rich_text"]  # type: ignore[attr-defined]
        told = "\n".join(strings(blocks))
        links = re.findall(r"<([^<>|]*)\|[^<>|]*>", told)
        assert all(link.startswith("https://desk.example/") for link in links)
        assert "<" not in re.sub(r"<https://desk\.example/[^<>|]*\|[^<>|]*>", "", told)
        assert re.search(r"@(here|channel|everyone|U0)", told) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_a_post_mentions_anybody_or_is_markdown_in_teams(language: Lang) -> None:
    for message in messages(language):
        content: Any = card_message(message)["attachments"][0]["content"]  # type: ignore[index]
        # only runs of rich text, which read no Markdown, and no entities, without which there is no mention
        assert {block["type"] for block in content["body"]} == {"RichTextBlock"}
        assert "entities" not in content["msteams"]
        told = "\n".join(strings(content["body"]))
        assert [part for part in ("<at>", "{{", "@here") if part in told] == []
        opened = [action["url"] for action in content.get("actions", [])]
        assert all(url.startswith("https://desk.example/") for url in opened)


@given(st.text(max_size=4000), st.text(max_size=400))
@settings(max_examples=80, deadline=None)
def test_any_text_makes_cards_of_the_documented_shape(text: str, subject: str) -> None:
    message = Message(key="k", subject=subject, text=text, payload={"event": "alert", "link": text})
    assert valid("slack", blocks_of(message))
    assert valid("teams", card_message(message))
    assert len(body_of(message)) <= 28_000


def test_a_long_text_is_cut_and_says_so() -> None:
    many = "\n\n".join("woord & " * 150 for _ in range(40))
    message = Message(key="k", subject="s" * 400, text=many)
    assert valid("slack", blocks_of(message))
    assert card_of(message).paragraphs[-1].endswith("…")
    assert len(body_of(Message(key="k", subject="s", text="\n\n".join(["😀" * 1400] * 9)))) <= 28_000


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHook]:
    with FakeHook(status=200) as server:
        monkeypatch.setenv("HOOK", server.url)
        yield server


def channel(kind: str, **given: Any) -> Channel:
    fields: dict[str, Any] = {
        "id": "chat",
        "kind": kind,
        "secret_env": "HOOK",
        "allow_addresses": ("127.0.0.0/8",),
        "timeout": 2.0,
    }
    return channel_for(ChannelSettings(**(fields | given)), Path("/nowhere"))


def refused(to: Channel, now: Any = MADE) -> DeliveryError:
    with pytest.raises(DeliveryError) as told:
        to.send(alert(), now)
    assert "hook?team" not in told.value.problem
    return told.value


@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_a_card_arrives_once(kind: str, hooks: FakeHook) -> None:
    channel(kind).send(alert(), MADE)
    (path, headers, body), *more = hooks.asked
    assert (path, more) == ("/hook?team=comms", [])
    assert (headers["content-type"], headers["idempotency-key"]) == ("application/json", "alert-abc.2")
    assert valid(kind, json.loads(body))


@pytest.mark.parametrize("kind", ["slack", "teams"])
@pytest.mark.parametrize(
    ("status", "lasting"), [(500, False), (429, False), (202, None), (302, True), (307, True), (404, True)]
)
def test_an_answer_says_whether_another_try_can_help(
    kind: str, status: int, hooks: FakeHook, *, lasting: bool | None
) -> None:
    with FakeHook() as elsewhere:
        hooks.status, hooks.headers = status, (("Location", elsewhere.url),)
        if lasting is None:
            channel(kind).send(alert(), MADE)
        else:
            assert refused(channel(kind)).permanent is lasting
    assert (len(hooks.asked), elsewhere.asked) == (1, [])


def test_a_service_that_asks_for_rest_gets_it(hooks: FakeHook) -> None:
    hooks.status, hooks.headers = 429, (("Retry-After", "120"),)
    slack = channel("slack")
    assert refused(slack).permanent is False
    assert refused(slack, MADE + timedelta(seconds=119)).permanent is False
    assert len(hooks.asked) == 1
    hooks.status = 200
    slack.send(alert(), MADE + timedelta(seconds=120))
    assert len(hooks.asked) == 2


def test_a_wish_for_rest_is_read_in_both_forms_and_bounded() -> None:
    assert rest_of("90", MADE) == timedelta(seconds=90)
    assert rest_of("99999999999", MADE) == timedelta(hours=1)
    assert rest_of(f"{MADE + timedelta(minutes=5):%a, %d %b %Y %H:%M:%S} GMT", MADE) == timedelta(minutes=5)
    assert rest_of("Sun, 01 Jan 2006 00:00:00 GMT", MADE) == timedelta()
    assert [rest_of(odd, MADE) for odd in ("", "-1", "soon", "²")] == [None] * 4


@pytest.mark.parametrize("kind", ["slack", "teams"])
def test_a_hanging_service_is_left_in_time(kind: str, hooks: FakeHook) -> None:
    hooks.hangs = True
    begun = time.monotonic()
    assert refused(channel(kind, timeout=0.3)).permanent is False
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("kind", ["slack", "teams", "apprise"])
def test_a_private_address_is_refused_unless_listed(
    kind: str, hooks: FakeHook, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "apprise":
        monkeypatch.setenv("HOOK", f"json://127.0.0.1:{hooks.port}/hook")
    assert refused(channel(kind, allow_addresses=())).permanent is True
    assert hooks.asked == []


@pytest.mark.parametrize(
    "address",
    ["", "hook", "https://", "https://a:b@h.example/x", "http://h.example:x/", "https://h.example/a\r\nX: y"],
)
def test_an_address_that_is_none_is_told_without_being_told(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", address)
    error = refused(channel("slack"))
    assert error.permanent is bool(address)
    assert "h.example/" not in error.problem


# Apprise


def apprised(hooks: FakeHook, monkeypatch: pytest.MonkeyPatch, **given: Any) -> Channel:
    monkeypatch.setenv("HOOK", f"json://127.0.0.1:{hooks.port}/hook?retry=3")
    return channel("apprise", **given)


def test_apprise_hands_over_plain_words_once(hooks: FakeHook, monkeypatch: pytest.MonkeyPatch) -> None:
    apprised(hooks, monkeypatch).send(alert(f"{NASTY} De tarieven 2027."), MADE)
    (_, _, body), *more = hooks.asked
    told = json.loads(body)
    assert (more, told["title"]) == ([], alert().subject)
    assert "https://desk.example/k/findings/" in told["message"]
    assert [part for part in ("<", "@here", "](", "*") if part in told["message"]] == []


def test_apprise_tries_once_follows_no_redirect_and_keeps_no_log(
    hooks: FakeHook,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with FakeHook() as elsewhere:
        for status in (500, 302):
            hooks.status, hooks.headers = status, (("Location", elsewhere.url),)
            assert refused(apprised(hooks, monkeypatch)).permanent is False
    assert (len(hooks.asked), elsewhere.asked) == (2, [])
    assert (capfd.readouterr(), caplog.records) == (("", ""), [])


def test_apprise_leaves_a_hanging_service_in_time(hooks: FakeHook, monkeypatch: pytest.MonkeyPatch) -> None:
    hooks.hangs = True
    begun = time.monotonic()
    assert refused(apprised(hooks, monkeypatch, timeout=0.3)).permanent is False
    assert time.monotonic() - begun < 3


def test_an_address_that_apprise_does_not_know_is_told_without_being_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOOK", "nosuch://s3cret")
    error = refused(channel("apprise"))
    assert (error.permanent, "s3cret" in error.problem, "HOOK" in error.problem) == (True, False, True)


@pytest.mark.parametrize("kind", ["slack", "teams", "apprise"])
def test_the_settings_ask_for_a_secret_and_take_no_address(kind: str) -> None:
    with pytest.raises(ValueError, match="needs secret_env"):
        ChannelSettings(id="chat", kind=kind)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="takes no url: its address is a secret"):
        ChannelSettings(id="chat", kind=kind, secret_env="X", url="https://hooks.example/x")  # type: ignore[arg-type]


def test_a_network_that_is_none_is_told_by_the_settings() -> None:
    with pytest.raises(ValueError, match="a network such as"):
        ChannelSettings(id="duty", kind="webhook", url="https://h.example/", allow_addresses=("intranet",))
