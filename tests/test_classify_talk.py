"""Themes are words that posts share; who wrote them, and in which order they came, changes nothing."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from classify.alike import groups_of
from classify.asking import asks, complains
from classify.talk import talk_of
from classify.themes import is_name
from klankbord.mention import MentionId
from klankbord.week import Talk, WeekPost

OUTAGE = (
    "De storing in wijk Noord duurt nu al drie dagen en de monteur komt maar niet opdagen.",
    "Weer storing in Noord, de monteur zou vandaag komen. Wanneer is het opgelost?",
    "Door de storing in Noord zitten we zonder stroom, geen monteur gezien.",
    "Stroom weg door storing in de wijk, wanneer komt de monteur?",
    "Al dagen storing in onze wijk en geen monteur gezien bij Wadlicht.",
    "Vanavond weer een storing en bij Wadlicht neemt niemand op over de monteur.",
    "Hoe lang duurt die storing nog, en waar blijft de monteur van Wadlicht?",
)
OTHER = (
    "Mooie fiets gewonnen bij de loterij van Wadlicht.",
    "Wadlicht sponsort het buurtfeest, lekker gegeten daar.",
    "Overstappen naar Wadlicht ging vlot, rekening klopt.",
    "De app van Wadlicht is vernieuwd, ziet er fris uit.",
    "Bij Wadlicht kun je tegenwoordig ook zonnepanelen huren.",
    "Het hoofdkantoor van Wadlicht krijgt een groen dak.",
)


def post(text: str, number: int, **given: object) -> WeekPost:
    fields = {
        "id": MentionId(f"{number:05}"),
        "lang": "nl",
        "title": "",
        "text": text,
        "earlier": False,
        "quotable": True,
        "unflagged": True,
        "reply": False,
        "answered": False,
    } | given
    return WeekPost(**fields)  # type: ignore[arg-type]


def posts(*texts: str, start: int = 0, **given: object) -> list[WeekPost]:
    return [post(text, start + number, **given) for number, text in enumerate(texts)]


def all_shown(ids: Sequence[MentionId]) -> frozenset[MentionId]:
    return frozenset(ids)


def talk(said: Sequence[WeekPost], *, compared: bool = True) -> Talk:
    return talk_of(said, len(said), ours=("Wadlicht",), compared=compared, shown=all_shown)


def test_a_theme_is_named_by_words_of_its_posts_and_counts_them() -> None:
    (theme,) = talk(posts(*OUTAGE, *OTHER)).themes
    assert set(theme.words) >= {"storing", "monteur"}
    assert "wadlicht" not in theme.words
    assert (theme.posts, theme.lang, theme.last_week) == (7, "nl", 0)


def test_the_week_before_is_only_counted() -> None:
    before = posts("Een storing bij Wadlicht.", "Nog een storing daar.", start=100, earlier=True)
    (theme,) = talk([*posts(*OUTAGE, *OTHER), *before]).themes
    assert (theme.posts, theme.last_week) == (7, 2)
    assert talk([*posts(*OUTAGE, *OTHER), *before], compared=False).themes[0].last_week is None


def test_four_posts_are_no_theme() -> None:
    assert talk(posts(*OUTAGE[:4], *OTHER)).themes == ()


def test_copies_count_as_posts_and_say_that_they_are_copies() -> None:
    copied = "Wadlicht verhoogt het voorschot zonder uitleg vanaf januari, deel dit bericht."
    said = posts(*(f"RT {copied}" for _ in range(9)), *OTHER)
    (theme,) = talk(said).themes
    assert (theme.posts, theme.copies) == (9, 8)


def test_languages_are_apart() -> None:
    english = (
        "The engineer never came to fix the smart meter in our street.",
        "Smart meter broken again and no engineer before Friday.",
        "Waiting for an engineer since Monday because of the smart meter.",
        "Our smart meter shows nothing, the engineer says it is fine.",
        "New smart meter, engineer was friendly and quick.",
    )
    themes = talk([*posts(*OUTAGE, *OTHER), *posts(*english, start=50, lang=None)]).themes
    assert [theme.lang for theme in themes] == ["nl", "en"]


def test_the_order_of_posts_changes_nothing() -> None:
    said = posts(*OUTAGE, *OTHER, *OUTAGE)
    mixed = list(said)
    Random(3).shuffle(mixed)
    assert talk(sorted(mixed, key=lambda one: one.id)) == talk(said)
    assert talk(said) == talk(said)


def test_a_name_never_names_a_theme() -> None:
    said = posts(*(text.replace("monteur", "Karin") for text in OUTAGE), *OTHER)
    assert all("karin" not in theme.words for theme in talk(said).themes)
    assert is_name("karin", ["Bij de balie zat Karin weer."])
    assert not is_name("storing", ["De storing is voorbij.", "Storing!"])


def test_a_question_without_an_answer_is_notable_and_an_answered_one_is_not() -> None:
    asked = post("Kan iemand vertellen hoe ik mijn meterstand doorgeef bij Wadlicht?", 1)
    assert [one.mention_id for one in talk([asked]).notable] == ["00001"]
    assert talk([asked._replace(answered=True)]).notable == ()


@pytest.mark.parametrize("given", [{"quotable": False}, {"unflagged": False}])
def test_what_may_not_be_quoted_or_holds_a_finding_is_never_listed(given: dict[str, object]) -> None:
    asked = post("Kan iemand vertellen hoe ik mijn meterstand doorgeef bij Wadlicht?", 1, **given)
    told = talk([asked, *posts(*OUTAGE, *OTHER, start=10, **given)])
    assert (told.notable, {theme.example for theme in told.themes}) == ((), {""})


def test_a_copy_with_a_finding_keeps_the_others_out() -> None:
    text = "Kan iemand vertellen hoe ik mijn meterstand doorgeef bij Wadlicht?"
    assert talk([post(text, 1), post(text, 2, unflagged=False)]).notable == ()


def test_what_is_protected_is_not_listed() -> None:
    asked = post("Waarom hoor je bij Wadlicht niets over de lonen van het personeel?", 1)
    told = talk_of([asked], 1, ours=(), compared=True, shown=lambda _: frozenset())
    assert told.notable == ()


def test_a_complaint_that_grows_is_told_once_with_both_numbers() -> None:
    before = posts("Storing bij Wadlicht, weer geen monteur.", start=100, earlier=True)
    told = talk([*posts(*OUTAGE, *OTHER), *before])
    complaints = [one for one in told.notable if one.kind == "complaint"]
    assert [(one.alike, one.last_week) for one in complaints] == [(7, 1)]


def test_a_complaint_that_was_as_large_before_is_not_told_again() -> None:
    before = posts(*OUTAGE, start=100, earlier=True)
    told = talk([*posts(*OUTAGE, *OTHER), *before])
    assert [one for one in told.notable if one.kind == "complaint"] == []


def test_at_most_five_are_listed_and_the_rest_is_counted() -> None:
    asked = posts(*(f"Weet iemand hoe lang de levering van pakket {n} {n * 7} duurt?" for n in range(12)))
    told = talk(asked)
    assert (len(told.notable), told.notable_total) == (5, 12)


def test_near_equal_texts_are_one_group() -> None:
    text = "De tarieven van Wadlicht gaan in januari omhoog naar 31 cent per kWh, zegt de krant."
    texts = [text, f"RT @x: {text}", text[:60], text.replace("januari", "februari"), "Iets heel anders hier."]
    assert groups_of(texts) == [[0, 1, 2, 3], [4]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wanneer komt de rekening van Wadlicht?", True),
        ("How do I close my account with Wadlicht?", True),
        ("Serieus?", False),
        ("Wadlicht is top.", False),
        ("Vragen? Stuur ons een bericht, wij helpen je graag. Wat kan er beter?", False),
    ],
)
def test_a_question_is_known_by_its_sentence(text: str, *, expected: bool) -> None:
    assert asks(text) is expected


def test_a_complaint_is_known_by_its_words() -> None:
    assert complains("Al weken wacht ik op antwoord.")
    assert complains("Still waiting for a refund.")
    assert not complains("Snel geholpen, dank.")


def test_no_post_says_no_theme() -> None:
    assert talk([]) == Talk(read=0, of=0)
    assert replace(talk(posts("…", "12345", "!!!")), read=0, of=0) == Talk()
