"""Advice comes in beside the official text of its topic; the words that depart from it go out. Pure."""

import re

from classify.own_words import OwnFact
from classify.reading import Reading
from classify.signals.spans import Span, either, spans

_NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        (
            "nul zero", "een one", "twee two", "drie three", "vier four", "vijf five", "zes six",
            "zeven seven",
            "acht eight", "negen nine", "tien ten", "elf eleven", "twaalf twelve", "dertien thirteen",
            "veertien fourteen fortnight", "vijftien fifteen",
        )
    )
    for word in words.split()
} | {
    "twintig": "20", "twenty": "20", "dertig": "30", "thirty": "30", "zestig": "60", "sixty": "60",
}  # fmt: skip
_UNITS = {
    "dag": "day", "dagen": "day", "day": "day", "days": "day", "werkdag": "day", "werkdagen": "day",
    "week": "week", "weken": "week", "weeks": "week", "maand": "month", "maanden": "month",
    "kalendermaand": "month", "month": "month", "months": "month", "jaar": "year", "jaren": "year",
    "year": "year", "years": "year", "uur": "hour", "uren": "hour", "hour": "hour", "hours": "hour",
    "minuten": "minute", "minutes": "minute", "euro": "money", "euros": "money", "cent": "money",
    "pounds": "money", "procent": "percent", "percent": "percent", "%": "percent",
}  # fmt: skip
_QUANTITY = re.compile(
    rf"(?<![\w.,])(?P<number>\d{{1,6}}(?:[.,]\d{{1,2}})?|{'|'.join(_NUMBERS)})[ -]?"
    rf"(?:\w{{3,12}} )?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})(?!\w)"
)
_MONEY = re.compile(r"[€$£] ?(?P<number>\d{1,6}(?:[.,]\d{1,2})?)")
_ABSOLUTE = either(
    r"(?:bestaat|geldt|is er|hebben ze|heb je|er is|hoeft?|hoef je|hoeven?) (?:\w+ ){0,4}(?:niet|geen|nooit)",
    (
        r"(?:altijd|nooit|sowieso|vanzelf|automatisch|onbeperkt|zonder (?:bon|kosten|boete|reden|"
        r"toestemming|overleg|afspraak|verwijzing)|kosteloos|boetevrij|gratis|per direct|meteen|"
        r"vandaag nog|per vandaag|kraait geen haan|controleren ze niet|check(?:t|en)? niemand|"
        r"geen \w+ nodig|maakt niet uit|hoeft niet|doen ze niet)"
    ),
    (
        r"(?:always|never|anyway|automatically|unlimited|no (?:receipt|fee|notice|need|penalty|charge|"
        r"deadline|limit|questions)|without (?:a|any|notice|paying|telling|asking) ?\w{0,12}|for free|"
        r"right away|straight away|today|nobody checks|don't check|stuck|whenever you (?:like|want)|"
        r"as long as you|doesn't matter|don't bother|no matter|any time|on the spot|the whole)"
    ),
    (
        r"(?:gewoon|just|simply) (?:niet|stop|skip|ignore|stoppen|keep|hold|reverse|storneren|"
        r"terugdraaien|don't)"
    ),
)


def fact_conflict(reading: Reading) -> tuple[Span, ...]:
    """Figures, or an "always" or "never", that the official text of the same topic does not hold."""
    fact = reading.fact
    if fact is None:
        return ()
    return (_other_figures(fact, reading.text) + _absolutes(fact, reading.text))[:4]


def _other_figures(fact: OwnFact, text: str) -> tuple[Span, ...]:
    official = {(unit, number) for _, unit, number in _quantities(fact.official)}
    units = {unit for unit, _ in official}
    return tuple(
        span for span, unit, number in _quantities(text) if unit in units and (unit, number) not in official
    )


def _quantities(text: str) -> list[tuple[Span, str, str]]:
    found = [
        (match.span(), _UNITS[match["unit"]], _plain(match["number"])) for match in _QUANTITY.finditer(text)
    ]
    return found + [(match.span(), "money", _plain(match["number"])) for match in _MONEY.finditer(text)]


def _plain(number: str) -> str:
    """The number as digits: "thirty" and "30,00" are the same."""
    digits = _NUMBERS.get(number, number).replace(",", ".")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _absolutes(fact: OwnFact, text: str) -> tuple[Span, ...]:
    return tuple(
        (start, end) for start, end in spans(_ABSOLUTE, text) if text[start:end] not in fact.official
    )
