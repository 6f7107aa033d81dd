"""Each signal: what makes it vote and what does not, in both languages."""

import time

import pytest

from classify.own_words import OwnWords, own_words
from classify.reading import read
from classify.signals import SIGNALS, votes
from classify.signals.secrets import pattern_of
from klankbord.settings import Fact, Organisation, Topic
from reports.words import en, nl

OWN: OwnWords = own_words(
    Organisation(
        name="Voorbeeld BV",
        aliases=("Example Ltd",),
        products=("KabelBox",),
        competitors=("Ander BV",),
        official_accounts=("@voorbeeld",),
        published=("jubileumactie",),
        topic=(Topic(id="rates", meaning="new rates", terms_nl=("tarief",), terms_en=("new rates",)),),
        fact=(
            Fact(
                topic="opzeggen",
                terms_en=("cancel", "notice"),
                nl="De opzegtermijn is 30 dagen.",
                en="The notice period is 30 days.",
                url="https://www.example.org/x",
            ),
        ),
    )
)
VOTES = [
    ("tie_stated", "Ik werk bij Voorbeeld BV in de planning", "Mijn broer werkt bij Voorbeeld BV"),
    ("tie_stated", "I work at Example Ltd, second floor", "Anyone here work at Example Ltd?"),
    ("tie_stated", "Als monteur bij Voorbeeld BV zie ik veel", 'Hij zei: "ik werk bij Voorbeeld BV"'),
    ("tie_hinted", "Bij ons op de afdeling is het druk", "Het is druk in de stad"),
    ("tie_hinted", "My manager laughed", "The manager of the shop laughed"),
    ("inside_source", "Mijn zus werkt daar en die weet het", "Mijn zus vindt het mooi"),
    ("inside_source", "My cousin works there", "My cousin likes it"),
    ("disclosure", "Ik werk er dus ben bevooroordeeld", "Ik werk er graag"),
    ("disclosure", "#ad trying the KabelBox", "trying the KabelBox"),
    ("official_voice", "Groet, Lisa van het webcareteam", "Groet, Lisa"),
    ("official_voice", "Sorry! Could you send us a DM?", "Sorry! Could you call them?"),
    ("outsider", "Als klant wacht ik al weken", "Wij wachten op de bus"),
    ("outsider", "As a customer I expect more", "We expect more rain"),
    ("confidential_topic", "De tariefverhoging komt eraan", "De prijs komt eraan"),
    ("confidential_topic", "The new rates are steep", "The new chairs are steep"),
    ("not_announced", "Staat nog nergens, niemand buiten weet het", "Staat op de site"),
    ("not_announced", "Not public yet, keep it quiet", "It is public"),
    ("coming_date", "Vanaf 1 mei gaat het dicht", "Het gaat dicht"),
    ("coming_date", "It closes next spring", "It closes"),
    ("exact_figure", "Dat wordt 14,95 euro", "Dat wordt duur"),
    ("exact_figure", "a drop of 14%", "a big drop"),
    ("inside_channel", "Hoorde het in het teamoverleg", "Hoorde het in de trein"),
    ("inside_channel", "Saw it on the intranet", "Saw it on the telly"),
    ("internal_document", "Uit de interne mail van vandaag", "Uit de trein van vandaag"),
    ("internal_document", "From the minutes: all off", "From the station: all off"),
    ("quotation", 'Er stond "project Delta gaat niet door"', 'Er stond "nee"'),
    ("published", "Volgens de krant sluit het", "Volgens mij sluit het"),
    ("published", "The press release says so", "The press is here"),
    ("question", "Weet iemand hoe dat moet?", "Zo moet dat."),
    ("question", "Does anyone know", "Everybody knows"),
    ("guess", "Volgens mij gaat dat mis", "Dat gaat mis"),
    ("guess", "Just a rumour", "A fact"),
    ("speaks_for_organisation", "Wij lossen dit op", "Zij lossen dit op"),
    ("speaks_for_organisation", "We'll sort this for you", "They'll sort this for you"),
    ("asks_customer_data", "Stuur je klantnummer even", "Ik stuurde mijn klantnummer"),
    ("asks_customer_data", "Post your customer number here", "I lost my customer number"),
    ("promotion", "De allerbeste van het land, stap nu over!", "De trein van het land"),
    ("promotion", "The best there is, order now", "Three chairs"),
    ("own_product", "Ons nieuwe abonnement is er", "Hun nieuwe abonnement is er"),
    ("own_product", "We just launched it", "They launched it"),
    ("advice", "Je kunt gewoon bellen", "Zij belden"),
    ("advice", "You can just stop paying", "They stopped"),
    ("fact_topic", "Opzeggen bij Voorbeeld BV", "Eten bij Voorbeeld BV"),
    ("fact_conflict", "Opzeggen kan binnen 14 dagen", "De opzegtermijn is 30 dagen"),
    ("fact_conflict", "You never need to cancel", "Cancel with 30 days notice"),
    ("rival_named", "Ander BV is traag", "Een ander is traag"),
    ("competitor_claim", "Ander BV liegt over alles", "Voorbeeld BV liegt over alles"),
    ("competitor_claim", "Ander BV is bankrupt", "Ander BV is ugly"),
    ("third_person", "Mevrouw Dibbets van nr 14", "De mensen van nr 14"),
    ("third_person", "Our receptionist again", "Our car again"),
    ("private_fact", "zit in de schuldsanering", "zit in de trein"),
    ("private_fact", "just got divorced", "just got home"),
    ("gross_insult", "wat een sukkel", "wat een dag"),
    ("gross_insult", "he is an idiot", "he is a plumber"),
    ("exposed_person", "Karin van de balie zit in de schuldsanering", "Er zit iemand in de schuldsanering"),
    ("exposed_person", "Our receptionist is a drunkard", "Our car is a wreck"),
    ("secret", "wachtwoord is nog steeds welkom01", "Ik ben mijn wachtwoord kwijt"),
    ("secret", "api_key=AKIAZZZZZZZZZZZZZZZZ", "never put keys in code"),
    ("secret", "inloggen met [password]", "inloggen met je naam"),
    ("customer_number", "klantnummer 88213-44", "klantnummer kwijt"),
    ("customer_number", "customer number 123456", "customer service"),
    ("own_number", "mijn klantnummer is 88213", "zijn klantnummer is 88213"),
    ("own_number", "my account number is 88213", "his account number is 88213"),
]
HOSTILE = [
    "a" * 20_000,
    "a " * 10_000,
    '"' * 20_000,
    "' " * 10_000,
    '"a' * 10_000,
    "(" * 20_000,
    "ik werk " * 2_500,
    "stuur a " * 2_500,
    "wachtwoord " * 1_800,
    "klantnummer 1" * 1_500,
    "Aa Aa. " * 2_800,
    "1.1," * 5_000,
    "https://" * 2_500,
    "\u0301" * 20_000,
    "\u202e\u200b" * 10_000,
    "we have just now been " * 900,
]


@pytest.mark.parametrize(("name", "votes_on", "abstains_on"), VOTES)
def test_a_signal_votes_with_a_span_or_abstains(name: str, votes_on: str, abstains_on: str) -> None:
    spans = votes(read("", votes_on, "", OWN)).get(name, ())
    assert spans
    assert all(0 <= start < end <= len(votes_on) for start, end in spans)
    assert name not in votes(read("", abstains_on, "", OWN))


def test_an_answer_needs_a_question_before_it() -> None:
    answer = "We'll sort this for you"
    assert "answers_question" in votes(read("", answer, "No internet at all?", OWN))
    assert "answers_question" not in votes(read("", answer, "", OWN))


def test_every_signal_has_a_name_of_its_own_and_a_case_here() -> None:
    names = [signal.name for signal in SIGNALS]
    assert len(set(names)) == len(names)
    assert set(names) == {name for name, _, _ in VOTES} | {"answers_question", "asked_before"}


def test_the_organisation_is_no_third_person() -> None:
    assert "third_person" not in votes(read("", "Bij Voorbeeld BV van de markt", "", OWN))


@pytest.mark.parametrize("text", HOSTILE, ids=[repr(text[:10]) for text in HOSTILE])
def test_hostile_text_costs_little(text: str) -> None:
    before = time.process_time()
    votes(read(text, text, text, OWN))
    # A pattern that backtracks without end takes minutes here; an ordinary reading some tens of milliseconds.
    assert time.process_time() - before < 5.0


def test_every_signal_is_told_in_plain_words_in_both_languages() -> None:
    told = [f"signal.{name}" for name in (*(signal.name for signal in SIGNALS), "model_words")]
    assert [name for name in told if name not in nl.PHRASES or name not in en.PHRASES] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Het wachtwoord van de kassa is [password]", "password"),
        ("log in with guest and Welcome01!", "password"),
        ("api key = [key]", "api_key"),
        ("token: ghp_abcdefgh12345678", "api_key"),
        ("[IBAN] van een klant", "iban"),
        ("bsn [BSN] staat er gewoon bij", "bsn"),
        ("De deurcode van het magazijn is 4711#", "access_code"),
        ("klantnummer 4455667 van mevrouw", "customer_number"),
        ("geboren op 12-03-1971", "birth_date"),
        ("niets te zien", ""),
    ],
)
def test_a_pattern_has_a_code_and_its_words(text: str, code: str) -> None:
    assert pattern_of(read("", text, "", OWN)) == code
    assert not code or (f"pattern.{code}" in nl.PHRASES and f"pattern.{code}" in en.PHRASES)


@pytest.mark.parametrize(
    "text", ["de tarieven gaan omhoog", "het nieuwe tarief", "TARIEFWIJZIGING", "new  rates"]
)
def test_a_topic_is_found_in_its_other_spellings(text: str) -> None:
    assert "confidential_topic" in votes(read("", text, "", OWN))


@pytest.mark.parametrize(
    "text", ["Als klant bij Voorbeeld BV wacht ik", "as an angry customer of Example Ltd"]
)
def test_a_customer_beside_the_name_states_no_tie(text: str) -> None:
    assert "tie_stated" not in votes(read("", text, "", OWN))


def test_what_was_asked_before_needs_a_question_or_complaint_in_the_context() -> None:
    assert "asked_before" in votes(read("", "Dat regelen we", "Waar blijft mijn pakket?", OWN))
    assert "asked_before" not in votes(read("", "Dat regelen we", "", OWN))
    assert "asked_before" not in votes(read("", "Zo is het", "Fijn weekend!", OWN))
