"""A week comes in; its digest is made, written, kept as an edition, and drawn again when a post is gone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from klankbord.alerting.rules import recipients_of
from klankbord.errors import KlankbordError
from klankbord.finding import Judgement, Protection
from klankbord.mention import Mention, MentionId, SourceId
from klankbord.policy import Mode
from klankbord.ports import Classifier
from klankbord.reading import Clock
from klankbord.settings import Settings
from klankbord.store import Store
from klankbord.store.editions import Edition
from klankbord.week import SourceHealth, Week, WeekFacts

if TYPE_CHECKING:
    from reports.record import Digest

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: a digest made later than this after its time is marked late
_GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDigest:
    """A digest and where its files are."""

    digest: "Digest"
    html: Path
    text: Path
    late: bool


class Weekly:
    """Makes the digests of one installation."""

    def __init__(
        self, settings: Settings, store: Store, clock: Clock, classifier: Callable[[], Classifier]
    ) -> None:
        """Keep what digests are made from.

        Args:
            settings: of the installation.
            store: holds the weeks.
            clock: tells the moment.
            classifier: asked only where a post may be quoted that nothing was found in.
        """
        self._settings, self._store, self._clock, self._classifier = settings, store, clock, classifier

    def known_sources(self) -> list[SourceHealth]:
        """Every configured source, as yet without its health."""
        return [
            SourceHealth(source_id=SourceId(one.id), name=one.title, kind=one.kind, enabled=one.enabled)
            for one in self._settings.sources
        ]

    def facts(self, week: Week) -> WeekFacts:
        """What the store knows of a week."""
        from classify.talk import talk_of
        from klankbord.tuning.following import rules_changed

        facts = self._store.week(week, self.known_sources())
        posts, of = self._store.editions.posts(week)
        since = facts.collecting_since
        organisation = self._settings.organisation
        talk = talk_of(
            posts,
            of,
            ours=(*organisation.names, *organisation.products),
            compared=since is not None and since <= week.later(-1).start_at,
            shown=self._may_be_shown,
        )
        lists = rules_changed(self._settings, self._store.keywords, week)
        return self._store.editions.texts(replace(facts, rules_changed=lists, talk=talk))

    def _may_be_shown(self, ids: Sequence[MentionId]) -> frozenset[MentionId]:
        """Posts that are not protected and hold no finding: judged once more, since no mark of it is kept."""
        mentions = self._store.editions.mentions(ids)
        if not mentions:
            return frozenset()
        try:
            judged = self._classifier().judge(mentions)
        except KlankbordError:
            # Nobody can say now what is protected: nothing is shown.
            return frozenset()
        pairs = zip(mentions, judged, strict=True)
        return frozenset(mention.id for mention, one in pairs if _is_open(mention, one))

    def digest_of(self, week: Week) -> "Digest":
        """The digest of a week, as the store stands now."""
        now = self._clock()
        return self._summed_up(self.facts(week), now, late=self._is_late(week, now))

    def _summed_up(self, facts: WeekFacts, now: datetime, *, late: bool) -> "Digest":
        from reports.digest import digest_of

        return digest_of(
            facts,
            self._settings.policy,
            organisation_name=self._settings.organisation.name,
            language=self._settings.general.language,
            now=now,
            desk_url=self._settings.general.desk_url,
            due_at=self.due_at(facts.week) if late else None,
        )

    def write(self, week: Week, *, send: bool, channels: Sequence[str] | None = None) -> WrittenDigest:
        """Write a week's digest to the data folder, keep it and, where asked, queue its mail.

        From the same store the same digest comes out, to the byte: what differs is a new edition.

        Args:
            week: which one.
            send: whether it goes out.
            channels: over which; else those of the settings.
        """
        now, facts = self._clock(), self.facts(week)
        last = self._store.editions.newest(week.name)
        digest = self._summed_up(facts, last.made_at, late=last.late) if last else None
        if last is None or digest is None or digest.fingerprint != last.fingerprint:
            late = self._is_late(week, now)
            digest = self._summed_up(facts, now, late=late)
            self._store.editions.keep(facts, digest.fingerprint, now, late=late)
        else:
            late = last.late
        html, text = self._drawn(digest)
        if send:
            delivery = self._settings.delivery
            over = delivery.digest.channels if channels is None else channels
            recipients = recipients_of(over, delivery)
            self._store.outbox.queue(f"digest-{week.name}", recipients, "digest", now)
        return WrittenDigest(digest=digest, html=html, text=text, late=late)

    def redraw(self) -> int:
        """Draw the editions again in which something stood that is gone since: deleted, edited, expired.

        Returns:
            How many were drawn again.
        """
        stale = self._store.editions.stale()
        for edition in stale:
            digest = self.edition(edition)
            self._drawn(digest)
            self._store.editions.redrawn(edition, digest.fingerprint)
        return len(stale)

    def edition(self, edition: Edition) -> "Digest":
        """A kept edition as it was made, without what is gone since."""
        return self._summed_up(self._store.editions.facts(edition), edition.made_at, late=edition.late)

    def to_send(self, name: str) -> "Digest":
        """What goes out for a week: its newest edition."""
        last = self._store.editions.newest(name)
        return self.edition(last) if last else self.digest_of(Week.named(name, self._settings.zone))

    def _drawn(self, digest: "Digest") -> tuple[Path, Path]:
        self.render(digest, (), None)
        return self.files(digest.week)

    def render(self, digest: "Digest", formats: Sequence[str], to: Path | None) -> dict[str, Path]:
        """Write a digest in these forms, or as HTML and text, to a folder or the data folder."""
        from reports.formats import FORMATS

        folder = to or self._settings.data_dir / "digests"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files: dict[str, Path] = {}
        for name in formats or ("html", "text"):
            files[name] = folder / f"{digest.week}{FORMATS[name].suffix}"
            _replace(files[name], FORMATS[name].render(digest))
        return files

    def files(self, week_name: str) -> tuple[Path, Path]:
        """Where a week's digest is written."""
        folder = self._settings.data_dir / "digests"
        return folder / f"{week_name}.html", folder / f"{week_name}.txt"

    # its time

    def due_at(self, week: Week) -> datetime:
        """When the digest of a week leaves: the chosen weekday and time after the week ended."""
        chosen = self._settings.delivery.digest
        hours, minutes = (int(part) for part in chosen.time.split(":"))
        day = week.later(1).monday + timedelta(days=_WEEKDAYS.index(chosen.weekday))
        return datetime(day.year, day.month, day.day, hours, minutes, tzinfo=self._settings.zone)

    def _is_late(self, week: Week, now: datetime) -> bool:
        """Whether the digest was not there in time: one that went out in time is never late afterwards."""
        last = self._store.editions.newest(week.name)
        if last is not None and self._left(week):
            return last.late
        return now > self.due_at(week) + _GRACE

    def overdue_week(self) -> Week | None:
        """The oldest of the last two weeks whose digest should have left by now and has not."""
        this = Week.of(self._clock(), self._settings.zone)
        return next((week for week in (this.later(-2), this.later(-1)) if self._owed(week)), None)

    def _owed(self, week: Week) -> bool:
        if self._clock() < self.due_at(week) or self._left(week):
            return False
        # While nobody was listening yet, a digest could only say that nothing was read.
        since = self._store.collecting_since()
        return since is not None and since < week.end_at

    def _left(self, week: Week) -> bool:
        """Whether the digest went its way; one that somebody built to look at does not count as sent."""
        if self._settings.delivery.digest.channels:
            return self._store.outbox.queued(f"digest-{week.name}")
        return week.name in self._store.editions.written()


def _is_open(mention: Mention, judged: Judgement) -> bool:
    silent = all(one.mode is Mode.SILENT for one in judged.clauses)
    return mention.terms.export and judged.about and judged.protection is Protection.NONE and silent


def _replace(file: Path, content: bytes) -> None:
    """Write beside, then rename: a reader never sees half a file."""
    fresh = file.with_suffix(file.suffix + ".part")
    fresh.write_bytes(content)
    fresh.replace(file)
