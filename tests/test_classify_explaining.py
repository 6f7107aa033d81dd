"""Why a finding stands: what met each condition, which words weighed, what it is near, what it may also be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import builders
import numpy as np
import pytest
from explained import POSTS, model

from classify.conditions import Seen
from classify.corpus import Example
from classify.explaining import Explanation, Told, band, explain, looked_at
from classify.grounds import GROUNDS, met, sure
from classify.heads import HEADS, PLACE
from classify.innocent import READINGS, UNKNOWN, UNKNOWN_OF, innocent
from classify.nearest import Case, nearest, shared
from classify.own_words import own_words
from classify.reading import document, read
from classify.signals import SIGNALS
from classify.weighing import MOST, by_meaning, by_words, given_places, weights
from klankbord.cli.explained_words import PHRASES
from klankbord.settings import Organisation, Topic, policy_of
from reports.wording import banned

POLICY = policy_of(Path(__file__).parent.parent / "config" / "policy.toml")
OWN = own_words(
    Organisation(
        name="Voorbeeld BV",
        topic=(Topic(id="tarieven", meaning="Tarieven", terms_nl=("tarieven",), terms_en=("rates",)),),
    )
)
TEXT = "De tarieven van Voorbeeld BV gaan omhoog naar 31,4 cent, nog niet bekend."
WRITTEN = {
    "a-1": Example(id="a-1", org="x", lang="nl", text="De tarieven van Zon gaan omhoog", clauses=("C02",)),
    "a-2": Example(id="a-2", org="x", lang="nl", text="De memo van maandag", clauses=("C02", "C03")),
    "a-3": Example(id="a-3", org="x", lang="nl", text="Storing", clauses=()),
}
MODEL = model()


def seen(text: str = TEXT, chances: Mapping[str, float] | None = None, **given: object) -> Seen:
    looked = looked_at(builders.mention(text), OWN, MODEL)
    said = np.zeros(len(HEADS))
    for head, chance in (chances or {}).items():
        said[PLACE[head]] = chance
    fields: dict[str, object] = {
        "reading": looked.reading, "voted": looked.voted, "decided": False, "chances": said
    } | given  # fmt: skip
    return Seen(**fields)  # type: ignore[arg-type]


def explained(text: str = TEXT, **given: object) -> Explanation:
    post = builders.mention(text)
    told = {"clause": POLICY.clause("C02"), "strictness": POLICY.strictness, "model_now": "now"}
    told |= {"written": WRITTEN} | given
    finding = builders.finding(mention=post)
    looked = looked_at(post, OWN, MODEL)
    return explain(finding, looked, MODEL, None, Told(**told), "nl")  # type: ignore[arg-type]


def test_every_condition_of_the_shipped_policy_has_its_grounds() -> None:
    assert {need for clause in POLICY.clauses for need in clause.needs} == set(GROUNDS)
    names = {signal.name for signal in SIGNALS}
    assert {name for ground in GROUNDS.values() for name in ground.signals} <= names
    assert {head for ground in GROUNDS.values() for head in ground.heads} <= set(HEADS)


def test_a_condition_names_the_words_that_met_it() -> None:
    found = met("confidential_topic_match", seen())
    assert (found.how, found.signals) == ("words", ("confidential_topic",))
    assert [TEXT[start:end] for start, end in found.spans] == ["tarieven"]


def test_a_condition_that_only_the_model_met_says_how_sure_it_is() -> None:
    plain = "Het gaat omhoog bij Voorbeeld BV, hoor ik."
    found = met("confidential_topic_match", seen(plain, {"confidential": 0.9}))
    assert (found.how, found.head, found.sure) == ("model", "confidential", "very_likely")
    assert met("confidential_topic_match", seen(plain, {"confidential": 0.6})).sure == "likely"
    assert met("confidential_topic_match", seen(plain)).how == "not_met"
    assert met("confidential_topic_match", seen(plain, listed=True)).how == "list"
    assert sure(0.49) == ""


def test_a_condition_of_absence_and_one_nobody_knows() -> None:
    assert met("not_already_public", seen()).how == "nothing_against"
    assert met("company_mention", seen()).how == "named"
    assert met("an_own_condition", seen()).how == "not_met"


def test_the_shares_by_words_add_up_to_the_part_by_words() -> None:
    words = document(read("Kop erboven", TEXT, "", OWN))
    row = MODEL.vectoriser.transform([replace(words, around="")])
    whole = float((row @ MODEL.plain.weights)[0, PLACE["C02"]])
    added = by_words(replace(words, around=""), "C02", MODEL, MODEL.plain)
    assert sum(added.values()) == pytest.approx(whole, rel=1e-5)
    assert len(by_words(words, "C02", MODEL, MODEL.plain)) == len(added)


def test_the_word_whose_loss_changes_the_meaning_most_comes_first() -> None:
    text = "de tarieven van Voorbeeld BV, al drie dagen"
    added = by_meaning(document(read("", text, "", OWN)), "C02", MODEL, MODEL.plain, None)
    assert max(added, key=lambda span: added[span])[0] < text.index(",")
    assert by_meaning(document(read("", "", "", OWN)), "C02", MODEL, MODEL.plain, None) == {}


def test_a_long_post_is_left_out_in_phrases_and_looked_at_once() -> None:
    asked: list[int] = []

    class Encoder:
        name = "counts"

        def encode(self, texts: Sequence[str]) -> "np.typing.NDArray[np.float32]":
            asked.append(len(texts))
            return np.ones((len(texts), 384), dtype=np.float32)

    long = document(read("", "woord " * 900, "", OWN))
    added = by_meaning(long, "C02", MODEL, MODEL.sharp, Encoder())
    assert asked == [len(added) + 1]
    assert len(added) <= MOST


def test_words_that_weighed_stand_where_they_stand_in_the_text_as_given() -> None:
    text = "É\u200bén ding: de TARIEVEN van Voorbeeld BV gaan om\u00adhoog, 31,4 cent, nog niet bekend"
    reading = read("", text, "", OWN)
    shown = weights(reading, document(reading), "C02", MODEL, MODEL.plain, None)
    assert {"TARIEVEN", "om\u00adhoog"} <= {text[one.start : one.end] for one in shown}
    assert "Voorbeeld" not in {text[one.start : one.end] for one in shown}
    assert all(0 < one.share <= 1 for one in shown)


def test_every_word_of_a_masked_text_but_the_signs_has_its_place() -> None:
    reading = read("", TEXT, "", OWN)
    places = given_places(reading, document(reading))
    assert [TEXT[start:end] for start, end in places.values()][:5] == [
        "De",
        "tarieven",
        "van",
        "gaan",
        "omhoog",
    ]


def case(text: str, name: str, place: tuple[float, ...]) -> Case:
    return Case(id=name, text=text, at=builders.NOW, place=np.array(place, dtype=np.float32))


def test_confirmed_findings_come_before_written_posts_and_far_ones_do_not_come() -> None:
    place = np.array([1, 0, 0, 0], dtype=np.float32)
    near = nearest(
        TEXT,
        place,
        "C02",
        MODEL,
        MODEL.plain,
        confirmed=[case("tarieven omhoog", "kfb", (0.9, 0.1, 0, 0)), case("ver weg", "zzz", (0, 1, 0, 0))],
        written=WRITTEN,
    )
    assert [(one.finding_id, one.confirmed_at) for one in near] == [
        ("kfb", builders.NOW), ("", None), ("", None)
    ]  # fmt: skip
    assert [one.text for one in near[1:]] == [WRITTEN["a-1"].text, WRITTEN["a-2"].text]


def test_written_posts_on_other_clauses_and_rows_that_are_gone_are_no_cases() -> None:
    place = np.array([0, 1, 0, 0], dtype=np.float32)
    gone = replace(MODEL, posts=("gone", *POSTS[1:]))
    near = nearest(TEXT, place, "C03", gone, MODEL.plain, confirmed=(), written=WRITTEN)
    assert [one.text for one in near] == [WRITTEN["a-2"].text]
    assert nearest(TEXT, place, "C09", gone, MODEL.plain, confirmed=(), written=WRITTEN) == ()


def test_only_rare_words_say_why_two_are_near() -> None:
    rare = replace(MODEL, vectoriser=replace(MODEL.vectoriser, idf=MODEL.vectoriser.idf + 9.0))
    assert shared("De tarieven gaan omhoog", "tarieven van maandag", rare) == ("tarieven",)
    assert shared("De tarieven gaan omhoog", "tarieven van maandag", MODEL) == ()


def test_an_explanation_holds_everything_a_reviewer_must_see() -> None:
    said = explained()
    assert (said.clause_title, bool(said.clause_text)) == (POLICY.clause("C02").title["nl"], True)
    assert [one.need for one in said.needs] == list(POLICY.clause("C02").needs)
    assert said.weights[0].by == "words"
    assert len(said.nearest) == 2
    assert (said.lens, said.sureness.band, said.sureness.share) == ("plain", "high", None)
    assert list(said.thresholds.values()) == [0.9, 0.8, 0.7]
    assert len(said.unknown) == 2


def test_a_share_is_told_from_fifty_confirmed_answers_on() -> None:
    assert explained(confirmed=49, dismissed=9).sureness.share is None
    assert explained(confirmed=50, dismissed=50).sureness.share == 0.5
    assert [band(score) for score in (0.7, 0.8, 0.9)] == ["low", "medium", "high"]


def test_a_text_that_is_gone_leaves_the_clause_and_what_is_not_known() -> None:
    said = explained("")
    assert (said.text, said.needs, said.weights, said.nearest) == ("", (), (), ())
    assert said.clause_text
    assert said.unknown


def test_the_innocent_reading_follows_the_signals() -> None:
    clause = POLICY.clause("C02")
    guess = innocent(clause, {"guess", "exact_figure"}, "en")
    figure = innocent(clause, {"exact_figure"}, "en")
    heard = innocent(clause, {"exact_figure", "inside_source"}, "en")
    assert len({guess, figure, heard}) == 3
    assert heard == clause.innocent_reading["en"]


def every_string() -> Iterator[tuple[str, str]]:
    tables: list[Mapping[str, str]] = [one.words for readings in READINGS.values() for one in readings]
    tables += [UNKNOWN, *UNKNOWN_OF.values()]
    for table in tables:
        yield from table.items()
    for language, phrases in PHRASES.items():
        yield from ((language, text) for text in phrases.values())


def test_no_string_holds_a_word_that_may_not_be_used() -> None:
    texts = list(every_string())
    assert len(texts) > 100
    assert [found for lang, text in texts if (found := banned(text, POLICY.wording, lang))] == []  # type: ignore[arg-type]


def test_every_reading_and_phrase_is_there_in_both_languages() -> None:
    assert set(PHRASES["nl"]) == set(PHRASES["en"])
    assert set(UNKNOWN_OF) == {clause.number for clause in POLICY.clauses if clause.kind == "rule"}
    needs = {f"need.{need}" for need in GROUNDS}
    assert needs <= set(PHRASES["en"])
    names = {signal.name for signal in SIGNALS}
    used = {name for all_ in READINGS.values() for one in all_ for name in (*one.present, *one.absent)}
    assert used <= names
    for readings in READINGS.values():
        assert all(set(one.words) == {"nl", "en"} for one in readings)
