"""Named jobs come in and run at their times until told to stop; the only importer of APScheduler."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

_log = logging.getLogger("klankbord.schedule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A job that runs again and again."""

    name: str
    every: timedelta
    work: Callable[[], None]
    #: run once at the start as well
    at_once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """A job that runs once a week at a local time; across DST it keeps to the clock on the wall."""

    name: str
    weekday: str
    #: "07:30"
    time: str
    zone: ZoneInfo
    work: Callable[[], None]


def run(jobs: Sequence[Every | Weekly], stop: Event, workers: int = 8) -> None:
    """Run the jobs until `stop` is set; then wait for those under way to end.

    One instance a job; runs missed while it was busy or the machine slept are made up for once.
    """
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(workers)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in jobs:
        _add(scheduler, job)
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)


def _add(scheduler: BackgroundScheduler, job: Every | Weekly) -> None:
    work = _guarded(job.name, job.work)
    if isinstance(job, Weekly):
        hours, minutes = job.time.split(":")
        trigger = CronTrigger(
            day_of_week=job.weekday[:3], hour=int(hours), minute=int(minutes), timezone=job.zone
        )
        scheduler.add_job(work, trigger, id=job.name)
        return
    # Sources with the same interval must not all start in the same second.
    spread = min(30, int(job.every.total_seconds() // 10))
    trigger = IntervalTrigger(seconds=int(job.every.total_seconds()), jitter=spread or None)
    options = {"next_run_time": datetime.now(trigger.timezone)} if job.at_once else {}
    scheduler.add_job(work, trigger, id=job.name, **options)


def _guarded(name: str, work: Callable[[], None]) -> Callable[[], None]:
    def run_once() -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - logged with its trace
            # One failing job must never end the service; its trace is for the administrator.
            _log.exception("job %s failed and will run again at its next time", name)

    return run_once


def one_at_a_time(work: Callable[[], None]) -> Callable[[], None]:
    """The work behind a lock: jobs of several sources may ask for it at the same moment."""
    lock = Lock()

    def locked() -> None:
        with lock:
            work()

    return locked
