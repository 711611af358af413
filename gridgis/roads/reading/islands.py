"""Parts of a network that cannot be reached, mode by mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from gridgis.roads.modes import Mode
from gridgis.roads.reading.ways import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    from numpy.typing import NDArray


class Reach(NamedTuple):
    """How much of a network one mode can use.

    Attributes
    ----------
    mode
        The mode.
    edges, length_m
        Of all that it may use.
    islands
        How many parts are cut off from the largest one.
    island_edges, island_m
        Edges in these parts.
    one_way_edges, one_way_m
        Edges in the largest part that cannot be reached from most of it, or not be left again.
    """

    mode: Mode
    edges: int
    length_m: float
    islands: int
    island_edges: int
    island_m: float
    one_way_edges: int
    one_way_m: float


class _Island(NamedTuple):
    """One island by its first edge; modes that have the same one are told together."""

    edge: int
    edges: int
    length_m: int


class _Trap(NamedTuple):
    """Roads of the largest part by the first of them, and what cannot be done there."""

    edge: int
    edges: int
    length_m: int
    what: str


class _Told(NamedTuple):
    """What is to be listed, with the modes that it is of."""

    islands: dict[_Island, list[Mode]]
    traps: dict[_Trap, list[Mode]]


def reach(edges: gpd.GeoDataFrame, findings: list[Finding]) -> list[Reach]:
    """Return how much each mode can use, and list each island; turns are not looked at."""
    told = _Told({}, {})
    found = [_reach(edges, mode, told) for mode in Mode]
    ways = edges["way"].to_numpy()
    spots = shapely.get_coordinates(shapely.get_point(edges.geometry.to_numpy(), 0))
    for island in sorted(told.islands, key=lambda one: (-one.length_m, one.edge)):
        lon, lat = spots[island.edge].tolist()
        sentence = (
            f"an island of {island.length_m:,.0f} m (roads: {island.edges:,}) by "
            f"{', '.join(told.islands[island])}: nothing connects it with the rest"
        )
        findings.append(Finding("island", sentence, str(ways[island.edge]), lon, lat))
    for trap in sorted(told.traps, key=lambda one: (-one.length_m, one.edge)):
        lon, lat = spots[trap.edge].tolist()
        sentence = (
            f"{trap.length_m:,.0f} m (roads: {trap.edges:,}) by "
            f"{', '.join(told.traps[trap])} {trap.what}"
        )
        findings.append(Finding("one_way_only", sentence, str(ways[trap.edge]), lon, lat))
    return found


def _reach(edges: gpd.GeoDataFrame, mode: Mode, told: _Told) -> Reach:
    forward = (edges["forward"].to_numpy() & mode.bit) != 0
    backward = (edges["backward"].to_numpy() & mode.bit) != 0
    usable = np.flatnonzero(forward | backward)
    length = edges["length_m"].to_numpy()[usable]
    if not len(usable):
        return Reach(mode, 0, 0.0, 0, 0, 0.0, 0, 0.0)
    start = edges["from_node"].to_numpy()[usable]
    stop = edges["to_node"].to_numpy()[usable]
    forward, backward = forward[usable], backward[usable]
    tail = np.concatenate([start[forward], stop[backward]])
    head = np.concatenate([stop[forward], start[backward]])
    weak = _components(tail, head, strong=False)[start]
    strong = _components(tail, head, strong=True)
    part, at, metres = _parts(weak, length)
    main = int(np.argmax(metres))
    cut_off = at != main
    # Where most of the main part can be reached from, and come back from.
    inside = np.where((strong[start] == strong[stop]) & ~cut_off, strong[start], -1)
    whole = inside == _heaviest(inside, length)
    trapped = ~whole & ~cut_off
    if trapped.any():
        ends = np.column_stack([start, stop])
        for rows, what in _traps(ends, (tail, head), np.flatnonzero(trapped), start[whole]):
            trap = _Trap(int(usable[rows[0]]), len(rows), round(float(length[rows].sum())), what)
            told.traps.setdefault(trap, []).append(mode)
    counts = np.bincount(at)
    _, first = np.unique(at, return_index=True)
    for one in np.flatnonzero(np.arange(len(part)) != main).tolist():
        island = _Island(int(usable[first[one]]), int(counts[one]), round(float(metres[one])))
        told.islands.setdefault(island, []).append(mode)
    return Reach(
        mode,
        len(usable),
        float(length.sum()),
        len(part) - 1,
        int(cut_off.sum()),
        float(length[cut_off].sum()),
        int(trapped.sum()),
        float(length[trapped].sum()),
    )


def _components(
    tail: NDArray[np.int64], head: NDArray[np.int64], *, strong: bool
) -> NDArray[np.int32]:
    count = int(max(tail.max(), head.max())) + 1
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(count, count))
    _, found = connected_components(
        graph.tocsr(), directed=True, connection="strong" if strong else "weak"
    )
    return found


def _parts(
    component: NDArray[np.int32], length: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float64]]:
    part, at = np.unique(component, return_inverse=True)
    return part, at.astype(np.int64), np.bincount(at, length).astype(np.float64)


def _heaviest(component: NDArray[np.int32], length: NDArray[np.float64]) -> int:
    known = component >= 0
    if not known.any():
        return -2
    return int(np.argmax(np.bincount(component[known], length[known])))


def _traps(
    ends: NDArray[np.int64],
    arcs: tuple[NDArray[np.int64], NDArray[np.int64]],
    trapped: NDArray[np.int64],
    inside: NDArray[np.int64],
) -> Iterator[tuple[NDArray[np.int64], str]]:
    """Yield groups of trapped edges that hang together, and whether one gets in or out."""
    tail, head = arcs
    count = int(ends.max()) + 1
    ones = np.ones(len(tail), dtype=np.int8)
    graph = coo_array((ones, (tail, head)), shape=(count, count)).tocsr()
    known = np.zeros((2, count), dtype=bool)
    if len(inside):
        for side, way in enumerate((graph, graph.T.tocsr())):
            reached = breadth_first_order(way, int(inside[0]), return_predecessors=False)
            known[side, reached] = True
    group = _components(ends[trapped, 0], ends[trapped, 1], strong=False)[ends[trapped, 0]]
    order = np.argsort(group, kind="stable")
    for rows in np.split(trapped[order], np.flatnonzero(np.diff(group[order])) + 1):
        entered, left = (bool(one[ends[rows]].all()) for one in known)
        if entered or left:
            yield rows, f"can be {'entered and not left' if entered else 'left and not entered'}"
        else:
            yield rows, "can only be entered or only be left"
