"""Lines become edges that meet at nodes only.

Existing vertices stay where they are and keep their doubles; where lines cross, a node is made on
the grid of new nodes. An end that lies within the snapping distance of a loose edge of another
area becomes a node of that edge, and of two loose nodes so near to each other one is given up.
Moving a node never opens a ring, so that what lies inside of an area can be told at any time by
counting how often its edges are crossed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import InvalidGeometryError
from gridgis_boundaries.repair.segments import lines_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_boundaries.repair.ground import Ground

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

# Where lines are denser than the snapping distance, snapping could turn in a circle, and so could
# rounding: each is left out after some rounds.
_SNAPPING_ROUNDS, _ROUNDING_ROUNDS, _ROUNDS = 3, 12, 40
# Nearer than this a vertex lies on the line: doubles cannot tell.
_TOUCHING_M = 1e-8


@dataclass
class Edges:
    """Edges between nodes.

    `nodes` (k, 2); `ends` (n, 2) positions of nodes, the lesser first; `loose`: no two areas share
    the edge exactly; `frozen`: an area that is not at hand shares it, so it may not be cut;
    `bridge`: it is nobody's and closes a narrow gap; `fixed`: it is the parent's outline, which
    stays where it is, so nodes on it are not rounded. `of` (m, 2) has an edge and an area that it
    bounds in each row, `corners` a node and an area that has a vertex there. `near` collects
    what snapped: (node, area that it lay near to, metres).
    """

    nodes: Floats
    ends: Ints
    loose: Flags
    frozen: Flags
    bridge: Flags
    fixed: Flags
    of: Ints
    corners: Ints
    near: list[tuple[int, int, float]] = field(default_factory=list)

    @property
    def flags(self) -> tuple[Flags, Flags, Flags, Flags]:
        """What is said of each edge."""
        return self.loose, self.frozen, self.bridge, self.fixed

    def areas_of(self, edges: Ints) -> list[frozenset[int]]:
        """Return the areas that edges bound; `of` lies in the order of its edges."""
        begin = np.searchsorted(self.of[:, 0], edges)
        end = np.searchsorted(self.of[:, 0], edges, side="right")
        return [
            frozenset(self.of[one:other, 1].tolist())
            for one, other in zip(begin.tolist(), end.tolist(), strict=True)
        ]


@dataclass
class Cuts:
    """Where edges are to be cut: the edge, how far along, at which node."""

    edge: list[Ints] = field(default_factory=list)
    along: list[Floats] = field(default_factory=list)
    node: list[Ints] = field(default_factory=list)

    def add(self, edge: Ints, along: Floats, node: Ints) -> None:
        """Cut edges at nodes."""
        self.edge.append(edge)
        self.along.append(along)
        self.node.append(node)


@dataclass(frozen=True, slots=True)
class _How:
    """How edges are cut in one round."""

    ground: Ground
    snap_m: float
    rounding: bool


class FrozenCrossedError(Exception):
    """Edges that an area at hand shares with another one are crossed: take that one as well."""

    def __init__(self, edges: Floats) -> None:
        super().__init__()
        self.edges = edges


def node(edges: Edges, ground: Ground, snap_m: float, known: int | None = None) -> Edges:
    """Return the edges cut wherever they meet.

    Parameters
    ----------
    snap_m
        What lies this near to a loose edge goes on it.
    known
        Edges between nodes before this one, which are no bridges, are known to meet well.

    Raises
    ------
    FrozenCrossedError
        A frozen edge would have to be cut.
    InvalidGeometryError
        The lines are so dense that rounding makes ever new crossings.
    """
    if snap_m > 0:
        _merge_near_nodes(edges, ground, snap_m)
    edges = _united(edges)
    fresh = np.ones(len(edges.ends), dtype=bool)
    if known is not None:
        fresh = edges.bridge | (edges.ends >= known).any(axis=1)
    for turn in range(_ROUNDS):
        how = _How(
            ground, snap_m if turn < _SNAPPING_ROUNDS else 0.0, rounding=turn < _ROUNDING_ROUNDS
        )
        cuts = _cuts(edges, fresh, how)
        if not cuts.edge:
            return edges
        edges, fresh = cut_at(edges, cuts)
    at = ground.place(shapely.Point(edges.nodes[edges.ends[np.flatnonzero(fresh)[0], 0]]))
    msg = (
        f"the lines near {at[0]:.6f} {at[1]:.6f} are too dense to be untangled; "
        "draw this spot anew, or repair with a smaller --snap-m"
    )
    raise InvalidGeometryError(msg)


def _merge_near_nodes(edges: Edges, ground: Ground, snap_m: float) -> None:
    """Give up loose nodes that lie within the snapping distance of another area's node."""
    tight = np.zeros(len(edges.nodes), dtype=bool)
    tight[edges.ends[~edges.loose | edges.fixed]] = True
    used = np.unique(edges.ends[edges.loose])
    points = np.atleast_1d(np.asarray(shapely.points(ground.metres(edges.nodes[used]))))
    # What lies on the parent's outline already stays there.
    outline = lines_of(ground.metres(edges.nodes)[edges.ends[edges.fixed]])
    on = shapely.STRtree(outline).query(points, predicate="dwithin", distance=_TOUCHING_M)[0]
    tight[used[on]] = True
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=snap_m)
    one, other = used[one[one != other]], used[other[one != other]]
    if not len(one):
        return
    apart = np.hypot(*(ground.metres(edges.nodes[one]) - ground.metres(edges.nodes[other])).T)
    owners = _owners_of_nodes(edges, np.unique(one))
    became = np.arange(len(edges.nodes))
    settled: set[int] = set()
    for at in np.lexsort((other, one, ~tight[other], apart)).tolist():
        old, new = int(one[at]), int(other[at])
        meets = owners.get(old, set()) & owners.get(new, set())
        if tight[old] or became[old] != old or became[new] != new or old in settled or meets:
            continue
        became[old] = new
        settled.add(new)
        edges.near += [(new, area, float(apart[at])) for area in sorted(owners[new])]
        edges.near += [(new, area, float(apart[at])) for area in sorted(owners[old])]
    edges.ends = became[edges.ends]
    edges.corners = np.column_stack((became[edges.corners[:, 0]], edges.corners[:, 1]))


def _owners_of_nodes(edges: Edges, nodes: Ints) -> dict[int, set[int]]:
    """Return the areas that have loose edges at nodes."""
    at = np.flatnonzero(edges.loose & np.isin(edges.ends, nodes).any(axis=1))
    owners: dict[int, set[int]] = {}
    for ends, areas in zip(edges.ends[at].tolist(), edges.areas_of(at), strict=True):
        for end in ends:
            owners.setdefault(end, set()).update(areas)
    return owners


def _cuts(edges: Edges, fresh: Flags, how: _How) -> Cuts:
    """Return where edges that changed meet others."""
    one, other = _pairs(edges, fresh, how)
    cuts = Cuts()
    if not len(one):
        return cuts
    at = how.ground.metres(edges.nodes)
    snapping_m = max(how.snap_m, _TOUCHING_M)
    reach = np.where(edges.loose[one] & edges.loose[other], snapping_m, _TOUCHING_M)
    reach = np.where(_share_area(edges, one, other), _TOUCHING_M, reach)
    touched = np.zeros(len(one), dtype=bool)
    for cut, by in ((one, other), (other, one)):
        for end in (0, 1):
            tip = edges.ends[by, end]
            along, apart = _project(at[tip], at[edges.ends[cut, 0]], at[edges.ends[cut, 1]])
            on = (
                (apart <= np.where(edges.fixed[cut], _TOUCHING_M, reach))
                & (along > 0)
                & (along < 1)
            )
            on &= (tip != edges.ends[cut, 0]) & (tip != edges.ends[cut, 1])
            # What is shared with an area that is not at hand stays as it is, unless touched.
            met = on & edges.frozen[cut] & (apart <= _TOUCHING_M)
            if met.any():
                raise FrozenCrossedError(edges.nodes[edges.ends[cut[met]]].reshape(-1, 4))
            on &= ~edges.frozen[cut]
            cuts_here = np.flatnonzero(on)
            touched |= on
            if len(cuts_here):
                cuts.add(cut[cuts_here], along[cuts_here], tip[cuts_here])
                _note_near(edges, cut[cuts_here], tip[cuts_here], apart[cuts_here])
    _cross(edges, cuts, (one[~touched], other[~touched]), how)
    return cuts


def _pairs(edges: Edges, fresh: Flags, how: _How) -> tuple[Ints, Ints]:
    low, high = edges.nodes[edges.ends[:, 0]], edges.nodes[edges.ends[:, 1]]
    slack = how.ground.units(how.snap_m)
    least, most = np.minimum(low, high), np.maximum(low, high)
    boxes = np.asarray(shapely.box(*least.T, *most.T), dtype=object)
    changed = np.flatnonzero(fresh)
    wide = shapely.box(*(least[changed] - slack).T, *(most[changed] + slack).T)
    one, other = shapely.STRtree(boxes).query(wide)
    one = changed[one]
    apart = (one < other) | ~fresh[other]
    apart &= one != other
    return one[apart].astype(np.int64), other[apart].astype(np.int64)


def _share_area(edges: Edges, one: Ints, other: Ints) -> Flags:
    """Say which pairs of edges bound one area: its own vertices are not drawn together."""
    first = np.full(len(edges.ends), -1)
    first[edges.of[::-1, 0]] = edges.of[::-1, 1]
    shared: Flags = first[one] == first[other]
    return shared


def _project(tip: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return how far along a segment a point lies (0..1 on it), and its distance to the line."""
    way, there = high - low, tip - low
    squared = (way * way).sum(axis=1)
    along = (way * there).sum(axis=1) / squared
    apart = np.abs(way[:, 0] * there[:, 1] - way[:, 1] * there[:, 0]) / np.sqrt(squared)
    return along, apart


def _note_near(edges: Edges, cut: Ints, tip: Ints, apart: Floats) -> None:
    far = apart > _TOUCHING_M
    owners = edges.areas_of(cut[far])
    for areas, tip_node, metres in zip(owners, tip[far], apart[far], strict=True):
        edges.near += [(int(tip_node), area, float(metres)) for area in sorted(areas)]


def _cross(edges: Edges, cuts: Cuts, pairs: tuple[Ints, Ints], how: _How) -> None:
    """Make a node where two edges cross, or take an end that is near enough."""
    one, other = pairs
    at = how.ground.metres(edges.nodes)
    a, b = at[edges.ends[one, 0]], at[edges.ends[one, 1]]
    c, d = at[edges.ends[other, 0]], at[edges.ends[other, 1]]
    across = _turn(a, b, c) * _turn(a, b, d) < 0
    across &= _turn(c, d, a) * _turn(c, d, b) < 0
    across &= ~_share_node(edges, one, other)
    one, other = one[across], other[across]
    a, b, c, d = a[across], b[across], c[across], d[across]
    if not len(one):
        return
    frozen = np.concatenate((one[edges.frozen[one]], other[edges.frozen[other]]))
    if len(frozen):
        raise FrozenCrossedError(edges.nodes[edges.ends[frozen]].reshape(-1, 4))
    along = _turn(c, d, a) / (_turn(c, d, a) - _turn(c, d, b))
    low, high = edges.nodes[edges.ends[one, 0]], edges.nodes[edges.ends[one, 1]]
    spot = low + along[:, None] * (high - low)
    fixed = np.column_stack((edges.fixed[one], edges.fixed[other]))
    to_round = ~fixed.any(axis=1) & how.rounding
    spot[to_round] = how.ground.rounded(spot[to_round])
    made = _nodes_at(edges, spot)
    ends = np.column_stack((edges.ends[one], edges.ends[other]))
    apart = np.hypot(*np.moveaxis(at[ends] - how.ground.metres(spot)[:, None], 2, 0))
    # An end of the other line would bend a fixed one.
    apart += np.where(np.repeat(fixed[:, ::-1], 2, axis=1), np.inf, 0.0)
    nearest = apart.argmin(axis=1)
    rows = np.arange(len(one))
    snapped = apart[rows, nearest] <= max(how.snap_m, _TOUCHING_M)
    made[snapped] = ends[rows, nearest][snapped]
    for cut, along_cut in (
        (one, along),
        (other, _turn(a, b, c) / (_turn(a, b, c) - _turn(a, b, d))),
    ):
        inner = (made != edges.ends[cut, 0]) & (made != edges.ends[cut, 1])
        if inner.any():
            cuts.add(cut[inner], along_cut[inner], made[inner])


def _turn(a: Floats, b: Floats, c: Floats) -> Floats:
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])


def _share_node(edges: Edges, one: Ints, other: Ints) -> Flags:
    a, b = edges.ends[one], edges.ends[other]
    shared: Flags = (a[:, :, None] == b[:, None, :]).any(axis=(1, 2))
    return shared


def _nodes_at(edges: Edges, spot: Floats) -> Ints:
    """Return the nodes at places; new ones are added."""
    unique, inverse = np.unique(_complex(spot), return_inverse=True)
    old = _complex(edges.nodes)
    order = np.argsort(old, kind="stable")
    found = np.minimum(np.searchsorted(old[order], unique), len(old) - 1)
    there = old[order][found] == unique
    ids = np.where(there, order[found], len(old) + np.cumsum(~there) - 1)
    new = unique[~there]
    edges.nodes = np.vstack((edges.nodes, np.column_stack((new.real, new.imag))))
    made: Ints = ids[inverse.ravel()]
    return made


def _complex(at: Floats) -> NDArray[np.complex128]:
    return np.asarray(at[:, 0] + 1j * at[:, 1])


def cut_at(edges: Edges, cuts: Cuts) -> tuple[Edges, Flags]:
    """Return the edges in pieces, and which are new."""
    edge, along = np.concatenate(cuts.edge), np.concatenate(cuts.along)
    tip = np.concatenate(cuts.node)
    hit = np.unique(edge)
    chain_edge = np.concatenate((hit, edge, hit))
    chain_along = np.concatenate((np.full(len(hit), -1.0), along, np.full(len(hit), 2.0)))
    chain_node = np.concatenate((edges.ends[hit, 0], tip, edges.ends[hit, 1]))
    order = np.lexsort((chain_node, chain_along, chain_edge))
    chain_edge, chain_node = chain_edge[order], chain_node[order]
    same = chain_edge[1:] == chain_edge[:-1]
    pieces = np.column_stack((chain_node[:-1], chain_node[1:]))[same]
    source = chain_edge[:-1][same]
    kept = np.setdiff1d(np.arange(len(edges.ends)), hit)
    ends, origin = np.vstack((edges.ends[kept], pieces)), np.concatenate((kept, source))
    new = np.concatenate((np.zeros(len(kept), dtype=bool), np.ones(len(pieces), dtype=bool)))
    return _collected(edges, ends, origin, new)


def _united(edges: Edges) -> Edges:
    origin = np.arange(len(edges.ends))
    return _collected(edges, edges.ends, origin, np.ones(len(origin), dtype=bool))[0]


def _collected(edges: Edges, ends: Ints, origin: Ints, new: Flags) -> tuple[Edges, Flags]:
    """Return edges once each; an edge that bounds an area twice bounds it no more."""
    ends = np.sort(ends, axis=1)
    real = ends[:, 0] != ends[:, 1]
    ends, origin, new = ends[real], origin[real], new[real]
    keys = ends[:, 0] * len(edges.nodes) + ends[:, 1]
    unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    inverse = inverse.ravel()
    of = _of(edges, origin, inverse)
    bounding = np.zeros(len(unique), dtype=bool)
    bounding[of[:, 0]] = True
    loose, frozen, bridge, fixed, fresh = (
        np.bincount(inverse[flag], minlength=len(unique)) > 0
        for flag in (*(each[origin] for each in edges.flags), new)
    )
    kept = bounding | bridge
    place = np.cumsum(kept) - 1
    made = Edges(
        edges.nodes,
        ends[first][kept],
        loose[kept],
        frozen[kept],
        (bridge & ~bounding)[kept],
        fixed[kept],
        np.column_stack((place[of[:, 0]], of[:, 1])),
        edges.corners,
        edges.near,
    )
    return made, fresh[kept]


def _of(edges: Edges, origin: Ints, became: Ints) -> Ints:
    """Return edge and area for the new edges, where an area counts oddly often."""
    rows = edges.of
    begin = np.searchsorted(rows[:, 0], origin)
    count = np.searchsorted(rows[:, 0], origin, side="right") - begin
    at = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(count.sum())
    pairs = np.column_stack((np.repeat(became, count), rows[at, 1]))
    found, times = np.unique(pairs, axis=0, return_counts=True)
    odd: Ints = found[times % 2 == 1]
    return odd
