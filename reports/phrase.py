"""A finding and the policy come in; the sentences said about it, in digest and alert alike, go out. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime

from klankbord.finding import Finding
from klankbord.masking import masked
from klankbord.mention import State
from klankbord.policy import Clause, Lang, Policy
from reports.plain import one_line
from reports.quote import about_a_person, words_of
from reports.record import Door
from reports.words import Words, words

_BLANK = re.compile(r"\{(\w+)\}")
#: signals named in one finding
_SIGNALS = 4


def clause_of(policy: Policy, finding: Finding) -> Clause | None:
    """The finding's clause; None where the policy no longer has it."""
    try:
        return policy.clause(finding.clause_id)
    except KeyError:
        return None


def number_and_title(policy: Policy, finding: Finding, language: Lang) -> tuple[str, str]:
    """`C02` and what that clause is called."""
    clause = clause_of(policy, finding)
    if clause is None:
        return one_line(finding.clause_id.split("-", 1)[0], 12), words(language)("clause.gone")
    return clause.number, one_line(clause.title.get(language, clause.id))


def sentence_of(policy: Policy, finding: Finding, language: Lang) -> str:
    """The clause's hedged sentence with the details filled in; a missing one gets a neutral word."""
    clause, say = clause_of(policy, finding), words(language)
    template = clause.finding_text.get(language, "") if clause else ""
    return filled(template, finding.details, say) if template else say("finding")


def filled(template: str, details: Mapping[str, str], say: Words) -> str:
    """The template with each {name} replaced; not `str.format`, since a policy is not code."""

    def value(match: re.Match[str]) -> str:
        given = one_line(masked(details.get(match[1], "")), 80)
        if match[1] == "pattern":
            given = say.either(f"pattern.{given}", "detail.pattern")
        return given or say.either(f"detail.{match[1]}", "detail.other")

    return _BLANK.sub(value, template)


def confidence_of(policy: Policy, score: float, language: Lang) -> str:
    """What the range of the score is called; never a figure (law.md section 5)."""
    for low, high, names in policy.wording.confidence:
        if low <= score < high:
            return names[language]
    nearest = min(policy.wording.confidence, key=lambda step: min(abs(score - step[0]), abs(score - step[1])))
    return nearest[2][language]


def why_of(finding: Finding, language: Lang, *, quote: bool = True) -> tuple[str, ...]:
    """Each signal in plain words, with the words it voted on where they may be quoted."""
    say = words(language)
    lines = []
    for signal in dict.fromkeys(piece.signal for piece in finding.evidence):
        kind, _, name = signal.partition(":")
        meaning = say.either(f"signal.{kind}", "signal.other", name=one_line(name or signal, 40))
        seen = words_of(finding, signal) if quote else ()
        lines.append(say("why.words", signal=meaning, words="”, “".join(seen)) if seen else meaning)
    return tuple(lines[:_SIGNALS])


def innocent_of(policy: Policy, finding: Finding, language: Lang) -> str:
    """What else it may be (law.md E3)."""
    clause = clause_of(policy, finding)
    return (clause.innocent_reading.get(language) if clause else None) or words(language)("innocent")


def next_step_of(policy: Policy, finding: Finding, language: Lang) -> str:
    """The helpful act the policy suggests."""
    clause = clause_of(policy, finding)
    return (clause.suggested_action.get(language) if clause else None) or words(language)("next_step")


def no_quote_of(finding: Finding, language: Lang) -> str:
    """Why a finding is shown without its words."""
    mention, say = finding.mention, words(language)
    if mention.state in {State.DELETED, State.REMOVED}:
        return say("no_quote.gone")
    if about_a_person(finding):
        return say("no_quote.person")
    if not (mention.terms.export and mention.terms.store):
        return say("no_quote.terms")
    return say("no_quote.empty")


def age_of(moment: datetime, now: datetime, language: Lang) -> str:
    """How old something is, in whole days."""
    age = max(0, (now - moment).days)
    return words(language).many("age", age) if age else words(language)("age.today")


def door_of(finding: Finding, desk_url: str) -> Door:
    """The desk's page of a finding, or the command that shows it."""
    if desk_url:
        return Door(address=f"{desk_url.rstrip('/')}/findings/{finding.id}")
    return Door(command=f"klankbord findings show {finding.id}")


def footer_of(policy: Policy, language: Lang) -> str:
    """The policy's own closing words, with where to report wrongdoing and where to object (law.md D7)."""
    missing = words(language)("footer.missing")
    given = {"whistleblower_url": policy.whistleblower_url, "contact": policy.contact}
    text = policy.wording.footer.get(language, "")
    return _BLANK.sub(lambda match: one_line(given.get(match[1], ""), 200) or missing, text)
