"""A sample of matched posts comes in, is judged with and without a list; findings a week go out. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from classify.keywords import Keywords, ListHit, post_for
from klankbord.finding import Judgement, Protection
from klankbord.mention import Mention, MentionId
from klankbord.policy import Mode
from klankbord.tuning.backtest import shortened
from klankbord.tuning.record import Example, Judged, Load

#: examples of posts that change, written out
_WRITTEN = 20


class Comparing(Protocol):
    """A classifier that judges posts under several sets of lists."""

    def compared(
        self, mentions: Sequence[Mention], variants: Sequence[Keywords]
    ) -> list[tuple[Judgement, ...]]:
        """For each post, one judgement for each set."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of one post: without the list, with it as it stands, with the draft."""

    mention: Mention
    modes: tuple[Mode, Mode, Mode]
    protected: bool
    #: terms of the draft that stand in it
    terms: tuple[int, ...]


def outcomes(
    mentions: Sequence[Mention],
    classifier: Comparing,
    variants: tuple[Keywords, Keywords, Keywords],
    clause: str,
    draft: Keywords,
) -> list[Outcome]:
    """Judge posts.

    Args:
        mentions: the sample.
        classifier: judges them.
        variants: all lists of the config without this one, with it as it stands, with the draft instead.
        clause: the number of the clause that counts.
        draft: the draft alone, to see which of its terms hit.
    """
    found = []
    for mention, judged in zip(mentions, classifier.compared(mentions, variants), strict=True):
        hits = draft.hits(post_for(mention), judged[0].lang)
        without, live, drafted = (_mode(one, clause) for one in judged)
        found.append(
            Outcome(
                mention=mention,
                modes=(without, live, drafted),
                protected=any(one.protection is not Protection.NONE for one in judged),
                terms=_terms(hits),
            )
        )
    return found


def _terms(hits: Sequence[ListHit]) -> tuple[int, ...]:
    return tuple(number for hit in hits for number, _ in hit.terms)


def _mode(judgement: Judgement, clause: str) -> Mode:
    return next((one.mode for one in judgement.clauses if one.clause_id.startswith(clause)), Mode.SILENT)


def judged_of(samples: Sequence[tuple[Sequence[Outcome], int]], stored: Load, weeks: float) -> Judged:
    """Findings a week, each sample standing for all posts it was drawn from.

    Args:
        samples: outcomes, each with the number of posts that they stand for.
        stored: findings a week on the clause as they are stored, with the list as it stands.
        weeks: length of the span.
    """
    changes = [_change(samples, which, weeks) for which in (0, 2)]
    return Judged(
        posts=sum(len(found) for found, _ in samples),
        of=sum(of for _, of in samples),
        live=stored,
        without=_plus(stored, changes[0]),
        draft=_plus(stored, changes[1]),
    )


def _change(samples: Sequence[tuple[Sequence[Outcome], int]], which: int, weeks: float) -> Load:
    """How much more there is a week under one variant than with the list as it stands."""
    findings = alerts = 0.0
    for found, of in samples:
        each = of / len(found) if found else 0.0
        for one in found:
            before, after = one.modes[1], one.modes[which]
            findings += each * ((after >= Mode.DIGEST) - (before >= Mode.DIGEST))
            alerts += each * ((after >= Mode.ALERT) - (before >= Mode.ALERT))
    return Load(findings=findings / weeks, alerts=alerts / weeks)


def _plus(one: Load, other: Load) -> Load:
    return Load(findings=max(0.0, one.findings + other.findings), alerts=max(0.0, one.alerts + other.alerts))


def brought(found: Sequence[Outcome]) -> Counter[int]:
    """For each term the findings that there would not be without the list, and without it in the list."""
    return Counter(
        one.terms[0] for one in found if len(one.terms) == 1 and one.modes[0] < Mode.DIGEST <= one.modes[2]
    )


def examples(found: Sequence[Outcome]) -> tuple[Example, ...]:
    """Posts that become a finding, stop being one or change their mode; the strongest first."""
    changed = [one for one in found if one.modes[1] != one.modes[2] and not one.protected]
    changed = [one for one in changed if max(one.modes[1], one.modes[2]) >= Mode.DIGEST]
    changed.sort(key=lambda one: (-max(one.modes[1], one.modes[2]), one.mention.id))
    return tuple(
        Example(
            mention_id=one.mention.id,
            text=shortened(f"{one.mention.title} {one.mention.text}"),
            before=one.modes[1].word,
            after=one.modes[2].word,
        )
        for one in changed[:_WRITTEN]
    )


def standing(found: Sequence[Outcome]) -> Mapping[MentionId, bool]:
    """Whether a post would be a finding under the draft."""
    return {one.mention.id: one.modes[2] >= Mode.DIGEST for one in found}
