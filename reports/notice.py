"""A source, spike or model that needs care, or what a day held back, comes in; its message goes out. Pure."""

from collections.abc import Mapping, Sequence
from textwrap import fill

from klankbord.finding import Finding
from klankbord.policy import Lang, Policy
from klankbord.ports import Message
from reports import phrase
from reports.alert import PAYLOAD, Case, case_facts, case_payload, doors
from reports.plain import one_line
from reports.text import WIDTH
from reports.words import Words, words

#: a summary names so many cases one by one; the rest are counted
_MOST = 60


def notice_of(
    kind: str,
    detail: Mapping[str, str],
    case: Case,
    organisation_name: str,
    language: Lang,
    desk_url: str = "",
) -> Message:
    """The message about a source, a spike or the model.

    Args:
        kind: "source", "spike" or "model".
        detail: names and figures, as the event gave them.
        case: what the outbox says of it.
        organisation_name: as the reader knows it.
        language: of every generated word.
        desk_url: where it is said that it was seen; empty: a command is named.
    """
    say = words(language)
    organisation = one_line(organisation_name, 60)
    what, text, advice = _said(kind, detail, organisation, say)
    facts = [(say("label.next"), advice), *case_facts(case, say)]
    if why := one_line(detail.get("why", ""), 300):
        facts.insert(0, (say("label.detail"), why))
    payload: dict[str, object] = {
        "event": kind,
        "version": PAYLOAD,
        **{k: one_line(v, 300) for k, v in detail.items()},
    }
    return Message(
        key=case.key,
        subject=say("notice.subject", organisation=organisation, what=what),
        text="\n".join((fill(text, WIDTH), "", *_table(facts, doors(case, None, desk_url, say)), "")),
        payload=payload | case_payload(case, desk_url),
    )


def summary_of(  # noqa: PLR0917 - as `alert_of`
    findings: Sequence[Finding],
    notices: Sequence[tuple[str, Mapping[str, str]]],
    case: Case,
    policy: Policy,
    organisation_name: str,
    language: Lang,
    desk_url: str = "",
) -> Message:
    """One message about everything that came after the day's number of alerts was reached.

    Args:
        findings: that still ask for an alert.
        notices: kind and detail of everything else.
        case: what the outbox says of the summary.
        policy: the policy in force.
        organisation_name: as the reader knows it.
        language: of every generated word.
        desk_url: where findings are opened; empty: commands are named.
    """
    say = words(language)
    organisation = one_line(organisation_name, 60)
    number = len(findings) + len(notices)
    lines = [_line(finding, policy, language, desk_url) for finding in findings]
    lines += [f"- {_said(kind, detail, organisation, say)[0]}" for kind, detail in notices]
    shown = lines[:_MOST] + ([f"- + {len(lines) - _MOST}"] if len(lines) > _MOST else [])
    payload: dict[str, object] = {
        "event": "alert_summary",
        "version": PAYLOAD,
        "alerts": number,
        "findings": [finding.id for finding in findings],
    }
    return Message(
        key=case.key,
        subject=say.many("overflow.subject", number, organisation=organisation),
        text="\n".join(
            (
                fill(say("overflow.lead"), WIDTH),
                "",
                *shown,
                "",
                fill(say("unknown"), WIDTH),
                "",
                "-" * WIDTH,
                fill(phrase.footer_of(policy, language), WIDTH),
                "",
            )
        ),
        payload=payload | {"key": case.key},
    )


def _line(finding: Finding, policy: Policy, language: Lang, desk_url: str) -> str:
    number, title = phrase.number_and_title(policy, finding, language)
    door = phrase.door_of(finding, desk_url)
    confidence = phrase.confidence_of(policy, finding.score, language)
    return f"- {number} {title} ({confidence})\n  {door.address or door.command}"


def _said(kind: str, detail: Mapping[str, str], organisation: str, say: Words) -> tuple[str, str, str]:
    """(what in a few words, a sentence or two, what to do)."""
    source = one_line(detail.get("source", ""), 60)
    if kind == "source":
        care = detail.get("care", "blocked")
        name = one_line(detail.get("id", "ID"), 64)
        return (
            say.either(f"notice.source.{care}", "notice.source.blocked", source=source),
            say.either(f"notice.text.{care}", "notice.text.blocked", source=source),
            say.either(f"notice.do.{care}", "notice.do.blocked", id=name),
        )
    if kind == "spike":
        return (
            say("notice.spike.subject", source=source),
            say("notice.spike.text", source=source, organisation=organisation),
            say("notice.spike.do"),
        )
    return say("notice.model"), say("notice.model.text"), say("notice.model.do")


def _table(facts: Sequence[tuple[str, str]], ways: Sequence[tuple[str, str]]) -> list[str]:
    width = max(len(label) for label, _ in (*facts, *ways)) + 2
    lines = [
        fill(
            value,
            WIDTH,
            initial_indent=f"{label + ':':<{width}}",
            subsequent_indent=" " * width,
            break_on_hyphens=False,
        )
        for label, value in facts
    ]
    return lines + [f"{label + ':':<{width}}{way}" for label, way in ways]
