"""Travel times as the crow flies, at one speed: where no roads are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
from pyproj import Geod

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LINE_KMH = 30.0
"""What a straight line is driven at unless told otherwise; roads wind, so it is no street speed."""

_GEOD = Geod(ellps="WGS84")
_MS_OF_KMH = 1 / 3.6
# Pairs that are measured at a time: 8 arrays of doubles, 64 MB.
_PAIRS = 1_000_000


class TravelTable(Protocol):
    """Whoever knows the seconds from points to points."""

    def __call__(
        self,
        origins: tuple[Floats, Floats],
        destinations: tuple[Floats, Floats],
        /,
    ) -> Floats:
        """Return seconds, origins by destinations; inf where there is no way.

        Both are longitudes and latitudes, EPSG:4326.
        """
        ...


def by_line(kmh: float = LINE_KMH) -> TravelTable:
    """Return who measures geodesics on the ellipsoid, driven at `kmh`; there is always a way.

    Raises
    ------
    InvalidInputError
        The speed is not above 0.

    Examples
    --------
    A kilometre and a bit to the north, at 30 km/h:

    >>> here, there = (np.array([104.0]), np.array([30.0])), (np.array([104.0]), np.array([30.01]))
    >>> by_line()(here, there).round(1).tolist()
    [[133.0]]
    """
    if not 0 < kmh < float("inf"):
        msg = f"the speed is {kmh:g} km/h; it is above 0"
        raise InvalidInputError(msg)

    def table(origins: tuple[Floats, Floats], destinations: tuple[Floats, Floats], /) -> Floats:
        return _distances_m(origins, destinations) / (kmh * _MS_OF_KMH)

    return table


def _distances_m(origins: tuple[Floats, Floats], destinations: tuple[Floats, Floats]) -> Floats:
    (lon, lat), (there_lon, there_lat) = origins, destinations
    found = np.empty((len(lon), len(there_lon)))
    rows = max(1, _PAIRS // max(1, len(there_lon)))
    for first in range(0, len(lon), rows):
        part = slice(first, first + rows)
        shape = found[part].shape
        here_lon, here_lat = (np.broadcast_to(own[part, None], shape) for own in (lon, lat))
        at_lon, at_lat = (np.broadcast_to(own, shape) for own in (there_lon, there_lat))
        _, _, found[part] = _GEOD.inv(here_lon, here_lat, at_lon, at_lat)
    return found
