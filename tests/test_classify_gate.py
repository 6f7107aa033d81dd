"""Which mentions are about the organisation."""

import builders

from classify.gate import OrganisationGate
from classify.language import detect
from klankbord.settings import Organisation, QuerySettings

VOORBEELD = Organisation(name="Noord", competitors=("Noord Bank",))


def gate(*expressions: str, language: str | None = None) -> OrganisationGate:
    queries = [
        QuerySettings.model_validate({"id": f"q{place}", "expression": text, "language": language})
        for place, text in enumerate(expressions)
    ]
    return OrganisationGate(queries, VOORBEELD)


def test_the_ids_of_all_queries_that_match_come_back() -> None:
    assert gate("storing", "klacht", "noord").matched(builders.mention("Storing bij Noord")) == ("q0", "q2")


def test_title_text_and_context_count_together() -> None:
    seen = gate("noord storing")
    assert seen.matched(builders.mention("Weer storing", title="Noord")) == ("q0",)
    assert seen.matched(builders.mention("Weer storing", context="@noord hallo?")) == ("q0",)
    assert seen.matched(builders.mention("Weer storing")) == ()


def test_a_phrase_does_not_run_from_title_into_text() -> None:
    assert gate('"noord storing"').matched(builders.mention("storing", title="Noord")) == ()


def test_a_query_for_one_language_leaves_the_other() -> None:
    dutch = gate("noord", language="nl")
    assert dutch.matched(builders.mention("Noord is weer traag vandaag", lang="nl")) == ("q0",)
    assert dutch.matched(builders.mention("Noord is slow again today", lang="en")) == ()
    assert dutch.matched(builders.mention("I really think Noord is slow again today", lang=None)) == ()


def test_the_longer_name_of_a_rival_is_no_mention() -> None:
    assert gate("noord").matched(builders.mention("Noord Bank is traag")) == ()
    assert gate("noord").matched(builders.mention("Noord Bank is trager dan Noord")) == ("q0",)


def test_an_unclear_text_has_no_language() -> None:
    assert [detect(text) for text in ("Wat een gedoe weer", "What a mess again", "", "42", "ok")] == [
        "nl", "en", None, None, None,
    ]  # fmt: skip
