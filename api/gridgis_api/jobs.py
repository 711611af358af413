"""What the service does by itself, by the clock: jobs in a queue that is PostgreSQL's own.

Of several services on one database each job is done by one. The queue's parts (procrastinate, and
psycopg 3 below it) are read when the worker starts: whoever only asks for the list waits for none.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridgis.actor import Actor
from gridgis.cases.resting import resume_rested
from gridgis.cases.rulings import Rulings
from gridgis.cases.workflow import Workflow
from gridgis.clock import FixedClock
from gridgis.clocks.sweeping import sweep
from gridgis.nearest import history
from gridgis.store.jobs import connection_facts
from gridgis_boundaries.publishing import follow_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from procrastinate import App, JobContext

    from gridgis.clock import Clock
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

    GoOn = Callable[[], bool]

# The queue tells of a new job by itself; asking is for the case that nobody heard.
_POLL_S = 10.0
_HEARTBEAT_S = 30.0
_STALLED_S = 120.0
# A job's piece that is under way gets so long to end.
_PATIENCE_S = 5.0
# After the queue was lost.
_AGAIN_S = 5.0

_SERVICE = Actor("gridgis", "service")

_log = logging.getLogger("gridgis.jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done by the clock; `work` says what came of it.

    It is asked before each piece whether to go on, and what it has done stays done.
    """

    name: str
    cron: str
    about: str
    work: Callable[[Store, Settings, datetime, GoOn], str]


def _coarsen(store: Store, settings: Settings, now: datetime, go_on: GoOn) -> str:
    gone = history.coarsen(store, settings, now, go_on)
    days, span_s = settings.position_keep_exact_days, settings.position_coarse_s
    return f"{gone:,} positions older than {days:g} days went; one in {span_s:g} s stays"


def _delete(store: Store, settings: Settings, now: datetime, _go_on: GoOn) -> str:
    gone = history.delete(store, settings, now)
    days = settings.position_keep_days
    return f"{gone.months} months and {gone.positions:,} positions older than {days:g} days went"


def _follow(store: Store, settings: Settings, now: datetime, _go_on: GoOn) -> str:
    moved = follow_all(store, _SERVICE, now, settings.near_tolerance_m)
    return f"{moved.reports:,} open reports and {moved.responders:,} people followed an edition"


def _sweep(store: Store, _settings: Settings, now: datetime, go_on: GoOn) -> str:
    done = sweep(store, _SERVICE, now, go_on)
    passed = f"{done.escalated:,} limits passed, {done.lifted:,} cases were lifted"
    return f"{done.warned:,} warnings; {passed}"


def _resume(store: Store, settings: Settings, now: datetime, go_on: GoOn) -> str:
    workflow = Workflow(store, Rulings(settings), FixedClock(now))
    today = now.astimezone(settings.zone).date()
    resumed = resume_rested(store, workflow, today, _SERVICE, go_on)
    return f"{resumed:,} deferred cases go on"


def _find_early_warnings(store: Store, settings: Settings, now: datetime, _go_on: GoOn) -> str:
    # Only here: the numbers' parts take a second to read.
    from gridgis_api.early_warnings import find  # noqa: PLC0415

    layer, done = find(store, settings, now)
    came = f"{done.new:,} new early warnings, {done.renewed:,} go on, {done.ended:,} ended"
    return f"layer {layer}: {came}"


JOBS = {
    job.name: job
    for job in (
        # Each hour: a machine that is off at night does them all the same.
        Job(
            "coarsen-positions",
            "17 * * * *",
            "leave one position in GRIDGIS_POSITION_COARSE_S of what is older than "
            "GRIDGIS_POSITION_KEEP_EXACT_DAYS",
            _coarsen,
        ),
        Job(
            "delete-positions",
            "37 * * * *",
            "delete positions older than GRIDGIS_POSITION_KEEP_DAYS",
            _delete,
        ),
        # Each minute; what a minute missed, the next one does.
        Job(
            "follow-editions",
            "* * * * *",
            "let open reports and people follow editions that came into force",
            _follow,
        ),
        # The sixth field is seconds: an incident's limits are minutes.
        Job(
            "sweep-clocks",
            "* * * * * */10",
            "warn before limits, escalate at them, lift cases whose limit names a higher tier",
            _sweep,
        ),
        Job(
            "resume-cases",
            "*/5 * * * *",
            "go on with deferred cases whose day is over",
            _resume,
        ),
        # 02:23 in China: yesterday is over, and nobody waits for the machine.
        Job(
            "find-early-warnings",
            "23 18 * * *",
            "suggest where more reports came in than the past explains",
            _find_early_warnings,
        ),
    )
}


class Worker:
    """A thread that does the jobs of a database until it is closed."""

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._ended = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin, without anybody waiting for it; once it runs it goes on."""
        if not self._thread.is_alive() and not self._ended.is_set():
            self._thread.start()

    def close(self) -> None:
        """Let the piece under way end, and stop."""
        self._ended.set()
        if not self._thread.is_alive():
            return
        loop, wake = self._loop, self._wake
        if loop is not None and wake is not None and not loop.is_closed():
            loop.call_soon_threadsafe(wake.set)
        self._thread.join(2 * _PATIENCE_S)

    def _run(self) -> None:
        asyncio.run(self._work())

    async def _work(self) -> None:
        self._loop, self._wake = asyncio.get_running_loop(), asyncio.Event()
        while not self._ended.is_set():
            try:
                await self._serve(self._wake)
            except Exception as error:  # noqa: BLE001 - whatever the queue raises, the service goes on
                _log.warning("jobs wait for the database: %s", error)
            if not self._ended.is_set():
                await _until(self._wake, _AGAIN_S)

    async def _serve(self, wake: asyncio.Event) -> None:
        app = self._app()
        async with app.open_async():
            await _forget_stalled(app)
            worker = asyncio.create_task(
                app.run_worker_async(
                    name="gridgis",
                    install_signal_handlers=False,
                    fetch_job_polling_interval=_POLL_S,
                    abort_job_polling_interval=_POLL_S,
                    update_heartbeat_interval=_HEARTBEAT_S,
                    stalled_worker_timeout=_STALLED_S,
                    shutdown_graceful_timeout=_PATIENCE_S,
                    # What failed is in the log, and asked for again by the clock.
                    delete_jobs="always",
                )
            )
            ending = asyncio.create_task(wake.wait())
            await asyncio.wait({worker, ending}, return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            worker.cancel()
            await asyncio.gather(worker, ending, return_exceptions=True)

    def _app(self) -> App:
        from procrastinate import App, PsycopgConnector  # noqa: PLC0415 - a third of a second

        facts = connection_facts(self._store.url)
        connector = PsycopgConnector(
            conninfo=facts["conninfo"],
            kwargs={"options": facts["options"]},
            min_size=1,
            max_size=2,
            timeout=_AGAIN_S,
        )
        app = App(connector=connector)
        for job in JOBS.values():
            task = app.task(name=job.name, queueing_lock=job.name, pass_context=True)
            app.periodic(cron=job.cron)(task(self._doing(job)))
        return app

    def _doing(self, job: Job) -> Callable[..., None]:
        def work(context: JobContext, timestamp: int) -> None:
            del timestamp
            said = job.work(
                self._store,
                self._settings,
                self._clock.now(),
                lambda: not (self._ended.is_set() or context.should_abort()),
            )
            _log.info("%s: %s", job.name, said)

        return work


async def _forget_stalled(app: App) -> None:
    """Take out jobs whose service was killed: the next hour does what they did not."""
    from procrastinate.jobs import Status  # noqa: PLC0415 - it is read already

    stalled: Any = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_S)
    for job in stalled:
        await app.job_manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)


async def _until(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
