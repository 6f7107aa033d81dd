"""A change of a policy comes in, a plain sentence in Dutch or English goes out. Pure."""

from collections.abc import Mapping

from klankbord.policies.difference import Change, Value
from klankbord.policy import Lang

LEVEL = {
    "nl": {"liberal": "liberaal", "standard": "standaard", "strict": "streng"},
    "en": {"liberal": "liberal", "standard": "standard", "strict": "strict"},
}
MODE: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "silent": "niet gezocht",
        "count": "alleen geteld",
        "digest": "in het weekoverzicht",
        "alert": "meteen gemeld",
    },
    "en": {
        "silent": "not looked for",
        "count": "only counted",
        "digest": "in the weekly digest",
        "alert": "told at once",
    },
}
_KEY = {
    "nl": {
        "title": "naam", "text": "tekst", "breach_when": "wanneer een tekst het raakt",
        "not_breach": "wat wel mag", "examples.flag": "voorbeelden die het raken",
        "examples.pass": "voorbeelden die mogen", "exceptions": "uitzonderingen", "needs": "voorwaarden",
        "suggested_action": "wat helpt", "finding_text": "zin van een signaal",
        "innocent_reading": "onschuldige lezing", "disclosure_wording": "woorden die de band noemen",
        "indicators": "herkenningswoorden", "effect": "gevolg", "enabled": "aan", "kind": "soort",
        "purpose": "doel", "contact": "contact", "version": "versie",
        "retention.finding_open": "dagen dat een open signaal blijft",
        "retention.finding_closed": "dagen dat een bevestigd signaal blijft",
        "retention.audit_log": "dagen dat het logboek blijft", "adoption": "vaststelling",
        "scope": "reikwijdte", "wording": "woordgebruik", "basis": "grondslag", "severity": "gewicht",
    },
    "en": {
        "title": "name", "text": "text", "breach_when": "when a text touches it",
        "not_breach": "what is fine", "examples.flag": "examples that touch it",
        "examples.pass": "examples that are fine", "exceptions": "exceptions", "needs": "conditions",
        "suggested_action": "what helps", "finding_text": "sentence of a finding",
        "innocent_reading": "innocent reading", "disclosure_wording": "words that state the tie",
        "indicators": "words it goes with", "effect": "effect", "enabled": "on", "kind": "kind",
        "purpose": "purpose", "contact": "contact", "version": "version",
        "retention.finding_open": "days an open finding stays",
        "retention.finding_closed": "days a confirmed finding stays",
        "retention.audit_log": "days the log stays", "adoption": "adoption",
        "scope": "scope", "wording": "wording", "basis": "basis", "severity": "weight",
    },
}  # fmt: skip
_PHRASE = {
    "nl": {
        "": "Het hele beleid",
        "part.added": "{part} is nieuw: {after}.",
        "part.removed": "{part} is vervallen: {before}.",
        "strictness": "De strengheid gaat van {before} naar {after}.",
        "threshold": "De drempel bij {level} gaat van {before} naar {after}: {effect}.",
        "threshold.added": "Bij {level} is er nu een drempel: {after}.",
        "threshold.removed": "Bij {level} is er geen drempel meer; die was {before}.",
        "lower": "meer signalen",
        "higher": "minder signalen",
        "level": "Signalen bij {level}: voortaan {after}, eerst {before}.",
        "plus": "Bij {key} komt erbij: {items}.",
        "minus": "Bij {key} vervalt: {items}.",
        "order": "Bij {key} verandert alleen de volgorde: {items}.",
        "added": "Nieuw, {key}: {after}.",
        "removed": "Vervallen, {key}: {before}.",
        "changed": "{key} was: {before}. Wordt: {after}.",
        "true": "ja",
        "false": "nee",
        "none": "niets",
        "material": "Dit reikt verder dan wat is afgesproken: leg het opnieuw voor aan de ondernemingsraad.",
    },
    "en": {
        "": "The whole policy",
        "part.added": "{part} is new: {after}.",
        "part.removed": "{part} is gone: {before}.",
        "strictness": "Strictness goes from {before} to {after}.",
        "threshold": "The threshold at {level} goes from {before} to {after}: {effect}.",
        "threshold.added": "At {level} there is a threshold now: {after}.",
        "threshold.removed": "At {level} there is no threshold any more; it was {before}.",
        "lower": "more findings",
        "higher": "fewer findings",
        "level": "Findings at {level}: {after} from now on, {before} before.",
        "plus": "Added to {key}: {items}.",
        "minus": "Taken from {key}: {items}.",
        "order": "Only the order of {key} changes: {items}.",
        "added": "New, {key}: {after}.",
        "removed": "Gone, {key}: {before}.",
        "changed": "{key} was: {before}. Becomes: {after}.",
        "true": "yes",
        "false": "no",
        "none": "nothing",
        "material": "This reaches further than what was agreed: put it to the works council again.",
    },
}


def heading(part: str, lang: Lang) -> str:
    """The part that changed: a clause, a category, or the whole."""
    return part or _PHRASE[lang][""]


def material(lang: Lang) -> str:
    """What follows from a change that reaches further."""
    return _PHRASE[lang]["material"]


def sentence(change: Change, lang: Lang) -> str:
    """The change in plain words."""
    say, name, last = _PHRASE[lang], *_split(change.key)
    before, after = _shown(change.before, lang), _shown(change.after, lang)
    if not change.key:
        return say[f"part.{change.what}"].format(part=change.part, before=before, after=after)
    if change.key == "strictness":
        levels = LEVEL[lang]
        return say["strictness"].format(before=levels.get(before, before), after=levels.get(after, after))
    if name == "thresholds":
        return _threshold(change, LEVEL[lang].get(last, last), lang)
    if name == "levels":
        modes = {**MODE[lang], say["none"]: MODE[lang]["silent"]}
        level = LEVEL[lang].get(last, last)
        return say["level"].format(
            level=level, before=modes.get(before, before), after=modes.get(after, after)
        )
    key = key_words(change.key, lang)
    if isinstance(change.before, tuple) and isinstance(change.after, tuple):
        return _list(change.before, change.after, key, lang)
    told = say[change.what].format(key=key, before=before, after=after)
    return told[0].upper() + told[1:]


def _split(key: str) -> tuple[str, str]:
    name, _, last = key.partition(".")
    return name, last


def key_words(key: str, lang: Lang) -> str:
    """What people call a key; its language in brackets, where it has one."""
    table, rest = _KEY[lang], key
    while rest and rest not in table:
        rest = rest.rpartition(".")[0]
    if not rest:
        return key
    beyond = key[len(rest) :].strip(".")
    return f"{table[rest]} ({beyond})" if beyond else table[rest]


def _threshold(change: Change, level: str, lang: Lang) -> str:
    say, before, after = _PHRASE[lang], change.before, change.after
    if isinstance(before, float) and isinstance(after, float):
        return say["threshold"].format(
            level=level,
            before=_shown(before, lang),
            after=_shown(after, lang),
            effect=say["lower" if after < before else "higher"],
        )
    which = "threshold.added" if after is not None else "threshold.removed"
    return say[which].format(level=level, before=_shown(before, lang), after=_shown(after, lang))


def _list(before: tuple[str, ...], after: tuple[str, ...], key: str, lang: Lang) -> str:
    say, told = _PHRASE[lang], []
    for word, items in (
        ("plus", [one for one in after if one not in before]),
        ("minus", [one for one in before if one not in after]),
    ):
        if items:
            told.append(say[word].format(key=key, items=_shown(tuple(items), lang)))
    return " ".join(told) or say["order"].format(key=key, items=_shown(after, lang))


def _shown(value: Value, lang: Lang) -> str:
    if isinstance(value, bool):
        return _PHRASE[lang]["true" if value else "false"]
    if isinstance(value, tuple):
        return "; ".join(f"“{one}”" for one in value) or _PHRASE[lang]["none"]
    if isinstance(value, float):
        shown = f"{value:.10g}"
        return shown.replace(".", ",") if lang == "nl" else shown
    return str(value) if value not in (None, "") else _PHRASE[lang]["none"]
