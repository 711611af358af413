"""What comes in lies where the other areas lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from gridgis.errors import InvalidGeometryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.store.areas import BBox


def require_not_swapped(shapes: Sequence[shapely.Geometry], known: Sequence[BBox]) -> None:
    """Refuse shapes (EPSG:4326) that lie among the known areas only when lon and lat are swapped.

    Raises
    ------
    InvalidGeometryError
        Swapped, they would lie among the known areas; as they are, they do not.
    """
    if not len(shapes) or not known:
        return
    min_lon, min_lat, max_lon, max_lat = shapely.total_bounds(shapes)
    there = [shapely.box(*bbox) for bbox in known]
    as_given = shapely.box(min_lon, min_lat, max_lon, max_lat)
    swapped = shapely.box(min_lat, min_lon, max_lat, max_lon)
    if any(shapely.intersects(there, swapped)) and not any(shapely.intersects(there, as_given)):
        msg = (
            f"the areas lie around longitude {min_lon:.4f} and latitude {min_lat:.4f}, and the "
            "known areas where these two are swapped; write longitude first"
        )
        raise InvalidGeometryError(msg)
