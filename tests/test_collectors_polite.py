"""One polite fetch: who may be reached, how much and how long, and what a status means."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread, Timer
from time import monotonic

import pytest
from builders import NOW
from fakes import FakeSite, Route

from collectors.addresses import allowed
from collectors.polite import Answer, Fetcher, Request
from klankbord.errors import (
    AuthError,
    CollectError,
    ForbiddenError,
    PermanentError,
    RateLimitedError,
    TransientError,
)

LOOPBACK = ("127.0.0.0/8",)
FETCHER = Fetcher("Klankbord-test/1 (+https://example.org)")


def fetch(site: FakeSite, path: str = "/x", **given: object) -> Answer:
    fields: dict[str, object] = {"url": site.url + path, "now": NOW, "stop": Event(), "networks": LOOPBACK}
    return FETCHER.fetch(Request(**(fields | given)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "::127.0.0.1", "fe80::1%eth0",
        "no address",
    ],
)  # fmt: skip
def test_private_and_reserved_addresses_are_not_allowed(address: str) -> None:
    assert not allowed(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert allowed(address)


def test_a_network_of_the_source_is_allowed_and_no_other() -> None:
    assert allowed("10.1.2.3", ("10.1.0.0/16",))
    assert allowed("::ffff:10.1.2.3", ("10.1.0.0/16",))
    assert not allowed("10.2.2.3", ("10.1.0.0/16",))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.example/",
        "http://u:p@127.0.0.1/",
        "http://",
        "http://[::1",
        "gopher://x",
    ],
)
def test_other_schemes_and_credentials_are_refused(url: str) -> None:
    with FakeSite() as site, pytest.raises(ForbiddenError):
        fetch(site, url=url)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "localhost"])
def test_other_spellings_of_loopback_are_refused(host: str) -> None:
    with FakeSite() as site:
        with pytest.raises(CollectError):
            fetch(site, url=f"http://{host}:{site.port}/x", networks=())
        assert site.seen == []


def test_a_request_names_us_and_carries_no_cookie(capfd: pytest.CaptureFixture[str]) -> None:
    with FakeSite() as site:
        site.body("/x", b"hier").header("Set-Cookie", "a=b")
        assert fetch(site).body == b"hier"
        fetch(site)
        headers = site.seen[-1].headers
    assert headers["user-agent"] == "Klankbord-test/1 (+https://example.org)"
    assert headers["accept-encoding"] == "gzip"
    assert {"cookie", "authorization"} & set(headers) == set()


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, PermanentError), (401, AuthError), (403, ForbiddenError), (404, PermanentError), (405, PermanentError),
        (408, TransientError), (410, PermanentError), (429, RateLimitedError), (451, ForbiddenError),
        (500, TransientError), (503, TransientError), (599, TransientError),
    ],
)  # fmt: skip
def test_a_status_becomes_one_of_five_errors(status: int, error: type[CollectError]) -> None:
    with FakeSite() as site:
        site.status("/x", status)
        with pytest.raises(error) as caught:
            fetch(site)
    assert type(caught.value) is error


def _until(status: int, **headers: str) -> datetime | None:
    with FakeSite() as site:
        site.status("/x", status, **headers)
        with pytest.raises(RateLimitedError) as caught:
            fetch(site)
    return caught.value.until


def test_a_server_that_limits_says_until_when() -> None:
    assert _until(429, Retry_After="120") == NOW + timedelta(minutes=2)
    assert _until(503, Retry_After="120") == NOW + timedelta(minutes=2)
    assert _until(429) == NOW + timedelta(minutes=15)
    assert _until(429, Retry_After="0") == NOW + timedelta(seconds=1)
    assert _until(429, Retry_After="999999999") == NOW + timedelta(days=1)
    assert _until(429, Retry_After="onzin") == NOW + timedelta(minutes=15)


def test_a_date_to_wait_for_is_read_on_the_servers_own_clock() -> None:
    server = NOW + timedelta(hours=5)

    def limit(handler: object) -> None:
        from http.server import BaseHTTPRequestHandler

        assert isinstance(handler, BaseHTTPRequestHandler)
        handler.send_response_only(429)
        handler.send_header("Date", format_datetime(server, usegmt=False))
        handler.send_header("Retry-After", format_datetime(server + timedelta(minutes=3)))
        handler.end_headers()

    with FakeSite() as site:
        site.route("/x", Route(act=limit))
        with pytest.raises(RateLimitedError) as caught:
            fetch(site)
    assert caught.value.until == NOW + timedelta(minutes=3)


def test_a_304_is_an_answer() -> None:
    with FakeSite() as site:
        site.body("/x", b"hier").etag('"1"')
        assert fetch(site, headers=(("If-None-Match", '"1"'),)).status == 304


def test_redirects_are_followed_and_counted() -> None:
    with FakeSite() as site:
        site.redirect("/x", "/y", 301)
        site.redirect("/y", "z", 308)
        site.body("/z", b"hier")
        answer = fetch(site)
        assert (answer.url, answer.permanent_url) == (site.url + "/z", site.url + "/z")
    assert (answer.spent.requests, answer.spent.bytes) == (3, 4)


def test_only_what_is_permanent_from_the_start_is_a_new_address() -> None:
    with FakeSite() as site:
        site.redirect("/x", "/y", 302)
        site.redirect("/y", "/z", 301)
        site.body("/z", b"hier")
        assert fetch(site).permanent_url is None


def test_a_round_of_redirects_ends() -> None:
    with FakeSite() as site:
        site.redirect("/x", "/x")
        with pytest.raises(PermanentError, match="more redirects"):
            fetch(site)
        assert len(site.seen) == 6


def test_a_redirect_to_a_file_is_refused() -> None:
    with FakeSite() as site:
        site.redirect("/x", "file:///etc/passwd")
        with pytest.raises(ForbiddenError):
            fetch(site)


SECRETS = (("Authorization", "Bearer geheim"), ("X-Api-Key", "geheim"), ("If-None-Match", '"1"'))


def test_keys_are_sent_on_within_the_place_they_were_meant_for() -> None:
    with FakeSite() as site:
        site.redirect("/x", "/y")
        site.body("/y", b"hier")
        fetch(site, headers=SECRETS)
        assert [seen.headers.get("authorization") for seen in site.seen] == ["Bearer geheim"] * 2


def test_keys_are_not_sent_on_to_another_place_but_versions_are() -> None:
    with FakeSite() as site, FakeSite() as other:
        site.redirect("/x", other.url + "/y", 301)
        other.body("/y", b"elders")
        assert fetch(site, headers=SECRETS).body == b"elders"
        headers = other.seen[0].headers
    assert {"authorization", "x-api-key"} & set(headers) == set()
    assert headers["if-none-match"] == '"1"'


def test_the_keys_of_a_mirrored_source_go_to_its_mirror_only() -> None:
    with FakeSite() as site, FakeSite() as other:
        site.redirect("/m/x", other.url + "/y")
        other.body("/y", b"elders")
        fetch(site, url="https://blog.example/x", base_url=site.url + "/m", headers=SECRETS)
        assert site.seen[0].headers["x-api-key"] == "geheim"
        assert "x-api-key" not in other.seen[0].headers


def test_a_mirror_serves_the_addresses_of_its_host() -> None:
    with FakeSite() as site:
        site.redirect("/m/a", "https://blog.example/b")
        site.body("/m/b", b"hier")
        answer = fetch(site, url="https://blog.example/a", base_url=site.url + "/m")
    assert (answer.body, answer.url) == (b"hier", "https://blog.example/b")


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"hier", mtime=0)),
        ("gzip", gzip.compress(b"hi", mtime=0) + gzip.compress(b"er", mtime=0)),
        ("gzip", gzip.compress(b"hier", mtime=0) + b"\x00" * 8),
        ("deflate", zlib.compress(b"hier")),
        ("deflate", zlib.compress(b"hier")[2:-4]),
        ("identity", b"hier"),
    ],
)
def test_packed_answers_are_unpacked(encoding: str, packed: bytes) -> None:
    with FakeSite() as site:
        site.body("/x", packed).header("Content-Encoding", encoding)
        assert fetch(site).body == b"hier"


@pytest.mark.parametrize(
    ("encoding", "packed"), [("gzip", gzip.compress(b"hier", mtime=0)[:-6]), ("gzip", b"x"), ("br", b"x")]
)
def test_what_cannot_be_unpacked_is_transient(encoding: str, packed: bytes) -> None:
    with FakeSite() as site:
        site.body("/x", packed).header("Content-Encoding", encoding)
        with pytest.raises(TransientError):
            fetch(site)


def test_an_answer_over_the_limit_or_cut_short_is_refused() -> None:
    with FakeSite() as site:
        site.body("/x", b"x" * 5_000)
        with pytest.raises(PermanentError, match="larger than 1,000 bytes"):
            fetch(site, max_raw=1_000)
        with pytest.raises(PermanentError, match="larger than 2,000 bytes"):
            fetch(site, max_bytes=2_000)
        site.cut_short("/x", b"x" * 50)
        with pytest.raises(TransientError):
            fetch(site)


@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK\r\n\r\n", b"HTTP/1.0 200 OK\r\nX: "])
def test_a_server_that_drips_is_cut_off(head: bytes) -> None:
    began = monotonic()
    with FakeSite() as site:
        site.slow_drip("/x", head=head)
        with pytest.raises(TransientError, match="no whole answer within"):
            fetch(site, timeout=0.4)
    assert monotonic() - began < 2


def test_nobody_there_is_transient() -> None:
    with FakeSite() as site:
        address = site.url
    with pytest.raises(TransientError):
        FETCHER.fetch(Request(url=address, now=NOW, stop=Event(), networks=LOOPBACK))


class Steady(BaseHTTPRequestHandler):
    """Keeps connections open, as servers on the web do; notes which connection each request came by."""

    protocol_version = "HTTP/1.1"
    came_by: list[int]
    #: ends the connection after an answer, unannounced
    hangs_up = False
    #: does not answer a second request on a connection
    deaf = False

    def do_GET(self) -> None:
        again = self.client_address[1] in self.came_by
        self.came_by.append(self.client_address[1])
        self.close_connection = self.hangs_up or (self.deaf and again)
        if self.deaf and again:
            return
        body = b"x" * (5_000 if self.path == "/large" else 5)
        self.send_response(304 if self.path == "/same" else 200)
        if self.path != "/same":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.path != "/same":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def steady(**ways: bool) -> Iterator[tuple[str, list[int]]]:
    """A server's address, and the connection of each request that came."""
    came_by: list[int] = []
    handler = type("Handler", (Steady,), {"came_by": came_by} | ways)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads, server.block_on_close = True, False
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", came_by
        server.shutdown()
        thread.join()


def ask(url: str, **given: object) -> Answer:
    fields: dict[str, object] = {"url": url, "now": NOW, "stop": Event(), "networks": LOOPBACK}
    return FETCHER.fetch(Request(**(fields | given)))  # type: ignore[arg-type]


def test_a_connection_is_kept_for_the_next_request_to_its_place() -> None:
    with steady() as (url, came_by):
        assert [ask(url + path).status for path in ("/a", "/same", "/b")] == [200, 304, 200]
        assert len(set(came_by)) == 1


def test_another_name_of_an_address_gets_a_connection_of_its_own() -> None:
    with steady() as (url, came_by):
        ask(url + "/a")
        ask(url.replace("127.0.0.1", "localhost") + "/a")
        assert len(set(came_by)) == 2


def test_a_kept_connection_is_not_used_by_who_may_not_go_there() -> None:
    with steady() as (url, came_by):
        ask(url + "/a")
        with pytest.raises(ForbiddenError):
            ask(url + "/a", networks=())
        assert len(came_by) == 1


def test_a_connection_whose_answer_was_not_read_to_its_end_is_not_used_again() -> None:
    with steady() as (url, came_by):
        with pytest.raises(PermanentError, match="larger than"):
            ask(url + "/large", max_raw=1_000)
        assert ask(url + "/a").body == b"xxxxx"
        assert len(set(came_by)) == 2


def test_a_server_that_ended_a_kept_connection_is_asked_over_a_new_one() -> None:
    with steady(hangs_up=True) as (url, came_by):
        assert [ask(url + "/a").spent.requests for _ in range(3)] == [1, 1, 1]
        assert len(set(came_by)) == 3


def test_a_request_that_a_kept_connection_did_not_take_is_made_once_more_and_counted() -> None:
    with steady(deaf=True) as (url, came_by):
        ask(url + "/a")
        assert ask(url + "/a").spent.requests == 2
        assert (len(came_by), len(set(came_by))) == (3, 2)


def test_a_request_is_not_made_once_more_where_the_budget_has_none_left() -> None:
    with steady(deaf=True) as (url, came_by):
        ask(url + "/a")
        with pytest.raises(TransientError):
            ask(url + "/a", max_requests=1)
        assert len(came_by) == 2


def test_a_call_that_was_left_behind_holds_up_no_other() -> None:
    with FakeSite() as site:
        site.hang("/x")
        site.body("/y", b"hier")
        for _ in range(3):
            with pytest.raises(TransientError, match=r"no whole answer within|timed out"):
                fetch(site, timeout=0.1)
        assert fetch(site, "/y").body == b"hier"


def test_a_stop_ends_a_call_under_way() -> None:
    stop, began = Event(), monotonic()
    with FakeSite() as site:
        site.hang("/x")
        Timer(0.1, stop.set).start()
        with pytest.raises(TransientError, match="stopped"):
            fetch(site, stop=stop)
    assert monotonic() - began < 2
