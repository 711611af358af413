"""On which side of an edge? As whole fractions say it, for every double that can be a place."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis.locate.predicates import orientation, side
from tests.conftest import PROVE
from tests.core.judges import exact_side

if TYPE_CHECKING:
    from gridgis.store.engine import Store

COUNT = 200_000 if PROVE else 4_000
# The first example of all waits for the compiler.
LAW = settings(deadline=None, max_examples=5_000 if PROVE else 200)
SMALLEST = 5e-324
EDGE_OF_THE_DOMAIN = 2.0**400

small = st.one_of(
    st.sampled_from([0.0, SMALLEST, 1e-310, 1e-300, 2.0**-537, 2.0**-401, 2.0**-400, 1e-150]),
    st.integers(-1074, 0).map(lambda exponent: math.ldexp(1.0, exponent)),
)
degree = st.one_of(
    st.floats(-180, 180), st.integers(-180, 180).map(float), small, small.map(lambda size: -size)
)
place = st.tuples(degree, degree)


def sign(number: float) -> int:
    return (number > 0) - (number < 0)


def steps_from(number: float, steps: int) -> float:
    for _ in range(abs(steps)):
        number = math.nextafter(number, math.copysign(math.inf, steps))
    return number


Pair = tuple[float, float]


def ours(one: Pair, other: Pair, at: Pair) -> tuple[int, int, bool]:
    """The sign of the edge, of the edge turned round, and the side of the moved point."""
    there, back = orientation(*one, *other, *at), orientation(*other, *one, *at)
    return sign(there), sign(back), side(*one, *other, *at)


def exactly(one: Pair, other: Pair, at: Pair) -> tuple[int, int, bool]:
    """The same by fractions."""
    exact = exact_side((*one, *other), *at)
    return exact, -exact, moved_side(one, other, at)


def moved_side(
    one: tuple[float, float], other: tuple[float, float], at: tuple[float, float]
) -> bool:
    """The side of the point moved up by d and right by d², d smaller than any difference here."""
    d = Fraction(1, 2**5000)
    x1, y1, x2, y2, x, y = (Fraction(number) for number in (*one, *other, *at))
    return (x2 - x1) * (y + d - y1) - (y2 - y1) * (x + d * d - x1) > 0


@LAW
@given(one=place, other=place, at=place)
@example(one=(0.0, 51.0), other=(0.01, 51.01), at=(SMALLEST, 51.0))
@example(one=(0.0, 0.0), other=(1e-200, 1e-200), at=(1e-200, 2e-200))
def test_any_point_beside_any_edge(
    one: tuple[float, float], other: tuple[float, float], at: tuple[float, float]
) -> None:
    assert ours(one, other, at) == exactly(one, other, at)


@LAW
@given(
    one=place,
    other=place,
    share=st.floats(-0.5, 1.5),
    steps=st.tuples(st.integers(-3, 3), st.integers(-3, 3)),
)
def test_a_point_within_last_digits_of_a_line(
    one: tuple[float, float],
    other: tuple[float, float],
    share: float,
    steps: tuple[int, int],
) -> None:
    on_it = [a + share * (b - a) for a, b in zip(one, other, strict=True)]
    at = steps_from(on_it[0], steps[0]), steps_from(on_it[1], steps[1])
    assert ours(one, other, at) == exactly(one, other, at)


@LAW
@given(numbers=st.lists(st.floats(-EDGE_OF_THE_DOMAIN, EDGE_OF_THE_DOMAIN), min_size=6, max_size=6))
@example(numbers=[-EDGE_OF_THE_DOMAIN, SMALLEST, EDGE_OF_THE_DOMAIN, 0.0, -SMALLEST, 0.0])
def test_all_numbers_of_the_domain(numbers: list[float]) -> None:
    exact = exact_side(tuple(numbers[:4]), *numbers[4:])
    assert sign(orientation(*numbers)) == exact


def test_many_points_nearly_on_lines_of_every_length() -> None:
    rng = np.random.default_rng(20_260_501)
    lengths = 10.0 ** rng.uniform(-15, 2, COUNT)
    starts = rng.uniform([-180, -90], [180, 90], (COUNT, 2))
    ends = starts + lengths[:, None] * rng.uniform(-1, 1, (COUNT, 2))
    at = starts + rng.uniform(0, 1, (COUNT, 1)) * (ends - starts)
    moved = np.where(rng.random(at.shape) < 0.4, np.nextafter(at, 999.0), at)
    signs = set()
    for edge, point in zip(np.hstack([starts, ends]).tolist(), moved.tolist(), strict=True):
        exact = exact_side(tuple(edge), *point)
        assert sign(orientation(*edge, *point)) == exact
        signs.add(exact)
    assert signs == {-1, 0, 1}


def test_metres_per_degree_are_those_of_the_ellipsoid() -> None:
    geod = pyproj.Geod(ellps="WGS84")
    step = 1e-4
    for lat in np.linspace(-89.99, 89.99, 1_001).tolist():
        # An arc of a meridian is a geodesic; the parallel is the circle of radius p.
        north = geod.inv(0, lat - step, 0, lat + step)[2] / (2 * step)
        assert metres_per_degree_lat(lat) == pytest.approx(north, rel=1e-7)
        east = geod.inv(-step, lat, step, lat)[2] / (2 * step)
        assert metres_per_degree_lon(lat) == pytest.approx(east, rel=1e-7, abs=1e-4)


def test_metres_per_degree_are_those_of_the_database(untouched_store: Store) -> None:
    # The database refuses to square a number that is smaller still.
    lats = [-90.0, 90.0, 0.0, 1e-150, *np.random.default_rng(1).uniform(-90, 90, 2_000).tolist()]
    with untouched_store.begin() as connection:
        rows = connection.execute(
            text(
                "SELECT metres_per_degree_lon(lat), metres_per_degree_lat(lat)"
                " FROM unnest(CAST(:lats AS DOUBLE PRECISION[])) WITH ORDINALITY AS asked (lat, n)"
                " ORDER BY n"
            ),
            {"lats": lats},
        ).all()
    for lat, (east, north) in zip(lats, rows, strict=True):
        assert metres_per_degree_lon(lat) == pytest.approx(east, rel=1e-13, abs=1e-9)
        assert metres_per_degree_lat(lat) == pytest.approx(north, rel=1e-13)
