"""Loopback servers that take mails and webhooks, answer as a test says, and remember what they were given."""

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, Self


@dataclass
class FakeMailServer:
    """An SMTP server on loopback; `answers` replaces what it says to a command, or to one address."""

    #: "RCPT TO:<a@b>" or "MAIL" -> "550 no"; the longest that fits counts
    answers: dict[str, str] = field(default_factory=dict)
    #: what EHLO offers
    offers: tuple[str, ...] = ("8BITMIME", "AUTH PLAIN LOGIN")
    #: for STARTTLS: a PEM file with key and certificate
    certificate: Path | None = None
    #: speaks TLS from the first byte
    encrypted: bool = False
    #: says nothing from this command on
    silent_from: str = ""
    #: (sender, recipients, mail as sent)
    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            line.settimeout(5)
            with suppress(OSError):
                self._talk(self._wrapped(line) if self.encrypted else line)
            line.close()

    def _talk(self, line: socket.socket) -> None:
        if self._silent("CONNECT"):
            return
        _say(line, self.answers.get("CONNECT", "220 fake ready"))
        talk = _Talk(self)
        while line.fileno() >= 0:
            with line.makefile("rb") as reader:
                line = self._listened(line, reader, talk) or line
                if talk.over:
                    break
        line.close()

    def _listened(self, line: socket.socket, reader: BinaryIO, talk: "_Talk") -> ssl.SSLSocket | None:
        """Answers until the goodbye, or until the line becomes an encrypted one."""
        for raw in reader:
            command = raw.decode("utf-8", "replace").strip()
            self.commands.append(command)
            word = command.split(" ")[0].upper()
            if self._silent(word):
                break
            told = self._told(command)
            _say(line, told or talk.answer(word, command))
            if word == "DATA" and not told:
                self.mails.append((talk.sender, talk.to, _data(reader)))
                _say(line, self.answers.get(".", "250 taken"))
            if word == "STARTTLS" and self.certificate:
                return self._wrapped(line)
            if word == "QUIT":
                break
        talk.over = True
        return None

    def _silent(self, word: str) -> bool:
        return word == self.silent_from and (self._over.wait(5) or True)

    def _told(self, command: str) -> str:
        fitting = [
            start for start in self.answers if start != "." and command.upper().startswith(start.upper())
        ]
        return self.answers[max(fitting, key=len)] if fitting else ""

    def _wrapped(self, line: socket.socket) -> ssl.SSLSocket:
        assert self.certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context.wrap_socket(line, server_side=True)


@dataclass
class _Talk:
    """One conversation."""

    server: FakeMailServer
    sender: str = ""
    to: list[str] = field(default_factory=list)
    over: bool = False

    def answer(self, word: str, command: str) -> str:
        if word == "AUTH":
            self.server.logins.append(base64.b64decode(command.split(" ")[2]).decode())
        elif word == "MAIL":
            self.sender, self.to = command, []
        elif word == "RCPT":
            self.to.append(command.partition("<")[2].partition(">")[0])
        offers = "".join(f"250-{offer}\r\n" for offer in ("fake", *self.server.offers))
        fixed = {"EHLO": f"{offers}250 HELP", "AUTH": "235 welcome", "STARTTLS": "220 go on"}
        return {**fixed, "DATA": "354 go on", "QUIT": "221 bye"}.get(word, "250 ok")


def _say(line: socket.socket, words: str) -> None:
    line.sendall(words.encode() + b"\r\n")


def _data(reader: BinaryIO) -> bytes:
    lines = []
    for raw in reader:
        if raw == b".\r\n":
            break
        lines.append(raw.removeprefix(b".") if raw.startswith(b"..") else raw)
    return b"".join(lines)


@dataclass
class FakeHook:
    """An HTTP server on loopback that answers with one status."""

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    #: accepts and never answers
    hangs: bool = False
    #: sends a header letter by letter, for ever
    drips: bool = False
    #: (path, headers, body)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?team=comms"

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, self._over))
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def _handler(hook: FakeHook, over: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            hook.asked.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            if hook.hangs:
                over.wait(5)
                return
            if hook.drips:
                with suppress(OSError):
                    while not over.wait(0.05):
                        self.wfile.write(b"H")
                return
            self.send_response(hook.status)
            for name, value in hook.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - http.server's own name

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            return

    return Handler


@contextmanager
def free_port() -> Iterator[int]:
    """A port on which nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    yield port
