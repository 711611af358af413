"""Doubts about the datum: degrees that lie on the known areas only as GCJ-02 or BD-09."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.datum import CHINA, fit_datum
from gridgis.errors import InvalidInputError
from gridgis_boundaries.importing.doubts.doubt import Doubt

if TYPE_CHECKING:
    import geopandas as gpd

_HALF = 0.5


def datum_doubts(given: gpd.GeoSeries, known: gpd.GeoSeries) -> list[Doubt]:
    """Return the doubt about the datum, when the evidence names another one than WGS 84.

    The judge is :func:`gridgis.datum.fit_datum`: the other datum must fit, clearly better than
    WGS 84 and than chance. What cannot be decided is no doubt.

    Parameters
    ----------
    given, known
        Polygons, EPSG:4326, longitude first; the known ones are right.
    """
    if _shares_corners(given, known) or not _in_china(given):
        return []
    try:
        fit = fit_datum(given, known)
    except InvalidInputError:
        # Whatever is no place on the earth is refused row by row, with its reason.
        return []
    if fit.datum in {None, "wgs84"}:
        return []
    return [
        Doubt(
            "datum",
            f"the coordinates count as WGS 84, and held against the known areas {fit.sentence}",
            f"--datum {fit.datum}",
        )
    ]


def _shares_corners(given: gpd.GeoSeries, known: gpd.GeoSeries) -> bool:
    """Say whether half of the corners are known ones to the bit: WGS 84 leaves them 0 m then."""
    own, right = (shapely.get_coordinates(shapes.to_numpy()) for shapes in (given, known))
    # A complex number keeps both doubles, and is compared as one.
    shared = np.isin(own.view(np.complex128).ravel(), right.view(np.complex128).ravel())
    return bool(shared.mean() >= _HALF)


def _in_china(given: gpd.GeoSeries) -> bool:
    """Say whether anything lies where the datums differ."""
    return bool(shapely.box(*CHINA).intersects(shapely.box(*given.total_bounds)))
