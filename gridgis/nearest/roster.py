"""Build all responders in memory from what the store knows of them."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.clock import epoch_ms
from gridgis.duty import minute_of_week
from gridgis.model import AreaName, Location
from gridgis.nearest.crowd import ALWAYS_MS, STATUSES, Crowd, DutyException, KnownResponder
from gridgis.store import positions, roster

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from gridgis.store.connection import Connection
    from gridgis.store.positions import Written
    from gridgis.store.roster import RosterRow, StoredStatus

# Exceptions that are over are remembered for questions about the last days.
_REMEMBERED = timedelta(days=7)

_SPAN = re.compile(r"\[(\d+),(\d+)\)")


class Built(NamedTuple):
    """All responders, and what they were built from.

    `roster` and `territory` are marks; `positions` and `statuses` the last numbers that were read.
    """

    crowd: Crowd
    roster: UUID
    territory: UUID
    positions: int
    statuses: int


def build(connection: Connection, at: datetime) -> Built:
    """Return everybody in service with the latest of their positions and statuses.

    What is written meanwhile has later numbers, or changes a mark that is read first.
    """
    state = roster.state(connection)
    people = [*_people(connection, at)]
    crowd = Crowd(people)
    latest = positions.after(connection, 0)
    note_positions(crowd, latest)
    said = roster.statuses_after(connection, 0)
    note_statuses(crowd, said)
    note_loads(crowd, roster.loads(connection))
    return Built(
        crowd,
        state.roster,
        state.territory,
        latest[-1].seq if latest else 0,
        said[-1].seq if said else 0,
    )


def note_positions(crowd: Crowd, written: Sequence[Written]) -> None:
    """Keep positions that the database has, where they are not older than what is known."""
    rows = crowd.rows_of(one.id for one in written)
    known = rows >= 0
    if not known.any():
        return
    _, *columns, at_ms, _ = zip(*written, strict=True)
    lon, lat, accuracy_m = (np.array(column, dtype=np.float64)[known] for column in columns)
    crowd.put(rows[known], lon, lat, accuracy_m, np.array(at_ms, dtype=np.int64)[known])


def note_statuses(crowd: Crowd, said: Sequence[StoredStatus]) -> None:
    """Note statuses in the order in which they were said; those of the unknown are left out."""
    rows = crowd.rows_of(one.responder_id for one in said)
    status = np.array([STATUSES.index(one.status) for one in said], dtype=np.int8)
    ends = [ALWAYS_MS if one.until is None else epoch_ms(one.until) for one in said]
    known = rows >= 0
    crowd.set_status(rows[known], status[known], np.array(ends, dtype=np.int64)[known])


def note_loads(crowd: Crowd, tasks: Mapping[UUID, int]) -> None:
    """Note how many tasks each has to do; whoever is not named has none."""
    rows = crowd.rows_of(tasks)
    counts = np.fromiter(tasks.values(), dtype=np.int32, count=len(tasks))
    loads = np.zeros(len(crowd), dtype=np.int32)
    loads[rows[rows >= 0]] = counts[rows >= 0]
    # In place: the kernels read this very array.
    crowd.load[:] = loads


def on_duty(person: KnownResponder, at: datetime, zone: ZoneInfo) -> bool:
    """Return whether somebody is on duty then: by the last exception that holds, else the week."""
    at_ms = epoch_ms(at)
    for one in reversed(person.exceptions):
        if one.from_ms <= at_ms < one.to_ms:
            return one.on_duty
    minute = minute_of_week(at, zone)
    return person.duty is None or any(first <= minute < end for first, end in person.duty)


def _people(connection: Connection, at: datetime) -> Iterable[KnownResponder]:
    exceptions: dict[UUID, list[DutyException]] = defaultdict(list)
    for one in roster.exceptions(connection, at - _REMEMBERED):
        exceptions[one.responder_id].append(
            DutyException(epoch_ms(one.since), epoch_ms(one.until), one.on_duty)
        )
    for row in roster.rows(connection, at):
        yield _known(row, exceptions.get(row.id, []))


def _known(row: RosterRow, exceptions: list[DutyException]) -> KnownResponder:
    named = row.area_code is not None
    return KnownResponder(
        id=row.id,
        kind=row.kind,
        name=row.name,
        organisation=row.organisation,
        role=row.role,
        skills=row.skills,
        phone=row.phone,
        area=AreaName(row.area_level or "", row.area_code or "", row.area_name or "")
        if named
        else None,
        area_id=row.area_id,
        duty=None
        if row.duty is None
        else tuple((int(first), int(end)) for first, end in _SPAN.findall(row.duty)),
        exceptions=exceptions,
        capacity=row.capacity,
        home=None if row.lon is None or row.lat is None else Location(row.lon, row.lat),
    )
