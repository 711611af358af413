"""What is near? The same answer as measuring every place on the ellipsoid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gridgis.errors import InvalidInputError
from gridgis.model import Location
from gridgis.nearest import Wanted, nearest_places
from gridgis.store.copying import copy_rows
from gridgis.store.engine import Store
from tests.conftest import clone_of
from tests.demos import demo_district

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from gridgis.model import NearPlace

GEOD = pyproj.Geod(ellps="WGS84")
DISTRICT = (104.48, 38.02, 104.78, 38.20)
"""A little more than the demo district, degrees."""

NOWHERE = Location(0.0, 0.0)


@pytest.fixture(scope="module")
def places() -> gpd.GeoDataFrame:
    """The demo's places: some 17,000 points of 15 kinds."""
    return demo_district().places


@pytest.fixture(scope="module")
def city(server_url: str, template: str, places: gpd.GeoDataFrame) -> Iterator[Store]:
    with clone_of(server_url, template) as url:
        store = Store(url)
        put_places(store, places)
        yield store
        store.close()


def put_places(store: Store, places: pd.DataFrame) -> None:
    rows = pd.DataFrame(
        {
            "source": "test",
            "code": places["code"],
            "kind": places["kind"],
            "name": places["code"],
            "geom": shapely.to_wkb(
                shapely.set_srid(places["geometry"].to_numpy(object), 4326),
                hex=True,
                include_srid=True,
            ),
        }
    )
    with store.begin() as connection:
        copy_rows(connection, "place", rows)
        connection.execute(text("ANALYZE place"))


def near(store: Store, here: Location, **asked: object) -> list[NearPlace]:
    return store.ask(lambda connection: nearest_places(connection, here, Wanted(**asked)))


def measured(places: gpd.GeoDataFrame, here: Location) -> pd.DataFrame:
    """Every place that is a point with its distance, nearest first; ties as they came in."""
    points = places.geometry.to_numpy()
    _, _, far_m = GEOD.inv(
        np.full(len(points), here.lon),
        np.full(len(points), here.lat),
        shapely.get_x(points),
        shapely.get_y(points),
    )
    told = pd.DataFrame({"place": "test:" + places["code"], "kind": places["kind"], "m": far_m})
    return told.sort_values("m", kind="stable")


def assert_same(found: list[NearPlace], expected: pd.DataFrame) -> None:
    np.testing.assert_allclose([one.distance_m for one in found], expected["m"], atol=1e-6)
    assert [one.place for one in found] == expected["place"].tolist()


def test_many_questions_are_answered_like_measuring_every_place(
    city: Store, places: gpd.GeoDataFrame
) -> None:
    rng = np.random.default_rng(7)
    kinds = sorted(places["kind"].unique())
    for _ in range(80):
        here = Location(rng.uniform(*DISTRICT[::2]), rng.uniform(*DISTRICT[1::2]))
        every = measured(places, here)
        k = int(rng.integers(1, 30))
        assert_same(near(city, here, k=k), every.head(k))
        some = tuple(rng.choice(kinds, size=int(rng.integers(1, 5)), replace=False))
        of_kinds = every[every["kind"].isin(some)]
        assert_same(near(city, here, k=k, kinds=some), of_kinds.head(k))
        within_m = float(rng.uniform(50, 3_000))
        around = of_kinds[of_kinds["m"] <= within_m]
        assert_same(near(city, here, k=k, kinds=some, within_m=within_m), around.head(k))


@pytest.mark.parametrize(
    "here",
    [Location(-75.37, -38.1), Location(179.9, 0), Location(0, 90), Location(104.6, -90)],
    ids=["the other side of the earth", "the antimeridian", "north pole", "south pole"],
)
def test_from_far_away_the_order_is_still_that_of_the_ellipsoid(
    city: Store, places: gpd.GeoDataFrame, here: Location
) -> None:
    schools = places[places["kind"] == "school"]
    expected = measured(schools, here)
    found = near(city, here, k=200, kinds=("school",))
    assert [one.place for one in found] == expected["place"].tolist()
    np.testing.assert_allclose([one.distance_m for one in found], expected["m"], atol=1e-3)


def test_whoever_asks_for_more_than_there_are_gets_all(
    city: Store, places: gpd.GeoDataFrame
) -> None:
    here = Location(104.63, 38.1)
    found = near(city, here, k=200, kinds=("school", "hospital"))
    assert len(found) == places["kind"].isin(["school", "hospital"]).sum()
    assert near(city, here, k=3, kinds=("hospital", "hospital")) == found_of(found, "hospital")


def found_of(found: list[NearPlace], kind: str) -> list[NearPlace]:
    return [one for one in found if one.kind == kind]


def test_a_kind_that_no_place_is_of_may_be_a_typo(city: Store, store: Store) -> None:
    with pytest.raises(InvalidInputError, match=r"of kind 'skool'; in use are .*, school, "):
        near(city, NOWHERE, kinds=("school", "skool"))
    with pytest.raises(InvalidInputError, match="there are no places yet"):
        near(store, NOWHERE, kinds=("school",))
    assert near(store, NOWHERE) == []


def frame(**shapes: shapely.Geometry | None) -> pd.DataFrame:
    return pd.DataFrame(
        {"code": list(shapes), "kind": "spot", "geometry": pd.Series(list(shapes.values()))}
    )


def test_at_one_spot_the_first_to_come_in_is_named_first(store: Store) -> None:
    """A tower with more doors than one walk sees."""
    put_places(store, frame(**{f"d{number:02}": shapely.Point(104, 30) for number in range(40)}))
    found = near(store, Location(104, 30), k=7)
    assert [one.place for one in found] == [f"test:d{number:02}" for number in range(7)]
    assert {one.distance_m for one in found} == {0.0}


def test_over_the_antimeridian_it_is_a_short_way(store: Store) -> None:
    put_places(store, frame(fiji=shapely.Point(-179.99, -17), far=shapely.Point(179.0, -17)))
    found = near(store, Location(179.99, -17))
    assert [one.place for one in found] == ["test:fiji", "test:far"]
    assert found[0].distance_m == pytest.approx(GEOD.inv(179.99, -17, -179.99, -17)[2], abs=1e-6)


def test_retired_places_and_those_without_a_location_are_nowhere(store: Store) -> None:
    put_places(store, frame(gone=shapely.Point(104, 30), here=shapely.Point(104.1, 30), lost=None))
    with store.begin() as connection:
        connection.execute(text("UPDATE place SET retired_at = now() WHERE code = 'gone'"))
    assert [one.place for one in near(store, Location(104, 30))] == ["test:here"]


def test_inside_a_park_it_is_near_and_outside_its_edge_counts(store: Store) -> None:
    rng = np.random.default_rng(3)
    parks = {
        f"p{number}": shapely.Point(*rng.uniform((104.0, 38.0), (104.1, 38.1))).buffer(
            rng.uniform(0.0005, 0.004), quad_segs=3
        )
        for number in range(60)
    }
    put_places(store, frame(**parks))
    for _ in range(25):
        here = Location(*rng.uniform((104.0, 38.0), (104.1, 38.1)).tolist())
        expected = {f"test:{name}": _far(park, here) for name, park in parks.items()}
        found = near(store, here, k=60)
        assert len(found) == 60
        for one in found:
            assert one.distance_m == pytest.approx(expected[one.place], abs=0.01)
            assert parks[one.place[5:]].covers(shapely.Point(one.location.lon, one.location.lat))
        far_m = [one.distance_m for one in found]
        assert far_m == sorted(far_m)


def _far(shape: shapely.Polygon, here: Location) -> float:
    """Geodesics from a point are straight and true on the equidistant plane around it."""
    if shape.covers(shapely.Point(here.lon, here.lat)):
        return 0.0
    plane = pyproj.Proj(proj="aeqd", lon_0=here.lon, lat_0=here.lat, ellps="WGS84")
    fine = shapely.segmentize(shape.exterior, 0.00002)
    line = shapely.transform(fine, lambda at: np.column_stack(plane(at[:, 0], at[:, 1])))
    return float(shapely.distance(shapely.Point(0, 0), line))


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_asking_for_one_more_keeps_those_before(city: Store, data: st.DataObject) -> None:
    here = Location(data.draw(st.floats(*DISTRICT[::2])), data.draw(st.floats(*DISTRICT[1::2])))
    k = data.draw(st.integers(1, 60))
    more = near(city, here, k=k + 1)
    assert near(city, here, k=k) == more[:k]
    assert near(city, here, k=k, within_m=more[k - 1].distance_m or 1e-9)[-1] == more[k - 1]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"k": 0}, "ask for 1 to 200 places"),
        ({"k": 201}, "ask for 1 to 200 places"),
        ({"within_m": 0.0}, "metres above 0"),
        ({"within_m": float("nan")}, "metres above 0"),
        ({"within_m": float("inf")}, "metres above 0"),
        ({"kinds": ("a",) * 21}, "name at most 20"),
        ({"kinds": ("a\x00",)}, "NUL"),
    ],
)
def test_absurd_questions_are_refused(asked: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        Wanted(**asked)
