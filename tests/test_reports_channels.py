"""Channels talk to real loopback servers: a message arrives once and whole, or fails with a clear error."""

import email
import email.policy
import hashlib
import hmac
import json
import time
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from fakes_mail import FakeHook, FakeMailServer, free_port
from hypothesis import given
from hypothesis import strategies as st
from test_reports_builders import MADE

from klankbord.errors import DeliveryError
from klankbord.ports import Channel, Message
from klankbord.settings import ChannelSettings
from reports.channels import channel_for
from reports.mail import mail_of
from reports.posting import may_ask

MESSAGE = Message(
    key="alert-abc",
    subject="[Wadlicht] Signaal: café",
    text="Mogelijk …\n.punt\n",
    html="<p>Mogelijk …</p>",
    payload={"event": "alert", "version": 1},
)


def smtp(port: int, **given: Any) -> Channel:
    fields: dict[str, Any] = {
        "id": "mail",
        "kind": "smtp",
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "Klankbord <klankbord@wadlicht.example>",
        "to": ("a@wadlicht.example", "b@wadlicht.example"),
        "timeout": 2.0,
    }
    return channel_for(ChannelSettings(**(fields | given)), Path("/nowhere"))


def hook(url: str, **given: Any) -> Channel:
    fields: dict[str, Any] = {
        "id": "duty",
        "kind": "webhook",
        "url": url,
        "allow_addresses": ("127.0.0.0/8",),
        "timeout": 2.0,
    }
    return channel_for(ChannelSettings(**(fields | given)), Path("/nowhere"))


def refused(channel: Channel, message: Message = MESSAGE) -> DeliveryError:
    with pytest.raises(DeliveryError) as told:
        channel.send(message, MADE)
    return told.value


def parsed(mail: bytes) -> EmailMessage:
    found = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_a_mail_arrives_whole_with_both_bodies() -> None:
    with FakeMailServer() as server:
        smtp(server.port).send(MESSAGE, MADE)
    (sender, to, raw), *more = server.mails
    assert (more, to) == ([], ["a@wadlicht.example", "b@wadlicht.example"])
    assert "<klankbord@wadlicht.example>" in sender
    mail = parsed(raw)
    assert mail["Subject"] == MESSAGE.subject
    assert mail["Message-ID"] == "<alert-abc@wadlicht.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<klankbord.wadlicht.example>"
    assert mail["Date"].datetime == MADE
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.iter_parts()
    assert (plain.get_content().replace("\r\n", "\n"), html.get_content().strip()) == (
        MESSAGE.text,
        MESSAGE.html,
    )


def test_two_tries_have_one_message_id() -> None:
    with FakeMailServer() as server:
        smtp(server.port).send(MESSAGE, MADE)
        smtp(server.port).send(MESSAGE, MADE)
    first, second = (parsed(raw)["Message-ID"] for _, _, raw in server.mails)
    assert first == second


@pytest.mark.parametrize(
    ("answers", "lasting"),
    [
        ({"RCPT": "550 no such user"}, True),
        ({"RCPT": "451 later"}, False),
        ({"RCPT TO:<a@": "550 no", "RCPT TO:<b@": "451 later"}, False),
        ({"MAIL": "552 too much"}, True),
        ({"MAIL": "421 busy"}, False),
        ({".": "554 spam"}, True),
        ({".": "452 full"}, False),
        ({"CONNECT": "554 go away"}, True),
        ({"CONNECT": "421 busy"}, False),
    ],
)
def test_a_refusal_says_whether_another_try_can_help(answers: dict[str, str], *, lasting: bool) -> None:
    with FakeMailServer(answers=answers) as server:
        assert refused(smtp(server.port)).permanent is lasting


def test_a_mail_taken_for_some_is_not_sent_again() -> None:
    with FakeMailServer(answers={"RCPT TO:<b@": "451 later"}) as server:
        error = refused(smtp(server.port))
    assert (error.permanent, len(server.mails)) == (True, 1)
    assert "taken for 1" in error.problem
    assert "b@wadlicht.example: 451 later" in error.problem


def test_a_bad_goodbye_after_a_taken_mail_is_no_failure() -> None:
    with FakeMailServer(answers={"QUIT": "500 what"}) as server:
        smtp(server.port).send(MESSAGE, MADE)
    assert len(server.mails) == 1


def test_a_password_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_SECRET", "s3cret")
    with FakeMailServer() as server:
        smtp(server.port, user="klankbord", secret_env="MAIL_SECRET").send(MESSAGE, MADE)
    assert server.logins == ["\0klankbord\0s3cret"]


def test_a_wrong_password_is_permanent_and_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_SECRET", "s3cret")
    with FakeMailServer(answers={"AUTH": "535 no"}, offers=("AUTH PLAIN",)) as server:
        error = refused(smtp(server.port, user="klankbord", secret_env="MAIL_SECRET"))
    assert (error.permanent, "s3cret" in str(error)) == (True, False)


def test_a_missing_secret_waits_for_someone_to_set_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAIL_SECRET", raising=False)
    with FakeMailServer() as server:
        error = refused(smtp(server.port, user="klankbord", secret_env="MAIL_SECRET"))
        unsigned = refused(hook("http://127.0.0.1:1/", secret_env="MAIL_SECRET"))
    assert (error.permanent, unsigned.permanent, server.commands) == (False, False, [])
    assert "MAIL_SECRET" in error.problem


def test_a_password_never_leaves_without_tls() -> None:
    error = refused(smtp(25, host="mail.invalid", user="klankbord", secret_env="HOME"))
    assert (error.permanent, "TLS" in error.problem) == (True, True)


def test_a_server_without_starttls_is_refused() -> None:
    with FakeMailServer() as server:
        error = refused(smtp(server.port, security="starttls"))
    assert (error.permanent, server.mails) == (True, [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    authority = trustme.CA()
    made = authority.issue_cert("localhost")
    folder = tmp_path_factory.mktemp("tls")
    authority.cert_pem.write_to_path(folder / "cert.pem")
    both = folder / "both.pem"
    made.private_key_and_cert_chain_pem.write_to_path(both)
    return both


def test_a_mail_goes_over_starttls_to_the_named_host_only(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert.pem")))
    with FakeMailServer(offers=("STARTTLS",), certificate=certificate) as server:
        smtp(server.port, security="starttls", host="localhost").send(MESSAGE, MADE)
        error = refused(smtp(server.port, security="starttls", host="127.0.0.1"))
    assert len(server.mails) == 1
    assert "certificate" in error.problem.lower()


def test_a_mail_goes_over_tls_from_the_first_byte(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("cert.pem")))
    with FakeMailServer(certificate=certificate, encrypted=True) as server:
        smtp(server.port, security="tls", host="localhost").send(MESSAGE, MADE)
    assert len(server.mails) == 1


@pytest.mark.parametrize("silent_from", ["CONNECT", "EHLO", "MAIL", "DATA"])
def test_a_silent_mail_server_is_left_in_time(silent_from: str) -> None:
    with FakeMailServer(silent_from=silent_from) as server:
        begun = time.monotonic()
        error = refused(smtp(server.port, timeout=0.2))
    assert error.permanent is False
    assert time.monotonic() - begun < 2


def test_a_mail_server_that_is_not_there_is_temporary() -> None:
    with free_port() as port:
        assert refused(smtp(port)).permanent is False


@pytest.mark.parametrize("to", ["jürgen@müller.example", "a@b.example\r\nRCPT TO:<x@evil.example>", "nobody"])
def test_an_odd_address_is_a_clear_error_or_goes_nowhere_else(to: str, tmp_path: Path) -> None:
    folder = ChannelSettings(id="outbox", kind="folder", path=Path("outbox"), sender="k@w.example", to=(to,))
    with FakeMailServer() as server:
        for channel in (smtp(server.port, to=(to,)), channel_for(folder, tmp_path)):
            try:
                channel.send(MESSAGE, MADE)
            except DeliveryError as error:
                assert error.permanent  # noqa: PT017 - either outcome is right, anything else is not
    assert not any("evil" in recipient for _, known, _ in server.mails for recipient in known)


HOSTILE = "Rood\r\nBcc: x@evil.example\r\n\r\n<b>\x00\x1b[2J\u202egnp.exe =HYPERLINK(1)"


def test_no_content_breaks_into_the_headers() -> None:
    message = Message(key=HOSTILE, subject=HOSTILE, text=HOSTILE, html=f"{HOSTILE}\ud800")
    with FakeMailServer() as server:
        smtp(server.port).send(message, MADE)
    mail = parsed(server.mails[0][2])
    assert mail["Bcc"] is None
    assert server.mails[0][1] == ["a@wadlicht.example", "b@wadlicht.example"]
    assert mail["Subject"] == "Rood Bcc: x@evil.example <b> [2J gnp.exe =HYPERLINK(1)"


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_subject_and_text_makes_a_mail_with_the_same_headers(subject: str, text: str) -> None:
    message = Message(key="k", subject=subject, text=text, html=text)
    mail = parsed(mail_of(message, "a@b.example", ("c@d.example",), MADE).as_bytes())
    wanted = ["Subject", "From", "To", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted"]
    mime = ["X-Auto-Response-Suppress", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
    assert [name for name in mail.keys() if name not in mime] == wanted  # noqa: SIM118 - headers, not a dict


def test_a_webhook_can_check_who_sent_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", "s3cret")
    with FakeHook() as server:
        hook(server.url, secret_env="HOOK_SECRET").send(MESSAGE, MADE)
    (path, headers, body), *more = server.asked
    assert (path, more) == ("/hook?team=comms", [])
    assert json.loads(body) == {"event": "alert", "version": 1}
    assert (headers["idempotency-key"], headers["content-type"]) == ("alert-abc", "application/json")
    stamp, _, mark = headers["x-klankbord-signature"].partition(",v1=")
    signed = hmac.new(b"s3cret", f"{stamp.removeprefix('t=')}.".encode() + body, hashlib.sha256)
    assert (stamp, mark) == (f"t={int(MADE.timestamp())}", signed.hexdigest())
    assert headers["host"] == f"127.0.0.1:{server.port}"


def test_a_webhook_without_payload_gets_the_text() -> None:
    with FakeHook() as server:
        hook(server.url).send(Message(key="k\r\nx: y", subject="s", text="t\ud800"), MADE)
    _, headers, body = server.asked[0]
    assert headers["idempotency-key"] == "k-x-y"
    assert json.loads(body)["text"] == "t\ud800"


@pytest.mark.parametrize(
    ("status", "lasting"),
    [
        (500, False),
        (503, False),
        (429, False),
        (408, False),
        (404, True),
        (400, True),
        (410, True),
        (302, True),
    ],
)
def test_a_status_says_whether_another_try_can_help(status: int, *, lasting: bool) -> None:
    with FakeHook(status=status, headers=(("Location", "http://127.0.0.1:1/"),)) as server:
        assert refused(hook(server.url)).permanent is lasting
    assert len(server.asked) == 1


def test_a_hanging_or_dripping_webhook_is_left_in_time() -> None:
    for server in (FakeHook(hangs=True), FakeHook(drips=True)):
        with server:
            begun = time.monotonic()
            error = refused(hook(server.url, timeout=0.3))
            assert time.monotonic() - begun < 2
        assert error.permanent is False


def test_a_webhook_that_is_not_there_is_temporary_and_its_path_is_not_told() -> None:
    with free_port() as port:
        error = refused(hook(f"http://127.0.0.1:{port}/secret-path"))
    assert (error.permanent, "secret-path" in error.problem) == (False, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433"])
def test_a_private_address_is_refused_unless_listed(host: str) -> None:
    with FakeHook() as server:
        url = server.url.replace("127.0.0.1", host)
        error = refused(hook(url, allow_addresses=("10.0.0.0/8",)))
    assert (server.asked, error.permanent) == ([], True)


def test_only_public_or_listed_addresses_may_be_asked() -> None:
    private = [
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "224.0.0.1",
    ]
    assert [may_ask(address, ()) for address in [*private, "0.0.0.0"]] == [False] * 8
    assert may_ask("8.8.8.8", ())
    assert may_ask("2a00:1450::1", ())
    assert may_ask("10.1.2.3", ("10.0.0.0/8",))
    assert not may_ask("10.1.2.3", ("192.168.0.0/16", "fd00::/8"))


def test_a_folder_holds_one_file_for_one_key(tmp_path: Path) -> None:
    settings = ChannelSettings(
        id="outbox", kind="folder", path=Path("outbox"), sender="k@w.example", to=("c@w.example",)
    )
    channel = channel_for(settings, tmp_path)
    channel.send(MESSAGE, MADE)
    channel.send(MESSAGE, MADE)
    channel.send(Message(key="../../etc/x", subject="s", text="t"), MADE)
    assert sorted(file.name for file in (tmp_path / "outbox").iterdir()) == ["alert-abc.eml", "etc-x.eml"]
    assert parsed((tmp_path / "outbox" / "alert-abc.eml").read_bytes())["To"] == "c@w.example"
    assert channel.id == "outbox"


def test_a_folder_without_addresses_still_makes_a_mail(tmp_path: Path) -> None:
    channel_for(ChannelSettings(id="outbox", kind="folder", path=Path("o")), tmp_path).send(MESSAGE, MADE)
    assert (
        parsed((tmp_path / "o" / "alert-abc.eml").read_bytes())["Message-ID"]
        == "<alert-abc@klankbord.invalid>"
    )


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file")
    channel = channel_for(ChannelSettings(id="outbox", kind="folder", path=Path("outbox")), tmp_path)
    assert refused(channel).permanent is False
