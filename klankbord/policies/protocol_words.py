"""The fixed sentences of the protocol, in Dutch and English; no number stands in them. Pure."""

from collections.abc import Mapping

from klankbord.policy import Lang

PHRASES: Mapping[Lang, Mapping[str, str]] = {
    "nl": {
        "title": "Socialmediaprotocol",
        "version": "Versie",
        "strictness": "strengheid",
        "draft": "Dit is een ontwerp. Het geldt nog niet: hieronder staat wat nog open is. Zolang "
        "dat zo is, worden artikelen die een band met de organisatie lezen alleen geteld.",
        "adopted": "Dit protocol is vastgesteld. Hieronder staat wanneer en waarmee.",
        "open_1": "Wij kijken naar openbare berichten die",
        "open_2": "noemen, om klanten goed te helpen en vertrouwelijke informatie te beschermen. Wij "
        "zoeken niet op namen van medewerkers, maken geen lijsten van personen en gebruiken dit niet om"
        " mensen te beoordelen.",
        "head.protected": "Eerst: wat beschermd is",
        "lead.protected": "Dit gaat altijd voor, bij elke strengheid. Twijfelt het programma, dan "
        "wordt een bericht niet aangewezen. Welke berichten beschermd waren, en waarom, wordt niet "
        "bewaard.",
        "effect.suppress_finding": "Zo'n bericht wordt niet aangewezen.",
        "effect.suppress_finding_and_text": "Zo'n bericht wordt niet aangewezen, en de tekst wordt "
        "niet bewaard.",
        "effect.mention_only": "Zo'n bericht telt alleen mee als gewone vermelding.",
        "head.look": "Waar we naar kijken",
        "head.never": "Waar we nooit naar kijken",
        "never.people": "Wie iets schrijft: er is geen lijst, geen score en geen geschiedenis per persoon.",
        "never.search": "Namen van medewerkers: daarop wordt niet gezocht, en een personeelslijst "
        "kan niet worden ingelezen.",
        "never.closed": "Besloten plekken: geen groepen, geen inloggen, geen vriendschapsverzoeken.",
        "never.mood": "Stemming of karakter: die worden niet gelezen en niet geraden.",
        "head.purpose": "Waarvoor dit nooit wordt gebruikt",
        "head.rules": "De artikelen",
        "lead.rules": "Een bericht wordt pas aangewezen als aan alle voorwaarden van een artikel is "
        "voldaan. Wat wordt aangewezen is een mogelijkheid, geen oordeel. Een mens kijkt altijd zelf.",
        "head.principles": "Wat verder goed is om te weten",
        "off": "Niet in gebruik:",
        "fine": "Mag gewoon",
        "example.touch": "Kan het artikel raken",
        "example.fine": "Mag",
        "helps": "Wat communicatie dan doet",
        "wording": "Zo zeg je het",
        "what": "Wat ermee gebeurt",
        "from": "vanaf score",
        "small": "Omdat de organisatie klein is, worden sommige artikelen alleen geteld: anders is "
        "te makkelijk te zien om wie het gaat.",
        "head.who": "Wie ziet wat",
        "who.comms": "Medewerkers van communicatie met deze taak: de aangewezen berichten, zonder "
        "naam van de schrijver.",
        "who.privacy": "De functionaris voor gegevensbescherming: hoe het is ingesteld, en wat "
        "erover wordt bewaard.",
        "who.council": "De ondernemingsraad: aantallen, dit protocol, elke wijziging ervan. Geen berichten.",
        "who.nobody": "Leidinggevenden en personeelszaken: niets. Er gaat geen lijst of bericht naar hen.",
        "head.kept": "Hoe lang iets blijft",
        "kept.text": "een bericht zonder signaal, hoogstens",
        "kept.open": "een signaal waar nog niemand naar keek",
        "kept.closed": "een signaal dat klopte",
        "kept.audit": "het logboek, zonder teksten",
        "kept.pseudonym": "een schuilnaam; daarna krijgt een schrijver een andere",
        "days": "dagen",
        "kept.deleted": "Wordt een bericht bij de bron verwijderd, dan gaat het hier ook weg.",
        "kept.no": "De tekst van een signaal dat niet klopte gaat binnen een dag weg.",
        "head.person": "Een mens beslist",
        "person": "Het programma wijst teksten aan. Het antwoordt nergens zelf, stuurt niemand iets "
        "behalve communicatie, en telt berichten van één persoon niet bij elkaar op. Er is geen score "
        "van personen.",
        "head.rights": "Uw rechten",
        "rights": "U mag vragen wat er over u is bewaard, het laten verwijderen en bezwaar maken. U "
        "hoeft daarvoor niet te vertellen of u hier werkt. U kunt ook een klacht indienen bij de "
        "Autoriteit Persoonsgegevens.",
        "contact": "Vragen en bezwaar",
        "contact.none": "nog niet ingevuld",
        "whistleblower": "Een misstand melden",
        "head.status": "Vaststelling",
        "gate.works_council": "Instemming van de ondernemingsraad",
        "gate.staff_informed": "Medewerkers vooraf ingelicht",
        "gate.dpia": "Gegevensbeschermingseffectbeoordeling",
        "gate.legitimate_interest_assessment": "Afweging van belangen",
        "status.open": "open",
        "status.consented": "ingestemd",
        "status.done": "gedaan",
        "status.not_applicable": "niet van toepassing",
        "head.locked": "Wat geen instelling kan veranderen",
        "locked": "Bescherming gaat altijd voor. Er is geen profiel en geen rangorde van schrijvers. "
        "Een mens beslist. Er is geen automatisch antwoord. Er wordt niet op personen gezocht. "
        "Stemming, gezondheid, geloof of politiek worden niet geraden. Kleine aantallen worden niet "
        "getoond.",
        "made": "Gemaakt uit policy.toml, versie",
        "mark": "kenmerk",
    },
    "en": {
        "title": "Social media protocol",
        "version": "Version",
        "strictness": "strictness",
        "draft": "This is a draft. It does not hold yet: what is still open stands below. As long as "
        "that is so, clauses that read a tie to the organisation are only counted.",
        "adopted": "This protocol was adopted. When, and with what, stands below.",
        "open_1": "We look at public posts that name",
        "open_2": ", to help customers well and to protect confidential information. We do not "
        "search for staff by name, make lists of people, or use this to assess anybody.",
        "head.protected": "First: what is protected",
        "lead.protected": "This always comes first, at every strictness. Where the program is in "
        "doubt, it does not point at a post. Which posts were protected, and why, is not kept.",
        "effect.suppress_finding": "Such a post is not pointed at.",
        "effect.suppress_finding_and_text": "Such a post is not pointed at, and its text is not kept.",
        "effect.mention_only": "Such a post only counts as an ordinary mention.",
        "head.look": "What we look at",
        "head.never": "What we never look at",
        "never.people": "Who writes something: there is no list, no score and no history of any person.",
        "never.search": "Names of staff: nobody searches for them, and a list of staff cannot be loaded.",
        "never.closed": "Closed places: no groups, no signing in, no friend requests.",
        "never.mood": "Mood or character: neither is read or guessed.",
        "head.purpose": "What this is never used for",
        "head.rules": "The clauses",
        "lead.rules": "A post is pointed at only when all conditions of a clause are met. What is "
        "pointed at is possible, no judgement. A person always looks for themselves.",
        "head.principles": "What else is good to know",
        "off": "Not in use:",
        "fine": "Simply fine",
        "example.touch": "May touch the clause",
        "example.fine": "Fine",
        "helps": "What communications then does",
        "wording": "How to say it",
        "what": "What happens with it",
        "from": "from score",
        "small": "Since the organisation is small, some clauses are only counted: otherwise it is "
        "too easy to see who it is about.",
        "head.who": "Who sees what",
        "who.comms": "Communications staff with this task: the posts that were pointed at, without "
        "the writer's name.",
        "who.privacy": "The data protection officer: how it is set up, and what is kept about it.",
        "who.council": "The works council: numbers, this protocol, every change of it. No posts.",
        "who.nobody": "Managers and human resources: nothing. No list and no message goes to them.",
        "head.kept": "How long something stays",
        "kept.text": "a post without a finding, at most",
        "kept.open": "a finding nobody looked at yet",
        "kept.closed": "a finding that was right",
        "kept.audit": "the log, without texts",
        "kept.pseudonym": "a pseudonym; after that a writer gets another",
        "days": "days",
        "kept.deleted": "When a post is deleted at its source, it goes here too.",
        "kept.no": "The text of a finding that was not right goes within a day.",
        "head.person": "A person decides",
        "person": "The program points at texts. It answers nowhere by itself, sends nothing to "
        "anybody but communications, and does not add up the posts of one person. There is no score of "
        "people.",
        "head.rights": "Your rights",
        "rights": "You may ask what is kept about you, have it deleted, and object. You need not "
        "tell whether you work here. You can also complain to the data protection authority.",
        "contact": "Questions and objection",
        "contact.none": "not filled in yet",
        "whistleblower": "To report wrongdoing",
        "head.status": "Adoption",
        "gate.works_council": "Consent of the works council",
        "gate.staff_informed": "Staff told beforehand",
        "gate.dpia": "Data protection impact assessment",
        "gate.legitimate_interest_assessment": "Weighing of interests",
        "status.open": "open",
        "status.consented": "consented",
        "status.done": "done",
        "status.not_applicable": "does not apply",
        "head.locked": "What no setting can change",
        "locked": "Protection always comes first. There is no profile and no ranking of writers. A "
        "person decides. There is no automatic answer. Nobody searches for people. Mood, health, "
        "religion or politics are not guessed. Small numbers are not shown.",
        "made": "Made from policy.toml, version",
        "mark": "mark",
    },
}
