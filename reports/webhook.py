"""A message comes in, a signed JSON POST goes out to an address that may be asked."""

import hashlib
import hmac
import json
from datetime import datetime

from klankbord.ports import Message
from klankbord.settings import ChannelSettings
from reports.mail import safe_key
from reports.posting import Poster, Request
from reports.smtp import secret_of


class WebhookChannel:
    """Posts messages to one address; a redirect is not followed."""

    def __init__(self, settings: ChannelSettings) -> None:
        """Keep the settings; nothing is opened yet."""
        self._settings = settings
        self._poster = Poster(settings.id, settings.allow_addresses, settings.timeout)

    @property
    def id(self) -> str:
        """Key in delivery.toml."""
        return self._settings.id

    def send(self, message: Message, now: datetime) -> None:
        """Post the message once.

        Raises:
            DeliveryError: not taken; permanent after a refusal, a redirect or a private address.
        """
        secret = secret_of(self._settings) if self._settings.secret_env else ""
        self._poster.post(self._settings.url or "", request_of(message, secret, now), now)


def request_of(message: Message, secret: str, now: datetime) -> Request:
    """Body and headers; with a secret, HMAC-SHA256 over timestamp, a dot and the body."""
    payload = message.payload or {
        "event": "message",
        "version": 1,
        "key": message.key,
        "subject": message.subject,
        "text": message.text,
    }
    body = json.dumps(payload, sort_keys=True, separators=(",", ":")).encode("ascii")
    headers = (*json_headers(message), *_signature(body, secret, int(now.timestamp())))
    return Request(headers=headers, body=body)


def json_headers(message: Message) -> tuple[tuple[str, str], ...]:
    """What every POST of JSON carries; the key is the same for every try."""
    return (
        ("Content-Type", "application/json"),
        ("User-Agent", "Klankbord"),
        ("Idempotency-Key", safe_key(message.key)),
    )


def signature_of(body: bytes, secret: str, timestamp: int) -> str:
    """`t=1700000000,v1=…`: what a receiver computes again and compares."""
    signed = f"{timestamp}.".encode("ascii") + body
    return f"t={timestamp},v1={hmac.new(secret.encode('utf-8'), signed, hashlib.sha256).hexdigest()}"


def _signature(body: bytes, secret: str, timestamp: int) -> tuple[tuple[str, str], ...]:
    return (("X-Klankbord-Signature", signature_of(body, secret, timestamp)),) if secret else ()
