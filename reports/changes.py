"""The figures of nine weeks come in; the rows of change and the eight-week chart go out. Pure."""

from datetime import timedelta

from klankbord.policy import ClauseId, Lang, Policy
from reports.counted import FEW, change, counted, hidden
from reports.dates import number
from reports.numbers import Numbers, Series
from reports.plain import one_line
from reports.record import Change, WeekBar
from reports.words import Words, words

#: weeks in the chart
SHOWN = 8
_SIDE = {1: "change.more", -1: "change.fewer"}


def changes_of(numbers: Numbers, policy: Policy, say: Words) -> tuple[Change, ...]:
    """The totals, then each clause that had a finding in the nine weeks."""
    rows = [
        _change(say("row.mentions"), numbers.mentions, say),
        _change(say("row.findings"), numbers.findings, say),
    ]
    for clause_id, series in numbers.by_clause:
        rows.append(_change(_name("row.clause", clause_id, policy, say), series, say))
    for clause_id, series in numbers.counted:
        rows.append(_change(_name("row.counted", clause_id, policy, say), series, say))
    return tuple(rows)


def list_changed(
    name: str, version: int, language: Lang, *, predicted: float | None, got: int | None
) -> tuple[str, str]:
    """Who changed a keyword list and what that did, in words.

    Args:
        name: the list's.
        version: its number.
        language: of the digest.
        predicted: posts a week; None: nobody asked beforehand, the file itself was edited.
        got: posts in the week summed up; None: the list was not there all week.
    """
    say = words(language)
    shown = say("rule.list", name=one_line(name, 60), version=version)
    if predicted is None:
        key = "rule.list.by_hand" if got is None else "rule.list.by_hand_got"
        role = say("role.system")
    else:
        key, role = ("rule.list.predicted" if got is None else "rule.list.got"), say("role.lists")
    asked = "" if predicted is None else number(round(predicted), language)
    told = "" if got is None else number(got, language)
    return role, say(key, list=shown, predicted=asked, got=told)


def weeks_of(numbers: Numbers, say: Words) -> tuple[WeekBar, ...]:
    """The last eight weeks as bars against the busiest of them."""
    mentions, findings = numbers.mentions.weeks[-SHOWN:], numbers.findings.weeks[-SHOWN:]
    # Bars of few are equally long: their length would tell the number.
    top = max((max(count, FEW) for count in mentions if count), default=1)
    return tuple(
        WeekBar(
            monday=monday,
            number=monday.isocalendar().week,
            mentions=_told(count),
            findings=_told(found),
            mentions_shown=counted(count, say),
            findings_shown=counted(found, say),
            # A bar is never so short that a week with mentions looks like one without.
            percent=max(1, round(100 * (FEW if hidden(count) else count) / top)) if count else 0,
            current=place == SHOWN - 1,
            partial=partial,
        )
        for place, (monday, count, found, partial) in enumerate(
            zip(numbers.mondays[-SHOWN:], mentions, findings, numbers.partial[-SHOWN:], strict=True)
        )
    )


def weeks_sentence(numbers: Numbers, say: Words) -> str:
    """The chart for who cannot see it."""
    counts = numbers.mentions.weeks[-SHOWN:]
    listed = ", ".join(say("weeks.unknown") if n is None else counted(n, say) for n in counts)
    first, last = numbers.mondays[-SHOWN], numbers.mondays[-1] + timedelta(days=6)
    return say("weeks.sentence", first=first.isocalendar().week, last=last.isocalendar().week, list=listed)


def _name(key: str, clause_id: ClauseId, policy: Policy, say: Words) -> str:
    try:
        clause = policy.clause(clause_id)
    except KeyError:
        return say(key, number=one_line(clause_id, 60), title=say("clause.gone"))
    return say(key, number=clause.number, title=one_line(clause.title.get(say.language, ""), 80))


def _change(label: str, series: Series, say: Words) -> Change:
    this, last, median = series.this, series.last, series.median
    side = 0 if hidden(this) else series.outside
    return Change(
        label=label,
        this=counted(this, say),
        last=counted(last, say),
        median=counted(median, say),
        word=say(_SIDE[side]) if side else "",
        delta_last=change(this, last),
        delta_median=change(this, median),
        weeks=tuple(_told(count) for count in series.weeks[-SHOWN:]),
    )


def _told(count: int | None) -> int | None:
    return None if count is None or hidden(count) else count
