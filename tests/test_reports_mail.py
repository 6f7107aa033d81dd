"""The digest as a mail: parsed back it holds what was put in, whatever stood in a title or a name."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from digests import HOSTILE, full, tricky
from hypothesis import example, given, settings
from hypothesis import strategies as st

from klankbord.policy import Lang
from klankbord.ports import Message
from reports.alert import digest_message
from reports.html import html_of
from reports.mail import mail_of
from reports.record import Digest
from reports.text import text_of

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
SENDER = "Klankbord <klankbord@wadlicht.example>"
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted",
    "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
}  # fmt: skip


def parsed(digest: Digest) -> EmailMessage:
    message = digest_message(digest, html_of(digest), text_of(digest))
    sent = mail_of(message, SENDER, ["Comms <comms@wadlicht.example>"], NOW).as_bytes()
    # RFC 5322: no line over 998 characters.
    assert max(len(line) for line in sent.split(b"\r\n")) <= 998
    back = message_from_bytes(sent, policy=default)
    assert isinstance(back, EmailMessage)
    return back


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_digest_comes_back_as_it_was_sent(language: Lang) -> None:
    digest = full(language)
    mail = parsed(digest)
    assert set(mail.keys()) == HEADERS
    assert mail["Message-ID"] == "<digest-2026-W47@wadlicht.example>"
    assert mail["List-Unsubscribe"] == "<mailto:klankbord@wadlicht.example?subject=unsubscribe>"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == text_of(digest)
    assert html.get_content().replace("\r\n", "\n").strip() == html_of(digest).strip()


def test_a_hostile_name_adds_no_header_no_part_and_no_address() -> None:
    mail = parsed(tricky())
    assert set(mail.keys()) == HEADERS
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert str(mail["To"]) == "Comms <comms@wadlicht.example>"
    assert "\n" not in str(mail["Subject"])


def test_an_encoded_word_in_a_title_hides_no_header() -> None:
    # Found by this test: the library decodes it and writes what is in it, line break and all.
    mail = parsed(full(organisation="=?utf-8?q?=0ABcc:_x=40y.example?= and =?utf-8?b?CkJjYzogeA==?="))
    assert set(mail.keys()) == HEADERS
    assert "= ?utf-8?q?" in str(mail["Subject"])


@given(st.text(max_size=200) | st.text(alphabet="=?utf-8qbQB0AaD_: \r\n", max_size=80))
@example(HOSTILE)
@example("a\r\n\r\nb")
@example("a\nBcc: x@y.example")
@example("=?utf-8?q?=0ABcc:_x?=")
@settings(max_examples=150, deadline=None)
def test_any_subject_and_text_makes_one_mail(text: str) -> None:
    message = Message(key=text, subject=text, text=text, html=f"<p>{len(text)}</p>")
    sent = mail_of(message, SENDER, ["comms@wadlicht.example"], NOW).as_bytes()
    mail = message_from_bytes(sent, policy=default)
    assert set(mail.keys()) == HEADERS
    assert mail["Bcc"] is None
    assert mail["Date"] == "Mon, 23 Nov 2026 06:30:00 +0000"
