"""An Explanation comes in; its lines for the terminal, or its JSON, go out. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from klankbord.cli.explained_words import phrase
from klankbord.cli.screen import local
from reports.dates import moment
from reports.quote import merged
from reports.words import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from classify.explaining import Explanation
    from classify.grounds import Met
    from classify.nearest import Near

_LONGEST = 80


def lines_of(said: Explanation, zone: ZoneInfo, *, links: bool = False) -> list[str]:
    """Everything there is to say of a finding, a thought a line."""
    lang = said.language
    number = said.clause_id.split("-", 1)[0]
    found = [phrase(lang, "head", number=number, title=said.clause_title)]
    found += [f"{said.source_id}, {moment(said.published_at, zone, lang)}", ""]
    found += _block(phrase(lang, "clause"), [said.clause_text])
    found += _block(
        phrase(lang, "text"), [" ".join(marked(said).split()) if said.text else phrase(lang, "no_text")]
    )
    found += _block(phrase(lang, "needs"), [_need(said, one) for one in said.needs])
    for by in ("words", "meaning"):
        weighed = [
            f"“{said.text[one.start : one.end]}” {one.share:.0%}" for one in said.weights if one.by == by
        ]
        found += _block(phrase(lang, f"weights.{by}"), weighed)
    for one in said.nearest:
        found += (
            _near(said, one, zone)
            if one is not said.nearest[0]
            else [
                phrase(lang, "nearest"),
                *_near(said, one, zone),
            ]
        )
    found += [""] if said.nearest else []
    found += _block(phrase(lang, "unknown"), said.unknown)
    found += _block(phrase(lang, "innocent"), [said.innocent])
    found += _block(phrase(lang, "action"), [said.action])
    found += _block(phrase(lang, "sure"), _sure(said))
    found += _block(phrase(lang, "thresholds"), _thresholds(said))
    found += _copies(said, zone, links=links)
    return found + _block(phrase(lang, "answer"), _answers(said))


def marked(said: Explanation) -> str:
    """The post with the words that voted between « and »."""
    pieces, place = [], 0
    spans = [(one.start, one.end) for one in said.evidence]
    spans += [span for one in said.needs for span in one.spans]
    for start, end in merged(spans, len(said.text)):
        pieces += [said.text[place:start], "«", said.text[start:end], "»"]
        place = end
    return "".join([*pieces, said.text[place:]])


def _block(title: str, lines: Iterable[str]) -> list[str]:
    kept = [f"  {line}" for line in lines if line]
    return [title, *kept, ""] if kept else []


def _need(said: Explanation, one: Met) -> str:
    return f"{phrase(said.language, f'need.{one.need}')}: {how(said, one)}"


def how(said: Explanation, one: Met) -> str:
    """What met a condition, in words."""
    lang, say = said.language, words(said.language)
    if one.how == "model":
        return phrase(lang, "how.model", sure=phrase(lang, f"sure.{one.sure}"))
    if one.how != "words":
        return phrase(lang, f"how.{one.how}")
    signals = ", ".join(say.either(f"signal.{name}", "signal.other", name=name) for name in one.signals)
    seen = dict.fromkeys(said.text[start:end].strip() for start, end in one.spans)
    quoted = [text[:_LONGEST] for text in seen if any(map(str.isalnum, text))]
    key = "how.words" if quoted else "how.signals"
    return phrase(lang, key, signals=signals, words="”, “".join(quoted))


def why_near(said: Explanation, one: Near, zone: ZoneInfo) -> str:
    """What sort of case it is, and what it has in common with the post."""
    lang = said.language
    kind = phrase(lang, "near.written")
    if one.confirmed_at:
        kind = phrase(lang, "near.confirmed", date=moment(one.confirmed_at, zone, lang))
    near = (
        phrase(lang, "near.words", words=", ".join(one.words)) if one.words else phrase(lang, "near.meaning")
    )
    return f"{kind}; {near}"


def _near(said: Explanation, one: Near, zone: ZoneInfo) -> list[str]:
    return [f"  {why_near(said, one, zone)}", f"    {one.text}"]


def _sure(said: Explanation) -> list[str]:
    lang, sureness = said.language, said.sureness
    from classify.explaining import ENOUGH

    if sureness.share is None:
        told = phrase(lang, "few", enough=ENOUGH, confirmed=sureness.confirmed)
    else:
        answered = sureness.confirmed + sureness.dismissed
        told = phrase(lang, "share", n=answered, confirmed=sureness.confirmed)
    model = phrase(lang, "model", model=said.model_version)
    if said.model_now != said.model_version:
        model = phrase(lang, "model.now", model=said.model_version, now=said.model_now)
    return [phrase(lang, f"band.{sureness.band}"), told, f"{phrase(lang, f'lens.{said.lens}')}; {model}"]


def _thresholds(said: Explanation) -> Sequence[str]:
    never, here = phrase(said.language, "threshold.none"), phrase(said.language, "threshold.here")
    return [
        f"{level.value}: {never if score is None else f'{score:.2f}'}"
        + (f" ({here})" if level is said.strictness else "")
        for level, score in said.thresholds.items()
    ]


def _answers(said: Explanation) -> list[str]:
    # "No signal" comes first: nothing is taken over by default (law.md E3).
    judge = f"klankbord findings judge {said.finding_id[:8]}"
    return [f"{judge} dismissed --reason …", f"{judge} confirmed --outcome …", f"{judge} unsure"]


def _copies(said: Explanation, zone: ZoneInfo, *, links: bool) -> list[str]:
    if not said.copies:
        return []
    key = "copies.one" if len(said.copies) == 1 else "copies.many"
    rows = [
        f"{one.platform} ({one.source_id})  {local(one.published_at, zone)}"
        + (f"  {one.url}" if links else "")
        for one in said.copies
    ]
    rows += [] if links else [phrase(said.language, "links")]
    return _block(phrase(said.language, key, n=len(said.copies)), rows)


def row_of(said: Explanation, zone: ZoneInfo, *, links: bool) -> dict[str, object]:
    """The same for a program."""
    return {
        "clause_title": said.clause_title,
        "clause_text": said.clause_text,
        "needs": [
            {
                "need": one.need,
                "how": one.how,
                "signals": one.signals,
                "head": one.head,
                "sure": one.sure,
                "said": how(said, one),
            }
            for one in said.needs
        ],
        "weights": [
            {"words": said.text[one.start : one.end], "start": one.start, "end": one.end, "by": one.by}
            | {"share": one.share}
            for one in said.weights
        ],
        "nearest": [
            {
                "finding": one.finding_id or None,
                "confirmed_at": one.confirmed_at,
                "text": one.text,
                "likeness": one.likeness,
                "why": why_near(said, one, zone),
            }
            for one in said.nearest
        ],
        "unknown": said.unknown,
        "innocent": said.innocent,
        "action": said.action,
        "sure": said.sureness.band,
        "confirmed": said.sureness.confirmed,
        "dismissed": said.sureness.dismissed,
        "lens": said.lens,
        "model_now": said.model_now,
        "thresholds": {level.value: score for level, score in said.thresholds.items()},
        "copies": [
            {"platform": one.platform, "source": one.source_id, "published_at": one.published_at}
            | ({"url": one.url} if links else {})
            for one in said.copies
        ],
    }
