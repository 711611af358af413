"""Mend what was drawn almost right: doubled vertices, and ends that stop short of another road.

An end that no other way shares and that lies within the tolerance of another road of its level is
moved onto it: onto its nearest vertex, else onto the line, which gets a vertex there. What lies a
little further off, or on another level, is listed only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis.roads.reading.merging import Merged
from gridgis.roads.reading.ways import Finding

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gridgis.roads.reading.ways import Ways

NEAR_M = 3.0
"""Dangling ends that lie so close to another road are listed, though they are not moved."""


def without_doubles(ways: Ways) -> Ways:
    """Return the ways without vertices that repeat the one before; ways of one spot are listed.

    Two nodes at one place that follow each other in a way become one.
    """
    inner = np.ones(len(ways.node), dtype=bool)
    inner[ways.starts[:-1]] = False
    still = np.zeros(len(ways.node), dtype=bool)
    still[1:] = (ways.at[1:] == ways.at[:-1]).all(axis=1)
    twins = np.flatnonzero(inner & still)
    merged = Merged()
    for row in twins[ways.node[twins] != ways.node[twins - 1]]:
        merged.merge(int(ways.node[row]), int(ways.node[row - 1]))
    ways = renamed(ways, merged)
    doubled = np.zeros(len(ways.node), dtype=bool)
    doubled[1:] = ways.node[1:] == ways.node[:-1]
    first = ways.at[ways.starts[:-1]]
    kept = ways.keep(~(inner & doubled))
    short = np.diff(kept.starts) < 2  # noqa: PLR2004 - a line has two ends
    for row in np.flatnonzero(short):
        sentence = "its length is zero, and it was left out"
        way = str(kept.table["way"].iloc[row])
        kept.findings.append(Finding("zero_length", sentence, way, *map(float, first[row])))
    rest = kept.keep(~short[kept.way_of])
    return replace(
        rest,
        table=rest.table[~short].reset_index(drop=True),
        starts=np.concatenate([rest.starts[:1], rest.starts[1:][~short]]),
    )


def renamed(ways: Ways, merged: Merged) -> Ways:
    """Return the ways with nodes by what they became."""
    if not merged:
        return ways
    barriers: dict[int, int] = {}
    for node, stops in ways.barriers.items():
        became = merged.find(node)
        barriers[became] = barriers.get(became, 0) | stops
    turns = [turn._replace(via=merged.find(turn.via)) for turn in ways.restrictions]
    return replace(ways, node=merged.rename(ways.node), barriers=barriers, restrictions=turns)


class _Near(NamedTuple):
    """Dangling ends and a road near each: one row a pair.

    Attributes
    ----------
    end
        The end's vertex.
    vertex, vertex_m
        The road's nearest vertex.
    before, share, line_m
        The nearest spot of the road's line: the vertex before it, and how far to the next one.
    """

    end: NDArray[np.int64]
    vertex: NDArray[np.int64]
    vertex_m: NDArray[np.float64]
    before: NDArray[np.int64]
    share: NDArray[np.float64]
    line_m: NDArray[np.float64]


def with_ends_met(ways: Ways, snap_m: float) -> Ways:
    """Return the ways with dangling ends moved onto the road that they almost reach.

    Each move is listed with its place and metres, and so is each end that lies near, but not near
    enough.
    """
    dangling = _dangling(ways)
    near = _near(ways, dangling, max(NEAR_M, 3 * snap_m))
    level = ways.table["level"].to_numpy()[ways.way_of]
    same = level[near.end] == level[near.before]
    snaps = same & (near.line_m <= snap_m) if snap_m > 0 else np.zeros(len(same), dtype=bool)
    moves = _best(near, snaps, snap_m)
    _tell_missed(ways, near, same | (near.line_m <= snap_m), set(near.end[moves].tolist()))
    return _moved(ways, near, moves, snap_m)


def _dangling(ways: Ways) -> NDArray[np.int64]:
    """Return the vertices that end a way and are of no other."""
    _, number, count = np.unique(ways.node, return_inverse=True, return_counts=True)
    ends = np.concatenate([ways.starts[:-1], ways.starts[1:] - 1])
    return np.sort(ends[count[number[ends]] == 1])


def _near(ways: Ways, ends: NDArray[np.int64], reach_m: float) -> _Near:
    """Pair each end with the other ways within reach, and with its own way's other end."""
    lat = ways.at[ends, 1]
    kx, ky = _metres(lat)
    lines: Any = shapely.linestrings(ways.at, indices=ways.way_of)
    reach = np.column_stack([reach_m / kx, reach_m / ky])
    low, high = ways.at[ends] - reach, ways.at[ends] + reach
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    row, way = shapely.STRtree(lines).query(boxes)
    own = way == ways.way_of[ends[row]]
    near = _nearest(ways, ends[row[~own]], way[~own])
    back = _own_ends(ways, ends)
    both = [np.concatenate(pair) for pair in zip(near, back, strict=True)]
    close = both[-1] <= reach_m
    found = _Near._make(column[close] for column in both)
    pairs = zip(found.end.tolist(), found.before.tolist(), strict=True)
    apart = np.array([not _joined(ways, *pair, reach_m) for pair in pairs], dtype=bool)
    return _Near._make(column[apart] for column in found)


def _joined(ways: Ways, end: int, before: int, reach_m: float) -> bool:
    """Return whether the end's way meets the other road close to the end: a short stub of it."""
    own, other = ways.way_of_vertex(end), ways.way_of_vertex(before)
    if own == other:
        return False
    kx, ky = _metres(ways.at[[end], 1])
    mine = np.arange(ways.starts[own], ways.starts[own + 1])
    if end != mine[0]:
        mine = mine[::-1]
    steps = np.hypot(*(np.diff(ways.at[mine], axis=0) * [kx[0], ky[0]]).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    theirs = ways.node[ways.starts[other] : ways.starts[other + 1]]
    return bool(np.isin(ways.node[mine][along <= 2 * reach_m], theirs).any())


def _metres(lat: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres for each degree of longitude and of latitude."""
    kx = np.array([metres_per_degree_lon(one) for one in lat.tolist()], dtype=np.float64)
    ky = np.array([metres_per_degree_lat(one) for one in lat.tolist()], dtype=np.float64)
    # At a pole a degree of longitude is nothing.
    return np.maximum(kx, 1.0), ky


def _nearest(ways: Ways, end: NDArray[np.int64], way: NDArray[np.int64]) -> _Near:
    """Measure from each end to each segment of the way beside it, and keep the nearest."""
    segments = ways.starts[way + 1] - ways.starts[way] - 1
    first = np.concatenate([[0], np.cumsum(segments)])
    pair = np.repeat(np.arange(len(end)), segments)
    before = ways.starts[way][pair] + np.arange(int(first[-1])) - first[pair]
    kx, ky = _metres(ways.at[end, 1])
    scale = np.column_stack([kx, ky])[pair]
    origin = ways.at[end][pair]
    a = (ways.at[before] - origin) * scale
    b = (ways.at[before + 1] - origin) * scale
    along = b - a
    share = np.clip(-(a * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-12), 0, 1)
    line_m = np.hypot(*(a + along * share[:, None]).T)
    from_a, from_b = np.hypot(*a.T), np.hypot(*b.T)
    vertex = np.where(from_a <= from_b, before, before + 1)
    vertex_m = np.minimum(from_a, from_b)
    best_line = _first_of_each(pair, line_m)
    best_vertex = _first_of_each(pair, vertex_m)
    return _Near(
        end,
        vertex[best_vertex],
        vertex_m[best_vertex],
        before[best_line],
        share[best_line],
        line_m[best_line],
    )


def _first_of_each(group: NDArray[np.int64], value: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the row of the least value of each group, by group."""
    order = np.lexsort((value, group))
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.diff(group[order]) != 0
    return order[new]


def _own_ends(ways: Ways, ends: NDArray[np.int64]) -> _Near:
    """Pair the start of a way with its own end: a loop that was not closed."""
    way = ways.way_of[ends]
    both = np.flatnonzero(way[1:] == way[:-1])
    start, end = ends[both], ends[both + 1]
    # Between the two ends of two vertices there is nothing but the line itself.
    long = end - start > 2  # noqa: PLR2004 - a loop has three sides
    start, end = start[long], end[long]
    kx, ky = _metres(ways.at[start, 1])
    far = np.hypot(*((ways.at[end] - ways.at[start]) * np.column_stack([kx, ky])).T)
    return _Near(end, start, far, start, np.zeros(len(start)), far)


def _best(near: _Near, snaps: NDArray[np.bool_], snap_m: float) -> NDArray[np.int64]:
    """Return the row of each end's move: to a vertex before a line, then to the nearest."""
    rows = np.flatnonzero(snaps)
    by_line = near.vertex_m[rows] > snap_m
    far = np.where(by_line, near.line_m[rows], near.vertex_m[rows])
    order = np.lexsort((far, by_line, near.end[rows]))
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.diff(near.end[rows[order]]) != 0
    best: NDArray[np.int64] = rows[order[new]]
    return best


def _moved(ways: Ways, near: _Near, moves: NDArray[np.int64], snap_m: float) -> Ways:
    merged = Merged()
    at = ways.at.copy()
    codes = ways.table["way"]
    added: list[tuple[int, float, int]] = []
    for row in moves.tolist():
        end, node = int(near.end[row]), int(ways.node[near.end[row]])
        to_vertex = near.vertex_m[row] <= snap_m
        if to_vertex and not merged.merge(node, int(ways.node[near.vertex[row]])):
            # The other end was moved here already.
            continue
        if not to_vertex:
            added.append((int(near.before[row]), float(near.share[row]), node))
        far = float(near.vertex_m[row] if to_vertex else near.line_m[row])
        other = codes.iloc[ways.way_of_vertex(int(near.before[row]))]
        sentence = f"its end was moved {far:.2f} m to meet {other}"
        way = str(codes.iloc[ways.way_of_vertex(end)])
        lon, lat = map(float, ways.at[end])
        ways.findings.append(Finding("snapped", sentence, way, lon, lat))
    whole = _with_vertices(replace(ways, at=at), added)
    return without_doubles(_placed(renamed(whole, merged), merged, ways))


def _with_vertices(ways: Ways, added: list[tuple[int, float, int]]) -> Ways:
    """Put new vertices into lines; their nodes are those of the ends that meet there."""
    if not added:
        return ways
    added.sort()
    before = np.array([one[0] for one in added], dtype=np.int64)
    share = np.array([one[1] for one in added])[:, None]
    node = np.array([one[2] for one in added], dtype=np.int64)
    spot = ways.at[before] + (ways.at[before + 1] - ways.at[before]) * share
    counts = np.diff(ways.starts) + np.bincount(ways.way_of[before], minlength=len(ways.table))
    grown = replace(
        ways,
        starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        node=np.insert(ways.node, before + 1, node),
        at=np.insert(ways.at, before + 1, spot, axis=0),
    )
    # The ends themselves go to the new vertex.
    places = dict(zip(node.tolist(), spot, strict=True))
    for vertex in np.flatnonzero(np.isin(grown.node, node)).tolist():
        grown.at[vertex] = places[int(grown.node[vertex])]
    return grown


def _placed(ways: Ways, merged: Merged, before: Ways) -> Ways:
    """Put each vertex that became another node to that node's place."""
    if not merged:
        return ways
    into = np.unique([merged.find(node) for node in merged.nodes()])
    spots: dict[int, NDArray[np.float64]] = {}
    for vertex in np.flatnonzero(np.isin(before.node, into)).tolist():
        spots.setdefault(int(before.node[vertex]), before.at[vertex])
    for vertex in np.flatnonzero(np.isin(ways.node, into)).tolist():
        ways.at[vertex] = spots[int(ways.node[vertex])]
    return ways


def _tell_missed(ways: Ways, near: _Near, told: NDArray[np.bool_], moved: set[int]) -> None:
    codes: pd.Series = ways.table["way"]
    level = ways.table["level"].to_numpy()
    order = np.lexsort((near.line_m, near.end))
    seen = set(moved)
    for row in order.tolist():
        end = int(near.end[row])
        if end in seen or not told[row]:
            continue
        seen.add(end)
        one, other = ways.way_of_vertex(end), ways.way_of_vertex(int(near.before[row]))
        where = "" if level[one] == level[other] else ", which is on another level"
        sentence = f"its end stops {near.line_m[row]:.2f} m from {codes.iloc[other]}{where}"
        way = str(codes.iloc[one])
        ways.findings.append(Finding("near_miss", sentence, way, *map(float, ways.at[end])))
