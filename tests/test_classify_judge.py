"""What the classifier says of posts, and what must never move it."""

import hashlib
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import builders
import numpy as np
import pytest
from numpy.typing import NDArray
from test_classify_model_file import shared_model, trained  # noqa: F401 - a fixture of every test here

from classify import corpus, judge
from classify.conditions import Seen, holds
from classify.corpus import Example
from classify.judge import PolicyClassifier
from classify.judging_corpus import mention_of, settings_for
from classify.own_words import own_words
from classify.reading import Reading, read
from classify.signals import Span, votes
from klankbord.finding import ClauseScore, Judgement, Protection
from klankbord.mention import Mention, Terms
from klankbord.policy import Mode, Policy, Strictness
from klankbord.settings import Fact, Organisation, Topic, policy_of

POLICY = replace(policy_of(Path(__file__).parent.parent / "config" / "policy.toml"), adopted=True)
VOORBEELD = Organisation(
    name="Voorbeeld BV",
    aliases=("Example Ltd", "Universiteit Voorbeeld", "Example University"),
    competitors=("Ander BV", "Other Ltd"),
    topic=(
        Topic(id="sites", meaning="Sites that open or close", terms_nl=("vestiging",), terms_en=("site",)),
    ),
    fact=(
        Fact(
            topic="opzeggen",
            terms_en=("cancel", "notice period"),
            nl="De opzegtermijn is 30 dagen.",
            en="The notice period is 30 days.",
            url="https://www.voorbeeld.example/opzeggen",
        ),
    ),
)
PROMOTION = "Finally a fair plan. Our deal at Example Ltd really is the best, go see!"
CLOSING = "Nobody knows yet: Example Ltd closes its Zwolle site in June."
ADVICE = "With Example Ltd you never need to cancel, you can just stop paying, no notice period."
EXPOSED = "Karin van de balie bij Voorbeeld BV zit in de schuldsanering, zegt men."


def classifier(organisation: Organisation = VOORBEELD, policy: Policy = POLICY) -> PolicyClassifier:
    return PolicyClassifier(settings_for(organisation, policy), trained())


def judged(
    text: str, organisation: Organisation = VOORBEELD, policy: Policy = POLICY, **given: object
) -> Judgement:
    return classifier(organisation, policy).judge([builders.mention(text, lang=None, **given)])[0]


def modes(judgement: Judgement) -> dict[str, str]:
    return {score.clause_id[:3]: score.mode.word for score in judgement.clauses if score.mode > Mode.SILENT}


def of(judgement: Judgement, number: str) -> ClauseScore:
    return next(score for score in judgement.clauses if score.clause_id.startswith(number))


def test_a_post_about_something_else_is_not_judged() -> None:
    assert judged("Mooi weer vandaag in de stad") == replace(
        judged("Mooi weer vandaag in de stad"), about=False
    )
    assert judged("Mooi weer vandaag in de stad").clauses == ()


def test_every_enabled_rule_clause_has_a_score_in_the_order_of_the_policy() -> None:
    scores = judged("Mooie fiets gekocht bij Voorbeeld BV").clauses
    assert [score.clause_id for score in scores] == [clause.id for clause in POLICY.rules]
    assert all(0.0 <= score.score <= 1.0 for score in scores)


def test_a_confidential_item_is_an_alert_with_its_words() -> None:
    found = of(judged(CLOSING), "C02")
    assert found.mode is Mode.ALERT
    assert found.details == {"topic": "site"}
    shown = {item.signal: CLOSING[item.start : item.end] for item in found.evidence}
    assert shown["confidential_topic"] == "site"


def test_advice_that_departs_from_the_fact_file_cites_it_whoever_writes() -> None:
    found = of(judged(ADVICE), "C07")
    assert (found.mode, found.details["fact_url"]) == (Mode.DIGEST, "https://www.voorbeeld.example/opzeggen")
    assert of(judged("I work there. " + ADVICE), "C07").mode is Mode.DIGEST


def test_lists_that_are_not_filled_in_keep_their_clauses_silent() -> None:
    bare = VOORBEELD.model_copy(update={"topic": (), "fact": (), "competitors": ()})
    assert modes(judged(CLOSING, bare)) == {}
    assert modes(judged(ADVICE, bare)) == {}


def test_every_finding_has_evidence_inside_its_own_field() -> None:
    for mention, judgement in zip(WRITTEN, judge_written(), strict=True):
        for score in judgement.clauses:
            if score.mode > Mode.SILENT:
                assert score.evidence
            for item in score.evidence:
                assert 0 <= item.start < item.end <= len(getattr(mention, item.field))


def test_evidence_counts_characters_of_the_text_as_given() -> None:
    text = "Cafe\u0301 tip: " + ADVICE
    found = of(judged(text), "C07")
    shown = [text[item.start : item.end] for item in found.evidence]
    assert any(words and words in ADVICE for words in shown)
    assert all(words.strip() == words for words in shown)


def test_a_title_without_text_is_judged_in_its_own_field() -> None:
    found = of(judged("", title=CLOSING), "C02")
    assert found.mode is Mode.ALERT
    assert {item.field for item in found.evidence} == {"title"}


def test_the_source_s_terms_cap_what_becomes_of_a_finding() -> None:
    assert modes(judged(CLOSING, terms=Terms(alert=False)))["C02"] == "digest"
    assert modes(judged(PROMOTION)) == {"C05": "digest"}
    assert modes(judged(PROMOTION, terms=Terms(affiliation=False))) == {}
    assert judged(PROMOTION, terms=Terms(classify=False)).clauses == ()


def test_without_an_adoption_record_clauses_that_read_a_tie_only_count() -> None:
    assert modes(judged(PROMOTION, policy=replace(POLICY, adopted=False))) == {"C05": "count"}
    assert modes(judged(CLOSING, policy=replace(POLICY, adopted=False)))["C02"] == "alert"


def test_a_small_organisation_counts_where_people_are_close() -> None:
    small = VOORBEELD.model_copy(update={"small": True})
    assert modes(judged(EXPOSED)) == {"C08": "digest"}
    assert modes(judged(EXPOSED, small)) == {"C08": "count"}


def test_too_few_test_posts_cap_a_clause_at_counts() -> None:
    few = {**trained().metrics.test_positives, "C02": 29}
    model = replace(trained(), metrics=replace(trained().metrics, test_positives=few))
    found = PolicyClassifier(settings_for(VOORBEELD, POLICY), model).judge([builders.mention(CLOSING)])[0]
    assert of(found, "C02").mode is Mode.COUNT


def test_what_is_public_already_is_no_confidential_finding() -> None:
    assert "C02" not in modes(judged(CLOSING + " According to the newspaper, says the press release."))


def test_an_official_reply_is_no_help_on_somebody_s_behalf() -> None:
    reply = "We'll sort that for you, just post your Example Ltd customer number here."
    assert modes(judged(reply))["C09"] == "count"
    assert "C09" not in modes(judged(reply + " Regards, Lisa from webcare"))


def test_a_listed_organisation_has_the_clause_on_price_sensitive_items() -> None:
    rules = tuple(
        replace(clause, enabled=True) if clause.number == "C12" else clause for clause in POLICY.clauses
    )
    listed = replace(POLICY, clauses=rules)
    assert "C12" not in modes(judged(CLOSING, policy=listed))
    sensitive = tuple(topic.model_copy(update={"market_sensitive": True}) for topic in VOORBEELD.topic)
    organisation = VOORBEELD.model_copy(update={"topic": sensitive})
    strict = replace(listed, strictness=Strictness.STRICT)
    assert modes(judged(CLOSING, organisation, strict))["C12"] == "alert"


def test_something_that_goes_wrong_on_one_post_gives_no_finding_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(reading: Reading) -> Mapping[str, tuple[Span, ...]]:
        if "boom" in reading.text:
            raise RuntimeError
        return votes(reading)

    monkeypatch.setattr(judge, "votes", breaks)
    first, second = classifier().judge([builders.mention("boom " + CLOSING), builders.mention(CLOSING)])
    assert (first.about, first.protection, first.clauses) == (True, Protection.NO_FINDING, ())
    assert of(second, "C02").mode is Mode.ALERT


def test_a_text_in_a_language_nobody_judges_gives_no_finding() -> None:
    german = "Niemand weiss es noch, aber Example Ltd schliesst im Juni die Filiale in Zwolle, ganz geheim"
    assert judged(german).protection is Protection.NO_FINDING


def test_hostile_posts_are_judged_without_an_error() -> None:
    texts = [
        "Voorbeeld BV " + text
        for text in ("a" * 20_000, '"' * 20_000, "\u202e" * 500, "\x00", "\ud800", "1 " * 9000)
    ]
    assert (
        len(
            classifier().judge(
                [builders.mention(text, native_id=str(place)) for place, text in enumerate(texts)]
            )
        )
        == 6
    )


# What must never move it: the shipped posts of one organisation, judged again under a change.
CORPUS = corpus.load("train")
ORG = next(iter(CORPUS.organisations))
POSTS: list[Example] = [post for post in CORPUS.examples if post.org == ORG]
WRITTEN: list[Mention] = [mention_of(post) for post in POSTS]


def judge_written(policy: Policy = POLICY, mentions: list[Mention] | None = None) -> list[Judgement]:
    return classifier(CORPUS.organisations[ORG], policy).judge(WRITTEN if mentions is None else mentions)


def test_judging_twice_and_one_by_one_gives_the_same() -> None:
    seen = judge_written()
    assert judge_written() == seen
    one = classifier(CORPUS.organisations[ORG])
    assert [one.judge([mention])[0] for mention in WRITTEN[:40]] == seen[:40]


class MadeUpEncoder:
    """A unit vector that depends on the text alone."""

    name = "made-up-1"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) for text in texts]
        rows = np.array([np.random.default_rng(seed).normal(size=384) for seed in seeds], dtype=np.float32)
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_a_second_look_gives_the_same_alone_and_beside_others_and_is_kept() -> None:
    told = settings_for(CORPUS.organisations[ORG], POLICY)
    told = told.model_copy(update={"general": told.general.model_copy(update={"encode": "all"})})
    one = PolicyClassifier(told, trained(), MadeUpEncoder())
    seen = one.judge(WRITTEN)
    assert [one.judge([mention])[0] for mention in WRITTEN[:30]] == seen[:30]
    kept = {judgement.mention_id: judgement.embedding for judgement in seen if judgement.embedding}
    assert kept
    assert one.judge(WRITTEN, kept) == seen
    assert all(one.protection is Protection.NONE for one in seen if one.embedding)


def test_authors_and_times_are_never_read() -> None:
    names = [f"author{number}" for number in range(len(WRITTEN))]
    random.Random(0).shuffle(names)
    signed = [replace(mention, author=name) for mention, name in zip(WRITTEN, names, strict=True)]
    assert repr(judge_written(mentions=signed)) == repr(judge_written())


def test_raising_strictness_never_removes_a_finding_and_never_moves_the_guard() -> None:
    levels = [judge_written(replace(POLICY, strictness=level)) for level in Strictness]
    for lower, higher in pairwise(levels):
        for before, after in zip(lower, higher, strict=True):
            assert before.protection == after.protection
            assert set(modes(before)) <= set(modes(after))


def test_another_name_for_the_organisation_moves_no_score() -> None:
    organisation = CORPUS.organisations[ORG]
    own = re.compile("|".join(re.escape(name) for name in sorted(organisation.names, key=len, reverse=True)))
    products = tuple(own.sub("Xaverium", product) for product in organisation.products)
    facts = tuple(
        fact.model_copy(update={"nl": own.sub("Xaverium", fact.nl), "en": own.sub("Xaverium", fact.en)})
        for fact in organisation.fact
    )
    renamed = organisation.model_copy(
        update={"name": "Xaverium", "aliases": (), "products": products, "fact": facts}
    )
    other = PolicyClassifier(settings_for(renamed, POLICY), trained())
    for mention, before in zip(WRITTEN, judge_written(), strict=True):
        text = own.sub("Xaverium", mention.text)
        if text == mention.text:
            continue
        after = other.judge([replace(mention, text=text)])[0]
        assert after.protection == before.protection
        for old, new in zip(before.clauses, after.clauses, strict=True):
            assert abs(old.score - new.score) < 0.05


@pytest.mark.parametrize("insult", ["Wat een waardeloos rotbedrijf.", "Such a useless, stupid company."])
def test_an_insult_of_the_organisation_makes_no_finding(insult: str) -> None:
    added = [replace(mention, text=f"{mention.text} {insult}") for mention in WRITTEN]
    for before, after in zip(judge_written(), judge_written(mentions=added), strict=True):
        assert set(modes(after)) <= set(modes(before)) or before.protection is not Protection.NONE


def test_the_version_changes_with_what_decides() -> None:
    same = classifier().version
    assert classifier().version == same
    assert classifier(policy=replace(POLICY, strictness=Strictness.STRICT)).version != same
    assert classifier(VOORBEELD.model_copy(update={"small": True})).version != same


def test_a_high_score_alone_meets_no_condition_of_a_clause() -> None:
    reading = read("", "een gewone tekst over voorbeeld bv", "", own_words(VOORBEELD))
    seen = Seen(reading=reading, voted={}, decided=True)
    unsure = Seen(reading=reading, voted={}, decided=False)
    for need in ("confidential_topic_match", "self_declared_in_post", "third_party_identifiable"):
        assert not holds(need, seen), need
    for clause in POLICY.rules:
        assert not all(holds(need, unsure) for need in clause.needs), clause.id
    assert not holds("a_condition_nobody_knows", seen)


NEWS = [
    "De startbewijzen voor de Voorbeeld BV-loop zijn vanaf 14 januari te koop en kosten 32,50 euro.",
    "Tickets for the Example Ltd run are on sale from 14 January and cost 32.50 euro.",
    "Voorbeeld BV maakte vandaag bekend dat de winkel in mei opengaat, aldus een woordvoerder.",
    "Example Ltd announced on Tuesday that its new line opens on 4 May, a spokesperson said.",
]


@pytest.mark.parametrize("text", NEWS)
def test_news_with_a_date_and_a_figure_is_no_confidential_finding(text: str) -> None:
    assert "C02" not in modes(judged(text, policy=replace(POLICY, strictness=Strictness.STRICT)))


@pytest.mark.parametrize(
    "text",
    [
        "Mijn klantnummer bij Voorbeeld BV is 4455667 en ik wacht al drie weken op antwoord.",
        "My account number at Example Ltd is 88771234, still no reply after three weeks.",
        "Bij Voorbeeld BV hielp men mij bij de balie.",
    ],
)
def test_one_s_own_number_in_a_complaint_is_no_finding(text: str) -> None:
    assert "C11" not in modes(judged(text, policy=replace(POLICY, strictness=Strictness.STRICT)))


def test_details_hold_the_organisation_s_own_words_and_never_the_post_s() -> None:
    given = VOORBEELD.model_dump_json().lower()
    for judgement in [judged(text) for text in (CLOSING, PROMOTION, ADVICE, EXPOSED)]:
        for score in judgement.clauses:
            for key, value in score.details.items():
                assert key == "pattern" or value.lower() in given, (key, value)
