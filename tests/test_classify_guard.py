"""Protected speech: the published cases, in Dutch and English, and an organisation's own categories."""

from dataclasses import replace

import pytest
from test_classify_judge import POLICY, VOORBEELD, classifier, judged, modes
from test_classify_model_file import shared_model  # noqa: F401 - a fixture of every test here

from klankbord.finding import Protection
from klankbord.mention import Terms
from klankbord.policy import Effect, ProtectedCategory

SUPPRESS = [
    ("G01", (
        "Ik werk bij Voorbeeld BV en de rookmelders in de hal doen het al maanden niet, niemand luistert. "
        "Hier de interne mail."
    )),
    ("G01", (
        "I work at Example Ltd and the hall smoke alarms have been dead for months, nobody listens. "
        "Here is the internal mail."
    )),
    ("G02", "Bij Voorbeeld BV worden inspectierapporten achteraf aangepast. Ik heb de versies gezien."),
    ("G02", "At Example Ltd inspection reports get altered afterwards. I have seen the versions."),
    ("G03", "Collega's van Voorbeeld BV: morgen 12 uur verzamelen voor de poort, samen voor een fatsoenlijke cao."),
    ("G03", (
        "Example Ltd colleagues: gather at the gate tomorrow at noon, together for a decent collective "
        "agreement."
    )),
    ("G04", "Onze OR bij Voorbeeld BV heeft nee gezegd tegen het nieuwe rooster. Terecht."),
    ("G04", "Our works council at Example Ltd said no to the new rota. Rightly so."),
    ("G05", "Wat verdienen jullie bij Voorbeeld BV als teamleider? Ik zit op 3100."),
    ("G05", "What do you earn as team lead at Example Ltd? I'm on 3100."),
    ("G06", "Mijn baas bij Voorbeeld BV raakt me steeds aan. Ik weet niet meer wat ik moet doen."),
    ("G06", "My boss at Example Ltd keeps touching me. I don't know what to do anymore."),
    ("G07", "Vierde dubbele dienst deze week bij Voorbeeld BV, we zijn met veel te weinig."),
    ("G07", "Fourth double shift this week at Example Ltd, there are far too few of us."),
    ("G08", "Ik werk bij Voorbeeld BV en vind de nieuwe strategie een dwaling."),
    ("G08", "I work at Example Ltd and think the new strategy is a mistake."),
    ("G09", "Thuis met een burn-out, Voorbeeld BV was te veel voor me."),
    ("G09", "Home with burnout, Example Ltd was too much for me."),
    ("G10", "Als onderzoeker aan Universiteit Voorbeeld ben ik het oneens met het standpunt van ons bestuur."),
    ("G10", "As a researcher at Example University I disagree with our board's position."),
    ("G11", "Zaterdag met de jongens van Voorbeeld BV flink doorgezakt."),
    ("G11", "Big night out on Saturday with the Example Ltd lads."),
    ("G17", (
        "Leden van de bond bij Voorbeeld BV: de directie wil in juni Zwolle sluiten, stukken bijgevoegd, kom "
        "naar de vergadering."
    )),
    ("G17", (
        "Union members at Example Ltd: management wants to close Zwolle in June, papers attached, come to "
        "the meeting."
    )),
    ("G18", "Uit vertrouwelijke cijfers blijkt dat Voorbeeld BV al jaren te veel rekent aan gemeenten."),
    ("G18", "Confidential figures show Example Ltd has overcharged councils for years."),
]  # fmt: skip
MENTION_ONLY = [
    ("G12", "Als klant van Voorbeeld BV wacht ik al drie weken op antwoord."),
    ("G12", "As an Example Ltd customer I have waited three weeks for an answer."),
    ("G13", "Ik heb tot vorig jaar bij Voorbeeld BV gewerkt en zou het niemand aanraden."),
    ("G13", "I worked at Example Ltd until last year and would not recommend it to anyone."),
    ("G14", "Vandaag begonnen als planner bij Voorbeeld BV, zin in!"),
    ("G14", "Started today as a planner at Example Ltd, looking forward to it!"),
    ("G15", "Wat een rare collega's heb ik bij Voorbeeld BV, heerlijk."),
    ("G15", "Such odd colleagues at Example Ltd, love it."),
]
MAY_FLAG = [
    ("G16", "C02", "Nog niemand weet het: Voorbeeld BV sluit in juni de vestiging in Zwolle."),
    ("G16", "C02", "Nobody knows yet: Example Ltd closes its Zwolle site in June."),
    ("G19", "C07", "Je kunt bij Voorbeeld BV gewoon per vandaag stoppen, opzegtermijn bestaat daar niet."),
    ("G19", "C07", "You can just stop today at Example Ltd, there is no notice period there."),
    (
        "G20",
        "C05",
        "Eindelijk een eerlijk abonnement. Onze deal bij Voorbeeld BV is echt de beste, ga kijken!",
    ),
    ("G20", "C05", "Finally a fair plan. Our deal at Example Ltd really is the best, go see!"),
    ("G21", "C09", "Wij regelen dat voor je, zet je klantnummer van Voorbeeld BV hier even neer."),
    ("G21", "C09", "We'll sort that for you, just post your Example Ltd customer number here."),
    ("G22", "C08", "Karin van de balie bij Voorbeeld BV zit in de schuldsanering, zegt men."),
    ("G22", "C08", "Karin at the Example Ltd desk is in debt restructuring, they say."),
]


@pytest.mark.parametrize(("case", "text"), SUPPRESS)
def test_protected_speech_gives_no_finding_and_no_score(case: str, text: str) -> None:
    judgement = judged(text)
    assert judgement.protection is not Protection.NONE
    assert judgement.clauses == ()


@pytest.mark.parametrize(("case", "text"), MENTION_ONLY)
def test_outsiders_and_ordinary_talk_are_mentions_only(case: str, text: str) -> None:
    assert modes(judged(text)) == {}


@pytest.mark.parametrize(("case", "clause", "text"), MAY_FLAG)
def test_what_may_be_pointed_at_is_not_held_back(case: str, clause: str, text: str) -> None:
    judgement = judged(text)
    assert judgement.protection is Protection.NONE
    assert max(judgement.clauses, key=lambda score: score.score).clause_id.startswith(clause)


def test_union_talk_loses_its_text_too() -> None:
    assert judged(SUPPRESS[4][1]).protection is Protection.NO_TEXT


def test_a_category_of_the_organisation_s_own_is_held_back_by_its_words() -> None:
    own = ProtectedCategory(
        id="P10-mourning",
        effect=Effect.SUPPRESS_FINDING_AND_TEXT,
        title={},
        text={},
        indicators={"nl": ("rouwstoet",), "en": ()},
    )
    text = "De rouwstoet van Voorbeeld BV vertrekt om tien uur van de vestiging, nog niemand weet het."
    added = replace(POLICY, protected=(*POLICY.protected, own))
    assert judged(text, policy=added).protection is Protection.NO_TEXT


def test_taking_a_category_away_changes_nothing() -> None:
    fewer = replace(POLICY, protected=())
    texts = [text for _, text in SUPPRESS]
    assert [judged(text, policy=fewer).protection for text in texts] == [
        judged(text).protection for text in texts
    ]


def test_no_judgement_tells_which_category_was_seen() -> None:
    seen = repr(judged(SUPPRESS[0][1]))
    assert "P0" not in seen
    assert "wrong" not in seen
    assert classifier(VOORBEELD).version


def test_protected_texts_go_also_where_a_source_may_not_be_classified() -> None:
    closed = Terms(classify=False)
    assert judged(SUPPRESS[4][1], terms=closed).protection is Protection.NO_TEXT
    ordinary = judged(MENTION_ONLY[0][1], terms=closed)
    assert (ordinary.about, ordinary.clauses) == (True, ())
    assert judged(MAY_FLAG[0][2], terms=closed).clauses == ()
