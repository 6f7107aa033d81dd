"""A request and the address of a service come in, the service takes it or the error says why not."""

import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from klankbord.errors import DeliveryError
from reports.deadline import deadline

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

#: answers after which another try can help
_LATER = frozenset({408, 425, 429})
#: a service that asks for rest gets no more than this
_LONGEST = timedelta(hours=1)
#: an IPv4 address inside an IPv6 one (RFC 6052)
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is posted."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


class Poster:
    """Posts to one service, never on to where it redirects, and not while it asks for rest."""

    def __init__(self, name: str, allowed: Iterable[str], timeout: float) -> None:
        """Nothing is opened yet.

        Args:
            name: of the channel, for what went wrong: an address may be a secret.
            allowed: networks that may be asked although they are private.
            timeout: seconds, for one exchange.
        """
        self._name, self._allowed, self._timeout = name, tuple(allowed), timeout
        self._rest_until: datetime | None = None

    def post(self, url: str, request: Request, now: datetime) -> None:
        """Post once.

        Raises:
            DeliveryError: not taken; permanent after a refusal, a redirect or a private address. It holds
                the host at most: the path of an address may be its secret.
        """
        parts = _split(url, self._name)
        if self._rest_until is not None and now < self._rest_until:
            told = f"{parts.hostname} asked not to be called before {self._rest_until:%H:%M:%S} UTC"
            raise DeliveryError(told)
        status, after = _posted(parts, address_of(parts, self._allowed), request, self._timeout)
        if 200 <= status < 300:
            return
        wait = rest_of(after, now) if status in _LATER or status == 503 else None
        if wait is not None:
            self._rest_until = now + wait
        told = "a redirect, which is not followed" if 300 <= status < 400 else f"status {status}"
        temporary = status in _LATER or status >= 500
        raise DeliveryError(f"{parts.hostname} answered {told}", permanent=not temporary)


def rest_of(after: str, now: datetime) -> timedelta | None:
    """What `Retry-After` asks for, an hour at most; None where it asks nothing that can be read."""
    if after.isascii() and after.isdecimal():
        return min(timedelta(seconds=int(after[:6])), _LONGEST)
    try:
        until = parsedate_to_datetime(after)
    except ValueError:
        return None
    if until.tzinfo is None:
        return None
    return min(max(until - now, timedelta()), _LONGEST)


def address_of(parts: SplitResult, allowed: Iterable[str]) -> str:
    """The checked address to connect to: asking the name again could give another.

    Raises:
        DeliveryError: it has none, or a private one that is not listed.
    """
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 0, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryError(f"{host} has no address: {error}") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(may_ask(address, allowed) for address in addresses):
        problem = f"{host} is at a private address; list its network in allow_addresses to allow it"
        raise DeliveryError(problem, permanent=True)
    return addresses[0]


def may_ask(address: str, allowed: Iterable[str]) -> bool:
    """Whether an address is public, or in a network listed as allowed."""
    found = _inner(ip_address(address.partition("%")[0]))
    if any(found in ip_network(network, strict=False) for network in allowed):
        return True
    return found.is_global and not found.is_multicast


def _split(url: str, name: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known or "@" in parts.netloc or not url.isascii() or not url.isprintable() or " " in url:
        raise DeliveryError(f"channel {name}: its address is no web address", permanent=True)
    return parts


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one leads to, where it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _posted(parts: SplitResult, address: str, request: Request, timeout: float) -> tuple[int, str]:
    """Status and `Retry-After`."""
    from urllib3.exceptions import HTTPError

    connection = _connection(parts, address, timeout)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    headers: Mapping[str, str] = {"Host": parts.netloc, "Connection": "close", **dict(request.headers)}
    with deadline(timeout, lambda: connection.sock):
        try:
            connection.request("POST", target, body=request.body, headers=headers, preload_content=False)
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Retry-After", "").strip()
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
