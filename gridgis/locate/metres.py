"""How long is a degree here? The plane that touches the WGS 84 ellipsoid at a point.

The database's functions of the same names say the same; a test compares them.
"""

from __future__ import annotations

import math

from gridgis.compiling import kernel

_SEMI_MAJOR_M_PER_DEGREE = 6_378_137.0 * math.pi / 180.0
_ECCENTRICITY2 = 0.0066943799901413165


@kernel
def metres_per_degree_lon(lat: float) -> float:
    """Return metres for each degree of longitude at a latitude in degrees: N(lat) cos(lat).

    >>> round(metres_per_degree_lon(0.0), 3), round(metres_per_degree_lon(60.0), 3)
    (111319.491, 55800.002)
    """
    sine = math.sin(math.radians(lat))
    return (
        _SEMI_MAJOR_M_PER_DEGREE
        * math.cos(math.radians(lat))
        / math.sqrt(1.0 - _ECCENTRICITY2 * sine * sine)
    )


@kernel
def metres_per_degree_lat(lat: float) -> float:
    """Return metres for each degree of latitude at a latitude in degrees: M(lat).

    >>> round(metres_per_degree_lat(0.0), 3)
    110574.276
    """
    sine = math.sin(math.radians(lat))
    squared = 1.0 - _ECCENTRICITY2 * sine * sine
    return float(_SEMI_MAJOR_M_PER_DEGREE * (1.0 - _ECCENTRICITY2) / (squared * math.sqrt(squared)))
