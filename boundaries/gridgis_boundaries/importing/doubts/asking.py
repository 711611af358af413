"""All doubts about a file, the gross ones first; who would answer them is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS

from gridgis.errors import DoubtfulFileError
from gridgis.files.control_points import ControlFit
from gridgis.files.incoming import INCOMING, Incoming
from gridgis.files.systems import LON_LAT
from gridgis_boundaries.importing.doubts.datums import datum_doubts
from gridgis_boundaries.importing.doubts.doubt import Doubt
from gridgis_boundaries.importing.doubts.places import place_doubts
from gridgis_boundaries.importing.doubts.zones import zone_doubts

if TYPE_CHECKING:
    from numpy.typing import NDArray

_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def doubts_of(given: gpd.GeoDataFrame, known: gpd.GeoSeries | None = None) -> list[Doubt]:
    """Return what is doubtful about where a file's areas lie; none: nothing speaks against it.

    Without known areas only what the coordinates tell by themselves is seen: zones that contradict
    the system, and latitudes that are none.

    Parameters
    ----------
    given
        Areas, EPSG:4326, longitude first, as :func:`gridgis.files.vectors.open_vector` gives them:
        ``attrs["incoming"]`` says where they lay in the file's own coordinates; without it they
        are taken as they are.
    known
        Areas (polygons, EPSG:4326) that lie where these should: the parents, the layer's present
        areas, or an outline.
    """
    came: Incoming = given.attrs.get(INCOMING) or _as_it_stands(given)
    if not len(came.centres):
        return []
    found = [*_control_doubts(came), *zone_doubts(came)]
    if found:
        return found
    areal = _areal(given.geometry.to_numpy())
    nothing = np.array([], dtype=object)
    right = _areal(nothing if known is None else known.to_numpy())
    found = place_doubts(came, areal, right)
    if found or not len(right) or not len(areal):
        return found
    return datum_doubts(areal, right)


def require_no_doubt(
    given: gpd.GeoDataFrame, known: gpd.GeoSeries | None = None, *, file: str = "the file"
) -> None:
    """Stop with a question when something about a file is doubtful; see :func:`doubts_of`.

    Raises
    ------
    DoubtfulFileError
        Something is; `doubts` lists all, and the message says the first.
    """
    found = doubts_of(given, known)
    if found:
        more = f" (and {len(found) - 1} more doubts)" if len(found) > 1 else ""
        msg = f"{file} leaves a question open, so nothing was written: {found[0]}{more}"
        raise DoubtfulFileError(msg, found)


def _as_it_stands(given: gpd.GeoDataFrame) -> Incoming:
    return Incoming.of(given.geometry.to_numpy(), CRS.from_user_input(LON_LAT), np.array)


def _areal(shapes: NDArray[np.object_]) -> gpd.GeoSeries:
    there = np.isin(shapely.get_type_id(shapes), _POLYGONAL) & ~shapely.is_empty(shapes)
    return gpd.GeoSeries(shapes[there], crs=LON_LAT)


def _control_doubts(came: Incoming) -> list[Doubt]:
    fit = came.system
    if not isinstance(fit, ControlFit) or fit.bad is None:
        return []
    others = [off_m for name, off_m in fit.residuals_m.items() if name != fit.bad]
    return [
        Doubt(
            "control_point",
            f"control point {fit.bad} lies {fit.residuals_m[fit.bad]:,.2f} m off, and the others, "
            f"now up to {max(others):,.2f} m off, fit much better without it",
            remedy=f"correct or leave out control point {fit.bad}",
        )
    ]
