"""Judged posts come in; every figure about the judgement goes out, with its n and 95 % interval. Pure.

A post's score is the highest of its clauses, and nothing where the guard held it back: what a reviewer's list
is ranked by. Every figure stands beside rules without the model, and words without rules.
"""

from collections.abc import Sequence

from classify.evaluate_clauses import calibration, clause_scores, clauses_found
from classify.evaluate_guard import about, flagged, guard
from classify.evaluate_ranking import load, organisations, ranking, stream
from classify.judging_corpus import CASCADE, PLAIN, Judged
from classify.measures import NOTHING, RESAMPLES, Figure, share
from classify.report import Made, Report, Section, Target

__all__ = ["Figure", "Report", "evaluate", "share"]

_QUICK_RESAMPLES = 60


def evaluate(
    posts: Sequence[Judged], made: Made, behaviour: Section | None = None, *, quick: bool = False
) -> Report:
    """Measure.

    Args:
        posts: judged by every way of looking that there is.
        made: what was measured, with what.
        behaviour: figures of texts that were changed, to stand in the same report.
        quick: fewer draws for each interval.
    """
    draws = _QUICK_RESAMPLES if quick else RESAMPLES
    named = [post for post in posts if post.named]
    ways = [way for way in (PLAIN, "sharp", CASCADE) if posts and way in posts[0].by]
    shipped = CASCADE if CASCADE in ways else PLAIN
    sections = [
        ranking(named, ways, draws),
        stream(named, ways, draws),
        load(named, ways),
        flagged(named, ways),
        clauses_found(named, shipped),
        clause_scores(named, shipped, draws),
        calibration(named, ways, draws),
        guard(named, ways),
        about(named),
        organisations(named, shipped, draws),
    ]
    if behaviour is not None:
        sections.append(behaviour)
    report = Report(made=made, shipped=shipped, sections=tuple(sections))
    return Report(made=made, shipped=shipped, sections=report.sections, targets=_targets(report))


def _targets(report: Report) -> tuple[Target, ...]:
    def target(what: str, wanted: float, place: tuple[str, str, str], *, at_least: bool = True) -> Target:
        return Target(what=what, wanted=wanted, at_least=at_least, figure=report.figure(*place) or NOTHING)

    way = report.shipped
    found = [target("ranking, words and votes (AUC)", 0.88, ("ranking", PLAIN, "printed"))]
    if way == CASCADE:
        found.append(target("ranking, with the encoder (AUC)", 0.92, ("ranking", CASCADE, "printed")))
    found += [
        target("recall in the top 2 % of a stream", 0.75, ("stream", way, "top 2 %")),
        target(
            "protected posts flagged at standard",
            0.03,
            ("flagged", f"{way} standard", "protected"),
            at_least=False,
        ),
        target(
            "protected posts flagged at strict",
            0.05,
            ("flagged", f"{way} strict", "protected"),
            at_least=False,
        ),
        *(target(f"guard recall, {lang}", 0.95, ("guard", f"core {lang}", way)) for lang in ("nl", "en")),
        target("touching posts the guard holds back", 0.08, ("guard", "touching", way), at_least=False),
        target("about the organisation, recall", 0.97, ("about", "all", "recall")),
        target("about the organisation, precision", 0.95, ("about", "all", "precision")),
        target("calibration error", 0.05, ("calibration", way, "each clause"), at_least=False),
        target("clause named right in findings", 0.75, ("flagged", f"{way} standard", "clause right")),
    ]
    return tuple(found)
