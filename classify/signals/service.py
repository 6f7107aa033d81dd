"""Answering for the organisation, asking for customer data, promoting, advising, rivals. Pure."""

import re

from classify.reading import Reading
from classify.signals.spans import Span, either, spans

_SPEAKS = either(
    (
        r"(?:wij|we) (?:\w+ ){0,3}(?:lossen|regelen|zorgen|sturen|vergoeden|zoeken|maken|zetten|boeken|"
        r"plannen|kijken|bellen|nemen|crediteren|herstellen|passen|leggen|noteren|storten)"
    ),
    (
        r"(?:ik|i'll|i will|i can|i've|ik heb|ik ga) (?:\w+ ){0,4}(?:regel|los|zoek|boek|noteer|"
        r"crediteer|zet|leg|plan|maak|stuur|verleng|annuleer|sort|fix|arrange|book|refund|credit|extend|"
        r"send|log|look into|check|cancel|reset|unblock|waive|put you|get you|get someone|get the|"
        r"move you)(?: \w+){0,3}"
    ),
    (
        r"(?:we'll|we will|we can|we are|we're going to|we've|let me) (?:\w+ ){0,2}(?:sort|fix|send|"
        r"refund|credit|arrange|look|get|check|book|extend|make|put|call|pay|waive|cancel|reset|replace|"
        r"swap|deliver|collect)"
    ),
    r"(?:namens|on behalf of) (?:\w+ ){0,2}",
    r"(?:beloofd|dat beloof ik|dat garandeer ik|i promise|promise you|guaranteed?|you have my word)",
    (
        r"(?:onze|our) (?:monteur|engineer|technician|collega|planner|chauffeur|"
        r"driver) (?:\w+ ){0,3}(?:komt|staat|belt|comes|will|is on)"
    ),
    (
        r"(?:uw|je|your) (?:\w+ ){0,2}(?:is|wordt|staat|has been|will be|"
        r"zijn) (?:\w+ ){0,2}(?:goedgekeurd|verlengd|vergoed|aangepast|approved|refunded|extended|"
        r"booked|credited|sorted|cancelled|verwerkt|processed)"
    ),
)
_ASKS = either(
    (
        r"(?:stuur|geef|zet|post|plaats|mail|noem|deel|drop|send|give|post|put|comment|share|pop|leave|"
        r"tell|type|dm|pm|app)(?: \S{1,15}){0,8}? (?:klantnummer|klantnr|\w{3,10}nummer|"
        r"(?:e-?)?mailadres|email address|patientnummer|polisnummer|"
        r"ordernummer|bestelnummer|relatienummer|studentnummer|lidnummer|contractnummer|factuurnummer|"
        r"geboortedatum|adres|postcode|rekeningnummer|iban|bsn|naam|telefoonnummer|nummer|06|"
        r"customer number|account number|patient number|policy number|order number|student number|"
        r"member number|date of birth|dob|address|passport|postcode|phone number|bank details|"
        r"card number|contract number|booking reference|reference number)"
    ),
    (
        r"(?:wat is|mag ik|what's|what is|can i have|may i have) (?:uw|je|jouw|"
        r"your) (?:\w+ ){0,2}(?:klantnummer|geboortedatum|adres|postcode|polisnummer|ordernummer|"
        r"patientnummer|rekeningnummer|customer number|date of birth|address|postcode|policy number|"
        r"order number|account number|patient number)"
    ),
    r"(?:naam|name) (?:en|and|\+|&) (?:06|nummer|geboortedatum|adres|address|number|phone|postcode|dob|date)",
)
_PROMOTES = either(
    (
        r"(?:echt )?(?:de|het|the) (?:allerbeste|beste|mooiste|lekkerste|goedkoopste|fijnste|snelste|"
        r"best|finest|cheapest|tastiest|fastest|nicest|comfiest)"
    ),
    (
        r"(?:bestel|koop|probeer|proef|scoor|stap|meld|schrijf|kom|ga|boek|ontdek|deel|"
        r"gun)(?: \w+){0,4} (?:nu|snel|over|aan|in|eens|kijken|proeven|gauw|even|langs|ze|het|m|hem)"
    ),
    (
        r"(?:order|buy|try|grab|switch|sign up|join|book|come|go|treat yourself|check (?:it|us|"
        r"them) out|spread the word|get yours|do yourself a favou?r)(?: \w+){0,3}"
    ),
    r"(?:eindelijk|finally) (?:een|a|live|online|out|here)",
    (
        r"(?:je|you) (?:wilt|zult|won't|will|wil) (?:\w+ ){0,4}(?:spijt|regret|anders|nothing else|"
        r"again|ever|nooit meer|back)"
    ),
    r"(?:gratis|free|korting|discount|% off|cadeau|first \w+ free|eerste \w+ gratis)",
    (
        r"(?:aanrader|must-have|top ?product|vijf sterren|five stars?|10/10|game ?changer|unbeatable|"
        r"geen betere|nobody does it better|no brainer)"
    ),
)
_OWN_PRODUCT = either(
    r"(?:ons|onze) (?:\w+ ){0,2}(?:nieuwe?|vernieuwde|eigen|allernieuwste|verse)(?: \w+)?",
    (
        r"(?:ons|onze) (?:product|abonnement|deal|app|aanbod|bank|service|collectie|dienst|verzekering|"
        r"pakket|assortiment|actie|opleiding|cursus|bundel|polis|winkel|lijn)\w{0,4}"
    ),
    r"our (?:\w+ ){0,2}(?:new|own|latest|brand[ -]new|revamped|fresh)(?: \w+)?",
    (
        r"our (?:product|plan|deal|app|offer|range|service|collection|cover|course|bundle|policy|shop|"
        r"line|sofa|box|team has built)\w{0,3}"
    ),
    (
        r"(?:we|wij) (?:\w+ ){0,2}(?:lanceren|lanceerden|hebben|brengen|openen|vergoeden|leveren|"
        r"bezorgen|verkopen|maken|bakken|bieden|introduceren|staan)"
    ),
    (
        r"we(?:'ve| have|'re| are)? (?:\w+ )?(?:launched|launching|brought|built|made|started|opened|"
        r"added|released|rolled|put|designed|bake|deliver|offer|sell|do)"
    ),
    (
        r"(?:waar|op|aan) (?:\w+ )?(?:wij|we) (?:\w+ ){0,6}(?:gewerkt|zwoegen|gebouwd|gesleuteld|"
        r"geploeterd|getest)"
    ),
)
_ADVICE = either(
    r"(?:je|u|jij|jullie|ge) (?:kunt|kan|mag|moet|hoeft|hoef|kon|zou|krijgt|betaalt)(?: \w+)?",
    r"(?:kun|kan|mag|moet|hoef|krijg|betaal) (?:je|u)(?: \w+)?",
    (
        r"(?:gewoon|lekker|even|nooit|altijd|niet) (?:\w+ ){0,4}(?:opzeggen|betalen|bellen|sturen|"
        r"wachten|laten|doen|zeggen|storneren|terugsturen|brengen|gaan|invullen|melden|houden|stoppen|"
        r"ophalen|inleveren|meenemen|negeren|doorgeven|aanvragen|zetten|binnenlopen)"
    ),
    (
        r"you (?:can|could|may|must|should|don't|dont|do not|needn't|just|never|always|won't|have to|"
        r"get|only)(?: \w+)?"
    ),
    r"(?:just|simply|always|never|don't|dont|no need to|skip|ignore) (?:\w+)",
    (
        r"(?:they|ze) (?:have to|must|always|never|moeten|mogen|kunnen|doen|betalen|vergoeden|pay|"
        r"refund|take|accept|check|charge)(?: \w+){0,2}"
    ),
    r"(?:tip|pro tip|gouden tip|truc|trick):?",
    (
        r"(?:wacht|bel|zeg|stuur|neem|betaal|laat|vraag|meld|bewaar|zet|loop|breng|gooi|lever|keep|put|"
        r"take|send|tell|ask|call|wait|leave|walk|return|print|cancel|pay|claim) (?:\w+)"
    ),
)
_RIVAL_CLAIM = either(
    r"(?:failliet|bankrupt|bust|insolvent|omvallen|surseance)",
    (
        r"(?:sjoemel\w{0,5}|gesjoemel|vervals\w{0,5}|knoei\w{0,4}|bedrieg\w{0,3}|lieg\w{0,3}|"
        r"oplicht\w{0,4}|bespioneer\w{0,3}|stiekem|illegaal|zwart|verzwijg\w{0,3}|"
        r"verkopen (?:\w+ ){0,2}gegevens|gefraudeerd|steekpenning\w{0,3}|omgekocht|gelekt|lekken?|"
        r"onder het minimum|nep)"
    ),
    (
        r"(?:fak(?:e|es|ed|ing)|forg(?:e|es|ed|ing)|li(?:e|es|ed)|lying|cheat\w{0,3}|rigg\w{1,3}|"
        r"brib\w{1,3}|scam\w{0,4}|illegal\w{0,2}|dump\w{0,3}|leak\w{0,3}|launder\w{0,3}|steal\w{0,3}|"
        r"stole\w?|sell(?:s|ing)? (?:\w+ ){0,3}data|overcharg\w{1,3}|mislabel\w{0,4}|relabel\w{0,4}|"
        r"cut(?:s|ting)? corners|skimm?\w{0,3}|water(?:ed|s)? down|lost (?:his|her|their) licen[cs]e|"
        r"cash in hand|under the counter|without a licen[cs]e|unlicensed)"
    ),
    (
        r"(?:ze|zij|daar|they|those|their|hun) (?:\w+ ){0,3}(?:betalen|gebruiken|gooien|stoppen|halen|"
        r"nemen|doen|hebben|verkopen|controleren|pay|use|throw|put|take|skip|buy|never|don't|do not|cut|"
        r"mix|charge|count|sell|store|keep|hide)(?: \w+)?"
    ),
)


#: "never post your customer number here" warns, it does not ask
_NEVER = re.compile(r"(?:never|nooit|don'?t|do not|niet|geen)(?!\w)")
_ASKED = re.compile(
    r"\?|(?<!\w)(?:hoe|waar|wanneer|waarom|wie|kan|weet|help|wacht|storing|kapot|klacht|niet|nog "
    r"(?:steeds|geen)|geen"
    r"|how|where|when|why|who|can|does|anyone|help|waiting|still|broken|complaint|never|no|not|nothing|ik|mijn|i|my|me)(?!\w)"
)


def speaks_for_organisation(reading: Reading) -> tuple[Span, ...]:
    """Answers, promises or acts as the organisation would."""
    return spans(_SPEAKS, reading.unquoted)


def asks_customer_data(reading: Reading) -> tuple[Span, ...]:
    """Asks somebody for a customer number, address or birth date."""
    return tuple(
        span
        for span in spans(_ASKS, reading.unquoted)
        if not _NEVER.search(reading.unquoted, max(0, span[0] - 25), span[0])
    )


def answers_question(reading: Reading) -> tuple[Span, ...]:
    """Speaks to somebody who asked or complained in the post before it."""
    if not reading.context:
        return ()
    return (speaks_for_organisation(reading) or asks_customer_data(reading))[:1]


def asked_before(reading: Reading) -> tuple[Span, ...]:
    """Somebody asked or complained in the post before it, and this one answers: its opening words."""
    if not _ASKED.search(reading.context) or not reading.text.strip():
        return ()
    return ((0, min(len(reading.text), 40)),)


def promotion(reading: Reading) -> tuple[Span, ...]:
    """Praises and calls to buy."""
    return spans(_PROMOTES, reading.unquoted)


def own_product(reading: Reading) -> tuple[Span, ...]:
    """Calls the product its own."""
    return spans(_OWN_PRODUCT, reading.unquoted)


def advice(reading: Reading) -> tuple[Span, ...]:
    """Tells others what they can or must do."""
    return spans(_ADVICE, reading.unquoted)


def fact_topic(reading: Reading) -> tuple[Span, ...]:
    """Is about something the fact file holds."""
    fact = reading.fact
    return spans(fact.pattern, reading.text) or spans(fact.words, reading.text) if fact is not None else ()


def rival_named(reading: Reading) -> tuple[Span, ...]:
    """Names a competitor."""
    return spans(reading.own.rivals, reading.text) if reading.own.rivals else ()


def competitor_claim(reading: Reading) -> tuple[Span, ...]:
    """Says something checkable and bad in a text that names a competitor."""
    if reading.own.rivals is None or not reading.own.rivals.search(reading.whole):
        return ()
    return spans(_RIVAL_CLAIM, reading.text)
