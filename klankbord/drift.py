"""Weekly counts of scores come in; whether they jumped, so that alerts should pause, goes out. Pure.

Two questions for each language (law.md K4): does the share of posts pointed at lie more than three standard
deviations from the weeks before, and does the spread of scores differ from theirs two weeks in a row?
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import asin, log, sqrt
from typing import Literal

from klankbord.policy import Lang

#: a score of 0.37 falls in the fourth
BINS = 10
#: weeks that a week is compared with, and the fewest that say anything
_BEFORE, _FEWEST_WEEKS = 8, 4
#: posts of a language in a week below which nothing is said of it
_FEWEST_POSTS = 30
_SIGMAS = 3.0
#: so many posts more or fewer than expected: of few posts one more is always far away
_LEAST = 5
#: population stability index above which scores are spread otherwise
_PSI = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekScores:
    """What was scored in one language in one week: counts, no post."""

    week: str
    lang: str
    #: version and strictness of the policy: weeks under two policies are not compared. Weeks of two models
    #: are: a new model that points at three times as much should pause alerts too
    version: str
    #: posts in each tenth of the score, lowest first
    counts: tuple[int, ...]
    #: posts of which a finding stood, counted ones included
    flagged: int
    #: it lay outside; later weeks are not compared with it
    drifted: bool = False

    @property
    def posts(self) -> int:
        """How many were scored."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """That a week's scores jumped."""

    week: str
    lang: str
    #: "rate": share of posts pointed at; "scores": how the scores are spread
    kind: Literal["rate", "scores"]
    #: standard deviations, or the index
    value: float
    #: share of posts pointed at in the week, and in the weeks before
    share: float
    before: float


def drift_of(weeks: Sequence[WeekScores]) -> Drift | None:
    """Whether the newest of some weeks jumped against those before.

    Args:
        weeks: oldest first, of any languages and versions; those of one language and version are compared.
    """
    if not weeks:
        return None
    newest = max(one.week for one in weeks)
    for lang in sorted({one.lang for one in weeks if one.week == newest}):
        mine = [one for one in weeks if one.lang == lang and one.posts >= _FEWEST_POSTS]
        if mine and mine[-1].week == newest:
            same = [one for one in mine if one.version == mine[-1].version]
            for found in (_rate(same), _spread(same)):
                if found is not None:
                    return found
    return None


def calm_since(weeks: Sequence[WeekScores], week: str) -> int:
    """How many weeks after a week came without a jump, in any language, up to now."""
    after = sorted({one.week for one in weeks if one.week > week})
    count = 0
    for name in reversed(after):
        if any(one.drifted for one in weeks if one.week == name):
            break
        count += 1
    return count


def _rate(weeks: Sequence[WeekScores]) -> Drift | None:
    last, before = weeks[-1], _calm(weeks[:-1])
    if len(before) < _FEWEST_WEEKS:
        return None
    posts, flagged = sum(one.posts for one in before), sum(one.flagged for one in before)
    expected = last.posts * flagged / posts
    values = [_steady(one) for one in before]
    mean = sum(values) / len(values)
    between = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    # Never below what chance alone does to shares of so many posts.
    within = sum(1.0 / (4.0 * one.posts) for one in before) / len(before)
    spread = sqrt(max(between, within) / len(before) + max(between, 1.0 / (4.0 * last.posts)))
    sigmas = (_steady(last) - mean) / spread
    if abs(sigmas) <= _SIGMAS or abs(last.flagged - expected) < _LEAST:
        return None
    return _told(last, "rate", sigmas, flagged / posts)


def _steady(one: WeekScores) -> float:
    # Anscombe's arc sine: the same spread for rare and for common shares.
    return asin(sqrt((one.flagged + 0.375) / (one.posts + 0.75)))


def _spread(weeks: Sequence[WeekScores]) -> Drift | None:
    if len(weeks) < 2:
        return None
    before = _calm(weeks[:-2])
    if len(before) < _FEWEST_WEEKS:
        return None
    held = [sum(column) for column in zip(*(one.counts for one in before), strict=True)]
    found = [stability(held, one.counts) for one in weeks[-2:]]
    if min(found) <= _PSI:
        return None
    share = sum(one.flagged for one in before) / sum(held)
    return _told(weeks[-1], "scores", found[1], share)


def stability(before: Sequence[int], now: Sequence[int]) -> float:
    """How differently two lots of scores are spread, less what chance does to lots of such sizes.

    Source: B. Yurdakul, Statistical properties of population stability index (2018): by chance the index
    is about (bins - 1) x (1/n + 1/m).
    """
    first, second = sum(before), sum(now)
    if not first or not second:
        return 0.0
    index = sum(_term(a, b, first, second) for a, b in zip(before, now, strict=True))
    return index - (len(before) - 1) * (1.0 / first + 1.0 / second)


def _term(a: int, b: int, first: int, second: int) -> float:
    # Half a post in each: an empty tenth is no certainty.
    old, new = (a + 0.5) / (first + BINS / 2), (b + 0.5) / (second + BINS / 2)
    return (new - old) * log(new / old)


def _calm(weeks: Sequence[WeekScores]) -> list[WeekScores]:
    return [one for one in weeks if not one.drifted][-_BEFORE:]


def _told(last: WeekScores, kind: Literal["rate", "scores"], value: float, before: float) -> Drift:
    share = last.flagged / last.posts
    return Drift(week=last.week, lang=last.lang, kind=kind, value=value, share=share, before=before)


def histogram(scores: Sequence[float]) -> tuple[int, ...]:
    """How many scores fall in each tenth."""
    return tuple(_tenths(scores))


def _tenths(scores: Sequence[float]) -> Iterator[int]:
    places = [min(BINS - 1, max(0, int(score * BINS))) for score in scores]
    return (places.count(place) for place in range(BINS))


def sentence_of(drift: Drift, language: Lang) -> str:
    """What is said of a pause, in a digest or at the terminal."""
    if language == "nl":
        before, now = _percent(drift.before, ","), _percent(drift.share, ",")
        jumped = {
            "rate": f"het aandeel berichten dat om een blik vraagt sprong van {before} naar {now}",
            "scores": "de scores liggen al twee weken heel anders dan in de weken ervoor",
        }
        of = {"nl": "Nederlandse berichten", "en": "Engelse berichten"}.get(drift.lang, "berichten")
        return f"Meldingen staan stil sinds week {drift.week} ({of}): {jumped[drift.kind]}."
    before, now = _percent(drift.before, "."), _percent(drift.share, ".")
    jumped = {
        "rate": f"the share of posts that ask for a look went from {before} to {now}",
        "scores": "for two weeks scores have been spread quite differently from the weeks before",
    }
    of = {"nl": "Dutch posts", "en": "English posts"}.get(drift.lang, "posts")
    return f"Alerts are paused since week {drift.week} ({of}): {jumped[drift.kind]}."


def _percent(share: float, point: str) -> str:
    return f"{share * 100:.1f}".replace(".", point) + " %"
