"""policy preview: what another strictness or threshold would have given in the weeks that are stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from klankbord.cli import policy_shown as shown
from klankbord.cli import screen
from klankbord.cli.opening import DEFAULT, AsJson, ConfigDir, installation, talk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from klankbord.installation import Installation
    from klankbord.policies.choosing import Choice
    from klankbord.policies.dial import Dial
    from klankbord.policies.preview import Preview
    from klankbord.policy import ClauseId, Policy, Strictness


def preview(
    config: ConfigDir = DEFAULT,
    strictness: Annotated[
        str | None, typer.Option(help="liberal, standard or strict; none: all three beside each other.")
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(
            "--threshold", help="Another threshold for one clause, as C02=0.75; may be given again."
        ),
    ] = None,
    load: Annotated[
        float | None,
        typer.Option("--load", min=0, help="Look for thresholds that give so many findings a week."),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(
            "--precision",
            min=0.5,
            max=1,
            help="Look for thresholds whose scores promise this share of right ones.",
        ),
    ] = None,
    clause: Annotated[str | None, typer.Option(help="Only this clause, such as C02.")] = None,
    weeks: Annotated[int, typer.Option(min=1, max=52, help="Weeks of stored posts to judge again.")] = 4,
    limit: Annotated[
        int,
        typer.Option(min=0, max=1_000, help="Findings written out of those that come, and of those that go."),
    ] = 20,
    json: AsJson = False,
) -> None:
    """Judge the stored weeks again under another dial: what comes, what goes, what a week asks.

    Nothing is saved, and protected posts never appear.
    Example: `klankbord policy preview --strictness strict`,
    `klankbord policy preview --threshold C02=0.75`, `klankbord policy preview --load 10`.
    """
    from klankbord.policies.dial import dial_of
    from klankbord.policies.replaying import replayed, widest

    if load is not None and precision is not None:
        raise typer.BadParameter("--load or --precision, not both", param_hint="--load")
    with installation(config) as opened:
        policy = opened.settings.policy
        wished = dial_of(policy, _strictness(strictness), _thresholds(threshold or [], policy))
        only = frozenset([_clause(clause, policy)]) if clause else None
        talk(f"judging the posts of the last {weeks} weeks again; nothing is kept")
        with screen.progress("judging posts") as step:
            found = replayed(
                opened, widest(opened, talk), wished, weeks=weeks, most=limit, only=only, step=step
            )
        chosen = _chosen(found, wished, load, precision)
        table = _table(found, wished, chosen)
        if json:
            screen.as_json(shown.rows(found, policy, table))
        else:
            looking = load is not None or precision is not None
            changed = bool(strictness or threshold) and not looking
            shown.told(found, opened.settings.zone, changed=changed, limit=limit)
            shown.faded(found, _kept_days(opened))
            if looking:
                shown.choices(found, table, chosen, load=load, strictness=strictness)


def _kept_days(opened: Installation) -> int:
    """Days after which the first texts without a finding go."""
    return min((one.terms.retention_days for one in opened.settings.sources if one.enabled), default=30)


def _strictness(given: str | None) -> Strictness | None:
    from klankbord.policy import Strictness

    try:
        return Strictness(given) if given else None
    except ValueError:
        raise typer.BadParameter("liberal, standard or strict", param_hint="--strictness") from None


def _clause(given: str, policy: Policy) -> ClauseId:
    for one in policy.rules:
        if given.upper() == one.number or given == one.id:
            return one.id
    known = ", ".join(one.number for one in policy.rules)
    raise typer.BadParameter(f"a rule of the policy that is on: {known}", param_hint=given)


def _thresholds(given: list[str], policy: Policy) -> dict[str, float]:
    """`C02=0.75` as a number for a clause; none under 0.70 (law.md section 3)."""
    found = {}
    for one in given:
        name, _, value = one.partition("=")
        clause = policy.clause(_clause(name.strip(), policy))
        try:
            number = float(value.replace(",", "."))
        except ValueError:
            number = -1.0
        if not 0.70 <= number <= 1:
            allowed = "a clause and a score from 0.70 to 1, as C02=0.75: none is ever under 0.70"
            raise typer.BadParameter(allowed, param_hint=f"--threshold {one}")
        found[clause.number] = number
    return found


def _chosen(
    found: Preview, wished: Dial, load: float | None, precision: float | None
) -> Mapping[ClauseId, float]:
    from klankbord.policies.choosing import for_load, for_precision

    open_ones = {key: one for key, one in found.histograms.items() if wished[key].listed}
    if load is not None:
        return for_load(open_ones, found.span.weeks, load)
    return for_precision(open_ones, precision) if precision is not None else {}


def _table(found: Preview, wished: Dial, chosen: Mapping[ClauseId, float]) -> list[Choice]:
    from klankbord.policies.choosing import choices

    open_ones = {key: one for key, one in found.histograms.items() if wished[key].listed}
    return list(choices(open_ones, {key: wished[key].level for key in open_ones}, found.span.weeks, chosen))
