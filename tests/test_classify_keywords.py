"""Keyword lists: what hits, what it does to a judgement, and what it never does."""

from dataclasses import replace
from pathlib import Path

import builders
import pytest
from test_classify_judge import CLOSING, POLICY, VOORBEELD
from test_classify_model_file import shared_model, trained  # noqa: F401 - a fixture of every test here

from classify.conditions import Seen, holds
from classify.fusion import lifted
from classify.gate import OrganisationGate
from classify.judge import PolicyClassifier
from classify.judging_corpus import settings_for
from classify.keyword_gate import gate_queries
from classify.keyword_list import compiled
from classify.keyword_proof import wrong_lists
from classify.keywords import Keywords, keywords_of
from classify.matcher_post import Post
from classify.own_words import own_words
from classify.reading import read
from classify.searches import searches_of
from klankbord.errors import SettingsError
from klankbord.finding import ClauseScore, Judgement
from klankbord.policy import Mode, Policy
from klankbord.settings import Exclusion, KeywordList, ListedTerm, Organisation, QuerySettings, Settings, load

QUIET = "De kassa bij Voorbeeld BV deed het vandaag niet, ik moest een kwartier wachten."
MEMO = "In de groepsapp van Voorbeeld BV: 'de taart voor Karin staat in de koelkast'"


def table(terms: object = "groepsapp", **given: object) -> KeywordList:
    fields = {"id": "inside", "clause": "C03", "weight": 0.4, "terms": terms} | given
    return KeywordList.model_validate(fields)


def settings(
    *lists: KeywordList, policy: Policy = POLICY, organisation: Organisation = VOORBEELD
) -> Settings:
    return settings_for(organisation, policy).model_copy(update={"keyword_lists": lists})


def judged(text: str, *lists: KeywordList, organisation: Organisation = VOORBEELD) -> Judgement:
    classifier = PolicyClassifier(settings(*lists, organisation=organisation), trained())
    return classifier.judge([builders.mention(text, lang=None)])[0]


def of(judgement: Judgement, number: str) -> ClauseScore:
    return next(score for score in judgement.clauses if score.clause_id.startswith(number))


def hits(text: str, *lists: KeywordList, lang: str | None = "nl", **given: str) -> dict[str, list[str]]:
    """For each list that hits, the words it found."""
    ready = Keywords(compiled(one, EXCLUSIONS, VOORBEELD) for one in lists)
    post = Post(text=text, **given)
    return {
        hit.table.id: [str(getattr(post, place.field))[place.start : place.end] for place in hit.places]
        for hit in ready.hits(post, lang)
    }


EXCLUSIONS = (Exclusion(id="jobs", excluded="vacature*\nwerken bij {name}"),)


@pytest.mark.parametrize(
    ("given", "text", "found"),
    [
        ({}, "Uit de Groepsapp!", ["Groepsapp"]),
        ({}, "groepsapps", None),
        ({"terms": "klantgegevens~\nverkoop*"}, "klant-gegevens en verkoopcijfers", ["klant-gegevens", "verkoopcijfers"]),
        ({"required": "collega*"}, "groepsapp", None),
        ({"required": "collega*"}, "de groepsapp van collega's", ["groepsapp"]),
        ({"excluded": "sportclub"}, "groepsapp van de sportclub", None),
        ({"exclude_templates": ["jobs"]}, "Vacature: beheer jij de groepsapp?", None),
        ({"exclude_templates": ["jobs"]}, "Werken bij Voorbeeld BV: groepsapp", None),
        ({"language": "en"}, "groepsapp", None),
        ({"language": "nl"}, "groepsapp", ["groepsapp"]),
        ({"term": [{"query": "storing NEAR/2 app"}], "terms": ""}, "een storing in de app", ["storing", "app"]),
    ],
)  # fmt: skip
def test_a_list_hits_what_its_terms_and_boxes_say(
    given: dict[str, object], text: str, found: list[str] | None
) -> None:
    assert hits(text, table(**({"terms": "groepsapp"} | given))) == ({"inside": found} if found else {})


def test_a_text_whose_language_is_not_known_passes() -> None:
    assert hits("groepsapp", table(language="en"), lang=None) == {"inside": ["groepsapp"]}


def test_which_terms_hit_is_told_for_two_versions_at_once() -> None:
    draft, live = table("memo\ngroepsapp"), table("groepsapp")
    ready = Keywords(compiled(one, (), VOORBEELD) for one in (draft, live))
    [found] = ready.hits_many([Post(text="memo in de groepsapp")], lambda _: None)
    assert [(number, [term for term, _ in hit.terms]) for number, hit in found] == [(0, [0, 1]), (1, [0])]


def test_places_are_those_of_the_text_as_it_was_written() -> None:
    assert hits("É́én ﬁjne gróépsapp", table()) == {"inside": ["gróépsapp"]}
    assert hits("niets", table(), title="De groepsapp") == {"inside": ["groepsapp"]}
    assert hits("niets", table(), context="De groepsapp") == {"inside": ["groepsapp"]}


def test_with_no_list_nothing_changes() -> None:
    plain = settings_for(VOORBEELD, POLICY)
    one, other = PolicyClassifier(plain, trained()), PolicyClassifier(settings(), trained())
    posts = [builders.mention(text, lang=None) for text in (QUIET, MEMO, CLOSING)]
    assert one.version == other.version
    assert one.judge(posts) == other.judge(posts)


def test_a_list_that_hits_nothing_changes_no_judgement_but_the_version() -> None:
    unheard = table("nooitgehoordwoord")
    for text in (QUIET, MEMO, CLOSING):
        assert judged(text, unheard) == judged(text)
    one = PolicyClassifier(settings(unheard), trained()).version
    other = PolicyClassifier(settings(table("anderwoord")), trained()).version
    assert len({one, other, PolicyClassifier(settings(), trained()).version}) == 3


def test_a_hit_lifts_the_score_by_its_weight_and_shows_its_words() -> None:
    before, after = of(judged(MEMO), "C03"), of(judged(MEMO, table(weight=0.4)), "C03")
    assert after.score == pytest.approx(1 - (1 - before.score) * 0.6, abs=1e-5)
    shown = [MEMO[one.start : one.end] for one in after.evidence if one.signal == "keyword:inside"]
    assert shown == ["groepsapp"]


def test_weights_of_several_lists_add_up_as_chances_do() -> None:
    assert lifted(0.5, []) == 0.5
    assert lifted(0.5, [0.2, 0.5]) == pytest.approx(1 - 0.5 * 0.8 * 0.5)
    assert lifted(0.3, [0.0]) == 0.3
    assert lifted(0.3, [1.0]) == 1.0


def test_a_list_touches_no_other_clause() -> None:
    before, after = judged(MEMO), judged(MEMO, table(weight=1.0))
    others = [one for one in after.clauses if not one.clause_id.startswith("C03")]
    assert others == [one for one in before.clauses if not one.clause_id.startswith("C03")]


def test_a_list_never_makes_up_for_a_condition_that_is_not_met() -> None:
    found = of(judged(CLOSING, table("site", clause="C03", weight=1.0)), "C03")
    assert (found.score, found.mode) == (1.0, Mode.SILENT)


def test_a_list_never_moves_the_guard() -> None:
    text = (
        "Morgen staken wij bij Voorbeeld BV voor een fatsoenlijke cao, kom naar de poort, zegt de groepsapp."
    )
    assert judged(text, table(weight=1.0)) == judged(text)
    assert judged(text).clauses == ()


def test_a_list_never_raises_a_mode_above_what_the_source_allows() -> None:
    classifier = PolicyClassifier(settings(table(weight=1.0)), trained())
    post = builders.mention(MEMO, lang=None)
    terms = replace(post.terms, count_clauses=("C03",))
    [found] = classifier.judge([replace(post, terms=terms)])
    assert of(found, "C03").mode in (Mode.SILENT, Mode.COUNT)


def test_a_confidential_list_counts_as_a_confidential_topic() -> None:
    reading = read("", "project kokkel", "", own_words(VOORBEELD))
    seen = Seen(reading=reading, voted={}, decided=False)
    assert not holds("confidential_topic_match", seen)
    assert holds("confidential_topic_match", replace(seen, listed=True))
    text = "Nog niet bekend: Voorbeeld BV begint in juni met project Kokkel, 40 nieuwe huizen."
    bare = VOORBEELD.model_copy(update={"topic": ()})
    secret = table("project Kokkel", id="secret", clause="C02", weight=0.9, confidential=True)
    open_list = secret.model_copy(update={"confidential": False})
    assert of(judged(text, organisation=bare), "C02").mode is Mode.SILENT
    assert of(judged(text, open_list, organisation=bare), "C02").mode is Mode.SILENT
    assert of(judged(text, secret, organisation=bare), "C02").mode is Mode.ALERT


def test_the_terms_of_a_list_are_never_sent_to_a_platform() -> None:
    wanted = settings(
        table("zeldzaamwoord", id="about", clause="organisation"),
        table("geheimwoord", id="secret", clause="C02", confidential=True),
    )
    sent = {one.text.lower() for one in searches_of(wanted.queries, wanted.organisation)}
    assert not {"zeldzaamwoord", "geheimwoord"} & sent
    assert all(one.confidential for one in gate_queries(wanted)[len(wanted.queries) :])


def test_a_list_of_the_organisation_lets_posts_in_but_not_the_longer_name_of_a_rival() -> None:
    terms = 'het Wad\nkwelder*\nraw:KWK\nzeedijk~\n#wadloop\n"zand slib"~2'
    one = table(terms, id="about", clause="organisation", language="both", excluded="wadlopen is leuk")
    rivals = VOORBEELD.model_copy(update={"competitors": ("Het Wad Energie",)})
    gate = OrganisationGate(gate_queries(settings(one, organisation=rivals)), rivals)
    matched = {
        text: gate.matched(builders.mention(text, lang=None))
        for text in (
            "Storing bij het Wad", "kwelderland", "KWK", "kwk", "zee-dijk", "#wadloop", "slib en zand",
            "het Wad Energie belt", "het Wad, wadlopen is leuk",
        )
    }  # fmt: skip
    let_in = [text for text, ids in matched.items() if ids == ("list-about",)]
    assert let_in == ["Storing bij het Wad", "kwelderland", "KWK", "zee-dijk", "#wadloop", "slib en zand"]


@pytest.mark.parametrize(
    ("given", "key", "said"),
    [
        ({"terms": "goed\nfout AND mis"}, "terms", "line 2, column 6"),
        ({"terms": "@jan"}, "terms", "@jan is an account"),
        ({"terms": "goed", "excluded": "*"}, "excluded", "line 1"),
        ({"terms": "", "term": [{"text": "ok"}, {"query": "a OR"}]}, "term.2.query", "line 1"),
        ({"terms": "# alleen een opmerking"}, "terms", "no term"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_with_file_key_and_place(
    given: dict[str, object], key: str, said: str
) -> None:
    with pytest.raises(SettingsError) as told:
        compiled(table(**given), (), VOORBEELD)
    mistake = told.value.mistakes[0]
    assert (mistake.file, mistake.key) == ("keywords/inside.toml", key)
    assert said in str(mistake)


def test_the_organisations_own_account_may_stand_in_a_list() -> None:
    ours = VOORBEELD.model_copy(update={"official_accounts": ("@voorbeeld",)})
    assert compiled(table("@voorbeeld"), (), ours).terms[0][0] == "@voorbeeld"


def test_sentences_that_come_out_otherwise_are_told_with_term_and_sentence() -> None:
    term = ListedTerm(text="groepsapp", must_match=("in de teamapp",), must_not_match=("mijn groepsapp",))
    one = table(
        "memo", term=[term.model_dump()], must_not_match=["een memo"], must_match=["een brief", "memo"]
    )
    told = [str(mistake) for mistake in wrong_lists(settings(one))]
    assert len(told) == 4
    assert (
        "keywords/inside.toml: term.1.must_match.1: found “in de teamapp” is not found by the term" in told[0]
    )
    assert "“mijn groepsapp” is found by the term 'groepsapp'" in told[1]
    assert "“een brief” is not found by the list" in told[2]
    assert "“een memo” is found by 'memo'" in told[3]


def test_a_list_for_a_clause_that_is_no_rule_is_told() -> None:
    [told] = [str(mistake) for mistake in wrong_lists(settings(table(clause="C01")))]
    assert "clause: found 'C01'" in told


def test_every_list_and_template_that_ships_keeps_its_own_word() -> None:
    shipped = load(Path(__file__).parent.parent / "config")
    named = table(exclude_templates=[one.id for one in shipped.exclusions])
    every = shipped.model_copy(update={"keyword_lists": (*shipped.keyword_lists, named)})
    assert len(shipped.keyword_lists) >= 6
    assert {one.id for one in shipped.exclusions} == {"vacancies", "share-price", "sports-club", "surname"}
    assert list(wrong_lists(every)) == []
    assert {one.table.language for one in keywords_of(shipped).lists} == {"nl", "en"}
    assert all(one.must_match or one.term for one in shipped.keyword_lists)


@pytest.mark.parametrize("name", ['O\'Neill "Bouw"', "A'''B", "C:\\D", "#1 ~ *", "Café & Co."])
def test_a_template_takes_any_name(name: str) -> None:
    odd = VOORBEELD.model_copy(update={"name": name, "aliases": ()})
    one = table(exclude_templates=["jobs"])
    assert compiled(one, EXCLUSIONS, odd).excluded


def test_a_query_of_another_name_is_left_alone() -> None:
    plain = settings()
    assert gate_queries(plain) == plain.queries
    assert all(isinstance(one, QuerySettings) for one in gate_queries(plain))
