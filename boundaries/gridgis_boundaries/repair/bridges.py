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
    from numpy.typing import NDArray

    from gridgis_boundaries.repair.faces import Faces
    from gridgis_boundaries.repair.ground import Ground
    from gridgis_boundaries.repair.tolerances import Tolerances

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

_FEW = 2
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
    edges = pieces.edges
    across = _between_junctions(pieces, gaps)
    edge, along, spots, start = _over_slits(pieces, gaps, flagged, ground, tolerances)
    if not len(across) and not len(start):
        return None
    new = np.arange(len(edges.nodes), len(edges.nodes) + len(spots))
    edges.nodes = np.vstack((edges.nodes, spots))
    inner = (along > 0) & (along < 1)
    ends = np.where(inner, new, np.where(along <= 0, edges.ends[edge, 0], edges.ends[edge, 1]))
    across = np.vstack((across, np.column_stack((start, ends)))).astype(np.int64)
    if inner.any():
        edges, _ = cut_at(edges, Cuts([edge[inner]], [along[inner]], [new[inner]]))
    return _with(edges, across)


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
        edges.near,
    )


def _between_junctions(pieces: Faces, gaps: set[int]) -> Ints:
    """Return bridges in gaps among more than two areas, from where two areas meet."""
    found: list[tuple[int, int]] = []
    for gap in sorted(gaps):
        at = np.flatnonzero((pieces.sides == gap).any(axis=1))
        other = np.where(pieces.sides[at, 0] == gap, pieces.sides[at, 1], pieces.sides[at, 0])
        if len({pieces.claims[face] for face in other.tolist()}) > _FEW:
            found += _across(pieces, gap, at, other)
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _across(pieces: Faces, gap: int, at: Ints, other: Ints) -> list[tuple[int, int]]:
    owners: dict[int, set[int]] = {}
    for (low, high), face in zip(pieces.edges.ends[at].tolist(), other.tolist(), strict=True):
        for end in (low, high):
            owners.setdefault(end, set()).update(pieces.claims[face] or {-1 - face})
    ids = np.array(sorted(owners))
    places = pieces.edges.nodes[ids]
    shape = pieces.shapes[gap]
    shapely.prepare(shape)
    found = []
    for junction in [node for node in ids.tolist() if len(owners[node]) > 1]:
        there = np.array([not owners[node] & owners[junction] for node in ids.tolist()])
        if not there.any():
            continue
        way = places[there] - pieces.edges.nodes[junction]
        nearest = int(np.hypot(*way.T).argmin())
        line = shapely.LineString([pieces.edges.nodes[junction], places[there][nearest]])
        if shapely.covers(shape, line):
            found.append((junction, int(ids[there][nearest])))
    return found


def _over_slits(
    pieces: Faces,
    gaps: set[int],
    flagged: shapely.Geometry,
    ground: Ground,
    tolerances: Tolerances,
) -> tuple[Ints, Floats, Floats, Ints]:
    """Return bridges over slits: to which edge, how far along, the spot there, from which node."""
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
    ends = edges.nodes[edges.ends[edge]]
    spots = ends[:, 0] + along[:, None] * (ends[:, 1] - ends[:, 0])
    spots = np.where(edges.fixed[edge][:, None], spots, ground.rounded(spots))
    free = _is_free(pieces, edges.nodes[node], _landed(spots, ends, along))
    return edge[free], along[free], spots[free], node[free]


def _landed(spots: Floats, ends: Floats, along: Floats) -> Floats:
    return np.where(
        (along <= 0)[:, None], ends[:, 0], np.where((along >= 1)[:, None], ends[:, 1], spots)
    )


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
    owners: dict[int, frozenset[int]] = {}
    for ends, areas in zip(edges.ends[rim].tolist(), owner, strict=True):
        for end in ends:
            owners[end] = owners.get(end, frozenset()) | areas
    nodes = np.array(sorted(owners), dtype=np.int64)
    nodes = nodes[np.isin(_complex(edges.nodes[nodes]), near)]
    return nodes, [owners[node] for node in nodes.tolist()]


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
