"""Parts of a digest for the tests of the layouts, in both languages."""

from datetime import date, timedelta

from klankbord.policy import Lang
from reports.dates import number
from reports.record import (
    Change,
    Decision,
    Door,
    Notable,
    Quote,
    Theme,
    Watched,
    WeekBar,
)

MONDAY = date(2026, 11, 16)
DESK = "https://desk.wadlicht.example"
LEAK = (
    "Net gezien op het bord: de tarieven 2027 van Wadlicht gaan naar 31,4 cent, persbericht volgt donderdag."
)
ADVICE = (
    "Gewoon je automatische incasso storneren bij Wadlicht, dan stopt je contract na 100 dagen. "
    "Heb ik vorig jaar ook gedaan en nooit iets gehoord, werkt bij elke leverancier."
)
QUESTION = (
    "Iemand enig idee wanneer Wadlicht de storing in Oost oplost? Al drie keer gebeld, niemand weet iets."
)
LINES = (
    ("Bij Wadlicht kun je drie weken na een verhuizing nog kosteloos van contract wisselen.", "kosteloos"),
    ("Wadlicht rekent geen boete als je binnen het jaar overstapt, heb ik ergens gelezen.", "geen boete"),
    ("You can return the Wadlicht meter by post, no need to be at home for the engineer.", "by post"),
    ("Opzeggen bij Wadlicht gaat alleen nog met een brief, mailen helpt niet meer hoor.", "met een brief"),
    ("Het voorschot van Wadlicht mag je zelf op nul zetten in de app, probeer maar.", "op nul zetten"),
)


def quoted(text: str, marked: str = "") -> Quote:
    """A quote with these words marked."""
    start = text.find(marked) if marked else -1
    return Quote(text=text, marks=((start, start + len(marked)),) if start >= 0 else ())


def door(item: str, desk: str = DESK) -> Door:
    """Where a finding is opened."""
    return (
        Door(address=f"{desk}/findings/{item}") if desk else Door(command=f"klankbord findings show {item}")
    )


def _pick(language: Lang, dutch: str, english: str) -> str:
    return dutch if language == "nl" else english


def decisions(language: Lang, desk: str = DESK) -> tuple[Decision, ...]:
    """Three of them: quoted, quoted with remarks, and one whose source allows no quote."""
    rows = (
        (
            "9f2c41aa",
            "C02",
            _pick(language, "Vertrouwelijk blijft binnen", "Confidential stays inside"),
            quoted(LEAK, "tarieven 2027"),
            (),
        ),
        (
            "b81d0c37",
            "C07",
            _pick(language, "Klopt het advies", "Is the advice right"),
            quoted(ADVICE, "storneren"),
            (
                _pick(language, "+2 kopieën", "+2 copies"),
                _pick(language, "later gevonden", "found late"),
            ),
        ),
        (
            "40aa97be",
            "C02",
            _pick(language, "Vertrouwelijk blijft binnen", "Confidential stays inside"),
            None,
            (),
        ),
    )
    return tuple(
        Decision(
            id=item,
            clause=clause,
            title=title,
            confidence=_pick(language, "sterke aanwijzing", "strong indication"),
            source="Tweakers forum",
            age=_pick(language, "5 dagen oud", "5 days old"),
            remarks=remarks,
            sentence=_pick(
                language,
                "Mogelijk raakt deze tekst aan iets dat nog niet bekend is gemaakt. "
                "Wie dit schreef, staat niet vast.",
                "Possibly this text touches on something not announced yet. Who wrote it is not established.",
            ),
            quote=quote,
            no_quote=""
            if quote
            else _pick(
                language,
                "De voorwaarden van de bron staan geen citaat toe.",
                "The source's terms do not allow a quote.",
            ),
            why=(
                _pick(
                    language,
                    "woorden van de lijst met vertrouwelijke onderwerpen: “tarieven 2027”",
                    "words from the list of confidential topics: “tarieven 2027”",
                ),
                _pick(
                    language,
                    "zegt zo te zien dat het nog niet bekend is",
                    "appears to say that it has not been announced",
                ),
            ),
            unknown=_pick(
                language,
                "Wie dit schreef en wat ermee bedoeld is, staat niet vast.",
                "Who wrote this, and what was meant by it, is not established.",
            ),
            innocent=_pick(
                language,
                "Een gok, of een cijfer dat al elders stond.",
                "A guess, or a figure already public elsewhere.",
            ),
            next_step=_pick(
                language,
                "Vraag na of dit al openbaar is; zo niet, overleg met de woordvoerder.",
                "Ask whether this is public already; if not, talk to the spokesperson.",
            ),
            door=door(item, desk),
        )
        for item, clause, title, quote, remarks in rows
    )


def watched(language: Lang, desk: str = DESK) -> tuple[Watched, ...]:
    """Five lines of evidence, and one that cannot be quoted."""
    quotes: list[Quote | None] = [quoted(text, marked) for text, marked in LINES]
    return tuple(
        Watched(
            id=f"{n}1c2d3e4",
            clause="C07",
            title=_pick(language, "Klopt het advies", "Is the advice right"),
            confidence=_pick(language, "aanwijzing", "indication"),
            source="Regio nieuws",
            age=_pick(language, f"{n + 2} dagen oud", f"{n + 2} days old"),
            remarks=(_pick(language, "+1 kopie", "+1 copy"),) if n == 0 else (),
            quote=quote,
            no_quote=""
            if quote
            else _pick(
                language,
                "Het bericht is bij de bron weggehaald en wordt niet aangehaald.",
                "The post was taken down at its source and is not quoted.",
            ),
            door=door(f"{n}1c2d3e4", desk),
        )
        for n, quote in enumerate([*quotes, None])
    )


def weeks(*mentions: int | None, findings: int | None = None) -> tuple[WeekBar, ...]:
    """Bars of the weeks up to and with this one."""
    most = max((count or 0 for count in mentions), default=0) or 1
    back = range(1 - len(mentions), 1)
    return tuple(
        WeekBar(
            monday=(monday := MONDAY + timedelta(weeks=n)),
            number=monday.isocalendar().week,
            mentions=count,
            findings=findings if count else None,
            mentions_shown="-" if count is None else number(count, "nl"),
            findings_shown="-" if findings is None else number(findings, "nl"),
            percent=round((count or 0) * 100 / most),
            current=n == 0,
            partial=n == back[0],
        )
        for n, count in zip(back, mentions, strict=True)
    )


def changes(language: Lang) -> tuple[Change, ...]:
    """Mentions, findings and two clauses."""
    few = _pick(language, "minder dan 5", "fewer than 5")
    more = _pick(language, "meer dan gewoonlijk", "more than usual")
    return (
        Change(
            label=_pick(language, "Vermeldingen", "Mentions"),
            this=number(1620, language),
            last=number(1330, language),
            median=number(1195, language),
            word=more,
            delta_last="+22%",
            delta_median="+36%",
            weeks=(88, 102, 95, 120, 141, 118, 1330, 1620),
        ),
        Change(
            label=_pick(language, "Signalen om te bekijken", "Signals to look at"),
            this="12",
            last="7",
            median=number(6.5, language),
            delta_last="+71%",
            delta_median="+85%",
        ),
        Change(
            label=f"C02 {_pick(language, 'Vertrouwelijk blijft binnen', 'Confidential stays inside')}",
            this=few,
            last="-",
            median="-",
        ),
        Change(
            label="C05 "
            + _pick(
                language,
                "Open over wie je bent (alleen geteld)",
                "Open about who you are (counted only)",
            ),
            this="9",
            last="11",
            median="8",
            delta_last="-18%",
            delta_median="+13%",
        ),
    )


def themes(language: Lang) -> tuple[Theme, ...]:
    """Two themes in Dutch and one in English, which may not be quoted."""
    return (
        Theme(
            label="storing, oost, monteur",
            lang="nl",
            language=_pick(language, "Nederlands", "Dutch"),
            posts=138,
            counted=_pick(language, "138 berichten", "138 posts"),
            growth=_pick(language, "nieuw deze week", "new this week"),
            rising=True,
            copies=_pick(language, "12 zeggen vrijwel hetzelfde", "12 say nearly the same"),
            quote=quoted("Sinds vanmorgen zit half Oost zonder stroom, en de monteur komt pas morgen."),
        ),
        Theme(
            label="zonnepanelen, terugleveren",
            lang="nl",
            language=_pick(language, "Nederlands", "Dutch"),
            posts=41,
            counted=_pick(language, "41 berichten", "41 posts"),
            growth=_pick(language, "ongeveer als vorige week", "about as last week"),
            rising=False,
            copies="",
            quote=quoted("Terugleveren kost straks geld, las ik bij Wadlicht."),
        ),
        Theme(
            label="smart meter, reading",
            lang="en",
            language=_pick(language, "Engels", "English"),
            posts=9,
            counted=_pick(language, "9 berichten", "9 posts"),
            growth="-40%",
            rising=False,
            copies="",
            quote=None,
        ),
    )


def notable(language: Lang, desk: str = DESK) -> tuple[Notable, ...]:
    """A question without an answer and a complaint that grows."""
    return (
        Notable(
            kind="question",
            label=_pick(language, "Vraag zonder antwoord", "Question without an answer"),
            source="Town blog",
            age=_pick(language, "2 dagen oud", "2 days old"),
            remarks=(),
            quote=quoted(QUESTION),
            why=_pick(
                language,
                "In twee dagen antwoordde niemand.",
                "Nobody answered in two days.",
            ),
            next_step=_pick(
                language,
                "Antwoord vanaf het eigen account, met een link naar de storingspagina.",
                "Answer from your own account, with a link to the outage page.",
            ),
            door=door("m-77", desk),
        ),
        Notable(
            kind="complaint",
            label=_pick(language, "Klacht die groeit", "Complaint that grows"),
            source="Mastodon #wadlicht",
            age=_pick(language, "vandaag", "today"),
            remarks=(_pick(language, "+14 kopieën", "+14 copies"),),
            quote=quoted("De app van Wadlicht logt je steeds uit. Weer."),
            why=_pick(
                language,
                "15 berichten zeggen dit; vorige week 2.",
                "15 posts say this; last week fewer than 5.",
            ),
            next_step=_pick(
                language,
                "Meld op de statuspagina wat er aan de hand is.",
                "Tell on the status page what is going on.",
            ),
            door=door("m-78", desk),
        ),
    )
