"""Doubts about areas that lie elsewhere than they should: swapped, in feet, degrees off."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import CRS

from gridgis.datum import lies_on
from gridgis.errors import InvalidInputError
from gridgis.files.zones import epsg, family_of
from gridgis_boundaries.importing.doubts.doubt import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis.files.incoming import Incoming

    Doubles = NDArray[np.float64]

_FOOT_M = 0.3048
# A file of which so little lies among the known areas lies elsewhere.
_HARDLY = 0.05
_HALF = 0.5
_FARTHEST_DEG = 60


class _Suspicion(NamedTuple):
    """What may be wrong, in words that follow "would lie there", and where it would all lie."""

    kind: str
    words: str
    accept: str | None
    remedy: str
    places: Doubles


def place_doubts(came: Incoming, given: gpd.GeoSeries, known: gpd.GeoSeries) -> list[Doubt]:
    """Return the doubts about areas that lie elsewhere than the known ones, at most one.

    Parameters
    ----------
    came
        Where the areas lay in the file's own coordinates.
    given, known
        Polygons, EPSG:4326, longitude first; without known ones there is no doubt.
    """
    if not len(known):
        return []
    tree = shapely.STRtree(known.to_numpy())
    here = came.degrees(came.centres)
    inside = _inside(tree, here)
    # The middle of a crooked area's box may lie beside it; a stray lies off all of them.
    away = ~_inside(shapely.STRtree([shapely.box(*known.total_bounds)]), here)
    for suspicion in _suspicions(came):
        there = _inside(tree, suspicion.places)
        if inside.mean() <= _HARDLY and there.mean() >= _HALF:
            return [_whole(suspicion, inside, there)]
        strays = away & there
        if strays.any() and strays.sum() >= _HALF * away.sum():
            return [_some(suspicion, int(strays.sum()), len(inside))]
    if inside.mean() >= _HALF:
        return []
    told = f"{inside.sum()} of {len(inside)} areas lie among the known ones"
    return _degrees_off(came, given, known, told)


def _suspicions(came: Incoming) -> Iterator[_Suspicion]:
    yield _Suspicion(
        "swapped_axes",
        "with the axes swapped",
        "--swap-axes",
        "swap the axes of those rows",
        came.degrees(came.centres[:, ::-1]),
    )
    if not isinstance(came.system, CRS) or not came.system.is_projected:
        return
    unit_m = came.system.axis_info[0].unit_conversion_factor
    if unit_m == 1.0:
        meant, factor = "feet", _FOOT_M
    elif abs(unit_m / _FOOT_M - 1) < 1e-3:  # noqa: PLR2004 - the survey foot is one of them
        meant, factor = "metres", 1.0 / unit_m
    else:
        return
    yield _Suspicion(
        "unit",
        f"as {meant}, though {came.system.name} counts in {came.system.axis_info[0].unit_name}s",
        None,
        f"name the system that counts in {meant} with --crs, or convert those rows",
        came.degrees(came.centres * factor),
    )


def _inside(tree: shapely.STRtree, places: Doubles) -> NDArray[np.bool_]:
    found = np.zeros(len(places), dtype=bool)
    finite = np.flatnonzero(np.isfinite(places).all(axis=1))
    hits, _ = tree.query(shapely.points(places[finite]), predicate="intersects")
    found[finite[hits]] = True
    return found


def _whole(suspicion: _Suspicion, inside: NDArray[np.bool_], there: NDArray[np.bool_]) -> Doubt:
    return Doubt(
        suspicion.kind,
        f"{inside.sum()} of {len(inside)} areas lie among the known ones, and "
        f"{there.sum()} would lie there {suspicion.words}",
        suspicion.accept,
        suspicion.remedy,
    )


def _some(suspicion: _Suspicion, strays: int, every: int) -> Doubt:
    return Doubt(
        suspicion.kind,
        f"the file seems mixed: {strays} of {every} areas lie elsewhere than the known ones, and "
        f"would lie there {suspicion.words}",
        None,
        suspicion.remedy,
    )


def _degrees_off(
    came: Incoming, given: gpd.GeoSeries, known: gpd.GeoSeries, told: str
) -> list[Doubt]:
    """Return a doubt when the areas would lie on the known ones some whole degrees away.

    Lying among them is not enough: the next city may well be one degree to the east.
    """
    middle = [(box[:2] + box[2:]) / 2 for box in (given.total_bounds, known.total_bounds)]
    if not np.isfinite(middle).all():
        return []
    east, north = np.round(middle[1] - middle[0]).tolist()
    if (east, north) == (0.0, 0.0) or max(abs(east), abs(north)) > _FARTHEST_DEG:
        return []
    try:
        off_m = lies_on(given.translate(east, north), known)
    except InvalidInputError:
        # Whatever is no place on the earth is refused row by row, with its reason.
        return []
    if off_m is None:
        return []
    told = (
        f"{told}, and moved by {east:+.0f}° of longitude and {north:+.0f}° of latitude half of all "
        f"corners lie within {off_m:,.1f} m of their borders"
    )
    system = _neighbour(came, east) if north == 0 else None
    if system is None:
        return [Doubt("whole_degrees", told, remedy="move the file by so many degrees")]
    return [Doubt("zone", f"{told}: it seems to be of another zone", f"--crs {system}")]


def _neighbour(came: Incoming, east_deg: float) -> str | None:
    """Return the system of the same family whose meridian lies so many degrees further east."""
    known = family_of(came.system) if isinstance(came.system, CRS) else None
    if known is None or east_deg % known[0].width_deg:
        return None
    return epsg(known[0], known[1] + int(east_deg // known[0].width_deg))
