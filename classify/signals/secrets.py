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
    rf"(?<!\w){_CUE}[\w ]{{0,20}}?(?::|=|\bis\b|\bwas\b|->|\bstill\b|\bnog steeds\b|\bgewoon\b|"
    rf"\bmet\b|\bwith\b| )\s?[\"'`]?{_VALUE}"
)
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
    r"(?<!\w)(?:mijn|mn|m'n|my) (?:\w+ )?(?:klantnummer|polisnummer|ordernummer|customer|order|"
    r"account|policy|case|dossier)"
)


def secret(reading: Reading) -> tuple[Span, ...]:
    """A key, password, IBAN or code, or the placeholder left where one stood."""
    return tuple(
        span for pattern in (_PLACEHOLDER, _SHAPES, _ASSIGNED) for span in spans(pattern, reading.text)
    )[:4]


def customer_number(reading: Reading) -> tuple[Span, ...]:
    """A customer, policy or patient number, or a birth date, of somebody."""
    return (spans(_CUSTOMER, reading.text) + spans(_BORN, reading.text))[:4]


def own_number(reading: Reading) -> tuple[Span, ...]:
    """The number is the writer's own: a complaint, no exposure of others."""
    return spans(_OWN, reading.text)
