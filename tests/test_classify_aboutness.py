"""Whether a post is about the organisation, where its name is also a bird, a family or a club."""

import builders
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from classify import aboutness, corpus
from classify.about_cues import OTHER, OURS
from classify.aboutness import Aboutness, Evidence, weighed
from classify.gate import Entry, OrganisationGate
from klankbord.settings import Ambiguous, Organisation, QuerySettings

BIRD = Ambiguous(
    name="Roerdomp",
    means="a bird of the reed beds",
    ours=("wafer", "cleanroom"),
    other=("riet", "kijkhut"),
)
ORGANISATION = Organisation(
    name="Roerdomp Systems",
    aliases=("Roerdomp",),
    products=("Reedline 7",),
    competitors=("Nordhelm Instruments",),
    official_accounts=("@roerdompsystems",),
    ambiguous=(BIRD,),
)
UNTOLD = ORGANISATION.model_copy(update={"ambiguous": (Ambiguous(name="Roerdomp", means="a shy bird"),)})
ABOUT = Aboutness(ORGANISATION)

ABOUT_US = [
    "Ik werk al negen jaar bij Roerdomp en het bevalt.",
    "Roerdomp neemt dit jaar 300 technici aan",
    "Still no invoice from Roerdomp, support does not answer.",
    "nog steeds geen factuur van roerdomp",
    "De wafers van Roerdomp zijn weer te laat",
    "#roerdomp nieuwe vacature voor een planner",
    "Our whole department at Roerdomp moves in May",
    "Roerdomp-aandelen dalen na de kwartaalcijfers",
    "Is Nordhelm any better than Roerdomp?",
    "@roerdompsystems waar blijft de roerdomp?",
    "De Reedline 7 staat naast een roerdomp in het riet",
]
ABOUT_SOMETHING_ELSE = [
    "Vanmorgen een roerdomp gehoord, dat lage geluid in het riet",
    "a roerdomp in the reeds, what a bird",
    "We aten bij eetcafe De Roerdomp aan het water",
    "Mevrouw Roerdomp wordt zaterdag 90, de familie nodigt uit",
    "vv Roerdomp wint met 3-1, wat een wedstrijd",
    "Zoeken naar een r\u200boerdomp vanuit de kijkhut, tussen de vogels",
]


@pytest.mark.parametrize("text", ABOUT_US)
def test_a_post_of_work_service_or_business_is_about_us(text: str) -> None:
    assert ABOUT.about(text)


@pytest.mark.parametrize("text", ABOUT_SOMETHING_ELSE)
def test_a_post_of_birds_families_and_matches_is_not(text: str) -> None:
    assert not ABOUT.about(text)


@pytest.mark.parametrize("text", ABOUT_SOMETHING_ELSE)
def test_shipped_words_do_where_nobody_told_any(text: str) -> None:
    assert not Aboutness(UNTOLD).about(text)


def test_without_ambiguous_names_every_post_that_names_us_is_about_us() -> None:
    plain = Aboutness(ORGANISATION.model_copy(update={"ambiguous": ()}))
    assert not plain.doubts
    assert [plain.about(text) for text in ABOUT_SOMETHING_ELSE] == [True] * len(ABOUT_SOMETHING_ELSE)
    assert plain.evidence("Roerdomp in het riet") == Evidence()


def test_doubt_about_a_name_with_an_article_is_doubt_about_it_without() -> None:
    magpie = Aboutness(
        Organisation(
            name="Omroep De Ekster",
            aliases=("De Ekster", "Ekster"),
            ambiguous=(Ambiguous(name="De Ekster", means="the magpie, a bird"),),
        )
    )
    assert not magpie.about("Er zit een ekster op het nest in onze boom, met veren en al")
    assert magpie.about("Er zit een ekster op het nest, zag ik bij Omroep De Ekster")


def test_several_meanings_of_one_name_count_together() -> None:
    both = Aboutness(
        Organisation(
            name="Olympia",
            ambiguous=(
                Ambiguous(name="Olympia", means="a football club", other=("elftal",)),
                Ambiguous(name="Olympia", means="a village of the ancient Greek", ours=("sportschool",)),
            ),
        )
    )
    assert both.evidence("Het elftal van Olympia").told_other == 1
    assert both.evidence("De sportschool Olympia").told_ours == 1
    assert both.evidence("A temple near Olympia, and a referee").meant == 2


def test_how_the_name_is_written_is_evidence() -> None:
    assert ABOUT.evidence("Kijk, een roerdomp").article == 1
    assert ABOUT.evidence("Kijk, de roerdomp").lowered == 1
    assert ABOUT.evidence("Kijk, de Roerdomp").article == 0
    assert ABOUT.evidence("Mooi #Roerdomp").hashtag == 1
    assert ABOUT.evidence("Zomaar bij Roerdomp").towards == 1
    assert ABOUT.evidence("Het was Anneke Roerdomp").first_name == 1
    assert ABOUT.evidence("Een Roerdomp monteur kwam langs").beside_ours == 1
    assert ABOUT.evidence("Ga naar bakkerij Roerdomp").beside_other == 1
    assert ABOUT.evidence("Roerdomp the vet").beside_other == 1


def test_a_word_that_was_told_is_not_counted_as_a_shipped_one_as_well() -> None:
    assert ABOUT.evidence("Roerdomp in het riet") == Evidence(told_other=1)


def test_the_shipped_lists_stand_in_no_two_worlds() -> None:
    seen: dict[str, str] = {}
    for side in (OURS, OTHER):
        for kind, words in side.items():
            for word in words.split():
                assert seen.setdefault(word, kind) == kind, word


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    given_text = f"{text} roerdomp"
    assert ABOUT.about(given_text) == ABOUT.about(given_text)
    assert all(0 <= count <= 3 for count in ABOUT.evidence(given_text))


@given(st.sampled_from(ABOUT_US + ABOUT_SOMETHING_ELSE), st.sampled_from(BIRD.ours))
def test_a_told_word_of_ours_never_speaks_against_us(text: str, word: str) -> None:
    assert weighed(ABOUT.evidence(f"{text} . {word}")) >= weighed(ABOUT.evidence(text))


# the gate


def gate(*expressions: str, organisation: Organisation = ORGANISATION) -> OrganisationGate:
    queries = [
        QuerySettings(id=f"q{place}", expression=expression) for place, expression in enumerate(expressions)
    ]
    return OrganisationGate(queries, organisation)


def test_a_query_that_hit_an_ambiguous_name_only_is_left_out_and_told() -> None:
    bird = builders.mention("Een roerdomp in het riet", lang="nl")
    assert gate("roerdomp").matched(bird) == ()
    assert gate("roerdomp").entries((bird,)) == [Entry(not_about=("q0",))]
    assert gate("roerdomp*").entries((builders.mention("Twee roerdompen in het riet"),)) == [
        Entry(not_about=("q0",))
    ]


def test_a_query_with_words_of_its_own_settles_what_is_meant() -> None:
    bird = builders.mention("Een roerdomp in het riet", lang="nl")
    assert gate("roerdomp AND riet").matched(bird) == ("q0",)
    assert gate("roerdomp", "riet").entries((bird,)) == [Entry(queries=("q1",), not_about=("q0",))]


def test_the_post_that_is_answered_is_evidence_too() -> None:
    answer = builders.mention("Nee, die roerdomp niet", context="Solliciteren bij Roerdomp, iemand ervaring?")
    assert gate("roerdomp").matched(answer) == ("q0",)


def test_posts_that_meet_nothing_are_no_concern_of_the_tally() -> None:
    assert gate("roerdomp").entries((builders.mention("Mooi weer vandaag"),)) == [Entry()]


@given(st.lists(st.sampled_from(ABOUT_US + ABOUT_SOMETHING_ELSE), max_size=4))
def test_a_post_is_let_in_or_counted_never_lost(texts: list[str]) -> None:
    mentions = [builders.mention(text) for text in texts]
    door = gate("roerdomp")
    wide = gate("roerdomp", organisation=ORGANISATION.model_copy(update={"ambiguous": ()}))
    for entry, met in zip(door.entries(mentions), wide.matched_many(mentions), strict=True):
        assert sorted((*entry.queries, *entry.not_about)) == sorted(met)


# on the written posts


def _doubted() -> tuple[list[str], list[bool], list[Evidence]]:
    """Organisation, truth and evidence of every written post that only has an ambiguous name."""
    written = corpus.load("train")
    orgs, about, evidence = [], [], []
    told = {name: Aboutness(one) for name, one in written.organisations.items() if one.ambiguous}
    for example in written.examples:
        if (judge := told.get(example.org)) is None:
            continue
        text = "\n".join(filter(None, (example.title, example.text, example.context)))
        if judge.named_only_in_doubt(text):
            orgs.append(example.org)
            about.append(example.about)
            evidence.append(judge.evidence(text))
    return orgs, about, evidence


def test_on_the_written_posts_what_is_ours_is_kept_and_little_else() -> None:
    orgs, about, evidence = _doubted()
    truth = np.array(about)
    kept = np.array([weighed(one) > 0 for one in evidence])
    assert len(set(orgs)) >= 5
    assert truth.sum() > 400
    assert (~truth).sum() > 90
    assert (kept & truth).sum() / truth.sum() >= 0.96
    assert (kept & truth).sum() / kept.sum() >= 0.95


def test_the_weights_hold_for_organisations_they_were_not_made_on() -> None:
    orgs, about, evidence = _doubted()
    names, truth, counts = np.array(orgs), np.array(about), np.array(evidence, dtype=float)
    score = np.zeros(len(truth))
    for org in sorted(set(orgs)):
        rest = names != org
        model = LogisticRegression(C=0.5, max_iter=2000, class_weight="balanced")
        score[~rest] = model.fit(counts[rest], truth[rest]).decision_function(counts[~rest])
    border = np.sort(score[truth])[int(0.03 * truth.sum())]
    kept = score >= border
    assert (kept & truth).sum() / kept.sum() >= 0.94
    own = np.array(aboutness.WEIGHTS)
    refitted = LogisticRegression(C=0.5, max_iter=2000, class_weight="balanced").fit(counts, truth).coef_[0]
    assert np.array_equal(np.sign(own), np.sign(refitted))
