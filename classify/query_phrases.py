"""The sentences of remarks about a query: what was read, and what else could have been meant; no logic."""

from collections.abc import Mapping
from typing import Literal

_Both = Mapping[Literal["nl", "en"], tuple[str, str]]

#: doubts: the query is read, and told
_DOUBTS: Mapping[str, _Both] = {
    "bare_words": {
        "nl": (
            "losse woorden naast elkaar: {0} is gelezen als {1}, waar dan ook in het bericht",
            'bedoelt u de woorden direct na elkaar, zet ze dan tussen aanhalingstekens: "{0}"',
        ),
        "en": (
            "words side by side: {0} was read as {1}, anywhere in the post",
            'if they must follow each other, put them between quotes: "{0}"',
        ),
    },
    "lower_case": {
        "nl": (
            "{0} in kleine letters is gelezen als een gewoon woord dat in het bericht moet staan",
            'schrijf {1} voor de operator, of "{0}" voor het woord',
        ),
        "en": (
            "{0} in lower case was read as a plain word that must stand in the post",
            'write {1} for the operator, or "{0}" for the word',
        ),
    },
    "curly": {
        "nl": ('het gekrulde aanhalingsteken {0} is gelezen als "', 'schrijf een recht aanhalingsteken: "'),
        "en": ('the curly quote {0} was read as "', 'write a straight one: "'),
    },
    "single_quote": {
        "nl": (
            "het enkele aanhalingsteken bij {0} is niet gelezen als begin of eind van een woordgroep",
            'zet een woordgroep tussen dubbele aanhalingstekens: "{0}"',
        ),
        "en": (
            "the single quote at {0} was not read as the start or end of a phrase",
            'put a phrase between double quotes: "{0}"',
        ),
    },
    "signs": {
        "nl": (
            "{0} is gelezen als {1}: leestekens aan de rand van een woord tellen niet mee",
            "schrijf raw:{0} als de tekens precies zo in het bericht moeten staan",
        ),
        "en": (
            "{0} was read as {1}: signs at the edge of a word do not count",
            "write raw:{0} if the signs must stand in the post exactly so",
        ),
    },
    "question": {
        "nl": (
            "? is gelezen als precies één letter: {0} vindt {1} zelf niet",
            "laat ? weg als het een vraagteken is, of schrijf * voor nul of meer letters",
        ),
        "en": (
            "? was read as exactly one letter: {0} does not find {1} itself",
            "leave ? out if it is a question mark, or write * for any number of letters",
        ),
    },
    "wildcard": {
        "nl": (
            "{0} is gelezen als elk woord van die vorm",
            "een stam van {1} letters past op veel woorden: schrijf een langere stam, of de woorden zelf",
        ),
        "en": (
            "{0} was read as every word of that shape",
            "a stem of {1} letters fits many words: write a longer stem, or the words you mean",
        ),
    },
    "wildcard_counted": {
        "nl": (
            "{0} is gelezen als elk woord van die vorm: {1} woorden in de bewaarde berichten ({2})",
            "schrijf een langere stam, of de woorden die u bedoelt",
        ),
        "en": (
            "{0} was read as every word of that shape: {1} words in the stored posts ({2})",
            "write a longer stem, or the words you mean",
        ),
    },
    "near_default": {
        "nl": (
            "{0} zonder getal is gelezen als {0}/5: hooguit 5 woorden ertussen",
            "schrijf het getal: {0}/3",
        ),
        "en": (
            "{0} without a number was read as {0}/5: at most 5 words in between",
            "write the number: {0}/3",
        ),
    },
    "near_close": {
        "nl": (
            "{0} is gelezen als: {1} woorden ertussen toegestaan; elders betekent dit getal soms iets anders",
            "schrijf NEAR/0 voor woorden direct naast elkaar, NEAR/1 als er één woord tussen mag staan",
        ),
        "en": (
            "{0} was read as: {1} words allowed in between; elsewhere this number may mean something else",
            "write NEAR/0 for words that touch, NEAR/1 if one word may stand in between",
        ),
    },
    "near_beside": {
        "nl": (
            "{0} is gelezen als {1}: NEAR bindt alleen het woord dat ernaast staat",
            "gebruik haakjes of aanhalingstekens om woorden bij elkaar te houden",
        ),
        "en": (
            "{0} was read as {1}: NEAR binds only the word beside it",
            "use brackets or quotes to keep words together",
        ),
    },
    "list_comma": {
        "nl": (
            "een komma: de regel {0} is gelezen als één woordgroep",
            "zet elk trefwoord op een eigen regel",
        ),
        "en": ("a comma: the line {0} was read as one phrase", "write each term on a line of its own"),
    },
    "list_twice": {
        "nl": ("{0} staat er al op regel {1}", "haal één van beide weg"),
        "en": ("{0} stands on line {1} already", "remove one of the two"),
    },
    "short_word": {
        "nl": (
            "{0} is een heel kort woord: het staat in veel berichten",
            "zoek een langer woord, of voeg een tweede woord toe dat erbij moet staan",
        ),
        "en": (
            "{0} is a very short word: many posts hold it",
            "find a longer word, or add a second word that must stand with it",
        ),
    },
}

#: mistakes: the query is refused
_MISTAKES: Mapping[str, _Both] = {
    "empty": {
        "nl": ("een lege zoekopdracht", "schrijf minstens de naam van de organisatie"),
        "en": ("an empty query", "write at least the organisation's name"),
    },
    "too_long": {
        "nl": ("{0} tekens, meer dan {1}", "verdeel de zoekopdracht over meer zoekopdrachten"),
        "en": ("{0} characters, more than {1}", "divide it over more queries"),
    },
    "too_many": {
        "nl": ("meer dan {0} woorden", "verdeel ze over meer zoekopdrachten of lijsten"),
        "en": ("more than {0} words", "divide them over more queries or lists"),
    },
    "too_deep": {
        "nl": ("haakjes meer dan {0} diep", "schrijf het platter"),
        "en": ("brackets more than {0} deep", "write it flatter"),
    },
    "long_term": {
        "nl": ("{0} is te lang voor één woord of woordgroep", "kort het in tot {1} tekens"),
        "en": ("{0} is too long for one word or phrase", "shorten it to {1} characters"),
    },
    "control": {
        "nl": ("een onzichtbaar of kapot teken ({0})", "haal het weg en typ dit stuk opnieuw"),
        "en": ("an invisible or broken character ({0})", "remove it and type this part again"),
    },
    "quote_open": {
        "nl": ("een woordgroep die niet is afgesloten", 'zet " aan het eind'),
        "en": ("a phrase that is not closed", 'add " at its end'),
    },
    "quote_empty": {
        "nl": ("een lege woordgroep", "zet woorden tussen de aanhalingstekens"),
        "en": ("an empty phrase", "write words between the quotes"),
    },
    "bracket_open": {
        "nl": ("een haakje dat niet is gesloten", "zet er ) bij"),
        "en": ("a bracket that is not closed", "add )"),
    },
    "bracket_close": {
        "nl": ("een sluithaakje zonder openingshaakje", "haal het weg of zet er ( bij"),
        "en": ("a closing bracket without an opening one", "remove it or add ("),
    },
    "missing": {
        "nl": (
            "bij {0} ontbreekt iets: een operator heeft aan beide kanten woorden of haakjes nodig",
            "schrijf wat ontbreekt, of haal {0} weg",
        ),
        "en": (
            "something is missing at {0}: an operator needs words or brackets on both sides",
            "write what is missing, or remove {0}",
        ),
    },
    "double_not": {
        "nl": ("twee keer NOT achter elkaar", "laat één NOT staan, of geen"),
        "en": ("NOT twice in a row", "leave one NOT, or none"),
    },
    "mixed": {
        "nl": (
            "OR naast AND, NOT, NEAR of losse woorden is op twee manieren te lezen: {0} - of - {1}",
            "zet haakjes",
        ),
        "en": (
            "OR beside AND, NOT, NEAR or words side by side reads two ways: {0} - or - {1}",
            "add brackets",
        ),
    },
    "near_chain": {
        "nl": ("NEAR na NEAR is op twee manieren te lezen: {0} - of - {1}", "zet haakjes"),
        "en": ("NEAR after NEAR reads two ways: {0} - or - {1}", "add brackets"),
    },
    "near_inside": {
        "nl": (
            "{0} kan niet naast NEAR staan",
            "gebruik woorden, woordgroepen, of een groep met OR ertussen",
        ),
        "en": ("{0} cannot stand beside NEAR", "use words, phrases, or a group of them with OR"),
    },
    "near_deep": {
        "nl": ("NEAR meer dan {0} diep in NEAR", "schrijf het platter"),
        "en": ("NEAR more than {0} deep inside NEAR", "write it flatter"),
    },
    "near_number": {
        "nl": (
            "{0} is niet te lezen: het getal loopt van 0 tot {1}",
            "schrijf NEAR/5, of ONEAR/5 voor deze volgorde",
        ),
        "en": (
            "{0} cannot be read: the number runs from 0 to {1}",
            "write NEAR/5, or ONEAR/5 for this order",
        ),
    },
    "operator_case": {
        "nl": ("{0} is hier geen operator", 'schrijf {1}, of "{0}" voor het woord'),
        "en": ("{0} is no operator here", 'write {1}, or "{0}" for the word'),
    },
    "foreign_operator": {
        "nl": ("{0} is hier geen operator", "schrijf {1}"),
        "en": ("{0} is no operator here", "write {1}"),
    },
    "dash": {
        "nl": ("een lang streepje {0} voor een woord", "schrijf NOT of een gewoon streepje -"),
        "en": ("a long dash {0} before a word", "write NOT or a plain -"),
    },
    "no_letter": {
        "nl": ("{0} bevat geen letter of cijfer", "haal het weg of schrijf een woord"),
        "en": ("{0} holds no letter or digit", "remove it or write a word"),
    },
    "stem": {
        "nl": ("bij {0} staan minder dan twee letters naast * of ?", "schrijf een langere stam: prefix*"),
        "en": ("{0} has fewer than two letters beside * or ?", "* needs at least two letters: prefix*"),
    },
    "stars": {
        "nl": (
            "{0} heeft te veel jokertekens",
            "gebruik er hooguit twee in een woord en vier in een woordgroep",
        ),
        "en": ("{0} has too many wildcards", "use at most two in a word and four in a phrase"),
    },
    "compound": {
        "nl": (
            "~ na {0} kan niet: het hoort na een woord van minstens vier letters",
            'schrijf klantgegevens~, klant-gegevens~ of "klant gegevens"~',
        ),
        "en": (
            "~ cannot stand after {0}: it belongs after a word of four letters or more",
            'write klantgegevens~, klant-gegevens~ or "klant gegevens"~',
        ),
    },
    "fuzzy": {
        "nl": ("{0}: bijna gelijke woorden worden niet gezocht", "schrijf de spellingen met OR ertussen"),
        "en": ("{0}: nearly equal words are not looked for", "write the spellings with OR in between"),
    },
    "within": {
        "nl": (
            "{0}: na ~ hoort een getal van 0 tot {1}, na twee tot acht gewone woorden",
            'schrijf "woord ander"~3',
        ),
        "en": (
            "{0}: a number from 0 to {1} belongs after ~, after two to eight plain words",
            'write "word other"~3',
        ),
    },
    "tag": {
        "nl": ("{0}: een hashtag heeft alleen letters, cijfers en _", "schrijf #voorbeeld"),
        "en": ("{0}: a hashtag has only letters, digits and _", "write #example"),
    },
    "handle": {
        "nl": ("{0}: een account heeft alleen letters, cijfers en . _ - @", "schrijf @voorbeeld"),
        "en": ("{0}: a handle has only letters, digits and . _ - @", "write @example"),
    },
    "author": {
        "nl": (
            "{0} vraagt naar de schrijver: Klankbord bewaart geen namen en volgt geen personen",
            "zoek op de naam van de organisatie, een merk of een campagne",
        ),
        "en": (
            "{0} asks for the writer: Klankbord keeps no names and follows no persons",
            "look for the name of the organisation, a brand or a campaign",
        ),
    },
    "field": {
        "nl": ("{0} bestaat hier niet", "gebruik title: site: source: lang:, of schrijf de woorden zelf"),
        "en": ("{0} is not supported", "use title: site: source: lang:, or write the words themselves"),
    },
    "field_value": {
        "nl": ("{0} heeft een waarde nodig", "schrijf bijvoorbeeld {1}"),
        "en": ("{0} needs a value", "write for example {1}"),
    },
    "title_inside": {
        "nl": ("{0} kan niet binnen title: staan", "zet het buiten de haakjes"),
        "en": ("{0} cannot stand inside title:", "put it outside the brackets"),
    },
    "regex_open": {
        "nl": (
            "een reguliere expressie die niet is afgesloten",
            'zet / aan het eind, of zet "{0}" tussen quotes',
        ),
        "en": ("a regular expression that is not closed", 'add / at its end, or put quotes round "{0}"'),
    },
    "regex_bad": {
        "nl": ("de reguliere expressie {0} is niet te lezen ({1})", "gebruik het dialect van RE2"),
        "en": ("the regular expression {0} cannot be read ({1})", "use the dialect of RE2"),
    },
    "regex_empty": {
        "nl": ("de reguliere expressie {0} past ook op niets", "laat hem minstens één teken eisen"),
        "en": (
            "the regular expression {0} also fits nothing at all",
            "make it ask for one character at least",
        ),
    },
    "regex_long": {
        "nl": ("een reguliere expressie van {0} tekens, meer dan {1}", "verdeel hem"),
        "en": ("a regular expression of {0} characters, more than {1}", "divide it"),
    },
    "regex_many": {
        "nl": ("meer dan {0} reguliere expressies", "gebruik woorden waar dat kan"),
        "en": ("more than {0} regular expressions", "use words where you can"),
    },
    "only_not": {
        "nl": (
            "zegt alleen wat er niet in mag staan, of noemt alleen een site, bron of taal",
            "voeg een woord toe dat er wel moet staan",
        ),
        "en": (
            "only says what must not stand there, or only names a site, source or language",
            "add a word that must",
        ),
    },
    "list_operator": {
        "nl": (
            "{0} werkt niet in een lijst: de regel zou als woordgroep worden gelezen",
            "zet elk woord op een eigen regel, of gebruik de uitgebreide zoekopdracht",
        ),
        "en": (
            "{0} does not work in a list: the line would be read as a phrase",
            "write each word on a line of its own, or use the advanced query",
        ),
    },
    "list_minus": {
        "nl": ("{0}: een lijst kent geen -", "zet het in het vak met uitgesloten woorden"),
        "en": ("{0}: a list knows no -", "put it in the box of excluded words"),
    },
    "list_hash": {
        "nl": (
            "{0} kan opmerking of hashtag zijn",
            "schrijf # met een spatie voor een opmerking, of zet de hashtag alleen op de regel",
        ),
        "en": (
            "{0} may be a comment or a hashtag",
            "write # and a space for a comment, or put the tag on a line alone",
        ),
    },
}

PHRASES: Mapping[str, _Both] = {**_DOUBTS, **_MISTAKES}
