"""What is confidential, not announced, internal, and what is public already. Pure."""

import re

from classify.own_words import repeated
from classify.reading import Reading
from classify.signals.spans import Span, either, spans

_NOT_ANNOUNCED = either(
    (
        r"(?:nog )?(?:niet|nergens|nooit) (?:\w+ ){0,2}(?:bekend|aangekondigd|openbaar|publiek|"
        r"officieel|naar buiten|gemeld|verteld)"
    ),
    r"(?:nog )?niemand (?:\w+ ){0,2}(?:weet|wist|buiten)",
    r"(?:weet|weten) (?:\w+ ){0,2}(?:nog )?(?:van )?(?:niks|niets)",
    r"staat (?:nog )?nergens",
    (
        r"(?:komt|staat|hangt|ligt|staan|hangen) (?:\w+ ){0,2}(?:pas|nog niet|niet) (?:\w+ ){0,3}"
        r"(?:op de site|online|naar buiten|in de krant|op het (?:rooster|bord|prikbord))"
    ),
    r"komt pas (?:\w+ ){0,3}(?:online|op de site|naar buiten)",
    (
        r"(?:ligt|liggen|staan|staat|zijn|is) (?:\w+ ){0,2}(?:al|klaar) (?:\w+ ){0,3}(?:drukker|dozen|klaar|"
        r"getekend|besteld|geregeld|rond|beklonken|opgezegd|verkocht|gedrukt|ingepakt)"
    ),
    (
        r"(?:is|are|has been|have been|got|were|already) (?:\w+ ){0,2}already (?:\w+ ){0,2}(?:printed|signed|"
        r"booked|promised|painted|packed|ordered|sold|gone|agreed|cancelled)"
    ),
    (
        r"(?:already|al) (?:signed|printed|promised|painted|agreed|getekend|gedrukt|verkocht|"
        r"weggegeven|besloten)"
    ),
    r"(?:allang|al lang) (?:van tafel|besloten|rond|beklonken|getekend)",
    (
        r"(?:won't|will not|not|isn't) (?:\w+ ){0,2}(?:on the (?:web)?site|online|in the papers?) "
        r"(?:yet|until|till)"
    ),
    (
        r"(?:personeel|staff|collega's) (?:\w+ ){0,2}(?:weet|weten|know|knows|got told|hasn't|haven't|"
        r"kregen|hoorden?)"
    ),
    r"(?:persbericht|brief|aankondiging|nieuws) (?:volgt|komt|gaat|ligt)",
    (
        r"(?:not|isn't|hasn't been|haven't|yet to be|before it(?:'s| is)) (?:\w+ ){0,2}(?:public|"
        r"announced|official|told|out|known)"
    ),
    r"(?:nobody|no one|noone) (?:\w+ ){0,3}knows?",
    r"(?:don't|doesn't|do not) know (?:it )?yet",
    (
        r"(?:mondje dicht|niet verder vertellen|onder ons|tussen ons|je hebt het niet van mij|"
        r"mag het (?:eigenlijk )?niet zeggen|houd het stil|ssst)"
    ),
    (
        r"(?:you (?:didn't|did not) hear (?:it|this) from me|between us|keep it (?:quiet|to yourself)|"
        r"not supposed to (?:say|tell)|hush hush|still secret|nog geheim|under embargo|onder embargo)"
    ),
    r"(?:you (?:read|heard) it here first|hier als eerste)",
    (
        r"(?:before|voor(?:dat)?) (?:the |de |het )?(?:letter|brief|announcement|aankondiging|"
        r"persbericht|press release)"
    ),
    r"(?:zal|gaat|komt|wordt|will|gets?) (?:\w+ ){0,3}(?:bekendgemaakt|aangekondigd|announced)",
)
_SOON = either(
    (
        r"(?:vanaf|per|tot|voor|in|op|rond|na) (?:\d{1,2} )?(?:januari|februari|maart|april|mei|juni|"
        r"juli|augustus|september|oktober|november|december)"
    ),
    (
        r"(?:from|by|until|before|in|on|after) (?:the )?(?:\d{1,2}(?:st|nd|rd|th)? )?(?:of )?(?:january|"
        r"february|march|april|may|june|july|august|september|october|november|december)"
    ),
    r"\d{1,2} (?:jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|sept|okt|oct|nov|dec)\w{0,8}",
    r"week \d{1,2}",
    r"q[1-4]|kwartaal|quarter",
    r"(?:volgend|komend|aankomend)e? (?:jaar|maand|week|voorjaar|najaar|zomer|seizoen|kwartaal|winter)",
    r"next (?:year|month|week|spring|summer|autumn|season|quarter|winter)",
    r"(?:na|voor) (?:de )?(?:zomer|bouwvak|kerst|pasen|vakantie|jaarwisseling)",
    r"(?:after|before) (?:the )?(?:summer|christmas|easter|holidays?|new year)",
    r"(?:on|op|from|vanaf) the \d{1,2}(?:st|nd|rd|th)",
)
_AMOUNT = re.compile(
    r"(?:[€$£] ?\d[\d.,]{0,12}|\d[\d.,]{0,12} ?(?:%|procent|percent|euro|cent|miljoen|mln|million|m|"
    r"k|ton|pounds|man|banen|jobs|fte|woningen|vierkante|square|stuks)(?!\w))"
)
_CHANNEL = either(
    (
        r"(?:townhall|town hall|all-?hands|teamoverleg|werkoverleg|intranet|dagstart|standup|stand-up|"
        r"teamapp|groepsapp|appgroep|personeelsapp|personeelsblad)"
    ),
    r"(?:teams|slack|whatsapp|signal)[ -]?(?:chat|kanaal|channel|group|groep|app)?",
    (
        r"(?:interne?|internal) (?:\w+ )?(?:mail|memo|nieuwsbrief|chat|app|presentatie|nota|notitie|"
        r"document|stuk|stukken|email|newsletter|presentation|note|deck|report|page|wiki|bericht|"
        r"message|channel|systeem|system)"
    ),
    (
        r"(?:staff|personeels?|team|board|management|mt|directie|bestuurs)[ -]?(?:meeting|vergadering|"
        r"overleg|briefing|app|chat|mail|bijeenkomst|call|group|update)"
    ),
    (
        r"(?:weekmail|weekbrief|werkinstructie|handover|overdracht|dienstoverdracht|prikbord|"
        r"noticeboard|rota|rooster|in de kantine (?:gehoord|hing|hangt|zei|zeiden|ging))"
    ),
)
_DOCUMENT = either(
    (
        r"(?:uit|in|van) (?:de|een|het|onze|die) (?:\w+ ){0,3}(?:mail|mailtje|memo|notulen|nota|"
        r"presentatie|verslag|nieuwsbrief|weekmail|chat|app|teamapp|groepsapp|intranetbericht|bericht|"
        r"vergadering|overleg|brief)"
    ),
    (
        r"(?:from|in|per) (?:the|a|our|today's|yesterday's|this morning's|"
        r"last week's) (?:\w+ ){0,3}(?:mail|email|memo|minutes|deck|presentation|note|newsletter|chat|"
        r"channel|thread|briefing|handover)"
    ),
    (
        r"(?:screenshot|schermafdruk|printscreen|screengrab|screencap|foto) (?:van|of|from|uit|below|"
        r"hieronder)?(?: (?:de|het|een|the|our|a))?(?: \w+){0,3}"
    ),
    r"(?:notulen|minutes|agendapunt|actielijst|action list|memo|slide|bladzijde|page|punt|item) \d{1,3}",
    (
        r"(?:letterlijk|woordelijk|and i quote|quote|citaat|ik citeer|verbatim|word for word|"
        r"copy-?paste|doorgestuurd|forwarded?|forwarding|fwd)"
    ),
    (
        r"(?:schreef|schrijft|mailde|mailt|appte|typte|postte|wrote|writes|emailed|typed|posted|told us|"
        r"kregen we|we (?:all )?got|kreeg iedereen|everyone got) (?:\w+ ){0,6}(?:mail|email|message|"
        r"bericht|memo|app|chat|teams|slack|groep|group|everyone|iedereen|managers|ons|us)"
    ),
    r"(?:onderwerp|subject|aan|cc|van|from|to): ?\S",
    (
        r"(?:de|the|a|een) (?:memo|mail|email|notulen|minutes|note|nota) (?:\w+ ){0,6}(?:staat|stond|"
        r"zegt|reads|read|says|said|luidt)"
    ),
)
_QUOTE = re.compile(
    r"\"[^\"\n]{12,600}\"|\u201c[^\u201d\n]{12,600}\u201d|(?<!\w)'[^'\n]{12,600}'(?!\w)|: ?\""
)
_PUBLISHED = either(
    (
        r"(?:volgens|aldus) (?:het |de |een )?(?:\w+ ){0,2}(?:fd|nos|nrc|volkskrant|telegraaf|krant|"
        r"courant|dagblad|persbericht|site|website|jaarverslag|woordvoerder|omroep|nieuws|gemeente)"
    ),
    (
        r"according to (?:the |a |an )?(?:\w+ ){0,3}(?:times|post|herald|news|press|paper|website|site|"
        r"report|reuters|bbc|spokes\w+|guardian|council|release)"
    ),
    (
        r"(?:persbericht|press release|nieuwsbericht|jaarverslag|annual report|news release|"
        r"persconferentie|press conference)(?! volgt)"
    ),
    (
        r"(?:staat|stond|te lezen|lees|vinden|read|found|posted|published|it's) (?:\w+ ){0,3}(?:op|"
        r"on) (?:de|hun|the|their|its) (?:\w+ )?(?:site|website|homepage|pagina|page)"
    ),
    (
        r"(?:heeft|hebben|has|have|is|was|zijn|were) (?:\w+ ){0,5}(?:aangekondigd|bekendgemaakt|"
        r"gepubliceerd|gepresenteerd|announced|published|unveiled|confirmed|bevestigd)"
    ),
    (
        r"(?:kondigt|kondigde|maakte|maakt|meldt|meldde|bevestigt|bevestigde|publiceert|announces|"
        r"announced|unveiled|reported|confirms|confirmed|publishes|published) (?:vandaag|vanochtend|"
        r"gisteren|today|this morning|yesterday|that|dat|on|een|a|in|the)"
    ),
    (
        r"(?:\w{3,20} )?(?:courant|dagblad|krant|nieuwsblad|gazette|herald|tribune|omroep|radio|"
        r"reporter|journalist|verslaggever|persbureau|times|redactie)"
    ),
    (
        r"(?:gemeenteraad|raadsstukken|rechtbank|toezichthouder|competition authority|council (?:papers|"
        r"meeting|voted|minutes)|court (?:ruled|papers)|register|notary|kvk|kadaster|woo-verzoek|foi)"
    ),
    r"_url_",
    (
        r"(?:staat|staan|is|zijn|are) (?:\w+ ){0,3}(?:online|op de site|in de (?:app|folder|krant|"
        r"nieuwsbrief)|"
        r"in the (?:app|leaflet|paper|brochure)|on (?:the|their) (?:web)?site)"
    ),
    (
        r"(?:te koop|verkrijgbaar|in de verkoop|on sale|for sale|now available|tickets? (?:kosten|"
        r"cost|vanaf|from)|"
        r"kaarten (?:kosten|vanaf)|toegang (?:is )?gratis|free entry|public welcome|for immediate release|"
        r"noot voor de redactie|note to editors|zegt (?:een |de )?(?:woordvoerder|wethouder|directeur)|"
        r"(?:spokes(?:man|woman|person)|director|chair) (?:\w+ ){0,3}(?:said|says)|said in a statement|"
        r"liet (?:\w+ ){0,3}weten|maakte (?:\w+ ){0,4}bekend|(?:brief|mail) (?:van|from) (?:\w+ "
        r"){1,3}(?:vandaag|gisteren) "
        r"in de bus|letter from|brief (?:gekregen|gehad) van)"
    ),
)
_QUESTION = re.compile(r"[^.!?\n]{3,200}\?")
_ASKS_ANYONE = re.compile(
    r"(?<!\w)(?:weet iemand|iemand enig idee|does anyone|anyone know|has anyone|"
    r"kan iemand|wie weet)(?!\w)"
)
_GUESS = either(
    r"(?:ik )?(?:gok|denk|vermoed|hoop|wed)(?: dat| het| van| op)?",
    r"(?:volgens mij|misschien|gerucht(?:en)?|het gerucht|zou (?:me|mij)|wie weet|puur gevoel|glazen bol)",
    r"(?:i )?(?:guess|reckon|hope|bet|wonder|imagine)(?:ing)?",
    (
        r"(?:my (?:guess|bet|money)|rumou?rs?|maybe|perhaps|could be anything|no idea|speculat\w{2,6}|"
        r"just a hunch)"
    ),
)


def confidential_topic(reading: Reading) -> tuple[Span, ...]:
    """A term of one of the organisation's confidential topics."""
    return tuple(span for topic in reading.own.topics for span in spans(topic.pattern, reading.text))[:4]


def not_announced(reading: Reading) -> tuple[Span, ...]:
    """The text says it is not public yet."""
    return spans(_NOT_ANNOUNCED, reading.text)


def coming_date(reading: Reading) -> tuple[Span, ...]:
    """A date or period that still has to come, as plans have."""
    return spans(_SOON, reading.text)


def exact_figure(reading: Reading) -> tuple[Span, ...]:
    """An amount with its unit, as figures and prices have."""
    return spans(_AMOUNT, reading.text)


def inside_channel(reading: Reading) -> tuple[Span, ...]:
    """A channel that only those inside read."""
    return spans(_CHANNEL, reading.text)


def internal_document(reading: Reading) -> tuple[Span, ...]:
    """A mail, memo, chat or minutes that is shown or quoted."""
    return spans(_DOCUMENT, reading.text)


def quotation(reading: Reading) -> tuple[Span, ...]:
    """A longer stretch between quotes."""
    return spans(_QUOTE, reading.text)


def published(reading: Reading) -> tuple[Span, ...]:
    """Signs that it is public already: news, press, the own site, or words the organisation listed."""
    listed = (
        spans(reading.own.published, reading.whole) if reading.own.published and not reading.title else ()
    )
    told = ((0, min(len(reading.text), 40)),) if repeated(reading.own, reading.text) is not None else ()
    return (listed + told + spans(_PUBLISHED, reading.text))[:4]


def question(reading: Reading) -> tuple[Span, ...]:
    """The writer asks."""
    marked = spans(_QUESTION, reading.unquoted) if "?" in reading.unquoted else ()
    return marked or spans(_ASKS_ANYONE, reading.unquoted)


def guess(reading: Reading) -> tuple[Span, ...]:
    """The writer guesses or hopes."""
    return spans(_GUESS, reading.unquoted)
