"""A line keeps to its budget, and what it says of trouble names nobody."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from builders import NOW
from collecting import workshop

from collectors.answers import Answer, refusal
from collectors.line import Line, line_to
from klankbord.demo.loopback import Asked, Loopback, Reply
from klankbord.errors import RateLimitedError, TransientError
from klankbord.ports import Budget
from klankbord.settings.models import SourcesFile

HALF = b'{"posts":[{"author":"Wieneke Planteman","text":"Vo'


class _Service:
    def answer(self, asked: Asked) -> Reply:
        return Reply(body=b"x" * 4_000 if asked.path == "/long" else HALF)


@pytest.fixture
def site() -> Iterator[Loopback]:
    with Loopback(_Service()) as standing:
        yield standing


def line(site: Loopback, folder: Path, budget: Budget) -> Line:
    table = {"id": "hn", "kind": "hackernews", "url": site.address, "allow_addresses": ["127.0.0.0/8"]}
    (source,) = SourcesFile.model_validate({"source": [table]}).source
    return line_to(source, workshop(folder), budget, NOW, Event())


def test_once_its_bytes_are_used_up_nothing_is_left_and_no_answer_seems_too_large(
    site: Loopback, tmp_path: Path
) -> None:
    one = line(site, tmp_path, Budget(bytes=3_000))
    assert (one.left, len(one.ask(f"{site.address}/long").body), one.left) == (20, 4_000, 0)
    one.took()
    assert one.left == 0
    with pytest.raises(TransientError, match="used up") as told:
        one.ask(f"{site.address}/long")
    # nothing was asked, so no host is to blame
    assert told.value.requests == 0


def test_half_an_answer_is_an_error_that_names_nobody(site: Loopback, tmp_path: Path) -> None:
    one = line(site, tmp_path, Budget())
    with pytest.raises(TransientError, match="no JSON came") as told:
        one.json(site.address)
    assert "ieneke" not in str(told.value)
    assert told.value.requests == 1


def test_a_value_that_a_library_cannot_read_does_not_stand_in_the_error(
    site: Loopback, tmp_path: Path
) -> None:
    one = line(site, tmp_path, Budget())
    with pytest.raises(TransientError) as told, one.translated():
        int(json.loads('"Wieneke"'))
    assert str(told.value) == "ValueError: an answer could not be read"
    with pytest.raises(TransientError, match="KeyError: 'body'"), one.translated():
        raise KeyError("body")


def test_a_wait_in_signs_that_only_look_like_digits_is_no_number() -> None:
    error = refusal(Answer(status=429, headers={"retry-after": "²"}, url=""), NOW)
    assert isinstance(error, RateLimitedError)
