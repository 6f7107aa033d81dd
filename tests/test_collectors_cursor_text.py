"""What a collector remembers survives the way into a cursor and back."""

from dataclasses import dataclass

import pytest
from builders import NOW
from pydantic import TypeAdapter

from collectors.cursor_text import cursor_of, state_in
from collectors.youtube_cursor import Video, YouTubeCursor
from klankbord.ports import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    title: str


_FORM = TypeAdapter(_State)


@pytest.mark.parametrize("title", ["plain", "Café «voorbeeld» 😀", 'a "quote" \\ and \n'])
def test_every_sign_comes_back(title: str) -> None:
    text = cursor_of(_State(title=title), _FORM)
    assert text.isascii()
    assert state_in(text, _FORM) == _State(title=title)


@pytest.mark.parametrize(
    "odd", [None, "", "{", "[]", "null", '{"title":7}', "[" * 5_000, '{"title":"\\ud800"}']
)
def test_what_cannot_be_read_is_nothing(odd: str | None) -> None:
    assert state_in(Cursor(odd) if odd is not None else None, _FORM) is None


def test_half_a_sign_from_a_hostile_server_stops_nothing() -> None:
    assert state_in(cursor_of(_State(title="\ud800"), _FORM), _FORM) is None


def test_a_video_with_an_accent_in_its_title_does_not_make_youtubes_cursor_unreadable() -> None:
    video = Video(channel="UC", title="Café Voorbeeld, hé", published=NOW, high=NOW)
    state = YouTubeCursor(feeds={"UC": NOW}, videos={"v": video})
    assert YouTubeCursor.read(state.write(), ["UC"]) == state
