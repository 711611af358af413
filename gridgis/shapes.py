"""Make the shapes of a file fit to be areas, and say what was done to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

# Nobody governs grids nearer to a pole: such a latitude is a longitude.
_HIGHEST_LAT = 85.0

_POLYGONAL = [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON]


@dataclass
class FitShapes:
    """Shapes fit to be areas.

    `shapes`: MultiPolygons in EPSG:4326, valid, two-dimensional, in the rows' order (None where
    refused); `refused`: reason by position; `repaired`: what was wrong, by position.
    """

    shapes: Shapes
    refused: dict[int, str] = field(default_factory=dict)
    repaired: dict[int, str] = field(default_factory=dict)


def fit(given: Shapes) -> FitShapes:
    """Return shapes (EPSG:4326, longitude first) as valid MultiPolygons with their own doubles.

    Heights are dropped. An invalid polygon is made valid by its linework, so that it answers like
    the raw one. Points, lines, empty shapes, and coordinates that are no place are refused.
    """
    result = FitShapes(shapely.force_2d(given))
    _refuse_what_is_no_polygon(result)
    _refuse_what_is_no_place(result)
    _repair(result)
    for position in result.refused:
        result.shapes[position] = None
    result.shapes = as_multipolygons(result.shapes)
    return result


def as_multipolygons(shapes: Shapes) -> Shapes:
    """Return each shape's polygons as one MultiPolygon; None where there is none.

    >>> as_multipolygons(np.array([shapely.box(0, 0, 1, 1), None]))[0].geom_type
    'MultiPolygon'
    """
    result = np.full(len(shapes), None, dtype=object)
    types = shapely.get_type_id(shapes)
    whole = types == shapely.GeometryType.MULTIPOLYGON
    result[whole] = shapes[whole]
    simple = (types == shapely.GeometryType.POLYGON) & ~shapely.is_empty(shapes)
    if simple.any():
        result[simple] = shapely.multipolygons(shapes[simple][:, None])
    for position in np.flatnonzero(~whole & ~simple & (types >= 0)):
        polygons = _polygons(shapes[position])
        if len(polygons):
            result[position] = shapely.multipolygons(polygons)
    return result


def union(shapes: Shapes) -> shapely.MultiPolygon:
    """Return the union of polygons as one MultiPolygon that keeps all nodes of its outline."""
    if len(shapes) == 1:
        whole = shapes[0]
    elif shapely.coverage_is_valid(shapes):
        whole = shapely.coverage_union_all(shapes)
    else:
        whole = shapely.union_all(shapes)
    multi: shapely.MultiPolygon = as_multipolygons(np.array([whole], dtype=object))[0]
    return multi


def _simple_parts(shape: shapely.Geometry) -> Shapes:
    # A collection may hold collections.
    parts = shapely.get_parts(shape)
    while np.any(shapely.get_type_id(parts) > shapely.GeometryType.POLYGON):
        parts = shapely.get_parts(parts)
    simple: Shapes = parts[np.logical_not(shapely.is_empty(parts))]
    return simple


def _polygons(shape: shapely.Geometry) -> Shapes:
    parts = _simple_parts(shape)
    polygons: Shapes = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return polygons


def _only_polygons(shape: shapely.Geometry) -> bool:
    return len(_polygons(shape)) == len(_simple_parts(shape))


def _refuse_what_is_no_polygon(result: FitShapes) -> None:
    empty = shapely.is_missing(result.shapes) | shapely.is_empty(result.shapes)
    for position in np.flatnonzero(empty).tolist():
        result.refused[position] = "has no shape"
    polygonal = np.isin(shapely.get_type_id(result.shapes), _POLYGONAL)
    for position in np.flatnonzero(~empty & ~polygonal).tolist():
        shape = result.shapes[position]
        if shape.geom_type != "GeometryCollection" or not _only_polygons(shape):
            result.refused[position] = f"is a {shape.geom_type}, not a polygon"


def _refuse_what_is_no_place(result: FitShapes) -> None:
    lon_lat, owner = shapely.get_coordinates(result.shapes, return_index=True)
    finite = np.isfinite(lon_lat[:, 0]) & np.isfinite(lon_lat[:, 1])
    for position in np.unique(owner[~finite]).tolist():
        result.refused.setdefault(position, "has a coordinate that is no number")
    lon, lat = np.abs(np.where(finite[:, None], lon_lat, 0.0)).T
    off = (lon > 180) | (lat > _HIGHEST_LAT)  # noqa: PLR2004 - degrees of a half circle
    positions, first = np.unique(owner[off], return_index=True)
    for position, at in zip(positions.tolist(), np.flatnonzero(off)[first], strict=True):
        result.refused.setdefault(position, _off_the_earth(*lon_lat[at]))


def _off_the_earth(lon: float, lat: float) -> str:
    where = f"lies off the earth, at longitude {lon:.10g} and latitude {lat:.10g}"
    if abs(lat) > 180 or abs(lon) > 180:  # noqa: PLR2004 - degrees of a half circle
        return f"{where}: these are no degrees; name the file's system with --crs EPSG:n"
    if abs(lon) > _HIGHEST_LAT:
        return where
    return f"{where}: the axes seem to be swapped; longitude comes first"


def _repair(result: FitShapes) -> None:
    fine = np.ones(len(result.shapes), dtype=bool)
    fine[list(result.refused)] = False
    for position in np.flatnonzero(fine & ~shapely.is_valid(result.shapes)).tolist():
        shape = result.shapes[position]
        reason = shapely.is_valid_reason(shape)
        made = _polygons(shapely.make_valid(shape, method="linework"))
        if len(made):
            result.shapes[position] = shapely.multipolygons(made)
            result.repaired[int(position)] = reason
        else:
            result.refused[int(position)] = f"encloses no ground ({reason})"
