"""The city's fabric: the plan noded into edges, bent into the valley, closed into blocks.

Everything later is a choice among these edges: a grid is a set of blocks, its outline the edges
with one side in the set. So two neighbours share every vertex, T-junctions included, and a
parent's outline keeps all the nodes of its children.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from gridgis.demo.terrain import EMBANKMENT_M, LENGTH_M, Floats, Valley, to_metres

if TYPE_CHECKING:
    from gridgis.demo.plan import Stroke

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

NODING_GRID_M = 0.01
OUTSIDE = -1
_RANK = {
    k: i
    for i, k in enumerate(
        ["river", "outline", "trunk", "primary", "secondary", "residential", "ridge"]
    )
}


@dataclass(frozen=True)
class Fabric:
    """Noded edges and the blocks between them, in lon, lat degrees (EPSG:4326).

    Attributes
    ----------
    edges
        LineStrings between nodes.
    kind, road, bridge
        Per edge, as in the plan's strokes; a road's stretch under water is of kind "shore".
    sides
        Per edge the two blocks on its sides, shape (n, 2); OUTSIDE beyond the district, and
        twice the same for an edge that bounds nothing.
    length_m
        Per edge.
    blocks
        Polygons.
    land
        Per block, Polygons or MultiPolygons in local metres: the block without the river between
        its embankments; empty where nothing is left.
    households
        Per block, as planned.
    centre_m
        Per block, in local metres (east, north).
    centre_uv
        Per block, in valley coordinates.
    """

    edges: Shapes
    kind: npt.NDArray[np.str_]
    road: Ints
    bridge: Bools
    sides: Ints
    length_m: Floats
    blocks: Shapes
    land: Shapes
    households: Floats
    centre_m: Floats
    centre_uv: Floats


def make_fabric(
    valley: Valley, strokes: list[Stroke], rng: np.random.Generator, households: float
) -> Fabric:
    """Node the plan, bend it, and close the blocks; they hold `households` in all."""
    lines = np.array([shapely.LineString(s.points) for s in strokes])
    noded = shapely.get_parts(shapely.unary_union(lines, grid_size=NODING_GRID_M))
    middles = shapely.line_interpolate_point(noded, 0.5, normalized=True)
    middle = shapely.get_coordinates(middles)
    stroke = _nearest_stroke(lines, strokes, middles)
    kind, bridge = _classify(strokes, stroke, middle)
    flat, edges = _bend(valley, noded, kind, rng)
    bounds = np.array([strokes[s].bounds for s in stroke])
    blocks = shapely.get_parts(shapely.polygonize(edges[bounds]))
    centre = shapely.get_coordinates(shapely.point_on_surface(blocks))
    centre_uv = _unbend(centre, flat, edges)
    weight = shapely.area(_in_metres(blocks)) * valley.density(centre_uv)
    weight = np.minimum(weight, 3.0 * weight.mean())
    return Fabric(
        edges=edges,
        kind=kind,
        road=np.array([strokes[s].road for s in stroke]),
        bridge=bridge,
        sides=_find_sides(edges, blocks, bounds),
        length_m=shapely.length(_in_metres(edges)),
        blocks=blocks,
        land=np.asarray(shapely.difference(_in_metres(blocks), _river(valley))),
        households=weight * households / weight.sum(),
        centre_m=to_metres(shapely.get_coordinates(shapely.centroid(blocks))),
        centre_uv=centre_uv,
    )


def _river(valley: Valley) -> shapely.Polygon:
    """Return the river between its embankment roads, local metres."""
    along = np.arange(-200.0, LENGTH_M + 200.0, 25.0)
    banks = [
        np.column_stack([along, np.full_like(along, v)]) for v in (-EMBANKMENT_M, EMBANKMENT_M)
    ]
    return shapely.Polygon(valley.metres(np.concatenate([banks[0], banks[1][::-1]])))


def _in_metres(shapes: Shapes) -> Shapes:
    return np.asarray(shapely.transform(shapes, to_metres))


def _nearest_stroke(lines: Shapes, strokes: list[Stroke], middles: Shapes) -> Ints:
    """Return for each edge the stroke that it is part of; the higher class where two coincide."""
    edge, stroke = shapely.STRtree(lines).query(middles, predicate="dwithin", distance=0.05)
    order = np.lexsort((stroke, [_RANK[strokes[s].kind] for s in stroke], edge))
    _, first = np.unique(edge[order], return_index=True)
    return np.asarray(stroke[order][first])


def _classify(
    strokes: list[Stroke], stroke: Ints, middle: Floats
) -> tuple[npt.NDArray[np.str_], Bools]:
    kind = np.array([strokes[s].kind for s in stroke])
    wet = (np.abs(middle[:, 1]) < EMBANKMENT_M - 1) & ~np.isin(kind, ["river", "outline"])
    bridge = wet & np.array([strokes[s].bridge for s in stroke])
    return np.where(wet & ~bridge, "shore", kind), bridge


def _bend(
    valley: Valley, noded: Shapes, kind: npt.NDArray[np.str_], rng: np.random.Generator
) -> tuple[Shapes, Shapes]:
    """Return the edges with their vertices set close, in valley coordinates and bent."""
    step = np.select(
        [kind == "outline", kind == "ridge", kind == "river"], [45.0, 60.0, 40.0], 55.0
    )
    dense = shapely.segmentize(noded, step)
    sway = np.select(
        [kind == "outline", kind == "ridge", kind == "residential"], [0.055, 0.05, 0.014], 0.0
    )
    flat = _sway(
        dense, sway * rng.choice([-1.0, 1.0], len(noded)) * rng.uniform(0.3, 1.0, len(noded))
    )
    at, owner = shapely.get_coordinates(flat, return_index=True)
    return flat, np.asarray(shapely.linestrings(valley.lonlat(at), indices=owner))


def _sway(lines: Shapes, share: Floats) -> Shapes:
    """Push each line sideways by `share` of its length, in two arcs, its ends unmoved."""
    at, owner = shapely.get_coordinates(lines, return_index=True)
    first = np.searchsorted(owner, np.arange(len(lines)))
    last = np.append(first[1:], len(at)) - 1
    along = (at[last] - at[first])[owner]
    t = np.hypot(*(at - at[first][owner]).T) / np.hypot(*along.T)
    arc = share[owner] * (np.sin(np.pi * t) + 0.5 * np.sin(3 * np.pi * t + 0.0))
    arc[first] = arc[last] = 0.0
    moved = at + np.column_stack([-along[:, 1], along[:, 0]]) * arc[:, None]
    return np.asarray(shapely.linestrings(moved, indices=owner))


def _unbend(points: Floats, flat: Shapes, bent: Shapes) -> Floats:
    """Return valley coordinates of points by the known vertices around them."""
    known = shapely.get_coordinates(bent)
    origin = shapely.get_coordinates(flat)
    tree = shapely.STRtree(np.asarray(shapely.points(known)))
    nearest = tree.nearest(np.asarray(shapely.points(points)))
    return np.asarray(origin[nearest])


def _find_sides(edges: Shapes, blocks: Shapes, bounds: Bools) -> Ints:
    """Match each edge's first segment with the rings that run along it."""
    ring, owner = shapely.get_coordinates(blocks, return_index=True)
    same = owner[:-1] == owner[1:]
    keys = _segment_keys(ring[:-1][same], ring[1:][same])
    order = np.argsort(keys, kind="stable")
    keys, owner = keys[order], owner[:-1][same][order]
    at, line = shapely.get_coordinates(edges, return_index=True)
    first = np.searchsorted(line, np.arange(len(edges)))
    wanted = _segment_keys(at[first], at[first + 1])
    low, high = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    sides = np.full((len(edges), 2), OUTSIDE)
    sides[:, 0] = np.where(high > low, owner[np.minimum(low, len(owner) - 1)], OUTSIDE)
    sides[:, 1] = np.where(high > low + 1, owner[np.minimum(low + 1, len(owner) - 1)], OUTSIDE)
    return np.where(bounds[:, None], sides, OUTSIDE)


def _segment_keys(a: Floats, b: Floats) -> npt.NDArray[np.void]:
    """Name segments by their two ends, whichever comes first."""
    ends = np.round(np.column_stack([a, b]) * 1e7).astype(np.int64).reshape(-1, 2, 2)
    swap = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends[swap] = ends[swap][:, ::-1]
    named = np.ascontiguousarray(ends.reshape(-1, 4))
    return np.asarray(named.view([("", np.int64)] * 4).ravel())
