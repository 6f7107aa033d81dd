"""A number of hosts comes in; another process serves their feeds on 127.1.x.y, and misbehaves when told."""

import argparse
import asyncio
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

#: entries of a feed
_ENTRIES = 10


def addresses(hosts: int) -> list[str]:
    """A loopback address for each host."""
    return [f"127.1.{1 + number // 200}.{1 + number % 200}" for number in range(hosts)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """The servers, as seen from outside."""

    port: int
    addresses: list[str]

    def urls(self, feeds: int) -> list[str]:
        """Where the feeds are: the first of each host, then the second of each, and so on."""
        count = len(self.addresses)
        return [f"http://{self.addresses[n % count]}:{self.port}/feed/{n // count}" for n in range(feeds)]

    def tell(self, **behaviour: float) -> None:
        """Change how the hosts behave from now on; see `_Behaviour`."""
        query = "&".join(f"{name}={value}" for name, value in behaviour.items())
        with urllib.request.urlopen(f"http://{self.addresses[0]}:{self.port}/tell?{query}") as answer:
            answer.read()


@contextmanager
def serving(hosts: int) -> Iterator[Hosts]:
    """The servers for the time of a `with`."""
    command = [sys.executable, __file__, "--hosts", str(hosts)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Hosts(port=int(process.stdout.readline()), addresses=addresses(hosts))
        finally:
            process.kill()


@dataclass(slots=True, kw_only=True)
class _Behaviour:
    #: seconds before each answer
    latency: float = 0.0
    #: the first so many hosts accept and say nothing
    hang: int = 0
    #: so many hosts after these answer 500
    fail: int = 0
    #: which feeds, one in ten, changed since the last time
    edition: int = 0


@dataclass(slots=True)
class _Site:
    """What all connections share."""

    behaviour: _Behaviour = field(default_factory=_Behaviour)
    number_of: dict[str, int] = field(default_factory=dict)

    def answer(self, address: str, path: str, known: str) -> bytes | None:
        """The bytes of an answer; None: silence."""
        host, told = self.number_of[address], self.behaviour
        if path.startswith("/tell?"):
            for name, _, value in (pair.partition("=") for pair in path[6:].split("&")):
                setattr(told, name, type(getattr(told, name))(float(value)))
            return _reply("200 OK", b"told")
        if host < told.hang:
            return None
        if host < told.hang + told.fail:
            return _reply("500 Internal Server Error", b"broken")
        feed = int(path.rpartition("/")[2])
        edition = told.edition // 10 + (told.edition % 10 > (host + feed) % 10)
        tag = f'"{edition}"'
        if known == tag:
            return _reply("304 Not Modified", None, f"ETag: {tag}\r\n")
        return _reply("200 OK", _body(host, feed, edition), f"ETag: {tag}\r\n")


def _reply(status: str, body: bytes | None, more: str = "") -> bytes:
    size = "" if body is None else f"Content-Type: application/rss+xml\r\nContent-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\nDate: Wed, 18 Nov 2026 10:00:00 GMT\r\n{more}{size}\r\n".encode() + (
        body or b""
    )


def _body(host: int, feed: int, edition: int) -> bytes:
    items = "".join(
        f"<item><guid>{host}-{feed}-{number}</guid><title>Bericht {number}</title>"
        f"<description>Wadlicht Energie stond vandaag in de krant, deel {number} van {host}.</description>"
        "<pubDate>Tue, 17 Nov 2026 09:00:00 GMT</pubDate></item>"
        for number in range(edition + _ENTRIES, edition, -1)
    )
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


class _Connection(asyncio.Protocol):
    def __init__(self, site: _Site) -> None:
        self._site, self._heard = site, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._address: str = transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._heard.endswith(b"\r\n\r\n"):
            return
        lines = self._heard.decode("latin-1").split("\r\n")
        self._heard = b""
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        path = lines[0].split(" ")[1]
        answer = self._site.answer(self._address, path, headers.get("if-none-match", ""))
        if answer is None:
            return
        close = headers.get("connection") == "close"
        if wait := self._site.behaviour.latency:
            asyncio.get_running_loop().call_later(wait, self._send, answer, close)
        else:
            self._send(answer, close)

    def _send(self, answer: bytes, close: bool) -> None:  # noqa: FBT001 - call_later takes no keywords
        if not self._transport.is_closing():
            # said aloud, or the client may keep what is about to end
            head, _, body = answer.partition(b"\r\n")
            more = b"\r\nConnection: close\r\n" if close else b"\r\n"
            self._transport.write(head + more + body)
            if close:
                self._transport.close()


async def _serve(hosts: int) -> None:
    loop, site = asyncio.get_running_loop(), _Site()
    first, *rest = addresses(hosts)
    site.number_of = {address: number for number, address in enumerate((first, *rest))}
    server = await loop.create_server(lambda: _Connection(site), first, 0, backlog=256)
    port = server.sockets[0].getsockname()[1]
    for address in rest:
        await loop.create_server(lambda: _Connection(site), address, port, backlog=256)
    print(port, flush=True)
    await server.serve_forever()


def main() -> None:
    """Be the servers until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, required=True)
    asyncio.run(_serve(parser.parse_args().hosts))


if __name__ == "__main__":
    main()
