"""Third persons: somebody recognisable, and a private fact or gross insult beside them. Pure."""

import re

from classify.reading import Reading
from classify.signals.spans import Span, either, spans

_TITLED = (
    r"(?:mevrouw|meneer|mevr|dhr|mw|zuster|broeder|juf|meester|dokter|dr|mrs?|ms|miss|sir|nurse|"
    r"doctor|professor|prof)\.? "
)
_JOB = (
    r"(?:receptionist\w?|baliemedewerk\w{2,4}|portier|conciergerie|concierge|secretaresse|secretary|"
    r"caretaker|porter"
    r"|boekhouder|boekhouding|teamleider|team ?lead|manager|directeur|director|planner|monteur|kok|"
    r"cook|chef|arts|surgeon"
    r"|midwife|verloskundige|docent\w?|teacher|assistent\w{0,2}|assistant|bedrijfsleider|kassiere|"
    r"cashier|accountant"
    r"|stagiair\w?|intern|huismeester|beveiliger|guard|chauffeur|driver|coach|supervisor|voorman|"
    r"foreman|decaan|dean|tutor|buyer|inkoper)"
)
_ROLE = either(
    _TITLED + r"[a-z]{2,20}",
    rf"(?:onze|ons|the|de|our|die|that|dat) (?:\w+ ){{0,3}}{_JOB}(?: \w+)?",
    rf"{_JOB} (?:van|op|aan|at|in|on|from) (?:de|het|the|onze|our)? ?\w+",
    r"(?:onze|our|the|de) (?:only|enige|one) \w+ (?:with|met) \w+",
    (
        r"(?:de|the) (?:buurman|buurvrouw|klant|patient|huurder|student|bewoner|customer|tenant|"
        r"resident|bakery|bakker|family|familie) (?:van|op|at|on|from|in|nr|number) \w+"
    ),
)
# A name in the text as given: a capitalised word that is followed or preceded as names are.
# Words that open a sentence with a capital and are no name.
_OPENERS = (
    r"(?!(?:Bij|Uit|Van|Op|In|Aan|Als|Met|Naar|Voor|Door|Over|At|On|From|With|For|The|De|Het|Een|Our|Onze|Ons|My"
    r"|Mijn|Dit|Dat|Die|This|That|And|En|Maar|But|Just|Net|Heb|Had|Was|Is|Are|Ga|Kom|Vandaag|Weer|Nu|Iemand"
    r"|Someone|Anyone|Wie|Who|What|Wat|Waar|Where|Ik|Wij|We|They|Ze|Hij|She|He|Alle|All|Half|Sinds|Since)\b)"
)
_NAME = re.compile(
    rf"(?<![\w.!?\"'])(?<!\. ){_OPENERS}[A-Z][a-z\u00e0-\u00ff]{{2,14}}"
    r"(?= (?:van|uit|op|aan|from|at|in|on|of) (?:de|het|the|our|onze|[a-z])|,? (?:de|onze|the|our) [a-z]"
    r"|(?: van der?| de)? [A-Z](?:[a-z]{2,15}|\.))"
)
_PRIVATE = either(
    (
        r"(?:schulden|schuldsanering|loonbeslag|beslag|deurwaarder|scheiding|gescheiden|vreemd ?\w{0,8}|"
        r"affaire|miskraam|abortus|soa|zwanger|verslaafd|afkick\w{0,6}|ontwenn\w{0,6}|alcohol\w{0,8}|"
        r"aan de (?:drank|drugs|coke|pillen)|drinkt|dronken|psychiat\w{0,6}|psycholoog|depress\w{0,6}|"
        r"opgenomen|strafblad|in de (?:bak|cel)|vastgezeten|veroordeeld|kanker|hiv|medicijnen|diagnose|"
        r"incontinent|bordeel|onder (?:behandeling|curatele|bewind)|huisuitzetting|uit huis gezet|"
        r"in d'?r broek|pruik|botox)"
    ),
    (
        r"(?:debts?|bankrupt|bailiffs?|divorc\w{1,4}|affair|cheat(?:ing|ed|s) on|miscarriage|abortion|"
        r"std|sti|pregnant|addict\w{0,4}|rehab|aa meetings?|drinking|drunk|drinks|psychiatr\w{1,5}|"
        r"therap\w{1,4}|depress\w{1,5}|sectioned|criminal record|prison|jail|convicted|arrested|cancer|"
        r"hiv|pills|diagnos\w{1,4}|sleeping with|slept with|shagging|behind on (?:his|her|their|"
        r"the) \w+|evicted|wig|botox|wets|on benefits|custody|restraining order|tagged|gambling|bets)"
    ),
)
_INSULT = either(
    (
        r"(?:dom(?:me|ste)?|achterlijke?|debiel|idioot|imbeciel|sukkel|eikel|trut|lul|klootzak|hufter|"
        r"mongool|kneus|viswijf|heks|varken|zeug|hoer|slet|luiwammes|nietsnut|profiteur|zeikwijf|"
        r"zeikerd|stinkt|stinkerd|stinkende?|gestoorde?|psychopaat|zuiplap|vetzak|griezel|viezerik|"
        r"engerd)"
    ),
    (
        r"(?:stupid|thick|idiot|moron|imbecile|cretin|halfwit|dimwit|jerk|twat|prick|arsehole|asshole|"
        r"bitch|cow|pig|witch|slag|slut|whore|creep|pervert|weirdo|psycho|scum|useless|lazy sod|fat|"
        r"smells?|stinks?|reeks?|drunkard|lard|thick as|brain-?dead|waste of space|nonce)"
    ),
)


# What an insult near it is about: never a person (P04).
_FIRM = either(
    r"\w{0,12}(?:bedrijf|organisatie|toko|tent|zooi|club|instelling|firma|dienst|app|zaak)",
    r"(?:company|firm|outfit|dump|place|organisation|organization|brand|service|business|shop|app|system|policy)",
)


def third_person(reading: Reading) -> tuple[Span, ...]:
    """A name or a role that fits one person."""
    named = spans(_NAME, reading.given) if len(reading.given) == len(reading.text) else ()
    return (spans(_ROLE, reading.text) + _not_own(named, reading))[:4]


def private_fact(reading: Reading) -> tuple[Span, ...]:
    """A private fact of the kind that is nobody's business."""
    return spans(_PRIVATE, reading.text)


def gross_insult(reading: Reading) -> tuple[Span, ...]:
    """A gross insult; it counts only beside a recognisable person, never about an organisation."""
    return tuple(
        (start, end)
        for start, end in spans(_INSULT, reading.text)
        if not _FIRM.stands(reading.text, max(0, start - 25), end + 25) and not _named_before(reading, start)
    )


def _named_before(reading: Reading, start: int) -> bool:
    """Whether the organisation is named just before: "Example Ltd is a stupid place"."""
    names = reading.own.names
    return names is not None and names.search(reading.text, max(0, start - 25), start) is not None


def exposed_person(reading: Reading) -> tuple[Span, ...]:
    """A recognisable person and, in the same text, a private fact or gross insult."""
    # The rarer half first: most posts hold neither, and every post passes here.
    fact = private_fact(reading) or gross_insult(reading)
    person = third_person(reading) if fact else ()
    return (*person[:2], *fact[:2]) if person else ()


def _not_own(found: tuple[Span, ...], reading: Reading) -> tuple[Span, ...]:
    """Without names of the organisation, its products and rivals."""
    own = (reading.own.names, reading.own.products, reading.own.rivals)
    taken = [match.span() for names in own if names for match in names.finditer(reading.text)]
    return tuple((start, end) for start, end in found if not any(low <= start < high for low, high in taken))
