"""A checked config comes in, a working installation goes out: every room joined, built when first used."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from klankbord import pipeline
from klankbord.credential import Secrets
from klankbord.errors import ForbiddenError, NotFoundError, SettingsError
from klankbord.finding import Finding
from klankbord.permission import why_not
from klankbord.polling import Pace, in_turn, next_poll
from klankbord.ports import Classifier, Collector, Encoder, Gate, Message, Search
from klankbord.pseudonym import Pseudonyms
from klankbord.reading import Clock, Reader, SourceRun
from klankbord.settings import Settings, SourceSettings
from klankbord.standing import SourceStanding, standing_of
from klankbord.store import Store
from klankbord.store.messages import Due
from klankbord.store.retention import Limits
from klankbord.telling import Teller
from klankbord.week import SourceHealth, Week, WeekFacts
from klankbord.weekly import Weekly, WrittenDigest

if TYPE_CHECKING:
    from classify.model import Model
    from collectors import Workshop
    from reports.record import Digest

Progress = Callable[[str], None]


class Installation:
    """One organisation's Klankbord: settings and everything made from them."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        progress: Progress = lambda _: None,
        stop: Event | None = None,
    ) -> None:
        """Keep what everything else is made from; nothing is opened yet."""
        self.settings, self.clock, self._progress = settings, clock, progress
        self.stop = stop or Event()
        #: when the model's file was last written, as far as is known here
        self._model_of = 0

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        """The keys under which authors are kept."""
        file = self.settings.data_dir / "pseudonyms.key"
        url = self.settings.store_url
        if (
            not file.exists()
            and url.startswith("sqlite:///")
            and Path(url.removeprefix("sqlite:///")).exists()
        ):
            # A new key would forget what must not come back: every erased post would be collected again.
            found, allowed = "no such file beside a store", "the key file, from a backup"
            raise SettingsError.one(str(file), "-", found, allowed)
        return Pseudonyms(file, timedelta(days=self.settings.general.pseudonym_epoch_days))

    @cached_property
    def store(self) -> Store:
        """The store, its schema made or renewed."""
        # Texts of people stand in here: the folder is its owner's alone.
        self.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Store.open(self.settings.store_url, self.pseudonyms.forgotten, self.settings.zone)

    @cached_property
    def gate(self) -> Gate:
        """Decides what is about the organisation."""
        from classify.gate import OrganisationGate
        from classify.keyword_gate import gate_queries

        return OrganisationGate(gate_queries(self.settings), self.settings.organisation)

    @property
    def model_file(self) -> Path:
        """Where the model is kept."""
        return self.settings.data_dir / "model.skops"

    @cached_property
    def model(self) -> "Model":
        """The model, trained from the shipped posts where there is none yet."""
        from classify.model_file import load_or_train

        return load_or_train(self.model_file, self.clock(), self._progress)

    def _notice_model(self) -> None:
        """`klankbord train` runs as a process of its own: its model is taken up when the file changed."""
        changed = self.model_file.stat().st_mtime_ns if self.model_file.exists() else 0
        if self._model_of not in (0, changed):
            self.renew()
        self._model_of = changed

    def renew(self) -> None:
        """The model file changed: it is read again when it is next needed."""
        for name in ("model", "classifier"):
            self.__dict__.pop(name, None)

    @cached_property
    def classifier(self) -> Classifier:
        """Judges mentions against the policy."""
        from classify.judge import PolicyClassifier

        return PolicyClassifier(self.settings, self.model, self.encoder)

    @cached_property
    def encoder(self) -> Encoder | None:
        """Tells meanings for a second look, where one is chosen and installed."""
        from classify.encoders import encoder_of

        return encoder_of(self.settings.general.encoder)

    @cached_property
    def workshop(self) -> "Workshop":
        """What the collectors work with."""
        from collectors import workshop_of

        organisation = self.settings.organisation
        keep = (*organisation.voices, *organisation.names, *organisation.products)
        return workshop_of(
            self.settings.general.user_agent,
            self.pseudonyms,
            self.settings.data_dir / "inbox",
            keep_handles=keep,
            searches=self.searches,
            secrets=self.secrets,
        )

    @cached_property
    def secrets(self) -> Secrets:
        """Reads credentials, and keeps them out of every text."""
        return Secrets()

    def searches(self, source: SourceSettings) -> tuple[Search, ...]:
        """What may be sent to a platform's search: words of the queries that apply, nothing confidential."""
        from classify.searches import searches_of

        return searches_of(self.settings.queries, self.settings.organisation, source.queries)

    def close(self) -> None:
        """Give the store back."""
        if "store" in self.__dict__:
            self.store.close()

    # steps

    def sources(self, names: Sequence[str] = ()) -> list[SourceSettings]:
        """The sources of these names, or every enabled one.

        Raises:
            NotFoundError: there is no source of such a name.
        """
        for name in names:
            if self.settings.source(name) is None:
                known = ", ".join(source.id for source in self.settings.sources) or "none yet"
                raise NotFoundError(f"no source {name!r} in sources.toml; there are: {known}")
        if names:
            return [source for source in self.settings.sources if source.id in names]
        return [source for source in self.settings.sources if source.enabled]

    def collector(self, source: SourceSettings) -> Collector:
        """The collector of a source.

        Raises:
            ForbiddenError: its record does not allow it to be read; the message says what to do.
            PermanentError: its client library is not installed.
        """
        from collectors import collector_for

        today = self.clock().astimezone(self.settings.zone).date()
        if reason := why_not(source, self.settings.organisation, today):
            raise ForbiddenError(reason)
        return collector_for(source, self.workshop)

    @cached_property
    def reader(self) -> Reader:
        """Reads one source at a time."""
        return Reader(
            make=self.collector,
            gate=self.gate,
            store=self.store,
            clock=self.clock,
            stop=self.stop,
            zone=self.settings.zone,
        )

    def collect(self, names: Sequence[str] = (), *, force: bool = False) -> Iterator[SourceRun]:
        """Read the sources that may be asked now."""
        sources = self.sources(names)
        return pipeline.collect(sources, self.reader, force=force) if sources else iter(())

    def due(self) -> list[SourceSettings]:
        """The sources whose time has come, every host in its turn; hosts that are left alone are left out."""
        now = self.clock()
        paces, resting = self.store.paces(), self.store.resting_hosts(now)
        return in_turn(
            source
            for source in self.sources()
            if next_poll(source, paces.get(source.id, Pace()), now) <= now and source.host_key not in resting
        )

    def classify(self, *, again: bool = False) -> Iterator[pipeline.Classified]:
        """Judge every mention that waits; `again`: also those another classifier judged."""
        from klankbord.tuning.versions import notice

        notice(self.settings.folder, self.store.keywords, self.clock())
        self._notice_model()
        if again:
            self.store.judge_again(self.classifier.version)
        elif not self.store.unjudged(1):
            return iter(())
        return pipeline.classify(
            self.store,
            self.classifier,
            self.policy_version,
            self.alerts.rules,
            newest_days=self.settings.delivery.alerts.newest_days,
            clock=self.clock,
            stop=self.stop,
        )

    @property
    def policy_version(self) -> str:
        """What a finding records of the policy: version, fingerprint and strictness."""
        policy = self.settings.policy
        return f"{policy.version}+{policy.fingerprint}.{policy.strictness.value}"

    @cached_property
    def alerts(self) -> Teller:
        """Plans and sends alerts, and sends digests."""
        return Teller(self.settings, lambda: self.store, self.clock, self.standings, self._digest_message)

    def tell(self) -> pipeline.Told:
        """Send every message that is due."""
        return self.alerts.send(self.stop)

    def compose(self, due: Due) -> Message | None:
        """The message as it reads now; None when there is nothing left to tell."""
        return self.alerts.compose(due)

    def alert_of(self, finding: Finding) -> Message:
        """The alert for a finding."""
        return self.alerts.alert_of(finding)

    # the week

    @cached_property
    def weekly(self) -> Weekly:
        """Makes the digests."""
        return Weekly(self.settings, self.store, self.clock, lambda: self.classifier)

    def known_sources(self) -> list[SourceHealth]:
        """Every configured source, as yet without its health."""
        return self.weekly.known_sources()

    def standings(self) -> list[SourceStanding]:
        """How every configured source stands."""
        now = self.clock()
        today, ledger = now.astimezone(self.settings.zone).date(), self.store.ledger(now)
        healths = self.store.health(self.known_sources())
        return [
            standing_of(source, health, ledger, why_not(source, self.settings.organisation, today), now)
            for source, health in zip(self.settings.sources, healths, strict=True)
        ]

    def facts(self, week: Week) -> WeekFacts:
        """What the store knows of a week."""
        return self.weekly.facts(week)

    def digest_of(self, week: Week) -> "Digest":
        """The digest of a week, as the store stands now."""
        return self.weekly.digest_of(week)

    def write_digest(self, week: Week, *, send: bool) -> WrittenDigest:
        """Write a week's digest to the data folder, keep it and, where asked, queue its mail."""
        return self.weekly.write(week, send=send)

    def redraw(self) -> int:
        """Draw stored digests again without posts that are gone since; returns how many."""
        return self.weekly.redraw()

    def _digest_message(self, name: str) -> Message:
        from reports.alert import digest_message
        from reports.html import html_of
        from reports.text import text_of

        digest = self.weekly.to_send(name)
        return digest_message(digest, html=html_of(digest), text=text_of(digest))

    def overdue_week(self) -> Week | None:
        """The oldest of the last two weeks whose digest should have left by now and has not."""
        return self.weekly.overdue_week()

    # keeping house

    def purge(self) -> int:
        """Take out every text whose time is over."""
        policy = self.settings.policy
        limits = Limits(
            text_days={source.id: source.terms.retention_days for source in self.settings.sources},
            open_days=policy.open_days,
            closed_days=policy.closed_days,
            audit_days=policy.audit_days,
        )
        gone = self.store.purge(limits, self.clock())
        if gone:
            # What stood in a stored digest goes with its text.
            self.redraw()
        return gone
