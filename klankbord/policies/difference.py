"""Two policies come in, what changed from one to the other goes out, key by key. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from klankbord.policies.document import LEVELS
from klankbord.policies.locked import EFFECTS
from klankbord.policy import Mode
from klankbord.settings.policy_file import PolicyFile

#: a value of a policy, as JSON has it; None: not there
Value = str | int | float | bool | tuple[str, ...] | None
What = Literal["changed", "added", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One key that is different."""

    #: `C02`, `P03`, or empty: the policy as a whole
    part: str
    #: dotted, within the part: `thresholds.strict`; empty: the part itself came or went
    key: str
    what: What
    before: Value = None
    after: Value = None
    #: staff or works council were told otherwise: ask them again (law.md I2, F2)
    material: bool = False


def changes(old: PolicyFile, new: PolicyFile) -> tuple[Change, ...]:
    """Everything that is different, in the order of the new policy; nothing where both say the same."""
    before, after = _parts(old), _parts(new)
    found: list[Change] = []
    for part in dict.fromkeys([*after, *before]):
        if part not in before or part not in after:
            what: What = "added" if part in after else "removed"
            title = (after.get(part) or before[part]).get("title.nl")
            found.append(
                Change(
                    part=part,
                    key="",
                    what=what,
                    before=title if what == "removed" else None,
                    after=title if what == "added" else None,
                    material=True,
                )
            )
        found += _within(part, before.get(part, {}), after.get(part, {}))
    return tuple(found)


def _within(part: str, before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[Change]:
    for key in dict.fromkeys([*after, *before]):
        one, other = before.get(key), after.get(key)
        if one == other and type(one) is type(other):
            continue
        what: What = "changed" if key in before and key in after else "added" if key in after else "removed"
        yield Change(
            part=part, key=key, what=what, before=one, after=other, material=_material(part, key, one, other)
        )


def _parts(policy: PolicyFile) -> dict[str, dict[str, Value]]:
    """Every value of a policy by its part and key."""
    content = policy.model_dump(mode="json")
    found: dict[str, dict[str, Value]] = {"": {}}
    for name in ("clause", "protected"):
        for one in content.pop(name):
            found[str(one["id"])[:3]] = dict(_flat(one))
    found[""] = dict(_flat(content))
    return found


def _flat(content: object, before: str = "") -> Iterator[tuple[str, Value]]:
    """The values under a key; a list of texts is one value."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from _flat(value, f"{before}.{key}" if before else str(key))
    elif isinstance(content, list) and not all(isinstance(one, str) for one in content):
        for place, value in enumerate(content, start=1):
            yield from _flat(value, f"{before}.{place}")
    elif isinstance(content, list):
        yield before, tuple(content)
    elif content is None or isinstance(content, str | int | float | bool):
        yield before, content


def _material(part: str, key: str, before: Value, after: Value) -> bool:
    """Whether the change reaches further than what people were told."""
    name, _, last = key.partition(".")
    if name in ("text", "scope", "purpose", "kind"):
        return True
    if name in ("breach_when", "not_breach"):
        return part.startswith("C")
    judged = _FURTHER.get(name)
    return judged is not None and judged(before, after) and (name != "thresholds" or last in LEVELS)


def _lower(before: Value, after: Value) -> bool:
    return isinstance(after, float) and not (isinstance(before, float) and after >= before)


def _longer(before: Value, after: Value) -> bool:
    return isinstance(before, int) and isinstance(after, int) and after > before


def _further(order: tuple[str, ...], before: Value, after: Value) -> bool:
    return before in order and after in order and order.index(str(after)) > order.index(str(before))


def _mode(value: Value) -> Mode:
    return Mode[str(value).upper()] if value else Mode.SILENT


def _holds_all(before: Value, after: Value) -> bool:
    """Whether a list still holds all that it held; `all` holds everything."""
    if after == "all":
        return True
    if not isinstance(before, tuple) or not isinstance(after, tuple):
        return False
    return set(before) <= set(after)


#: key -> whether the change from one value to another reaches further
_FURTHER: Mapping[str, Callable[[Value, Value], bool]] = {
    "levels": lambda before, after: _mode(after) > _mode(before),
    "thresholds": _lower,
    "retention": _longer,
    "strictness": lambda before, after: _further(LEVELS, before, after),
    "needs": lambda before, after: not _holds_all(before, after),
    "exceptions": lambda before, after: not _holds_all(before, after),
    "enabled": lambda _, after: after is True,
    "effect": lambda before, after: _further(EFFECTS, after, before),
}
