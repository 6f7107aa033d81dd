"""Frames of Bluesky's stream come in one by one, batches with the place they cover go out."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from collectors.bluesky_place import Fill
from collectors.bluesky_posts import mention, words_of
from collectors.jetstream_events import Event, Notice, read
from klankbord.mention import State, StateChange
from klankbord.ports import Batch, Gap

if TYPE_CHECKING:
    from datetime import datetime

    from collectors.bluesky_place import Place
    from collectors.line import Line
    from collectors.sieve import Sieve
    from klankbord.mention import Mention
    from klankbord.settings import BlueskySource

#: posts in one batch: one transaction of the store
_POSTS = 200
#: deletions in one batch: most are of posts that nobody here holds
_CHANGES = 2_000
_LOOKED_AT = 20_000
#: seconds
_LONGEST = 2.0
#: frames in which nothing could be read: it is no stream of events
_NONSENSE = 100
PASSED = "Bluesky's stream no longer held it"


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was read since the last batch."""

    place: Place
    sieve: Sieve
    source: BlueskySource
    line: Line
    #: the server said that it begins later than it was asked to
    outdated: bool = False
    #: the stream was read to its end
    done: bool = False
    mentions: dict[str, Mention] = field(default_factory=dict)
    changes: dict[str, StateChange] = field(default_factory=dict)
    gone: dict[str, None] = field(default_factory=dict)
    last: Event | None = None
    #: events since the last batch, and in all; frames that could not be read, and those told of
    looked_at: int = 0
    events: int = 0
    unread: int = 0
    told: int = 0
    gap: Gap | None = None
    _since: float = field(default_factory=time.monotonic)

    def take(self, frame: bytes) -> Notice | None:
        """Look at one frame; what it says about the stream itself is handed back."""
        event = read(frame)
        if event is None:
            self.unread += 1
            return None
        if isinstance(event, Notice):
            self.outdated = self.outdated or event.name == "OutdatedCursor"
            return event
        self.looked_at += 1
        self.events += 1
        self.last = event
        if self.outdated:
            self._begun_late(event)
        if event.what:
            self._happened(event)
        return None

    @property
    def nonsense(self) -> bool:
        """Whether this is no stream of events at all."""
        return not self.events and self.unread >= _NONSENSE

    @property
    def full(self) -> bool:
        """Whether it is time for a batch."""
        return (
            len(self.mentions) >= _POSTS
            or len(self.changes) + len(self.gone) >= _CHANGES
            or self.looked_at >= _LOOKED_AT
            or (self.last is not None and time.monotonic() - self._since >= _LONGEST)
        )

    def batch(self, *remarks: str, ended: bool = False) -> Batch:
        """All of it, with the place after the last event; the tally begins anew."""
        if self.last:
            self.place = self.place.moved(self.last.seq, self.last.time, self._now)
        if ended and self.done:
            self.place = replace(self.place, walked=0)
        if unread := self.unread - self.told:
            remarks = (*remarks, f"{unread} frames of the stream could not be read")
        batch = Batch(
            mentions=tuple(self.mentions.values()),
            changes=tuple(self.changes.values()),
            next=self.place.write(),
            spent=self.line.took(),
            gap=self.gap,
            remarks=remarks,
            authors_gone=tuple(self.gone),
        )
        self.mentions, self.changes, self.gone = {}, {}, {}
        self.last, self.looked_at, self.gap, self.told = None, 0, None, self.unread
        self._since = time.monotonic()
        return batch

    @property
    def _now(self) -> datetime:
        # a run's `now` is its begin; the stream goes on
        return self.line.now + timedelta(seconds=self.source.listen)

    def _begun_late(self, event: Event) -> None:
        """The first event after a gap: what lies before it is told, or searched for where it can be."""
        self.outdated = False
        before, after = self.place, self.place.moved(event.seq, event.time, self._now)
        if before.first or after.at <= before.at:
            return
        if self.source.user and self.source.password:
            begin = before.fill.from_at if before.fill else before.at
            fill = Fill(from_at=begin, to_at=after.at, begun=self.line.now)
            self.place = replace(before, fill=fill)
        else:
            self.gap = Gap(from_at=before.at, to_at=after.at, reason=PASSED)

    def _happened(self, event: Event) -> None:
        pseudonyms, now = self.line.workshop.pseudonyms, self.line.now
        if event.what == "gone":
            self.gone |= dict.fromkeys(pseudonyms.all_of("bluesky", event.did, now))
            return
        if event.what == "create" and not self._wanted(event):
            return
        key = pseudonyms.native_id("bluesky", event.uri)
        if event.what == "delete" or not self._wanted(event):
            # also a post that was edited so that it no longer names anything we look for
            self.mentions.pop(key, None)
            self.changes[key] = StateChange(
                platform="bluesky", native_id=key, state=State.DELETED, at=self.line.now
            )
            return
        self.changes.pop(key, None)
        edited = event.time if event.what == "update" else ""
        self.mentions[key] = mention(
            event.uri, event.cid, event.record, self.source, self.line.workshop, now, edited=edited
        )

    def _wanted(self, event: Event) -> bool:
        text, card = words_of(event.record)
        return self.sieve.holds(text) or (card != "" and self.sieve.holds(card))
