"""Why that grid, and how far is its boundary: against GEOS on the plane, and the service's SQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pytest
import shapely

from gridgis.locate import GridIndex, locate
from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon
from gridgis.model import Location
from tests.cities import draw
from tests.conftest import PROVE
from tests.core.adversarial import Hostile, hostile_points, target_of
from tests.core.real_cities import city, judged_shapes

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.clock import FixedClock
    from gridgis.model import Assignment
    from gridgis.store.engine import Store

ON_THE_PLANE = 1_000 if PROVE else 60
THROUGH_SQL = 3_000 if PROVE else 250
NEAR_M = 300.0
ACCURACIES_M = (0.0, 1.0, 25.0, 400.0)
NOW = datetime(2026, 5, 1, 1, tzinfo=UTC)
SAME_M = 1e-6
SQL_SAME_M = 0.01
SQL_NEAR_M = 5_000.0


class Case(NamedTuple):
    """A city, points around all of it, how far each may be off, and what the engine says."""

    shapes: dict[str, shapely.Geometry]
    points: Hostile
    accuracy_m: np.ndarray
    answers: pd.DataFrame

    def rows(self) -> list:
        return list(self.answers.itertuples(index=False))


def case_of(name: str, shared: Path, count: int) -> Case:
    grids = city(name, shared)
    index, shapes = GridIndex.from_frame(grids), judged_shapes(grids)
    target = target_of(np.array(list(shapes.values()), object), index.editions[0].engine.tiles)
    rng = np.random.default_rng(7)
    points = hostile_points(target, count, rng)
    # A third is moved a little off, so that many are near.
    off = rng.normal(0, 1e-3, (2, count)) * (rng.random(count) < 0.33)
    # What is moved past the end of the earth has no location, for the engine as for the service.
    lon = np.clip(points.lon + off[0], -180.0, 180.0)
    points = points._replace(lon=lon, lat=np.clip(points.lat + off[1], -90.0, 90.0))
    accuracy_m = rng.choice(ACCURACIES_M, count)
    answers = index.explain(points.lon, points.lat, accuracy_m, near_tolerance_m=NEAR_M)
    return Case(shapes, points, accuracy_m, answers)


@pytest.mark.parametrize("name", ["chicago beats", "nyc precincts", "denver precincts"])
def test_distances_are_those_on_the_tangent_plane(name: str, shared: Path) -> None:
    case = case_of(name, shared, ON_THE_PLANE)
    codes, shapes = list(case.shapes), np.array(list(case.shapes.values()), object)
    outlines = shapely.boundary(shapes)
    assert set(case.answers["rule"]) == {"covers", "near", "outside"}
    for answer in case.rows():
        lon, lat = float(case.points.lon[answer.point]), float(case.points.lat[answer.point])
        far_m = _metres(outlines, lon, lat)
        covering = shapely.covers(shapes, shapely.Point(lon, lat))
        told = case.points.told(answer.point)
        if answer.rule == "covers":
            own = codes.index(answer.grid_code)
            assert own == np.flatnonzero(covering)[0], told
            assert answer.boundary_distance_m == pytest.approx(far_m[own], abs=SAME_M), told
        else:
            assert not covering.any(), told
            assert answer.boundary_distance_m == pytest.approx(far_m.min(), abs=SAME_M), told
            assert (answer.rule == "near") == (far_m.min() <= NEAR_M), told
        if answer.rule == "near":
            lowest = codes[np.flatnonzero(far_m <= far_m.min() + SAME_M / 2)[0]]
            assert answer.grid_code == lowest, told
        reached_m = np.where(covering, 0.0, far_m)
        _same_runners_up(case, answer, dict(zip(codes, reached_m.tolist(), strict=True)), told)


def _same_runners_up(case: Case, answer: tuple, reached_m: dict[str, float], told: str) -> None:
    accuracy_m = case.accuracy_m[answer.point]
    said = dict(answer.runner_up)
    if not answer.boundary_distance_m < accuracy_m:
        assert said == {}, told
        return
    others = {code for code in reached_m if code != answer.grid_code}
    assert {code for code in others if reached_m[code] < accuracy_m - SAME_M} <= set(said), told
    assert set(said) <= {code for code in others if reached_m[code] <= accuracy_m + SAME_M}, told
    assert said == pytest.approx({code: reached_m[code] for code in said}, abs=SAME_M), told
    ranked = sorted(answer.runner_up, key=lambda other: (other[1], other[0]))
    assert list(answer.runner_up) == ranked, told


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["chicago beats", "nyc precincts", "denver precincts", "demo district"]
)
def test_the_service_says_the_same(
    name: str, shared: Path, store: Store, clock: FixedClock
) -> None:
    case = case_of(name, shared, THROUGH_SQL)
    with store.begin() as connection:
        draw(connection, made_at=clock.now(), shapes=case.shapes)
    with store.begin() as connection:
        for answer in case.rows():
            here = Location(
                float(case.points.lon[answer.point]),
                float(case.points.lat[answer.point]),
                float(case.accuracy_m[answer.point]),
            )
            said = locate(connection, here, NOW, near_tolerance_m=NEAR_M)[0]
            _agree(case, answer, said)


def _agree(case: Case, answer: tuple, said: Assignment) -> None:
    told = case.points.told(answer.point)
    ours = None if pd.isna(answer.grid_code) else answer.grid_code
    theirs = said.grid.code if said.grid else None
    assert said.rule == answer.rule, told
    # Both take the same plane, so they agree far beyond the metres that were promised.
    reach = {"abs": SQL_SAME_M} if said.boundary_distance_m <= SQL_NEAR_M else {"rel": 1e-9}
    assert answer.boundary_distance_m == pytest.approx(said.boundary_distance_m, **reach), told
    if ours != theirs:
        _equally_near(case, answer, ours, theirs)
    # A grid that answers is no runner-up, so with two equally near ones each names the other.
    our_others = {**dict(answer.runner_up), ours: 0.0}
    their_others = {**{other.code: other.distance_m for other in said.runner_up}, theirs: 0.0}
    if said.runner_up or answer.runner_up:
        assert our_others == pytest.approx(their_others, abs=SQL_SAME_M), told


def _equally_near(case: Case, answer: tuple, ours: str | None, theirs: str | None) -> None:
    """Two grids are equally near but for rounding: here the lowest code, in SQL the last digits."""
    told = case.points.told(answer.point)
    assert answer.rule == "near", told
    lon, lat = float(case.points.lon[answer.point]), float(case.points.lat[answer.point])
    outlines = shapely.boundary(np.array([case.shapes[ours], case.shapes[theirs]], object))
    far_m = _metres(outlines, lon, lat)
    assert abs(far_m[0] - far_m[1]) < SAME_M, told
    assert ours < theirs, told


def _metres(outlines: np.ndarray, lon: float, lat: float) -> np.ndarray:
    scale = [metres_per_degree_lon(lat), metres_per_degree_lat(lat)]
    plane = shapely.transform(outlines, lambda at: (at - [lon, lat]) * scale)
    return shapely.distance(plane, shapely.Point(0, 0))
