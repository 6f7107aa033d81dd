"""Two policies are compared: nothing where they are equal, every change where they are not."""

import copy
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klankbord.policies.difference import Change, changes
from klankbord.policies.difference_words import sentence
from klankbord.policy import Lang
from klankbord.settings import starter_folder
from klankbord.settings.policy_file import PolicyFile

DOCUMENT: dict[str, Any] = tomllib.loads((starter_folder() / "policy.toml").read_text("utf-8"))
SHIPPED = PolicyFile.model_validate(DOCUMENT)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
#: clauses by their place: C02, C05, C07, C11
PLACES = st.sampled_from([1, 4, 6, 10])


def changed(path: tuple[str | int, ...], value: object) -> PolicyFile:
    """The policy that ships with one other value."""
    document = copy.deepcopy(DOCUMENT)
    at: Any = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return PolicyFile.model_validate(document)


def one(path: tuple[str | int, ...], value: object) -> Change:
    found = changes(SHIPPED, changed(path, value))
    assert len(found) == 1, found
    return found[0]


def test_equal_policies_have_no_difference() -> None:
    assert changes(SHIPPED, SHIPPED) == ()
    assert changes(SHIPPED, PolicyFile.model_validate(copy.deepcopy(DOCUMENT))) == ()


@settings(max_examples=40, deadline=None)
@given(
    PLACES,
    st.sampled_from(["title", "text", "finding_text", "innocent_reading", "suggested_action"]),
    st.sampled_from(["nl", "en"]),
    WORDS,
)
def test_every_changed_text_appears(place: int, name: str, lang: str, words: str) -> None:
    before = DOCUMENT["clause"][place][name][lang]
    found = changes(SHIPPED, changed(("clause", place, name, lang), words))
    if words == before:
        assert found == ()
        return
    [change] = found
    assert (change.part, change.key) == (DOCUMENT["clause"][place]["id"][:3], f"{name}.{lang}")
    assert (change.before, change.after) == (before, words)
    for spoken in ("nl", "en"):
        told = sentence(change, "nl" if spoken == "nl" else "en")
        assert words in told
        assert before in told


@settings(max_examples=40, deadline=None)
@given(PLACES, st.lists(WORDS, max_size=5))
def test_every_example_that_came_or_went_appears(place: int, sentences: list[str]) -> None:
    before = DOCUMENT["clause"][place]["examples"]["flag"]["en"]
    found = changes(SHIPPED, changed(("clause", place, "examples", "flag", "en"), sentences))
    told = " ".join(sentence(change, "en") for change in found)
    assert bool(found) == (sentences != before)
    for item in set(sentences) ^ set(before):
        assert item in told


@settings(max_examples=30, deadline=None)
@given(PLACES, st.integers(700, 1000))
def test_a_lower_threshold_is_material_and_a_higher_one_is_not(place: int, thousandths: int) -> None:
    clause, threshold = DOCUMENT["clause"][place], thousandths / 1000
    before = clause["thresholds"]["standard"]
    found = changes(SHIPPED, changed(("clause", place, "thresholds", "standard"), threshold))
    assert [change.material for change in found] == ([] if threshold == before else [threshold < before])
    for change in found:
        assert f"{threshold:g}" in sentence(change, "en")
        assert f"{threshold:g}".replace(".", ",") in sentence(change, "nl")


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(range(len(DOCUMENT["clause"]))), unique=True, max_size=4))
def test_clauses_that_went_are_told_and_come_back_the_other_way(gone: list[int]) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["clause"] = [clause for place, clause in enumerate(document["clause"]) if place not in gone]
    fewer = PolicyFile.model_validate(document)
    names = sorted(DOCUMENT["clause"][place]["id"][:3] for place in gone)
    for found, what in ((changes(SHIPPED, fewer), "removed"), (changes(fewer, SHIPPED), "added")):
        assert sorted(change.part for change in found if not change.key) == names
        assert {change.what for change in found} <= {what}


@pytest.mark.parametrize(
    ("path", "value", "material"),
    [
        (("strictness",), "strict", True),
        (("strictness",), "liberal", False),
        (("contact",), "privacy@example.org", False),
        (("version",), "1.0.1", False),
        (("retention", "audit_log"), 401, True),
        (("retention", "finding_open"), 59, False),
        (("clause", 5, "levels", "standard"), "digest", True),
        (("clause", 6, "levels", "strict"), "digest", False),
        (("clause", 11, "enabled"), True, True),
        (("clause", 2, "enabled"), False, False),
        (("clause", 1, "needs"), ["company_mention"], True),
        (("clause", 6, "exceptions"), "all", False),
        (("clause", 2, "exceptions"), ["P01-misconduct", "P02-collective", "P07-private-life"], True),
        (("protected", 0, "effect"), "suppress_finding_and_text", False),
        (("protected", 0, "indicators", "nl"), ["misstand"], False),
    ],
)  # fmt: skip
def test_a_change_that_reaches_further_is_marked(
    path: tuple[str | int, ...], value: object, *, material: bool
) -> None:
    assert one(path, value).material is material


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("nl", "De drempel bij streng gaat van 0,7 naar 0,75: minder signalen."),
        ("en", "The threshold at strict goes from 0.7 to 0.75: fewer findings."),
    ],
)
def test_a_threshold_is_told_in_a_plain_sentence(lang: Lang, said: str) -> None:
    assert sentence(one(("clause", 1, "thresholds", "strict"), 0.75), lang) == said


def test_a_mode_is_told_in_words() -> None:
    change = one(("clause", 5, "levels", "standard"), "digest")
    assert (
        sentence(change, "nl")
        == "Signalen bij standaard: voortaan in het weekoverzicht, eerst alleen geteld."
    )
    assert (
        sentence(change, "en")
        == "Findings at standard: in the weekly digest from now on, only counted before."
    )
