"""Digests for the tests of the layouts: a full week, a quiet one, and one full of tricks."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from digest_parts import DESK, MONDAY, changes, decisions, notable, quoted, themes, watched, weeks

from klankbord.policy import Lang
from reports.dates import days, number
from reports.record import (
    Ageing,
    Coverage,
    Digest,
    Door,
    Judgement,
    KeywordLine,
    Quality,
    Quote,
    RuleChange,
    Share,
    SourceLine,
)

__all__ = ["BUILT", "HOSTILE", "full", "quiet", "quoted", "tricky"]

BUILT = datetime(2026, 11, 23, 7, 30, tzinfo=ZoneInfo("Europe/Amsterdam"))
#: what an attacker would put in a title, a source's name or a keyword
HOSTILE = (
    '<script>alert(1)</script>\r\nBcc: x@y.example\x1b[2J\u202e\ud800"\'=HYPERLINK("http://z.example") & '
    "</style>-->]]><img src=x onerror=y> [a](javascript:b) ![c](http://z.example/p.png) | `d` {{ e }}"
)


def full(language: Lang = "en", desk: str = DESK, **given: Any) -> Digest:
    """A week with everything in it."""
    nl = language == "nl"
    fields: dict[str, Any] = {
        "organisation": "Wadlicht",
        "language": language,
        "week": "2026-W47",
        "number": 47,
        "days": days(MONDAY, MONDAY + timedelta(days=6), language),
        "built_at": BUILT,
        "judgement": Judgement(
            level="act",
            label="Actie nodig" if nl else "Action needed",
            sentence="3 signalen vragen deze week een besluit (C02, C07); 6 om te volgen. Het was drukker dan gewoonlijk."
            if nl
            else "3 signals need a decision this week (C02, C07); 6 to watch. It was busier than usual.",
        ),
        "busier": True,
        "decisions": decisions(language, desk),
        "decisions_more": "",
        "figures": (
            (number(1620, language), "vermeldingen" if nl else "mentions"),
            ("3", "vragen een besluit" if nl else "need a decision"),
            ("6", "om te volgen" if nl else "to watch"),
        ),
        "changes": changes(language),
        "changes_notes": (),
        "weeks": weeks(880, 1020, 950, 1200, 1410, 1180, 1330, 1620, findings=12),
        "weeks_sentence": "Vermeldingen per week, van week 40 tot en met week 47: 880, 1.020, … 1.620."
        if nl
        else "Mentions a week, from week 40 to week 47: 880, 1,020, … 1,620.",
        "watched": watched(language, desk),
        "watched_total": 6,
        "watched_more": "en 2 signalen meer; alle staan op het bureau"
        if nl
        else "and 2 more signals; all of them are at the desk",
        "handled": (
            "13 oordelen: 7 opgepakt, 5 geen signaal, 1 twijfel."
            if nl
            else "13 verdicts: 7 acted on, 5 not a signal, 1 unsure.",
            "Mediaan van vondst tot eerste oordeel: 6,5 uur."
            if nl
            else "Median from finding to first verdict: 6.5 hours.",
        ),
        "quality": (
            "Oordeel 'geen signaal': 5 van 12." if nl else "Verdict 'not a signal': 5 of 12.",
            "In een steekproef van 20 berichten zonder signaal was er 1 van belang."
            if nl
            else "In a sample of 20 posts without a signal, 1 mattered.",
        ),
        "coverage": Coverage(
            sentence="3 van 4 bronnen gelezen, 1 niet; langste gat 135 uur, vanaf dinsdag (Vraag en antwoord)."
            if nl
            else "3 of 4 sources read, 1 not; longest gap 135 hours, from Tuesday (Vraag en antwoord).",
            lines=(
                SourceLine(
                    name="Vraag en antwoord",
                    mentions="-",
                    counted="-",
                    status="vraagt te wachten; laatst gelezen dinsdag 17 november"
                    if nl
                    else "asked us to wait; last read Tuesday 17 November",
                    well=False,
                ),
                SourceLine(
                    name="Tweakers forum",
                    mentions=number(1204, language),
                    counted="1204",
                    status="gelezen" if nl else "read",
                    well=True,
                ),
                SourceLine(
                    name="Town blog",
                    mentions="44",
                    counted="44",
                    status="gelezen" if nl else "read",
                    well=True,
                ),
            ),
            more="en 1 bron meer, goed gelezen" if nl else "and 1 more source, read as it should",
            notes=("Talen: Nederlands, Engels.",) if nl else ("Languages: Dutch, English.",),
            asked=4,
            troubled=1,
        ),
        "rules_changed": ("17 november, redacteur: lijst tarieven, versie 4",),
        "limits": (
            "Besloten groepen en verwijderde berichten zijn niet te zien."
            if nl
            else "Closed groups and deleted posts are out of sight.",
            "Dit overzicht gaat over teksten." if nl else "This digest is about texts.",
        ),
        "footer": (
            "Meld een misstand via https://wadlicht.example/melden."
            if nl
            else "Report wrongdoing at https://wadlicht.example/report.",
            "Reglement 3, niveau standaard, merk 1f3a." if nl else "Policy 3, level standard, mark 1f3a.",
        ),
        "themes": themes(language),
        "themes_note": "Gelezen uit 1.580 berichten." if nl else "Read from 1,580 posts.",
        "notable": notable(language, desk),
        "notable_more": "en 3 berichten meer" if nl else "and 3 more posts",
        "ageing": (
            Ageing(
                label="langer dan vier weken" if nl else "longer than four weeks", findings=2, overdue=True
            ),
            Ageing(label="korter dan een week" if nl else "under a week", findings=9, overdue=False),
        ),
        "signals": Quality(
            dismissed=Share(hits=5, n=12, percent=42, low=19, high=68),
            precision=Share(hits=41, n=60, percent=68, low=56, high=79),
            precision_sentence="Van 60 oordelen in acht weken werden er 41 opgepakt: tussen 56 en 79 procent."
            if nl
            else "Of 60 verdicts in eight weeks 41 were acted on: between 56 and 79 per cent.",
            keywords=(
                KeywordLine(
                    name="tarieven-nl",
                    dismissed=Share(hits=8, n=10, percent=80, low=49, high=94),
                    counted="8 van 10 (49-94%)" if nl else "8 of 10 (49-94%)",
                    suggestion="Laat 'tarief' weg." if nl else "Leave out 'tarief'.",
                ),
            ),
            sample=Share(hits=1, n=20, percent=5, low=1, high=24),
            sample_sentence="In een steekproef van 20 berichten zonder signaal was er 1 van belang."
            if nl
            else "In a sample of 20 posts without a signal, 1 mattered.",
        ),
        "rules": (
            RuleChange(
                day="17 november" if nl else "17 November",
                role="redacteur" if nl else "editor",
                what="trefwoordenlijst tarieven, versie 4" if nl else "keyword list tarieven, version 4",
                predicted="6",
                actual="9",
            ),
            RuleChange(
                day="18 november" if nl else "18 November",
                role="systeem" if nl else "system",
                what="zoekopdracht wadlicht: 2 spellingen erbij"
                if nl
                else "query wadlicht: 2 spellings added",
            ),
        ),
        "fingerprint": "5c0ffee5",
    } | given
    return Digest(**fields)


def quiet(language: Lang = "en") -> Digest:
    """A short digest: nothing to decide, to watch or to answer."""
    sentence = (
        "Een rustige week: 112 vermeldingen en niets dat een besluit vraagt."
        if language == "nl"
        else "A quiet week: 112 mentions and nothing that needs a decision."
    )
    return full(
        language,
        judgement=Judgement(
            level="quiet", label="Rustig" if language == "nl" else "Quiet", sentence=sentence
        ),
        busier=False,
        decisions=(),
        watched=(),
        watched_total=0,
        watched_more="",
        themes=(),
        themes_note="",
        notable=(),
        notable_more="",
        rules=(),
        rules_changed=("Er is niets gewijzigd." if language == "nl" else "Nothing was changed.",),
        handled=(),
        ageing=(),
        signals=Quality(),
        quality=("Zonder oordelen is hier niets over te zeggen.",)
        if language == "nl"
        else ("Without verdicts nothing can be said about this.",),
        changes=changes(language)[:2],
        short=True,
    )


def tricky(language: Lang = "en", text: str = HOSTILE) -> Digest:
    """The same text wherever something from outside may stand."""
    week = full(language)
    quote = Quote(text=text[:200], marks=((1, min(7, len(text))),) if len(text) > 2 else ())
    line = week.coverage.lines[0]
    return replace(
        week,
        organisation=text,
        decisions=tuple(
            replace(item, title=text, source=text, quote=quote, why=(text, text), remarks=(text,))
            for item in week.decisions
        ),
        watched=tuple(
            replace(item, source=text, quote=quote, door=Door(address=text)) for item in week.watched
        ),
        notable=tuple(replace(item, source=text, quote=quote, remarks=(text,)) for item in week.notable),
        themes=tuple(replace(item, label=text, quote=quote) for item in week.themes),
        coverage=replace(week.coverage, lines=(replace(line, name=text, status=text),), notes=(text,)),
        rules=tuple(replace(item, what=text, role=text) for item in week.rules),
        signals=replace(
            week.signals,
            keywords=tuple(replace(item, name=text, suggestion=text) for item in week.signals.keywords),
        ),
        changes=(replace(week.changes[0], label=text),),
    )
