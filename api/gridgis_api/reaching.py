"""What questions of reach need of a service: the times of a mode, and who counts as a station."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gridgis.errors import RoadsMissingError
from gridgis.reach.stations import planned_stations, present_stations

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.nearest import Need
    from gridgis.reach.stations import Stations
    from gridgis.roads.modes import Mode
    from gridgis.roads.times import TravelTimes
    from gridgis_api.service import Service

By = Literal["roster", "present"]
"""Who counts: those on duty by the roster, at home; or those who could be sent this moment."""


def times_of(service: Service, mode: Mode, at: datetime) -> TravelTimes:
    """Return how long roads take by a mode at a time, with what is closed then.

    Raises
    ------
    RoadsMissingError
        No roads are stored.
    """
    times = service.roads.times(mode, at)
    if times is None:
        raise RoadsMissingError
    return times


def stations_of(service: Service, need: Need, at: datetime, by: By) -> Stations:
    """Return who counts as a station at a time."""
    choose = planned_stations if by == "roster" else present_stations
    return choose(service.live.crowd, need, at, service.settings)
