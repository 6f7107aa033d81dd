"""The phrases about themes, posts that ask for an answer, quality and time of a digest in Dutch."""

PHRASES: dict[str, str] = {
    "few.short": "<5",
    "mentions.few": "minder dan 5 vermeldingen",
    "posts.one": "{n} bericht",
    "posts.many": "{n} berichten",
    "judgement.asked.one": "{n} bericht vraagt om antwoord.",
    "judgement.asked.many": "{n} berichten vragen om antwoord.",
    "made_late": "Dit overzicht is laat: het had er {due} moeten zijn.",
    "themes.none": "Geen onderwerp sprong eruit: te weinig berichten gingen over hetzelfde.",
    "themes.sample": "Gelezen uit {read} van {of} berichten, toevallig gekozen; de aantallen zijn daarvan.",
    "theme.copies.one": "{n} daarvan zegt bijna hetzelfde als een ander",
    "theme.copies.many": "{n} daarvan zeggen bijna hetzelfde als een ander",
    "growth.new": "nieuw deze week",
    "growth.few": "vorige week nog minder dan 5",
    "growth.same": "ongeveer evenveel als vorige week",
    "growth.by": "{change} tegenover vorige week ({last})",
    "notable.question": "Vraag zonder antwoord",
    "notable.question.why": "Er is geen antwoord op gelezen.",
    "notable.question.alike": "{n} berichten vragen bijna hetzelfde; er is geen antwoord gelezen.",
    "notable.question.next": "Geef openbaar antwoord, of zeg wanneer dat komt.",
    "notable.complaint": "Klacht die groeit",
    "notable.complaint.why": "{n} berichten over dit onderwerp klagen; de week ervoor: {last}.",
    "notable.complaint.next": "Zoek uit wat er misgaat en zeg openbaar wat eraan gebeurt.",
    "notable.theme": "hoort bij het onderwerp {words}",
    "notable.more": "Meer berichten die om antwoord vragen en hier niet staan: {n}.",
    "ageing.week": "korter dan een week",
    "ageing.two": "een tot twee weken",
    "ageing.four": "twee tot vier weken",
    "ageing.older": "langer dan vier weken",
    "handled.aged.one": "{n} daarvan wacht {age}.",
    "handled.aged.many": "{n} daarvan wachten {age}.",
    "precision": (
        "In acht weken is met {percent} procent van {n} afgehandelde signalen iets gedaan "
        "(95 %-interval {low} tot {high} procent)."
    ),
    "precision.few": (
        "In acht weken is met {hits} van {n} afgehandelde signalen iets gedaan: te weinig voor procenten."
    ),
    "keyword.share": "{dismissed} van {n} signalen waren er geen ({low} tot {high} procent)",
    "keyword.few": "{dismissed} van {n} signalen waren er geen",
    "keyword.bad": "Kijk wat weg kan met `klankbord keywords suggest {name}`.",
    "keyword.watch": "Houd deze in de gaten.",
    "sample": (
        "Van {n} berichten zonder signaal die iemand bekeek, deden {relevant} er wel toe "
        "(95 %-interval {low} tot {high} procent)."
    ),
    "sample.few": "Van {n} berichten zonder signaal die iemand bekeek, deden {relevant} er wel toe.",
    "sample.none": "Niemand bekeek berichten zonder signaal; wat er gemist is, is dus niet bekend.",
    "limits.themes": "Een onderwerp is woorden die berichten delen; wat ermee bedoeld is, leest een mens.",
    "coverage.given_up.one": (
        "{n} bericht van deze week kon niet worden bezorgd; zie `klankbord alerts list --failed`."
    ),
    "coverage.given_up.many": (
        "{n} berichten van deze week konden niet worden bezorgd; zie `klankbord alerts list --failed`."
    ),
}
