"""A policy file and what surrounds it come in; the protocol that staff can be handed goes out. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from classify.modes import TIED
from klankbord.policies.caps import CLOSE
from klankbord.policies.difference_words import LEVEL, MODE
from klankbord.policies.protocol_words import PHRASES
from klankbord.policy import Clause, Lang, Mode, Policy
from klankbord.settings.policy_file import AdoptionGate, PolicyFile

if TYPE_CHECKING:
    from jinja2 import Template

Format = Literal["md", "html"]
_BLANK = re.compile(r"\{(\w+)\}")
_GATES = ("works_council", "staff_informed", "dpia", "legitimate_interest_assessment")
#: signs that Markdown or HTML would take for its own
_SIGNS = re.compile(r"([\\`*_\[\]|#~])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the protocol tells beside the policy: from organisation.toml, klankbord.toml and sources.toml."""

    name: str
    #: fewer than 50 staff
    small: bool = False
    listed: bool = False
    service_url: str = ""
    #: days a post without a finding stays, at the source that keeps it longest
    text_days: int
    #: days after which an author gets another pseudonym
    pseudonym_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A clause as people read it."""

    number: str
    title: str
    text: str
    #: what becomes of a finding, in words; empty: it never leads to one
    mode: str
    threshold: str
    fine: tuple[str, ...]
    may_touch: tuple[str, ...]
    examples_fine: tuple[str, ...]
    helps: str
    wording: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the adoption record."""

    name: str
    closed: bool
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """Everything the page says that is not the same for every organisation."""

    lang: Lang
    name: str
    version: str
    fingerprint: str
    strictness: str
    adopted: bool
    small: bool
    covers: str
    does_not_cover: str
    forbidden: tuple[str, ...]
    #: title, text, and what follows for a post
    protected: tuple[tuple[str, str, str], ...]
    rules: tuple[Rule, ...]
    principles: tuple[Rule, ...]
    #: titles of clauses that are turned off
    off: tuple[str, ...]
    #: what, and for how many days
    kept: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    contact: str
    whistleblower_url: str


def protocol_of(file: PolicyFile, fingerprint: str, beside: Surroundings, lang: Lang) -> Protocol:
    """The protocol as the policy stands.

    Args:
        file: the policy.
        fingerprint: of the file it was read from.
        beside: what other files tell.
        lang: in which language.
    """
    policy, say = file.record(fingerprint, listed=beside.listed), PHRASES[lang]
    on = [clause for clause in policy.clauses if clause.enabled]
    wording = {one.id: one.disclosure_wording.get(lang, ()) for one in file.clause}
    shown = [_rule(clause, policy, beside, wording[clause.id], lang) for clause in on]
    return Protocol(
        lang=lang,
        name=beside.name,
        version=policy.version,
        fingerprint=fingerprint,
        strictness=LEVEL[lang][policy.strictness.value],
        adopted=policy.adopted,
        small=beside.small,
        covers=file.scope.covers.get(lang, ""),
        does_not_cover=file.scope.does_not_cover.get(lang, ""),
        forbidden=file.scope.forbidden.get(lang, ()),
        protected=tuple(
            (one.title.get(lang, one.id), one.text.get(lang, ""), say[f"effect.{one.effect.value}"])
            for one in policy.protected
        ),
        rules=tuple(rule for rule, clause in zip(shown, on, strict=True) if clause.kind == "rule"),
        principles=tuple(rule for rule, clause in zip(shown, on, strict=True) if clause.kind != "rule"),
        off=tuple(
            f"{clause.number} {clause.title.get(lang, '')}" for clause in policy.clauses if not clause.enabled
        ),
        kept=(
            (say["kept.text"], beside.text_days),
            (say["kept.open"], policy.open_days),
            (say["kept.closed"], policy.closed_days),
            (say["kept.audit"], policy.audit_days),
            (say["kept.pseudonym"], beside.pseudonym_days),
        ),
        steps=_steps(file, say),
        contact=policy.contact,
        whistleblower_url=policy.whistleblower_url,
    )


def _rule(clause: Clause, policy: Policy, beside: Surroundings, wording: tuple[str, ...], lang: Lang) -> Rule:
    level, threshold = clause.levels[policy.strictness], clause.thresholds.get(policy.strictness)
    if (clause.number in TIED and not policy.adopted) or (clause.number in CLOSE and beside.small):
        level = min(level, Mode.COUNT)
    shown = f"{threshold:.2f}" if clause.kind == "rule" and threshold is not None else ""
    return Rule(
        number=clause.number,
        title=clause.title.get(lang, ""),
        text=clause.text.get(lang, ""),
        mode=MODE[lang][level.word] if clause.kind == "rule" else "",
        threshold=shown.replace(".", ",") if lang == "nl" else shown,
        fine=clause.not_breach.get(lang, ()),
        may_touch=clause.examples.get("flag", {}).get(lang, ()),
        examples_fine=clause.examples.get("pass", {}).get(lang, ()),
        helps=clause.suggested_action.get(lang, ""),
        wording=tuple(_filled(one, beside) for one in wording),
    )


def _filled(words: str, beside: Surroundings) -> str:
    known = {"organisatie": beside.name, "organisation": beside.name, "service_url": beside.service_url}
    return _BLANK.sub(lambda match: known.get(match[1]) or f"[{match[1].replace('_', ' ')}]", words)


def _steps(file: PolicyFile, say: Mapping[str, str]) -> tuple[Step, ...]:
    found = []
    for name in _GATES:
        gate: AdoptionGate = getattr(file.adoption, name)
        told = ", ".join(
            one for one in (say[f"status.{gate.status}"], gate.decided_on, gate.reference) if one
        )
        found.append(Step(name=say[f"gate.{name}"], closed=gate.closed, told=told))
    return tuple(found)


def rendered(protocol: Protocol, form: Format) -> str:
    """The page: HTML that stands alone and prints well, or Markdown."""
    return _template(form).render(
        page=protocol, say=PHRASES[protocol.lang], safe_link=protocol.whistleblower_url.startswith("https://")
    )


def plain(text: str) -> str:
    """Text in which Markdown sees nothing but text."""
    flat = " ".join(text.split())
    return _SIGNS.sub(r"\\\1", flat).replace("<", "&lt;").replace(">", "&gt;")


@cache
def _template(form: Format) -> "Template":
    from jinja2 import Environment, StrictUndefined

    source = files("klankbord.policies").joinpath("templates", f"protocol.{form}.j2").read_text("utf-8")
    # Markdown has its own signs: there each value goes through `plain`, which takes HTML's too.
    environment = Environment(
        autoescape=form == "html",  # noqa: S701 - see above
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain
    return environment.from_string(source)
