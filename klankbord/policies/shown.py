"""A clause and what keeps it low come in; lines for people, in Dutch or English, go out. Pure."""

from collections.abc import Iterator, Sequence

from klankbord.policies.caps import Cap
from klankbord.policies.difference_words import LEVEL, MODE
from klankbord.policy import Clause, Lang, Mode, Strictness

_CAP = {
    "nl": {
        "off": "staat uit",
        "topics": "er is geen [[topic]] in organisation.toml",
        "market": "geen [[topic]] is market_sensitive",
        "facts": "er is geen [[fact]] in organisation.toml",
        "competitors": "organisation.toml noemt geen concurrenten",
        "adoption": "de vaststelling is nog open",
        "size": "de organisatie is klein",
        "data": "te weinig testberichten ({detail})",
        "source": "bron {detail}",
    },
    "en": {
        "off": "turned off",
        "topics": "organisation.toml has no [[topic]]",
        "market": "no [[topic]] is market_sensitive",
        "facts": "organisation.toml has no [[fact]]",
        "competitors": "organisation.toml names no competitors",
        "adoption": "the adoption record is open",
        "size": "the organisation is small",
        "data": "too few test posts ({detail})",
        "source": "source {detail}",
    },
}
_SAY = {
    "nl": {
        "rule": "regel", "principle": "uitgangspunt", "permission": "toestemming",
        "touches": "raakt het", "fine": "mag", "example": "voorbeeld", "wins": "gaat voor", "now": "nu",
        "cap": "hoogstens {mode}: {why}", "none": "niets houdt het lager",
    },
    "en": {
        "rule": "rule", "principle": "principle", "permission": "permission",
        "touches": "touches it", "fine": "fine", "example": "example", "wins": "wins over it", "now": "now",
        "cap": "at most {mode}: {why}", "none": "nothing keeps it lower",
    },
}  # fmt: skip


def heading_of(clause: Clause, lang: Lang) -> str:
    """`C02 Confidential stays inside (rule)`."""
    return f"{clause.number} {clause.title.get(lang, clause.id)} ({_SAY[lang][clause.kind]})"


def set_at(clause: Clause, level: Strictness, lang: Lang) -> str:
    """What becomes of a finding at a strictness, and from which score."""
    if clause.kind != "rule":
        return ""
    mode, threshold = clause.levels[level], clause.thresholds.get(level)
    return MODE[lang][mode.word] + (f" ≥ {threshold:.2f}" if threshold is not None and mode else "")


def level_words(level: Strictness, lang: Lang) -> str:
    """What a strictness is called."""
    return LEVEL[lang][level.value]


def cap_words(cap: Cap, lang: Lang) -> str:
    """Why a clause goes no further."""
    why = _CAP[lang][cap.reason].format(detail=cap.detail)
    return _SAY[lang]["cap"].format(mode=MODE[lang][cap.mode.word], why=why)


def lines_of(clause: Clause, caps: Sequence[Cap], lang: Lang, at: Strictness) -> Iterator[str]:
    """A clause as people read it.

    Args:
        clause: to be shown.
        caps: what keeps its findings low.
        lang: in which language.
        at: the policy's strictness.
    """
    say = _SAY[lang]
    yield heading_of(clause, lang)
    yield f"  {clause.text.get(lang, '')}"
    for word, said in (("touches", clause.breach_when), ("fine", clause.not_breach)):
        yield from (f"  {say[word]}: {one}" for one in said.get(lang, ()))
    for outcome, word in (("flag", "touches"), ("pass", "fine")):
        sentences = clause.examples.get(outcome, {}).get(lang, ())
        yield from (f"  {say['example']}, {say[word]}: “{one}”" for one in sentences)
    if clause.kind != "rule":
        return
    for level in Strictness:
        mark = " <" if level is at else ""
        yield f"  {level_words(level, lang)}: {set_at(clause, level, lang)}{mark}"
    yield f"  {say['wins']}: {', '.join(sorted(name[:3] for name in clause.exceptions))}"
    lower = [cap for cap in caps if cap.mode < max(clause.levels[at], Mode.COUNT)]
    yield from (f"  {say['now']}: {cap_words(cap, lang)}" for cap in lower)
    if not lower:
        yield f"  {say['now']}: {say['none']}"
