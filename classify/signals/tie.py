"""A tie to the organisation as the text itself shows it: stated, hinted, disclosed, denied. Pure."""

from classify.reading import Reading
from classify.signals.spans import Span, either, spans
from classify.voices import signature

_ROLE = (
    r"(?:medewerk(?:st)?er|monteur|verpleegkundige|docent|planner|teamleider|manager|chauffeur|adviseur"
    r"|engineer|employee|nurse|teacher|technician|driver|advis[eo]r|team ?lead|buyer|cashier|kassiere"
    r"|stagiaire?|accountmanager|account manager|agent|developer|ontwikkelaar|inkoper|vakkenvuller"
    r"|trainee|intern)"
)
_HERE = r"(?:bij|voor|in|op|at|for|in|from|over at|_org_|daar|hier|there|here)"
_STATED = either(
    rf"ik (?:werk|zit|rij|sta|draai|doe) (?:\w+ ){{0,4}}{_HERE}",
    r"(?:werk|werkzaam) (?:er|hier|daar|zelf|nu|al|inmiddels)(?: \w+){0,2}",
    r"(?:ik|i|we|wij) werken? (?:er|hier|daar|zelf)",
    r"werkzaam bij",
    r"waar ik (?:werk|zit|rij|sta|draai)",
    r"ik (?:rij|werk|pak|sorteer|bezorg|draai) voor (?:ze|hen|\w+)",
    r"(?:i do|i handle|i run|i clean|i drive|i pack) (?:\w+ ){0,5}(?:over at|at|for|here)",
    r"i'?m on the \w+ (?:team|crew|desk|shift)",
    r"\w+ (?:desk|team|crew|shift|depot|floor|counter) (?:at|of|van|bij) \w+ here",
    r"(?:we|wij) (?:\w+ )?(?:got told|were told|kregen (?:\w+ )?te horen|hoorden)",
    r"(?:ben|was) (?:\w+ ){0,2}(?:in dienst|aan het werk) (?:bij|van|voor)",
    rf"als {_ROLE} (?:bij|van|in|op|hier|voor)",
    rf"as (?:an? |the )?{_ROLE} (?:at|for|of|here|with)",
    rf"i(?:'m|m| am) (?:an? |the |one of the )?(?:\w+ ){{0,3}}{_ROLE}(?: \w+){{0,2}} (?:at|for|of|here|with)",
    rf"ik ben (?:\w+ ){{0,3}}{_ROLE} (?:bij|van|in|hier|voor)",
    (
        r"i (?:do |still )?(?:work|drive|teach|deliver|sit|clean|run|answer) (?:\w+ ){0,5}(?:at|for|in|"
        r"over at|there|here|with)"
    ),
    r"(?:i've|i have|ik heb|been) (?:worked|working|gewerkt) (?:\w+ ){0,3}(?:at|for|bij|here|there)",
    r"i'?m (?:with|at|employed by|on the staff of)",
    (
        r"(?:\w+ )?(?:years?|months?|jaar|maanden) (?:\w+ ){0,3}(?:at|with|"
        r"bij) (?:the )?(?:\w+ ){0,2}(?:desk|depot|counter|ward|shop)"
    ),
    (
        r"(?:iemand|someone|een medewerker|an employee|collega) (?:van|from|at|of|op) (?:de |the |our |"
        r"onze )?(?:afdeling|team|desk|department)"
    ),
)
_HINTED = either(
    r"(?:bij|voor) ons (?:op|in|aan|op de|in de|in het|op het|hier)? ?(?:\w+)?",
    r"(?:at|in) our (?:place|end|office|shop|branch|depot|desk|site|side|ward|school|plant|shed|company)",
    (
        r"(?:onze|ons) (?:afdeling|team|directeur|directie|baas|chef|manager|kantoor|filiaal|magazijn|"
        r"collega'?s?|ploeg|depot|klanten|monteurs?|bestuur|teamleider|hoofdkantoor|intranet|planning|"
        r"systeem|leidinggevende|dienst|winkel|balie)"
    ),
    (
        r"our (?:department|team|director|boss|manager|office|branch|depot|customers|engineers|board|"
        r"head office|canteen|warehouse|planning|system|shift|shop|floor|ceo|own|crew|lot|lads)"
    ),
    (
        r"(?:mijn|m'n|mn) (?:baas|chef|manager|teamleider|leidinggevende|collega'?s?|dienst|ploeg|"
        r"rooster|afdeling|werkplek|werk)"
    ),
    (
        r"my (?:boss|manager|supervisor|colleagues?|co-?workers?|shift|department|team|desk|"
        r"line manager|workmates?)"
    ),
    r"(?:op|van|naar|mijn|m'n) (?:het|mijn|mn|m'n)? ?(?:werk|kantoor)",
    r"(?:at|from) (?:work|the office)",
    (
        r"groet(?:en|jes)? (?:uit|van) (?:de |het |een )?(?:\w+ ){0,2}(?:kantoor|ploeg|avondploeg|balie|"
        r"magazijn|afdeling|winkel)"
    ),
    r"(?:we|wij) (?:hebben|kregen|krijgen|gaan|bakken|maken|zijn|leveren|bezorgen|openen)",
    (
        r"we(?:'ve| have|'re| are)? (?:just |now |been |finally )?(?:got|get|told|bake|make|launched|"
        r"started|opened|built|added|brought|deliver)"
    ),
)
_SOURCE = either(
    (
        r"(?:mijn|mn|m'n) (?:\w+ )?(?:zus|zusje|broer|zwager|schoonzus|schoonvader|schoonmoeder|neef|"
        r"nicht|tante|oom|buurman|buurvrouw|vriendin|vriend|vrouw|man|moeder|vader|dochter|"
        r"zoon) (?:\w+ ){0,2}(?:werkt|zit|doet|rijdt|tekent|regelt)"
    ),
    (
        r"(?:heb|hoor|hoorde|weet|kreeg)(?: ik)? (?:het|dit|dat) van (?:\S+ ){0,2}(?:zus|broer|zwager|"
        r"schoonzus|neef|"
        r"nicht|buurman|buurvrouw|vriend|vriendin|oom|tante|zwager|iemand|een|vrouw|man|dochter|zoon)"
    ),
    r"(?:volgens|according to) (?:m'n|mijn|mn|haar|hem|my) (?:\w+)?",
    (
        r"my (?:\w+ )?(?:sister|brother|cousin|uncle|aunt|neighbou?r|mate|flatmate|girlfriend|boyfriend|"
        r"wife|husband|mum|dad|daughter|son|ex)(?:'s \w+)? (?:\w+ ){0,2}(?:works?|does|sits|drives|"
        r"cleans|runs|tests|handles|packs|delivers|temps|is on|is at|is in)"
    ),
    r"(?:someone|iemand) (?:inside|binnen|on the inside|die er werkt|who works there|die het kan weten)",
)
_DISCLOSED = either(
    r"bevooroordeeld",
    r"(?:i'm|i am|im|so|dus)(?: a bit| obviously| wel)? biased",
    r"full disclosure",
    r"disclosure:?",
    r"(?:op|from) persoonlijke titel",
    r"(?:spreek|praat|zeg) (?:\w+ ){0,2}(?:namens|voor) (?:mezelf|mijzelf)",
    r"(?:in a |speaking )?personal(?:ly)?(?: capacity)?,? (?:speaking|here)",
    r"speaking (?:personally|for myself)",
    r"(?:my own opinion|not speaking for|eigen mening|eigen titel|eigen mening)",
    r"#(?:ad|advertentie|spon|sponsored|gesponsord|reclame|werkgever|employee|adv|collab)",
    r"(?:betaalde|in) samenwerking(?: met)?",
    r"paid partnership",
    r"disclaimer",
    r"(?:yes|ja),? (?:i|ik) (?:work|werk) (?:there|er|here|hier)",
    r"(?:eerlijk is eerlijk|voor de duidelijkheid|for transparency|to be clear),? (?:ik|i) (?:werk|work)",
)
_OFFICIAL = either(
    r"\^\w{2,3}",
    r"(?:team|het) ?webcare(?:team)?",
    (
        r"(?:groet(?:jes|en)?|regards|cheers|thanks),? \w{2,20},? (?:van |from |\()?(?:webcare|"
        r"klantenservice|customer (?:service|care)|social)"
    ),
    (
        r"(?:webcare|klantenservice|customer (?:service|care|support) team|persvoorlichting|"
        r"woordvoerder|press office|communicatieteam)"
    ),
    r"\w{2,20},? (?:from|van) (?:\w+ ){0,3}(?:customer (?:service|care|support)|klantenservice|webcare|team)",
    r"(?:stuur|send) (?:ons|us) (?:een |a )?(?:dm|pb|privebericht|private message)",
    r"(?:in|via) (?:een |a )?(?:dm|pb|prive|private message)",
)
_OUTSIDER = either(
    (
        r"als (?:\w+ )?(?:klant|huurder|patient|reiziger|student|bewoner|abonnee|leerling|bezoeker|"
        r"consument|burger|omwonende|belegger|aandeelhouder|verzekerde|ouder)"
    ),
    (
        r"as an? (?:\w+ )?(?:customer|tenant|patient|passenger|student|subscriber|resident|visitor|"
        r"investor|shareholder|parent|member)"
    ),
    (
        r"(?:mijn|m'n|mn|my) (?:eigen |own )?(?:contract|abonnement|bestelling|pakket|polis|huur|"
        r"rekening|factuur|klantnummer|aanvraag|claim|order|parcel|subscription|bill|invoice|policy|"
        r"rent|account|customer number|application|landlord|router|delivery|refund|doctor|gp|huisarts)"
    ),
    r"(?:oud-|ex-|voormalig )\w{4,20}",
    r"(?:i|ik) (?:used to work|werkte (?:vroeger|ooit|destijds)|worked there|left)",
    r"(?:tot vorig jaar|until last year|vroeger|years ago|back in)",
    r"(?:former|ex-) ?(?:employee|staff|colleague)",
    r"(?:ik wacht|waiting|on hold|in de wacht)",
    r"(?:gesolliciteerd|sollicitatie|applied for|interview at|job interview)",
)


def tie_stated(reading: Reading) -> tuple[Span, ...]:
    """The writer says to work there."""
    own = reading.own
    # The dear pattern only where a name stands at all.
    here = own.tied is not None and own.names is not None and own.names.search(reading.unquoted)
    named = spans(own.tied, reading.unquoted) if here and own.tied is not None else ()
    return (named + spans(_STATED, reading.unquoted))[:4]


def tie_hinted(reading: Reading) -> tuple[Span, ...]:
    """The text shows a workplace from within."""
    return spans(_HINTED, reading.unquoted)


def inside_source(reading: Reading) -> tuple[Span, ...]:
    """The writer has it from somebody who works there."""
    return spans(_SOURCE, reading.unquoted)


def disclosure(reading: Reading) -> tuple[Span, ...]:
    """The tie is told openly, or the post is marked as advertising."""
    return spans(_DISCLOSED, reading.unquoted)


def official_voice(reading: Reading) -> tuple[Span, ...]:
    """The signature of an account that speaks for the organisation."""
    return (signature(reading.own.signed, reading.text) + spans(_OFFICIAL, reading.text))[:4]


def outsider(reading: Reading) -> tuple[Span, ...]:
    """The writer plainly is a customer, applicant or somebody who left."""
    return spans(_OUTSIDER, reading.unquoted)
