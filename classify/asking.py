"""A text comes in, whether it asks the organisation something or complains goes out. Pure."""

import re

# A sentence that ends in a question mark and holds one of these asks for an answer; a rhetorical one seldom.
_ASKING = re.compile(
    r"(?i)\b(?:hoe|waar|wanneer|waarom|hoeveel|hoelang|welke?|wie|wat|kan|kunnen|kunt|mag|moet|"
    r"is er|zijn er|klopt het|weet iemand|iemand|hebben jullie|jullie|gaat|komt|"
    r"how|where|when|why|which|who|what|can|could|may|does|do you|is there|are there|is it|"
    r"anyone|anybody|somebody|will|should)\b"
)
_SENTENCE = re.compile(r"[^.!?\n…]{8,300}\?")
#: an organisation that speaks itself asks nothing of itself
_OWN_VOICE = re.compile(
    r"(?i)\b(?:stuur ons|laat het ons weten|neem contact met ons op|onze klantenservice helpt|"
    r"wij helpen (?:je|u)|we helpen (?:je|u)|dm us|let us know|send us a|contact us|our team can help|"
    r"vacature|solliciteer|apply now|we are hiring|doe mee en win|win een|prijsvraag)\b"
)
_COMPLAINT = re.compile(
    r"(?i)\b(?:klacht(?:en)?|storing(?:en)?|kapot|stuk|defect|werkt niet|doet het niet|ligt eruit|"
    r"onbereikbaar|geen gehoor|geen reactie|niemand neemt op|wacht(?:en)? al|wacht al|alweer|al weken|"
    r"al dagen|te laat|vertraging|verkeerde rekening|dubbel afgeschreven|teleurgesteld|schandalig|"
    r"waardeloos|belachelijk|niet normaal|opgelicht|geld terug|"
    r"complaints?|outage|broken|down again|not working|doesn'?t work|does not work|unreachable|"
    r"no reply|no answer|nobody answers|still waiting|been waiting|for weeks|for days|too late|delayed|"
    r"overcharged|charged twice|wrong bill|disappointed|terrible|useless|ridiculous|refund)\b"
)
#: longer texts are articles, not questions
_LONGEST = 800


def asks(text: str) -> bool:
    """Whether somebody asks something that the organisation could answer."""
    if "?" not in text or len(text) > _LONGEST or _OWN_VOICE.search(text):
        return False
    return any(_ASKING.search(found[0]) for found in _SENTENCE.finditer(text))


def complains(text: str) -> bool:
    """Whether words of a complaint stand in a text."""
    return len(text) <= _LONGEST and _COMPLAINT.search(text) is not None
