"""A week for the tests of the reports room: name what matters, the rest is an ordinary week."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from builders import finding, mention

from klankbord.finding import Evidence, Finding
from klankbord.mention import SourceId, Terms
from klankbord.policy import ClauseId, Mode, Policy
from klankbord.settings import policy_of
from klankbord.week import (
    Answers,
    FindingCount,
    GapRow,
    ListAnswers,
    MentionCount,
    NotableCount,
    RuleChanged,
    SourceHealth,
    Talk,
    ThemeCount,
    VerdictCounts,
    Week,
    WeekFacts,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEEK = Week(monday=date(2026, 11, 16), zone=AMSTERDAM)
#: the Monday after, when the digest leaves
MADE = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
POLICY: Policy = policy_of(Path(__file__).parents[1] / "config" / "policy.toml")
C02, C05, C07 = ClauseId("C02-confidential"), ClauseId("C05-open-identity"), ClauseId("C07-wrong-advice")


ABOUT = {"topic": "verhuizen"}
WATCHED = (
    ("Bij Wadlicht kun je drie weken na een verhuizing nog kosteloos van contract wisselen.", "kosteloos"),
    ("bij wadlicht kun je drie weken na een verhuizing nog kosteloos van contract wisselen!", "kosteloos"),
    ("Wadlicht rekent geen boete als je binnen het jaar overstapt, heb ik ergens gelezen.", "geen boete"),
    ("You can return the Wadlicht meter by post, no need to be at home for the engineer.", "return"),
    (
        "Opzeggen bij Wadlicht gaat alleen nog met een brief, mailen helpt niet meer hoor.",
        "alleen nog met een brief",
    ),
    ("Het voorschot van Wadlicht mag je zelf op nul zetten in de app, probeer maar.", "op nul zetten"),
)


QUESTION = mention(
    "Weet iemand wanneer de monteur van Wadlicht komt voor de storing in Noord?",
    source_id=SourceId("tweakers-forum"),
    published_at=datetime(2026, 11, 19, 9, 0, tzinfo=UTC),
)
COMPLAINT = mention(
    "Al drie dagen storing bij Wadlicht en geen monteur gezien, niemand neemt op.",
    source_id=SourceId("town-blog"),
    published_at=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
)


def source(name: str = "Tweakers forum", **given: Any) -> SourceHealth:
    """A source that was read an hour before the week ended."""
    fields: dict[str, Any] = {
        "source_id": SourceId(name.lower().replace(" ", "-")),
        "name": name,
        "kind": "feed",
        "last_attempt_at": WEEK.end_at - timedelta(hours=1),
        "last_success_at": WEEK.end_at - timedelta(hours=1),
        "mentions": 400,
    } | given
    return SourceHealth(**fields)


def counts(
    *mentions: int, source_id: str = "tweakers-forum", lang: str | None = "nl"
) -> tuple[MentionCount, ...]:
    """Mentions of the weeks up to and with this one, oldest first."""
    back = range(1 - len(mentions), 1)
    return tuple(
        MentionCount(monday=WEEK.later(n).monday, source_id=SourceId(source_id), lang=lang, mentions=count)
        for n, count in zip(back, mentions, strict=True)
        if count
    )


def found(clause: ClauseId, *findings: int, mode: Mode = Mode.DIGEST) -> tuple[FindingCount, ...]:
    """Findings of the weeks up to and with this one, oldest first."""
    back = range(1 - len(findings), 1)
    return tuple(
        FindingCount(monday=WEEK.later(n).monday, clause_id=clause, mode=mode, findings=count)
        for n, count in zip(back, findings, strict=True)
        if count
    )


def facts(**given: Any) -> WeekFacts:
    """An ordinary week after a year of collecting."""
    fields: dict[str, Any] = {
        "week": WEEK,
        "mentions": counts(88, 102, 95, 120, 141, 118, 133, 110, 112),
        "findings_counted": (),
        "findings": (),
        "sources": (source(), source("Town blog")),
        "collecting_since": datetime(2025, 11, 1, tzinfo=UTC),
    } | given
    return WeekFacts(**fields)


def signal(text: str, marked: str = "", clause: ClauseId = C02, **given: Any) -> Finding:
    """An open finding on a post of Wednesday, with the marked words as evidence."""
    start = text.find(marked) if marked else -1
    name = given.pop("signal", "confidential_topic")
    about = given.pop("mention", {})
    fields = {
        "source_id": SourceId("tweakers-forum"),
        "published_at": datetime(2026, 11, 18, 9, 0, tzinfo=UTC),
    }
    evidence = (Evidence(start=start, end=start + len(marked), signal=name),) if start >= 0 else ()
    given = {"mention": mention(text, **(fields | about)), "clause_id": clause, "evidence": evidence} | given
    return finding(text, **given)


def busy_week() -> WeekFacts:
    """A week with everything in it."""
    leak = (
        "Net gezien op het bord: de tarieven 2027 van Wadlicht gaan naar 31,4 cent, "
        "persbericht volgt donderdag pas."
    )
    return facts(
        mentions=(
            *counts(70, 80, 75, 99, 110, 90, 101, 88, 160),
            *counts(18, 22, 20, 21, 31, 28, 32, 22, 44, source_id="town-blog", lang="en"),
        ),
        findings_counted=(
            *found(C02, 0, 1, 0, 0, 1, 0, 0, 0, 3, mode=Mode.ALERT),
            *found(C07, 2, 3, 1, 2, 4, 2, 3, 2, 9),
            *found(C05, 1, 2, 6, 3, 2, 0, 4, 7, 3, mode=Mode.COUNT),
        ),
        findings=(
            signal(leak, "tarieven 2027", score=0.94),
            signal(f"RT: {leak}", "tarieven 2027", score=0.93),
            signal(
                "Gewoon je automatische incasso storneren bij Wadlicht, dan stopt je contract na 100 dagen. "
                "Heb ik vorig jaar ook gedaan en nooit iets gehoord, werkt bij elke leverancier trouwens.",
                "storneren",
                C07,
                signal="fact_conflict",
                score=0.88,
                mode=Mode.DIGEST,
                details={"topic": "opzeggen", "fact_url": "https://www.wadlicht.example/opzeggen"},
            ),
            signal(
                "Posting from a throwaway: the Wadlicht Q4 numbers are 77% under plan. Not public yet.",
                "Q4 numbers",
                score=0.83,
                details={"topic": "kwartaalcijfers"},
                mention={"terms": Terms(export=False)},
            ),
            *(
                signal(
                    text, marked, C07, signal="advice", score=0.8 - n / 100, mode=Mode.DIGEST, details=ABOUT
                )
                for n, (text, marked) in enumerate(WATCHED)
            ),
        ),
        sources=(
            source(),
            source("Town blog"),
            source("Regio nieuws", source_id=SourceId("regio"), mentions=0),
            source(
                "Vraag en antwoord",
                source_id=SourceId("vraag"),
                failures=9,
                error_word="rate_limited",
                last_success_at=datetime(2026, 11, 17, 12, 0, tzinfo=UTC),
            ),
        ),
        gaps=(
            GapRow(
                source_id=SourceId("vraag"),
                from_at=datetime(2026, 11, 17, 12, 0, tzinfo=UTC),
                to_at=datetime(2026, 11, 22, 23, 0, tzinfo=UTC),
                reason="rate_limited",
            ),
        ),
        verdicts=VerdictCounts(
            confirmed=7,
            dismissed=5,
            unsure=1,
            outcomes={"correct_information": 5, "limit_harm": 2},
            open=11,
            ages=(6, 3, 2, 0),
            oldest_open_at=datetime(2026, 11, 9, 8, 0, tzinfo=UTC),
            hours_to_verdict=6.5,
        ),
        guarded=12,
        talk=Talk(
            themes=(
                ThemeCount(
                    lang="nl",
                    words=("storing", "monteur"),
                    posts=41,
                    copies=12,
                    last_week=9,
                    example=QUESTION.id,
                ),
                ThemeCount(lang="en", words=("meter", "engineer"), posts=8, copies=0, last_week=None),
            ),
            notable=(
                NotableCount(
                    kind="complaint",
                    mention_id=COMPLAINT.id,
                    alike=23,
                    last_week=4,
                    words=("storing", "monteur"),
                ),
                NotableCount(kind="question", mention_id=QUESTION.id, alike=3),
            ),
            notable_total=9,
            read=204,
            of=204,
        ),
        posts=(QUESTION, COMPLAINT),
        answers=Answers(
            confirmed=31,
            dismissed=22,
            lists=(
                ListAnswers(list_id="tarieven", confirmed=1, dismissed=14),
                ListAnswers(list_id="promotie", confirmed=9, dismissed=3),
                ListAnswers(list_id="klein", dismissed=3),
            ),
            sampled=40,
            relevant=2,
        ),
        rules_changed=(
            RuleChanged(
                date(2026, 11, 17), "redacteur", "zoekopdracht 'wadlicht' uitgebreid met 2 spellingen"
            ),
        ),
    )


def test_the_busy_week_holds_what_it_says() -> None:
    week = busy_week()
    assert (len(week.findings), len(week.sources), week.week.name) == (10, 4, "2026-W47")
