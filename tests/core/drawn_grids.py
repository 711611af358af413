"""Grids that nobody would draw, and that somebody's file holds: strategies for Hypothesis.

Shapes stand on a lattice of eight steps, so that they touch, share and overlap all the time; the
lattice is laid over a place by `anchors`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

from tests.conftest import PROVE

LAW = settings(
    deadline=None,
    max_examples=250 if PROVE else 25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""How often a law is tried; the first example of all waits for the compiler."""

SIDE = 8


class Anchor(NamedTuple):
    """Where the lattice's corner lies, and how long its step is, in degrees."""

    lon: float
    lat: float
    step: float

    def laid(self, at: np.ndarray) -> np.ndarray:
        """Return the degrees of places on the lattice; shape (n, 2)."""
        return np.array([self.lon, self.lat]) + np.asarray(at, dtype=np.float64) * self.step


anchors = st.sampled_from(
    [
        Anchor(104.0, 30.0, 0.01),
        Anchor(0.0, 0.0, 1.0),
        Anchor(-4.0, -4.0, 1.0),
        Anchor(-180.0, -84.0, 20.0),
        Anchor(179.92, 84.0, 0.01),
        Anchor(-87.7, 41.8, 1e-7),
        Anchor(103.7, 36.1, 1e-12),
        Anchor(-0.04, 51.4, 0.01),
    ]
)
"""A town, the equator, all quarters of the earth, the whole of it, both ends of it, tiny ones."""

_place = st.tuples(st.integers(0, SIDE), st.integers(0, SIDE))
_row = st.integers(0, SIDE - 1)


@st.composite
def _boxes(draw: st.DrawFn) -> np.ndarray:
    west, south = draw(_row), draw(_row)
    east, north = draw(st.integers(west + 1, SIDE)), draw(st.integers(south + 1, SIDE))
    return np.array([[west, south], [east, south], [east, north], [west, north]], dtype=float)


@st.composite
def _stars(draw: st.DrawFn) -> np.ndarray:
    """Any ring: with spikes, vertices twice, vertices on a line, crossing itself."""
    return np.array(draw(st.lists(_place, min_size=3, max_size=9)), dtype=float)


@st.composite
def _slivers(draw: st.DrawFn) -> np.ndarray:
    """A triangle along a line of the lattice, a few last digits wide."""
    (x1, y1), (x2, y2) = draw(st.tuples(_place, _place).filter(lambda ends: ends[0] != ends[1]))
    thin = draw(st.sampled_from([1e-15, 1e-12, 1e-6]))
    return np.array([[x1, y1], [x2, y2], [(x1 + x2) / 2 + thin, (y1 + y2) / 2 - thin]])


_rings = st.one_of(_boxes(), _stars(), _slivers())


@st.composite
def _shapes(draw: st.DrawFn, anchor: Anchor) -> shapely.MultiPolygon | None:
    """One to three rings, each added, taken away or put beside; None where nothing is left."""
    whole: shapely.Geometry = shapely.MultiPolygon()
    for ring in draw(st.lists(_rings, min_size=1, max_size=3)):
        part = valid(shapely.Polygon(anchor.laid(ring)))
        whole = valid(shapely.difference(whole, part) if draw(st.booleans()) else whole | part)
    return None if whole.is_empty else whole


@st.composite
def soups(draw: st.DrawFn, most: int = 7) -> np.ndarray:
    """Draw overlapping grids with holes, islands, spikes and slivers, in the order of codes."""
    anchor = draw(anchors)
    drawn = draw(st.lists(_shapes(anchor), min_size=1, max_size=most))
    shapes = [shape for shape in drawn if shape is not None]
    if not shapes:
        shapes = [shapely.multipolygons([shapely.box(*anchor.laid([[0, 0], [1, 1]]).ravel())])]
    return as_array(shapes)


@st.composite
def partitions(draw: st.DrawFn) -> np.ndarray:
    """Draw grids without gap or overlap, which share their vertices to the last bit."""
    anchor, rng = draw(anchors), np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    across, up = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    if draw(st.booleans()):
        shapes = _voronoi(rng.uniform(3, 5, (across * up + 1, 2)), anchor)
    else:
        shapes = _quarters(across, up, anchor, rng)
    mixed = as_array([shapes[place] for place in rng.permutation(len(shapes))])
    # On the smallest lattice few doubles are left, and a shape may fold over.
    assume(shapely.is_valid(mixed).all() and shapely.coverage_is_valid(mixed))
    return mixed


def _voronoi(seeds: np.ndarray, anchor: Anchor) -> list[shapely.Polygon]:
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(seeds)))
    return list(shapely.transform(cells, anchor.laid))


def _quarters(
    across: int, up: int, anchor: Anchor, rng: np.random.Generator
) -> list[shapely.Polygon]:
    """Squares with shaken corners, some of them cut in two."""
    corners = np.stack(np.meshgrid(np.arange(across + 1.0), np.arange(up + 1.0)), axis=-1)
    corners[1:-1, 1:-1] += rng.uniform(-0.3, 0.3, corners[1:-1, 1:-1].shape)
    at = anchor.laid(corners.reshape(-1, 2) * (SIDE / max(across, up))).reshape(corners.shape)
    shapes = []
    for row in range(up):
        for column in range(across):
            a, b = at[row, column], at[row, column + 1]
            c, d = at[row + 1, column + 1], at[row + 1, column]
            cut = rng.random() < 0.3
            shapes += [shapely.Polygon(part) for part in ([a, b, c], [a, c, d])] if cut else []
            shapes += [] if cut else [shapely.Polygon([a, b, c, d])]
    return shapes


def valid(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Return the ground that a shape encloses, by its linework."""
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape, method="linework")))
    return shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def as_array(shapes: list[shapely.Geometry]) -> np.ndarray:
    """Return shapes as an array of objects."""
    held = np.empty(len(shapes), dtype=object)
    held[:] = shapes
    return held
