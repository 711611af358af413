"""Reach in real cities, from OpenStreetMap."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from gridgis.model import Location
from gridgis.polygons import circle
from gridgis.reach.escape import ways_out
from gridgis.reach.isochrones import isochrones
from gridgis.reach.table import travel_table
from gridgis.reach.zones import Zone
from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.reading.importing import read_roads
from gridgis.roads.times import TravelTimes
from tests.core.test_reach import pace

if TYPE_CHECKING:
    from pathlib import Path

CITIES = {"helsinki": 4_000, "monaco": 1_500}
"""With roads, at least."""


@pytest.fixture(scope="module", params=sorted(CITIES))
def network(request: pytest.FixtureRequest, shared: Path) -> RoadNetwork:
    file = next((shared / f"data/roads_{request.param}").glob("*.osm*"))
    roads = read_roads(file)
    found = RoadNetwork.of(roads.edges, roads.bans)
    assert len(found) >= CITIES[request.param]
    return found


def corners(network: RoadNetwork, count: int) -> np.ndarray:
    """Some corners of roads, drawn, lon and lat."""
    at = np.random.default_rng(1).integers(len(network.pieces.lon), size=count)
    return np.stack([network.pieces.lon[at], network.pieces.lat[at]], axis=1)


@pytest.mark.parametrize("mode", [Mode.CAR, Mode.FOOT])
@pytest.mark.parametrize("onward", [True, False])
def test_shapes_nest_to_the_last_of_seven_digits(
    network: RoadNetwork, mode: Mode, onward: bool
) -> None:
    times = TravelTimes.of(network, mode, pace(mode))
    for lon, lat in corners(network, 3):
        here = (np.array([lon]), np.array([lat]))
        found = isochrones(times, here, [1, 2, 5, 10], onward=onward).reached
        told = [shapely.transform(one.shape, lambda at: at.round(7)) for one in found]
        for one, written in zip(found, told, strict=True):
            assert written.is_valid
            assert written.equals(one.shape)
        for smaller, larger in pairwise(told):
            assert smaller.is_empty or larger.covers(smaller)


def test_nobody_is_sent_through_the_zone_and_nobody_is_quicker_for_it(
    network: RoadNetwork,
) -> None:
    times = TravelTimes.of(network, Mode.FOOT, pace(Mode.FOOT))
    all_corners = corners(network, 1_500)
    detours = 0
    for lon, lat in corners(network, 4):
        shape = circle(Location(lon, lat), 400)
        inside = shapely.intersects_xy(shape, *all_corners.T)
        people = tuple(all_corners[inside][:100].T.copy())
        ends = tuple(all_corners[~inside][:20].T.copy())
        found = ways_out(times, Zone.of(network, shape), people, ends)
        free_s = travel_table(times, people, ends).min(axis=1)
        assert (found.travel_s >= free_s - 0.01).all()
        detours += int((found.travel_s > free_s + 1).sum())
        out = ~np.isnan(found.exit_lon)
        assert out.any()
        exits = shapely.points(found.exit_lon[out], found.exit_lat[out])
        # On the border, or beyond it for those whose nearest road is outside.
        assert not shapely.contains_properly(shape.buffer(-1e-7), exits).any()
    assert detours > 0
