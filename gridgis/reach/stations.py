"""Which stations count: able, on duty at that hour, and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.nearest.kernels.byline import able_rows
from gridgis.nearest.needs import asked_of

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from gridgis.nearest.crowd import Crowd
    from gridgis.nearest.kernels.ability import Asked
    from gridgis.nearest.needs import Need
    from gridgis.settings import Settings

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]


class Stations(NamedTuple):
    """Who may be sent, and from where.

    Attributes
    ----------
    rows
        Rows of the crowd, int64.
    lon, lat
        EPSG:4326 degrees.
    nowhere
        How many more are able, but nobody knows where they are.
    """

    rows: Ints
    lon: Floats
    lat: Floats
    nowhere: int


def planned_stations(crowd: Crowd, need: Need, at: datetime, settings: Settings) -> Stations:
    """Return who is on duty at an hour by the roster, at home: for plans of any hour to come.

    Whether somebody is busy now says nothing about another day, and neither does where they are.
    """
    asked = asked_of(need, at, crowd, settings)
    rows = np.empty(0, np.int64) if asked is None else _on_duty(crowd, asked)
    return _stations(rows, crowd.home_lon, crowd.home_lat)


def present_stations(crowd: Crowd, need: Need, at: datetime, settings: Settings) -> Stations:
    """Return who could be sent at this moment, from where they are: live, else at home."""
    asked = asked_of(need, at, crowd, settings)
    if asked is None:
        return _stations(np.empty(0, np.int64), crowd.home_lon, crowd.home_lat)
    return _stations(able_rows(crowd.columns, asked), *_places(crowd, asked))


def _on_duty(crowd: Crowd, asked: Asked) -> Ints:
    """Return the rows of those who are able by the roster, whatever they do now."""
    idle = crowd.columns._replace(
        status=np.zeros(len(crowd), np.int8),
        load=np.zeros(len(crowd), np.int32),
        capacity=np.ones(len(crowd), np.int32),
    )
    return np.asarray(able_rows(idle, asked))


def _places(crowd: Crowd, asked: Asked) -> tuple[Floats, Floats]:
    """Return where everybody is: at the live position while it counts, else at home."""
    live = (asked.fresh_from_ms <= crowd.at_ms) & (crowd.at_ms <= asked.fresh_to_ms)
    return (
        np.where(live, crowd.lon, crowd.home_lon),
        np.where(live, crowd.lat, crowd.home_lat),
    )


def _stations(rows: Ints, lon: Floats, lat: Floats) -> Stations:
    known = ~np.isnan(lon[rows])
    there = rows[known]
    return Stations(there, lon[there], lat[there], int((~known).sum()))
