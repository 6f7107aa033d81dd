"""What is known of a source comes in; how it stands, what it cost and when it is next goes out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from klankbord.polling import Pace, next_poll
from klankbord.ports import Spend
from klankbord.settings import BudgetSettings, SourceSettings
from klankbord.week import GapRow, SourceHealth

#: a source that reads well and is silent this many times longer than usual is worth a look
_UNUSUAL = 5
_SHORTEST_SILENCE = timedelta(days=1)
#: from this share of a day's budget on people are told
WARN_AT = 0.8
_BLOCKED = {"auth": "blocked: credential", "forbidden": "blocked: not allowed", "permanent": "gone"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What the store noted of all sources, by their ids."""

    paces: Mapping[str, Pace] = field(default_factory=dict)
    #: 95 % of the newest mentions were collected within this time of being published
    lags: Mapping[str, timedelta] = field(default_factory=dict)
    #: the newest gap
    gaps: Mapping[str, GapRow] = field(default_factory=dict)
    #: today
    spent: Mapping[str, Spend] = field(default_factory=dict)
    #: by host and credential
    hosts_open_until: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    """How one source stands."""

    health: SourceHealth
    #: a few words: a source that is quiet because it is blocked differs from one where nothing was said
    word: str
    #: why it is not read, or what went wrong last; empty: all is well
    why: str = ""
    lag: timedelta | None = None
    gap: GapRow | None = None
    spent: Spend = field(default_factory=Spend)
    #: the largest share of any of today's budgets that is used up, 0 to 1
    used: float = 0.0
    #: None: it is off
    next_at: datetime | None = None


def standing_of(
    source: SourceSettings, health: SourceHealth, ledger: Ledger, refused: str, now: datetime
) -> SourceStanding:
    """How a source stands.

    Args:
        source: its settings.
        health: how reading it went.
        ledger: what else the store noted.
        refused: why its record does not allow it to be read; empty: it does.
        now: this moment.
    """
    pace = ledger.paces.get(source.id, Pace())
    host_until = ledger.hosts_open_until.get(source.host_key)
    resting = host_until if host_until and host_until > now else None
    word, why = _word(source, health, pace, refused, resting, now)
    spent = ledger.spent.get(source.id, Spend())
    planned = next_poll(source, pace, now)
    return SourceStanding(
        health=health,
        word=word,
        why=why,
        lag=ledger.lags.get(source.id),
        gap=ledger.gaps.get(source.id),
        spent=spent,
        used=share_used(source.budget, spent),
        next_at=None if refused or not source.enabled else max(planned, resting or planned, now),
    )


def _word(
    source: SourceSettings,
    health: SourceHealth,
    pace: Pace,
    refused: str,
    resting: datetime | None,
    now: datetime,
) -> tuple[str, str]:
    error = f"{health.error_word}: {health.error}" if health.error_word else ""
    # the first that holds tells most
    cases = (
        (not source.enabled, "off", "enabled = false in sources.toml"),
        (bool(refused), "not allowed", refused),
        (health.last_attempt_at is None, "never read", ""),
        (health.error_word in _BLOCKED, _BLOCKED.get(health.error_word, ""), error),
        (health.error_word == "rate_limited", "asked to wait", error),
        (health.failures > 0, f"failing ({health.failures}x)", error),
        (
            resting is not None,
            "host left alone",
            f"{source.host} failed again and again; it is tried now and then",
        ),
        (_unusually_silent(pace, now), "silent", f"read well, but without news since {pace.last_news_at}"),
    )
    return next(((word, why) for holds, word, why in cases if holds), ("reading", ""))


def _unusually_silent(pace: Pace, now: datetime) -> bool:
    if pace.last_news_at is None or pace.news_every is None:
        return False
    return now - pace.last_news_at > max(_SHORTEST_SILENCE, pace.news_every * _UNUSUAL)


def share_used(budget: BudgetSettings, spent: Spend) -> float:
    """The largest share of a day's budget that is used up: of requests, bytes or money."""
    shares = [
        spent.requests / budget.requests_per_day,
        spent.bytes / (budget.megabytes_per_day * 1_000_000),
    ]
    if budget.money_per_day:
        shares.append(spent.micros / (budget.money_per_day * 1_000_000))
    return max(shares)
