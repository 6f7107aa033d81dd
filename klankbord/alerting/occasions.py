"""How sources and the model stand comes in; what somebody should hear of goes out as events. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from klankbord.alerting.event import Care, Event, Kind
from klankbord.permission import TERMS_HOLD
from klankbord.polling import Pace
from klankbord.settings import SourceSettings
from klankbord.standing import WARN_AT, SourceStanding

#: a source that fails is tried again and again; after this somebody should look
FAILING = timedelta(hours=24)
#: leave to read a source that ends within this time is told
ENDS_SOON = timedelta(days=14)


def source_events(
    sources: Sequence[SourceSettings],
    standings: Sequence[SourceStanding],
    paces: Mapping[str, Pace],
    today: date,
    now: datetime,
) -> list[Event]:
    """What needs care about each source, at this moment.

    Args:
        sources: as configured.
        standings: how each stands, in the same order.
        paces: the rhythm of each that was ever asked.
        today: by the local clock.
        now: this moment.
    """
    found: list[Event] = []
    for source, standing in zip(sources, standings, strict=True):
        if source.enabled:
            pace = paces.get(source.id, Pace())
            found += [
                _event(source, care, episode, why, now)
                for care, episode, why in _cares(source, standing, pace, today, now)
            ]
    return found


def _cares(
    source: SourceSettings, standing: SourceStanding, pace: Pace, today: date, now: datetime
) -> Iterable[tuple[Care, str, str]]:
    """(what it needs, which time this is, why)."""
    health = standing.health
    # a source that was read in between has another last success: another time
    since = str(health.last_success_at)
    if standing.word == "blocked: credential":
        yield Care.CREDENTIAL, since, standing.why
    elif standing.word in {"blocked: not allowed", "gone"} or _failing(standing, now):
        yield Care.BLOCKED, since, standing.why
    elif standing.word == "silent":
        last = pace.last_news_at
        yield Care.SILENT, str(last), f"{last:%Y-%m-%d %H:%M} UTC" if last else ""
    if standing.used >= WARN_AT:
        yield Care.BUDGET, str(today), f"{standing.used:.0%}"
    read_on = source.terms.terms_read_on
    if read_on is not None and timedelta() <= read_on + TERMS_HOLD - today <= ENDS_SOON:
        yield Care.CREDENTIAL, f"terms {read_on}", str(read_on + TERMS_HOLD)


def _failing(standing: SourceStanding, now: datetime) -> bool:
    health = standing.health
    if health.failures < 2 or health.last_attempt_at is None:
        return False
    return health.last_success_at is None or now - health.last_success_at >= FAILING


def _event(source: SourceSettings, care: Care, episode: str, why: str, now: datetime) -> Event:
    return Event(
        kind=Kind.SOURCE,
        subject=f"source:{source.id}:{care.value}",
        episode=episode,
        at=now,
        source_id=source.id,
        care=care,
        detail={"id": source.id, "source": source.title, "care": care.value, "why": why[:300]},
    )


def spike_event(
    *,
    source_id: str,
    source_name: str,
    since: datetime,
    said: int,
    usual: float,
    sensitivities: frozenset[str],
    now: datetime,
) -> Event:
    """Far more is said in a source than is usual at this time of the week.

    Args:
        source_id: which; empty: all of them together.
        source_name: as people call it.
        since: when it began: the same spike is one case, however long it lasts.
        said: mentions since then.
        usual: mentions in as long a stretch, as a rule.
        sensitivities: the settings at which it shows; a keen rule hears of smaller ones.
        now: this moment.
    """
    return Event(
        kind=Kind.SPIKE,
        subject=f"spike:{source_id}",
        episode=since.isoformat(),
        at=now,
        source_id=source_id,
        sensitivities=sensitivities,
        detail={"id": source_id, "source": source_name, "why": f"{said} / {usual:.0f}"},
    )


def drift_event(model: str, why: str, now: datetime) -> Event:
    """Alerts about findings pause, since scores jumped.

    Args:
        model: the week in which they did, or the model's version: another one is another case.
        why: in a sentence.
        now: this moment.
    """
    return Event(
        kind=Kind.MODEL,
        subject="model:drift",
        episode=model,
        at=now,
        detail={"since": model, "why": why[:300]},
    )
