"""Which areas of a layer are broken, found without looking at each pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.shapes import as_multipolygons
from gridgis_boundaries.repair.segments import lines_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_boundaries.repair.ground import Ground
    from gridgis_boundaries.repair.segments import Segments
    from gridgis_boundaries.repair.tolerances import Tolerances

    Shapes = NDArray[np.object_]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Suspects:
    """What is not clean in a layer.

    `areas`: positions of the areas that take part; `invalid`: of those whose shape is; `twins`:
    pairs with the same shape, the first and a later one; `flagged`: the edges that no neighbour
    matches although one is there, with the narrow slits, as one geometry; `holes`: faces that
    nobody covers.
    """

    areas: Ints
    invalid: Ints
    twins: list[tuple[int, int]]
    flagged: shapely.Geometry
    holes: Shapes


def suspects(shapes: Shapes, layer: Segments, ground: Ground, tolerances: Tolerances) -> Suspects:
    """Find what is broken. Only areas with an edge that nobody shares can be."""
    valid = shapely.is_valid(shapes)
    invalid = np.flatnonzero(~valid)
    sound = _made_valid(shapes, valid)
    loose = layer.loose
    lines = lines_of(np.stack((layer.low[loose], layer.high[loose]), axis=1))
    tree = shapely.STRtree(sound)
    members = np.union1d(layer.area[loose], tree.query(lines)[1] if len(lines) else [])
    members = np.union1d(members, invalid).astype(np.int64)
    reach = ground.units(tolerances.gap_m)
    found = shapely.coverage_invalid_edges(sound[members], gap_width=reach)
    bad = ~shapely.is_empty(found)
    near = tree.query(found[bad], predicate="dwithin", distance=reach)[1]
    twins = _twins(sound, members)
    touching = tree.query(shapes[invalid], predicate=None)[1]
    # Clean edges meet at their ends already.
    holes = holes_between(shapely.get_parts(shapely.union_all(lines)) if bad.any() else lines, tree)
    narrow = holes[is_narrow(holes, ground, tolerances)]
    around = tree.query(narrow, predicate="intersects")[1]
    taking_part = [members[bad], near, invalid, touching, around, np.ravel(twins)]
    areas = np.unique(np.concatenate(taking_part).astype(np.int64))
    return Suspects(areas, invalid, twins, shapely.union_all(found[bad]), holes)


def is_narrow(shapes: Shapes, ground: Ground, tolerances: Tolerances) -> NDArray[np.bool_]:
    """Say which gaps are to be filled."""
    narrow: NDArray[np.bool_] = (ground.width_m(shapes) <= tolerances.gap_m) & (
        ground.area_m2(shapes) <= tolerances.gap_m2
    )
    return narrow


def _made_valid(shapes: Shapes, valid: NDArray[np.bool_]) -> Shapes:
    if valid.all():
        return shapes
    sound = shapes.copy()
    made = as_multipolygons(shapely.make_valid(shapes[~valid], method="linework"))
    made[shapely.is_missing(made)] = shapely.Polygon()
    sound[~valid] = made
    return sound


def holes_between(lines: Shapes, tree: shapely.STRtree) -> Shapes:
    """Return the faces between loose edges that no area covers."""
    faces = shapely.get_parts(shapely.polygonize(lines))
    covered = tree.query(shapely.point_on_surface(faces), predicate="intersects")[0]
    return np.delete(faces, np.unique(covered))


def _twins(shapes: Shapes, members: Ints) -> list[tuple[int, int]]:
    bounds = shapely.bounds(shapes[members])
    _, same, count = np.unique(bounds, axis=0, return_inverse=True, return_counts=True)
    alike = members[count[same.ravel()] > 1]
    first: dict[bytes, int] = {}
    twins = []
    for position in alike.tolist():
        key = shapely.to_wkb(shapely.normalize(shapes[position]))
        if key in first and not shapely.is_empty(shapes[position]):
            twins.append((first[key], position))
        first.setdefault(key, position)
    return twins
