"""Sources, gaps and counts of a week come in; what was read and what was not goes out. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from klankbord.drift import sentence_of
from klankbord.mention import SourceId
from klankbord.policy import Lang
from klankbord.week import GapRow, SourceHealth, Week, WeekFacts
from reports.counted import counted, posts
from reports.dates import day, number, weekday
from reports.plain import one_line
from reports.record import Coverage, SourceLine
from reports.words import Words, words

#: sources named; what is past them is counted
LINES = 12
#: a source not read for longer than this before the week's end was not read
STALE = timedelta(hours=48)
_ORDER = ("failing", "failing_never", "stale", "never", "silent", "read", "off")
_WELL = frozenset({"read", "silent", "off"})


def coverage_of(facts: WeekFacts, language: Lang, now: datetime) -> Coverage:
    """Say how each source went, the worst first, also when all went well."""
    say = words(language)
    counts = _mentions_by_source(facts)
    gaps = {
        source.source_id: gap_hours(facts.gaps, source.source_id, facts.week, now) for source in facts.sources
    }
    lines = []
    for source in facts.sources:
        standing = standing_of(source, counts[source.source_id], facts.week, now)
        place = (_ORDER.index(standing), -gaps[source.source_id], -counts[source.source_id], source.source_id)
        lines.append((place, standing, _line(source, standing, counts, gaps, facts.week, say)))
    lines.sort(key=lambda line: line[0])
    troubled = sum(standing not in _WELL for _, standing, _ in lines)
    rest = [line for _, _, line in lines[LINES:]]
    return Coverage(
        sentence=_sentence(facts, [standing for _, standing, _ in lines], now, say),
        lines=tuple(line for _, _, line in lines[:LINES]),
        more=say.many("coverage.more", len(rest), well=sum(line.well for line in rest)) if rest else "",
        notes=_notes(facts, say),
        asked=sum(standing != "off" for _, standing, _ in lines),
        troubled=troubled,
    )


def standing_of(source: SourceHealth, mentions: int, week: Week, now: datetime) -> str:
    """One word for a source: a quiet source and an unread one are never the same."""
    if not source.enabled:
        return "off"
    if source.failures or source.error_word:
        return "failing" if source.last_success_at else "failing_never"
    if source.last_success_at is None:
        return "never"
    if min(now, week.end_at).astimezone(UTC) - source.last_success_at > STALE:
        return "stale"
    return "read" if mentions else "silent"


def gap_hours(gaps: Iterable[GapRow], source_id: SourceId, week: Week, now: datetime) -> int:
    """Whole hours of the week in which a source could not be read; overlaps count once."""
    spans = sorted(_inside(gap, week, now) for gap in gaps if gap.source_id == source_id)
    total, reached = timedelta(), week.start_at.astimezone(UTC)
    for start, stop in spans:
        total += max(timedelta(), stop - max(start, reached))
        reached = max(reached, stop)
    return round(total / timedelta(hours=1))


def _inside(gap: GapRow, week: Week, now: datetime) -> tuple[datetime, datetime]:
    """The part of a gap in the week, in UTC: by the local clock a week always seems to have 168 hours."""
    start = max(gap.from_at, week.start_at).astimezone(UTC)
    return start, max(start, min(gap.to_at, now, week.end_at).astimezone(UTC))


def _mentions_by_source(facts: WeekFacts) -> Counter[SourceId]:
    counts: Counter[SourceId] = Counter()
    for row in facts.mentions:
        if row.monday == facts.week.monday:
            counts[row.source_id] += row.mentions
    return counts


def _line(
    source: SourceHealth,
    standing: str,
    counts: Mapping[SourceId, int],
    gaps: Mapping[SourceId, int],
    week: Week,
    say: Words,
) -> SourceLine:
    read = source.last_success_at
    status = say(
        f"source.{standing}",
        since=weekday(read, week.zone, say.language) if read else "",
        problem=say.either(f"problem.{source.error_word}", "problem.other"),
    )
    if hours := gaps[source.source_id]:
        status = f"{status}; {say.many('source.gap', hours)}"
    return SourceLine(
        name=one_line(source.name, 60),
        mentions=counted(counts[source.source_id], say),
        counted=posts("mentions", counts[source.source_id], say),
        status=status,
        well=standing in _WELL,
    )


def _sentence(facts: WeekFacts, standings: list[str], now: datetime, say: Words) -> str:
    on = [standing for standing in standings if standing != "off"]
    if not on:
        return say("coverage.none")
    read = sum(standing in _WELL for standing in on)
    key = "coverage.all" if read == len(on) else "coverage.some"
    gap = _longest_gap(facts, now, say)
    if read < len(on) and gap == say("coverage.no_gap"):
        # A gap is a row only when the source is back; one that is silent still is no "no gaps" either.
        return say("coverage.silent", read=read, n=len(on), troubled=len(on) - read)
    return say(key, read=read, n=len(on), troubled=len(on) - read, gap=gap)


def _longest_gap(facts: WeekFacts, now: datetime, say: Words) -> str:
    names = {source.source_id: one_line(source.name, 60) for source in facts.sources if source.enabled}
    spans = [(*_inside(gap, facts.week, now), gap.source_id) for gap in facts.gaps if gap.source_id in names]
    if not spans:
        return say("coverage.no_gap")
    start, stop, source_id = max(spans, key=lambda span: (span[1] - span[0], span[2]))
    hours = round((stop - start) / timedelta(hours=1))
    if hours < 1:
        return say("coverage.no_gap")
    day_name = weekday(start, facts.week.zone, say.language)
    return say.many("coverage.gap", hours, day=day_name, source=names[source_id])


def _notes(facts: WeekFacts, say: Words) -> tuple[str, ...]:
    notes = []
    if languages := _languages(facts, say):
        notes.append(say("coverage.languages", languages=languages))
    # Below five even whether there were any stays unsaid (law.md D3).
    few = facts.guarded < 5
    notes.append(say("guarded.few") if few else say("guarded.many", n=number(facts.guarded, say.language)))
    if facts.given_up:
        notes.append(say.many("coverage.given_up", facts.given_up))
    if facts.paused is not None:
        notes.append(sentence_of(facts.paused, say.language))
    since = facts.collecting_since
    local = since.astimezone(facts.week.zone).date() if since else None
    notes.append(
        say("coverage.since", day=f"{day(local, say.language)} {local.year}")
        if local
        else say("coverage.empty")
    )
    return tuple(notes)


def _languages(facts: WeekFacts, say: Words) -> str:
    counts: Counter[str] = Counter()
    for row in facts.mentions:
        if row.monday == facts.week.monday and row.mentions:
            key = f"language.{row.lang}" if row.lang else "language.unknown"
            counts[key if key in say.table else "language.other"] += row.mentions
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{say(key)} {counted(count, say)}" for key, count in ordered)
