"""A responder as a dispatcher sees them: where they are, whether they can be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from gridgis.clock import epoch_ms, from_epoch_ms
from gridgis.errors import ResponderNotFoundError
from gridgis.model import Location, Position
from gridgis.nearest.crowd import ALWAYS_MS, NEVER_MS, STATUSES
from gridgis.nearest.roster import on_duty

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.model import AreaName
    from gridgis.nearest.crowd import Crowd, KnownResponder
    from gridgis.settings import Settings


@dataclass(frozen=True, slots=True)
class LastPosition:
    """The latest position that was sent, however old it is."""

    location: Location
    at: datetime
    age_s: float


@dataclass(frozen=True, slots=True)
class ShownResponder:
    """Who somebody is, where they are taken to be, and whether they can be sent.

    `location` is the live position while it is fresh, else the duty point; `position` says which,
    None: neither is known. `available`: on duty, free, and with room for one more task.
    """

    id: UUID
    kind: str
    name: str
    organisation: str | None
    role: str | None
    skills: list[str]
    phone: str | None
    area: AreaName | None
    on_duty: bool
    status: str
    status_until: datetime | None
    available: bool
    load: int
    capacity: int
    location: Location | None
    position: Position | None
    last: LastPosition | None


def shown(crowd: Crowd, responder_id: UUID, at: datetime, settings: Settings) -> ShownResponder:
    """Return a responder as they are at that time.

    Raises
    ------
    ResponderNotFoundError
        There is no such responder, or they have left.
    """
    row = int(crowd.rows_of([responder_id])[0])
    if row < 0:
        msg = f"there is no responder {responder_id}"
        raise ResponderNotFoundError(msg)
    person = crowd.people[row]
    last = _last(crowd, row, at)
    location, position = _where(person, last, at, settings)
    works = on_duty(person, at, settings.zone)
    status = crowd.status_at(row, epoch_ms(at))
    load, capacity = int(crowd.load[row]), int(crowd.capacity[row])
    return ShownResponder(
        id=person.id,
        kind=person.kind,
        name=person.name,
        organisation=person.organisation,
        role=person.role,
        skills=list(person.skills),
        phone=person.phone,
        area=person.area,
        on_duty=works,
        status=status,
        status_until=_until(crowd, row, at),
        available=works and status == STATUSES[0] and load < capacity,
        load=load,
        capacity=capacity,
        location=location,
        position=position,
        last=last,
    )


def _last(crowd: Crowd, row: int, at: datetime) -> LastPosition | None:
    # The time first, then the place: see Crowd.
    at_ms = int(crowd.at_ms[row])
    if at_ms == NEVER_MS:
        return None
    accuracy_m = float(crowd.accuracy_m[row])
    measured = from_epoch_ms(at_ms)
    return LastPosition(
        Location(
            float(crowd.lon[row]),
            float(crowd.lat[row]),
            None if np.isnan(accuracy_m) else accuracy_m,
        ),
        measured,
        max(0.0, (at - measured).total_seconds()),
    )


def _where(
    person: KnownResponder, last: LastPosition | None, at: datetime, settings: Settings
) -> tuple[Location | None, Position | None]:
    oldest = at - timedelta(seconds=settings.position_max_age_s)
    newest = at + timedelta(seconds=settings.position_ahead_s)
    last_at = None if last is None else last.at
    if last is not None and oldest <= last.at <= newest:
        accuracy_m = last.location.accuracy_m
        return last.location, Position("live", last.at, last.age_s, accuracy_m, last_at)
    if person.home is not None:
        return person.home, Position("home", last_at=last_at)
    return None, None


def _until(crowd: Crowd, row: int, at: datetime) -> datetime | None:
    """Return when the status ends by itself; None: never, or it has ended."""
    until_ms = int(crowd.status_until_ms[row])
    return None if until_ms == ALWAYS_MS or until_ms <= epoch_ms(at) else from_epoch_ms(until_ms)
