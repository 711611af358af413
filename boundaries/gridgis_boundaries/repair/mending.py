"""Mend the broken areas of a layer, and leave the others as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import InvalidGeometryError
from gridgis_boundaries.repair.assigning import NOBODY, assign
from gridgis_boundaries.repair.bridges import bridged
from gridgis_boundaries.repair.faces import Faces, faces
from gridgis_boundaries.repair.needless import without_needless
from gridgis_boundaries.repair.noding import Edges, FrozenCrossedError, node
from gridgis_boundaries.repair.suspects import is_narrow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis_boundaries.repair.ground import Ground
    from gridgis_boundaries.repair.segments import Segments
    from gridgis_boundaries.repair.suspects import Suspects
    from gridgis_boundaries.repair.tolerances import Tolerances

    Shapes = NDArray[np.object_]
    Ints = NDArray[np.int64]

_MOST_GROWTH = 20


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of the areas that take part.

    `areas`: their positions; `faces`: the pieces of their ground, claimed by positions in `areas`;
    `label`: who of them got each piece; `filled`: the gaps that somebody got; `shapes`: the new
    shapes, None where nothing is left.
    """

    areas: Ints
    faces: Faces
    label: list[int]
    filled: set[int]
    shapes: Shapes


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer to be mended: its segments, the codes in bytes, which area is around the parent."""

    segments: Segments
    codes: Sequence[bytes]
    parent: int | None
    ground: Ground
    tolerances: Tolerances


def mend(layer: Layer, found: Suspects) -> Mended:
    """Return the areas that take part as a partition of their ground.

    Raises
    ------
    InvalidGeometryError
        The lines cannot be untangled.
    """
    areas = found.areas
    for _ in range(_MOST_GROWTH):
        try:
            return _mend(layer, found, areas)
        except FrozenCrossedError as crossed:
            grown = np.union1d(areas, _sharers(layer.segments, crossed.edges))
            if len(grown) == len(areas):
                break
            areas = grown
    msg = "what is broken is entangled with sound areas; nothing was repaired"
    raise InvalidGeometryError(msg)


def _mend(layer: Layer, found: Suspects, areas: Ints) -> Mended:
    edges = node(_edges(layer, areas), layer.ground, layer.tolerances.snap_m)
    pieces = _faces(edges, layer.ground)
    parent = _place(areas, layer.parent)
    filled, known = _gaps(pieces, layer), len(edges.nodes)
    bridges = bridged(pieces, filled, found.flagged, layer.ground, layer.tolerances)
    if bridges is not None:
        whole = pieces.shapes[sorted(filled)]
        pieces = _faces(node(bridges, layer.ground, 0.0, known), layer.ground)
        # A piece of a narrow gap may be less narrow than the whole.
        filled = _gaps(pieces, layer) | _inside(pieces, whole)
    codes = [layer.codes[area] for area in areas]
    label = assign(pieces, filled, codes, parent)
    filled = {face for face in filled if label[face] != NOBODY}
    shapes = without_needless(pieces, label, _shapes(pieces, label, len(areas)), layer.ground)
    return Mended(areas, pieces, label, filled, shapes)


def _place(areas: Ints, parent: int | None) -> int | None:
    if parent is None or parent not in areas:
        return None
    return int(np.searchsorted(areas, parent))


def _edges(layer: Layer, areas: Ints) -> Edges:
    """Return the segments of areas as edges that are not cut yet."""
    cut = layer.segments
    mine = np.isin(cut.area, areas)
    low, high, owner, partner = cut.low[mine], cut.high[mine], cut.area[mine], cut.partner[mine]
    keys = np.concatenate((low[:, 0] + 1j * low[:, 1], high[:, 0] + 1j * high[:, 1]))
    nodes, inverse = np.unique(keys, return_inverse=True)
    count = len(low)
    loose = partner < 0
    ends = inverse.ravel().reshape(2, count).T.astype(np.int64)
    area = np.searchsorted(areas, owner)
    return Edges(
        np.column_stack((nodes.real, nodes.imag)),
        ends,
        loose,
        ~loose & ~np.isin(partner, areas),
        np.zeros(count, dtype=bool),
        owner == (NOBODY if layer.parent is None else layer.parent),
        np.column_stack((np.arange(count), area)),
        np.column_stack((ends.ravel(), np.repeat(area, 2))),
    )


def _faces(edges: Edges, ground: Ground) -> Faces:
    ends = ground.metres(edges.nodes)[edges.ends]
    return faces(edges, np.hypot(*(ends[:, 0] - ends[:, 1]).T), frozenset())


def _gaps(pieces: Faces, layer: Layer) -> set[int]:
    """Return the faces that nobody claims and that are to be filled.

    A face at a frozen edge is, at least in part, the ground of an area that is not at hand.
    """
    bare = np.array([not claims for claims in pieces.claims])
    bare &= ~pieces.at_edges(pieces.edges.frozen)
    at = np.flatnonzero(bare[:-1])
    narrow = is_narrow(pieces.shapes[at], layer.ground, layer.tolerances)
    return set(at[narrow].tolist())


def _inside(pieces: Faces, whole: Shapes) -> set[int]:
    bare = np.flatnonzero([not claims for claims in pieces.claims[:-1]])
    spots = shapely.point_on_surface(pieces.shapes[bare])
    return set(bare[shapely.STRtree(whole).query(spots, predicate="intersects")[0]].tolist())


def _shapes(pieces: Faces, label: list[int], count: int) -> Shapes:
    labels = np.array(label[:-1], dtype=np.int64)
    shapes = np.full(count, None, dtype=object)
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(count + 1))
    for area in range(count):
        own = pieces.shapes[order[starts[area] : starts[area + 1]]]
        if len(own):
            shapes[area] = own[0] if len(own) == 1 else shapely.coverage_union_all(own)
    return shapes


def _sharers(layer: Segments, edges: NDArray[np.float64]) -> Ints:
    wanted = np.column_stack((edges[:, 0] + 1j * edges[:, 1], edges[:, 2] + 1j * edges[:, 3]))
    low = layer.low[:, 0] + 1j * layer.low[:, 1]
    high = layer.high[:, 0] + 1j * layer.high[:, 1]
    hit = np.zeros(len(low), dtype=bool)
    for one, other in wanted.tolist():
        hit |= ((low == one) & (high == other)) | ((low == other) & (high == one))
    return np.unique(layer.area[hit])
