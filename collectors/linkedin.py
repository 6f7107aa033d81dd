"""The notes of the inbox come in, Mentions go out: kind `linkedin`; LinkedIn itself is never asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Literal

from pydantic import TypeAdapter

from collectors import Workshop
from collectors.cursor_text import cursor_of, state_in
from collectors.linkedin_inbox import Inbox, Note, told_at
from klankbord.mention import Mention, Precision, SourceId, State, StateChange, short_hash
from klankbord.ports import Batch, Budget, Cursor, Recheck
from klankbord.settings import LinkedInSource, SourceSettings

_BATCH = 200
#: notes of one poll: their names stand in the cursor until the next
_POLL = 600
#: posts of which is remembered when they were told of last
_REMEMBERED = 500
#: how long a note waits that belongs to no source
_UNREAD = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is remembered between two polls."""

    v: Literal[1] = 1
    #: files whose notes stand in the batches up to this one: once this is stored, so are they
    done: tuple[str, ...] = ()
    #: post -> moment (ms) of the newest note: one that comes late must not undo an edit or a deletion
    newest: Mapping[str, int] = field(default_factory=dict)


_FORM = TypeAdapter(_Told)


def inbox_of(workshop: Workshop) -> Inbox:
    """Where the receiver leaves its notes, and the collector finds them."""
    return Inbox(
        folder=workshop.inbox / "linkedin", pseudonyms=workshop.pseudonyms, keep=workshop.keep_handles
    )


class LinkedInCollector:
    """Reads the inbox in order; a file goes when the next poll's cursor proves that it was stored."""

    def __init__(self, source: LinkedInSource, workshop: Workshop) -> None:
        """Remember where the inbox is; nothing is read yet."""
        self._source, self._inbox = source, inbox_of(workshop)

    def poll(
        self,
        cursor: Cursor | None,
        budget: Budget,  # noqa: ARG002 - nothing is asked, so nothing is spent
        now: datetime,
        stop: Event,
    ) -> Iterator[Batch]:
        """Hand over what came since; no request is made."""
        told = state_in(cursor, _FORM) or _Told()
        self._inbox.remove(told.done)
        mine, remarks = self._mine(now)
        told = _Told(newest=told.newest)
        for start in range(0, max(len(mine), 1), _BATCH):
            if stop.is_set():
                return
            some = mine[start : start + _BATCH]
            fresh, newest = _in_order([note for _, note in some], told.newest)
            told = _Told(done=(*told.done, *(name for name, _ in some)), newest=newest)
            yield Batch(
                mentions=tuple(_mention(note, self._source, now) for note in fresh if not note.deleted),
                changes=tuple(_gone(note, now) for note in fresh if note.deleted),
                next=cursor_of(told, _FORM),
                remarks=remarks if not start else (),
            )

    def recheck(
        self,
        mentions: Sequence[Mention],  # noqa: ARG002 - LinkedIn tells of deletions itself
        budget: Budget,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
        stop: Event,  # noqa: ARG002
    ) -> Recheck:
        """Nothing can be asked: LinkedIn allows no look-up of a member's post."""
        return Recheck()

    def _mine(self, now: datetime) -> tuple[list[tuple[str, Note]], tuple[str, ...]]:
        """This Page's notes with their files; what nobody reads does not stay for ever."""
        mine: list[tuple[str, Note]] = []
        others: list[str] = []
        odd = 0
        for name in self._inbox.names():
            note = self._inbox.note(name)
            if note and note.organisation == self._source.organisation:
                mine.append((name, note))
            else:
                others.append(name)
                odd += note is None
            if len(mine) == _POLL:
                break
        old = [name for name in others if now - told_at(name) > _UNREAD]
        self._inbox.remove(old)
        said = [f"{odd} files in the inbox could not be read"] if odd else []
        if old:
            said.append(f"{len(old)} notes that no source reads were removed after {_UNREAD.days} days")
        return mine, tuple(said)


def _in_order(notes: Sequence[Note], newest: Mapping[str, int]) -> tuple[list[Note], dict[str, int]]:
    """The notes that are not older than what was told of the same post, and what is remembered after them.

    Of several about one post only the last counts: a batch holds a post once.
    """
    moments, last = dict(newest), dict[str, Note]()
    for note in notes:
        moment = int(note.told_at.timestamp() * 1000)
        if moment >= moments.get(note.native_id, 0):
            moments.pop(note.native_id, None)
            moments[note.native_id] = moment
            last[note.native_id] = note
    return list(last.values()), dict(list(moments.items())[-_REMEMBERED:])


def _mention(note: Note, source: SourceSettings, now: datetime) -> Mention:
    return Mention(
        source_id=SourceId(source.id),
        platform=source.kind,
        native_id=note.native_id,
        revision=short_hash("", note.text),
        kind=note.kind,
        url=note.url,
        canonical_url=note.url,
        author=note.author,
        text=note.text,
        context=note.context,
        thread_id=note.thread_id,
        parent_id=note.parent_id,
        lang=source.language,
        published_at=min(note.published_at.astimezone(UTC), now),
        published_raw=note.published_at.isoformat(),
        published_precision=Precision.EXACT if note.published_at <= now else Precision.CLAMPED,
        edited_at=note.edited_at.astimezone(UTC) if note.edited_at else None,
        collected_at=now,
        terms=source.terms.record(),
    )


def _gone(note: Note, now: datetime) -> StateChange:
    return StateChange(platform="linkedin", native_id=note.native_id, state=State.DELETED, at=now)
