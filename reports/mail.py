"""A message and its addresses come in, a mail that no content can break goes out. Pure."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import quote

from klankbord.ports import Message
from reports.plain import one_line

_KEY = re.compile(r"[^A-Za-z0-9._-]+")
#: `alert-abc.2-tagtagta`: the second time of a case, for one recipient
_AGAIN = re.compile(r"(alert-[a-z]{1,64})\.([2-9]|[1-9][0-9]{1,2})(-[a-z]{8})?")
_DOMAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
#: of a mail whose sender names no domain; reserved, so that nobody owns it (RFC 2606)
NOWHERE = "klankbord.invalid"


def mail_of(message: Message, sender: str, to: Sequence[str], now: datetime) -> EmailMessage:
    """The mail, the same for every try but for its date: one Message-ID for one key."""
    domain = domain_of(sender)
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = _header(message.subject, 200)
    mail["From"] = _address(sender) or f"klankbord@{domain}"
    if to:
        mail["To"] = ", ".join(filter(None, map(_address, to)))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{safe_key(message.key)}@{domain}>"
    if earlier := before(message.key):
        mail["In-Reply-To"] = f"<{safe_key(earlier[-1])}@{domain}>"
        mail["References"] = " ".join(f"<{safe_key(key)}@{domain}>" for key in earlier)
    mail["List-Id"] = f"<klankbord.{domain}>"
    mailbox = parseaddr(mail["From"])[1]
    # A request goes to a person: who reads the digest stands in delivery.toml, not with a machine.
    mail["List-Unsubscribe"] = f"<mailto:{quote(mailbox, safe='@')}?subject=unsubscribe>"
    # Keeps out-of-office replies from answering a machine (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(_sendable(message.text), cte="quoted-printable")
    if message.html:
        mail.add_alternative(_sendable(message.html), subtype="html", cte="quoted-printable")
        mail.set_boundary(f"=_{hashlib.sha256(message.key.encode('utf-8', 'replace')).hexdigest()[:32]}")
    return mail


def before(key: str) -> tuple[str, ...]:
    """Keys of what the same recipient was told of the same case before: mail programs show them together."""
    match = _AGAIN.fullmatch(key)
    if match is None:
        return ()
    case, times, recipient = match[1], int(match[2]), match[3] or ""
    # the first of many and the last few are enough for a thread (RFC 5322, 3.6.4)
    return (f"{case}{recipient}", *(f"{case}.{n}{recipient}" for n in range(max(2, times - 8), times)))


def safe_key(key: str) -> str:
    """The key in letters that a header and a file name can hold."""
    return _KEY.sub("-", key).strip(".-")[:120] or "message"


def domain_of(sender: str) -> str:
    """The sender's domain, or a reserved one where it names none."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return domain if _DOMAIN.fullmatch(domain) else NOWHERE


def _header(text: str, limit: int) -> str:
    # The library takes "=?utf-8?q?=0ABcc:_x?=" for an encoded word, and would write the header it hides.
    return one_line(text.replace("=?", "= ?"), limit)


def _address(given: str) -> str:
    name, address = parseaddr(_header(given, 320))
    local, _, domain = address.rpartition("@")
    return str(Address(display_name=name, username=local, domain=domain)) if local and domain else ""


def _sendable(text: str) -> str:
    """Text without lone surrogates and NUL, which no mail can hold."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
