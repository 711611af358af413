"""A frame of areas as what repair works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis import shapes as house_shapes
from gridgis.errors import InvalidInputError, RowsRefusedError
from gridgis_boundaries.repair.ground import Ground

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

_FURTHEST_LON, _HIGHEST_LAT = 180.0, 85.0
_AROUND = 0.5


@dataclass(frozen=True, slots=True)
class AreaLayer:
    """Areas to be repaired.

    `shapes`: polygons and multipolygons in two dimensions, as they came; with a parent the last is
    all ground around it. `codes` names each; `ground` says what the units are.
    """

    shapes: Shapes
    codes: list[str]
    ground: Ground
    parent: int | None


def area_layer(
    areas: gpd.GeoDataFrame, code: str | None, parent: gpd.GeoDataFrame | None
) -> AreaLayer:
    """Return a frame (polygons, x before y, any system in degrees or projected) as a layer.

    Raises
    ------
    RowsRefusedError
        Some rows are no polygons or lie nowhere.
    InvalidInputError
        There is no such field, the frame is empty, or the parent is no polygon.
    UnsupportedCrsError
        The system is missing or cannot be used.
    """
    if not len(areas):
        msg = "there are no areas to look at"
        raise InvalidInputError(msg)
    shapes = shapely.force_2d(np.array(areas.geometry.to_numpy(), dtype=object))
    codes = _codes(areas, code)
    shapes = _polygons(shapes)
    _refuse(shapes, areas)
    ground = Ground.under(areas.crs, shapes)
    if parent is None:
        return AreaLayer(shapes, codes, ground, None)
    rest = _rest(shapes, parent.to_crs(ground.crs))
    with_rest = np.append(shapes, np.array([rest], dtype=object))
    return AreaLayer(with_rest, [*codes, "the parent"], ground, len(shapes))


def _codes(areas: gpd.GeoDataFrame, code: str | None) -> list[str]:
    if code is None:
        return [f"row {number}" for number in range(1, len(areas) + 1)]
    if code not in areas.columns:
        there = [str(column) for column in areas.columns if column != areas.geometry.name]
        msg = f"there is no field {code!r}; the areas have {', '.join(there) or 'none'}"
        raise InvalidInputError(msg)
    return [str(value) for value in areas[code]]


def _polygons(shapes: Shapes) -> Shapes:
    """Return polygons as they are, and of collections the polygons in them."""
    plain = np.isin(shapely.get_type_id(shapes), [-1, 3, 6])
    if plain.all():
        return shapes
    kept = shapes.copy()
    kept[~plain] = house_shapes.as_multipolygons(shapes[~plain])
    for at in np.flatnonzero(~plain):
        # A collection that holds other things too, or nothing, is refused by its own name.
        kept[at] = shapes[at] if kept[at] is None else kept[at]
    return kept


def _refuse(shapes: Shapes, areas: gpd.GeoDataFrame) -> None:
    reasons: dict[int, str] = {}
    for at in np.flatnonzero(~np.isin(shapely.get_type_id(shapes), [3, 6])).tolist():
        shape = areas.geometry.iloc[at]
        nothing = shapely.is_missing(shape) or shapely.is_empty(shape)
        reasons[at] = "has no shape" if nothing else f"is a {shape.geom_type}, not a polygon"
    for at in np.flatnonzero(shapely.is_empty(shapes)).tolist():
        reasons.setdefault(at, "has no shape")
    degrees = areas.crs is not None and areas.crs.is_geographic
    for at in _lying_nowhere(shapes, degrees=degrees):
        hint = "; name the file's system with --crs" if degrees else ""
        reasons.setdefault(at, f"has coordinates that are no place{hint}")
    if reasons:
        refusals = [(at + 1, reason) for at, reason in sorted(reasons.items())]
        number, reason = refusals[0]
        msg = f"{len(refusals)} of {len(shapes)} rows cannot be areas; row {number} {reason}"
        raise RowsRefusedError(msg, refusals)


def _lying_nowhere(shapes: Shapes, *, degrees: bool) -> list[int]:
    at, owner = shapely.get_coordinates(shapes, return_index=True)
    off = ~np.isfinite(at).all(axis=1)
    if degrees:
        off |= (np.abs(at) > (_FURTHEST_LON, _HIGHEST_LAT)).any(axis=1)
    return [int(position) for position in np.unique(owner[off])]


def _rest(shapes: Shapes, parent: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return the ground around the parent as an area: a wide frame with the parent cut out."""
    fit = house_shapes.as_multipolygons(
        shapely.make_valid(np.array(parent.geometry.to_numpy(), dtype=object), method="linework")
    )
    fit = fit[~shapely.is_missing(fit)]
    if not len(fit):
        msg = "the parent has no polygon"
        raise InvalidInputError(msg)
    parts = shapely.get_parts(house_shapes.union(shapely.force_2d(fit)))
    low_x, low_y, high_x, high_y = shapely.total_bounds(np.append(shapes, fit))
    margin = _AROUND * max(high_x - low_x, high_y - low_y)
    frame = shapely.box(low_x - margin, low_y - margin, high_x + margin, high_y + margin)
    hollow = shapely.Polygon(frame.exterior, [part.exterior for part in parts])
    lakes = [shapely.Polygon(ring) for part in parts for ring in part.interiors]
    return shapely.MultiPolygon([hollow, *lakes])
