"""Official accounts and their replies: known by handle, by signature, by being passed on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.folding import fold
from classify.own_words import own_words
from classify.reading import read
from classify.signals.tie import official_voice
from classify.voices import handles, signature, signed
from klankbord.settings import Organisation, Speaker

VOORBEELD = Organisation.model_validate(
    {
        "name": "Voorbeeld BV",
        "aliases": ["Voorbeeld"],
        "official_accounts": ["@voorbeeld", "@voorbeeld@mastodon.example", "^LS", "helpt.voorbeeld.example"],
        "speaker": [{"account": "bo_voorbeeld", "consented_on": "2026-09-01", "role": "webcare"}],
    }
)
OWN = own_words(VOORBEELD)

HANDLES = [
    ("vraag het @voorbeeld maar", "@voorbeeld"),
    ("vraag het @Voorbeeld.", "@voorbeeld"),
    ("vraag het @voorbeeld@mastodon.example maar", "@voorbeeld@mastodon.example"),
    ("via helpt.voorbeeld.example gevraagd", "helpt.voorbeeld.example"),
    ("via @helpt.voorbeeld.example gevraagd", "@helpt.voorbeeld.example"),
    ("dank @bo_voorbeeld", "@bo_voorbeeld"),
    ("Komt goed. ^LS", "^ls"),
]
OTHERS = [
    "vraag het voorbeeld maar",
    "vraag het @voorbeelden maar",
    "vraag het @voorbeeld@elders.example maar",
    "vraag het @voorbeeld.bsky.example maar",
    "mail info@voorbeeld.example",
    "bo_voorbeeld zonder teken",
    "2^LSx",
]


@pytest.mark.parametrize(("text", "handle"), HANDLES)
def test_a_handle_is_known_as_the_platform_gives_it(text: str, handle: str) -> None:
    assert OWN.accounts is not None
    assert [found[0] for found in OWN.accounts.finditer(fold(text))] == [handle]


@pytest.mark.parametrize("text", OTHERS)
def test_another_account_is_not_taken_for_ours(text: str) -> None:
    assert OWN.accounts is not None
    assert OWN.accounts.search(fold(text)) is None


OFFICIAL = [
    "Dat zoeken we voor je uit. Groet, Lisa van het webcareteam",
    "Dat zoeken we voor je uit! Groetjes, Lisa van Voorbeeld",
    "Dat zoeken we uit. Groet, [author] van Voorbeeld klantenservice",
    "We zijn op 5 mei dicht. Team Voorbeeld",
    "Updates volgen. Met vriendelijke groet, Voorbeeld BV",
    "We'll look into it. Kind regards, Voorbeeld customer service",
    "Sorry about that! \u2013 Bo, Voorbeeld webcare",
    "See you Saturday. ^Anke, Voorbeeld",
    "Opgelost ^LS",
    "Prettige dag namens Voorbeeld!",
    "Thanks for waiting. Regards, Mo @voorbeeld",
    "RT @voorbeeld: de winkel in Zwolle is open",
]
OF_OTHERS = [
    "Ik werk al jaren bij Voorbeeld",
    "Het team van Voorbeeld heeft me goed geholpen vandaag, dank",
    "Groeten uit Zwolle, mooi weer hier",
    "Klacht ligt nu bij Voorbeeld",
    "Wat vinden jullie van Voorbeeld?",
    "RT @iemand: Voorbeeld is dicht",
    "Ook namens Voorbeeldig Wonen veel succes gewenst aan iedereen die morgen begint",
]


@pytest.mark.parametrize("text", OFFICIAL)
def test_a_post_of_the_organisation_is_known_by_its_signature(text: str) -> None:
    assert official_voice(read("", text, "", OWN))


@pytest.mark.parametrize("text", OF_OTHERS)
def test_a_post_that_only_names_the_organisation_is_nobodys_voice(text: str) -> None:
    assert signature(OWN.signed, fold(text)) == ()


def test_people_speak_for_the_organisation_by_their_own_consent_only() -> None:
    with_consent = Organisation(
        name="Voorbeeld BV",
        official_accounts=("@voorbeeld",),
        speaker=(Speaker.model_validate({"account": "@bo", "consented_on": "2026-09-01", "role": "press"}),),
    )
    assert with_consent.voices == ("@voorbeeld", "@bo")
    with pytest.raises(ValueError, match="consented_on"):
        Speaker.model_validate({"account": "@bo", "role": "press"})


def test_without_accounts_only_the_name_signs() -> None:
    assert handles(()) is None
    assert signature(signed(("Voorbeeld",), ()), "komt goed. team voorbeeld") != ()
    assert signature(signed(("Voorbeeld",), ()), "rt @voorbeeld: komt goed") == ()


@given(st.text(max_size=400))
def test_a_signature_lies_within_the_text(text: str) -> None:
    folded = fold(f"{text} team voorbeeld")
    for start, end in signature(OWN.signed, folded):
        assert 0 <= start < end <= len(folded)
