"""How long it takes to walk from place to place: along the roads, or by line without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from pyproj import Geod

from gridgis.reach.table import travel_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from gridgis.model import Location
    from gridgis.roads.times import TravelTimes

DETOUR = 1.3
"""How much longer a way is than the line, as streets go."""

WALKING_M_S = 1.33
"""A walker's metres in a second."""

_GEOD = Geod(ellps="WGS84")


class Walks(NamedTuple):
    """What the ways go by, "road" or "line", and who knows the seconds.

    `table` takes origins (rows) and destinations (columns); inf: no way.
    """

    by: Literal["road", "line"]
    table: Callable[[Sequence[Location], Sequence[Location]], NDArray[np.float64]]


def walks(times: TravelTimes | None) -> Walks:
    """Return who knows walks along roads; None: there are none, and they go by line."""
    if times is None:
        return Walks("line", walk_by_line)
    known = times

    def along(origins: Sequence[Location], destinations: Sequence[Location]) -> NDArray[np.float64]:
        return travel_table(known, _degrees(origins), _degrees(destinations))

    return Walks("road", along)


def walk_by_line(
    origins: Sequence[Location], destinations: Sequence[Location]
) -> NDArray[np.float64]:
    """Return seconds from each origin (rows) to each destination, as the crow flies.

    The geodesic on the ellipsoid, times :data:`DETOUR`, at :data:`WALKING_M_S`.

    >>> from gridgis.model import Location
    >>> walk_by_line([Location(104.0, 30.0)], [Location(104.01, 30.0)]).round(3)
    array([[943.099]])
    """
    from_lon, from_lat = _degrees(origins)
    to_lon, to_lat = _degrees(destinations)
    shape = (len(origins), len(destinations))
    _, _, line_m = _GEOD.inv(
        np.repeat(from_lon, shape[1]),
        np.repeat(from_lat, shape[1]),
        np.tile(to_lon, shape[0]),
        np.tile(to_lat, shape[0]),
    )
    seconds: NDArray[np.float64] = np.reshape(line_m, shape) * (DETOUR / WALKING_M_S)
    return seconds


def _degrees(locations: Sequence[Location]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lon = np.array([location.lon for location in locations], np.float64)
    lat = np.array([location.lat for location in locations], np.float64)
    return lon, lat
