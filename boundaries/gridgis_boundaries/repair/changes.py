"""What repair changed, by area."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.shapes import as_multipolygons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_boundaries.repair.ground import Ground
    from gridgis_boundaries.repair.layers import AreaLayer

    Shapes = NDArray[np.object_]
    Ints = NDArray[np.int64]


def same(old: Shapes, new: Shapes) -> NDArray[np.bool_]:
    """Say which shapes have the same vertices in the same order, wherever a ring begins."""
    first, second = (shapely.normalize(as_multipolygons(shapes)) for shapes in (old, new))
    return np.array(shapely.equals_exact(first, second, tolerance=0.0), dtype=bool)


def changes_frame(
    layer: AreaLayer,
    new: Shapes,
    changed: Ints,
    rules: dict[str, list[str]],
    households: pd.Series[int] | None,
) -> gpd.GeoDataFrame:
    """Return a row for each area that changed; see :class:`Report`.

    Parameters
    ----------
    new
        All shapes, None where nothing is left.
    changed
        Their positions.
    rules
        What was wrong, by code.
    """
    before, after = layer.shapes[changed], new[changed]
    gone = shapely.is_missing(after)
    invalid = ~shapely.is_valid(before)
    if invalid.any():
        before[invalid] = _ground(shapely.make_valid(before[invalid], method="linework"))
    after[gone] = shapely.Polygon()
    added, removed = shapely.difference(after, before), shapely.difference(before, after)
    removed_m2 = layer.ground.area_m2(removed)
    table = {
        "code": [layer.codes[at] for at in changed],
        "wrong": [", ".join(rules[layer.codes[at]]) for at in changed],
        "added_m2": layer.ground.area_m2(added),
        "removed_m2": removed_m2,
        "households": _households(layer, before, removed_m2, changed, households),
        "shift_m": [_shift_m(*pair, layer.ground) for pair in zip(before, after, strict=True)],
        "gone": gone,
    }
    moved = as_multipolygons(shapely.union(_ground(added), _ground(removed)))
    moved[shapely.is_missing(moved)] = shapely.MultiPolygon()
    return gpd.GeoDataFrame(table, geometry=moved, crs=layer.ground.crs)


def _ground(shapes: Shapes) -> Shapes:
    polygons = as_multipolygons(shapes)
    polygons[shapely.is_missing(polygons)] = shapely.MultiPolygon()
    return polygons


def _households(
    layer: AreaLayer,
    before: Shapes,
    removed_m2: NDArray[np.float64],
    changed: Ints,
    households: pd.Series[int] | None,
) -> pd.Series[float]:
    if households is None:
        return pd.Series([pd.NA] * len(changed), dtype="Float64")
    known = pd.to_numeric(households.iloc[changed], errors="coerce")
    counts = known.to_numpy(dtype=float, na_value=np.nan)
    size_m2 = layer.ground.area_m2(before)
    share = np.divide(removed_m2, size_m2, out=np.zeros(len(changed)), where=size_m2 > 0)
    return pd.Series(counts * share, dtype="Float64")


def _shift_m(old: shapely.Geometry, new: shapely.Geometry, ground: Ground) -> float:
    """Return how far the farthest vertex lies from the other outline."""
    if shapely.is_empty(new):
        return 0.0
    old, new = (shapely.transform(shape, ground.metres) for shape in (old, new))
    return max(_farthest(new, old), _farthest(old, new))


def _farthest(shape: shapely.Geometry, other: shapely.Geometry) -> float:
    here, there = (np.unique(_complex(each)) for each in (shape, other))
    alone = np.setdiff1d(here, there, assume_unique=True)
    if not len(alone):
        return 0.0
    points = shapely.points(alone.real, alone.imag)
    outline = shapely.boundary(other)
    shapely.prepare(outline)
    return float(shapely.distance(points, outline).max())


def _complex(shape: shapely.Geometry) -> NDArray[np.complex128]:
    at = shapely.get_coordinates(shape)
    return np.asarray(at[:, 0] + 1j * at[:, 1])
