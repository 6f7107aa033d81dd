"""A host name comes in, the addresses we may connect to go out, or the request is refused (SSRF guard)."""

import socket
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit, urlunsplit

from klankbord.errors import ForbiddenError, TransientError

_PORTS = {"http": 80, "https": 443}
_MOST = 6
_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")


def allowed(address: str, networks: Iterable[str] = ()) -> bool:
    """Whether one numeric address may be connected to: a public one, or one inside `networks`. Pure."""
    return _allowed(address, tuple(networks))


@lru_cache(maxsize=1024)
def _allowed(address: str, networks: tuple[str, ...]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(_inside(one, networks) for one in _meant(ip)) or all(_public(one) for one in _meant(ip))


def _meant(ip: IPv4Address | IPv6Address) -> tuple[IPv4Address | IPv6Address, ...]:
    """The address and, for an IPv6 address that carries an IPv4 one, that as well."""
    if isinstance(ip, IPv4Address):
        return (ip,)
    if ip.ipv4_mapped:
        return (ip.ipv4_mapped,)
    if ip.sixtofour:
        return (ip, ip.sixtofour)
    if ip.teredo:
        return (ip, *ip.teredo)
    if ip in _NAT64:
        return (IPv4Address(int(ip) & 0xFFFFFFFF),)
    return (ip,)


def _inside(ip: IPv4Address | IPv6Address, networks: Iterable[str]) -> bool:
    return any(ip.version == network.version and ip in network for network in map(ip_network, networks))


def _public(ip: IPv4Address | IPv6Address) -> bool:
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or not ip.is_global:
        return False
    return isinstance(ip, IPv4Address) or not (ip.is_site_local or ip in _COMPATIBLE or ip.scope_id)


def addresses_of(host: str, port: int, networks: Iterable[str] = ()) -> tuple[str, ...]:
    """Look the host up once; every address it has must be allowed.

    Raises:
        ForbiddenError: one of them is not.
        TransientError: the host is not known, now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TransientError(f"{host}: no address found ({error})") from error
    numbers = tuple(dict.fromkeys(str(row[4][0]) for row in found))
    if refused := [number for number in numbers if not allowed(number, networks)]:
        raise ForbiddenError(
            f"{host} is at {refused[0]}, a private or reserved address; allow_addresses can permit it"
        )
    return numbers[:_MOST]


@lru_cache(maxsize=1024)
def checked(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path with query of a web address. Pure.

    Raises:
        ForbiddenError: another scheme, a user name or password in it, or no host.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ForbiddenError(f"no readable address: {url[:200]!r} ({error})") from error
    if parts.scheme not in _PORTS:
        raise ForbiddenError(f"only http and https are read, not {parts.scheme[:20]!r}")
    if "@" in parts.netloc:
        raise ForbiddenError("an address with a user name or password in it is not read")
    if not host:
        raise ForbiddenError(f"an address without a host: {url[:200]!r}")
    path = quote(parts.path or "/", safe="/%:=&?~+!$,;'@()*[]-._|")
    query = quote(parts.query, safe="/%:=&?~+!$,;'@()*[]-._|")
    return parts.scheme, _ascii(host), port or _PORTS[parts.scheme], path + ("?" + query if query else "")


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ForbiddenError(f"no readable host name: {host[:100]!r}") from error


def mirrored(url: str, host: str, base_url: str | None) -> str:
    """The address on the mirror `base_url`, where it is one of `host`; else as it was. Pure."""
    if not base_url:
        return url
    parts = urlsplit(url)
    if (parts.hostname or "").lower() != host:
        return url
    base = urlsplit(base_url)
    return urlunsplit(
        (base.scheme, base.netloc, base.path.rstrip("/") + (parts.path or "/"), parts.query, "")
    )
