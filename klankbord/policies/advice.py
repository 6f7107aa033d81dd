"""A policy and what holds around it come in; what is allowed but will surprise goes out. Pure."""

import re
from collections.abc import Iterator

from klankbord.policies.caps import Around, Cap, caps_of, rules_of
from klankbord.policy import Clause, Mode, Policy

_SAID = {
    "topics": "organisation.toml has no [[topic]] and no confidential keyword list: {clause} stays silent",
    "facts": "organisation.toml has no [[fact]]: {clause} stays silent",
    "competitors": "organisation.toml names no competitors: {clause} stays silent",
    "market": "no [[topic]] in organisation.toml is market_sensitive: {clause} stays silent",
    "adoption": "the adoption record is open: {clause} is only counted",
    "size": "organisation.toml says small = true: {clause} is only counted",
    "data": "{detail} test posts are too few to say how good {clause} is: it is only counted",
}
#: clauses that courts and labour boards found too wide (law.md I5)
_WIDE = (
    (
        re.compile(r"(?i)\b(?:disparag\w+|negative remarks?|negatie(?:f|ve)|kritiek|hurtful|kwetsend\w*)\b"),
        "it forbids a tone; criticism is free (P04): name what may not be told instead",
    ),
    (
        re.compile(r"(?i)\b(?:permission|toestemming|goedkeuring)\b.{0,40}\b(?:before|vooraf|voordat)\b"),
        "it asks for leave before any post: ask for it only where others appear in the text",
    ),
    (
        re.compile(
            r"(?i)\b(?:not|never|no|niet|nooit|geen)\b.{0,60}"
            r"\b(?:salar\w+|wages?|working conditions|loon|arbeidsvoorwaarden)\b"
        ),
        "it forbids talk of pay or working conditions, which is protected (P03)",
    ),
    (
        re.compile(
            r"(?i)\b(?:all|any|every|alle|elke)\s+(?:internal |interne )?(?:information|informatie)\b"
        ),
        "it leaves open what is confidential: name the kinds",
    ),
)


def advice_on(policy: Policy, shipped: Policy, around: Around | None) -> Iterator[str]:
    """What somebody who adopts this policy should know; nothing here is a mistake.

    Args:
        policy: as it was read.
        shipped: the one that ships, to tell what was taken away.
        around: None where only a file is looked at.
    """
    if not policy.contact:
        yield "contact is empty: nobody is told where questions and objections go"
    if not policy.whistleblower_url:
        yield "adoption.whistleblower_url is empty: nobody is told where to report wrongdoing"
    for clause in rules_of(policy):
        yield from _wide(clause)
        yield from _less(clause, shipped)
        if around is not None and clause.enabled:
            caps = [cap for cap in caps_of(clause, around) if _matters(cap, clause, policy)]
            yield from (_SAID[cap.reason].format(clause=clause.number, detail=cap.detail) for cap in caps)
    yield from _uneven(policy)
    if around is not None and around.test_positives is None:
        yield "there is no model yet: which clauses have too few test posts is told once there is one"


def _matters(cap: Cap, clause: Clause, policy: Policy) -> bool:
    return cap.reason in _SAID and cap.mode < clause.levels[policy.strictness]


def _wide(clause: Clause) -> Iterator[str]:
    for language, said in clause.text.items():
        for pattern, problem in _WIDE:
            if match := pattern.search(said):
                yield f"{clause.id}.text.{language}: “{match[0]}”: {problem}"


def _less(clause: Clause, shipped: Policy) -> Iterator[str]:
    """What the policy that ships has more of; fewer conditions or exceptions mean more findings."""
    try:
        original = shipped.clause(clause.id)
    except KeyError:
        return
    for name in sorted(set(original.needs) - set(clause.needs)):
        yield f"{clause.id}.needs: without {name}, which ships: more findings, and fewer that are right"
    for name in sorted(original.exceptions - clause.exceptions):
        yield f"{clause.id}.exceptions: without {name}, which ships: less is protected"
    if not any(clause.levels[level] > Mode.SILENT for level in clause.levels):
        yield f"{clause.id}.levels: silent at every strictness: `enabled = false` says so plainly"


def _uneven(policy: Policy) -> Iterator[str]:
    """Lists of a different length in nl and en: something was said in one language only."""
    for clause in policy.clauses:
        for name, lists in (("breach_when", clause.breach_when), ("not_breach", clause.not_breach)):
            lengths = {language: len(said) for language, said in lists.items()}
            if len(set(lengths.values())) > 1:
                told = ", ".join(f"{n} in {language}" for language, n in lengths.items())
                yield f"{clause.id}.{name}: {told}: does each language say the same?"
