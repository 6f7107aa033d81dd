"""When something was posted comes in; spikes that somebody should hear of go out as events. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from klankbord.alerting.event import Event
from klankbord.alerting.occasions import spike_event
from klankbord.spikes import Heard, Spike, spikes


def spike_events(
    history: Sequence[Heard], titles: Mapping[str, str], now: datetime, zone: tzinfo
) -> list[Event]:
    """Where far more is said than usual at this moment; each rule hears of it by its own sensitivity.

    Args:
        history: for each source, and for all together (group "").
        titles: what people call each source; "" stands for all together.
        now: this moment.
        zone: by whose clock people post.
    """
    # whatever shows to a calm rule shows to a keen one
    found = {spike.group: spike for spike in spikes(history, now, "keen", zone)}
    # a spike in one source lifts the whole as well: it is told once, where it is
    if len(found) > 1:
        found.pop("", None)
    return [_event(spike, titles.get(group, group), now) for group, spike in found.items()]


def _event(spike: Spike, title: str, now: datetime) -> Event:
    return spike_event(
        source_id=spike.group,
        source_name=title,
        since=spike.since,
        said=spike.said,
        usual=spike.usual,
        sensitivities=frozenset(spike.sensitivities),
        now=now,
    )
