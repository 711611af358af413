"""The engine against GEOS, PostGIS and whole fractions, on hostile points of real cities.

PostGIS takes the side of an edge from a rounded determinant, so a few points per million that lie
within last digits of a slanted edge get another owner there. Each of these is judged in fractions:
the engine must be right, and the edge nearer than any position is known.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
import shapely

from gridgis.locate import GridIndex
from tests.conftest import PROVE
from tests.core.adversarial import KINDS, Hostile, hostile_points, target_of
from tests.core.judges import by_fractions, by_geos, by_postgis
from tests.core.real_cities import CITIES, city, judged_shapes

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.store.engine import Store

POINTS = 1_000_000 if PROVE else 20_000
EXACTLY_JUDGED = 10_000 if PROVE else 2_000
WITHIN_LAST_DIGITS_DEG = 1e-13
MOST_ROUNDED_PER_MILLION = 40


class Case(NamedTuple):
    """A city with the points that attack it, and what the engine answered."""

    shapes: dict[str, shapely.Geometry]
    points: Hostile
    answers: np.ndarray


@pytest.fixture(scope="module", params=list(CITIES))
def case(request: pytest.FixtureRequest, shared: Path) -> Case:
    grids = city(request.param, shared)
    # The rows of a file stand in any order.
    index = GridIndex.from_frame(grids.sample(frac=1, random_state=3))
    shapes = judged_shapes(grids)
    assert list(index.grids["code"]) == list(shapes)
    target = target_of(np.array(list(shapes.values()), object), index.editions[0].engine.tiles)
    points = hostile_points(target, POINTS, np.random.default_rng(20_260_501))
    return Case(shapes, points, index.rows_covering(points.lon, points.lat))


def test_every_kind_of_point_is_there(case: Case) -> None:
    counts = Counter(case.points.names[kind] for kind in case.points.kinds)
    assert set(counts) == set(KINDS)
    assert min(counts.values()) > POINTS / len(KINDS) * 0.8
    assert 0.4 < np.mean(case.answers >= 0) < 0.95, "many lie in a grid, and some do not"


def test_geos_finds_the_same_owner_of_every_point(case: Case) -> None:
    judged = by_geos(case.shapes, case.points.lon, case.points.lat)
    assert _told(case, judged) == []


def test_whole_fractions_find_the_same_owner(case: Case) -> None:
    some = slice(EXACTLY_JUDGED)
    judged = case.answers.copy()
    judged[some] = by_fractions(case.shapes, case.points.lon[some], case.points.lat[some])
    assert _told(case, judged) == []


def test_postgis_finds_the_same_owner_but_where_it_rounds(
    case: Case, untouched_store: Store
) -> None:
    judged = by_postgis(untouched_store, case.shapes, case.points.lon, case.points.lat)
    differ = np.flatnonzero(judged != case.answers)
    assert len(differ) <= MOST_ROUNDED_PER_MILLION * POINTS / 1e6 + 4, _told(case, judged)
    outlines = shapely.boundary(np.array(list(case.shapes.values()), object))
    exact = by_fractions(case.shapes, case.points.lon[differ], case.points.lat[differ])
    assert exact.tolist() == case.answers[differ].tolist(), _told(case, judged)
    for point in differ:
        told = f"{case.points.told(point)}: PostGIS {judged[point]}"
        at = shapely.Point(case.points.lon[point], case.points.lat[point])
        concerned = [place for place in (judged[point], case.answers[point]) if place >= 0]
        nearest = min(shapely.distance(outlines[place], at) for place in concerned)
        assert nearest < WITHIN_LAST_DIGITS_DEG, told


def _told(case: Case, judged: np.ndarray) -> list[str]:
    """Say which points got another owner: the first few."""
    return [
        f"{case.points.told(point)}: engine {case.answers[point]}, judge {judged[point]}"
        for point in np.flatnonzero(judged != case.answers)[:10]
    ]
