"""Short lines across narrow gaps, so that each piece of them lies between few areas.

A slit that reaches the outside becomes faces that can be filled, and a gap along many areas is cut
where two of them meet, so that nobody gets a tentacle between the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.repair.noding import Cuts, Edges, cut_at
from gridgis_boundaries.repair.segments import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from gridgis_boundaries.repair.faces import Faces
    from gridgis_boundaries.repair.ground import Ground
    from gridgis_boundaries.repair.tolerances import Tolerances

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    # From which node, to which edge, how far along it, and the spot there.
    _Bridges = tuple[Ints, Ints, Floats, Floats]

_FEW = 2
_SHORTEST_M = 0.2
# The ends of a bridge lie on edges: what is between them must not.
_INNER = (0.02, 0.98)


def bridged(
    pieces: Faces,
    gaps: set[int],
    flagged: shapely.Geometry,
    ground: Ground,
    tolerances: Tolerances,
) -> Edges | None:
    """Return the edges with bridges, None when there is nothing to bridge.

    Parameters
    ----------
    gaps
        Faces that are to be filled.
    flagged
        Edges that a neighbour lies near to.
    """
    found = [
        *_between_junctions(pieces, gaps, ground),
        _over_slits(pieces, gaps, flagged, ground, tolerances),
    ]
    start, edge, along, spots = (np.concatenate(parts) for parts in zip(*found, strict=True))
    if not len(start):
        return None
    edges = pieces.edges
    new = np.arange(len(edges.nodes), len(edges.nodes) + len(spots))
    edges.nodes = np.vstack((edges.nodes, spots))
    inner = (along > 0) & (along < 1)
    ends = np.where(inner, new, np.where(along <= 0, edges.ends[edge, 0], edges.ends[edge, 1]))
    if inner.any():
        edges, _ = cut_at(edges, Cuts([edge[inner]], [along[inner]], [new[inner]]))
    return _with(edges, np.column_stack((start, ends)))


def _with(edges: Edges, across: Ints) -> Edges:
    count = len(across)
    none, all_of_them = np.zeros(count, dtype=bool), np.ones(count, dtype=bool)
    return Edges(
        edges.nodes,
        np.vstack((edges.ends, across)),
        np.concatenate((edges.loose, none)),
        np.concatenate((edges.frozen, none)),
        np.concatenate((edges.bridge, all_of_them)),
        np.concatenate((edges.fixed, none)),
        edges.of,
        edges.corners,
        edges.near,
    )


def _between_junctions(pieces: Faces, gaps: set[int], ground: Ground) -> list[_Bridges]:
    """Return bridges in gaps among more than two areas, from where two of them meet."""
    found: list[_Bridges] = []
    for gap in sorted(gaps):
        at = np.flatnonzero((pieces.sides == gap).any(axis=1))
        other = np.where(pieces.sides[at, 0] == gap, pieces.sides[at, 1], pieces.sides[at, 0])
        if len({pieces.claims[face] for face in other.tolist()}) > _FEW:
            shapely.prepare(pieces.shapes[gap])
            found += _across(pieces, gap, at, other, ground)
    return found


def _across(pieces: Faces, gap: int, rim: Ints, other: Ints, ground: Ground) -> Iterator[_Bridges]:
    """Yield a bridge from each junction to the nearest edge of whoever does not meet there."""
    edges, at = pieces.edges, ground.metres(pieces.edges.nodes)
    owner = [pieces.claims[face] or frozenset([-1 - face]) for face in other.tolist()]
    owners = _owners(edges, rim, owner)
    for junction in sorted(node for node, areas in owners.items() if len(areas) > 1):
        there = np.array([not areas & owners[junction] for areas in owner], dtype=bool)
        if not there.any():
            continue
        ends = at[edges.ends[rim[there]]]
        _, reach = _landing(at[junction], ends, 0.0)
        nearest = int(reach.argmin())
        edge = rim[there][nearest : nearest + 1]
        along, _ = _landing(at[junction], ends[nearest : nearest + 1], float(reach[nearest]))
        spots = _spots(edges, edge, along, ground)
        if 0 < along[0] < 1:
            # Of a bridge this short, rounding its end would turn it over.
            lands = reach[nearest] > _SHORTEST_M or bool(edges.fixed[edge[0]])
        else:
            lands = not owners[int(edges.ends[edge[0], int(along[0])])] & owners[junction]
        line = shapely.LineString([edges.nodes[junction], spots[0]])
        if lands and shapely.covers(
            pieces.shapes[gap], shapely.line_interpolate_point(line, 0.5, normalized=True)
        ):
            yield np.array([junction]), edge, along, spots


def _over_slits(
    pieces: Faces,
    gaps: set[int],
    flagged: shapely.Geometry,
    ground: Ground,
    tolerances: Tolerances,
) -> _Bridges:
    """Return bridges over slits."""
    edges, at = pieces.edges, ground.metres(pieces.edges.nodes)
    rim, owner = _rim(pieces, gaps)
    tip, tip_owner = _tips(edges, rim, owner, flagged)
    tree = shapely.STRtree(lines_of(at[edges.ends[rim]]))
    points = shapely.points(at[tip])
    one, other = tree.query(points, predicate="dwithin", distance=tolerances.gap_m)
    apart = np.array(
        [
            not tip_owner[tip_at] & owner[rim_at]
            for tip_at, rim_at in zip(one.tolist(), other.tolist(), strict=True)
        ],
        dtype=bool,
    )
    node, edge = tip[one[apart]], rim[other[apart]]
    along, reach = _landing(at[node], at[edges.ends[edge]], tolerances.gap_m)
    order = np.lexsort((edge, reach, node))
    node, edge, along = node[order], edge[order], along[order]
    # From each vertex the shortest bridge only.
    node, first = np.unique(node, return_index=True)
    edge, along = edge[first], along[first]
    spots = _spots(edges, edge, along, ground)
    free = _is_free(pieces, edges.nodes[node], spots)
    return node[free], edge[free], along[free], spots[free]


def _spots(edges: Edges, edge: Ints, along: Floats, ground: Ground) -> Floats:
    """Return where bridges land on edges: an end, or a place on the grid of new nodes."""
    ends = edges.nodes[edges.ends[edge]]
    spots = ends[:, 0] + along[:, None] * (ends[:, 1] - ends[:, 0])
    spots = np.where(edges.fixed[edge][:, None], spots, ground.rounded(spots))
    low, high = (along <= 0)[:, None], (along >= 1)[:, None]
    return np.where(low, ends[:, 0], np.where(high, ends[:, 1], spots))


def _rim(pieces: Faces, gaps: set[int]) -> tuple[Ints, list[frozenset[int]]]:
    """Return the loose edges at ground that nobody has and that stays empty, and whose they are."""
    bare = np.array([not claims for claims in pieces.claims])
    bare[list(gaps)] = False
    one, other = bare[pieces.sides].T
    rim = np.flatnonzero((one != other) & pieces.edges.loose)
    sides = np.where(one[rim], pieces.sides[rim, 1], pieces.sides[rim, 0])
    return rim, [pieces.claims[face] for face in sides.tolist()]


def _tips(
    edges: Edges, rim: Ints, owner: list[frozenset[int]], flagged: shapely.Geometry
) -> tuple[Ints, list[frozenset[int]]]:
    """Return the vertices that a neighbour lies near to, and whose they are."""
    near = np.unique(_complex(shapely.get_coordinates(flagged)))
    owners = _owners(edges, rim, owner)
    nodes = np.array(sorted(owners), dtype=np.int64)
    nodes = nodes[np.isin(_complex(edges.nodes[nodes]), near)]
    return nodes, [owners[node] for node in nodes.tolist()]


def _owners(edges: Edges, rim: Ints, owner: list[frozenset[int]]) -> dict[int, frozenset[int]]:
    """Return whose edges meet at each node."""
    owners: dict[int, frozenset[int]] = {}
    for ends, areas in zip(edges.ends[rim].tolist(), owner, strict=True):
        for end in ends:
            owners[end] = owners.get(end, frozenset()) | areas
    return owners


def _complex(at: Floats) -> NDArray[np.complex128]:
    return np.asarray(at[:, 0] + 1j * at[:, 1])


def _landing(start: Floats, ends: Floats, gap_m: float) -> tuple[Floats, Floats]:
    """Return where a bridge lands along an edge, and its metres: an end if one is near enough."""
    way, there = ends[:, 1] - ends[:, 0], start - ends[:, 0]
    along = np.clip((way * there).sum(axis=1) / (way * way).sum(axis=1), 0, 1)
    length_m = np.hypot(*way.T)
    # A vertex that is there is better than a new one.
    along[along * length_m <= gap_m / 2] = 0
    along[(1 - along) * length_m <= gap_m / 2] = 1
    reach = np.hypot(*(ends[:, 0] + along[:, None] * way - start).T)
    return along, reach


def _is_free(pieces: Faces, start: Floats, end: Floats) -> NDArray[np.bool_]:
    """Say which bridges cross no edge: from bare ground they then reach bare ground only."""
    inner = np.stack([start + part * (end - start) for part in _INNER], axis=1)
    lines = lines_of(inner)
    edges = lines_of(pieces.edges.nodes[pieces.edges.ends])
    free: NDArray[np.bool_] = np.ones(len(lines), dtype=np.bool_)
    free[shapely.STRtree(edges).query(lines, predicate="intersects")[0]] = False
    covered = np.array([bool(claims) for claims in pieces.claims[:-1]], dtype=bool)
    tree = shapely.STRtree(pieces.shapes[covered])
    middle = shapely.points(inner.mean(axis=1))
    free[tree.query(middle, predicate="intersects")[0]] = False
    return free
