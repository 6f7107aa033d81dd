"""A clause and what holds around it come in; what would keep its findings low, and why, goes out. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from classify.modes import TIED
from klankbord.mention import Terms
from klankbord.policy import Clause, Mode, Policy
from klankbord.settings import Organisation, Settings

#: below this number of test posts nothing can be said about a clause's quality (law.md K2)
MEASURABLE = 30
#: clauses about people who know each other: in a small organisation they only count (law.md L4)
CLOSE = ("C05", "C06", "C07", "C08", "C09")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """Something that keeps a clause's findings at a mode, whatever the policy says."""

    #: off, adoption, size, data, topics, facts, competitors, market, source
    reason: str
    mode: Mode
    #: which source; how many test posts
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What holds around a policy: the organisation, its sources, what was measured."""

    organisation: Organisation
    adopted: bool
    #: name of each source that is read, with what its terms allow
    sources: Sequence[tuple[str, Terms]] = ()
    #: clause number -> test posts; None: there is no model yet
    test_positives: Mapping[str, int] | None = None
    #: clauses that a confidential keyword list of their own covers
    listed: frozenset[str] = frozenset()


def around(settings: Settings, test_positives: Mapping[str, int] | None) -> Around:
    """What holds around the policy of an installation."""
    return Around(
        organisation=settings.organisation,
        adopted=settings.policy.adopted,
        sources=[(one.id, one.terms.record()) for one in settings.sources if one.enabled],
        test_positives=test_positives,
        listed=frozenset(one.clause for one in settings.keyword_lists if one.confidential),
    )


def caps_of(clause: Clause, around: Around) -> tuple[Cap, ...]:
    """Everything that keeps a rule low now; none: the policy alone decides."""
    number, found = clause.number, list[Cap]()
    if not clause.enabled:
        found.append(Cap(reason="off", mode=Mode.SILENT))
    found += [Cap(reason=reason, mode=Mode.SILENT) for reason in _lacking(number, around)]
    if number in TIED and not around.adopted:
        found.append(Cap(reason="adoption", mode=Mode.COUNT))
    if around.organisation.small and number in CLOSE:
        found.append(Cap(reason="size", mode=Mode.COUNT))
    if around.test_positives is not None:
        n = around.test_positives.get(number, 0)
        if n < MEASURABLE:
            found.append(Cap(reason="data", mode=Mode.COUNT, detail=str(n)))
    return (*found, *_of_sources(number, around.sources))


def _lacking(number: str, around: Around) -> Iterable[str]:
    """The lists that a clause cannot do without."""
    organisation = around.organisation
    if number == "C02" and not organisation.topic and number not in around.listed:
        yield "topics"
    if number == "C12" and not any(topic.market_sensitive for topic in organisation.topic):
        yield "market"
    if number == "C07" and not organisation.fact:
        yield "facts"
    if number == "C06" and not organisation.competitors:
        yield "competitors"


def _of_sources(number: str, sources: Sequence[tuple[str, Terms]]) -> Iterable[Cap]:
    for name, terms in sources:
        modes = [Mode.ALERT]
        modes += [Mode.DIGEST] if not terms.alert else []
        modes += [Mode.COUNT] if number in terms.count_clauses else []
        shut = not terms.classify or (terms.clauses and number not in terms.clauses)
        modes += [Mode.SILENT] if shut or (number in TIED and not terms.affiliation) else []
        if min(modes) < Mode.ALERT:
            yield Cap(reason="source", mode=min(modes), detail=name)


def general(caps: Iterable[Cap]) -> Mode:
    """The most that may become of a finding on any source."""
    return min((cap.mode for cap in caps if cap.reason != "source"), default=Mode.ALERT)


def rules_of(policy: Policy) -> tuple[Clause, ...]:
    """The clauses that are written as rules, those turned off included."""
    return tuple(clause for clause in policy.clauses if clause.kind == "rule")
