"""A policy file is checked: every mistake at once, by file, key, what was found and what is allowed."""

import tomllib
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.modes import Circumstances
from klankbord.checking import check_config
from klankbord.errors import SettingsError
from klankbord.mention import Terms
from klankbord.policies.advice import advice_on
from klankbord.policies.caps import Around, caps_of, rules_of
from klankbord.policies.demands import demanded
from klankbord.policies.reading import policy_mistakes, read_policy
from klankbord.policies.wording import worded
from klankbord.policy import Mode, Strictness
from klankbord.settings import Fact, Organisation, Topic, policy_of, starter_folder

STARTER = starter_folder() / "policy.toml"
TEXT = STARTER.read_text("utf-8")
SHIPPED = policy_of(STARTER)


def keys(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    """Which keys are wrong once each text is replaced by the other, at its first place."""
    changed = TEXT
    for before, after in changes:
        assert before in changed
        changed = changed.replace(before, after, 1)
    file = tmp_path / "policy.toml"
    file.write_text(changed, "utf-8")
    return [one.key for one in policy_mistakes(file)]


def test_the_policy_that_ships_has_no_mistake() -> None:
    assert policy_mistakes(STARTER) == ()
    assert read_policy(STARTER).id == "default-nl-en"


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ("liberal = 0.9, standard = 0.8, strict = 0.7", "liberal = 0.9, standard = 0.8, strict = 0.69", "clause.2.thresholds.strict"),
        ("liberal = 0.9, standard = 0.8, strict = 0.7", "liberal = 0.8, standard = 0.9, strict = 0.7", "clause.2.thresholds.standard"),
        ("thresholds = {standard = 0.8, strict = 0.7}", "thresholds = {standard = 0.8}", "clause.3.thresholds.strict"),
        ('{liberal = "silent", standard = "digest", strict = "digest"}', '{liberal = "silent", standard = "digest", strict = "count"}', "clause.3.levels.strict"),
        ('{liberal = "silent", standard = "digest", strict = "digest"}', '{liberal = "silent", standard = "digest"}', "clause.3.levels.strict"),
        ('"P02-collective", "P03-working', '"P03-working', "clause.2.exceptions"),
        ('"P06-public-debate", "P07', '"P16-none", "P07', "clause.2.exceptions"),
        ('needs = ["company_mention", "internal', 'needs = ["internal', "clause.3.needs"),
        ('"internal_document_cue"', '"full_moon"', "clause.3.needs"),
        ('id = "P03-working-conditions"', 'id = "P33-working-conditions"', "protected"),
        ('effect = "suppress_finding_and_text"', 'effect = "mention_only"', "protected.2.effect"),
        ('id = "C03-internal-conversation"', 'id = "C02-internal-conversation"', "clause.3.id"),
        ('en = "Confidential stays inside"', "", "clause.2.title.en"),
        ('en = ["Busy week at Example Ltd, lots of new customers!"]', "", "clause.2.examples.pass.en"),
        ('en = "Public posts that name', 'de = "Public posts that name', "scope.covers.en"),
        ("resembles topic {topic}", "resembles a topic", "clause.2.finding_text"),
        ("the text resembles topic {topic}", "the text resembles {author}", "clause.2.finding_text.en"),
        ("Possible internal conversation in public: the text appears to quote", "Here they quote", "clause.3.finding_text.en"),
        ("Whether there was permission is not known.", "", "clause.3.finding_text.en"),
        ("Share internal mails", "Who is caught shares mails", "clause.3.text.en"),
        ('    "caught",\n', "", "wording.banned.en"),
        ("To report wrongdoing: {whistleblower_url}.", "", "wording.footer.en"),
        ("[retention] # days", "[locked]\nauthor_ranking = true\n\n[retention] # days", "locked.author_ranking"),
        ("finding_open = 60", "finding_open = 61", "retention.finding_open"),
        ('kind = "principle"', 'kind = "rule"', "clause.1.kind"),
        ('purpose = "protect-confidentiality"', 'purpose = "follow-people"', "clause.2.purpose"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_by_its_key(tmp_path: Path, before: str, after: str, key: str) -> None:
    found = keys(tmp_path, (before, after))
    assert key in found
    assert len(found) == len(set(found)) or key in {"clause.2.exceptions", "clause.3.finding_text.en"}


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    found = keys(
        tmp_path,
        ("finding_open = 60", "finding_open = 600"),
        ("strict = 0.7}", "strict = 0.6}"),
        ('en = "Confidential stays inside"', ""),
        ('id = "P05-special-data"', 'id = "P15-special-data"'),
    )
    assert {"retention.finding_open", "clause.2.thresholds.strict", "clause.2.title.en", "protected"} <= set(
        found
    )


@pytest.mark.parametrize(
    "content", [b"", b"clause = 3", b"\xff\xfe", b"[[clause]]\nid = 4\nneeds = {}", b"a = ["]
)
def test_a_file_that_is_no_policy_is_refused_with_reasons(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "policy.toml"
    file.write_bytes(content)
    assert policy_mistakes(file) != ()
    with pytest.raises(SettingsError):
        read_policy(file)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    assert [one.found for one in policy_mistakes(tmp_path / "none.toml")] == ["no such file"]


DOCUMENT = tomllib.loads(TEXT)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["id", "kind", "levels", "thresholds", "exceptions", "needs", "title", "nl", "en", "strict", "effect"]
    ), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from([*DOCUMENT, "locked"]), ANYTHING, max_size=6))
def test_no_document_breaks_the_check(document: dict[str, Any]) -> None:
    found = [*demanded(document, DOCUMENT), *worded(document, DOCUMENT)]
    assert all(key and said and allowed for key, said, allowed in found)


def test_the_config_check_refuses_what_the_policy_check_refuses(tmp_path: Path) -> None:
    (tmp_path / "organisation.toml").write_text('name = "Voorbeeld BV"\n')
    changed = TEXT.replace("standard = 0.8, strict = 0.7}", "standard = 0.95, strict = 0.7}", 1)
    (tmp_path / "policy.toml").write_text(changed, "utf-8")
    with pytest.raises(SettingsError, match=r"clause\.2\.thresholds\.standard"):
        check_config(tmp_path)


# advice, and what keeps a clause low

BARE = Organisation(name="Voorbeeld BV")
TOLD = Organisation(
    name="Voorbeeld BV",
    competitors=("Concurrent NV",),
    topic=(Topic(id="t", meaning="The new rates", market_sensitive=True),),
    fact=(Fact(topic="opzeggen", nl="Dertig dagen.", en="Thirty days."),),
)
PLENTY = {f"C{number:02}": 40 for number in range(1, 13)}


def test_advice_tells_what_stays_silent_and_what_only_counts() -> None:
    around = Around(organisation=BARE, adopted=False, test_positives={**PLENTY, "C11": 29})
    advice = "\n".join(advice_on(SHIPPED, SHIPPED, around))
    for said in ("C02 stays silent", "C07 stays silent", "C06 stays silent", "C05 is only counted"):
        assert said in advice
    assert "29 test posts are too few to say how good C11 is" in advice
    assert "C03" not in advice


def test_nothing_is_advised_where_all_is_filled_in() -> None:
    whole = replace(SHIPPED, contact="a@example.org", whistleblower_url="https://example.org", adopted=True)
    assert (
        list(advice_on(whole, SHIPPED, Around(organisation=TOLD, adopted=True, test_positives=PLENTY))) == []
    )


def test_a_clause_that_is_too_wide_is_remarked_on() -> None:
    wide = replace(
        SHIPPED.clause("C02"),
        text={"en": "Never make negative remarks or talk about wages.", "nl": "Praat nooit over je loon."},
    )
    policy = replace(SHIPPED, clauses=(wide,))
    advice = [one for one in advice_on(policy, SHIPPED, None) if "text" in one]
    assert [one.partition(":")[0] for one in advice] == [
        "C02-confidential.text.en", "C02-confidential.text.en", "C02-confidential.text.nl",
    ]  # fmt: skip


def test_less_than_what_ships_is_remarked_on() -> None:
    clause = SHIPPED.clause("C02")
    less = replace(clause, needs=clause.needs[:1], exceptions=clause.exceptions - {"P06-public-debate"})
    told = "\n".join(advice_on(replace(SHIPPED, clauses=(less,)), SHIPPED, None))
    assert "without not_already_public" in told
    assert "without P06-public-debate" in told


@pytest.mark.parametrize("adopted", [True, False])
@pytest.mark.parametrize("small", [True, False])
def test_caps_say_the_same_as_the_judgement_does(*, adopted: bool, small: bool) -> None:
    organisation = TOLD.model_copy(update={"small": small})
    kinds = [
        Terms(alert=alert, affiliation=affiliation, clauses=clauses, count_clauses=counted)
        for alert, affiliation, clauses, counted in product(
            (True, False), (True, False), ((), ("C07", "C05")), ((), ("C11", "C03"))
        )
    ]
    positives = {**PLENTY, "C08": 3}
    widest = replace(
        SHIPPED,
        adopted=adopted,
        clauses=tuple(
            replace(one, enabled=True, levels=dict.fromkeys(Strictness, Mode.ALERT))
            for one in SHIPPED.clauses
        ),
    )
    judging = Circumstances(policy=widest, small=small, test_positives=positives)
    for terms, clause in product(kinds, rules_of(widest)):
        around = Around(
            organisation=organisation, adopted=adopted, sources=[("s", terms)], test_positives=positives
        )
        told = min((cap.mode for cap in caps_of(clause, around)), default=Mode.ALERT)
        assert told == judging.ceiling(clause, terms), (clause.id, terms)
