"""A message comes in, a signed JSON POST goes out to an address that may be asked."""

import hashlib
import hmac
import json
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from klankbord.errors import DeliveryError
from klankbord.ports import Message
from klankbord.settings import ChannelSettings
from reports.deadline import deadline
from reports.mail import safe_key
from reports.smtp import secret_of

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

#: answers after which another try can help
_LATER = frozenset({408, 425, 429})
#: an IPv4 address inside an IPv6 one (RFC 6052)
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is posted."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


class WebhookChannel:
    """Posts messages to one address; a redirect is not followed."""

    def __init__(self, settings: ChannelSettings) -> None:
        """Keep the settings; nothing is opened yet."""
        self._settings = settings

    @property
    def id(self) -> str:
        """Key in delivery.toml."""
        return self._settings.id

    def send(self, message: Message, now: datetime) -> None:
        """Post the message once.

        Raises:
            DeliveryError: not taken; permanent after a refusal, a redirect or a private address.
        """
        settings = self._settings
        secret = secret_of(settings) if settings.secret_env else ""
        request = request_of(message, secret, now)
        parts = urlsplit(settings.url or "")
        status = _posted(parts, self._address(parts), request, settings.timeout)
        if 200 <= status < 300:
            return
        told = "a redirect, which is not followed" if 300 <= status < 400 else f"status {status}"
        temporary = status in _LATER or status >= 500
        raise DeliveryError(f"{parts.hostname} answered {told}", permanent=not temporary)

    def _address(self, parts: SplitResult) -> str:
        """The checked address to connect to: asking the name again could give another."""
        host = parts.hostname or ""
        try:
            found = socket.getaddrinfo(host, parts.port or 0, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise DeliveryError(f"{host} has no address: {error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        refused = [address for address in addresses if not may_ask(address, self._settings.allow_addresses)]
        if refused or not addresses:
            problem = f"{host} is at a private address; list its network in allow_addresses to allow it"
            raise DeliveryError(problem, permanent=True)
        return addresses[0]


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
    headers = [
        ("Content-Type", "application/json"),
        ("User-Agent", "Klankbord"),
        ("Idempotency-Key", safe_key(message.key)),
    ]
    if secret:
        headers.append(("X-Klankbord-Signature", signature_of(body, secret, int(now.timestamp()))))
    return Request(headers=tuple(headers), body=body)


def signature_of(body: bytes, secret: str, timestamp: int) -> str:
    """`t=1700000000,v1=…`: what a receiver computes again and compares."""
    signed = f"{timestamp}.".encode("ascii") + body
    return f"t={timestamp},v1={hmac.new(secret.encode('utf-8'), signed, hashlib.sha256).hexdigest()}"


def may_ask(address: str, allowed: Iterable[str]) -> bool:
    """Whether an address is public, or in a network listed as allowed."""
    found = _inner(ip_address(address.partition("%")[0]))
    if any(found in ip_network(network, strict=False) for network in allowed):
        return True
    return found.is_global and not found.is_multicast


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one leads to, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _posted(parts: SplitResult, address: str, request: Request, timeout: float) -> int:

    from urllib3.exceptions import HTTPError

    connection = _connection(parts, address, timeout)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    host = parts.netloc.rpartition("@")[2]
    with deadline(timeout, lambda: connection.sock):
        try:
            headers = {"Host": host, "Connection": "close", **dict(request.headers)}
            connection.request("POST", target, body=request.body, headers=headers, preload_content=False)
            return connection.getresponse().status
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise DeliveryError(f"{parts.hostname} gave no answer: {type(error).__name__}") from error
        finally:
            connection.close()


def _connection(parts: SplitResult, address: str, timeout: float) -> "HTTPConnection":
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if parts.scheme == "http":
        return HTTPConnection(address, parts.port or 80, timeout=timeout)
    return HTTPSConnection(
        address,
        parts.port or 443,
        timeout=timeout,
        ssl_context=ssl.create_default_context(),
        server_hostname=parts.hostname,
        assert_hostname=parts.hostname,
    )
