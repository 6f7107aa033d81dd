"""Findings come in, groups of findings on near-identical texts go out, strongest first. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from klankbord.finding import Finding
from klankbord.mention import State

#: share of the shorter text's word pairs that must stand in the other: retweets, truncations, one-word edits
NEAR = 0.8
#: fewer words than this must be equal
_SHORT = 6
#: words compared of each text
_WORDS = 200
#: groups a text is compared with; past the strongest of them only an equal text joins
_COMPARED = 200
_NOISE = re.compile(r"https?://\S+|\[(?:handle|link)\]|@\w+|\bRT\b")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Findings whose posts say nearly the same."""

    #: the strongest; stands for the rest
    first: Finding
    findings: tuple[Finding, ...]

    @property
    def copies(self) -> int:
        """Other posts with nearly the same text."""
        # One post may share several findings, each with the same copies.
        shared = {finding.mention.id: finding.copies for finding in self.findings}
        return len(shared) - 1 + sum(shared.values())

    @property
    def other_clauses(self) -> tuple[str, ...]:
        """Clauses the same text may touch beside the first finding's."""
        ids = {finding.clause_id for finding in self.findings} - {self.first.clause_id}
        return tuple(sorted(clause.split("-", 1)[0] for clause in ids))


def clusters_of(findings: Iterable[Finding]) -> list[Cluster]:
    """Group near-identical texts; the order of the findings given, and who wrote them, change nothing."""
    groups: list[list[Finding]] = []
    keys: list[frozenset[tuple[str, str]]] = []
    exact: dict[str, int] = {}
    for finding in sorted({finding.id: finding for finding in findings}.values(), key=rank):
        words = _words(finding)
        text = " ".join(words) or finding.mention.id
        place = exact.get(text)
        if place is None:
            place = _near(pairs := _pairs(words), keys)
            if place is None:
                place = len(groups)
                groups.append([])
                if place < _COMPARED:
                    keys.append(pairs)
            exact[text] = place
        groups[place].append(finding)
    return [Cluster(first=group[0], findings=tuple(group)) for group in groups]


def rank(finding: Finding) -> tuple[bool, int, float, float, str]:
    """Posts that still stand, then alert mode, then score, then the newest; the id settles ties."""
    gone = finding.mention.state in {State.DELETED, State.REMOVED}
    return (gone, -finding.mode, -finding.score, -finding.mention.published_at.timestamp(), finding.id)


def _words(finding: Finding) -> list[str]:
    text = finding.mention.text or finding.mention.title
    return _WORD.findall(_NOISE.sub(" ", text[:4_000]).casefold())[:_WORDS]


def _pairs(words: list[str]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(words)) if len(words) >= _SHORT else frozenset()


def _near(pairs: frozenset[tuple[str, str]], keys: list[frozenset[tuple[str, str]]]) -> int | None:
    if not pairs:
        return None
    for place, known in enumerate(keys):
        smaller = min(len(pairs), len(known))
        if smaller and len(pairs & known) >= NEAR * smaller:
            return place
    return None
