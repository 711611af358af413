"""The nearest responders as the crow flies, exact on the ellipsoid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.nearest.answers import WHY_NOT, Measured, Nearby, Passed, responder_at
from gridgis.nearest.kernels.ability import OFF_DUTY
from gridgis.nearest.kernels.byline import nearest_by_line, passed_by_line
from gridgis.nearest.needs import FARTHEST_M

if TYPE_CHECKING:
    from gridgis.model import Location
    from gridgis.nearest.crowd import Crowd
    from gridgis.nearest.kernels.ability import Asked
    from gridgis.nearest.needs import Need

MOST_PASSED = 50
"""So many who were passed over are listed."""


def by_line(
    crowd: Crowd, location: Location, need: Need, asked: Asked, *, explain: bool = False
) -> Nearby:
    """Return the nearest able responders, nearest first, ties by id.

    `location` is EPSG:4326, longitude first; distances are metres on the ellipsoid.
    """
    point = (float(location.lon), float(location.lat))
    most_m = FARTHEST_M if need.within_m is None else float(need.within_m)
    stands, distance_m = nearest_by_line(crowd.where, crowd.columns, point, asked, (need.k, most_m))
    found = [
        responder_at(crowd, stand, asked, Measured(metres))
        for stand, metres in zip(stands.tolist(), distance_m.tolist(), strict=True)
    ]
    if not explain:
        return Nearby(found, "line")
    reach_m = found[-1].distance_m if len(found) == need.k else most_m
    return Nearby(found, "line", passed=_passed(crowd, point, asked, reach_m))


def _passed(crowd: Crowd, point: tuple[float, float], asked: Asked, reach_m: float) -> list[Passed]:
    stands, distance_m, reason = passed_by_line(crowd.where, crowd.columns, point, asked, reach_m)
    order = np.lexsort((stands, distance_m))
    # Many lack a skill: they leave room for those who only cannot come now.
    lacks = reason[order] < OFF_DUTY
    first = order[~lacks | (np.cumsum(lacks) <= MOST_PASSED // 2)][:MOST_PASSED]
    return [
        Passed(
            responder_at(crowd, int(stands[i]), asked, Measured(float(distance_m[i]))),
            WHY_NOT[int(reason[i])],
        )
        for i in first.tolist()
    ]
