"""Secrets and customer numbers that stand in a text, also as the placeholder that stands for them. Pure."""

import re

from classify.reading import Reading
from classify.signals.spans import Span, spans
from klankbord import masking

_PLACEHOLDER = re.compile("|".join(re.escape(sign.lower()) for sign in masking.SECRETS))
_CUE = (
    r"(?:wachtwoord|password|passwd|pass(?:word|code|phrase)?|pwd|ww|pin(?:code)?|pin-code|deurcode|"
    r"toegangscode|code|kluiscode|inlogcode|login|user(?:name)?|token|api[ _-]?key|sleutel|key|secret|"
    r"alarm(?:code)?|wifi|combination|combinatie|badge)"
)
_VALUE = r"(?=[^\s\"'`,;]{0,60}[\d_!@#$%^&*\[])[^\s\"'`,;]{4,80}"
_ASSIGNED = re.compile(
    rf"(?<!\w){_CUE}[\"'`]?[\w ]{{0,45}}?(?::|=|\bis\b|\bwas\b|->|\bstill\b|\bnog steeds\b|\bgewoon\b|"
    rf"\bmet\b|\bwith\b| )\s?[\"'`]?{_VALUE}"
)
_LOGIN = re.compile(
    rf"(?<!\w)(?:inloggen|ingelogd|inlog|log(?:ged)? ?in|login|use|gebruik) (?:met |with |as |als "
    rf")?\S{{3,40}} "
    rf"(?:en|and|with|met|/|\+) [\"'`]?{_VALUE}"
)
#: every secret and every placeholder holds one of these signs, and most posts hold none
_TELLING = re.compile(r"[\d_!@#$%^&*\[]|-----begin ")
_SHAPES = re.compile(
    r"(?<!\w)(?:akia|asia)[0-9a-z]{12,16}(?!\w)"
    r"|(?<!\w)(?:sk|pk|rk|gh[pousr]|glpat|xox[abprs]|pat|tok|key|api)[_-](?:\w+[_-])?\w{8,80}"
    r"|(?<!\w)[a-z]{2}\d{2}[ ]?[a-z]{4}(?:[ ]?\d{2,4}){2,6}|\d{3,6} ?#(?!\w)|#\d{4,6}(?!\w)"
    r"|-----begin |(?<!\w)[a-z0-9._%-]{1,40}:[^\s/@:]{4,40}@[a-z0-9.-]{3,60}"
)
_NUMBER_CUE = (
    r"(?:klantnummer|klantnr|klant|patientnummer|patient|polisnummer|polis|ordernummer|relatienummer|"
    r"studentnummer|lidnummer|debiteur\w{0,7}|dossier\w{0,7}|contractnummer|rekeningnummer|bsn|"
    r"customer (?:number|no|id)|customer|account (?:number|no)|patient (?:number|no|id)|"
    r"policy (?:number|no)?|student (?:number|no|id)|member(?:ship)? (?:number|no)|case (?:number|no))"
)
_CUSTOMER = re.compile(
    rf"(?<!\w){_NUMBER_CUE}[ .:#]{{0,4}}(?:is |was |nr |no )?\w{{0,4}}[- ]?\d[\d .-]{{3,14}}\d"
)
_BORN = re.compile(
    r"(?:geboren|geb\.?|born|dob|date of birth)[: ]{1,3}(?:op )?\d{1,2}[-/. ]\w{1,9}[-/. ]\d{2,4}"
)
_OWN = re.compile(
    r"(?<!\w)(?:mijn|mn|m'n|my) (?:\w+ ){0,2}(?:\w{2,12}nummer|klantnr|customer|order|account|policy|"
    r"case|dossier|ticket|reference|iban|rekening|bsn|membership|booking|patient|student|contract|polis|factuur|claim)"
    r"|(?<!\w)(?:op mijn naam|in my name|under my name)(?!\w)"
)


def secret(reading: Reading) -> tuple[Span, ...]:
    """A key, password, IBAN or code, or the placeholder left where one stood."""
    if _TELLING.search(reading.text) is None:
        return ()
    return tuple(
        span
        for pattern in (_PLACEHOLDER, _SHAPES, _ASSIGNED, _LOGIN)
        for span in spans(pattern, reading.text)
    )[:4]


def pattern_of(reading: Reading) -> str:
    """What kind of secret stands there, as a code for the finding's sentence; empty without one."""
    for span in secret(reading):
        found = reading.text[slice(*span)]
        return next((code for code, shape in _KINDS if shape.search(found)), "password")
    if spans(_CUSTOMER, reading.text):
        return "customer_number"
    return "birth_date" if spans(_BORN, reading.text) else ""


_KINDS = (
    ("iban", re.compile(r"\[iban\]|^[a-z]{2}\d{2}[ ]?[a-z]{4}")),
    ("bsn", re.compile(r"\[bsn\]")),
    ("password", re.compile(r"wachtwoord|pass(?!code)|pwd|^ww(?!\w)|log|\[password\]|:[^\s/@:]{4,40}@")),
    (
        "api_key",
        re.compile(r"\[key\]|^(?:akia|asia)|^\w{2,5}[_-]|-----begin|token|api|secret|(?<!\w)(?:key|sleutel)"),
    ),
    ("access_code", re.compile(r"code|pin|#|badge|alarm|combin|wifi")),
)


def customer_number(reading: Reading) -> tuple[Span, ...]:
    """A customer, policy or patient number, or a birth date, of somebody."""
    return (spans(_CUSTOMER, reading.text) + spans(_BORN, reading.text))[:4]


def own_number(reading: Reading) -> tuple[Span, ...]:
    """The number is the writer's own: a complaint, no exposure of others."""
    return spans(_OWN, reading.text)
