"""A case and somebody who was told of it come in, a signed code goes out, and the other way round. Pure.

The code says "I have seen this case" for one person, until a day. It opens nothing: who may read the
finding does so at the desk.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from klankbord.alerting.rules import Recipient
from klankbord.errors import NotFoundError
from klankbord.mention import short_hash

_CODE = re.compile(r"([a-z0-9][a-z0-9.-]{2,79})~([a-z]{8})~([0-9a-f]{8})~([\w-]{22})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a code says."""

    #: key of the case
    key: str
    #: stands for the one person or channel it was made for, see `tag_of`
    tag: str
    #: after this moment it says nothing
    until: datetime


def tag_of(recipient: Recipient) -> str:
    """Eight letters that stand for a recipient, so that no code holds an address."""
    return short_hash("recipient", recipient.channel_id, recipient.name)[:8]


def code_of(key: str, recipient: Recipient, until: datetime, secret: bytes) -> str:
    """The code that lets one person say that they have seen one case.

    Args:
        key: the case.
        recipient: who gets the code.
        until: until when it holds.
        secret: the installation's own key.
    """
    said = f"{key}~{tag_of(recipient)}~{int(until.timestamp()):08x}"
    return f"{said}~{_seal(said, secret)}"


def seen(code: str, secret: bytes, now: datetime) -> Seen:
    """What a code says.

    Raises:
        NotFoundError: it was not made here, was changed, or is over.
    """
    match = _CODE.fullmatch(code.strip()[:200])
    if match is None:
        raise NotFoundError("this is no code from an alert; copy it whole, from the line that says 'Seen?'")
    key, tag, until, seal = match.groups()
    if not hmac.compare_digest(seal, _seal(f"{key}~{tag}~{until}", secret)):
        raise NotFoundError("this code was not made by this installation, or was changed on the way")
    over_at = datetime.fromtimestamp(int(until, 16), UTC)
    if now >= over_at:
        raise NotFoundError(
            f"this code was good until {over_at:%Y-%m-%d %H:%M} UTC; answer the finding itself"
        )
    return Seen(key=key, tag=tag, until=over_at)


def _seal(said: str, secret: bytes) -> str:
    digest = hmac.digest(secret, b"acknowledge\x1f" + said.encode("ascii"), "sha256")
    return base64.urlsafe_b64encode(digest[:16]).decode("ascii").rstrip("=")
