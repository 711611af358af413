"""Points that want to be answered wrongly: on, beside and around everything that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridgis.locate.outlines import outlines_of
from gridgis.locate.tiles import FINEST, LEVEL_BITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.locate.tiles import Tiles

    Pairs = np.ndarray
    """Shape (n, 2): lon, lat."""

BESIDE_DEG = 1e-9
"""A tenth of a millimetre: nearer than any position is known."""


_GAP_DEG = 1e-3


class Hostile(NamedTuple):
    """Points with the reason why each is there: `kinds` are places in `names`."""

    lon: np.ndarray
    lat: np.ndarray
    kinds: np.ndarray
    names: tuple[str, ...]

    def told(self, point: int) -> str:
        """Say what a point is, with all its digits."""
        where = f"({float(self.lon[point])!r}, {float(self.lat[point])!r})"
        return f"{self.names[self.kinds[point]]} {where}"


class Target(NamedTuple):
    """What is attacked: edges of all shapes (shape (n, 4)), those of holes, small parts and seams.

    `seams` are edges where shapes overlap or leave a gap, `parts` one point inside each part.
    """

    edges: np.ndarray
    holes: np.ndarray
    seams: np.ndarray
    parts: Pairs
    tiles: Tiles


def target_of(shapes: np.ndarray, tiles: Tiles) -> Target:
    """Return what can be attacked of shapes and of the raster that was laid over them."""
    parts = shapely.get_parts(shapes)
    rings = [shapely.get_interior_ring(part, n) for part in parts for n in range(_holes(part))]
    seams = shapely.coverage_invalid_edges(parts, gap_width=_GAP_DEG)
    edges = _edges(shapes)
    with np.errstate(over="ignore", invalid="ignore"):
        inside = shapely.get_coordinates(shapely.point_on_surface(parts))
    return Target(
        edges,
        _edges(shapely.polygons(rings)) if rings else edges,
        _edges_of_lines(seams, edges),
        inside if len(inside) else edges[:, :2],
        tiles,
    )


def hostile_points(target: Target, count: int, rng: np.random.Generator) -> Hostile:
    """Return so many points, of every kind as many as of any other."""
    each = -(-count // len(KINDS))
    made = [kind(target, each, rng) for kind in KINDS.values()]
    points = np.vstack(made)
    kinds = np.repeat(np.arange(len(made)), [len(part) for part in made])
    some = rng.permutation(len(points))[:count]
    lon, lat = (np.ascontiguousarray(points[some, axis]) for axis in (0, 1))
    return Hostile(lon, lat, kinds[some], tuple(KINDS))


def _holes(part: shapely.Polygon) -> int:
    return int(shapely.get_num_interior_rings(part))


def _edges(shapes: np.ndarray) -> np.ndarray:
    outlines = outlines_of(np.asarray(shapes, dtype=object))
    ends = np.delete(np.arange(len(outlines.vertices)), outlines.rings[1:] - 1)
    return np.hstack([outlines.vertices[ends], outlines.vertices[ends + 1]])


def _edges_of_lines(lines: np.ndarray, instead: np.ndarray) -> np.ndarray:
    simple = shapely.get_parts(shapely.get_parts(lines))
    simple = simple[~shapely.is_empty(simple)]
    if not len(simple):
        return instead
    at, line = shapely.get_coordinates(simple, return_index=True)
    same = np.flatnonzero(line[1:] == line[:-1])
    return np.hstack([at[same], at[same + 1]])


def _some(rows: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    return rows[rng.integers(len(rows), size=count)]


def _along(edges: np.ndarray, share: np.ndarray) -> Pairs:
    return edges[:, :2] + share[:, None] * (edges[:, 2:] - edges[:, :2])


def _by_last_digits(points: Pairs, rng: np.random.Generator) -> Pairs:
    """Move each point to one of the eight doubles around it."""
    steps = rng.choice([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j], len(points))
    return np.where(steps == 0, points, np.nextafter(points, np.inf * np.where(steps, steps, 1)))


def _beside(points: Pairs, rng: np.random.Generator) -> Pairs:
    return points + rng.choice([-BESIDE_DEG, 0.0, BESIDE_DEG], points.shape)


def _vertices(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    return _some(target.edges, count, rng)[:, :2]


def _midpoints(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    edges = _some(target.edges, count, rng)
    return (edges[:, :2] + edges[:, 2:]) / 2


def _on_edges(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    return _along(_some(target.edges, count, rng), rng.random(count))


def _on_holes(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    return _along(_some(target.holes, count, rng), rng.integers(3, size=count) / 2)


def _on_seams(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    return _along(_some(target.seams, count, rng), rng.integers(5, size=count) / 4)


def _in_parts(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    return _some(target.parts, count, rng)


def _level_with_vertices(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    """A ray to the east or north of it hits a vertex."""
    one, other = _vertices(target, count, rng), _vertices(target, count, rng)
    return np.column_stack([one[:, 0], other[:, 1]])


def _cells(target: Target, near: Pairs) -> tuple[Pairs, Pairs]:
    """Return the south-west and the north-east corners of the raster's cells that hold points."""
    frame, directory = target.tiles.frame, target.tiles.directory
    origin, step = np.array(frame[:2]), np.array(frame[2:4])
    last = (np.array(frame[4:]) << FINEST) - 1
    fine = np.clip(((near - origin) / step).astype(np.int64), 0, last)
    tile = (fine[:, 1] >> FINEST) * frame.across + (fine[:, 0] >> FINEST)
    finer = (FINEST - (directory[tile] & ((1 << LEVEL_BITS) - 1)))[:, None]
    low = fine >> finer << finer
    return origin + low * step, origin + (low + (1 << finer)) * step


def _cell_corners(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    low, high = _cells(target, _on_edges(target, count, rng))
    return np.where(rng.random(low.shape) < 0.5, low, high)


def _on_cell_borders(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    low, high = _cells(target, _on_edges(target, count, rng))
    points = low + rng.random(low.shape) * (high - low)
    axis = rng.integers(2, size=count)
    points[np.arange(count), axis] = low[np.arange(count), axis]
    return points


def _edges_across_borders(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    """Where an edge passes from one cell of the raster to the next."""
    edges = _some(target.edges, count, rng)
    low, _ = _cells(target, _along(edges, rng.random(count)))
    axis, rows = rng.integers(2, size=count), np.arange(count)
    along = edges[rows, axis + 2] - edges[rows, axis]
    with np.errstate(all="ignore"):
        share = np.nan_to_num((low[rows, axis] - edges[rows, axis]) / along)
    points = _along(edges, np.clip(share, 0, 1))
    points[rows, axis] = low[rows, axis]
    return points


def _anywhere(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    corners = target.edges.reshape(-1, 2)
    low, high = corners.min(axis=0), corners.max(axis=0)
    return rng.uniform(low - 0.05 * (high - low), high + 0.05 * (high - low), (count, 2))


def _far_outside(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    """All over the earth, and level with the data."""
    points = rng.uniform([-180, -90], [180, 90], (count, 2))
    axis = rng.integers(3, size=count)
    own = _vertices(target, count, rng)
    rows = np.flatnonzero(axis < 2)
    points[rows, axis[rows]] = own[rows, axis[rows]]
    return points


def _near_the_antimeridian(target: Target, count: int, rng: np.random.Generator) -> Pairs:
    lon = rng.choice([-180.0, 180.0, -180 + 1e-9, 180 - 1e-9, 179.5, -179.5], count)
    lon = np.where(rng.random(count) < 0.3, np.nextafter(lon, 0.0), lon)
    return np.column_stack([lon, _vertices(target, count, rng)[:, 1]])


def _moved(kind: Callable[..., Pairs], move: Callable[..., Pairs]) -> Callable[..., Pairs]:
    return lambda target, count, rng: move(kind(target, count, rng), rng)


_PLACES: dict[str, Callable[[Target, int, np.random.Generator], Pairs]] = {
    "vertex": _vertices,
    "midpoint": _midpoints,
    "point on an edge": _on_edges,
    "point on a hole": _on_holes,
    "point on a gap or overlap": _on_seams,
    "corner of a cell": _cell_corners,
    "border of a cell": _on_cell_borders,
    "edge across a border": _edges_across_borders,
    "level with vertices": _level_with_vertices,
}

KINDS = {
    **_PLACES,
    **{f"{name} ± 1 ulp": _moved(kind, _by_last_digits) for name, kind in _PLACES.items()},
    **{f"{name} ± 1e-9°": _moved(kind, _beside) for name, kind in _PLACES.items()},
    "inside a part": _in_parts,
    "anywhere": _anywhere,
    "far outside": _far_outside,
    "near the antimeridian": _near_the_antimeridian,
}
"""By name: what makes so many points of one kind for a target."""
