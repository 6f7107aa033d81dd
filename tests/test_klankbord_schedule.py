"""The schedule: jobs run, one failing job ends nothing, a stop is obeyed, weeks keep to the wall clock."""

import threading
import time
from datetime import UTC, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from klankbord.schedule import Every, one_at_a_time, run


def test_jobs_run_at_once_and_a_failing_one_ends_nothing() -> None:
    ran, stop = Event(), Event()

    def fail() -> None:
        raise RuntimeError("broken")

    def work() -> None:
        ran.set()
        stop.set()

    jobs = [
        Every(name="bad", every=timedelta(hours=1), work=fail),
        Every(name="good", every=timedelta(hours=1), work=work),
    ]
    threading.Timer(5, stop.set).start()
    run(jobs, stop)
    assert ran.is_set()


def test_a_stop_waits_for_the_job_under_way() -> None:
    stop, ended = Event(), Event()

    def work() -> None:
        stop.set()
        time.sleep(0.2)
        ended.set()

    run([Every(name="slow", every=timedelta(hours=1), work=work)], stop)
    assert ended.is_set()


def test_the_same_work_never_runs_twice_at_a_time() -> None:
    inside = [0]
    most = [0]

    def work() -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.01)
        inside[0] -= 1

    alone = one_at_a_time(work)
    threads = [threading.Thread(target=alone) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_monday_half_past_seven_stays_so_across_the_clock_change() -> None:
    trigger = CronTrigger(day_of_week="mon", hour=7, minute=30, timezone=ZoneInfo("Europe/Amsterdam"))
    before = trigger.get_next_fire_time(None, datetime(2026, 10, 19, tzinfo=UTC))
    after = trigger.get_next_fire_time(before, datetime(2026, 10, 20, tzinfo=UTC))
    assert [moment.strftime("%H:%M %z") for moment in (before, after)] == ["07:30 +0200", "07:30 +0100"]
