"""Cues are tried only where their words stand, and that never changes what they find."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_classify_model_file import shared_model  # noqa: F401 - signals are the same for every test

from classify import corpus
from classify.signals import spans as cues
from classify.signals.needed import needed_words
from classify.signals.spans import either
from classify.training import readings_of


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("geheim", {"geheim"}),
        ("(?:mijn|my) (?:baas|boss)", {"baas", "boss"}),
        ("ik (?:werk|zit) (?:\\w+ ){0,3}bij", {"bij"}),
        ("q[1-4]", None),
        ("\\w+", None),
        ("(?:a|ergens)", None),
        ("colou?r", {"colo"}),
        ("ab{2,3}c", {"ab"}),
        ("(?!nooit)altijd", {"altijd"}),
        ("x(?:yz)*", None),
        ("(?P<name>geheim)", None),
        ("[unclosed", None),
    ],
)
def test_the_words_a_pattern_cannot_do_without(pattern: str, words: set[str] | None) -> None:
    assert needed_words(pattern) == (None if words is None else frozenset(words))


PIECES = st.sampled_from(
    [
        "werk",
        "mijn",
        "baas",
        "(?:op|aan)",
        "\\w+",
        "(?:niet )?",
        "x{0,2}",
        "een+",
        "[ab]c",
        " ",
        "(?:de |het )?",
        "a",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=5), st.text(alphabet="werkmijnbasopdthc x", max_size=40))
def test_a_text_that_matches_always_holds_a_needed_word(pieces: list[str], text: str) -> None:
    pattern = "".join(pieces)
    words = needed_words(pattern)
    match = re.search(pattern, text)
    if match is not None and words is not None:
        assert any(word in match[0] for word in words)


def test_no_cue_misses_a_written_post_because_it_was_not_tried() -> None:
    for reading in readings_of(corpus.load("train"))[::23]:
        for text in {reading.text, reading.unquoted}:
            tried = cues._tried(text)
            for cue in cues._CUES:
                stands = {place for place, (pattern, _) in enumerate(cue._patterns) if pattern.search(text)}
                assert stands <= tried.get(cue.number, frozenset())


def test_most_cues_are_not_tried_on_a_post() -> None:
    always = sum(len(places) for places in cues._automaton()[2].values())
    assert always <= 3


def test_spans_do_not_overlap_and_the_longest_at_a_place_wins() -> None:
    cues._automaton.cache_clear()
    cue = either("geheim", "geheim plan", "plan van aanpak")
    assert cue.spans("een geheim plan van aanpak") == ((4, 15),)
    assert cue.search("plan van aanpak")
    assert not cue.search("plannen")
    cues._CUES.remove(cue)
    cues._automaton.cache_clear()
    cues._tried.cache_clear()
