"""The figures and decisions of a week come in; one sentence of at most 25 words goes out. Pure."""

from collections.abc import Sequence
from typing import Literal

from reports.cluster import Cluster
from reports.counted import counted, posts
from reports.numbers import Numbers
from reports.record import Coverage, Judgement, Level
from reports.words import Words

#: words in the sentence, at most
LIMIT = 25


def judgement_of(
    urgent: int,
    decide: Sequence[Cluster],
    look: tuple[int, int],
    numbers: Numbers,
    coverage: Coverage,
    say: Words,
) -> Judgement:
    """Sum the week up: what was not read first, then what is urgent, then what is unusual.

    Args:
        urgent: groups of findings in alert mode, also those that did not fit among the decisions.
        decide: the groups that ask for a decision.
        look: groups to watch, and posts that ask for a public answer.
        numbers: the figures.
        coverage: what was read.
        say: the phrases.
    """
    if not coverage.asked:
        return _judgement("act", say("judgement.no_sources"), say)
    if coverage.troubled == coverage.asked and not numbers.mentions.this:
        return _judgement("act", say("judgement.unread"), say)
    watched, asked = look
    level = level_of(urgent, len(decide), watched + asked, numbers)
    more = [say.many("judgement.troubled", coverage.troubled)] if coverage.troubled else []
    more += [say("judgement.busier")] if level == "act" and numbers.busier else []
    more += [say.many("judgement.asked", asked)] if asked else []
    return _judgement(level, _fitted(_sentence(level, decide, watched, numbers, say), more), say)


def _fitted(sentence: str, more: Sequence[str]) -> str:
    """The sentence and what fits behind it, the most important first."""
    for part in more:
        if len(f"{sentence} {part}".split()) <= LIMIT:
            sentence = f"{sentence} {part}"
    return sentence


def level_of(urgent: int, decide: int, look: int, numbers: Numbers) -> Level:
    """How much the week asks of its reader."""
    if urgent:
        return "act"
    if numbers.busier:
        return "raised"
    return "normal" if decide or look else "quiet"


def tally(kind: Literal["decide", "watch"], n: int, say: Words) -> str:
    """`2 need a decision`, `nothing to watch`."""
    return say.many(kind, n) if n else say(f"{kind}.none")


def _judgement(level: Level, sentence: str, say: Words) -> Judgement:
    return Judgement(level=level, label=say(f"level.{level}"), sentence=sentence)


def _sentence(level: Level, decide: Sequence[Cluster], watched: int, numbers: Numbers, say: Words) -> str:
    mentions = posts("mentions", numbers.mentions.this, say)
    watch = tally("watch", watched, say)
    if level == "act":
        clauses = dict.fromkeys(cluster.first.clause_id.split("-", 1)[0] for cluster in decide)
        return say.many("judgement.act", len(decide), clauses=", ".join(clauses), watched=watch)
    if level == "raised":
        name, figure = (
            ("mentions", numbers.mentions)
            if numbers.mentions.outside == 1
            else ("findings", numbers.findings)
        )
        return say(
            f"judgement.raised.{name}",
            this=counted(figure.this, say),
            median=counted(figure.median or 0, say),
            decide=tally("decide", len(decide), say),
            watched=watch,
        )
    if level == "normal":
        return say(
            "judgement.normal", mentions=mentions, decide=tally("decide", len(decide), say), watched=watch
        )
    return say("judgement.quiet", mentions=mentions)
