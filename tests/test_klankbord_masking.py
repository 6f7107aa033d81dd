"""What points at a person or is a secret goes; what is evidence stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klankbord.masking import bsn_holds, iban_holds, masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dank @jan_de_wit voor de tip", "dank [handle] voor de tip"),
        ("via @jan@mastodon.example gelezen", "via [handle] gelezen"),
        ("zie u/someone_42 op reddit", "zie [handle] op reddit"),
        ("mail naar j.de-wit+x@post.example svp", "mail naar [e-mail] svp"),
        ("bel 06-12345678 of 06 12 34 56 78", "bel [phone] of [phone]"),
        ("bel +31 50 123 4567 na zessen", "bel [phone] na zessen"),
        ("call 0031 20 123 4567", "call [phone]"),
        ("naar NL91ABNA0417164300 graag", "naar [IBAN] graag"),
        ("naar NL91 ABNA 0417 1643 00 graag", "naar [IBAN] graag"),
        ("mijn bsn is 111222333 hoor", "mijn bsn is [BSN] hoor"),
        ("wachtwoord: Welkom01!", "wachtwoord: [password]"),
        ("the admin page still uses password welcome01", "the admin page still uses password [password]"),
        ("Pa\u017fsword: welcome01", "Pa\u017fsword: [password]"),
        ("password is still welcome01", "password is still [password]"),
        ("api_key=AKIAZZZZZZZZZZZZZZZZ", "api_key=[key]"),
        ("token ghp_0123456789abcdefghijABCDEFGHIJ012345", "token [key]"),
    ],
)
def test_people_and_secrets_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Omzet Q3 komt uit op 1.250.000.000 euro volgens intern memo",
        "order 2026-0048812 en klantnummer 88213",
        "versies 10.4.2, 10.4.3 en 11.0.0-rc1",
        "https://x.example/i/status/1234567890123456789",
        "viewtopic.php?p=123456789#p123456789",
        "van 31,4 naar 33,95 cent per 1-1-2027",
        "op 12-05-2026 om 09:15, duurde 3 u 20",
        "BSN vragen mag niet",
        "het wachtwoord vergeten, reset komt niet aan",
        "een NL12 zonder rekening",
    ],
)
def test_evidence_stays(text: str) -> None:
    assert masked(text) == text


def test_the_organisations_own_accounts_stay() -> None:
    assert masked("hé @wadlicht en @ander", keep=("Wadlicht",)) == "hé @wadlicht en [handle]"


def test_checksums() -> None:
    assert [iban_holds("NL91ABNA0417164300"), iban_holds("NL92ABNA0417164300")] == [True, False]
    assert [bsn_holds("111222333"), bsn_holds("123456789")] == [True, False]


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert masked(masked(text)) == masked(text)


def test_a_hostile_text_costs_little() -> None:
    for text in (
        "@" * 20_000,
        "a@" * 10_000,
        "0 " * 10_000,
        "NL" + "0" * 20_000,
        "-----BEGIN " * 1_800,
        "ww is " * 3_000,
    ):
        assert len(masked(text)) <= len(text) * 6
