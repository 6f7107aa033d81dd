"""A finding, or a digest, comes in; the message a channel carries goes out. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import fill
from zoneinfo import ZoneInfo

from klankbord.finding import Finding
from klankbord.masking import masked
from klankbord.mention import Precision
from klankbord.policy import Lang, Policy
from klankbord.ports import Message
from reports import dates, phrase
from reports.judgement import tally
from reports.plain import one_line
from reports.quote import may_quote, quote_of
from reports.record import Digest, Door
from reports.text import WIDTH, emphasised
from reports.words import Words, words

#: version of the payloads below; raised when a field changes its meaning or goes
PAYLOAD = 1
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the outbox says of an alert: how it came to be sent, and how to say that it was seen."""

    #: the same for every try
    key: str
    #: rule and version, such as `rare@dkfmcvbh`
    rule: str = ""
    #: which time the case is told
    update: int = 1
    #: code for "I have seen it"; empty: it cannot be said
    code: str = ""
    #: kind of source, such as "forum"
    source_kind: str = ""


def alert_of(  # noqa: PLR0913, PLR0917 - the door every alert passes
    finding: Finding,
    policy: Policy,
    organisation_name: str,
    language: Lang,
    desk_url: str = "",
    source_name: str = "",
    quote: bool = False,  # noqa: FBT001, FBT002 - given by name
    zone: ZoneInfo = _AMSTERDAM,
    case: Case | None = None,
) -> Message:
    """The message about one finding; its key is the same however often it is made.

    Args:
        finding: in alert mode.
        policy: the policy in force.
        organisation_name: as the reader knows it.
        language: of every generated word.
        desk_url: where findings are opened; empty: a command is named.
        source_name: what people call the source; empty: its id.
        quote: the settings let an alert hold words of the post; the source's terms must too (law.md L3).
        zone: by whose clock moments are told.
        case: what the outbox says of it; without it the alert is only looked at.
    """
    say = words(language)
    shown = quote and may_quote(finding.mention)
    number, title = phrase.number_and_title(policy, finding, language)
    confidence = phrase.confidence_of(policy, finding.score, language)
    source = one_line(source_name or finding.mention.source_id, 60)
    named = f"{source}, {case.source_kind}" if case and case.source_kind else source
    clause = f"{number} {title}"
    organisation = one_line(organisation_name, 60)
    subject = say("subject.alert", organisation=organisation, clause=clause, confidence=confidence)
    facts = [
        (say("label.clause"), clause),
        (say("label.source"), f"{named} ({say(f'kind.{finding.mention.kind.value}')})"),
        (say("label.posted"), _posted(finding, zone, say)),
        (say("label.found"), dates.moment(finding.found_at, zone, language)),
        (say("label.why"), "; ".join(phrase.why_of(finding, language, quote=shown)) or "-"),
        (say("label.unknown"), say("unknown")),
        (say("label.innocent"), phrase.innocent_of(policy, finding, language)),
        (say("label.next"), phrase.next_step_of(policy, finding, language)),
        *case_facts(case, say),
    ]
    ways = doors(case, phrase.door_of(finding, desk_url), desk_url, say)
    text = _text(finding, policy, confidence, facts, ways, say, shown=shown)
    payload = _payload(finding, number, title, confidence, source, desk_url, shown=shown)
    if case:
        payload |= case_payload(case, desk_url)
        payload |= {"source_kind": case.source_kind, "matched": _own_words(finding)}
    return Message(
        key=case.key if case else f"alert-{finding.id}", subject=subject, text=text, payload=payload
    )


def _own_words(finding: Finding) -> list[str]:
    """What of the organisation's own lists was met: its words, not the post's."""
    names = ("topic", "product", "competitor")
    return [one_line(masked(finding.details[name]), 80) for name in names if finding.details.get(name)]


def case_facts(case: Case | None, say: Words) -> list[tuple[str, str]]:
    """Labels and values: which time this is, and the rule that sent it."""
    if case is None:
        return []
    facts = [(say("label.update"), say("alert.update", n=case.update))] if case.update > 1 else []
    return facts + ([(say("label.rule"), case.rule)] if case.rule else [])


def doors(case: Case | None, door: Door | None, desk_url: str, say: Words) -> list[tuple[str, str]]:
    """Labels and what is followed or typed, each on a line of its own that nothing breaks."""
    found = [(say("label.open"), door.address or door.command)] if door else []
    if case and case.code:
        address, command = seen_at(case.code, desk_url)
        found.append((say("label.seen"), address or command))
    return found


def case_payload(case: Case, desk_url: str) -> dict[str, object]:
    """The same for a program."""
    payload: dict[str, object] = {"key": case.key, "rule": case.rule, "update": case.update}
    if case.code:
        address, command = seen_at(case.code, desk_url)
        payload |= {"seen_link": address or None, "seen_command": command or None}
    return payload


def seen_at(code: str, desk_url: str) -> tuple[str, str]:
    """The desk's page, or the command, with which somebody says that they have seen a case."""
    if desk_url:
        return f"{desk_url.rstrip('/')}/seen/{code}", ""
    return "", f"klankbord alerts acknowledge {code}"


def digest_message(digest: Digest, html: str, text: str) -> Message:
    """The weekly mail; numbers in the subject, no names but the organisation's."""
    say = words(digest.language)
    decide, watched = len(digest.decisions), digest.watched_total
    parts = [tally("decide", decide, say)]
    if watched:
        parts.append(tally("watch", watched, say))
    parts.append(_mood(digest, say))
    if digest.coverage.troubled:
        parts.append(say.many("subject.troubled", digest.coverage.troubled))
    named = ", ".join(part for part in parts if part)
    subject = say(
        "subject.digest", organisation=one_line(digest.organisation, 60), week=digest.number, parts=named
    )
    payload: dict[str, object] = {
        "event": "digest",
        "version": PAYLOAD,
        "week": digest.week,
        "organisation": digest.organisation,
        "level": digest.judgement.level,
        "judgement": digest.judgement.sentence,
        "decide": decide,
        "watched": watched,
        "mentions": digest.weeks[-1].mentions,
        "sources_not_read": digest.coverage.troubled,
    }
    return Message(key=f"digest-{digest.week}", subject=subject, text=text, html=html, payload=payload)


def _mood(digest: Digest, say: Words) -> str:
    if digest.busier:
        return say("subject.raised")
    if digest.judgement.level == "act" and not digest.decisions:
        return ""
    return say("subject.normal") if digest.decisions or digest.watched else say("subject.quiet")


def _posted(finding: Finding, zone: ZoneInfo, say: Words) -> str:
    mention = finding.mention
    posted = dates.moment(mention.published_at, zone, say.language)
    if mention.published_precision is Precision.EXACT:
        return posted
    return f"{posted} ({say(f'precision.{mention.published_precision.value}')})"


def _text(
    finding: Finding,
    policy: Policy,
    confidence: str,
    facts: list[tuple[str, str]],
    ways: list[tuple[str, str]],
    say: Words,
    *,
    shown: bool,
) -> str:
    quote = quote_of(finding) if shown else None
    width = max(len(label) for label, _ in (*facts, *ways)) + 2
    blank = " " * width
    return "\n".join(
        (
            fill(f"{say('alert.lead')} ({confidence})", WIDTH),
            "",
            fill(phrase.sentence_of(policy, finding, say.language), WIDTH),
            "",
            fill(
                emphasised(quote) if quote else say("alert.no_words"),
                WIDTH,
                initial_indent="  ",
                subsequent_indent="  ",
            ),
            "",
            *(
                fill(value, WIDTH, initial_indent=f"{label + ':':<{width}}", subsequent_indent=blank)
                for label, value in facts
            ),
            *(f"{label + ':':<{width}}{way}" for label, way in ways),
            "",
            "-" * WIDTH,
            fill(phrase.footer_of(policy, say.language), WIDTH),
            "",
        )
    )


def _payload(
    finding: Finding, number: str, title: str, confidence: str, source: str, desk_url: str, *, shown: bool
) -> dict[str, object]:
    door = phrase.door_of(finding, desk_url)
    payload: dict[str, object] = {
        "event": "alert",
        "version": PAYLOAD,
        "finding": finding.id,
        "clause": number,
        "clause_title": title,
        "confidence": confidence,
        "score": round(finding.score, 2),
        "source": source,
        "kind": finding.mention.kind.value,
        "published_at": _iso(finding.mention.published_at),
        "found_at": _iso(finding.found_at),
        "link": door.address or None,
        "command": door.command or None,
    }
    quote = quote_of(finding) if shown else None
    if quote:
        payload["quote"] = quote.text
        payload["marks"] = [list(mark) for mark in quote.marks]
    return payload


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
