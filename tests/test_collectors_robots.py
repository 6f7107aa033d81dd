"""What a robots.txt allows, what pages reserve, and when nothing may be read at all."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import cast

import pytest
from builders import NOW, mention
from collecting import workshop

from collectors import Workshop
from collectors.answers import Answer
from collectors.line import Line, line_to
from collectors.permission import held_back, leave_for, reservation
from collectors.robots import MAX_BYTES, rules_of
from klankbord.demo.loopback import Asked, Loopback, Reply, Trouble
from klankbord.errors import CollectError, ForbiddenError, RateLimitedError, TransientError
from klankbord.ports import Budget
from klankbord.settings.models import SourcesFile

SITE = "https://site.example"


class Site:
    """Answers what it is told to, 404 else."""

    def __init__(self) -> None:
        self.pages: dict[str, Reply] = {}

    def answer(self, asked: Asked) -> Reply:
        return self.pages.get(asked.path, Reply(status=404))

    def robots(self, text: str) -> None:
        self.pages["/robots.txt"] = Reply(body=text.encode())


@pytest.fixture
def site() -> Iterator[tuple[Site, Loopback]]:
    service = Site()
    with Loopback(service) as stand:
        yield service, stand


def line_of(stand: Loopback, shop: Workshop, hours: int = 0) -> Line:
    table = {
        "id": "s",
        "kind": "feed",
        "url": f"{SITE}/feed",
        "base_url": stand.address,
        "allow_addresses": ("127.0.0.0/8",),
        "timeout": 2.0,
    }
    source = SourcesFile.model_validate({"source": [table]}).source[0]
    return line_to(source, shop, Budget(), NOW + timedelta(hours=hours), Event())


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.php$", "/x/y.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/x/y.php?z=1", True),
        ("User-agent: *\nDisallow: /*?*sid=", "/t?f=2&sid=9", False),
        ("User-agent: *\nDisallow: /ca%66%C3%A9", "/café", False),
        ("User-agent: *\nDisallow: /a%2fb", "/a%2Fb", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Klankbord\nAllow: /", "/a", True),
        ("User-agent: KLANKBORD/2.0\nUser-agent: other\nDisallow: /a", "/a", False),
        ("User-agent: klankbordje\nDisallow: /", "/a", True),
        ("User-agent: klankbord\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: klankbord\nDisallow: /b", "/b", False),
        ("User-agent: x\nUser-agent: *\nDisallow: /a # not this\n", "/a", False),
        ("Disallow: /", "/a", True),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("<html>no robots here: at all</html>", "/a", True),
    ],
)  # fmt: skip
def test_paths_are_allowed_as_the_rfc_says(text: str, path: str, *, allowed: bool) -> None:
    assert rules_of(text.encode()).allows(SITE + path) is allowed


def test_a_file_of_thousands_of_robots_and_rules_costs_no_more_than_its_length() -> None:
    agents = "\n".join(f"User-agent: a{number}" for number in range(12_000))
    rules = "\n".join(f"Disallow: /{number}" for number in range(12_000))
    found = rules_of(f"{agents}\n{rules}\nUser-agent: *\nDisallow: /x".encode())
    assert found.lines == ((False, "/x"),)


def test_what_stands_after_the_limit_is_not_read_and_no_line_is_cut_in_two() -> None:
    head = b"User-agent: *\nDisallow: /a\n" + b"#" * (MAX_BYTES - 40) + b"\n"
    assert rules_of(head + b"Disallow: /abcdefghijklmnopqrstuvwxyz").lines == ((False, "/a"),)


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [("10", 10.0), ("0.5", 0.5), ("-3", 0.0), ("inf", 0.0), ("x", 0.0), ("1e9", 86_400.0)],
)
def test_a_crawl_delay_is_read_and_bounded(delay: str, seconds: float) -> None:
    assert rules_of(f"User-agent: *\nCrawl-delay: {delay}".encode()).delay == seconds


@pytest.mark.parametrize(
    ("signal", "read", "train"),
    [
        ("Content-Signal: search=yes, ai-train=no", True, False),
        ("Content-Signal: search=no", False, False),
        ("content-signal: ai-input=no, search=yes", False, False),
        ("Content-Usage: train-ai=n", True, False),
        ("Content-Signal: ai-train=yes", True, True),
    ],
)
def test_content_signals_say_what_may_be_done_with_texts(signal: str, *, read: bool, train: bool) -> None:
    signals = rules_of(f"User-agent: *\n{signal}\nAllow: /".encode()).signals
    assert (signals.read, signals.train) == (read, train)


def test_no_training_is_written_into_the_terms_of_each_mention(
    site: tuple[Site, Loopback], tmp_path: Path
) -> None:
    site[0].robots("User-agent: *\nContent-Signal: ai-train=no\nAllow: /")
    leave = leave_for(line_of(site[1], workshop(tmp_path)), SITE)
    assert held_back(leave)(mention()).terms.train is False


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows_everything(
    status: int, site: tuple[Site, Loopback], tmp_path: Path
) -> None:
    site[0].pages["/robots.txt"] = Reply(status=status, body=b"User-agent: *\nDisallow: /")
    assert leave_for(line_of(site[1], workshop(tmp_path)), SITE).why_not(f"{SITE}/a") == ""


@pytest.mark.parametrize("trouble", [Reply(status=500), Reply(status=503), Trouble.RESET, Trouble.HANG])
def test_a_robots_txt_that_cannot_be_had_forbids_everything_for_now(
    trouble: Reply | Trouble, site: tuple[Site, Loopback], tmp_path: Path
) -> None:
    site[1].always(trouble)
    with pytest.raises(TransientError):
        leave_for(line_of(site[1], workshop(tmp_path)), SITE)
    assert site[1].requests == 1


def test_too_many_requests_at_robots_txt_is_a_wait(site: tuple[Site, Loopback], tmp_path: Path) -> None:
    site[1].always(Reply(status=429, headers={"Retry-After": "60"}))
    with pytest.raises(RateLimitedError) as caught:
        leave_for(line_of(site[1], workshop(tmp_path)), SITE)
    assert caught.value.until == NOW + timedelta(seconds=60)


def test_redirects_are_followed_and_too_many_mean_that_there_is_none(
    site: tuple[Site, Loopback], tmp_path: Path
) -> None:
    site[0].pages["/robots.txt"] = Reply(status=301, headers={"Location": "/r"})
    site[0].pages["/r"] = Reply(body=b"User-agent: *\nDisallow: /a")
    assert leave_for(line_of(site[1], workshop(tmp_path)), SITE).why_not(f"{SITE}/a")
    site[0].pages["/r"] = Reply(status=302, headers={"Location": "/r"})
    assert not leave_for(line_of(site[1], workshop(tmp_path / "other")), SITE).why_not(f"{SITE}/a")


def test_a_robots_txt_is_asked_once_a_day(site: tuple[Site, Loopback], tmp_path: Path) -> None:
    shop = workshop(tmp_path)
    for hours, asked in ((0, 1), (23, 1), (24, 2), (25, 2)):
        leave_for(line_of(site[1], shop, hours), SITE)
        assert [one.path for one in site[1].asked].count("/robots.txt") == asked


def test_a_tdmrep_file_reserves_paths(site: tuple[Site, Loopback], tmp_path: Path) -> None:
    entries = [{"location": "/news/*", "tdm-reservation": 1}, {"location": "/", "tdm-reservation": 0}]
    site[0].pages["/.well-known/tdmrep.json"] = Reply(body=json.dumps(entries).encode())
    leave = leave_for(line_of(site[1], workshop(tmp_path)), SITE)
    assert leave.why_not(f"{SITE}/forum") == ""
    with pytest.raises(ForbiddenError):
        leave.asked(f"{SITE}/news/1")


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"[[]]", b"[1]", b"\xff", b"[" * 100_000])
def test_a_tdmrep_file_that_is_none_reserves_nothing(
    body: bytes, site: tuple[Site, Loopback], tmp_path: Path
) -> None:
    site[0].pages["/.well-known/tdmrep.json"] = Reply(body=body)
    assert leave_for(line_of(site[1], workshop(tmp_path)), SITE).reserved == ()


@pytest.mark.parametrize(
    ("headers", "body", "reserved"),
    [
        ({}, b"<p>tdm-reservation</p>", False),
        ({"tdm-reservation": "1"}, b"", True),
        ({"tdm-reservation": "0"}, b"", False),
        ({}, b'<meta name="tdm-reservation" content="1">', True),
        ({}, b"<META content='1' name=TDM-Reservation>", True),
        ({}, b'<meta name="robots" content="index, noai">', True),
        ({}, b'<meta name="robots" content="noindex">', False),
        ({"x-robots-tag": "noai, noimageai"}, b"", True),
        ({"x-robots-tag": "otherbot: noai"}, b"", False),
        ({"x-robots-tag": "klankbord: noai"}, b"", True),
        ({"x-robots-tag": "index, max-video-preview:-1, noai"}, b"", True),
        ({"content-signal": "ai-input=no"}, b"", True),
        ({"content-signal": "ai-train=no"}, b"", False),
    ],
)
def test_a_page_can_reserve_its_text(headers: dict[str, str], body: bytes, *, reserved: bool) -> None:
    assert bool(reservation(Answer(status=200, headers=headers, url=SITE, body=body))) is reserved


def test_every_refusal_is_one_of_the_five_errors(site: tuple[Site, Loopback], tmp_path: Path) -> None:
    site[0].robots("User-agent: *\nDisallow: /")
    with pytest.raises(cast("type[Exception]", CollectError)):
        leave_for(line_of(site[1], workshop(tmp_path)), SITE).asked(f"{SITE}/a")


@pytest.mark.parametrize("few", [1, 2])
def test_a_reservation_that_could_not_be_asked_for_is_not_taken_for_leave(
    few: int, site: tuple[Site, Loopback], tmp_path: Path
) -> None:
    entries = [{"location": "/", "tdm-reservation": 1}]
    site[0].pages["/.well-known/tdmrep.json"] = Reply(body=json.dumps(entries).encode())
    line = line_of(site[1], workshop(tmp_path))
    line.budget = Budget(requests=few)
    with pytest.raises(CollectError):
        leave_for(line, SITE).asked(f"{SITE}/a")


def test_a_robots_txt_that_moved_and_cannot_be_followed_now_is_no_leave(
    site: tuple[Site, Loopback], tmp_path: Path
) -> None:
    site[0].pages["/robots.txt"] = Reply(status=301, headers={"Location": "/r"})
    site[0].pages["/r"] = Reply(body=b"User-agent: *\nDisallow: /a")
    shop = workshop(tmp_path)
    line = line_of(site[1], shop)
    line.budget = Budget(requests=1)
    with pytest.raises(TransientError, match="too few requests"):
        leave_for(line, SITE)
    assert leave_for(line_of(site[1], shop), SITE).why_not(f"{SITE}/a")
