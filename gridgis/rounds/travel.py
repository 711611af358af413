"""How long it takes to walk from place to place.

The one function that rounds know of ways; it is by line until it goes by road.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis.model import Location

DETOUR = 1.3
"""How much longer a way is than the line, as streets go."""

WALKING_M_S = 1.33
"""A walker's metres in a second."""

BY = "line"
"""What the times go by; an answer says it."""

_GEOD = Geod(ellps="WGS84")


def travel_table(
    origins: Sequence[Location], destinations: Sequence[Location]
) -> NDArray[np.float64]:
    """Return seconds on foot from each origin (rows) to each destination; inf: no way.

    By line: the geodesic on the ellipsoid, times :data:`DETOUR`, at :data:`WALKING_M_S`.

    >>> from gridgis.model import Location
    >>> travel_table([Location(104.0, 30.0)], [Location(104.01, 30.0)]).round(3)
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
