"""How the ground of one area hangs together: its parts, its necks, its children."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgis.reach.planes import Plane
from gridgis_boundaries.borders import borders
from gridgis_boundaries.planes import length_m, on_planes, plane_under, put
from gridgis_boundaries.rules.findings import Finding
from gridgis_boundaries.sizes import area_m2, place, size

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    from numpy.typing import NDArray

_ROUNDING_M = 0.001
"""Borders that miss each other by less are the same, metres."""

_POINT_M = 0.01
"""A border that is shorter is a point, metres."""

_CORNER = 1.001
"""How much further a shape is widened again than it was narrowed, so that rounding leaves none."""


def one_part(grids: gpd.GeoDataFrame) -> list[Finding]:
    """Return each grid (EPSG:4326) of several parts, with the place of the smallest.

    Parts that touch in a point are several: of a valid shape, one part is what one can walk
    through without leaving it.
    """
    shapes, codes = grids.geometry.to_numpy(), grids["code"].to_numpy()
    found = []
    for at in np.flatnonzero(shapely.get_num_geometries(shapes) > 1):
        parts = shapely.get_parts(shapes[at])
        amounts = area_m2(parts)
        smallest, code = parts[amounts.argmin()], str(codes[at])
        sentence = f"{code} has {len(parts)} parts, the smallest of {size(float(amounts.min()))}"
        amount = float(len(parts))
        found.append(Finding("one part", place(smallest), (code,), amount, sentence, "parts"))
    return found


def slivers(grids: gpd.GeoDataFrame, narrowest_m: float) -> list[Finding]:
    """Return each part and each neck of a grid (EPSG:4326) that is narrower than this.

    A part of area A and perimeter P is 2A/P wide, which is a long strip's width. A neck is where a
    part falls apart when it is narrowed by half the width on every side, into pieces that are then
    at least a square of half that width; a narrow end that leads nowhere is none. With 0 m nothing
    is narrow.
    """
    if narrowest_m <= 0:
        return []
    shapes, codes = grids.geometry.to_numpy(), grids["code"].to_numpy()
    parts, owner = shapely.get_parts(shapes, return_index=True)
    width_m = 2 * area_m2(parts) / np.maximum(length_m(parts), np.finfo(float).tiny)
    narrow = width_m < narrowest_m
    found = []
    for at in np.flatnonzero(narrow):
        code, width = str(codes[owner[at]]), float(width_m[at])
        sentence = f"{code} has a part that is only {width:.1f} m wide"
        found.append(Finding("sliver", place(parts[at]), (code,), width, sentence, "m"))
    wide = np.flatnonzero(~narrow)
    flat = on_planes(parts[wide])
    narrowed = shapely.buffer(flat, -narrowest_m / 2, join_style="mitre", mitre_limit=2.0)
    for at in np.flatnonzero(shapely.get_num_geometries(narrowed) > 1):
        for neck in _necks(flat[at], narrowed[at], narrowest_m):
            code = str(codes[owner[wide[at]]])
            spot = _lifted(neck, parts[wide[at]])
            sentence = f"{code} has a neck of less than {narrowest_m:g} m"
            found.append(Finding("sliver", spot, (code,), narrowest_m, sentence, "m"))
    return sorted(found, key=lambda finding: finding.areas)


def contiguity(areas: gpd.GeoDataFrame, *, only: Collection[str] | None = None) -> list[Finding]:
    """Return each parent whose children (EPSG:4326) do not hang together by shared borders.

    Children that touch in a point do not; those that miss each other by less than a millimetre of
    rounding do. Whether a child itself is of one part is another rule. `only` are the codes of the
    parents to judge, all of whose children are there; None: all.
    """
    found = []
    above = dict(zip(areas["area_id"].tolist(), areas["code"], strict=True))
    judged = {area_id for area_id, code in above.items() if only is None or code in only}
    named = [parent in judged for parent in areas["parent_id"].tolist()]
    known = areas[np.array(named, dtype=bool)]
    for code in known["level"].unique():
        level = known[known["level"] == code]
        pairs = borders(level)
        parents = level["parent_id"].to_numpy(np.int64)
        left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
        kin = parents[left] == parents[right]
        groups = _groups(len(level), left[kin], right[kin])
        apart = pd.Series(groups).groupby(parents).nunique()
        for parent in apart.index[apart > 1]:
            chosen = parents == parent
            members = _joined(level[chosen].assign(group=groups[chosen]))
            if members["group"].nunique() > 1:
                found.append(_apart(str(above[parent]), members))
    return found


def _joined(members: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the members with one group for those that meet but for rounding, or overlap."""
    names, group = np.unique(members["group"].to_numpy(), return_inverse=True)
    flat = put(plane_under(shapely.box(*members.total_bounds)), members.geometry.to_numpy())
    ground = np.array([shapely.union_all(flat[group == at]) for at in range(len(names))])
    near, other = shapely.STRtree(ground).query(ground, predicate="dwithin", distance=_ROUNDING_M)
    near, other = near[near < other], other[near < other]
    rims = shapely.boundary(ground[near])
    shared = shapely.intersection(rims, shapely.buffer(ground[other], _ROUNDING_M))
    meet = shapely.length(shared) > _POINT_M
    return members.assign(group=_groups(len(names), near[meet], other[meet])[group])


def _groups(count: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int32]:
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(count, count))
    groups: NDArray[np.int32] = connected_components(graph, directed=False)[1]
    return groups


def _apart(parent: str, members: gpd.GeoDataFrame) -> Finding:
    ground = members.assign(ground_m2=area_m2(members.geometry)).groupby("group")
    amounts = ground["ground_m2"].sum().sort_values(ascending=False, kind="stable")
    smallest = members[members["group"] == amounts.index[-1]]
    first = str(smallest["code"].iloc[0])
    sentence = f"{parent} falls into {len(amounts)} groups of children that share no border"
    sentence += f"; apart from the rest: {first}"
    sentence += f" and {len(smallest) - 1} more" if len(smallest) > 1 else ""
    where, amount = place(smallest.geometry.iloc[0]), float(len(amounts))
    return Finding("contiguity", where, (parent,), amount, sentence, "groups")


def _necks(
    part: shapely.Geometry, narrowed: shapely.Geometry, width_m: float
) -> list[shapely.Geometry]:
    """Return what joins the pieces that are left of a part when it is narrowed, in metres."""
    pieces = shapely.get_parts(narrowed)
    pieces = pieces[shapely.area(pieces) >= (width_m / 2) ** 2]
    if len(pieces) < 2:  # noqa: PLR2004 - a neck joins two
        return []
    wide = shapely.buffer(pieces, width_m / 2 * _CORNER, join_style="mitre", mitre_limit=2.0)
    rest = shapely.get_parts(shapely.difference(part, shapely.union_all(wide)))
    grown = shapely.buffer(rest, width_m / 100)
    return [
        one
        for one, around in zip(rest, grown, strict=True)
        if shapely.intersects(around, wide).sum() > 1
    ]


def _lifted(flat: shapely.Geometry, part: shapely.Geometry) -> tuple[float, float]:
    """Return a (lon, lat) on a shape that :func:`on_planes` has flattened with its part."""
    west, south, east, north = shapely.bounds(part).tolist()
    plane = Plane.at((west + east) / 2, (south + north) / 2)
    return place(plane.lift(flat))
