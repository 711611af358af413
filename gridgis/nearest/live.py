"""Responders as they live: what they send is in memory at once, and soon in the database.

A process has one :class:`Live`. What it takes goes to PostgreSQL in batches; what others took comes
from there: the database tells of each batch once, and is asked for all that is new. Memory is what
the database has, and what waits to be written.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import numpy as np

from gridgis.clock import aware, epoch_ms, from_epoch_ms
from gridgis.errors import (
    GridgisError,
    InvalidInputError,
    QueueFullError,
    ResponderNotFoundError,
    StoreError,
)
from gridgis.nearest.crowd import Crowd
from gridgis.nearest.often import Allowance
from gridgis.nearest.outcomes import (
    AHEAD,
    KEPT,
    OLDER,
    OUTCOMES,
    THINNED,
    TOO_OLD,
    UNKNOWN,
    Put,
    told,
)
from gridgis.nearest.roster import Built, build, note_loads, note_positions, note_statuses
from gridgis.nearest.waiting import MOST_AT_ONCE, Measured, Part, Waiting
from gridgis.store import positions, roster, territory
from gridgis.store.listening import Listener

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gridgis.clock import Clock
    from gridgis.model import Location
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

POLL_S = 1.0
"""How often the database is asked what is new, whether or not it told."""

# Responders change one after the other while an import runs: not oftener than this.
_REBUILD_EVERY_S = 1.0

# After the database refused a batch.
_AGAIN_S = 1.0

_DAY_MS = 86_400_000

_NOTHING = Built(Crowd([]), UUID(int=0), UUID(int=0), 0, 0)

_log = logging.getLogger("gridgis.live")


class KeptPosition(NamedTuple):
    """A position as it came in.

    `kept` says whether they are there now; `reason` is None, ``older`` or ``thinned``.
    """

    id: UUID
    location: Location
    accuracy_m: float | None
    at: datetime
    recorded_at: datetime
    kept: bool
    reason: str | None


class Live:
    """The responders of this process; safe to be used by several threads.

    The crowd is read without a lock, and may be another object from one question to the next: take
    it once for each.
    """

    def __init__(self, store: Store, settings: Settings, clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._months = positions.PositionMonths(store)
        # Guards what positions are put into; never held while the database is asked.
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._waiting = Waiting()
        self._built = _NOTHING
        self._allowance = Allowance(0, 1, 1)
        # One thread at a time reads from the database, and one writes to it.
        self._reading = threading.Lock()
        self._writing = threading.Lock()
        self._built_s = 0.0
        self._writer: threading.Thread | None = None
        self._listeners: list[Listener] = []
        self._ended = False

    @property
    def crowd(self) -> Crowd:
        """All responders; built when they are asked for first.

        Raises
        ------
        StoreError
            The database cannot be reached, and nothing is known yet.
        """
        built = self._built
        return self.refresh() if built is _NOTHING else built.crowd

    @property
    def waiting(self) -> int:
        """How many positions are not in the database yet."""
        return len(self._waiting)

    def put(
        self, responder_id: UUID, location: Location, at: datetime | None = None
    ) -> KeptPosition:
        """Take where a responder is, measured at `at` (None: now), EPSG:4326, longitude first.

        Times are kept in whole milliseconds.

        Raises
        ------
        ResponderNotFoundError
            There is no such responder, or they have left.
        InvalidInputError
            The time lies ahead, or longer ago than the history goes back, or has no zone.
        QueueFullError
            The database is away, and too many positions wait for it.
        """
        now = self._clock.now()
        at_ms = epoch_ms(now if at is None else aware(at, "at"))
        accuracy_m = np.nan if location.accuracy_m is None else location.accuracy_m
        done = self.put_many(
            [responder_id],
            Measured(
                np.array([location.lon]),
                np.array([location.lat]),
                np.array([accuracy_m]),
                np.array([at_ms], dtype=np.int64),
            ),
        )
        outcome = int(done.outcomes[0])
        self._refuse(outcome, responder_id, from_epoch_ms(at_ms))
        return KeptPosition(
            id=responder_id,
            location=location,
            accuracy_m=location.accuracy_m,
            at=from_epoch_ms(at_ms),
            recorded_at=now,
            kept=bool(done.kept[0]),
            reason=None if outcome == KEPT else OUTCOMES[outcome],
        )

    def put_many(self, ids: Sequence[UUID], measured: Measured) -> Put:
        """Take where responders are; one that cannot be taken does not spoil the others.

        Somebody may come several times.

        Raises
        ------
        QueueFullError
            The database is away, and too many positions wait for it; none was taken.
        StoreError
            With a window of 0: they could not be written yet. They are known, and will be.
        """
        if -1 in self.crowd.rows_of(ids):
            # Somebody may have been brought in a moment ago; the others are known all the same.
            with suppress(StoreError):
                self.refresh()
        now_ms = epoch_ms(self._clock.now())
        with self._lock:
            is_first = not len(self._waiting)
            done = self._take(ids, measured, now_ms)
            # The writer counts the window from the first by itself.
            if self._settings.position_window_s and (is_first or self._is_enough()):
                self._wake_writer()
        if not self._settings.position_window_s:
            self._write_now()
        return done

    def refresh(self) -> Crowd:
        """Ask the database what is new, and return the responders as they are now.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        with self._reading:
            return self._refresh(may_rebuild=True)

    def flush(self) -> None:
        """Write all that waits.

        Raises
        ------
        GridgisError
            The database refused it; it goes on waiting.
        """
        with self._writing:
            # What comes meanwhile waits for the next time.
            left = len(self._waiting)
            while left > 0 and (written := self._flush_some()):
                left -= written

    def listen(self) -> None:
        """Hear from now on what other processes take, and what becomes of responders."""
        channels = (positions.CHANNEL, roster.CHANNEL, territory.CHANNEL)
        tasks = (roster.TASKS,)
        self._listeners = [
            Listener(self._store.url, channels, self._heard, poll_s=POLL_S),
            Listener(self._store.url, tasks, self._heard_of_tasks, poll_s=POLL_S),
        ]
        for listener in self._listeners:
            listener.start()

    def close(self) -> None:
        """Write what waits, and stop listening."""
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        with self._filled:
            self._ended, writer = True, self._writer
            self._filled.notify_all()
        if writer is not None:
            writer.join()
        with self._filled:
            # Whoever sends one more all the same finds another writer.
            self._ended, self._writer = False, None
        try:
            self.flush()
        except GridgisError as error:
            _log.error("%d positions are lost: %s", self.waiting, error)

    def _take(self, ids: Sequence[UUID], measured: Measured, now_ms: int) -> Put:
        """Take positions under the lock."""
        crowd = self._built.crowd
        rows, at_ms = crowd.rows_of(ids), measured.at_ms
        outcomes = np.full(len(rows), KEPT, dtype=np.int8)
        outcomes[at_ms < now_ms - self._settings.position_keep_days * _DAY_MS] = TOO_OLD
        outcomes[at_ms > now_ms + self._settings.position_ahead_s * 1000] = AHEAD
        outcomes[rows < 0] = UNKNOWN
        good = np.flatnonzero(outcomes == KEPT)
        if len(self._waiting) + len(good) > self._settings.position_queue:
            msg = (
                f"{len(self._waiting):,} positions wait for the database, which is away; nothing "
                "was taken, send it again later (GRIDGIS_POSITION_QUEUE sets how many may wait)"
            )
            raise QueueFullError(msg)
        kept = np.zeros(len(rows), dtype=np.bool_)
        kept[good] = crowd.put(rows[good], *measured.at(good))
        within = self._allowance.take(rows[good], now_ms)
        outcomes[good] = np.where(within, np.where(kept[good], KEPT, OLDER), THINNED)
        into = good[within]
        recorded_ms = np.full(len(into), now_ms, dtype=np.int64)
        self._waiting.add(
            Part([ids[place] for place in into], measured.at(into), recorded_ms, in_history=True)
        )
        self._waiting.note_moved(ids[place] for place in good[~within & kept[good]])
        return Put(outcomes, kept)

    def _refuse(self, outcome: int, responder_id: UUID, at: datetime) -> None:
        if outcome == UNKNOWN:
            # While the database is away nobody can say so.
            self.refresh()
            msg = f"there is no responder {responder_id}"
            raise ResponderNotFoundError(msg)
        if outcome in {AHEAD, TOO_OLD}:
            raise InvalidInputError(told(outcome, at, self._settings))

    def _refresh(self, *, may_rebuild: bool) -> Crowd:
        state, built = self._store.ask(roster.state), self._built
        if built is _NOTHING or (may_rebuild and built[1:3] != state[:2]):
            built = self._rebuild()
        if state.positions > built.positions:
            heard = self._store.ask(partial(positions.after, seq=built.positions))
            with self._lock:
                note_positions(built.crowd, heard)
            built = built._replace(positions=heard[-1].seq if heard else built.positions)
        if state.statuses > built.statuses:
            said = self._store.ask(partial(roster.statuses_after, seq=built.statuses))
            note_statuses(built.crowd, said)
            built = built._replace(statuses=said[-1].seq if said else built.statuses)
        self._built = built
        return built.crowd

    def _rebuild(self) -> Built:
        """Build all anew, and let it know what the database does not know yet."""
        self._built_s = time.monotonic()
        # Nothing may get from what waits into the database while that is read.
        with self._writing:
            built = self._store.ask(partial(build, at=self._clock.now()))
            allowance = Allowance(
                len(built.crowd), self._settings.position_rate_per_s, self._settings.position_burst
            )
            with self._lock:
                self._waiting.put_into(built.crowd, self._built.crowd)
                self._built, self._allowance = built, allowance
        return built

    def _heard(self) -> None:
        try:
            with self._reading:
                rested_s = time.monotonic() - self._built_s
                self._refresh(may_rebuild=rested_s >= _REBUILD_EVERY_S)
        except StoreError:
            # Whoever asks next is told; the listener tries again by itself.
            return
        except GridgisError as error:
            _log.warning("responders are as they were: %s", error)

    def _heard_of_tasks(self) -> None:
        try:
            with self._reading:
                note_loads(self._built.crowd, self._store.ask(roster.loads))
        except StoreError:
            # The listener tries again by itself.
            return

    def _write_now(self) -> None:
        try:
            self.flush()
        except GridgisError:
            with self._lock:
                self._wake_writer()
            raise

    def _wake_writer(self) -> None:
        """Let the writer begin; whoever calls holds the lock."""
        if self._writer is None and not self._ended:
            self._writer = threading.Thread(target=self._write_on, name="positions", daemon=True)
            self._writer.start()
        self._filled.notify_all()

    def _write_on(self) -> None:
        """Write what waits, a window after the first of it came."""
        told = False
        while True:
            with self._filled:
                self._filled.wait_for(lambda: self._ended or len(self._waiting))
                self._filled.wait_for(self._is_enough, self._settings.position_window_s)
                if self._ended:
                    return
            try:
                self.flush()
                told = False
            except GridgisError as error:
                if not told:
                    _log.warning("%d positions wait to be written: %s", self.waiting, error)
                told = True
                with self._filled:
                    self._filled.wait_for(lambda: self._ended, _AGAIN_S)

    def _is_enough(self) -> bool:
        return self._ended or len(self._waiting) >= MOST_AT_ONCE

    def _flush_some(self) -> int:
        """Write some of what waits; return how many positions."""
        with self._lock:
            batch = self._waiting.take(self._built.crowd, epoch_ms(self._clock.now()))
        if batch is None:
            return 0
        written = False
        try:
            self._months.make(_in_each_month(batch.at_ms))
            with self._store.begin() as connection:
                positions.write(connection, batch)
            written = True
        finally:
            with self._lock:
                if written:
                    self._waiting.done()
                else:
                    self._waiting.give_back()
        return len(batch.ids)


def _in_each_month(at_ms: Sequence[int]) -> list[datetime]:
    """Return a time in each month (UTC) of these times (epoch ms)."""
    months = np.unique(np.array(at_ms, dtype="datetime64[ms]").astype("datetime64[M]"))
    return [from_epoch_ms(int(ms)) for ms in months.astype("datetime64[ms]").astype(np.int64)]
