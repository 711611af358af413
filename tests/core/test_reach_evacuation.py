"""A zone is evacuated: everybody walks out of it by the shortest way, and nobody through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from geoalchemy2.shape import from_shape
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.ops import split
from sqlalchemy import insert

from gridgis.errors import InvalidGeometryError, LayerNotFoundError
from gridgis.model import AreaName, Location
from gridgis.nearest.crowd import Crowd
from gridgis.polygons import circle, sector
from gridgis.reach.escape import ways_out
from gridgis.reach.evacuation import Known, Plan, evacuate
from gridgis.reach.table import travel_table
from gridgis.reach.zones import Zone
from gridgis.roads.kernels.shapes import CLOSED_MS, Spots
from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.times import TravelTimes
from gridgis.store.tables import place
from tests.cities import draw
from tests.core.test_households import cell, put_cells
from tests.core.test_reach import (
    BLOCK_DEG,
    EAST_M,
    NO_BANS,
    NORTH_M,
    ORIGIN,
    SIDE,
    drawn_points,
    one_road,
    pace,
)
from tests.core.test_reach_coverage import CITY, FRIDAY_NOON, responder
from tests.towns import draw_town, edges_of

if TYPE_CHECKING:
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

GEOD = Geod(ellps="WGS84")


def east(metres: float) -> float:
    """The longitude so far along the road of :func:`one_road`."""
    return 104.6 + metres / EAST_M


def block(first_m: float, last_m: float) -> shapely.Polygon:
    """A zone across the road."""
    return shapely.box(east(first_m), 38.099, east(last_m), 38.101)


def points(*metres: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([east(one) for one in metres]), np.full(len(metres), 38.1)


# --- one road, to be checked by eye -------------------------------------------------------------


def test_the_nearer_end_of_the_road_is_the_way_out() -> None:
    """Zone from 400 to 600 m; people at 420 and 590; assembly points at 100 and 900."""
    times = one_road()
    zone = Zone.of(times.network, block(400, 600))
    found = ways_out(times, zone, points(420, 590), points(100, 900))
    assert found.assembly.tolist() == [0, 1]
    assert found.travel_s == pytest.approx([320 / 80 * 60, 310 / 80 * 60], abs=2)
    assert found.exit_lon == pytest.approx([east(400), east(600)], abs=1e-6)
    out = zone.roads_out()
    assert out["lon"].tolist() == pytest.approx([east(400), east(600)], abs=1e-6)
    assert out["way"].tolist() == ["town:0", "town:0"]
    assert out["vehicles"].all()


def test_who_has_left_does_not_go_through_the_zone_again() -> None:
    """The zone lies on the road twice; the only assembly point is behind its second part."""
    times = one_road()
    twice = shapely.MultiPolygon([block(100, 200), block(600, 700)])
    zone = Zone.of(times.network, twice)
    found = ways_out(times, zone, points(150, 690), points(900))
    assert found.assembly.tolist() == [-1, 0]
    assert np.isinf(found.travel_s[0])
    assert np.isnan(found.exit_lon[0])
    # With another one before it there is a way.
    assert ways_out(times, zone, points(150), points(900, 50)).assembly.tolist() == [1]


def test_without_assembly_points_or_people_nobody_goes_anywhere() -> None:
    times = one_road()
    zone = Zone.of(times.network, block(400, 600))
    assert ways_out(times, zone, points(500), points()).assembly.tolist() == [-1]
    assert len(ways_out(times, zone, points(), points(900)).assembly) == 0


def test_a_road_that_only_touches_the_zone_is_not_closed() -> None:
    lines = shapely.linestrings(
        [[(0, 0), (0.01, 0)], [(0, 0.01), (0.01, 0.01)], [(0.002, 0.005)] * 2]
    )
    network = RoadNetwork.of(edges_of(lines, np.array([[0, 1], [2, 3], [4, 4]])), NO_BANS)
    zone = Zone.of(network, shapely.box(0.001, 0, 0.005, 0.009))
    # The first runs along the border: what lies on the line is inside, so it does lead out.
    assert zone.roads_out()["road"].tolist() == [0, 0]
    assert zone.inside.tolist() == [False, False, True]


# --- towns, judged by roads that are cut beforehand ---------------------------------------------


def judged(edges, mode: Mode, shape: shapely.Polygon):
    """Two towns: of the parts of roads in the zone, and of those outside; and the border."""
    rows = []
    nodes: dict[tuple[float, float], int] = {}
    for edge in edges.itertuples():
        for part in split(edge.geometry, shape.boundary).geoms:
            ends = [part.coords[0], part.coords[-1]]
            pair = [nodes.setdefault(tuple(np.round(end, 9)), len(nodes)) for end in ends]
            middle = part.interpolate(0.5, normalized=True)
            rows.append((part, pair, edge.forward, edge.backward, edge.kind, shape.covers(middle)))
    parts, pairs, forward, backward, kind, inside = zip(*rows, strict=True)
    whole = edges_of(np.array(parts, dtype=object), np.array(pairs))
    whole["forward"], whole["backward"], whole["class"] = forward, backward, kind
    times = []
    for side in (True, False):
        own = whole[np.array(inside) == side].reset_index(drop=True)
        times.append((own, TravelTimes.of(RoadNetwork.of(own, NO_BANS), mode, pace(mode))))
    on_border = {
        number for at, number in nodes.items() if shape.boundary.distance(shapely.Point(at)) < 1e-8
    }
    return times, on_border


def at_nodes(edges, nodes: list[int]) -> Spots:
    """Spots at nodes; road -1 where no road comes there."""
    found = []
    for node in nodes:
        from_here = np.flatnonzero(edges["from_node"] == node)
        to_here = np.flatnonzero(edges["to_node"] == node)
        road = from_here[0] if len(from_here) else to_here[0] if len(to_here) else -1
        found.append((road, 0.0 if len(from_here) else 1.0))
    return spots(found)


def spots(found: list[tuple[int, float]]) -> Spots:
    road, share = zip(*found, strict=True)
    none = np.zeros(len(road))
    return Spots(np.array(road, np.int32), np.array(share, float), none.astype(np.int32), none)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), radius_m=st.integers(100, 350))
def test_the_way_out_is_the_quickest_inside_and_then_the_quickest_outside(
    seed: int, radius_m: int
) -> None:
    rng = np.random.default_rng(seed)
    edges, _ = draw_town(rng, SIDE)
    edges["speed_kmh"], edges["kind"] = np.nan, edges["class"]
    middle = np.array(ORIGIN) + BLOCK_DEG * rng.uniform(2, SIDE - 3, 2)
    shape = circle(Location(*middle), radius_m)
    times = TravelTimes.of(RoadNetwork.of(edges, NO_BANS), Mode.FOOT, pace(Mode.FOOT))
    ((within, inside), (without, outside)), border = judged(edges, Mode.FOOT, shape)
    if not len(within) or not len(without):
        return
    homes = rng.integers(len(within), size=5)
    ends = rng.integers(len(without), size=4)
    gates = sorted(border)
    to_gate = inside.table(spots([(one, 0.5) for one in homes]), at_nodes(within, gates))
    onward = outside.table(at_nodes(without, gates), spots([(one, 0.5) for one in ends]))
    took = (to_gate[:, :, None].astype(float) + onward[None].astype(float)).min(axis=1)
    expected = np.where(took.min(axis=1) < CLOSED_MS, took.min(axis=1) / 1000, np.inf)

    def middles(own, which):
        scale = np.array([EAST_M, NORTH_M])
        flat = shapely.transform(own.geometry.to_numpy()[which], lambda at: at * scale)
        at = shapely.line_interpolate_point(flat, 0.5, normalized=True)
        return shapely.get_x(at) / EAST_M, shapely.get_y(at) / NORTH_M

    found = ways_out(
        times, Zone.of(times.network, shape), middles(within, homes), middles(without, ends)
    )
    main = times.ways.usable == 2
    people = times.snap(*middles(within, homes))
    # Who stands at a road that leads nowhere is taken to the next one.
    kept = main[people.road] & (people.off_m < 0.1)
    if (times.snap(*middles(without, ends)).off_m < 0.1).all():
        assert found.travel_s[kept] == pytest.approx(expected[kept], abs=0.2)
    free = travel_table(times, middles(within, homes), middles(without, ends)).min(axis=1)
    assert (found.travel_s >= free - 0.01).all()
    left = ~np.isnan(found.exit_lon)
    border_m = shapely.distance(
        shape.boundary, shapely.points(found.exit_lon[left], found.exit_lat[left])
    )
    assert (border_m[kept[left]] < 1e-6).all()


def test_far_from_the_zone_everybody_simply_walks_to_the_nearest_point() -> None:
    edges, bans = draw_town(np.random.default_rng(2), SIDE)
    bans["modes"] = 15
    times = TravelTimes.of(RoadNetwork.of(edges, bans), Mode.FOOT, pace(Mode.FOOT))
    people, ends = drawn_points(1, 30), drawn_points(2, 4)
    elsewhere = Zone.of(times.network, circle(Location(0.0, 0.0), 50))
    found = ways_out(times, elsewhere, people, ends)
    table = travel_table(times, people, ends)
    assert found.travel_s == pytest.approx(table.min(axis=1), abs=0.02)
    assert found.assembly.tolist() == table.argmin(axis=1).tolist()


# --- where the wind blows -----------------------------------------------------------------------


@pytest.mark.parametrize("bearing", [0, 90, 225, -30, 725])
def test_a_sector_lies_where_the_wind_blows_to(bearing: float) -> None:
    centre = Location(104.6, 38.1)
    shape = sector(centre, 500, bearing, 60)
    assert shape.is_valid
    for turn, metres, inside in (
        (0, 499, True),
        (29, 400, True),
        (31, 400, False),
        (0, 501, False),
    ):
        for side in (1, -1):
            lon, lat, _ = GEOD.fwd(centre.lon, centre.lat, bearing + side * turn, metres)
            assert shape.covers(shapely.Point(lon, lat)) == inside
    area_m2 = abs(GEOD.geometry_area_perimeter(shape)[0])
    assert area_m2 == pytest.approx(np.pi * 500**2 / 6, rel=1e-3)
    assert sector(centre, 500, bearing, 360).equals(circle(centre, 500))


@pytest.mark.parametrize(
    ("bearing", "width"), [(0, 0), (0, 361), (0, float("nan")), (float("inf"), 60)]
)
def test_a_sector_that_is_none_is_refused(bearing: float, width: float) -> None:
    with pytest.raises(InvalidGeometryError, match="_deg is"):
        sector(Location(104.6, 38.1), 500, bearing, width)


# --- the whole, from the database ---------------------------------------------------------------


def streets() -> TravelTimes:
    """A street every 0.005 degrees through the nine grids, and one crossing between."""
    lines, pairs = [], []
    number = {(i, j): 7 * i + j for i in range(7) for j in range(7)}
    for (i, j), node in number.items():
        for k, m in ((i + 1, j), (i, j + 1)):
            if (k, m) in number:
                ends = [(104 + 0.005 * i, 30 + 0.005 * j), (104 + 0.005 * k, 30 + 0.005 * m)]
                lines.append(shapely.LineString(ends))
                pairs.append((node, number[k, m]))
    edges = edges_of(np.array(lines, dtype=object), np.array(pairs))
    return TravelTimes.of(RoadNetwork.of(edges, NO_BANS), Mode.FOOT, pace(Mode.FOOT))


@pytest.fixture
def town(store: Store, clock: FixedClock) -> Crowd:
    """Nine grids; a tower at the middle of E, one at its edge, one in A; three meeting places."""
    with store.begin() as connection:
        drawn = draw(connection, made_at=clock.now())
        for code, lon, lat, kind in (
            ("M1", 104.0151, 30.0149, "assembly_point"),
            ("M2", 104.0252, 30.015, "assembly_point"),
            ("M3", 104.001, 30.0152, "assembly_point"),
            ("S1", 104.0151, 30.0252, "school"),
        ):
            point = from_shape(shapely.Point(lon, lat), srid=4326)
            connection.execute(
                insert(place).values(source="t", code=code, kind=kind, name=code, geom=point)
            )
    tower = shapely.box(104.01452, 30.01452, 104.01472, 30.01472)
    cut = shapely.box(104.0183, 30.0148, 104.0187, 30.0152)
    far = shapely.box(104.002, 30.002, 104.0021, 30.0021)
    put_cells(store, pd.DataFrame([cell("T1", 40, tower), cell("T2", 30, cut), cell("T3", 9, far)]))
    named = {"area": AreaName("grid", "E", "Grid E"), "area_id": drawn.ids["E"]}
    return Crowd(
        [
            responder(1, "Sun", role="full-time", **named),
            responder(2, "Wu", role="part-time", duty="22:00-06:00", **named),
            responder(3, "Elsewhere"),
        ]
    )


def test_a_gas_leak_in_the_middle_of_town(store: Store, town: Crowd) -> None:
    # To the middle of T2, and not to M2.
    zone = shapely.box(104.0101, 30.0101, 104.0185, 30.0199)
    known = Known(streets(), town, CITY)
    with store.begin() as connection:
        found = evacuate(connection, zone, Plan(FRIDAY_NOON), known)
    assert found.households.households == pytest.approx(40 + 15, abs=0.1)
    assert (found.households.lower, found.households.upper) == (40, 70)
    assert [one.grid.code for one in found.grids] == ["E"]
    assert [(w.name, w.on_duty) for w in found.grids[0].workers] == [("Sun", True), ("Wu", False)]
    # M1 lies in the zone: nobody is sent there.
    assert {one.name for one in found.assembly} == {"M2", "M3"}
    assert [one.cell for one in found.cells] == ["test:T1", "test:T2"]
    assert {one.cell: one.assembly.name for one in found.cells if one.assembly} == {
        "test:T1": "M2",
        "test:T2": "M2",
    }
    assert found.unreachable == []
    first = found.cells[0]
    assert first.leaves_at is not None
    assert first.leaves_at.lon == pytest.approx(104.0185, abs=1e-6)
    # One street in each direction goes through the zone, and is cut at both ends.
    assert len(found.roads_out) == 4
    assert found.roads_known


def test_schools_may_be_named_as_meeting_places_too(store: Store, town: Crowd) -> None:
    zone = shapely.box(104.0101, 30.0101, 104.0199, 30.0199)
    plan = Plan(FRIDAY_NOON, assembly_kinds=("school", "church"))
    with store.begin() as connection:
        found = evacuate(connection, zone, plan, Known(streets(), town, CITY))
    assert [one.name for one in found.assembly] == ["S1"]
    assert found.cells[0].assembly is not None


def test_that_the_nearest_meeting_places_all_lie_inside_hides_none_outside(
    store: Store, town: Crowd
) -> None:
    inside = np.random.default_rng(1).uniform((104.0145, 30.0145), (104.0155, 30.0155), (300, 2))
    rows = [
        {"source": "t", "code": f"I{i}", "kind": "assembly_point", "name": f"I{i}"}
        | {"geom": from_shape(shapely.Point(at), srid=4326)}
        for i, at in enumerate(inside)
    ]
    with store.begin() as connection:
        connection.execute(insert(place), rows)
        zone = shapely.box(104.0101, 30.0101, 104.0185, 30.0199)
        found = evacuate(connection, zone, Plan(FRIDAY_NOON), Known(streets(), town, CITY))
    assert {one.name for one in found.assembly} == {"M2", "M3"}
    assert found.unreachable == []


def test_without_roads_or_meeting_places_the_rest_is_told_all_the_same(
    store: Store, town: Crowd
) -> None:
    zone = shapely.box(104.0101, 30.0101, 104.0199, 30.0199)
    with store.begin() as connection:
        blind = evacuate(connection, zone, Plan(FRIDAY_NOON), Known(None, town, CITY))
        nowhere = Plan(FRIDAY_NOON, assembly_kinds=("church",))
        lost = evacuate(connection, zone, nowhere, Known(streets(), town, CITY))
    assert not blind.roads_known
    assert blind.roads_out == []
    assert len(blind.unreachable) == len(lost.unreachable) == 2
    assert blind.households == lost.households
    assert lost.roads_known


def test_a_layer_that_is_none_is_named(store: Store, town: Crowd) -> None:
    zone = shapely.box(104.0101, 30.0101, 104.0199, 30.0199)
    with store.begin() as connection, pytest.raises(LayerNotFoundError):
        evacuate(connection, zone, Plan(FRIDAY_NOON, "fire"), Known(None, town, CITY))
