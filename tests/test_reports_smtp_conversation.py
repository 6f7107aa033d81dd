"""Alerts and a digest over a real SMTP server that fails in each phase: each reaches everybody, once."""

import email
import email.policy
import ssl
from asyncio import Transport
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from threading import Event as Stop

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from alert_house import Watch, found
from digests import full
from fakes_mail import FakeMailServer, free_port
from test_reports_builders import MADE

from klankbord.installation import Installation
from klankbord.ports import Message
from klankbord.settings import ChannelSettings, load
from reports.alert import digest_message
from reports.html import html_of
from reports.mail import before, mail_of
from reports.smtp import SmtpChannel
from reports.text import text_of

TEAM = ("anna@voorbeeld.example", "ben@voorbeeld.example", "chris@voorbeeld.example")


@dataclass
class Post:
    """What a mail server does with mails, as a test says."""

    #: address -> what it is answered, so many times
    refuse: dict[str, list[str]] = field(default_factory=dict)
    #: answers to DATA, before any mail is taken
    busy: list[str] = field(default_factory=list)
    #: so many mails are kept, and the line is cut before that is said
    cut: int = 0
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    logins: list[LoginPassword] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse.get(address):
            return self.refuse[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.busy:
            return self.busy.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails += [(address, mail) for address in envelope.rcpt_tos]
        self.encrypted.append(session.ssl is not None)
        if self.cut:
            self.cut -= 1
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        self.logins.append(data)
        return AuthResult(success=data.password == b"s3cret", handled=False)

    @property
    def got(self) -> Counter[str]:
        return Counter(address for address, _ in self.mails)

    @property
    def ids(self) -> set[str]:
        return {mail["Message-ID"] for _, mail in self.mails}


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def port(post: Post) -> Iterator[int]:
    with free_port() as free:
        server = Controller(post, hostname="127.0.0.1", port=free)
    server.start()
    yield server.port
    server.stop()


def opened(folder: Path, port: int, watch: Watch) -> Installation:
    config = folder / "config"
    config.mkdir(exist_ok=True)
    (config / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    (config / "delivery.toml").write_text(
        f'[alerts]\nchannels = ["mail"]\n[[channel]]\nid = "mail"\nkind = "smtp"\nhost = "127.0.0.1"\n'
        f'port = {port}\nsecurity = "none"\nsender = "Klankbord <k@voorbeeld.example>"\nto = {list(TEAM)}\n'
        "timeout = 2.0\n"
    )
    return Installation(load(config), watch)


def rounds(house: Installation, watch: Watch, most: int = 8) -> int:
    """Sends until nothing waits; how many rounds it took."""
    for count in range(1, most + 1):
        house.alerts.send(Stop())
        if {row["state"] for row in house.store.outbox.listed()} == {"sent"}:
            return count
        watch.later(minutes=20)
    return most + 1


def test_each_of_three_gets_one_mail_with_an_id_of_its_own(tmp_path: Path, post: Post, port: int) -> None:
    watch = Watch()
    house = opened(tmp_path, port, watch)
    (key,) = found(house, "De tarieven 2027 gaan omhoog.")
    assert rounds(house, watch) == 1
    house.close()
    assert post.got == Counter(TEAM)
    assert len(post.ids) == 3
    assert all(name.startswith(f"<{key}-") and name.endswith("@voorbeeld.example>") for name in post.ids)
    assert [mail["To"] for address, mail in post.mails] == [address for address, _ in post.mails]


@pytest.mark.parametrize("answer", ["451 4.7.1 greylisted", "421 4.3.2 busy"])
def test_a_recipient_refused_for_now_costs_the_others_nothing(
    answer: str, tmp_path: Path, post: Post, port: int
) -> None:
    post.refuse = {TEAM[1]: [answer, answer]}
    watch = Watch()
    house = opened(tmp_path, port, watch)
    found(house, "De tarieven 2027 gaan omhoog.")
    assert rounds(house, watch) <= 5
    house.close()
    assert post.got == Counter(TEAM)


def test_a_recipient_refused_for_good_is_told_and_costs_the_others_nothing(
    tmp_path: Path, post: Post, port: int
) -> None:
    post.refuse = {TEAM[1]: ["550 no such user"] * 9}
    watch = Watch()
    house = opened(tmp_path, port, watch)
    found(house, "De tarieven 2027 gaan omhoog.")
    rounds(house, watch, most=3)
    states = {row["recipient"]: (row["state"], row["error"]) for row in house.store.outbox.listed()}
    house.close()
    assert post.got == Counter((TEAM[0], TEAM[2]))
    assert [states[one][0] for one in TEAM] == ["sent", "failed", "sent"]
    assert "550 no such user" in str(states[TEAM[1]][1])


def test_a_server_that_takes_no_data_for_now_gets_it_later_and_once(
    tmp_path: Path, post: Post, port: int
) -> None:
    post.busy = ["452 4.3.1 full", "451 4.3.0 later"]
    watch = Watch()
    house = opened(tmp_path, port, watch)
    found(house, "De tarieven 2027 gaan omhoog.")
    assert rounds(house, watch) <= 5
    house.close()
    assert post.got == Counter(TEAM)


def test_a_line_cut_after_the_last_dot_repeats_that_mail_with_the_same_id(
    tmp_path: Path, post: Post, port: int
) -> None:
    # The one repeat that the protocol leaves: the server has the mail, and nobody was told so.
    post.cut = 1
    watch = Watch()
    house = opened(tmp_path, port, watch)
    found(house, "De tarieven 2027 gaan omhoog.")
    assert rounds(house, watch) <= 3
    house.close()
    assert sorted(post.got.values()) == [1, 1, 2]
    assert len(post.ids) == 3


def test_a_server_that_is_down_or_turns_us_away_loses_nothing(tmp_path: Path, post: Post, port: int) -> None:
    watch = Watch()
    with free_port() as nobody:
        down = opened(tmp_path, nobody, watch)
    found(down, "De tarieven 2027 gaan omhoog.")
    assert down.alerts.send(Stop()).sent == ()
    down.close()
    watch.later(minutes=20)
    with FakeMailServer(answers={"CONNECT": "421 busy"}) as grumpy:
        turned = opened(tmp_path, grumpy.port, watch)
        assert turned.alerts.send(Stop()).sent == ()
        turned.close()
    watch.later(minutes=20)
    up = opened(tmp_path, port, watch)
    assert rounds(up, watch) == 1
    up.close()
    assert post.got == Counter(TEAM)


def channel(port: int, **given: object) -> SmtpChannel:
    fields: dict[str, object] = {
        "id": "mail", "kind": "smtp", "host": "localhost", "port": port, "security": "none", "timeout": 3.0,
        "sender": "Klankbord <k@voorbeeld.example>", "to": ("anna@voorbeeld.example",),
    }  # fmt: skip
    return SmtpChannel(ChannelSettings.model_validate(fields | given))


def test_a_digest_comes_over_the_line_as_it_was_made(post: Post, port: int) -> None:
    digest = full("nl")
    channel(port).send(digest_message(digest, html_of(digest), text_of(digest)), MADE)
    ((_, mail),) = post.mails
    text, html = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == text_of(digest)
    assert html.get_content().replace("\r\n", "\n").strip() == html_of(digest).strip()
    assert (mail["List-Unsubscribe"], mail["Auto-Submitted"]) == (
        "<mailto:k@voorbeeld.example?subject=unsubscribe>",
        "auto-generated",
    )


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize("password", ["s3cret", "wr0ng"])
def test_login_goes_over_starttls(
    password: str, authority: trustme.CA, post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("MAIL_SECRET", password)
    with free_port() as free:
        server = Controller(
            post,
            hostname="127.0.0.1",
            port=free,
            tls_context=context,
            require_starttls=True,
            authenticator=post.authenticate,
            auth_required=True,
        )
    server.start()
    to = channel(free, security="starttls", user="klankbord", secret_env="MAIL_SECRET")
    problem = ""
    try:
        to.send(Message(key="k", subject="s", text="t"), MADE)
    except Exception as error:  # noqa: BLE001 - looked at below
        problem = str(error)
    finally:
        server.stop()
    assert post.logins[0].login == b"klankbord"
    assert (len(post.mails), "535" in problem) == ((1, False) if password == "s3cret" else (0, True))
    assert all(post.encrypted)
    assert password not in problem


def test_what_is_told_of_one_case_stands_together() -> None:
    def sent(key: str) -> EmailMessage:
        return mail_of(Message(key=key, subject="s", text="t"), "k@v.example", ("a@v.example",), MADE)

    first, second, third = (sent(f"alert-abc{n}-tagtagta") for n in ("", ".2", ".3"))
    assert (first["In-Reply-To"], first["References"]) == (None, None)
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["In-Reply-To"] == second["Message-ID"]
    assert third["References"] == f"{first['Message-ID']} {second['Message-ID']}"


@pytest.mark.parametrize(
    "key", ["digest-2026-W47", "alert-abc.1", "alert-abc.02", "alert-ABC.2", "alert-a.2\n", "x.2"]
)
def test_what_is_no_second_time_of_a_case_is_no_answer(key: str) -> None:
    assert before(key) == ()


def test_a_long_thread_names_its_first_and_its_last() -> None:
    assert before("alert-abc.40")[0] == "alert-abc"
    assert before("alert-abc.40")[-1] == "alert-abc.39"
    assert len(before("alert-abc.40")) == 9


@pytest.mark.parametrize(
    "line", ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1e", "\x00"]
)
def test_no_sort_of_line_end_in_a_name_begins_a_header(line: str) -> None:
    name = f"Blog{line}Bcc: x@evil.example{line}{line}body"
    mail = mail_of(
        Message(key=name, subject=name, text="t"),
        f'"{name}" <k@v.example>',
        (f'"{name}" <a@v.example>',),
        MADE,
    )
    sent = mail.as_bytes()
    back = email.message_from_bytes(sent, policy=email.policy.default)
    assert (back["Bcc"], back["To"].addresses[0].addr_spec) == (None, "a@v.example")
    assert back.get_payload() == "t\r\n" or back.get_content().strip() == "t"
    assert not any(part.lower().startswith(b"bcc") for part in sent.splitlines())


def test_an_overlong_subject_is_cut_and_folded_and_comes_back_whole() -> None:
    subject = "Signaal: café 😀 " * 200
    sent = mail_of(
        Message(key="k", subject=subject, text="t"), "k@v.example", ("a@v.example",), MADE
    ).as_bytes()
    back = email.message_from_bytes(sent, policy=email.policy.default)
    assert max(map(len, sent.split(b"\r\n"))) <= 998
    assert str(back["Subject"]).startswith("Signaal: café 😀 Signaal: café")
    assert len(str(back["Subject"])) <= 200
