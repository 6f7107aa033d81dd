"""An installation comes in and works until told to stop: its steps become jobs with their times."""

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event

from klankbord.drift import sentence_of
from klankbord.installation import Installation
from klankbord.learning import forget_gone
from klankbord.reading import SourceRun
from klankbord.reviewing import watch
from klankbord.rounds import Rounds
from klankbord.schedule import Every, Weekly, one_at_a_time, run
from klankbord.searching import catch_up

_log = logging.getLogger("klankbord.service")


#: sources read at the same time, and how often we look which are due
_WORKERS, _LOOK = 16, timedelta(seconds=2)


def serve(installation: Installation) -> None:
    """Run until `installation.stop` is set."""
    judge_and_tell = one_at_a_time(lambda: _judge_and_tell(installation))
    digest = one_at_a_time(lambda: _digest(installation))
    chosen = installation.settings.delivery.digest
    rounds = Rounds(installation.reader.read, _WORKERS)
    fresh = Event()
    jobs: list[Every | Weekly] = [
        Every(name="sources", every=_LOOK, work=lambda: _read(installation, rounds, fresh)),
        # Beside the reading: judging a first read takes minutes, and other sources are due meanwhile.
        Every(name="judging", every=_LOOK, work=lambda: _if_fresh(fresh, judge_and_tell), at_once=False),
        # Retries of messages, and what an earlier run left unjudged.
        Every(name="messages", every=timedelta(minutes=1), work=judge_and_tell),
        # Sources that need care, and alerts nobody said they have seen.
        Every(name="watch", every=timedelta(minutes=1), work=lambda: _watch(installation), at_once=False),
        Every(name="purge", every=timedelta(hours=6), work=lambda: _purge(installation)),
        # Whether the scores of the last whole week jumped: alerts then pause, and the digest says so.
        Every(name="drift", every=timedelta(hours=6), work=lambda: _drift(installation), at_once=False),
        Weekly(
            name="digest",
            weekday=chosen.weekday,
            time=chosen.time,
            zone=installation.settings.zone,
            work=digest,
        ),
        # A Monday that was missed because the machine was off is made up for.
        # Not at once: the sources are read first.
        Every(name="overdue digest", every=timedelta(minutes=10), work=digest, at_once=False),
    ]
    try:
        run(jobs, installation.stop)
    finally:
        rounds.close()


def _if_fresh(fresh: Event, judge_and_tell: Callable[[], None]) -> None:
    if fresh.is_set():
        fresh.clear()
        judge_and_tell()


def _read(installation: Installation, rounds: Rounds[SourceRun], fresh: Event) -> None:
    """Start what is due, and follow up what ended; nothing here waits for a source."""
    rounds.offer(installation.due())
    ended = list(rounds.ended_by_now())
    for one in ended:
        if one.error:
            _log.warning("%s: %s: %s", one.source_id, one.error.word, one.error.problem)
        elif one.kept.new or one.kept.edited or one.kept.deleted:
            _log.info("%s: %s", one.source_id, one.kept)
    if any(one.kept.new or one.kept.edited for one in ended):
        fresh.set()
    if any(one.kept.deleted or one.kept.edited for one in ended):
        installation.redraw()
        forget_gone(installation)


def _judge_and_tell(installation: Installation) -> None:
    for part in installation.classify():
        _log.info("judged %d mentions, %d raised", part.mentions, len(part.raised))
    catch_up(installation.store)
    told = installation.tell()
    for key in told.sent:
        _log.info("sent %s", key)
    for key, problem in told.failed.items():
        _log.warning("not sent: %s: %s", key, problem)


def _watch(installation: Installation) -> None:
    if added := installation.alerts.notice():
        _log.info("%d alerts about sources, or told on", added)


def _digest(installation: Installation) -> None:
    week = installation.overdue_week()
    if week is not None:
        written = installation.write_digest(week, send=True)
        _log.info("digest of %s written to %s", week.name, written.html)
        installation.tell()


def _purge(installation: Installation) -> None:
    gone = installation.purge()
    forget_gone(installation)
    if gone:
        _log.info("%d texts went: their time was over", gone)


def _drift(installation: Installation) -> None:
    seen = watch(installation)
    if seen.drift is not None:
        _log.warning(sentence_of(seen.drift, "en"))
    elif seen.resumed:
        _log.info("two calm weeks: alerts go out again")
