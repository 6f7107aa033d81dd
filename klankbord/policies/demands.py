"""A policy document comes in; what takes away protection that people count on goes out. Pure."""

from collections.abc import Iterator

from klankbord.policies.document import LEVELS, Table, number, table, tables, text, texts
from klankbord.policies.locked import ALWAYS, ALWAYS_NEEDED, EFFECTS, LOCKED, NEVER_RULES
from klankbord.policy import Mode

#: dotted key, what was found there, what is allowed
Wrong = tuple[str, str, str]
_MODES = [mode.word for mode in Mode]


def demanded(document: Table, shipped: Table) -> Iterator[Wrong]:
    """What is wrong with a policy, whatever its form.

    Args:
        document: the file as TOML reads it.
        shipped: the policy that ships, for what may be added to but never taken away.
    """
    yield from _locked(document)
    yield from _categories(document, shipped)
    seen: set[str] = set()
    known = {need for _, clause in tables(shipped, "clause") for need in texts(clause.get("needs"))}
    for key, clause in tables(document, "clause"):
        name = text(clause.get("id"))
        if name and name[:3] in seen:
            yield f"{key}.id", f"{name[:3]} a second time", "each clause number once"
        seen.add(name[:3])
        if clause.get("kind") == "rule":
            yield from _rule(key, clause, known)
        yield from _exceptions(key, clause, document)


def _exceptions(key: str, clause: Table, document: Table) -> Iterator[Wrong]:
    there = [text(one.get("id")) for _, one in tables(document, "protected")]
    for name in texts(clause.get("exceptions")):
        if name not in there:
            yield f"{key}.exceptions", repr(name), f"all, or some of: {', '.join(there)}"


def _locked(document: Table) -> Iterator[Wrong]:
    for name, value in table(document.get("locked")).items():
        if name in LOCKED:
            yield (
                f"locked.{name}",
                repr(value),
                f"no such key: it is always {LOCKED[name]!r} and cannot be set",
            )
        else:
            yield f"locked.{name}", "an unknown key", "only documented keys"


def _categories(document: Table, shipped: Table) -> Iterator[Wrong]:
    given = {text(one.get("id"))[:3]: (key, one) for key, one in tables(document, "protected")}
    for _, original in tables(shipped, "protected"):
        name, effect = text(original.get("id")), text(original.get("effect"))
        key, one = given.get(name[:3], ("protected", None))
        if one is None:
            yield key, f"no {name}", "the nine protected categories: they may be added to, never removed"
            continue
        if text(one.get("id")) != name:
            yield f"{key}.id", repr(one.get("id")), f"{name}: other parts know it by that name"
        found = text(one.get("effect"))
        if found in EFFECTS and EFFECTS.index(found) < EFFECTS.index(effect):
            yield f"{key}.effect", repr(found), f"{effect}, or more: protection may only grow"


def _rule(key: str, clause: Table, known: set[str]) -> Iterator[Wrong]:
    if text(clause.get("id"))[:3] in NEVER_RULES:
        yield f"{key}.kind", "'rule'", "a principle or permission: this clause never leads to a finding"
    yield from _levels(key, clause)
    yield from _thresholds(key, clause)
    given = clause.get("exceptions")
    lacking = [] if given == "all" else [name for name in ALWAYS if name not in texts(given)]
    for name in lacking:
        yield f"{key}.exceptions", f"no {name}", f"{', '.join(ALWAYS)} win over every rule"
    needs = texts(clause.get("needs"))
    if ALWAYS_NEEDED not in needs:
        yield f"{key}.needs", f"no {ALWAYS_NEEDED}", "a rule is about posts that name the organisation"
    for need in needs:
        if need not in known:
            yield f"{key}.needs", repr(need), f"conditions that exist: {', '.join(sorted(known))}"


def _levels(key: str, clause: Table) -> Iterator[Wrong]:
    levels, before = table(clause.get("levels")), 0
    for level in LEVELS:
        word = text(levels.get(level))
        if word not in _MODES:
            if level not in levels:
                yield f"{key}.levels.{level}", "nothing", f"one of {', '.join(_MODES)}"
            continue
        mode = _MODES.index(word)
        if mode < before:
            allowed = f"{_MODES[before]}, or more: modes rise, or stay, with strictness"
            yield f"{key}.levels.{level}", repr(word), allowed
        before = max(before, mode)
        if mode and level not in table(clause.get("thresholds")):
            yield (
                f"{key}.thresholds.{level}",
                "nothing",
                f"a threshold from 0.70 up, since its level is {word}",
            )


def _thresholds(key: str, clause: Table) -> Iterator[Wrong]:
    thresholds, before, name = table(clause.get("thresholds")), None, ""
    for level in LEVELS:
        given = number(thresholds.get(level))
        if given is None:
            continue
        if before is not None and given > before:
            allowed = f"at most {before:g}, as at {name}: thresholds fall, or stay, with strictness"
            yield f"{key}.thresholds.{level}", f"{given:g}", allowed
        before, name = given, level
